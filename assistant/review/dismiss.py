"""Findings the user has looked at and does not want to see again, in one place or anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.knowledge.structure import split_sentences
from assistant.records import LASTING, Dismissal, Finding


def place_of(text: str, finding: Finding) -> str:
    """Return the sentence of `text` that `finding` is about; what it says where it is about all of it."""
    if finding.quote:
        for start, end in split_sentences(text):
            if start <= finding.start < end:
                return text[start:end].strip()
    return finding.quote or finding.message


def dismissal(text: str, finding: Finding, everywhere: bool = False, any_words: bool = False) -> Dismissal:
    """Return what makes `finding` go away: in its sentence, or `everywhere`, there with `any_words` its whole rule."""
    place = "" if everywhere else place_of(text, finding)
    return Dismissal(finding.rule, "" if any_words else finding.quote, place, finding.message)


def is_dismissed(text: str, finding: Finding, dismissals: Iterable[Dismissal]) -> bool:
    """Tell whether one of `dismissals` is about `finding` on `text`."""
    return any(_meets(text, finding, item) for item in dismissals if item.rule == finding.rule)


def _meets(text: str, finding: Finding, item: Dismissal) -> bool:
    if not item.place:
        return finding.rule not in LASTING and item.quote in ("", finding.quote)
    return item.quote == finding.quote and item.place == place_of(text, finding)


def without_dismissed(
    text: str, findings: Sequence[Finding], dismissals: Sequence[Dismissal]
) -> tuple[Finding, ...]:
    """Return the findings that none of `dismissals` is about."""
    return tuple(item for item in findings if not is_dismissed(text, item, dismissals))
