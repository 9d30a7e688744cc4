"""One measure with two values in one text, and a running total that is less than a part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.knowledge.amounts import Amount, Sentence, read_sentences
from assistant.records import Finding
from assistant.review.contradiction import contradiction
from assistant.review.sums import is_change

_PERIOD = re.compile(
    r"(?:19|20)\d\d年|\d{1,2}月|[去今上明前]年|[一二三四]季度|[上下]半年|全年|[本上当]月|同期|以来"
)
_SPAN = re.compile(
    r"(?P<part>当月|本月|本季度|(?<![\d—至－-])\d{1,2}月份?(?![—至－-])|[二三四]季度)|(?P<one>一季度|1[—至－-]3月)|(?P<two>上半年|1月?[—至－-]6月)|(?P<three>前三季度|1月?[—至－-]9月)|(?P<four>全年)|(?P<run>(?:今年|年初以来|本年度?|年内)?累计)"
)
_PAST = re.compile(r"[去上前]年|20\d\d年|计划|预计|目标|任务|力争|同期")
_FILL = re.compile(r"共|累计|已|了|总共|一共|合计|约")
_SCOPE = re.compile(r"全[年县市区镇乡省校院局系所队厂]|[我本][局县市区镇校院所公]|共|累计|截至")
_THESE = re.compile(r"(?:这|上述|该批|前述)$")
_WHOLLY = re.compile(r"[^，。；]{0,10}(?:全部|全都|均|都|已|投入|移交|交付)")
_LABEL = 5  # characters of a clause that name a measure well enough to know it again


@dataclass(frozen=True, slots=True)
class _Measure:
    """An amount with the clause before it and the period last named before it in its paragraph."""

    amount: Amount
    clause: str
    period: str
    paragraph: int
    sentence: Sentence


def check_measures(text: str) -> Iterator[Finding]:
    """Yield a finding where a measure that was stated comes again with another value."""
    measures = [*_measures(text, read_sentences(text))]
    yield from _same_clause(measures, text)
    yield from _definite(measures, text)
    yield from _running(measures, text)


def _measures(text: str, sentences: Sequence[Sentence]) -> Iterator[_Measure]:
    for sentence in sentences:
        paragraph = text.rfind("\n", 0, sentence.start) + 1
        for cell in sentence.cells:
            for amount in cell.amounts[:1]:
                periods = _PERIOD.findall(text, paragraph, amount.start)
                yield _Measure(
                    amount, text[cell.start : amount.start], "".join(periods[-1:]), paragraph, sentence
                )


def _same_clause(measures: Sequence[_Measure], text: str) -> Iterator[Finding]:
    seen: dict[tuple[str, str, str], _Measure] = {}
    for item in measures:
        bare = _FILL.sub("", item.clause)
        if len(bare) < _LABEL or not _SCOPE.search(item.clause) or item.amount.about or "分别" in bare:
            continue
        first = seen.setdefault((bare, item.period, item.amount.kind), item)
        if first.amount.value != item.amount.value and first.sentence is not item.sentence:
            yield _twice(text, first.amount, item.amount, item.clause)


def _definite(measures: Sequence[_Measure], text: str) -> Iterator[Finding]:
    """“新建公厕24座 …… 新建的26座公厕”, “上述26座公厕”."""
    for at, item in enumerate(measures):
        amount = item.amount
        noun = re.match(r"[\u4e00-\u9fff]{2}", text[amount.end :])
        if noun is None or amount.about:
            continue
        if verb := re.search(r"([\u4e00-\u9fff]{2})的$", item.clause):
            earlier = [other.amount for other in measures[:at] if _stated(text, other, verb[1], noun.group())]
            wholly = bool(_WHOLLY.match(text, amount.end))
        elif _THESE.search(item.clause):
            earlier = [other.amount for other in measures[:at] if _stated(text, other, "", noun.group())]
            wholly = True
        else:
            continue
        earlier = [other for other in earlier if other.kind == amount.kind]
        values = {other.value for other in earlier}
        if len(values) == 1 and amount.value not in values and not earlier[0].about and wholly:
            yield _twice(text, earlier[0], amount, f"{item.clause}……{noun.group()}")


def _stated(text: str, measure: _Measure, verb: str, noun: str) -> bool:
    """Tell whether `measure` counts `noun` under `verb`: 新建公厕24座 or 新建24座公厕."""
    before = measure.clause.endswith(noun) and verb in measure.clause
    behind = text.startswith(noun, measure.amount.end) and (measure.clause.endswith(verb) if verb else True)
    return before or behind


def _twice(text: str, first: Amount, second: Amount, what: str) -> Finding:
    message = f"前后不一：前文写的是{first.text}，这里是{second.text}"
    return contradiction(text, (second.start, second.end), "measure-twice", message, "核对后统一", "warning")


def _running(measures: Sequence[_Measure], text: str) -> Iterator[Finding]:
    """“上半年累计640户，全年累计580户”, “10月份完成500万元，今年累计完成450万元”."""
    ranks = ("part", "one", "two", "three", "four", "run")
    last: list[tuple[int, str, _Measure]] = []
    for item in measures:
        match = _SPAN.search(item.clause)
        if match is None or _PAST.search(item.clause) or item.amount.about or is_change(text, item.amount):
            continue
        rank, label = ranks.index(str(match.lastgroup)), _FILL.sub("", item.clause[match.end() :])
        for earlier_rank, earlier_label, earlier in last:
            same = earlier.paragraph == item.paragraph and earlier.amount.kind == item.amount.kind
            if not same or item.amount.kind in ("%", "个百分点") or rank <= earlier_rank:
                continue
            named = earlier_label.startswith(label) or label.startswith(earlier_label)
            if (
                (len(label) > 1 or label == earlier_label)
                and named
                and item.amount.value < earlier.amount.value
            ):
                message = f"{match.group()}的{item.amount.text}不会少于前面的{earlier.amount.text}"
                yield contradiction(text, (item.amount.start, item.amount.end), "running-total", message)
                break
        last.append((rank, label, item))
