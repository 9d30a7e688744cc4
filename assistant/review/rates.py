"""Percentages beside the two figures they come of, and shares that must make 100 %."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from assistant.knowledge.amounts import Amount, Cell, Sentence
from assistant.knowledge.entries import read_entry
from assistant.records import Finding
from assistant.resources import DATA, read_toml
from assistant.review.contradiction import contradiction
from assistant.review.sums import complementary, is_change

_SHARE = re.compile(
    r"占(?P<base>[^，。；：\d]{0,24}?)(?P<amount>\d[^，。；：]{0,12}?)?(?:的比[重例]|的|比[重例]?)?(?:约?[为达]到?|约)?$"
)
_SEVERAL = re.compile(r"多选|交叉|重复|同时|兼")
_SINGLE = re.compile(r"单选|按[^，。；]{1,10}分|分别占")
_LEVEL = r"(?:只有|仅有?|已?达到?|为|是|仍?保持在|稳定在|提[高升][到至]|上升[到至]|下降[到至]|[：:])?$"
_ANY_RATE = re.compile(rf"([\u4e00-\u9fff]{{2}})率{_LEVEL}")
_PLANS = ("任务", "计划", "目标")  # say the same of a figure
_TOTAL = ("总数", "总量", "总额", "全部")
_NEAR = 12  # characters before a figure in which the word that says what it counts stands


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate by its names, with the words before the figure it is measured against and before the figure it counts."""

    names: tuple[str, ...]
    whole: tuple[str, ...]
    part: tuple[str, ...]
    most: bool
    source: str
    bad: tuple[str, ...]
    good: tuple[str, ...]


@cache
def load_rates() -> tuple[Rate, ...]:
    """Return the rates of figures.toml. Raises DataError for a wrong entry."""
    entries = read_toml(DATA / "figures.toml")["rate"]
    return tuple(read_entry(Rate, "figures.toml 的 rate ", entry) for entry in entries)


@cache
def _names() -> re.Pattern[str]:
    groups = ("|".join(sorted(rate.names, key=len, reverse=True)) for rate in load_rates())
    return re.compile("(?:" + "|".join(f"({names})" for names in groups) + ")" + _LEVEL)


def check_rates(text: str, sentences: Sequence[Sentence]) -> Iterator[Finding]:
    """Yield a finding for each percentage that does not fit the figures beside it."""
    for index, sentence in enumerate(sentences):
        if not any(item.kind == "%" for item in sentence.amounts):
            continue
        before = [item for other in sentences[max(0, index - 2) : index] for item in other.amounts]
        if index and "\n" in text[sentences[index - 1].end : sentence.start]:
            before = []
        for cell in sentence.cells:
            for percent in cell.amounts:
                if percent.kind == "%" and not percent.about:
                    yield from _named(text, sentence, cell, percent)
                    yield from _share(text, sentence, cell, percent, before)
        yield from _hundred(text, sentence)


def _named(text: str, sentence: Sentence, cell: Cell, percent: Amount) -> Iterator[Finding]:
    match = _names().search(text, cell.start, percent.start)
    if match is None or match.lastindex is None:
        yield from _unnamed(text, sentence, cell, percent)
        return
    if text[match.start() - 1 : match.start()] in ("不", "未", "非"):
        return
    rate = load_rates()[match.lastindex - 1]
    name, span = match[match.lastindex], (percent.start, percent.end)
    if rate.most and percent.value > 100:
        yield contradiction(text, span, "rate-over-hundred", f"{name}不会超过100%，现为{percent.text}")
        return
    earlier = [item for item in sentence.amounts if item.end <= percent.start and item.kind != "%"]
    roles = [(_role(text, sentence, item, rate), item) for item in earlier]
    whole = next((item for role, item in reversed(roles) if role == "whole"), None)
    part = next((item for role, item in reversed(roles) if role == "part"), None)
    rest = next((item for role, item in reversed(roles) if role == "rest"), None)
    if part is None and rest and whole and rest.kind == whole.kind:
        part = replace(rest, value=whole.value - rest.value, text=f"（{whole.text}－{rest.text}）")
    if whole is None and part is not None:
        whole = _within(text, earlier, part)
    if (
        whole is None
        or part is None
        or part.kind != whole.kind
        or part.start < whole.start
        or is_change(text, part)
    ):
        return
    wholes = [item for role, item in roles if role == "whole" and item.kind == part.kind] or [whole]
    if not any(_fits(part, item, percent) for item in wholes):
        yield _wrong(text, name, part, whole, percent)


def _within(text: str, earlier: Sequence[Amount], part: Amount) -> Amount | None:
    """Return the figure of which `part` is said to be one: 312件，其中按期办结305件."""
    at = earlier.index(part)
    whole = earlier[at - 1] if at else None
    return whole if whole and re.match(r"[^。；]{0,12}其中", text[whole.end : part.start]) else None


def _unnamed(text: str, sentence: Sentence, cell: Cell, percent: Amount) -> Iterator[Finding]:
    """“1200户，已脱贫1080户，脱贫率90%”: a rate called by the word that stands before the second of two figures."""
    match = _ANY_RATE.search(text, cell.start, percent.start)
    earlier = [
        item for item in sentence.amounts if item.end <= cell.start and item.kind not in ("%", "个百分点")
    ]
    if match is None or len(earlier) < 2:
        return
    whole, part = earlier[-2:]
    label = text[whole.end : part.start]
    fits = whole.kind == part.kind and part.value <= whole.value and f"已{match[1]}" in label
    if fits and not (whole.about or part.about) and not _fits(part, whole, percent):
        yield _wrong(text, f"{match[1]}率", part, whole, percent)


def _role(text: str, sentence: Sentence, amount: Amount, rate: Rate) -> str:
    """Return "whole" or "part" by the word that ends nearest before `amount`, "rest" after 不合格, "" for none."""
    cell = next(item for item in sentence.cells if item.start <= amount.start < item.end)
    label = text[max(cell.start, amount.start - _NEAR) : amount.start]
    if re.search(rf"[不未](?:{'|'.join(rate.part)})[^，]{{0,3}}$", label):
        return "rest"
    places = [
        (label.rfind(word) + len(word), len(word), role)
        for role, words in (("whole", rate.whole), ("part", rate.part))
        for word in words
        if word in label
    ]
    return max(places)[2] if places else ""


def _share(
    text: str, sentence: Sentence, cell: Cell, percent: Amount, before: Sequence[Amount]
) -> Iterator[Finding]:
    match = _SHARE.search(text, cell.start, percent.start)
    if match is None:
        return
    place = match.start()
    inner = [item for item in cell.amounts if place < item.start < percent.start]
    earlier = [item for item in sentence.amounts if item.end <= place and item.kind not in ("%", "个百分点")]
    if earlier and earlier[-1].about and len(earlier) > 2 and earlier[-2].end > earlier[-1].start - 20:
        earlier = earlier[:-1]  # “18个村收入超过10万元，占……”: what was counted stands before the limit
    if not earlier or earlier[-1].about or re.search(r"[。；]", text[earlier[-1].end : place]):
        return
    part = earlier[-1]
    if inner:
        whole = inner[-1]
        numerators = [item for item in (*before, *earlier) if item.kind == whole.kind]
        if part.kind == whole.kind and not any(_fits(item, whole, percent) for item in numerators):
            yield _wrong(text, "占比", part, whole, percent)
        return
    bases = [item for item in (*before, *earlier[:-1]) if item.kind == part.kind and item.value >= part.value]
    if not bases or any(_fits(part, item, percent) or item.about for item in bases) or is_change(text, part):
        return
    own = [item for item in earlier[:-1] if item in bases]
    base = "" if match["base"].endswith(_TOTAL) else match["base"]
    if base:
        named = [item for item in bases if _shares_word(base, _around(text, item))]
        if named:
            yield _wrong(text, "占比", part, named[-1], percent)
    elif len(own) == 1 and re.search(r"其中|中已有?", text[own[0].end : part.start]):
        yield _wrong(text, "占比", part, own[0], percent)


def _around(text: str, amount: Amount) -> str:
    start = max(text.rfind(mark, 0, amount.start) for mark in "，。；：、\n") + 1
    return text[start : amount.end + 6]


def _shares_word(base: str, label: str) -> bool:
    """Tell whether the last two characters of `base` stand in `label`: 占计划总投资的 … 计划总投资2400万元."""
    words = _PLANS if base.endswith(_PLANS) else (base[-2:],)
    return len(base) > 1 and any(word in label for word in words)


def _fits(part: Amount, whole: Amount, percent: Amount) -> bool:
    least = 100 * (part.value - part.half) / (whole.value + whole.half) if whole.value else Fraction(0)
    most = 100 * (part.value + part.half) / (whole.value - whole.half) if whole.value > whole.half else least
    slack = 2 * percent.half  # cut off instead of rounded is no contradiction
    return least - slack < percent.value < most + slack


def _wrong(text: str, name: str, part: Amount, whole: Amount, percent: Amount) -> Finding:
    right = (
        f"{float(100 * part.value / whole.value):.{max(percent.decimals, 1)}f}".rstrip("0").rstrip(".") + "%"
    )
    message = f"{name}与两数不符：{part.text}÷{whole.text}≈{right}，写的是{percent.text}"
    return contradiction(
        text, (percent.start, percent.end), "rate-figures", message, f"核对两数，或改为{right}"
    )


def _hundred(text: str, sentence: Sentence) -> Iterator[Finding]:
    """Shares of one whole that together pass 100 %, or fall short where nothing can be left out."""
    shares: list[tuple[str, Amount]] = []
    for cell in sentence.cells:
        percents = [item for item in cell.amounts if item.kind == "%"]
        if len(percents) != 1:
            continue
        match = _SHARE.search(text, cell.start, percents[0].start)
        if match and not match["base"] and not match["amount"]:
            start = max(text.rfind(mark, 0, cell.start) for mark in "。；\n") + 1
            shares.append((text[cell.start : match.start()] or text[start : match.start()], percents[0]))
    words = text[sentence.start : sentence.end]
    if len(shares) < 2 or _SEVERAL.search(words) or any(item.about for _, item in shares):
        return
    whole = complementary([label for label, _ in shares]) or bool(_SINGLE.search(words))
    added = sum((item.value for _, item in shares), Fraction(0))
    slack = sum((item.half for _, item in shares), Fraction(0))
    over = added > 100 + slack and (whole or (len(shares) > 2 and "其中" not in words))
    if over or (whole and len(shares) > 1 and 80 < added < 100 - slack):
        last = shares[-1][1]
        terms = "＋".join(item.text for _, item in shares)
        right = f"{float(last.value + 100 - added):.2f}".rstrip("0").rstrip(".") + "%"
        message = f"各项占比合计应为100%：{terms}＝{float(added):.2f}".rstrip("0").rstrip(".") + "%"
        yield contradiction(
            text,
            (last.start, last.end),
            "shares-hundred",
            message,
            f"核对各项；若其他各项无误，这里应为{right}",
        )
