"""Every pattern rule and every wording entry does what its own examples say."""

from __future__ import annotations

import pytest

from assistant.knowledge.rules import Rule, apply_fixes, load_rules, match_rules
from assistant.knowledge.wording import load_wording, standard_wording
from assistant.resources import DATA, read_toml

WORDING = read_toml(DATA / "wording.toml")["wording"]


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.id)
def test_rule_matches_the_bad_and_leaves_the_good(rule: Rule) -> None:
    assert [text for text in rule.bad if not rule.pattern.search(text)] == []
    assert [text for text in rule.good if rule.pattern.search(text)] == []


@pytest.mark.parametrize("rule", [rule for rule in load_rules() if rule.fix], ids=lambda rule: rule.id)
def test_a_fix_leaves_nothing_to_find(rule: Rule) -> None:
    fixed = [rule.pattern.sub(rule.suggestion, text) for text in rule.bad]
    assert [text for text in fixed if rule.pattern.search(text)] == []


def test_finding_tells_place_message_and_source() -> None:
    text = "走访**镇，做到“两个 维护”。"
    findings = list(match_rules(text))
    assert findings
    assert all(text[item.start : item.end] == item.quote for item in findings)
    assert all(item.message and item.source for item in findings)
    assert apply_fixes("做到“两个 维护”。") == "做到“两个维护”。"


@pytest.mark.parametrize("entry", WORDING, ids=[entry["plain"] for entry in WORDING])
def test_wording_entry_turns_bad_into_good(entry: dict[str, str]) -> None:
    assert standard_wording(entry["bad"])[0].count(entry["plain"]) == 0
    assert entry["bad"].replace(entry["plain"], entry["official"]) == entry["good"]
    assert not entry["keep"] or entry["plain"] not in entry["keep"]


def test_other_peoples_words_stay() -> None:
    plain = next(iter(load_wording()))
    text = f"他说“{plain}”，见《{plain}》。"
    assert standard_wording(text) == (text, ())
