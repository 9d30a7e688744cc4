"""Draft a section or a whole document; facts that nobody supplied become ××."""

from __future__ import annotations

from dataclasses import replace

from assistant.errors import RequestError
from assistant.knowledge.genres import Genre, GenreSection, load_genres
from assistant.knowledge.numerals import chinese_numeral
from assistant.records import Hit, Request
from assistant.writing.candidates import takes_topics
from assistant.writing.facts import hidden
from assistant.writing.section import draft_section, part_of
from assistant.writing.statutory import draft_statutory, statutory_variant
from assistant.writing.steps import Step, Tools, Writing, Written, nested


def draft(request: Request, tools: Tools) -> Writing:
    """Yield the growing text and return the finished one, for a section or a whole document.

    Facts marked never are ×× wherever they would stand, in sentences of the materials as well.
    Raises RequestError for an unknown genre; engine errors pass through.
    """
    genres = load_genres()
    if request.genre not in genres:
        raise RequestError(f"还没有“{request.genre}”这个文种。", f"可选：{'、'.join(genres)}。")
    genre = genres[request.genre]
    if request.task == "document" and (variant := statutory_variant(request)):
        return _without(draft_statutory(request, variant), request.never)
    if request.task == "document":
        return _without(_draft_document(request, genre, tools), request.never)
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
        yield Step(hidden(step.text, never), step.note)


def _draft_document(request: Request, genre: Genre, tools: Tools) -> Writing:
    title = request.title or f"××关于××的{genre.name}"
    lines = [title, *([f"{genre.addressees[0]}："] if genre.addressees else [])]
    hits: list[Hit] = []
    notes: list[str] = []
    number = 0
    share = _shares(request, genre)
    body = _body(genre)
    for part in genre.sections:
        if part.type == "结语":
            continue
        number += bool(part.heading)
        heading = f"{chinese_numeral(number)}、{part.heading}" if part.heading else ""
        head = "\n".join(lines) + "\n"
        asked = replace(
            request,
            topics=request.topics if _takes_topics(genre, part) else (),
            materials=request.materials if part == body else (),
            must=request.must if part == body else (),
        )
        section = yield from nested(head, draft_section(asked, part, heading, head, tools, share[part.type]))
        lines.append(section.text)
        hits += section.hits
        notes += section.notes
    lines += [*genre.closings[:1], "×××", "20××年×月×日"]
    notes.append("署名和成文日期请自行填写。")
    return Written("\n".join(lines), tuple(dict.fromkeys(hits)), tuple(notes))


def _body(genre: Genre) -> GenreSection:
    """Return the part that reports what the materials tell: 主要工作, else the first that is not prose."""
    listed = [part for part in genre.sections if part.form != "prose"]
    return genre.section("主要工作") or next(iter(listed), genre.sections[0])


def _takes_topics(genre: Genre, part: GenreSection) -> bool:
    """Tell whether the topics asked for are those of `part`: of 存在问题, not of 引言 or 任职概况."""
    named = any(takes_topics(other.type) for other in genre.sections)
    return part.form != "prose" and (takes_topics(part.type) or not named)


def _shares(request: Request, genre: Genre) -> dict[str, int]:
    """Return the characters each section of a document gets, in proportion to what is usual."""
    usual = {part.type: sum(part.length) // 2 for part in genre.sections}
    whole = request.length or sum(usual.values())
    return {name: whole * length // max(sum(usual.values()), 1) for name, length in usual.items()}
