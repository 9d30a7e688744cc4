"""Set phrases of four characters, and what looks like one written with a wrong character of the same sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from assistant.records import Finding
from assistant.resources import DATA, check_keys, read_toml

LENGTH = 4  # characters of a phrase: so many make a chance likeness improbable
_GAP = "□"
# Sounds that input methods and speakers of many dialects do not tell apart.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


@dataclass(frozen=True, slots=True)
class Phrases:
    """`right`: all that is right; `gapped`: phrases by their text with one character left out."""

    right: frozenset[str]
    gapped: dict[str, tuple[str, ...]]
    source: str


@cache
def load_phrases() -> Phrases:
    """Return the phrases of phrases.toml. Raises DataError for an unknown key."""
    data = read_toml(DATA / "phrases.toml")
    check_keys("“phrases.toml”", data, ("source", "phrases", "also_right"))
    phrases = data["phrases"].split()
    gapped: dict[str, tuple[str, ...]] = {}
    for phrase in phrases:
        for at in range(LENGTH):
            key = phrase[:at] + _GAP + phrase[at + 1 :]
            gapped[key] = (*gapped.get(key, ()), phrase)
    return Phrases(frozenset(phrases + data["also_right"].split()), gapped, data["source"])


@cache
def _sounds() -> dict[str, str]:
    sounds = {}
    for syllable, characters in read_toml(DATA / "syllables.toml").items():
        for sound, plain in _ALIKE:
            syllable = syllable.replace(sound, plain)
        sounds.update(dict.fromkeys(characters, syllable))
    return sounds


def sound_alike(one: str, other: str) -> bool:
    """Return whether two characters sound the same, tones and zh/z, ch/c, sh/s, ng/n apart."""
    sounds = _sounds()
    return one in sounds and sounds[one] == sounds.get(other)


def match_phrases(text: str) -> Iterator[Finding]:
    """Yield a finding for every four characters that differ from a set phrase in one of the same sound."""
    phrases = load_phrases()
    for start in range(len(text) - LENGTH + 1):
        window = text[start : start + LENGTH]
        for at in range(LENGTH):
            meant = phrases.gapped.get(window[:at] + _GAP + window[at + 1 :], ())
            for phrase in meant:
                if sound_alike(window[at], phrase[at]) and window not in phrases.right:
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
