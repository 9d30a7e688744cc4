"""Make a text longer: say more to its paragraphs and points (扩写), or go on after its end (续写).

Nothing of the original changes. What is added comes, in this order, from the user's materials, from exemplar
sentences near to the paragraph with their facts masked, and from the model where its proposal passes the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

from assistant.errors import RequestError
from assistant.knowledge.genres import genre_of_title
from assistant.knowledge.sections import section_type
from assistant.knowledge.structure import heading_text, numbered_points, parse_elements, split_sentences
from assistant.records import Filters, Hit, Request
from assistant.writing.candidates import Familiarity, acceptable, takes_topics
from assistant.writing.compress import TOLERANCE
from assistant.writing.edit import bare, with_part
from assistant.writing.examples import Example, examples_from, topic_of
from assistant.writing.facts import hidden, known_facts, mask_facts
from assistant.writing.ground import NEAR, examples_for, usual_topics
from assistant.writing.material import clean_material, material_hits
from assistant.writing.overlap import overlap, size_of
from assistant.writing.place import Place, body_end, items, section_place
from assistant.writing.points import (
    LEAD_FAMILIAR,
    SHOTS,
    Desk,
    Point,
    general_sentence,
    model_sentence,
    write_point,
)
from assistant.writing.section import desk_for
from assistant.writing.steps import Step, Tools, Writing, Written

USUAL_GROWTH = 1.5  # a text that is to be longer and not how long becomes so many times as long
USUAL_MORE = 200  # characters that are added behind a text when nothing is said of how many
POINT = (80, 150)  # characters of a point that is added, after those there are
CLOSE = 0.35  # of the score of the nearest passage: what scores less is about something else
MATERIAL_NEAR = (
    0.3  # share of a material sentence's bigrams or of its paragraph's from which it belongs there
)
ONE_SENTENCE = 45  # characters; where no length is asked for, so much more than planned is no harm
SHORTEST = 12  # characters; a shorter paragraph is a label, not something to say more to
NEW_TOPIC = 0.5  # share of a topic's bigrams in the text from which on the text has it already
LEANING = (
    "这",
    "其",
    "该",
    "对此",
    "因此",
    "同时",
    "此外",
    "也",
    "还",
    "并",
    "从而",
    "为此",
    "据此",
    "它",
    "他们",
    "二者",
)


@dataclass(slots=True)
class Unit:
    """A paragraph or point that can be said more to.

    `end` is where the additions go; `added` grows. `near` are examples on its topic, `stock` what can be added
    in its order: sentence, where it is from (None: material), and whether it leans on the one before it.
    """

    end: int
    text: str
    desk: Desk
    topic: str
    near: tuple[Example, ...]
    stock: list[tuple[str, Hit, bool]]
    added: list[str] = field(default_factory=list)
    spent: bool = False  # the model has no more for it


@dataclass(frozen=True, slots=True)
class _Grown:
    text: str
    hits: tuple[Hit, ...]
    by_model: int
    from_material: int


def expand(request: Request, tools: Tools) -> Writing:
    """Yield the text, or the part at `request.span`, as it grows to `request.length` characters, and return it.

    Raises RequestError when there is nothing that could be added.
    """
    text = request.text
    scope = Place(*request.span, request.place) if request.place else Place(0, len(text), "")
    size = size_of(text[scope.start : scope.end])
    length = request.length or round(size * USUAL_GROWTH)
    if length <= size:
        raise RequestError(
            f"{request.place or '原文'}已有{size}字，不少于要求的{length}字，没有扩写。",
            "请说明要扩写到多少字；要缩短请说“压缩到N字”。",
        )
    units = _units(request, scope, tools)
    grown = yield from _fill(text, units, length - size, request, tools)
    if grown.text == text:
        raise RequestError(
            f"资料库里没有能补进{request.place or '这段文字'}的同题例文，模型也没有写出合用的句子，文字没有改动。",
            "请把要补充的事实写进文稿或添加材料，也可以添加同类例文，或换用指令模型（bigan models）。",
        )
    reached = size + size_of(grown.text) - size_of(text)
    return Written(grown.text, grown.hits, tuple(_notes(grown, request, size, reached, length)))


def go_on(request: Request, tools: Tools) -> Writing:
    """Yield the text as it goes on after its end and return it; `request.length` characters are added.

    Numbered points go on with the next numbers and topics the text has not; else sentences follow the last
    paragraph. What closes a document (结语、署名、日期) stays at its end. Raises RequestError.
    """
    length = request.length or USUAL_MORE
    text = request.text
    end = body_end(text)
    scope = section_place(text, max(end - 1, 0))
    scope = Place(scope.start, min(scope.end, end), scope.name)
    spans = items(text, scope)
    pointed = bool(spans) and spans[-1][1] >= end
    added, hits, topics = text, list[Hit](), list[str]()
    if pointed:
        added, hits, topics = yield from _more_points(request, scope, length, tools)
        scope = section_place(added, body_end(added) - 1)
        spans = items(added, scope)[len(spans) :]
        units = _made(request, added, spans, tools)
    else:
        units = _units(request, scope, tools)[-1:]
    missing = length - (size_of(added) - size_of(text))
    grown = yield from _fill(added, units, missing, request, tools)
    if grown.text == text:
        raise RequestError(
            "资料库里没有能接下去的例文，模型也没有写出合用的句子，文字没有改动。",
            "请说明续写什么，或添加材料和同类例文。",
        )
    more = size_of(grown.text) - size_of(text)
    what = f"接着写了{len(topics)}条：{'、'.join(topics)}。" if topics else "接在最后一段后面写。"
    notes = _notes(grown, request, 0, more, length)
    return Written(grown.text, tuple(dict.fromkeys((*hits, *grown.hits))), (what, *notes))


def _more_points(
    request: Request, scope: Place, length: int, tools: Tools
) -> Generator[Step, None, tuple[str, list[Hit], list[str]]]:
    """Return the text with further points, each of its lead and what follows it, the hits and the topics."""
    text = request.text
    spans = items(text, scope)
    usual = sum(end - start for start, end in spans) // len(spans)
    count = max(1, round(length / min(max(usual, POINT[0]), POINT[1])))
    desk = _desk(request, _kind(request, text, text[scope.start : scope.end], scope, tools), tools)
    hits: list[Hit] = []
    topics = _next_topics(request, desk, text, text[scope.start : scope.end], count, tools)
    for number, topic in enumerate(topics, len(spans) + 1):
        near = examples_for(tools.search, desk.pool, desk.genre, desk.section, topic)
        writing = write_point(desk, topic, length // max(len(topics), 1), near, (), text)
        here = section_place(text, scope.start)
        here = Place(here.start, body_end(text), here.name)
        point: Point
        while True:
            try:
                part = next(writing)
            except StopIteration as finished:
                point = finished.value
                break
            yield Step(with_part(text, hidden(part, request.never), number, here), f"正在写：{topic}")
        text = with_part(text, hidden(point.text, request.never), number, here)
        hits += [example.hit for example in (*point.used, *near[:SHOTS])]
    return text, hits, list(topics)


def _next_topics(
    request: Request, desk: Desk, text: str, part: str, count: int, tools: Tools
) -> tuple[str, ...]:
    """Return the topics to go on with: those asked for, else those near to `part` that it has not."""
    if request.topics:
        return request.topics
    hits = tools.search(part, Filters(kinds=("exemplar",), sections=(desk.section,)), NEAR)
    near = [item.topic for item in examples_from(hits) if item.general]
    chosen: list[str] = []
    for topic in (*near, *usual_topics(desk.pool, 12, desk.genre)):
        known = overlap(topic, text) >= NEW_TOPIC or any(overlap(topic, other) >= 0.3 for other in chosen)
        if not known and 3 <= len(topic) <= 10:
            chosen.append(topic)
    return tuple(chosen[:count])


def _fill(
    text: str, units: Sequence[Unit], missing: int, request: Request, tools: Tools
) -> Generator[Step, None, _Grown]:
    """Return `text` with `missing` characters more, spread over `units` by their length."""
    hits: list[Hit] = []
    left, by_model, given = missing, 0, 0
    enough = round(missing * TOLERANCE)
    spare = enough if request.length else max(enough, ONE_SENTENCE)
    while left > enough:
        found = _next(units, left + spare)
        if found is None:
            break
        unit, (sentence, hit) = found
        unit.added.append(sentence)
        hits.append(hit)
        given += hit.passage.kind == "material"
        left -= size_of(sentence)
        yield Step(_joined(text, units), f"正在补充：{unit.topic}")
    while left > enough and (open_units := [unit for unit in units if not unit.spent]):
        unit = min(open_units, key=_share)
        sentence = yield from _by_model(text, unit, units, left + spare, tools)
        unit.spent = not sentence
        if sentence:
            unit.added.append(hidden(sentence, request.never))
            by_model += 1
            left -= size_of(sentence)
    near = [example.hit for unit in units for example in unit.near[:SHOTS]]
    return _Grown(_joined(text, units), tuple(dict.fromkeys((*hits, *near))), by_model, given)


def _next(units: Sequence[Unit], most: int) -> tuple[Unit, tuple[str, Hit]] | None:
    """Return the next sentence of at most `most` characters, for the unit that has grown least."""
    said = "".join(sentence for unit in units for sentence in unit.added)
    for unit in sorted(units, key=_share):
        for place, (sentence, hit, leans) in enumerate(unit.stock):
            stands = not leans or (place > 0 and unit.added[-1:] == [unit.stock[place - 1][0]])
            fits = size_of(sentence) <= most and stands
            if fits and sentence not in said and acceptable(sentence, "", said, (), first=False):
                return unit, (sentence, hit)
    return None


def _share(unit: Unit) -> float:
    return sum(map(len, unit.added)) / max(len(unit.text), 1)


def _joined(text: str, units: Sequence[Unit]) -> str:
    for unit in sorted(units, key=lambda item: -item.end):
        text = text[: unit.end] + "".join(unit.added) + text[unit.end :]
    return text


def _by_model(
    text: str, unit: Unit, units: Sequence[Unit], most: int, tools: Tools
) -> Generator[Step, None, str]:
    """Return the model's next sentence for `unit` when it passes the rules and speaks like the corpus, else ""."""
    written = _joined(text, units)
    begun = bare(unit.text)[1] + "".join(unit.added)
    writing = model_sentence(
        unit.desk,
        unit.topic,
        unit.near[:SHOTS],
        Familiarity(example.text for example in unit.desk.pool.examples),
        begun,
        written,
    )
    while True:
        try:
            next(writing)
        except StopIteration as finished:
            sentence: str = finished.value
            break
        yield Step(written, "例文用完了，正在请模型写")
    return sentence if size_of(sentence) <= most and tools.language.share(sentence) >= LEAD_FAMILIAR else ""


def _units(request: Request, scope: Place, tools: Tools) -> list[Unit]:
    """Return the points and paragraphs of `scope` that end with a full stop, with what can be added to them."""
    text = request.text
    spans = [(a, b) for a, b, _ in numbered_points(text) if scope.start <= a < scope.end]
    for line in parse_elements(text):
        inside = scope.start <= line.start < scope.end or line.start <= scope.start < line.end
        apart = not any(a < line.end and line.start < b for a, b in spans)
        if line.kind == "body" and inside and apart:
            spans.append((max(line.start, scope.start), min(line.end, scope.end)))
    whole = [(a, a + len(text[a:b].rstrip())) for a, b in sorted(spans)]
    fit = [(a, b) for a, b in whole if b - a >= SHORTEST and text[a:b].endswith(("。", "！", "？", "”"))]
    return _made(request, text, fit, tools)


def _made(request: Request, text: str, spans: Sequence[tuple[int, int]], tools: Tools) -> list[Unit]:
    desks: dict[tuple[str, str], Desk] = {}
    return [_unit(request, text, start, end, desks, tools) for start, end in spans]


def _unit(
    request: Request, text: str, start: int, end: int, desks: dict[tuple[str, str], Desk], tools: Tools
) -> Unit:
    """Return what can be said more to text[start:end]; `desks` are those made so far, by genre and section."""
    end = start + len(text[start:end].rstrip())
    part = text[start:end]
    kind = _kind(request, text, part, section_place(text, start), tools)
    desk = desks.get(kind) or _desk(request, kind, tools)
    desks[kind] = desk
    hits = tools.search(bare(part)[1], Filters(kinds=("exemplar",), sections=(desk.section,)), NEAR)
    close = [hit for hit in hits if hit.score >= CLOSE * hits[0].score]
    examples = sorted(examples_from(close), key=lambda item: not item.general)
    topic = (
        examples[0].topic if examples and overlap(examples[0].topic, part) >= 0.5 else topic_of(bare(part)[1])
    )
    stock = [*_of_materials(request, part, text), *_of_examples(desk, examples, part, text)]
    hidden_stock = [(hidden(sentence, request.never), hit, leans) for sentence, hit, leans in stock]
    return Unit(end, part, desk, topic, tuple(examples), hidden_stock)


def _of_materials(request: Request, part: str, text: str) -> list[tuple[str, Hit, bool]]:
    found = []
    for hit in material_hits(request.materials):
        sentence = clean_material(hit.passage.text)
        near = max(overlap(sentence, part), overlap(part, sentence))
        if near >= MATERIAL_NEAR and overlap(sentence, text) < 0.8:
            found.append((sentence, hit, False))
    return found


def _of_examples(
    desk: Desk, examples: Sequence[Example], part: str, text: str
) -> list[tuple[str, Hit, bool]]:
    found = []
    for example in examples:
        for start, end in split_sentences(example.text)[1:]:
            sentence = mask_facts(example.text[start:end].strip(), desk.known, desk.sources)
            if general_sentence(desk, example, sentence) and acceptable(
                sentence, desk.section, text, (), first=False
            ):
                found.append((sentence, example.hit, sentence.startswith(LEANING)))
    return found


def _desk(request: Request, kind: tuple[str, str], tools: Tools) -> Desk:
    genre, section = kind
    return desk_for(genre, section, section, known_facts(request), tools)


def _kind(request: Request, text: str, part: str, scope: Place, tools: Tools) -> tuple[str, str]:
    """Return genre and section of `part`: the section by its heading, else that of the nearest exemplars."""
    title = "".join(item.text for item in parse_elements(text) if item.kind == "title")
    first = text[scope.start :].lstrip().split("\n")[0]
    section = section_type(heading_text(first)) or request.section or _section_of(part, tools)
    return request.genre or genre_of_title(title), section


def _section_of(part: str, tools: Tools) -> str:
    votes: Counter[str] = Counter()
    for hit in tools.search(part, Filters(kinds=("exemplar",)), NEAR):
        if takes_topics(hit.passage.section):
            votes[hit.passage.section] += max(hit.score, 0) or 0.01  # type: ignore[assignment]
    return votes.most_common(1)[0][0] if votes else "主要工作"


def _notes(
    grown: _Grown, request: Request, size: int, reached: int, length: int
) -> Generator[str, None, None]:
    if size:
        yield f"{request.place}由{size}字扩写到{reached}字；原文一字未动，补充的接在各条各段后面。"
    else:
        yield f"原文一字未动，续写了{reached}字。"
    sources = "、".join(filter(None, ["材料" if grown.from_material else "", "同题例文（事实换成了××）"]))
    yield f"补充的句子取自{sources}，每句的出处见“依据”，请逐句核对是不是本单位的情况。"
    if grown.by_model:
        yield f"其中{grown.by_model}句是模型写的。"
    if request.length and reached < (1 - TOLERANCE) * length:
        yield f"没有写到{length}字：合用的同题例文用完了，请添加材料或同类例文，或换用指令模型（bigan models）。"
