"""Say what each sentence of a text rests on: quoted from a passage, adapted from one, a set form, or the model's own.

Works on any text and any passages, so a draft that the user edited is linked again the same way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.knowledge.structure import split_sentences
from assistant.records import Degree, Evidence, Hit
from assistant.writing.overlap import bigrams
from assistant.writing.steps import Sourced

# Share of a sentence's bigrams in a passage from which it counts as adapted, for sentences of SHORT characters
# or more and for shorter ones. Measured by tests/eval/evidence.py: of the exemplars' own sentences fewer than
# 1 in 100 reach it against the passages of all other documents, so an unrelated source is hardly ever named.
ADAPTED = 0.6
ADAPTED_SHORT = 0.88
SHORT = 14
SHORTEST = 6  # characters without punctuation: shorter sentences say too little to be traced
TOP = 3  # passages named for one sentence

_LEAD = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十]+[）)、.．]|\d+[.．、]|[一二三四五六七八九十]+(?:是|要))\s*"
)


def link_evidence(text: str, hits: Sequence[Hit], sourced: Sequence[Sourced] = ()) -> tuple[Evidence, ...]:
    """Return one Evidence for each sentence of `text`, headings and short lines left out.

    `overlap` is the share (0–1) of the sentence's bigrams in its best passage. A sentence of `sourced` is what that says
    unless a passage says it word for word.
    """
    known = {bare_text(_LEAD.sub("", item.sentence)): item for item in sourced}
    passages = [(hit, bare_text(hit.passage.text), bigrams(hit.passage.text)) for hit in hits]
    return tuple(
        _link(text, start, end, passages, known)
        for start, end in split_sentences(text)
        if len(bare_text(text[start:end])) >= SHORTEST and text[start:end].rstrip()[-1] in "。！？；…”"
    )


def _link(
    text: str,
    start: int,
    end: int,
    passages: Sequence[tuple[Hit, str, set[str]]],
    sourced: Mapping[str, Sourced],
) -> Evidence:
    sentence = _LEAD.sub("", text[start:end].strip())
    bare, pairs = bare_text(sentence), bigrams(sentence)
    scored = [
        (1.0 if bare in plain else len(pairs & known) / max(len(pairs), 1), bare in plain, hit)
        for hit, plain, known in passages
    ]
    known = sourced.get(bare)
    if known and not any(verbatim for _, verbatim, _ in scored):
        share = max((share for share, _, hit in scored if hit in known.hits), default=0.0)
        return Evidence(start, end, known.degree, share, known.hits)
    least = ADAPTED if len(bare) >= SHORT else ADAPTED_SHORT
    linked = sorted((item for item in scored if item[0] >= least), key=lambda item: -item[0])[:TOP]
    if not linked:
        return Evidence(start, end, "model", max((share for share, _, _ in scored), default=0.0))
    degree: Degree = "quoted" if linked[0][1] else "adapted"
    return Evidence(start, end, degree, linked[0][0], tuple(hit for _, _, hit in linked))


def bare_text(text: str) -> str:
    """Return `text` without spaces and punctuation; placeholders count as text."""
    return re.sub(r"[^\w×]|_", "", text)
