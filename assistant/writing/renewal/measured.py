"""Read what each figure of a text measures: its name, its part in the sentence, its time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from assistant.knowledge.amounts import Amount, read_amounts
from assistant.knowledge.structure import heading_number, split_sentences
from assistant.records import Hit
from assistant.resources import DATA, read_toml
from assistant.writing.renewal.spots import inside, protected
from assistant.writing.renewal.words import vocabulary

# "value" is the measure itself, "base" what it was before (由A增加到B, 比上年的A), "change" the difference or rate.
Role = Literal["value", "base", "change"]

DAY = "day"  # the part of the year that a dated event is
_STOPS = "，。；：！？\n（）()\t"
_AFTER = 6  # characters behind a figure that can name what it counts
_LIST = re.compile(r"(?:数据|统计|台账|情况|材料|汇总|指标|清单|表|总结|报告|要点|成效|工作)$")
_LISTED = re.compile(
    r"(?P<name>[^，。；：\s（(]{2,20})[（(](?P<unit>[\u4e00-\u9fff%]{1,4})[）)][：:\t ](?P<number>\d[\d,.]*)(?![\d\u4e00-\u9fff%])"
)
_HEADER = 40  # characters: longer lines without a figure are sentences, not headings of a list
_PERIOD = r"(?:(?:19|20)\d\d年度?|(?<!目)[去今上明前本]年度?)(?:同期)?|同期"
_PARTIAL = r"[上下]半年|前?[一二三四]季度|前三季度|1?[—－~-]\d{1,2}月份?|\d{1,2}月(?:\d{1,2}日|份)?"
_RUN = re.compile(r"截[至止到]|1月?[—－~至-]$")
_AGAINST = re.compile(rf"(?:同比|环比|[比较](?:{_PERIOD}|上[月季]|前一年|年初)(?:同期)?)[^，。；\d]{{0,4}}$")
_FROM = re.compile(rf"(?:由|从|[比较])(?P<when>{_PERIOD}|原来|年初|原先|之前)?[^，。；\d]{{0,4}}?的?$")
_LEAD_MARKS = re.compile(r"^[、和及与并\s]+|\s+$")
_ACTING = ("行为", "作为", "人为")  # 为 is a filler elsewhere
_ABOUT_BEFORE = re.compile(r"(?:将近|接近|超过|突破|大约|约|近|超|逾|不足)$")
_ABOUT_BEHIND = re.compile(r"左右|上下|以上(?!企业|项目)")


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure and what it says.

    `start` and `end` take in the words that make it rough (近、左右). `name` names the measure without
    fillers, `label` is the part of it before the figure and `counted` that behind it. `period` is 0 for this year, -1 for the year
    before, `part` the half year, quarter or DAY it speaks of, "" for the whole. `owner` is the place in the
    list of the value that a change or base belongs to, -1 for none. `statement` is the text up to the
    nearest ； or 。 `hit` is the material sentence it stands in.
    """

    amount: Amount
    start: int
    end: int
    text: str
    label: str
    counted: str
    role: Role
    rising: bool
    planned: bool
    period: int
    part: str
    owner: int
    statement: tuple[int, int]
    words: str
    hit: Hit | None = None

    @property
    def name(self) -> str:
        """What the measure is called, "" for a change or base that belongs to another."""
        return self.label + self.counted


@cache
def change_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a verb of change right before a figure: “…增长9%”, and “…提高到9%”."""
    data = read_toml(DATA / "figures.toml")["change"]
    up, down = ("|".join(sorted(data[key], key=len, reverse=True)) for key in ("up", "down"))
    verb = rf"(?:(?P<up>{up}|增幅|增速|增长率)|(?P<down>{down}|降幅))"
    return (
        re.compile(rf"(?:净|共|分别)?{verb}(?:幅度?|率)?(?:了|[为达]到?)?$"),
        re.compile(rf"{verb}(?:了)?(?:[到至为]|(?<=至))$"),
    )


def read_measures(text: str, year: int, planned: bool = False, part: str = "") -> list[Measure]:
    """Return the measures of `text`, which speaks of `year` and, where nothing else is said, of its `part`.

    Figures in 《》 and “” and standing ones (24小时服务) are left out.
    """
    measures: list[Measure] = []
    spans = protected(text)
    amounts = [item for item in read_amounts(text) if not inside(item.start, item.end, spans)]
    sentences = split_sentences(text)
    for number, amount in enumerate(amounts):
        if vocabulary().figures.standing.match(text, amount.start):
            continue
        sentence = next(
            ((start, end) for start, end in sentences if start <= amount.start < end), (0, len(text))
        )
        edges = (amounts[number - 1].end if number else 0, _next_start(amounts, number, len(text)))
        measures.append(_measure(text, amount, sentence, edges, measures, (year, planned, part)))
    return measures


def material_measures(hits: Sequence[Hit], year: int, part: str = "") -> list[Measure]:
    """Return the measures of material sentences; a line without figures that heads others gives them its time."""
    measures: list[Measure] = []
    document, header = "", ""
    for hit in hits:
        text = hit.passage.text
        if hit.passage.document != document:
            document, header = hit.passage.document, hit.passage.title
        if is_header(text):
            header = text
            continue
        words = _part(header, part)
        planned = bool(vocabulary().figures.planned.search(header))
        said = _period(header, year)
        for item in read_measures(_read_as(text), year, planned, words):
            period = said if item.period == 0 and not _own_period(item, text) else item.period
            owner = item.owner + len(measures) - _index(measures, hit) if item.owner >= 0 else -1
            measures.append(replace(item, period=period, owner=owner, hit=hit))
    return measures


def _read_as(text: str) -> str:
    """Return a line of a list as a sentence of the same length: “走访企业：103家”, “走访企业（家）：103”."""
    line = _LISTED.sub(lambda match: f"{match['name']}   {match['number']}{match['unit']}", text)
    return re.sub(r"[：:\t](?=[约近超]?\d)", " ", line)


def is_header(line: str) -> bool:
    """Tell whether a line of a material heads what follows it and states nothing itself."""
    bare = re.sub(r"[（(][^（）()]*[）)]", "", line).strip()
    named = bare.endswith(("：", ":")) or heading_number(bare)[0] or _LIST.search(bare)
    states = bare[-1:] in tuple("。；！？") or read_amounts(_read_as(line))
    return bool(named) and len(bare) <= _HEADER and not states


def _index(measures: Sequence[Measure], hit: Hit) -> int:
    return sum(item.hit is hit for item in measures)


def _own_period(item: Measure, text: str) -> bool:
    return re.search(_PERIOD, text[: item.start]) is not None


def _next_start(amounts: Sequence[Amount], number: int, end: int) -> int:
    return amounts[number + 1].start if number + 1 < len(amounts) else end


def _measure(
    text: str,
    amount: Amount,
    sentence: tuple[int, int],
    edges: tuple[int, int],
    earlier: Sequence[Measure],
    document: tuple[int, bool, str],
) -> Measure:
    year, planned, part = document
    stop = max(text.rfind(mark, sentence[0], amount.start) for mark in _STOPS) + 1
    start = max(stop, sentence[0], edges[0])
    before = text[start : amount.start]
    after = re.split(rf"[{_STOPS}、]", text[amount.end : min(edges[1], sentence[1])])[0]
    statement = _statement(text, sentence, amount.start)
    own = [item for item in earlier if item.statement == statement or item.start >= sentence[0]]
    role, label, rising, owner = _role(before, amount, own, len(earlier))
    if not label and role == "value":
        label = _borrowed(text, start, before, own, after)
    first, last = _whole(text, amount, start)
    return Measure(
        amount=amount,
        start=first,
        end=last,
        text=text[first:last],
        label=label,
        counted=bare_label(after[:_AFTER]) if role == "value" else "",
        role=role,
        rising=rising,
        planned=planned
        or bool(vocabulary().figures.planned.search(text, max(stop, statement[0]), amount.start)),
        period=-1 if role == "base" else _period(text[sentence[0] : amount.start], year),
        part=_part(text[sentence[0] : amount.start], part),
        owner=owner,
        statement=statement,
        words=text[statement[0] : statement[1]],
    )


def _statement(text: str, sentence: tuple[int, int], place: int) -> tuple[int, int]:
    start = max(text.rfind("；", sentence[0], place) + 1, sentence[0])
    end = text.find("；", place, sentence[1])
    return start, sentence[1] if end < 0 else end


def _role(before: str, amount: Amount, own: Sequence[Measure], count: int) -> tuple[Role, str, bool, int]:
    """Return role, label, whether a change rises, and the place of the value a change belongs to."""
    by, reach = change_words()
    last = own[-1] if own else None
    if last is not None and last.role == "base" and last.amount.kind == amount.kind:
        reached = reach.search(before)
        if reached or not bare_label(before):
            return "value", last.label, bool(reached and reached["up"]), -1
    match = by.search(before)
    rate = amount.kind in ("%", "个百分点", "倍")
    if match and (rate or _AGAINST.search(before[: match.start()])):
        label = bare_label(_AGAINST.sub("", before[: match.start()]))
        values = [item for item in own if item.role == "value"]
        owner = count - 1 - list(reversed(own)).index(values[-1]) if values and not label else -1
        return "change", label, bool(match["up"]), owner
    if (base := _FROM.search(before)) and (base["when"] or base.group()[0] in "由从"):
        return "base", bare_label(before[: base.start()]), True, -1
    return "value", bare_label(reach.sub("", before)), True, -1


def _borrowed(text: str, start: int, before: str, own: Sequence[Measure], after: str) -> str:
    """Return the label of a figure with nothing before it: that of the figure it is listed with."""
    listed = bool(own) and text[own[-1].amount.end : start + len(before)].strip() in ("、", "")
    return own[-1].label if listed and not bare_label(after) else ""


def bare_label(words: str) -> str:
    """Return `words` without times and without the verbs and fillers at its ends that name no measure."""
    bare = re.sub(rf"{_PERIOD}|{_PARTIAL}|截[至止到]|[“”]", "", words)
    while True:
        shorter = _LEAD_MARKS.sub("", bare)
        for word in vocabulary().figures.generic:
            shorter = shorter.removeprefix(word).removesuffix(word)
        for word in vocabulary().figures.closing:
            shorter = shorter if shorter.endswith(_ACTING) else shorter.removesuffix(word)
        if shorter == bare:
            return bare
        bare = shorter


def _whole(text: str, amount: Amount, start: int) -> tuple[int, int]:
    """Return the span of a figure with the words that make it rough."""
    before = _ABOUT_BEFORE.search(text, start, amount.start)
    behind = _ABOUT_BEHIND.match(text, amount.end)
    return before.start() if before else amount.start, behind.end() if behind else amount.end


def _period(before: str, year: int) -> int:
    """Return 0 where `before` speaks of `year` or of no year, -1 of an earlier one, 1 of a later one."""
    named = list(re.finditer(_PERIOD, before))
    named = [match for match in named if before[match.start() - 1 : match.start()] not in tuple("比较由从")]
    if not named:
        return 0
    word = named[-1].group()
    if word[:4].isdecimal():
        return (int(word[:4]) > year) - (int(word[:4]) < year)
    return {"去": -1, "上": -1, "前": -1, "同": -1, "明": 1}.get(word[0], 0)


def _part(before: str, usual: str) -> str:
    """Return which part of the year the words before a figure name, `usual` where they name none."""
    found = ""
    for match in re.finditer(_PARTIAL, before):
        run = _RUN.search(before[: match.start()]) or match.group().startswith(("1—", "—", "-", "－", "~"))
        late = before[match.end() : match.end() + 1] in tuple("底末")
        if run or late:
            continue
        word = match.group()
        found = word if word.endswith(("半年", "季度")) else DAY
    return found or usual


def parts_named(text: str) -> str:
    """Return the part of the year (上半年, 一季度) that a title or heading names, "" for none."""
    match = re.search(r"[上下]半年|前?[一二三四]季度|前三季度", text)
    return match.group() if match else ""


def statements(hit: Hit) -> Iterator[tuple[int, int]]:
    """Yield the spans in a material sentence that ； part."""
    text, start = hit.passage.text, 0
    for match in re.finditer(r"；|$", text):
        if text[start : match.start()].strip():
            yield start, match.start()
        start = match.end()


def clause_of(measure: Measure) -> str:
    """Return the words around a figure, between two commas."""
    text = measure.hit.passage.text if measure.hit else measure.words
    start = max(text.rfind(mark, 0, measure.start) for mark in "，。；：\n") + 1
    ends = [place for mark in "，。；\n" if (place := text.find(mark, measure.end)) >= 0]
    return text[start : min(ends, default=len(text))].strip()
