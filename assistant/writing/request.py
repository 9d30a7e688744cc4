"""Understand a request by rules over the genre data, assistant/data/tasks.toml and sections.toml.

The result is shown to the user, who can correct every field; nothing here asks a model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import get_args

from assistant.errors import RequestError
from assistant.knowledge.genres import genre_asked, genre_named
from assistant.knowledge.sections import section_asked
from assistant.knowledge.skeletons import load_skeletons
from assistant.records import RENEWAL, Material, Request, Task
from assistant.resources import DATA, read_toml
from assistant.writing.locks import parted
from assistant.writing.overlap import size_of
from assistant.writing.place import FollowUp, Place, follow_up, place_named
from assistant.writing.renewal.asked import asks_for_renewal, renewal_request

PASTED_MIN = 12  # characters: shorter remainders after a colon are part of the instruction
ASKING = 40  # characters in which people say what they want
LONGEST = 2000  # characters of an instruction; a longer text is material, not something to be understood
PASTED_NAME = "随消息粘贴的材料"


@dataclass(frozen=True, slots=True)
class _Cues:
    """Patterns of tasks.toml; `factors`: instruction, pattern, and how many times as long the text becomes."""

    tasks: tuple[tuple[Task, re.Pattern[str]], ...]
    named: dict[str, tuple[tuple[str, re.Pattern[str]], ...]]
    phrases: dict[str, re.Pattern[str]]
    part: re.Pattern[str]
    factors: tuple[tuple[str, re.Pattern[str], float], ...]


@cache
def _cues() -> _Cues:
    data = read_toml(DATA / "tasks.toml")
    compiled = {
        group: tuple((entry["name"], re.compile(entry["pattern"], re.IGNORECASE)) for entry in data[group])
        for group in ("task", "revision", "tone", "person", "genre")
    }
    known = get_args(Task)
    tasks = tuple((name, pattern) for name, pattern in compiled.pop("task") if name in known)
    phrases = {name: re.compile(pattern) for name, pattern in data["phrases"].items()}
    factors = tuple((item["name"], re.compile(item["pattern"]), item["times"]) for item in data["factor"])
    return _Cues(tasks, compiled, phrases, re.compile(data["part"]["pattern"]), factors)


def understand(
    words: str, task: str = "", materials: tuple[Material, ...] = (), manuscript: str = ""
) -> Request:
    """Return the request as understood.

    `task` is the one chosen by hand ("": find out; RENEWAL: `manuscript` is last year's text). `manuscript` is the text on the canvas: what
    revise and check act on when the words bring no text of their own. `doubts` tells in Chinese
    what had to be guessed. Raises RequestError for an instruction of more than LONGEST characters.
    """
    words = words.strip()
    instruction, pasted = _split_pasted(words)
    if task == RENEWAL or (task in ("", "revise", "draft", "document") and asks_for_renewal(instruction)):
        given = (*materials, Material(PASTED_NAME, pasted)) if pasted else materials
        return renewal_request(words, instruction, pasted, given, manuscript, task == RENEWAL)
    instruction, locked = parted(instruction, pasted or manuscript)
    at_hand = manuscript if manuscript.strip() and not pasted and task in ("", "revise") else ""
    place = place_named(instruction, at_hand)
    asked = _follow_up(instruction, place) if at_hand else None
    chosen, doubts = ("revise", []) if asked else _task(task, instruction, pasted)
    if len(instruction) > LONGEST:
        raise RequestError(
            f"要求太长（{len(instruction)}字），超过{LONGEST}字。",
            "请先用一两句话说要做什么，另起一行粘贴原文或材料，或者把材料存成文件拖进来。",
        )
    if pasted and chosen in ("draft", "document"):
        materials = (*materials, Material(PASTED_NAME, pasted))
    genre = _genre(instruction)
    section = _section(instruction, genre)
    at_a_loss = chosen == "revise" or bool(doubts)
    if at_a_loss and not task and not pasted and not manuscript.strip() and (genre or section):
        # There is nothing to revise and a document is named: it is to be written.
        chosen, doubts = "draft", []
    title = _title(instruction) or _matter(instruction, genre)
    whole = genre_asked(instruction) in load_skeletons()  # short documents are asked for as a whole
    if whole and pasted and doubts and not task:  # “通知：……”
        materials = (*materials, Material(PASTED_NAME, pasted))
        chosen, doubts = "document", []
    chosen = _size_of_draft(chosen, instruction, section, whole)
    section = section if chosen in ("draft", "revise", "find") else ""
    if chosen in ("draft", "document") and not genre:
        doubts.append("没有看出文种，先按“述职报告”来写，可在“理解”一栏改正。")
        genre = "述职报告"
    place = place if chosen == "revise" else None
    text = (pasted or manuscript) if chosen in ("revise", "check") else ""
    revision = _revision(instruction, asked) if chosen == "revise" else ""
    if chosen == "revise" and _unclear(instruction, asked):
        doubts.append(
            "没有看出要怎么改，先按润色来做；可以说明是压缩、扩写、续写、改语气、改人称、改文体还是纠错。"
        )
    if revision == "改文体":
        genre = _target(instruction)
    return Request(
        words=words,
        task=chosen,
        genre=genre,
        section=section,
        title=title,
        topics=(asked.topic,) if asked and asked.topic else _topics(instruction),
        length=_length(instruction, revision, text[place.start : place.end] if place else text),
        tone=_first("tone", instruction),
        person=_first("person", instruction),
        instruction=revision,
        text=text,
        span=(place.start, place.end) if place else (0, 0),
        place=place.name if place else "",
        query=_query(instruction) if chosen == "find" else "",
        materials=materials,
        locked=locked if chosen == "revise" else (),
        doubts=tuple(doubts),
    )


def _follow_up(instruction: str, place: Place | None) -> FollowUp | None:
    """Return what is to be done with a part of the text at hand, None for a request for something else.

    “写一段……，再具体一点” asks for a draft; “再具体一点” alone means all of the text.
    """
    asked = follow_up(instruction)
    if asked is None or asked.action == "增加":
        return asked
    opens = next(pattern for name, pattern in _cues().tasks if name == "draft" and "^" in pattern.pattern)
    return asked if not opens.search(instruction) and (place or asked.action == "删除") else None


def _genre(instruction: str) -> str:
    return (
        genre_asked(instruction)
        or genre_named(_title(instruction))
        or genre_named(instruction)
        or _first("genre", instruction)
    )


def _size_of_draft(task: Task, instruction: str, section: str, whole: bool) -> Task:
    """Return whether a part or the `whole` document is to be drafted; other tasks stay as they are."""
    if task == "draft" and (whole or not section):
        return "document" if whole or not _wants_paragraph(instruction) else task
    if task == "document" and section and not _WHOLE.search(instruction):
        return "draft"
    return task


def _unclear(instruction: str, asked: FollowUp | None) -> bool:
    return bool(instruction) and not asked and not _first("revision", instruction)


def _revision(instruction: str, asked: FollowUp | None) -> str:
    return asked.action if asked else _first("revision", instruction) or "润色"


def _split_pasted(words: str) -> tuple[str, str]:
    """Part an instruction from the text pasted after it (after a line break or a colon).

    A long text that does not begin with asking for something is pasted as a whole.
    """
    for separator in ("\n", "：", ":"):
        head, found, tail = words.partition(separator)
        if found and len(tail.strip()) >= PASTED_MIN and len(head.strip()) <= 120:
            return head.strip(), tail.strip()
    asks = any(pattern.search(words[:ASKING]) for _, pattern in _cues().tasks) and words.count("。") < 3
    return (words, "") if asks or len(words) <= 2 * ASKING else ("", words)


def _task(given: str, instruction: str, pasted: str) -> tuple[Task, list[str]]:
    known = get_args(Task)
    if given in known:
        return next(task for task in known if task == given), []
    for name, pattern in _cues().tasks:
        if pattern.search(instruction):
            return name, []
    if pasted:
        return "revise", ["没有看出要做什么，先当作润色；要做别的，请点任务按钮。"]
    return "find", ["没有看出要做什么，先当作查提法；要做别的，请点任务按钮。"]


def _first(group: str, instruction: str) -> str:
    return next((name for name, pattern in _cues().named[group] if pattern.search(instruction)), "")


_WHOLE = re.compile(r"全文|整篇|完整|一篇|一份")


def _section(instruction: str, genre: str) -> str:
    """Return the section type asked for: the words before “部分”, “那段” decide, else those of the whole request.

    The name of the genre is none of them: 心得体会 is a genre and heads a part of other genres.
    """
    words = _without_titles(instruction).replace(genre, " ") if genre else _without_titles(instruction)
    parts = (
        section_asked(match["words"]) or section_asked(match.group())
        for match in _cues().part.finditer(words)
    )
    return next(filter(None, parts), "") or section_asked(words)


def _wants_paragraph(instruction: str) -> bool:
    return re.search(r"部分|一段|段落|这段|一节|章节", instruction) is not None


def _title(instruction: str) -> str:
    match = re.search(r"《([^《》]{2,80})》", instruction)
    return match.group(1) if match else ""


def _matter(instruction: str, genre: str) -> str:
    """Return “关于…的通知” as a title when the words name the matter so, "" otherwise."""
    match = re.search(rf"关于[^，。；！？\n]{{2,60}}的{re.escape(genre)}", instruction) if genre else None
    return match.group() if match else ""


def _without_titles(instruction: str) -> str:
    return re.sub(r"《[^《》]*》", "", instruction)


def _length(instruction: str, revision: str = "", text: str = "") -> int:
    """Return the length asked for in characters, 0 when nothing is said of it.

    A proportion (扩写一倍, 压缩一半) is one of the length of `text`. For 续写 it is what is to be added.
    """
    match = _cues().phrases["length"].search(instruction)
    size = size_of(text)
    if not match:
        found = (
            times for name, part, times in _cues().factors if name == revision and part.search(instruction)
        )
        return round(size * next(found, 0.0))
    length = (int(match["a"]) + int(match["b"] or match["a"])) // 2
    to = instruction[: match.start()].endswith(("到", "至", "成", "为"))
    if revision == "续写" and to and length > size:
        return length - size
    return length + size if revision == "扩写" and not to and length <= size else length


def _target(instruction: str) -> str:
    """Return the genre that a text is to be turned into: the one named last."""
    pattern = next(pattern for name, pattern in _cues().named["revision"] if name == "改文体")
    named = [match.group() for match in pattern.finditer(instruction)]
    return genre_named(named[-1]) or _first("genre", named[-1]) if named else ""


_NO_TOPIC = re.compile(r"\d|^(?:要|语气|责任人|材料)|[条段字]$|左右$")


def _listed(words: str) -> list[re.Match[str]]:
    """Return the lists that are counted or said to be written about, then those of three parts or more."""
    found = list(_cues().phrases["listed"].finditer(words))
    return sorted(
        (match for match in found if match["tail"] or match["list"].count("、") > 1),
        key=lambda match: not match["tail"],
    )


_COUNTS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8}


def _topics(instruction: str) -> tuple[str, ...]:
    """Return the listed topics; 和/及 parts the last two only where the stated count or 、 before it says so."""
    words = _without_titles(instruction)
    led = _cues().phrases["topics"].finditer(words)
    for match, sure in (
        *((item, bool(item["sure"])) for item in led),
        *((item, False) for item in _listed(words)),
    ):
        parts = _parts(match)
        if (sure or len(parts) > 1) and not any(_NO_TOPIC.search(part) for part in parts):
            return parts
    return ()


def _parts(match: re.Match[str]) -> tuple[str, ...]:
    listed = re.sub(r"(?:等|这)$", "", match["list"].strip(" ，,"))
    parts = [part.strip() for part in re.split(r"[、，,；;]", listed) if part.strip()]
    count = _COUNTS.get(match["count"] or "", int(match["count"]) if (match["count"] or "").isdigit() else 0)
    joined = re.fullmatch(r"(.{2,}?)(?:以及|和|及(?!时)|与)(.{2,})", parts[-1]) if parts else None
    long_enough = joined is not None and len(parts) > 1 and len(joined[1]) > 2
    if joined and (len(parts) + 1 == count if count else long_enough):
        parts[-1:] = [joined[1], joined[2]]
    return tuple(re.sub(r"^(?:以及|和|及|与)", "", part) for part in parts)


def _query(instruction: str) -> str:
    """Return what is looked up: the quoted words if there are any, else the words without the asking."""
    quoted = re.search(r"[“《\"'「]([^”》\"'」]{2,60})[”》\"'」]", instruction)
    if quoted:
        return quoted.group(1)
    find = next(pattern for name, pattern in _cues().tasks if name == "find")
    bare = re.sub(r"^(?:请问|请|帮我|帮忙|我想|查一下|查查|查找|查|找一下|找|关于|有关)+", "", instruction)
    bare = find.sub(" ", bare)
    bare = re.sub(r"[？?。！!，,]|(?:的|是|有|吗|呢|哪里|哪些|什么|几个|相关|方面)(?=\s|$)", " ", bare)
    return " ".join(bare.split()) or instruction
