"""Years left over from last year's text: a summary of 2025 that opens “2024年，我局……”, a deadline before the plan's year."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.knowledge.structure import parse_elements
from assistant.records import Finding

SOURCE = "公文校核惯例：沿用上年文稿时逐处核对年份"
_TITLE_YEAR = re.compile(
    r"(?<![\d—－-])(20\d{2})年(?:度|上半年|下半年|春季|秋季|第?[一二三四]季度)?(?![—－\d])"
)
_RANGE = re.compile(r"20\d{2}(?:年)?[—－\-至]20\d{2}")
_YEARLY = re.compile(r"总结|述职|述廉|汇报|自查|工作报告|情况报告|年度报告|要点|计划|方案|安排|通知")
_OPENS = re.compile(
    r"(20\d{2})年(?:以来|来)?[，,]\s*(?:我|本|全|在|是|面对|[一-龥]{2,10}(?:局|委|办|中心|公司|学校|街道|镇|乡|院|所|站|馆|社区|村)(?:认真|坚持|围绕|按照|以|紧|在|深入|全面))"
)
_DEADLINE = re.compile(
    r"(20\d{2})年(?:(?:1[0-2]|[1-9])月(?:(?:[12]?\d|3[01])日|底|末|初|中旬|上旬|下旬)?|底|年底|末|上半年|[一二三四]季度)?(?:之?前|以前|内)?[^，。；：\n]{0,6}?"
    r"(?:前(?:完成|报送|上报|报|提交|建成|竣工|投入使用|落实|验收|整改到位|达到|实现|交付|送|反馈|全部)|(?:前|底|末)?(?:力争|确保|计划|拟|将)(?:完成|建成|实现|达到|开工|竣工|投入使用))"
)  # fmt: skip
_PAST = re.compile(
    r"已|原定|原计划|要求|规定|应于|应当于|此前|当年|曾|上年|去年|当时|约定|逾期|批复|计划于|未在|没有在|未能"
)
_FORWARD = re.compile(r"方案|计划|要点|安排|通知")


def check_stale_years(text: str) -> Iterator[Finding]:
    """Yield a finding where the first paragraph speaks of the year before the title's, and for deadlines before it."""
    elements = parse_elements(text)
    title = "".join(element.text for element in elements if element.kind == "title")
    years = set(_TITLE_YEAR.findall(title))
    if len(years) != 1 or _RANGE.search(title) or not _YEARLY.search(title):
        return
    year = int(years.pop())
    bodies = [element for element in elements if element.kind == "body"]
    summary = not _FORWARD.search(title)
    if bodies and summary:
        match = _OPENS.match(text, bodies[0].start, bodies[0].end)
        first = text[bodies[0].start : bodies[0].end]
        if (
            match
            and int(match[1]) == year - 1
            and (f"{year}年" in first or "现将" in first)
            and "今年" not in first
        ):
            yield _finding(text, match.start(), match.end(), year, match[1])
    for element in bodies if not summary else ():
        for match in _DEADLINE.finditer(text, element.start, element.end):
            start = max(text.rfind(mark, element.start, match.start()) for mark in "。；") + 1
            sentence = text[max(start, element.start) : match.end() + 8]
            if int(match[1]) < year and not _PAST.search(sentence):
                yield _finding(text, match.start(), match.end(), year, match[1])


def _finding(text: str, start: int, end: int, year: int, found: str) -> Finding:
    return Finding(
        rule="placeholder-stale-year",
        severity="warning",
        start=start,
        end=end,
        quote=text[start:end],
        message=f"标题是{year}年，这里是{found}年，可能沿用了上年文稿",
        suggestion=text[start:end].replace(found, str(year), 1),
        source=SOURCE,
    )
