"""Understand a request to renew last year's text: which text, which materials, which year."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.errors import RequestError
from assistant.knowledge.genres import genre_of_title
from assistant.knowledge.structure import parse_elements
from assistant.records import RENEWAL, Material, Request
from assistant.writing.renewal.words import vocabulary
from assistant.writing.renewal.years import Term, year_of

_TARGET = re.compile(r"(?:成|为|到|写|出)(?:一?[篇份个])?(20\d\d)(?=年|的)")
DOCUMENT = 150  # characters from which a text can be a document; materials may be as long
_YEAR = re.compile(r"(?<!\d)20\d\d(?=年|的|$|[^\d])")


def asks_for_renewal(instruction: str) -> bool:
    """Tell whether the words ask for a new document from last year's text."""
    return vocabulary().asked.search(instruction) is not None


def renewal_request(
    words: str, instruction: str, pasted: str, given: tuple[Material, ...], manuscript: str, chosen: bool
) -> Request:
    """Return the request with last year's text in `text` and what else is `given` as this year's materials.

    Last year's text is the manuscript where that was `chosen` by hand; else the material whose name says so, the
    document `pasted` with the words, one they name by its year, the manuscript, or the earliest document.
    """
    at_hand = bool(manuscript.strip())
    found = None if chosen else _last_years(given, instruction, pasted, at_hand)
    text = found.text if found else manuscript
    title = "".join(item.text for item in parse_elements(text) if item.kind == "title")
    return Request(
        words=words,
        task="revise",
        genre=genre_of_title(title) if title else "",
        instruction=RENEWAL,
        text=text,
        materials=tuple(item for item in given if item is not found),
    )


def _last_years(given: Sequence[Material], instruction: str, pasted: str, at_hand: bool) -> Material | None:
    """Return the material that is last year's text, None where it is the manuscript (`at_hand`) or missing."""
    documents = [item for item in given if _is_document(item.text)]
    named = [item for item in documents if vocabulary().last.search(item.name)]
    if named or (at_hand and vocabulary().material.search(instruction)):
        return named[0] if named else None
    if at_hand:
        return next((item for item in documents if item.text == pasted or _said(item, instruction)), None)
    return min(documents, key=lambda item: year_of(item.text) or 9999, default=None)


def _said(item: Material, instruction: str) -> bool:
    """Tell whether the words name a material by the year it is of: “用2024年的总结”."""
    year = year_of(item.text)
    return bool(year) and f"{year}年" in instruction


def renewal_term(request: Request) -> Term:
    """Return the year of last year's text and the year it is renewed to. Raises RequestError."""
    old = year_of(request.text)
    head = request.words.split("\n")[0]
    named = sorted({int(year) for year in _YEAR.findall(head)} - {old})
    target = _TARGET.search(head)
    new = int(target[1]) if target else named[-1] if named else old + 1
    if not old and not named and not target:
        raise RequestError("看不出去年的稿子是哪一年的。", "请在要求里写明改成哪一年的，例如：改成2025年的。")
    if old and new <= old:
        raise RequestError(f"稿子是{old}年的，不能改成{new}年的。", "请核对要求里的年份。")
    return Term(old or new - 1, new)


def _is_document(text: str) -> bool:
    """Tell whether a text is a document, not a list of facts: it has a title, headings or a date line."""
    kinds = {item.kind for item in parse_elements(text)}
    return len(text) >= DOCUMENT and bool(kinds & {"title", "heading"})
