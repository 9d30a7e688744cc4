"""Known texts are not embedded again, and come back as the embedder made them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from assistant.backends import Progress, Vectors

from assistant.backends import cached
from assistant.backends.cached import CachedEmbedder, vector_file, write_vectors
from assistant.backends.fake import FakeEmbedder


class Counting(FakeEmbedder):
    """Remembers which passages it was asked for."""

    asked: tuple[str, ...] = ()

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.asked = (*self.asked, *texts)
        return super().embed_passages(texts, progress)


def test_only_unknown_texts_are_embedded(tmp_path: Path) -> None:
    inner = Counting()
    known = ["理论学习", "组织生活"]
    write_vectors(vector_file(tmp_path, inner.name), known, inner.embed_passages(known))
    inner.asked = ()
    texts = ["组织生活", "作风建设", "理论学习"]
    seen: list[tuple[int, int]] = []
    vectors = CachedEmbedder(inner, tmp_path).embed_passages(
        texts, lambda done, total: seen.append((done, total))
    )
    assert inner.asked == ("作风建设",)
    assert np.allclose(vectors, FakeEmbedder().embed_passages(texts), atol=1e-3)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert seen[0] == (2, 3)


def test_no_file_and_no_texts(tmp_path: Path) -> None:
    embedder = CachedEmbedder(Counting(), tmp_path)
    assert embedder.embed_passages([]).shape[0] == 0
    assert embedder.embed_passages(["一"]).shape == (1, embedder.dimension)


def test_what_was_embedded_once_is_remembered_on_this_machine(tmp_path: Path) -> None:
    cache = tmp_path / "vectors.sqlite3"
    texts = ["组织生活", "作风建设", "组织生活"]
    first = Counting()
    vectors = CachedEmbedder(first, tmp_path, cache).embed_passages(texts)
    assert first.asked == ("组织生活", "作风建设")
    assert np.allclose(vectors, FakeEmbedder().embed_passages(texts), atol=1e-6)
    later = Counting()
    again = CachedEmbedder(later, tmp_path, cache).embed_passages(["作风建设", "理论学习"])
    assert later.asked == ("理论学习",)
    assert np.allclose(again, FakeEmbedder().embed_passages(["作风建设", "理论学习"]), atol=1e-3)


def test_a_cancelled_run_keeps_what_it_has_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "GROUP", 2)
    seen: list[tuple[int, int]] = []

    def cancel(done: int, total: int) -> None:
        seen.append((done, total))
        if done > 2:
            raise InterruptedError

    cache, texts = tmp_path / "vectors.sqlite3", ["一", "二", "三", "四", "五"]
    with pytest.raises(InterruptedError):
        CachedEmbedder(Counting(), tmp_path, cache).embed_passages(texts, cancel)
    later = Counting()
    CachedEmbedder(later, tmp_path, cache).embed_passages(
        texts, lambda done, total: seen.append((done, total))
    )
    assert later.asked == ("三", "四", "五")
    assert seen[0] == (0, 5)
    assert seen[-1] == (5, 5)
