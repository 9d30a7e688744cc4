"""Lists of a saying's members: what is wrong, lacking or out of place is told, right and free lists are left alone."""

from __future__ import annotations

import pytest

from assistant.knowledge.formulations import load_formulations
from assistant.resources import shipped
from assistant.review.members import check_members, load_sayings

FORMULATIONS = load_formulations(shipped("corpus") / "formulations")


@pytest.mark.parametrize("text", [text for item in load_sayings() for text in item.bad])
def test_bad_lists_are_told(text: str) -> None:
    found = list(check_members(text, FORMULATIONS))
    assert found
    assert all(text[item.start : item.end] == item.quote and item.message and item.source for item in found)


@pytest.mark.parametrize("text", [text for item in load_sayings() for text in item.good])
def test_good_lists_are_left_alone(text: str) -> None:
    assert list(check_members(text, FORMULATIONS)) == []


def test_the_formulations_agree_with_themselves() -> None:
    texts = [(item.name, text) for item in FORMULATIONS for text in (item.text, item.quote)]
    assert [name for name, text in texts if list(check_members(text, FORMULATIONS))] == []


FORMER = "协调推进全面建成小康社会、全面深化改革、全面依法治国、全面从严治党。"


@pytest.mark.parametrize(
    ("text", "date", "told"),
    [
        (FORMER, "2019", []),
        (FORMER, "", []),
        (FORMER, "2023", ["formulation-outdated"]),
        ("坚持道路自信、理论自信、制度自信。", "2014", []),
        ("坚持道路自信、理论自信、制度自信。", "2024", ["formulation-outdated"]),
        ("坚定“四个自信”，即道路自信、理论自信、制度自信、历史自信。", "2024", ["formulation-members"]),
        ("增强科学立法、公正司法、严格执法、全民守法意识。", "2024", ["formulation-members"]),
        ("推动产业、人才、文化、生态、组织振兴。", "2024", []),
        ("按照产业兴旺、生态宜居、乡风文明、治理有效等要求。", "2024", []),
        ("严守政治纪律、组织纪律、廉洁纪律等各项纪律。", "2024", []),
        ("推进经济建设、政治建设、文化建设、社会建设和党的建设。", "2024", []),
    ],
)
def test_lists_and_their_time(text: str, date: str, told: list[str]) -> None:
    assert [item.rule for item in check_members(text, FORMULATIONS, date)] == told
