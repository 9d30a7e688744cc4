"""Hybrid search: vectors and words, fused; formulations that the query names come first.

Vectors and words are fused by the sum of their standard scores: measured on the questions in
tests/eval it beats both alone and fusion by rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

from assistant.knowledge.formulations import Formulation
from assistant.knowledge.genres import genre_named
from assistant.knowledge.nearest import formulations_for
from assistant.knowledge.sections import section_asked
from assistant.records import Filters, Hit, Passage
from assistant.resources import DATA, check_keys, read_toml
from assistant.retrieval.fusion import standard_sum
from assistant.retrieval.index import Index
from assistant.retrieval.snapshot import Snapshot

if TYPE_CHECKING:
    from assistant.backends import Embedder, Ids, Vectors

CANDIDATES = 200  # best of either kind of search that take part in the fusion; 50 to 400 measured the same
# How well a query is answered: its best passage's standard score among those of everyday questions, plus KNOWN times
# the share of its words that the index knows. From FITS on there is an answer, from NEAR on the nearest FEW passages are
# worth a look. Measured in tests/eval: below FITS are 32 of 39 queries that nothing in the shipped corpus answers and 3 of
# the 229 that something does, but also 13 of the 70 hardest paraphrases over the public reports; below NEAR 14, 0 and 1.
KNOWN, FITS, NEAR, FEW = 3.0, 1.8, 0.5, 5
# In standard scores; a section that is named is meant, a genre may be named in passing.
SECTION, GENRE = 4.0, 0.2
GROWN = 1.1  # the everyday questions are asked again when the index has grown or shrunk by this factor


@dataclass(frozen=True, slots=True)
class Answer:
    """Hits, best first. Where `fits` is False none may answer the query; they are then the few nearest."""

    hits: tuple[Hit, ...]
    fits: bool


class Searcher:
    """Search over the present generation of an index."""

    def __init__(self, index: Index, embedder: Embedder, formulations: Sequence[Formulation] = ()) -> None:
        self._index, self._embedder, self._formulations = index, embedder, tuple(formulations)
        self._everyday: tuple[Vectors, ...] = ()
        self._noise = (0, 0.0, 1.0)  # passages, and mean and deviation of what everyday questions score there

    def search(self, query: str, filters: Filters | None = None, top: int = 10) -> tuple[Hit, ...]:
        """Return the hits of `answer` where they fit, else none: what a text may rest on."""
        answer = self.answer(query, filters, top)
        return answer.hits if answer.fits else ()

    def answer(self, query: str, filters: Filters | None = None, top: int = 10) -> Answer:
        """Return at most `top` hits for `query`, FEW where it is doubtful that they fit, none where nothing is near.

        Formulations that the query names, rightly or wrongly worded or in part, come first where
        `filters` let them. Of passages with the same text, and of the lines of one formulation, only the best is
        returned. Raises IndexStateError and ModelError as index and embedder do.
        """
        filters = filters or Filters()
        snapshot = self._index.snapshot()
        if not snapshot.passages or not query.strip() or top <= 0:
            return Answer((), False)
        allowed = snapshot.allowed(filters)
        if allowed is not None and not len(allowed):
            return Answer((), False)
        named = self._named(snapshot, query, allowed)
        vector = self._embedder.embed_query(query)
        closeness = self._closeness(snapshot, query, vector)
        ranked = self._ranked(snapshot, query, vector, allowed) if closeness >= NEAR else []
        best = ranked[0].score if ranked else 0.0
        first = [Hit(passage, best + len(named) - place) for place, passage in enumerate(named)]
        fits = bool(named) or closeness >= FITS
        return Answer(tuple(_distinct([*first, *ranked], top if fits else min(top, FEW))), fits)

    def likeness(self, texts: Sequence[str], others: Sequence[str]) -> list[list[float]]:
        """Return the cosine of each of `texts` (rows) with each of `others`; comparable within a row only."""
        embed = cache(self._embedder.embed_query)  # the same prefix on both sides: neither is a passage
        return [[float(embed(text) @ embed(other)) for other in others] for text in texts]

    def _named(self, snapshot: Snapshot, query: str, allowed: Ids | None) -> list[Passage]:
        """Return the first line of each formulation named in `query`, as far as it is among `allowed`."""
        names = [item.name for item in formulations_for(query, self._formulations)[0]]
        places = range(len(snapshot.passages)) if allowed is None else map(int, allowed)
        found: dict[str, Passage] = {}
        for passage in (snapshot.passages[place] for place in places) if names else ():
            if passage.kind == "formulation" and passage.title in names:
                found.setdefault(passage.title, passage)
        return [found[name] for name in names if name in found]

    def _ranked(self, snapshot: Snapshot, query: str, vector: Vectors, allowed: Ids | None) -> list[Hit]:
        """Return the fused list, with what a passage gains by being of the section and genre meant."""
        lexical = snapshot.lexical.best(query, CANDIDATES, allowed)
        dense = snapshot.nearest(vector, CANDIDATES, allowed)
        section, genre = section_asked(query), genre_named(query)
        hits = [Hit(snapshot.passages[place], score) for place, score in standard_sum(dense, lexical)]
        meant = [replace(hit, score=hit.score + _meant(hit.passage, section, genre)) for hit in hits]
        return sorted(meant, key=lambda hit: -hit.score)

    def _closeness(self, snapshot: Snapshot, query: str, vector: Vectors) -> float:
        """Return how much nearer some passage is to the query than passages are to questions about nothing here.

        An absolute measure would hold for one embedder and one size of index only.
        """
        mean, deviation = self._everyday_scores(snapshot)
        score = (snapshot.nearest(vector, 1)[0][1] - mean) / deviation
        return score + KNOWN * snapshot.lexical.known(query)

    def _everyday_scores(self, snapshot: Snapshot) -> tuple[float, float]:
        """Return mean and deviation of what the best passages score for everyday questions."""
        if not self._everyday:
            self._everyday = tuple(self._embedder.embed_query(words) for words in _everyday_questions())
        size, mean, deviation = self._noise
        if not size / GROWN <= len(snapshot.passages) <= size * GROWN:
            best = [snapshot.nearest(everyday, 1)[0][1] for everyday in self._everyday]
            mean, deviation = fmean(best), pstdev(best) or 1.0
            self._noise = (len(snapshot.passages), mean, deviation)
        return mean, deviation


@cache
def _everyday_questions() -> tuple[str, ...]:
    data = read_toml(DATA / "everyday.toml")
    check_keys("everyday.toml ", data, ("questions",))
    return tuple(data["questions"])


def _meant(passage: Passage, section: str, genre: str) -> float:
    """Return what a passage gains by being of the section or genre that the query names in any of their words."""
    return SECTION * (bool(section) and passage.section == section) + GENRE * (
        bool(genre) and passage.genre == genre
    )


def _distinct(hits: Iterable[Hit], top: int) -> list[Hit]:
    kept: dict[str, Hit] = {}
    for hit in hits:
        passage = hit.passage
        key = passage.document if passage.kind == "formulation" else passage.text
        kept.setdefault(key, hit)
        if len(kept) == top:
            break
    return list(kept.values())
