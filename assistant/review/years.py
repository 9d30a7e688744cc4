"""Years: what is left of last year's document, and lives and anniversaries that do not add up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from assistant.knowledge.structure import parse_elements
from assistant.records import Element, Finding, Severity
from assistant.review.contradiction import contradiction
from assistant.review.vocabulary import words_of

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年|\D{0,2}年度)")
_AGE = re.compile(r"(?:现年|今年|现已|年龄)?\s*(?<!\d)(?P<age>\d{2})周?岁(?!以[上下]|及|左右|至|的)")
_YEARS_OF_WORK = re.compile(
    r"工作(?:了|已有?|整整|满)*(?<!\d)(?P<n>\d{1,2})(?:年|个年头)(?![前后内代])|(?:工龄|党龄)(?:已有|达|为)?(?P<m>\d{1,2})年"
)
_JUBILEE = re.compile(r"((?:19|20)\d\d)年(?:\d{1,2}月(?:\d{1,2}日)?)?[^。；]{0,16}?(?<!\d)(?P<n>\d{1,3})周年")
_BORN = re.compile(r"((?:19|20)\d\d)年(?:\d{1,2}月)?(?:\d{1,2}[日号])?(?:出生|生(?=[，。；、）]))")
_SINCE = r"((?:19|20)\d\d)年(?:\d{1,2}月)?(?:\d{1,2}[日号])?"


class _Patterns(NamedTuple):
    summary: re.Pattern[str]
    plan: re.Pattern[str]
    plan_of_year: re.Pattern[str]
    part_of_year: re.Pattern[str]
    season: re.Pattern[str]
    own: re.Pattern[str]
    other_year: re.Pattern[str]
    reported: re.Pattern[str]
    due: re.Pattern[str]
    done: re.Pattern[str]
    ahead: re.Pattern[str]
    planned: re.Pattern[str]
    intent: re.Pattern[str]
    put_forward: re.Pattern[
        str
    ]  # the year in which a person is put forward is the one of the text; others may be past
    now: re.Pattern[str]
    work: re.Pattern[str]
    party: re.Pattern[str]
    founded: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Return the words of chronology.toml in the forms in which years stand beside them."""
    words = words_of("chronology", "years", _Patterns._fields)
    forms = {
        "season": rf"(?:(?:19|20)\d\d)年(?:度)?(?=[^，。]{{0,4}}(?:{words['season']}))",
        "own": rf"\s*(?P<y>20\d\d)年(?:度|来)?，?(?:{words['own']})",
        "reported": rf"(?:现将|现就|将)[^。；，]{{0,8}}?(?P<y>20\d\d)年(?![至、和及—])[^。；，]{{0,30}}(?:{words['reported']})如下",
        "due": rf"(?P<y>20\d\d)年\d{{1,2}}月(?:\d{{1,2}}[日号]|[上中下]旬|底|初)?(?:之?前|起|开始|，)?(?P<do>[^。；，]{{0,6}}?(?:{words['due']}))",
        "intent": rf"\s*(?P<y>20\d\d)年，[^。；]{{0,10}}?(?:{words['intent']})",
        "put_forward": rf"(20\d\d)年(?:\d{{1,2}}月)?(?:\d{{1,2}}[日号])?[^，。；]{{0,20}}?(?:{words['put_forward']})",
        "work": rf"{_SINCE}(?:{words['work']})",
        "party": rf"{_SINCE}(?:{words['party']})",
        "founded": rf"(?:{words['founded']})于((?:18|19|20)\d\d)年",
    }
    return _Patterns(*(re.compile(forms.get(key, words[key])) for key in _Patterns._fields))


def check_years(text: str) -> Iterator[Finding]:
    """Yield a finding for each year left over from an earlier document and each age that cannot be."""
    elements = parse_elements(text)
    signed = _signed_year(elements)
    yield from _stale(text, elements, signed)
    position = 0
    for line in text.split("\n"):
        if "年" in line:
            yield from _lives(text, line, position, signed)
        position += len(line) + 1


def _signed_year(elements: Sequence[Element]) -> int:
    dates = [element.text for element in elements if element.kind == "date"]
    years = _YEAR.findall(dates[-1]) if dates else []
    return int(years[-1]) if years else 0


def _stale(text: str, elements: Sequence[Element], signed: int) -> Iterator[Finding]:
    titles = [element for element in elements if element.kind == "title"]
    title = "".join(element.text for element in titles)
    years = [int(year) for year in _YEAR.findall(title)]
    if len(years) != 1:
        return
    year, first = years[0], titles[0]
    body = [element for element in elements if element.kind in ("heading", "body")]
    main = body[: next((at for at, item in enumerate(elements) if item.kind == "attachment"), len(body))]
    whole = not _patterns().part_of_year.search(title)
    if _patterns().summary.search(title) and not _patterns().plan.search(title):
        yield from _opening(text, main, year)
        if whole:
            yield from _ahead(text, main, year)
        if signed and signed < year:
            last = [element for element in elements if element.kind == "date"][-1]
            start = text.index(str(signed), last.start)
            yield _left(text, start, year, f"标题是{year}年的总结，成文日期却在{signed}年", "warning")
    elif _patterns().plan.search(title):
        yield from _past_dues(text, main, year)
    season = _patterns().season.search(title)
    own = season or (whole and _patterns().plan_of_year.search(title))
    if signed > year and own and not _patterns().summary.search(title):
        start = text.index(str(year), first.start)
        yield _left(text, start, signed, f"成文日期在{signed}年，标题写的是{year}年", "warning")


def _opening(text: str, main: Sequence[Element], year: int) -> Iterator[Finding]:
    """The first sentences of a summary of `year` speak of its own year."""
    for element in [item for item in main if item.kind == "body"][:3]:
        match = _patterns().own.match(element.text)
        sentence = element.text.partition("。")[0]
        named = str(year) in text[main[0].start : element.start]
        if (
            match
            and int(match["y"]) == year - 1
            and not named
            and not _patterns().other_year.search(sentence)
        ):
            yield _left(
                text, element.start + match.start("y"), year, f"标题是{year}年，这里写的是{match['y']}年"
            )
        for told in _patterns().reported.finditer(element.text):
            if int(told["y"]) == year - 1:
                yield _left(
                    text, element.start + told.start("y"), year, f"标题是{year}年，这里写的是{told['y']}年"
                )


def _ahead(text: str, main: Sequence[Element], year: int) -> Iterator[Finding]:
    """What a summary of `year` plans is the work of the next year."""
    ahead = 0
    for element in main:
        if element.kind == "heading" and element.level == 1:
            years = [int(item) for item in _YEAR.findall(element.text)]
            ahead = (years[0] if years else year + 1) if _patterns().ahead.search(element.text) else 0
            if ahead == year and _patterns().planned.search(element.text) and years:
                place = text.index(str(year), element.start)
                yield _left(text, place, year + 1, f"{year}年总结里的下一步打算应是{year + 1}年的", "warning")
        elif (
            ahead == year + 1
            and (match := _patterns().intent.match(element.text))
            and int(match["y"]) == year
        ):
            place = element.start + match.start("y")
            yield _left(text, place, ahead, f"{year}年总结里的下一步打算应是{ahead}年的", "warning")


def _past_dues(text: str, main: Sequence[Element], year: int) -> Iterator[Finding]:
    """A plan for `year` sets no date in the year before."""
    for element in main:
        for match in _patterns().due.finditer(element.text):
            start = max(element.text.rfind(mark, 0, match.start()) for mark in "。；") + 1
            clause = element.text[start : match.end() + 6]
            if int(match["y"]) == year - 1 and not _patterns().done.search(clause.replace(match["do"], "")):
                yield _left(
                    text,
                    element.start + match.start("y"),
                    year,
                    f"标题是{year}年，这里的时限在{match['y']}年",
                )


def _left(text: str, start: int, year: int, message: str, severity: Severity = "error") -> Finding:
    fixed = f"{year}年" if text.startswith("年", start + 4) else str(year)
    end = start + 4 + text.startswith("年", start + 4)
    return contradiction(
        text, (start, end), "stale-year", f"{message}，可能是上年的稿子没有改", fixed, severity
    )


def _lives(text: str, line: str, position: int, signed: int) -> Iterator[Finding]:
    born = _BORN.search(line)
    now = signed or max((int(year) for year in _patterns().put_forward.findall(line)), default=0)
    for start in (_patterns().work.search(line), _patterns().party.search(line)):
        least = 18 if start and "党" in start.group() else 14
        if (
            born
            and start
            and 0 <= int(start[1]) - int(born[1]) < least
            or (born and start and start[1] < born[1])
        ):
            message = f"{born[1]}年出生，{start[1]}年时{int(start[1]) - int(born[1])}岁，年份有误"
            yield contradiction(text, (position + start.start(), position + start.end()), "age", message)
    if born and now > int(born[1]) + 17:
        for match in _AGE.finditer(line, born.end()):
            least, most = now - int(born[1]) - 1, now - int(born[1])
            dated = bool(_patterns().now.match(match.group())) or line[match.end() : match.end() + 1] in (
                "，",
                "。",
                "；",
            )
            clause = line[max(line.rfind(mark, 0, match.start()) for mark in "，。；") + 1 : match.start()]
            if (
                dated
                and not re.search(r"\d年|时|那年", clause)
                and not least <= int(match["age"]) <= most
                and "虚岁" not in line
            ):
                message = f"{born[1]}年出生，到{now}年是{most}岁（未过生日{least}岁），不是{match['age']}岁"
                yield contradiction(
                    text, (position + match.start("age"), position + match.end()), "age", message
                )
    yield from _seniority(text, line, position, now)
    founded = _patterns().founded.search(line)
    for match in _JUBILEE.finditer(line, founded.end()) if founded else ():
        right = int(match[1]) - int(founded[1]) if founded else 0
        if right != int(match["n"]) and right > 0:
            message = f"{founded[1] if founded else ''}年到{match[1]}年是{right}周年"
            yield contradiction(
                text, (position + match.start("n"), position + match.end()), "age", message, f"{right}周年"
            )


def _seniority(text: str, line: str, position: int, now: int) -> Iterator[Finding]:
    for match in _YEARS_OF_WORK.finditer(line):
        start = (_patterns().party if match.group().startswith("党龄") else _patterns().work).search(line)
        count = int(match["n"] or match["m"])
        if start is None or not now or now <= int(start[1]):
            continue
        most = now - int(start[1]) + 1
        if count > most or (match["m"] and count < most - 2):
            message = f"{start[1]}年到{now}年不过{most - 1}年，写的是{count}年"
            yield contradiction(text, (position + match.start(), position + match.end()), "age", message)
