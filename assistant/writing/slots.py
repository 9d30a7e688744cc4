"""Fill the slots of a skeleton from what the user said, and find what no slot took.

Pure functions over texts. Every value remembers where it stood, so that nothing the user gave is lost: what no slot of
the document used is left over, clause by clause, and goes into the body.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.knowledge.facts import find_facts, stated, supported
from assistant.knowledge.skeletons import Slot, Speech
from assistant.knowledge.structure import heading_number, split_sentences
from assistant.knowledge.wording import standard_wording

USED = 0.5  # share of a clause's characters that slots took from which on nothing of it is left over,
UNUSED = 5  # unless so many in a row are not used: a place, a name
HEADING = 40  # characters of a first line without stops up to which it is a title
_CLAUSE = re.compile(r"[^，,；;：:]+(?:[，,；;：:]+|$)?(?:(?<=\d[：:])\d[^，,；;：:]*[，,；;：:]?)?")
_MARK = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]|[①-⑳]|[一二三四五六七八九]是|[-•·*])\s*(?!\d*日)"
)
_ITEMS = re.compile(
    r"(?:^|(?<=[；;。，,：:\n]))\s*(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[）)、.．](?!\d)|[①-⑳]|[一二三四五六七八九]是)\s*"
)
_FREE_LABEL = re.compile(r"(?P<label>[一-龥]{2,8})[：:]\s*(?P<value>[^：:\n]{2,})")


@dataclass(frozen=True, slots=True)
class Said:
    """One text of the user. `own`: the words of the request, which are spoken; files are taken as they stand."""

    name: str
    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class Value:
    """What fills a slot, and the span of text number `said` that says it."""

    text: str
    said: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Left:
    """A sentence of the user that no slot took, in line `line` of text number `said`.

    `text` has no number and no stop, `raw` is as the user wrote it. `label` is what it stands under: its own
    (“停车安排：……”) or a heading of the file (一、工作目标); a `heading` is such a line itself. `marked`: it had a number.
    """

    text: str
    said: int
    line: int
    raw: str
    label: str = ""
    heading: bool = False
    marked: bool = False


@dataclass
class Used:
    """Which characters of each text have found their place in the document."""

    marks: list[bytearray] = field(default_factory=list)

    @classmethod
    def of(cls, said: Sequence[Said]) -> Used:
        """Return a record for these texts with nothing used."""
        return cls([bytearray(len(item.text)) for item in said])

    def mark(self, said: int, start: int, end: int) -> None:
        """Note that a span is used."""
        self.marks[said][start:end] = b"\x01" * (end - start)

    def covers(self, said: int, text: str, start: int) -> bool:
        """Tell whether the words of `text`, which stands at `start`, are used up; so they are where there are none."""
        places = [place for place, char in enumerate(text, start) if char.isalnum() or char == "×"]
        used = bytes(self.marks[said][place] for place in places)
        return used.count(1) >= USED * len(used) and b"\0" * UNUSED not in used


def fill(slots: Iterable[Slot], said: Sequence[Said], speech: Speech) -> dict[str, Value]:
    """Return the values of the slots that the texts fill: by label first, then by pattern, the request before the files."""
    slots = tuple(slots)
    ends = _label_ends(slots)
    found: dict[str, Value] = {}
    for slot in slots:
        value = next((item for read in (_labelled, _patterned) for item in read(slot, said, ends)), None)
        if value is not None and (text := _tidy(value.text, slot, said[value.said].own, speech)):
            found[slot.name] = Value(text, value.said, value.start, value.end)
    return found


def _label_ends(slots: Iterable[Slot]) -> re.Pattern[str]:
    """Return what ends a value: the label of any other slot, with its colon, behind a stop or a blank."""
    labels = sorted({label for slot in slots for label in slot.labels}, key=len, reverse=True)
    return re.compile(rf"[，,；;。\s]+(?:{'|'.join(map(re.escape, labels))})[：:]")


def _labelled(slot: Slot, said: Sequence[Said], ends: re.Pattern[str]) -> Iterator[Value]:
    if not slot.labels:
        return
    labels = "|".join(sorted(map(re.escape, slot.labels), key=len, reverse=True))
    head = rf"(?:^|[，,；;。：:\s])(?:[（(]?[\d一二三四五六七八九十]{{1,2}}[）)、.．])?\s*(?:{labels})"
    for number, item in enumerate(said):
        for match in re.finditer(rf"{head}\s*[：:][ 　]*", item.text):
            yield _value(slot, item.text, number, match.start(), match.end(), ends)
    bare = (
        re.compile(
            rf"{head}(?:的?(?:设在|定在|安排在|是|为|在|定于|有|包括))?(?P<v>{slot.bare}[^，。；;\n]*)"
        )
        if slot.bare
        else None
    )
    for number, item in enumerate(said) if bare else ():
        for match in bare.finditer(item.text) if bare else ():
            yield Value(match["v"], number, match.start(), match.end())


def _value(slot: Slot, text: str, number: int, start: int, first: int, ends: re.Pattern[str]) -> Value:
    """Return the value behind a label; behind an empty one the listed lines below."""
    line_end = text.find("\n", first)
    line_end = len(text) if line_end < 0 else line_end
    if not text[first:line_end].strip():
        below = re.compile(rf"(?:\n{_MARK.pattern[1:]}[^\n]+)+").match(text, line_end)
        return Value(below.group() if below else "", number, start, below.end() if below else first)
    stop = ends.search(text, first, line_end)
    end = stop.start() if stop else line_end
    if not slot.whole and (cut := re.search(r"[。；;，]", text[first:end])):
        end = first + cut.start()
    return Value(text[first:end], number, start, end)


def _patterned(slot: Slot, said: Sequence[Said], ends: re.Pattern[str]) -> Iterator[Value]:
    for pattern in slot.patterns:
        for number, item in enumerate(said):
            for match in re.finditer(pattern, item.text):
                yield Value(match["v"], number, match.start(), match.end())


def _tidy(text: str, slot: Slot, own: bool, speech: Speech) -> str:
    text = re.sub(slot.drop, "", text) if slot.drop else text
    text = text.strip(" 　\n，。；;、：:")
    return written(text, speech) if own else text


def written(text: str, speech: Speech) -> str:
    """Return words of a request as they may stand in a document: no spoken forms, standard wording."""
    for plain, official in speech.spoken:
        text = re.sub(plain, official, text)
    return standard_wording(text)[0]


def listed(value: str) -> tuple[str, ...]:
    """Return the items of a value that counts them (1.…；2.…), else the value alone; no marks, no stops at the ends."""
    starts = [match.span() for match in _ITEMS.finditer(value)]
    if len(starts) < 2:
        return (value.strip(" 　\n。；;"),)
    ends = [start for start, _ in starts[1:]] + [len(value)]
    parts = (value[end:stop] for (_, end), stop in zip(starts, ends, strict=True))
    return tuple(part.strip(" 　\n，,。；;") for part in parts if part.strip())


def left_over(
    said: Sequence[Said], used: Used, speech: Speech, kept: Container[tuple[int, int]] = ()
) -> tuple[Left, ...]:
    """Return the sentences of the texts, less the clauses that are used or only say what to write.

    Clauses in `kept` (number of the text, place) stay whatever they are.
    """
    found: list[Left] = []
    for number, item in enumerate(said):
        opening = _heading(item)
        under = ""
        for start, end in split_sentences(item.text):
            clauses = [
                clause
                for place, clause in _clauses(item.text, start, end)
                if (number, place) in kept
                or (
                    place >= opening
                    and not used.covers(number, clause, place)
                    and not (item.own and asks(clause, speech))
                )
            ]
            line = item.text.count("\n", 0, start)
            under = _under(item, start, end) or under
            for part in listed("".join(clauses)):
                found.append(_left(part, number, line, under, item.own, speech))
    return tuple(left for left in found if len(re.sub(r"\W", "", left.text)) > 1)


def _under(item: Said, start: int, end: int) -> str:
    """Return the heading that a line of a file is as a whole (一、工作目标), "" for any other."""
    line = item.text[start:end]
    level, _, bare = heading_number(line)
    whole = item.text[end : end + 1] in ("", "\n") and item.text[start - 1 : start] in ("", "\n")
    return (
        line[bare:].strip()
        if not item.own and whole and level == 1 and not re.search("[，。；：:]", line)
        else ""
    )


def _heading(item: Said) -> int:
    """Return where the first line of a file ends that is no more than its title, 0 where there is none."""
    line, _, rest = item.text.partition("\n")
    title = not item.own and len(line) <= HEADING and not re.search("[，。；：:]", line)
    return len(line) if title and rest.strip() else 0


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    for match in _CLAUSE.finditer(text, start, end):
        yield match.start(), match.group()


def asks(clause: str, speech: Speech) -> bool:
    """Tell whether a clause of a request says what to write and nothing of what is in it."""
    bare = clause.strip(" 　，,；;。：:\n")
    return not bare or any(re.search(pattern, bare) for pattern in speech.asking)


def _left(text: str, number: int, line: int, under: str, own: bool, speech: Speech) -> Left:
    raw = text.strip()
    bare = _MARK.sub("", raw).rstrip("，,；;。：: 　")
    marked = bool(_MARK.match(raw))
    if not under and (labelled := _FREE_LABEL.fullmatch(bare)):
        return Left(labelled["value"], number, line, bare, labelled["label"], marked=marked)
    said = written(bare, speech) if own else bare
    return Left(
        said, number, line, said if own else raw, "" if bare == under else under, bare == under, marked
    )


def unsaid(text: str, said: Sequence[Said], speech: Speech) -> frozenset[tuple[int, int]]:
    """Return the clauses (number of the text, place) with a fact that `text` does not state."""
    known = stated(find_facts(text))
    found: set[tuple[int, int]] = set()
    for number, item in enumerate(said):
        for fact in find_facts(item.text):
            behind = item.text[fact.end : fact.end + 1]
            no_fact = fact.text.isdigit() and behind in tuple(
                "字.．、）)"
            )  # a length or the number of an item
            if no_fact or fact.kind == "quotation" or supported(fact, known, text):
                continue
            if written(fact.text, speech) in text:
                continue
            found |= {
                (number, place)
                for start, end in split_sentences(item.text)
                for place, clause in _clauses(item.text, start, end)
                if place <= fact.start < place + len(clause)
            }
    return frozenset(found)
