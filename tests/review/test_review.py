"""The review finds what is wrong, at its place, and says nothing about clean text."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.ingest.documents import shipped_documents
from assistant.knowledge.formulations import Formulation
from assistant.resources import shipped
from assistant.review.check import review
from assistant.review.numbering import check_numbering
from assistant.review.points import check_points

CONSCIOUSNESS = Formulation(
    name="四个意识",
    text="政治意识、大局意识、核心意识、看齐意识",
    kind="概括语",
    source="中国共产党第十九次全国代表大会报告",
    date="2017-10-18",
    wrong=("四种意识", "大局意识、政治意识、核心意识、看齐意识"),
)
FORMER = Formulation(
    name="两个务必",
    text="两个务必",
    kind="概括语",
    source="某报告",
    valid_until="2022-10",
    replaced_by="三个务必",
)


@pytest.mark.parametrize(
    ("text", "rule", "quote", "suggestion"),
    [
        (
            "一、概况\n情况如下。\n二、问题\n不足如下。\n二、打算\n打算如下。",
            "heading-numbering",
            "二、",
            "三、",
        ),
        ("一、概况\n（一）甲事\n做了。\n（三）乙事\n做了。", "heading-numbering", "（三）", "（二）"),
        ("一是学习不够。二是落实不够。四是创新不够。", "point-numbering", "四是", "三是"),
        ("一是学习不够。\n二是落实不够。\n二是创新不够。", "point-numbering", "二是", "三是"),
        ("牢固树立“四种意识”。", "formulation-wording", "四种意识", "四个意识"),
        (
            "增强大局意识、政治意识、核心意识、看齐意识。",
            "formulation-wording",
            "大局意识、政治意识、核心意识、看齐意识",
            CONSCIOUSNESS.text,
        ),
        ("2023年，我们牢记“两个务必”。", "formulation-outdated", "两个务必", "三个务必"),
        (
            "党员教育管理还不够严格。组织生活开展了。党员教育管理还不够严格，存在差距。组织生活会开展得不够。",
            "",
            "",
            "",
        ),
        (
            "学习抓得不够紧，成果转化不够好。学习抓得不够紧，成果转化不够好。",
            "repeated-sentence",
            "学习抓得不够紧，成果转化不够好。",
            "删去一处",
        ),
    ],
)
def test_findings(text: str, rule: str, quote: str, suggestion: str) -> None:
    found = [item for item in review(text, (CONSCIOUSNESS, FORMER)) if item.severity != "hint"]
    assert [(item.rule, item.quote, item.suggestion) for item in found] == (
        [(rule, quote, suggestion)] if rule else []
    )
    assert all(text[item.start : item.end] == item.quote for item in found)


def test_wording_of_its_time_is_right() -> None:
    assert review("2019年，我们牢记“两个务必”。", (FORMER,)) == ()


def test_years_of_plans_do_not_date_a_document() -> None:
    text = "××局2019年工作总结\n我们牢记“两个务必”，朝着2035年目标努力。"
    assert [item.rule for item in review(text, (FORMER,)) if item.severity != "hint"] == []


def test_two_sections_may_count_their_points_anew() -> None:
    text = "一、问题\n一是学习不够。二是落实不够。\n二、打算\n一是抓学习。二是抓落实。"
    assert review(text) == ()


LONG = (
    "各单位要对所属场所逐一排查、建立台账、明确责任人和完成时限，能立即整改的立即整改，不能立即整改的"
    "制定措施、落实资金，整改情况于月底前报办公室备案"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # one long sentence without a heading of its own in a row of paragraphs with run-in headings
        (f"一、开展排查。各单位要查。\n二、{LONG}。\n三、加强督查。办公室要督查。", []),
        (f"一、{LONG}。\n二、加强督查。办公室要督查。", []),
        (f"一、开展排查。各单位要查。\n二、{LONG}。\n三、{LONG}。\n四、加强督查。办公室要督查。", []),
        (f"一、开展排查。各单位要查。\n1.甲事。做了。\n2.乙事。做了。\n二、{LONG}：\n1.甲事。做了。", []),
        (f"一、开展排查。各单位要查。\n三、{LONG}。\n四、加强督查。办公室要督查。", ["三、→二、"]),
        (f"一、开展排查。各单位要查。\n二、{LONG}。\n四、加强督查。办公室要督查。", ["四、→三、"]),
        # a list below a heading counts for itself
        ("1.甲事。做了。\n（1）请按时报送；\n（2）请自带文具；\n2.乙事。做了。\n（1）丙事。做了。", []),
        ("一、甲事\n1.请按时报送；\n2.请自带文具。\n二、乙事\n做。", []),
        # an attachment counts anew
        (
            "一、甲事\n做。\n二、乙事\n做。\n××局\n2024年1月2日\n附件\n方案\n一、目标\n做。\n二、任务\n做。",
            [],
        ),
        # points: quoted, in brackets, opened by 首先
        ("写作“一是……；二是……；三是……。”的形式。", []),
        ("一是抓学习（一是自学，二是集中学）。二是抓落实。", []),
        ("首先要增加投入，不得挪作他用。二是保护耕地。三是兴修水利。", []),
        ("首先要增加投入，不得挪作他用。三是兴修水利。", ["三是→二是"]),
        ("要增加投入，不得挪作他用。二是保护耕地。", ["二是→一是"]),
    ],
)
def test_numbers_that_are_wrong_and_that_only_seem_so(text: str, found: list[str]) -> None:
    assert [
        f"{item.quote}→{item.suggestion}" for item in (*check_numbering(text), *check_points(text))
    ] == found


def test_the_shipped_texts_number_as_they_should() -> None:
    texts = [item for item in shipped_documents(shipped("corpus")) if item.kind != "formulation"]
    assert {
        item.path: found
        for item in texts
        if (found := [*check_numbering(item.text), *check_points(item.text)])
    } == {}


def test_a_whole_document_without_its_problems_section_is_told() -> None:
    sketch = "××局2023年述职报告\n一、履职情况\n做了工作。\n二、下一步工作打算\n继续努力。"
    assert [item.rule for item in review(sketch) if item.severity != "hint"] == []
    whole = sketch + "\n××局\n2023年12月20日"
    assert [item.rule for item in review(whole) if item.severity != "hint"] == ["missing-section"]


def test_known_flaws_of_the_sample(sample: Path) -> None:
    text = sample.read_text(encoding="utf-8")
    found = {(item.rule, item.quote) for item in review(text)}
    assert ("heading-numbering", "三、") in found
    assert ("point-numbering", "六是") in found
    assert sum(item.quote.count("*") > 1 for item in review(text)) >= 4
    assert any("两个 确立" in text[max(item.start - 3, 0) : item.end + 3] for item in review(text))
