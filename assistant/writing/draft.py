"""Draft a section or a whole document; facts that nobody supplied become ××."""

from __future__ import annotations

from dataclasses import replace

from assistant.knowledge.genres import genre_called
from assistant.records import Request
from assistant.writing.facts import hidden
from assistant.writing.section import draft_section, part_of
from assistant.writing.statutory import draft_statutory, statutory_variant
from assistant.writing.steps import Tools, Writing, Written
from assistant.writing.whole import draft_document


def draft(request: Request, tools: Tools) -> Writing:
    """Yield the growing text and return the finished one, for a section or a whole document.

    Facts marked never are ×× wherever they would stand, in sentences of the materials as well.
    Raises RequestError for an unknown genre; engine errors pass through.
    """
    genre = genre_called(request.genre)
    if request.task == "document" and not request.outline and (variant := statutory_variant(request)):
        return _without(draft_statutory(request, variant), request.never)
    if request.task == "document":
        return _without(draft_document(request, genre, tools), request.never)
    part = part_of(genre, request.section)
    section = draft_section(request, part, part.heading or request.section, "", tools)
    return _without(section, request.never)


def _without(writing: Writing, never: tuple[str, ...]) -> Writing:
    """Run `writing` with the facts of `never` hidden in all it says."""
    while True:
        try:
            step = next(writing)
        except StopIteration as finished:
            result: Written = finished.value
            known = tuple(replace(item, sentence=hidden(item.sentence, never)) for item in result.sourced)
            return replace(result, text=hidden(result.text, never), sourced=known)
        yield replace(step, text=hidden(step.text, never))
