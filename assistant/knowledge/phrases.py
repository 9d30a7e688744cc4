"""Phrases of four characters, and what looks like one written with a wrong character of the same sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from assistant.knowledge.sounds import sound_alike
from assistant.records import Finding
from assistant.resources import DATA, check_keys, read_toml

LENGTH = 4  # characters of a phrase: so many make a chance likeness improbable
_GAP = "□"
_SUFFIXES = "化性"  # they make a longer word of the word before: 正规化|建设 is not 规划建设


@dataclass(frozen=True, slots=True)
class Phrases:
    """`right`: all that is right; `pairs`: phrases of two free words; `gapped`: phrases by what a gap leaves of them."""

    right: frozenset[str]
    pairs: frozenset[str]
    words: frozenset[str]
    gapped: dict[str, tuple[str, ...]]
    source: str


@cache
def load_phrases() -> Phrases:
    """Return the phrases of phrases.toml. Raises DataError for an unknown key."""
    data = read_toml(DATA / "phrases.toml")
    check_keys("“phrases.toml”", data, ("source", "phrases", "pairs", "words", "also_right"))
    pairs = frozenset(data["pairs"].split())
    phrases = [*data["phrases"].split(), *sorted(pairs)]
    gapped: dict[str, tuple[str, ...]] = {}
    for phrase in phrases:
        for at in range(LENGTH):
            key = phrase[:at] + _GAP + phrase[at + 1 :]
            gapped[key] = (*gapped.get(key, ()), phrase)
    right = frozenset(phrases + data["also_right"].split())
    return Phrases(right, pairs, frozenset(data["words"].split()), gapped, data["source"])


def match_phrases(text: str) -> Iterator[Finding]:
    """Yield a finding for every four characters that differ from a phrase in one of the same sound.

    What makes words of its own is left alone: across the border of the four (社会主义|法治国家 is not 依法治国),
    and in a pair of free words also within (整治工作 is not 政治工作).
    """
    phrases = load_phrases()
    for start in range(len(text) - LENGTH + 1):
        window = text[start : start + LENGTH]
        for at in range(LENGTH):
            for phrase in phrases.gapped.get(window[:at] + _GAP + window[at + 1 :], ()):
                if not sound_alike(window[at], phrase[at]) or window in phrases.right:
                    continue
                if _says_something_else(text, start, at, phrases.words, phrase in phrases.pairs):
                    continue
                yield Finding(
                    rule="phrase-character",
                    severity="warning",
                    start=start,
                    end=start + LENGTH,
                    quote=window,
                    message=f"“{window}”似应为“{phrase}”：“{window[at]}”应为“{phrase[at]}”",
                    suggestion=phrase,
                    source=phrases.source,
                    fix=False,
                )


def _says_something_else(text: str, start: int, at: int, words: frozenset[str], within: bool) -> bool:
    """Return whether the character `at` of the four from `start` on, or the one before, belongs to another word."""
    if text[start + at] in _SUFFIXES or at <= 1 and text[max(0, start - 1) : start + 1] in words:
        return True
    if at == LENGTH - 1 and text[start + at : start + at + 2] in words:
        return True
    here = start + at
    inner = (text[here - 1 : here + 1] if at else "", text[here : here + 2])
    return within and any(word in words for word in inner)
