"""Write a part that is one paragraph: the user's sentences first, an exemplar's frame around them."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.knowledge.genres import GenreSection
from assistant.knowledge.structure import split_sentences
from assistant.records import Request
from assistant.writing.candidates import acceptable, closes_prose
from assistant.writing.examples import Example
from assistant.writing.facts import PLACEHOLDER, mask_facts
from assistant.writing.material import Piece
from assistant.writing.overlap import overlap
from assistant.writing.points import Desk, is_general
from assistant.writing.steps import Written

CHOICE = 3  # exemplars among which a retry chooses
LENGTH_STEP = 60  # characters by which an exemplar may miss the length asked before another is better


def write_prose(
    request: Request, part: GenreSection, heading: str, desk: Desk, pieces: Sequence[Piece], length: int
) -> Written:
    """Return a prose part: the material sentences in their order, then what an exemplar of the genre adds.

    Of the exemplar its closing (现将……报告如下) always stands; other sentences stand where there are no
    materials, or, when they have no gap for a fact, as far as an asked length has room for them.
    """
    own = [item for item in desk.pool.examples if item.hit.passage.genre == request.genre]
    if not own and not pieces:
        return nothing(part, heading)
    texts = {item: mask_facts(item.text, desk.known, desk.sources) for item in own}
    best = _best(request, desk, texts, length)
    frame = [texts[best][start:end].strip() for start, end in split_sentences(texts[best])] if best else []
    if best and pieces:
        frame = [item for item in frame if is_general(desk, best, item)]
    if pieces:
        text = _framed("".join(piece.text for piece in pieces), frame, part, length if request.length else 0)
    else:
        text = "".join(frame)
    hits = (*(piece.hit for piece in pieces), *((best.hit,) if best else ()))
    return Written("\n".join([heading, text] if heading else [text]), hits)


def _best(request: Request, desk: Desk, texts: dict[Example, str], length: int) -> Example | None:
    """Return the exemplar that says least of one unit and is about as long as was asked for."""
    ranked = sorted(
        texts,
        key=lambda item: (
            not item.general,
            -overlap(item.topic, request.title + request.words),
            abs(len(texts[item]) - length) // LENGTH_STEP if request.length else 0,
            texts[item].count(PLACEHOLDER),
            -desk.pool.commonness(item.text),
        ),
    )
    return ranked[desk.seed % min(CHOICE, len(ranked))] if ranked else None


def _framed(given: str, frame: Sequence[str], part: GenreSection, length: int) -> str:
    """Return `given` with as much of `frame` as there is room for, its closing sentence last."""
    closing = frame[-1] if frame and closes_prose(frame[-1]) and PLACEHOLDER not in frame[-1] else ""
    text = given
    for sentence in frame[: len(frame) - bool(closing)]:
        room = length - len(text) - len(closing)
        if PLACEHOLDER not in sentence and abs(room - len(sentence)) < abs(room):
            text += sentence if acceptable(sentence, part.type, text, (), first=False) else ""
    return text + closing


def nothing(part: GenreSection, heading: str, notes: Sequence[str] = ()) -> Written:
    """Return a part left to the user, because no exemplar shows how it is written."""
    note = f"资料库里没有合用的“{part.heading or part.type}”例文，这一部分留给您补写；也可以说明要写哪几个方面，或先添加例文。"
    return Written("\n".join([heading, PLACEHOLDER] if heading else [PLACEHOLDER]), (), (*notes, note))
