"""The difference between an original and its revision: sentences are set side by side, then phrases within them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

from assistant.knowledge.structure import split_sentences
from assistant.records import Change
from assistant.writing.overlap import bigrams

ALIKE = 0.25  # likeness (0–1) from which on a sentence counts as another in new words
JOINED = 0.1  # by how much two sentences must fit one better together than the better of them alone
_TOKEN = re.compile(r"\d[\d.,%]*|[A-Za-z]+|\s+|.", re.DOTALL)

Span = tuple[int, int]
Op = Literal["equal", "insert", "delete", "replace"]
_Step = tuple[Op, str, str]


def changes_between(before: str, after: str) -> tuple[Change, ...]:
    """Return the steps that lead from `before` to `after`; their joined sides are the two texts.

    Figures are never split: 12 → 15 is one replacement. A single character that two changes have between
    them is part of the change: 加强 → 强化 is one replacement.
    """
    steps: list[_Step] = []
    for (start, end), (first, last) in aligned(before, after):
        steps += _within(before[start:end], after[first:last])
    changes = []
    for equal, run in groupby(steps, key=lambda step: step[0] == "equal"):
        parts = list(run)
        old, new = "".join(part[1] for part in parts), "".join(part[2] for part in parts)
        op: Op = "equal" if equal else "replace" if old and new else "delete" if old else "insert"
        changes.append(Change(op, old, new))
    return tuple(changes)


def aligned(before: str, after: str, joins: bool = True) -> list[tuple[Span, Span]]:
    """Return the sentences of both texts side by side, in order; together they cover the texts.

    With `joins` one sentence may answer to two. Where one has no counterpart the other span is empty.
    """
    old, new = _sentences(before), _sentences(after)
    same = _same_start(before, after, old, new)
    tail = _same_end(before, after, old[same:], new[same:])
    middle = _pairs(before, after, old[same : len(old) - tail], new[same : len(new) - tail], joins)
    rows = [
        *zip(old[:same], new[:same], strict=True),
        *middle,
        *zip(old[len(old) - tail :], new[len(new) - tail :], strict=True),
    ]
    pairs: list[tuple[Span, Span]] = []
    left = right = 0
    for first, second in rows:
        pair = (first or (left, left), second or (right, right))
        left, right = pair[0][1], pair[1][1]
        pairs.append(pair)
    return pairs


def _sentences(text: str) -> list[Span]:
    """Return the sentences with the blanks before them; the last one with those behind it."""
    ends = [end for _, end in split_sentences(text)]
    if not ends:
        return [(0, len(text))] if text else []
    ends[-1] = len(text)
    return list(zip([0, *ends[:-1]], ends, strict=True))


def _same_start(before: str, after: str, old: list[Span], new: list[Span]) -> int:
    count = 0
    for (a, b), (c, d) in zip(old, new, strict=False):
        if before[a:b] != after[c:d]:
            break
        count += 1
    return count


def _same_end(before: str, after: str, old: list[Span], new: list[Span]) -> int:
    return _same_start(before, after, old[::-1], new[::-1])


def _pairs(
    before: str, after: str, old: list[Span], new: list[Span], joins: bool
) -> list[tuple[Span | None, Span | None]]:
    """Return the best pairing of the sentences in their order, by likeness."""
    left = [bigrams(before[a:b]) for a, b in old]
    right = [bigrams(after[a:b]) for a, b in new]
    best: dict[tuple[int, int], tuple[float, int, int]] = {}

    def value(i: int, j: int) -> float:
        return best[i, j][0] if i or j else 0.0

    for i in range(len(old) + 1):
        for j in range(len(new) + 1):
            if not (i or j):
                continue
            options = [(value(i - 1, j), 1, 0)] if i else []
            options += [(value(i, j - 1), 0, 1)] if j else []
            for a, b in ((1, 1), (2, 1), (1, 2)) if joins else ((1, 1),):
                if a > i or b > j:
                    continue
                like = _likeness(set().union(*left[i - a : i]), set().union(*right[j - b : j]))
                gain = like * (a + b) / 2 - JOINED * (a + b > 2)
                if like >= ALIKE:
                    options.append((value(i - a, j - b) + gain, a, b))
            best[i, j] = max(options, key=lambda option: (option[0], option[1] + option[2]))
    rows: list[tuple[Span | None, Span | None]] = []
    i, j = len(old), len(new)
    while i or j:
        _, a, b = best[i, j]
        first = (old[i - a][0], old[i - 1][1]) if a else None
        second = (new[j - b][0], new[j - 1][1]) if b else None
        rows.append((first, second))
        i, j = i - a, j - b
    return rows[::-1]


def _likeness(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


def _within(before: str, after: str) -> list[_Step]:
    """Return the steps within one pair of sentences, phrase by phrase."""
    if before == after:
        return [("equal", before, after)] if before else []
    if not before or not after:
        return [("insert" if after else "delete", before, after)]
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    steps: list[_Step] = [
        (op, "".join(old[a:b]), "".join(new[c:d])) for op, a, b, c, d in matcher.get_opcodes()
    ]
    return [("replace", *step[1:]) if _caught(steps, number) else step for number, step in enumerate(steps)]


def _caught(steps: list[_Step], number: int) -> bool:
    """Tell whether a step is one equal character of a word between two changes."""
    op, text, _ = steps[number]
    inner = 0 < number < len(steps) - 1
    return op == "equal" and inner and len(text) == 1 and text.isalpha()
