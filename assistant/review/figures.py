"""Figures that contradict one another: parts and totals, rates and shares, growth, averages, one measure twice."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.knowledge.amounts import read_sentences
from assistant.records import Finding
from assistant.review.balance import check_balance
from assistant.review.changes import check_changes
from assistant.review.rates import check_rates
from assistant.review.sums import check_sums


def check_figures(text: str) -> Iterator[Finding]:
    """Yield a finding for each figure that other figures of `text` prove wrong."""
    sentences = read_sentences(text)
    found = [
        *check_sums(text, sentences),
        *check_rates(text, sentences),
        *check_changes(text, sentences),
    ]
    yield from found
    for finding in check_balance(text, sentences):
        if all(
            "。" in text[min(finding.start, other.start) : max(finding.end, other.end)] for other in found
        ):
            yield finding  # what one sentence shows by itself is told once
