"""The outline of a conversation and how far the document that follows it is.

The outline stands in the data of the reply that drew it up and is stored there again whenever it is edited. How far the
document is stands with its versions (see stored.py), so that restoring one goes back to the part that it ends with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

from assistant.errors import AssistantError, RequestError
from assistant.pipeline import Outline, read_outline
from assistant.records import Request
from assistant.web import render, stored
from assistant.web.desk import Desk, update
from assistant.workspace import ChatMessage, Version

WORDS = {"write": "按提纲起草", "go_on": "接着写"}
EMPTY = "要写全文时，先在这里列出提纲，改好再起草。例如在左边说：写一篇年度工作总结。"


def reply_with_outline(messages: Sequence[ChatMessage]) -> ChatMessage | None:
    """Return the last reply that drew up an outline."""
    return next((item for item in reversed(messages) if item.data.get("outline") is not None), None)


def size(outline: Outline) -> str:
    """Return how many parts and points an outline has and about how many characters, in words."""
    points = sum(len(part.topics) for part in outline.parts)
    length = sum(part.length for part in outline.parts)
    return "、".join(
        [
            f"{len(outline.parts)}个部分",
            *([f"{points}点"] if points else []),
            *([f"约{length}字"] if length else []),
        ]
    )


def said(text: str, genre: str, unfinished: bool) -> str:
    """Return what stands over an outline: its size, what was guessed or is wrong with it, and the buttons."""
    try:
        outline = read_outline(text, genre)
    except AssistantError as error:
        return f'<div class="bg-notice" role="alert">{escape(str(error))}</div>'
    guessed = "、".join(f"“{part.heading}”" for part in outline.parts if part.guessed)
    kind = next((part.type for part in outline.parts if part.guessed), "")
    note = f"{guessed}当作“{kind}”来写，不对请在标题后面注明，例如〔存在问题〕。" if guessed else ""
    steps = ["go_on", "write"] if unfinished else ["write"]
    buttons = "".join(render.button(WORDS[step], step, more="bg-strong") for step in steps)
    return f'<div class="bg-outline-bar"><p>共{size(outline)}。{escape(note)}</p>{buttons}</div>'


def shown(desk: Desk, conversation: str) -> dict[str, Any]:
    """Return the tab 提纲 of a conversation."""
    reply = reply_with_outline(desk.assistant.workspace.messages(conversation))
    text = reply.data["outline"] if reply else ""
    return {
        "outline": update(value=text, interactive=reply is not None, placeholder=EMPTY),
        "outline_said": _said(desk, conversation, reply) if reply else "",
    }


def _said(desk: Desk, conversation: str, reply: ChatMessage) -> str:
    unfinished = can(desk, conversation, "go_on")
    return said(reply.data["outline"], reply.data["request"]["genre"], unfinished)


def save(desk: Desk, conversation: str, text: str) -> str:
    """Store the outline as edited and return what stands over it; a box that is empty or has none stores nothing."""
    workspace = desk.assistant.workspace
    reply = reply_with_outline(workspace.messages(conversation))
    if reply is None:
        return ""
    if text and text.strip() and text != reply.data["outline"]:
        reply = replace(reply, data={**reply.data, "outline": text})
        workspace.update_message(reply.id, reply.text, reply.data)
    return _said(desk, conversation, reply)


def can(desk: Desk, conversation: str, step: str) -> bool:
    """Tell whether there is an outline to write by, or a document to go on with."""
    workspace = desk.assistant.workspace
    if step == "go_on":
        return stored.progress_of(workspace.versions(conversation)) is not None
    return step == "write" and reply_with_outline(workspace.messages(conversation)) is not None


def request_for(desk: Desk, conversation: str, step: str, text: str) -> tuple[Request, str]:
    """Return the request of a step on a manuscript `text`, and its 写法. Raises RequestError.

    The marks of facts are not in it.
    """
    reply = reply_with_outline(desk.assistant.workspace.messages(conversation))
    if step == "go_on":
        return _going_on(desk, conversation, text, reply)
    if reply is None:
        raise RequestError("这个对话里还没有提纲。", "请先说要写什么，例如：写一篇年度工作总结。")
    materials = desk.assistant.workspace.materials(conversation)
    request = stored.request_from_data(reply.data["request"], "", materials)
    read_outline(reply.data["outline"], request.genre)
    return replace(request, outline=reply.data["outline"]), reply.data.get("adapt", "")


def _going_on(desk: Desk, conversation: str, text: str, reply: ChatMessage | None) -> tuple[Request, str]:
    versions = _up_to(desk.assistant.workspace.versions(conversation), text)
    progress = stored.progress_of(versions)
    if progress is None:
        raise RequestError("没有写到一半的全文可以接着写。", "请先说要写什么，或者点“按提纲起草”。")
    materials = desk.assistant.workspace.materials(conversation)
    request = stored.request_from_data(progress["request"], "", materials)
    outline = reply.data["outline"] if reply and request.outline else request.outline
    request = replace(request, outline=outline or desk.assistant.outline(request))
    left = [part.label for part in read_outline(request.outline, request.genre).parts]
    left = [label for label in left if label not in request.finished]
    text, broken = text.rstrip(), progress["open"].strip()
    finished = request.finished
    if broken and text.endswith(broken):
        text = text.removesuffix(broken).rstrip()
    elif broken:
        finished = (*finished, *left[:1])  # the user has worked on it: it stays as it is
    return replace(request, text=text, finished=finished), progress["adapt"]


def _up_to(versions: Sequence[Version], text: str) -> Sequence[Version]:
    """Return the versions up to the last with this text, all where there is none."""
    last = next((number for number, item in reversed([*enumerate(versions)]) if item.text == text), None)
    return versions if last is None else versions[: last + 1]
