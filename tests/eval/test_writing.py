"""Requests in users' words are understood; what the embedded model writes keeps its promises."""

from __future__ import annotations

import pytest

from assistant.records import Material
from assistant.writing.request import understand
from tests.eval.writing import load, measure, understood


def test_most_requests_are_understood() -> None:
    entries = load("request")
    assert len(entries) >= 60
    wrong = [
        entry["words"]
        for entry in entries
        if not understood(
            understand(entry["words"], materials=(Material("材料", entry.get("material", "")),)), entry
        )
    ]
    assert len(wrong) <= 3, wrong


@pytest.mark.model
def test_nothing_is_invented_repeated_or_lost() -> None:
    """A sample; all of it by python -m tests.eval.writing."""
    rates = measure(every=20)
    assert rates["drafts"]["unsupported"] == 0
    assert rates["drafts"]["repeated"] == 0
    assert rates["drafts"]["evidence"] >= 0.7
    assert rates["drafts"]["facts"] >= 0.8
    assert rates["drafts"]["topics"] >= 0.8
    assert rates["revisions"]["kept"] == 1
    assert rates["revisions"]["intact"] == 1
    assert rates["revisions"]["gone"] >= 0.35
    assert rates["revisions"]["left"] <= 0.05
