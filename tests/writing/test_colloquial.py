"""What the lexicon of colloquial wording does to whole paragraphs: how much goes, and that nothing else changes."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from assistant.knowledge.facts import missing_facts, new_facts
from assistant.knowledge.wording import standard_wording

HERE = Path(__file__).parent


def _read(name: str) -> Any:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


PARAGRAPHS: list[dict[str, Any]] = _read("colloquial.toml")["paragraph"]


@pytest.mark.parametrize(("held", "floor"), [(False, 0.76), (True, 0.66)])
def test_most_colloquial_words_are_gone(held: bool, floor: float) -> None:
    left: list[str] = []
    words = 0
    for paragraph in PARAGRAPHS:
        if paragraph["held"] is held:
            words += len(paragraph["words"])
            polished, _ = standard_wording(paragraph["text"])
            left += [word for word in paragraph["words"] if word in polished]
    assert 1 - len(left) / words >= floor, "、".join(left) if not held else f"{len(left)}/{words}"


def test_every_fact_stays_and_none_is_added() -> None:
    changed = {}
    for paragraph in PARAGRAPHS:
        polished, _ = standard_wording(paragraph["text"])
        facts = missing_facts(paragraph["text"], polished) + new_facts(paragraph["text"], polished)
        if facts:
            changed[paragraph["text"]] = [fact.text for fact in facts]
    assert changed == {}


def test_polishing_twice_changes_nothing_more() -> None:
    again = {}
    for paragraph in PARAGRAPHS:
        once, _ = standard_wording(paragraph["text"])
        twice, made = standard_wording(once)
        if twice != once:
            again[once] = made
    assert again == {}


@pytest.mark.parametrize("text", _read("official.toml")["paragraphs"])
def test_official_paragraph_stays_as_it_is(text: str) -> None:
    assert standard_wording(text) == (text, ())


def test_five_thousand_characters_take_a_moment() -> None:
    text = ("".join(paragraph["text"] for paragraph in PARAGRAPHS) * 2)[:5000]
    standard_wording(text)  # compiles what it needs
    start = time.process_time()
    standard_wording(text)
    taken = time.process_time() - start  # about 0.04 s where it was measured; the rest is for slow machines
    assert taken < 0.2
