"""How much two names of measures, or two events, are the same."""

from __future__ import annotations

from collections import Counter

from assistant.writing.overlap import bigrams
from assistant.writing.renewal.words import vocabulary

_TAIL = 6  # last characters of a name, where its noun stands
_TURNED = 0.9
_ONE_SIDED = 0.15  # off where only one of two names says which of several rivals it means


def likeness(name: str, other: str) -> float:
    """Return how alike two names are, 0–1: half by single characters, half by pairs; 0 where they are rivals.

    The noun at the end of one must stand near the end of the other.
    """
    name, other = _unified(name), _unified(other)
    if not name or not other:
        return 0.0
    if name == other:
        return 1.0
    if Counter(name) == Counter(other):
        return _TURNED  # 改造危房 and 危房改造
    rivalry = _rivalry(name, other)
    if rivalry is None or not _same_noun(name, other):
        return 0.0
    return max((_shared_characters(name, other) + _shared_pairs(name, other)) / 2 - rivalry, 0.0)


def context(text: str, other: str) -> float:
    """Return the share (0–1) of the character pairs that two sentences have in common."""
    return _shared_pairs(text, other)


def _shared_characters(name: str, other: str) -> float:
    shared = Counter(name) & Counter(other)
    return 2 * shared.total() / (len(name) + len(other))


def _shared_pairs(name: str, other: str) -> float:
    pairs, others = bigrams(name), bigrams(other)
    return 2 * len(pairs & others) / max(len(pairs) + len(others), 1)


def _same_noun(name: str, other: str) -> bool:
    return name[-2:] in other[-_TAIL:] or other[-2:] in name[-_TAIL:]


def _unified(name: str) -> str:
    for first, *others in vocabulary().figures.same:
        for word in others:
            name = name.replace(word, first)
    return name


def _rivalry(name: str, other: str) -> float | None:
    """Return what is to be taken off for words that only one of the names has, None where they exclude each other."""
    off = 0.0
    for group in vocabulary().figures.rivals:
        own = {word for word in group if word in name}
        others = {word for word in group if word in other}
        if own and others and not own & others:
            return None
        off = _ONE_SIDED if bool(own) != bool(others) else off
    return off
