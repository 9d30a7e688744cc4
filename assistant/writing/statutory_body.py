"""The body of a document with a skeleton: what stands for each of its lines, and the numbering."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from assistant.knowledge.numerals import chinese_numeral
from assistant.knowledge.skeletons import Line, Skeleton, Variant, filled, load_speech, slots_of
from assistant.records import Request
from assistant.writing.overlap import overlap
from assistant.writing.slots import Left, Said, Value, listed

BELONGS = 0.2  # share of a topic's bigrams that a sentence of the user must carry to belong to it
RUN_IN = 60  # characters up to which a text stands behind its label (一、会议时间：……) and not below it
_ENDS = ("。", "！", "？", "：", "；")


@dataclass(frozen=True, slots=True)
class Case:
    """One request: its skeleton, the texts, what fills the slots, what is left over, and the blanks that show."""

    request: Request
    skeleton: Skeleton
    variant: Variant
    said: tuple[Said, ...]
    values: Mapping[str, Value]
    topics: tuple[str, ...]
    left: tuple[Left, ...] = ()
    blanks: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """Paragraphs of the body. A `label` or `items` takes part in the numbering 一、二、; `set`: a wording of the skeleton."""

    texts: tuple[str, ...]
    label: str = ""
    items: bool = False
    lined: bool = False
    set: bool = False
    slots: tuple[str, ...] = ()


def choice(case: Case, say: Sequence[str], required: bool = True) -> str | None:
    """Return the first wording whose slots are all filled, else the one nearest to it where one is required."""

    def lack(text: str) -> tuple[int, int]:
        named = set(slots_of(text))
        missing = len(named - case.values.keys())
        return missing, missing - len(named) if missing else 0

    best = min(say, key=lack, default=None)
    return best if best is not None and (required or not lack(best)[0]) else None


def fill_in(case: Case, text: str, labelled: bool = False) -> str:
    """Return a wording with its values and blanks; behind a label the blank need not say what is missing."""
    values: dict[str, str] = {}
    for name in slots_of(text):
        if name in case.values:
            values[name] = case.values[name].text
            continue
        blank = case.skeleton.slots[name].blank
        plain = labelled or f"：{{{name}}}" in text
        values[name] = f"××（{name}）" if blank == "××" and not plain else blank
        if "×" in blank:
            case.blanks[name] = None
    return filled(text, values)


def blocks_of(case: Case, line: Line) -> Iterator[Block]:
    """Yield what stands for one line of the skeleton: the user's own labelled lines before what is left over."""
    say = choice(case, line.say, line.required and not line.rest)
    if not line.rest:
        if say is not None:
            yield _wording(case, line, say)
        return
    apart = line.items or any(other.label for other in case.variant.lines)
    left = [item for item in case.left if not (apart and item.heading and _heads(item, case.left))]
    topics = case.topics if line.items else ()
    given = (*(listed(fill_in(case, say)) if say else ()), *(_topic(topic, line, left) for topic in topics))
    left = [item for item in left if not any(_belongs(item, topic) for topic in topics)]
    own = [item for item in left if item.label] if apart else []
    plain = (
        line.items and own and not given
    )  # a file with headings keeps its order, and its other lines no number
    free = [] if plain else [item for item in left if item not in own]
    for (_, label), found in groupby(left if plain else own, lambda item: (item.said, item.label)):
        group = tuple(found)
        yield _under_label(label, group) if label else Block(tuple(_rest(group, False)))
    texts = [*map(_stopped, given), *_rest(free, bool(line.label or line.items))]
    if texts:
        yield Block(tuple(texts), line.label, line.items, len(texts) > 1 and bool(line.label))
    elif line.missing and not own:
        if "×" in line.missing:
            case.blanks[line.missing.strip("×（）。")] = None
        yield Block((line.missing,), line.label, set=True)


def _heads(heading: Left, left: Sequence[Left]) -> bool:
    return any(item.label == heading.text for item in left)


def _under_label(label: str, left: Sequence[Left]) -> Block:
    """Return what the user put under a label or heading of their own, line by line."""
    if len(left) == 1:
        parts = listed(left[0].text)
        return Block(tuple(map(_stopped, parts)), label, lined=len(parts) > 1)
    lines: dict[int, str] = {}
    for item in left:
        lines[item.line] = lines.get(item.line, "") + _stopped(item.text)
    marked = {item.line for item in left if item.marked} == lines.keys()
    return Block(tuple(lines.values()), label, lined=len(lines) > 1 and marked)


def _wording(case: Case, line: Line, say: str) -> Block:
    """Return a wording of the skeleton; a value alone that counts its items stands item by item."""
    names = slots_of(say)
    if line.each:
        items = listed(fill_in(case, say))
        if len(items) == 1:
            items = tuple(re.split("[，；]" if re.search("[，；]", items[0]) else "、", items[0]))
        texts = tuple(
            line.each.replace("{序}", chinese_numeral(number)).replace("{项}", item)
            for number, item in enumerate(items, 1)
        )
        return Block(texts, set=True, slots=names)
    if names and say == f"{{{names[0]}}}":
        items = listed(fill_in(case, say, bool(line.label)))
        return Block(tuple(map(_stopped, items)), line.label, line.items, len(items) > 1, True, names)
    texts = tuple(
        _doubled(_stopped(text) if not line.label else text) for text in fill_in(case, say).split("\n")
    )
    return Block(texts, line.label, line.items, set=True, slots=names)


def _belongs(item: Left, topic: str) -> bool:
    return overlap(topic, item.text) >= BELONGS


def _topic(topic: str, line: Line, left: Sequence[Left]) -> str:
    """Return a topic of the user with what the user said on it, else as the skeleton has it."""
    own = [_stopped(item.text) for item in left if _belongs(item, topic)]
    return f"{topic}。{''.join(own)}" if own else line.topic.replace("{题}", topic)


def _rest(left: Sequence[Left], apart: bool) -> list[str]:
    """Return the sentences left over, each apart or those of one line of the user in one paragraph as they stand.

    Of a file a line is an item.
    """
    cut = re.compile(rf"[，；](?={load_speech().apart})")
    texts: dict[tuple[int, int, int], str] = {}
    for place, item in enumerate(left):
        parts = cut.split(item.text) if apart and item.said == 0 else [item.text if apart else item.raw]
        for number, part in enumerate(parts):
            key = (item.said, item.line, 0) if not apart or item.said else (0, place, number)
            texts[key] = texts.get(key, "") + (part if item.heading else _stopped(part))
    return list(texts.values())


def _stopped(text: str) -> str:
    """Return a sentence with a stop at its end."""
    text = text.rstrip(" 　，,、")
    return text if text.endswith(_ENDS) else text + "。"


def _doubled(text: str) -> str:
    """Return `text` without the marks that double where a value brings its own (。。)."""
    return re.sub(r"([。；，])[。；，]+", r"\1", text)


def numbered(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield the paragraphs; labels and items are numbered 一、二、 where there is more than one of them."""
    count = sum(
        len(block.texts) if block.items and not block.label else bool(block.label) for block in blocks
    )
    number = 0
    for block in blocks:
        if block.items and not block.label:
            for text in block.texts:
                number += 1
                yield f"{chinese_numeral(number)}、{text}" if count > 1 else text
        elif block.label:
            number += 1
            mark = f"{chinese_numeral(number)}、" if count > 1 else ""
            if runs_in(block):
                yield f"{mark}{block.label}：{block.texts[0]}"
                continue
            yield mark + block.label
            for place, text in enumerate(block.texts, 1):
                yield f"（{chinese_numeral(place)}）{text}" if block.lined else text
        else:
            yield from block.texts


def runs_in(block: Block) -> bool:
    """Tell whether the text of a block stands behind its label."""
    return bool(block.label) and len(block.texts) == 1 and len(block.texts[0]) <= RUN_IN
