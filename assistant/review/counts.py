"""Counted lists and attachments: as many items as the text announces, no attachment that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from assistant.knowledge.numerals import chinese_numeral, number_value
from assistant.knowledge.sentences import enclosed
from assistant.knowledge.structure import heading_number, is_attachment_mark, parse_elements
from assistant.records import Element, Finding
from assistant.resources import DATA, check_keys, read_toml
from assistant.review.contradiction import contradiction

SOURCE = "GB/T 15834-2011 4.5：总括的数应与所列项数相同"
ATTACHMENT = "GB/T 9704-2012 7.3.4：附件说明应与附件的序号、名称一致"

_NUMBER = r"(?P<n>[两二三四五六七八九十]{1,3}|\d{1,2})"
_FIRST = re.compile(
    r"\s*(?:一(?P<word>[是要靠看])|(?P<nth>第一)[，、,：:是]|(?P<circle>①)"
    r"|(?P<line>(?<=\s)[（(]?[一1][）)、.．])|(?P<inline>[（(]一[）)]))"
)
_BACK = re.compile(rf"(?:以上|上述|这){_NUMBER}(?:[个项条点]|方面)")
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫"
_BOUND = "，。；：！？\n（）()"
_NEAR = 2  # a number farther off than this counts something else
_MARK = re.compile(
    r"附件\s*(?P<first>\d{1,2}|[一二三四五六七八九十]{1,2}(?!个|份))(?:\s*[-—－~～至、和及]\s*(?:附件)?\s*(?P<last>\d{1,2}))?(?!\d|[年月.．、]\d)"
)
_LISTED = re.compile(r"(?:附件?\s*[：:])?\s*(\d{1,2})\s*[.．、]")


class _Words(NamedTuple):
    announced: re.Pattern[str]
    counted: re.Pattern[str]
    verbs: re.Pattern[str]
    elsewhere: re.Pattern[str]
    cut_off: re.Pattern[str]


@cache
def _words() -> _Words:
    data = read_toml(DATA / "figures.toml")["list"]
    check_keys("figures.toml 的 list ", data, ("nouns", "counted", "verbs", "elsewhere", "cut_off", "source"))
    nouns, counted, verbs = (
        "|".join(sorted(data[key], key=len, reverse=True)) for key in ("nouns", "counted", "verbs")
    )
    return _Words(
        re.compile(
            rf"(?<![第\d.每各一二三四五六七八九十])(?P<span>{_NUMBER}(?:[个项条件大种类点步名位家所对]|方面|部分)(?P<rest>[^，。；：！？\n\d]{{0,14}}?))(?P<stop>[：:。，])"
        ),
        re.compile(rf"(?<![第\d.每各一二三四五六七八九十年月]){_NUMBER}(?P<m>{counted})"),
        re.compile(verbs),
        re.compile(data["elsewhere"]),
        re.compile(data["cut_off"]),
    )


@cache
def _nouns() -> re.Pattern[str]:
    nouns = "|".join(sorted(read_toml(DATA / "figures.toml")["list"]["nouns"], key=len, reverse=True))
    return re.compile(rf"(?:{nouns})[^，。]{{0,3}}$")


def check_counts(text: str) -> Iterator[Finding]:
    """Yield a finding for each announced number of items that the list does not have, and each missing attachment."""
    elements = parse_elements(text)
    yield from _announced(text, elements)
    yield from _names(text)
    yield from _looking_back(text)
    yield from _attachments(text, elements)


def _announced(text: str, elements: Sequence[Element]) -> Iterator[Finding]:
    for match in _words().announced.finditer(text):
        number = number_value(match["n"])
        first = _FIRST.match(text, match.end())
        if first is None:
            yield from _colon_list(text, match, number)
            continue
        if not _nouns().search(match["span"]) or number < 2:
            continue
        if (
            match["stop"] not in "：:"
            and (number > 6 or _words().elsewhere.search(match["rest"]))
            or _words().cut_off.search(text, match.start())
        ):
            continue
        numbers = _items(text, first, elements)
        if len(numbers) < 2 or numbers != list(range(1, len(numbers) + 1)) or len(numbers) == number:
            continue
        yield _miscount(text, match, len(numbers))


def _items(text: str, first: re.Match[str], elements: Sequence[Element]) -> list[int]:
    """Return the numbers of the list that `first` opens, as they stand."""
    if first["line"]:
        return _line_items(text, first.start("line"), elements)
    if first["circle"]:
        end = text.find("\n", first.end())
        return [
            _CIRCLES.index(char) + 1
            for char in text[first.start() : end if end > 0 else None]
            if char in _CIRCLES
        ]
    if first["inline"]:
        end = text.find("\n", first.end())
        marks = re.findall(
            r"[（(]([一二三四五六七八九十]{1,2})[）)]", text[first.start() : end if end > 0 else None]
        )
        return [number_value(item) for item in marks]
    mark = (
        rf"第({'[一二三四五六七八九十]{1,2}'})[，、,：:是]"
        if first["nth"]
        else rf"([一二三四五六七八九十]{{1,2}}){first['word']}"
    )
    own_lines = (
        "\n" in text[first.start() : first.start() + 1 + len(first.group()) - len(first.group().lstrip())]
    )
    end = len(text)
    if not own_lines:
        stop = text.find("\n", first.end())
        end = stop if stop >= 0 else end
    for element in elements:
        if element.kind in ("heading", "attachment") and first.end() < element.start < end:
            end = element.start
            break
    inside = enclosed(text[first.start() : end].replace("\n", " "))
    numbers: list[int] = []
    for item in re.finditer(
        rf"(?:^|(?<=[。；！？：，;:\s”）])){mark}", text[first.start() : end], re.MULTILINE
    ):
        value = number_value(item[1])
        if inside[item.start()]:
            continue
        if value == 1 and numbers:
            break
        numbers.append(value)
    return numbers


def _line_items(text: str, start: int, elements: Sequence[Element]) -> list[int]:
    line = text[start:].partition("\n")[0]
    level, number, _ = heading_number(line)
    numbers = [number] if level else []
    for element in elements:
        if element.start <= start or not level:
            continue
        other, value, _ = heading_number(element.text)
        if element.kind == "attachment" or 0 < other < level or (other == level and value == 1):
            break
        if other == level and element.kind in ("heading", "body"):
            numbers.append(value)
    return numbers


def _miscount(text: str, match: re.Match[str], count: int) -> Finding:
    start, end = match.span("n")
    digits = match["n"].isdecimal()
    right = str(count) if digits else {2: "两"}.get(count, chinese_numeral(count))
    unit = text[end : end + 1] if text[end : end + 2] not in ("方面", "部分") else text[end : end + 2]
    end += len(unit) + (2 if text[end : end + 3] == "个方面" else 0)
    message = f"说的是{match['n']}{unit}，实际列了{count}{unit}"
    fixed = right + text[match.end("n") : end]
    return contradiction(
        text, (start, end), "list-count", message, f"核对所列各项，或改为“{fixed}”", source=SOURCE
    )


def _colon_list(text: str, match: re.Match[str], number: int) -> Iterator[Finding]:
    """“三个奖项：一等奖、二等奖、三等奖、优秀奖。” A list of names without any other stop."""
    if match["stop"] not in ("：", ":"):
        return
    end = re.compile(r"[。；！？\n]|$").search(text, match.end())
    listed = text[match.end() : end.start() if end else None]
    inside = enclosed(listed)
    bare = "".join(char for at, char in enumerate(listed) if not inside[at] or char in "“”《》")
    if "，" in bare or "、" not in bare or re.search(r"[：:\d]|等(?![奖级次])", bare):
        return
    count, most = _count(listed)
    if not count <= number <= most and min(abs(number - count), abs(number - most)) <= _NEAR:
        yield _miscount(text, match, count)


def _count(listed: str) -> tuple[int, int]:
    """Return the least and the greatest number of items in `listed`: 和 joins two items or belongs to a name."""
    inside = enclosed(listed)
    least = 1 + sum(char == "、" and not inside[at] for at, char in enumerate(listed))
    least += len(re.findall(r"”“|》《", listed))
    joins = sum(not inside[item.start()] for item in re.finditer(r"以及|和|与|及|暨", listed))
    return least, least + joins


def _looking_back(text: str) -> Iterator[Finding]:
    """“一是……；二是……。以上三个问题”: the number comes after the list of the same paragraph."""
    for match in _BACK.finditer(text):
        line = text.rfind("\n", 0, match.start()) + 1
        numbers = [
            number_value(item)
            for item in re.findall(
                r"(?:^|[。；：，\s])([一二三四五六七八九十]{1,2})是", text[line : match.start()]
            )
        ]
        if (
            len(numbers) > 1
            and numbers == list(range(1, len(numbers) + 1))
            and len(numbers) != number_value(match["n"])
        ):
            yield _miscount(text, match, len(numbers))


def _names(text: str) -> Iterator[Finding]:
    """“采购管理、合同管理、印章管理三项制度”: a list of like names and the number that sums them up."""
    for match in _words().counted.finditer(text):
        number = number_value(match["n"])
        start = max(text.rfind(mark, 0, match.start()) for mark in _BOUND) + 1
        listed = text[start : match.start()]
        if text[start - 1 : start] in ("", "\n"):
            listed = listed[heading_number(listed)[2] :]
        number_before = list(
            re.finditer(rf"[两二三四五六七八九十\d]+(?:{'|'.join('个项类种级名家')})", listed)
        )
        if number_before:
            listed = listed[number_before[-1].end() :]
        inside = enclosed(listed)
        items = [""]
        for at, char in enumerate(listed):
            if char == "、" and not inside[at]:
                items.append("")
            else:
                items[-1] += char
        if len(items) < 2 or number < 2 or not _alike(items):
            continue
        least, most = _count(listed)
        if not least <= number <= most and min(abs(number - least), abs(number - most)) <= _NEAR:
            yield _miscount(text, match, least)


def _alike(items: Sequence[str]) -> bool:
    """Tell whether the items are like names: before the first there may be more, the last must be one of them."""
    last, middle = items[-1], items[1:-1]
    if not last or _words().verbs.search(last) or last[-1] in "”》" and len(items) < 3:
        return False
    if not middle:
        return len(last) > 2 and last[-2:] == items[0][-2:]
    return len(last) <= max(len(item) for item in middle) + 1 and max(map(len, middle)) <= 12


def _attachments(text: str, elements: Sequence[Element]) -> Iterator[Finding]:
    known = _known_attachments(elements)
    if not known:
        return
    for element in elements:
        if element.kind not in ("body", "heading"):
            continue
        for match in _MARK.finditer(element.text):
            numbers = [number_value(match[name]) for name in ("first", "last") if match[name]]
            wrong = [number for number in numbers if number not in known]
            if wrong:
                span = (element.start + match.start(), element.start + match.end())
                message = f"附件只有{len(known)}个，没有附件{wrong[0]}"
                yield contradiction(text, span, "attachment-number", message, source=ATTACHMENT)


def _known_attachments(elements: Sequence[Element]) -> set[int]:
    """Return the numbers of the attachments that are listed or follow; {1} for a single one without number."""
    known: set[int] = set()
    for element in elements:
        if element.kind != "attachment":
            continue
        line = element.text.strip()
        if is_attachment_mark(line):
            known.add(number_value(re.sub(r"附件\s*", "", line)) or 1)
        elif match := _LISTED.match(line):
            known.add(int(match[1]))
        elif re.match(r"附件?\s*[：:]\s*\S", line):
            known.add(1)
    return known
