"""Numbers that count headings or points, and what is said when one is not the right one."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.knowledge.numerals import chinese_numeral
from assistant.records import Finding


@dataclass(frozen=True, slots=True)
class Mark:
    """A number in the text; `form` has {} where the numeral stands.

    Not `sure` is the number of a paragraph that has no heading: an item of a list with numbers of its own, or
    one long sentence in a row of paragraphs with run-in headings.
    """

    number: int
    start: int
    end: int
    form: str
    chinese: bool
    level: int = 0
    sure: bool = True

    def right(self, number: int) -> str:
        """Return `number` in the form of this mark."""
        return self.form.format(chinese_numeral(number) if self.chinese else number)


def jump(expected: int, number: int) -> int:
    """Return the number to expect after `number` stood where `expected` should: one typed twice counts on."""
    return max(number, expected) + 1 if number >= expected - 1 else expected


def wrong_number(text: str, mark: Mark, expected: int, rule: str, source: str) -> Finding:
    """Return the finding that `mark` should bear the number `expected`."""
    right = mark.right(expected)
    return Finding(
        rule=rule,
        severity="error",
        start=mark.start,
        end=mark.end,
        quote=text[mark.start : mark.end],
        message=f"序号{_what(mark.number, expected)}：这里应为“{right}”，现为“{text[mark.start : mark.end].strip()}”",
        suggestion=right,
        source=source,
    )


def swapped(text: str, first: Mark, second: Mark, rule: str, source: str) -> Finding:
    """Return the finding that the numbers of two neighbours are exchanged."""
    one, two = first.right(first.number), second.right(second.number)
    return Finding(
        rule=rule,
        severity="error",
        start=first.start,
        end=first.end,
        quote=text[first.start : first.end],
        message=f"序号颠倒：“{one}”在“{two}”之前，两条应当对调或改序号",
        suggestion=two,
        source=source,
    )


def _what(number: int, expected: int) -> str:
    if number == expected - 1:
        return "重复"
    return "跳号" if number > expected else "错乱"
