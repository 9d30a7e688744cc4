"""What the user corrects and adds counts as given; the wrong figure does not, and other matters keep theirs."""

from __future__ import annotations

import pytest

from assistant.knowledge.facts import stated
from assistant.records import OWN_FACTS, Correction, Material, Request
from assistant.writing.corrected import corrected, ledger_findings, ledger_of, notes_on, settled
from assistant.writing.facts import known_facts

MATERIAL = Material("台账.txt", "开展主题党日12次，走访企业12次。由12人增加到24人。")
PARTY_DAYS = Correction("12次", "13次", "开展主题党日12次")


def request(**more: object) -> Request:
    return Request("起草2023年总结", "draft", materials=(MATERIAL,), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("corrections", "text"),
    [
        ((PARTY_DAYS,), "开展主题党日13次，走访企业12次。由12人增加到24人。"),
        ((Correction("12次", "13次"),), "开展主题党日13次，走访企业13次。由12人增加到24人。"),
        ((Correction("12次", "9次", "别的12次"),), MATERIAL.text),
        (
            (Correction("12人", "8人", "由12人增加到24人"), Correction("24人", "240人", "由8人增加到24人")),
            "开展主题党日12次，走访企业12次。由8人增加到240人。",
        ),
        (
            (
                Correction("24人", "240人", "由8人增加到24人"),
            ),  # the other figure of the clause is wrong again
            "开展主题党日12次，走访企业12次。由12人增加到240人。",
        ),
    ],
)
def test_a_fact_is_put_right_in_the_clause_it_was_corrected_in(
    corrections: tuple[Correction, ...], text: str
) -> None:
    assert corrected(MATERIAL.text, corrections) == text


def test_the_corrected_value_is_given_and_the_wrong_one_is_not_once_nothing_states_it() -> None:
    both = request(corrections=(PARTY_DAYS, Correction("12次", "11次", "走访企业12次")))
    asked = settled(both)
    assert asked.materials[0].name == "台账.txt（已按您的更正）"
    assert {"13次", "11次"} <= stated(known_facts(asked))
    assert "12次" not in stated(known_facts(asked))
    assert asked.never == ("12次",)
    assert settled(request(corrections=(PARTY_DAYS,))).never == ()  # 走访企业12次 is given


def test_what_the_user_adds_is_a_material_of_its_own() -> None:
    asked = settled(request(own=("新增党员5名", "发展对象3名。")))
    assert asked.materials[1:] == (Material(OWN_FACTS, "新增党员5名。\n发展对象3名。"),)
    assert {"5名", "3名"} <= stated(known_facts(asked))
    entries = {item.fact: item.whence for item in ledger_of(request(own=("新增党员5名",)))}
    assert entries["5名"] == "您补充的"
    assert settled(request()) == request()


@pytest.mark.parametrize(
    ("more", "text", "span"),
    [
        ({}, "主题党日9次。走访9次。", (0, 0)),
        ({"place": "第一条", "span": (0, 8)}, "主题党日9次。走访12次。", (0, 7)),
        ({"instruction": "删除", "place": "第一条", "span": (0, 8)}, "主题党日12次。走访12次。", (0, 8)),
    ],
)
def test_of_a_text_to_revise_what_is_asked_for_is_put_right(
    more: dict[str, object], text: str, span: tuple[int, int]
) -> None:
    before = Request(
        "润色",
        "revise",
        text="主题党日12次。走访12次。",
        corrections=(Correction("12次", "9次"),),
        **more,  # type: ignore[arg-type]
    )
    asked = settled(before)
    assert (asked.text, asked.span) == (text, span)
    assert bool(notes_on(before, asked)) is (text != before.text)


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("全年开展主题党日12次。", ["12次"]),
        ("全年开展主题党日13次。", []),
        ("走访企业12次。", []),  # another matter, and given
        ("主题党日开展了12次，走访企业12次。", ["12次"]),
    ],
)
def test_the_wrong_figure_in_a_text_is_an_error_with_its_fix(text: str, quotes: list[str]) -> None:
    found = ledger_findings(text, ledger_of(request(corrections=(PARTY_DAYS,))))
    assert [text[item.start : item.end] for item in found] == quotes
    assert all((item.rule, item.suggestion, item.fix) == ("corrected-fact", "13次", True) for item in found)


def test_where_nothing_else_has_the_value_it_is_wrong_everywhere() -> None:
    material = Material("甲", "开展主题党日12次。")
    before = Request("起草", "draft", materials=(material,), corrections=(PARTY_DAYS,))
    (entry,) = ledger_of(before)
    assert (entry.fact, entry.was, entry.about) == ("13次", "12次", "开展主题党日13次")
    assert [item.rule for item in ledger_findings("党日活动12次。", [entry])] == ["corrected-fact"]


def test_a_locked_sentence_of_the_text_to_revise_is_not_corrected() -> None:
    text = "开展主题党日12次。会后又开展主题党日12次。"
    asked = settled(
        Request("润色", "revise", text=text, corrections=(PARTY_DAYS,), locked=("开展主题党日12次。会后",))
    )
    assert "开展主题党日12次。会后" in asked.text
