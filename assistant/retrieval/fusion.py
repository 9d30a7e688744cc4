"""Fuse the ranked lists of two kinds of search into one."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, pstdev
from typing import TypeAlias

Ranked: TypeAlias = Sequence[tuple[int, float]]  # (id, score), best first

RRF_K = 60  # Cormack et al., SIGIR 2009


def reciprocal_rank(dense: Ranked, lexical: Ranked) -> list[tuple[int, float]]:
    """Return the ids by the sum of 1 / (RRF_K + rank) over both lists, best first, ties by id."""
    sums: dict[int, float] = {}
    for ranked in (dense, lexical):
        for rank, (place, _) in enumerate(ranked, start=1):
            sums[place] = sums.get(place, 0.0) + 1 / (RRF_K + rank)
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))


def standard_sum(dense: Ranked, lexical: Ranked, weight: float = 0.5) -> list[tuple[int, float]]:
    """Return the ids by the weighted sum of their standard scores, best first, ties by id.

    `weight` is that of `dense`, the rest that of `lexical`. An id missing from one list counts there
    as its last.
    """
    parts = [(_standard(dense), weight), (_standard(lexical), 1 - weight)]
    ids = {place for scores, _ in parts for place in scores}
    sums = {
        place: sum(share * scores.get(place, min(scores.values(), default=0.0)) for scores, share in parts)
        for place in ids
    }
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))


def _standard(ranked: Ranked) -> dict[int, float]:
    """Return (score − mean) / deviation by id; zeros where all scores are equal."""
    scores = [score for _, score in ranked]
    mean = fmean(scores) if scores else 0.0
    deviation = pstdev(scores) if scores else 0.0
    return {place: (score - mean) / deviation if deviation else 0.0 for place, score in ranked}
