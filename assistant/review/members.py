"""Sayings that are spelled out (“四个意识”: its four): a member that is wrong, lacking, one too many or out of place.

Where a text lists members of a saying in a row, the row is compared with the right list. A list that was right at
the document's date is right; where no date is known, every list that was ever right is.
"""

from __future__ import annotations

import os.path
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.knowledge.entries import read_entry
from assistant.knowledge.formulations import Formulation
from assistant.records import Finding
from assistant.resources import DATA, check_keys, read_toml

# A verb may come again before a member: 倡导富强、民主、文明、和谐，倡导自由……
_VERB = "(?:按时|定期|认真|切实|按期)?(?:上好|讲好|召开|开好|上|倡导|增强|坚定|务必)?"
_LINK = rf"[”’]?(?:\s*[、，,；;]\s*{_VERB})?(?:和|与|及|以及|还有)?[“‘]?"
_SEP = rf"[”’]?(?:\s*[、，,；;]\s*(?:和|以及)?{_VERB}|和|与|及|以及)[“‘]?"
_JOINED = re.compile(_LINK)
_LINKED = re.compile(_SEP)
_BETWEEN = re.compile(rf"{_SEP}([^、，,；;。：:！？“”\n]{{2,14}}?){_SEP}")
_AFTER = re.compile(rf"{_SEP}([^、，,；;。：:！？“”（）()\n]{{2,14}}?)(?=[、，,；;。：:！？“”）)\n]|的|$)")
_BEFORE = re.compile(r"([^、，,；;。：:！？“”（(\n]{2,30})[、，,；;]$")
_OPEN = re.compile(r"[”’]?(?:等|之类|……|中的|方面的)")  # such a list does not claim to be whole
_SAYS = re.compile(
    r"[”’》]?(?:的?(?:总?要求|内容|原则|制度|内涵|标准|布局|方针))?[，,]?(?:具体)?(?:即|也就是|就是|是指|指的?是|包括|分别是|分别为|一般指|[：:]|[（(]|——?).{0,6}"
)
_NAMED_AFTER = re.compile(r"[”’]?(?:这|的|等)?[^，。；：、\n]{0,6}")
NEAR_BEFORE, NEAR_AFTER = 40, 25  # characters around a row in which the saying's name stands
LEAST = (
    10  # characters of all members together: shorter ones are words of everyday, told only beside the name
)


@dataclass(frozen=True, slots=True)
class Saying:
    """A saying with its members in order; a member's accepted forms are joined by |. Dates are ISO or ""."""

    name: str
    members: tuple[str, ...]
    source: str
    aliases: tuple[str, ...] = ()
    valid_from: str = ""
    valid_until: str = ""
    replaced_by: str = ""
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    checked: str = ""  # with what the source was compared; "" for what was written from knowledge


@dataclass(frozen=True, slots=True)
class _Item:
    """A member in a row: `place` is its index in the saying, -1 for what is no member."""

    place: int
    start: int
    end: int


@cache
def load_sayings(path: Path = DATA / "sayings.toml") -> tuple[Saying, ...]:
    """Return the sayings that are no formulations of the corpus, and other names and forms of those that are."""
    data = read_toml(path)
    check_keys(f"数据文件“{path.name}”", data, ("saying",))
    return tuple(read_entry(Saying, f"“{path.name}”的一条", entry) for entry in data["saying"])


def sayings(formulations: Iterable[Formulation]) -> tuple[Saying, ...]:
    """Return the sayings whose members are known, those of the data file before formulations of the same name."""
    own = {item.name: item for item in load_sayings()}
    for item in formulations:
        if len(item.parts) >= 3 and item.name not in own:
            bare = re.sub(r"（[^（）]*）$", "", item.name)
            source = f"《{item.source}》" + (f"（{item.date}）" if item.date else "")
            own[item.name] = Saying(
                item.name,
                tuple(part.strip("“”") for part in item.parts),
                source,
                () if "、" in bare or len(bare) > 12 else (bare,),
                item.valid_from,
                item.valid_until,
                item.replaced_by,
            )
    return tuple(own.values())


def check_members(text: str, formulations: Iterable[Formulation], date: str = "") -> Iterator[Finding]:
    """Yield a finding for each row of members that is no right list at `date` (ISO or year, "": unknown)."""
    rows = [(item, row) for item in sayings(formulations) for row in _rows(text, item)]
    whole = [(item, row) for item, row in rows if [part.place for part in row] == [*range(len(item.members))]]
    told = [_span(row) for item, row in whole if not _outdated(item, date)]
    problems = [(found, row) for item, row in rows if (found := _problem(text, item, row, date))]
    beyond = [(found.start, found.end) for found, _ in problems]
    for item, row in whole:
        span = _span(row)
        longer = any(start < span[1] + 3 and span[1] <= start for start, _ in beyond)  # a stranger follows
        if _outdated(item, date) and not longer and not _meets(span, told):
            told.append(span)
            yield _old(text, item, row)
    for found, row in sorted(problems, key=lambda problem: -len(problem[1])):
        within = any(start <= row[0].start and row[-1].end <= end for start, end in told)
        beside = not _meets((found.start, found.end), told)
        if beside or (
            found.suggestion == "" and not within
        ):  # a longer list may lack what a part of it need not have
            told.append(_span(row))
            yield found


def _outdated(item: Saying, date: str) -> bool:
    until = item.valid_until
    return bool(date and until and until[: len(date)] < date[: len(until)])


def _not_yet(item: Saying, date: str) -> bool:
    since = item.valid_from
    return bool(date and since and date[: len(since)] < since[: len(date)])


def _span(row: Sequence[_Item]) -> tuple[int, int]:
    return row[0].start, row[-1].end


def _meets(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _hits(text: str, item: Saying) -> list[_Item]:
    """Return the members in `text` in order, the longest form where several fit."""
    found: list[_Item] = []
    for place, forms in enumerate(item.members):
        for form in sorted(forms.split("|"), key=len, reverse=True):
            start = text.find(form)
            while start >= 0:
                found.append(_Item(place, start, start + len(form)))
                start = text.find(form, start + 1)
    kept: list[_Item] = []
    for hit in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def _rows(text: str, item: Saying) -> Iterator[list[_Item]]:
    """Yield the rows of at least two members that follow each other, with what is no member between them."""
    row: list[_Item] = []
    if sum(any(form in text for form in forms.split("|")) for forms in item.members) < min(
        3, len(item.members) - 1
    ):
        return
    for hit in _hits(text, item):
        gap = text[row[-1].end : hit.start] if row else ""
        if row and _JOINED.fullmatch(gap):
            row.append(hit)
        elif row and len(gap) < 20 and (foreign := _BETWEEN.fullmatch(gap)):
            start = row[-1].end + foreign.start(1)
            row += [_Item(-1, start, start + len(foreign[1])), hit]
        else:
            if len(row) > 1:
                yield row
            row = [hit]
    if len(row) > 1:
        yield row


def _problem(text: str, item: Saying, row: list[_Item], date: str) -> Finding | None:
    places = [part.place for part in row if part.place >= 0]
    size = len(item.members)
    if _outdated(item, date) or _not_yet(item, date) or len(set(places)) < max(2, min(3, size - 1)):
        return None
    named, says = _named(text, item, row)
    telling = sum(len(forms.partition("|")[0]) for forms in item.members) >= LEAST
    row = _with_ends(text, item, row, named)
    strangers = _strangers(row)
    if len(set(places)) == size:
        if strangers:
            extra = len(strangers) == 1 and says and row[-1] is strangers[0]
            return _extra(text, item, strangers[0]) if extra else None
        if places != sorted(places) and (named or telling):
            return _order(text, item, row)
        return None
    lacking = [place for place in range(size) if place not in places]
    ordered = [place for place in places if places.count(place) == 1]
    if len(strangers) == 1 and len(lacking) == 1:
        word = text[strangers[0].start : strangers[0].end]
        fits = _fits(item, row, strangers[0], lacking[0])
        alike = telling and (size > 3 or fits) and _alike(item, lacking[0], word)
        alike = alike or (fits and _built_alike(item, word))
        if (named and fits) or alike:
            return _wrong(text, item, strangers[0], lacking[0])
    if strangers:
        return None
    if ordered != sorted(ordered):
        return (
            _order(text, item, row)
            if named and len(places) > 2 or (telling and len(lacking) == 1 and size > 4)
            else None
        )
    if (
        says
        and _counted(item)
        and len(lacking) <= size // 3 + (size == 3)
        and not _OPEN.match(text, row[-1].end)
    ):
        return _lacking(text, item, row, lacking)
    return None


def _counted(item: Saying) -> bool:
    """Tell whether the name says how many members there are, or the data file says that they go together."""
    return item in load_sayings() or bool(re.search("[两三四五六七八九十]", item.name))


def _named(text: str, item: Saying, row: list[_Item]) -> tuple[bool, bool]:
    """Return whether the saying's name stands beside the row, and whether the row is said to be what it means."""
    start, end = _span(row)
    low = max(text.rfind("。", 0, start), text.rfind("\n", 0, start), start - NEAR_BEFORE - 1) + 1
    stops = [place for mark in "。\n" if (place := text.find(mark, end)) >= 0]
    high = min([*stops, end + NEAR_AFTER])
    before, after = text[low:start], text[end:high]
    named = says = False
    for name in item.aliases:
        if (place := before.rfind(name)) >= 0:
            named = True
            says = says or bool(_SAYS.fullmatch(before[place + len(name) :]))
        if (place := after.find(name)) >= 0:
            named = True
            says = says or bool(_NAMED_AFTER.fullmatch(after[:place]))
    return named, says


def _with_ends(text: str, item: Saying, row: list[_Item], named: bool) -> list[_Item]:
    """Return the row with a stranger before or behind it that is like the first or last member, when that lacks."""
    places = {part.place for part in row}
    last, first = len(item.members) - 1, 0
    start, end = _span(row)
    for form in item.members[last].split("|") if row[-1].place == last - 1 else ():
        joint = _LINKED.match(text, end)
        begin = joint.end() if joint else end
        word = text[begin : begin + len(form)]
        slip = (word[-1:] == form[-1] and _alike(item, last, word)) or _built_alike(item, word)
        if joint and last not in places and slip:
            return [*row, _Item(-1, begin, begin + len(form))]
    if match := _AFTER.match(text, end):
        likely = row[-1].place == last - 1 and (named or _built_alike(item, match[1]))
        if (
            (likely and last not in places)
            or last in places
            and _suffix(item)
            and match[1].endswith(_suffix(item))
        ):
            return [*row, _Item(-1, match.start(1), match.end(1))]
    if first not in places and row[0].place == 1:
        before = _BEFORE.search(text, max(0, start - 31), start)
        for form in item.members[0].split("|") if before else ():
            word = text[start - 1 - len(form) : start - 1]
            if _alike(item, first, word) or _built_alike(item, word):
                return [_Item(-1, start - 1 - len(form), start - 1), *row]
    return row


def _strangers(row: Sequence[_Item]) -> list[_Item]:
    """Return what is no member, and a member that stood in the row before."""
    seen: set[int] = set()
    found = []
    for part in row:
        if part.place < 0 or part.place in seen:
            found.append(part)
        seen.add(part.place)
    return found


def _fits(item: Saying, row: Sequence[_Item], stranger: _Item, lacking: int) -> bool:
    """Tell whether the stranger stands where the lacking member belongs, all else being in order."""
    places = [lacking if part is stranger else part.place for part in row]
    longest = max(len(form) for form in item.members[lacking].split("|"))
    return places == sorted(places) and stranger.end - stranger.start <= longest + 3


@cache
def _suffix(item: Saying) -> str:
    """Return how all members end: 意识 of the four, "" when they end differently."""
    heads = [forms.partition("|")[0][::-1] for forms in item.members]
    return os.path.commonprefix(heads)[::-1]


def _built_alike(item: Saying, word: str) -> bool:
    """Tell whether `word` opens (and, of three members, ends too) as all members do: 自我超越 beside 自我净化."""
    heads = [forms.partition("|")[0] for forms in item.members]
    prefix, suffix = os.path.commonprefix(heads), _suffix(item)
    length = max(len(head) for head in heads) + 1
    sure = len(heads) > 3 or bool(suffix)
    sure = sure and (len(prefix) > 1 or bool(suffix))
    return bool(prefix) and sure and len(word) <= length and word.startswith(prefix) and word.endswith(suffix)


def _alike(item: Saying, place: int, word: str) -> bool:
    """Tell whether `word` is a slip for the member: half of what is its own is the same, and not all."""
    suffix = _suffix(item)
    for form in item.members[place].split("|"):
        own, other = form.removesuffix(suffix), word.removesuffix(suffix)
        if word == form or abs(len(own) - len(other)) > 1 or not own or not word.endswith(suffix):
            continue
        common = sum((Counter(own) & Counter(other)).values())
        enough = (
            0.5 if len(item.members) > 3 else 0.75
        )  # of three members two are too few to tell a saying by
        if common >= enough * max(len(own), len(other)):
            return True
    return False


def _list(item: Saying) -> str:
    return "、".join(forms.partition("|")[0] for forms in item.members)


def _finding(text: str, item: Saying, span: tuple[int, int], message: str, suggestion: str) -> Finding:
    name = item.aliases[0] if item.aliases else item.name
    return Finding(
        rule="formulation-members",
        severity="error",
        start=span[0],
        end=span[1],
        quote=text[span[0] : span[1]],
        message=f"{message}。“{name}”的规范表述是：{_list(item)}",
        suggestion=suggestion,
        source=item.source,
    )


def _order(text: str, item: Saying, row: Sequence[_Item]) -> Finding:
    members = [part for part in row if part.place >= 0]
    rightly = sorted(members, key=lambda part: part.place)
    moved = [index for index, part in enumerate(members) if part.place != rightly[index].place]
    span = members[moved[0]].start, members[moved[-1]].end
    right = "、".join(text[part.start : part.end] for part in rightly[moved[0] : moved[-1] + 1])
    return _finding(text, item, span, f"次序不对：这里应为“{right}”", right)


def _wrong(text: str, item: Saying, stranger: _Item, lacking: int) -> Finding:
    right = item.members[lacking].partition("|")[0]
    span = stranger.start, stranger.end
    return _finding(text, item, span, f"“{text[slice(*span)]}”不对，应为“{right}”", right)


def _extra(text: str, item: Saying, stranger: _Item) -> Finding:
    span = stranger.start, stranger.end
    return _finding(text, item, span, f"“{text[slice(*span)]}”不在其中", "删去或另起一句")


def _lacking(text: str, item: Saying, row: Sequence[_Item], lacking: Sequence[int]) -> Finding:
    lost = "、".join(item.members[place].partition("|")[0] for place in lacking)
    return _finding(text, item, _span(row), f"列举不全，缺“{lost}”", "")


def _old(text: str, item: Saying, row: Sequence[_Item]) -> Finding:
    start, end = _span(row)
    return Finding(
        rule="formulation-outdated",
        severity="warning",
        start=start,
        end=end,
        quote=text[start:end],
        message=f"这是“{re.sub('（.*', '', item.name)}”到{item.valid_until}为止的写法，其后改用“{item.replaced_by}”",
        suggestion=item.replaced_by,
        source=item.source,
    )
