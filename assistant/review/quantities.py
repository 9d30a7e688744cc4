"""Percentages and multiples beside the two values they come from: percentage points, 增长到/增长了 N 倍, 番."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.knowledge.sentences import split_sentences
from assistant.records import Finding

POINT_SOURCE = "统计用语：两个百分数之差称百分点（国家统计局统计指标解释）"
TIMES_SOURCE = "统计用语：“增长了N倍”不含原数，“增长到N倍”“是原来的N倍”含原数；“番”按2的乘方计算"

_PERCENT = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)[%％]")
_MOVED = re.compile(
    r"(?:提高|上升|提升|增长|增加|上涨|下降|降低|回落|减少|下滑|高出?|低|相差|扩大|收窄)了?(?:约|近)?$"
)
_BETWEEN = re.compile(r"[到至为达比较]|去年|上年|今年|目前|现在|原来|同期")

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九十")} | {"两": 2}
_SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_QUANTITY = re.compile(r"(?<![\d.])(\d[\d,]*(?:\.\d+)?)([百千万亿]*)(?![\d.年月日%％倍番])([一-龥]?)")
_CLAIM = re.compile(
    r"(增长|增加|提高|提升|扩大|上升|上涨|翻|[是为]原来的|[是为](?:去年|上年)(?:同期)?的|相当于原来的)"
    r"了?(约|近|超过|超|逾)?(\d+(?:\.\d+)?|[一二两三四五六七八九十])(多|余)?(倍|番)(?!以上|左右)"
)
_FROM_TO = re.compile(r"[由从][^，。；]*[到至]|去年|上年|原来|(?:19|20)\d\d年")
_NEAR = 0.12  # how far a multiple may lie from the ratio it was rounded from


@dataclass(frozen=True, slots=True)
class _Claim:
    """“增长了3倍”: `of` is True where the original is counted in (是原来的3倍)."""

    start: int
    end: int
    number: float
    unit: str
    of: bool
    loose: bool


def check_quantities(text: str) -> Iterator[Finding]:
    """Yield a finding for each change that its own two values show to be wrongly called % or N倍 or N番."""
    for start, end in split_sentences(text):
        sentence = text[start:end]
        if "%" in sentence or "％" in sentence:
            yield from _points(sentence, start)
        if "倍" in sentence or "番" in sentence:
            yield from _times(sentence, start)


def _points(sentence: str, offset: int) -> Iterator[Finding]:
    """Yield “由62%提高到68%，提高了6%”: the difference of two percentages, called a percentage."""
    percents = list(_PERCENT.finditer(sentence))
    for index, match in enumerate(percents):
        moved = _MOVED.search(sentence[max(0, match.start() - 8) : match.start()])
        if not moved:
            continue
        before = percents[index - 2 : index] if index >= 2 else []
        after = percents[index + 1 : index + 3]
        for pair in (before, after if re.search("[由从]", sentence[match.end() :][:12]) else []):
            if len(pair) == 2 and _is_difference(sentence, pair, float(match[1])):
                first, second = pair[0][1], pair[1][1]
                quote = moved.group() + match.group()
                right = f"{moved.group()}{match[1]}个百分点"
                low, high = sorted((first, second), key=float)
                yield Finding(
                    rule="percent-points",
                    severity="error",
                    start=offset + match.end() - len(quote),
                    end=offset + match.end(),
                    quote=quote,
                    message=f"{high}%减{low}%是{match[1]}个百分点，不是{match[1]}%",
                    suggestion=right,
                    source=POINT_SOURCE,
                )
                break


def _is_difference(sentence: str, pair: list[re.Match[str]], claimed: float) -> bool:
    first, second = (float(match[1]) for match in pair)
    between = sentence[pair[0].end() : pair[1].start()]
    return abs(abs(second - first) - claimed) < 0.0501 and first != second and bool(_BETWEEN.search(between))


def _times(sentence: str, offset: int) -> Iterator[Finding]:
    if not _FROM_TO.search(sentence):
        return
    quantities = list(_QUANTITY.finditer(sentence))
    for match in _CLAIM.finditer(sentence):
        pair = _pair(sentence, quantities, match)
        if pair is None:
            continue
        low, high, ratio = pair
        number = float(match[3]) if match[3][0].isdigit() else float(_DIGITS[match[3]])
        claim = _Claim(
            match.start(), match.end(), number, match[5], "的" in match[1], bool(match[2] or match[4])
        )
        right = _right(claim, ratio)
        if right:
            yield Finding(
                rule="times-and-values",
                severity="error",
                start=offset + claim.start,
                end=offset + claim.end,
                quote=match.group(),
                message=f"由{low}到{high}，后数是前数的{_short(ratio)}倍，应为“{right}”",
                suggestion=right,
                source=TIMES_SOURCE,
            )


def _pair(
    sentence: str, quantities: list[re.Match[str]], claim: re.Match[str]
) -> tuple[str, str, float] | None:
    """Return the two values the claim speaks of, as written, and their ratio.

    They are the two before it in the sentence, or those of “由……到……” right behind it.
    """
    before = [item for item in quantities if item.end() <= claim.start()][-2:]
    after = [item for item in quantities if item.start() >= claim.end()][:2]
    if not re.match(r"，?[^，。；]{0,4}[由从]", sentence[claim.end() :]):
        after = []
    for pair in (before, after):
        if len(pair) < 2 or claim.start() - pair[1].end() > 30:
            continue
        first, second = pair
        if first[3] and first[3] != second[3] and first[3] not in "增提扩上发翻升涨":
            continue
        bare = not first[2] and first[3] != second[3]  # 由200增加到600万元
        small = _value(first[1], second[2] if bare else first[2])
        big = _value(second[1], second[2])
        if 0 < small < big:
            return _written(first), _written(second), big / small
    return None


def _written(match: re.Match[str]) -> str:
    return match[1] + match[2] + ("" if match[3] in "增提扩上发翻升涨到至" else match[3])


def _value(digits: str, scale: str) -> float:
    value = float(digits.replace(",", ""))
    for char in scale:
        value *= _SCALE[char]
    return value


def _right(claim: _Claim, ratio: float) -> str:
    """Return the right wording, "" where the claim agrees with the ratio or is only roughly wrong."""
    if claim.unit == "番":
        return _right_doublings(claim, ratio)
    grown = ratio - 1
    meant, mixed = (ratio, grown) if claim.of else (grown, ratio)
    if abs(claim.number - meant) <= (1 if claim.loose else 0.5) and abs(claim.number - meant) < abs(
        claim.number - mixed
    ):
        return ""
    if abs(claim.number - mixed) > (0.5 if claim.loose else _NEAR):
        return ""
    return f"是原来的{_short(ratio)}倍" if claim.of else f"增长了{_short(grown)}倍"


def _right_doublings(claim: _Claim, ratio: float) -> str:
    if abs(ratio / 2**claim.number - 1) <= 0.2 or abs(claim.number - ratio) > _NEAR:
        return ""
    doublings = {2: "翻一番", 4: "翻两番", 8: "翻三番"}
    return (abs(ratio - round(ratio)) < _NEAR and doublings.get(round(ratio))) or f"是原来的{_short(ratio)}倍"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
