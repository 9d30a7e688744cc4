"""Section types: what a part of a document does, whatever its heading says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.errors import DataError
from assistant.knowledge.entries import read_entry
from assistant.resources import DATA, check_keys, read_toml


@dataclass(frozen=True, slots=True)
class Section:
    """A section type; `aliases` are the headings and the users' words for it.

    `asked` are words that tell it in a question but not in a heading: “补齐短板” heads measures.
    """

    name: str
    aliases: tuple[str, ...]
    asked: tuple[str, ...] = ()


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
    return sections


def section_aliases(name: str) -> tuple[str, ...]:
    """Return the words for the section type `name`, itself first; empty for an unknown name."""
    return next(((item.name, *item.aliases) for item in load_sections() if item.name == name), ())


def section_match(words: str) -> tuple[str, str]:
    """Return the section type of a heading or a user's words and the alias that told it, or ("", "").

    The longest alias contained in `words` decides; of two equally long ones, the first in `words`.
    """
    text = "".join(words.split())
    found = (
        (-len(alias), text.index(alias), section.name, alias)
        for section in load_sections()
        for alias in (section.name, *section.aliases)
        if alias in text
    )
    *_, name, alias = min(found, default=(0, 0, "", ""))
    return name, alias


def section_type(heading: str) -> str:
    """Return the section type of a heading or a user's words, "" if none is recognised."""
    return section_match(heading)[0]


def section_asked(question: str) -> str:
    """Return the section type a question is about, "" if none is recognised."""
    asked = (item.name for item in load_sections() for word in item.asked if word in question)
    return section_type(question) or next(asked, "")
