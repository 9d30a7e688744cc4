"""Find what a section is written from: exemplar points by topic. The materials are read in material.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assistant.records import Filters, Hit, Material
from assistant.writing.candidates import sections_like
from assistant.writing.examples import Example, examples_from
from assistant.writing.material import material_hits
from assistant.writing.overlap import bigrams, overlap

Search = Callable[[str, Filters, int], tuple[Hit, ...]]

POOL = 60  # passages of a section looked at to learn how it sounds and to choose topics
NEAR = 16  # passages looked at for one topic
TELLING = 8  # documents from which on the spread of a word says how general it is


@dataclass(frozen=True, slots=True)
class Pool:
    """The exemplar points of one section type, and how common each pair of characters is among them."""

    examples: tuple[Example, ...]
    spread: Counter[str]  # bigram → number of documents it stands in
    documents: int

    def commonness(self, sentence: str) -> float:
        """Return the share (0–1) of the bigrams of `sentence` that stand in two documents or more.

        1.0 where there are too few documents to tell.
        """
        if self.documents < TELLING:
            return 1.0
        pairs = bigrams(sentence)
        return sum(self.spread[pair] > 1 for pair in pairs) / len(pairs) if pairs else 0.0


def pool_of(search: Search, genre: str, section: str) -> Pool:
    """Return the exemplar points of `section`, those of `genre` first, then of all other genres."""
    own = search(
        f"{genre} {section}", Filters(kinds=("exemplar",), genres=(genre,), sections=(section,)), POOL
    )
    other = _each(search, lambda name: f"{genre} {name}", section, POOL)
    hits = tuple({hit.passage.id: hit for hit in (*own, *other)}.values())
    spread: Counter[str] = Counter()
    texts: dict[str, set[str]] = {}
    for hit in hits:
        texts.setdefault(hit.passage.document, set()).update(bigrams(hit.passage.text))
    for pairs in texts.values():
        spread.update(pairs)
    return Pool(examples_from(hits), spread, len(texts))


def _each(search: Search, words: Callable[[str], str], section: str, top: int) -> tuple[Hit, ...]:
    """Return the best `top` exemplar passages of `section` and of each section that speaks like it.

    `words` gives what is searched for in a section.
    """
    found = (
        search(words(name), Filters(kinds=("exemplar",), sections=(name,)), top)
        for name in sections_like(section)
    )
    return tuple(hit for hits in found for hit in hits)


def examples_for(search: Search, pool: Pool, genre: str, section: str, topic: str) -> tuple[Example, ...]:
    """Return the examples of `section` nearest to `topic`, best first."""
    hits = _each(search, lambda name: f"{name} {topic}", section, NEAR)
    near = {example.text: example for example in (*examples_from(hits), *pool.examples)}
    places = {hit.passage.id: place for place, hit in enumerate(hits)}

    def closeness(example: Example) -> float:
        lead = example.text.split("。")[0]
        found = 1.0 - places.get(example.hit.passage.id, NEAR) / NEAR
        kin = 0.15 if example.hit.passage.genre == genre else 0.0
        return (
            overlap(topic, lead)
            + overlap(topic, example.topic)
            + 0.5 * overlap(topic, example.text)
            + 0.4 * found
            + kin
        )

    return tuple(sorted(near.values(), key=closeness, reverse=True))


def usual_topics(pool: Pool, count: int, genre: str) -> tuple[str, ...]:
    """Return `count` topics the exemplars write about, those that suit any unit first, no two alike."""
    ranked = sorted(
        pool.examples,
        key=lambda item: (not item.general, item.hit.passage.genre != genre, -pool.commonness(item.topic)),
    )
    chosen: list[str] = []
    for example in ranked:
        if all(overlap(example.topic, topic) < 0.3 for topic in chosen) and 3 <= len(example.topic) <= 10:
            chosen.append(example.topic)
    return tuple(chosen[:count])


def passages_near(search: Search, text: str, materials: Iterable[Material]) -> tuple[Hit, ...]:
    """Return the exemplar passages nearest to each paragraph of `text`, and the material sentences.

    For a draft that was stopped: what it rests on is found again, so that no exemplar passes as the model's.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    near = [hit for line in lines for hit in search(line, Filters(kinds=("exemplar",)), NEAR)]
    return tuple({hit.passage.id: hit for hit in (*material_hits(materials), *near)}.values())
