"""How often a sentence would be linked to a passage it does not rest on: python -m tests.eval.evidence

Every sentence of the shipped exemplars is held against the passages of all other exemplars and policies,
none of which it was written from. Prints the share of sentences that the thresholds of
assistant/writing/evidence.py would link all the same, for shorter and longer sentences. Set phrases that stand
in the other document word for word (特此报告。) are rightly linked and not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from assistant.ingest.documents import shipped_documents
from assistant.ingest.passages import split
from assistant.knowledge.structure import split_sentences
from assistant.resources import shipped
from assistant.writing.evidence import ADAPTED, ADAPTED_SHORT, SHORT, SHORTEST, bare_text
from assistant.writing.overlap import bigrams

SAMPLE = 2000  # sentences, drawn with a fixed seed


def best_overlaps() -> list[tuple[int, float]]:
    """Return (characters, best share of bigrams in a passage of another document) of sampled sentences."""
    documents = [item for item in shipped_documents(shipped("corpus")) if item.kind != "formulation"]
    passages = [(item.document, bigrams(item.text)) for document in documents for item in split(document)]
    sentences = [
        (document.id, document.text[start:end])
        for document in documents
        if document.kind == "exemplar"
        for start, end in split_sentences(document.text)
        if len(bare_text(document.text[start:end])) >= SHORTEST
    ]
    drawn = Random(9704).sample(sentences, min(SAMPLE, len(sentences)))
    return [(len(bare_text(text)), _best(bigrams(text), owner, passages)) for owner, text in drawn]


def _best(pairs: set[str], owner: str, passages: Sequence[tuple[str, set[str]]]) -> float:
    return max(len(pairs & known) / max(len(pairs), 1) for document, known in passages if document != owner)


def false_links() -> dict[str, float]:
    """Return the share of sampled sentences linked to a passage of another document, by their length."""
    found = best_overlaps()
    short = [share for length, share in found if length < SHORT]
    long = [share for length, share in found if length >= SHORT]
    return {
        "short": sum(ADAPTED_SHORT <= share < 1 for share in short) / max(len(short), 1),
        "long": sum(ADAPTED <= share < 1 for share in long) / max(len(long), 1),
    }


def main() -> None:
    shares = false_links()
    print(f"sentences of {SHORT} characters or more, linked from {ADAPTED}: {shares['long']:.3f}")
    print(f"shorter ones, linked from {ADAPTED_SHORT}: {shares['short']:.3f}")


if __name__ == "__main__":
    main()
