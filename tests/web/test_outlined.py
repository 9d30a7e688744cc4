"""A whole document: the outline first, then part by part, stopped, killed and gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from assistant.web import editing, handlers, view
from assistant.web.desk import Desk, open_desk
from assistant.web.view import View
from tests.web.fakes import FakeAssistant
from tests.web.test_handlers import canvas, conversation_of, played, replies, send

ASKED = "写一篇工作总结，围绕理论学习、组织活动两个方面"
DONE = """甲局工作总结
引言方面的工作开展得比较扎实。
主要工作
主要工作方面的工作开展得比较扎实。
存在问题
存在问题方面的工作开展得比较扎实。
特此报告。"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(FakeAssistant(tmp_path))


def outlined(desk: Desk) -> tuple[str, str]:
    """Return a conversation with an outline, and the outline."""
    conversation = conversation_of(desk)
    return conversation, str(send(desk, conversation, ASKED)["outline"]["value"])


def write(desk: Desk, conversation: str, outline: str) -> View:
    return played(handlers.write(desk, conversation, text_of(desk, conversation), "", outline))


def text_of(desk: Desk, conversation: str) -> str:
    version = desk.assistant.workspace.current_version(conversation)
    return version.text if version else ""


def left_at(desk: Desk, views: Iterable[View], at: Callable[[str], bool]) -> View:
    """Stop the job once the canvas is `at`; return the page as it ends."""
    page: View = {}
    for shown in views:
        page.update(shown)
        if "canvas" in shown and at(canvas(shown)):
            handlers.stop(desk, page.get("conversation", "") or next(iter(desk.runs.busy()), ""))
    return page


def acts(page: View) -> list[str]:
    last = replies(page)[-1].content
    return [act for act in ("write", "go_on") if f'data-act="{act}"' in last]


def go_on(desk: Desk, conversation: str, text: str | None = None) -> View:
    found = text_of(desk, conversation) if text is None else text
    return played(handlers.go_on(desk, conversation, found, "", ""))


def half(tmp_path: Path) -> tuple[Desk, str, View]:
    """Return a document that was stopped in its second part."""
    desk = open_desk(FakeAssistant(tmp_path, pace=0.2))
    conversation, outline = outlined(desk)
    views = handlers.write(desk, conversation, "", "", outline)
    return desk, conversation, left_at(desk, views, lambda text: text.endswith("\n主要工作\n主要"))


def test_a_whole_document_begins_with_an_outline_and_writes_nothing_yet(desk: Desk) -> None:
    conversation = conversation_of(desk)
    page = send(desk, conversation, ASKED)
    assert "理论学习\n    组织活动" in page["outline"]["value"]
    assert page["outline"]["interactive"] is True
    assert page["tabs"]["selected"] == "outline"
    assert "3个部分、2点" in replies(page)[0].content
    assert acts(page) == ["write"]
    assert canvas(page) == ""


def test_a_short_genre_is_drafted_at_once(desk: Desk) -> None:
    page = send(desk, conversation_of(desk), "写一份倡议书")
    assert "写好了" in replies(page)[0].content
    assert page["outline"]["value"] == ""


def test_the_document_follows_the_outline_as_edited(desk: Desk) -> None:
    conversation, outline = outlined(desk)
    lines = outline.split("\n")
    page = write(desk, conversation, "\n".join([lines[0], *lines[5:6], "一、我的几件事", lines[-1]]))
    assert canvas(page).split("\n")[1::2] == ["存在问题", "我的几件事", "特此报告。"]
    assert "全篇审校过" in replies(page)[-1].content
    assert acts(page) == []
    origins = [item.origin for item in desk.assistant.workspace.versions(conversation)]
    assert origins == ["全文：存在问题", "全文：我的几件事", "全文"]
    assert "引用" in page["evidence"] or "改写" in page["evidence"] or "模型" in page["evidence"]


def test_edits_of_the_outline_are_kept_and_read_at_once(desk: Desk, tmp_path: Path) -> None:
    conversation, outline = outlined(desk)
    said = played(editing.save_outline(desk, conversation, outline + "\n三、我走过的路"))["outline_said"]
    assert "共4个部分" in said
    assert "“我走过的路”当作“主要工作”来写" in said
    again = played(handlers.open_page(open_desk(FakeAssistant(tmp_path)), conversation))
    assert again["outline"]["value"].endswith("三、我走过的路")
    played(editing.save_outline(desk, conversation, ""))
    assert view.whole(desk, conversation)["outline"]["value"].endswith("三、我走过的路")


def test_a_line_that_cannot_be_read_is_named_and_nothing_is_written(desk: Desk) -> None:
    conversation, outline = outlined(desk)
    wrong = outline + "\n全年走访35家。办结30件。"
    assert "提纲第8行" in played(editing.save_outline(desk, conversation, wrong))["outline_said"]
    page = write(desk, conversation, wrong)
    assert "提纲第8行" in page["notice"]
    assert len(desk.assistant.workspace.messages(conversation)) == 2


def test_a_stopped_document_goes_on_with_the_part_it_was_in(tmp_path: Path) -> None:
    desk, conversation, page = half(tmp_path)
    assert acts(page) == ["go_on"]
    assert "全篇审校过" not in replies(page)[-1].content
    assert "go_on" in page["outline_said"]
    page = go_on(desk, conversation)
    assert canvas(page) == DONE
    assert acts(page) == []
    assert "go_on" not in page["outline_said"]


def test_after_a_restart_the_finished_parts_stay_as_the_user_left_them(tmp_path: Path) -> None:
    _, conversation, page = half(tmp_path)
    again = open_desk(FakeAssistant(tmp_path))
    edited = canvas(page).replace("引言方面的工作", "引言方面的35项工作")
    page = go_on(again, conversation, edited)
    assert canvas(page) == DONE.replace("引言方面的工作", "引言方面的35项工作")


def test_a_half_written_part_that_the_user_worked_on_is_not_written_again(tmp_path: Path) -> None:
    desk, conversation, page = half(tmp_path)
    page = go_on(desk, conversation, canvas(page) + "工作我自己写完了。")
    lines = canvas(page).split("\n")
    assert lines.count("主要工作") == 1
    assert lines[3].endswith("工作我自己写完了。")
    assert lines[-3:] == DONE.split("\n")[-3:]


def test_a_killed_document_goes_on(tmp_path: Path) -> None:
    desk = open_desk(FakeAssistant(tmp_path, pace=0.6))
    conversation, outline = outlined(desk)
    for shown in handlers.write(desk, conversation, "", "", outline):
        if "canvas" in shown and "\n主要工作\n" in canvas(shown):
            break
    message = desk.assistant.workspace.messages(conversation)[-1]
    stored = {**message.data, "partial": "甲局工作总结\n引言方面的工作开展得比较扎实。\n主要工作\n主要"}
    versions = desk.assistant.workspace.versions(conversation)
    assert [item.origin for item in versions] == ["全文：引言"]
    handlers.stop(desk, conversation)
    desk.runs.end(conversation)
    killed = FakeAssistant(tmp_path / "killed")  # the workspace as the kill left it
    copy = killed.workspace.create_conversation().id
    for item in desk.assistant.workspace.messages(conversation)[:-1]:
        killed.workspace.add_message(copy, item.role, item.text, item.data)
    killed.workspace.add_message(copy, "assistant", "正在写", stored)
    killed.workspace.save_version(copy, versions[0].text, versions[0].origin, versions[0].data)
    page = played(handlers.open_page(open_desk(killed), copy))
    assert "（上次没有写完）" in replies(page)[-1].content
    assert acts(page) == ["go_on"]
    assert canvas(page).endswith("主要工作\n主要")
    assert canvas(go_on(open_desk(killed), copy)) == DONE


@pytest.mark.parametrize(("words", "task"), [("按提纲起草", "auto"), ("就按这个提纲写吧", "document")])
def test_the_steps_can_be_typed(desk: Desk, words: str, task: str) -> None:
    conversation, _ = outlined(desk)
    assert canvas(send(desk, conversation, words, task)) == DONE


def test_going_on_without_anything_begun_is_told(desk: Desk) -> None:
    conversation, _ = outlined(desk)
    assert "没有写到一半的全文" in go_on(desk, conversation)["notice"]
    assert canvas(send(desk, conversation, "接着写", text="正文。")) == "正文。"  # 续写, as ever


def test_restoring_a_version_goes_back_to_the_part_that_it_ends_with(desk: Desk) -> None:
    conversation, outline = outlined(desk)
    write(desk, conversation, outline)
    first = desk.assistant.workspace.versions(conversation)[0]
    played(editing.restore(desk, conversation, DONE, "", {"act": "restore", "value": str(first.id)}))
    assert canvas(go_on(desk, conversation)) == DONE


def test_corrected_fields_give_another_outline(desk: Desk) -> None:
    conversation, outline = outlined(desk)
    write(desk, conversation, outline)
    redone: Any = handlers.redo(desk, conversation, DONE, "", "工作总结", "", "人才队伍", 0, "")
    page = played(redone)
    assert "    人才队伍\n" in page["outline"]["value"]
    assert canvas(page) == DONE
