"""Draw up the outline of a whole document from genre, request and materials. No language model is asked.

Topics are those of the request, else those the materials speak of, else what such parts usually write about. A sentence
of the material goes to one point of one part: by its own words (a shortage is a problem, a plan a measure), else by its topic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.knowledge.genres import Genre, GenreSection, genre_called
from assistant.knowledge.outlines import habits_of, part_taking, topic_of_sentence, without_opening
from assistant.records import Filters, Hit, Material, Request
from assistant.writing.candidates import takes_topics
from assistant.writing.examples import Example
from assistant.writing.facts import places_of
from assistant.writing.ground import (
    NEAR,
    Pool,
    Search,
    assign_materials,
    clean_material,
    material_hits,
    pool_of,
    usual_topics,
)
from assistant.writing.outline import Outline, Part, Topic, body_of
from assistant.writing.overlap import overlap
from assistant.writing.points import KIN_TOPIC, SAME_TOPIC

POINT = 150  # characters of a usual point, for the number of points
PLAN = "下一步打算"
KIN = 0.5  # share of a topic's bigrams in another's from which both name the same matter
BLANK_NAME, BLANK_DATE = "×××", "20××年×月×日"
_LISTED = re.compile(r"(?:^|(?<=[：:；;，。]))[一二三四五六七八九]是")
_YEAR = re.compile(r"20\d\d(?=年)")


@dataclass(frozen=True, slots=True)
class _Maker:
    """What an outline is made with; `hits` are the sentences of the materials by section type."""

    request: Request
    genre: Genre
    search: Search
    hits: Mapping[str, tuple[Hit, ...]]


def wants_outline(genre: str) -> bool:
    """Tell whether documents of the genre of that name are so long that they are outlined first.

    They are where two parts or more have headings. Raises RequestError for an unknown genre.
    """
    return sum(bool(part.heading) for part in genre_called(genre).sections) > 1


def outline_of(request: Request, genre: Genre, search: Search) -> Outline:
    """Return an outline for what `request` asks for; each sentence of the materials stands in it once."""
    hits = material_pieces(request.materials)
    maker = _Maker(request, genre, search, _by_part(request, genre, hits))
    parts: list[Part] = []
    for section in _sections(genre):
        topics = _topics(maker, section, parts)
        given = maker.hits.get(section.type, ())
        if not section.required and section.form != "prose" and not topics and not given:
            continue  # nothing tells what it should say
        placed = {hit for found in topics.values() for hit in found}
        loose = [hit for hit in given if hit not in placed] if section.form == "prose" else []
        parts.append(
            Part(
                section.type,
                section.heading,
                tuple(Topic(topic, _sentences(found)) for topic, found in topics.items()),
                sum(section.length) // 2,
                _sentences(loose),
            )
        )
    stands = {
        fact for part in parts for fact in (*part.facts, *(f for topic in part.topics for f in topic.facts))
    }
    named = " ".join(genre.required_elements)
    return Outline(
        title=_title(request, genre),
        addressee=next(iter(genre.addressees), ""),
        parts=_with_lengths(parts, request.length),
        closing=next(iter(genre.closings), ""),
        signature=BLANK_NAME if re.search("署名|单位", named) else "",
        date=BLANK_DATE if re.search("(?<!（)日期", named) else "",
        reserve=tuple(fact for fact in _sentences(hits) if fact not in stands),
    )


def _title(request: Request, genre: Genre) -> str:
    """Return the title asked for, else one with the year and kind of the words (2024年度工作总结) and blanks."""
    if request.title:
        return request.title
    kinds = "|".join(map(re.escape, sorted((genre.name, *genre.aliases), key=len, reverse=True)))
    named = re.search(rf"20\d\d年(?:度|上半年|下半年)?(?:{kinds})", request.words)
    return f"××{named.group()}" if named else f"××关于××的{genre.name}"


def _sections(genre: Genre) -> list[GenreSection]:
    """Return the parts that are drafted: the formal ending is a line of its own."""
    return [section for section in genre.sections if section.type != "结语"]


def material_pieces(materials: Sequence[Material]) -> tuple[Hit, ...]:
    """Return the sentences of the materials, of those that list several matters (一是……；二是……) each matter."""
    return tuple(
        replace(hit, passage=replace(hit.passage, text=piece))
        for hit in material_hits(materials)
        for piece in _pieces(hit.passage.text)
    )


def _pieces(text: str) -> list[str]:
    """Return what a sentence lists, each with the words that open the list: they tell what part it belongs to."""
    marks = list(_LISTED.finditer(text))
    if len(marks) < 2:
        return [text]
    opening = text[: marks[0].start()]
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [opening + text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]


def _sentences(hits: Sequence[Hit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(without_opening(clean_material(hit.passage.text)) for hit in hits))


def _by_part(request: Request, genre: Genre, hits: Sequence[Hit]) -> dict[str, tuple[Hit, ...]]:
    """Return the sentences of the materials by the section type they belong to."""
    types = [section.type for section in _sections(genre)]
    year = max(_YEAR.findall(request.title) or _YEAR.findall(request.words), default="")
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        years = _YEAR.findall(hit.passage.text)
        later = bool(year and years) and min(years) > year and PLAN in types
        taken = PLAN if later else part_taking(clean_material(hit.passage.text), types)
        found.setdefault(taken or body_of(genre).type, []).append(hit)
    return {name: tuple(items) for name, items in found.items()}


def _topics(maker: _Maker, section: GenreSection, before: Sequence[Part]) -> dict[str, tuple[Hit, ...]]:
    """Return the topics of a part, each with its sentences of the materials; none for running prose."""
    request, hits = maker.request, maker.hits.get(section.type, ())
    if section.form == "prose":
        return {}
    if request.topics and _takes_topics(maker.genre, section):
        return _with_must(_under(request.topics, hits), hits, request.must)
    pool = pool_of(maker.search, request.genre, section.type)
    general = Pool(tuple(item for item in pool.examples if item.general), pool.spread, pool.documents)
    found = _topics_of(maker, section, general, hits)
    answers = _answers(section, general, before)
    number = _number(section, bool(found))
    for topic in dict.fromkeys((*answers, *_usual(maker, section, pool, general))):
        wanted = topic in answers or len(found) < number
        if wanted and not any(_kin(topic, other) for other in found):
            found[topic] = ()
    return _with_must(found, hits, request.must)


def _topics_of(
    maker: _Maker, section: GenreSection, general: Pool, hits: Sequence[Hit]
) -> dict[str, tuple[Hit, ...]]:
    """Return the sentences under what they are about, in their order; what tells no topic is left out."""
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        topic = topic_of_sentence(hit.passage.text) or _nearest(maker, section, general, hit.passage.text)
        if topic:
            found.setdefault(topic, []).append(hit)
    return {topic: tuple(items) for topic, items in found.items()}


def _nearest(maker: _Maker, section: GenreSection, general: Pool, text: str) -> str:
    """Return the topic of the point of the corpus nearest to `text`, "" when none of those found first is general."""
    near = maker.search(text, Filters(kinds=("exemplar",), sections=(section.type,)), NEAR)
    found = {hit.passage.id for hit in near}
    among = [example for example in general.examples if example.hit.passage.id in found]
    best = max(among, key=lambda example: overlap(text, example.text), default=None)
    return best.topic if best else ""


def _under(topics: Sequence[str], hits: Sequence[Hit]) -> dict[str, tuple[Hit, ...]]:
    """Return the sentences under the topics asked for: by words in common, else by what they are about."""
    found = assign_materials(topics, hits)
    placed = {hit for items in found.values() for hit in items}
    for hit in hits:
        about = topic_of_sentence(hit.passage.text)
        kin = next((topic for topic in topics if about and _kin(topic, about)), "")
        if kin and hit not in placed:
            found[kin] = (*found[kin], hit)
    return found


def _takes_topics(genre: Genre, section: GenreSection) -> bool:
    """Tell whether the topics asked for are those of `section`: of 存在问题, not of 引言 or 任职概况."""
    named = any(takes_topics(other.type) for other in genre.sections)
    return takes_topics(section.type) or not named


def _number(section: GenreSection, told: bool) -> int:
    """Return how many points a part has at least: as its length asks for, fewer where the material tells what to write."""
    low, high = section.points
    return low if told else min(max(low, round(sum(section.length) / 2 / POINT)), high)


def _answers(section: GenreSection, general: Pool, before: Sequence[Part]) -> tuple[str, ...]:
    """Return the topics that a part has to answer, as the corpus calls them: for each problem its measure."""
    answered = habits_of(section.type).answers
    problems = [topic.name for part in before if part.type == answered for topic in part.topics]
    names = [example.topic for example in general.examples]
    return tuple(next((name for name in names if _kin(topic, name)), topic) for topic in problems)


def _usual(maker: _Maker, section: GenreSection, pool: Pool, general: Pool) -> tuple[str, ...]:
    """Return topics for a part nobody said more of: those of the corpus, else usual ones that it writes about.

    Problems are chosen among those that the corpus knows measures for.
    """
    if not general.examples:
        habits = habits_of(section.type).usual
        covered = tuple(topic for topic in habits if any(_about(topic, item) for item in pool.examples))
        return (
            covered if len(covered) >= section.points[0] else ()
        )  # one alone looks like all there is to say
    usual = usual_topics(general, len(general.examples), maker.request.genre)
    measures = [item.type for item in maker.genre.sections if habits_of(item.type).answers == section.type]
    for answering in measures[:1]:
        answers = pool_of(maker.search, maker.request.genre, answering)
        known = {item.topic for item in answers.examples if item.general}
        usual = tuple(topic for topic in usual if not known or any(_kin(topic, name) for name in known))
    return usual


def _about(topic: str, example: Example) -> bool:
    """Tell whether a point of the corpus is about `topic`, so that there is something to write from."""
    return (
        overlap(topic, example.topic) >= KIN_TOPIC
        or overlap(topic, example.text.split("。")[0]) >= SAME_TOPIC
    )


def _kin(topic: str, other: str) -> bool:
    return max(overlap(topic, other), overlap(other, topic)) >= KIN


def _with_must(
    found: dict[str, tuple[Hit, ...]], hits: Sequence[Hit], must: Sequence[str]
) -> dict[str, tuple[Hit, ...]]:
    """Return `found` with the sentences that carry a must-use fact and fit no topic under the nearest one."""
    placed = {hit for items in found.values() for hit in items}
    for hit in hits:
        text = hit.passage.text
        if found and hit not in placed and any(places_of(word, text) for word in must):
            nearest = max(found, key=lambda topic: overlap(topic, text))
            found = {**found, nearest: (*found[nearest], hit)}
    return found


def _with_lengths(parts: Sequence[Part], length: int) -> tuple[Part, ...]:
    """Return the parts with the characters each gets of `length` in all, 0 for as many as usual; in tens."""
    usual = sum(part.length for part in parts)
    whole = length or usual
    return tuple(replace(part, length=10 * round(whole * part.length / max(usual, 1) / 10)) for part in parts)
