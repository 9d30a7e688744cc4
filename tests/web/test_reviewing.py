"""Findings are fixed, ignored, silenced and shown again; every step can be taken back, and the chat says what it was."""

from __future__ import annotations

import re

import pytest

from assistant.records import Finding
from assistant.web import editing, handlers, reviewing, undoing, view
from assistant.web.desk import Desk, open_desk
from assistant.web.view import View
from tests.web.fakes import FakeAssistant
from tests.web.test_handlers import DRAFT, WHOLE, canvas, conversation_of, desk, played, replies, send

__all__ = ["desk"]
TEXT = "要搞好工作。\n再搞好学习，抓紧时间。"


@pytest.fixture(autouse=True)
def checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rules: 搞好 is to be 做好, 时间 is only remarked."""

    def check(self: object, text: str, *more: object) -> tuple[Finding, ...]:
        colloquial = [
            Finding("colloquial", "error", item.start(), item.end(), "搞好", "口语", "做好", "", True)
            for item in re.finditer("搞好", text)
        ]
        remarked = [
            Finding("vague", "hint", item.start(), item.end(), "时间", "含糊", "写明几月几日")
            for item in re.finditer("时间", text)
        ]
        return (*colloquial, *remarked)

    monkeypatch.setattr(FakeAssistant, "check", check)


def press(desk: Desk, conversation: str, act: str, value: str = "", text: str = TEXT) -> View:
    return played(reviewing.act_on_findings(desk, conversation, text, "", {"act": act, "value": value}))


def back(desk: Desk, conversation: str) -> View:
    text = desk.assistant.workspace.current_version(conversation).text
    return played(undoing.step_back(desk, conversation, text, ""))


def written(desk: Desk, text: str = TEXT) -> str:
    conversation = conversation_of(desk)
    played(editing.save(desk, conversation, text, ""))
    return conversation


def test_one_click_fixes_a_finding_and_the_chat_says_so(desk: Desk) -> None:
    conversation = written(desk)
    page = press(desk, conversation, "fix", "colloquial 1 3")
    assert canvas(page) == "要做好工作。\n再搞好学习，抓紧时间。"
    assert "“搞好”改为“做好”" in replies(page)[-1].content
    assert "对不上" in press(desk, conversation, "fix", "colloquial 1 3", canvas(page))["notice"]
    assert canvas(back(desk, conversation)) == TEXT


def test_all_safe_fixes_are_made_at_once_and_taken_back_at_once(desk: Desk) -> None:
    conversation = written(desk)
    page = press(desk, conversation, "fix-all")
    assert canvas(page) == "要做好工作。\n再做好学习，抓紧时间。"
    assert "改正2处" in replies(page)[-1].content
    assert "全部改正（2处）" in page["versions"]
    assert "全部改正" not in page["findings"]
    page = back(desk, conversation)
    assert canvas(page) == TEXT
    assert "撤销了“全部改正（2处）”" in replies(page)[-1].content
    assert len(replies(page)) == 1  # one message after another by hand is one bubble


def test_an_ignored_finding_stays_so_while_its_sentence_stands(desk: Desk) -> None:
    conversation = written(desk)
    page = press(desk, conversation, "ignore", "vague 15 17")
    assert "含糊" not in page["findings"].split("bg-dismissed")[0]
    assert "本稿忽略的 1条" in page["findings"]
    moved = "新加的一段。\n" + TEXT
    assert "写明几月几日" not in played(editing.save(desk, conversation, moved, ""))["findings"]
    again = open_desk(FakeAssistant(desk.assistant.settings.home))
    assert "写明几月几日" not in view.whole(again, conversation)["findings"]
    changed = moved.replace("抓紧时间", "抓紧时间落实")
    assert "写明几月几日" in played(editing.save(desk, conversation, changed, ""))["findings"]


@pytest.mark.parametrize(
    ("act", "value", "other"),
    [("never-words", "colloquial 1 3", "含糊"), ("never-rule", "vague 15 17", "口语")],
)
def test_what_is_silenced_is_so_in_every_manuscript_until_it_is_taken_back(
    desk: Desk, act: str, value: str, other: str
) -> None:
    first = written(desk)
    page = press(desk, first, act, value)
    assert "所有文稿不再提示的 1条" in page["findings"]
    second = written(desk)
    shown = view.whole(desk, second)["findings"]
    left = re.findall('bg-message"><span>(.*?)</span>', shown)
    assert left
    assert set(left) == {other}
    (number,) = re.findall(r'data-act="take-back" data-value="(\d+)"', shown)
    page = press(desk, second, "take-back", number)
    assert page["findings"].count('data-act="ignore"') == 3
    assert "不再提示的 1条" not in page["findings"]


def test_every_kind_of_step_is_taken_back(desk: Desk) -> None:
    conversation = conversation_of(desk)
    send(desk, conversation, DRAFT)
    first = desk.assistant.workspace.current_version(conversation)
    send(desk, conversation, "润色", "revise", WHOLE + "\n工作很多。")
    played(
        editing.restore(
            desk, conversation, WHOLE + "\n工作较多。", "", {"act": "restore", "value": str(first.id)}
        )
    )
    texts = []
    while "notice" not in (page := back(desk, conversation)) or not page["notice"]:
        texts.append(canvas(page))
    assert texts == [WHOLE + "\n工作较多。", WHOLE + "\n工作很多。", WHOLE, ""]
    assert "没有可以撤销的了" in page["notice"]


def test_what_was_taken_back_is_not_taken_back_again(desk: Desk) -> None:
    conversation = written(desk, "甲。")
    desk.assistant.workspace.save_version(conversation, "甲。乙。", "润色")
    desk.assistant.workspace.save_version(conversation, "甲。乙。丙。", "续写")
    assert canvas(back(desk, conversation)) == "甲。乙。"
    assert canvas(back(desk, conversation)) == "甲。"
    desk.assistant.workspace.save_version(conversation, "甲。丁。", "润色")
    assert canvas(back(desk, conversation)) == "甲。"
    assert canvas(back(desk, conversation)) == ""


def test_the_chat_takes_back_what_was_changed_by_hand_before_what_was_asked(desk: Desk) -> None:
    conversation = conversation_of(desk)
    send(desk, conversation, DRAFT, text="要搞好工作。", append=True)
    whole = desk.assistant.workspace.current_version(conversation).text
    fixed = canvas(press(desk, conversation, "fix-all", text=whole))
    page = played(handlers.undo(desk, conversation, fixed, "", 2))
    assert canvas(page) == whole
    assert [bubble.role for bubble in page["chat"]] == ["user", "assistant", "assistant"]


def test_a_new_attempt_starts_from_what_the_request_found(desk: Desk) -> None:
    conversation = conversation_of(desk)
    send(desk, conversation, DRAFT, text="要搞好工作。", append=True)
    whole = desk.assistant.workspace.current_version(conversation).text
    fixed = canvas(press(desk, conversation, "fix-all", text=whole))
    page = played(handlers.retry(desk, conversation, fixed, "", 2))
    assert canvas(page) == whole + "\n第1次重写。"
    assert len(page["chat"]) == 2


def test_nothing_is_changed_by_hand_while_a_job_is_at_work(tmp_path: object) -> None:
    desk = open_desk(FakeAssistant(tmp_path, pace=0.1))  # type: ignore[arg-type]
    conversation = written(desk)
    first = handlers.send(desk, conversation, DRAFT, "auto", TEXT, "", "", False)
    for shown in first:
        if "canvas" in shown:
            break
    assert "任务还在进行" in press(desk, conversation, "fix-all")["notice"]
    assert "任务还在进行" in played(undoing.step_back(desk, conversation, TEXT, ""))["notice"]
    handlers.stop(desk, conversation)
    played(first)
