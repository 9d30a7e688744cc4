"""Split Chinese text into sentences, and reduce Markdown to plain lines."""

from __future__ import annotations

import re
from functools import lru_cache

# Pairs inside which a stop does not end the sentence (GB/T 15834-2011 4.8, 4.9, 4.15).
_PAIRS = {"“": "”", "‘": "’", "《": "》", "〈": "〉", "（": "）", "(": ")", "「": "」", "【": "】"}
_ENDS = frozenset(_PAIRS.values())
_STOPS = "。！？!?…"
_CLOSERS = "”’》〉）)」】"
# After “……。” or “……！” these go on with the same sentence: “撸起袖子加油干！”的号召.
_CONTINUES = re.compile(r"[、，；：,;:的地得等是]|这[一个种句]")

_FENCE = re.compile(r"\s*(?:```|~~~).*|\s*(?:-{3,}|\*{3,})\s*")
_MARK = re.compile(r"\s*(?:#{1,6}\s+|>\s?|[-*+]\s+)")
# ** before one of these stands for an omitted name, not for bold.
_OMITTED = (
    "(?!省|市|区|县|镇|乡|村|街道|社区|路|局|委|办|厅|处|科|公司|单位|学校|同志|书记|年|月|日|人次|万|亿|个)"
)
_BOLD = re.compile(
    rf"(?<![\\*])\*\*(?!\*){_OMITTED}([^\s*，。；：！？、][^*，。；：！？、]*[^\s*，。；：！？、])\*\*(?!\*)"
)
_LEADING_BOLD = re.compile(
    r"(\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]+\s*|[一二三四五六七八九十]{1,3}是)?)"
    rf"\*\*{_OMITTED}([^\s*][^*]*[^\s*])\*\*(?=$|[\s：:，,。；]|(?<=[。：:！？；]\*\*))"
)
_MARKDOWN = re.compile(r"^\s*(?:#{1,6}\s+\S|[-*+]\s+\S)", re.MULTILINE)


def enclosed(line: str) -> bytearray:
    """Mark the characters inside matched pairs; an opener that is never closed encloses nothing."""
    inside = bytearray(len(line))
    openers: list[tuple[str, int]] = []
    for index, char in enumerate(line):
        if char in _PAIRS:
            openers.append((_PAIRS[char], index))
        elif openers and char in _ENDS and any(closer == char for closer, _ in openers):
            while openers[-1][0] != char:
                openers.pop()
            start = openers.pop()[1]
            inside[start:index] = b"\x01" * (index - start)
    return inside


def _ends(line: str) -> list[int]:
    """Offsets in `line` at which a sentence ends."""
    inside = enclosed(line)
    ends: list[int] = []
    index = 0
    while index < len(line):
        if line[index] not in _STOPS:
            index += 1
            continue
        end = index
        while end < len(line) and line[end] in _STOPS:
            end += 1
        quoted = end
        while end < len(line) and line[end] in _CLOSERS:
            end += 1
        closed = end > quoted and not (end < len(line) and inside[end])
        soft = closed or line[quoted - 1] == "…"
        index = max(end, index + 1)
        if (inside[quoted - 1] and not closed) or (soft and _CONTINUES.match(line, end)):
            continue
        if closed and line[end - 1] in "》〉" and line[end:].strip():
            continue
        ends.append(end)
    return ends


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) of each sentence of `text`, in order, disjoint, outer blanks excluded.

    A sentence ends with 。！？… and the quotation mark or bracket that closes behind it, or with the
    line. A stop inside “”, 《》 or （） ends it only when the pair closes right there and the text does
    not go on (“……！”的号召). ；does not end a sentence (GB/T 15834-2011 4.3 to 4.6).
    """
    return [*_spans(text)]


@lru_cache(maxsize=256)  # the checks of a review ask for the sentences of one text again and again
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    position = 0
    for line in text.split("\n"):
        start = 0
        for end in [*_ends(line), len(line)]:
            piece = line[start:end]
            if piece.strip():
                first = position + start + len(piece) - len(piece.lstrip())
                spans.append((first, first + len(piece.strip())))
            start = end
        position += len(line) + 1
    return tuple(spans)


def plain_text(text: str) -> str:
    """Return `text` without Markdown marks: headings, list and quotation marks, rules, fences, bold.

    ** also stands for an omitted name (“到**镇、**等点位”). So inside a line bold is undone only in a
    text that has Markdown headings or lists, and only around a phrase without punctuation; at the
    start of a line only around a lead that ends there. A text without such marks comes back unchanged.
    """
    markdown = bool(_MARKDOWN.search(text))
    return "\n".join(_plain_line(line, markdown) for line in text.split("\n"))


def _plain_line(line: str, markdown: bool) -> str:
    if _FENCE.fullmatch(line):
        return ""
    if mark := _MARK.match(line):
        line = line[mark.end() :]
    if bold := _LEADING_BOLD.match(line):
        line = bold[1] + bold[2] + line[bold.end() :]
    if markdown:
        line = _BOLD.sub(r"\1", line)
    return line.replace("\\*", "*").replace("\\#", "#")
