"""Periods and dates that contradict one another over a paragraph: stages that overlap, an end before its beginning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from assistant.knowledge.calendar import Day, find_days, possible
from assistant.knowledge.numerals import number_value
from assistant.records import Finding
from assistant.review.consistency import load_consistency
from assistant.review.contradiction import contradiction

_STAGE = re.compile(r"第(?P<n>[一二三四五六七八九])(?:阶段|步|批|轮|期)[^。；\n\d]{0,14}$")
_TO = re.compile(r"\s*(?:起|开始)?\s*(?:至|到|—+|－|-|~|～)\s*")
_MONTH = r"(?P<{0}y>20\d\d)年(?P<{0}m>\d{{1,2}})月"
_YEARS = re.compile(
    r"(?P<n>[两二三四五六七八九十])年(?:来|间|以来)?[，（(：]?(?:即)?(?P<first>20\d\d)年?(?:至|到|—+|－|-|~|～)(?P<last>20\d\d)年"
)
_TERM = re.compile(r"(?:工期|合同工期|计划工期)为?(?P<n>\d{1,4})(?:个)?(?:日历)?天")
_CLAUSE = 24  # characters between a date and what happened then


def check_stages(text: str) -> Iterator[Finding]:
    """Yield a finding for each period that cannot be beside another one."""
    position = 0
    for line in text.split("\n"):
        if "年" in line or "月" in line:
            days = find_days(line)
            told = (*_overlaps(line, days), *_finished(line), *_counted(line), *_lasting(line, days))
            for finding in told:
                start, end, rule, message = finding
                yield contradiction(text, (position + start, position + end), rule, message)
        position += len(line) + 1
    yield from _late_arrivals(text)


_Told = tuple[int, int, str, str]  # start, end, rule, message


def _overlaps(line: str, days: list[Day]) -> Iterator[_Told]:
    """“第一阶段为6月1日至6月20日，第二阶段为6月15日至7月10日”."""
    following = {day.start: day for day in days}
    before: tuple[int, date] | None = None
    for first in days:
        stage = _STAGE.search(line, max(0, first.start - 20), first.start)
        to = _TO.match(line, first.end)
        last = following.get(to.end()) if to else None
        if stage is None or last is None:
            continue
        year = first.year or 2000
        if not (possible(year, first.month, first.day) and possible(last.year or year, last.month, last.day)):
            continue
        number = number_value(stage["n"])
        if (
            before
            and number == before[0] + 1
            and first.on(year) < before[1]
            and (first.year or not last.year)
        ):
            message = f"第{stage['n']}阶段开始时，前一阶段还没有结束"
            yield first.start, last.end, "stage-overlap", message
        end = last.on(last.year or year)
        before = (number, end) if end >= first.on(year) else None


@cache
def _events() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = load_consistency().words
    return tuple(  # type: ignore[return-value]
        re.compile(_MONTH.format(name) + rf"(?:\d{{1,2}}日)?[^，。；\d]{{0,{_CLAUSE}}}?(?:{verbs})")
        for name, verbs in (("b", words.begin), ("f", words.finish))
    )


def _finished(line: str) -> Iterator[_Told]:
    """“项目于2024年3月开工建设，2023年12月竣工”: both in one sentence."""
    begin, finish = _events()
    for started in begin.finditer(line):
        stop = line.find("。", started.end())
        ended = finish.search(line, started.end(), stop if stop >= 0 else len(line))
        if ended and (int(ended["fy"]), int(ended["fm"])) < (int(started["by"]), int(started["bm"])):
            message = f"“{ended.group()}”早于“{started.group()}”"
            yield ended.start(), ended.end(), "end-before-begin", message


def _counted(line: str) -> Iterator[_Told]:
    """“五年来，即2021年至2024年”: both ends count, or one only."""
    for match in _YEARS.finditer(line):
        between = int(match["last"]) - int(match["first"])
        if between > 0 and number_value(match["n"].replace("两", "二")) not in (between, between + 1):
            message = f"{match['first']}年至{match['last']}年是{between + 1}年，写的是{match['n']}年"
            yield match.start("n"), match.start("n") + 2, "period-length", message


def _lasting(line: str, days: list[Day]) -> Iterator[_Told]:
    """“工期为180天，2025年3月1日开工，2025年6月30日完工”: both days are full dates."""
    words = load_consistency().words
    length = _TERM.search(line)
    dated = [day for day in days if day.year]
    begins = [day for day in dated if re.match(rf"[^，。；]{{0,6}}?(?:{words.begin})", line[day.end :])]
    ends = [day for day in dated if re.match(rf"[^，。；]{{0,6}}?(?:{words.finish})", line[day.end :])]
    if length and len(begins) == len(ends) == 1 and "。" not in line[begins[0].end : ends[0].start]:
        lasted = (ends[0].on() - begins[0].on()).days + 1
        if lasted > 1 and abs(lasted - int(length["n"])) > lasted / 10:
            yield (
                length.start("n"),
                length.end(),
                "period-length",
                f"从开工到完工共{lasted}天，与“{length.group()}”不符",
            )


@cache
def _meeting() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = load_consistency().words
    return (
        re.compile(rf"[^。；\n]{{0,{_CLAUSE}}}?(?:{words.meet})"),
        re.compile(rf"[^。；，\n]{{0,{_CLAUSE}}}?(?:{words.arrive})"),
    )


def _late_arrivals(text: str) -> Iterator[Finding]:
    """“定于9月20日……召开”, “请于9月21日……报到”: who arrives after the meeting comes too late."""
    meets, arrives = _meeting()
    days = find_days(text)
    held: Day | None = None
    for at, day in enumerate(days):
        if held is None and meets.match(text, day.end):
            to = _TO.match(text, day.end)
            held = days[at + 1] if to and at + 1 < len(days) and days[at + 1].start == to.end() else day
            if to and held is day:
                return  # “9月20日至22日”: the last day is no full date
        elif (
            held
            and arrives.match(text, day.end)
            and not day.year
            and (day.month, day.day) > (held.month, held.day)
        ):
            message = f"会议（活动）在{held.month}月{held.day}日，报到却在其后"
            yield contradiction(text, (day.start, day.end), "late-arrival", message)
