"""What was acknowledged is there again after a restart, a kill, and beside other conversations."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.records import Correction, Dismissal, Material
from assistant.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w.sqlite3")


def test_everything_of_a_conversation_comes_back(workspace: Workspace, tmp_path: Path) -> None:
    conversation = workspace.create_conversation("述职").id
    workspace.add_message(conversation, "user", "起草存在问题")
    reply = workspace.add_message(conversation, "assistant", "正在写", {"state": "generating"})
    workspace.update_message(reply, "写好了", {"state": "done"})
    workspace.save_version(conversation, "一是……", "起草", {"passages": ["a#1"]})
    workspace.save_version(conversation, "一是……二是……", "手工修改")
    workspace.add_material(conversation, Material("台账.txt", "走访35家"))
    again = Workspace(tmp_path / "w.sqlite3")
    assert [(item.role, item.text, item.data) for item in again.messages(conversation)] == [
        ("user", "起草存在问题", {}),
        ("assistant", "写好了", {"state": "done"}),
    ]
    assert [(item.text, item.origin) for item in again.versions(conversation)] == [
        ("一是……", "起草"),
        ("一是……二是……", "手工修改"),
    ]
    assert again.versions(conversation)[0].data == {"passages": ["a#1"]}
    assert again.materials(conversation) == (Material("台账.txt", "走访35家"),)


def test_marks_survive_a_restart_and_go_with_their_conversation(workspace: Workspace, tmp_path: Path) -> None:
    mine, other = (workspace.create_conversation().id for _ in range(2))
    workspace.set_mark(mine, "24次", "must")
    workspace.set_mark(mine, "12次", "must")
    workspace.set_mark(mine, "24次", "never")
    workspace.set_mark(mine, "12次", "")
    again = Workspace(tmp_path / "w.sqlite3")
    assert again.marks(mine) == {"24次": "never"}
    assert again.marks(other) == {}
    again.delete_conversation(mine)
    assert again.marks(mine) == {}


def test_what_was_decided_about_facts_and_findings_survives_a_restart(
    workspace: Workspace, tmp_path: Path
) -> None:
    mine, other = (workspace.create_conversation().id for _ in range(2))
    for right in ("13次", "14次"):
        workspace.set_correction(mine, Correction("12次", right, "主题党日12次"))
    workspace.set_correction(mine, Correction("12次", "11次", "走访12次"))
    workspace.set_correction(mine, Correction("12次", "12次", "走访12次"))
    for sentence in ("新增党员5名", "新增党员5名", "发展对象3名"):
        workspace.add_own_fact(mine, sentence)
    workspace.remove_own_fact(mine, "发展对象3名")
    ignored, silenced = Dismissal("r", "搞好", "要搞好。", "口语"), Dismissal("r", "搞好", "", "口语")
    for item in (ignored, silenced):
        workspace.dismiss(mine, item)
    again = Workspace(tmp_path / "w.sqlite3")
    assert again.corrections(mine) == (Correction("12次", "14次", "主题党日12次"),)
    assert again.own_facts(mine) == ("新增党员5名",)
    assert [*again.dismissals(mine).values()] == [ignored, silenced]
    assert [*again.dismissals(other).values()] == [*again.dismissals().values()] == [silenced]
    assert (again.corrections(other), again.own_facts(other)) == ((), ())
    again.delete_conversation(mine)
    assert (again.corrections(mine), again.own_facts(mine)) == ((), ())
    (number,) = again.dismissals(mine)  # what is silenced everywhere outlives the conversation
    again.take_back(number)
    assert again.dismissals(mine) == {}


def test_a_workspace_of_the_first_version_is_opened_with_all_in_it(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    before = Workspace(path)
    conversation = before.create_conversation("旧").id
    before.add_message(conversation, "user", "起草")
    with contextlib.closing(sqlite3.connect(path)) as old, old:
        old.execute("DROP TABLE mark")
        old.execute("PRAGMA user_version = 1")
    now = Workspace(path)
    now.set_mark(conversation, "24次", "must")
    assert now.marks(conversation) == {"24次": "must"}
    assert [item.text for item in now.messages(conversation)] == ["起草"]


def test_unchanged_manuscript_adds_no_version(workspace: Workspace) -> None:
    conversation = workspace.create_conversation().id
    first = workspace.save_version(conversation, "正文", "起草")
    assert workspace.save_version(conversation, "正文", "手工修改") == first


def test_search_looks_into_titles_messages_and_manuscripts(workspace: Workspace) -> None:
    ids = [workspace.create_conversation(title).id for title in ("甲_1", "乙%", "丙")]
    workspace.add_message(ids[1], "user", "营商环境")
    workspace.save_version(ids[2], "三会一课", "起草")
    assert [item.id for item in workspace.conversations("营商")] == [ids[1]]
    assert [item.id for item in workspace.conversations("三会")] == [ids[2]]
    assert [item.id for item in workspace.conversations("甲_1")] == [ids[0]]
    assert [item.id for item in workspace.conversations("%")] == [ids[1]]
    assert workspace.conversations()[0].id == ids[2]


def test_deleted_conversation_leaves_nothing(workspace: Workspace) -> None:
    conversation = workspace.create_conversation().id
    workspace.add_message(conversation, "user", "秘密")
    workspace.save_version(conversation, "秘密", "起草")
    workspace.delete_conversation(conversation)
    assert workspace.messages(conversation) == ()
    assert workspace.conversations("秘密") == ()


def test_retry_forgets_what_followed(workspace: Workspace) -> None:
    conversation = workspace.create_conversation().id
    ids = [workspace.add_message(conversation, "user", str(number)) for number in range(3)]
    workspace.delete_messages_from(conversation, ids[1])
    assert [item.text for item in workspace.messages(conversation)] == ["0"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="SIGKILL 只在 POSIX 上有")
def test_acknowledged_writes_survive_a_kill(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from assistant.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]))
conversation = workspace.create_conversation().id
print(conversation, flush=True)
for number in range(10000):
    workspace.add_message(conversation, "user", str(number))
    print(number, flush=True)
"""
    path = tmp_path / "k.sqlite3"
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdout is not None
    conversation = process.stdout.readline().strip()
    acknowledged = [process.stdout.readline().strip() for _ in range(40)]
    process.kill()
    acknowledged += process.stdout.read().split()
    process.wait()
    stored = [item.text for item in Workspace(path).messages(conversation)]
    assert stored[: len(acknowledged)] == acknowledged


def test_damaged_file_is_said_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "bad.sqlite3"
    path.write_bytes(b"not a database at all, just bytes" * 100)
    with pytest.raises(AssistantError, match="损坏"):
        Workspace(path)
    assert path.read_bytes().startswith(b"not a database")
