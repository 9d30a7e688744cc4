"""Write one point of a section with a base model.

The program holds the form: how a point opens, how long it is, where it stops. The model completes
sentences, several candidates each, and rules choose among them. In 例文改写 (adapt) the sentences after
the lead come from exemplar points on the same topic with their facts masked; in 模型撰写 (model) the
model writes those too.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING

from assistant.knowledge.structure import split_sentences
from assistant.records import Fact, Hit
from assistant.writing.candidates import Familiarity, acceptable, rank, sound_of
from assistant.writing.examples import Example
from assistant.writing.facts import PLACEHOLDER, mask_facts
from assistant.writing.ground import Pool, clean_material
from assistant.writing.overlap import overlap
from assistant.writing.prompt import load_prompt, render

if TYPE_CHECKING:
    from assistant.backends import Engine

CANDIDATES = 6  # proposals for one sentence
SHOTS = 4  # examples shown to the model
LEAD_LONGEST = 36  # characters of a sentence that only names its point
LEAD_FAMILIAR = (
    0.8  # share of its trigrams the corpus must know: below it words go together as they should not
)
SAME_TOPIC = 0.5  # share of a topic\'s bigrams in the lead of an example that is about it
KIN_TOPIC = 0.3  # the same in the topic an example is filed under (教学质量 under 教育教学)
COMMON = (
    0.35  # share of a sentence's bigrams known from two exemplars or more: below it it tells of one unit only
)
SPARE = 1.25  # a sentence that makes the point longer than this times its length is left out
FACT_MARKS = "0123456789０１２３４５６７８９《〔“"  # a token that holds one could start an invented fact


@dataclass(frozen=True, slots=True)
class Desk:
    """What every point of a section is written with."""

    engine: Engine
    genre: str
    section: str
    heading: str
    pool: Pool
    known: tuple[Fact, ...]
    sources: str
    language: Familiarity
    adapt: bool
    seed: int
    cancel: Event | None


@dataclass(frozen=True, slots=True)
class Point:
    """A finished point without its number; `used` are the examples whose sentences stand in it."""

    text: str
    used: tuple[Example, ...]
    borrowed_lead: bool = False
    short: bool = False  # the model ran out of acceptable sentences


def write_point(
    desk: Desk, topic: str, length: int, examples: Sequence[Example], materials: Sequence[Hit], written: str
) -> Generator[str, None, Point]:
    """Yield the point as it grows and return it; about `length` characters, never less than its lead.

    `written` is the text before it, which it must not repeat.
    """
    shots = examples[:SHOTS]
    familiar = Familiarity(example.text for example in desk.pool.examples)
    lead = yield from _lead(desk, topic, shots, familiar, written)
    text = lead or _borrowed_lead(desk, topic, shots, written)
    yield text
    for hit in materials:
        text += clean_material(hit.passage.text)
        yield text
    used: tuple[Example, ...] = ()
    if desk.adapt:
        more, used = more_sentences(desk, topic, length - len(text), examples, written + text)
        text += more
        yield text
    while (not desk.adapt or not used) and len(text) < length * 0.85:
        sentence = yield from _model_sentence(desk, topic, shots, familiar, text, written)
        if not sentence:
            return Point(text, used, not lead, short=True)
        text += sentence
        yield text
    return Point(text, used, not lead)


def more_sentences(
    desk: Desk, topic: str, length: int, examples: Sequence[Example], written: str
) -> tuple[str, tuple[Example, ...]]:
    """Return exemplar sentences on `topic` of about `length` characters, and the examples they are from.

    None of them says what `written` says already; "" where the corpus has no more on the topic.
    """
    text, used = "", []
    for sentence, example in _following(desk, topic, examples, written):
        if len(text) + len(sentence) <= length * SPARE or not text:
            text += sentence
            used.append(example)
        if len(text) >= length * 0.85:
            break
    return text, tuple(dict.fromkeys(used))


def _lead(
    desk: Desk, topic: str, shots: Sequence[Example], familiar: Familiarity, written: str
) -> Generator[str, None, str]:
    """Return the best sentence that names the point, "" when no candidate was acceptable."""
    opens = [opening.format(topic=topic) for opening in sound_of(desk.section).opens]
    proposals: list[str] = []
    for number in range(CANDIDATES):
        begun = opens[number % len(opens)]
        sentence = yield from _complete(desk, topic, shots, begun, number)
        clause = begun + sentence.removeprefix(begun).split("，")[0].rstrip("。") + "。"
        says_more = len(clause) >= len(begun) + 3  # the model added a word of its own, and a stop
        proposals += [clause] if says_more and len(clause) <= LEAD_LONGEST else []
    known = [item for item in proposals if desk.language.share(item) >= LEAD_FAMILIAR]
    return _best(desk, topic, known, (), familiar, written, first=True)


def _model_sentence(
    desk: Desk, topic: str, shots: Sequence[Example], familiar: Familiarity, text: str, written: str
) -> Generator[str, None, str]:
    """Return the best next sentence after `text` by the model, "" when none was acceptable."""
    proposals: list[str] = []
    for number in range(CANDIDATES):
        whole = yield from _complete(desk, topic, shots, text, number)
        proposals.append(whole.removeprefix(text))
    return _best(desk, topic, proposals, shots, familiar, written + text, first=False)


def _complete(
    desk: Desk, topic: str, shots: Sequence[Example], begun: str, number: int
) -> Generator[str, None, str]:
    """Yield `begun` with what the model adds, and return it up to its full stop."""
    file = load_prompt("draft_sentence.base")
    shown = [{"topic": shot.topic, "text": shot.text} for shot in reversed(shots)]
    prompt = render(file, genre=desk.genre, section=desk.heading, examples=shown, topic=topic, begun=begun)
    seed = desk.seed * 1000 + len(begun) * 10 + number
    text = begun
    for piece in desk.engine.stream(
        prompt, replace(file.sampling, seed=seed, forbidden=FACT_MARKS), desk.cancel
    ):
        text += piece.text
        yield text
    return text.rstrip("，；、 ") + "。"


def _best(
    desk: Desk,
    topic: str,
    proposals: Sequence[str],
    shots: Sequence[Example],
    familiar: Familiarity,
    written: str,
    first: bool,
) -> str:
    copied = [shot.text for shot in shots]
    masked = [mask_facts(item, desk.known, desk.sources) for item in proposals]
    fit = [
        item
        for item in masked
        if PLACEHOLDER not in item and acceptable(item, desk.section, written, copied, first)
    ]
    return max(fit, key=lambda item: rank(item, desk.section, topic, written, familiar), default="")


def _borrowed_lead(desk: Desk, topic: str, shots: Sequence[Example], written: str) -> str:
    """Return the lead of the nearest example on the topic with its facts masked, else a plain one on the topic.

    One that stands in `written` already is not taken again.
    """
    near = sorted(_near(shots, topic), key=lambda item: not item.general)
    leads = [mask_facts(item.text.split("。")[0] + "。", desk.known, desk.sources) for item in near]
    return next(
        (lead for lead in leads if lead not in written), sound_of(desk.section).plain.format(topic=topic)
    )


def _following(
    desk: Desk, topic: str, examples: Sequence[Example], written: str
) -> list[tuple[str, Example]]:
    """Return the exemplar sentences that may follow the lead, the nearest example's first.

    Sentences keep their order within an example; those full of one unit's particulars are left out.
    """
    found: list[tuple[str, Example]] = []
    for example in _near(examples, topic):
        spans = split_sentences(example.text)[1:]
        sentences = [
            mask_facts(example.text[start:end].strip(), desk.known, desk.sources) for start, end in spans
        ]
        general = [item for item in sentences if _general(desk, example, item)]
        found += [
            (item, example) for item in general if acceptable(item, desk.section, written, (), first=False)
        ]
    return found


def _near(examples: Sequence[Example], topic: str) -> list[Example]:
    """Return the nearest examples that are about `topic`; none when the corpus has nothing on it."""
    return [
        example
        for example in examples[:SHOTS]
        if overlap(topic, example.topic) >= KIN_TOPIC
        or overlap(topic, example.text.split("。")[0]) >= SAME_TOPIC
    ]


def _general(desk: Desk, example: Example, sentence: str) -> bool:
    """Tell whether a sentence can stand for another unit: written so, or without facts and words of one trade."""
    return example.general or (PLACEHOLDER not in sentence and desk.pool.commonness(sentence) >= COMMON)
