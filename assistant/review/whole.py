"""What only the whole text shows: sentences said twice, an end that breaks off."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.knowledge.structure import parse_elements, run_in_heading, split_sentences
from assistant.records import Finding

SAME_LEAST = 12  # characters: shorter sentences may well come twice
_ENDS = "。！？；：…”》）"


def check_repetition(text: str) -> Iterator[Finding]:
    """Yield a finding for each sentence that stood in the text before, word for word."""
    seen: set[str] = set()
    for start, end in split_sentences(text):
        sentence = text[start:end]
        if len(sentence) >= SAME_LEAST and sentence in seen:
            yield Finding(
                rule="repeated-sentence",
                severity="warning",
                start=start,
                end=end,
                quote=sentence,
                message="这句话前面已经写过",
                suggestion="删去一处",
                source="《党政机关公文处理工作条例》第十九条：内容简洁",
            )
        seen.add(sentence)


def check_ends(text: str) -> Iterator[Finding]:
    """Yield a finding for each paragraph of running text that ends without a stop."""
    for element in parse_elements(text):
        bare = element.text.rstrip(" 　")
        if element.kind != "body" or len(bare) < 30 or bare[-1] in _ENDS:
            continue
        if "。" in bare or run_in_heading(bare)[0]:
            yield Finding(
                rule="unfinished-paragraph",
                severity="warning",
                start=element.start + len(bare) - 1,
                end=element.start + len(bare),
                quote=bare[-1],
                message="这一段末尾没有句号，可能没有写完",
                suggestion=bare[-1] + "。",
                source="GB/T 15834-2011 4.1：句号",
            )
