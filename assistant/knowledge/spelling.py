"""Words that are none, where one wrong character of the same sound or shape makes a common one: 防犯, 坚绝, 挂图做战.

A noisy channel: what stands there is compared with what would stand there had another character been written, by how
often words and neighbours of words occur in official writing (assistant/data/language.toml).
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.knowledge.segment import words
from assistant.knowledge.sounds import slip, small_words
from assistant.records import Finding
from assistant.resources import DATA, check_keys, read_toml

# Measured with counts of one half of the texts on the other half; see docs/review.md.
THRESHOLD = 10.0
RARE = 1.0  # what stands there is a word, if one that official writing never uses: that much more is asked
AROUND = 6  # characters on each side that are weighed too
LEAST = 4  # times a word must have been seen to be taken for what was meant
LONGEST = 4
_SEEN, _UNSEEN = 0.6, 0.3  # weight of a pair against its second word alone; count of a word never seen
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_GAP = "□"
_NUMBER = tuple("〔［[")  # with it goes a 文号, whose abbreviation is no word


@dataclass(frozen=True, slots=True)
class Language:
    """Counts of words and of pairs of words; `gapped`: words by what a gap leaves of them.

    `right` is left alone wherever it stands; `free` are characters that words do not hold on to. A surname (`surnames`)
    at the beginning of a run or behind what a person is called by (`persons`) opens a name, which is no word.
    """

    source: str
    right: re.Pattern[str]
    free: frozenset[str]
    surnames: frozenset[str]
    persons: frozenset[str]
    words: dict[str, int]
    pairs: dict[tuple[str, str], int]
    gapped: dict[str, tuple[str, ...]]
    total: int


@dataclass(frozen=True, slots=True)
class _Guess:
    start: int
    meant: str
    score: float

    @property
    def end(self) -> int:
        return self.start + len(self.meant)


@cache
def load_language() -> Language:
    """Return the counts of language.toml. Raises DataError for a wrong key."""
    return language_of(read_toml(DATA / "language.toml"))


def language_of(data: Mapping[str, Any]) -> Language:
    """Return the counts that `data` holds in the form of language.toml. Raises DataError for a wrong key."""
    check_keys("“language.toml”", data, ("source", "right", "free", "surnames", "persons", "words", "pairs"))
    counts: dict[str, int] = {}
    for line in data["words"].splitlines():
        count, _, listed = line.partition(" ")
        counts.update(dict.fromkeys(listed.split(), int(count)))
    pairs: dict[tuple[str, str], int] = {}
    for line in data["pairs"].splitlines():
        first, _, listed = line.partition(" ")
        for entry in listed.split():
            second, _, count = entry.partition(":")
            pairs[first, second] = int(count)
    gapped: dict[str, list[str]] = defaultdict(list)
    for word, count in counts.items():
        if 1 < len(word) <= LONGEST and count >= LEAST:
            for at in range(len(word)):
                gapped[word[:at] + _GAP + word[at + 1 :]].append(word)
    return Language(
        data["source"],
        re.compile("|".join(data["right"].split())),
        frozenset(data["free"]),
        frozenset(data["surnames"]),
        frozenset(data["persons"]),
        counts,
        pairs,
        {key: tuple(found) for key, found in gapped.items()},
        sum(counts.values()),
    )


def match_spelling(text: str) -> Iterator[Finding]:
    """Yield a finding for each word or small word that is far more likely a slip for another."""
    for run in _HAN.finditer(text):
        if text[run.end() : run.end() + 1] in _NUMBER:
            continue
        sure = [match.span() for match in load_language().right.finditer(run.group())]
        for guess in _best(_guesses(run.group()), sure):
            start, end = run.start() + guess.start, run.start() + guess.end
            yield Finding(
                rule="misspelt-word",
                severity="warning",
                start=start,
                end=end,
                quote=text[start:end],
                message=f"“{text[start:end]}”疑有错字，似应为“{guess.meant}”",
                suggestion=guess.meant,
                source=load_language().source,
                fix=False,
            )


def _best(guesses: Iterable[_Guess], sure: Sequence[tuple[int, int]]) -> Iterator[_Guess]:
    """Yield the likeliest of guesses that overlap, none that overlaps what is `sure` to be right."""
    taken = [*sure]
    for guess in sorted(guesses, key=lambda item: -item.score):
        if all(guess.end <= start or end <= guess.start for start, end in taken):
            taken.append((guess.start, guess.end))
            yield guess


def _guesses(run: str) -> Iterator[_Guess]:
    language = load_language()
    width: list[int] = []
    rare: set[tuple[int, int]] = set()
    for word in words(run):
        if len(word) > 1 and word not in language.words:
            rare.add((len(width), len(word)))
        width += [len(word)] * len(word)
    for start, char in enumerate(run):
        if width[start] == 1:
            for other in small_words().get(char, ()):
                yield from _weighed(run, start, 1, other, 0.0)
        for length in range(2, min(LONGEST, len(run) - start) + 1):
            if char in language.surnames and (not start or run[start - 1] in language.persons):
                break
            unusual = (start, length) in rare
            written = run[start : start + length]
            if unusual or (1 in width[start : start + length] and language.free.isdisjoint(written)):
                extra = RARE if unusual else 0.0
                for meant, cost in _meant(written):
                    yield from _weighed(run, start, length, meant, cost + extra)


def _meant(written: str) -> Iterator[tuple[str, float]]:
    """Yield the common words that differ from `written` in one character, with how unlikely that slip is."""
    gapped = load_language().gapped
    for at, char in enumerate(written):
        for meant in gapped.get(written[:at] + _GAP + written[at + 1 :], ()):
            cost = slip(char, meant[at])
            if meant != written and cost is not None:
                yield meant, cost


def _weighed(run: str, start: int, length: int, meant: str, cost: float) -> Iterator[_Guess]:
    low, high = max(0, start - AROUND), min(len(run), start + length + AROUND)
    stands, would = run[low:high], run[low:start] + meant + run[start + length : high]
    after = words(would)
    if length > 1 and not _within(after, start - low, length):
        return
    score = _likelihood(after) - _likelihood(words(stands)) - cost
    if score >= THRESHOLD:
        yield _Guess(start, meant, score)


def _within(split: Sequence[str], start: int, length: int) -> bool:
    """Tell whether the `length` characters from `start` on lie in one word of `split`."""
    at = 0
    for word in split:
        if at <= start and start + length <= at + len(word):
            return True
        at += len(word)
    return False


def _likelihood(split: Sequence[str]) -> float:
    """Return the logarithm of how likely the words follow one another."""
    language = load_language()
    total, before = 0.0, ""
    for word in split:
        chance = (language.words.get(word, 0) + _UNSEEN) / language.total
        if seen := language.words.get(before, 0):
            chance = _SEEN * language.pairs.get((before, word), 0) / seen + (1 - _SEEN) * chance
        total, before = total + math.log(chance), word
    return total
