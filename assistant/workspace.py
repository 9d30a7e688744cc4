"""The user's conversations, messages, manuscript versions and materials, in one SQLite file.

Every write is committed before the call returns: what was acknowledged survives a kill. Rollback
journal with synchronous=EXTRA: the write-ahead log of SQLite below 3.51.3 can corrupt a database
(sqlite.org/wal.html, "WAL reset bug").
"""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.records import Correction, Dismissal, Mark, Material

SCHEMA = 3
_TABLES = """
CREATE TABLE IF NOT EXISTS conversation (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, created REAL NOT NULL, updated REAL NOT NULL);
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    role TEXT NOT NULL, text TEXT NOT NULL, data TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    text TEXT NOT NULL, origin TEXT NOT NULL, data TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS material (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    name TEXT NOT NULL, text TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS mark (
    conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    fact TEXT NOT NULL, mark TEXT NOT NULL, PRIMARY KEY (conversation, fact));
CREATE TABLE IF NOT EXISTS correction (
    conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    wrong TEXT NOT NULL, became TEXT NOT NULL, about TEXT NOT NULL, PRIMARY KEY (conversation, wrong, about));
CREATE TABLE IF NOT EXISTS own_fact (
    conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    text TEXT NOT NULL, PRIMARY KEY (conversation, text));
CREATE TABLE IF NOT EXISTS dismissal (
    conversation TEXT REFERENCES conversation(id) ON DELETE CASCADE,
    rule TEXT NOT NULL, quote TEXT NOT NULL, place TEXT NOT NULL, said TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS message_conversation ON message(conversation);
CREATE INDEX IF NOT EXISTS version_conversation ON version(conversation);
CREATE INDEX IF NOT EXISTS material_conversation ON material(conversation);
"""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A chat with its manuscript; times are seconds since the epoch."""

    id: str
    title: str
    updated: float


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One stored message; `data` is what the page needs to show it again (task, hits, state …)."""

    id: int
    role: str
    text: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """One state of the manuscript; `origin` says how it came about (起草, 润色, 手工修改, 恢复 …)."""

    id: int
    text: str
    origin: str
    data: dict[str, Any]
    created: float


class Workspace:
    """All state of a user below one database file. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._connect() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > SCHEMA:
                raise AssistantError("工作区是用更新版本的笔杆建立的。", "请升级笔杆后再打开。")
            connection.executescript(_TABLES)
            connection.execute(f"PRAGMA user_version = {SCHEMA}")

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self._path, timeout=30)
            try:
                connection.execute("PRAGMA journal_mode = DELETE")
                connection.execute("PRAGMA synchronous = EXTRA")
                connection.execute("PRAGMA foreign_keys = ON")
                with connection:
                    yield connection
            finally:
                connection.close()
        except sqlite3.OperationalError as error:
            raise AssistantError(f"工作区写不进去：{error}。", "请检查磁盘空间和目录权限后重试。") from error
        except sqlite3.DatabaseError as error:
            raise AssistantError(
                f"工作区文件“{self._path.name}”损坏：{error}。",
                "请把它移走留存，再重新启动；新的工作区会自动建立。",
            ) from error

    # Conversations

    def create_conversation(self, title: str = "新对话") -> Conversation:
        """Return a new, empty conversation."""
        now = time.time()
        conversation = Conversation(uuid.uuid4().hex, title, now)
        with self._connect() as connection:
            connection.execute(
                "INSERT INTO conversation VALUES (?, ?, ?, ?)", (conversation.id, title, now, now)
            )
        return conversation

    def conversations(self, words: str = "") -> tuple[Conversation, ...]:
        """Return the conversations, latest first; with `words` those whose title, messages or manuscript contain it."""
        like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        with self._connect() as connection:
            rows = connection.execute(
                "SELECT id, title, updated FROM conversation AS c WHERE title LIKE ?1 ESCAPE '\\'"
                " OR EXISTS (SELECT 1 FROM message WHERE conversation = c.id AND text LIKE ?1 ESCAPE '\\')"
                " OR EXISTS (SELECT 1 FROM version WHERE conversation = c.id AND text LIKE ?1 ESCAPE '\\')"
                " ORDER BY updated DESC, rowid DESC",
                (like,),
            ).fetchall()
        return tuple(Conversation(*row) for row in rows)

    def rename_conversation(self, conversation: str, title: str) -> None:
        """Give `conversation` another title."""
        with self._connect() as connection:
            connection.execute("UPDATE conversation SET title = ? WHERE id = ?", (title, conversation))

    def delete_conversation(self, conversation: str) -> None:
        """Forget a conversation with its messages, versions and materials."""
        with self._connect() as connection:
            connection.execute("DELETE FROM conversation WHERE id = ?", (conversation,))

    # Messages

    def add_message(
        self, conversation: str, role: str, text: str, data: Mapping[str, Any] | None = None
    ) -> int:
        """Store a message and return its id."""
        return self._insert("message", "role, text, data", conversation, (role, text, _dump(data)))

    def update_message(self, message: int, text: str, data: Mapping[str, Any] | None = None) -> None:
        """Replace the text and data of a message (a reply that grows while it is written)."""
        with self._connect() as connection:
            connection.execute(
                "UPDATE message SET text = ?, data = ? WHERE id = ?", (text, _dump(data), message)
            )

    def messages(self, conversation: str) -> tuple[ChatMessage, ...]:
        """Return the messages of a conversation in their order."""
        rows = self._select("message", "id, role, text, data", conversation)
        return tuple(ChatMessage(row[0], row[1], row[2], json.loads(row[3])) for row in rows)

    def delete_messages_from(self, conversation: str, message: int) -> None:
        """Forget `message` and all that follow it in the conversation (retry, edit)."""
        with self._connect() as connection:
            connection.execute(
                "DELETE FROM message WHERE conversation = ? AND id >= ?", (conversation, message)
            )

    # Manuscript

    def save_version(
        self, conversation: str, text: str, origin: str, data: Mapping[str, Any] | None = None
    ) -> Version:
        """Store a new state of the manuscript; an unchanged text adds none and returns the current one."""
        current = self.current_version(conversation)
        if current and current.text == text and not data:
            return current
        self._insert("version", "text, origin, data", conversation, (text, origin, _dump(data)))
        return self.versions(conversation)[-1]

    def versions(self, conversation: str) -> tuple[Version, ...]:
        """Return all states of the manuscript, oldest first."""
        rows = self._select("version", "id, text, origin, data, created", conversation)
        return tuple(Version(row[0], row[1], row[2], json.loads(row[3]), row[4]) for row in rows)

    def current_version(self, conversation: str) -> Version | None:
        """Return the latest state of the manuscript, None when nothing was written yet."""
        versions = self.versions(conversation)
        return versions[-1] if versions else None

    # Materials

    def add_material(self, conversation: str, material: Material) -> int:
        """Store a text dropped into the conversation and return its id."""
        return self._insert("material", "name, text", conversation, (material.name, material.text))

    def materials(self, conversation: str) -> tuple[Material, ...]:
        """Return the materials of a conversation in the order they came."""
        return tuple(Material(*row) for row in self._select("material", "name, text", conversation))

    def remove_material(self, conversation: str, name: str) -> None:
        """Forget the materials of that name."""
        with self._connect() as connection:
            connection.execute(
                "DELETE FROM material WHERE conversation = ? AND name = ?", (conversation, name)
            )

    # Marks of facts

    def set_mark(self, conversation: str, fact: str, mark: Mark) -> None:
        """Store what the user decided about a fact; "" forgets it."""
        with self._connect() as connection:
            if mark:
                connection.execute(
                    "INSERT OR REPLACE INTO mark (conversation, fact, mark) VALUES (?, ?, ?)",
                    (conversation, fact, mark),
                )
            else:
                connection.execute(
                    "DELETE FROM mark WHERE conversation = ? AND fact = ?", (conversation, fact)
                )

    def marks(self, conversation: str) -> dict[str, Mark]:
        """Return the facts the user decided about, in the order of the decisions."""
        with self._connect() as connection:
            rows = connection.execute(
                "SELECT fact, mark FROM mark WHERE conversation = ? ORDER BY rowid", (conversation,)
            ).fetchall()
        return dict(rows)

    # Corrections and own entries of the fact ledger

    def set_correction(self, conversation: str, correction: Correction) -> None:
        """Store what a fact should be; one that is to stay as it is forgets an earlier correction."""
        key = (conversation, correction.wrong, correction.about)
        with self._connect() as connection:
            if correction.right == correction.wrong:
                connection.execute(
                    "DELETE FROM correction WHERE conversation = ? AND wrong = ? AND about = ?", key
                )
            else:
                connection.execute(
                    "INSERT INTO correction (conversation, wrong, about, became) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET became = excluded.became",
                    (*key, correction.right),
                )

    def corrections(self, conversation: str) -> tuple[Correction, ...]:
        """Return the corrections of a conversation in the order they were made."""
        with self._connect() as connection:
            rows = connection.execute(
                "SELECT wrong, became, about FROM correction WHERE conversation = ? ORDER BY rowid",
                (conversation,),
            ).fetchall()
        return tuple(Correction(*row) for row in rows)

    def add_own_fact(self, conversation: str, text: str) -> None:
        """Store a sentence with a fact that stands in no material."""
        with self._connect() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO own_fact (conversation, text) VALUES (?, ?)", (conversation, text)
            )

    def own_facts(self, conversation: str) -> tuple[str, ...]:
        """Return the sentences the user added, in their order."""
        with self._connect() as connection:
            rows = connection.execute(
                "SELECT text FROM own_fact WHERE conversation = ? ORDER BY rowid", (conversation,)
            ).fetchall()
        return tuple(row[0] for row in rows)

    def remove_own_fact(self, conversation: str, text: str) -> None:
        """Forget a sentence the user added."""
        with self._connect() as connection:
            connection.execute(
                "DELETE FROM own_fact WHERE conversation = ? AND text = ?", (conversation, text)
            )

    # Findings that are not to be shown again

    def dismiss(self, conversation: str, dismissal: Dismissal) -> None:
        """Store that findings are not to be shown: in this conversation where a place is given, else anywhere."""
        with self._connect() as connection:
            connection.execute(
                "INSERT INTO dismissal (conversation, rule, quote, place, said) VALUES (?, ?, ?, ?, ?)",
                (
                    conversation if dismissal.place else None,
                    dismissal.rule,
                    dismissal.quote,
                    dismissal.place,
                    dismissal.said,
                ),
            )

    def dismissals(self, conversation: str = "") -> dict[int, Dismissal]:
        """Return what is not to be shown in a conversation by the number it is taken back with.

        Without one only what is not to be shown anywhere.
        """
        with self._connect() as connection:
            rows = connection.execute(
                "SELECT rowid, rule, quote, place, said FROM dismissal"
                " WHERE conversation = ? OR conversation IS NULL ORDER BY rowid",
                (conversation,),
            ).fetchall()
        return {row[0]: Dismissal(*row[1:]) for row in rows}

    def take_back(self, dismissal: int) -> None:
        """Show again what was dismissed under this number."""
        with self._connect() as connection:
            connection.execute("DELETE FROM dismissal WHERE rowid = ?", (dismissal,))

    def _insert(self, table: str, columns: str, conversation: str, values: tuple[str, ...]) -> int:
        now = time.time()
        marks = ", ".join("?" * (len(values) + 2))
        with self._connect() as connection:
            cursor = connection.execute(
                f"INSERT INTO {table} (conversation, {columns}, created) VALUES ({marks})",
                (conversation, *values, now),
            )
            connection.execute("UPDATE conversation SET updated = ? WHERE id = ?", (now, conversation))
        return int(cursor.lastrowid or 0)

    def _select(self, table: str, columns: str, conversation: str) -> list[Any]:
        with self._connect() as connection:
            return connection.execute(
                f"SELECT {columns} FROM {table} WHERE conversation = ? ORDER BY id", (conversation,)
            ).fetchall()


def _dump(data: Mapping[str, Any] | None) -> str:
    return json.dumps(data or {}, ensure_ascii=False)
