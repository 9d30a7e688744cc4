"""One step back, whatever the step was, and the chat saying what was changed on the manuscript."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.errors import RequestError
from assistant.web import render, stored, view
from assistant.web.common import keep, telling
from assistant.web.desk import Desk
from assistant.web.view import View
from assistant.workspace import Version


def idle(desk: Desk, conversation: str) -> None:
    """Raise RequestError while a job is at work on the manuscript."""
    if desk.runs.active(conversation):
        raise RequestError("任务还在进行，现在不能改动文稿。", "请等它写完，或者先点“停止”。")


def change(
    desk: Desk, conversation: str, text: str, origin: str, said: str, data: Mapping[str, Any] | None = None
) -> View:
    """Store `text` as a new version, say so in the chat and return what the page shows then."""
    workspace = desk.assistant.workspace
    base = stored.base_of(workspace.versions(conversation))
    kept = data if data is not None else {"base": base.id} if base else {}
    version = workspace.save_version(conversation, text, origin, kept)
    told = {"state": view.NOTE, "version": version.id}
    messages = workspace.messages(conversation)
    if messages and messages[-1].data.get("state") == view.NOTE:
        workspace.update_message(messages[-1].id, f"{messages[-1].text}\n{said}", told)
    else:
        workspace.add_message(conversation, "assistant", said, told)
    shown = view.manuscript(desk, conversation)
    return {**shown, "chat": view.bubbles(workspace.messages(conversation))}


def number_of(version: Version) -> int:
    """Return the number of the version that this one is, or brought back."""
    return int(version.data.get("is", version.id))


def brought_back(version: Version | None) -> dict[str, Any]:
    """Return what is stored with a version that brings `version` back, None for the empty manuscript."""
    return {"base": version.data.get("base", version.id), "is": number_of(version)} if version else {"is": 0}


def before(versions: Sequence[Version]) -> Version | None:
    """Return the version one step before the last of `versions`, None for the empty manuscript.

    What was typed in one go is one step; a step that was taken back is not taken back again.
    """
    current = versions[-1]
    earlier = (item for item in render.gathered(versions) if item.id < number_of(current))
    return next((item for item in earlier if item.text != current.text), None)


@telling
def step_back(desk: Desk, conversation: str, text: str, shown: str) -> Iterator[View]:
    """Bring back what the manuscript was before the last step."""
    view.known(desk, conversation)
    idle(desk, conversation)
    keep(desk, conversation, text, shown)
    versions = desk.assistant.workspace.versions(conversation)
    earlier = before(versions) if versions else None
    if earlier is None and not (versions and versions[-1].text):
        raise RequestError("没有可以撤销的了。", "每一稿都在“版本”里，可以恢复任何一稿。")
    taken = next((item for item in versions if item.id == number_of(versions[-1])), versions[-1])
    left = f"回到“{earlier.origin}”那一稿" if earlier else "文稿回到空白"
    yield change(
        desk,
        conversation,
        earlier.text if earlier else "",
        "撤销",
        f"撤销了“{taken.origin}”，{left}。",
        brought_back(earlier),
    )
