"""Vectors of passages embedded on this machine, by the text's key, in one SQLite file of the user's home.

Only a cache: it may be deleted at any time, a damaged file is begun anew, and one that cannot be read or
written is as good as none. It holds no text, but half of the SHA-256 of each, and keeps what was removed
from the corpus until newer vectors displace it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.backends import Vectors

SCHEMA = 1
LIMIT = 128 << 20  # bytes; about 150,000 passages of the embedded model, in all some 15 million characters
_WAIT = 5  # seconds for another process; then the vectors are made again
_AT_ONCE = 500  # keys in one query; SQLite before 3.32 takes 999
_TABLE = """CREATE TABLE IF NOT EXISTS vector (
    id INTEGER PRIMARY KEY, embedder TEXT NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL,
    UNIQUE (embedder, key))"""
_OLDEST = "DELETE FROM vector WHERE id IN (SELECT id FROM vector ORDER BY id LIMIT (SELECT count(*) / 4 FROM vector))"


class VectorCache:
    """The vectors that the embedder of name `embedder` made. Safe for several threads and processes."""

    def __init__(self, path: Path, embedder: str, limit: int = LIMIT) -> None:
        self._path, self._embedder, self._limit = path, embedder, limit

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Return those of `keys` that are known, with their unit vectors, float32."""
        found: dict[bytes, Vectors] = {}
        if not self._path.exists():
            return found
        try:
            with closing(self._connect()) as connection:
                for start in range(0, len(keys), _AT_ONCE):
                    found.update(self._rows(connection, keys[start : start + _AT_ONCE]))
        except sqlite3.Error as error:
            self._failed(error)
        return found

    def put(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Remember `vectors`, of shape (len(keys), dimension), rounded to float16."""
        import numpy as np

        rows = [vector.tobytes() for vector in vectors.astype(np.float16)]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(
                    "INSERT OR IGNORE INTO vector (embedder, key, vector) VALUES (?, ?, ?)",
                    [(self._embedder, key, row) for key, row in zip(keys, rows, strict=True)],
                )
                if _size(connection) > self._limit:
                    connection.execute(_OLDEST)
        except (sqlite3.Error, OSError) as error:
            self._failed(error)

    def _rows(self, connection: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, Vectors]]:
        import numpy as np

        marks = ",".join("?" * len(keys))
        query = f"SELECT key, vector FROM vector WHERE embedder = ? AND key IN ({marks})"
        for key, row in connection.execute(query, (self._embedder, *keys)):
            vector = np.frombuffer(row[: len(row) // 2 * 2], np.float16).astype(np.float32)
            length = float(np.linalg.norm(vector))
            if abs(length - 1) < 0.01:  # SQLite has no checksums: a torn row must not become a vector
                yield key, vector / length

    def _connect(self) -> sqlite3.Connection:
        """Return a connection to a file of this schema; one of another schema is begun anew."""
        connection = sqlite3.connect(self._path, timeout=_WAIT, isolation_level=None)
        try:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version not in (0, SCHEMA):
                raise sqlite3.DatabaseError(f"schema {version}")
            if version == 0:
                connection.execute(_TABLE)
                connection.execute(f"PRAGMA user_version = {SCHEMA}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _failed(self, error: Exception) -> None:
        """Delete a damaged file; OperationalError means that it is locked, read-only or the disk is full."""
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            with suppress(OSError):  # on Windows another process may have it open: next time
                self._path.unlink(missing_ok=True)
                self._path.with_name(self._path.name + "-journal").unlink(missing_ok=True)


def _size(connection: sqlite3.Connection) -> int:
    """Return the bytes in use; those of deleted rows are used again."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)
