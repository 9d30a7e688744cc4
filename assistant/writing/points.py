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
from assistant.knowledge.topics import common_pairs, topic_known, topics_told
from assistant.records import Fact, Hit
from assistant.writing.candidates import Familiarity, acceptable, plain_lead, rank, sound_of
from assistant.writing.examples import Example
from assistant.writing.facts import PLACEHOLDER, mask_facts
from assistant.writing.ground import Pool
from assistant.writing.material import clean_material
from assistant.writing.overlap import bigrams, overlap
from assistant.writing.prompt import load_prompt, render

if TYPE_CHECKING:
    from assistant.backends import Engine

CANDIDATES = 6  # proposals for one sentence
SHOTS = 4  # examples shown to the model
NEAREST = 10  # examples looked at for sentences on the topic
LEAD_LONGEST = 36  # characters of a sentence that only names its point
LEAD_FAMILIAR = (
    0.8  # share of its trigrams the corpus must know: below it words go together as they should not
)
SAME_TOPIC = 0.5  # share of a topic\'s bigrams in the lead of an example that is about it
KIN_TOPIC = 0.3  # the same in the topic an example is filed under (教学质量 under 教育教学)
COMMON = (
    0.35  # share of a sentence's bigrams known from two exemplars or more: below it it tells of one unit only
)
ENOUGH = 0.85  # share of its length from which a point is long enough
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
    desk: Desk,
    topic: str,
    length: int,
    examples: Sequence[Example],
    materials: Sequence[Hit],
    written: str,
    led: bool = False,
) -> Generator[str, None, Point]:
    """Yield the point as it grows and return it; about `length` characters, never less than lead and materials.

    `written` is the text before it, which it must not repeat. `led`: the first of `materials` opens it.
    """
    shots = examples[:SHOTS]
    familiar = Familiarity(example.text for example in desk.pool.examples)
    lead = "" if led else (yield from _lead(desk, topic, shots, familiar, written))
    text = lead or ("" if led else _borrowed_lead(desk, topic, shots, written))
    yield text
    for hit in materials:
        text += clean_material(hit.passage.text)
        yield text
    used: tuple[Example, ...] = ()
    if desk.adapt:
        more, used = more_sentences(
            desk, topic, length - len(text), examples, written + text, bool(materials)
        )
        text += more
        yield text
    borrowed = not lead and not led
    while not (desk.adapt and (used or materials)) and len(text) < length * ENOUGH:
        sentence = yield from model_sentence(desk, topic, shots, familiar, text, written)
        if not sentence:
            return Point(text, used, borrowed, short=True)
        text += sentence
        yield text
    return Point(text, used, borrowed)


def more_sentences(
    desk: Desk, topic: str, length: int, examples: Sequence[Example], written: str, known: bool = False
) -> tuple[str, tuple[Example, ...]]:
    """Return exemplar sentences on `topic` of about `length` characters, and the examples they are from.

    None of them says what `written` says already; "" where the corpus has no more on the topic. Where the facts
    are `known` no sentence with a gap for one is taken. A sentence too long for the room ends what is taken
    of its example, since the next goes on from it.
    """
    text, used = "", []
    for example, units in _following(desk, topic, examples):
        for unit in units:
            said = "".join(unit)
            if abs(length - len(text) - len(said)) >= abs(length - len(text)):
                break
            if known and not example.general:  # the particulars of another unit stand ill beside the user's
                break
            fresh = all(acceptable(item, desk.section, written + text, (), first=False) for item in unit)
            if fresh and not (known and PLACEHOLDER in said):
                text += said
                used.append(example)
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
    known = [
        item
        for item in proposals
        if desk.language.share(item) >= LEAD_FAMILIAR and not spliced(item, topic, shots)
    ]
    return _best(desk, topic, known, (), familiar, written, first=True)


def spliced(lead: str, topic: str, shots: Sequence[Example]) -> bool:
    """Tell whether `lead` is a verb set before the lead of a shot, which has a verb of its own behind the topic.

    “扎实推进” before “服务群众办成一批实事”; two verbs then share one topic.
    """
    tail = lead[lead.find(topic) :].rstrip("。")
    added = tail != topic and not lead.startswith(topic)
    return added and any(shot.text.startswith(tail) for shot in shots)


def model_sentence(
    desk: Desk, topic: str, shots: Sequence[Example], familiar: Familiarity, text: str, written: str
) -> Generator[str, None, str]:
    """Return the best next sentence after `text` by the model, "" when none was acceptable."""
    proposals: list[str] = []
    for number in range(CANDIDATES):
        whole = yield from _complete(desk, topic, shots, text, number)
        proposals.append(whole.removeprefix(text))
    if desk.adapt:  # who chose the safest text gets none whose words go together as they should not
        proposals = [item for item in proposals if desk.language.share(item) >= LEAD_FAMILIAR]
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
    # A figure that happens to stand in a formulation (五次全会) does not support the model's.
    masked = [mask_facts(item, desk.known, "") for item in proposals]
    fit = [
        item
        for item in masked
        if PLACEHOLDER not in item and acceptable(item, desk.section, written, copied, first)
    ]
    return max(fit, key=lambda item: rank(item, desk.section, topic, written, familiar), default="")


def _borrowed_lead(desk: Desk, topic: str, shots: Sequence[Example], written: str) -> str:
    """Return the lead of the nearest example that names the topic, its facts masked, else a plain one on the topic.

    One that stands in `written` already is not taken again.
    """
    near = sorted(_near(shots, topic), key=lambda item: not item.general)
    leads = [mask_facts(item.text.split("。")[0] + "。", desk.known, desk.sources) for item in near]
    leads = [lead for lead in leads if PLACEHOLDER not in lead and "“" not in lead]  # others tell of one unit
    named = [lead for lead in leads if overlap(topic, lead) >= SAME_TOPIC and names_topic(topic, lead)]
    return next((lead for lead in named if lead not in written), plain_lead(desk.section, topic, written))


def _following(
    desk: Desk, topic: str, examples: Sequence[Example]
) -> Generator[tuple[Example, list[tuple[str, ...]]], None, None]:
    """Yield the examples about the topic, the nearest first, each with what may follow a lead; then all general ones.

    Sentences full of one unit's particulars are left out, and so is the lead of the first example and of those
    filed under another name, of which only sentences that tell the topic stand; another lead goes with the
    sentence behind it or not at all.
    """
    known = topic_known(topic)
    near = _near(examples, topic)
    others = [example for example in examples if example.general and example not in near]
    for number, example in enumerate((*near, *others)):
        spans = split_sentences(example.text)
        lead, *rest = (
            mask_facts(example.text[start:end].strip(), desk.known, desk.sources) for start, end in spans
        )
        named = bool(known) and topic_known(example.topic) == known
        told = [
            item
            for item in rest
            if example in near or (topic and topic in item) or (named and known in topics_told(item))
        ]
        units: list[tuple[str, ...]] = [(item,) for item in told if is_general(desk, example, item)]
        if units and number and overlap(topic, lead) >= SAME_TOPIC and is_general(desk, example, lead):
            units[0] = (lead, *units[0])
        yield example, units


def _near(examples: Sequence[Example], topic: str) -> list[Example]:
    """Return the nearest examples that are about `topic`; none when the corpus has nothing on it."""
    known = topic_known(topic)

    def about(example: Example) -> bool:
        name, lead = example.topic, example.text.split("。")[0]
        other = known and topic_known(name) not in ("", known) and topic not in name and name not in topic
        return not other and (
            (overlap(topic, name) >= KIN_TOPIC and names_topic(topic, name))
            or (overlap(topic, lead) >= SAME_TOPIC and names_topic(topic, lead))
        )

    return [example for example in examples[:NEAREST] if about(example)]


def names_topic(topic: str, text: str) -> bool:
    """Tell whether `text` carries a pair of characters of `topic` that few topics share: 志愿, not 服务."""
    telling = bigrams(topic) - common_pairs()
    return not telling or bool(telling & bigrams(text))


def is_general(desk: Desk, example: Example, sentence: str) -> bool:
    """Tell whether a sentence can stand for another unit: written so, or without facts and words of one trade."""
    return example.general or (PLACEHOLDER not in sentence and desk.pool.commonness(sentence) >= COMMON)
