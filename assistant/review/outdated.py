"""Institutions, words and laws that no longer held when the document was written (assistant/data/outdated.toml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.knowledge.entries import read_entry
from assistant.knowledge.structure import parse_elements
from assistant.records import Finding, Severity
from assistant.resources import DATA, check_keys, read_toml
from assistant.review.vocabulary import words_of

HEAD = 200  # characters in which a text without date line says when it was written
_DATE = re.compile(r"((?:19|20)\d{2})年(?:(1[0-2]|0?[1-9])月(?:(3[01]|[12]\d|0?[1-9])日)?)?")
_PAST = re.compile(
    r"(?<![\d到至在年—－-])((?:19|20[0-2])\d{1,2}(?<=\d{4}))(?=年(?!前|底前|末前|以?后|建成|实现|基本))"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|〕|[—－-](?:19|20)\d{2}年)")


@dataclass(frozen=True, slots=True)
class Outdated:
    """What must not be used as current from `since` (ISO) on, and what stands for it `now`.

    The examples are told, or not, in a document of `year`.
    """

    id: str
    pattern: str
    since: str
    now: str
    severity: str
    source: str
    year: str
    bad: tuple[str, ...]
    good: tuple[str, ...]
    needs_date: bool = False
    checked: str = ""  # with what the source was compared; "" for what was written from knowledge


@cache
def load_outdated(path: Path = DATA / "outdated.toml") -> tuple[Outdated, ...]:
    """Return the entries of the data file in their order. Raises DataError for a wrong one."""
    data = read_toml(path)
    check_keys(f"数据文件“{path.name}”", data, ("outdated",))
    return tuple(read_entry(Outdated, f"“{path.name}”的一条", entry) for entry in data["outdated"])


@cache
def _past() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what stands before a former name, and words of the change itself (chronology.toml)."""
    words = words_of("chronology", "outdated", ("former", "change"))
    return re.compile(rf"(?:{words['former']})[^，。；、]{{0,10}}$"), re.compile(words["change"])


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def date_of(text: str) -> str:
    """Return when the text was written as ISO date, month or year, "" when nothing tells it.

    The date line tells it, else the latest date in the title, else that in the opening.
    """
    elements = parse_elements(text)
    lines = [element.text for element in elements if element.kind == "date"]
    titles = "".join(element.text for element in elements if element.kind == "title")
    for place in (*lines[-1:], titles, text[:HEAD]):
        found = [_iso(match) for match in _DATE.finditer(place)]
        if found:
            return max(found)
    return ""


def _iso(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])


def check_outdated(text: str, date: str = "") -> Iterator[Finding]:
    """Yield a finding for each name used as current after it was replaced; `date` is ISO, "" reads it from the text.

    Without a date a text is taken to be of today, unless all years in it lie before.
    """
    date = date or date_of(text)
    latest = date or max(_PAST.findall(text), default="")
    for entry in load_outdated():
        if entry.needs_date and not date:
            continue
        if latest and latest[: len(entry.since)] <= entry.since[: len(latest)]:
            continue
        for match in _compiled(entry.pattern).finditer(text):
            if not _told_of_the_past(text, match.start(), match.end(), entry.since):
                yield _finding(entry, match)


def _told_of_the_past(text: str, start: int, end: int, since: str) -> bool:
    """Tell whether the place speaks of the time before `since`, of the change itself, or cites a title."""
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("。", end)
    sentence = text[max(text.rfind("。", line, start) + 1, line) : len(text) if stop < 0 else stop].partition(
        "\n"
    )[0]
    before = text[line:start]
    former, change = _past()
    if former.search(before) or change.search(sentence):
        return True
    if not text.startswith("《", start) and before.count("《") > before.count("》"):
        return True
    years: list[str] = _YEAR.findall(before)
    return bool(years) and years[-1] <= since[:4]


def _finding(entry: Outdated, match: re.Match[str]) -> Finding:
    severity: Severity = "hint" if entry.severity == "hint" else "warning"
    return Finding(
        rule=f"outdated-{entry.id}",
        severity=severity,
        start=match.start(),
        end=match.end(),
        quote=match.group(),
        message=f"“{match.group()}”是{entry.since[:4]}年以前的说法，现为{entry.now}；叙述当时的事可写“原”",
        suggestion=entry.now,
        source=entry.source,
    )
