"""Keep facts that nobody gave out of a draft: what the user did not supply becomes ××."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.knowledge.facts import find_facts, same_fact, stated, supported
from assistant.records import Fact, Finding, Hit, Material, Request

PLACEHOLDER = "××"
_NUMBER = re.compile(
    r"[\d０-９][\d０-９,，.．]*|[〇零一二三四五六七八九十百千两]{2,}|[二三四五六七八九十百千两](?=[万亿余多]?[人名户家次件期场篇亩])"
)


def given_facts(words: str, materials: Sequence[Material], original: str = "") -> tuple[Fact, ...]:
    """Return the facts the user supplied: in the request, the materials and the text to revise."""
    facts = list(find_facts(words, "request"))
    for material in materials:
        facts += find_facts(material.text, f"material:{material.name}")
    return (*facts, *find_facts(original, "original"))


def known_facts(request: Request) -> tuple[Fact, ...]:
    """Return the facts a text may state: those given and those marked must, less those marked never."""
    given = given_facts("\n".join((request.words, *request.must)), request.materials, request.text)
    return tuple(fact for fact in given if not any(places_of(word, fact.text) for word in request.never))


def places_of(word: str, text: str) -> tuple[Fact, ...]:
    """Return where `text` states the fact `word`, other spellings of it included.

    A figure or date must be the same as a whole (5% is not in 15%), a number without unit is that of any unit;
    a name or a quotation is found inside longer ones as well.
    """
    if not word.strip():
        return ()
    form = same_fact(word)
    (whole,) = find_facts(word)[:1] or (Fact("person", word, 0, len(word)),)
    measured = whole.text == word and whole.kind in ("figure", "date")
    found = {(fact.start, fact.end): fact for fact in find_facts(text) if _is_stated(form, fact)}
    for match in () if measured else re.finditer(re.escape(word), text):
        found.setdefault(match.span(), Fact(whole.kind, match.group(), *match.span()))
    places: list[Fact] = []
    for fact in sorted(found.values(), key=lambda item: (item.start, -item.end)):
        if not places or fact.start >= places[-1].end:
            places.append(fact)
    return tuple(places)


def _is_stated(form: str, fact: Fact) -> bool:
    other = same_fact(fact.text)
    bare = fact.kind == "figure" and form.isdigit()
    return other == form or (bare and re.match(rf"{form}(?![\d.%‰万亿千百])", other) is not None)


def hidden(text: str, never: Sequence[str]) -> str:
    """Return `text` with every fact of `never` as ××."""
    for word in never:
        for fact in reversed(places_of(word, text)):
            text = text[: fact.start] + _masked(fact) + text[fact.end :]
    return text


def mask_facts(text: str, known: Sequence[Fact], sources: str) -> str:
    """Return `text` with every figure, date, number, title and name that nobody supplied as ××.

    Units stay (5个支部 → ××个支部), and so do quotations: a set phrase is no fact of one unit.
    """
    forms = stated(known)
    parts: list[str] = []
    done = 0
    for fact in find_facts(text):
        if fact.kind == "quotation" or supported(fact, forms, sources):
            continue
        parts += [text[done : fact.start], _masked(fact)]
        done = fact.end
    return "".join(parts) + text[done:]


def _masked(fact: Fact) -> str:
    if fact.kind == "title":
        return f"《{PLACEHOLDER}》"
    if fact.kind in ("figure", "date", "document_number"):
        masked = _NUMBER.sub(PLACEHOLDER, fact.text)
        return masked if masked != fact.text else PLACEHOLDER
    return f"“{PLACEHOLDER}”" if fact.text.startswith("“") else PLACEHOLDER


def facts_of_draft(text: str, known: Sequence[Fact], hits: Sequence[Hit]) -> tuple[Fact, ...]:
    """Return the facts that stand in `text`, each with where it came from; origin "" when from nowhere."""
    origins = {fact_form: fact.origin for fact in reversed(known) for fact_form in stated([fact])}
    found: list[Fact] = []
    for fact in find_facts(text):
        if "×" in (
            fact.text[:1],
            fact.text[-1:],
            text[fact.start - 1 : fact.start],
            text[fact.end : fact.end + 1],
        ):
            continue  # a placeholder (20××年) states nothing yet
        if fact.kind == "title" and PLACEHOLDER in fact.text:
            continue
        (form,) = stated([fact])
        origin = origins.get(form, "") or next(
            (hit.passage.id for hit in hits if supported(fact, frozenset(), hit.passage.text)), ""
        )
        found.append(replace(fact, origin=origin))
    return tuple(found)


def unsupported_findings(facts: Sequence[Fact]) -> tuple[Finding, ...]:
    """Return a finding for each fact of a draft that stands in no material, request or source."""
    return tuple(
        Finding(
            rule="unsupported-fact",
            severity="warning" if fact.kind == "quotation" else "error",
            start=fact.start,
            end=fact.end,
            quote=fact.text,
            message=f"“{fact.text.strip('“”')}”在您给的材料、要求和引用的出处里都没有",
            suggestion="请核实后补上依据，或者删去",
            source="凡数字、日期、文号、名称须有出处",
        )
        for fact in facts
        if not fact.origin
    )
