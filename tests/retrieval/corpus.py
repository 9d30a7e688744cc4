"""Documents, embedders and indexes for the tests of retrieval."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.backends.fake import FakeEmbedder, FakeStore
from assistant.ingest.documents import document_from_text
from assistant.records import Document, Kind
from assistant.retrieval.index import Index

if TYPE_CHECKING:
    from assistant.backends import Progress, Vectors

FILLER = "这一段话只是为了凑够长度，说明这项工作已经部署、正在推进、还需要继续抓好落实，并没有别的意思。" * 2


def document(name: str, *points: str, kind: Kind = "material", **given: object) -> Document:
    """A document of one passage for each of `points`."""
    lines = [f"{number}.{point}。{FILLER}" for number, point in enumerate(points, start=1)]
    return document_from_text(
        "\n".join([f"{name}工作报告", "一、存在问题", *lines]), f"{name}.txt", kind, given
    )


class CountingEmbedder:
    """The fake embedder under a name of one's choice, its vectors cut to `dimension`, that records its texts."""

    def __init__(self, name: str = "", dimension: int = FakeEmbedder.dimension) -> None:
        self._fake = FakeEmbedder()
        self.name = name or self._fake.name
        self.dimension = dimension
        self.texts: list[str] = []

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.texts += texts
        return self._fake.embed_passages(texts, progress)[:, : self.dimension]

    def embed_query(self, text: str) -> Vectors:
        return self._fake.embed_query(text)[: self.dimension]


def fake_store(dimension: int) -> FakeStore:
    """A store factory."""
    return FakeStore()


def open_index(folder: Path, embedder: CountingEmbedder | None = None) -> Index:
    return Index.open(folder, embedder or CountingEmbedder(), fake_store)
