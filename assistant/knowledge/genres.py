"""Genres (文种): what a document of the kind consists of, from assistant/data/genres/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.errors import DataError
from assistant.knowledge.entries import check_patterns, read_entry
from assistant.knowledge.sections import load_sections
from assistant.knowledge.structure import heading_number
from assistant.resources import DATA, read_toml

FORMS = ("prose", "points", "headed")


@dataclass(frozen=True, slots=True)
class GenreSection:
    """A part of a genre, in its usual place; `points` and `length` (characters) are usual ranges.

    `opens` are patterns that the first paragraph of the part fits where no heading says what the part is;
    `told` are patterns in the text that show that the part is there, under whatever heading.
    """

    type: str
    heading: str
    required: bool
    form: str
    points: tuple[int, int]
    length: tuple[int, int]
    guidance: str
    opens: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Must:
    """What a whole document of a genre says somewhere: one of the patterns `present` is found in its body.

    It is asked of documents whose title fits `title` and not `except_title` (patterns, "" for all and none).
    `bad` lacks it and `good` has it: bodies which a test tries.
    """

    id: str
    what: str
    present: tuple[str, ...]
    advice: str
    source: str
    bad: str
    good: str
    title: str = ""
    except_title: str = ""


@dataclass(frozen=True, slots=True)
class Genre:
    """A genre; `usual_length` is the range of the whole document in characters."""

    name: str
    aliases: tuple[str, ...]
    kind: str
    direction: str
    person: str
    usual_length: tuple[int, int]
    addressees: tuple[str, ...]
    closings: tuple[str, ...]
    required_elements: tuple[str, ...]
    must_not: tuple[str, ...]
    source: str
    sections: tuple[GenreSection, ...]
    musts: tuple[Must, ...] = ()

    def section(self, type: str) -> GenreSection | None:
        """Return the part of the given section type, None when the genre has none."""
        return next((part for part in self.sections if part.type == type), None)

    def part_of(self, line: str, before: int) -> int:
        """Return the place in `sections` of a paragraph that no heading names, -1 when the genre cannot tell.

        `before` is the place of the paragraph before it, -1 for the first, which belongs to the first part
        unless it is numbered. A paragraph that opens no later part goes on with the one before; a part
        that every text of the genre has is not passed over.
        """
        if not any(part.opens for part in self.sections):
            return -1
        if before < 0 and not heading_number(line)[0]:
            return 0
        for place in range(max(before, 0) + 1, len(self.sections)):
            if any(re.search(pattern, line) for pattern in self.sections[place].opens):
                return place
            if self.sections[place].required:
                break
        return max(before, 0)


def genre_names() -> tuple[str, ...]:
    """Return the names of the genres that can be drafted."""
    return tuple(load_genres())


@cache
def load_genres(folder: Path = DATA / "genres") -> dict[str, Genre]:
    """Return the genres by name, in the order of their names; not to be changed by the caller.

    Raises DataError for an unreadable file, a wrong entry, an unknown section type or a word that
    stands for two genres.
    """
    genres = {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}
    owners: dict[str, str] = {}
    for genre in genres.values():
        for word in (genre.name, *genre.aliases):
            if owners.setdefault(word, genre.name) != genre.name or not word:
                raise DataError(f"“{word}”不能归入两个文种：{owners[word]}、{genre.name}。", "请只保留一处。")
    return genres


def _read(path: Path) -> Genre:
    where = f"文种文件“{path.name}”"
    data = read_toml(path)
    if "sections" in data or not data.get("section"):
        raise DataError(f"{where}的各部分应当写成 [[section]]，至少一个。", "请改正后重试。")
    data["sections"] = data.pop("section")
    data["musts"] = data.pop("must", [])
    genre = read_entry(Genre, where, data)
    known = {section.name for section in load_sections()}
    for part in genre.sections:
        if part.type not in known or part.form not in FORMS:
            raise DataError(f"{where}有不认识的部分或写法：{part.type}、{part.form}。", "请改正后重试。")
        check_patterns(where, (*part.opens, *part.told))
    for must in genre.musts:
        check_patterns(where, (*must.present, must.title, must.except_title))
    if genre.name != path.stem:
        raise DataError(f"{where}里的名称是“{genre.name}”，与文件名不一致。", "请改成一致。")
    return genre


def _words() -> Iterator[tuple[str, str]]:
    for genre in load_genres().values():
        for word in (genre.name, *genre.aliases):
            yield word, genre.name


def genre_named(words: str) -> str:
    """Return the genre that a request or a title names, "" if none.

    In “关于…的X” X is the genre, whatever stands in between; elsewhere the longest name or alias
    decides, of two equally long ones the first.
    """
    found = [
        (match.start(), word, name)
        for word, name in _words()
        for match in re.finditer(re.escape(word), words)
    ]
    for title in re.finditer(r"关于[^，。；！？\n]*的", words):
        after = [item for item in found if item[0] == title.end()]
        if after:
            return max(after, key=lambda item: len(item[1]))[2]
    return min(found, key=lambda item: (-len(item[1]), item[0]), default=(0, "", ""))[2]


_ASKED = re.compile(r"(?:写|起草|草拟|拟|撰写|来|出)[^，。；：！？\n《》]*?(?=[，。；：！？\n]|$)")


def genre_asked(words: str) -> str:
    """Return the genre that a request names as what is to be written (“写一份……的报告，”, “请示”), "" for none."""
    for word, name in _words():
        if words.strip() == word:
            return name
    for clause in _ASKED.finditer(words):
        endings = [(len(word), name) for word, name in _words() if clause.group().endswith(word)]
        if endings:
            return max(endings)[1]
    return ""


def genre_of_title(title: str) -> str:
    """Return the genre of a document by its title: the one that ends it, else the one named in it."""
    bare = re.sub(r"[（(\[【][^（(）)】\]]*[）)\]】]\s*$", "", title.strip()).strip('》〉”" ')
    endings = [(len(word), name) for word, name in _words() if bare.endswith(word)]
    return max(endings)[1] if endings else genre_named(title)
