"""Hybrid search: vectors and words, fused; formulations that the query names come first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from assistant.knowledge.formulations import Formulation, find_formulations
from assistant.records import Filters, Hit, Passage
from assistant.retrieval.fusion import fuse
from assistant.retrieval.index import Index
from assistant.retrieval.snapshot import Snapshot

if TYPE_CHECKING:
    from assistant.backends import Embedder, Ids

CANDIDATES = 200  # best of either kind of search that take part in the fusion


class Searcher:
    """Search over the present generation of an index."""

    def __init__(self, index: Index, embedder: Embedder, formulations: Sequence[Formulation] = ()) -> None:
        self._index, self._embedder, self._formulations = index, embedder, tuple(formulations)

    def search(self, query: str, filters: Filters | None = None, top: int = 10) -> tuple[Hit, ...]:
        """Return at most `top` hits for `query`, best first; fewer or none when little fits.

        Formulations that the query names, rightly or wrongly worded, come first where `filters` let
        them. Of passages with the same text, and of the lines of one formulation, only the best is
        returned. Raises IndexStateError and ModelError as index and embedder do.
        """
        filters = filters or Filters()
        snapshot = self._index.snapshot()
        if snapshot.store is None or not query.strip() or top <= 0:
            return ()
        allowed = snapshot.allowed(filters)
        if allowed is not None and not len(allowed):
            return ()
        named = self._named(snapshot, query, allowed)
        ranked = self._ranked(snapshot, query, allowed)
        best = ranked[0].score if ranked else 0.0
        first = [Hit(passage, best + len(named) - place) for place, passage in enumerate(named)]
        return tuple(_distinct([*first, *ranked], top))

    def _named(self, snapshot: Snapshot, query: str, allowed: Ids | None) -> list[Passage]:
        """Return the first line of each formulation named in `query`, as far as it is among `allowed`."""
        names = [item.name for item in find_formulations(query, self._formulations)]
        places = range(len(snapshot.passages)) if allowed is None else map(int, allowed)
        found: dict[str, Passage] = {}
        for passage in (snapshot.passages[place] for place in places) if names else ():
            if passage.kind == "formulation" and passage.title in names:
                found.setdefault(passage.title, passage)
        return [found[name] for name in names if name in found]

    def _ranked(self, snapshot: Snapshot, query: str, allowed: Ids | None) -> list[Hit]:
        assert snapshot.store is not None
        dense = snapshot.store.search(self._embedder.embed_query(query), CANDIDATES, allowed)
        lexical = snapshot.lexical.best(query, CANDIDATES, allowed)
        return [Hit(snapshot.passages[place], score) for place, score in fuse(dense, lexical)]


def _distinct(hits: Iterable[Hit], top: int) -> list[Hit]:
    kept: dict[str, Hit] = {}
    for hit in hits:
        passage = hit.passage
        key = passage.document if passage.kind == "formulation" else passage.text
        kept.setdefault(key, hit)
        if len(kept) == top:
            break
    return list(kept.values())
