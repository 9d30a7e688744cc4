"""Shorten a text by leaving out whole sentences and clauses, never a fact."""

from __future__ import annotations

import re
from collections import Counter

from assistant.knowledge.facts import find_facts
from assistant.knowledge.structure import split_sentences
from assistant.writing.overlap import bigrams

_OPENING = re.compile(r"^(?:[（(]?[一二三四五六七八九十]+[）)、]|[一二三四五六七八九十]+是|\d+[.．、])")


def compress(text: str, length: int) -> str:
    """Return `text` shortened towards `length` characters by leaving out the least telling sentences.

    A sentence stays when it carries a fact, opens a paragraph or a numbered point; so the result may
    be longer than asked for. Paragraphs and their order are kept.
    """
    spans = split_sentences(text)
    sentences = [text[start:end] for start, end in spans]
    counts: Counter[str] = Counter()
    for sentence in sentences:
        counts.update(bigrams(sentence))

    def weight(number: int) -> float:
        pairs = bigrams(sentences[number])
        return sum(counts[pair] for pair in pairs) / max(len(pairs), 1)

    free = [number for number, span in enumerate(spans) if _may_go(text, span)]
    gone: set[int] = set()
    left = len(text)
    for number in sorted(free, key=weight):
        if left <= length:
            break
        if left - len(sentences[number]) >= length * 0.9:
            gone.add(number)
            left -= len(sentences[number])
    kept = text
    for number in sorted(gone, reverse=True):
        start, end = spans[number]
        kept = kept[:start] + kept[end:]
    return re.sub(r"\n{2,}", "\n", kept).strip()


def _may_go(text: str, span: tuple[int, int]) -> bool:
    start, end = span
    sentence = text[start:end].strip()
    opens = start == 0 or text[:start].rstrip(" 　").endswith("\n")
    return not opens and not _OPENING.match(sentence) and not find_facts(sentence)
