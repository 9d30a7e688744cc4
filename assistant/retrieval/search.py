"""Hybrid search: vectors and words, fused; formulations that the query names come first.

Vectors and words are fused by the sum of their standard scores: measured on the questions in
tests/eval it beats both alone and fusion by rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from assistant.knowledge.formulations import Formulation, find_formulations
from assistant.records import Filters, Hit, Passage
from assistant.resources import DATA, check_keys, read_toml
from assistant.retrieval.fusion import standard_sum
from assistant.retrieval.index import Index
from assistant.retrieval.lexical import tokens
from assistant.retrieval.snapshot import Snapshot

if TYPE_CHECKING:
    from assistant.backends import Embedder, Ids, Vectors

CANDIDATES = 200  # best of either kind of search that take part in the fusion; 50 to 400 measured the same
SHARED = (
    0.4  # share of the query's word pairs in one passage that makes it an answer whatever the vectors say
)


class Searcher:
    """Search over the present generation of an index."""

    def __init__(self, index: Index, embedder: Embedder, formulations: Sequence[Formulation] = ()) -> None:
        self._index, self._embedder, self._formulations = index, embedder, tuple(formulations)
        self._everyday: tuple[Vectors, ...] = ()
        self._noise = (-1, 0.0)  # generation and what its best passage scores for everyday questions

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
        """Return the fused list, empty when nothing in the whole index answers `query`."""
        assert snapshot.store is not None
        vector = self._embedder.embed_query(query)
        lexical = snapshot.lexical.best(query, CANDIDATES, allowed)
        if not self._answered(snapshot, vector) and not _worded(snapshot, query, lexical):
            return []
        dense = snapshot.store.search(vector, CANDIDATES, allowed)
        return [Hit(snapshot.passages[place], score) for place, score in standard_sum(dense, lexical)]

    def _answered(self, snapshot: Snapshot, vector: Vectors) -> bool:
        """Tell whether some passage is nearer to the query than any is to a question about nothing here.

        An absolute limit would hold for one embedder only. For the embedded one this limit is 0.866 on
        the shipped corpus; the questions that it answers score 0.870 and more, the others less.
        """
        assert snapshot.store is not None
        if not self._everyday:
            self._everyday = tuple(self._embedder.embed_query(words) for words in _everyday_questions())
        if self._noise[0] != snapshot.generation:
            best = max(snapshot.store.search(everyday, 1)[0][1] for everyday in self._everyday)
            self._noise = (snapshot.generation, best)
        return snapshot.store.search(vector, 1)[0][1] > self._noise[1]


@cache
def _everyday_questions() -> tuple[str, ...]:
    data = read_toml(DATA / "everyday.toml")
    check_keys("everyday.toml ", data, ("questions",))
    return tuple(data["questions"])


def _worded(snapshot: Snapshot, query: str, lexical: Sequence[tuple[int, float]]) -> bool:
    """Tell whether the best passage by words shares enough of them with `query`."""
    if not lexical:
        return False
    passage = snapshot.passages[lexical[0][0]]
    words = set(tokens(query))
    pairs = {word for word in words if len(word) > 1} or words
    text = set(tokens("\n".join([passage.title, *passage.heading, passage.text])))
    return len(pairs & text) >= SHARED * len(pairs)


def _distinct(hits: Iterable[Hit], top: int) -> list[Hit]:
    kept: dict[str, Hit] = {}
    for hit in hits:
        passage = hit.passage
        key = passage.document if passage.kind == "formulation" else passage.text
        kept.setdefault(key, hit)
        if len(kept) == top:
            break
    return list(kept.values())
