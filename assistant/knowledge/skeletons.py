"""Skeletons of statutory and other short documents: their elements in order, from assistant/data/skeletons/.

A genre has variants (通知: 会议通知, 印发通知 …). A variant is a row of lines with slots ({会议}); what a slot is filled
from stands in slots.toml and in the file of the genre. Nothing here reads a request; see writing/slots.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from assistant.errors import DataError
from assistant.knowledge.entries import check_patterns, read_entry
from assistant.knowledge.genres import load_genres
from assistant.resources import DATA, check_keys, read_toml

_SLOT = re.compile(r"\{([^{}]+)\}")
_FRAGMENT = re.compile(r"<([a-z]+)>")
_COMMON = "slots"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place to be filled: by a labelled line (“时间：…”), else by the group v of the first pattern found.

    `blank` stands in the text where nothing fills it. `whole`: the value of a label runs to the end of its line, else
    to the next stop. `bare`: what a value looks like that stands behind its label without a colon (“时间6月14日”);
    `drop` is taken out of a value (各科室负责人 → 各科室).
    `examples` are pairs of a text and what is read in it, "" for nothing.
    """

    name: str
    examples: tuple[tuple[str, str], ...]
    blank: str = "××"
    labels: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    whole: bool = False
    bare: str = ""
    drop: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One element of the body. The first of `say` whose slots are all filled is written.

    Where none is, a `required` line is written in the wording that lacks least, with blanks, another one left out. `label` numbers
    the line (一、会议时间：). `rest`: here stands what the user said and no slot took; `items` numbers that sentence by
    sentence. `missing` is written in a `rest` line for which the user said nothing. `topic` is written for
    each topic that the user names, {题}; `each` for every item of a value that counts them, {序} its number, {项} the item.
    """

    say: tuple[str, ...] = ()
    label: str = ""
    required: bool = True
    rest: bool = False
    items: bool = False
    missing: str = ""
    topic: str = "{题}。"
    each: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """A kind of document of one genre. `asked` is found in requests for it, `examples` are such requests.

    `head` stands below the title, `attachment` below the closing where its slots are filled, `note` below the date: with blanks
    where it is required, else only when the user gave something for it.
    `ending` says what it is signed with: "both" signature and date, "date" or "none".
    """

    name: str
    asked: str
    examples: tuple[str, ...]
    source: str
    title: tuple[str, ...]
    lines: tuple[Line, ...]
    addressee: str = ""
    closing: str = ""
    head: str = ""
    note: str = ""
    note_required: bool = True
    attachment: str = "{附件}"
    ending: str = "both"

    def slots(self) -> tuple[str, ...]:
        """Return the names of the slots that any wording of the variant has, in their order."""
        return tuple(dict.fromkeys(name for text in self.wordings() for name in slots_of(text)))

    def wordings(self) -> Iterator[str]:
        """Yield every wording of the variant, those of the frame first."""
        yield from (*self.title, self.head, self.addressee)
        for line in self.lines:
            yield from (*line.say, line.missing)
        yield from (self.closing, self.attachment, self.note)
        yield from self.end()

    def end(self) -> tuple[str, ...]:
        """Return the wordings of signature and date."""
        return {"both": ("{发文机关}", "{成文日期}"), "date": ("{成文日期}",)}.get(self.ending, ())


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The variants of a genre; `default` is the name of the one meant when no `asked` is found, "" for none."""

    genre: str
    default: str
    variants: tuple[Variant, ...]
    slots: dict[str, Slot]

    def variant(self, words: str) -> Variant | None:
        """Return the variant that a request asks for, None when these words are for another way of drafting."""
        for variant in self.variants:
            if variant.asked and re.search(variant.asked, words):
                return variant
        return next((item for item in self.variants if item.name == self.default), None)


@dataclass(frozen=True, slots=True)
class Speech:
    """How people ask: clauses that say what to write and not what is in it, and spoken forms with their written ones.

    `apart` opens a clause that is an item of its own, `undated` are days that only the writer of the request knows.
    """

    asking: tuple[str, ...]
    spoken: tuple[tuple[str, str], ...]
    apart: str
    undated: str


def slots_of(text: str) -> tuple[str, ...]:
    """Return the names of the slots in a wording, in their order."""
    return tuple(_SLOT.findall(text))


def filled(text: str, values: dict[str, str]) -> str:
    """Return a wording with the value of each slot in its place. Raises KeyError for a slot without one."""
    return _SLOT.sub(lambda match: values[match[1]], text)


@cache
def load_speech(folder: Path = DATA / "skeletons") -> Speech:
    """Return how people ask, from slots.toml. Raises DataError."""
    data = read_toml(folder / f"{_COMMON}.toml")
    check_keys("slots.toml ", data, ("fragments", "speech", "slot"))
    speech = read_entry(Speech, "slots.toml 的 speech ", data["speech"])
    check_patterns(
        "slots.toml", (*speech.asking, *(plain for plain, _ in speech.spoken), speech.apart, speech.undated)
    )
    return speech


@cache
def load_skeletons(folder: Path = DATA / "skeletons") -> dict[str, Skeleton]:
    """Return the skeletons by genre; not to be changed by the caller.

    Raises DataError for a wrong entry, an unknown genre, slot or default, or a variant in which what the user says
    beside the slots has no place or two.
    """
    common = read_toml(folder / f"{_COMMON}.toml")
    shared = {slot.name: slot for slot in _slots("slots.toml", common["slot"], common["fragments"], "")}
    return {
        path.stem: _read(path, common["fragments"], shared)
        for path in sorted(folder.glob("*.toml"))
        if path.stem != _COMMON
    }


def _read(path: Path, fragments: dict[str, str], shared: dict[str, Slot]) -> Skeleton:
    where = f"格式文件“{path.name}”"
    data = read_toml(path)
    check_keys(where, data, ("default", "variant"), ("slot",))
    if path.stem not in load_genres():
        raise DataError(f"{where}没有对应的文种。", "请按文种命名。")
    named = "|".join(sorted((path.stem, *load_genres()[path.stem].aliases), key=len, reverse=True))
    own = {slot.name: slot for slot in _slots(where, data.get("slot", []), fragments, named)}
    common = {name: _named(slot, named) for name, slot in shared.items()}
    variants = tuple(read_entry(Variant, where, entry) for entry in data["variant"])
    skeleton = Skeleton(path.stem, data["default"], variants, {**common, **own})
    for variant in variants:
        unknown = set(variant.slots()) - skeleton.slots.keys()
        if unknown or sum(line.rest for line in variant.lines) != 1 or not variant.source:
            problem = f"空处不认识：{'、'.join(unknown)}" if unknown else "没有出处，或者 rest 不是一处"
            raise DataError(f"{where}的“{variant.name}”{problem}。", "请改正后重试。")
        check_patterns(where, (variant.asked,))
    if data["default"] not in ("", *(variant.name for variant in variants)):
        raise DataError(f"{where}的 default 不是其中的一种。", "请改正后重试。")
    return skeleton


def _slots(
    where: str, entries: list[dict[str, Any]], fragments: dict[str, str], named: str
) -> Iterator[Slot]:
    for entry in entries:
        slot = read_entry(Slot, where, entry)
        slot = replace(
            slot,
            patterns=tuple(_expanded(pattern, fragments) for pattern in slot.patterns),
            bare=_expanded(slot.bare, fragments),
            drop=_expanded(slot.drop, fragments),
        )
        slot = _named(slot, named) if named else slot
        check_patterns(where, (*slot.patterns, slot.bare) if named else ())
        yield slot


def _expanded(pattern: str, fragments: dict[str, str]) -> str:
    """Return `pattern` with every <fragment> in its place; <named> is left for the genre."""
    while found := [name for name in _FRAGMENT.findall(pattern) if name in fragments]:
        for name in found:
            pattern = pattern.replace(f"<{name}>", f"(?:{fragments[name]})")
    return pattern


def _named(slot: Slot, named: str) -> Slot:
    """Return `slot` with the names of the genre for <named>."""
    patterns = tuple(pattern.replace("<named>", f"(?:{named})") for pattern in slot.patterns)
    return replace(slot, patterns=patterns)
