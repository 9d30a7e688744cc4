"""What the user corrects and adds in the fact ledger, carried into request, ledger and review.

A corrected figure is put right where it stands (in the clause it was corrected in: 主题党日12次 is not 走访12次), so
that everything written from request and materials has it right. An own entry is a sentence of one more material.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.knowledge.facts import same_fact, stated
from assistant.records import OWN_FACTS, Correction, Entry, Finding, Mark, Material, Request
from assistant.writing.facts import given_facts, places_of
from assistant.writing.ledger import about, ledger, mark_findings
from assistant.writing.locks import around
from assistant.writing.overlap import overlap

PUT_RIGHT = "（已按您的更正）"  # behind the name of a material in which something was corrected
SAME_MATTER = (
    0.5  # share of a corrected clause's bigrams that a clause of a text has when it tells of the same
)
_PARTS = ("删除", "增加")  # what is asked of a part of a text leaves the rest as it is


def corrected(text: str, corrections: Sequence[Correction]) -> str:
    """Return `text` with each wrong fact put right, in the clause it was corrected in."""
    for item in corrections:
        for fact in reversed(places_of(item.wrong, text)):
            if not item.about or _frame(about(text, fact)) == _frame(item.about):
                text = text[: fact.start] + item.right + text[fact.end :]
    return text


def _frame(clause: str) -> str:
    """Return a clause without its figures, which may have been corrected as well."""
    return re.sub(r"[\d.,]+", "#", unicodedata.normalize("NFKC", clause))


def settled(request: Request) -> Request:
    """Return the request as corrections and own entries leave it: what a text is written from.

    Wrong facts that nothing states any more are among those not to be used. Of a text to revise only the part
    the request names is corrected, nothing that is locked, and of a document that goes on nothing that is finished.
    """
    if not request.corrections and not request.own:
        return request
    materials = tuple(_put_right(item, request.corrections) for item in request.materials)
    start, end = request.span if request.place else (0, len(request.text))
    part = request.text[start:end]
    if request.instruction not in _PARTS and not request.finished:
        part = around(part, request.locked, lambda piece: corrected(piece, request.corrections))
    asked = replace(
        request,
        words=corrected(request.words, request.corrections),
        outline=corrected(request.outline, request.corrections),
        materials=(*materials, *_own(request.own)),
        text=request.text[:start] + part + request.text[end:],
        span=(start, start + len(part)) if request.place else request.span,
    )
    given = stated(given_facts(asked.words, asked.materials, asked.text))
    wrong = (item.wrong for item in request.corrections if same_fact(item.wrong) not in given)
    return replace(asked, never=tuple(dict.fromkeys((*request.never, *wrong))))


def _put_right(material: Material, corrections: Sequence[Correction]) -> Material:
    text = corrected(material.text, corrections)
    return material if text == material.text else Material(material.name + PUT_RIGHT, text)


def _own(sentences: Sequence[str]) -> tuple[Material, ...]:
    text = "\n".join(f"{sentence.rstrip('。')}。" for sentence in sentences)
    return (Material(OWN_FACTS, text),) if sentences else ()


def notes_on(request: Request, asked: Request) -> tuple[str, ...]:
    """Return what was put right in the text to revise, in a sentence."""
    made = [
        f"{item.wrong}改为{item.right}"
        for item in request.corrections
        if len(places_of(item.wrong, asked.text)) < len(places_of(item.wrong, request.text))
    ]
    return (f"按“事实”里的更正，{'，'.join(dict.fromkeys(made))}。",) if made else ()


def settled_ledger(
    words: str,
    materials: Sequence[Material],
    marks: Mapping[str, Mark],
    original: str = "",
    corrections: Sequence[Correction] = (),
    own: Sequence[str] = (),
) -> tuple[Entry, ...]:
    """Return the ledger as the user's corrections leave it, own entries among it; see ledger.ledger."""
    texts = [Material(item.name, corrected(item.text, corrections)) for item in materials]
    entries = ledger(
        corrected(words, corrections), (*texts, *_own(own)), marks, corrected(original, corrections)
    )
    wrong = {same_fact(item.right): item.wrong for item in corrections}
    return tuple(replace(entry, was=wrong.get(same_fact(entry.fact), "")) for entry in entries)


def ledger_of(request: Request) -> tuple[Entry, ...]:
    """Return the ledger of a request with its marks."""
    marks: dict[str, Mark] = {**dict.fromkeys(request.must, "must"), **dict.fromkeys(request.never, "never")}
    return settled_ledger(
        request.words, request.materials, marks, request.text, request.corrections, request.own
    )


def ledger_findings(text: str, entries: Sequence[Entry]) -> tuple[Finding, ...]:
    """Return what is to be said of `text` by what was marked and corrected in the ledger."""
    return (*mark_findings(text, entries), *_correction_findings(text, entries))


def _correction_findings(text: str, entries: Sequence[Entry]) -> tuple[Finding, ...]:
    """Return an error with its fix wherever `text` states what the user corrected.

    Where something else was given with the same value, only in a clause that tells of the same matter.
    """
    given = {same_fact(entry.fact) for entry in entries}
    findings: list[Finding] = []
    for entry in entries:
        for fact in places_of(entry.was, text):
            matter = re.sub(r"\d", "", entry.about)
            if same_fact(entry.was) in given and overlap(matter, about(text, fact)) < SAME_MATTER:
                continue
            findings.append(
                Finding(
                    rule="corrected-fact",
                    severity="error",
                    start=fact.start,
                    end=fact.end,
                    quote=fact.text,
                    message=f"“{fact.text}”您已更正为“{entry.fact}”",
                    suggestion=entry.fact,
                    source="您在“事实”里的更正",
                    fix=True,
                )
            )
    return tuple(findings)
