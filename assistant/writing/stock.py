"""What a paragraph or point can be said more with: material sentences, then exemplar sentences on its topic."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assistant.knowledge.genres import genre_of_title
from assistant.knowledge.sections import section_type
from assistant.knowledge.structure import heading_text, numbered_points, parse_elements, split_sentences
from assistant.records import Filters, Hit, Request
from assistant.writing.candidates import acceptable, sound_of, takes_topics
from assistant.writing.edit import bare
from assistant.writing.examples import Example, examples_from, topic_of
from assistant.writing.facts import hidden, known_facts, mask_facts
from assistant.writing.ground import NEAR, examples_for
from assistant.writing.material import clean_material, material_hits
from assistant.writing.overlap import overlap
from assistant.writing.place import Place, section_place
from assistant.writing.points import SAME_TOPIC, Desk, is_general
from assistant.writing.section import desk_for
from assistant.writing.steps import Tools

NO_SECTION = "主要工作"  # what a text is taken for that sounds like nothing else
# Of the score of the nearest passage: what scores less is about something else; behind examples on the topic, and alone.
CLOSE, CLOSE_ALONE = 0.5, 0.35
COMMON = 0.6  # share of bigrams that other documents know of a sentence that was not written for any unit
MATERIAL_NEAR = (
    0.3  # share of a material sentence's bigrams or of its paragraph's from which it belongs there
)
MATERIAL_SAID = 0.8  # share of its bigrams in the text from which on it is said already
SHORTEST = 12  # characters; a shorter paragraph is a label, not something to say more to
_LEANING = re.compile(r"^(?:这|其|该|对此|因此|同时|此外|也|还|并|从而|为此|据此|它|他们|二者|两者)")
_ONE_PERSON = re.compile(r"我|她|他(?!人)|本人|你")


@dataclass(frozen=True, slots=True)
class Addition:
    """A sentence that can be added, and the passage it is from; `leans`: only right behind the one before it."""

    text: str
    hit: Hit
    leans: bool = False


@dataclass(slots=True)
class Unit:
    """A paragraph or point that can be said more to: `end` is where the additions go, `added` grows."""

    end: int
    text: str
    desk: Desk
    topic: str
    near: tuple[Example, ...]
    stock: tuple[Addition, ...]
    added: list[str] = field(default_factory=list)
    spent: bool = False  # the model has no more for it

    @property
    def share(self) -> float:
        """By how much it has grown, of its length."""
        return sum(map(len, self.added)) / max(len(self.text), 1)


def units_in(request: Request, scope: Place, tools: Tools) -> list[Unit]:
    """Return the points and paragraphs of `scope` that end with a full stop."""
    text = request.text
    spans = [(a, b) for a, b, _ in numbered_points(text) if scope.start <= a < scope.end]
    for line in parse_elements(text):
        inside = scope.start <= line.start < scope.end or line.start <= scope.start < line.end
        apart = not any(a < line.end and line.start < b for a, b in spans)
        if line.kind == "body" and inside and apart:
            spans.append((max(line.start, scope.start), min(line.end, scope.end)))
    return units_at(request, text, sorted(spans), tools)


def units_at(request: Request, text: str, spans: Iterable[tuple[int, int]], tools: Tools) -> list[Unit]:
    """Return the units at `spans` of `text`, those left out that are too short or do not end with a full stop."""
    desks: dict[tuple[str, str], Desk] = {}
    bare_spans = [(start, start + len(text[start:end].rstrip())) for start, end in spans]
    return [
        _unit(request, text, start, end, desks, tools)
        for start, end in bare_spans
        if end - start >= SHORTEST and text[start:end].endswith(("。", "！", "？", "”"))
    ]


def desk_of(request: Request, kind: tuple[str, str], tools: Tools) -> Desk:
    """Return what a part of this genre and section is written with."""
    genre, section = kind
    return desk_for(genre, section, section, known_facts(request), tools)


def kind_of(request: Request, text: str, part: str, scope: Place, tools: Tools) -> tuple[str, str]:
    """Return genre and section of `part`: the section by its heading, else by what it sounds like."""
    title = "".join(item.text for item in parse_elements(text) if item.kind == "title")
    first = text[scope.start :].lstrip().split("\n")[0]
    section = section_type(heading_text(first)) or request.section or _section_of(part, tools)
    return request.genre or genre_of_title(title), section


def _section_of(part: str, tools: Tools) -> str:
    """Return the section of the nearest exemplars among those that `part` may sound like."""
    votes: Counter[str] = Counter()
    for place, hit in enumerate(tools.search(part, Filters(kinds=("exemplar",)), NEAR)):
        section = hit.passage.section
        sound = sound_of(section)
        if takes_topics(section) and sound.wants.search(part) and not sound.shuns.search(bare(part)[1]):
            votes[section] += NEAR - place
    return votes.most_common(1)[0][0] if votes else NO_SECTION


def _unit(
    request: Request, text: str, start: int, end: int, desks: dict[tuple[str, str], Desk], tools: Tools
) -> Unit:
    """Return the unit at text[start:end]; `desks` are those made so far, by genre and section."""
    part = text[start:end]
    scope = section_place(text, start)
    told_by = text[scope.start : scope.end] if bare(part)[0] else part  # a point is of the kind of its series
    kind = kind_of(request, text, told_by, scope, tools)
    desk = desks.get(kind) or desk_of(request, kind, tools)
    desks[kind] = desk
    topic, near = _on_topic(desk, part, tools)
    stock = (*_of_materials(request, part, text), *_of_examples(desk, near, text))
    masked = tuple(Addition(hidden(item.text, request.never), item.hit, item.leans) for item in stock)
    return Unit(end, part, desk, topic, tuple(near), masked)


def _on_topic(desk: Desk, part: str, tools: Tools) -> tuple[str, list[Example]]:
    """Return what `part` is about, as a topic of the exemplars where one fits, and the examples on it.

    First come those on the topic that its lead names, else those on one that stands in it, then what is nearest.
    """
    inner = bare(part)[1]
    lead = inner.split("。")[0]
    hits = tools.search(inner, Filters(kinds=("exemplar",), sections=(desk.section,)), NEAR)
    near = [*examples_from(hits), *desk.pool.examples]
    topics = list(dict.fromkeys(item.topic for item in near if item.general and len(item.topic) > 2))
    named = max(topics, key=lambda topic: (overlap(topic, lead), overlap(topic, part)), default="")
    if overlap(named, lead) < SAME_TOPIC:
        named = max(topics, key=lambda topic: overlap(topic, part), default="")
    if overlap(named, part) < SAME_TOPIC:
        return topic_of(inner), _ranked(_close(hits, CLOSE_ALONE), part)
    more = examples_for(tools.search, desk.pool, desk.genre, desk.section, named)
    kin = [item for item in more if overlap(named, item.topic) >= SAME_TOPIC]
    return named, list(dict.fromkeys([*_ranked(kin, part), *_ranked(_close(hits, CLOSE), part)]))


def _close(hits: Sequence[Hit], share: float) -> tuple[Example, ...]:
    return examples_from(hit for hit in hits if hit.score >= share * hits[0].score)


def _ranked(examples: Sequence[Example], part: str) -> list[Example]:
    return sorted(examples, key=lambda item: (not item.general, -overlap(part, item.text)))


def _of_materials(request: Request, part: str, text: str) -> list[Addition]:
    found = []
    for hit in material_hits(request.materials):
        sentence = clean_material(hit.passage.text)
        near = max(overlap(sentence, part), overlap(part, sentence))
        if near >= MATERIAL_NEAR and overlap(sentence, text) < MATERIAL_SAID:
            found.append(Addition(sentence, hit))
    return found


def _of_examples(desk: Desk, examples: Sequence[Example], text: str) -> list[Addition]:
    found = []
    general = [example for example in examples if example.general]
    for example in (
        general or examples
    ):  # what was written for any unit goes before what one unit wrote of itself
        for start, end in split_sentences(example.text)[1:]:
            sentence = mask_facts(example.text[start:end].strip(), desk.known, desk.sources)
            fit = _for_anyone(desk, example, sentence)
            if fit and acceptable(sentence, desk.section, text, (), first=False):
                found.append(Addition(sentence, example.hit, _LEANING.match(sentence) is not None))
    return found


def _for_anyone(desk: Desk, example: Example, sentence: str) -> bool:
    """Tell whether a sentence may stand in another unit's text: written so, or common and of no one person."""
    if example.general:
        return True
    common = desk.pool.commonness(sentence) >= COMMON and not _ONE_PERSON.search(sentence)
    return common and is_general(desk, example, sentence)
