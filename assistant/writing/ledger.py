"""The fact ledger: what the user gave, what is to be used and what not, and what became of it in a text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.knowledge.facts import find_facts, same_fact
from assistant.records import Entry, Fact, Finding, Mark, Material
from assistant.writing.facts import given_facts, places_of

_STOP = re.compile(r"[，。；：、！？;!?\n\t]|,(?!\d{3})")  # what ends a clause; 1,280 is one figure
_ABOUT = 24  # characters of the clause shown on either side of the fact
_NEAR = 200  # characters on either side in which the ends of the clause are looked for
# Words before a 文号 that the pattern of facts.toml takes for a part of it.
_LEADING = re.compile(r"^.*(?:按照|根据|依据|依照|落实|贯彻|执行|学习|印发|转发|参照)(?=[^\d]{2,}\d{4})")


def ledger(
    words: str, materials: Sequence[Material], marks: Mapping[str, Mark], original: str = ""
) -> tuple[Entry, ...]:
    """Return the facts of request, materials and original, each once, in the order of their first appearance.

    `marks` says by the fact's text what the user decided. Marked facts that stand nowhere come last.
    """
    texts = {"request": words, **{f"material:{item.name}": item.text for item in materials}}
    texts["original"] = original
    decided = {same_fact(fact): (fact, mark) for fact, mark in marks.items() if mark}
    unmarked: Mark = ""
    found: dict[str, Entry] = {}
    for fact in given_facts(words, materials, original):
        text = _bare(fact)
        form = same_fact(text)
        behind = texts[fact.origin][fact.end : fact.end + 1]
        length = fact.origin == "request" and text.isdigit() and behind == "字"
        if "×" in text + behind or length:
            continue  # a placeholder states nothing, and “写300字” nothing of the matter
        if (known := found.get(form)) is not None:
            origins = tuple(dict.fromkeys((*known.origins, fact.origin)))
            clauses = dict.fromkeys((*known.clauses, about(texts[fact.origin], fact)))
            clauses.pop(known.about, None)
            found[form] = replace(known, origins=origins, clauses=tuple(clauses))
        else:
            spelling, mark = decided.get(form, (text, unmarked))
            found[form] = Entry(spelling, fact.kind, (fact.origin,), about(texts[fact.origin], fact), mark)
    gone = [_elsewhere(fact, mark, texts) for form, (fact, mark) in decided.items() if form not in found]
    return (*found.values(), *gone)


def states(text: str, fact: str) -> bool:
    """Tell whether `text` states `fact` in any spelling, a quotation with or without its marks."""
    return bool(places_of(fact, text) or places_of(fact.strip("“”"), text))


def mark_findings(text: str, entries: Sequence[Entry]) -> tuple[Finding, ...]:
    """Return a warning for each must-use fact that `text` lacks, an error wherever it states a must-not-use one."""
    findings: list[Finding] = []
    for entry in entries:
        if entry.mark == "must" and not states(text, entry.fact):
            findings.append(
                Finding(
                    rule="must-use-fact",
                    severity="warning",
                    start=len(text),
                    end=len(text),
                    quote="",
                    message=f"必用的“{entry.fact.strip('“”')}”没有写进去（{_whence(entry)}）",
                    suggestion="请补写，或者取消“必用”",
                    source="您标明必用的事实",
                )
            )
        for fact in places_of(entry.fact, text) if entry.mark == "never" else ():
            findings.append(
                Finding(
                    rule="must-not-use-fact",
                    severity="error",
                    start=fact.start,
                    end=fact.end,
                    quote=fact.text,
                    message=f"“{entry.fact.strip('“”')}”标了不用，文稿里还有",
                    suggestion="请删去或改写",
                    source="您标明不用的事实",
                )
            )
    return tuple(findings)


def _whence(entry: Entry) -> str:
    if not entry.origins:
        return "您补充的"
    clause = f"：{entry.about}" if entry.about else ""
    return f"出自{entry.whence}{clause}"


def _bare(fact: Fact) -> str:
    return _LEADING.sub("", fact.text) if fact.kind == "document_number" else fact.text


def _elsewhere(word: str, mark: Mark, texts: Mapping[str, str]) -> Entry:
    """Return the entry of a marked word that is not read as a fact, with the texts it stands in."""
    whole = find_facts(word)[:1]
    origins = tuple(name for name, text in texts.items() if word in text)
    place = texts[origins[0]].find(word) if origins else 0
    clause = about(texts[origins[0]], Fact("person", word, place, place + len(word))) if origins else ""
    return Entry(word, whole[0].kind if whole and whole[0].text == word else "", origins, clause, mark)


def about(text: str, fact: Fact) -> str:
    """Return the clause `fact` stands in, with the next one where it stands alone."""
    low, high = max(fact.start - _NEAR, 0), min(fact.end + _NEAR, len(text))
    stops = [match.start() for match in _STOP.finditer(text, low, high)]
    start = max((place + 1 for place in stops if place < fact.start), default=low)
    ends = [*(place for place in stops if place >= fact.end), high, high]
    alone = not (text[start : fact.start] + text[fact.end : ends[0]]).strip()
    before = text[start : fact.start].lstrip()
    after = text[fact.end : ends[1] if alone else ends[0]].rstrip()
    head = before if len(before) <= _ABOUT else "…" + before[-_ABOUT:]
    tail = after if len(after) <= _ABOUT else after[:_ABOUT] + "…"
    return head + fact.text + tail if _STOP.sub("", head + tail).strip() else ""
