"""Sentences that the user locked: which they are, and how to change a text around them. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.errors import RequestError
from assistant.knowledge.structure import split_sentences
from assistant.writing.place import place_named
from assistant.writing.sentencewise import revision_data

_CLAUSE = re.compile(r"[，,。；;！!\n]+")
_AND = re.compile(r"(?<=[句段条点项])[、和及与]")


def parted(words: str, text: str) -> tuple[str, tuple[str, ...]]:
    """Return `words` without what they say of locking, and the parts of `text` that are locked.

    Locked are the parts that a clause of `words` names (“第二句不要动”) and the sentences that carry a mark
    (★, 【锁】) at their head or end.
    """
    data = revision_data().lock
    left: list[str] = []
    locked = list(_marked(text))
    for clause in _CLAUSE.split(words):
        named = _named(clause, text) if data.words.search(clause) else []
        if named:
            locked += named
        elif not (data.words.search(clause) and any(mark in clause for mark in data.marks)):
            left.append(clause)
    said = words if len(left) == len(_CLAUSE.split(words)) else "，".join(filter(None, left))
    return said, tuple(dict.fromkeys(locked))


def locked_spans(text: str, locked: Sequence[str]) -> list[tuple[int, int]]:
    """Return where the locked parts stand in `text`, in order, those that touch or overlap as one."""
    found = sorted(
        match.span() for part in locked if part.strip() for match in re.finditer(re.escape(part), text)
    )
    spans: list[tuple[int, int]] = []
    for start, end in found:
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def stretches(text: str, locked: Sequence[str]) -> list[tuple[str, bool]]:
    """Return `text` in pieces, each with whether it is locked; joined they are `text`."""
    pieces: list[tuple[str, bool]] = []
    done = 0
    for start, end in [*locked_spans(text, locked), (len(text), len(text))]:
        pieces += [(text[done:start], False), (text[start:end], True)]
        done = end
    return [(piece, kept) for piece, kept in pieces if piece]


def around(text: str, locked: Sequence[str], change: Callable[[str], str]) -> str:
    """Return `text` with `change` made to all of it but the locked parts."""
    return "".join(piece if kept else change(piece) for piece, kept in stretches(text, locked))


def check_locked(text: str, locked: Sequence[str]) -> None:
    """Raise RequestError when a locked part does not stand in `text`."""
    for part in locked:
        if part not in text:
            raise RequestError(
                f"原文里没有要锁定的这一句：“{part[:40]}”。", "请照原文逐字给出，标点也要一样。"
            )


def _marked(text: str) -> list[str]:
    marks = revision_data().lock.marks
    sentences = [text[start:end].strip() for start, end in split_sentences(text)]
    return [item for item in sentences if item.startswith(marks) or item.endswith(marks) or _inner(item)]


def _inner(sentence: str) -> bool:
    """Tell whether a mark stands before the full stop: “……★。”."""
    return sentence.rstrip("。！？").endswith(revision_data().lock.marks)


def _named(clause: str, text: str) -> list[str]:
    data = revision_data().lock
    parts = data.several.sub(lambda match: _each(match["list"], match["unit"]), clause)
    places = [place_named(part, text) for part in _AND.split(parts)]
    return [text[place.start : place.end] for place in places if place]


def _each(listed: str, unit: str) -> str:
    numbers = re.split(r"[、和及与,，]\s*第?", listed)
    return "、".join(f"第{number}{unit}" for number in numbers)
