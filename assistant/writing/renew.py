"""Renew last year's text for this year (套改): the structure stays, the facts are replaced, the rest is reported.

Rules alone, no model: what the materials do not say becomes ××, what stays of last year becomes a finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.errors import RequestError
from assistant.knowledge.structure import parse_elements, split_sentences
from assistant.records import Entry, Evidence, Finding, Hit, Material, Passage, Request, Revision
from assistant.writing.corrected import ledger_of
from assistant.writing.evidence import SHORTEST, bare_text
from assistant.writing.facts import places_of
from assistant.writing.material import material_hits
from assistant.writing.overlap import overlap
from assistant.writing.renewal.additions import addition_spots
from assistant.writing.renewal.asked import renewal_term
from assistant.writing.renewal.figures import figure_spots
from assistant.writing.renewal.leftovers import leftover_spots, part_of, sections_of
from assistant.writing.renewal.measured import DAY, Measure, material_measures, parts_named, read_measures
from assistant.writing.renewal.spots import Spot, apply, findings, place_now, without_overlaps
from assistant.writing.renewal.years import Term, year_spots

Check = Callable[[str, str, Sequence[Entry]], tuple[Finding, ...]]
ENGINE = "规则套改，没有用模型"
_OPEN = "placeholder"  # rules of the review on ××, which a leftover says more exactly
_UNTIL = re.compile(r"截[至止到]+(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底|末)?")
_LISTED = 40  # replaced figures named in a note


def renew(request: Request, check: Check) -> Revision:
    """Return last year's text, `request.text`, renewed with the materials of `request`.

    `check` reviews the result (text, genre, ledger). Kept and lost facts are left empty: what stays of last
    year and what gave way is told by the findings of rule “last-year-leftover”. Raises RequestError when there
    is no text or no year.
    """
    if not request.text.strip():
        raise RequestError(
            "没有找到去年的稿子。",
            "请把去年的稿子拖进来（文件名里带“去年”或年份），或者先放在文稿里、粘贴在要求后面。",
        )
    term = renewal_term(request)
    spots, notes = _spots(request.text, request, term)
    text, changes = apply(request.text, spots)
    leftovers = findings(request.text, text, spots)
    checked = [
        item
        for item in check(text, request.genre, ledger_of(request))
        if not (item.rule.startswith(_OPEN) and _told(item, leftovers))
    ]
    return Revision(
        original=request.text,
        text=text,
        changes=changes,
        findings=tuple(sorted((*leftovers, *checked), key=lambda item: (item.start, item.end))),
        engine=ENGINE,
        notes=notes,
        evidence=_evidence(request.text, text, spots, term),
    )


def _told(item: Finding, leftovers: Sequence[Finding]) -> bool:
    return any(other.start <= item.start and item.end <= other.end for other in leftovers)


def _spots(text: str, request: Request, term: Term) -> tuple[tuple[Spot, ...], tuple[str, ...]]:
    hits = material_hits(request.materials)
    years = year_spots(text, term, hits)
    olds = [_bound(text, item, years) for item in _last_years(text, term)]
    news = [
        replace(item, part=_event(item.hit)) if item.part == DAY else item
        for item in material_measures(hits, term.new, _part_of_year(text))
        if not any(places_of(word, item.text) for word in request.never)
    ]
    figures, matched = figure_spots(text, olds, news, term.ahead == 1)
    changed = without_overlaps([*years, *figures])
    used = {id(item) for item in matched.values()} | _used(news, changed)
    free = [hit for hit in hits if not any(places_of(word, hit.passage.text) for word in request.never)]
    dated = {hit for spot in years for hit in spot.hits}
    added, unplaced = addition_spots(text, free, news, used, "".join(spot.message for spot in changed), dated)
    kept = leftover_spots(text, term, changed, "\n".join(item.text for item in request.materials))
    spots = without_overlaps([*kept, *changed, *added])
    notes = (*_notes(text, term, spots, unplaced, bool(hits)), *_until(text, request.materials))
    return spots, notes


def _used(news: Sequence[Measure], spots: Sequence[Spot]) -> set[int]:
    """Return the ids of the measures whose figure stands in the text through their sentence (growth rates)."""
    return {
        id(item)
        for item in news
        for spot in spots
        if spot.kind == "replaced"
        and item.hit in spot.hits
        and item.role == "change"
        and item.text == spot.after
    }


def _bound(text: str, item: Measure, dates: Sequence[Spot]) -> Measure:
    """Return a figure of a dated event bound to the sentence that tells of this year's event, if there is one."""
    if item.part != DAY:
        return item
    start = max(text.rfind(mark, 0, item.start) for mark in "。\n") + 1
    found = [spot for spot in dates if start <= spot.start < item.start and spot.kind == "replaced"]
    return replace(item, part=_event(found[-1].hits[0] if found else None))


def _event(hit: Hit | None) -> str:
    return f"{DAY} {hit.passage.id}" if hit else f"{DAY} ?"


def _part_of_year(text: str) -> str:
    return parts_named("".join(item.text for item in parse_elements(text) if item.kind == "title"))


def _last_years(text: str, term: Term) -> list[Measure]:
    """Return the measures of last year's text; all figures of its plans are planned."""
    plans = [
        (heading.start, lines[-1].end)
        for heading, lines in sections_of(text)
        if heading is not None
        and lines
        and (part := part_of(heading))
        and part.section in ("下一步打算", "整改措施")
    ]
    measures = read_measures(text, term.old, part=_part_of_year(text))
    return [
        replace(item, planned=item.planned or any(start <= item.start < end for start, end in plans))
        for item in measures
    ]


def _notes(
    text: str, term: Term, spots: Sequence[Spot], unplaced: Sequence[str], given: bool
) -> tuple[str, ...]:
    counts = {
        kind: sum(spot.kind == kind for spot in spots) for kind in ("replaced", "computed", "blank", "added")
    }
    look = sum(spot.kind == "kept" and bool(spot.message) for spot in spots)
    notes = [
        f"由{term.old}年改为{term.new}年：换上新数{counts['replaced']}处，推算{counts['computed']}处，"
        f"留空（××）{counts['blank']}处，补进新材料{counts['added']}句，另有{look}处是去年的内容要核对，都列在“审校”里。"
    ]
    if not given:
        notes.append("没有给今年的材料，数字都留空了。把今年的数据拖进来或粘贴在要求后面，可以再套改一次。")
    replaced = [
        spot.note or f"{text[spot.start : spot.end]}→{spot.after}"
        for spot in spots
        if spot.kind == "replaced"
    ]
    if replaced:
        notes.append(
            "换上的数：" + "，".join(replaced[:_LISTED]) + ("等" if len(replaced) > _LISTED else "") + "。"
        )
    notes += [
        f"推算：{text[spot.start : spot.end]}→{spot.after}，{spot.note}。"
        for spot in spots
        if spot.kind == "computed"
    ]
    if unplaced:
        notes.append(f"材料里的这些没有用上，请看要不要写：{'；'.join(unplaced)}。")
    return tuple(notes)


def _until(text: str, materials: Sequence[Material]) -> tuple[str, ...]:
    """Return a note for each material whose figures run to a day that last year's text does not name."""
    found = [(item.name, match.group()) for item in materials for match in _UNTIL.finditer(item.text)]
    return tuple(
        f"材料“{name}”的数{until}，请看是不是全年（全期）的数。"
        for name, until in dict.fromkeys(found)
        if until not in text
    )


def _evidence(old: str, new: str, spots: Sequence[Spot], term: Term) -> tuple[Evidence, ...]:
    """Say of each sentence what it rests on: the material sentences it took figures from, and last year's text."""
    earlier = [old[start:end].strip() for start, end in split_sentences(old)]
    places = [(place_now(old, spots, spot), spot) for spot in spots if spot.kind != "kept"]
    return tuple(
        _link(
            new,
            start,
            end,
            [spot for place, spot in places if place[0] < end and start < place[1]],
            earlier,
            term,
        )
        for start, end in split_sentences(new)
        if len(bare_text(new[start:end])) >= SHORTEST and new[start:end].rstrip()[-1] in "。！？；…”"
    )


def _link(
    text: str, start: int, end: int, spots: Sequence[Spot], earlier: Sequence[str], term: Term
) -> Evidence:
    sentence = text[start:end].strip()
    given = tuple(dict.fromkeys(hit for spot in spots for hit in spot.hits))
    if any(spot.kind == "added" for spot in spots):
        return Evidence(start, end, "quoted", 1.0, given)
    bare = re.sub(r"\d|×", "", sentence)
    before = max(earlier, key=lambda item: overlap(bare, re.sub(r"\d", "", item)), default="")
    last = Hit(
        Passage(
            f"last-year#{earlier.index(before)}",
            "last-year",
            f"{term.old}年的稿子",
            "material",
            "",
            before,
            0,
            year=term.old,
        ),
        1.0,
    )
    if sentence == before:
        return Evidence(start, end, "quoted", 1.0, (last,))
    hits = (*given, last)
    return Evidence(start, end, "adapted", overlap(sentence, hits[0].passage.text), hits)
