"""Wording that is a formulation but for one word: 强国建设、民族振兴伟业."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from os.path import commonprefix
from pathlib import Path

from assistant.knowledge.entries import read_entry
from assistant.knowledge.formulations import Formulation
from assistant.knowledge.sounds import slip
from assistant.records import Finding
from assistant.resources import DATA, read_toml
from assistant.review.wording import source_of

LEAST, MOST = 7, 30  # characters of a clause of a formulation that is known by its words
SAME, OPENING, END = 7, 4, 2  # characters that must be the same: in all, before the other word, and behind it
SURE = 10  # before the other word: then one behind it is enough
WORD = 2  # characters of the word that differs, at most
NAME_LEAST, NAME_MOST = 4, 12  # characters of a set name in quotation marks
_CLAUSE = re.compile(r"[，。；：！？\n（）]")
_NO_WORD = re.compile(r"[^\u4e00-\u9fff]|[的和与及了在]")
_NUMERAL = re.compile("[一二三四五六七八九十两双百千]")
_QUOTED = re.compile(r"“([\u4e00-\u9fff、]{4,12})”")


@dataclass(frozen=True, slots=True)
class _Clauses:
    """Clauses of formulations without quotation marks, by their first `OPENING` characters; `known`: all they say."""

    known: str
    by_opening: Mapping[str, tuple[tuple[str, Formulation], ...]]


@dataclass(frozen=True, slots=True)
class Near:
    """What is right though near to a formulation, and set names written in “”."""

    source: str
    also_right: tuple[str, ...]
    names: str
    bad: tuple[str, ...]
    good: tuple[str, ...]


@cache
def load_near(path: Path = DATA / "near.toml") -> Near:
    """Return the table. Raises DataError for a wrong one."""
    return read_entry(Near, f"数据文件“{path.name}”", read_toml(path))


@cache
def _clauses(formulations: tuple[Formulation, ...]) -> _Clauses:
    found: dict[str, Formulation] = {}
    for item in formulations:
        for clause in _CLAUSE.split(f"{item.text}\n{item.name}"):
            bare = _bare(clause)[0].strip()
            if LEAST <= len(bare) <= MOST:
                found.setdefault(bare, item)
    by_opening: dict[str, list[tuple[str, Formulation]]] = defaultdict(list)
    for bare, item in found.items():
        by_opening[bare[:OPENING]].append((bare, item))
    known = "\n".join(_bare(f"{item.text}\n{item.name}")[0] for item in formulations)
    return _Clauses(known, {key: tuple(value) for key, value in by_opening.items()})


def _bare(text: str) -> tuple[str, list[int]]:
    """Return `text` without “ and ”, and where each character stood."""
    places = [at for at, char in enumerate(text) if char not in "“”"]
    return "".join(text[at] for at in places), places


def check_near(text: str, formulations: Iterable[Formulation]) -> Iterator[Finding]:
    """Yield a finding for each clause that differs from one of a formulation in a single word, and each such name.

    What another formulation says in that place is right, and so is what near.toml allows.
    """
    clauses = _clauses(tuple(formulations))
    bare, places = _bare(text)
    for start in range(len(bare) - SAME):
        for clause, item in clauses.by_opening.get(bare[start : start + OPENING], ()):
            edit = None if bare.startswith(clause, start) else _edit(bare[start:], clause)
            if edit is None or _right(bare, start, edit, clauses):
                continue
            first, last = places[start + edit.start], places[start + edit.end - 1] + 1
            told = bare[start : start + edit.whole]
            yield Finding(
                rule="formulation-near",
                severity="warning",
                start=first,
                end=last,
                quote=text[first:last],
                message=f"“{told}”与规范表述“{clause}”差一处",
                suggestion=edit.right,
                source=source_of(item),
            )
    yield from _names(text)


@dataclass(frozen=True, slots=True)
class _Edit:
    """Where the text parts from a clause: from `start` to `end` it has another word for `right`; `whole`: its length."""

    start: int
    end: int
    right: str
    whole: int


def _edit(text: str, clause: str) -> _Edit | None:
    same = len(commonprefix([text[: len(clause)], clause]))
    for right in range(1, WORD + 1):
        rest = clause[same + right :]
        if same < OPENING or len(rest) < (1 if same >= SURE else END) or same + len(rest) < SAME:
            return None
        for written in range(1, WORD + 1):
            word, meant = text[same : same + written], clause[same : same + right]
            if text.startswith(rest, same + written) and _told(word, meant):
                return _Edit(same, same + written, meant, same + written + len(rest))
    return None


def _told(written: str, right: str) -> bool:
    """Tell whether one word stands for another; which of their last characters are the same, part earlier."""
    return not _NO_WORD.search(written + right) and written[-1] != right[-1]


def _right(bare: str, start: int, edit: _Edit, clauses: _Clauses) -> bool:
    around = bare[max(0, start + edit.start - 4) : start + edit.end + 6]
    beside = bare[max(0, start + edit.start - 2) : start + edit.end + 2]
    return (
        bare[start : start + edit.whole] in clauses.known
        or beside in clauses.known
        or any(right in around for right in load_near().also_right)
    )


@cache
def _known_names() -> frozenset[str]:
    return frozenset(load_near().names.split())


def _names(text: str) -> Iterator[Finding]:
    """“三重大一”, “扫黑除霸”: a set name in quotation marks with one character wrong or its characters turned."""
    for match in _QUOTED.finditer(text):
        told = match[1]
        if told in _known_names():
            continue
        for name in _known_names():
            if len(name) == len(told) and len(name) >= NAME_LEAST and _almost(told, name):
                yield Finding(
                    rule="formulation-name",
                    severity="warning",
                    start=match.start(1),
                    end=match.end(1),
                    quote=told,
                    message=f"“{told}”似应为“{name}”",
                    suggestion=name,
                    source=load_near().source,
                )
                break


def _almost(told: str, name: str) -> bool:
    """Tell whether the characters are turned, or one is wrong; of names with a number (四个意识) there are too many alike."""
    pairs = [pair for pair in zip(told, name, strict=True) if pair[0] != pair[1]]
    if sorted(told) == sorted(name):
        return len(pairs) == 2
    return len(pairs) == 1 and (slip(*pairs[0]) is not None or not _NUMERAL.match(name))
