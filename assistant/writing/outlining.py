"""Draw up the outline of a whole document from genre, request and materials. No language model is asked.

Topics are those of the request, else those the materials speak of, else what such parts usually write about. A sentence
of the material goes to one point of one part: by its own words (a shortage is a problem, a plan a measure), then by its topic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.knowledge.genres import Genre, GenreSection, genre_called
from assistant.knowledge.outlines import habits_of, part_taking
from assistant.knowledge.topics import fits_nowhere, told_in, topic_known, topics_told
from assistant.records import Request
from assistant.writing.candidates import takes_topics
from assistant.writing.examples import Example
from assistant.writing.facts import places_of
from assistant.writing.ground import Pool, Search, pool_of, usual_topics
from assistant.writing.material import (
    OVERVIEW,
    Group,
    Likeness,
    Piece,
    Sorted,
    is_for,
    likeness_by_characters,
    pieces_of,
    sort_by_itself,
    sort_by_topics,
)
from assistant.writing.outline import Outline, Part, Topic, body_of
from assistant.writing.overlap import overlap
from assistant.writing.plan import GROUPED, POINT, POINT_FULL
from assistant.writing.points import KIN_TOPIC, SAME_TOPIC
from assistant.writing.statutory import statutory_variant

PLAN = "下一步打算"
OPENS = ("基本情况", "引言")  # where it is told how things stand
NAMED = 0.2  # share of the bigrams of a topic asked for in a sentence that is about it
KIN = 0.5  # share of a topic's bigrams in another's from which both name the same matter
BLANK_NAME, BLANK_DATE = "×××", "20××年×月×日"
_YEAR = re.compile(r"20\d\d(?=年)")


@dataclass(frozen=True, slots=True)
class _Maker:
    """What an outline is made with; `pieces` are the sentences of the materials by section type, "" for none."""

    request: Request
    genre: Genre
    search: Search
    likeness: Likeness
    pieces: dict[str, list[Piece]]


def wants_outline(request: Request) -> bool:
    """Tell whether a document is so long that it is outlined first: two parts of its genre or more have headings.

    What follows a skeleton is not. Raises RequestError for an unknown genre.
    """
    headed = sum(bool(part.heading) for part in genre_called(request.genre).sections)
    return headed > 1 and statutory_variant(request) is None


def outline_of(
    request: Request, genre: Genre, search: Search, likeness: Likeness = likeness_by_characters
) -> Outline:
    """Return an outline for what `request` asks for; each sentence of the materials stands in it once.

    Parts have a length where the request has one.
    """
    maker = _Maker(request, genre, search, likeness, _by_part(request, genre))
    parts: list[Part] = []
    for section in _sections(genre):
        pieces = maker.pieces.get(section.type, [])
        facts, topics = (
            ([piece.text for piece in pieces], [])
            if section.form == "prose"
            else _points(maker, section, parts)
        )
        if section.required or section.form == "prose" or topics or facts:
            parts.append(
                Part(section.type, section.heading, tuple(topics), _share(maker, section), tuple(facts))
            )
    named = " ".join(genre.required_elements)
    return Outline(
        title=_title(request, genre),
        addressee=next(iter(genre.addressees), ""),
        parts=_with_lengths(parts, request.length),
        closing=next(iter(genre.closings), ""),
        signature=BLANK_NAME if re.search("署名|单位", named) else "",
        date=BLANK_DATE if re.search("(?<!（)日期", named) else "",
        reserve=tuple(piece.text for piece in maker.pieces.get("", [])),
    )


def _title(request: Request, genre: Genre) -> str:
    """Return the title asked for, else one with the year and kind of the words (2024年度工作总结) and blanks."""
    if request.title:
        return request.title
    kinds = "|".join(map(re.escape, sorted((genre.name, *genre.aliases), key=len, reverse=True)))
    named = re.search(rf"20\d\d年(?:度|上半年|下半年)?[^，。；、：\s]{{0,12}}?(?:{kinds})", request.words)
    return f"××{named.group()}" if named else f"××关于××的{genre.name}"


def _sections(genre: Genre) -> list[GenreSection]:
    """Return the parts that are drafted: the formal ending is a line of its own."""
    return [section for section in genre.sections if section.type != "结语"]


def _by_part(request: Request, genre: Genre) -> dict[str, list[Piece]]:
    """Return the sentences of the materials by the section type they belong to, "" for what is not for a text."""
    year = max(_YEAR.findall(request.title) or _YEAR.findall(request.words), default="")
    found: dict[str, list[Piece]] = {}
    seen: set[str] = set()
    for piece in pieces_of(request.materials):
        if piece.text not in seen:
            found.setdefault(_part_for(piece, genre, year), []).append(piece)
        seen.add(piece.text)
    return found


def _part_for(piece: Piece, genre: Genre, year: str) -> str:
    """Return the section type `piece` belongs to: by its label, a later year, a fault in it, its words, its kind."""
    types = [section.type for section in _sections(genre)]
    told = is_for(piece)
    if fits_nowhere(told):
        return ""
    if piece.section in types:
        return piece.section
    years = _YEAR.findall(piece.text)
    if year and years and min(years) > year and PLAN in types:
        return PLAN
    if piece.tells == OVERVIEW:
        return next((name for name in OPENS if name in types), body_of(genre).type)
    kinds = [name for name in types if told and told in told_in(name)]
    fault = told and told not in GROUPED and kinds
    return (
        (kinds[0] if fault else "")
        or part_taking(piece.text, types)
        or next(iter(kinds), body_of(genre).type)
    )


def _points(maker: _Maker, section: GenreSection, before: Sequence[Part]) -> tuple[list[str], list[Topic]]:
    """Return the sentences of a part that are points of their own or open it, and its topics with theirs."""
    request, pieces = maker.request, maker.pieces.get(section.type, [])
    if request.topics and _takes_topics(maker.genre, section):
        found = _about_topics(maker, sort_by_topics(request.topics, pieces, maker.likeness))
    else:
        most = max(section.points[1], len(pieces) // 3)
        found = sort_by_itself(pieces, most, grouped=bool({*GROUPED} & {*told_in(section.type)}))
    own = [*found.opening, *(piece for group in found.groups if not group.topic for piece in group.pieces)]
    topics = _named(found.groups)
    if not request.topics or not _takes_topics(maker.genre, section):
        topics += [Topic(name) for name in _more(maker, section, [topic.name for topic in topics], before)]
    return [piece.text for piece in own], topics


def _about_topics(maker: _Maker, found: Sorted) -> Sorted:
    """Return the groups with what is about their topic; the rest, unless it must be used, is put by for the user."""
    groups: list[Group] = []
    for group in found.groups:
        known = topic_known(group.topic)
        stay = tuple(
            piece
            for piece in group.pieces
            if known in topics_told(piece.topic + piece.text)
            or overlap(group.topic, piece.topic + piece.text) >= NAMED
            or any(places_of(word, piece.text) for word in maker.request.must)
        )
        maker.pieces.setdefault("", []).extend(piece for piece in group.pieces if piece not in stay)
        groups.append(replace(group, pieces=stay))
    return replace(found, groups=tuple(groups))


def _named(groups: Sequence[Group]) -> list[Topic]:
    """Return the topics of `groups`, each once, with all its sentences."""
    found: dict[str, list[str]] = {}
    for group in groups:
        if group.topic:
            found.setdefault(group.topic, []).extend(piece.text for piece in group.pieces)
    return [Topic(name, tuple(facts)) for name, facts in found.items()]


def _takes_topics(genre: Genre, section: GenreSection) -> bool:
    """Tell whether the topics asked for are those of `section`: of 存在问题, not of 引言 or 任职概况."""
    named = any(takes_topics(other.type) for other in genre.sections)
    return takes_topics(section.type) or not named


def _more(maker: _Maker, section: GenreSection, topics: Sequence[str], before: Sequence[Part]) -> list[str]:
    """Return the topics that a part has beside those of the material: what it answers, and usual ones to its number."""
    pool = pool_of(maker.search, maker.request.genre, section.type)
    general = Pool(tuple(item for item in pool.examples if item.general), pool.spread, pool.documents)
    answers = _answers(section, general, before)
    number = _number(maker, section, bool(maker.pieces.get(section.type)) or bool(answers))
    more: list[str] = []
    for topic in dict.fromkeys((*answers, *_usual(maker, section, pool, general))):
        wanted = topic in answers or len(topics) + len(more) < number
        if wanted and not any(_kin(topic, other) for other in (*topics, *more)):
            more.append(topic)
    return more


def _number(maker: _Maker, section: GenreSection, told: bool) -> int:
    """Return how many points a part has at least: as its length asks for; where it is told what to write, only with a length."""
    low, high = section.points
    share = _share(maker, section)
    if told:
        return min(round(share / POINT_FULL), high) if maker.request.length else 0
    return min(max(low, round(share / POINT)), high)


def _answers(section: GenreSection, general: Pool, before: Sequence[Part]) -> tuple[str, ...]:
    """Return the topics that a part has to answer, as the corpus calls them: for each problem its measure."""
    answered = habits_of(section.type).answers
    problems = [topic.name for part in before if part.type == answered for topic in part.topics]
    names = [example.topic for example in general.examples]
    nearest = [max(names, key=lambda name: _likeness(topic, name), default=topic) for topic in problems]
    return tuple(name if _kin(topic, name) else topic for topic, name in zip(problems, nearest, strict=True))


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


def _likeness(topic: str, other: str) -> float:
    return overlap(topic, other) + overlap(other, topic)


def _kin(topic: str, other: str) -> bool:
    return max(overlap(topic, other), overlap(other, topic)) >= KIN


def _share(maker: _Maker, section: GenreSection) -> int:
    """Return the characters of a part: what is usual, or its share of the length that was asked for."""
    usual = sum(section.length) // 2
    whole = sum(sum(item.length) // 2 for item in _sections(maker.genre))
    return maker.request.length * usual // max(whole, 1) if maker.request.length else usual


def _with_lengths(parts: Sequence[Part], length: int) -> tuple[Part, ...]:
    """Return the parts with the characters each gets of `length` in all, in tens; without where none was asked for."""
    whole = sum(part.length for part in parts)
    return tuple(
        replace(part, length=10 * round(length * part.length / max(whole, 1) / 10)) for part in parts
    )
