"""Section types: what a part of a document does, whatever its heading says."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.errors import DataError
from assistant.knowledge.entries import check_patterns, read_entry
from assistant.resources import DATA, check_keys, read_toml

_JOINS = "，、：:和及与暨的"  # a heading may name two things


@dataclass(frozen=True, slots=True)
class Section:
    """A section type; `aliases` are the headings and the users' words for it.

    `asked` are words that tell it in a question but not in a heading: “补齐短板” heads measures.
    `headings` are patterns of whole headings, for what no list of words holds: “下半年……安排”.
    """

    name: str
    aliases: tuple[str, ...]
    asked: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()


@cache
def load_sections(path: Path = DATA / "sections.toml") -> tuple[Section, ...]:
    """Return the section types in the order of the file.

    Raises DataError for an unreadable file, a wrong entry, or a word that stands for two sections.
    """
    data = read_toml(path)
    check_keys(f"数据文件“{path.name}”", data, ("section",))
    sections = tuple(read_entry(Section, f"“{path.name}”的一条", entry) for entry in data["section"])
    owners: dict[str, str] = {}
    for section in sections:
        for word in (section.name, *section.aliases):
            if owners.setdefault(word, section.name) != section.name or not word:
                raise DataError(f"“{path.name}”里“{word}”不能归入两个部分。", "请只保留一处。")
        check_patterns(f"“{path.name}”的“{section.name}”", section.headings)
    return sections


def section_names() -> tuple[str, ...]:
    """Return the names of the section types."""
    return tuple(section.name for section in load_sections())


def section_aliases(name: str) -> tuple[str, ...]:
    """Return the words for the section type `name`, itself first; empty for an unknown name."""
    return next(((item.name, *item.aliases) for item in load_sections() if item.name == name), ())


def section_match(words: str, among: Collection[str] = ()) -> tuple[str, str]:
    """Return the section type of a heading or a user's words and the words that told it, or ("", "").

    The longest alias contained in `words` decides, or the longest clause that is a heading of a known
    pattern; of two equally long ones, the first in `words`, an alias before a pattern. `among` are the
    types that patterns may tell, all when empty: “下半年重点任务” is a plan at the end of a summary and the
    main part of a plan, and the genre knows which it has.
    """
    text = "".join(words.split())
    found = (
        (-len(told), start, order, name, told)
        for order, (start, name, told) in enumerate((*_told(text), *_patterned(text, among)))
    )
    *_, name, told = min(found, default=(0, 0, 0, "", ""))
    return name, told


def _told(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield (start, section type, alias) of each alias in `text`."""
    for section in load_sections():
        for alias in (section.name, *section.aliases):
            if alias in text:
                yield text.index(alias), section.name, alias


def _patterned(text: str, among: Collection[str]) -> Iterator[tuple[int, str, str]]:
    """Yield (start, section type, words) of each pattern that the last clause of `text`, or what “部分” names, fits."""
    for section in load_sections():
        for pattern in section.headings if section.name in (among or (section.name,)) else ():
            if match := re.search(rf"(?:^|(?<=[{_JOINS}]))(?:{pattern})$|(?:{pattern})(?=部分)", text):
                yield match.start(), section.name, match.group()


def section_type(heading: str, among: Collection[str] = ()) -> str:
    """Return the section type of a heading or a user's words, "" if none is recognised; see `section_match`."""
    return section_match(heading, among)[0]


def section_asked(question: str) -> str:
    """Return the section type a question is about, "" if none is recognised."""
    asked = (item.name for item in load_sections() for word in item.asked if word in question)
    return section_type(question) or next(asked, "")
