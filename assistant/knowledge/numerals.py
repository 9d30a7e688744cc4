"""Chinese numerals: as they number headings and points, and as figures spelled out."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_PLACES = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"万": 10_000, "亿": 100_000_000}


def chinese_numeral(number: int) -> str:
    """Return 1–99 as a Chinese numeral (12 → 十二)."""
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones else "")


def number_value(text: str) -> int:
    """Return the value of `text`, decimal digits or a Chinese numeral below 10¹² (两千三百 → 2300).

    0 for anything else, above all for rough numbers (二三十, 三四个) and digits in a row (二〇二四).
    """
    if text.isdecimal():
        return int(text)
    total = section = digit = 0
    place = 10_000
    for char in text.replace("两", "二").replace("〇", "零"):
        if char in _DIGITS:
            if digit:
                return 0
            digit = _DIGITS.index(char)
        elif char in _PLACES:
            if _PLACES[char] >= place:
                return 0
            place = _PLACES[char]
            section += (digit or 1) * place
            digit = 0
        elif char in _SCALES and (section or digit):
            total += (section + digit) * _SCALES[char]
            section, digit, place = 0, 0, 10_000
        else:
            return 0
    return total + section + digit
