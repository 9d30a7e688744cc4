"""Exact vector search with faiss: the default store, measured fast enough to some hundred thousand passages."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.backends import Ids, Vectors

PADDING = -1e38  # below it are the scores of what faiss fills up with; its id there, -1, may be a real one
TIES = 16  # fetched beyond `top` so that equal scores at its edge are settled by id


class FaissStore:
    """Implements VectorStore in memory by comparing with every vector (no training, no approximation).

    Safe to share between threads: faiss moves its vectors when it grows, so one call at a time.
    """

    def __init__(self, dimension: int) -> None:
        import faiss

        self._index = faiss.IndexIDMap(faiss.IndexFlatIP(dimension))
        self._turn = Lock()

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add unit vectors of shape (n, dimension) under `ids` of shape (n,); ids are new."""
        if len(ids):
            with self._turn:
                self._index.add_with_ids(vectors, ids)

    def remove(self, ids: Ids) -> None:
        """Forget `ids`; unknown ids are ignored."""
        import faiss

        if len(ids):
            with self._turn:
                self._index.remove_ids(faiss.IDSelectorBatch(ids))

    def known(self, ids: Ids) -> Ids:
        """Return those of `ids` that are in the store, each once, ascending."""
        import numpy as np

        held = self.ids()
        return held[np.isin(held, ids, assume_unique=True)]

    def ids(self) -> Ids:
        """Return all ids in the store, ascending."""
        import faiss
        import numpy as np

        with self._turn:
            return np.sort(faiss.vector_to_array(self._index.id_map))

    def search(self, vector: Vectors, top: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """Return at most `top` (id, inner product) pairs, best first, ties by id; only `allowed` ids if given."""
        import faiss

        available = len(self) if allowed is None else min(len(allowed), len(self))
        if top <= 0 or not available:
            return []
        options = None
        if allowed is not None:
            options = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
        wanted = top + TIES
        while True:
            count = min(wanted, available)
            with self._turn:
                scores, ids = self._index.search(vector[None, :], count, params=options)
            pairs = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
            found = [(number, score) for number, score in pairs if score > PADDING]
            settled = len(found) < count or count == available or found[-1][1] < found[top - 1][1]
            if settled:
                return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:top]
            wanted *= 2
