"""What happens to manuscript and materials when the user does something; see handlers.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp

from assistant.errors import AssistantError, RequestError
from assistant.records import Mark
from assistant.web import outlined, render, stored, view
from assistant.web.common import keep, telling, telling_at
from assistant.web.desk import Desk, in_background, update
from assistant.web.view import View

# Manuscript


@telling
def save(desk: Desk, conversation: str, text: str, shown: str) -> Iterator[View]:
    """Store the canvas and bring the panels up to date."""
    if keep(desk, conversation, text, shown):
        yield view.panels(desk, conversation)
    else:
        yield {}


@telling_at("outline_said")
def save_outline(desk: Desk, conversation: str, outline: str) -> Iterator[View]:
    """Store the outline as it is edited and say under it how it reads."""
    view.known(desk, conversation)
    yield {"outline_said": outlined.save(desk, conversation, outline)}


def act_on_panel(
    desk: Desk, conversation: str, text: str, shown: str, event: Mapping[str, str]
) -> Iterator[View]:
    """Accept a finding or restore a version, whichever button was pressed."""
    act = accept if event["act"] == "accept" else restore
    return act(desk, conversation, text, shown, int(event["value"]))


@telling
def restore(desk: Desk, conversation: str, text: str, shown: str, version: int) -> Iterator[View]:
    """Make an earlier version the current one; nothing in between is lost."""
    keep(desk, conversation, text, shown)
    workspace = desk.assistant.workspace
    versions = workspace.versions(conversation)
    chosen = next((item for item in versions if item.id == version), None)
    if chosen is None or desk.runs.active(conversation):
        raise RequestError("现在不能恢复这一稿。", "请等任务写完后再试。")
    workspace.save_version(conversation, chosen.text, "恢复", {"base": chosen.data.get("base", chosen.id)})
    yield view.manuscript(desk, conversation)


@telling
def accept(desk: Desk, conversation: str, text: str, shown: str, number: int) -> Iterator[View]:
    """Put the suggestion of finding `number` in the place of what it criticises."""
    keep(desk, conversation, text, shown)
    workspace = desk.assistant.workspace
    versions = workspace.versions(conversation)
    text = versions[-1].text if versions else ""
    base = stored.base_of(versions)
    found = view.findings_of(desk, versions, view.entries_of(desk, conversation))
    if number >= len(found) or not render.replaceable(found[number]):
        raise RequestError("这一条对不上现在的文稿了。", "请看更新后的审校结果。")
    finding = found[number]
    new = text[: finding.start] + finding.suggestion + text[finding.end :]
    workspace.save_version(conversation, new, "采纳审校意见", {"base": base.id} if base else {})
    yield view.manuscript(desk, conversation)


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


# Facts, materials and preparation


@telling
def mark(desk: Desk, conversation: str, event: Mapping[str, str]) -> Iterator[View]:
    """Mark a fact as must-use or must-not-use; what is marked so already is unmarked."""
    view.known(desk, conversation)
    workspace, fact = desk.assistant.workspace, event["value"]
    wanted: Mark = "must" if event["act"] == "must" else "never"
    entry = next((item for item in view.entries_of(desk, conversation) if item.fact == fact), None)
    if entry is None:
        raise RequestError(f"“{fact}”已经不在要求和材料里了。", "请看更新后的“事实”。")
    workspace.set_mark(conversation, fact, "" if entry.mark == wanted else wanted)
    yield view.checked(desk, conversation, workspace.versions(conversation))


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
