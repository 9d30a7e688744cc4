"""Carry out what is asked of a part of the text at hand: take it out, add a point, say it otherwise.

Each returns the whole text; what is not named stays as it is, character for character.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from assistant.errors import RequestError
from assistant.knowledge.facts import find_facts
from assistant.knowledge.genres import genre_of_title
from assistant.knowledge.sections import section_type
from assistant.knowledge.structure import heading_text, parse_elements, split_sentences
from assistant.records import Hit, Material, Request
from assistant.writing.candidates import SENTENCE_LENGTH
from assistant.writing.edit import bare, with_part, without
from assistant.writing.examples import Example, topic_of
from assistant.writing.facts import hidden, known_facts
from assistant.writing.ground import examples_for
from assistant.writing.material import material_hits
from assistant.writing.overlap import overlap
from assistant.writing.place import Place, items, section_place
from assistant.writing.points import Desk, Point, more_sentences, write_point
from assistant.writing.section import desk_for
from assistant.writing.steps import Step, Tools, Writing, Written

USUAL = 150  # characters of a point where there is none to compare with
ONE_SENTENCE = 50  # characters; so short a part is one sentence and stays one
SHOWN = 30  # characters of what was taken out that the note shows
NO_SECTION = "主要工作"  # what a text without headings is taken for
NUMBERED = "后面的序号已经顺过来。"
NO_OTHER = "请添加同类例文，或者直接改写。"
_FIXED = ("删除", "增加", "换写法")


def is_follow_up(request: Request, chat: bool) -> bool:
    """Tell whether `request` is one of those that `carry_out` does; a capable model rewrites parts by itself."""
    if request.instruction in ("删除", "增加"):
        return True
    return not chat and bool(request.place) and request.instruction in _FIXED


def carry_out(request: Request, tools: Tools) -> Writing:
    """Yield the text as it changes and return it with a note of what was done. Raises RequestError."""
    if request.instruction == "增加":
        return _add(request, tools)
    if not request.place:
        raise RequestError(
            "没有看出要删文稿的哪一部分。",
            "请说明第几条、第几段或哪一部分，例如“删掉第二条”；文稿里没有的也删不了。",
        )
    if request.instruction == "删除":
        return _remove(request)
    return _say_otherwise(request, tools)


def _remove(request: Request) -> Writing:
    text, place = request.text, Place(*request.span, request.place)
    scope = section_place(text, place.start)
    left = without(text, place, scope)
    gone = text[place.start : place.end].strip().replace("\n", " ")
    shown = gone if len(gone) <= SHOWN else gone[:SHOWN] + "……"
    yield Step(left)
    spans = items(text, scope)
    moved = request.span in spans[:-1]
    return Written(left, notes=(f"删去了{request.place}：“{shown}”。{NUMBERED if moved else ''}",))


def _add(request: Request, tools: Tools) -> Writing:
    if not request.topics:
        raise RequestError("没有看出要加什么内容。", "请说明写什么，例如“加一条关于人才队伍的”。")
    text, start = request.text, request.span[0]
    if not request.place and _is_whole(text):
        raise RequestError("没有看出加在哪一部分。", "请说明位置，例如“在存在问题部分加一条关于人才队伍的”。")
    scope = section_place(text, start) if request.place else Place(0, len(text), "")
    spans = items(text, scope)
    behind = [number for number, (first, _) in enumerate(spans, 1) if first == start and request.span[1]]
    number = behind[0] + 1 if behind else len(spans) + 1
    length = sum(end - first for first, end in spans) // len(spans) if spans else USUAL
    desk = _desk(request, scope, tools)
    topic = request.topics[0]
    near = examples_for(tools.search, desk.pool, desk.genre, desk.section, topic)
    materials = [hit for hit in material_hits(request.materials) if overlap(topic, hit.passage.text) >= 0.5]
    writing = write_point(desk, topic, length, near, materials, text)
    point: Point = yield from _placed(
        writing, lambda part: with_part(text, hidden(part, request.never), number, scope)
    )
    notes = [f"加了第{number}条“{topic}”。{NUMBERED if number <= len(spans) else ''}", *_origin(point)]
    added = hidden(point.text, request.never)
    return Written(with_part(text, added, number, scope), _hits(point, near[:4]), tuple(notes))


def _say_otherwise(request: Request, tools: Tools) -> Writing:
    """Write a point anew from other examples; the sentences that carry facts stay."""
    text, (start, end) = request.text, request.span
    scope = section_place(text, start)
    desk = _desk(request, scope, tools)
    around = next((text[a:b] for a, b in items(text, scope) if a < start < b), "")
    if around and end - start < len(around):
        return (yield from _other_sentence(request, desk, tools, bare(around)[1]))
    opening, part = bare(text[start:end])
    topic, near = _topic(desk, tools, part)
    kept = [part[a:b].strip() for a, b in split_sentences(part) if find_facts(part[a:b])]
    materials = material_hits([Material("原文", "".join(kept))] if kept else [])
    others = [item for item in near if overlap(item.text, part) < 0.5]
    turned = others[tools.seed % 3 :] if len(others) > 6 else others
    single = len(part) <= ONE_SENTENCE
    writing = write_point(desk, topic, end - start, turned, materials, text)
    point: Point = yield from _placed(writing, lambda new: text[:start] + opening + new + text[end:])
    new = _first(point.text) if single and not kept else point.text
    note = f"{request.place}换了写法，原文带事实的句子保留。不满意可以重试，或在“版本”里恢复。"
    made = text[:start] + opening + new + text[end:]
    if made == text:
        raise RequestError(
            f"没有找到{request.place}的别的写法，文字没有改动。", "请添加同类例文，或者直接改写。"
        )
    return Written(made, _hits(point, turned[:4]), (note, *_origin(point)))


def _other_sentence(request: Request, desk: Desk, tools: Tools, around: str) -> Writing:
    """Put an exemplar's sentence on the topic of the point `around` in the place of one of its sentences."""
    text, (start, end) = request.text, request.span
    topic, near = _topic(desk, tools, around)
    more, used = more_sentences(desk, topic, SENTENCE_LENGTH[1], near, text)
    sentence = "".join(more[first:last] for first, last in split_sentences(more)[:1])
    if not sentence or find_facts(text[start:end]):
        raise RequestError(f"没有找到{request.place}的别的写法，文字没有改动。", NO_OTHER)
    made = text[:start] + sentence + text[end:]
    yield Step(made)
    note = f"{request.place}换成了同题例文的一句，请看意思是否合适；不合适可在“版本”里恢复。"
    return Written(made, tuple(example.hit for example in used), (note,))


def _placed(writing: Generator[str, None, Point], put: Callable[[str], str]) -> Generator[Step, None, Point]:
    """Run `writing` with each of its texts put where it belongs."""
    while True:
        try:
            part = next(writing)
        except StopIteration as finished:
            point: Point = finished.value
            return point
        yield Step(put(part), "正在写")


def _first(text: str) -> str:
    spans = split_sentences(text)
    return text[spans[0][0] : spans[0][1]].strip() if spans else text


def _topic(desk: Desk, tools: Tools, part: str) -> tuple[str, Sequence[Example]]:
    """Return what `part` is about, as a topic of the exemplars where one fits, and the examples near to it."""
    own = topic_of(part)
    near = examples_for(tools.search, desk.pool, desk.genre, desk.section, own)
    known = max((item.topic for item in near), key=lambda topic: overlap(topic, part), default="")
    topic = known if overlap(known, part) >= 0.6 else own
    return topic, examples_for(tools.search, desk.pool, desk.genre, desk.section, topic)


def _desk(request: Request, scope: Place, tools: Tools) -> Desk:
    elements = parse_elements(request.text)
    title = "".join(item.text for item in elements if item.kind == "title")
    first = request.text[scope.start :].lstrip().split("\n")[0]
    section = section_type(heading_text(first)) or request.section or NO_SECTION
    known = known_facts(request)
    return desk_for(request.genre or genre_of_title(title), section, section, known, tools)


def _is_whole(text: str) -> bool:
    return sum(item.kind == "heading" and item.level == 1 for item in parse_elements(text)) > 1


def _origin(point: Point) -> list[str]:
    if not point.used:
        return ["资料库里没有同题的例文，这一条是模型自己写的，请逐句核对。"]
    return ["取自同题例文，事实换成了××，请改成本单位的情况。"]


def _hits(point: Point, near: Sequence[Example]) -> tuple[Hit, ...]:
    return tuple(dict.fromkeys(example.hit for example in (*point.used, *near)))
