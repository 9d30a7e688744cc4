"""Numbers of headings and of 一是/二是 points: doubled, jumping, out of order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.knowledge.numerals import chinese_numeral
from assistant.knowledge.sentences import enclosed
from assistant.knowledge.structure import heading_number, numbered_points, parse_elements, run_in_heading
from assistant.records import Finding

SOURCE = "GB/T 9704-2012 7.3.3：结构层次序数依次用一、（一）1.（1）标注"
POINT_SOURCE = "公文通行写法：一是、二是、三是依次列举"


# Words that open a series which goes on with 二是.
_FIRST = re.compile(r"首先|首要|第一[，、是]|其一|[。；：，]一要|一方面")


@dataclass(frozen=True, slots=True)
class _Mark:
    """A number in the text; `form` has {} where the numeral stands.

    Not `sure` is the number of a paragraph that has no heading: an item of a list with numbers of its own, or
    one long sentence in a row of paragraphs with run-in headings. It may fill a gap, it is never wrong itself.
    """

    number: int
    start: int
    end: int
    form: str
    chinese: bool
    sure: bool = True


def check_numbering(text: str) -> Iterator[Finding]:
    """Yield a finding for each heading or point whose number does not follow the one before it."""
    for sequence in _heading_sequences(text):
        yield from _check(text, sequence, "heading", SOURCE)
    for sequence in _point_sequences(text):
        yield from _check(text, sequence, "point", POINT_SOURCE)


def _heading_sequences(text: str) -> Iterator[list[_Mark]]:
    """Yield the numbers of headings that belong together: same level, no higher heading between them.

    An attachment counts anew. So may the headings below a numbered paragraph without a heading.
    """
    open_sequences: dict[int, list[_Mark]] = {}
    loose: set[int] = set()  # levels whose count may start again
    for element in parse_elements(text):
        level, number, length = heading_number(element.text)
        if element.kind == "attachment":
            yield from open_sequences.values()
            open_sequences = {}
        if not level or element.kind not in ("heading", "body"):
            continue
        sure = element.kind == "heading" or run_in_heading(element.text)[0] > 0
        deeper = [key for key in open_sequences if key > level]
        if not sure:
            loose.update(deeper)
        elif number == 1 and level in loose:
            deeper.append(level)
        if sure:
            loose.difference_update([level, *deeper])
            yield from (open_sequences.pop(key) for key in deeper)
        form = {1: "{}、", 2: "（{}）", 3: "{}.", 4: "（{}）"}[level]
        mark = _Mark(number, element.start, element.start + length, form, level < 3, sure)
        open_sequences.setdefault(level, []).append(mark)
    yield from open_sequences.values()


def _point_sequences(text: str) -> Iterator[list[_Mark]]:
    """Yield runs of points; 一是, every heading and every attachment start a new one.

    What is quoted or stands in brackets is no point of this text; a run may open with “首先”.
    """
    breaks = [element.start for element in parse_elements(text) if element.kind in ("heading", "attachment")]
    sequence: list[_Mark] = []
    last = 0
    for start, _, number in numbered_points(text):
        line = text.rfind("\n", 0, start) + 1
        if enclosed(text[line:].partition("\n")[0])[start - line]:
            continue
        if number == 1 or any(last <= place < start for place in breaks):
            yield sequence
            sequence = []
        if number > 1 and not sequence and _FIRST.search(text, line, start):
            sequence.append(_Mark(1, start, start, "{}是", True))
        mark_end = start + len(chinese_numeral(number)) + 1
        sequence.append(_Mark(number, start, mark_end, "{}是", True))
        last = start
    yield sequence


def _check(text: str, marks: Iterable[_Mark], rule: str, source: str) -> Iterator[Finding]:
    expected = filled = 1  # the number that must come, and the one that may because unsure numbers lead to it
    unsure: list[_Mark] = []
    for mark in marks:
        if not mark.sure:
            filled += mark.number == filled
            unsure.append(mark)
            continue
        if expected <= mark.number <= filled:
            expected = mark.number
        if mark.number != expected:
            needed = filled if mark.number > filled else expected
            yield _finding(text, _first_of_run(unsure, mark), needed, rule, source)
        expected = max(mark.number, expected - 1) + 1 if mark.number != expected - 1 else expected + 1
        filled, unsure = expected, []


def _first_of_run(unsure: list[_Mark], mark: _Mark) -> _Mark:
    """Return the mark at which the numbers that lead up to `mark` without a gap begin."""
    for earlier in reversed(unsure):
        if earlier.number != mark.number - 1:
            break
        mark = earlier
    return mark


def _finding(text: str, mark: _Mark, expected: int, rule: str, source: str) -> Finding:
    right = mark.form.format(chinese_numeral(expected) if mark.chinese else expected)
    found = text[mark.start : mark.end].strip()
    return Finding(
        rule=f"{rule}-numbering",
        severity="error",
        start=mark.start,
        end=mark.end,
        quote=text[mark.start : mark.end],
        message=f"序号{_what(mark.number, expected)}：这里应为“{right}”，现为“{found}”",
        suggestion=right,
        source=source,
    )


def _what(number: int, expected: int) -> str:
    if number == expected - 1:
        return "重复"
    return "跳号" if number > expected else "错乱"
