"""Parts and totals: parts that leave nothing out must add up, and no part is greater than the whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations

from assistant.knowledge.amounts import Amount, Cell, Sentence, plain
from assistant.knowledge.numerals import number_value
from assistant.records import Finding
from assistant.resources import DATA, check_keys, read_toml
from assistant.review.contradiction import contradiction

_WITHIN = re.compile(r"(?:其中|包括)[，：]?")
_ALL = re.compile(r"(?:按[^，。；：]{1,12}分(?!别)|分为)[，：]?")
_BEFORE_COLON = re.compile(r"组成|构成|如下|分别|其中|包括|[为是即]$")
_REST = re.compile(r"(?:其余|剩余|余下|剩下|其他|尚有|还有|仍有|尚余|还剩)[^，。；：、\d]{0,6}$")
_DONE = re.compile(
    r"其中|已|当场|完成|办结|整改|通过|合格|达标|到位|解决|答复|化解|拨付"
)  # such is a part of what stands before
_TOTAL = re.compile(
    r"(?:(?P<n>[两二三四五六七八九十]|\d{1,2})[^，。；：、]{1,6}?)?(?P<word>累计|合计|总计|共计|一共|总共|共)"
)
_SUMMED = re.compile(r"累计|合计|总计|共计|[年村镇县个]共")
_CHANGE = re.compile(r"[比较](?:上|去|同|前|20|19|计划|年初)|同比|环比|增[加长]|减少|下降|提高")
_NO_LEVEL = re.compile(rf"[年月日人户]均|平均|每|{_CHANGE.pattern}")
_REACH = re.compile(r"[到至为]$")
_SIGNED = re.compile(r"亏|负|逆差|净|扣除|减[去]|盈|结余|缺口|抵|交叉|重复|兼|多选|不重|同时")
_NO_PART = {"%", "‰", "个百分点", "倍", "天", "周", "个月", "小时", "分钟", "次"}
_DISJOINT = ("money", "length", "square", "field", "mass", "volume")
_NEARLY = Fraction(17, 20)  # of the total: parts that come so near to it are meant to be all of it


@dataclass(frozen=True, slots=True)
class _Part:
    label: str
    amount: Amount
    mark: str


@cache
def load_wholes() -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return, for each way to divide a whole, the words of each part. Raises DataError for a wrong entry."""
    entries = read_toml(DATA / "figures.toml")["whole"]
    for entry in entries:
        check_keys("figures.toml 的 whole ", entry, ("parts", "source", "bad", "good"))
    return tuple(tuple(tuple(words) for words in entry["parts"]) for entry in entries)


def check_sums(text: str, sentences: Sequence[Sentence]) -> Iterator[Finding]:
    """Yield a finding where parts and their total do not agree."""
    for index, sentence in enumerate(sentences):
        if len(sentence.amounts) < 2 or _SIGNED.search(text, sentence.start, sentence.end):
            continue
        before = (
            sentences[index - 1]
            if index and "\n" not in text[sentences[index - 1].end : sentence.start]
            else None
        )
        known = [item for other in sentences[max(0, index - 4) : index] for item in other.amounts]
        found = [*_breakdowns(text, sentence, before)]
        found = found or [*_rests(text, sentence, known)]
        yield from found or _totals(text, sentence)


def _breakdowns(text: str, sentence: Sentence, before: Sentence | None) -> Iterator[Finding]:
    for at, cell in enumerate(sentence.cells):
        within = _WITHIN.match(text, cell.start, cell.end)
        start = within.end() if within else cell.start
        every = _ALL.match(text, start, cell.end)
        start = every.end() if every else start
        colon = cell.mark == "：" and not within
        if not (within or every or colon):
            continue
        parts, complete = _parts(text, sentence.cells[at:], start)
        if len(parts) < 1 or any(part.amount.about for part in parts):
            continue
        kind = parts[0].amount.kind
        earlier = [item for other in sentence.cells[:at] for item in other.amounts if item.kind == kind]
        if at == 0 and before is not None and (within or every):
            earlier = [item for item in before.amounts if item.kind == kind]
        totals = [item for item in earlier if not is_change(text, item)]
        if kind in _NO_PART or not totals or totals[-1].about:
            continue
        if colon and not every:
            gap = text[totals[-1].end : cell.start - 1]
            if not complete or (gap and not _BEFORE_COLON.search(gap)) or len(parts) < 2:
                continue
        exhaustive = bool(every or colon) or complementary([part.label for part in parts])
        yield from _judge(text, totals, parts, exhaustive)


def _parts(text: str, cells: Sequence[Cell], start: int) -> tuple[list[_Part], bool]:
    """Return the parts that `cells` list, one a cell, and whether the list goes to the end of the sentence."""
    parts: list[_Part] = []
    marks: set[str] = set()
    for cell in cells:
        first = max(start, cell.start)
        own = [item for item in cell.amounts if item.kind not in _NO_PART]
        words = text[first : cell.end]
        if parts and not own and ("占" in words or any(item.kind in _NO_PART for item in cell.amounts)):
            continue
        if parts and cell.mark == "；" and len(parts) > 1 and marks != {"；"}:
            return parts, False
        if len(own) != 1 or (parts and own[0].kind != parts[0].amount.kind) or cell.mark == "：" and parts:
            if not parts and not own and cell is cells[0]:
                continue
            return parts, False
        label = text[first : own[0].start]
        mixed = bool(marks) and cell.mark not in marks
        if (
            _TOTAL.match(words)
            or mixed
            or not label.strip("有为")
            or (parts and _CHANGE.search(words))
            or "等" in words[own[0].end - first :]
        ):
            return parts, False
        if parts:
            marks.add(cell.mark)
        parts.append(_Part(label, own[0], cell.mark))
    return parts, True


def is_change(text: str, amount: Amount, means: bool = False) -> bool:
    """Tell whether `amount` is a difference (“比上年增加20件”) or, unless `means`, an average: no level to add."""
    clause = max(text.rfind(mark, 0, amount.start) for mark in "，。；：、\n") + 1
    words = text[clause : amount.start]
    return bool((_CHANGE if means else _NO_LEVEL).search(words)) and not _REACH.search(words)


def complementary(labels: Sequence[str]) -> bool:
    """Tell whether `labels` name all the parts of one way to divide a whole, each once."""
    for groups in load_wholes():
        named = [_group(label, groups) for label in labels]
        if sorted(named) == list(range(len(groups))):
            return True
    return False


def _group(label: str, groups: Sequence[Sequence[str]]) -> int:
    """Return the part whose longest word stands in `label` (不合格 before 合格), -1 for none."""
    words = [(len(word), index) for index, group in enumerate(groups) for word in group if word in label]
    return max(words)[1] if words else -1


def _judge(
    text: str, totals: Sequence[Amount], parts: Sequence[_Part], exhaustive: bool
) -> Iterator[Finding]:
    amounts = [part.amount for part in parts]
    total = totals[-1]
    greatest = max(totals, key=lambda item: item.value)
    for at, amount in enumerate(amounts):
        if at and not exhaustive and parts[at].mark != "、":
            break  # what follows a comma may be another matter
        if amount.value - amount.half > greatest.value + greatest.half:
            message = f"部分大于总数：其中一项是{amount.text}，总数只有{greatest.text}"
            yield contradiction(text, (amount.start, amount.end), "part-exceeds-total", message)
            return
    added = sum((item.value for item in amounts), Fraction(0))
    if len(parts) < 2 or any(_equal(added, item, amounts) for item in totals):
        return
    terms = "＋".join(item.text for item in amounts)
    message = f"分项与总数不符：{terms}＝{plain(added, total)}，总数写的是{total.text}"
    span = (total.start, total.end)
    if exhaustive:
        yield contradiction(
            text, span, "parts-total", message, f"核对后改总数（{plain(added, total)}）或改分项"
        )
    elif added > greatest.value and (total.kind in _DISJOINT or _same_head(parts)):
        yield contradiction(text, span, "parts-total", message, severity="warning")
    elif len(parts) > 2 and _slip(added, total) and added >= _NEARLY * total.value:
        yield contradiction(text, span, "parts-total", message + "；若另有其他项，请写明", severity="warning")


def _equal(added: Fraction, total: Amount, parts: Sequence[Amount]) -> bool:
    rounded = total.decimals or any(item.decimals for item in parts)
    coarse = [item for item in (total, *parts) if item.decimals or item.scale > 10_000]
    slack = sum((item.half for item in coarse), Fraction(0)) if rounded and len(parts) > 1 else Fraction(0)
    same = len({(item.scale, item.decimals) for item in (total, *parts) if item.decimals}) <= 1
    return abs(added - total.value) <= (Fraction(0) if same and len(parts) < 3 else slack)


def _same_head(parts: Sequence[_Part]) -> bool:
    """Tell whether the labels end in one word (民事案件, 刑事案件): kinds of one thing."""
    tails = {part.label[-2:] for part in parts}
    return len(parts) > 1 and len(tails) == 1 and all(len(part.label) > 2 for part in parts)


def _slip(added: Fraction, total: Amount) -> bool:
    """Tell whether sum and total differ in one digit, as after a slip of the pen."""
    if total.scale == 0 or (added / total.scale * 100).denominator != 1:
        return False
    left, right = (f"{float(value / total.scale):.2f}" for value in (added, total.value))
    return len(left) == len(right) and sum(a != b for a, b in zip(left, right, strict=True)) == 1


def _rests(text: str, sentence: Sentence, known: Sequence[Amount]) -> Iterator[Finding]:
    """“……56个，已解决51个，其余5个”: some of what stands before must make up the whole with the rest.

    The whole may also stand further up, among `known`.
    """
    for index, rest in enumerate(sentence.amounts):
        cell = next(item for item in sentence.cells if item.start <= rest.start < item.end)
        if index < 2 or rest.about or rest.kind in _NO_PART or not _REST.match(text[cell.start : rest.start]):
            continue
        earlier = [
            item for item in sentence.amounts[:index] if item.kind == rest.kind and not is_change(text, item)
        ]
        if not 2 <= len(earlier) <= 3 or any(item.about for item in earlier):
            continue
        if any(
            _equal(sum((item.value for item in chosen), rest.value), whole, (*chosen, rest))
            for at, whole in enumerate(earlier)
            for size in range(1, len(earlier))
            for chosen in combinations(earlier[at + 1 :], size)
        ):
            continue
        whole, parts = earlier[0], earlier[1:]
        if not _DONE.search(text, whole.end, parts[0].start):
            continue
        added = sum((item.value for item in parts), rest.value)
        if any(item.kind == rest.kind and item.value == added for item in known):
            continue
        great = next((item for item in parts if item.value > whole.value), None)
        terms = "＋".join(item.text for item in (*parts, rest))
        message = f"各部分与总数不符：{terms}＝{plain(added, whole)}，总数是{whole.text}"
        wrong = great or rest
        yield contradiction(text, (wrong.start, wrong.end), "parts-rest", message)


def _quarters(text: str, start: int, cell: int, end: int) -> int:
    """Return how many quarters the period named before the total has when all stand before it, else 0."""
    words = text[start:cell]
    if "上半年" in text[cell:end]:
        return 2 if "一季度" in words and "二季度" in words and "三季度" not in words else 0
    return 4 if "全年" in text[cell:end] and all(f"{name}季度" in words for name in "一二三四") else 0


def _totals(text: str, sentence: Sentence) -> Iterator[Finding]:
    """“2022年15公里，2023年22公里，2024年18公里，三年累计55公里”: the total comes last."""
    for at, cell in enumerate(sentence.cells):
        if not cell.amounts or at < 2:
            continue
        match = _TOTAL.search(text, cell.start, cell.amounts[-1].start)
        own = [item for item in cell.amounts if match and item.start >= match.end()]
        if match is None or not own:
            continue
        count = (
            number_value(match["n"])
            if match["n"]
            else _quarters(text, sentence.start, cell.start, match.start())
        )
        later = (
            [item for other in sentence.cells[at:] for item in other.amounts if item.start >= match.end()]
            if count
            else own[:1]
        )
        for total in later:
            earlier = [c for c in sentence.cells[:at] if any(i.kind == total.kind for i in c.amounts)]
            parts = [item for c in earlier for item in c.amounts if item.kind == total.kind]
            if total.kind in _NO_PART - {"次", "天"} or total.about or any(item.about for item in parts):
                continue
            if len(parts) < 2 or len(parts) != len(earlier) or any(is_change(text, item) for item in parts):
                continue
            if any(_SUMMED.search(text, c.start, c.amounts[0].start) for c in earlier):
                continue
            labels = [text[c.start : c.amounts[0].start] for c in earlier]
            sure = count == len(parts) or (not count and match["word"] in ("合计", "总计", "共计"))
            sure = sure or (match["word"] != "累计" and complementary(labels))
            added = sum((item.value for item in parts), Fraction(0))
            if sure and not _equal(added, total, parts):
                terms = "＋".join(item.text for item in parts)
                message = f"合计与分项不符：{terms}＝{plain(added, total)}，写的是{total.text}"
                right = f"核对后改为{plain(added, total)}或改分项"
                yield contradiction(text, (total.start, total.end), "parts-total", message, right)
        return
