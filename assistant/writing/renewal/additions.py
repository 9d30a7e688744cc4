"""This year's facts that last year's text has no place for: put under the point nearest to them, or listed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from assistant.knowledge.structure import numbered_points
from assistant.records import Element, Hit
from assistant.writing.material import clean_material
from assistant.writing.overlap import overlap
from assistant.writing.renewal.leftovers import part_of, sections_of
from assistant.writing.renewal.measured import DAY, Measure, clause_of, is_header, statements
from assistant.writing.renewal.spots import Spot
from assistant.writing.renewal.words import vocabulary

NEAR = 0.2  # share of a statement's character pairs in a point from which it may stand under it
SAID = 0.7  # share from which last year's text says it already


def addition_spots(
    text: str,
    hits: Sequence[Hit],
    news: Sequence[Measure],
    used: Collection[int],
    told: str,
    dated: Collection[Hit],
) -> tuple[list[Spot], tuple[str, ...]]:
    """Return the spots that add new facts to last year's `text`, and the statements that found no place.

    `used` are the ids of the material measures that stand in the text already, `told` are the remarks that name
    others beside an open place, `dated` the sentences a date was taken from.
    """
    units = list(_units(text))
    spots: list[Spot] = []
    unplaced: list[str] = []
    for hit in hits:
        if is_header(hit.passage.text):
            continue
        for start, end in statements(hit):
            words = hit.passage.text[start:end].strip()
            own = [item for item in news if item.hit is hit and start <= item.start < end]
            rest = [
                item
                for item in own
                if id(item) not in used
                and item.period >= 0
                and item.role == "value"
                and (item.part.startswith(DAY) or f"“{clause_of(item)}”" not in told)
            ]
            if any(id(item) in used for item in own):
                unplaced += [clause_of(item) for item in rest]
            elif own and not rest:
                continue  # last year's figures, or a growth beside a figure that stands
            elif (own or hit not in dated) and (spot := _added(words, hit, units, own)):
                spots.append(spot)
            elif words.rstrip("。") not in text and (own or hit not in dated):
                unplaced.append(words.rstrip("。"))
    return spots, tuple(dict.fromkeys(unplaced))


def _added(
    words: str, hit: Hit, units: Sequence[tuple[int, int, str]], own: Sequence[Measure]
) -> Spot | None:
    """Return the spot that puts a statement at the end of the point nearest to it, None where none is near."""
    if not units or any(item.planned for item in own) or vocabulary().figures.planned.search(words):
        return None
    start, end, unit = max(units, key=lambda item: overlap(words, item[2]))
    if not NEAR <= overlap(words, unit) < SAID:
        return None
    return Spot(
        end,
        end,
        clean_material(words),
        "added",
        "新材料里的事，去年的稿子没有，放在最接近的这一点后面",
        "看放得是否合适，与上下文接顺",
        "材料“" + hit.passage.title + "”",
        "hint",
        (hit,),
    )


def _units(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the points and paragraphs of the report itself that end with a full stop, with their words."""
    parts = sections_of(text)
    for heading, lines in parts:
        if part_of(heading) is not None or (heading is None and len(parts) > 1):
            continue
        above = ""
        for line in lines:
            above = line.text if line.kind == "heading" else above
            if line.kind == "body":
                for start, end in _points(line):
                    if text[start:end].rstrip().endswith("。"):
                        yield start, end, above + text[start:end]


def _points(line: Element) -> list[tuple[int, int]]:
    points = [(line.start + start, line.start + end) for start, end, _ in numbered_points(line.text)]
    return points or [(line.start, line.start + len(line.text.rstrip()))]
