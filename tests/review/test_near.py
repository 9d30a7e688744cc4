"""Formulations with one other word, and set names with one other character."""

from __future__ import annotations

import pytest

from assistant.review.near import check_near, load_near
from tests.eval.review import formulations


@pytest.mark.parametrize("text", load_near().bad)
def test_told(text: str) -> None:
    assert len([*check_near(text, formulations())]) == 1


@pytest.mark.parametrize("text", load_near().good)
def test_left_alone(text: str) -> None:
    assert [*check_near(text, formulations())] == []


def test_the_other_word_is_the_place() -> None:
    text = "形式主义、官僚主义、享乐主义和奢侈之风"
    (finding,) = check_near(text, formulations())
    assert (finding.quote, finding.suggestion) == ("侈", "靡")
    assert finding.source.startswith("《")


def test_no_formulation_is_near_to_another() -> None:
    assert [
        (item.name, found.message)
        for item in formulations()
        for found in check_near(item.text, formulations())
    ] == []
