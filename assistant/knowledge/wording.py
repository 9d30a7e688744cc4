"""Replace colloquial phrases by standard official wording, from assistant/data/wording/*.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.errors import DataError
from assistant.resources import DATA, check_keys, read_toml

_PROTECTED = re.compile(r"(“[^”]*”|《[^》]*》|‘[^’]*’)")
_KEYS = ("plain", "official", "bad", "good", "keep", "source")


@dataclass(frozen=True, slots=True)
class Wording:
    """One replacement; `bad` becomes `good`, and `keep` must stay as it is."""

    pattern: re.Pattern[str]
    official: str
    bad: str
    good: str
    keep: str


@cache
def load_wording() -> tuple[Wording, ...]:
    """Return the literal phrases, longest first, then the turns that need their surroundings.

    Raises DataError for a wrong entry.
    """
    entries = [_entries(path) for path in sorted((DATA / "wording").glob("*.toml"))]
    literal = sorted((item for words, _ in entries for item in words), key=lambda item: -len(item["plain"]))
    if len({entry["plain"] for entry in literal}) < len(literal):
        raise DataError("规范用语词典有重复的词条。", "请只保留一处。")
    return (
        *(_wording(entry, re.escape(entry["plain"]), entry["official"]) for entry in literal),
        *(_wording(entry, entry["plain"], entry["official"]) for _, turns in entries for entry in turns),
    )


def _entries(path: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the literal phrases and the turns of one file."""
    data = read_toml(path)
    check_keys(f"{path.name} ", data, (), ("wording", "pattern"))
    words, turns = data.get("wording", []), data.get("pattern", [])
    for entry in (*words, *turns):
        check_keys(f"{path.name} 的“{entry.get('plain', '')}”", entry, _KEYS)
    return words, turns


def _wording(entry: dict[str, str], pattern: str, official: str) -> Wording:
    return Wording(re.compile(pattern), official, entry["bad"], entry["good"], entry["keep"])


def standard_wording(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return `text` in standard wording and the replacements made, each once.

    Nothing inside “ ” or 《 》 is touched: those are other people's words.
    """
    made: dict[tuple[str, str], None] = {}
    parts = _PROTECTED.split(text)
    for place in range(0, len(parts), 2):  # the odd ones are protected
        for wording in load_wording():
            parts[place] = wording.pattern.sub(lambda match, w=wording: _noted(match, w, made), parts[place])
    return "".join(parts), tuple(made)


def _noted(match: re.Match[str], wording: Wording, made: dict[tuple[str, str], None]) -> str:
    replacement = match.expand(wording.official)
    made[(match.group(), replacement)] = None
    return replacement
