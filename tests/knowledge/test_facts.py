"""Facts are found whole, and a fact counts as supported only when exactly it was given."""

from __future__ import annotations

import pytest

from assistant.knowledge.facts import find_facts, missing_facts, new_facts, stated, supported
from assistant.resources import DATA, read_toml

EXAMPLES = [
    (entry["kind"], text, wanted)
    for entry in read_toml(DATA / "facts.toml")["fact"]
    for text, wanted in entry["examples"]
]


@pytest.mark.parametrize(("kind", "text", "wanted"), EXAMPLES)
def test_examples_of_the_data_file_are_found(kind: str, text: str, wanted: str) -> None:
    assert (kind, wanted) in [(fact.kind, fact.text) for fact in find_facts(text)]


@pytest.mark.parametrize(
    ("spoken", "written"),
    [pair for entry in read_toml(DATA / "facts.toml")["same"] for pair in entry["examples"]],
)
def test_a_spoken_spelling_is_the_same_fact(spoken: str, written: str) -> None:
    assert missing_facts(f"共{spoken}。", f"共{written}。") == ()
    assert new_facts(f"共{spoken}。", f"共{written}。") == ()


def test_spans_are_those_of_the_text_and_disjoint() -> None:
    text = "2022年，按照《关于“十四五”工作的意见》，走访企业430家，办结率100%，“四个意识”更加牢固。"
    facts = find_facts(text)
    assert [text[fact.start : fact.end] for fact in facts] == [fact.text for fact in facts]
    assert [fact.text for fact in facts] == [
        "2022年",
        "《关于“十四五”工作的意见》",
        "430家",
        "100%",
        "“四个意识”",
    ]


@pytest.mark.parametrize(
    ("fact", "sources", "expected"),
    [
        ("走访5家", "走访5家企业", True),
        ("走访5家", "走访15家企业", False),
        ("增长5%", "增长5个项目", False),
        ("1,280户", "共1280户", True),
        ("１２次", "学习12次", True),
        ("落实《意见》", "贯彻《意见》精神", True),
        ("落实《办法》", "贯彻《意见》精神", False),
        ("12万元", "12万元", True),
        ("12元", "12万元", False),
    ],
)
def test_supported_means_the_same_fact(fact: str, sources: str, expected: bool) -> None:
    (found,) = find_facts(fact)
    assert supported(found, frozenset(), sources) is expected


def test_a_known_fact_needs_no_source() -> None:
    (figure,) = find_facts("学习12次")
    assert supported(figure, stated(find_facts("今年学习12次")), "")


def test_revision_loses_and_gains_facts() -> None:
    before, after = "全年走访企业35家，解决问题62件。", "全年走访企业35家，解决问题26件。"
    assert [fact.text for fact in missing_facts(before, after)] == ["62件"]
    assert [fact.text for fact in new_facts(before, after)] == ["26件"]
    assert missing_facts(before, before) == ()
