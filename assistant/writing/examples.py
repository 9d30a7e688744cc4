"""Turn exemplar passages into short examples (topic and paragraph) for a prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.knowledge.structure import numbered_points, split_sentences
from assistant.records import Hit

BANKS = "points/"  # where in the corpus the banks of points lie, see corpus/README.md
TOPIC_LONGEST = 8  # characters: a longer heading is a sentence about its topic

_POINT = re.compile(
    r"^(?:[一二三四五六七八九十]+(?:是|要)|[（(][一二三四五六七八九十]+[）)]|\d+[.．、]|第[一二三四五六七八九十]+，|其[一二三四五六七八九十]，|首先，|其次，|再次，|最后，)"
)
# A lead names its subject first and judges it after; the subject is the topic.
_JUDGEMENT = re.compile(
    r"(?:方面)?(?:还|仍|有待|存在|不|缺|欠|较|偏|弱|滞后|没有|未|尚|需|上有|略|稍|与.{0,10}差距)"
)
_VERB = re.compile(
    r"^(?:进一步|持续|着力|切实|扎实|全面|深入|不断|继续)?(?:加强|强化|抓实|抓好|抓牢|深化|推进|推动|突出|坚持|聚焦|压实|提升|完善|健全|做实|做好|严格|拓展|优化|狠抓|在|对)"
)


@dataclass(frozen=True, slots=True)
class Example:
    """A paragraph of an exemplar without its number, what it is about, and where it stands.

    `topic` is the heading it stands under when that is a bare topic, else read from its first sentence.
    `general`: it comes from a bank of points and so was written for any unit.
    """

    topic: str
    text: str
    hit: Hit
    general: bool = False


def examples_from(hits: Iterable[Hit]) -> tuple[Example, ...]:
    """Return the numbered points of the hits, or the whole passage where it has none; hit order is kept."""
    found: list[Example] = []
    for hit in hits:
        text = hit.passage.text
        spans = [(start, end) for _, start, end in _numbered(text)] or [(0, len(text))]
        found += [_example(text[start:end], hit) for start, end in spans]
    return tuple(example for example in found if len(example.text) >= 30)


def _numbered(text: str) -> list[tuple[int, int, int]]:
    return [(number, start, end) for start, end, number in numbered_points(text)]


def _example(text: str, hit: Hit) -> Example:
    plain = _POINT.sub("", text.strip().replace("\n", "")).rstrip("；;")
    plain = plain if plain.endswith(("。", "！", "？", "：")) else plain + "。"
    topic = _heading_topic(hit)
    return Example(topic or topic_of(plain), plain, hit, hit.passage.path.startswith(BANKS))


def _heading_topic(hit: Hit) -> str:
    """Return the inner heading a point stands under when it is a bare topic (“理论学习”), else ""."""
    inner = hit.passage.heading[1:]
    return inner[-1] if inner and len(inner[-1]) <= TOPIC_LONGEST and not _JUDGEMENT.search(inner[-1]) else ""


def topic_of(text: str) -> str:
    """Return the subject that the first clause of `text` is about, at most 16 characters."""
    spans = split_sentences(text)
    lead = re.split(r"[，,。；：:]", text[spans[0][0] : spans[0][1]] if spans else text)[0]
    cut = _JUDGEMENT.split(lead, maxsplit=1)[0]
    topic = _VERB.sub("", cut if len(cut) >= 3 else lead)
    return (topic if len(topic) >= 2 else lead)[:16]
