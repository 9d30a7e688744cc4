"""The vocabulary of renewing last year's text, from assistant/data/renewal.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.errors import DataError
from assistant.knowledge.entries import read_entry
from assistant.records import Severity
from assistant.resources import DATA, check_keys, read_toml

_NAME = "renewal.toml"


@dataclass(frozen=True, slots=True)
class Watch:
    """What is never changed but must be looked at; `message` may hold {match}. `exempt` right behind it lets it pass."""

    name: str
    pattern: re.Pattern[str]
    message: str
    suggestion: str
    severity: Severity
    source: str
    exempt: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Event:
    """A campaign or occasion of the years `first` to `last`."""

    pattern: re.Pattern[str]
    first: int
    last: int
    source: str


@dataclass(frozen=True, slots=True)
class Part:
    """What to say of a section type that cannot stand as it was last year."""

    section: str
    message: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class FigureWords:
    """What tells measures apart and which figures are none of the year."""

    generic: tuple[str, ...]
    closing: tuple[str, ...]
    rivals: tuple[tuple[str, ...], ...]
    same: tuple[tuple[str, ...], ...]
    counters: tuple[tuple[str, ...], ...]
    standing: re.Pattern[str]
    score: re.Pattern[str]
    structural: re.Pattern[str]
    phrases: re.Pattern[str]
    routine: re.Pattern[str]
    planned: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All of renewal.toml, compiled."""

    asked: re.Pattern[str]
    last: re.Pattern[str]
    material: re.Pattern[str]
    history: re.Pattern[str]
    recurring: re.Pattern[str]
    figures: FigureWords
    watches: tuple[Watch, ...]
    events: tuple[Event, ...]
    parts: tuple[Part, ...]


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary. Raises DataError for an unknown or missing key or a pattern that does not read."""
    data = read_toml(DATA / _NAME)
    check_keys(
        f"{_NAME} ", data, ("asked", "given", "history", "recurring", "figures", "leftover", "event", "part")
    )
    for name in ("asked", "history", "recurring"):
        check_keys(f"{_NAME} 的 {name} ", data[name], ("pattern", "source", "good", "bad"))
    check_keys(f"{_NAME} 的 given ", data["given"], ("last", "material", "source", "good", "bad"))
    try:
        return Vocabulary(
            asked=re.compile(data["asked"]["pattern"]),
            last=re.compile(data["given"]["last"]),
            material=re.compile(data["given"]["material"]),
            history=re.compile(data["history"]["pattern"]),
            recurring=re.compile(data["recurring"]["pattern"]),
            figures=_figures(data["figures"]),
            watches=tuple(_watch(entry) for entry in data["leftover"]),
            events=tuple(_event(entry) for entry in data["event"]),
            parts=tuple(read_entry(Part, f"{_NAME} 的一条 part ", entry) for entry in data["part"]),
        )
    except re.error as error:
        raise DataError(f"{_NAME} 里有模式写得不对：{error}。", "请改正后重试。") from error


def _figures(entry: dict[str, Any]) -> FigureWords:
    patterns = ("standing", "score", "structural", "phrases", "routine", "planned")
    lists = ("generic", "closing", "rivals", "same", "counters")
    check_keys(f"{_NAME} 的 figures ", entry, (*patterns, *lists, "source"))
    return FigureWords(
        generic=tuple(sorted(entry["generic"], key=len, reverse=True)),
        rivals=tuple(tuple(group) for group in entry["rivals"]),
        same=tuple(tuple(group) for group in entry["same"]),
        closing=tuple(entry["closing"]),
        counters=tuple(tuple(group) for group in entry["counters"]),
        **{name: re.compile(entry[name]) for name in patterns},
    )


def _watch(entry: dict[str, str]) -> Watch:
    check_keys(
        f"{_NAME} 的一条 leftover ",
        entry,
        ("name", "pattern", "message", "suggestion", "severity", "source", "good", "bad"),
        ("except",),
    )
    exempt = re.compile(entry["except"]) if "except" in entry else None
    return Watch(
        name=entry["name"],
        pattern=re.compile(entry["pattern"]),
        message=entry["message"],
        suggestion=entry["suggestion"],
        severity="warning" if entry["severity"] == "warning" else "hint",
        source=entry["source"],
        exempt=exempt,
    )


def _event(entry: dict[str, Any]) -> Event:
    check_keys(f"{_NAME} 的一条 event ", entry, ("pattern", "years", "source"))
    years = entry["years"]
    if not isinstance(years, list) or len(years) != 2:
        raise DataError(f"{_NAME} 的“{entry['pattern']}”的 years 应当是起止两个年份。", "请改正后重试。")
    return Event(re.compile(entry["pattern"]), years[0], years[1], entry["source"])
