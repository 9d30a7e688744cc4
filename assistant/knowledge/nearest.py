"""Formulations that a half-remembered fragment or a wrong wording comes nearest to."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from assistant.knowledge.formulations import Formulation, find_formulations, folded
from assistant.resources import DATA, check_keys, read_toml

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
    weight = _weights(wordings)
    total = sum(weight[pair] for pair in wanted)
    ranked: list[tuple[float, bool, int]] = []
    for place, (item, (names, whole)) in enumerate(zip(items, wordings, strict=True)):
        share = sum(weight[pair] for pair in wanted & whole) / total
        if _one_wrong(asked, item):
            share = 1.0
        closeness = max(len(wanted & name) / len(wanted | name) for name in names)
        ranked.append(
            (share + closeness / 4, not item.valid_until, -place) if share >= SHARE else (0, False, 0)
        )
    best = sorted(filter(lambda entry: entry[0], ranked), reverse=True)[:most]
    return tuple(items[-place] for score, _, place in best if score >= BEHIND * best[0][0])


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
def _wordings(
    items: tuple[Formulation, ...],
) -> tuple[tuple[tuple[frozenset[str], ...], frozenset[str]], ...]:
    """Return the pairs of each one's names and wordings, and of all its words."""
    found = []
    for item in items:
        names = tuple(_pairs(folded(words)) for words in (item.name, item.text, *item.parts, *item.wrong))
        whole = frozenset().union(*names, _pairs(folded(item.quote)))
        found.append((tuple(filter(None, names)) or (whole,), whole))
    return tuple(found)


class _Weights(Counter[str]):
    """Rarity of character pairs; one that stands nowhere weighs as much as one that stands once."""

    def __init__(self, wordings: tuple[tuple[tuple[frozenset[str], ...], frozenset[str]], ...]) -> None:
        super().__init__(pair for _, whole in wordings for pair in whole)
        self._size = len(wordings) + 1

    def __getitem__(self, pair: str) -> float:  # type: ignore[override]
        return math.log(self._size / max(super().get(pair, 0), 1)) + 0.1


@cache
def _weights(wordings: tuple[tuple[tuple[frozenset[str], ...], frozenset[str]], ...]) -> _Weights:
    return _Weights(wordings)
