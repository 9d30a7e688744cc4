"""Paragraphs that are made of set phrases and say nothing one could check (assistant/data/slogans.toml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.knowledge.entries import read_entry
from assistant.knowledge.structure import heading_number, parse_elements, run_in_heading, split_sentences
from assistant.records import Finding
from assistant.resources import DATA, read_toml


@dataclass(frozen=True, slots=True)
class Slogans:
    """Patterns of set phrases and of what can be checked; `least` characters, `share` (0–1) of set phrases.

    From `short_least` characters on a paragraph is judged too, by `short_share`.
    """

    source: str
    least: int
    share: float
    short_least: int
    short_share: float
    slogans: tuple[str, ...]
    concrete: tuple[str, ...]
    bad: tuple[str, ...]
    good: tuple[str, ...]


@cache
def load_slogans(path: Path = DATA / "slogans.toml") -> Slogans:
    """Return the table. Raises DataError for a wrong one."""
    return read_entry(Slogans, f"数据文件“{path.name}”", read_toml(path))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = load_slogans()
    return re.compile("|".join(table.slogans)), re.compile("|".join(table.concrete))


def empty_share(paragraph: str) -> float:
    """Return the share (0–1) of set phrases in `paragraph`, marks of punctuation aside; 0 when it holds a fact."""
    slogans, concrete = _patterns()
    if concrete.search(paragraph):
        return 0.0
    words = len(re.sub(r"[\W_]", "", paragraph))
    covered = sum(len(re.sub(r"[\W_]", "", match.group())) for match in slogans.finditer(paragraph))
    return covered / max(words, 1)


def check_emptiness(text: str) -> Iterator[Finding]:
    """Yield a hint for each paragraph that is made of set phrases; its first sentence is the place."""
    table = load_slogans()
    for element in parse_elements(text):
        if element.kind not in ("body", "closing") or len(element.text) < table.short_least:
            continue
        start = run_in_heading(element.text)[1] or heading_number(element.text)[2]
        body = element.text[start:]
        enough = table.share if len(body) >= table.least else table.short_share
        if len(body) < table.short_least or (share := empty_share(body)) < enough:
            continue
        first, end = split_sentences(body)[0]
        quote = body[first:end]
        yield Finding(
            rule="empty-paragraph",
            severity="hint",
            start=element.start + start + first,
            end=element.start + start + end,
            quote=quote,
            message=f"整段多是套话（约{round(100 * share)}%），没有可核查的事实、数字、做法",
            suggestion="写明做了什么、谁负责、何时完成、结果如何，或删去这一段",
            source=table.source,
        )
