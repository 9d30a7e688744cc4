"""How characters sound and look: which one is easily written for another, and how far the two are apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from assistant.resources import DATA, check_keys, read_toml

# Sounds that input methods and speakers of many dialects do not tell apart.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
SAME, SYLLABLE, NEAR, SHAPE = 0.0, 2.0, 4.0, 1.0  # how unlikely a slip is, in natural logarithms; see `slip`


@dataclass(frozen=True, slots=True)
class Shapes:
    """Groups of characters that look alike, a group a word; small words of one sound that writers mix up."""

    source: str
    shapes: str
    small_words: str


@cache
def load_shapes() -> Shapes:
    """Return the groups of shapes.toml. Raises DataError for a wrong key."""
    data = read_toml(DATA / "shapes.toml")
    check_keys("“shapes.toml”", data, ("source", "shapes", "small_words"))
    return Shapes(**data)


def _blurred(syllable: str) -> str:
    for sound, plain in _ALIKE:
        syllable = syllable.replace(sound, plain)
    return syllable


@cache
def _readings() -> Mapping[str, frozenset[str]]:
    readings: dict[str, set[str]] = defaultdict(set)
    for sound, characters in read_toml(DATA / "syllables.toml").items():
        for character in characters:
            readings[character].add(sound)
    return {character: frozenset(sounds) for character, sounds in readings.items()}


@cache
def _syllables(character: str) -> frozenset[str]:
    return frozenset(sound[:-1] for sound in _readings().get(character, ()))


@cache
def _near(character: str) -> frozenset[str]:
    return frozenset(map(_blurred, _syllables(character)))


@cache
def _groups() -> Mapping[str, frozenset[str]]:
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for group in load_shapes().shapes.split():
        for character in group:
            groups[character] |= set(group)
    return {character: frozenset(group) for character, group in groups.items()}


@cache
def small_words() -> Mapping[str, frozenset[str]]:
    """Return for each small word those that writers put in its place: 以 and 已, 在 and 再."""
    groups = [set(group) for group in load_shapes().small_words.split()]
    return {
        word: frozenset(other for group in groups if word in group for other in group - {word})
        for word in set().union(*groups)
    }


def sound_alike(one: str, other: str) -> bool:
    """Return whether two characters sound the same in one of their readings, tones and zh/z, ch/c, sh/s, ng/n apart."""
    return not _near(one).isdisjoint(_near(other))


@cache
def slip(written: str, meant: str) -> float | None:
    """Return how unlikely it is that `written` was put for `meant` (0: same sound and tone), None when it is no slip."""
    costs = []
    if meant in _groups().get(written, ()):
        costs.append(SHAPE)
    if not _readings().get(written, frozenset()).isdisjoint(_readings().get(meant, ())):
        costs.append(SAME)
    elif not _syllables(written).isdisjoint(_syllables(meant)):
        costs.append(SYLLABLE)
    elif sound_alike(written, meant):
        costs.append(NEAR)
    return min(costs, default=None)
