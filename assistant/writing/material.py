"""Read the user's materials: which sentence is about what, and under which point of a section it goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from assistant.knowledge.sections import section_type
from assistant.knowledge.structure import ends_title, heading_number, numbered_points, split_sentences
from assistant.knowledge.topics import (
    fits_anywhere,
    fits_nowhere,
    load_topics,
    told_in,
    topic_known,
    topics_told,
    what_is_told,
)
from assistant.knowledge.wording import standard_wording
from assistant.records import Hit, Material, Passage
from assistant.writing.overlap import overlap

Likeness = Callable[[Sequence[str], Sequence[str]], Sequence[Sequence[float]]]

OVERVIEW = "概况"  # what a sentence tells that opens a section, see tells.toml
SHORTEST = 4  # characters of a sentence that says something
SHORT_NAME = 4  # characters from which the beginning of a topic's name stands for it (党员教育)
LABEL = 12  # characters before a colon that can name a section or topic
HEADING = 20  # characters of a line that can head the lines below it
# A sentence goes to the topic with the greatest sum of these. Set on 36 sentences over 19 topics of five trades
# written for it: 34 right, against 12 by the topic's characters alone and 27 by cosine alone.
BY_MEANING, BY_CHARACTERS, BY_WORDS = 20.0, 1.5, 0.2
WORDS_ENOUGH = 6  # characters of telling words beyond which more tell no more
UNSURE = 0.3  # lead of the best topic over the next below which nothing but the order of chance decided
NAMED = 0.5  # share of a topic's characters in a sentence that names it
JOINS = 0.6  # a sentence joins a group whose topic it tells this much as clearly as its clearest one
SAME_SENTENCE = (
    0.6  # share of a sentence's characters that standard wording must leave, so that its source shows
)

_LEANS = re.compile(
    r"\s*(?:其|并|同时|也|还|另|分别|同比|较|比|占|平均)"
)  # a part that tells more of the part before it
_MARK = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十]{1,3}[）)、.．]|[（(]?\d{1,2}[）)、.．](?!\d)|[一二三四五六七八九十]{1,3}是|[-•·*●■])\s*"
)
_LABEL = re.compile(rf"^([^，。；、：:“”《》（）()]{{2,{LABEL}}})[：:]\s*(?=\S)")
_YEAR = re.compile(r"\d{4}\s*年(?:度|上半年|下半年)?")


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence of the materials; `text` is as it may stand in a draft.

    `tells` is what it tells (see tells.toml), "" when nothing shows; `section` and `topic` are those of the label
    or heading it stands under, "" for none. `paragraph` numbers the lines of all materials.
    """

    hit: Hit
    text: str
    tells: str
    section: str = ""
    topic: str = ""
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """The sentences of one point. `topic` is "" for what no known topic names; `asked` when the user named it."""

    topic: str
    pieces: tuple[Piece, ...] = ()
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Sorted:
    """The materials of a section: what opens it, its points, the sentences put where nothing sure told."""

    opening: tuple[Piece, ...]
    groups: tuple[Group, ...]
    unsure: tuple[tuple[Piece, str], ...] = field(default=())


def likeness_by_characters(texts: Sequence[str], others: Sequence[str]) -> list[list[float]]:
    """Return for each of `texts` the share of each of `others` whose pairs of characters it carries."""
    return [[overlap(other, text) for other in others] for text in texts]


def material_hits(materials: Iterable[Material]) -> tuple[Hit, ...]:
    """Return the sentences of the materials as hits, so that evidence can name them; 一是…；二是… are several."""
    hits: list[Hit] = []
    for number, material in enumerate(materials):
        for place, (start, end) in enumerate(_spans(material.text)):
            text = material.text[start:end]
            if len(text) >= SHORTEST:
                name = f"material-{number}"
                passage = Passage(
                    id=f"{name}#{place}",
                    document=name,
                    title=material.name,
                    kind="material",
                    path=material.name,
                    text=text,
                    position=start,
                )
                hits.append(Hit(passage, 1.0))
    return tuple(hits)


def _spans(text: str) -> list[tuple[int, int]]:
    """Return the sentences of `text`, those of a series 一是…；二是… or of figures parted by ； one by one."""
    spans: list[tuple[int, int]] = []
    for start, end in split_sentences(text):
        sentence = text[start:end]
        points = numbered_points(sentence)
        cuts = [first for first, _, _ in points if first] if len(points) > 1 else []
        cuts = cuts or _listed(sentence)
        label = cuts and re.fullmatch(r"[^，。；]{2,12}[：:]\s*", sentence[: cuts[0]])
        inner = [0, *(cuts[1:] if label else cuts), len(sentence)]
        for first, last in zip(inner, inner[1:], strict=False):
            piece = sentence[first:last]
            if piece.strip():
                begin = start + first + len(piece) - len(piece.lstrip())
                spans.append((begin, begin + len(piece.strip())))
    return spans


def _listed(sentence: str) -> list[int]:
    """Return where the parts of a list of figures begin, without the first; none where a part leans on another."""
    ends = [match.end() for match in re.finditer("；", sentence)]
    parts = [sentence[a:b] for a, b in zip([0, *ends], [*ends, len(sentence)], strict=True)]
    alone = all(
        re.search(r"\d", part) and len(part) >= SHORTEST and not _LEANS.match(part) for part in parts if part
    )
    return [end for end in ends if sentence[end:].strip()] if alone else []


def clean_material(text: str) -> str:
    """Return a material sentence as it may stand in a draft.

    No list mark, no label that only names a section or topic, one full stop at its end, colloquial words in
    standard wording where the sentence stays recognisable.
    """
    bare = _MARK.sub("", text.strip())
    bare = _MARK.sub("", bare[_label(bare)[2] :])
    plain = bare.rstrip("；;。，, ") + ("" if bare.rstrip().endswith(("！", "？")) else "。")
    standard = standard_wording(plain)[0]
    return standard if overlap(plain, standard) >= SAME_SENTENCE else plain


def _label(text: str) -> tuple[str, str, int]:
    """Return the section and the topic that a label before a colon names, and its length; 0 where it is content."""
    match = _LABEL.match(text)
    if not match:
        return "", "", 0
    label = match[1]
    section = _section(label)
    topic = "" if section else _topic_in(label)
    return section, topic, match.end() if section or topic else 0


def _section(label: str) -> str:
    """Return the section a label names, of those that are about one thing; other labels are content (会议时间：)."""
    section = section_type(label) or section_type(f"{label}部分")  # “问题” alone is no heading
    return section if told_in(section) else ""


def _topic_in(label: str) -> str:
    """Return the topic a label or heading names: “安全生产方面” is about 安全生产."""
    bare = re.sub(r"(?:方面|情况|工作情况)$", "", _MARK.sub("", label.strip())).strip()
    names = {name for topic in load_topics() for name in (topic.name, *topic.also)}
    short = len(bare) >= SHORT_NAME and any(name.startswith(bare) for name in names)
    return bare if short or bare in names or bare.removesuffix("工作") in names else ""


def pieces_of(materials: Sequence[Material]) -> tuple[Piece, ...]:
    """Return the sentences of the materials in their order, each with what it tells; headings and titles are none."""
    pieces: list[Piece] = []
    document, line, paragraph = "", -1, 0
    under = inline = ("", "")
    texts = {f"material-{number}": material.text for number, material in enumerate(materials)}
    for hit in material_hits(materials):
        passage = hit.passage
        under = under if passage.document == document else ("", "")
        at = texts[passage.document][: passage.position].count("\n")
        if (passage.document, at) != (document, line):
            document, line, paragraph, inline = passage.document, at, paragraph + 1, under
        heads = ("", "") if at == 0 and _names_material(passage.text) else _heads(passage.text)
        if heads is not None:
            under = heads
            continue
        section, topic, end = _label(_MARK.sub("", passage.text))
        inline = (section or inline[0], topic) if end else inline
        text = clean_material(passage.text)
        pieces.append(Piece(hit, text, what_is_told(text), *inline, paragraph))
    return tuple(pieces)


def _heads(text: str) -> tuple[str, str] | None:
    """Return the section and topic that a whole line heads, None when it is a sentence; ("", "") for a title."""
    bare = text.strip()
    if len(bare) > HEADING or re.search("[。；，,！？]", bare):
        return None
    name = _MARK.sub("", bare).rstrip("：:")
    section = _section(name)
    if section and (
        heading_number(bare)[0] or bare.endswith(("：", ":")) or not re.search(r"\d", _YEAR.sub("", name))
    ):
        return section, ""
    topic = _topic_in(name)
    if topic or bare.endswith(("：", ":")):
        return "", topic
    return ("", "") if ends_title(name) and not re.search(r"\d", _YEAR.sub("", name)) else None


def _names_material(line: str) -> bool:
    """Tell whether a first line is a title that gives a year and no figure: “2024年社区台账”."""
    bare = line.strip()
    stops = re.search("[。；，、,：:！？]", bare)
    return (
        bool(_YEAR.search(bare))
        and not stops
        and len(bare) <= HEADING
        and not re.search(r"\d", _YEAR.sub("", bare))
    )


def is_for(piece: Piece) -> str:
    """Return what `piece` is given for: what its label says, else what it tells; "" for what fits anywhere."""
    labelled = "" if fits_nowhere(piece.tells) else next(iter(told_in(piece.section)), "")
    return labelled or ("" if fits_anywhere(piece.tells) else piece.tells)


def fits(piece: Piece, section: str) -> bool:
    """Tell whether `piece` is for `section`; a section that is for nothing in particular takes all that is text."""
    taken, told = told_in(section), is_for(piece)
    if fits_nowhere(told):
        return False
    return not taken or not told or told in taken


def sort_by_topics(topics: Sequence[str], pieces: Sequence[Piece], likeness: Likeness) -> Sorted:
    """Return `pieces` under the topics asked for, each under the nearest; what comes first and fits none opens."""
    scores = _scores(topics, pieces, likeness)
    groups: dict[str, list[Piece]] = {topic: [] for topic in topics}
    opening: list[Piece] = []
    unsure: list[tuple[Piece, str]] = []
    for piece, row in zip(pieces, scores, strict=True):
        ranked = sorted(zip(row, topics, strict=True), key=lambda pair: -pair[0])
        best = ranked[0][1]
        if piece.tells == OVERVIEW and overlap(best, piece.text) < NAMED and not any(groups.values()):
            opening.append(piece)
            continue
        groups[best].append(piece)
        if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < UNSURE:
            unsure.append((piece, best))
    return Sorted(
        tuple(opening),
        tuple(Group(topic, tuple(found), True) for topic, found in groups.items()),
        tuple(unsure),
    )


def _scores(topics: Sequence[str], pieces: Sequence[Piece], likeness: Likeness) -> list[list[float]]:
    """Return for each piece how much it belongs to each topic.

    A topic that is near to every sentence is so for its words' sake: what counts is by how much it is nearer.
    """
    if not pieces:
        return []
    near = likeness([piece.text for piece in pieces], topics)
    count = len(pieces)
    usual = [sum(row[place] for row in near) / (count + 2) for place in range(len(topics))]
    known = [topic_known(topic) for topic in topics]
    scores: list[list[float]] = []
    for piece, row in zip(pieces, near, strict=True):
        told = topics_told(piece.topic + piece.text)
        scores.append(
            [
                BY_MEANING * (row[place] - usual[place])
                + BY_CHARACTERS * overlap(topic, piece.topic + piece.text)
                + BY_WORDS * min(told.get(known[place], 0), WORDS_ENOUGH)
                for place, topic in enumerate(topics)
            ]
        )
    return scores


def sort_by_itself(pieces: Sequence[Piece], most: int, grouped: bool) -> Sorted:
    """Return `pieces` under topics of their own, in the order in which they come up, at most about `most`.

    `grouped` brings what is about one topic together; else each sentence is a point, for stages and faults have
    an order of their own. What comes first and only tells how things stand opens the section.
    """
    first = sum(1 for _ in takewhile(lambda piece: piece.tells == OVERVIEW and not piece.topic, pieces))
    opening, rest = tuple(pieces[:first]), pieces[first:]
    groups: list[Group] = []
    for piece in rest:
        place = _group_of(piece, groups, grouped)
        if place < 0:
            groups.append(Group(_own_topic(piece), (piece,)))
        else:
            groups[place] = replace(groups[place], pieces=(*groups[place].pieces, piece))
    while len(groups) > most and (pair := _pair(groups)) >= 0:
        first_, second = groups[pair : pair + 2]
        groups[pair : pair + 2] = [Group(first_.topic or second.topic, (*first_.pieces, *second.pieces))]
    return Sorted(opening, tuple(groups))


def _own_topic(piece: Piece) -> str:
    return piece.topic or next(iter(topics_told(piece.text)), "")


def _group_of(piece: Piece, groups: Sequence[Group], grouped: bool) -> int:
    """Return the place of the group `piece` joins, -1 for one of its own."""
    last = groups[-1].pieces[-1] if groups else None
    told = topics_told(piece.text)
    numbered = _MARK.match(piece.hit.passage.text)
    if last and last.paragraph == piece.paragraph and not numbered and not (grouped and told):
        return len(groups) - 1
    if not grouped:
        return -1
    if piece.topic:
        return next((place for place, group in enumerate(groups) if group.topic == piece.topic), -1)
    most = max(told.values(), default=0)
    joins = [place for place, group in enumerate(groups) if told.get(group.topic, 0) >= JOINS * max(most, 1)]
    return joins[-1] if joins else -1


def _pair(groups: Sequence[Group]) -> int:
    """Return the first of two neighbours that may become one point: unnamed ones, or of one topic; the shortest first."""
    fit = [
        (sum(len(piece.text) for group in groups[place : place + 2] for piece in group.pieces), place)
        for place in range(len(groups) - 1)
        if not (groups[place].topic and groups[place + 1].topic)
        or groups[place].topic == groups[place + 1].topic
    ]
    return min(fit, default=(0, -1))[1]
