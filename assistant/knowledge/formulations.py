"""Standard formulations (规范表述): words quoted exactly, with their source and the time they hold for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.errors import DataError
from assistant.knowledge.entries import read_entry
from assistant.resources import check_keys, read_toml

DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Formulation:
    """One formulation: `text` is its canonical wording, `quote` where the source says it, word for word.

    `date`, `valid_from` and `valid_until` are ISO dates, possibly only year or year and month, or "".
    `wrong` are wordings that mean it and are wrong. `path` is the file's name inside the corpus.
    """

    name: str
    text: str
    kind: str
    source: str
    parts: tuple[str, ...] = ()
    issuer: str = ""
    date: str = ""
    quote: str = ""
    checked: str = ""
    valid_from: str = ""
    valid_until: str = ""
    replaced_by: str = ""
    wrong: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    note: str = ""
    path: str = ""


@cache
def load_formulations(folder: Path) -> tuple[Formulation, ...]:
    """Return the formulations of all TOML files in `folder`, in the order of file names and entries.

    Raises DataError for an unreadable file, a wrong entry, or a name given twice.
    """
    found: dict[str, Formulation] = {}
    for path in sorted(folder.glob("*.toml")):
        data = read_toml(path)
        check_keys(f"规范表述文件“{path.name}”", data, ("formulation",))
        for entry in data["formulation"]:
            item = _read(path, entry)
            if item.name in found:
                raise DataError(f"规范表述“{item.name}”出现了两次（{path.name}）。", "请只保留一处。")
            found[item.name] = item
    return tuple(found.values())


def _read(path: Path, entry: dict[str, object]) -> Formulation:
    where = f"“{path.name}”的规范表述“{entry.get('name', '')}”"
    if "path" in entry:
        raise DataError(f"{where}有不认识的项：path。", "请删去后重试。")
    item = read_entry(Formulation, where, {**entry, "path": f"{path.parent.name}/{path.name}"})
    if not (item.name.strip() and item.text.strip() and item.source.strip()):
        raise DataError(f"{where}缺少名称、正文或出处。", "请补上后重试。")
    for date in (item.date, item.valid_from, item.valid_until):
        if date and not DATE.fullmatch(date):
            raise DataError(f"{where}的日期“{date}”应当写成 2023-10-16 的样子。", "请改正后重试。")
    return item


def folded(words: str) -> str:
    """Return `words` without spaces, quotation marks and the marks between parts, for comparing what people type."""
    return re.sub(r"[\s“”\"'‘’「」『』〝〞＂、，,；;·—-]", "", words)


def find_formulations(query: str, formulations: Iterable[Formulation]) -> tuple[Formulation, ...]:
    """Return the formulations that `query` names, the longest naming first.

    A formulation is named by its name, its text or one of its wrong wordings standing in the query,
    spaces, quotation marks and a bracketed addition to the name aside. One whose naming lies inside
    that of another is left out; of equally long ones those still valid come first.
    """
    text = folded(query)
    found: list[tuple[int, int, Formulation]] = []
    for item in formulations:
        bare = re.sub(r"（[^（）]*）$", "", item.name)
        words = [folded(word) for word in (item.name, bare, item.text, *item.wrong)]
        places = [(text.find(word), len(word)) for word in words if word and word in text]
        if places:
            start, length = max(places, key=lambda place: place[1])
            found.append((start, start + length, item))
    found.sort(key=lambda place: (place[0] - place[1], place[2].valid_until != "", place[0]))
    kept: list[tuple[int, int, Formulation]] = []
    for start, end, item in found:
        if not any(low <= start and end <= high and (low, high) != (start, end) for low, high, _ in kept):
            kept.append((start, end, item))
    return tuple(item for _, _, item in kept)
