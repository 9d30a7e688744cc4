"""Which year a text is of, and what becomes of its years and dates.

Years of the text's own time move on. A day or month is that of an event: it is taken from the materials, else
left open. What began in some year (任职、成立), other years and fixed days stay and are reported.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.knowledge.structure import parse_elements
from assistant.records import Element, Hit
from assistant.writing.facts import PLACEHOLDER
from assistant.writing.renewal.likeness import likeness
from assistant.writing.renewal.measured import bare_label
from assistant.writing.renewal.spots import Spot, inside, protected
from assistant.writing.renewal.words import vocabulary

OPENING = 200  # characters in which a text without title and date says of which year it is
SAME_EVENT = 0.6  # likeness of the words behind two dates from which they tell of one event
EVENT = 4  # characters of such words that name an event: “前”, “起” do not
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年)")
_TOKEN = re.compile(
    r"(?<!\d)(?P<from>(?:19|20)\d\d)年?(?:[—－–~～-]+|至|到)(?P<to>(?:19|20)\d\d)(?P<school>学年度?)?年?度?"
    r"|(?<![\d—－~～-])(?<![\d月]至)(?:(?P<y>(?:19|20)\d\d)年)?(?P<m>\d{1,2})月(?:份|(?P<d>\d{1,2})[日号])?(?![—－~～至-]\d)"
    r"|(?<!\d)(?P<year>(?:19|20)\d\d)(?=年)"
)
_SPELLED = "〇一二三四五六七八九"
_SPELLED_YEAR = re.compile(r"二[〇○零0][一二三四五六七八九〇○零]{2}(?=年)")
_COMPARED = re.compile(r"(?:[比较由从与同]|相比)[^，。；\d]{0,3}$")
_UNTIL = re.compile(r"截[至止到]?[^，。；\d]{0,2}(?:\d{4}年)?$")
_STOPS = "，。；：！？\n"


@dataclass(frozen=True, slots=True)
class Term:
    """The year of the old text and that of the new one."""

    old: int
    new: int

    @property
    def ahead(self) -> int:
        """Years from the old text to the new one."""
        return self.new - self.old


def year_of(text: str) -> int:
    """Return the year a text is of: of its title, its opening, its date, else the one named most; 0 for none."""
    elements = parse_elements(text)
    titles = "".join(item.text for item in elements if item.kind == "title")
    for place in (titles, text[:OPENING], *(item.text for item in elements if item.kind == "date")):
        if years := _YEAR.findall(place):
            return int(years[0])
    return int(Counter(_YEAR.findall(text)).most_common(1)[0][0]) if _YEAR.search(text) else 0


def year_spots(text: str, term: Term, hits: Sequence[Hit]) -> list[Spot]:
    """Return a spot for each year and date of last year's `text`; `hits` are the material sentences."""
    elements = parse_elements(text)
    dates = [item for item in elements if item.kind == "date"]
    spots = [_signed(item, term) for item in dates]
    spans = _untouched(text, elements)
    for match in _TOKEN.finditer(text):
        if inside(match.start(), match.end(), [*spans, *((item.start, item.end) for item in dates)]):
            continue
        spots.append(_spot(text, match, term, hits))
    for match in _SPELLED_YEAR.finditer(text):
        if not inside(match.start(), match.end(), ((item.start, item.end) for item in dates)):
            spots.append(_spelled(match, term))
    return spots


def _untouched(text: str, elements: Sequence[Element]) -> list[tuple[int, int]]:
    """Return the spans in which no year moves: titles of documents but the text's own, quotations, 文号."""
    title = "".join(item.text for item in elements if item.kind == "title").strip()
    return [span for span in protected(text) if not title or text[span[0] + 1 : span[1] - 1] != title]


def _signed(element: Element, term: Term) -> Spot:
    """The date of the document: its year moves on with the text, month and day stay open."""
    text = element.text
    spelled = _SPELLED_YEAR.search(text)
    years = _YEAR.findall(text)
    year = int(years[0]) + term.ahead if years else term.new
    if spelled:
        year = _value(spelled.group()) + term.ahead
    shown = "".join(_SPELLED[int(digit)] for digit in str(year)) if spelled else str(year)
    bare = text.strip()
    start = element.start + text.index(bare)
    after = f"{shown}年×月×日"
    after = f"（{after}）" if bare[0] in "（(" else after
    return Spot(
        start,
        start + len(bare),
        after,
        "blank",
        f"去年的成文日期是{bare.strip('（）()')}",
        "写上今年的成文日期",
    )


def _spelled(match: re.Match[str], term: Term) -> Spot:
    year = _value(match.group())
    if year not in (term.old, term.old + 1):
        return _stays(match.start(), match.end(), match.group() + "年")
    after = "".join(_SPELLED[int(digit)] for digit in str(year + term.ahead))
    return Spot(match.start(), match.end(), after, "year")


def _value(spelled: str) -> int:
    return int("".join(str(_SPELLED.index("〇" if char in "○零0" else char)) for char in spelled))


def _spot(text: str, match: re.Match[str], term: Term, hits: Sequence[Hit]) -> Spot:
    start, end = match.span()
    if match["from"]:
        return _range(match, term)
    year = int(match["year"] or match["y"] or 0)
    begins = max(text.rfind(mark, 0, start) for mark in _STOPS) + 1
    ends = min((place for mark in _STOPS if (place := text.find(mark, end)) >= 0), default=len(text))
    if vocabulary().history.search(text, begins, ends):
        end += bool(match["year"])
        return _stays(start, end, text[start:end], "说的是从何时起，")
    if match["m"]:
        return _date(text, match, term, (begins, ends), hits)
    moves = year in (term.old, term.old + 1) or (
        year == term.old - 1 and _COMPARED.search(text[begins:start]) is not None
    )
    if not moves:
        return _stays(start, end + 1, f"{year}年")
    return Spot(start, end, str(year + term.ahead), "year")


def _range(match: re.Match[str], term: Term) -> Spot:
    first, last = int(match["from"]), int(match["to"])
    start, end = match.span()
    if not match["school"] or term.old not in (first, last):
        return _stays(start, end, match.group(), "是起止年份，")
    after = (
        match.group()
        .replace(str(last), str(last + term.ahead))
        .replace(str(first), str(first + term.ahead), 1)
    )
    return Spot(start, end, after, "year")


def _stays(start: int, end: int, said: str, what: str = "不是去年，") -> Spot:
    return Spot(
        start,
        end,
        "",
        "kept",
        f"“{said}”{what}没有改动",
        "核对这个年份今年还对不对",
        severity="hint",
    )


def _date(text: str, match: re.Match[str], term: Term, clause: tuple[int, int], hits: Sequence[Hit]) -> Spot:
    start, end = match.span()
    year = int(match["y"] or 0)
    moved = f"{year + term.ahead}年" if year in (term.old, term.old + 1, term.old - 1) else f"{year}年"
    head = moved if year else ""
    rest = text[start + len(f"{year}年") : end] if year else match.group()
    if year and year < term.old - 1:
        return _stays(start, end, match.group())
    if vocabulary().recurring.search(text, end, clause[1]) or _UNTIL.search(text[clause[0] : start]):
        return Spot(
            start,
            end,
            head + rest,
            "year",
            f"“{head}{rest}”的月、日没有改动",
            "核对今年的日期",
            severity="hint",
        )
    if text[end : end + 1] in tuple("底末") and not match["d"]:
        return Spot(
            start,
            end,
            head + rest,
            "year",
            f"“{head}{rest}{text[end]}”的月份没有改动",
            "核对今年的时限",
            severity="hint",
        )
    event = text[end : clause[1]]
    if found := _same_event(event, term, hits):
        date, hit = found
        return Spot(start, end, head + date, "replaced", hits=(hit,))
    after = head + re.sub(r"\d{1,2}(?=[月日号])", PLACEHOLDER, rest)
    return Spot(
        start,
        end,
        after,
        "blank",
        f"去年是{match.group()}，材料里没有对上的日期",
        "补上今年的日期；没有这件事的删去",
    )


def _same_event(event: str, term: Term, hits: Sequence[Hit]) -> tuple[str, Hit] | None:
    """Return month and day of the one event of the materials that is like `event`, and its sentence."""
    found = [
        (likeness(bare_label(event), bare_label(words)), date, hit)
        for date, words, hit in _events(term, hits)
    ]
    if len(bare_label(event)) < EVENT:
        return None
    near = sorted((item for item in found if item[0] >= SAME_EVENT), key=lambda item: -item[0])
    if not near or len({date for _, date, _ in near}) > 1:
        return None
    return near[0][1], near[0][2]


def _events(term: Term, hits: Sequence[Hit]) -> Iterator[tuple[str, str, Hit]]:
    for hit in hits:
        text = hit.passage.text
        for match in _TOKEN.finditer(text):
            if match["m"] and int(match["y"] or term.new) == term.new:
                ends = [place for mark in _STOPS if (place := text.find(mark, match.end())) >= 0]
                date = match.group().removeprefix(f"{match['y']}年")
                yield date, text[match.end() : min(ends, default=len(text))], hit
