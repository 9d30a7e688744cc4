"""What the parts of a whole document are made of, and how an outline is labelled: data/outline.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.errors import DataError
from assistant.knowledge.entries import check_patterns, read_entry
from assistant.knowledge.sections import load_sections
from assistant.resources import DATA, check_keys, read_toml

LABELS = ("title", "addressee", "closing", "signature", "date", "fact", "reserve")


@dataclass(frozen=True, slots=True)
class PartHabits:
    """The habits of one section type, see outline.toml."""

    name: str
    usual: tuple[str, ...] = ()
    answers: str = ""
    instead: str = ""
    takes: str = ""
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()


@cache
def _data() -> dict[str, Any]:
    data = read_toml(DATA / "outline.toml")
    check_keys("outline.toml ", data, ("part", "labels"))
    check_keys("outline.toml 的 labels ", data["labels"], LABELS)
    return data


@cache
def load_habits() -> tuple[PartHabits, ...]:
    """Return the habits of the section types in the order of the file. Raises DataError."""
    habits = tuple(read_entry(PartHabits, "outline.toml 的一条", entry) for entry in _data()["part"])
    known = {section.name for section in load_sections()}
    for item in habits:
        if item.name not in known or {item.answers, item.instead} - {"", *known}:
            raise DataError(f"outline.toml 有不认识的部分：{item.name}。", "请改正后重试。")
        check_patterns(f"outline.toml 的“{item.name}”", [item.takes])
    return habits


def habits_of(section: str) -> PartHabits:
    """Return the habits of `section`, none where the file has no entry."""
    return next((item for item in load_habits() if item.name == section), PartHabits(section))


def part_taking(sentence: str, among: Iterable[str]) -> str:
    """Return the section type of `among` that a sentence of the material belongs to by its own words, "" for none."""
    present = set(among)
    return next(
        (
            item.name
            for item in load_habits()
            if item.takes and item.name in present and re.search(item.takes, sentence)
        ),
        "",
    )


def load_labels() -> dict[str, tuple[str, ...]]:
    """Return the names of each label of an outline, the usual one first."""
    return {name: tuple(words) for name, words in _data()["labels"].items()}
