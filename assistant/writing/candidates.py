"""Choose among the sentences a small model proposes. Pure functions over assistant/data/drafting.toml.

A candidate is dropped when it breaks a rule, and the rest are ranked by how much they sound like the
exemplars of the section without repeating them or what has been written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from assistant.resources import DATA, check_keys, read_toml
from assistant.writing.overlap import overlap, trigrams

COPY_LIMIT = 0.8  # share of a sentence's bigrams in one exemplar sentence above which it counts as copied
REPEAT_LIMIT = 0.55  # the same against a sentence already written
SENTENCE_LENGTH = (8, 90)  # characters; shorter is a fragment, longer a small model has lost the thread


@dataclass(frozen=True, slots=True)
class SectionSound:
    """How sentences of a section open and sound, see drafting.toml."""

    plain: tuple[str, ...]
    opens: tuple[str, ...]
    wants: re.Pattern[str]
    shuns: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Sounds:
    sections: dict[str, SectionSound]
    never: re.Pattern[str]
    closing: re.Pattern[str]
    deeds: tuple[str, ...]
    kin: dict[str, tuple[str, ...]]


@cache
def _sounds() -> _Sounds:
    data = read_toml(DATA / "drafting.toml")
    sounds: dict[str, SectionSound] = {}
    for entry in data["section"]:
        check_keys("drafting.toml 的一条", entry, ("name", "plain", "opens", "wants", "shuns"))
        sounds[entry["name"]] = SectionSound(
            tuple(entry["plain"]),
            tuple(entry["opens"]),
            re.compile(entry["wants"]),
            re.compile(entry["shuns"]),
        )
    never, closing = (re.compile(data[name]["pattern"]) for name in ("never", "closing"))
    kin = {name: tuple(sections) for name, sections in data["kin"].items()}
    return _Sounds(sounds, never, closing, tuple(data["deeds"]["endings"]), kin)


def sound_of(section: str) -> SectionSound:
    """Return how `section` sounds; the nameless entry for sections without one of their own."""
    sounds = _sounds().sections
    return sounds.get(section, sounds[""])


def sections_like(section: str) -> tuple[str, ...]:
    """Return `section` and the section types whose exemplars speak as it does."""
    return (section, *_sounds().kin.get(section, ()))


def takes_topics(section: str) -> bool:
    """Tell whether the topics of a request are what `section` is about, as they are of 存在问题 and not of 引言."""
    return bool(section) and section in _sounds().sections


def plain_lead(section: str, topic: str, written: str) -> str:
    """Return a lead on `topic` without a judgement of its own, in words that `written` has used least."""
    forms = sound_of(section).plain

    def used(form: str) -> int:
        return sum(written.count(words) for words in form.split("{topic}") if len(words) > 1)

    form = min(forms, key=used)
    if topic.endswith(_sounds().deeds):
        form = form.replace("{topic}工作", "{topic}")
    return form.format(topic=topic)


def closes_prose(sentence: str) -> bool:
    """Tell whether `sentence` leads over to what follows and so ends an opening paragraph."""
    return bool(_sounds().closing.search(sentence))


class Familiarity:
    """How much a sentence is made of what the exemplars are made of."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._trigrams: set[str] = set()
        for text in texts:
            self._trigrams |= trigrams(text)

    def share(self, text: str) -> float:
        """Return the share (0–1) of the trigrams of `text` known from the exemplars."""
        grams = trigrams(text)
        return len(grams & self._trigrams) / len(grams) if grams else 0.0


def acceptable(sentence: str, section: str, written: str, examples: Iterable[str], first: bool) -> bool:
    """Tell whether `sentence` may stand in a draft of `section` after `written`.

    `first` is true for the sentence that opens a point; it must sound like the section.
    """
    sound, never = sound_of(section), _sounds().never
    low, high = SENTENCE_LENGTH
    if not low <= len(sentence) <= high or never.search(sentence) or sound.shuns.search(sentence):
        return False
    if first and not sound.wants.search(sentence):
        return False
    if _stutters(sentence) or _repeats(sentence, written):
        return False
    return all(overlap(sentence, example) <= COPY_LIMIT for example in examples)


def _stutters(sentence: str) -> bool:
    """Tell whether a clause comes twice or a word of two characters four times."""
    clauses = [clause for clause in re.split(r"[，；、。：]", sentence) if clause]
    pairs = re.sub(r"\W", "", sentence)
    counts = [pairs.count(pairs[i : i + 2]) for i in range(len(pairs) - 1)]
    return len(set(clauses)) < len(clauses) or max(counts, default=0) > 3


def _repeats(sentence: str, written: str) -> bool:
    return any(
        overlap(sentence, earlier) > REPEAT_LIMIT for earlier in re.split(r"[。\n]", written) if earlier
    )


def rank(sentence: str, section: str, topic: str, written: str, familiarity: Familiarity) -> float:
    """Return a score to compare acceptable candidates by; higher is better.

    Weights were set by reading drafts over the shipped corpus, not fitted.
    """
    fluent = familiarity.share(sentence)
    on_topic = overlap(topic, sentence)
    sounding = 0.3 if sound_of(section).wants.search(sentence) else 0.0
    clauses = min(sentence.count("，") + sentence.count("、"), 3) * 0.05
    fresh = 1.0 - overlap(sentence, written)
    return 1.5 * fluent + 0.4 * on_topic + sounding + clauses + 0.3 * fresh
