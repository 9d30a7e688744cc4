"""Make a text longer: say more to its paragraphs and points (扩写), or go on after its end (续写).

Nothing of the original changes. What is added comes, in this order, from the user's materials, from exemplar
sentences near to the paragraph with their facts masked, and from the model where its proposal passes the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from assistant.errors import RequestError
from assistant.knowledge.structure import split_sentences
from assistant.records import Filters, Hit, Request
from assistant.writing.candidates import Familiarity, acceptable
from assistant.writing.compress import TOLERANCE, compress
from assistant.writing.edit import bare, with_part
from assistant.writing.examples import Example, examples_from
from assistant.writing.facts import hidden, mask_facts
from assistant.writing.ground import NEAR, examples_for
from assistant.writing.overlap import overlap, size_of
from assistant.writing.place import Place, body_end, items, section_place
from assistant.writing.points import LEAD_FAMILIAR, SHOTS, Desk, model_sentence, write_point
from assistant.writing.steps import Step, Tools, Writing, Written, growing
from assistant.writing.stock import Unit, desk_of, kind_of, units_at, units_in

USUAL_GROWTH = 1.5  # a text that is to be longer and not how long becomes so many times as long
USUAL_MORE = 200  # characters that are added behind a text when nothing is said of how many
POINT = (80, 150)  # characters of a point that is added, after those there are
ONE_SENTENCE = 45  # characters; where no length is asked for, so much more than planned is no harm
SENTENCE_LEAST = 15  # characters of a sentence that was shortened to fit
NEW_TOPIC = 0.5  # share of a topic's bigrams in the text from which on the text has it already
MODEL_MOST = 6  # sentences that a base model may add: more of them say the same again


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
    grown = yield from _fill(text, units_in(request, scope, tools), length - size, request, tools)
    if grown.text == text:
        raise RequestError(
            f"资料库里没有能补进{request.place or '这段文字'}的同题例文，模型也没有写出合用的句子，文字没有改动。",
            "请把要补充的事实写进文稿或添加材料，也可以添加同类例文，或换用指令模型（bigan models）。",
        )
    reached = size + size_of(grown.text) - size_of(text)
    said = f"{request.place}由{size}字扩写到{reached}字；原文一字未动，补充的接在各条各段后面。"
    return Written(grown.text, grown.hits, (said, *_notes(grown, request, reached, length)))


def go_on(request: Request, tools: Tools) -> Writing:
    """Yield the text as it goes on after its end and return it; `request.length` characters are added.

    Numbered points go on with the next numbers and topics the text has not; else sentences follow the last
    paragraph. What closes a document (结语、署名、日期) stays at its end. Raises RequestError.
    """
    length = request.length or USUAL_MORE
    text = request.text
    end = body_end(text)
    scope = section_place(text, max(end - 1, 0))
    spans = items(text, Place(scope.start, end, ""))
    added, hits, topics = text, list[Hit](), list[str]()
    if spans and spans[-1][1] >= end:
        added, hits, topics = yield from _more_points(request, scope.start, length, tools)
        behind = items(added, Place(scope.start, body_end(added), ""))[len(spans) :]
        units = units_at(request, added, behind, tools)
    else:
        units = units_in(request, Place(scope.start, end, ""), tools)[-1:]
    missing = length - (size_of(added) - size_of(text))
    grown = yield from _fill(added, units, missing, request, tools)
    if grown.text == text:
        raise RequestError(
            "资料库里没有能接下去的例文，模型也没有写出合用的句子，文字没有改动。",
            "请说明续写什么，或添加材料和同类例文。",
        )
    more = size_of(grown.text) - size_of(text)
    what = f"接着写了{len(topics)}条：{'、'.join(topics)}。" if topics else "接在最后一段后面写。"
    said = f"{what}原文一字未动，续写了{more}字。"
    all_hits = tuple(dict.fromkeys((*hits, *grown.hits)))
    return Written(grown.text, all_hits, (said, *_notes(grown, request, more, length)))


def _more_points(
    request: Request, start: int, length: int, tools: Tools
) -> Generator[Step, None, tuple[str, list[Hit], list[str]]]:
    """Return the text with further points behind those from `start` on, the hits and the topics.

    A point on a topic of the exemplars is its lead alone, what follows is filled in later; one on another is
    the model's.
    """
    text = request.text
    part = text[start : body_end(text)]
    spans = items(text, Place(start, body_end(text), ""))
    usual = sum(end - first for first, end in spans) // len(spans)
    count = max(1, round(length / min(max(usual, POINT[0]), POINT[1])))
    desk = desk_of(request, kind_of(request, text, part, Place(start, len(text), ""), tools), tools)
    hits: list[Hit] = []
    topics: list[str] = []
    for topic in request.topics or _next_topics(desk, part, tools):
        if len(topics) == (len(request.topics) or count):
            break
        near = examples_for(tools.search, desk.pool, desk.genre, desk.section, topic)
        lead = next(_leads(desk, topic, near, text), "")
        if not lead and request.topics:
            writing = write_point(desk, topic, POINT[0], near, (), text)
            lead = (yield from growing(text + "\n", writing, f"正在写：{topic}")).text
        if lead:
            topics.append(topic)
            here = Place(start, body_end(text), "")
            text = with_part(text, hidden(lead, request.never), len(spans) + len(topics), here)
            hits += [example.hit for example in near[:SHOTS]]
            yield Step(text, f"正在写：{topic}")
    return text, hits, topics


def _leads(desk: Desk, topic: str, near: Sequence[Example], text: str) -> Iterator[str]:
    """Yield the first sentences of the general examples on `topic`, which `text` has not."""
    for example in near:
        start, end = split_sentences(example.text)[0]
        lead = mask_facts(example.text[start:end], desk.known, desk.sources)
        about = example.general and overlap(topic, example.topic) >= NEW_TOPIC
        if about and acceptable(lead, desk.section, text, (), first=False):
            yield lead


def _next_topics(desk: Desk, part: str, tools: Tools) -> tuple[str, ...]:
    """Return topics that `part` has not, of the bank of points nearest to it, the nearest topics first."""
    hits = tools.search(part, Filters(kinds=("exemplar",), sections=(desk.section,)), NEAR)
    found = [item for item in examples_from(hits) if item.general]
    banks: Counter[str] = Counter()
    for place, item in enumerate(found):
        banks[item.hit.passage.path] += NEAR - place
    bank = max(banks, key=lambda path: banks[path], default="")
    near = [item for item in (*found, *desk.pool.examples) if item.hit.passage.path == bank]
    chosen: list[str] = []
    for topic in (item.topic for item in near):
        known = overlap(topic, part) >= NEW_TOPIC or any(overlap(topic, other) >= 0.3 for other in chosen)
        if not known and 3 <= len(topic) <= 10:
            chosen.append(topic)
    return tuple(chosen)


def _fill(
    text: str, units: Sequence[Unit], missing: int, request: Request, tools: Tools
) -> Generator[Step, None, _Grown]:
    """Return `text` with `missing` characters more, spread over `units` by their length."""
    hits: list[Hit] = []
    left, by_model, given = missing, 0, 0
    enough = round(missing * TOLERANCE)
    spare = enough if request.length else max(enough, ONE_SENTENCE)
    while left > enough and (found := _next(units, text, left + spare)) is not None:
        unit, sentence, hit = found
        unit.added.append(sentence)
        hits.append(hit)
        given += hit.passage.kind == "material"
        left -= size_of(sentence)
        yield Step(_joined(text, units), f"正在补充：{unit.topic}")
    while left > enough and by_model < MODEL_MOST and (able := [unit for unit in units if not unit.spent]):
        unit = min(able, key=lambda item: item.share)
        sentence = yield from _by_model(text, unit, units, left + spare, tools)
        unit.spent = not sentence
        if sentence:
            unit.added.append(hidden(sentence, request.never))
            by_model += 1
            left -= size_of(sentence)
    near = [example.hit for unit in units for example in unit.near[:SHOTS]]
    return _Grown(_joined(text, units), tuple(dict.fromkeys((*hits, *near))), by_model, given)


def _next(units: Sequence[Unit], text: str, most: int) -> tuple[Unit, str, Hit] | None:
    """Return the next sentence of at most `most` characters for the unit that has grown least.

    Where none is short enough, one that is without a clause that carries no fact.
    """
    written = _joined(text, units)
    for shorten in (False, True):
        for unit in sorted(units, key=lambda item: item.share):
            for place, item in enumerate(unit.stock):
                if item.leans and unit.added[-1:] != [unit.stock[place - 1].text]:
                    continue
                sentence = compress(item.text, most) if shorten else item.text
                fits = SENTENCE_LEAST <= size_of(sentence) <= most or (
                    not shorten and size_of(sentence) <= most
                )
                if fits and item.hit.passage.kind == "material" and sentence not in written:
                    return unit, sentence, item.hit
                if fits and acceptable(sentence, unit.desk.section, written, (), first=False):
                    return unit, sentence, item.hit
    return None


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
    familiar = Familiarity(example.text for example in unit.desk.pool.examples)
    writing = model_sentence(unit.desk, unit.topic, unit.near[:SHOTS], familiar, begun, written)
    while True:
        try:
            next(writing)
        except StopIteration as finished:
            sentence: str = finished.value
            break
        yield Step(written, "例文用完了，正在请模型写")
    return sentence if size_of(sentence) <= most and tools.language.share(sentence) >= LEAD_FAMILIAR else ""


def _notes(grown: _Grown, request: Request, reached: int, length: int) -> Iterator[str]:
    given = "材料" if grown.from_material else ""
    sources = "、".join(filter(None, [given, "同题例文（事实换成了××）"]))
    yield f"补充的句子取自{sources}，每句的出处见“依据”，请逐句核对是不是本单位的情况。"
    if grown.by_model:
        yield f"其中{grown.by_model}句是模型写的。"
    if request.length and reached < (1 - TOLERANCE) * length:
        yield f"没有写到{length}字：合用的同题例文用完了，请添加材料或同类例文，或换用指令模型（bigan models）。"
