"""Plan a section: its points, the material sentences under each, and what the user should know about both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.knowledge.genres import GenreSection
from assistant.knowledge.topics import told_in
from assistant.records import Request
from assistant.writing.facts import places_of
from assistant.writing.ground import Pool, usual_topics
from assistant.writing.material import Group, Likeness, Piece, fits, is_for, sort_by_itself, sort_by_topics
from assistant.writing.overlap import overlap

POINT = 150  # characters of a usual point, from which the number of points follows
POINT_FULL = 200  # characters that a point with materials can be brought to before another is better
OWN_LEAD = 0.5  # share of a topic's characters in a sentence that can open the point on it
GROUPED = ("工作", "打算")  # what is told by topic; faults and stages are told one by one


@dataclass(frozen=True, slots=True)
class Plan:
    """What a section is made of, in its order."""

    opening: tuple[Piece, ...]
    groups: tuple[Group, ...]
    notes: tuple[str, ...]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All material sentences that are used."""
        return (*self.opening, *(piece for group in self.groups for piece in group.pieces))


def plan_section(
    request: Request, part: GenreSection, pool: Pool, pieces: Sequence[Piece], length: int, likeness: Likeness
) -> Plan:
    """Return the points of `part` with the sentences of the materials that are for it.

    Points are those asked for; else those of the materials. Where there are no materials, or where an asked
    length needs more, exemplars tell what else is usual.
    """
    name = part.heading or part.type
    used, notes = for_section(request, part, pieces)
    if request.topics:
        found = sort_by_topics(request.topics, used, likeness)
    else:
        most = max(part.points[1], len(used) // 3)
        found = sort_by_itself(used, most, grouped=bool(set(GROUPED) & set(told_in(part.type))))
    groups = found.groups
    if not request.topics:
        groups = (*groups, *_usual(request, part, pool, groups, length))
    doubtful = [(piece, topic) for piece, topic in found.unsure if fits(piece, part.type)]
    if doubtful:
        said = "；".join(f"“{_bare(piece)}”放在“{topic}”里" for piece, topic in doubtful)
        notes.append(f"这些材料不好归类，请看放得是否合适：{said}。")
    for group in groups:
        for piece in group.pieces:
            if not fits(piece, part.type):
                where = f"“{group.topic}”里" if group.topic else f"“{name}”里"
                notes.append(
                    f"“{_bare(piece)}”有必用的事实，说的却是{is_for(piece)}，先放在{where}，请看放得是否合适。"
                )
    return Plan(found.opening, groups, tuple(notes))


def for_section(
    request: Request, part: GenreSection, pieces: Sequence[Piece]
) -> tuple[list[Piece], list[str]]:
    """Return the sentences that are for `part` or must stand, and notes that name the others."""
    used = [piece for piece in pieces if fits(piece, part.type) or _must(piece, request)]
    left = [piece for piece in pieces if piece not in used]
    return used, _left_notes(left, part.heading or part.type)


def leads_itself(group: Group, part: GenreSection) -> bool:
    """Tell whether the first sentence of `group` can open its point: “三会一课”质量不高 names the fault itself."""
    if not group.pieces:
        return False
    if not group.topic:
        return True
    first, told = group.pieces[0], told_in(part.type)
    about = not group.asked or overlap(group.topic, first.text) >= OWN_LEAD
    return about and not set(GROUPED) & set(told) and (not told or is_for(first) in told)


def _usual(
    request: Request, part: GenreSection, pool: Pool, groups: Sequence[Group], length: int
) -> list[Group]:
    """Return the points without materials that a section of `length` takes besides `groups`."""
    low, high = part.points
    if any(group.pieces for group in groups):
        count = min(round(length / POINT_FULL), high) if request.length else 0
    else:
        count = min(max(low, round(length / POINT)), high)
    missing = count - len(groups)
    if missing <= 0:
        return []
    taken = [group.topic for group in groups]
    topics = [
        topic
        for topic in usual_topics(pool, count + len(groups), request.genre)
        if all(overlap(topic, other) < OWN_LEAD for other in taken)
    ]
    return [Group(topic) for topic in topics[:missing]]


def _must(piece: Piece, request: Request) -> bool:
    return any(places_of(word, piece.text) for word in request.must)


def _left_notes(left: Sequence[Piece], name: str) -> list[str]:
    """Return what to say about sentences that belong to another section, a note for each kind."""
    kinds = dict.fromkeys(is_for(piece) for piece in left)
    return [
        f"这些材料说的是{kind}，不属于“{name}”，没有写进去："
        + "；".join(_bare(piece) for piece in left if is_for(piece) == kind)
        + "。"
        for kind in kinds
    ]


def _bare(piece: Piece) -> str:
    return piece.text.rstrip("。")
