"""Numbers of headings and numbered paragraphs: doubled, jumping, exchanged, of the wrong level, missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.knowledge.structure import ends_title, heading_number, parse_elements, run_in_heading
from assistant.records import Element, Finding
from assistant.review.marks import Mark, jump, swapped, wrong_number

SOURCE = "GB/T 9704-2012 7.3.3：结构层次序数依次用一、（一）1.（1）标注"
RULE = "heading-numbering"

_FORMS = {1: "{}、", 2: "（{}）", 3: "{}.", 4: "（{}）"}
_EXCERPT = re.compile(r"节选|摘录|摘要|摘编|选登")
# A second number of another form right behind the first: “一、1、”. Numbers of one form are a reference:
# “（一）（二）项”, “1.5万亩”, “一、二、三产业”.
_SECOND = re.compile(
    r"\s*(?:\d{1,2}[.．、](?![\d、])|[（(]\d{1,2}[）)]|[（(][一二三四五六七八九十]{1,3}[）)]|[①-⑳]"
    r"|第?[一二三四五六七八九十]{1,3}[，、：](?![一二三四五六七八九十]))"
)
_LONGEST_BARE = 16  # characters of a line that may be a heading without its number
_BARE = re.compile(rf"\s*[一-龥“”、（）]{{3,{_LONGEST_BARE}}}\s*")
_BARE_LEAD = re.compile(rf"\s*([一-龥“”、]{{3,{_LONGEST_BARE}}}。)(?=\S)")


def check_numbering(text: str) -> Iterator[Finding]:
    """Yield a finding for each number of a heading or numbered paragraph that is not the right one."""
    for page in _pages(parse_elements(text)):
        marks = _marks(page)
        yield from _doubled(text, marks)
        mixed, marks = _relevelled(marks)
        yield from (_mixed(text, *pair) for pair in mixed)
        yield from _upside_down(text, marks)
        gaps = _unnumbered(page, marks)
        yield from gaps.values()
        excerpt = _is_excerpt(page)
        for sequence, firsts in _sequences(marks, excerpt):
            yield from _check(text, sequence, firsts, set(gaps))


def _pages(elements: Sequence[Element]) -> Iterator[list[Element]]:
    """Yield the main text and each attachment, which counts anew."""
    page: list[Element] = []
    for element in elements:
        if element.kind == "attachment":
            yield page
            page = []
        page.append(element)
    yield page


def _marks(page: Sequence[Element]) -> list[Mark]:
    """Return the numbers that open the lines of `page`; not sure are those of paragraphs without a heading."""
    marks = []
    for element in page:
        level, number, length = heading_number(element.text)
        if level and element.kind in ("heading", "body"):
            sure = element.kind == "heading" or run_in_heading(element.text)[0] > 0
            start = element.start + len(element.text) - len(element.text.lstrip())
            end = element.start + length
            marks.append(Mark(number, start, end, _FORMS[level], level < 3, level, sure))
    return marks


def _is_excerpt(page: Sequence[Element]) -> bool:
    """Tell whether `page` may begin in the middle of a document: it has no title, address or lead-in."""
    titles = "".join(element.text for element in page if element.kind in ("title", "note"))
    if _EXCERPT.search("".join(element.text for element in page[:3])):
        return True
    if ends_title(titles) or any(element.kind in ("addressee", "attachment") for element in page):
        return False
    for element in page:
        if heading_number(element.text)[0]:
            break
        if element.text.rstrip().endswith("："):
            return False
    return True


def _doubled(text: str, marks: Sequence[Mark]) -> Iterator[Finding]:
    for mark in marks:
        second = _SECOND.match(text, mark.end)
        if second and heading_number(text[mark.start : mark.end])[0] != heading_number(second.group())[0]:
            right = mark.right(mark.number)
            yield Finding(
                rule="double-number",
                severity="error",
                start=mark.start,
                end=second.end(),
                quote=text[mark.start : second.end()],
                message=f"双重序号“{text[mark.start : second.end()].strip()}”：一个标题只用一个序号，这里应为“{right}”",
                suggestion=right,
                source=SOURCE,
            )


def _relevelled(marks: Sequence[Mark]) -> tuple[list[tuple[Mark, Mark]], list[Mark]]:
    """Return the marks that stand in a series of another level, as (as written, as it should be), and all marks put right.

    “一、…… 2.…… 三、……”: the number goes on with the open series of another level, and with none of its own.
    """
    mixed: list[tuple[Mark, Mark]] = []
    put_right: list[Mark] = []
    open_: dict[int, int] = {}  # level → last number below the last higher heading
    counted: dict[int, int] = {}  # level → last number of all
    marks = [*marks]
    if level := _first_level(marks):
        right = replace(marks[0], form=_FORMS[level], chinese=level < 3, level=level)
        mixed.append((marks[0], right))
        marks[0] = right
    for place, mark in enumerate(marks):
        if (
            mark.sure
            and mark.number > 1
            and mark.number - 1 not in (open_.get(mark.level), counted.get(mark.level))
        ):
            level = _other_level(marks[place + 1 :], mark, open_)
            if level:
                right = replace(mark, form=_FORMS[level], chinese=level < 3, level=level)
                mixed.append((mark, right))
                mark = right
        put_right.append(mark)
        open_ = {key: last for key, last in open_.items() if key <= mark.level}
        open_[mark.level] = counted[mark.level] = mark.number
    return mixed, put_right


def _first_level(marks: Sequence[Mark]) -> int:
    """Return the higher level that the first number of the text belongs to, 0 when it is right: “1.…… 二、…… 三、……”."""
    sure = [mark for mark in marks if mark.sure]
    if len(sure) < 3 or marks[0] != sure[0] or marks[0].number != 1:
        return 0
    level = sure[1].level
    higher = [mark.number for mark in sure if mark.level <= level]
    return level if 0 < level < sure[0].level and higher[:2] == [2, 3] else 0


def _other_level(later: Sequence[Mark], mark: Mark, open_: dict[int, int]) -> int:
    """Return the level whose open series `mark` goes on with, 0 when there is none.

    Where its own series is open too, it must be seen that the other one skips this number.
    """
    for level in sorted(open_, reverse=True):
        if level != mark.level and open_[level] == mark.number - 1:
            after = next((item.number for item in later if item.level == level), 0)
            if after == mark.number + 1 or (not after and mark.level not in open_):
                return level
    return 0


def _mixed(text: str, mark: Mark, right: Mark) -> Finding:
    number = right.right(right.number)
    near = right.number - 1 or 2
    neighbour = f"{'前面' if near < right.number else '后面'}是“{right.right(near)}”"
    return Finding(
        rule="mixed-numbering",
        severity="error",
        start=mark.start,
        end=mark.end,
        quote=text[mark.start : mark.end],
        message=f"同级标题序号混用：{neighbour}，"
        f"这里应为“{number}”，现为“{text[mark.start : mark.end].strip()}”",
        suggestion=number,
        source=SOURCE,
    )


def _upside_down(text: str, marks: Sequence[Mark]) -> Iterator[Finding]:
    """Yield a finding where a series opens below numbers of a deeper level: first 1. and then （一）."""
    sure = [mark for mark in marks if mark.sure]
    seen: set[int] = set()
    for before, mark in pairwise(sure):
        seen = {level for level in seen if level <= before.level} | {before.level}
        deeper = before.level > mark.level
        if deeper and mark.number == 1 and mark.level not in seen and any(level > 0 for level in seen):
            yield Finding(
                rule="level-order",
                severity="warning",
                start=mark.start,
                end=mark.end,
                quote=text[mark.start : mark.end],
                message=f"层次混用：前面先用了“{before.right(before.number)}”，这里又用上一层的"
                f"“{mark.right(1)}”；层次依次为一、（一）1.（1），同一层只用一种",
                suggestion=before.right(before.number + 1),
                source=SOURCE,
            )


def _unnumbered(page: Sequence[Element], marks: Sequence[Mark]) -> dict[int, Finding]:
    """Return findings about headings that lack their number, by the start of the mark behind the gap."""
    found: dict[int, Finding] = {}
    last: dict[int, Mark] = {}
    for mark in marks:
        before = last.get(mark.level)
        last = {level: item for level, item in last.items() if level <= mark.level}
        last[mark.level] = mark
        if not mark.sure or mark.number != (before.number if before else 0) + 2:
            continue
        between = [item for item in page if (before.end if before else -1) < item.start < mark.start]
        if before is None and (mark.level > 1 or len(between) < 2):
            continue
        candidates = [*_bare(between, mark, page)]
        if len(candidates) == 1:
            start, quote = candidates[0]
            right = mark.right(mark.number - 1)
            found[mark.start] = Finding(
                rule="unnumbered-heading",
                severity="error",
                start=start,
                end=start + len(quote),
                quote=quote,
                message=f"标题漏了序号：后面是“{mark.right(mark.number)}”，这里应为“{right}{quote}”",
                suggestion=f"{right}{quote}",
                source=SOURCE,
            )
    return found


def _bare(between: Sequence[Element], mark: Mark, page: Sequence[Element]) -> Iterator[tuple[int, str]]:
    """Yield (start, text) of what looks like a heading without number: a short line above a paragraph, or a short lead sentence."""
    whole_line = any(item.start == mark.start and item.kind == "heading" for item in page)
    for element, below in pairwise([*between, None]):
        if element is None or element.kind not in ("body", "title") or heading_number(element.text)[0]:
            continue
        if element.kind == "title" and ends_title(element.text):
            continue
        blank = len(element.text) - len(element.text.lstrip())
        if whole_line and below is not None and below.kind == "body" and _BARE.fullmatch(element.text):
            yield element.start + blank, element.text.strip()
        elif not whole_line and (lead := _BARE_LEAD.match(element.text)):
            yield element.start + blank, lead[1]


def _sequences(marks: Sequence[Mark], excerpt: bool) -> Iterator[tuple[list[Mark], frozenset[int]]]:
    """Yield the marks that belong together (one level, no higher heading between), and the numbers they may begin with.

    Below a numbered paragraph without heading the count may start again. Below the next heading it may go
    on: （一）…（五） across 一、二、三. Of an excerpt it is not known how far the count had come.
    """
    opened: dict[int, tuple[list[Mark], frozenset[int]]] = {}
    loose: set[int] = set()  # levels whose count may start again
    counted: dict[int, int] = {}
    top = min((mark.level for mark in marks), default=0)
    unknown = excerpt  # what came before an excerpt, up to its second heading of the highest level
    for place, mark in enumerate(marks):
        deeper = [level for level in opened if level > mark.level]
        if not mark.sure:
            loose.update(deeper)
        elif mark.number == 1 and mark.level in loose:
            deeper.append(mark.level)
        if mark.sure:
            loose.difference_update([mark.level, *deeper])
            yield from (opened.pop(level) for level in deeper)
        if mark.level == top and (mark.number == 1 or mark.level in opened):
            unknown = unknown and place == 0 and mark.number > 1
        if mark.level not in opened:
            firsts = {1, counted.get(mark.level, 0) + 1, *((mark.number,) if unknown else ())}
            opened[mark.level] = ([], frozenset(firsts))
        opened[mark.level][0].append(mark)
        counted[mark.level] = mark.number
    yield from opened.values()


def _check(
    text: str, marks: Sequence[Mark], firsts: frozenset[int], explained: set[int]
) -> Iterator[Finding]:
    """Yield a finding for each number in `marks` that is not the next; `explained` are starts of marks behind a known gap."""
    expected = marks[0].number if marks[0].number in firsts else 1
    filled = expected  # the number that may come because unsure numbers lead to it
    item = 0  # the last number of a list of paragraphs
    unsure: list[Mark] = []
    skip, twice = None, False
    for mark, after in pairwise([*marks, None]):
        if mark is None or mark is skip:
            continue
        if not mark.sure:
            if mark.number not in (filled, 1, item + 1) and unsure and item:
                yield wrong_number(text, mark, item + 1, RULE, SOURCE)
                filled = mark.number if filled == item + 1 else filled
            filled += mark.number == filled
            item = mark.number
            unsure.append(mark)
            continue
        if expected <= mark.number <= filled:
            expected = mark.number
        if mark.start in explained or (twice and mark.number == expected - 1):
            expected = mark.number
        if mark.number == expected + 1 and after is not None and after.number == expected and after.sure:
            yield swapped(text, mark, after, RULE, SOURCE)
            expected, skip = expected + 2, after
        else:
            if mark.number != expected:
                needed = filled if mark.number > filled else expected
                yield wrong_number(text, _first_of_run(unsure, mark), needed, RULE, SOURCE)
            twice = (
                mark.number == expected - 1
            )  # those behind may count on from it or from where it should be
            expected = jump(expected, mark.number)
        filled, unsure, item = expected, [], 0


def _first_of_run(unsure: Sequence[Mark], mark: Mark) -> Mark:
    """Return the mark at which the numbers that lead up to `mark` without a gap begin."""
    for earlier in reversed(unsure):
        if earlier.number != mark.number - 1:
            break
        mark = earlier
    return mark
