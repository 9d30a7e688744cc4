"""The numbers that Word puts before paragraphs (一、 （一） 1.) and does not store as text.

ECMA-376-1 17.9: a paragraph names a list and a level, itself or by its style; the list's level says how
the number reads.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DIGITS = "〇一二三四五六七八九"
MAX_STYLES = 20  # depth of based-on chains followed: a damaged file may hold a ring


def value(item: ET.Element | None, default: str = "") -> str:
    """Return the w:val of an element, `default` where either is missing."""
    return default if item is None else item.get(W + "val", default)


def chinese(number: int) -> str:
    """Return `number` as counted in Chinese below one thousand (十二, 一百零三), else its digits."""
    if not 0 < number < 1000:
        return "".join(DIGITS[int(digit)] for digit in str(number))
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones else "")


def roman(number: int) -> str:
    """Return `number` in upper-case Roman numerals."""
    steps = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
    text = ""
    for worth, sign in (*steps, (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        count, number = divmod(number, worth)
        text += sign * count
    return text


def letters(number: int) -> str:
    """Return a, b, … z, aa, bb …, as Word counts."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def formatted(number: int, form: str) -> str:
    """Return `number` in a number format of ECMA-376-1 17.18.59; unknown formats read as decimal."""
    if form.startswith(("chineseCounting", "japaneseCounting", "taiwaneseCounting")):
        return chinese(number)
    if form in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return "".join(DIGITS[int(digit)] for digit in str(number))
    if form.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if form == "decimalFullWidth":
        return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    if form in ("lowerLetter", "upperLetter") and number > 0:
        return letters(number) if form == "lowerLetter" else letters(number).upper()
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        return roman(number).lower() if form == "lowerRoman" else roman(number)
    return str(number)


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    text: str
    legal: bool  # all numbers in it read as decimal (17.9.4 isLgl)


class Numbering:
    """The lists of one document; `label` must see its paragraphs in their order."""

    def __init__(self, numbering: ET.Element | None, styles: ET.Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}  # by abstract list
        self._lists: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        named: dict[str, str] = {}
        links: dict[str, str] = {}
        for item in () if numbering is None else numbering.iterfind(W + "abstractNum"):
            key = item.get(W + "abstractNumId", "")
            self._levels[key] = dict(map(_level, item.iterfind(W + "lvl")))
            named.setdefault(value(item.find(W + "styleLink")), key)
            links[key] = value(item.find(W + "numStyleLink"))
        for key, style in links.items():  # a list that only points to the one a style defines
            if style and style in named:
                self._levels[key] = self._levels[named[style]]
        for item in () if numbering is None else numbering.iterfind(W + "num"):
            self._add_list(item)
        found = () if styles is None else styles.iterfind(W + "style")
        self._styles = {style.get(W + "styleId", ""): style for style in found}

    def _add_list(self, item: ET.Element) -> None:
        """A list with overridden levels counts for itself, all others share their abstract list's count."""
        key = value(item.find(W + "abstractNumId"))
        overrides = item.findall(W + "lvlOverride")
        number = item.get(W + "numId", "")
        if overrides:
            levels = dict(self._levels.get(key, {}))
            for override in overrides:
                index = _integer(override.get(W + "ilvl", "0"))
                level = override.find(W + "lvl")
                if level is not None:
                    levels[index] = _level(level)[1]
                start = override.find(W + "startOverride")
                if start is not None and index in levels:
                    levels[index] = replace(levels[index], start=_integer(value(start)))
            key = f"list {number}"
            self._levels[key] = levels
        self._lists[number] = key

    def label(self, paragraph: ET.Element) -> str:
        """Return the number before `paragraph` as Word shows it, "" for none or a bullet."""
        number, index = self._place(paragraph)
        key = self._lists.get(number, "")
        levels = self._levels.get(key, {})
        if index not in levels:
            return ""
        counts = self._counts.setdefault(key, {})
        counts[index] = counts.get(index, levels[index].start - 1) + 1
        for deeper in [other for other in counts if other > index]:
            del counts[deeper]
        if levels[index].form in ("bullet", "none"):
            return ""

        def shown(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            if level not in levels:
                return ""
            form = "decimal" if levels[index].legal else levels[level].form
            return formatted(counts.get(level, levels[level].start), form)

        return re.sub(r"%([1-9])", shown, levels[index].text)

    def _place(self, paragraph: ET.Element) -> tuple[str, int]:
        """Return list and level of a paragraph: its own, else those of its style or a style below it."""
        properties = paragraph.find(W + "pPr")
        if properties is None:
            return "", 0
        number = value(properties.find(f"{W}numPr/{W}numId"))
        index = value(properties.find(f"{W}numPr/{W}ilvl"))
        style = self._styles.get(value(properties.find(W + "pStyle")))
        for _ in range(MAX_STYLES):
            if number or style is None:
                break
            number = value(style.find(f"{W}pPr/{W}numPr/{W}numId"))
            index = index or value(style.find(f"{W}pPr/{W}numPr/{W}ilvl"))
            style = self._styles.get(value(style.find(W + "basedOn")))
        return number, _integer(index)


def _level(item: ET.Element) -> tuple[int, _Level]:
    level = _Level(
        _integer(value(item.find(W + "start"), "1")),
        value(item.find(W + "numFmt"), "decimal"),
        value(item.find(W + "lvlText")),
        item.find(W + "isLgl") is not None,
    )
    return _integer(item.get(W + "ilvl", "0")), level


def _integer(text: str) -> int:
    return int(text) if text.isdecimal() else 0
