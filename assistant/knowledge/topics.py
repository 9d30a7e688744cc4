"""What a sentence of the user's material is about and what it is for, from topics.toml and tells.toml."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from assistant.knowledge.entries import check_patterns, read_entry
from assistant.resources import DATA, check_keys, read_toml

COMMON = 4  # topics in whose names a pair of characters stands: from there on it tells none of them


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of official texts; `also` are its other names, `words` tell it; `good` is about it, `bad` is not."""

    name: str
    also: tuple[str, ...]
    words: tuple[str, ...]
    good: str
    bad: str


@dataclass(frozen=True, slots=True)
class Tell:
    """What a sentence tells when it matches `pattern`, and the section types that are for such sentences.

    Those sections leave out what is for others; a tell without sections fits anywhere, or `nowhere`. `good` match
    and `bad` do not, which a test tries.
    """

    name: str
    sections: tuple[str, ...]
    pattern: str
    good: tuple[str, ...]
    bad: tuple[str, ...]
    nowhere: bool = False


@cache
def load_topics() -> tuple[Topic, ...]:
    """Return the topics of topics.toml. Raises DataError for a wrong entry."""
    data = read_toml(DATA / "topics.toml")
    check_keys("topics.toml ", data, ("topic",))
    return tuple(read_entry(Topic, "topics.toml 的一条", entry) for entry in data["topic"])


@cache
def load_tells() -> tuple[Tell, ...]:
    """Return the entries of tells.toml in their order. Raises DataError for a wrong entry."""
    data = read_toml(DATA / "tells.toml")
    check_keys("tells.toml ", data, ("tell",))
    tells = tuple(read_entry(Tell, "tells.toml 的一条", entry) for entry in data["tell"])
    for tell in tells:
        check_patterns(f"tells.toml 的“{tell.name}”", (tell.pattern,))
    return tells


def topics_told(sentence: str) -> dict[str, int]:
    """Return the topics whose words stand in `sentence`, each with the characters of those words, most first."""
    told = {
        topic.name: sum(len(word) for word in (topic.name, *topic.also, *topic.words) if word in sentence)
        for topic in load_topics()
    }
    return {name: told[name] for name in sorted(told, key=lambda name: -told[name]) if told[name]}


@cache
def topic_known(name: str) -> str:
    """Return the topic of topics.toml that `name` is another name of, or that it tells most of; "" if none."""
    names = [(known, topic.name) for topic in load_topics() for known in (topic.name, *topic.also)]
    same = next((topic for known, topic in names if known == name), "")
    inside = [(len(known), topic) for known, topic in names if known in name]
    around = [(-len(known), topic) for known, topic in names if name in known]
    told = next(iter(topics_told(name)), "")
    return same or max(inside, default=(0, ""))[1] or max(around, default=(0, ""))[1] or told


@cache
def common_pairs() -> frozenset[str]:
    """Return the pairs of characters that stand in the names of COMMON topics or more: 建设 tells no topic."""
    counts = Counter(
        pair
        for topic in load_topics()
        for pair in {
            name[place : place + 2] for name in (topic.name, *topic.also) for place in range(len(name) - 1)
        }
    )
    return frozenset(pair for pair, count in counts.items() if count >= COMMON)


def what_is_told(sentence: str) -> str:
    """Return the name of the first entry of tells.toml that `sentence` matches, "" for what fits anywhere."""
    return next((tell.name for tell in load_tells() if re.search(tell.pattern, sentence)), "")


def fits_anywhere(told: str) -> bool:
    """Tell whether a sentence that tells `told` (see `what_is_told`) is for no section above others."""
    return not any(tell.sections or tell.nowhere for tell in load_tells() if tell.name == told)


def fits_nowhere(told: str) -> bool:
    """Tell whether a sentence that tells `told` is not for a text at all."""
    return any(tell.nowhere for tell in load_tells() if tell.name == told)


def told_in(section: str) -> tuple[str, ...]:
    """Return what the sentences of `section` tell; empty when a section takes all."""
    return tuple(dict.fromkeys(tell.name for tell in load_tells() if section in tell.sections))
