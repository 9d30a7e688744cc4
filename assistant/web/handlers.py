"""What happens when the user does something: functions from plain values to views (see view.py).

A view maps names of components to their new values; what is missing stays as it is. Handlers know
nothing of Gradio and can be called without it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from assistant.errors import AssistantError, RequestError
from assistant.records import Request
from assistant.web import jobs, render, undoing, view
from assistant.web.common import keep, telling
from assistant.web.desk import POLL, Desk, Run, update
from assistant.web.view import Bubble, View
from assistant.workspace import ChatMessage

AUTO = "auto"  # the task is to be found out
TITLE_LENGTH = 20


# Opening, listing


@telling
def open_page(desk: Desk, wanted: str) -> Iterator[View]:
    """Show the conversation of the address, else the latest, else a new one; go on with a job at work."""
    desk.preparation.start()
    items = desk.assistant.workspace.conversations()
    ids = [item.id for item in items]
    chosen = (
        wanted if wanted in ids else (ids[0] if ids else desk.assistant.workspace.create_conversation().id)
    )
    yield {**view.status(desk), "timer": update(active=True)}
    yield from open_conversation(desk, chosen)


@telling
def open_conversation(desk: Desk, conversation: str) -> Iterator[View]:
    """Show a conversation and follow its job."""
    view.known(desk, conversation)
    yield view.whole(desk, conversation)
    if run := desk.runs.active(conversation):
        yield from follow(desk, run)


@telling
def new_conversation(desk: Desk, conversation: str, text: str, shown: str) -> Iterator[View]:
    """Show an empty conversation; the latest one when nothing was done in it yet."""
    keep(desk, conversation, text, shown)
    workspace = desk.assistant.workspace
    latest = next(iter(workspace.conversations()), None)
    unused = latest and not (
        workspace.messages(latest.id) or workspace.versions(latest.id) or workspace.materials(latest.id)
    )
    chosen = latest if latest and unused else workspace.create_conversation()
    yield view.whole(desk, chosen.id)  # words in the box stay: they may be meant for the new one


@telling
def act_on_conversation(
    desk: Desk, conversation: str, text: str, shown: str, words: str, event: Mapping[str, str]
) -> Iterator[View]:
    """Open, rename or delete a conversation of the list, which shows those that contain `words`."""
    workspace, target = desk.assistant.workspace, event["value"]
    if event["act"] == "open":
        keep(desk, conversation, text, shown)
        yield from open_conversation(desk, target)
    elif event["act"] == "rename":
        if name := " ".join(event.get("name", "").split()):
            workspace.rename_conversation(target, name[:60])
        yield view.listing(desk, conversation, words)
    else:
        desk.runs.end(target)
        workspace.delete_conversation(target)
        if target == conversation:
            yield from open_page(desk, "")
        yield view.listing(desk, conversation if target != conversation else "", words)


@telling
def search(desk: Desk, conversation: str, words: str) -> Iterator[View]:
    """Show the conversations that contain `words`."""
    yield view.listing(desk, conversation, words.strip())


@telling
def look(desk: Desk) -> Iterator[View]:
    """Show how far the preparation is; called once a second until it is over."""
    yield view.status(desk)


# Sending


@telling
def send(
    desk: Desk,
    conversation: str,
    words: str,
    task: str,
    text: str,
    shown: str,
    selection: str,
    append: bool,
) -> Iterator[View]:
    """Store the message, begin its job and follow it.

    `text` is what stands on the canvas, `shown` the version it showed, `selection` what is selected there: {"start", "text"} in JSON
    or "". With `append` a draft goes behind the manuscript instead of in its place.
    """
    words = words.strip()
    view.known(desk, conversation)
    if not words and task not in ("revise", "check"):
        raise RequestError("还没有写要求。", "请写明要做什么，例如：起草…的存在问题部分，围绕…三个方面。")
    if desk.runs.active(conversation):
        raise RequestError("上一个任务还在进行。", "请等它写完，或者先点“停止”。")
    keep(desk, conversation, text, shown)
    before = desk.assistant.workspace.current_version(conversation)
    data = {
        "task": "" if task == AUTO else task,
        "before": before.id if before else 0,
        "selection": json.loads(selection) if selection else {},
        "append": append,
    }
    words = words or ("润色" if task == "revise" else "审校全文")
    desk.assistant.workspace.add_message(conversation, "user", words, data)
    _name(desk, conversation, words)
    yield {"words": ""}
    yield from _begin(desk, conversation, words, data, before.text if before else "")


def _begin(
    desk: Desk,
    conversation: str,
    words: str,
    data: Mapping[str, Any],
    text: str,
    seed: int = 0,
    correct: Callable[[Request], Request] | None = None,
) -> Iterator[View]:
    """Answer the user message stored last, which finds `text` on the canvas: understand, start the job, follow it."""
    workspace = desk.assistant.workspace
    selection = data["selection"]
    chosen = str(selection.get("text", ""))
    start = _place(text, chosen, int(selection.get("start", 0)))
    scope = chosen if chosen.strip() and start >= 0 else text
    try:
        materials = workspace.materials(conversation)
        request = desk.assistant.understand(words, data["task"], materials, scope)
        request = view.decided(desk, conversation, request)
        request = correct(request) if correct else request
    except AssistantError as error:
        workspace.add_message(conversation, "assistant", str(error), {"state": "failed"})
        yield view.whole(desk, conversation)
        return
    head, tail = _frame(request, text, scope, start, bool(data.get("append")))
    order = jobs.Order(conversation, 0, request, head, tail, data.get("adapt", ""), seed)
    reply = workspace.add_message(conversation, "assistant", "", order.data("generating"))
    order = replace(order, reply=reply)
    run = desk.runs.start(conversation, partial(jobs.carry_out, desk, order))
    yield from follow(desk, run)


def _frame(request: Request, text: str, scope: str, start: int, append: bool) -> tuple[str, str]:
    """Return what stays before and after the result."""
    if request.task == "revise" and request.text == scope != text:
        return text[:start], text[start + len(scope) :]
    if request.task == "revise" and request.text != text and (place := text.find(request.text)) >= 0:
        return text[:place], text[place + len(request.text) :]
    if request.task in ("draft", "document") and append and text.strip():
        return text.rstrip("\n") + "\n", ""
    return "", ""


def _place(text: str, chosen: str, start: int) -> int:
    """Return where the selected words stand, -1 when they do not."""
    return start if chosen and text[start : start + len(chosen)] == chosen else text.find(chosen or "\0")


def _found(
    desk: Desk, conversation: str, question: ChatMessage, answers: Sequence[ChatMessage]
) -> tuple[str, bool]:
    """Return the text that `question` found on the canvas, and whether its answers have changed it since.

    Where the user has worked on after the answers, the text on the canvas stands.
    """
    versions = desk.assistant.workspace.versions(conversation)
    current = versions[-1] if versions else None
    if current and current.id in {item.data.get("version") for item in answers}:
        before = next((item.text for item in versions if item.id == question.data["before"]), "")
        return before, True
    return (current.text if current else ""), False


def _name(desk: Desk, conversation: str, words: str) -> None:
    """Name a new conversation after its first message."""
    workspace = desk.assistant.workspace
    if sum(item.role == "user" for item in workspace.messages(conversation)) == 1:
        line = words.split("\n")[0]
        title = line if len(line) <= TITLE_LENGTH else line[:TITLE_LENGTH] + "…"
        workspace.rename_conversation(conversation, title)


def follow(desk: Desk, run: Run) -> Iterator[View]:
    """Show a job as it grows until it ends, then everything."""
    conversation = run.conversation
    waiting = not desk.ready
    *earlier, reply = desk.assistant.workspace.messages(conversation)
    shown, below = view.bubbles(tuple(earlier)), view.below(reply)
    yield {
        **view.listing(desk, conversation),
        **view.materials(desk, conversation),
        "redo": update(visible=False, open=False),
    }
    seen = -1
    while run.thread is not None and run.thread.is_alive():
        if run.pieces != seen:
            seen = run.pieces
            growing = Bubble("assistant", render.reply(run.note or "正在开始", below, growing=True))
            yield {"chat": [*shown, growing], **view.at_work(run)}
        time.sleep(POLL)
    view.known(desk, conversation)
    reply = desk.assistant.workspace.messages(conversation)[-1]
    tab = reply.data.get("tab")
    yield {
        **view.whole(desk, conversation),
        **({"tabs": update(selected=tab)} if tab else {}),
        **(view.status(desk) if waiting else {}),
    }


def stop(desk: Desk, conversation: str) -> None:
    """Ask the job of the conversation to end."""
    desk.runs.stop(conversation)


# Going back


@telling
def retry(desk: Desk, conversation: str, text: str, shown: str, index: int) -> Iterator[View]:
    """Answer a message once more, differently."""
    question, answers = _asked(desk, conversation, index)
    keep(desk, conversation, text, shown)
    found, _ = _found(desk, conversation, question, answers)
    seed = max((int(item.data.get("seed", 0)) for item in answers), default=0) + 1
    _forget(desk, conversation, answers)
    yield from _begin(desk, conversation, question.text, question.data, found, seed)


@telling
def edit(desk: Desk, conversation: str, text: str, shown: str, index: int, words: str) -> Iterator[View]:
    """Replace a message of the user by `words` and answer anew; what followed it goes."""
    question, answers = _asked(desk, conversation, index)
    words = words.strip()
    if not words:
        raise RequestError("要求不能是空的。", "请写明要做什么。")
    keep(desk, conversation, text, shown)
    found, _ = _found(desk, conversation, question, answers)
    _forget(desk, conversation, [question])
    desk.assistant.workspace.add_message(conversation, "user", words, question.data)
    yield from _begin(desk, conversation, words, question.data, found)


@telling
def undo(desk: Desk, conversation: str, text: str, shown: str, index: int) -> Iterator[View]:
    """Take a message and its answer back: the words return to the box, the manuscript to what it was.

    Where the last message says what was changed by hand, that change is taken back.
    """
    messages = desk.assistant.workspace.messages(conversation)
    if messages and messages[-1].data.get("state") == view.NOTE:
        yield from undoing.step_back(desk, conversation, text, shown)
        return
    question, answers = _asked(desk, conversation, index)
    keep(desk, conversation, text, shown)
    found, changed = _found(desk, conversation, question, answers)
    if changed:
        workspace = desk.assistant.workspace
        before = next(
            (item for item in workspace.versions(conversation) if item.id == question.data["before"]), None
        )
        workspace.save_version(conversation, found, "撤回", undoing.brought_back(before))
    _forget(desk, conversation, [question])
    yield {**view.whole(desk, conversation), "words": question.text}


@telling
def redo(
    desk: Desk,
    conversation: str,
    text: str,
    shown: str,
    genre: str | None,
    section: str | None,
    topics: str,
    length: float | None,
    adapt: str,
) -> Iterator[View]:
    """Answer the last message anew with the fields of 理解 as corrected."""
    question, answers = _asked(desk, conversation, -1)
    keep(desk, conversation, text, shown)
    found, _ = _found(desk, conversation, question, answers)
    part = (section or "").strip()

    def correct(request: Request) -> Request:
        return replace(
            request,
            task="draft" if part else "document",
            genre=(genre or request.genre).strip(),
            section=part,
            topics=tuple(_split(topics)),
            length=max(int(length or 0), 0),
            doubts=(),
        )

    _forget(desk, conversation, answers)
    yield from _begin(
        desk, conversation, question.text, {**question.data, "adapt": adapt}, found, correct=correct
    )


def _split(topics: str) -> list[str]:
    return [item.strip() for item in re.split(r"[、，,；;\n]", topics) if item.strip()]


def _asked(desk: Desk, conversation: str, index: int) -> tuple[ChatMessage, tuple[ChatMessage, ...]]:
    """Return the user's message that message `index` is or answers (-1: the last), and all that follow it."""
    if desk.runs.active(conversation):
        raise RequestError("上一个任务还在进行。", "请等它写完，或者先点“停止”。")
    messages = desk.assistant.workspace.messages(conversation)
    last = len(messages) - 1
    start = last if index < 0 else min(index, last)
    place = next((number for number in range(start, -1, -1) if messages[number].role == "user"), -1)
    if place < 0:
        raise RequestError("没有可以重来的要求。", "请在下面写明要做什么。")
    return messages[place], messages[place + 1 :]


def _forget(desk: Desk, conversation: str, messages: Sequence[ChatMessage]) -> None:
    """Forget the first of `messages` and all that follow it."""
    if messages:
        desk.assistant.workspace.delete_messages_from(conversation, messages[0].id)
