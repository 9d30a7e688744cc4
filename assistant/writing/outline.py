"""An outline (提纲) as a record and as the plain text a user edits.

One line a part, its points indented below it, the sentences of the material that belong to a point below that:

    标题：××局2024年度工作总结
    〔引言〕（约190字）
    一、主要工作及成效（约1900字）
        理论学习
            材料：全年组织中心组学习12次。
    结尾：特此报告。
    备用材料
        材料：现有公务用车3辆。

A part in 〔〕 has no heading in the document. Behind a heading 〔〕 says what the part does where the words do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.errors import RequestError
from assistant.knowledge.genres import Genre, GenreSection, genre_called
from assistant.knowledge.numerals import chinese_numeral
from assistant.knowledge.outlines import habits_of, load_labels
from assistant.knowledge.sections import load_sections, section_type
from assistant.knowledge.structure import ends_title, heading_number
from assistant.writing.section import part_of

LONGEST = 40  # characters of a heading or a point; what is longer is a sentence
SHORTEST_TITLE = 8
_LENGTH = re.compile(r"\s*[（(]\s*(?:约|大约|左右)?\s*(\d{2,5})\s*字?\s*(?:左右)?\s*[）)]\s*$")
_TAG = re.compile(r"\s*[〔\[【]\s*([^〔〕\[\]【】]{2,10})\s*[〕\]】]\s*$")
_MARK = re.compile(r"(?:[-—*•·●▪]\s*|[一二三四五六七八九十]{1,2}是\s*)")
_BLANK = " \t\u3000\ufeff"


@dataclass(frozen=True, slots=True)
class Topic:
    """A point of a part; `facts` are sentences of the material that stand in it word for word."""

    name: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part: what it does (a section type), its heading without number ("" for none), about how many characters.

    `facts` are sentences that belong to the part, but to none of its topics. `length` is 0 for what is usual.
    `guessed`: neither heading nor tag says what the part does; it is taken for the main part of the genre.
    """

    type: str
    heading: str
    topics: tuple[Topic, ...] = ()
    length: int = 0
    facts: tuple[str, ...] = ()
    guessed: bool = False

    @property
    def label(self) -> str:
        """What the part is called: its heading, else what it does."""
        return self.heading or self.type


@dataclass(frozen=True, slots=True)
class Outline:
    """What a document will consist of, in order; "" and () stand for nothing. `reserve` is material left out."""

    title: str = ""
    addressee: str = ""
    parts: tuple[Part, ...] = ()
    closing: str = ""
    signature: str = ""
    date: str = ""
    reserve: tuple[str, ...] = ()


def body_of(genre: Genre) -> GenreSection:
    """Return the part that reports what the materials tell: 主要工作, else the first that is not prose."""
    listed = [part for part in genre.sections if part.form != "prose"]
    return genre.section("主要工作") or next(iter(listed), genre.sections[0])


def section_of(part: Part, genre: Genre) -> GenreSection:
    """Return how `part` is written: as the genre does it, under the heading of the outline."""
    return replace(part_of(genre, part.type), heading=part.heading)


def outline_text(outline: Outline, genre: Genre) -> str:
    """Return `outline` as the text that `read_outline` reads back."""
    names = {label: words[0] for label, words in load_labels().items()}
    lines = [f"{names['title']}：{outline.title}"] if outline.title else []
    lines += [f"{names['addressee']}：{outline.addressee}"] if outline.addressee else []
    number = 0
    for part in outline.parts:
        number += bool(part.heading)
        length = f"（约{part.length}字）" if part.length else ""
        tag = f"〔{part.type}〕" if not part.heading or _type_of(part.heading, genre) != part.type else ""
        lines.append(
            f"{chinese_numeral(number)}、{part.heading}{tag}{length}" if part.heading else tag + length
        )
        lines += [f"    {names['fact']}：{fact}" for fact in part.facts]
        for topic in part.topics:
            lines += [f"    {topic.name}", *(f"        {names['fact']}：{fact}" for fact in topic.facts)]
    for label in ("closing", "signature", "date"):
        lines += [f"{names[label]}：{value}"] if (value := getattr(outline, label)) else []
    if outline.reserve:
        lines.append(f"{names['reserve']}（不写进文稿；要用就挪到要点下面）")
        lines += [f"    {names['fact']}：{fact}" for fact in outline.reserve]
    return "\n".join(lines)


@dataclass
class _Reading:
    """The outline as far as it was read; `indent` and `level` are those of the first point of the last part."""

    genre: Genre
    outline: Outline = field(default_factory=Outline)
    reserve: bool = False
    indent: int = -1
    level: int = 0

    def last(self, change: Callable[[Part], Part]) -> None:
        *before, part = self.outline.parts
        self.outline = replace(self.outline, parts=(*before, change(part)))


def read_outline(text: str, genre: str) -> Outline:
    """Return the outline of a document of that genre that `text` writes down, parts and points in its order.

    Numbers of headings are not looked at: their order counts. Raises RequestError that names the line, or for an
    unknown genre.
    """
    reading = _Reading(genre_called(genre))
    for number, raw in enumerate(text.splitlines(), 1):
        if line := raw.strip(_BLANK):
            try:
                _read_line(reading, raw.expandtabs(4), line)
            except ValueError as error:
                shown = line if len(line) <= 20 else line[:20] + "…"
                what, advice = error.args
                raise RequestError(f"提纲第{number}行“{shown}”{what}。", advice) from error
    if not reading.outline.parts:
        raise RequestError("提纲里还没有要写的部分。", "请至少写一行标题，例如“一、主要工作”。")
    return reading.outline


def _read_line(reading: _Reading, raw: str, line: str) -> None:
    indent = len(raw) - len(raw.lstrip(_BLANK))
    level = heading_number(line)[0]
    label, value = _labelled(line)
    if label == "fact" or (reading.reserve and indent and not level):
        _read_fact(reading, value if label == "fact" else line)
    elif label == "reserve":
        reading.reserve = True
    elif label:
        if getattr(reading.outline, label):
            raise ValueError("前面已经写过一次", "请只留一行。")
        changed: dict[str, Any] = {label: value}
        reading.outline = replace(reading.outline, **changed)
    elif level > 1 or (level == 0 and (indent or _MARK.match(line))):
        _read_topic(reading, line, indent, level)
    else:
        _read_part(reading, line)


def _labelled(line: str) -> tuple[str, str]:
    """Return the label that opens `line` and what follows it, ("", "") where none does."""
    for label, words in load_labels().items():
        pattern = rf"(?:{'|'.join(words)})" + (r"(?:[：:（(]|$)" if label == "reserve" else r"\s*[：:]")
        if match := re.match(pattern, line):
            return label, line[match.end() :].strip(_BLANK)
    return "", ""


def _read_fact(reading: _Reading, fact: str) -> None:
    if not fact:
        return
    outline = reading.outline
    if reading.reserve:
        reading.outline = replace(outline, reserve=(*outline.reserve, fact))
        return
    if not outline.parts:
        raise ValueError("不知道该写进哪一部分", "请把它放到一行要点或标题的下面。")

    def with_fact(part: Part) -> Part:
        if not part.topics:
            return replace(part, facts=(*part.facts, fact))
        *before, topic = part.topics
        return replace(part, topics=(*before, Topic(topic.name, (*topic.facts, fact))))

    reading.last(with_fact)


def _read_topic(reading: _Reading, line: str, indent: int, level: int) -> None:
    name = line[heading_number(line)[2] :] if level else _MARK.sub("", line, count=1)
    name = name.rstrip("。；;：:，, ")
    if not reading.outline.parts:
        raise ValueError("前面没有标题，不知道是哪一部分的要点", "请先写一行标题，例如“一、主要工作”。")
    part = reading.outline.parts[-1]
    if part.topics and (indent > reading.indent + 1 or 0 < reading.level < level):
        raise ValueError("比要点又低了一层，提纲只写到要点这一层", "请与上面的要点对齐，或者写成“材料：……”。")
    if _LENGTH.search(name):
        raise ValueError("是要点，字数不写在这里", "请把字数写在这一部分的标题后面。")
    if len(name) > LONGEST or "。" in name:
        raise ValueError("像一句正文，不像要点", "要照原样写进文稿的句子，请写成“材料：……”；要点请写短些。")
    if any(topic.name == name for topic in part.topics):
        raise ValueError("在这一部分里写了两次", "请删去一行，或者改成别的要点。")
    if not part.topics:
        reading.indent, reading.level = indent, level
    reading.last(lambda part: replace(part, topics=(*part.topics, Topic(name))))


def _read_part(reading: _Reading, line: str) -> None:
    reading.reserve = False
    genre, outline = reading.genre, reading.outline
    level, _, start = heading_number(line)
    if not outline.parts and not outline.title and not level and _is_title(line, genre):
        reading.outline = replace(outline, title=line)
        return
    length = _LENGTH.search(line)
    rest = line[start : length.start() if length else len(line)].rstrip("。：: ")
    tag = _TAG.search(rest)
    heading = rest[: tag.start()].strip() if tag else rest
    told = _tagged(tag[1].strip(), genre) if tag else _type_of(heading, genre)
    part = Part(
        told or body_of(genre).type, heading, length=int(length[1]) if length else 0, guessed=not told
    )
    if not level and not tag and _headless(heading, genre):
        part = replace(part, type=heading, heading="", guessed=False)
    if len(heading) > LONGEST or "。" in heading:
        raise ValueError("像一句正文，不像标题", "标题请写短些；要照原样写进文稿的句子，请写成“材料：……”。")
    if not heading and not tag:
        raise ValueError("只有序号，没有标题", "请补上标题，或者删去这一行。")
    if any(part.label == other.label for other in outline.parts):
        raise ValueError("前面已经有一个同样的部分", "请改一个标题，或者合成一个部分。")
    reading.outline = replace(outline, parts=(*outline.parts, part))


def _tagged(tag: str, genre: Genre) -> str:
    """Return the section type in 〔〕."""
    if all(tag != section.name for section in load_sections()):
        names = "、".join(dict.fromkeys(part.type for part in genre.sections))
        raise ValueError(f"里的〔{tag}〕不是一种部分", f"〔〕里可以写：{names}。")
    return tag


def _type_of(heading: str, genre: Genre) -> str:
    """Return the section type that a heading tells, "" for none."""
    own = next((part.type for part in genre.sections if part.heading and part.heading == heading), "")
    types = [part.type for part in genre.sections]
    told = own or section_type(heading, types)
    instead = habits_of(told).instead
    return instead if told not in types and instead in types else told


def _is_title(line: str, genre: Genre) -> bool:
    """Tell whether a first line without label is the title; a heading (下一步工作计划) is shorter."""
    headings = [part.heading for part in genre.sections]
    return len(line) >= SHORTEST_TITLE and ends_title(line) and line not in headings


def _headless(name: str, genre: Genre) -> bool:
    part = genre.section(name)
    return part is not None and not part.heading
