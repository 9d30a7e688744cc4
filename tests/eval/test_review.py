"""The review finds no less than it did and cries wolf no more often; see tests/eval/review.py."""

from __future__ import annotations

import json

import pytest

from assistant.records import Finding
from tests.eval.review import (
    BASELINE,
    MARGIN,
    REPORTS,
    Defect,
    Labelled,
    judge,
    load_labels,
    measure,
    measure_reports,
)

FLOORS: dict[str, dict[str, float]] = json.loads(BASELINE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("part", ["dev", "test"])
def test_recall_and_false_alarms(part: str) -> None:
    rates, _ = measure(part)
    assert rates["recall"] >= FLOORS[part]["recall"] - MARGIN
    assert rates["false"] <= FLOORS[part]["false"] + MARGIN


def test_false_alarms_over_the_public_reports() -> None:
    if not REPORTS.is_dir():
        pytest.skip("没有 ../shared/reports 里的报告")
    rate, found = measure_reports()
    assert found  # some of it is right
    assert rate <= FLOORS["reports"]["false"] + MARGIN


def test_a_defect_is_found_where_it_stands() -> None:
    text = "要做好布署，并抓好落实。"
    here, elsewhere = Defect("typo", 3, 5, ""), Defect("typo", 9, 11, "")
    assert judge(Labelled(text, "", (here,))).found == (here,)
    judged = judge(Labelled(text, "", (elsewhere,)))
    assert judged.missed == (elsewhere,)
    (wrong,) = judged.wrong
    assert isinstance(wrong, Finding)
    assert wrong.quote == "布署"


def test_both_parts_have_enough_of_either_kind() -> None:
    for part, least in (("dev", 150), ("test", 90)):
        passages = load_labels(part)
        assert sum(bool(item.defects) for item in passages) >= least
        assert sum(not item.defects for item in passages) >= least // 2
