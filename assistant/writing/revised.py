"""What became of a text that was revised: its difference, its facts, and what binds in it no longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.knowledge.facts import find_facts, missing_facts, new_facts, supported
from assistant.records import Evidence, Finding, Request, Revision
from assistant.writing.difference import changes_between
from assistant.writing.evidence import ADAPTED, link_evidence
from assistant.writing.facts import hidden, unsupported_findings
from assistant.writing.force import weakened
from assistant.writing.overlap import overlap
from assistant.writing.steps import Written


def revision_of(
    request: Request, written: Written, checked: Sequence[Finding], engine: str, original: str
) -> Revision:
    """Return the revision that `written` is of the text of `request`; `checked` are the findings of the review.

    `original` is that text before the user's corrections of facts, which the difference is to show.

    A fact that was marked not to be used is not lost when it is gone. A part taken out on request takes its
    facts and duties with it.
    """
    before, after = request.text, written.text
    wanted = hidden(before, request.never)
    lost = missing_facts(wanted, after)
    kept = tuple(fact for fact in find_facts(wanted, "original") if fact not in lost)
    known = "\n".join((before, request.words, *request.must, *(item.text for item in request.materials)))
    cited = "\n".join(hit.passage.text for hit in written.hits)
    unknown = [fact for fact in new_facts(known, after) if not supported(fact, frozenset(), cited)]
    softer = () if request.instruction == "删除" else weakened(before, after)
    findings = (*unsupported_findings(unknown), *softer, *checked)
    return Revision(
        original=original,
        text=after,
        changes=changes_between(original, after),
        evidence=tuple(_own(item, before, after) for item in link_evidence(after, written.hits)),
        kept_facts=kept,
        lost_facts=lost,
        findings=findings,
        engine=engine,
        notes=written.notes,
        left=written.left,
    )


def _own(item: Evidence, before: str, after: str) -> Evidence:
    """Return `item` as the user's own where its sentence stands in the original, with other words here and there."""
    sentence = after[item.start : item.end].strip()
    share = 1.0 if sentence in before else overlap(sentence, before)
    if share < 1 and (item.hits or share < ADAPTED):
        return item
    return replace(item, degree="user", overlap=share, hits=())
