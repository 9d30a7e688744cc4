"""Formulations that a half-remembered fragment or a wrong wording comes nearest to."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from assistant.knowledge.formulations import Formulation, find_formulations, folded
from assistant.resources import DATA, check_keys, read_toml

_Wording: TypeAlias = (
    "tuple[tuple[frozenset[str], ...], frozenset[str]]"  # pairs of each wording, and of all words
)

SHARE = 0.6  # of the query's character pairs, weighted by rarity; of eight characters with one wrong, about 0.7 are left
SHORTEST = 4  # characters: what is shorter says too little to guess by
BEHIND = 0.85  # share of the best one's score from which others are shown too


def nearest_formulations(
    query: str, formulations: Iterable[Formulation], most: int = 3
) -> tuple[Formulation, ...]:
    """Return at most `most` formulations whose wording or quotation holds most of `query`, nearest first.

    Words of asking (“的规范表述是什么”) do not count. Rare character pairs weigh more than common ones.
    Returns () when nothing is near.
    """
    items = tuple(formulations)
    asked = without_asking(query)
    wanted = _pairs(asked)
    if len(asked) < SHORTEST:
        return ()
    wordings = _wordings(items)
    weights = _weights(wordings)
    total = sum(_weight(weights, pair) for pair in wanted)
    scores: dict[int, float] = {}
    for place, (item, (names, whole)) in enumerate(zip(items, wordings, strict=True)):
        found = sum(_weight(weights, pair) for pair in wanted & whole) / total
        share = 1.0 if _one_wrong(asked, item) else found
        if share >= SHARE:
            scores[place] = share + max(len(wanted & name) / len(wanted | name) for name in names) / 4
    best = sorted(scores, key=lambda place: (-scores[place], items[place].valid_until != "", place))[:most]
    return tuple(items[place] for place in best if scores[place] >= BEHIND * scores[best[0]])


def formulations_for(query: str, formulations: Iterable[Formulation]) -> tuple[tuple[Formulation, ...], bool]:
    """Return the formulations `query` names and True, or else those nearest to it and False."""
    items = tuple(formulations)
    named = find_formulations(query, items)
    return (named, True) if named else (nearest_formulations(query, items), False)


def _one_wrong(asked: str, item: Formulation) -> bool:
    """Tell whether `asked` is the name or wording of `item` but for one character."""
    return any(
        len(words) == len(asked) and sum(map(str.__ne__, words, asked)) == 1
        for words in (folded(item.name), folded(item.text))
    )


def without_asking(query: str) -> str:
    """Return `query` folded, without the words people ask with."""
    return _asking().sub("", folded(query))


@cache
def _asking() -> re.Pattern[str]:
    data = read_toml(DATA / "asking.toml")
    check_keys("asking.toml ", data, ("words",))
    words = sorted(data["words"], key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, words), r"[？?！!。]"]))


def _pairs(text: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(text)))


@cache
def _wordings(items: tuple[Formulation, ...]) -> tuple[_Wording, ...]:
    found = []
    for item in items:
        names = tuple(_pairs(folded(words)) for words in (item.name, item.text, *item.parts, *item.wrong))
        whole = frozenset().union(*names, _pairs(folded(item.quote)))
        found.append((tuple(filter(None, names)) or (whole,), whole))
    return tuple(found)


@cache
def _weights(wordings: tuple[_Wording, ...]) -> dict[str, float]:
    """Return the rarity of each character pair that stands in any wording."""
    counts = Counter(pair for _, whole in wordings for pair in whole)
    return {pair: math.log((len(wordings) + 1) / count) + 0.1 for pair, count in counts.items()}


def _weight(weights: dict[str, float], pair: str) -> float:
    """Return the rarity of `pair`; one that stands nowhere weighs as much as the rarest."""
    return weights.get(pair) or max(weights.values(), default=1.0)
