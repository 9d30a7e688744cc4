"""The ledger lists what the user gave, once, with what was decided; a text is measured against it."""

from __future__ import annotations

import pytest

from assistant.knowledge.facts import find_facts
from assistant.records import Mark, Material
from assistant.writing.facts import hidden, mask_facts
from assistant.writing.ledger import ledger, mark_findings

MATERIAL = Material(
    "台账.txt",
    "2023年，全年召开党组会议24次、主题党日12次。\n按照中办发〔2012〕14号和《意见》，由王建国同志落实“三会一课”。",
)


@pytest.mark.parametrize(
    ("text", "fact", "kind", "about"),
    [
        ("全年召开党组会议24次、主题党日12次。", "24次", "figure", "全年召开党组会议24次"),
        ("2023年，我局人均学习1,280分钟。", "2023年", "date", "2023年，我局人均学习1,280分钟"),
        (
            "按照中办发〔2012〕14号要求。",
            "中办发〔2012〕14号",
            "document_number",
            "按照中办发〔2012〕14号要求",
        ),
        ("落实《实施意见》。", "《实施意见》", "title", "落实《实施意见》"),
        ("执行“三会一课”制度。", "“三会一课”", "quotation", "执行“三会一课”制度"),
        ("会议由王建国同志主持。", "王建国", "person", "会议由王建国同志主持"),
        ("赴浙江省发展改革委学习。", "浙江省发展改革委", "organ", "赴浙江省发展改革委学习"),
        ("24次。", "24次", "figure", ""),
        ("前" * 40 + "24次" + "后" * 40, "24次", "figure", "…" + "前" * 24 + "24次" + "后" * 24 + "…"),
    ],
)
def test_an_entry_says_what_the_fact_is_about(text: str, fact: str, kind: str, about: str) -> None:
    entry = ledger("", (Material("甲", text),), {})[0]
    assert (entry.fact, entry.kind, entry.about, entry.origins) == (fact, kind, about, ("material:甲",))


def test_each_fact_stands_once_in_the_order_of_first_appearance() -> None:
    second = Material("乙", "主题党日１２次，走访5家。")
    entries = ledger("起草2023年报告", (MATERIAL, second), {}, "原来走访5家，2人。")
    assert [(entry.fact, entry.whence) for entry in entries] == [
        ("2023年", "要求、材料“台账.txt”"),
        ("24次", "材料“台账.txt”"),
        ("12次", "材料“台账.txt”、材料“乙”"),
        ("中办发〔2012〕14号", "材料“台账.txt”"),
        ("《意见》", "材料“台账.txt”"),
        ("王建国", "材料“台账.txt”"),
        ("“三会一课”", "材料“台账.txt”"),
        ("5家", "材料“乙”、原文"),
        ("2人", "原文"),
    ]


@pytest.mark.parametrize("words", ["写300字", "20××年工作", "由×××同志主持", ""])
def test_lengths_and_placeholders_are_no_facts(words: str) -> None:
    assert ledger(words, (), {}) == ()


def test_marks_stay_with_their_facts_in_any_spelling_and_when_the_fact_is_gone() -> None:
    marks: dict[str, Mark] = {"２４次": "must", "党组会议": "never", "99家": "must", "12次": ""}
    entries = {entry.fact: entry for entry in ledger("", (MATERIAL,), marks)}
    assert (entries["２４次"].mark, entries["２４次"].origins) == ("must", ("material:台账.txt",))
    assert "24次" not in entries
    assert entries["12次"].mark == ""
    words = entries["党组会议"]
    assert (words.kind, words.mark, words.about) == ("", "never", "全年召开党组会议24次")
    assert (entries["99家"].kind, entries["99家"].origins) == ("figure", ())


@pytest.mark.parametrize(
    ("word", "text", "left"),
    [
        ("24次", "开会24次、124次、２４次，24人。", "开会××次、124次、××次，24人。"),
        ("24", "24次、24%、24万元、2024年。", "××次、24%、24万元、2024年。"),
        ("5%", "15%、5%。", "15%、××%。"),
        ("2023年", "2023年4月18日、2023年。", "2023年4月18日、××年。"),
        ("三万元", "投入三万元。", "投入××。"),
        ("1,280户", "共1280户。", "共××户。"),
        ("王建国", "王建国同志和王建国。", "××同志和××。"),
        ("“三会一课”", "落实“三会一课”，三会一课。", "落实“××”，三会一课。"),
        ("《意见》", "按《意见》办。", "按《××》办。"),
        ("中办发〔2012〕14号", "根据中办发〔2012〕14号。", "根据中办发〔××〕××号。"),
        (" ", "一 二", "一 二"),
    ],
)
def test_what_is_not_to_be_used_is_hidden(word: str, text: str, left: str) -> None:
    assert hidden(text, (word,)) == left


@pytest.mark.parametrize("text", ["投入三万元。", "增长五倍。", "下降百分之五。"])
def test_a_figure_in_characters_never_passes_unmasked(text: str) -> None:
    assert "××" in mask_facts(text, (), "")
    assert not [fact for fact in find_facts(mask_facts(text, (), "")) if "×" not in fact.text]


@pytest.mark.parametrize(
    ("text", "marks", "rules"),
    [
        ("开会24次。", {"24次": "must"}, []),
        ("开会124次。", {"24次": "must"}, ["must-use-fact"]),
        ("开会。", {"24次": "must", "“三会一课”": "must"}, ["must-use-fact", "must-use-fact"]),
        ("落实三会一课。", {"“三会一课”": "must"}, []),
        ("依据中办发〔2012〕14号。", {"中办发〔2012〕14号": "must"}, []),
        ("开会24次，再开24次。", {"24次": "never"}, ["must-not-use-fact"] * 2),
        ("开会××次。", {"24次": "never"}, []),
    ],
)
def test_a_text_is_measured_against_the_marks(text: str, marks: dict[str, Mark], rules: list[str]) -> None:
    assert [item.rule for item in mark_findings(text, ledger("", (MATERIAL,), marks))] == rules


def test_findings_say_which_fact_and_where() -> None:
    text = "主题党日12次。"
    missing, wrong = mark_findings(text, ledger("", (MATERIAL,), {"24次": "must", "12次": "never"}))
    assert (missing.severity, missing.start, missing.end) == ("warning", len(text), len(text))
    assert missing.message == "必用的“24次”没有写进去（出自材料“台账.txt”：全年召开党组会议24次）"
    assert (wrong.severity, text[wrong.start : wrong.end]) == ("error", "12次")
