"""Marks that only a run of items or lines shows to be wrong: 、 between quotations, ；and 。 in lists, broken lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.knowledge.sentences import enclosed
from assistant.knowledge.structure import heading_number, numbered_points, parse_elements, run_in_heading
from assistant.records import Finding, Severity

SINCE = "2012"  # GB/T 15834-2011 is in force since June 2012
PAUSE_SOURCE = "GB/T 15834—2011 4.5.3.5（顿号）：标有引号、书名号的并列成分之间通常不用顿号"
LIST_SOURCE = (
    "GB/T 15834—2011 4.6（分号）、附录B.3（序次语）：各项之间用分号，项内已有句号的各项之间用句号，末项用句号"
)
LINE_SOURCE = "GB/T 9704—2012 7.3.3（正文）：自然段内不另起行"

_RUN = re.compile(r"(?:“[^“”\n]{1,40}”、)+“[^“”\n]{1,40}”|(?:《[^《》\n]{1,60}》、)+《[^《》\n]{1,60}》")
_ITEM = re.compile(r"[ 　]*(?:(\d{1,2})[.．](?!\d)|[（(](\d{1,2}|[一二三四五六七八九十]{1,3})[）)]|([①-⑳]))")
_FORMS = ("1.", "（1）", "①")
# Words that leave a clause open: what they govern must follow.
_OPEN_END = re.compile(
    r"(?:[的和与及将把被为由向从]|以及|并且|而且|按照|根据|依据|通过|围绕|针对|对于|关于|由于|随着)$"
)
_OPEN_VERB = re.compile(
    r"(?:要|应|须|将|已|来|力|并|以|实|一步|全面|积极|认真|切实|不断|持续|深入|扎实|着力)"
    r"(?:加强|完善|推进|开展|落实|做好|抓好|提高|提升|强化|建立|健全|制定|组织|推动|实施|优化|加快|深化|构建|打造|形成|促进|保障|确保|增强|解决|建设|履行|执行)$"
)
_RUNNING = ("body", "title")  # a first line without a number is taken for a title


def check_signs(text: str, date: str = "") -> Iterator[Finding]:
    """Yield findings on marks between quotations, between points and items of lists, and on broken lines.

    `date` is the year of the text, "" when unknown: texts older than the standard are not held to 4.5.3.5.
    """
    if not date or date >= SINCE:
        yield from _pauses(text)
    yield from _points(text)
    yield from _lists(text)
    yield from _broken_lines(text)


def _pauses(text: str) -> Iterator[Finding]:
    """Yield runs “甲”、“乙”; where an item without quotation marks stands in the row, the 、 is needed."""
    for match in _RUN.finditer(text):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 2]
        if before == "、" or after[:1] == "、" or (after[:1] in "和及与" and after[1:] not in ("“", "《")):
            continue
        what = "书名号" if match.group()[0] == "《" else "引号"
        right = re.sub("(?<=[”》])、(?=[“《])", "", match.group())
        message = f"并列的{what}之间通常不用顿号"
        yield _finding(
            "pause-between-marks", "hint", text, match.start(), match.end(), message, right, PAUSE_SOURCE
        )


def _points(text: str) -> Iterator[Finding]:
    """Yield the marks between 一是, 二是, 三是 in one paragraph that do not fit the others."""
    points = numbered_points(text)
    for index, (_, _, number) in enumerate(points):
        if number != 1:
            continue
        run = [points[index]]
        for point in points[index + 1 :]:
            if point[2] != len(run) + 1 or "\n" in text[run[-1][0] : point[0]]:
                break
            run.append(point)
        spans = [(one[0], other[0]) for one, other in zip(run, run[1:], strict=False)]
        if len(spans) > 0:
            yield from _separators(text, spans)


def _lists(text: str) -> Iterator[Finding]:
    """Yield the marks at the ends of numbered lines in a row that do not fit the others."""
    run: list[tuple[int, int]] = []
    form = ""
    position = 0
    for line in [*text.split("\n"), ""]:
        mark = _ITEM.match(line)
        this = (
            ""
            if mark is None
            else next(name for name, group in zip(_FORMS, mark.groups(), strict=True) if group)
        )
        if this != form or not this:
            yield from _list_ends(text, run)
            run, form = [], this
        if this and line.strip():
            run.append((position, position + len(line.rstrip(" 　"))))
        position += len(line) + 1


def _list_ends(text: str, run: list[tuple[int, int]]) -> Iterator[Finding]:
    if len(run) < 2:
        return
    ends = [text[end - 1] for _, end in run]
    if "；" not in ends[:-1]:
        return
    yield from _separators(text, run[:-1])
    start, end = run[-1]
    if ends[-1] in "；，":
        message = f"列举的最后一项末尾用句号，现为“{ends[-1]}”"
        yield _finding("list-last-mark", "error", text, end - 1, end, message, "。", LIST_SOURCE)


def _separators(text: str, spans: list[tuple[int, int]]) -> Iterator[Finding]:
    """Yield the odd ones among the marks that end `spans`, and ；behind an item that has a 。 inside."""
    items = []
    for start, end in spans:
        item = text[start:end].rstrip(" 　\n")
        inside = enclosed(item)
        full = any(char == "。" and not inside[place] for place, char in enumerate(item[:-1]))
        items.append((start + len(item), item[-1:], full))
    marks = [mark for _, mark, _ in items]
    for end, mark, full in items:
        if mark == "；" and full:
            message = "这一项里已经用了句号，项与项之间不能再用分号"
            yield _finding("list-semicolon", "warning", text, end - 1, end, message, "。", LIST_SOURCE)
        elif mark in "，。、" and mark and marks.count("；") > marks.count(mark) and not full:
            message = f"并列各项之间的标点不一致：其他各项后用分号，这里用了“{mark}”"
            yield _finding("list-mixed-marks", "warning", text, end - 1, end, message, "；", LIST_SOURCE)


def _broken_lines(text: str) -> Iterator[Finding]:
    """Yield the ends of lines that break off in the middle of a clause which the next line goes on with."""
    elements = parse_elements(text)
    for element, following in zip(elements, elements[1:], strict=False):
        bare = element.text.rstrip(" 　")
        if element.kind not in _RUNNING or following.kind not in _RUNNING or not "一" <= bare[-1:] <= "龥":
            continue
        if (
            text[element.end : following.start].strip(" 　") != "\n"
            or heading_number(bare)[0]
            or _ITEM.match(following.text)
            or run_in_heading(following.text)[0]
            or not re.search("[。；，]", following.text)
        ):
            continue
        clause = re.split("[，。；：！？]", bare)[-1]
        if _OPEN_END.search(clause) or (clause != bare and _OPEN_VERB.search(clause)):
            start = element.start + len(bare) - 1
            end = following.start + 1
            message = f"句子中间断行：“{clause[-8:]}”后面的话另起了一行"
            yield _finding("line-broken", "warning", text, start, end, message, "把两行接起来", LINE_SOURCE)


def _finding(
    rule: str, severity: Severity, text: str, start: int, end: int, message: str, suggestion: str, source: str
) -> Finding:
    return Finding(rule, severity, start, end, text[start:end], message, suggestion, source)
