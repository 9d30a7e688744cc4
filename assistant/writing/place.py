"""Find the part of a text that a request names: “第二条”, “最后一句”, “问题部分”, “开头”.

Pure functions; the words stand in assistant/data/followup.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from assistant.knowledge.sections import section_match
from assistant.knowledge.structure import (
    chinese_number,
    heading_number,
    heading_text,
    numbered_points,
    parse_elements,
    split_sentences,
)
from assistant.resources import DATA, check_keys, read_toml

ITEMS = ("条", "点", "项", "问题", "方面")


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a text and what it is called."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a request asks to do with a part of the text; `topic` is that of a point to add."""

    action: str
    topic: str = ""


@cache
def _data() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], re.Pattern[str], dict[str, re.Pattern[str]]]:
    data = read_toml(DATA / "followup.toml")
    check_keys("followup.toml ", data, ("action", "topic", "place"))
    for entry in data["action"]:
        check_keys("followup.toml 的一条", entry, ("name", "pattern", "examples"))
    actions = tuple((entry["name"], re.compile(entry["pattern"])) for entry in data["action"])
    places = {name: re.compile(pattern) for name, pattern in data["place"].items()}
    return actions, re.compile(data["topic"]["pattern"]), places


def follow_up(words: str) -> FollowUp | None:
    """Return what `words` ask to do with a part of the text, None when they ask for something else."""
    actions, topic, _ = _data()
    action = next((name for name, pattern in actions if pattern.search(words)), "")
    if not action:
        return None
    about = topic.search(words) if action == "增加" else None
    return FollowUp(action, about["topic"] if about else "")


def place_named(words: str, text: str) -> Place | None:
    """Return the part of `text` that `words` name, None when they name none or one that `text` has not.

    Larger parts narrow smaller ones: “问题部分的第二条”, “第二条的最后一句”.
    """
    _, _, patterns = _data()
    scope = _section(words, text)
    names = [scope.name] if scope else []
    inside = scope or Place(0, len(text), "")
    found = scope
    asked = [
        *(("ordinal", match) for match in patterns["ordinal"].finditer(words)),
        *(("last", match) for match in patterns["last"].finditer(words)),
    ]
    asked.sort(key=lambda pair: ("条点项问题方面段句".find(pair[1]["unit"][0]), pair[1].start()))
    for kind, match in asked:
        parts = _parts(text, inside, match["unit"])
        number = _number(match["number"]) if kind == "ordinal" else len(parts)
        if not 0 < number <= len(parts):
            return None
        start, end = parts[number - 1]
        names.append(match.group())
        inside = found = Place(start, end, "的".join(names))
    if found is None or (scope and found is scope):
        edge = _edge(words, text, inside)
        found = Place(edge.start, edge.end, "的".join([*names, edge.name])) if edge else found
    if found is None or scope:
        return found
    section = section_place(text, found.start)  # a document has several 第二条: say which it is
    inner = section.name and (section.start or section.end < len(text.rstrip()))
    return Place(found.start, found.end, f"{section.name}的{found.name}" if inner else found.name)


def says_after(words: str) -> bool:
    """Tell whether something is to stand behind the place that `words` name."""
    return bool(_data()[2]["after"].search(words))


def items(text: str, scope: Place) -> list[tuple[int, int]]:
    """Return the spans of the numbered parts of `scope` on its highest level, in their order.

    Points 一是…… 二是…… where they are one series, else headings or numbered paragraphs with what stands
    below them.
    """
    points = [point for point in numbered_points(text) if _within(point[0], scope)]
    numbers = [number for _, _, number in points]
    # A series begins with 一是; 一是 twice in a row is a slip within one.
    begun = [before for before, number in zip(numbers, numbers[1:], strict=False) if number == 1 < before]
    if points and not begun:
        return [(start, end) for start, end, _ in points]
    lines = [element for element in parse_elements(text) if _within(element.start, scope)]
    levels = [heading_number(line.text)[0] for line in lines]
    inner = levels[1:] if levels and lines[0].start == scope.start and len(lines) > 1 else levels
    best = min((level for level in inner if level), default=0)
    starts = [
        place
        for place, level in enumerate(levels)
        if level == best and best and (place > 0 or inner is levels)
    ]
    spans = []
    for number, place in enumerate(starts):
        last = starts[number + 1] if number + 1 < len(starts) else len(lines)
        body = [line for line in lines[place:last] if line.kind in ("heading", "body")]
        spans.append((lines[place].start, body[-1].end))
    return spans


def section_place(text: str, position: int) -> Place:
    """Return the part under the level-one heading that `position` stands in, all of `text` where there is none."""
    heads = [line for line in parse_elements(text) if line.kind == "heading" and line.level == 1]
    bounds = [head.start for head in heads]
    before = [place for place in bounds if place <= position]
    after = [place for place in bounds if place > position]
    start = before[-1] if before else 0
    end = after[0] if after and before else len(text)
    return Place(start, len(text[:end].rstrip()), heading_text(text[start:end].split("\n")[0]))


def body_end(text: str) -> int:
    """Return where the body of `text` ends, before what closes it: 结语、署名、日期."""
    ends = [item.end for item in parse_elements(text) if item.kind in ("heading", "body")]
    return len(text[: max(ends, default=len(text))].rstrip())


def _section(words: str, text: str) -> Place | None:
    wanted, told = section_match(words)
    if not wanted or told in ("开头",):
        return None
    lines = parse_elements(text)
    for place, line in enumerate(lines):
        if line.kind == "heading" and section_match(heading_text(line.text))[0] == wanted:
            below = [n for n in lines[place + 1 :] if n.kind not in ("heading", "body")]
            ends = [n.start for n in lines[place + 1 :] if n.kind == "heading" and n.level <= line.level]
            ends += [n.start for n in below]
            end = min(ends, default=len(text))
            return Place(line.start, len(text[:end].rstrip()), heading_text(line.text))
    return None


def _parts(text: str, scope: Place, unit: str) -> list[tuple[int, int]]:
    if unit in ITEMS:
        return items(text, scope)
    body = [line for line in parse_elements(text) if line.kind == "body" and _within(line.start, scope)]
    if unit == "段":
        return [(line.start, line.end) for line in body]
    if not body:  # inside a point that is part of a line
        return [
            (scope.start + start, scope.start + end)
            for start, end in split_sentences(text[scope.start : scope.end])
        ]
    return [
        (line.start + start, line.start + end)
        for line in body
        for start, end in split_sentences(line.text)
        if _within(line.start + start, scope)
    ]


def _edge(words: str, text: str, scope: Place) -> Place | None:
    """Return the opening or ending sentence or paragraph that `words` name."""
    patterns = _data()[2]
    body = [line for line in parse_elements(text) if line.kind == "body" and _within(line.start, scope)]
    if not body:
        return None
    if patterns["opening"].search(words):
        first = body[0]
        if numbered_points(first.text) or heading_number(first.text)[0]:
            start, end = split_sentences(first.text)[0]
            return Place(first.start + start, first.start + end, "开头一句")
        return Place(first.start, first.end, "开头一段")
    if patterns["ending"].search(words):
        return Place(body[-1].start, body[-1].end, "结尾一段")
    return None


def _within(position: int, scope: Place) -> bool:
    return scope.start <= position < scope.end


def _number(digits: str) -> int:
    return int(digits) if digits.isdecimal() else chinese_number(digits)
