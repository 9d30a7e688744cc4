"""Find the facts a writer answers for: figures, dates, 文号, titles, quotations, names.

The patterns stand in assistant/data/facts.toml. Earlier patterns win, so the figure inside a title or
a date is not read a second time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from assistant.records import Fact, FactKind
from assistant.resources import DATA, check_keys, read_toml


@cache
def _patterns() -> tuple[tuple[FactKind, re.Pattern[str]], ...]:
    entries = read_toml(DATA / "facts.toml")["fact"]
    for entry in entries:
        check_keys("facts.toml 的一条", entry, ("kind", "pattern", "source", "examples"))
    return tuple((entry["kind"], re.compile(entry["pattern"])) for entry in entries)


@cache
def _spoken() -> tuple[tuple[re.Pattern[str], str], ...]:
    entries = read_toml(DATA / "facts.toml")["same"]
    for entry in entries:
        check_keys("facts.toml 的一种写法", entry, ("spoken", "written", "source", "examples"))
    return tuple((re.compile(entry["spoken"]), entry["written"]) for entry in entries)


def find_facts(text: str, origin: str = "") -> tuple[Fact, ...]:
    """Return the facts of `text` in their order, spans disjoint, each marked with `origin`."""
    taken = bytearray(len(text))
    facts: list[Fact] = []
    for kind, pattern in _patterns():
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\x01" * (end - start)
            facts.append(Fact(kind, match.group(), start, end, origin))
    return tuple(sorted(facts, key=lambda fact: fact.start))


def same_fact(text: str) -> str:
    """Return the form under which two spellings of one fact compare equal.

    Full-width characters, inner spaces, thousands separators and spoken units (号, 块钱) do not make another fact.
    """
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    for spoken, written in _spoken():
        folded = spoken.sub(written, folded)
    return re.sub(r"(?<=\d),(?=\d{3})", "", folded)


def stated(facts: Iterable[Fact]) -> frozenset[str]:
    """Return the comparable forms of `facts`, for membership tests with `supported`."""
    return frozenset(same_fact(fact.text) for fact in facts)


def _stands_in(form: str, kind: FactKind, text: str) -> bool:
    """Tell whether the comparable `form` stands in `text`; a figure must be whole: 5 is not in 15 or 5%."""
    if kind not in ("figure", "date"):
        return form.strip("“”") in text
    return re.search(rf"(?<![\d.]){re.escape(form)}(?![\d.%‰万亿千百])", text) is not None


def supported(fact: Fact, known: frozenset[str], sources: str) -> bool:
    """Tell whether `fact` is among `known` or stands in `sources` (one text of all allowed sources)."""
    form = same_fact(fact.text)
    return form in known or _stands_in(form, fact.kind, same_fact(sources))


def missing_facts(original: str, revised: str) -> tuple[Fact, ...]:
    """Return the facts of `original` that `revised` no longer states anywhere."""
    known = stated(find_facts(revised))
    return tuple(fact for fact in find_facts(original, "original") if not supported(fact, known, revised))


def new_facts(original: str, revised: str) -> tuple[Fact, ...]:
    """Return the facts of `revised` that `original` does not state."""
    known = stated(find_facts(original))
    return tuple(fact for fact in find_facts(revised) if not supported(fact, known, original))
