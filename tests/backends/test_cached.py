"""Known texts are not embedded again, and come back as the embedder made them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from assistant.backends import Progress, Vectors

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
