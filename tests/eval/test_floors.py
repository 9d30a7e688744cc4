"""Quality floors that are not a matter of taste."""

from __future__ import annotations

from tests.eval.evidence import false_links


def test_hardly_any_sentence_is_linked_to_an_unrelated_passage() -> None:
    shares = false_links()
    assert shares["long"] <= 0.01
    assert shares["short"] <= 0.01
