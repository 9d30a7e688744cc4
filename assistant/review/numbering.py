"""Numbers of headings and of 一是/二是 points: doubled, jumping, out of order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.knowledge.numerals import chinese_numeral
from assistant.knowledge.structure import heading_number, numbered_points, parse_elements, run_in_heading
from assistant.records import Finding

SOURCE = "GB/T 9704-2012 7.3.3：结构层次序数依次用一、（一）1.（1）标注"
POINT_SOURCE = "公文通行写法：一是、二是、三是依次列举"


@dataclass(frozen=True, slots=True)
class _Mark:
    """A number in the text; `form` has {} where the numeral stands."""

    number: int
    start: int
    end: int
    form: str
    chinese: bool


def check_numbering(text: str) -> Iterator[Finding]:
    """Yield a finding for each heading or point whose number does not follow the one before it."""
    for sequence in _heading_sequences(text):
        yield from _check(text, sequence, "heading", SOURCE)
    for sequence in _point_sequences(text):
        yield from _check(text, sequence, "point", POINT_SOURCE)


def _heading_sequences(text: str) -> Iterator[list[_Mark]]:
    """Yield the numbers of headings that belong together: same level, no higher heading between them."""
    open_sequences: dict[int, list[_Mark]] = {}
    for element in parse_elements(text):
        level, number, length = heading_number(element.text)
        if not level or (element.kind != "heading" and not run_in_heading(element.text)[0]):
            continue
        for deeper in [key for key in open_sequences if key > level]:
            yield open_sequences.pop(deeper)
        form = {1: "{}、", 2: "（{}）", 3: "{}.", 4: "（{}）"}[level]
        mark = _Mark(number, element.start, element.start + length, form, level < 3)
        open_sequences.setdefault(level, []).append(mark)
    yield from open_sequences.values()


def _point_sequences(text: str) -> Iterator[list[_Mark]]:
    """Yield runs of points; 一是 and every heading start a new one."""
    breaks = [element.start for element in parse_elements(text) if element.kind == "heading"]
    sequence: list[_Mark] = []
    last = 0
    for start, _, number in numbered_points(text):
        if number == 1 or any(last <= place < start for place in breaks):
            yield sequence
            sequence = []
        mark_end = start + len(chinese_numeral(number)) + 1
        sequence.append(_Mark(number, start, mark_end, "{}是", True))
        last = start
    yield sequence


def _check(text: str, marks: Iterable[_Mark], rule: str, source: str) -> Iterator[Finding]:
    expected = 1
    for mark in marks:
        if mark.number != expected:
            right = mark.form.format(chinese_numeral(expected) if mark.chinese else expected)
            found = text[mark.start : mark.end].strip()
            yield Finding(
                rule=f"{rule}-numbering",
                severity="error",
                start=mark.start,
                end=mark.end,
                quote=text[mark.start : mark.end],
                message=f"序号{_what(mark.number, expected)}：这里应为“{right}”，现为“{found}”",
                suggestion=right,
                source=source,
            )
        expected = max(mark.number, expected - 1) + 1 if mark.number != expected - 1 else expected + 1


def _what(number: int, expected: int) -> str:
    if number == expected - 1:
        return "重复"
    return "跳号" if number > expected else "错乱"
