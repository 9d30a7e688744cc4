"""Figures that must agree over several sentences of a paragraph: whole and parts, this year and last, area and harvest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from assistant.knowledge.amounts import Amount, Sentence, plain
from assistant.knowledge.numerals import number_value
from assistant.records import Finding
from assistant.review.consistency import Balance, load_consistency
from assistant.review.contradiction import contradiction
from assistant.review.sums import is_change

_NEAR, _BEHIND = 14, 4  # characters before and behind a figure in which the word stands that says what it is
_SUMMED = re.compile(
    r"(?:以上|上述|这)?(?P<n>[两二三四五六])(?:类|项|个|种|处|部分|地|村|镇|家)[^，。；\d]{0,8}?(?:合计|共计|总计|共有|共)[^，。；\d]{0,6}$"
)


@dataclass(frozen=True, slots=True)
class _Figure:
    """An amount with what its clause says before it, and the few characters behind."""

    amount: Amount
    label: str
    behind: str
    sentence: Sentence


def check_balance(text: str, sentences: Sequence[Sentence]) -> Iterator[Finding]:
    """Yield a finding for each figure that others of the same paragraph prove wrong."""
    for paragraph in _paragraphs(text, sentences):
        figures = [
            _Figure(
                item,
                text[max(cell.start, item.start - _NEAR) : item.start],
                text[item.end : min(cell.end, item.end + _BEHIND)],
                sentence,
            )
            for sentence in paragraph
            for cell in sentence.cells
            for item in cell.amounts
            if not item.about
        ]
        if len(figures) > 1:
            for balance in load_consistency().balance:
                yield from _balanced(text, figures, balance)
            yield from _summed(text, paragraph)
            yield from _last_year(text, figures)
            yield from _share_of_change(text, figures)
            yield from _harvest(text, figures)
            yield from _product(text, figures)


def _paragraphs(text: str, sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    paragraph: list[Sentence] = []
    for sentence in sentences:
        if paragraph and "\n" in text[paragraph[-1].end : sentence.start]:
            yield paragraph
            paragraph = []
        paragraph.append(sentence)
    if paragraph:
        yield paragraph


@cache
def _fillers() -> re.Pattern[str]:
    return re.compile(load_consistency().words.fillers)


def _role(figure: _Figure, balance: Balance) -> int:
    """Return 0 for the whole, 1 … for a part, -1 for neither, by the word that ends nearest before the figure.

    Where none does, one right behind tells it: 320人报名.
    """
    named = [(role, word) for role, words in enumerate((balance.whole, *balance.parts)) for word in words]
    label = figure.label
    places = [(label.rfind(word) + len(word), len(word), role) for role, word in named if word in label]
    behind = [(len(word), role) for role, word in named if figure.behind.startswith(word)]
    return max(places)[2] if places else max(behind)[1] if behind else -1


def _bare(label: str, balance: Balance) -> str:
    for word in sorted(
        (*balance.whole, *(item for part in balance.parts for item in part)), key=len, reverse=True
    ):
        label = label.replace(word, "")
    return _fillers().sub("", label)


def _balanced(text: str, figures: Sequence[_Figure], balance: Balance) -> Iterator[Finding]:
    roles = [(_role(item, balance), item) for item in figures]
    for kind in dict.fromkeys(item.amount.kind for role, item in roles if role > 0):
        own = [
            (role, item)
            for role, item in roles
            if item.amount.kind == kind and not is_change(text, item.amount)
        ]
        wholes = [item for role, item in own if role == 0]
        parts = [[item for role, item in own if role == at + 1] for at in range(len(balance.parts))]
        if len(wholes) != 1 or any(len(part) != 1 for part in parts):
            continue
        chosen = [part[0] for part in parts]
        if balance.same and len({_bare(item.label, balance) for item in (*chosen, *wholes)}) > 1:
            continue
        added = sum((item.amount.value for item in chosen), Fraction(0))
        whole = wholes[0].amount
        if abs(added - whole.value) > whole.half + sum((item.amount.half for item in chosen), Fraction(0)):
            last = max((*chosen, wholes[0]), key=lambda item: item.amount.start).amount
            terms = "＋".join(item.amount.text for item in chosen)
            message = f"前后的数合不上：{terms}＝{plain(added, whole)}，总数是{whole.text}"
            yield contradiction(text, (last.start, last.end), "parts-balance", message, "请核对各数")


def _summed(text: str, paragraph: Sequence[Sentence]) -> Iterator[Finding]:
    """“……其中平原村96个、山区村62个。两类村合计168个”: the sum opens the next sentence."""
    for before, sentence in zip(paragraph, paragraph[1:], strict=False):
        if not sentence.amounts:
            continue
        total = sentence.amounts[-1] if len(sentence.amounts) == 1 else sentence.amounts[0]
        match = _SUMMED.match(text[sentence.start : total.start])
        within = text.find("其中", before.start, before.end)
        parts = [item for item in before.amounts if item.start > within and item.kind == total.kind]
        if match is None or within < 0 or len(parts) != number_value(match["n"].replace("两", "二")):
            continue
        added = sum((item.value for item in parts), Fraction(0))
        if abs(added - total.value) > total.half and not total.about:
            terms = "＋".join(item.text for item in parts)
            message = f"合计与分项不符：{terms}＝{plain(added, total)}，写的是{total.text}"
            yield contradiction(text, (total.start, total.end), "parts-total", message)


@cache
def _change() -> re.Pattern[str]:
    words = load_consistency().words
    return re.compile(
        rf"[比较](?P<base>{words.last_year}|20\d\d年(?:末|底|同期)?)(?:同期)?[^，。；\d]{{0,4}}?(?:(?P<more>{words.more})|(?P<less>{words.less}))了?$"
    )


@cache
def _level() -> re.Pattern[str]:
    words = load_consistency().words
    return re.compile(
        rf"(?P<base>{words.last_year}|20\d\d年(?:末|底|同期)?)[^，。；\d]{{0,8}}?(?:为|是|有|达到?)$"
    )


def _last_year(text: str, figures: Sequence[_Figure]) -> Iterator[Finding]:
    """“48.6万人次，比上年增加3.2万人次。2024年门诊量为46.4万人次”: the year before must be 45.4万人次."""
    for now, change in zip(figures, figures[1:], strict=False):
        match = _change().search(change.label)
        if match is None or now.amount.kind != change.amount.kind or now.sentence is not change.sentence:
            continue
        sign = -1 if match["more"] else 1
        before = now.amount.value + sign * change.amount.value
        for other in figures:
            told = _level().search(other.label)
            if told is None or other.amount.kind != now.amount.kind or other is now:
                continue
            if not _same_base(text, match["base"], told["base"], now.amount):
                continue
            slack = now.amount.half + change.amount.half + other.amount.half
            if abs(before - other.amount.value) > slack and _same_noun(text, now, other):
                right = plain(before, other.amount)
                message = f"与前后的数不符：{now.amount.text}{'－' if sign < 0 else '＋'}{change.amount.text}＝{right}"
                span = (other.amount.start, other.amount.end)
                yield contradiction(text, span, "last-year", message, f"请核对，或改为{right}")


def _same_base(text: str, relative: str, told: str, now: Amount) -> bool:
    """Tell whether 上年末 and 2024年末 can be the same: words, or the year before the one named last before `now`."""
    if relative[-1] in "末底" and told[-1] not in "末底":
        return False
    years = re.findall(r"(20\d\d)年", text[: now.start])
    named = re.match(r"20\d\d", told)
    if named and re.match(r"20\d\d", relative):
        return named.group() == relative[:4]
    return int(named.group()) == int(years[-1]) - 1 if named and years else not named


def _same_noun(text: str, now: _Figure, other: _Figure) -> bool:
    """Tell whether what the later figure counts is named before the first, or not named at all (2024年末为……)."""
    own = _fillers().sub("", re.sub(r"20\d\d年|[上去]年|[末底初]|同期", "", other.label))
    start = text.rfind("。", 0, now.amount.start) + 1
    return not own or own[-2:] in text[start : now.amount.end]


@cache
def _by() -> re.Pattern[str]:
    words = load_consistency().words
    return re.compile(
        rf"^(?:同比|比上年)?(?:(?P<up>{words.grow_by})|(?P<down>{words.fall_by}))(?:了|为|达到?)?$"
    )


def _share_of_change(text: str, figures: Sequence[_Figure]) -> Iterator[Finding]:
    """“24起，同比减少6起、下降25%”: the percentage follows from the figure and its change."""
    words = load_consistency().words
    for now, change, share in zip(figures, figures[1:], figures[2:], strict=False):
        match = re.search(rf"(?:(?P<more>{words.more})|(?P<less>{words.less}))了?$", change.label)
        by = _by().match(share.label)
        close = now.sentence is change.sentence is share.sentence
        if not (
            match and by and close and share.amount.kind == "%" and now.amount.kind == change.amount.kind
        ):
            continue
        if not re.search(r"同比|[比较][上去]年|[比较]20", text[now.amount.end : change.amount.start]):
            continue
        before = (
            now.amount.value - change.amount.value
            if match["more"]
            else now.amount.value + change.amount.value
        )
        if before <= 0 or bool(match["more"]) != bool(by["up"]):
            continue
        right = 100 * change.amount.value / before
        slack = 100 * (change.amount.half + now.amount.half) / before + 2 * share.amount.half
        if abs(right - share.amount.value) > slack + Fraction(1, 10):
            told = f"{float(right):.1f}".removesuffix(".0") + "%"
            message = f"幅度与两数不符：{change.amount.text}÷{plain(before, now.amount)}≈{told}"
            span = (share.amount.start, share.amount.end)
            yield contradiction(text, span, "change-size", message, f"核对各数，或改为{told}")


def _harvest(text: str, figures: Sequence[_Figure]) -> Iterator[Finding]:
    """“面积32万亩，平均亩产420公斤，总产量13.44万吨”."""
    words = load_consistency().words
    for area, per, whole in zip(figures, figures[1:], figures[2:], strict=False):
        named = [
            re.search(f"(?:{pattern})(?:约|为|达到?)?$", item.label)
            for pattern, item in ((words.area, area), (words.per_area, per), (words.harvest, whole))
        ]
        if not all(named) or (area.amount.kind, per.amount.kind, whole.amount.kind) != (
            "field",
            "mass",
            "mass",
        ):
            continue
        right = area.amount.value * per.amount.value
        if abs(right - whole.amount.value) > right / 50 + whole.amount.half:
            told = plain(right, whole.amount)
            message = f"总产与面积、单产不符：{area.amount.text}×{per.amount.text}＝{told}"
            span = (whole.amount.start, whole.amount.end)
            yield contradiction(text, span, "harvest", message, f"核对各数，或改为{told}")


def _product(text: str, figures: Sequence[_Figure]) -> Iterator[Finding]:
    """“共6期，每期50人，累计培训350人”."""
    totals = re.compile(rf"(?:{load_consistency().words.total})[^，。；\d]{{0,6}}$")
    for count, each, whole in zip(figures, figures[1:], figures[2:], strict=False):
        unit = re.sub(r"[\d.,]+", "", count.amount.text)[-2:]
        if (
            not unit
            or not re.search(rf"每{unit}[^，。；\d]{{0,6}}$", each.label)
            or not totals.search(whole.label)
        ):
            continue
        together = count.sentence is each.sentence is whole.sentence
        if not together or each.amount.kind != whole.amount.kind or is_change(text, whole.amount):
            continue
        right = count.amount.value * each.amount.value
        if abs(right - whole.amount.value) > right / 50 + whole.amount.half:
            told = plain(right, whole.amount)
            message = f"总数与每{unit}的数不符：{count.amount.text}×{each.amount.text}＝{told}"
            span = (whole.amount.start, whole.amount.end)
            yield contradiction(text, span, "product", message, f"核对各数，或改为{told}")
