"""Draft statutory and other short documents by their skeleton: what the user gave in its place, set phrases around it.

What nobody gave is ××; what no slot of the skeleton takes stands in the body in the user's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.knowledge.facts import find_facts
from assistant.knowledge.genres import genre_of_title
from assistant.knowledge.skeletons import Speech, Variant, load_skeletons, load_speech, slots_of
from assistant.knowledge.structure import split_sentences
from assistant.records import Hit, Material, Request
from assistant.writing.facts import PLACEHOLDER
from assistant.writing.material import material_hits
from assistant.writing.overlap import overlap
from assistant.writing.slots import Left, Said, Used, Value, fill, left_over, listed, unsaid
from assistant.writing.statutory_body import Block, Case, blocks_of, choice, fill_in, numbered, runs_in
from assistant.writing.steps import Sourced, Step, Writing, Written

REQUEST_NAME = "您的要求"
SAID = 0.75  # share of a sentence's bigrams in the title from which on it says no more than that


def statutory_variant(request: Request) -> Variant | None:
    """Return the variant whose skeleton makes the document, None when it is to be drafted another way.

    The words of the request decide; where they say no more than the genre, the beginnings of the materials do.
    """
    skeleton = load_skeletons().get(request.genre)
    if skeleton is None:
        return None
    asked = skeleton.variant(request.words)
    if asked is not None and (asked.name != skeleton.default or not request.materials):
        return asked
    return skeleton.variant("\n".join((request.words, *(item.text[:200] for item in request.materials))))


def draft_statutory(request: Request, variant: Variant) -> Writing:
    """Yield and return the document of `variant`; its notes name the blanks that the user has to fill."""
    skeleton, speech = load_skeletons()[request.genre], load_speech()
    said = _said(request)
    slots = dict.fromkeys(("发文机关", "成文日期", "附件", *variant.slots()))
    values = fill((skeleton.slots[name] for name in slots), said, speech)
    case = Case(request, skeleton, variant, said, values, _topics(request, said, values))
    case = replace(case, left=_left(case, speech))
    text, blocks = _written(case)
    if lost := unsaid(text, said, speech):
        case = replace(case, left=_left(case, speech, lost), blanks={})
        text, blocks = _written(case)
    hits = material_hits(Material(item.name, item.text) for item in said)
    note = f"按“{variant.name}”的通行格式写成，套语标为“格式”。"
    yield Step(text, note)
    return Written(text, hits, (note, *_notes(case, text, speech)), tuple(_sourced(case, blocks, hits)))


def _said(request: Request) -> tuple[Said, ...]:
    """Return the words of the request and the materials; what was pasted behind the words counts once, there."""
    files = (item for item in request.materials if not (item.text and request.words.endswith(item.text)))
    return (Said(REQUEST_NAME, request.words, True), *(Said(item.name, item.text, False) for item in files))


def _topics(request: Request, said: Sequence[Said], values: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the topics that no slot took for something else (a list of addressees is no list of topics)."""
    taken = "\n".join(said[value.said].text[value.start : value.end] for value in values.values())
    return tuple(topic for topic in request.topics if topic not in taken)


def _left(case: Case, speech: Speech, kept: frozenset[tuple[int, int]] = frozenset()) -> tuple[Left, ...]:
    """Return what the user said beside the slots that the body and the frame show, with the clauses of `kept`."""
    shown = {name for text in _wordings(case) for name in slots_of(text)}
    used = Used.of(case.said)
    for name in shown & case.values.keys():
        value = case.values[name]
        used.mark(value.said, value.start, value.end)
    topics = case.topics if _takes_topics(case.variant) else ()
    if topics:  # the clause that lists them: 从危化品管理、用电安全、应急演练三个方面
        listing = r"[^。；\n]*".join(map(re.escape, topics))
        for match in re.finditer(rf"[^，。；：\n]*{listing}[^，。；\n]*", case.said[0].text):
            used.mark(0, *match.span())
    title = _title(case)
    return tuple(
        item
        for item in left_over(case.said, used, speech, kept)
        if item.heading or find_facts(item.text) or overlap(item.text, title) < SAID
    )


def _takes_topics(variant: Variant) -> bool:
    return any(line.rest and line.items for line in variant.lines)


def _wordings(case: Case) -> Iterator[str]:
    """Yield the wordings that the document has below its title; what the title takes stands in the body as well."""
    variant = case.variant
    yield from (variant.addressee, variant.closing, variant.note)
    yield from (choice(case, (text,), False) or "" for text in (variant.head, variant.attachment))
    yield from variant.end()
    for line in variant.lines:
        yield choice(case, line.say, line.required and not line.rest) or ""


def _written(case: Case) -> tuple[str, tuple[Block, ...]]:
    variant = case.variant
    blocks = tuple(block for line in variant.lines for block in blocks_of(case, line))
    title = _title(case)
    head = [fill_in(case, text) for text in (variant.head,) if choice(case, (text,), False)]
    addressee = [fill_in(case, variant.addressee)] if variant.addressee else []
    lines = [title, *head, *addressee, *numbered(blocks)]
    return "\n".join([*lines, *([variant.closing] if variant.closing else []), *_ending(case)]), blocks


def _title(case: Case) -> str:
    """Return the title the user wrote, else the set one; the issuing organ stands before it where it is known."""
    own = re.search(
        rf"(?:写|起草|草拟|拟|撰写|标题|题目)(?:[是为：一份个篇封]|一下)*《([^》\n]*{case.skeleton.genre})》",
        case.request.words,
    )
    title = own[1] if own else case.request.title
    quoted = f"《{case.request.title}" in case.request.words and not own
    if quoted or genre_of_title(title) != case.skeleton.genre or not title.endswith(case.skeleton.genre):
        title = fill_in(case, choice(case, case.variant.title) or "")
    issuer = case.values["发文机关"].text if "发文机关" in case.values else ""
    return issuer + title if issuer and title.startswith("关于") and case.variant.ending == "both" else title


def _ending(case: Case) -> Iterator[str]:
    """Yield the list of attachments, signature, date and note."""
    variant = case.variant
    if variant.attachment and choice(case, (variant.attachment,), False):
        names = [item.strip("《》") for item in listed(fill_in(case, variant.attachment))]
        yield from _attachments(names)
    yield from (fill_in(case, text) for text in variant.end())
    if variant.note and (variant.note_required or case.values.keys() & {*slots_of(variant.note)}):
        yield fill_in(case, variant.note)


def _attachments(names: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the list of attachments (GB/T 9704-2012 7.3.4): numbers only where there are several."""
    for number, name in enumerate(names, 1):
        lead = "附件：" if number == 1 else ""
        yield f"{lead}{number}.{name}" if len(names) > 1 else lead + name


# What the user is told


def _notes(case: Case, text: str, speech: Speech) -> Iterator[str]:
    if case.blanks:
        yield f"您没有给出的写成了××，请补上：{'、'.join(case.blanks)}。"
    said = "\n".join(item.text for item in case.said)
    found = (match.group() for match in re.finditer(speech.undated, text))
    if undated := dict.fromkeys(word for word in found if word in said):
        yield f"“{'、'.join(undated)}”请换成具体日期。"


def _sourced(case: Case, blocks: Sequence[Block], hits: Sequence[Hit]) -> Iterator[Sourced]:
    """Yield the sentences of the body with their origin: set wordings, or what the user said."""
    for block in blocks:
        values = [case.values[name] for name in block.slots if name in case.values]
        for text in block.texts:
            line = f"{block.label}：{text}" if runs_in(block) else text
            for start, end in split_sentences(line):
                sentence = line[start:end]
                if block.set or line != text or PLACEHOLDER in sentence:
                    given = [hit for item in values if item.text in sentence for hit in _hits_of(item, hits)]
                    near = tuple(dict.fromkeys(given)) if block.set else _nearest(sentence, hits)
                    yield Sourced(sentence, "form", near)
                else:
                    yield Sourced(sentence, "adapted", _nearest(sentence, hits))
    yield Sourced(case.variant.closing, "form")


def _nearest(sentence: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the sentence of the user that `sentence` was made of."""
    best = max(hits, key=lambda hit: overlap(sentence, hit.passage.text), default=None)
    return (best,) if best and overlap(sentence, best.passage.text) > 0 else ()


def _hits_of(value: Value, hits: Sequence[Hit]) -> Iterator[Hit]:
    for hit in hits:
        passage = hit.passage
        same = passage.document == f"material-{value.said}"
        if same and passage.position < value.end and value.start < passage.position + len(passage.text):
            yield hit
