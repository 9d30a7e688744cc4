"""Marks of secrecy and of internal use in a text made for the public, and open ways of sending in one that bears a mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.knowledge.entries import read_entry
from assistant.knowledge.structure import parse_elements
from assistant.records import Finding
from assistant.resources import DATA, read_toml

# A mark stands on a line of its own, in brackets or not: 秘密★1年, （机密）.
_SECRET = re.compile(
    r"(?m)^[ 　]*[（(【\[]?(?:(?:密级[：:]\s*)?(?:绝密|机密|秘密)(?:[ 　]*[★☆*][^\n]{0,10}|[ 　]*(?:级|件)?(?=[ 　]*[）)】\]]?$)))[ 　]*[）)】\]]?[ 　]*$"
)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Patterns: genres, titles and sentences of a text for the public, words of internal use, open ways of sending."""

    source: str
    genres: tuple[str, ...]
    title: str
    public: tuple[str, ...]
    internal: tuple[str, ...]
    channels: str
    not_asked: str


@cache
def load_disclosure(path: Path = DATA / "disclosure.toml") -> Disclosure:
    """Return the table. Raises DataError for a wrong one."""
    return read_entry(Disclosure, f"数据文件“{path.name}”", read_toml(path))


@cache
def _internal() -> re.Pattern[str]:
    words = "|".join(load_disclosure().internal)
    return re.compile(
        rf"(?m)^[ 　]*[（(【\[]?[^\n。，（(]{{0,10}}(?:{words})[^\n。]{{0,14}}[）)】\]]?[ 　]*$"
        rf"|[（(【\[](?:{words})[^\n。）)】\]]{{0,14}}[）)】\]]"
    )


def check_disclosure(text: str, genre: str) -> Iterator[Finding]:
    """Yield a finding for each mark of secrecy or internal use, on a line or in brackets, in a text for the public.

    In a text with a mark of secrecy, one for each place that asks to send it by mail or messenger.
    """
    if _is_public(text, genre):
        for pattern, what in ((_SECRET, "密级标志"), (_internal(), "内部资料的标识")):
            for match in pattern.finditer(text):
                quote = match.group().strip(" 　")
                message = f"公开发布的文稿残留{what}“{quote}”"
                advice = "确可公开的删去标识；不应公开的不得发布"
                yield _finding(
                    "in-public", match.start() + match.group().index(quote), quote, message, advice
                )
    elif _SECRET.search(text):
        for match in re.finditer(load_disclosure().channels, text):
            start = max(text.rfind(mark, 0, match.start()) for mark in "。；\n") + 1
            if not re.search(load_disclosure().not_asked, text[start : match.end()]):
                message = f"标有密级的文件不得要求经互联网报送：“{match.group()}”"
                yield _finding(
                    "channel", match.start(), match.group(), message, "改用机要交换或者涉密网络报送"
                )


def _finding(rule: str, start: int, quote: str, message: str, advice: str) -> Finding:
    return Finding(
        rule=f"secrecy-{rule}",
        severity="error",
        start=start,
        end=start + len(quote),
        quote=quote,
        message=message,
        suggestion=advice,
        source=load_disclosure().source,
    )


def _is_public(text: str, genre: str) -> bool:
    data = load_disclosure()
    if genre in data.genres:
        return True
    title = "".join(element.text for element in parse_elements(text) if element.kind == "title")
    return bool(re.search(data.title, title) or any(re.search(pattern, text) for pattern in data.public))
