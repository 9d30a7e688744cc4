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
class RevisionData:
    """Examples, words of duty and negation, and the forms of person; see revision.toml."""

    pairs: tuple[dict[str, str], ...]
    duty: tuple[str, ...]
    negation: re.Pattern[str]
    person: dict[str, tuple[tuple[str, str], ...]]
    keep: tuple[str, ...]


@cache
def revision_data() -> RevisionData:
    """Return the contents of revision.toml. Raises DataError for unknown keys."""
    data = read_toml(DATA / "revision.toml")
    check_keys("revision.toml ", data, ("pair", "duty", "negation", "person"))
    person = data["person"]
    check_keys("revision.toml 的 person ", person, ("third", "first", "keep"))
    return RevisionData(
        tuple(data["pair"]),
        tuple(data["duty"]["words"]),
        re.compile(data["negation"]["pattern"]),
        {name: tuple((old, new) for old, new in person[name]) for name in ("third", "first")},
        tuple(person["keep"]),
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


def weakened_duties(before: str, after: str) -> tuple[str, ...]:
    """Return the words of duty that `after` states less often than `before`."""
    return tuple(word for word in revision_data().duty if after.count(word) < before.count(word))


def change_person(text: str, person: str) -> str:
    """Return `text` in the third ("第三人称") or first person, by literal replacement outside set words."""
    data = revision_data()
    pairs = data.person["third" if person == "第三人称" else "first"]
    forms = {**{word: word for word in data.keep}, **dict(pairs)}
    words = sorted(forms, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, words)), lambda match: forms[match.group()], text)
