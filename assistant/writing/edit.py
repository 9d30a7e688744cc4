"""Take a part out of a text, or put one in, and number again what follows. Pure functions."""

from __future__ import annotations

import re

from assistant.knowledge.numerals import chinese_numeral
from assistant.knowledge.structure import heading_number, numbered_points
from assistant.writing.place import Place, items

_OPENINGS = (
    (re.compile(r"^[一二三四五六七八九十]{1,3}是"), "{}是", True),
    (re.compile(r"^[（(]\s*[一二三四五六七八九十]{1,3}\s*[）)]"), "（{}）", True),
    (re.compile(r"^[一二三四五六七八九十]{1,3}、"), "{}、", True),
    (re.compile(r"^\d{1,2}\s*[.．、]"), "{}.", False),
    (re.compile(r"^[（(]\s*\d{1,2}\s*[）)]"), "（{}）", False),
)


def without(text: str, place: Place, scope: Place) -> str:
    """Return `text` without the part at `place`; the numbered parts of `scope` are numbered on."""
    parts = items(text, scope)
    start, end = place.start, place.end
    if not text[:start].rstrip(" 　").strip("\n") or text[:start].endswith("\n"):
        end += len(text[end:]) - len(text[end:].lstrip("\n"))  # the whole line goes
    cut = text[:start] + text[end:]
    if (place.start, place.end) in parts:
        first = _number(text[parts[0][0] : parts[0][1]])
        cut = renumbered(cut, Place(scope.start, scope.end - (end - start), ""), first)
    return cut.strip("\n")


def with_part(text: str, part: str, number: int, scope: Place) -> str:
    """Return `text` with `part` (without its number) as the `number`-th numbered part of `scope`, from 1.

    It gets the form of the others; where there are none, “一是”.
    """
    spans = items(text, scope)
    if not spans:
        end = len(text[: scope.end].rstrip())
        return text[:end] + "\n一是" + part + text[end:]
    before = spans[min(number, len(spans) + 1) - 2] if number > 1 else None
    opening = text[spans[0][0] : spans[0][1]]
    gap = "\n" if any("\n" in text[a[1] : b[0]] for a, b in zip(spans, spans[1:], strict=False)) else ""
    gap = "\n" if len(spans) == 1 and text[: spans[0][0]].rstrip(" 　").endswith("\n") else gap
    first = _number(opening)
    new = _numbered(opening, first + number - 1)[1] + part
    at = before[1] if before else spans[0][0]
    joined = gap + new if before else new + gap
    made = text[:at] + joined + text[at:]
    return renumbered(made, Place(scope.start, scope.end + len(joined), ""), first)


def renumbered(text: str, scope: Place, first: int) -> str:
    """Return `text` with the numbered parts of `scope` numbered from `first` on."""
    for count, (start, _) in reversed(list(enumerate(items(text, scope)))):
        length, opening = _numbered(text[start:], first + count)
        text = text[:start] + opening + text[start + length :]
    return text


def bare(part: str) -> tuple[str, str]:
    """Return the number that opens a numbered part and the rest."""
    length, _ = _numbered(part, 1)
    return part[:length], part[length:]


def _number(part: str) -> int:
    points = numbered_points(part)
    return points[0][2] if points and points[0][0] == 0 else heading_number(part)[1]


def _numbered(part: str, number: int) -> tuple[int, str]:
    """Return the length of the opening of `part` and the same opening with `number`."""
    for pattern, form, chinese in _OPENINGS:
        if match := pattern.match(part):
            return match.end(), form.format(chinese_numeral(number) if chinese else number)
    return 0, ""
