"""Vectors outlive the process, and nothing that happens to their file is an error."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from assistant.backends.cached import text_key
from assistant.backends.vector_cache import VectorCache

if TYPE_CHECKING:
    from assistant.backends import Vectors


def some(count: int, first: int = 0) -> tuple[list[bytes], Vectors]:
    """Return keys and unit vectors of 8 components."""
    vectors = np.random.default_rng(first).normal(size=(count, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return [text_key(str(number)) for number in range(first, first + count)], vectors


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "新目录" / "vectors.sqlite3"
    keys, vectors = some(1200)
    VectorCache(path, "甲").put(keys, vectors)
    found = VectorCache(path, "甲").get([*keys, text_key("unknown")])
    assert found.keys() == set(keys)
    got = np.array([found[key] for key in keys])
    assert (got * vectors).sum(axis=1).min() > 0.99999
    np.testing.assert_allclose(np.linalg.norm(got, axis=1), 1, atol=1e-6)


def test_another_embedder_has_vectors_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite3"
    keys, vectors = some(3)
    VectorCache(path, "甲").put(keys, vectors)
    assert VectorCache(path, "乙").get(keys) == {}
    VectorCache(path, "乙").put(keys, -vectors)
    assert VectorCache(path, "甲").get(keys)[keys[0]] @ vectors[0] > 0.99
    assert VectorCache(path, "乙").get(keys)[keys[0]] @ vectors[0] < -0.99


def test_nothing_is_written_by_reading(tmp_path: Path) -> None:
    assert VectorCache(tmp_path / "vectors.sqlite3", "甲").get(some(3)[0]) == {}
    assert list(tmp_path.iterdir()) == []


def test_the_newest_displace_the_oldest_and_the_file_stays_small(tmp_path: Path) -> None:
    path, limit = tmp_path / "vectors.sqlite3", 100_000
    cache = VectorCache(path, "甲", limit)
    for first in range(0, 10_000, 200):
        cache.put(*some(200, first))
    last, early = some(200, 9800)[0], some(200)[0]
    assert len(cache.get(last)) == 200
    assert cache.get(early) == {}
    assert path.stat().st_size < 1.3 * limit


def schema(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def torn(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"no database at all" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        torn,
        schema,
    ],
    ids=["other file", "cut off", "torn", "other schema"],
)
def test_a_damaged_file_is_begun_anew(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "vectors.sqlite3"
    cache = VectorCache(path, "甲")
    keys, vectors = some(500)
    cache.put(keys, vectors)
    damage(path)  # type: ignore[operator]
    assert cache.get(keys) == {}
    cache.put(keys, vectors)
    assert len(cache.get(keys)) == 500


def test_a_row_that_is_no_unit_vector_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite3"
    keys, vectors = some(4)
    VectorCache(path, "甲").put(keys, vectors)
    with sqlite3.connect(path) as connection:
        for number, row in enumerate((b"", b"\xff" * 16, b"abc"), start=1):
            connection.execute("UPDATE vector SET vector = ? WHERE id = ?", (row, number))
    connection.close()
    assert list(VectorCache(path, "甲").get(keys)) == [keys[3]]


def test_a_file_that_cannot_be_opened_is_as_good_as_none(tmp_path: Path) -> None:
    keys, vectors = some(3)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "folder", tmp_path / "file" / "vectors.sqlite3"):
        cache = VectorCache(path, "甲")
        cache.put(keys, vectors)
        assert cache.get(keys) == {}


def test_a_locked_file_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.backends.vector_cache._WAIT", 0.05)
    path = tmp_path / "vectors.sqlite3"
    cache, (keys, vectors) = VectorCache(path, "甲"), some(3)
    cache.put(keys[:2], vectors[:2])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert cache.get(keys) == {}
    cache.put(keys, vectors)
    other.execute("ROLLBACK")
    other.close()
    assert len(cache.get(keys)) == 2


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite3"
    code = (
        "import sys; from pathlib import Path; from tests.backends.test_vector_cache import VectorCache, some\n"
        "for first in range(0, 1000, 50): VectorCache(Path(sys.argv[1]), '甲').put(*some(50, first + int(sys.argv[2])))"
    )
    root = Path(__file__).parents[2]
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(place)], cwd=root) for place in (0, 500)
    ]
    assert [run.wait(60) for run in runs] == [0, 0]
    assert len(VectorCache(path, "甲").get(some(1500)[0])) == 1500
