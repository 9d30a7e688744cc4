"""Judge a model's rewriting of one sentence. Pure functions over assistant/data/revision.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from assistant.knowledge.facts import missing_facts, new_facts
from assistant.resources import DATA, check_keys, read_toml
from assistant.writing.overlap import overlap

KEPT = 0.6  # share of the original's bigrams a rewriting must carry: below it words were dropped
OWN = (
    0.5  # share of the rewriting's bigrams that must come from the original: below it it tells something else
)
GROWTH = (0.6, 1.4)  # length of the rewriting over that of the original


@dataclass(frozen=True, slots=True)
class Force:
    """Words that bind and words that bind less.

    `alone`: the loss of a strong one counts by itself; `holds`: a clause that has one is never cut.
    """

    name: str
    strong: re.Pattern[str]
    weak: re.Pattern[str]
    alone: bool
    holds: bool


@dataclass(frozen=True, slots=True)
class Lock:
    """How a request locks parts of a text, and the marks in the text that do."""

    marks: tuple[str, ...]
    words: re.Pattern[str]
    several: re.Pattern[str]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RevisionData:
    """Examples, words of duty and negation, and what locks a sentence; see revision.toml."""

    pairs: tuple[dict[str, str], ...]
    duty: tuple[str, ...]
    negation: re.Pattern[str]
    negatives: re.Pattern[str]
    idioms: re.Pattern[str]
    forces: tuple[Force, ...]
    lock: Lock


@cache
def revision_data() -> RevisionData:
    """Return the contents of revision.toml. Raises DataError for unknown keys."""
    data = read_toml(DATA / "revision.toml")
    check_keys("revision.toml ", data, ("pair", "duty", "negation", "negatives", "force", "lock"))
    for entry in data["force"]:
        check_keys("revision.toml 的 force ", entry, ("name", "strong", "weak", "alone", "holds"))
    lock = data["lock"]
    check_keys("revision.toml 的 lock ", lock, ("marks", "words", "several", "examples"))
    return RevisionData(
        tuple(data["pair"]),
        tuple(data["duty"]["words"]),
        re.compile(data["negation"]["pattern"]),
        re.compile(data["negatives"]["pattern"]),
        re.compile(data["negatives"]["idioms"]),
        tuple(
            Force(
                item["name"],
                re.compile(item["strong"]),
                re.compile(item["weak"]),
                item["alone"],
                item["holds"],
            )
            for item in data["force"]
        ),
        Lock(
            tuple(lock["marks"]),
            re.compile(lock["words"]),
            re.compile(lock["several"]),
            tuple(lock["examples"]),
        ),
    )


def same_meaning(before: str, after: str) -> bool:
    """Tell whether `after` may stand for `before`: facts, duties and negations kept, nothing dropped or added."""
    data = revision_data()
    ratio = len(after) / max(len(before), 1)
    return (
        GROWTH[0] <= ratio <= GROWTH[1]
        and not missing_facts(before, after)
        and not new_facts(before, after)
        and all(before.count(word) == after.count(word) for word in data.duty)
        and len(data.negation.findall(before)) == len(data.negation.findall(after))
        and overlap(before, after) >= KEPT
        and overlap(after, before) >= OWN
    )


def negations(text: str) -> int:
    """Return how often `text` negates, by 不、没有、未 or by a word that means as much (缺乏)."""
    data = revision_data()
    text = data.idioms.sub("", text)
    return len(data.negation.findall(text)) + len(data.negatives.findall(text))
