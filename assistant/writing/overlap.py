"""How much of one text stands in another, by pairs of neighbouring characters."""

from __future__ import annotations

import re


def bigrams(text: str) -> set[str]:
    """Return the pairs of neighbouring Chinese characters, letters and digits of `text`."""
    plain = re.sub(r"[^\w]|_", "", text)
    return {plain[i : i + 2] for i in range(len(plain) - 1)}


def trigrams(text: str) -> set[str]:
    """Return the triples of neighbouring characters of `text`, punctuation counted as one mark."""
    plain = re.sub(r"[^\w]|_", "，", text)
    return {plain[i : i + 3] for i in range(len(plain) - 2)}


def overlap(text: str, other: str) -> float:
    """Return the share (0–1) of the bigrams of `text` that stand in `other`."""
    pairs = bigrams(text)
    return len(pairs & bigrams(other)) / len(pairs) if pairs else 0.0


def size_of(text: str) -> int:
    """Return the length of `text` in characters as a word processor counts them: marks counted, blanks not."""
    return len("".join(text.split()))
