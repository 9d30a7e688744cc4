"""Dates that contradict the calendar, one another, or the day the document was signed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from assistant.knowledge.calendar import Day, find_days, possible
from assistant.knowledge.numerals import number_value
from assistant.knowledge.structure import parse_elements
from assistant.records import Element, Finding
from assistant.review.contradiction import contradiction
from assistant.review.vocabulary import words_of

CALENDAR = "公历；GB/T 15835-2011 4.1.3：公历日期"
NUMBER = "GB/T 9704-2012 7.2.5：发文字号由发文机关代字、年份、发文顺序号组成，年份为发文当年"

_WEEKDAYS = "一二三四五六日"
_WEEKDAY = re.compile(r"\s*[（(，]?\s*(?:星期|周|礼拜)([一二三四五六日天])(?![至到—、])")
_TO = re.compile(r"\s*(?:起|开始)?\s*，?\s*(?:至|到|—+|－|-|~|～)\s*(?:(?P<d>\d{1,2})[日号])?")
_LEAP = re.compile(r"((?:19|20)\d\d)年2月(29|30|31)[日号]")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)年?(?:至|—|－|-|~|～)((?:19|20)\d\d)年")
_CLOCK = re.compile(
    r"(?<![\d:：])([01]?\d|2[0-4])[:：]([0-5]\d)\s*(?:至|到|—+|－|-|~|～)\s*([01]?\d|2[0-4])[:：]([0-5]\d)"
)
_QUARTER = re.compile(
    r"(?P<name>第?[一二三四1-4]季度|前三季度|上半年|下半年)[（(]\s*(?P<from>\d{1,2})月?(?:至|到|—+|－|-|~|～)(?P<to>\d{1,2})月(?:份)?[）)]"
)
_QUARTERS = {
    "一": (1, 3),
    "二": (4, 6),
    "三": (7, 9),
    "四": (10, 12),
    "前三": (1, 9),
    "上半年": (1, 6),
    "下半年": (7, 12),
}
_DOCUMENT = re.compile(
    r"\s*[（(]?[\u4e00-\u9fff]{1,12}[〔\[［(（](?P<year>(?:19|20)\d\d)[〕\]］)）]\s*第?\d{1,5}号[）)]?\s*"
)
_CITED = re.compile(r"[〔\[［](?P<year>(?:19|20)\d\d)[〕\]］]\s*第?\d{1,5}号")
_RECENT = timedelta(days=150)  # a day without a year that lies farther back is one of the next year


class _Patterns(NamedTuple):
    length: re.Pattern[str]
    length_before: re.Pattern[str]
    future: re.Pattern[str]
    past: re.Pattern[str]
    due_before: re.Pattern[str]
    due_behind: re.Pattern[str]


_KEYS = ("length", "length_before", "stated", "future", "past", "asked", "until", "sent")


@cache
def _patterns() -> _Patterns:
    """Return the words of chronology.toml in the forms in which periods and days stand beside them."""
    words = words_of("chronology", "dates", _KEYS)
    count = r"(?P<n>[一二两三四五六七八九十]{1,3}|\d{1,3})"
    return _Patterns(
        re.compile(
            rf"[^。\n]{{0,24}}?(?:{words['length']}|，|（|\()\s*(?:约)?{count}(?P<unit>天|日(?!前)|周|个星期|个月|个工作日)"
            r"(?!内|前|后|左右|以[内上])(?![^，。；]{0,4}[前内])"
        ),
        re.compile(
            rf"(?:{words['length_before']})为?{count}(?P<unit>天|日|周|个星期|个月|个工作日)[，（(：]?(?:{words['stated']})*$"
        ),
        re.compile(rf"(?:{words['future']})(?:于|在)?$"),
        re.compile(rf"(?:{words['past']})(?:经)?(?:于|在)$"),
        re.compile(rf"(?:{words['asked']})[^。；\n]{{0,30}}(?:{words['until']})?$"),
        re.compile(rf"(?:[^，。；\n]{{0,8}})?(?:之前|以前|前)[^。；\n]{{0,40}}?(?:{words['sent']})"),
    )


def check_dates(text: str) -> Iterator[Finding]:
    """Yield a finding for each date that cannot be."""
    days = find_days(text)
    elements = parse_elements(text)
    signed = _signed(elements)
    yield from _weekdays(text, days, signed)
    yield from _calendar(text)
    yield from _ranges(text, days)
    yield from _quarters(text)
    if signed:
        yield from _against_signature(text, days, elements, signed)


def _signed(elements: Sequence[Element]) -> date | None:
    """Return the 成文日期: the last date line of the main text with year, month and day."""
    for element in reversed(elements):
        if element.kind == "date":
            days = find_days(element.text)
            return days[-1].on() if days and days[-1].year else None
    return None


def _weekdays(text: str, days: Sequence[Day], signed: date | None) -> Iterator[Finding]:
    year = 0
    for day in days:
        year = day.year or year
        match = _WEEKDAY.match(text, day.end)
        if match is None:
            continue
        told = match[1].replace("天", "日")
        years = (
            [day.year] if day.year else [signed.year, signed.year + 1] if signed else [year] if year else []
        )
        if not years or not all(possible(item, day.month, day.day) for item in years):
            continue
        right = [_WEEKDAYS[day.on(item).weekday()] for item in years]
        if told not in right:
            stated = f"{years[0]}年{day.month}月{day.day}日"
            start = match.start() + re.search(r"[星周礼]", match.group()).start()  # type: ignore[union-attr]
            word = text[start : match.end(1)]
            fixed = word[:-1] + right[0]
            yield contradiction(
                text,
                (start, match.end(1)),
                "weekday",
                f"{stated}是星期{right[0]}，不是{word}",
                fixed,
                source=CALENDAR,
            )


def _calendar(text: str) -> Iterator[Finding]:
    for match in _LEAP.finditer(text):
        if not possible(int(match[1]), 2, int(match[2])) and match[2] == "29":
            message = f"{match[1]}年是平年，2月只有28天"
            yield contradiction(text, match.span(), "no-such-day", message, source=CALENDAR)


def _ranges(text: str, days: Sequence[Day]) -> Iterator[Finding]:
    for match in _YEARS.finditer(text):
        if int(match[2]) < int(match[1]):
            yield contradiction(
                text, match.span(), "range-reversed", f"起止年份倒置：{match[1]}年在{match[2]}年之后"
            )
    for match in _CLOCK.finditer(text):
        start, end = (60 * int(match[i]) + int(match[i + 1]) for i in (1, 3))
        if end <= start < 18 * 60 and end >= 7 * 60:
            yield contradiction(text, match.span(), "range-reversed", "起止时间倒置：结束不晚于开始")
    following = {day.start: day for day in days}
    for first in days:
        to = _TO.match(text, first.end)
        if to is None:
            continue
        if to["d"]:
            if not possible(first.year, first.month, int(to["d"])):
                continue
            last = Day(first.year, first.month, int(to["d"]), to.start("d"), to.end())
        elif to.end() in following:
            last = following[to.end()]
        else:
            continue
        yield from _range(text, first, last)


def _range(text: str, first: Day, last: Day) -> Iterator[Finding]:
    year = first.year or 2023
    begin = first.on(year)
    end_year = last.year or year
    if not possible(end_year, last.month, last.day) or not possible(year, first.month, first.day):
        return
    end = date(end_year, last.month, last.day)
    same = bool(first.year) or not last.year
    if end < begin and same:
        # “11月15日至3月15日” runs into the next year; one that runs backwards by little is a slip
        if last.year or begin - end < timedelta(days=100):
            start = text[first.start : last.end]
            yield contradiction(
                text, (first.start, last.end), "range-reversed", f"起止日期倒置：“{start}”结束早于开始"
            )
            return
        end = date(year + 1, last.month, last.day)
    if same and end >= begin:
        yield from _length(text, _patterns().length.match(text, last.end), begin, end)
        line = max(text.rfind(mark, 0, first.start) for mark in "。\n") + 1
        yield from _length(text, _patterns().length_before.search(text, line, first.start), begin, end)


def _length(text: str, match: re.Match[str] | None, begin: date, end: date) -> Iterator[Finding]:
    """Compare the stated length of a period with its days; both ends may count or one only."""
    if match is None or re.search(r"\d月|每|第|分", text[match.start() : match.start("n")]):
        return
    days, count, unit = (end - begin).days + 1, number_value(match["n"]), match["unit"]
    least, most = {
        "天": (days - 1, days),
        "日": (days - 1, days),
        "周": ((days - 2) // 7, (days + 3) // 7),
        "个星期": ((days - 2) // 7, (days + 3) // 7),
        "个月": (round((days - 6) / 30.5), round((days + 6) / 30.5)),
        "个工作日": (max(0, days * 5 // 7 - 8), days),
    }[unit]
    if count and not least <= count <= most:
        told = text[match.start("n") : match.end("unit")]
        message = f"{begin.month}月{begin.day}日至{end.month}月{end.day}日共{days}天，与“{told}”不符"
        yield contradiction(text, (match.start("n"), match.end("unit")), "period-length", message)


def _quarters(text: str) -> Iterator[Finding]:
    for match in _QUARTER.finditer(text):
        name = match["name"].replace("第", "").replace("季度", "")
        name = "一二三四"[int(name) - 1] if name.isdecimal() else name
        first, last = _QUARTERS[name]
        if (int(match["from"]), int(match["to"])) != (first, last):
            span = (match.start("from"), match.end() - 1)
            message = f"{match['name']}是{first}月至{last}月，现为“{text[span[0] : span[1]]}”"
            yield contradiction(text, span, "quarter-months", message, f"{first}月至{last}月")


def _against_signature(
    text: str, days: Sequence[Day], elements: Sequence[Element], signed: date
) -> Iterator[Finding]:
    when = f"成文日期是{signed.year}年{signed.month}月{signed.day}日"
    for day in days:
        line = text.rfind("\n", 0, day.start) + 1
        clause = max(text.rfind(mark, line, day.start) for mark in "，。；：") + 1 or line
        stated = _in_year_of(day, signed)
        if stated is None:
            continue
        if stated < signed and (match := _patterns().future.search(text, clause, day.start)):
            span = (match.start(), day.end)
            yield contradiction(
                text, span, "future-in-past", f"{when}，这一天已经过去，不应说“{match.group()}”"
            )
        elif stated > signed and (match := _patterns().past.search(text, clause, day.start)):
            span = (match.start(), day.end)
            yield contradiction(
                text, span, "past-in-future", f"{when}，这一天还没有到，不应说“{match.group()}”"
            )
        elif stated < signed and _patterns().due_behind.match(text, day.end):
            sentence = max(text.rfind(mark, line, day.start) for mark in "。；") + 1 or line
            if _patterns().due_before.search(text, sentence, day.start):
                yield contradiction(
                    text, (day.start, day.end), "due-before-signed", f"{when}，要求的期限在它之前"
                )
    yield from _numbers(text, elements, signed)


def _in_year_of(day: Day, signed: date) -> date | None:
    """Return the day in its own year, else in the year of signing; None when it may be one of another year."""
    if day.year:
        return day.on()
    if not possible(signed.year, day.month, day.day):
        return None
    stated = day.on(signed.year)
    return stated if signed - _RECENT < stated < signed + _RECENT else None


def _numbers(text: str, elements: Sequence[Element], signed: date) -> Iterator[Finding]:
    own = next((item for item in elements[:4] if _DOCUMENT.fullmatch(item.text)), None)
    if own and (match := _CITED.search(text, own.start, own.end)) and int(match["year"]) != signed.year:
        message = f"发文字号的年份是{match['year']}年，成文日期在{signed.year}年"
        yield contradiction(text, match.span(), "number-year", message, f"〔{signed.year}〕", source=NUMBER)
    for match in _CITED.finditer(text):
        if int(match["year"]) > signed.year and not (own and own.start <= match.start() < own.end):
            message = f"引用的文号是{match['year']}年的，晚于成文日期（{signed.year}年）"
            yield contradiction(text, match.span(), "number-year", message, source=NUMBER)
