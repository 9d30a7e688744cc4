"""A finding is gone where the user said so, and only there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.records import LASTING, Dismissal, Finding
from assistant.review.dismiss import dismissal, without_dismissed

TEXT = "要搞好工作。再搞好学习。"
FIRST = Finding("colloquial", "error", 1, 3, "搞好", "口语", "做好")
SECOND = replace(FIRST, start=7, end=9)
WHOLE = Finding("missing-section", "warning", len(TEXT), len(TEXT), "", "缺少存在问题")


def test_an_ignored_finding_is_gone_in_its_sentence_only() -> None:
    ignored = [dismissal(TEXT, FIRST)]
    assert without_dismissed(TEXT, [FIRST, SECOND], ignored) == (SECOND,)
    moved = "开头。" + TEXT
    shifted = replace(FIRST, start=4, end=6)
    assert without_dismissed(moved, [shifted], ignored) == ()
    assert without_dismissed("要搞好工作了。", [FIRST], ignored) == (FIRST,)


def test_a_finding_on_the_whole_text_is_ignored_by_what_it_says() -> None:
    other = replace(WHOLE, message="缺少下一步打算")
    assert without_dismissed(TEXT, [WHOLE, other], [dismissal(TEXT, WHOLE)]) == (other,)


@pytest.mark.parametrize(
    ("item", "left"),
    [
        (Dismissal("colloquial", "搞好"), []),
        (Dismissal("colloquial"), []),
        (Dismissal("colloquial", "弄好"), [FIRST, SECOND]),
        (Dismissal("vague"), [FIRST, SECOND]),
    ],
)
def test_words_or_a_whole_rule_are_silenced_everywhere(item: Dismissal, left: list[Finding]) -> None:
    assert list(without_dismissed(TEXT, [FIRST, SECOND], [item])) == left


@pytest.mark.parametrize("rule", LASTING)
def test_facts_the_writer_answers_for_are_never_silenced_for_good(rule: str) -> None:
    finding = replace(FIRST, rule=rule)
    assert without_dismissed(TEXT, [finding], [Dismissal(rule), Dismissal(rule, "搞好")]) == (finding,)
    assert without_dismissed(TEXT, [finding], [dismissal(TEXT, finding)]) == ()
