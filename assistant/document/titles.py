"""Break a long title into lines: words whole, lines as a trapezium or a rhombus (GB/T 9704-2012 7.3.1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import itemgetter

_ATOMS = (
    r"[〔\[（(]\d{4}[〕\]）)]\s*\d+\s*号|[\d０-９]+[-—－至][\d０-９]+年度?|[\d０-９]+(?:年度|[年月日届次个项%％]|周年)?"
    r"|[A-Za-z][A-Za-z0-9.\-]*|[×xX*＊]+[省市区县镇乡村局委办厅处]?|[一二三四五六七八九十百]+[届次个项年]?"
)
_MOST_LINES = 4
_NO_START = re.compile(r"[的地得和与及或、，。：；！？》〉”’）)】等者化性]")
_NO_END = re.compile(r".*(?:[《〈“‘（(【第]|关于|对|在|为|和|与|及|向|以|把|将)$")


def text_width(text: str) -> float:
    """Return the width of `text` in full-width characters; digits and Latin letters count half."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)


def _tokens(title: str, words: Sequence[str]) -> list[str]:
    known = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.findall(rf"{_ATOMS}|{known}|.", title)


def _break_cost(before: str, left: str, right: str) -> float:
    """Cost of a line break between the tokens `left` and `right`; `before` is the whole line it ends."""
    if _NO_START.match(right) or _NO_END.match(before):
        return 20.0
    if right == "关于":
        return -6.0
    if left[-1] in "、，：》”）" or right[0] in "《“（" or left == "的" or left[-1:].isspace():
        return 0.0
    return 1.0 if len(left) > 1 and len(right) > 1 else 2.5 if len(left) > 1 or len(right) > 1 else 6.0


def _shape_cost(widths: Sequence[float], limit: float) -> float:
    """Cost of the outline: hourglass, a stub, or a plain rectangle."""
    longest, shortest = max(widths), min(widths)
    cost = 8.0 * (len(widths) > 2 and min(widths[1:-1]) < min(widths[0], widths[-1]))
    cost += 10.0 * max(0.0, 0.45 - shortest / longest) * 10
    cost += 1.0 * (longest - shortest < 0.6)
    return cost + (longest - shortest) / limit * 4


def _divisions(widths: Sequence[float], count: int, limit: float) -> Iterator[tuple[int, ...]]:
    """Yield the ways to cut tokens of these widths into `count` lines, as bounds without 0.

    Lines wider than `limit` or narrower than a third of it are left out.
    """
    if count == 1:
        if limit / 3 <= sum(widths) <= limit:
            yield (len(widths),)
        return
    width, rest = 0.0, sum(widths)
    for end, token in enumerate(widths, start=1):
        width, rest = width + token, rest - token
        if width > limit:
            return
        if width >= limit / 3 and rest <= (count - 1) * limit:
            for tail in _divisions(widths[end:], count - 1, limit):
                yield (end, *(end + bound for bound in tail))


def break_title(title: str, limit: int, words: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the lines of `title`, each at most `limit` characters wide; joined they are the title again.

    Of all ways to break between words the one is taken whose lines form the best trapezium or rhombus
    and whose breaks fall best (before “关于”, behind a pause). A title of more than four lines is left
    to the word processor as one line.
    """
    count = -int(-text_width(title) // limit)
    if count <= 1 or count > _MOST_LINES:
        return (title,)
    tokens = _tokens(title, (*words, "关于"))
    widths = [text_width(token) for token in tokens]
    best: tuple[float, tuple[str, ...]] = (float("inf"), (title,))
    for lines_wanted in range(count, min(count + 1, _MOST_LINES) + 1):
        for bounds in _divisions(widths, lines_wanted, limit):
            lines = tuple("".join(tokens[a:b]) for a, b in pairwise((0, *bounds)))
            cost = _shape_cost([text_width(line.strip()) for line in lines], limit) + 4.0 * (
                lines_wanted - count
            )
            cost += sum(
                _break_cost(line, tokens[at - 1], tokens[at])
                for line, at in zip(lines, bounds[:-1], strict=False)
            )
            best = min(best, (cost, lines), key=itemgetter(0))
    return best[1]
