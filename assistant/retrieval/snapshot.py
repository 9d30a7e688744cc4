"""One generation of the index in memory: what every search of the same moment sees."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from assistant.errors import IndexStateError
from assistant.records import Document, Filters, Passage
from assistant.retrieval.lexical import Group, Lexical, make_lexical
from assistant.retrieval.shards import Shard, numbers, wording

if TYPE_CHECKING:
    from assistant.backends import Ids, Vectors, VectorStore

StoreFactory: TypeAlias = "Callable[[int], VectorStore]"  # dimension → store, empty or with what it keeps
# Of passage and best sentence. Measured over the corpus (dev) 0.3 to 0.6 do not differ, over the reports 0.3 and 0.4 are
# best, and either alone is worse than any.
OWN = 0.4
WIDER = 5  # vectors looked at for each passage wanted: about as many as a passage has
TOGETHER = 4096  # vectors handed to the store in one go: few calls for one far away, little copied at a time


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Documents, passages and their vectors.

    Every vector of every shard has its id in `ids`, in this order; `owners` tells the place of its passage. Never
    changes once made: a change of the index makes a new one, so a search going on is undisturbed. The store is shared
    by all generations and may hold vectors of others.
    """

    generation: int
    shards: tuple[Shard, ...]
    passages: tuple[Passage, ...]
    ids: Ids
    owners: Ids
    store: VectorStore | None  # None where there are no passages
    lexical: Lexical

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        return tuple(shard.document for shard in self.shards)

    @cached_property
    def _order(self) -> Ids:
        import numpy as np

        return np.argsort(self.ids)

    @cached_property
    def _firsts(self) -> list[int]:
        """The place of the first passage of each shard."""
        return list(accumulate((len(shard.passages) for shard in self.shards), initial=0))

    def nearest(self, vector: Vectors, top: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """Return at most `top` (place, score) pairs, best first, ties by place; only `allowed` places if given.

        The score is OWN times the inner product with the passage and the rest times that with its best sentence.
        Scored are the passages that one of the vectors nearest to `vector` belongs to, some WIDER times `top`. Raises
        IndexStateError when a store that others share has lost everything.
        """
        import numpy as np

        if self.store is None:
            return []
        among = None if allowed is None else self.ids[np.isin(self.owners, allowed)]
        wanted = WIDER * top
        while True:
            found = self.store.search(vector, wanted, among)
            places = self._places([number for number, _ in found])
            if not found and among is None:
                raise IndexStateError("向量库里没有这份资料库的数据。", "请重启笔杆，缺少的数据会自动补上。")
            if len(places) >= top or len(found) < wanted:
                pairs = [(place, self._score(vector, place)) for place in places]
                return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:top]
            wanted *= 2

    def _places(self, numbers: list[int]) -> list[int]:
        """Return the places of the passages that own these vectors, each once; ids of no vector here are passed over."""
        import numpy as np

        asked = np.array(numbers, dtype=np.int64)
        spots = np.searchsorted(self.ids, asked, sorter=self._order) % len(self.ids)
        spots = self._order[spots]
        places: list[int] = np.unique(self.owners[spots[self.ids[spots] == asked]]).tolist()
        return places

    def _score(self, vector: Vectors, place: int) -> float:
        shard_number = bisect_right(self._firsts, place) - 1
        shard, number = self.shards[shard_number], place - self._firsts[shard_number]
        whole = float(shard.vectors[number] @ vector)
        start, end = shard.bounds[number : number + 2]
        if start == end:
            return whole
        return OWN * whole + (1 - OWN) * float((shard.vectors[start:end] @ vector).max())

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

    The store is that of `before`, and the word index shares what it can with that of `before`.
    """
    import numpy as np

    passages = tuple(passage for shard in shards for passage in shard.passages)
    groups = [Group(shard.digest, len(shard.passages), partial(_words, shard)) for shard in shards]
    lexical = make_lexical(groups, before.lexical if before else None)
    nothing = [np.empty(0, dtype=np.int64)]
    ids = np.concatenate([numbers(shard) for shard in shards] or nothing)
    firsts = accumulate((len(shard.passages) for shard in shards), initial=0)
    owners = np.concatenate(
        [shard.owners() + first for shard, first in zip(shards, firsts, strict=False)] or nothing
    )
    store = before.store if before else None
    if len(ids):
        store = store or store_factory(max(shard.vectors.shape[1] for shard in shards))
        _fill(store, ids, shards)
    return Snapshot(generation, shards, passages, ids, owners, store, lexical)


def tidy(snapshot: Snapshot, others: Sequence[Snapshot] = ()) -> None:
    """Take out of the store what is neither of this generation nor of `others`, which are still searched.

    Of other processes that search an earlier generation of a shared store nothing is known: until they see the new
    one, a moment later, words alone find what is gone.
    """
    import numpy as np

    if snapshot.store is not None:
        wanted = np.concatenate([snapshot.ids, *(other.ids for other in others)])
        snapshot.store.remove(np.setdiff1d(snapshot.store.ids(), wanted, assume_unique=True))


def _fill(store: VectorStore, ids: Ids, shards: tuple[Shard, ...]) -> None:
    import numpy as np

    missing = np.isin(ids, store.known(ids), assume_unique=True, invert=True)
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
