"""Every pattern rule and every wording entry does what its own examples say."""

from __future__ import annotations

import pytest

from assistant.knowledge.facts import missing_facts
from assistant.knowledge.rules import Rule, apply_fixes, load_rules, match_rules
from assistant.knowledge.wording import Wording, load_wording, standard_wording
from tests.conftest import SHARED


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


FILES = sorted({wording.file for wording in load_wording()})


def _of(file: str) -> list[Wording]:
    return [wording for wording in load_wording() if wording.file == file]


def _polished(text: str) -> str:
    return standard_wording(text)[0]


@pytest.mark.parametrize("file", FILES)
def test_wording_turns_bad_into_good(file: str) -> None:
    wrong = {w.bad: _polished(w.bad) for w in _of(file) if _polished(w.bad) != _polished(w.good)}
    assert wrong == {}
    assert [w.plain for w in _of(file) if w.pattern.search(w.good)] == []
    assert [w.plain for w in _of(file) if w.keep and w.pattern.search(w.keep)] == []


@pytest.mark.parametrize("file", FILES)
def test_wording_keeps_every_fact_and_settles_at_once(file: str) -> None:
    lost = {w.bad: missing_facts(w.bad, _polished(w.bad)) for w in _of(file)}
    assert {bad: facts for bad, facts in lost.items() if facts} == {}
    assert [w.bad for w in _of(file) if _polished(_polished(w.bad)) != _polished(w.bad)] == []


@pytest.mark.parametrize(
    "text",
    [
        "他说“咱们开了3次会”，见《咱们》。",
        "负责人表示：「这事儿老大难。」",
        "搞活经济，不搞形式主义，弄虚作假者从严处理。",
        "今天天气晴好，老牌子重焕生机。",
    ],
)
def test_other_peoples_words_and_fixed_words_stay(text: str) -> None:
    assert standard_wording(text) == (text, ())


def test_colloquial_paragraph_becomes_official() -> None:
    before = "今年咱们局开了12次会学文件。老百姓反映停车难，我们就跟交警一起想办法，新划了230个车位。"
    after, made = standard_wording(before)
    assert after == "今年我局组织集中学习12次。群众反映停车难，我们会同交警研究解决办法，新划了230个车位。"
    assert ("咱们", "我们") in made


def test_official_reports_are_left_alone() -> None:
    reports = sorted((SHARED / "reports").glob("*.txt"))
    if not reports:
        pytest.skip("没有 ../shared/reports")
    made = {path.name: standard_wording(path.read_text(encoding="utf-8"))[1] for path in reports}
    assert {name: words for name, words in made.items() if words} == {}
