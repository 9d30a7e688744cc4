"""What a revision takes from duties, prohibitions, negations and ranges is a finding with its place."""

from __future__ import annotations

import pytest

from assistant.records import Request
from assistant.writing.force import weakened
from assistant.writing.revised import revision_of
from assistant.writing.steps import Written


@pytest.mark.parametrize(
    ("before", "after", "quote", "message"),
    [
        ("各单位必须按期整改。", "各单位可以按期整改。", "可以", "“必须”改成了“可以”"),
        ("各单位必须按期整改。", "各单位按期整改。", "各单位按期整改。", "“必须”没有了"),
        ("不得擅自外出。", "不宜擅自外出。", "不宜", "“不得”改成了“不宜”"),
        ("问题已全部整改到位。", "问题已部分整改到位。", "部分", "“全部”改成了“部分”"),
        ("各村均已完成。", "各村大多已完成。", "大多", "“均”改成了“大多”"),
        ("作风不够扎实。", "作风扎实。", "作风扎实。", "意思可能变了"),
    ],
)
def test_it_is_found_where_it_stands(before: str, after: str, quote: str, message: str) -> None:
    head = "今年走访35家。"
    (finding,) = weakened(head + before, head + after)
    assert finding.rule == "weakened-duty"
    assert finding.severity == "warning"
    assert (head + after)[finding.start : finding.end] == quote == finding.quote
    assert message in finding.message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("各单位必须按期整改。", "各单位务必按期整改。"),
        ("应当说，成绩不小。", "成绩不小。"),
        ("人均收入增加，都市农业发展。", "收入按人计有所增加，都市农业发展。"),
        ("咱们都得管好。", "我们须管好。"),
        ("没有人手。", "缺乏人手。"),
        ("各单位必须按期整改。今年走访35家。", "今年走访35家。各单位必须按期整改。"),
    ],
)
def test_other_words_for_the_same_are_none(before: str, after: str) -> None:
    assert not [item for item in weakened(before, after) if item.severity == "warning"]


def test_a_duty_that_is_gone_with_its_sentence_is_found() -> None:
    (finding,) = weakened("今年走访35家。各单位必须整改。", "今年走访35家。")
    assert finding.start == finding.end == len("今年走访35家。")
    assert "“必须”没有了" in finding.message


def test_it_stands_among_the_findings_of_a_revision_but_not_when_the_part_was_to_go() -> None:
    for instruction, number in (("润色", 1), ("删除", 0)):
        request = Request("", "revise", text="各单位必须整改。走访35家。", instruction=instruction)
        revision = revision_of(request, Written("走访35家。"), (), "", request.text)
        assert sum(item.rule == "weakened-duty" for item in revision.findings) == number
