"""All checks over one text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.knowledge.formulations import Formulation
from assistant.knowledge.genres import genre_named, genre_of_title, load_genres
from assistant.knowledge.phrases import match_phrases
from assistant.knowledge.rules import match_rules
from assistant.knowledge.spelling import match_spelling
from assistant.knowledge.structure import parse_elements
from assistant.records import Finding
from assistant.review.complete import check_missing, check_sections
from assistant.review.counts import check_counts
from assistant.review.dates import check_dates
from assistant.review.disclosure import check_disclosure
from assistant.review.emptiness import check_emptiness
from assistant.review.figures import check_figures
from assistant.review.form import check_form
from assistant.review.genre import check_genre
from assistant.review.injection import instructions_in
from assistant.review.measures import check_measures
from assistant.review.members import check_members
from assistant.review.near import check_near
from assistant.review.numbering import check_numbering
from assistant.review.outdated import check_outdated
from assistant.review.people import check_people
from assistant.review.points import check_points
from assistant.review.privacy import check_privacy, without_contacts
from assistant.review.quantities import check_quantities
from assistant.review.restated import check_restated
from assistant.review.signs import check_signs
from assistant.review.stages import check_stages
from assistant.review.whole import check_ends, check_repetition
from assistant.review.wording import check_formulations
from assistant.review.years import check_years

OPENING = 200  # characters in which a text without date and title says of which year it speaks
_ORDER = {"error": 0, "warning": 1, "hint": 2}
_YEAR = re.compile(r"(?:19|20)\d{2}(?=年)")


def review(text: str, formulations: Iterable[Formulation] = (), genre: str = "") -> tuple[Finding, ...]:
    """Return the findings on `text` in the order of their places; one place gets the gravest only.

    `genre` is the 文种 when known, else it is read from the title. Offsets are characters of `text`.
    """
    kind = load_genres().get(genre_named(genre) or _genre(text))
    found = [
        *check_form(text, kind),  # first: of two findings on one place it says more about what is right there
        *without_contacts(text, match_rules(text)),
        *match_phrases(text),
        *match_spelling(text),
        *instructions_in(text),
        *check_numbering(text),
        *check_points(text),
        *check_formulations(text, formulations, _date(text)),
        *check_sections(text, kind),
        *check_missing(text, kind),
        *check_members(text, formulations, _date(text)),
        *check_near(text, formulations),
        *check_outdated(text),
        *check_genre(text, kind.name if kind else ""),
        *check_privacy(text),
        *check_disclosure(text, kind.name if kind else ""),
        *check_emptiness(text),
        *check_repetition(text),
        *check_restated(text),
        *check_ends(text),
        *check_figures(text),
        *check_dates(text),
        *check_stages(text),
        *check_people(text),
        *check_counts(text),
        *check_measures(text),
        *check_years(text),
        *check_signs(text, _date(text)),
        *check_quantities(text),
    ]
    return _without_overlaps(found)


def _genre(text: str) -> str:
    titles = [element.text for element in parse_elements(text) if element.kind == "title"]
    return genre_of_title("".join(titles)) if titles else ""


def _date(text: str) -> str:
    """Return the year the document was written in, "" when nothing tells it.

    It is told by the date line, else by the title, else by the opening. Years further on may be those of
    plans and of history.
    """
    elements = parse_elements(text)
    dates = [element.text for element in elements if element.kind == "date"]
    titles = [element.text for element in elements if element.kind == "title"]
    for place in (*dates[-1:], "".join(titles), text[:OPENING]):
        years: list[str] = _YEAR.findall(place)
        if years:
            return max(years)
    return ""


def _without_overlaps(found: Sequence[Finding]) -> tuple[Finding, ...]:
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda item: (_ORDER[item.severity], item.start, -item.end)):
        if not any(finding.start < other.end and other.start < finding.end for other in kept):
            kept.append(finding)
    return tuple(sorted(kept, key=lambda item: (item.start, item.end)))
