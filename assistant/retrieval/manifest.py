"""The manifest: the one file that says what belongs to the index. Replacing it is the swap of a generation."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, fields
from pathlib import Path

from assistant.errors import IndexStateError
from assistant.resources import write_atomically
from assistant.retrieval.shards import split_parameters

VERSION = 1
NAME = "manifest.json"
REBUILD = "请运行 bigan corpus rebuild 重建索引，文档本身不受影响。"
TRIES = 20  # Windows refuses to replace a file while another program reads it


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of the index: the name and the checksum of its shard, and who it is for people."""

    id: str
    kind: str
    path: str
    title: str
    passages: int
    shard: str
    sha256: str


_FIELDS = tuple(field.name for field in fields(Entry))


@dataclass(frozen=True, slots=True)
class Manifest:
    """`dimension` is 0 while nothing has been embedded."""

    generation: int
    embedder: str
    dimension: int
    entries: tuple[Entry, ...]


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest in `folder`, None when there is none.

    Raises IndexStateError when it is damaged, of another version of the program or split otherwise.
    """
    try:
        data = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IndexStateError(f"索引打不开：{error}。", "请检查目录权限后重试。") from error
    try:
        values = json.loads(data)
        stated, content = values["sha256"], values["content"]
        if stated != _digest(content):
            raise ValueError("checksum")
        if content["version"] != VERSION or content["split"] != split_parameters():
            raise IndexStateError("索引是由另一版本的笔杆建立的，不能再用。", REBUILD)
        entries = tuple(Entry(**entry) for entry in content["documents"])
        return Manifest(content["generation"], content["embedder"], content["dimension"], entries)
    except (ValueError, KeyError, TypeError) as error:
        raise IndexStateError("索引的清单已损坏。", REBUILD) from error


def listed_documents(folder: Path) -> frozenset[str] | None:
    """Return the ids in the manifest of any version, None when there is none that can be read."""
    try:
        content = json.loads((folder / NAME).read_bytes())["content"]
        return frozenset(entry["id"] for entry in content["documents"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put `manifest` in the place of the one in `folder`, whole or not at all."""
    content = {
        "version": VERSION,
        "generation": manifest.generation,
        "embedder": manifest.embedder,
        "dimension": manifest.dimension,
        "split": split_parameters(),
        "documents": [{name: getattr(entry, name) for name in _FIELDS} for entry in manifest.entries],
    }
    whole = {"sha256": _digest(content), "content": content}
    data = json.dumps(whole, ensure_ascii=False).encode("utf-8")
    for left in reversed(range(TRIES)):
        try:
            return write_atomically(folder / NAME, data)
        except PermissionError:
            if not left:
                raise
            time.sleep(0.05)
    return None


def signature(folder: Path) -> tuple[int, int, int]:
    """Return what changes whenever the manifest is replaced; zeros when it cannot be seen."""
    try:
        state = (folder / NAME).stat()
    except OSError:
        return 0, 0, 0
    return state.st_mtime_ns, state.st_size, state.st_ino


def _digest(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
