"""A point that is made again in other words: all it says and all its figures stood in a point shortly before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.knowledge.entries import read_entry
from assistant.knowledge.segment import tagged
from assistant.knowledge.structure import parse_elements, split_sentences
from assistant.records import Finding
from assistant.resources import DATA, read_toml

LEAST, WORDS_LEAST = 14, 4  # characters, and words that carry something, of a point that can be told again
BACK = 40  # points before, among which the earlier one is sought
SHARED = 3  # words two points must have in common to be compared at all
# Share of the later point, by characters of its words, that the earlier one says too: the fewer figures agree, the more.
SAID = {0: 0.82, 1: 0.75}
SAID_BY_FIGURES = 0.7
SAID_BACK = 0.6  # share of the earlier point that the later one says
_SAME_OBJECTS = 2  # figures that must agree before other nouns may differ
_NOUNS = ("n", "s", "j", "l", "b", "f", "m", "t", "vn")
_FIGURE = re.compile(r"\d[\d.,]*%?|[一二三四五六七八九十百]+(?=[个项次条名人家户天年月日])")
_LEAD = re.compile(
    r"[ 　]*(?:[^：。；，]{1,24}：)?(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．][ 　]*|[一二三四五六七八九十]{1,2}[是要]"
    r"|第[一二三四五六七八九十]{1,2}[，、]?|(?:首先|其次|再次|最后|另外|此外|同时)[，、]?)*"
)


@dataclass(frozen=True, slots=True)
class Restating:
    """Groups of synonyms, words that carry nothing, nouns that may differ; examples that are told and that are not."""

    source: str
    synonyms: tuple[str, ...]
    empty: str
    weak: str
    bad: tuple[str, ...]
    good: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Point:
    """A sentence, or a part of it up to ；, without its number: figures, words, and which of these are nouns."""

    start: int
    end: int
    figures: Counter[str]
    words: tuple[str, ...]
    nouns: frozenset[str]


@cache
def load_restating(path: Path = DATA / "restated.toml") -> Restating:
    """Return the table. Raises DataError for a wrong one."""
    return read_entry(Restating, f"数据文件“{path.name}”", read_toml(path))


@cache
def _synonyms() -> Mapping[str, str]:
    groups = [group.split() for group in load_restating().synonyms]
    return {word: group[0] for group in groups for word in group}


@cache
def _empty() -> frozenset[str]:
    return frozenset(load_restating().empty.split())


@cache
def _weak() -> frozenset[str]:
    return frozenset(load_restating().weak.split())


def check_restated(text: str) -> Iterator[Finding]:
    """Yield a finding for each point that says what one of the points before said."""
    points = [*_points(text)]
    for at, later in enumerate(points):
        for earlier in reversed(points[max(0, at - BACK) : at]):
            if (
                _says_again(earlier, later)
                and text[earlier.start : earlier.end] != text[later.start : later.end]
            ):
                yield _finding(text, earlier, later)
                break


def _points(text: str) -> Iterator[_Point]:
    for element in parse_elements(text):
        if element.kind not in ("body", "heading", "closing"):
            continue
        for first, last in split_sentences(element.text):
            start = first
            for part in element.text[first:last].split("；"):
                lead = _LEAD.match(part)
                begin, end = start + (lead.end() if lead else 0), start + len(part)
                if end - begin >= LEAST:
                    yield _point(text, element.start + begin, element.start + end)
                start = end + 1


def _point(text: str, start: int, end: int) -> _Point:
    said = text[start:end]
    words = [
        (_synonyms().get(word, word), kind)
        for word, kind in tagged(re.sub(r"[\d.,%]+", "", said))
        if "\u4e00" <= word[0] <= "\u9fff" and word not in _empty()
    ]
    return _Point(
        start,
        end,
        Counter(_FIGURE.findall(said)),
        tuple(word for word, _ in words),
        frozenset(word for word, kind in words if kind.startswith(_NOUNS)),
    )


def _says_again(earlier: _Point, later: _Point) -> bool:
    if len(later.words) < WORDS_LEAST or len({*earlier.words} & {*later.words}) < SHARED:
        return False
    if later.figures - earlier.figures:
        return False
    figures = later.figures.total()
    new, said = _beyond(earlier, later)
    left, back = _beyond(later, earlier)
    if earlier.figures and not later.figures and back < SAID_BY_FIGURES:
        return False
    if said < SAID.get(figures, SAID_BY_FIGURES) or back < SAID_BACK:
        return False
    other = (new & later.nouns) - _weak() and (left & earlier.nouns) - _weak()
    return figures >= _SAME_OBJECTS or not other  # 林长制 for 河长制 makes it another point


def _beyond(known: _Point, point: _Point) -> tuple[set[str], float]:
    """Return the words of `point` that are quite new beside `known`, and the share (0–1) of `point` that `known` has.

    A word whose characters all stand in `known` is there; one that shares half of them is half there.
    """
    words, characters = set(known.words), set("".join(known.words))
    new, lacking = set(), 0.0
    for word in point.words:
        shared = sum(char in characters for char in word)
        if word in words or shared == len(word):
            continue
        if 2 * shared >= len(word):
            lacking += len(word) / 2
        else:
            lacking += len(word)
            new.add(word)
    return new, 1 - lacking / max(sum(map(len, point.words)), 1)


def _finding(text: str, earlier: _Point, later: _Point) -> Finding:
    return Finding(
        rule="restated-point",
        severity="warning",
        start=later.start,
        end=later.end,
        quote=text[later.start : later.end],
        message=f"与前面的“{text[earlier.start : earlier.end]}”说的是同一件事",
        suggestion="合并为一处",
        source=load_restating().source,
    )
