"""Draft one section.

A base model writes point by point (see points.py); an instruct model writes the section in one go from
prompts/draft_section.chat.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.knowledge.genres import Genre, GenreSection
from assistant.knowledge.numerals import chinese_numeral
from assistant.records import Fact, Filters, Hit, Request
from assistant.writing.chat import Grounds, Order, write_by_chat
from assistant.writing.examples import Example
from assistant.writing.facts import PLACEHOLDER, known_facts, mask_facts, places_of
from assistant.writing.ground import (
    assign_materials,
    examples_for,
    material_hits,
    pool_of,
    topics_of_materials,
    usual_topics,
)
from assistant.writing.overlap import overlap
from assistant.writing.points import Desk, write_point
from assistant.writing.steps import Step, Tools, Writing, Written, growing

UNKNOWN_SECTION = GenreSection("", "", False, "points", (3, 4), (250, 500), "紧扣主题，分条叙述。")


def part_of(genre: Genre, section: str) -> GenreSection:
    """Return the part of `genre` that is `section`, or one like any other where the genre has none of that type."""
    base = UNKNOWN_SECTION
    return genre.section(section) or GenreSection(
        section, section, False, base.form, base.points, base.length, base.guidance
    )


def draft_section(
    request: Request,
    part: GenreSection,
    heading: str,
    before: str,
    tools: Tools,
    length: int = 0,
    given: Mapping[str, tuple[Hit, ...]] | None = None,
) -> Writing:
    """Yield the growing section under `heading` and return it; `before` is the text that stands before it.

    `length` is in characters, 0 for what was asked for or is usual. `given` says which sentences of the
    material stand under which topic; None lets the words they have in common decide.
    """
    length = length or request.length or sum(part.length) // 2
    known = known_facts(request)
    materials = (
        material_hits(request.materials)
        if given is None
        else [hit for found in given.values() for hit in found]
    )
    desk = desk_for(request.genre, part.type, part.heading or part.type, known, tools)
    yield Step(heading, f"找到“{part.type}”例文{len(desk.pool.examples)}段")
    assigned, forced = _with_must(
        _plan(request, part, desk, tools, materials, length) if given is None else dict(given),
        materials,
        request.must,
    )
    if tools.chat and not tools.adapt:
        return (
            yield from _by_chat(request, part, heading, before, [*assigned], desk, materials, tools, length)
        )
    if part.form == "prose" and not request.topics:
        return _prose(request, part, heading, desk)
    if not assigned:
        return _nothing(part, heading)
    if not request.topics:
        yield Step(heading, f"没有说明写哪几个方面，这样来写：{'、'.join(assigned)}")
    written = yield from _by_points(part, heading, before, assigned, desk, tools, length)
    written = replace(written, notes=(*written.notes, *forced))
    used = {hit for hits in assigned.values() for hit in hits}
    if unused := [hit.passage.text.rstrip("。") for hit in materials if hit not in used]:
        note = f"这些材料对不上哪一点，没有写进去：{'；'.join(unused)}。"
        written = replace(written, notes=(*written.notes, note))
    return written


def desk_for(genre: str, section: str, heading: str, known: tuple[Fact, ...], tools: Tools) -> Desk:
    """Return what the points of a section are written with."""
    return Desk(
        engine=tools.engine,
        genre=genre,
        section=section,
        heading=heading,
        pool=pool_of(tools.search, genre, section),
        known=known,
        sources=tools.sources,
        language=tools.language,
        adapt=tools.adapt,
        seed=tools.seed,
        cancel=tools.cancel,
    )


def _plan(
    request: Request, part: GenreSection, desk: Desk, tools: Tools, materials: Sequence[Hit], length: int
) -> dict[str, tuple[Hit, ...]]:
    """Return the topics of a part in their order, each with the material sentences that belong to it.

    Topics are those asked for; else those of the materials, filled up with what exemplars usually write.
    """
    if request.topics:
        return assign_materials(request.topics, materials)
    low, high = part.points
    count = min(max(low, round(length / 150)), high)
    planned = topics_of_materials(tools.search, part.type, materials)
    wanted = low if planned else count
    for topic in usual_topics(desk.pool, count, request.genre):
        if len(planned) < wanted and topic not in planned:
            planned[topic] = ()
    return planned


def _with_must(
    assigned: dict[str, tuple[Hit, ...]], materials: Sequence[Hit], must: Sequence[str]
) -> tuple[dict[str, tuple[Hit, ...]], tuple[str, ...]]:
    """Return `assigned` with the sentences that carry a must-use fact and fit no topic under the nearest one.

    The notes that come with it say where each was put.
    """
    used = {hit for hits in assigned.values() for hit in hits}
    notes: list[str] = []
    for hit in materials:
        text = hit.passage.text
        if assigned and hit not in used and any(places_of(word, text) for word in must):
            nearest = max(assigned, key=lambda topic: overlap(topic, text))
            assigned = {**assigned, nearest: (*assigned[nearest], hit)}
            said = text.rstrip("。")
            notes.append(f"“{said}”有必用的事实，又对不上哪一点，先放在“{nearest}”里，请看放得是否合适。")
    return assigned, tuple(notes)


def _by_points(
    part: GenreSection,
    heading: str,
    before: str,
    assigned: Mapping[str, tuple[Hit, ...]],
    desk: Desk,
    tools: Tools,
    length: int,
) -> Writing:
    lines = [heading] if heading else []
    hits: list[Hit] = [hit for found in assigned.values() for hit in found]
    notes: list[str] = []
    taken: set[Example] = set()
    borrowed: list[str] = []
    short: list[str] = []
    alone: list[str] = []
    for number, (topic, given) in enumerate(assigned.items(), 1):
        near = examples_for(tools.search, desk.pool, desk.genre, part.type, topic)
        free = [example for example in near if example not in taken]
        rotated = free[tools.seed % 3 :] if len(free) > 6 else free
        numeral = chinese_numeral(number)
        opening = f"（{numeral}）" if part.form == "headed" else f"{numeral}是"
        head = "\n".join([*lines, opening])
        point = yield from growing(
            head,
            write_point(desk, topic, length // len(assigned), rotated, given, before + "\n".join(lines)),
            f"正在写第{number}点：{topic}",
        )
        taken.update(point.used)
        borrowed += [str(number)] if point.borrowed_lead else []
        short += [str(number)] if point.short else []
        alone += [str(number)] if desk.adapt and not point.used else []
        hits += [example.hit for example in (*point.used, *rotated[:4])]
        lines.append(opening + point.text)
    name = part.heading or part.type
    if borrowed:
        notes.append(f"“{name}”第{'、'.join(borrowed)}点的点题句，模型写的不合用，换成了例文的。")
    if alone:
        notes.append(f"“{name}”第{'、'.join(alone)}点，资料库里没有同题的例文，是模型自己写的，请逐句核对。")
    if short:
        notes.append(f"“{name}”第{'、'.join(short)}点，模型没有再写出可用的句子，篇幅不足。")
    return Written("\n".join(lines), tuple(dict.fromkeys(hits)), tuple(notes))


def _prose(request: Request, part: GenreSection, heading: str, desk: Desk) -> Written:
    """Return a prose part adapted from the exemplar of the genre that says least of one unit, facts masked."""
    own = [item for item in desk.pool.examples if item.hit.passage.genre == request.genre]
    if not own:
        return _nothing(part, heading)
    texts = {item: mask_facts(item.text, desk.known, desk.sources) for item in own}
    ranked = sorted(
        own,
        key=lambda item: (
            not item.general,
            -overlap(item.topic, request.title + request.words),
            texts[item].count(PLACEHOLDER),
            -desk.pool.commonness(item.text),
        ),
    )
    best = ranked[desk.seed % min(3, len(ranked))]
    return Written("\n".join([heading, texts[best]] if heading else [texts[best]]), (best.hit,))


def _nothing(part: GenreSection, heading: str) -> Written:
    """Return a part left to the user, because no exemplar shows how it is written."""
    note = f"资料库里没有合用的“{part.heading or part.type}”例文，这一部分留给您补写；也可以说明要写哪几个方面，或先添加例文。"
    return Written("\n".join([heading, PLACEHOLDER] if heading else [PLACEHOLDER]), (), (note,))


def _by_chat(
    request: Request,
    part: GenreSection,
    heading: str,
    before: str,
    topics: Sequence[str],
    desk: Desk,
    materials: Sequence[Hit],
    tools: Tools,
    length: int,
) -> Writing:
    near = [
        example
        for topic in topics or [part.type]
        for example in examples_for(tools.search, desk.pool, desk.genre, part.type, topic)[:2]
    ]
    wording = tools.search(" ".join((*topics, part.type)), Filters(kinds=("formulation",)), 4)
    grounds = Grounds(tuple(near), tuple(wording), tuple(materials), before)
    head = f"{heading}\n" if heading else ""
    writing = write_by_chat(desk, Order(request, part.guidance, tuple(topics), length), grounds)
    text, note = yield from growing(head, writing, "正在撰写")
    hits = (*materials, *(example.hit for example in near), *wording)
    return Written(head + text, tuple(dict.fromkeys(hits)), (note,) if note else ())
