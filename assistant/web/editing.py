"""What happens to manuscript and materials when the user does something; see handlers.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp

from assistant.errors import AssistantError, RequestError
from assistant.web import render, stored, view
from assistant.web.common import keep, telling
from assistant.web.desk import Desk, in_background, update
from assistant.web.undoing import change, idle
from assistant.web.view import View

# Manuscript


@telling
def save(desk: Desk, conversation: str, text: str, shown: str) -> Iterator[View]:
    """Store the canvas and bring the panels up to date."""
    if keep(desk, conversation, text, shown):
        yield view.panels(desk, conversation)
    else:
        yield {}


@telling
def restore(desk: Desk, conversation: str, text: str, shown: str, event: Mapping[str, str]) -> Iterator[View]:
    """Make an earlier version the current one; nothing in between is lost."""
    idle(desk, conversation)
    keep(desk, conversation, text, shown)
    versions = desk.assistant.workspace.versions(conversation)
    chosen = next((item for item in versions if str(item.id) == event["value"]), None)
    if chosen is None:
        raise RequestError("没有找到这一稿。", "请看更新后的“版本”。")
    said = f"恢复了{render.moment(chosen.created)}的“{chosen.origin}”那一稿。"
    base = {"base": chosen.data.get("base", chosen.id)}
    yield change(desk, conversation, chosen.text, "恢复", said, base)


def export(desk: Desk, conversation: str, text: str, shown: str, suffix: str) -> Path:
    """Write the canvas to a file of its own folder and return its path. Raises AssistantError."""
    keep(desk, conversation, text, shown)
    folder = Path(mkdtemp(prefix="export-", dir=_temporary(desk)))
    base = stored.base_of(desk.assistant.workspace.versions(conversation))
    genre = str(base.data.get("genre", "")) if base else ""
    return desk.assistant.export(text, folder / desk.assistant.export_name(text, suffix), genre=genre)


def _temporary(desk: Desk) -> Path:
    folder = desk.assistant.settings.home / "temporary"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# Materials and preparation


@telling
def add_materials(desk: Desk, conversation: str, paths: Sequence[str]) -> Iterator[View]:
    """Read files as material of the conversation; those that cannot be read are named, the others kept."""
    view.known(desk, conversation)
    failed: list[str] = []
    for path in paths:
        try:
            desk.assistant.workspace.add_material(conversation, desk.assistant.read_material(Path(path)))
        except AssistantError as error:
            failed.append(str(error))
    yield view.materials(desk, conversation)
    if failed:
        raise RequestError("\n".join(failed))


@telling
def drop_material(desk: Desk, conversation: str, name: str) -> Iterator[View]:
    """Take a material out of the conversation."""
    desk.assistant.workspace.remove_material(conversation, name)
    yield view.materials(desk, conversation)


@telling
def prepare_again(desk: Desk, event: Mapping[str, str]) -> Iterator[View]:
    """Prepare once more after a failure, building the index anew first where that was asked for."""
    if event["act"] == "rebuild":

        def rebuild(tell: Callable[[str], None]) -> None:
            desk.assistant.corpus_rebuild(lambda done, total: tell(f"正在重建索引 {done}/{total}段"))

        yield view.waiting("正在重建索引")
        for note in in_background(rebuild):
            yield view.waiting(note)
    desk.preparation.start()
    yield {**view.status(desk), "timer": update(active=True)}
