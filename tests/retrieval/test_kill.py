"""Killed at any step of a write, the index is the earlier generation or the new one, and works on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.retrieval.index import Index
from assistant.retrieval.shards import pieces
from tests.retrieval.corpus import CountingEmbedder, document, fake_store, open_index

REPOSITORY = Path(__file__).resolve().parents[2]
A, B = document("甲", "理论学习不够系统"), document("乙", "安全检查走了过场", "应急预案没有演练")

# Ends the process as kill -9 does, at the given call of one of the steps that touch the disk.
SCRIPT = """
import os, sys
from pathlib import Path
from assistant.retrieval.shards import pieces
from tests.retrieval.corpus import document, open_index
from tests.retrieval.test_kill import A, B

step, when, number, change, folder = sys.argv[1:]
seen = 0

def wrap(owner, name):
    plain = getattr(owner, name)
    def counted(*args, **options):
        global seen
        seen += 1
        if when == "before" and seen == int(number):
            os._exit(9)
        result = plain(*args, **options)
        if when == "after" and seen == int(number):
            os._exit(9)
        return result
    setattr(owner, name, counted)

index = open_index(Path(folder))
owner = os if step == "fsync" else Path
wrap(owner, step)
index.add([B]) if change == "add" else index.remove([A.id])
print("finished")
"""


def killed(folder: Path, step: str, when: str, number: int, change: str) -> bool:
    """Run the change in a process of its own; tell whether it was killed before it finished."""
    command = [sys.executable, "-c", SCRIPT, step, when, str(number), change, str(folder)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode in (0, 9), done.stderr
    return done.returncode == 9


@pytest.mark.parametrize(
    ("change", "step", "when", "number"),
    [
        ("add", "fsync", "before", 1),  # the shard is written but not safe
        ("add", "replace", "before", 1),  # the shard is not yet in its place
        ("add", "replace", "after", 1),  # the shard is there, no manifest names it
        ("add", "replace", "before", 2),  # the manifest is written beside the old one
        ("add", "replace", "after", 2),  # the manifest is swapped
        ("remove", "replace", "before", 1),
        ("remove", "replace", "after", 1),  # swapped, the removed shard is still there
        ("remove", "unlink", "after", 1),
    ],
)
def test_old_or_new_generation(tmp_path: Path, change: str, step: str, when: str, number: int) -> None:
    open_index(tmp_path).add([A])
    assert killed(tmp_path, step, when, number, change)
    index = open_index(tmp_path)
    new = (A, B) if change == "add" else ()
    assert index.documents() in ((A,), new)
    if (step, when, number) in (("replace", "after", 2), ("unlink", "after", 1)):
        assert index.documents() == new
    index.add([A, B])
    index.remove([A.id])
    assert open_index(tmp_path).documents() == (B,)
    assert [path.suffix for path in (tmp_path / "shards").iterdir()] == [".shard"]
    assert not list(tmp_path.glob(".manifest*"))


def test_interrupted_build_goes_on_where_it_was(tmp_path: Path) -> None:
    """Shards written before the kill are used by the next try."""
    open_index(tmp_path).add([])
    assert killed(tmp_path, "replace", "after", 1, "add")
    embedder = CountingEmbedder()
    Index.rebuild(tmp_path, embedder, fake_store, [A, B])
    assert embedder.texts == list(pieces(A).texts)
