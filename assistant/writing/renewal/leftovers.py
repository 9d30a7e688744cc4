"""What of last year's text stays as it is and must be looked at: honours, meetings, documents, whole parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.knowledge.amounts import read_amounts
from assistant.knowledge.facts import find_facts
from assistant.knowledge.sections import section_type
from assistant.knowledge.structure import heading_text, numbered_points, parse_elements
from assistant.records import Element
from assistant.writing.renewal.spots import Spot, inside, protected
from assistant.writing.renewal.words import Part, Watch, vocabulary
from assistant.writing.renewal.years import Term

_SHOWN = 14  # characters of a paragraph quoted to find it again


def sections_of(text: str) -> list[tuple[Element | None, list[Element]]]:
    """Return the level-one headings of `text`, each with the lines below it; None heads what stands before."""
    parts: list[tuple[Element | None, list[Element]]] = [(None, [])]
    for element in parse_elements(text):
        if element.kind == "heading" and element.level == 1:
            parts.append((element, []))
        elif element.kind in ("heading", "body"):
            parts[-1][1].append(element)
    return parts


def part_of(heading: Element | None) -> Part | None:
    """Return what is to be said of the part under `heading`, None where it may stand."""
    if heading is None:
        return None
    kind = section_type(heading_text(heading.text))
    return next((part for part in vocabulary().parts if part.section == kind), None)


def leftover_spots(text: str, term: Term, changed: Sequence[Spot], given: str) -> Iterator[Spot]:
    """Yield a spot for each thing that `changed` leaves as it was last year and somebody must look at.

    What stands word for word in `given`, this year's materials, is borne out and needs no look.
    """
    title = "".join(item.text for item in parse_elements(text) if item.kind == "title")
    seen: list[tuple[int, int]] = []
    for watch in vocabulary().watches:
        for spot in _watched(text, watch, title):
            if text[spot.start : spot.end] not in given and not inside(spot.start, spot.end, seen):
                seen.append((spot.start, spot.end))
                yield spot
    yield from _events(text, term)
    yield from _bare_figures(text, [*changed, *_as_spots(seen)])
    yield from _quoted_years(text, seen)
    yield from _parts(text)
    yield from _paragraphs(text, changed) if given else ()


def _watched(text: str, watch: Watch, title: str) -> Iterator[Spot]:
    """Yield what a pattern finds, of the same words only the first, with their number."""
    matches = [
        match
        for match in watch.pattern.finditer(text)
        if not (watch.exempt and watch.exempt.match(text, match.end() - 1))
        and match.group().strip("《》") != title
    ]
    words = [match.group() for match in matches]
    for number, match in enumerate(matches):
        if match.group() in words[:number]:
            continue
        count = words.count(match.group())
        more = f"（共{count}处）" if count > 1 else ""
        message = watch.message.replace("{match}", re.sub("[“”]", "", match.group())) + more
        yield Spot(*match.span(), "", "kept", message, watch.suggestion, watch.source, watch.severity)


def _events(text: str, term: Term) -> Iterator[Spot]:
    for event in vocabulary().events:
        match = event.pattern.search(text)
        if match and not event.first <= term.new <= event.last:
            when = f"{event.first}年" if event.first == event.last else f"{event.first}—{event.last}年"
            yield Spot(
                *match.span(),
                "",
                "kept",
                f"“{match.group()}”是{when}的事，{term.new}年还这样写不对",
                "删去，或换成今年的",
                event.source,
            )


def _as_spots(spans: Sequence[tuple[int, int]]) -> list[Spot]:
    return [Spot(start, end, "", "kept") for start, end in spans]


def _bare_figures(text: str, known: Sequence[Spot]) -> Iterator[Spot]:
    """Yield the figures that no pattern of amounts reads and nothing else has looked at."""
    spans = [*protected(text), *((spot.start, spot.end) for spot in known)]
    spans += [(amount.start, amount.end) for amount in read_amounts(text)]
    words = vocabulary().figures
    for fact in find_facts(text):
        if fact.kind != "figure" or inside(fact.start, fact.end, spans) or not re.search(r"\d", fact.text):
            continue
        around = text[max(fact.start - 1, 0) : fact.start] + text[fact.end : fact.end + 1]
        if words.standing.match(text, fact.start) or re.search(r"[A-Za-z.、．]", around):
            continue
        yield Spot(fact.start, fact.end, "", "kept", f"“{fact.text}”没有改动", "核对今年是不是还是这个数")


def _quoted_years(text: str, seen: Sequence[tuple[int, int]]) -> Iterator[Spot]:
    for start, end in protected(text):
        if re.search(r"20\d\d年", text[start:end]) and not inside(start, end, seen):
            yield Spot(
                start,
                end,
                "",
                "kept",
                f"引用的{text[start:end]}里有年份，没有改动",
                "核对今年还能不能这样引用",
            )


def _parts(text: str) -> Iterator[Spot]:
    for heading, _ in sections_of(text):
        part = part_of(heading)
        if heading is not None and part is not None:
            yield Spot(
                heading.start, heading.end, "", "kept", part.message, part.suggestion, "年度文稿审核惯例"
            )


def _paragraphs(text: str, changed: Sequence[Spot]) -> Iterator[Spot]:
    """Yield a hint for each paragraph or point of the report itself that no material bears out."""
    parts = sections_of(text)
    for heading, lines in parts:
        if part_of(heading) is not None or (heading is None and len(parts) > 1):
            continue
        for line in lines:
            for start, end in _units(line) if line.kind == "body" else ():
                borne = any(
                    spot.hits and start <= spot.start < end for spot in changed if spot.kind != "kept"
                )
                if not borne:
                    yield Spot(
                        start,
                        min(start + _SHOWN, end),
                        "",
                        "kept",
                        "这一段没有材料对得上，除了年份都是去年的话",
                        "按今年的实际改写，或者补充材料后再套改",
                        severity="hint",
                    )


def _units(line: Element) -> list[tuple[int, int]]:
    points = numbered_points(line.text)
    return [(line.start + start, line.start + end) for start, end, _ in points] or [(line.start, line.end)]
