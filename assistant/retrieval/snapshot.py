"""One generation of the index in memory: what every search of the same moment sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeAlias

from assistant.records import Document, Filters, Passage
from assistant.retrieval.lexical import Group, Lexical, make_lexical
from assistant.retrieval.shards import Shard, wording

if TYPE_CHECKING:
    from assistant.backends import Ids, VectorStore

StoreFactory: TypeAlias = "Callable[[int], VectorStore]"  # dimension → empty store


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Documents, passages and their vectors; the store's ids are places in `passages`.

    Never changed once made: a change of the index makes a new one, so a search going on is undisturbed.
    """

    generation: int
    shards: tuple[Shard, ...]
    passages: tuple[Passage, ...]
    store: VectorStore | None  # None where there are no passages
    lexical: Lexical

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        return tuple(shard.document for shard in self.shards)

    def allowed(self, filters: Filters) -> Ids | None:
        """Return the ids of the passages that pass `filters`, None when that is all of them."""
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
    """Return the snapshot of `shards`, with all their vectors in one new store.

    The word index shares what it can with that of `before`.
    """
    import numpy as np

    passages = tuple(passage for shard in shards for passage in shard.passages)
    groups = [Group(shard.digest, len(shard.passages), partial(_words, shard)) for shard in shards]
    lexical = make_lexical(groups, before.lexical if before else None)
    store: VectorStore | None = None
    start = 0
    for shard in shards:
        if len(shard.vectors):
            store = store or store_factory(shard.vectors.shape[1])
            store.add(np.arange(start, start + len(shard.vectors), dtype=np.int64), shard.vectors)
            start += len(shard.vectors)
    return Snapshot(generation, shards, passages, store, lexical)


def _words(shard: Shard) -> list[str]:
    return [wording(shard.document, passage) for passage in shard.passages]
