"""One generation of the index in memory: what every search of the same moment sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeAlias

from assistant.errors import IndexStateError
from assistant.records import Document, Filters, Passage
from assistant.retrieval.lexical import Group, Lexical, make_lexical
from assistant.retrieval.shards import Shard, numbers, wording

if TYPE_CHECKING:
    from assistant.backends import Ids, Vectors, VectorStore

StoreFactory: TypeAlias = "Callable[[int], VectorStore]"  # dimension → store, empty or with what it keeps
TOGETHER = 4096  # vectors handed to the store in one go: few calls for one far away, little copied at a time


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Documents, passages and their vectors. `ids` are those of the passages in the store, place by place.

    Never changed once made: a change of the index makes a new one, so a search going on is undisturbed.
    """

    generation: int
    shards: tuple[Shard, ...]
    passages: tuple[Passage, ...]
    ids: Ids
    store: VectorStore | None  # None where there are no passages
    lexical: Lexical

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        return tuple(shard.document for shard in self.shards)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {number: place for place, number in enumerate(self.ids.tolist())}

    def nearest(self, vector: Vectors, top: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """Return at most `top` (place, score) pairs, best first, ties by place; only `allowed` places if given.

        What a store that others share knows beyond this generation is passed over. Raises IndexStateError
        when such a store has lost everything.
        """
        if self.store is None:
            return []
        wanted, among = top, None if allowed is None else self.ids[allowed]
        while True:
            found = self.store.search(vector, wanted, among)
            pairs = [(self._places[number], score) for number, score in found if number in self._places]
            if not found and among is None:
                raise IndexStateError("向量库里没有这份资料库的数据。", "请重启笔杆，缺少的数据会自动补上。")
            if len(pairs) >= top or len(found) < wanted:
                return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:top]
            wanted *= 2

    def allowed(self, filters: Filters) -> Ids | None:
        """Return the places of the passages that pass `filters`, None when that is all of them."""
        import numpy as np

        if filters == Filters():
            return None
        places = [number for number, passage in enumerate(self.passages) if passes(passage, filters)]
        return np.array(places, dtype=np.int64)


def passes(passage: Passage, filters: Filters) -> bool:
    """Tell whether `passage` fulfils all of `filters`; a passage of unknown year passes no year limit."""
    wanted = (
        (filters.kinds, passage.kind),
        (filters.genres, passage.genre),
        (filters.sections, passage.section),
        (filters.documents, passage.document),
    )
    if any(values and value not in values for values, value in wanted):
        return False
    if filters.year_from and passage.year < filters.year_from:
        return False
    return not filters.year_to or 0 < passage.year <= filters.year_to


def make_snapshot(
    generation: int, shards: tuple[Shard, ...], store_factory: StoreFactory, before: Snapshot | None = None
) -> Snapshot:
    """Return the snapshot of `shards`; those of their vectors that the store lacks are added to it.

    The word index shares what it can with that of `before`.
    """
    import numpy as np

    passages = tuple(passage for shard in shards for passage in shard.passages)
    groups = [Group(shard.digest, len(shard.passages), partial(_words, shard)) for shard in shards]
    lexical = make_lexical(groups, before.lexical if before else None)
    ids = np.concatenate([numbers(shard) for shard in shards] or [np.empty(0, dtype=np.int64)])
    store = store_factory(max(shard.vectors.shape[1] for shard in shards)) if len(ids) else None
    if store is not None:
        _fill(store, ids, shards)
    return Snapshot(generation, shards, passages, ids, store, lexical)


def tidy(snapshot: Snapshot) -> None:
    """Take out of the store what is not of this generation, once nobody will open an earlier one."""
    import numpy as np

    if snapshot.store is not None:
        snapshot.store.remove(np.setdiff1d(snapshot.store.ids(), snapshot.ids))


def _fill(store: VectorStore, ids: Ids, shards: tuple[Shard, ...]) -> None:
    import numpy as np

    missing = np.isin(ids, store.known(ids), invert=True)
    waiting: list[tuple[Ids, Vectors]] = []
    start = 0
    for shard in shards:
        here = slice(start, start + len(shard.vectors))
        start = here.stop
        lacked = missing[here]
        if lacked.any():  # indexing by a mask copies, so only where it takes something out
            own = slice(None) if lacked.all() else lacked
            waiting.append((ids[here][own], shard.vectors[own]))
        if waiting and (sum(len(some) for some, _ in waiting) >= TOGETHER or start == len(ids)):
            store.add(*(np.concatenate(parts) for parts in zip(*waiting, strict=True)))
            waiting = []


def _words(shard: Shard) -> list[str]:
    return [wording(shard.document, passage) for passage in shard.passages]
