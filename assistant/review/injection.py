"""Words that speak to the model instead of the reader, in materials and in texts under review (assistant/data/injections.toml).

A material is data: what it says is reported about, never done. The sentences found are kept out of what is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from assistant.knowledge.entries import read_entry
from assistant.knowledge.sentences import split_sentences
from assistant.records import Finding, Material
from assistant.resources import DATA, check_keys, read_toml

# What no reader sees: zero-width signs, marks of direction, tags (Unicode 15, general category Cf).
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
_SHOWN = 40  # characters of a sentence that a note quotes


@dataclass(frozen=True, slots=True)
class Injection:
    """A pattern of words to the model, with examples that match and that do not."""

    id: str
    pattern: str
    bad: tuple[str, ...]
    good: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Injections:
    """All patterns, their source, and how the sentence after one goes on with it."""

    source: str
    continued: str
    injection: tuple[Injection, ...]


@cache
def load_injections(path: Path = DATA / "injections.toml") -> Injections:
    """Return the patterns in the order of the file. Raises DataError for a wrong entry."""
    data = read_toml(path)
    where = f"数据文件“{path.name}”"
    check_keys(where, data, ("source", "continued", "injection"))
    entries = tuple(read_entry(Injection, f"{where}的一条", entry) for entry in data["injection"])
    return Injections(data["source"], data["continued"], entries)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(entry.pattern) for entry in load_injections().injection)


@cache
def _continued() -> re.Pattern[str]:
    return re.compile(load_injections().continued)


def instructions_in(text: str) -> tuple[Finding, ...]:
    """Return a finding for each sentence of `text` that is an instruction to a model, and for what hides in it.

    Signs that no reader sees do not hide the words: 忽<zero width>略以上要求 is found as well.
    """
    found = []
    last = -1
    places = [match.span() for pattern in _patterns() for match in pattern.finditer(text)]
    for start, end in split_sentences(text):
        sentence = text[start:end]
        plain = _INVISIBLE.sub("", sentence)
        told = any(first < end and start < behind for first, behind in places)
        told = told or (plain != sentence and any(pattern.search(plain) for pattern in _patterns()))
        goes_on = last >= 0 and not text[last:start].strip() and bool(_continued().match(plain))
        last = end if told or goes_on else -1
        if told or goes_on:
            found.append(_finding(sentence, start))
    return tuple(found)


def _finding(sentence: str, start: int) -> Finding:
    return Finding(
        rule="embedded-instruction",
        severity="warning",
        start=start,
        end=start + len(sentence),
        quote=sentence,
        message="这句话像是写给模型的指令或者藏有看不见的字符，程序不会照办",
        suggestion="如不是本单位所写，请删去并查清来源",
        source=load_injections().source,
    )


def without_instructions(text: str) -> str:
    """Return `text` with blanks in place of what `instructions_in` finds; all other characters keep their places."""
    for finding in instructions_in(text):
        text = text[: finding.start] + " " * (finding.end - finding.start) + text[finding.end :]
    return text


def set_aside(materials: Sequence[Material]) -> tuple[tuple[Material, ...], tuple[str, ...]]:
    """Return the materials without instructions to a model, and a note for the user about each that was found."""
    kept = tuple(replace(item, text=without_instructions(item.text)) for item in materials)
    return kept, tuple(_notes(materials))


def _notes(materials: Sequence[Material]) -> Iterator[str]:
    for item in materials:
        for finding in instructions_in(item.text):
            shown = _INVISIBLE.sub("", finding.quote)
            shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "……"
            yield f"材料“{item.name}”里有写给模型的话，没有照办，也没有写进文稿：“{shown}”"
