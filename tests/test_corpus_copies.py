"""The shipped corpus repeats nothing: neither itself, nor the reports and examples that lie beside it.

What was measured when the limits were set: two documents share 5.5 % of the shorter one's 5-grams at most, two
passages of 40 characters or more 27 %, an exemplar and a report no more than 24 characters in a row.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from assistant.ingest.documents import formulations_of, shipped_documents
from assistant.ingest.passages import split
from assistant.records import Document
from assistant.resources import shipped

CORPUS = shipped("corpus")
SHARED = Path(__file__).resolve().parents[2] / "shared"
OTHERS = sorted([*SHARED.glob("reports/*.txt"), *SHARED.glob("examples/*.txt")])
GRAM = 5  # characters
DOCUMENTS, PASSAGES = 0.08, 0.40  # greatest share of the shorter text's 5-grams that stands in the other
SHORT = 40  # characters; shorter passages are closings, lists of attachments and the like: 妥否，请批示。
COPIED = 25  # characters in a row that no other text may have
DIGEST = 60  # the same for a policy, which reports what a document says: its figures and targets in its words


@cache
def documents() -> tuple[Document, ...]:
    return tuple(item for item in shipped_documents(CORPUS) if item.kind in ("exemplar", "policy"))


def bare(text: str) -> str:
    """Return the characters that words are made of."""
    return re.sub(r"[\W_]", "", text)


def grams(text: str, length: int = GRAM) -> set[str]:
    words = bare(text)
    return {words[start : start + length] for start in range(len(words) - length + 1)}


def runs(text: str, length: int) -> set[str]:
    """Return all stretches of `length` characters of what `text` says in words of its own.

    Titles and formulations, which everyone says in the same words, part it.
    """
    text = re.sub("《[^》]*》", "\n", text.replace("\n", ""))
    for item in formulations_of(CORPUS):
        for words in (item.text, item.name):
            text = text.replace(words, "\n")
    return {run for part in text.split("\n") for run in grams(part, length)}


def test_no_two_documents_are_near_duplicates() -> None:
    known = [(item, grams(item.text)) for item in documents()]
    found = {}
    for (one, first), (other, second) in combinations(known, 2):
        if one.kind == other.kind == "policy":  # laws have articles in common
            continue
        share = len(first & second) / min(len(first), len(second))
        if share > DOCUMENTS:
            found[one.path, other.path] = round(share, 3)
    assert found == {}


def test_no_two_passages_of_different_exemplars_are_near_duplicates() -> None:
    passages = [
        (item.path, passage.text, grams(passage.text))
        for item in documents()
        if item.kind == "exemplar"
        for passage in split(item)
        if len(bare(passage.text)) >= SHORT
    ]
    places: dict[str, list[int]] = defaultdict(list)
    for number, (_, _, found) in enumerate(passages):
        for gram in found:
            places[gram].append(number)
    common = Counter(pair for numbers in places.values() for pair in combinations(numbers, 2))
    near = [
        (passages[one][:2], passages[other][:2], count)
        for (one, other), count in common.items()
        if passages[one][0] != passages[other][0]
        and count > PASSAGES * min(len(passages[one][2]), len(passages[other][2]))
    ]
    assert near == []


@pytest.mark.skipif(not OTHERS, reason="没有 ../shared 里的报告和例文")
@pytest.mark.parametrize(("kind", "limit"), [("exemplar", COPIED), ("policy", DIGEST)])
def test_nothing_is_copied_from_the_texts_beside_the_project(kind: str, limit: int) -> None:
    places: dict[str, str] = {}
    for item in documents():
        if item.kind == kind:
            places.update(dict.fromkeys(runs(item.text, limit), item.path))
    found: dict[tuple[str, str], str] = {}
    for path in OTHERS:
        words = bare(path.read_text(encoding="utf-8"))
        for start in range(len(words) - limit + 1):
            run = words[start : start + limit]
            if run in places:
                found.setdefault((places[run], path.stem), run)
    assert found == {}
