"""Draft a whole document part by part, as its outline says; each part knows what the others said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assistant.knowledge.facts import find_facts
from assistant.knowledge.genres import Genre, GenreSection
from assistant.knowledge.numerals import chinese_numeral
from assistant.knowledge.structure import heading_number, split_sentences
from assistant.knowledge.topics import topics_told, what_is_told
from assistant.records import Hit, Material, Passage, Request
from assistant.writing.candidates import repeats
from assistant.writing.material import OVERVIEW, Group, Piece, material_hits, pieces_of
from assistant.writing.outline import Outline, Part, read_outline, section_of
from assistant.writing.outlining import outline_of
from assistant.writing.overlap import overlap
from assistant.writing.plan import POINT, Plan
from assistant.writing.section import draft_section
from assistant.writing.steps import Step, Tools, Writing, Written, nested

LONG_ENOUGH = 12  # characters: shorter sentences may well come twice
SHOWN = 30  # characters of a sentence that a note shows
FROM_MATERIAL = 0.9  # share of a line's bigrams in a sentence of the material from which it is that sentence
OWN = "提纲"  # the name of the material that the user wrote into the outline


def draft_document(request: Request, genre: Genre, tools: Tools) -> Writing:
    """Yield the growing document and return it: title, parts, closing, signature and date.

    With `request.finished` parts the document goes on behind `request.text`, which is not touched. The step that ends
    a part names it. Raises RequestError for an outline that does not read.
    """
    outline = (
        read_outline(request.outline, genre.name)
        if request.outline
        else outline_of(request, genre, tools.search, tools.likeness)
    )
    text = request.text.rstrip() if request.finished else _opening(outline)
    given, originals = _material(request, outline)
    left = [part for part in outline.parts if part.label not in request.finished]
    hits: list[Hit] = []
    notes: list[str] = []
    for number, part in enumerate(left, len(outline.parts) - len(left) + 1):
        head = text + "\n" if text else ""
        section = yield from nested(head, _draft_part(request, part, genre, head, given, tools))
        found = tuple(dict.fromkeys(originals.get(hit.passage.id, hit) for hit in section.hits))
        text = head + section.text
        hits += found
        notes += section.notes
        yield Step(text, f"写完第{number}部分“{part.label}”，共{len(outline.parts)}部分", part.label, found)
    ending = [line for line in (outline.closing, outline.signature, outline.date) if line]
    if outline.reserve:
        notes.append(f"备用材料{len(outline.reserve)}句没有写进文稿，见提纲末尾。")
    notes += _said_twice(text)
    if ending:
        notes.append("署名和成文日期请核对。" if "×" not in "".join(ending) else "署名和成文日期请自行填写。")
    return Written("\n".join([text, *ending]), tuple(dict.fromkeys(hits)), tuple(notes))


def _opening(outline: Outline) -> str:
    addressee = outline.addressee.rstrip("：:")
    return "\n".join([line for line in (outline.title, f"{addressee}：" if addressee else "") if line])


def _draft_part(
    request: Request, part: Part, genre: Genre, before: str, given: Mapping[str, Hit], tools: Tools
) -> Writing:
    """Draft one part under its heading, numbered on from the last one in `before`."""
    section = section_of(part, genre)
    heading = f"{chinese_numeral(_last_number(before) + 1)}、{part.heading}" if part.heading else ""
    stands = "".join((*part.facts, *(fact for topic in part.topics for fact in topic.facts)))
    asked = replace(
        request,
        topics=(),
        materials=(),
        length=part.length,
        must=tuple(word for word in request.must if word in stands),
    )
    plan = _plan(part, section, given)
    length = part.length or _room(section, plan)
    written = yield from draft_section(asked, section, heading, before, tools, length, plan)
    return _without_repeats(written, before) if tools.chat and not tools.adapt else written


def _plan(part: Part, section: GenreSection, given: Mapping[str, Hit]) -> Plan | None:
    """Return what stands under which point, as the outline has it; None where it leaves the points open.

    Sentences above the points open the part when they tell how things stand, else each is a point of its own.
    """
    own = [_piece(fact, given) for fact in part.facts]
    if section.form == "prose" and not part.topics:
        return Plan(tuple(own), (), ())
    if not own and not part.topics:
        return None
    opening = tuple(piece for piece in own if piece.tells == OVERVIEW)
    groups = [Group("", (piece,)) for piece in own if piece not in opening]
    for topic in part.topics:
        pieces = tuple(_piece(fact, given) for fact in topic.facts)
        told = next(iter(topics_told(pieces[0].text)), "") if pieces else ""
        groups.append(Group(topic.name, pieces, asked=told != topic.name))
    return Plan(opening, tuple(groups), ())


def _room(section: GenreSection, plan: Plan | None) -> int:
    """Return the characters of a part for which no length was asked: its facts, and a usual point where it has none.

    A part that leaves its points open has its usual length.
    """
    usual = sum(section.length) // 2
    if plan is None or not plan.groups:
        return usual
    told = sum(len(piece.text) for piece in plan.pieces)
    return min(usual, told + POINT * sum(not group.pieces for group in plan.groups))


def _piece(fact: str, given: Mapping[str, Hit]) -> Piece:
    return Piece(given[fact], fact, what_is_told(fact))


def _without_repeats(written: Written, before: str) -> Written:
    """Return what an instruct model wrote without sentences that say again what stands before.

    The first of a paragraph stays, and so do those with facts.
    """
    lines: list[str] = []
    gone = 0
    for line in written.text.split("\n"):
        spans = split_sentences(line)
        stay = [
            (start, end)
            for number, (start, end) in enumerate(spans)
            if not number or find_facts(line[start:end]) or not repeats(line[start:end], before)
        ]
        gone += len(spans) - len(stay)
        lines.append("".join(line[start:end] for start, end in stay) if len(stay) < len(spans) else line)
    note = (f"删去了{gone}句与前文重复的话。",) if gone else ()
    return replace(written, text="\n".join(lines), notes=(*written.notes, *note))


def _material(request: Request, outline: Outline) -> tuple[dict[str, Hit], dict[str, Hit]]:
    """Return the passage to write from for each sentence in the outline, and the passages as they stand, by id.

    A sentence that stands in no material was written into the outline by the user.
    """
    hits = material_hits(request.materials)
    facts = [*(fact for part in outline.parts for fact in part.facts)]
    facts += [fact for part in outline.parts for topic in part.topics for fact in topic.facts]
    own = Material(OWN, request.outline)
    exact = {piece.text: piece.hit for piece in pieces_of(request.materials)}
    given: dict[str, Hit] = {}
    for number, fact in enumerate(facts):
        near = max(hits, key=lambda hit: overlap(fact, hit.passage.text), default=None)
        best = exact.get(fact) or near
        if best is None or (fact not in exact and overlap(fact, best.passage.text) < FROM_MATERIAL):
            place = max(own.text.find(fact), 0)
            best = Hit(Passage(f"{OWN}#{number}", OWN, OWN, "material", OWN, fact, place), 1.0)
            hits = (*hits, best)
        given[fact] = replace(best, passage=replace(best.passage, text=fact))
    return given, {hit.passage.id: hit for hit in hits}


def _said_twice(text: str) -> list[str]:
    """Return a note about sentences that say nearly what one before them said, [] where none does."""
    sentences = [text[start:end].strip() for start, end in split_sentences(text)]
    sentences = [sentence for sentence in sentences if len(sentence) >= LONG_ENOUGH]
    again = [item for number, item in enumerate(sentences) if repeats(item, "\n".join(sentences[:number]))]
    shown = "；".join(item if len(item) <= SHOWN else item[:SHOWN] + "…" for item in again[:3])
    return [f"有{len(again)}句与前面说的相近，请看要不要合并：{shown}"] if again else []


def _last_number(text: str) -> int:
    """Return the number of the last heading of the first level in `text`, 0 where there is none."""
    numbers = [heading_number(line) for line in text.split("\n")]
    return next((number for level, number, _ in reversed(numbers) if level == 1), 0)
