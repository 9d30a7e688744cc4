"""What happens when the user does something: functions from plain values to views (see view.py).

A view maps names of components to their new values; what is missing stays as it is. Handlers know
nothing of Gradio and can be called without it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from assistant.errors import AssistantError, RequestError
from assistant.records import Request
from assistant.web import jobs, view
from assistant.web.common import keep, telling
from assistant.web.desk import POLL, Desk, Run, update
from assistant.web.view import Bubble, View
from assistant.workspace import ChatMessage

TITLE_LENGTH = 20


# Opening, listing


@telling
def open_page(desk: Desk, wanted: str) -> Iterator[View]:
    """Show the conversation of the address, else the latest, else a new one; go on with a job at work."""
    desk.preparation.start()
    items = desk.assistant.workspace.conversations()
    ids = [item.id for item in items]
    chosen = wanted if wanted in ids else (ids[0] if ids else desk.assistant.workspace.create_conversation().id)
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
def new_conversation(desk: Desk, conversation: str, text: str) -> Iterator[View]:
    """Show an empty conversation; the latest one when nothing was done in it yet."""
    keep(desk, conversation, text)
    workspace = desk.assistant.workspace
    latest = next(iter(workspace.conversations()), None)
    unused = latest and not (
        workspace.messages(latest.id) or workspace.versions(latest.id) or workspace.materials(latest.id)
    )
    chosen = latest if latest and unused else workspace.create_conversation()
    yield {**view.whole(desk, chosen.id), "words": ""}


@telling
def act_on_conversation(
    desk: Desk, event: Mapping[str, str], conversation: str, text: str, words: str
) -> Iterator[View]:
    """Open, rename or delete a conversation of the list, which shows those that contain `words`."""
    workspace, target = desk.assistant.workspace, event["value"]
    if event["act"] == "open":
        keep(desk, conversation, text)
        yield from open_conversation(desk, target)
    elif event["act"] == "rename":
        if name := " ".join(event.get("name", "").split()):
            workspace.rename_conversation(target, name[:60])
        yield view.listing(desk, conversation, words)
    else:
        desk.runs.stop(target)
        workspace.delete_conversation(target)
        if target == conversation:
            yield from open_page(desk, "")
        yield view.listing(desk, conversation if target != conversation else "", words)


@telling
def search(desk: Desk, conversation: str, words: str) -> Iterator[View]:
    """Show the conversations that contain `words`."""
    yield view.listing(desk, conversation, words.strip())


def look(desk: Desk) -> View:
    """Return how far the preparation is; called once a second until it is over."""
    return view.status(desk)


# Sending


@telling
def send(
    desk: Desk,
    conversation: str,
    words: str,
    task: str,
    text: str,
    selection: Mapping[str, Any] | None,
    append: bool,
    adapt: str = "",
) -> Iterator[View]:
    """Store the message, begin its job and follow it.

    `task` is "" for 自动. `text` is what stands on the canvas, `selection` {"start", "text"} what is
    selected there. With `append` a draft goes behind the manuscript instead of in its place.
    """
    words = words.strip()
    view.known(desk, conversation)
    if not words and task not in ("revise", "check"):
        raise RequestError("还没有写要求。", "请写明要做什么，例如：起草…的存在问题部分，围绕…三个方面。")
    if desk.runs.active(conversation):
        raise RequestError("上一个任务还在进行。", "请等它写完，或者先点“停止”。")
    keep(desk, conversation, text)
    before = desk.assistant.workspace.current_version(conversation)
    data = {
        "task": task,
        "before": before.id if before else 0,
        "selection": dict(selection) if selection else None,
        "append": append,
        "adapt": adapt,
    }
    words = words or ("润色" if task == "revise" else "审校全文")
    message = desk.assistant.workspace.add_message(conversation, "user", words, data)
    _name(desk, conversation, words)
    yield {"words": ""}
    yield from _begin(desk, conversation, message, words, data)


def _begin(
    desk: Desk,
    conversation: str,
    message: int,
    words: str,
    data: Mapping[str, Any],
    seed: int = 0,
    correct: Callable[[Request], Request] | None = None,
) -> Iterator[View]:
    """Answer the stored user message: understand it, start the job, follow it."""
    workspace = desk.assistant.workspace
    text = _text_of(desk, conversation, data["before"])
    selection = data.get("selection") or {}
    chosen = str(selection.get("text", ""))
    start = _place(text, chosen, int(selection.get("start", 0)))
    scope = chosen if chosen.strip() and start >= 0 else text
    try:
        materials = workspace.materials(conversation)
        request = desk.assistant.understand(words, data["task"], materials, scope)
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


def _text_of(desk: Desk, conversation: str, version: int) -> str:
    versions = desk.assistant.workspace.versions(conversation)
    return next((item.text for item in versions if item.id == version), "")


def _name(desk: Desk, conversation: str, words: str) -> None:
    """Name a new conversation after its first message."""
    workspace = desk.assistant.workspace
    if len(workspace.messages(conversation)) == 1:
        line = words.split("\n")[0]
        title = line if len(line) <= TITLE_LENGTH else line[:TITLE_LENGTH] + "…"
        workspace.rename_conversation(conversation, title)


def follow(desk: Desk, run: Run) -> Iterator[View]:
    """Show a job as it grows until it ends, then everything."""
    conversation = run.conversation
    messages = desk.assistant.workspace.messages(conversation)
    shown = view.bubbles(messages)
    yield {"chat": shown, **view.listing(desk, conversation), "redo": update(visible=False), **view.at_work(run)}
    seen = run.pieces
    while run.thread is not None and run.thread.is_alive():
        if run.pieces != seen:
            seen = run.pieces
            last = Bubble("assistant", f"{run.note}……", shown[-1].html) if shown else Bubble("assistant", run.note)
            yield {"chat": [*shown[:-1], last], **view.at_work(run)}
        time.sleep(POLL)
    done = view.whole(desk, conversation)
    last_data = desk.assistant.workspace.messages(conversation)[-1:]
    tab = last_data[0].data.get("tab") if last_data else None
    yield {**done, **({"tabs": update(selected=tab)} if tab else {})}


def stop(desk: Desk, conversation: str) -> None:
    """Ask the job of the conversation to end."""
    desk.runs.stop(conversation)


# Going back


@telling
def retry(desk: Desk, conversation: str, index: int) -> Iterator[View]:
    """Answer a message once more, differently."""
    messages, place = _asked(desk, conversation, index)
    question = messages[place]
    seed = max((int(item.data.get("seed", 0)) for item in messages[place:]), default=0) + 1
    _forget(desk, conversation, messages, place + 1)
    yield from _begin(desk, conversation, question.id, question.text, question.data, seed)


@telling
def edit(desk: Desk, conversation: str, index: int, words: str) -> Iterator[View]:
    """Replace a message of the user by `words` and answer anew; what followed it goes."""
    messages, place = _asked(desk, conversation, index)
    if not words.strip():
        raise RequestError("要求不能是空的。", "请写明要做什么。")
    data = messages[place].data
    _forget(desk, conversation, messages, place)
    message = desk.assistant.workspace.add_message(conversation, "user", words.strip(), data)
    yield from _begin(desk, conversation, message, words.strip(), data)


@telling
def undo(desk: Desk, conversation: str, index: int) -> Iterator[View]:
    """Take a message and its answer back: the words return to the box, the manuscript to what it was."""
    messages, place = _asked(desk, conversation, index)
    question = messages[place]
    workspace = desk.assistant.workspace
    versions = workspace.versions(conversation)
    before = next((item for item in versions if item.id == question.data["before"]), None)
    text = before.text if before else ""
    if versions and versions[-1].text != text:
        data = {"base": before.data.get("base", before.id)} if before else {}
        workspace.save_version(conversation, text, "撤回", data)
    _forget(desk, conversation, messages, place)
    yield {**view.whole(desk, conversation), "words": question.text}


@telling
def redo(
    desk: Desk,
    conversation: str,
    genre: str | None,
    section: str | None,
    topics: str,
    length: float | None,
    adapt: str,
) -> Iterator[View]:
    """Answer the last message anew with the fields of 理解 as corrected."""
    messages, place = _asked(desk, conversation, len(desk.assistant.workspace.messages(conversation)) - 1)
    question = messages[place]
    listed = tuple(item for item in _split(topics) if item)

    def correct(request: Request) -> Request:
        part = (section or "").strip()
        return replace(
            request,
            task="draft" if part else "document",
            genre=(genre or request.genre).strip(),
            section=part,
            topics=listed,
            length=max(int(length or 0), 0),
            doubts=(),
        )

    _forget(desk, conversation, messages, place + 1)
    data = {**question.data, "adapt": adapt}
    yield from _begin(desk, conversation, question.id, question.text, data, correct=correct)


def _split(topics: str) -> list[str]:
    for sign in "，,；;\n":
        topics = topics.replace(sign, "、")
    return [item.strip() for item in topics.split("、")]


def _asked(desk: Desk, conversation: str, index: int) -> tuple[tuple[ChatMessage, ...], int]:
    """Return the messages and the place of the user's message that message `index` is or answers."""
    if desk.runs.active(conversation):
        raise RequestError("上一个任务还在进行。", "请等它写完，或者先点“停止”。")
    messages = desk.assistant.workspace.messages(conversation)
    place = next((i for i in range(min(index, len(messages) - 1), -1, -1) if messages[i].role == "user"), -1)
    if place < 0:
        raise RequestError("没有可以重来的要求。", "请在下面写明要做什么。")
    return messages, place


def _forget(desk: Desk, conversation: str, messages: Sequence[ChatMessage], place: int) -> None:
    if place < len(messages):
        desk.assistant.workspace.delete_messages_from(conversation, messages[place].id)
