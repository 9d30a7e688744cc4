"""Replace last year's figures by those of the same measure in this year's materials; blank the rest.

A difference or rate is recomputed only where both years' values are known. Nothing is guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from assistant.knowledge.amounts import SPELLED, Amount, plain
from assistant.records import Hit
from assistant.writing.facts import PLACEHOLDER
from assistant.writing.overlap import bigrams
from assistant.writing.renewal.likeness import context, likeness
from assistant.writing.renewal.measured import DAY, Measure, clause_of
from assistant.writing.renewal.spots import Spot, inside, protected
from assistant.writing.renewal.words import vocabulary

SAME = 0.42  # likeness of two names from which they name one measure
CLOSE = 0.3  # likeness that is enough where the sentences around are alike, too
KINDRED = 0.25  # likeness of such sentences
ALIKE = 0.5  # likeness of the sentences from which a name of one character is enough
RIVAL = 0.1  # a second candidate this near to the first makes the choice a guess
_OPEN = "补上今年的数；没有的删去这一句"
_CONTEXT = 0.25  # weight of the sentence beside the name
_NAME = 2  # characters: a shorter name says nothing
_NAMED = 12  # last characters of a name that are shown
_DIGITS = re.compile(rf"(?:\d[\d,]*(?:[.．]\d+)?|[{SPELLED}]+)")
_NUMBER = re.compile(
    rf"(?:\d[\d,]*(?:[.．]\d+)?|[{SPELLED}]+)[余多几]?(?:[十百千]?万亿|[十百千]?[万亿]|[百千])?[余多]?"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A measure of last year's text (its place in the list) and the material's for it; `score` orders pairs."""

    old: int
    new: Measure
    score: float


def figure_spots(
    text: str, olds: Sequence[Measure], news: Sequence[Measure], next_year: bool
) -> tuple[list[Spot], dict[int, Measure]]:
    """Return a spot for each figure of last year's `text`, and the material measure that each old one got.

    `next_year` tells that the new text is of the very next year, so that last year's values are the base of
    this year's growth.
    """
    matched, doubtful = _matches(olds, news)
    spots: list[Spot] = []
    for place, old in enumerate(olds):
        if _no_fact(text, old):
            continue
        if place in doubtful:
            spots.append(_blank(text, old, doubtful[place]))
        elif old.role == "base":
            spots.append(_base(text, olds, place, matched, next_year))
        elif old.role == "change" and place not in matched:
            spots.append(_change(text, olds, place, matched, news, next_year))
        elif place in matched:
            spots.append(_replaced(old, matched[place]))
        else:
            twin = _twin(olds, place, matched)
            spots.append(_replaced(old, twin) if twin else _unmatched(text, old, news))
    return [*spots, *_scores(text)], matched


def _twin(olds: Sequence[Measure], place: int, matched: dict[int, Measure]) -> Measure | None:
    """Return what replaced the same figure of the same thing elsewhere in the text (走访群众300户……这300户群众)."""
    old = olds[place]
    return next(
        (
            new
            for other, new in matched.items()
            if _says_same(olds[other], old)
            and olds[other].planned == old.planned
            and (bigrams(olds[other].name) & bigrams(old.name + old.counted))
        ),
        None,
    )


def _scores(text: str) -> Iterator[Spot]:
    """Yield a blank for each mark of an assessment: 考核得分98.6分."""
    spans = protected(text)
    for match in vocabulary().figures.score.finditer(text):
        if not inside(*match.span(), spans):
            message = f"去年是{match.group()}分，材料里没有对上的数"
            yield Spot(*match.span(), PLACEHOLDER, "blank", message, _OPEN)


def _matches(olds: Sequence[Measure], news: Sequence[Measure]) -> tuple[dict[int, Measure], dict[int, str]]:
    """Return the material measure of each old one, best pairs first, and what to say where two are as good."""
    pairs = sorted(_pairs(olds, news), key=lambda pair: -pair.score)
    best = {id(pair.new): pair for pair in reversed(pairs)}
    matched: dict[int, Measure] = {}
    doubtful: dict[int, str] = {}
    taken: dict[int, Measure] = {}
    for pair in pairs:
        old = olds[pair.old]
        holder = taken.get(id(pair.new))
        if pair.old in matched or pair.old in doubtful:
            continue
        if holder is not None and not _says_same(holder, old):
            continue
        others = [
            item
            for item in pairs
            if item.old == pair.old
            and item.score > pair.score - RIVAL
            and item.new.amount.value != pair.new.amount.value
            and id(item.new) not in taken
            and best[id(item.new)].old == pair.old
        ]
        if others:
            named = "、".join(f"“{clause_of(item.new)}”" for item in (pair, *others))
            doubtful[pair.old] = f"去年是{old.text}，材料里有几处对得上：{named}，不能断定用哪一个"
        else:
            matched[pair.old] = pair.new
            taken[id(pair.new)] = old
    return matched, doubtful


def _pairs(olds: Sequence[Measure], news: Sequence[Measure]) -> Iterator[Pair]:
    for place, old in enumerate(olds):
        for new in news:
            if not _comparable(old, new) or old.amount.kind != new.amount.kind:
                continue
            name = likeness(old.name, new.name)
            near = context(old.words, new.words)
            if len(old.name) < _NAME and near < ALIKE:
                continue
            if name >= SAME or (name >= CLOSE and near >= KINDRED):
                yield Pair(place, new, name + _CONTEXT * near)


def _comparable(old: Measure, new: Measure) -> bool:
    """Tell whether two measures speak of one kind of thing at one time: results of the year, or plans."""
    if old.role == "base" or new.role == "base" or old.role != new.role or not old.name:
        return False
    turned = old.role == "change" and old.rising != new.rising
    return (
        new.period == 0
        and old.period == 0
        and old.planned == new.planned
        and old.part == new.part
        and not turned
    )


def _says_same(first: Measure, second: Measure) -> bool:
    return first.amount.value == second.amount.value and first.amount.kind == second.amount.kind


def _replaced(old: Measure, new: Measure) -> Spot:
    return Spot(old.start, old.end, _as(new, old), "replaced", hits=_hits(new), note=_named(old, new))


def _named(old: Measure, new: Measure) -> str:
    """Return the replacement for people: 走访企业126家→142家."""
    label = old.label if len(old.label) <= _NAMED else "…" + old.label[-_NAMED:]
    after = _as(new, old)
    counted = "" if label else old.counted
    return (
        f"{label}{old.text}→{after}{counted}"
        if after != old.text
        else f"{label}{after}{counted}（与去年相同）"
    )


def _as(new: Measure, old: Measure) -> str:
    """Return the new figure with the unit of the old one where both count the same (17名 for 17人)."""
    unit, own = (_NUMBER.sub("", item.amount.text, count=1) for item in (old, new))
    if unit != own and old.amount.kind == "person":
        return new.text.replace(own, unit) if own else new.text
    return new.text


def _base(
    text: str, olds: Sequence[Measure], place: int, matched: dict[int, Measure], next_year: bool
) -> Spot:
    """“由2023年的A提高到B”: last year's B is what this year's figure is measured against."""
    old = olds[place]
    reached = olds[place + 1] if place + 1 < len(olds) else None
    same = reached is not None and reached.amount.kind == old.amount.kind and reached.label == old.label
    if reached is None or not same or place + 1 not in matched or not next_year:
        return _blank(text, old, f"去年稿子里的基数是{old.text}，今年的基数没有对上")
    note = f"基数用去年稿子里的{reached.text}（原为{old.text}）"
    return Spot(old.start, old.end, reached.text, "computed", note=note)


def _change(
    text: str,
    olds: Sequence[Measure],
    place: int,
    matched: dict[int, Measure],
    news: Sequence[Measure],
    next_year: bool,
) -> Spot:
    """A growth or decline: as the materials give it, else computed from the two years' values, else blank."""
    old = olds[place]
    owner = olds[old.owner] if old.owner >= 0 else None
    new = matched.get(old.owner) if owner is not None else None
    if owner is None or new is None:
        return _blank(text, old, f"去年是{old.text}，今年的材料里没有给出，也缺两年的数，不能推算")
    given = next(
        (item for item in news if item.role == "change" and item.owner >= 0 and news[item.owner] is new), None
    )
    if given is not None and given.amount.kind == old.amount.kind:
        if given.rising != old.rising:
            return _blank(text, old, f"材料写的是“{clause_of(given)}”，与这里的升降相反，请连动词一起改")
        return _checked(_replaced(old, given), owner, new, given)
    if not next_year or owner.amount.about or new.amount.about or not owner.amount.value:
        return _blank(text, old, f"去年是{old.text}，今年的材料里没有给出")
    return _computed(text, old, owner.amount, new)


def _computed(text: str, old: Measure, before: Amount, new: Measure) -> Spot:
    now, sum_ = new.amount, ""
    rate = old.amount.kind == "%" and before.kind != "%"
    difference = now.value - before.value
    size = abs(difference / before.value * 100) if rate else abs(difference)
    if rate:
        after = f"{_rounded(size, max(old.amount.decimals, 1))}%"
        sum_ = f"（{now.text}－{before.text}）÷{before.text}＝{'－' if difference < 0 else ''}{after}"
    elif old.amount.kind in (before.kind, "个百分点") and before.kind == now.kind:
        after = f"{_rounded(size, max(before.decimals, now.decimals))}个百分点" if before.kind == "%" else ""
        after = after or plain(size, old.amount)
        sum_ = f"{now.text}－{before.text}＝{'－' if difference < 0 else ''}{after}"
    else:
        return _blank(text, old, f"去年是{old.text}，今年的材料里没有给出")
    if not difference:
        return _blank(text, old, f"今年{now.text}，与去年稿子里的{before.text}持平，请改动说法")
    if (difference > 0) != old.rising:
        counted = now.kind not in ("%", "个百分点") and not rate
        direction = ("增加" if counted else "上升") if difference > 0 else ("减少" if counted else "下降")
        return _blank(
            text,
            old,
            f"今年{now.text}，去年稿子里是{before.text}，实际是{direction}{after}，算式为{sum_}；与这里的升降相反，请连动词一起改",
        )
    return Spot(old.start, old.end, after, "computed", hits=_hits(new), note=sum_)


def _rounded(value: Fraction, decimals: int) -> str:
    scaled = (
        math.floor(value * 10**decimals + Fraction(1, 2))
        if value >= 0
        else -math.floor(-value * 10**decimals + Fraction(1, 2))
    )
    return f"{scaled / 10**decimals:.{decimals}f}".rstrip("0").rstrip(".") if decimals else str(scaled)


def _checked(spot: Spot, owner: Measure, new: Measure, given: Measure) -> Spot:
    """Return the spot with a message where the growth the materials give does not follow from the two values."""
    before, now = owner.amount, new.amount
    if given.amount.kind != "%" or before.kind == "%" or before.about or now.about or not before.value:
        return spot
    low = (now.value - now.half) / (before.value + before.half) - 1
    high = (now.value + now.half) / max(before.value - before.half, Fraction(1, 1000)) - 1
    said = given.amount.value / 100 * (1 if given.rising else -1)
    slack = 2 * given.amount.half / 100
    if low - slack <= said <= high + slack:
        return spot
    exact = _rounded((now.value / before.value - 1) * 100, 1)
    message = f"材料给的是{given.text}，按去年稿子里的{before.text}和今年的{now.text}算是{exact}%，两者不符"
    return replace(spot, message=message, suggestion="核对口径和去年的基数")


def _no_fact(text: str, old: Measure) -> bool:
    """Tell whether a figure counts parts of the text (三个方面) or belongs to a set phrase (两个维护)."""
    words = vocabulary().figures
    unit = _DIGITS.sub("", old.amount.text, count=1)
    behind = text[old.amount.end : old.amount.end + 4]
    return bool(words.structural.match(unit + behind) or words.phrases.match(text, old.amount.start))


def _unmatched(text: str, old: Measure, news: Sequence[Measure]) -> Spot:
    """Return what becomes of a figure without a counterpart: blank, or kept with a remark."""
    if old.amount.spelled:
        behind = re.match("[\u4e00-\u9fff]{0,4}", text[old.amount.end :])
        counted = behind.group() if behind else ""
        message = f"“{old.amount.text}{counted}”里的数没有改动"
        return _kept(old, message, "核对今年是不是还是这个数", "hint")
    if vocabulary().figures.routine.search(text[max(old.statement[0], old.start - 14) : old.start]):
        return _kept(old, f"“{old.text}”是常规频次，没有改动", "核对今年是否照旧", "hint")
    return _blank(text, old, _why(old, news))


def _why(old: Measure, news: Sequence[Measure]) -> str:
    """Say why a figure stays open, naming the material measure that came nearest."""
    if old.planned:
        return f"去年的目标数是{old.text}"
    counters = vocabulary().figures.counters
    nearest = f"去年是{old.text}，材料里没有对上的数"
    for new in news:
        if new.role != old.role or likeness(old.name, new.name) < SAME:
            continue
        if new.period and old.amount.kind == new.amount.kind:
            nearest = f"去年是{old.text}，材料里“{clause_of(new)}”说的{'是往年' if new.period < 0 else '是以后'}，没有代入"
        if new.period:
            continue
        kinds = {old.amount.kind, new.amount.kind}
        if len(kinds) == 2 and any(kinds <= set(group) for group in counters):
            return f"去年是{old.text}，材料里有“{clause_of(new)}”，单位不同，没有代入"
        if old.amount.kind == new.amount.kind and new.planned:
            return f"去年是{old.text}，材料里“{clause_of(new)}”是计划数，没有代入"
        if old.amount.kind == new.amount.kind and new.part != old.part:
            why = "说的不是同一件事" if old.part.startswith(DAY) else "说的不是同一段时间"
            return f"去年是{old.text}，材料里“{clause_of(new)}”{why}，没有代入"
    return nearest


def _blank(text: str, old: Measure, message: str) -> Spot:
    """Return the figure as ××, its unit and the words around it kept (约86家 → 约××家)."""
    start, end = old.amount.start, old.amount.end
    after = _DIGITS.sub(PLACEHOLDER, old.amount.text, count=1)
    after = re.sub(rf"{PLACEHOLDER}[余多几]", PLACEHOLDER, after)
    return Spot(start, end, after, "blank", message, _OPEN)


def _kept(old: Measure, message: str, suggestion: str, severity: str) -> Spot:
    return Spot(
        old.start,
        old.end,
        old.text,
        "kept",
        message,
        suggestion,
        severity="hint" if severity == "hint" else "warning",
    )


def _hits(new: Measure) -> tuple[Hit, ...]:
    return (new.hit,) if new.hit else ()
