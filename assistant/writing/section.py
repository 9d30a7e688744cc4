"""Draft one section.

A base model writes point by point (see points.py); an instruct model writes the section in one go from
prompts/draft_section.chat.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.knowledge.genres import Genre, GenreSection
from assistant.knowledge.numerals import chinese_numeral
from assistant.records import Fact, Filters, Hit, Request
from assistant.writing.chat import Grounds, Order, write_by_chat
from assistant.writing.examples import Example
from assistant.writing.facts import known_facts
from assistant.writing.ground import examples_for, pool_of
from assistant.writing.material import Group, material_hits, pieces_of
from assistant.writing.plan import Plan, for_section, leads_itself, plan_section
from assistant.writing.points import ENOUGH, SHOTS, Desk, Point, more_sentences, write_point
from assistant.writing.prose import nothing, write_prose
from assistant.writing.steps import Step, Tools, Writing, Written, growing

LOPSIDED = 2  # times its share of the length that a point may grow where the others have no more to say
LEAD_USUAL = 20  # characters of a sentence that names a point
UNKNOWN_SECTION = GenreSection("", "", False, "points", (3, 4), (250, 500), "紧扣主题，分条叙述。")


def part_of(genre: Genre, section: str) -> GenreSection:
    """Return the part of `genre` that is `section`, or one like any other where the genre has none of that type."""
    base = UNKNOWN_SECTION
    return genre.section(section) or GenreSection(
        section, section, False, base.form, base.points, base.length, base.guidance
    )


def draft_section(
    request: Request, part: GenreSection, heading: str, before: str, tools: Tools, length: int = 0
) -> Writing:
    """Yield the growing section under `heading` and return it; `before` is the text that stands before it.

    `length` is in characters, 0 for what was asked for or is usual.
    """
    length = length or request.length or sum(part.length) // 2
    known = known_facts(request)
    pieces = pieces_of(request.materials)
    desk = desk_for(request.genre, part.type, part.heading or part.type, known, tools)
    yield Step(heading, f"找到“{part.type}”例文{len(desk.pool.examples)}段")
    if part.form == "prose" and not request.topics and (tools.adapt or not tools.chat):
        used, notes = for_section(request, part, pieces)
        written = write_prose(request, part, heading, desk, used, length)
        return replace(written, notes=(*written.notes, *notes))
    plan = plan_section(request, part, desk.pool, pieces, length, tools.likeness)
    if tools.chat and not tools.adapt:
        topics = [group.topic for group in plan.groups if group.topic]
        hits = material_hits(request.materials)
        return (yield from _by_chat(request, part, heading, before, topics, desk, hits, tools, length))
    if not plan.groups and not plan.opening:
        return nothing(part, heading, plan.notes)
    if named := [group.topic for group in plan.groups if group.topic and not group.asked]:
        yield Step(heading, f"没有说明写哪几个方面，这样来写：{'、'.join(dict.fromkeys(named))}")
    return (yield from _by_points(request, part, heading, before, plan, desk, tools, length))


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


def _by_points(
    request: Request,
    part: GenreSection,
    heading: str,
    before: str,
    plan: Plan,
    desk: Desk,
    tools: Tools,
    length: int,
) -> Writing:
    lines = [*filter(None, (heading, "".join(piece.text for piece in plan.opening)))]
    done: list[_Done] = []
    for number, group in enumerate(plan.groups, 1):
        numeral = chinese_numeral(number)
        opening = f"（{numeral}）" if part.form == "headed" else f"{numeral}是"
        head = "\n".join([*lines, opening])
        examples = _examples(part, group, desk, tools, done)
        left, most = length - len(head.replace("\n", "")), LOPSIDED * length // len(plan.groups)
        room = _room(request, part, plan.groups[number - 1 :], left, most)
        hits = [piece.hit for piece in group.pieces]
        writing = write_point(
            desk, group.topic, room, examples, hits, before + "\n".join(lines), leads_itself(group, part)
        )
        point = yield from growing(head, writing, f"正在写第{number}点：{group.topic}".rstrip("："))
        done.append(_Done(number, group, point, tuple(examples)))
        lines.append(opening + point.text)
    if request.length:
        lines, done = _topped_up(desk, lines, done, before, length)
    given = [piece.hit for piece in plan.pieces]
    hits = [*given, *(item.hit for one in done for item in (*one.point.used, *one.examples[:SHOTS]))]
    notes = (*plan.notes, *_point_notes(part, desk, done), *_length_note(request, part, plan, lines, length))
    return Written("\n".join(lines), tuple(dict.fromkeys(hits)), notes)


@dataclass(frozen=True, slots=True)
class _Done:
    """A written point: its number, what it was to be about, and the examples that were at hand."""

    number: int
    group: Group
    point: Point
    examples: tuple[Example, ...]


def _examples(
    part: GenreSection, group: Group, desk: Desk, tools: Tools, done: Sequence[_Done]
) -> Sequence[Example]:
    """Return the examples for a point, the nearest first; no two points take sentences from one example."""
    about = group.topic or (group.pieces[0].text if group.pieces else part.type)
    taken = {example for one in done for example in one.point.used}
    near = examples_for(tools.search, desk.pool, desk.genre, part.type, about)
    free = [example for example in near if example not in taken]
    return free[tools.seed % 3 :] if len(free) > 6 else free


def _room(request: Request, part: GenreSection, groups: Sequence[Group], left: int, most: int) -> int:
    """Return the characters for the first of `groups` when `left` remain for all; at most `most` above the least.

    A point whose facts the user gave is as long as they are, unless a length was asked for.
    """
    if groups[0].pieces and not request.length:
        return 0
    least = [_least(group, part) for group in groups]
    return least[0] + min(max(left - sum(least), 0) // len(groups), most)


def _least(group: Group, part: GenreSection) -> int:
    lead = 0 if leads_itself(group, part) else LEAD_USUAL
    return lead + sum(len(piece.text) for piece in group.pieces)


def _topped_up(
    desk: Desk, lines: list[str], done: list[_Done], before: str, length: int
) -> tuple[list[str], list[_Done]]:
    """Return the lines and points with more exemplar sentences where the section is still shorter than asked.

    What one point could not fill the others may, as far as the corpus has more on their topics.
    """
    lines, done = [*lines], [*done]
    first = len(lines) - len(done)
    for place, one in enumerate(done):
        missing = length - len("".join(lines))
        if missing <= length * (1 - ENOUGH) / 2 or not desk.adapt:
            break
        written, line = before + "\n".join(lines), lines[first + place]
        room = min(missing // (len(done) - place), LOPSIDED * length // len(done) - len(line))
        more, used = more_sentences(
            desk, one.group.topic, room, one.examples, written, bool(one.group.pieces)
        )
        lines[first + place] += more
        point = replace(one.point, text=one.point.text + more, used=(*one.point.used, *used))
        done[place] = replace(one, point=point)
    return lines, done


def _point_notes(part: GenreSection, desk: Desk, done: Sequence[_Done]) -> list[str]:
    """Return what the user should know about where the words of the points come from."""
    name = part.heading or part.type
    given = any(one.group.pieces for one in done)

    def named(chosen: Callable[[_Done], bool]) -> str:
        return "、".join(str(one.number) for one in done if chosen(one))

    found = {
        "点的点题句，模型写的不合用，换成了例文的或通用的。": named(lambda one: one.point.borrowed_lead),
        "点，资料库里没有同题的例文，是模型自己写的，请逐句核对。": named(
            lambda one: (
                desk.adapt and not one.point.used and not one.group.pieces and one.point.text.count("。") > 1
            )
        ),
        "点，模型没有再写出可用的句子，篇幅不足。": named(lambda one: one.point.short),
        "点材料里没有说到，是按例文写的，请改成实际情况。": named(
            lambda one: given and not one.group.pieces and bool(one.point.used)
        ),
    }
    return [f"“{name}”第{numbers}{said}" for said, numbers in found.items() if numbers]


def _length_note(
    request: Request, part: GenreSection, plan: Plan, lines: Sequence[str], length: int
) -> list[str]:
    """Return a note when the section is not as long as it was asked to be."""
    size, name = len("".join(lines)), part.heading or part.type
    if not request.length or abs(size - length) <= length * (1 - ENOUGH):
        return []
    if size < length:
        return [
            f"“{name}”写了{size}字，不到要求的{length}字：同题的例文和材料只有这些，没有用空话凑数；补充材料后可以再写。"
        ]
    return [
        f"“{name}”写了{size}字，超过要求的{length}字：{'材料里的事实都保留了' if plan.pieces else '每点都要点题'}，请指明可以舍去的内容。"
    ]


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
