"""Read the amounts of a text: figures with their units, as exact numbers that can be added and compared.

The units stand in assistant/data/figures.toml. Figures without a unit, ordinals, years and dates are no amounts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from assistant.knowledge.numerals import number_value
from assistant.knowledge.sentences import enclosed, split_sentences
from assistant.resources import DATA, check_keys, read_toml

SPELLED = "一二两三四五六七八九十百千万亿零〇"
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_ABOUT_BEFORE = re.compile(
    r"(?:(?<![签预邀履续])约|近|将近|接近|超|超过|逾|突破|不少于|不低于|不超过|不足|至少|最多|最高|大约|平均|\d[至到—～~－-])$"
)
_ABOUT_BEHIND = re.compile(r"左右|以上|以下|以内|上下|多|余|（含）以上|之内|[—～~－-]\d")
_CUT = re.compile(r"[，；、：]|以及|和|及|与")  # the words cut only right behind an amount
_KINDS = ("money", "length", "square", "field", "mass", "volume", "person")


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure with its unit: `value` in the first unit of `kind`, right to ± `half` where it is rounded.

    What is counted one by one is exact. A round 3亿元 is taken as 3.0: texts drop the zero.
    `scale` is what one unit of the last digit but the decimals stands for (万元: 10000). `about`: the text says that
    the figure is rough, a limit, or one of a range.
    """

    value: Fraction
    half: Fraction
    scale: int
    decimals: int
    kind: str
    start: int
    end: int
    text: str
    about: bool
    spelled: bool


@cache
def _units() -> dict[str, tuple[str, int]]:
    """Return unit → (kind, factor)."""
    data = read_toml(DATA / "figures.toml")["units"]
    check_keys("figures.toml 的 units ", data, ("source", "own", *_KINDS))
    units = {name: (name, 1) for name in data["own"]}
    for kind in _KINDS:
        units.update({name: (kind, factor) for name, factor in data[kind].items()})
    return {**units, "％": ("%", 1), "百分点": ("个百分点", 1)}


@cache
def _pattern() -> re.Pattern[str]:
    units = "|".join(sorted(map(re.escape, _units()), key=len, reverse=True))
    digits = r"(?P<n>(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:[.．]\d+)?)(?P<more>[余多])?(?P<scale>[十百千]?万亿|[十百千]?[万亿]|[百千])?(?P<more2>[余多])?"
    spelled = rf"(?P<s>[{SPELLED}]+)(?P<more3>[余多几])?"
    return re.compile(
        rf"(?<![\d.．〔第A-Za-z:：＋+{SPELLED}])(?:{digits}|{spelled})(?P<unit>{units})(?![月号岁]|(?<=[人名户家])均)"
    )


def read_amounts(text: str) -> list[Amount]:
    """Return the amounts of `text` in their order. “一” with a unit is an article, no amount."""
    amounts: list[Amount] = []
    for match in _pattern().finditer(text):
        kind, factor = _units()[match["unit"]]
        if match["s"]:
            number, scale, decimals = Fraction(number_value(match["s"])), 1, 0
            if number < 2 or (match["s"][0] in "千百万亿" and number > 9):
                continue
        else:
            bare = unicodedata.normalize("NFKC", match["n"]).replace(",", "")
            scale, decimals = _scale(match["scale"]), len(bare.partition(".")[2])
            number = Fraction(bare) * scale
        amounts.append(
            Amount(
                value=number * factor,
                half=_half(scale, decimals, kind) * factor,
                scale=scale * factor,
                decimals=decimals,
                kind=kind,
                start=match.start(),
                end=match.end(),
                text=match.group(),
                about=bool(
                    match["more"]
                    or match["more2"]
                    or match["more3"]
                    or _ABOUT_BEFORE.search(text, max(0, match.start() - 4), match.start())
                    or _ABOUT_BEHIND.match(text, match.end())
                ),
                spelled=bool(match["s"]),
            )
        )
    return amounts


def _scale(word: str | None) -> int:
    scale = 1
    for char in word or "":
        scale *= _SCALES[char]
    return scale


def _half(scale: int, decimals: int, kind: str) -> Fraction:
    if decimals or kind in ("%", "‰"):
        return Fraction(scale, 2 * 10**decimals)
    return Fraction(scale, 20) if scale > 1 else Fraction(0)


def plain(value: Fraction, like: Amount) -> str:
    """Return `value` written with the scale and unit of `like` (696000 元 like 72.6万元 → 69.6万元)."""
    figure = f"{float(value / like.scale):.4f}".rstrip("0").rstrip(".")
    return figure + (like.text.lstrip("0123456789.,") if not like.spelled else like.text.lstrip(SPELLED))


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of a sentence between two commas; `mark` is the sign before it ("" at the start)."""

    start: int
    end: int
    mark: str
    amounts: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the text at `start`, its amounts and its cells; offsets are those of the text."""

    start: int
    end: int
    amounts: tuple[Amount, ...]
    cells: tuple[Cell, ...]


def read_sentences(text: str) -> list[Sentence]:
    """Return the sentences of `text` with their amounts. What stands in “”, 《》 or （） is left out."""
    amounts = read_amounts(text)
    sentences: list[Sentence] = []
    at = 0
    for start, end in split_sentences(text):
        own: list[Amount] = []
        while at < len(amounts) and amounts[at].start < end:
            own.append(amounts[at])
            at += 1
        inside = enclosed(text[start:end])
        kept = tuple(item for item in own if not inside[item.start - start])
        cells = tuple(_cells(text, start, end, inside, kept)) if kept else ()
        sentences.append(Sentence(start, end, kept, cells))
    return sentences


def _cells(text: str, start: int, end: int, inside: bytearray, amounts: tuple[Amount, ...]) -> Iterator[Cell]:
    ends = {item.end for item in amounts}
    cuts = [(start, start, "")]
    for match in _CUT.finditer(text, start, end):
        if not inside[match.start() - start] and (match[0] in "，；、：" or match.start() in ends):
            cuts.append((match.start(), match.end(), match[0]))
    for index, (_, first, mark) in enumerate(cuts):
        last = cuts[index + 1][0] if index + 1 < len(cuts) else end
        yield Cell(first, last, mark, tuple(item for item in amounts if first <= item.start < last))
