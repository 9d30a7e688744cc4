"""The form of the parts of a document: title, address, list of attachments, signature and date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.knowledge.genres import Genre
from assistant.knowledge.structure import ends_title, parse_elements
from assistant.records import Finding, Severity
from assistant.review.complete import bare_addressee
from assistant.review.frame import Frame, Line, read_frame

GB = "GB/T 9704-2012 "
_UNFINISHED = re.compile(r"[ 　]*[^，。；：！？\n]{0,30}关于[^，。；：！？\n]{3,50}(?=[ 　]*$)")
_HAN = "〇零○Oo0一二三四五六七八九"
_DATE = re.compile(
    rf"[（(]?(?P<year>\d{{4}}|\d{{2}}|[{_HAN}]{{4}})[ 　]*[年.．/\-—－][ 　]*(?P<month>[\d一二三四五六七八九十元]{{1,3}})[ 　]*"
    rf"[月.．/\-—－][ 　]*(?P<day>[\d一二三四五六七八九十]{{1,3}})[ 　]*[日号]?[）)]?[。]?"
)
_RIGHT_DATE = re.compile(r"[（(]?\d{4}年[1-9]\d?月[1-9]\d?日[）)]?")
_LIST = re.compile(r"(?m)^[ 　]*附[ 　]*件[ 　]*(?P<n>\d{0,2})[ 　]*[：:][ 　]*(?P<first>\S.*)$")
_ITEM = re.compile(r"[ 　]*(?P<n>\d{1,2})(?P<sep>[.．、])?[ 　]*(?P<name>\S.*?)[ 　]*$")
_NAME_END = re.compile(r"[。；，、,;.]$")
_ONE_LINE_CLOSING = re.compile(r"(?m)(?<=。)(?:[妥当]否，请(?:予)?(?:批示|批复|审批)。|此复。)(?=[ 　]*$)")


def check_form(text: str, genre: Genre | None) -> Iterator[Finding]:
    """Yield a finding for each part of the frame of `text` that is not written or placed as the standard says."""
    yield from _title(text)
    yield from _attachments(text)
    frame = read_frame(text)
    if not frame.title or genre is None:
        return
    yield from _addressee(frame, genre)
    if genre.kind == "法定公文" and frame.whole:
        yield from _dates(frame)
        yield from _closing(text, genre)
    yield from _order(text, frame)


def _title(text: str) -> Iterator[Finding]:
    """A title ends with its 文种; that it bears no stop is a rule in rules/punctuation.toml."""
    start = re.match(r"(?:[ 　]*\n|[^\n]{0,20}〔\d+〕[^\n]{0,8}\n)*", text)
    at = start.end() if start else 0
    line = text[at:].partition("\n")[0]
    below = text[at + len(line) :].strip().partition("\n")[0]
    if _UNFINISHED.fullmatch(line) and not ends_title(line) and re.match(r"\S{2,60}[：:]$", below):
        yield _finding(
            "title-genre",
            "warning",
            text,
            (at, at + len(line)),
            "标题没有文种：标题由发文机关名称、事由和文种组成",
            "补上“的通知”“的请示”“的报告”等",
            "《党政机关公文处理工作条例》（中办发〔2012〕14号）第九条第（七）项",
        )


def _addressee(frame: Frame, genre: Genre) -> Iterator[Finding]:
    if bare := bare_addressee(frame, genre):
        start, line = bare
        yield Finding(
            rule="form-addressee-colon",
            severity="error",
            start=start,
            end=start + len(line),
            quote=line,
            message="主送机关后应当标全角冒号",
            suggestion=line.rstrip("，。；、,;.") + "：",
            source=GB + "7.3.2（主送机关）：最后一个机关名称后标全角冒号",
        )


def _dates(frame: Frame) -> Iterator[Finding]:
    line = frame.date
    match = _DATE.fullmatch(line.text) if line else None
    if line is None or match is None or _RIGHT_DATE.fullmatch(line.text):
        return
    right = _plain_date(match)
    if right:
        yield Finding(
            rule="form-date",
            severity="error",
            start=line.start,
            end=line.start + len(line.text),
            quote=line.text,
            message=f"成文日期用阿拉伯数字写全年、月、日，月、日不编虚位，末尾不加标点：应为“{right}”",
            suggestion=right,
            source=GB + "7.3.5.4（成文日期中的数字）",
        )


def _plain_date(match: re.Match[str]) -> str:
    year = "".join(str(_HAN.index(char) - 5) if char in _HAN[5:] else char for char in match["year"])
    year = re.sub("[〇零○Oo]", "0", year)
    year = "20" + year if len(year) == 2 else year
    month, day = (_value(match[name]) for name in ("month", "day"))
    return f"{year}年{month}月{day}日" if 0 < month < 13 and 0 < day < 32 else ""


def _value(numeral: str) -> int:
    if numeral.isdecimal():
        return int(numeral)
    tens, ten, ones = numeral.replace("元", "一").rpartition("十")
    digits = "一二三四五六七八九"
    value = 10 * (digits.find(tens) + 1 if tens else 1) if ten else 0
    return value + (digits.find(ones) + 1 if ones else 0)


def _order(text: str, frame: Frame) -> Iterator[Finding]:
    """The signature stands above the date, each on a line of its own; attachments are listed above both."""
    signature, date = frame.signature, frame.date
    if signature is None or date is None or signature.start < frame.title_start + len(frame.title):
        return
    if signature == date:
        yield _line_finding("signature-line", text, date, "署名和成文日期应当分两行：上行署名，下行日期")
    elif date.start < signature.start and date.start > len(text) // 2:
        yield _line_finding("signature-order", text, date, "成文日期应在发文机关署名之下，两行颠倒了")
    listed = [match for match in _LIST.finditer(text) if match.start() > max(signature.start, date.start)]
    if listed and not re.search(r"[。！]", text[max(signature.start, date.start) :].partition("附")[0]):
        line = Line(listed[0].group().strip(), listed[0].end() - len(listed[0].group().lstrip()))
        message = "附件说明应在正文之下、署名之上"
        yield _line_finding("attachment-place", text, line, message, "7.3.4（附件说明）")


def _closing(text: str, genre: Genre) -> Iterator[Finding]:
    if genre.name in ("请示", "批复"):
        for match in _ONE_LINE_CLOSING.finditer(text):
            message = f"结语“{match.group()}”应当另起一段"
            yield _finding(
                "closing-line",
                "hint",
                text,
                match.span(),
                message,
                "另起一段",
                f"{genre.name}的通行写法：结语单独成段",
            )


def _attachments(text: str) -> Iterator[Finding]:
    """“附件：1.……” with the names of several below one another; no 《》, no stops, numbers only when there are several."""
    if not any(item.kind in ("date", "signature") for item in parse_elements(text)):
        return
    for match in _LIST.finditer(text):
        items = [*_items(text, match)]
        yield from _names(text, items)
        if match["n"]:
            message = "附件说明写作“附件：1.×××”，顺序号标在冒号之后"
            span = (match.start(), match.start("first"))
            yield _finding(
                "attachment-number", "warning", text, span, message, "附件：1.", GB + "7.3.4（附件说明）"
            )
            continue
        numbers = [number for number, _, _ in items]
        if numbers == [1]:
            message = "只有一个附件，不标顺序号"
            span = (match.start("first"), items[0][1])
            yield _finding(
                "attachment-number", "warning", text, span, message, "删去“1.”", GB + "7.3.4（附件说明）"
            )
        for place, (number, start, _) in enumerate(items[1:], start=2):
            if number and number != place and numbers[0] == 1:
                message = f"附件顺序号应为“{place}.”，现为“{number}.”"
                span = (start - len(str(number)) - 1, start)
                yield _finding(
                    "attachment-number", "error", text, span, message, f"{place}.", GB + "7.3.4（附件说明）"
                )


def _items(text: str, match: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    """Yield (number or 0, start of the name, name) of each attachment of the list that opens at `match`."""
    position = match.start("first")
    for line in text[position:].split("\n"):
        item = _ITEM.fullmatch(line)
        if position == match.start("first"):
            numbered = item is not None and item["sep"] is not None
            start = item.start("name") if item and numbered else 0
            yield int(item["n"]) if item and numbered else 0, position + start, line[start:].strip()
        elif item is not None and item["sep"] and len(line) < 60:
            yield int(item["n"]), position + item.start("name"), item["name"]
        else:
            return
        position += len(line) + 1


def _names(text: str, items: list[tuple[int, int, str]]) -> Iterator[Finding]:
    for _, start, name in items:
        if _NAME_END.search(name):
            end = start + len(name)
            yield _finding(
                "attachment-stop",
                "error",
                text,
                (end - 1, end),
                "附件名称后不加标点符号",
                "删去",
                GB + "7.3.4（附件说明）：附件名称后不加标点符号",
            )
        if re.fullmatch(r"《[^》]+》[。；，]?", name):
            bare = name.strip("《》。；，")
            yield _finding(
                "attachment-title",
                "warning",
                text,
                (start, start + len(name)),
                "附件说明中的附件名称不加书名号",
                bare,
                GB + "7.3.4（附件说明）：示例附件名称不加书名号",
            )


def _line_finding(
    rule: str, text: str, line: Line, message: str, clause: str = "7.3.5（署名、成文日期）"
) -> Finding:
    span = (line.start, line.start + len(line.text))
    return _finding(rule, "warning", text, span, message, "调整位置", GB + clause)


def _finding(
    rule: str,
    severity: Severity,
    text: str,
    span: tuple[int, int],
    message: str,
    suggestion: str,
    source: str,
) -> Finding:
    start, end = span
    return Finding(f"form-{rule}", severity, start, end, text[start:end], message, suggestion, source)
