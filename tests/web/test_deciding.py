"""What the user decides at 事实 holds for drafts and for the review, and is there after a restart."""

from __future__ import annotations

import re

import pytest

from assistant.records import Correction, Material
from assistant.web import deciding, editing, view
from assistant.web.desk import Desk, open_desk
from assistant.web.view import View
from tests.web.fakes import FakeAssistant
from tests.web.test_handlers import DRAFT, canvas, conversation_of, desk, played, replies, send

__all__ = ["desk"]
MATERIAL = Material("台账.txt", "开展主题党日12次，走访企业12次。落实“三会一课”，走访35家。")


def act(desk: Desk, conversation: str, name: str, value: str, typed: str = "", about: str = "") -> View:
    event = {"act": name, "value": value, "name": typed, "about": about}
    return played(deciding.act_on_facts(desk, conversation, event))


def with_material(desk: Desk) -> str:
    conversation = conversation_of(desk)
    desk.assistant.workspace.add_material(conversation, MATERIAL)
    return conversation


def marked(page: View) -> list[tuple[str, str]]:
    """Return which buttons of the ledger are pressed: what they do, and with which fact."""
    return re.findall(r'data-act="(must|never)" data-value="([^"]*)" aria-pressed="true"', page["facts"])


def facts(desk: Desk, conversation: str) -> dict[str, str]:
    """Return the facts of the ledger with where they are from."""
    return {item.fact: item.whence for item in view.entries_of(desk, conversation)}


def test_a_fact_is_marked_by_one_click_and_unmarked_by_the_second(desk: Desk) -> None:
    conversation = with_material(desk)
    assert marked(act(desk, conversation, "never", "35家")) == [("never", "35家")]
    assert marked(act(desk, conversation, "must", "35家")) == [("must", "35家")]
    assert marked(act(desk, conversation, "must", "12次")) == [("must", "12次"), ("must", "35家")]
    again = open_desk(FakeAssistant(desk.assistant.settings.home))
    assert marked(view.whole(again, conversation)) == [("must", "12次"), ("must", "35家")]
    played(editing.drop_material(desk, conversation, "台账.txt"))
    page = view.whole(desk, conversation)
    assert marked(page) == [("must", "35家"), ("must", "12次")]
    assert "要求和材料里都没有了" in page["facts"]
    assert marked(act(desk, conversation, "must", "35家")) == [("must", "12次")]
    assert "已经不在要求和材料里了" in act(desk, conversation, "must", "35家")["notice"]


def test_marks_go_into_the_draft_and_the_review_follows_them(desk: Desk) -> None:
    conversation = with_material(desk)
    for name, fact in (("must", "35家"), ("never", "“三会一课”")):
        act(desk, conversation, name, fact)
    page = send(desk, conversation, DRAFT)
    request, _ = view.last_request(desk.assistant.workspace.messages(conversation))
    assert request
    assert (request.must, request.never) == (("35家",), ("“三会一课”",))
    assert "不用</b>“三会一课”" in replies(page)[-1].content
    assert "必用的“35家”没有写进去" in page["findings"]
    assert "“三会一课”标了不用，文稿里还有" in page["findings"]
    page = act(desk, conversation, "must", "35家")
    assert "35家" not in page["findings"]
    said = replies(send(desk, conversation, "检查一下", "check", canvas(view.whole(desk, conversation))))[-1]
    (number,) = re.findall("共([0-9]+)处", view.whole(desk, conversation)["findings"])
    assert f"有{number}处要看" in said.content


def test_a_corrected_figure_counts_as_given_and_the_wrong_one_is_an_error_with_its_fix(desk: Desk) -> None:
    conversation = with_material(desk)
    page = played(editing.save(desk, conversation, "全年开展主题党日12次。走访企业12次。", ""))
    assert "您已更正" not in page["findings"]
    page = act(desk, conversation, "correct", "12次", "13", about="开展主题党日12次")
    assert "您更正的，原为“12次”" in page["facts"]
    assert list(facts(desk, conversation)) == ["13次", "12次", "“三会一课”", "35家"]
    assert page["findings"].count("“12次”您已更正为“13次”") == 1  # 走访企业12次 stays as it is
    again = open_desk(FakeAssistant(desk.assistant.settings.home))
    assert view.whole(again, conversation)["facts"] == page["facts"]
    send(desk, conversation, DRAFT)
    request, _ = view.last_request(desk.assistant.workspace.messages(conversation))
    assert request
    assert request.corrections == (Correction("12次", "13次", "开展主题党日12次"),)
    assert "更正</b>12次→13次" in replies(view.whole(desk, conversation))[-1].content
    act(desk, conversation, "uncorrect", "13次")
    assert "13次" not in facts(desk, conversation)


def test_a_second_correction_takes_the_place_of_the_first(desk: Desk) -> None:
    conversation = with_material(desk)
    act(desk, conversation, "correct", "12次", "13次", about="走访企业12次")
    act(desk, conversation, "correct", "13次", "14次", about="走访企业13次")
    assert desk.assistant.workspace.corrections(conversation) == (Correction("12次", "14次", "走访企业12次"),)
    assert set(facts(desk, conversation)) == {"12次", "14次", "“三会一课”", "35家"}


def test_a_must_use_mark_goes_along_with_a_correction_and_back(desk: Desk) -> None:
    conversation = with_material(desk)
    act(desk, conversation, "must", "35家")
    assert marked(act(desk, conversation, "correct", "35家", "36家", about="走访35家")) == [("must", "36家")]
    assert marked(act(desk, conversation, "uncorrect", "36家")) == [("must", "35家")]


@pytest.mark.parametrize(
    ("name", "value", "typed", "said"),
    [
        ("correct", "12次", "12次", "和原来一样"),
        ("correct", "12次", "12", "和原来一样"),
        ("correct", "99次", "98次", "已经不在要求和材料里了"),
        ("own", "", "  ", "还没有写"),
        ("own", "", "5名。", "看不出说的是什么"),
    ],
)
def test_what_cannot_be_stored_is_said(desk: Desk, name: str, value: str, typed: str, said: str) -> None:
    conversation = with_material(desk)
    assert said in act(desk, conversation, name, value, typed)["notice"]
    workspace = desk.assistant.workspace
    assert (workspace.corrections(conversation), workspace.own_facts(conversation)) == ((), ())


def test_an_own_entry_is_a_fact_like_those_of_the_material(desk: Desk) -> None:
    conversation = with_material(desk)
    page = act(desk, conversation, "own", "", " 新增党员5名。")
    assert facts(desk, conversation)["5名"] == "您补充的"
    assert "新增党员5名" in page["facts"]
    send(desk, conversation, DRAFT)
    request, _ = view.last_request(desk.assistant.workspace.messages(conversation))
    assert request
    assert request.own == ("新增党员5名",)
    again = open_desk(FakeAssistant(desk.assistant.settings.home))
    assert facts(again, conversation)["5名"] == "您补充的"
    act(desk, conversation, "unown", "新增党员5名")
    assert "5名" not in facts(desk, conversation)


def test_a_fact_given_later_is_no_longer_an_unsupported_one(desk: Desk) -> None:
    conversation = conversation_of(desk)
    finding = {
        "rule": "unsupported-fact",
        "severity": "error",
        "start": 4,
        "end": 6,
        "quote": "5名",
        "message": "“5名”在您给的材料里没有",
    }
    data = {"sentences": [], "passages": {}, "findings": [finding]}
    desk.assistant.workspace.save_version(conversation, "新增党员5名。", "起草", data)
    assert "材料里没有" in view.whole(desk, conversation)["findings"]
    assert "材料里没有" not in act(desk, conversation, "own", "", "新增党员5名")["findings"]
