"""Put back what a rewriting lost: a sentence whose facts are gone stands as it was."""

from __future__ import annotations

from assistant.knowledge.facts import missing_facts
from assistant.knowledge.structure import split_sentences
from assistant.writing.overlap import overlap

SAME = 0.25  # share of bigrams that a sentence has in common with one that says the same in other words


def keep_facts(original: str, revised: str) -> tuple[str, tuple[str, ...]]:
    """Return `revised` with the sentences of `original` whose facts it lost or changed, and these sentences.

    Such a sentence takes the place of the one nearest to it in wording; where none is near it follows what
    became of the sentence before it. Everything else of `revised` stays.
    """
    restored: list[str] = []
    text, behind = revised, 0
    for start, end in split_sentences(original):
        sentence = original[start:end].strip()
        place = _nearest(sentence, text)
        if not missing_facts(sentence, text):
            behind = place[1] if place else behind
            continue
        first, last = place or (behind, behind)
        text = text[:first] + sentence + text[last:]
        behind = first + len(sentence)
        restored.append(sentence)
    return text, tuple(restored)


def _nearest(sentence: str, text: str) -> tuple[int, int] | None:
    """Return where the sentence of `text` stands that says most of `sentence`, None when none says enough."""

    def likeness(span: tuple[int, int]) -> float:
        other = text[span[0] : span[1]]
        return max(overlap(sentence, other), overlap(other, sentence))

    spans = [span for span in split_sentences(text) if text[span[0] : span[1]].strip()]
    best = max(spans, key=likeness, default=None)
    if best is None or likeness(best) < SAME:
        return None
    bare = text[best[0] : best[1]]
    start = best[0] + len(bare) - len(bare.lstrip())
    return start, best[1] - len(bare) + len(bare.rstrip())
