"""Numbers of points in running text: 一是/二是, 一要/二要, 第一/第二, ①②③, 首先/其次/再次/最后."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.knowledge.sentences import enclosed
from assistant.knowledge.structure import chinese_number, parse_elements
from assistant.records import Finding
from assistant.review.marks import Mark, jump, swapped, wrong_number

SOURCE = "公文通行写法：同一组要点用一种序词依次列举"
RULE = "point-numbering"

_NUMERAL = "[一二三四五六七八九十]{1,3}"
_AFTER = r"(?:^|(?<=[。；！？：，…;:,\s”）]))"  # where a point may begin
_CLAUSE = r"(?:^|(?<=[。；！？：;:”）]))"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True, slots=True)
class _Family:
    """A way to number points; group n of `pattern` is the numeral.

    A `strict` family must open with 1. Points of the others may have been opened in other words.
    Where `across` is set, headings do not interrupt the count.
    """

    form: str
    pattern: re.Pattern[str]
    strict: bool = False
    across: bool = False


def _family(form: str, pattern: str, strict: bool = False, across: bool = False) -> _Family:
    return _Family(form, re.compile(pattern, re.MULTILINE), strict, across)


_FAMILIES = (
    _family("{}是", rf"{_AFTER}(?P<n>{_NUMERAL})是(?!(?P=n))", strict=True),
    *(_family(f"{{}}{verb}", rf"{_AFTER}(?P<n>{_NUMERAL}){verb}(?!(?P=n))") for verb in "要靠抓查讲促防保"),
    _family("第{}，", rf"{_CLAUSE}第(?P<n>{_NUMERAL})[，,、：](?!{_NUMERAL}|第)"),
    _family("第{}是", rf"{_CLAUSE}第(?P<n>{_NUMERAL})是"),
    _family("第{}要", rf"{_CLAUSE}第(?P<n>{_NUMERAL})要"),
    _family("其{}", rf"{_AFTER}其(?P<n>{_NUMERAL})(?=[，、：是])"),
    _family("第{}阶段", rf"{_CLAUSE}第(?P<n>{_NUMERAL})阶段(?=[（：，是])"),
    _family("第{}步", rf"{_CLAUSE}第(?P<n>{_NUMERAL})步(?=[（：，是])"),
    _family("第{}条", rf"^[ 　]*第(?P<n>{_NUMERAL})条(?=[ 　])", across=True),
    _family("其次", rf"{_CLAUSE}(?P<n>其次)"),
    _family("{}", rf"(?:^[ 　]*|(?<=[。；：，、”;:,]))(?P<n>[{_CIRCLED}])"),
    _family("（{}）", r"(?<=[。；：;:])[（(](?P<n>\d{1,2})[）)]"),
    _family("{}.", r"(?<=[。；：;:])(?P<n>\d{1,2})[.．、](?!\d)"),
)
# Words that open a series which goes on with 二是.
_FIRST = re.compile(r"首先|首要|第一[，、是]|其一|[。；：，]一要|一方面")
_IN_TURN = ("首先", "其次", "再次", "最后")
_ORDINAL = re.compile(
    r"(?:^[ 　]*|(?<=[。；：！？，”]))(?:(?P<w1>首先)|(?<!，)(?P<w2>其次)|(?P<w3>再次)(?=[，要是应须])|(?<!，)(?P<w4>最后)(?=[，要是应须]))",
    re.MULTILINE,
)


def check_points(text: str) -> Iterator[Finding]:
    """Yield a finding for each point whose number does not follow the one before it, or is of another kind."""
    blocks = _blocks(text)
    mixed, marks = _put_right(text, _marks(text), blocks)
    yield from mixed
    for number, family in enumerate(_FAMILIES):
        for run in _runs([mark for mark in marks if mark.level == number], [] if family.across else blocks):
            yield from _check(text, run, family.strict) if "{" in family.form else ()
    yield from _in_turn(text, blocks, [mark for mark in marks if mark.number > 1])
    yield from _second_after_first(text, marks)


def _blocks(text: str) -> list[int]:
    """Return the places of headings and attachments, at which points are counted anew."""
    return [item.start for item in parse_elements(text) if item.kind in ("heading", "attachment", "title")]


def _marks(text: str) -> list[Mark]:
    """Return the points of all families in order; `level` is the family. What is quoted or bracketed is left out."""
    inside: dict[int, bytearray] = {}
    marks = []
    for level, family in enumerate(_FAMILIES):
        for match in family.pattern.finditer(text):
            start = match.start("n") if family.form[0] == "{" else match.start()
            line = text.rfind("\n", 0, start) + 1
            if line not in inside:
                inside[line] = enclosed(text[line:].partition("\n")[0])
            if not (start > line and inside[line][start - line - 1] and inside[line][start - line]):
                end = match.end("n") if family.form == "{}" else match.end()
                marks.append(Mark(_number(match["n"]), start, end, family.form, family.form != "{}.", level))
    return sorted(marks, key=lambda mark: mark.start)


def _number(numeral: str) -> int:
    if numeral == "其次":
        return 2
    if numeral in _CIRCLED:
        return _CIRCLED.index(numeral) + 1
    return int(numeral) if numeral.isdecimal() else chinese_number(numeral)


def _put_right(text: str, marks: list[Mark], blocks: list[int]) -> tuple[list[Finding], list[Mark]]:
    """Return findings about points numbered otherwise than their series, and the marks with those put right.

    “第一，……二是……第三，”: the number goes on with the series before it and none of its own kind is open.
    """
    found: list[Finding] = []
    result: list[Mark] = []
    open_: dict[int, Mark] = {}
    for place, mark in enumerate(marks):
        if any(before.start < block <= mark.start for before in result[-1:] for block in blocks):
            open_ = {}
        series = _series(open_, mark, marks[place + 1 :], text) if mark.level not in open_ else None
        if series and mark.number > 1:
            right = replace(mark, form=series.form, level=series.level)
            found.append(_mixed(text, mark, series, right.right(mark.number)))
            mark = right
        open_[mark.level] = mark
        result.append(mark)
    return found, result


def _series(open_: dict[int, Mark], mark: Mark, later: Sequence[Mark], text: str) -> Mark | None:
    """Return the last mark of the open series that `mark` goes on with: it comes next there, or the series skips it."""
    for before in sorted(open_.values(), key=lambda item: -item.start):
        if before.number != mark.number - 1 or not _alike(before, mark):
            continue
        after = next((item for item in later if item.level == before.level), None)
        own = next((item for item in later if item.level == mark.level), None)
        if after is not None and after.number == mark.number + 1:
            return before
        if "{" not in mark.form or "{" not in before.form:
            continue
        if (
            after is None
            and own is None
            and before.number > 1
            and "\n" not in text[before.start : mark.start]
        ):
            return before
    return None


def _alike(one: Mark, other: Mark) -> bool:
    """Tell whether both are words or both are signs: （1） inside 一是 counts for itself."""
    return (_FAMILIES[one.level].form in _SIGNS) == (_FAMILIES[other.level].form in _SIGNS)


_SIGNS = ("{}", "（{}）", "{}.", "第{}条")


def _mixed(text: str, mark: Mark, series: Mark, right: str) -> Finding:
    return Finding(
        rule="mixed-points",
        severity="warning",
        start=mark.start,
        end=mark.end,
        quote=text[mark.start : mark.end],
        message=f"序词混用：前面是“{_written(series, series.number)}”，这里应为“{right}”",
        suggestion=right,
        source=SOURCE,
    )


def _written(mark: Mark, number: int) -> str:
    form = _FAMILIES[mark.level].form
    if form == "{}":
        return _CIRCLED[number - 1]
    return replace(mark, form=form, chinese=form not in ("（{}）", "{}.")).right(number).rstrip("，")


def _runs(marks: Sequence[Mark], blocks: Sequence[int]) -> Iterator[list[Mark]]:
    run: list[Mark] = []
    for mark in marks:
        if run and (mark.number == 1 or any(run[-1].start < block <= mark.start for block in blocks)):
            yield run
            run = []
        run.append(mark)
    if run:
        yield run


def _check(text: str, run: list[Mark], strict: bool) -> Iterator[Finding]:
    expected = run[0].number
    if strict and expected > 1 and text[: run[0].start].strip():
        line = text.rfind("\n", 0, run[0].start) + 1
        expected = 2 if _FIRST.search(text, line, run[0].start) else 1
    skip, twice = None, False
    for mark, after in pairwise([*run, None]):
        if mark is None or mark is skip:
            continue
        shown = replace(mark, form=_written(mark, expected))
        if twice and mark.number == expected - 1:
            expected = mark.number
        if mark.number == expected + 1 and after is not None and after.number == expected:
            yield swapped(text, mark, after, RULE, SOURCE)
            expected, skip = expected + 2, after
            continue
        if mark.number != expected:
            yield wrong_number(text, shown, expected, RULE, SOURCE)
        twice = mark.number == expected - 1  # those behind may count on from it or from where it should be
        expected = jump(expected, mark.number)


def _in_turn(text: str, blocks: Sequence[int], others: Sequence[Mark]) -> Iterator[Finding]:
    """Yield a finding where 首先, 其次, 再次, 最后 do not follow one another."""
    last, place = 0, 0
    matches = [match for match in _ORDINAL.finditer(text) if match.lastgroup]
    for index, match in enumerate(matches):
        start, now = match.start(match.lastgroup or 0), int((match.lastgroup or "w0")[1])
        same_line = "\n" not in text[place:start]
        if any(place < block <= start for block in blocks):
            last = 0
        between = any(place < mark.start < start for mark in others)
        after = matches[index + 1] if index + 1 < len(matches) else None
        if (right := _should_be(last, now, same_line, after)) and not between:
            yield _out_of_turn(start, match[match.lastgroup or 0], right)
        last, place = (_IN_TURN.index(right) + 1 if right in _IN_TURN else now), start


def _second_after_first(text: str, marks: Sequence[Mark]) -> Iterator[Finding]:
    """“首先，……第二，……最后”: between 首先 and 最后 stands 其次."""
    for line in re.finditer(r"(?:^|(?<=[。：；\n]))首先[，要是][^\n]*?最后[，要是]", text):
        seconds = [mark for mark in marks if line.start() < mark.start < line.end() and mark.number == 2]
        forms = {_FAMILIES[mark.level].form for mark in seconds}
        if len(seconds) == 1 and forms <= {"第{}，", "第{}是", "第{}要"} and "第一" not in line.group():
            yield _out_of_turn(seconds[0].start, "第二", "其次")


def _should_be(last: int, now: int, same_line: bool, after: re.Match[str] | None) -> str:
    """Return the word that should stand instead, "" when all is well."""
    if now == 3 and last == 1:
        return "其次"
    if now == 2 and last in (2, 3) and same_line:
        return "再次"
    if now == 1 and last == 1 and same_line and after is not None and after.lastgroup in ("w3", "w4"):
        return "其次"
    if last == 4 and now in (2, 3) and same_line:
        return "最后"
    return ""


def _out_of_turn(start: int, word: str, right: str) -> Finding:
    why = {
        "最后": f"“{word}”放在了“最后”之后，应当移到前面",
        "再次": "“其次”已经用过，这里应为“再次”",
        "其次": f"“首先”之后缺“其次”，这里应为“其次”，现为“{word}”",
    }
    return Finding(
        rule="words-in-turn",
        severity="error",
        start=start,
        end=start + len(word),
        quote=word,
        message=f"序词不连贯：{why[right]}",
        suggestion=right,
        source="公文通行写法：首先、其次、再次、最后依次使用",
    )
