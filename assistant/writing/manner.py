"""Change person, tone or kind of a text by rule, and say what the rules leave. Pure functions over data/manner.toml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.knowledge.genres import load_genres
from assistant.knowledge.structure import parse_elements, split_sentences
from assistant.resources import DATA, check_keys, read_toml
from assistant.writing.locks import around

SHOWN = 3  # sentences pointed out in a note; of replacements twice as many
SHORT = 16  # characters of a replacement that a note shows
_PROTECTED = re.compile(r"(“[^”]*”|《[^》]*》)")


@dataclass(frozen=True, slots=True)
class Changed:
    """A text and what the user should know about what was changed in it."""

    text: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A person, the words that become others, the longest first, and an example."""

    pairs: tuple[tuple[str, str], ...]
    before: str
    after: str
    left: str


@dataclass(frozen=True, slots=True)
class Tone:
    """A tone or a kind of text: patterns and what replaces them, an example, and what is not done."""

    changes: tuple[tuple[re.Pattern[str], str], ...]
    before: str
    after: str
    left: str
    person: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Manners:
    """The contents of manner.toml."""

    keep: tuple[str, ...]
    persons: dict[str, Person]
    tones: dict[str, Tone]
    styles: dict[str, Tone]
    listeners: re.Pattern[str]


@cache
def manners() -> Manners:
    """Return the contents of manner.toml. Raises DataError for unknown keys."""
    data = read_toml(DATA / "manner.toml")
    check_keys("manner.toml ", data, ("person", "tone", "style"))
    check_keys("manner.toml 的 person ", data["person"], ("keep", "form"))
    check_keys("manner.toml 的 style ", data["style"], ("listeners", "form"))
    for entry in data["person"]["form"]:
        check_keys("manner.toml 的人称", entry, ("name", "pairs", "before", "after", "left"))
    return Manners(
        tuple(data["person"]["keep"]),
        {
            entry["name"]: Person(
                tuple((old, new) for old, new in entry["pairs"]),
                entry["before"],
                entry["after"],
                entry["left"],
            )
            for entry in data["person"]["form"]
        },
        {entry["name"]: _tone(entry, ()) for entry in data["tone"]},
        {entry["name"]: _tone(entry, ("person", "title")) for entry in data["style"]["form"]},
        re.compile(data["style"]["listeners"]),
    )


def _tone(entry: dict[str, Any], more: Sequence[str]) -> Tone:
    check_keys("manner.toml 的一条", entry, ("name", "changes", "before", "after", "left", *more))
    changes = tuple((re.compile(pattern), by) for pattern, by in entry["changes"])
    values = {name: entry[name] for name in ("before", "after", "left", *more)}
    return Tone(changes, **values)


def change_person(text: str, person: str, locked: Sequence[str] = ()) -> Changed:
    """Return `text` in `person` (“第三人称”, “第一人称”, “本人”, “我局” …), by literal replacement outside set words."""
    data = manners()
    unit = person[1:] if person.startswith("我") else ""
    form = data.persons.get(person) or data.persons["单位" if unit else "第三人称"]
    pairs = [(old.replace("〈单位〉", unit), new.replace("〈单位〉", unit)) for old, new in form.pairs]
    forms = {**dict(pairs), **{word: word for word in data.keep}}
    pattern = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))))

    def change(piece: str) -> str:
        return _tidied(_outside_quotes(piece, lambda part: pattern.sub(lambda m: forms[m.group()], part)))

    changed = around(text, locked, change)
    if changed == text:
        return Changed(text, (f"没有找到要换成{person}的称谓，文字没有改。",))
    return Changed(changed, (f"已换成{person}，请通读一遍。{form.left}",))


def change_tone(text: str, tone: str, locked: Sequence[str] = ()) -> Changed:
    """Return `text` in `tone` as far as words make it, with a note of what was replaced and what was not."""
    form = manners().tones.get(tone)
    if form is None:
        known = "、".join(manners().tones)
        return Changed(text, (f"按规则能改的语气有：{known}；别的语气请用指令模型（bigan models）。",))
    changed, made = _changed(text, form, locked)
    if not made:
        return Changed(text, (f"没有找到与“{tone}”不合的词句，文字没有改。{form.left}",))
    return Changed(changed, (f"语气改为{tone}：{_shown(made)}。{form.left}",))


def change_style(text: str, genre: str, locked: Sequence[str] = ()) -> Changed:
    """Return `text` with the frame and the turns of `genre`: title, salutation, closing, person, set openings.

    A mere paragraph gets no frame. What the rules leave is said, with the sentences said to hearers.
    """
    form = manners().styles.get(genre)
    if form is None:
        return Changed(text, (f"还没有改成“{genre}”的规则，文种没有改；可以说“根据这篇起草一份{genre}”。",))
    changed, made = _changed(text, form, locked)
    notes = [f"文体改为{genre}：{_shown(made)}。" if made else ""]
    framed = _framed(changed, genre, form.title, locked)
    if framed == changed and not _is_framed(text):
        notes.append("原文只是一段，没有加标题、称谓和结尾。")
    elif framed != changed:
        notes.append(f"称谓、结尾等已换成{genre}的。")
    if form.person:
        person = change_person(framed, form.person, locked)
        framed, notes = person.text, [*notes, *(person.notes if person.text != framed else ())]
    told = [
        framed[a:b].strip() for a, b in split_sentences(framed) if manners().listeners.search(framed[a:b])
    ]
    if told and genre != "讲话稿":
        shown = "”“".join(item[:30] for item in told[:SHOWN])
        notes.append(f"还有{len(told)}句是对听众说的，没有动，请改写：“{shown}”。")
    return Changed(framed, tuple(note for note in (*notes, f"没有做的：{form.left}") if note))


def _changed(text: str, form: Tone, locked: Sequence[str]) -> tuple[str, list[tuple[str, str]]]:
    made: dict[tuple[str, str], None] = {}

    def replaced(match: re.Match[str], by: str) -> str:
        new = match.expand(by)
        if new != match.group():
            made[(match.group(), new)] = None
        return new

    def change(part: str) -> str:
        for pattern, by in form.changes:
            part = pattern.sub(lambda match, by=by: replaced(match, by), part)  # type: ignore[misc]
        return part

    changed = around(text, locked, lambda piece: _outside_quotes(piece, change))
    return changed, list(made)


def _outside_quotes(text: str, change: Any) -> str:
    parts = _PROTECTED.split(text)
    parts[::2] = [change(part) for part in parts[::2]]
    return "".join(parts)


def _tidied(text: str) -> str:
    """Return `text` with 该同志 once a sentence where the sentence goes on about the same one."""
    for _ in range(8):
        shorter = re.sub(r"(该同志[^。！？；\n]*?)该同志的", r"\1其", text)
        shorter = re.sub(r"(该同志[^。！？；\n]*?，)该同志(?!的)", r"\1", shorter)
        shorter = re.sub(
            r"(该同志[^。！？；\n]*?[年月日时后前])该同志(?=还|又|也|再|就|主动|带头)", r"\1", shorter
        )
        if shorter == text:
            break
        text = shorter
    return text


def _shown(made: Sequence[tuple[str, str]]) -> str:
    shown = [
        f"“{_short(old)}”改“{_short(new)}”" if new else f"去掉“{_short(old)}”"
        for old, new in made[: 2 * SHOWN]
    ]
    return "、".join(shown) + (f"等{len(made)}种" if len(made) > 2 * SHOWN else "")


def _short(words: str) -> str:
    words = words.strip()
    return words if len(words) <= SHORT else "……" + words[-SHORT // 2 :]


def _is_framed(text: str) -> bool:
    return any(item.kind in ("title", "addressee", "closing", "signature") for item in parse_elements(text))


def _framed(text: str, genre: str, title: str, locked: Sequence[str]) -> str:
    """Return a whole document with title, salutation and closing of `genre`; anything else as it is."""
    if not _is_framed(text):
        return text
    kind = load_genres()[genre]
    lines: list[str] = []
    elements = parse_elements(text)
    addressed = closed = False
    for place, item in enumerate(elements):
        line = text[item.start : item.end]
        kept = any(part in line for part in locked)
        if item.kind in ("signature", "date", "attachment") and kind.closings and not closed:
            lines.append(kind.closings[0])
            closed = True
        if kept:
            lines.append(line)
        elif item.kind == "title":
            lines.append(_title(line, title))
        elif item.kind not in ("addressee", "closing"):
            lines.append(line)
        behind = elements[place + 1].kind if place + 1 < len(elements) else ""
        if item.kind == "title" and behind != "title" and kind.addressees and not addressed:
            lines.append(kind.addressees[0] + "：")
            addressed = True
    if kind.addressees and not addressed:
        lines.insert(0, kind.addressees[0] + "：")
    return "\n".join(lines if closed or not kind.closings else [*lines, kind.closings[0]])


def _title(line: str, title: str) -> str:
    """Return a title with its last words those of the new kind: 2024年工作总结 → 2024年工作情况汇报."""
    if not title:
        return line
    names = [word for genre in load_genres().values() for word in (genre.name, *genre.aliases)]
    ending = max((word for word in names if line.rstrip().endswith(word)), key=len, default="")
    bare = line.rstrip().removesuffix(ending)
    about = bare + "工作" if ending.startswith("工作") and not title.startswith("工作") else bare
    return about + title if ending else line
