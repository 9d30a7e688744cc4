"""Split a document into passages: verbatim, within one heading, ending with sentences.

A point (一是…… 二是……) is a passage of its own where it is long enough. Headings are no passages; they
are carried by the passages under them, unless nothing stands under them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.knowledge.genres import Genre, load_genres
from assistant.knowledge.sections import section_match
from assistant.knowledge.structure import (
    heading_number,
    heading_text,
    numbered_points,
    parse_elements,
    run_in_heading,
    split_sentences,
)
from assistant.records import Document, Element, Passage

SPLIT_VERSION = 2  # raise with every change here that gives other passages
MIN_CHARS = 80
MAX_CHARS = 260
COVERING = 0.7  # share of an inner heading that a section's name must fill to overrule the outer heading
NOTHING: Mapping[str, str] = {}
SKIPPED = ("title", "addressee", "signature", "date")


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of the document's text under one heading path."""

    start: int
    end: int
    heading: tuple[str, ...]
    section: str

    @property
    def length(self) -> int:
        return self.end - self.start


def split(document: Document) -> tuple[Passage, ...]:
    """Return the passages of `document` in order; `id` is "<document id>#<n>", n from 0.

    Between MIN_CHARS and MAX_CHARS characters each where the text allows: a shorter one stands alone
    under its heading, a longer one is a sentence without a place to part it.
    """
    if document.kind == "formulation":
        spans = [_Span(start, end, (), "") for start, end in _line_spans(document.text)]
    else:
        spans = _merged(document.text, _units(document))
    return tuple(
        passage_at(document, number, span.start, span.length, span.section, span.heading)
        for number, span in enumerate(spans)
    )


def passage_at(
    document: Document, number: int, position: int, length: int, section: str, heading: tuple[str, ...]
) -> Passage:
    """Return the passage of `document` at `position`, with what it takes over from the document."""
    return Passage(
        id=f"{document.id}#{number}",
        document=document.id,
        title=document.title,
        kind=document.kind,
        path=document.path,
        text=document.text[position : position + length],
        position=position,
        genre=document.genre,
        section=section,
        heading=heading,
        year=document.year,
        date=document.date,
        issuer=document.issuer,
    )


def _line_spans(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\S(?:[^\n]*\S)?", text)]


def section_of(
    headings: tuple[str, ...], corrected: Mapping[str, str] = NOTHING, genre: Genre | None = None
) -> str:
    """Return the section type of a heading path, outermost first.

    The deepest heading that is `corrected` by hand decides, else the outermost recognised one (“（一）加强组织
    领导” under 履职情况 is work done), unless a deeper one is all but the name of a section (“（三）存在的主要
    问题” under 上半年工作). The `genre` says which sections there may be where a heading fits several.
    """
    for heading in reversed(headings or ("",)):
        if heading in corrected:
            return corrected[heading]
    types = tuple(part.type for part in genre.sections) if genre else ()
    section = ""
    for heading in headings:
        name, told = section_match(heading, types)
        if name and (not section or len(told) >= COVERING * len(heading)):
            section = name
    return section


def _units(document: Document) -> list[_Span]:
    """Return paragraphs and points, none longer than MAX_CHARS where a sentence or clause can part it."""
    text, corrected = document.text, dict(document.sections)
    elements = [element for element in parse_elements(text) if element.text.strip()]
    if all(element.kind in (*SKIPPED, "heading") for element in elements):
        elements = [replace(element, kind="body", level=0) for element in elements]
    headed = any(element.kind == "heading" for element in elements)
    opening = next((index for index, item in enumerate(elements) if heading_number(item.text)[0]), 0)
    genre = load_genres().get(document.genre)
    parts = _parts(elements, genre)
    path: list[tuple[int, str]] = []
    units: list[_Span] = []
    for index, element in enumerate(elements):
        if element.kind == "heading":
            path = [item for item in path if item[0] < element.level]
            if not _childless(elements, index):
                path.append((element.level, heading_text(element.text)))
                continue
        elif element.kind in SKIPPED:
            continue
        line = element.text.strip()
        heading = tuple(words for _, words in path)
        told = (*heading, heading_text(line)) if run_in_heading(line)[0] else heading
        section = section_of(told, corrected, genre)
        if element.kind == "closing":
            section = "结语"
        elif headed and index < opening and "" not in corrected:
            section = "引言"
        if not section and not any(words in corrected for words in told or ("",)):
            section = parts[index]
        units += _pieces(text, element, told, section)
        if element.kind == "heading":
            path.append((element.level, heading_text(element.text)))
    return units


def _parts(elements: list[Element], genre: Genre | None) -> list[str]:
    """Return for each element the section type that its order and opening words tell, "" where they tell none."""
    parts: list[str] = []
    place, attached = -1, False
    for element in elements:
        attached = attached or element.kind == "attachment"
        if genre and element.kind in ("heading", "body") and not attached:
            place = genre.part_of(element.text.strip(), place)
            parts.append(genre.sections[place].type if place >= 0 else "")
        else:
            parts.append("")
    return parts


def _childless(elements: list[Element], index: int) -> bool:
    """Tell whether nothing stands under the heading at `index`: then it is the content itself."""
    if index + 1 == len(elements):
        return True
    following = elements[index + 1]
    if following.kind == "heading":
        return following.level <= elements[index].level
    return following.kind in SKIPPED


def _pieces(text: str, element: Element, heading: tuple[str, ...], section: str) -> list[_Span]:
    start = element.start + len(element.text) - len(element.text.lstrip())
    line = text[start : element.start + len(element.text.rstrip())]
    bounds = sorted({0, len(line), *(point[0] for point in numbered_points(line))})
    spans: list[_Span] = []
    for low, high in zip(bounds, bounds[1:], strict=False):
        for first, last in _parted(line[low:high]):
            spans.append(_Span(start + low + first, start + low + last, heading, section))
    return spans


def _parted(text: str) -> list[tuple[int, int]]:
    """Part `text` at sentence ends into stretches of about equal length, none above MAX_CHARS if possible."""
    atoms = [atom for start, end in split_sentences(text) for atom in _clauses(text, start, end)]
    if not atoms:
        return []
    length = atoms[-1][1] - atoms[0][0]
    target = length / math.ceil(length / MAX_CHARS)
    parts = [atoms[0]]
    for start, end in atoms[1:]:
        low, high = parts[-1]
        if high - low < target and end - low <= MAX_CHARS:
            parts[-1] = (low, end)
        else:
            parts.append((start, end))
    return parts


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Part a sentence above MAX_CHARS at ；, at ，, at last anywhere."""
    if end - start <= MAX_CHARS:
        return [(start, end)]
    for mark in ("；", "，", ""):
        pattern = rf"[^{mark}]+{mark}?" if mark else rf"(?s:.{{1,{MAX_CHARS}}})"
        spans = [(start + m.start(), start + m.end()) for m in re.finditer(pattern, text[start:end])]
        if len(spans) > 1:
            return [clause for low, high in spans for clause in _clauses(text, low, high)]
    return [(start, end)]


def _merged(text: str, units: list[_Span]) -> list[_Span]:
    """Join stretches below MIN_CHARS with a neighbour under the same heading, MAX_CHARS permitting."""
    spans: list[_Span] = []
    for unit in units:
        last = spans[-1] if spans else None
        near = last is not None and _same_place(last, unit)
        if last and near and min(last.length, unit.length) < MIN_CHARS and unit.end - last.start <= MAX_CHARS:
            spans[-1] = replace(last, end=unit.end)
        else:
            spans.append(unit)
    return spans


def _same_place(one: _Span, other: _Span) -> bool:
    return (one.heading, one.section) == (other.heading, other.section)
