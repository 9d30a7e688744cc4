"""Literal strings of which every match of a regular expression contains one: a cheap test before the search.

Only what the expressions of data/wording/ use is understood; whatever else there is counts as "no string known",
which costs time and never a match.
"""

from __future__ import annotations

from collections.abc import Iterator

_OPTIONAL = ("?", "*", "{")
_LOOKAROUND = ("(?=", "(?!", "(?<")


def needles(pattern: str) -> tuple[str, ...]:
    """Return strings of which every match of `pattern` contains at least one; () when none is evident."""
    branches = list(_branches(pattern))
    if len(branches) > 1:
        found = [needles(branch) for branch in branches]
        return tuple(text for texts in found for text in texts) if all(found) else ()
    best: tuple[str, ...] = ()
    run = ""
    for piece, optional in (*_pieces(pattern), ("", True)):
        if len(piece) == 1 and "\u4e00" <= piece <= "\u9fff" and not optional:
            run += piece
            continue
        best, run = _rarer(best, (run,) if run else ()), ""
        if piece and not optional:
            best = _rarer(best, _inside(piece))
    return best


def _rarer(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return the better test: the longer strings, then the fewer of them."""
    if not one or not other:
        return one or other
    return max(one, other, key=lambda texts: (min(len(text) for text in texts), -len(texts)))


def _inside(piece: str) -> tuple[str, ...]:
    """Return the needles of a group or a character class."""
    if piece.startswith(_LOOKAROUND):
        return ()
    if piece.startswith("("):
        return needles(piece[1:-1].removeprefix("?:"))
    if piece.startswith("[") and not piece.startswith("[^") and "\\" not in piece and "-" not in piece:
        return tuple(piece[1:-1])
    return ()


def _branches(pattern: str) -> Iterator[str]:
    """Yield the alternatives of `pattern`, parted by | outside of any bracket."""
    branch = ""
    for piece, _ in _pieces(pattern, keep=True):
        if piece == "|":
            yield branch
            branch = ""
        else:
            branch += piece
    yield branch


def _pieces(pattern: str, *, keep: bool = False) -> Iterator[tuple[str, bool]]:
    """Yield characters, escapes, classes and groups, and whether each may be missing; with `keep`, quantifiers too."""
    place = 0
    while place < len(pattern):
        end = _end(pattern, place)
        piece = pattern[place:end]
        if keep or piece[0] not in "?*+{":
            yield piece, pattern[end : end + 1] in _OPTIONAL
        place = end


def _end(pattern: str, place: int) -> int:
    """Return where the piece that begins at `place` ends."""
    char = pattern[place]
    if char == "\\":
        return place + 2
    if char == "[":
        return pattern.index("]", place + 1) + 1
    if char == "{":
        return pattern.index("}", place) + 1
    if char != "(":
        return place + 1
    place += 1
    while pattern[place] != ")":
        place = _end(pattern, place)
    return place + 1
