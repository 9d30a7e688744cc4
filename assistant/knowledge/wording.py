"""Replace colloquial phrases by standard official wording, from assistant/data/wording.toml."""

from __future__ import annotations

import re
from functools import cache

from assistant.resources import DATA, check_keys, read_toml

_PROTECTED = re.compile(r"“[^”]*”|《[^》]*》|‘[^’]*’")


@cache
def load_wording() -> dict[str, str]:
    """Return colloquial phrase → official wording. Raises DataError for a wrong entry."""
    entries = read_toml(DATA / "wording.toml")["wording"]
    for entry in entries:
        check_keys("wording.toml 的一条", entry, ("plain", "official", "bad", "good", "keep", "source"))
    return {entry["plain"]: entry["official"] for entry in entries}


def standard_wording(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return `text` in standard wording and the replacements made, in their order and each once.

    Nothing inside “ ” or 《 》 is touched: those are other people's words.
    """
    words = load_wording()
    if not words:
        return text, ()
    pattern = re.compile(
        f"{_PROTECTED.pattern}|" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    )
    made: dict[tuple[str, str], None] = {}

    def official(match: re.Match[str]) -> str:
        found = match.group()
        if found not in words:
            return found
        made[(found, words[found])] = None
        return words[found]

    return pattern.sub(official, text), tuple(made)
