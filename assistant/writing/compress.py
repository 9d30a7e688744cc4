"""Shorten a text: padding first, then parallel clauses, whole sentences and clauses; never a fact or a duty.

Pure functions over assistant/data/padding.toml.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.knowledge.facts import find_facts, missing_facts
from assistant.knowledge.sentences import enclosed
from assistant.knowledge.structure import split_sentences
from assistant.resources import DATA, check_keys, read_toml
from assistant.writing.force import binds
from assistant.writing.locks import locked_spans
from assistant.writing.overlap import bigrams, size_of
from assistant.writing.sentencewise import negations, revision_data

TOLERANCE = 0.1  # share of the length asked for by which a text may be longer or shorter
ROUNDS = 3  # a sentence loses at most so many clauses at its end
LEFT_LEAST = 8  # characters that must be left of a sentence when a clause goes
_OPENING = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十]+[）)、]|[一二三四五六七八九十]+[是要]|\d+[.．、]|第[一二三四五六七八九十]+，)"
)
_PROTECTED = re.compile(r"“[^”]*”|《[^》]*》|‘[^’]*’")


@dataclass(frozen=True, slots=True)
class Padding:
    """A phrase that can go; `bad` becomes `good` by it, and `keep` must stay as it is."""

    pattern: re.Pattern[str]
    by: str
    bad: str
    good: str
    keep: str


@dataclass(frozen=True, slots=True)
class PaddingData:
    """The contents of padding.toml: phrases, what tells which clauses may go, and which are told together."""

    padding: tuple[Padding, ...]
    clause: dict[str, re.Pattern[str]]
    verbs: re.Pattern[str]
    predicates: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Cut:
    """Replace text[start:end] by `by`; the lower `cost`, the sooner."""

    start: int
    end: int
    by: str = ""
    cost: float = 0.0


@cache
def padding_data() -> PaddingData:
    """Return the contents of padding.toml. Raises DataError for unknown keys."""
    data = read_toml(DATA / "padding.toml")
    check_keys("padding.toml ", data, ("verbs", "padding", "clause", "parallel"))
    check_keys(
        "padding.toml 的 clause ", data["clause"], ("completes", "unfinished", "leans", "empty", "prelude")
    )
    check_keys("padding.toml 的 parallel ", data["parallel"], ("verbs", "predicates"))
    verbs = "(?:" + "|".join(data["verbs"]) + ")"
    entries = []
    for entry in data["padding"]:
        check_keys("padding.toml 的一条", entry, ("pattern", "by", "bad", "good", "keep"))
        pattern = re.compile(entry["pattern"].replace("〈verb〉", verbs))
        entries.append(Padding(pattern, entry["by"], entry["bad"], entry["good"], entry["keep"]))
    return PaddingData(
        tuple(entries),
        {name: re.compile(pattern) for name, pattern in data["clause"].items()},
        re.compile("^([^、和与及并的]{0,6}?)(" + "|".join(data["parallel"]["verbs"]) + ")"),
        re.compile(data["parallel"]["predicates"]),
    )


def compress(text: str, length: int, locked: Sequence[str] = ()) -> str:
    """Return `text` shortened to `length` characters (blanks not counted) or little less, where that is possible.

    What carries a fact, a duty, a negation or a quantifier stays, and so do locked parts, the paragraphs, their
    order and the sentences that open a numbered point; so the result may be longer than asked for.
    """
    stages = (_padding, _parallels, *(_empty,) * ROUNDS, _sentences, *(_tails, _middles) * ROUNDS, _preludes)
    for stage in stages:
        if size_of(text) <= length:
            break
        text = _apply(text, list(stage(text)), length, locked)
    return re.sub(r"\n{2,}", "\n", text).strip("\n")


def without_padding(text: str, locked: Sequence[str] = ()) -> str:
    """Return `text` without set padding, and otherwise as it is."""
    return _apply(text, list(_padding(text)), 0, locked)


def standing_in_the_way(text: str) -> tuple[str, ...]:
    """Return the facts and the binding words of `text`, for which its sentences could not go, each once."""
    bound = [match.group() for force in revision_data().forces[:2] for match in force.strong.finditer(text)]
    return tuple(dict.fromkeys([*(fact.text for fact in find_facts(text)), *bound]))


def _apply(text: str, cuts: list[_Cut], length: int, locked: Sequence[str]) -> str:
    """Return `text` with the cheapest cuts made until it is short enough, none that would make it too short."""
    held = locked_spans(text, locked)
    left, taken = size_of(text), list[_Cut]()
    for cut in sorted(cuts, key=lambda item: item.cost):
        gain = size_of(text[cut.start : cut.end]) - size_of(cut.by)
        clash = any(cut.start < end and start < cut.end for start, end in held)
        clash = clash or any(cut.start < item.end and item.start < cut.end for item in taken)
        if left <= length:
            break
        if not clash and left - gain >= length * (1 - TOLERANCE):
            taken.append(cut)
            left -= gain
    for cut in sorted(taken, key=lambda item: -item.start):
        text = text[: cut.start] + cut.by + text[cut.end :]
    return text


def _padding(text: str) -> Iterator[_Cut]:
    held = [match.span() for match in _PROTECTED.finditer(text)]
    for place, entry in enumerate(padding_data().padding):
        for match in entry.pattern.finditer(text):
            start, end = match.span()
            by = match.expand(entry.by)
            inside = any(first < end and start < last for first, last in held)
            if not inside and _keeps(match.group(), by):
                yield _Cut(start, end, by, place)


def _keeps(before: str, after: str) -> bool:
    data = revision_data()
    return (
        not missing_facts(before, after)
        and negations(before) == negations(after)
        and all(len(f.strong.findall(before)) == len(f.strong.findall(after)) for f in data.forces)
    )


def _parallels(text: str) -> Iterator[_Cut]:
    """Yield neighbouring clauses with one verb or one predicate, told together."""
    for clauses in _clauses(text):
        for first, second in zip(clauses, clauses[1:], strict=False):
            one, other = text[slice(*first)], text[slice(*second)]
            by = _together(one, other)
            if by and text[first[1] : second[0]] == "，":
                yield _Cut(first[0], second[1], by)


def _together(one: str, other: str) -> str:
    """Return both clauses in one, "" when they do not go together: 加强学习，加强宣传 → 加强学习和宣传."""
    data = padding_data()
    opening = _OPENING.match(one)
    head, one = (opening.group(), one[opening.end() :]) if opening else ("", one)
    verb = data.verbs.match(one)
    if verb and other.startswith(verb[2]):
        objects = one[verb.end() :], other[len(verb[2]) :]
        if all(2 <= len(item) <= 10 and not re.search(r"[、和与及并的]|\d", item) for item in objects):
            return f"{head}{verb.group()}{objects[0]}和{objects[1]}"
    behind = data.predicates.search(one)
    if behind and behind.start() and other.endswith(behind.group()):
        subjects = one[: behind.start()], other[: -len(behind.group())]
        if all(2 <= len(item) <= 8 and not re.search(r"[、和与及并]|\d", item) for item in subjects):
            return f"{head}{subjects[0]}、{subjects[1]}{behind.group()}"
    return ""


def _sentences(text: str) -> Iterator[_Cut]:
    """Yield whole sentences that may go, the least telling first."""
    spans = split_sentences(text)
    counts: Counter[str] = Counter()
    for start, end in spans:
        counts.update(bigrams(text[start:end]))
    for start, end in spans:
        pairs = bigrams(text[start:end])
        opens = start == 0 or text[:start].rstrip(" 　").endswith("\n")
        if not opens and not _OPENING.match(text[start:end]) and not binds(text[start:end]):
            yield _Cut(start, end, "", sum(counts[pair] for pair in pairs) / max(len(pairs), 1))


def _empty(text: str) -> Iterator[_Cut]:
    """Yield the clauses and sentences that may go and say nothing but that it went well, the shortest first."""
    empty = padding_data().clause["empty"]
    for cut in (*_droppable(text, lambda number, count: number > 0), *_sentences(text)):
        words = text[cut.start : cut.end]
        if all(empty.search(clause) for clause in re.split("[，；]", words.strip("，；。"))):
            yield _Cut(cut.start, cut.end, "", cut.end - cut.start)


def _tails(text: str) -> Iterator[_Cut]:
    """Yield the last clauses of sentences that are whole without them; the longest first."""
    return _droppable(text, lambda number, count: number == count - 1)


def _middles(text: str) -> Iterator[_Cut]:
    return _droppable(text, lambda number, count: 0 < number < count - 1)


def _droppable(text: str, wanted: Callable[[int, int], bool]) -> Iterator[_Cut]:
    rules = padding_data().clause
    for clauses in _clauses(text):
        whole = clauses[-1][1] - clauses[0][0]
        for number, (start, end) in enumerate(clauses):
            if not number or not wanted(number, len(clauses)) or binds(text[start:end]):
                continue
            clause, before = text[start:end], text[slice(*clauses[number - 1])]
            if rules["completes"].search(clause) or rules["unfinished"].search(_OPENING.sub("", before)):
                continue
            after = text[slice(*clauses[number + 1])] if number + 1 < len(clauses) else ""
            if rules["leans"].search(after) or whole - (end - start) < LEFT_LEAST:
                continue
            yield _Cut(clauses[number - 1][1], end, "", start - end)


def _preludes(text: str) -> Iterator[_Cut]:
    """Yield the first clauses of sentences that only lead up to what is said."""
    rules = padding_data().clause
    for clauses in _clauses(text):
        if len(clauses) < 2:
            continue
        (start, end), second = clauses[0], text[slice(*clauses[1])]
        clause = text[start:end]
        if rules["prelude"].search(clause) and not binds(clause) and not rules["leans"].search(second):
            yield _Cut(start, clauses[1][0], "", start - end)


def _clauses(text: str) -> Iterator[list[tuple[int, int]]]:
    """Yield for each sentence of two clauses or more the spans of its clauses, without the marks between them."""
    for start, end in split_sentences(text):
        sentence = text[start:end]
        inside = enclosed(sentence)
        stop = len(sentence.rstrip("。！？"))
        marks = [place for place in range(stop) if sentence[place] in "，；" and not inside[place]]
        bounds = [-1, *marks, stop]
        clauses = [(start + a + 1, start + b) for a, b in zip(bounds, bounds[1:], strict=False) if b > a + 1]
        if len(clauses) > 1 and stop < len(sentence):
            yield clauses
