"""The words of assistant/data/consistency.toml: what must agree between sentences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.knowledge.entries import read_entry
from assistant.resources import DATA, check_keys, read_toml


@dataclass(frozen=True, slots=True)
class Balance:
    """A whole and the parts it is made of, each by the words before its figure; `same`: all figures count one thing."""

    whole: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    same: bool
    source: str
    bad: tuple[str, ...]
    good: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Alternatives of regular expressions."""

    source: str
    fillers: str
    last_year: str
    more: str
    less: str
    grow_by: str
    fall_by: str
    area: str
    per_area: str
    harvest: str
    begin: str
    finish: str
    arrive: str
    total: str
    meet: str


@dataclass(frozen=True, slots=True)
class People:
    """Alternatives of regular expressions: posts, what stands behind a name, how names of places end."""

    source: str
    posts: str
    behind: str
    places: str


@dataclass(frozen=True, slots=True)
class Consistency:
    """The whole table."""

    balance: tuple[Balance, ...]
    words: Words
    people: People


@cache
def load_consistency(path: Path = DATA / "consistency.toml") -> Consistency:
    """Return the table. Raises DataError for a wrong entry."""
    data = read_toml(path)
    where = f"数据文件“{path.name}”"
    check_keys(where, data, ("balance", "words", "people"))
    return Consistency(
        tuple(read_entry(Balance, f"{where}的 balance ", entry) for entry in data["balance"]),
        read_entry(Words, f"{where}的 words ", data["words"]),
        read_entry(People, f"{where}的 people ", data["people"]),
    )
