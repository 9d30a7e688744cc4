"""The places of last year's text that change or must be looked at, and what comes of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.records import Change, Finding, Hit, Severity

RULE = "last-year-leftover"
Kind = Literal["year", "replaced", "computed", "blank", "added", "kept"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place (`start` to `end`) of last year's text and what stands there now.

    A spot that is "kept" changes nothing. `message` is what to look at, "" for nothing; `hits` are the
    material sentences the new words come from; `note` is the sum behind a computed figure.
    """

    start: int
    end: int
    after: str
    kind: Kind
    message: str = ""
    suggestion: str = ""
    source: str = "去年的稿子与今年的材料逐处对照"
    severity: Severity = "warning"
    hits: tuple[Hit, ...] = ()
    note: str = ""


def protected(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of 《titles》, “quotations” and 文号, in which nothing is changed."""
    return tuple(
        match.span()
        for match in re.finditer(r"《[^《》\n]{1,80}》|“[^“”\n]{1,200}”|〔\d{4}〕第?\d{1,5}号", text)
    )


def inside(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    """Tell whether `start` to `end` touches one of `spans`."""
    return any(start < last and first < end for first, last in spans)


def without_overlaps(spots: Iterable[Spot]) -> tuple[Spot, ...]:
    """Return the spots in their order; of two changes to one place, or two remarks on it, only the first given.

    A remark and a change may share a place.
    """
    chosen: list[Spot] = []
    for spot in spots:
        rivals = (other for other in chosen if (other.kind == "kept") == (spot.kind == "kept"))
        if not any(spot.start < other.end and other.start < spot.end for other in rivals):
            chosen.append(spot)
    return tuple(sorted(chosen, key=lambda spot: (spot.start, spot.end)))


def apply(text: str, spots: Sequence[Spot]) -> tuple[str, tuple[Change, ...]]:
    """Return `text` with its spots changed and nothing else, and the steps that lead there."""
    steps: list[Change] = []
    done = 0
    for spot in _changing(text, spots):
        if spot.start > done:
            steps.append(Change("equal", text[done : spot.start], text[done : spot.start]))
        before = text[spot.start : spot.end]
        steps.append(Change("replace" if before else "insert", before, spot.after))
        done = spot.end
    if done < len(text):
        steps.append(Change("equal", text[done:], text[done:]))
    return "".join(step.after for step in steps), tuple(steps)


def place_now(text: str, spots: Sequence[Spot], spot: Spot) -> tuple[int, int]:
    """Return where `spot`, one of `spots` of the old `text`, stands in the new one.

    An end that falls inside a change moves to the outer end of that change.
    """
    start, end = spot.start, spot.end
    for other in _changing(text, spots):
        grown = len(other.after) - (other.end - other.start)
        if other == spot:
            return start, end + grown
        if other.end <= spot.start:
            start, end = start + grown, end + grown
        elif other.start < spot.end:
            start += min(other.start - spot.start, 0)
            end += grown + max(other.end - spot.end, 0)
    return start, end


def findings(text: str, new: str, spots: Sequence[Spot]) -> tuple[Finding, ...]:
    """Return a finding for each spot with a message, at its place in the `new` text."""
    found = []
    for spot in spots:
        if spot.message:
            start, end = place_now(text, spots, spot)
            found.append(
                Finding(
                    RULE,
                    spot.severity,
                    start,
                    end,
                    new[start:end],
                    spot.message,
                    spot.suggestion,
                    spot.source,
                )
            )
    return tuple(found)


def _changing(text: str, spots: Sequence[Spot]) -> list[Spot]:
    return [spot for spot in spots if spot.kind != "kept" and text[spot.start : spot.end] != spot.after]
