"""审校 and 事实 as HTML: what can be done about a finding, and what the ledger says of each fact."""

from __future__ import annotations

import pytest

from assistant.records import OWN_FACTS, Dismissal, Entry, Finding
from assistant.web import panels
from tests.web.test_render import Reader, finding

TEXT = "标题\n要把工作搞好。"
PLACE = {"start": TEXT.index("搞好"), "end": TEXT.index("搞好") + 2}


@pytest.mark.parametrize(
    ("item", "fixable"),
    [
        (finding(), True),
        (finding(fix=False), False),  # advice, not a wording
        (finding(suggestion="搞好"), False),
        (finding(quote="", start=0, end=0), False),
    ],
)
def test_a_finding_can_be_fixed_when_its_suggestion_can_take_the_place(item: Finding, fixable: bool) -> None:
    page = Reader(panels.findings("要把工作搞好。", [item]))
    assert page.acting("fix") == ([panels.key_of(item)] if fixable else [])
    assert bool(page.acting("fix-all")) is fixable
    assert "口语" in page.text
    assert "依据：公文用语" in page.text


def test_findings_name_their_paragraph() -> None:
    page = Reader(panels.findings(TEXT, [finding(**PLACE)]))
    assert "第2段 “搞好”" in page.text
    assert page.text.startswith("共1处：错误1处")


def test_what_the_writer_answers_for_can_be_ignored_but_not_silenced() -> None:
    plain = Reader(panels.findings(TEXT, [finding(**PLACE)]))
    fact = Reader(panels.findings(TEXT, [finding(rule="unsupported-fact", **PLACE)]))
    assert (
        len(plain.acting("ignore")),
        len(plain.acting("never-words")),
        len(plain.acting("never-rule")),
    ) == (1, 1, 1)
    assert (len(fact.acting("ignore")), fact.acting("never-words"), fact.acting("never-rule")) == (1, [], [])


def test_fixes_made_at_once_never_touch_the_same_words() -> None:
    items = [finding(start=3, end=6), finding(start=0, end=4), finding(start=6, end=8), finding(fix=False)]
    assert [(item.start, item.end) for item in panels.safe_fixes(items)] == [(0, 4), (6, 8)]


def test_what_is_not_shown_is_listed_and_can_be_taken_back() -> None:
    dismissed = {3: Dismissal("r", "搞好", "要把工作搞好。", "口语"), 7: Dismissal("s", "", "", "空话")}
    page = Reader(panels.findings(TEXT, [], dismissed))
    assert page.acting("take-back") == ["3", "7"]
    assert "本稿忽略的 1条" in page.text
    assert "所有文稿不再提示的 1条" in page.text


def entry(fact: str, about: str = "", **more: object) -> Entry:
    return Entry(fact, "figure", ("material:台账.txt",), about, **more)  # type: ignore[arg-type]


def test_the_ledger_groups_by_kind_and_shows_unit_and_matter() -> None:
    items = [Entry("《意见》", "title", ("request",)), entry("24次", "召开党组会议24次")]
    html = panels.facts(items)
    page = Reader(html)
    assert [attrs["data-kind"] for tag, attrs in page.tags if "data-kind" in attrs] == ["figure", "title"]
    assert "24<small>次</small>" in html
    assert "召开党组会议24次" in page.text
    assert "材料“台账.txt”" in page.text


def test_a_figure_of_two_matters_is_corrected_in_the_one_that_is_meant() -> None:
    page = Reader(panels.facts([entry("12次", "主题党日12次", clauses=("走访12次",))]))
    buttons = [attrs for _, attrs in page.tags if attrs.get("data-act") == "correct"]
    assert [item["data-about"] for item in buttons] == ["主题党日12次", "走访12次"]


def test_of_a_figure_that_stands_everywhere_only_some_clauses_are_shown_and_all_can_be_corrected() -> None:
    page = Reader(panels.facts([entry("3户", "一组3户", clauses=("二组3户", "三组3户", "四组3户"))]))
    assert "三组3户等4处" in page.text
    assert len(page.acting("correct")) == 4


def test_a_corrected_entry_says_what_it_was_and_own_entries_are_taken_out() -> None:
    own = Entry("5名", "figure", (f"material:{OWN_FACTS}",), "新增党员5名")
    page = Reader(panels.facts([entry("13次", "主题党日13次", was="12次"), own], ["新增党员5名"]))
    assert "您更正的，原为“12次”" in page.text
    assert page.acting("uncorrect") == ["13次"]
    assert page.acting("unown") == ["新增党员5名"]
    assert page.acting("correct") == ["13次"]  # an own entry is taken out and written anew
    assert "您补充的" in page.text


@pytest.mark.parametrize(("count", "shown"), [(panels.MANY - 1, False), (panels.MANY, True)])
def test_many_facts_can_be_filtered(count: int, shown: bool) -> None:
    assert ("data-filter" in panels.facts([entry(f"{n}次") for n in range(count)])) is shown


@pytest.mark.parametrize(
    ("fact", "unit"),
    [("24次", "次"), ("1,280分钟", "分钟"), ("96.5%", "%"), ("第3期", "期"), ("《意见》", "")],
)
def test_the_unit_of_a_figure(fact: str, unit: str) -> None:
    assert panels.unit_of(fact) == unit
