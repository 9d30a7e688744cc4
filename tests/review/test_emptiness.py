"""Paragraphs of set phrases are told, paragraphs with something in them are not."""

from __future__ import annotations

import pytest

from assistant.ingest.documents import shipped_documents
from assistant.resources import shipped
from assistant.review.emptiness import check_emptiness, empty_share, load_slogans

TABLE = load_slogans()


@pytest.mark.parametrize("text", TABLE.bad)
def test_empty_paragraphs_are_told(text: str) -> None:
    (found,) = check_emptiness(text)
    assert found.severity == "hint"
    assert text[found.start : found.end] == found.quote


@pytest.mark.parametrize("text", TABLE.good)
def test_paragraphs_with_substance_are_not(text: str) -> None:
    assert list(check_emptiness(text)) == []


def test_a_figure_makes_a_paragraph_checkable() -> None:
    assert empty_share(TABLE.bad[0] + "全年办结信访件86件。") == 0


def test_the_exemplars_are_not_empty() -> None:
    texts = [item for item in shipped_documents(shipped("corpus")) if item.kind == "exemplar"]
    assert {item.path: found for item in texts if (found := [*check_emptiness(item.text)])} == {}
