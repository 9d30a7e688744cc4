"""An index over a store that outlives it and that others share, as Milvus is one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.backends.fake import FakeEmbedder, FakeEngine, FakeStore
from assistant.errors import AssistantError, IndexStateError
from assistant.pipeline import Assistant
from assistant.records import Document
from assistant.retrieval.index import Index
from assistant.retrieval.search import Searcher
from assistant.retrieval.shards import pieces
from assistant.settings import Settings
from tests.retrieval.corpus import CountingEmbedder, document

A = document("甲", "理论学习不够系统", "学用结合不够紧密")
B = document("乙", "组织生活不够规范")
QUESTIONS = ("基层减负有哪些要求", "存在问题 理论学习", "四个意识")
C = document("丙", "党建和业务融合不深")


class Shared(FakeStore):
    """A store of which there is only one; counts what it is given, and fails when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.added = 0
        self.down = False

    def __call__(self, dimension: int) -> Shared:
        return self

    def add(self, ids: np.ndarray, vectors: np.ndarray) -> None:
        super().add(ids, vectors)
        self.added += len(ids)

    def remove(self, ids: np.ndarray) -> None:
        if self.down:
            raise AssistantError("连不上。")
        super().remove(ids)


def opened(folder: Path, store: Shared) -> Index:
    return Index.open(folder, CountingEmbedder(), store)


def counted(*documents: Document) -> int:
    """How many vectors `documents` have."""
    return sum(len(pieces(item).texts) for item in documents)


def found(index: Index, query: str) -> list[str]:
    return [hit.passage.path for hit in Searcher(index, CountingEmbedder()).search(query)]


def test_each_vector_is_sent_once(tmp_path: Path) -> None:
    store = Shared()
    index = opened(tmp_path, store)
    index.add([A])
    index.add([B])
    opened(tmp_path, store).add([C])
    assert store.added == len(store) == counted(A, B, C)
    index.remove([A.id])
    assert len(store) == counted(B, C)
    assert found(index, "组织生活不够规范")[0] == "乙.txt"


def test_what_the_store_has_lost_comes_back_with_the_next_opening(tmp_path: Path) -> None:
    store = Shared()
    index = opened(tmp_path, store)
    index.add([A, B])
    store.remove(store.ids())
    with pytest.raises(IndexStateError, match="重启"):
        found(index, "组织生活不够规范")
    assert found(opened(tmp_path, store), "组织生活不够规范")[0] == "乙.txt"


def test_vectors_that_are_none_of_ours_are_passed_over_and_cleared_away(tmp_path: Path) -> None:
    store = Shared()
    index = opened(tmp_path, store)
    index.add([A, B])
    query = CountingEmbedder().embed_query("组织生活不够规范")
    expected = index.snapshot().nearest(query, 3)
    strange = np.arange(500, dtype=np.int64)
    store.add(strange, np.repeat(query[None, :], 500, axis=0))
    assert index.snapshot().nearest(query, 3) == expected
    index.add([C])
    assert len(store) == counted(A, B, C)


def test_a_store_that_fails_after_the_change_is_tidied_by_the_next(tmp_path: Path) -> None:
    store = Shared()
    index = opened(tmp_path, store)
    index.add([A, B])
    store.down = True
    index.remove([A.id])
    assert [item.path for item in index.documents()] == ["乙.txt"]
    assert "甲.txt" not in found(index, "理论学习不够系统")
    store.down = False
    index.add([C])
    assert len(store) == counted(B, C)


def test_milvus_finds_what_faiss_finds(tmp_path: Path) -> None:
    one = Assistant(Settings(home=tmp_path / "one"), FakeEngine(), FakeEmbedder())
    other = Assistant(
        Settings(home=tmp_path / "other", store="milvus", milvus_uri="v.db"), FakeEngine(), FakeEmbedder()
    )
    file = tmp_path / "小结.txt"
    file.write_text("小结\n一、几点认识\n村篮球赛裁判员短缺，记分台设备陈旧。\n", encoding="utf-8")
    answers = []
    for assistant in (one, other):
        assistant.corpus_add([file])
        assistant.corpus_remove(["小结.txt"])
        assistant.corpus_add([file])
        hits = [assistant.find(question).hits for question in QUESTIONS]
        answers.append([[(hit.passage.id, round(hit.score, 4)) for hit in some] for some in hits])
    assert answers[0] == answers[1]
    assert all(answers[0])
