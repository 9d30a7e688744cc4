"""Growth and decline: the direction, the percentage, the difference and the average beside the figures they come of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from assistant.knowledge.amounts import Amount, Sentence, plain
from assistant.records import Finding
from assistant.resources import DATA, check_keys, read_toml
from assistant.review.contradiction import contradiction
from assistant.review.sums import is_change

_FROM = re.compile(
    r"由|从|[将把]原|原计划的|原定的|[上去]年同?期?的|同期的|原来的|年[初底]的|[年月季度]的|[改以之]前的"
)
_RANK = re.compile(r"排名|位次|名次|排位|名列|列第")
_TIME = {"天", "小时", "分钟", "个工作日", "个月", "周"}
_FASTER = ("提高", "提升", "上升")  # “时间由3天提升到1天” is careless, not contradictory
_GAP = 14  # characters between the old figure and the verb
_AGAINST = re.compile(r"(?:同比|环比|[比较](?:上年|去年|上月|前一?年|同期|20\d\d年)[^，。；\d]{0,6})?")
_YEAR = re.compile(r"(20\d\d)年")
_IS = re.compile(r"，?(?:是|为|相当于)[^，。；]{0,12}$")
_BARE = re.compile(r"^(?:20\d\d年)?(?:[^，。；]{0,4}?(?:达到?|完成|实现|增[加长]?[到至]|升至|为|是|有))?$")
_EACH = re.compile(r"(?:(?P<n>[人户村])均|平均?每(?P<m>[人户名个位次场件]))(?P<what>[^，。；\d]{0,6})$")
_HEADS = {"人": "person", "名": "person", "位": "person", "户": "户", "次": "次", "场": "场", "件": "件"}
_LIVES = re.compile(r"收入|可支配|纯收|增收|消费|面积|产值|生产总值|预期")


class _Words(NamedTuple):
    up: str
    down: str
    reach: re.Pattern[str]
    by: re.Pattern[str]
    other: re.Pattern[str]


@cache
def _words() -> _Words:
    data = read_toml(DATA / "figures.toml")["change"]
    check_keys("figures.toml 的 change ", data, ("up", "down", "other", "source"))
    up, down = ("|".join(sorted(data[key], key=len, reverse=True)) for key in ("up", "down"))
    verb = rf"(?:(?P<up>{up})|(?P<down>{down}))"
    return _Words(
        up,
        down,
        re.compile(rf"^[^。；\d]{{0,{_GAP}}}?(?P<verb>{verb})(?:了)?(?:[到至为]|(?<=至))[^，。；\d]{{0,3}}$"),
        re.compile(rf"(?:{_AGAINST.pattern})(?:净|共|分别)?{verb}(?:幅度?|率)?(?:了|[为达]到?)?$"),
        re.compile("|".join(data["other"])),
    )


def check_changes(text: str, sentences: Sequence[Sentence]) -> Iterator[Finding]:
    """Yield a finding for each change whose direction or size does not fit its two figures."""
    for index, sentence in enumerate(sentences):
        yield from _impossible(text, sentence)
        if len(sentence.amounts) < 2 or _words().other.search(text, sentence.start, sentence.end):
            continue
        yield from _from_to(text, sentence)
        yield from _than(text, sentence)
        before = sentences[index - 1] if index else None
        yield from _years(text, sentence, before)
        yield from _averages(text, sentence)
        yield from _overfulfilled(text, sentence)


def _impossible(text: str, sentence: Sentence) -> Iterator[Finding]:
    for item in sentence.amounts:
        start = max(sentence.start, item.start - 16)
        match = _words().by.search(text, start, item.start) if item.kind == "%" else None
        if match and match["down"] and item.value > 100:
            message = f"下降、减少最多100%，现为{item.text}"
            yield contradiction(text, (item.start, item.end), "decline-over-hundred", message)


def _from_to(text: str, sentence: Sentence) -> Iterator[Finding]:
    """“由A增加到B，增长X%”."""
    for at, old in enumerate(sentence.amounts[:-1]):
        new = sentence.amounts[at + 1]
        match = _words().reach.match(text[old.end : new.start])
        clause = max(text.rfind(mark, 0, old.start) for mark in "，。；\n") + 1
        if new.kind != old.kind or not match or not _FROM.search(text, clause, old.start):
            continue
        if _RANK.search(text, sentence.start, sentence.end):
            continue
        up, verb = bool(match["up"]), match["verb"]
        if not (up and old.kind in _TIME and verb.startswith(_FASTER)) and (
            new.value <= old.value if up else new.value >= old.value
        ):
            how = "没有变化" if new.value == old.value else f"是{'下降' if up else '上升'}"
            message = f"{new.text}与{old.text}相比{how}，不能说“{verb}”"
            start = old.end + match.start("verb")
            yield contradiction(text, (start, new.end), "change-direction", message, "核对两个数，或改换动词")
            continue
        following = [
            item for item in sentence.amounts[at + 2 : at + 4] if _next_cell(text, new.end, item.start)
        ]
        source = text[clause : old.start]
        for size in following[:1]:
            against = text[new.end : size.start]
            if re.search(r"[比较]|环比", against) and not re.search(r"[上去]年|同期|\d年", source):
                continue  # measured against another time than the old figure
            yield from _size(text, old, new, size, new.end)


def _than(text: str, sentence: Sentence) -> Iterator[Finding]:
    """“B，比上年的A增长X%”."""
    for at in range(len(sentence.amounts) - 2):
        new, old, size = sentence.amounts[at : at + 3]
        if new.kind != old.kind or not _next_cell(text, new.end, old.start):
            continue
        if re.match(r"[^，]{0,4}，?[比较][^，。；]{0,14}的$", text[new.end : old.start]) or (
            size.kind == "倍" and _IS.match(text[new.end : old.start])
        ):
            yield from _size(text, old, new, size, old.end)


def _years(text: str, sentence: Sentence, before: Sentence | None) -> Iterator[Finding]:
    """“2023年……A。2024年达到B，同比增长X%”."""
    for at, new in enumerate(sentence.amounts[:-1]):
        size = sentence.amounts[at + 1]
        year = _year(text, sentence, new)
        if not year or not _next_cell(text, new.end, size.start) or size.kind not in ("%", "倍", new.kind):
            continue
        earlier = [(sentence, item) for item in sentence.amounts[:at]]
        earlier = [(before, item) for item in before.amounts] + earlier if before else earlier
        olds = [i for place, i in earlier if i.kind == new.kind and _year(text, place, i) == year - 1]
        if len(olds) == 1 and _same_measure(text, olds[0], new):
            yield from _size(text, olds[0], new, size, new.end)


def _year(text: str, sentence: Sentence, amount: Amount) -> int:
    """Return the year that stands last before `amount` in its sentence, 0 for none."""
    years = _YEAR.findall(text, sentence.start, amount.start)
    return int(years[-1]) if years else 0


def _same_measure(text: str, old: Amount, new: Amount) -> bool:
    label = text[max(text.rfind(mark, 0, new.start) for mark in "，。；：\n") + 1 : new.start]
    other = text[max(text.rfind(mark, 0, old.start) for mark in "，。；：\n") + 1 : old.start]
    bare = re.sub(r"20\d\d年|达到?|[为是]|完成|实现|增[加长]?[到至]", "", label)
    return bool(_BARE.match(label)) or (
        len(bare) > 1 and bare == re.sub(r"20\d\d年|达到?|[为是]|完成|实现", "", other)
    )


def _next_cell(text: str, start: int, end: int) -> bool:
    """Tell whether at most one comma stands between."""
    gap = text[start:end]
    return len(gap) < 24 and gap.count("，") <= 1 and not re.search(r"[。；：\n]", gap)


def _size(text: str, old: Amount, new: Amount, size: Amount, start: int) -> Iterator[Finding]:
    """Compare the size of a change, whose verb stands between `start` and `size`, with its two figures."""
    if size.kind == "倍" and re.search(r"的$", text[start : size.start]):
        yield from _times(old, new, size, text)
        return
    match = _words().by.search(text, start, size.start)
    if match is None or old.about or new.about or size.about or not old.value:
        return
    between = text[start : match.start()]
    if re.sub(r"[，\s了]|同比|比上年|较上年", "", between)[4:]:
        return
    sign = 1 if match["up"] else -1
    span = (size.start, size.end)
    if size.kind in ("%", "倍") and old.kind != "%":
        unit = 100 if size.kind == "%" else 1
        if sign * (new.value - old.value) < 0:
            word = match["up"] or match["down"]
            message = f"{new.text}与{old.text}相比是{'下降' if sign > 0 else '上升'}，不能说“{word}”"
            yield contradiction(text, span, "change-direction", message, "核对两个数，或改换动词")
            return
        fine = max(old.decimals, new.decimals) if old.scale == new.scale else 0
        halves = [
            min(item.half, Fraction(item.scale, 2 * 10**fine)) if fine else item.half for item in (old, new)
        ]
        ends = [
            unit * sign * ((new.value + a * halves[1]) / (old.value + b * halves[0]) - 1)
            for a in (-1, 1)
            for b in (-1, 1)
        ]
        slack = 2 * size.half if unit == 100 else Fraction(1, 10)
        if not min(ends) - slack <= size.value <= max(ends) + slack:
            exact = float(unit * sign * (new.value / old.value - 1))
            right = f"{exact:.{max(size.decimals, 1)}f}".rstrip("0").rstrip(".") + size.text[-1]
            message = f"{match['up'] or match['down']}幅度与两数不符：从{old.text}到{new.text}，应为{right}"
            yield contradiction(text, span, "change-size", message, f"核对两数，或改为{right}")
    elif size.kind == old.kind != "%" or (size.kind == "个百分点" and old.kind == "%"):
        difference = sign * (new.value - old.value)
        if abs(difference - size.value) > old.half + new.half + size.half:
            right = plain(difference, size)
            message = f"差数不符：从{old.text}到{new.text}，相差{right}，写的是{size.text}"
            yield contradiction(text, span, "change-size", message, f"核对两数，或改为{right}")


def _times(old: Amount, new: Amount, size: Amount, text: str) -> Iterator[Finding]:
    """“1.2亿元，是上年6000万元的2倍”."""
    if old.about or new.about or size.about or not old.value:
        return
    times = new.value / old.value
    if abs(times - size.value) > times / 20 + size.half:
        right = f"{float(times):.1f}".removesuffix(".0") + "倍"
        message = f"倍数与两数不符：{new.text}÷{old.text}≈{right}，写的是{size.text}"
        yield contradiction(text, (size.start, size.end), "change-size", message, f"核对两数，或改为{right}")


def _averages(text: str, sentence: Sentence) -> Iterator[Finding]:
    """“78万元……1560名村民，人均500元”: one total and one number of heads before the average."""
    for at, mean in enumerate(sentence.amounts):
        clause = max(text.rfind(mark, 0, mean.start) for mark in "，。；：\n") + 1
        match = _EACH.search(text, clause, mean.start)
        if match is None or _LIVES.search(match["what"]) or is_change(text, mean, means=True):
            continue
        head = match["n"] or match["m"]
        kind = _HEADS.get(head, "个")
        totals = [item for item in sentence.amounts[:at] if item.kind == mean.kind]
        heads = [item for item in sentence.amounts[:at] if item.kind == kind]
        if (
            len(totals) != 1
            or len(heads) != 1
            or any(i.about for i in (*totals, *heads))
            or not heads[0].value
        ):
            continue
        total, count = totals[0], heads[0]
        if mean.kind == kind or is_change(text, total) or _LIVES.search(text, sentence.start, total.start):
            continue
        right = total.value / count.value
        slack = right / 100 if not mean.about else right / 10
        if abs(right - mean.value) > slack + mean.half:
            message = f"平均数不符：{total.text}÷{count.text}≈{plain(right, mean)}，写的是{mean.text}"
            yield contradiction(
                text,
                (mean.start, mean.end),
                "average",
                message,
                f"核对总数、个数，或改为{plain(right, mean)}",
            )


def _overfulfilled(text: str, sentence: Sentence) -> Iterator[Finding]:
    """“计划1200亩，实际完成1100亩，超额完成任务”."""
    over = re.search(r"超额|超计划|超目标", text[sentence.start : sentence.end])
    if over is None:
        return
    for at, plan in enumerate(sentence.amounts[:-1]):
        label = text[max(sentence.start, plan.start - 10) : plan.start]
        done = sentence.amounts[at + 1]
        if done.kind != plan.kind or not re.search(r"计划|任务|目标", label) or plan.about or done.about:
            continue
        if re.search(
            r"[^，]{0,8}，(?:实际)?(?:已|共|累计)?(?:实际)?(?:完成|实现|达到)[^，]{0,8}$",
            text[plan.end : done.start],
        ):
            if done.value <= plan.value and sentence.start + over.start() > done.start:
                message = f"{done.text}没有超过计划的{plan.text}，不能说“{over.group()}”"
                yield contradiction(text, (done.start, done.end), "overfulfilled", message)
            return
