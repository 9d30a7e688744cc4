"""Records as plain dictionaries, in the shape the command line's --json documents."""

from __future__ import annotations

from typing import Any

from assistant.pipeline import Found
from assistant.records import Draft, Evidence, Fact, Finding, Hit, Revision


def hit_object(hit: Hit) -> dict[str, Any]:
    """Return a hit as {"text", "score", "kind", "source": {"title", "path", "heading", "position"}}."""
    passage = hit.passage
    return {
        "text": passage.text,
        "score": round(hit.score, 4),
        "kind": passage.kind,
        "source": {
            "title": passage.title,
            "path": passage.path,
            "heading": " / ".join(passage.heading),
            "position": passage.position,
        },
    }


def fact_object(fact: Fact) -> dict[str, Any]:
    """Return a fact as {"text", "kind", "origin"}."""
    return {"text": fact.text, "kind": fact.kind, "origin": fact.origin}


def finding_object(finding: Finding) -> dict[str, Any]:
    """Return a finding with offsets in characters of the text that was checked."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "start": finding.start,
        "end": finding.end,
        "quote": finding.quote,
        "message": finding.message,
        "suggestion": finding.suggestion,
        "source": finding.source,
    }


def found_object(found: Found) -> dict[str, Any]:
    """Return a look-up as {"query", "exact", "fits", "formulations", "hits"}.

    Not exact: the formulations are the nearest. Does not fit: the hits are the nearest.
    """
    return {
        "query": found.query,
        "exact": found.exact,
        "fits": found.fits,
        "formulations": [
            {
                "name": item.name,
                "text": item.text,
                "quote": item.quote,
                "source": item.source,
                "date": item.date,
            }
            for item in found.formulations
        ],
        "hits": [hit_object(hit) for hit in found.hits],
    }


def evidence_object(evidence: Evidence) -> dict[str, Any]:
    """Return what a sentence rests on as {"start", "end", "degree", "overlap", "hits"}."""
    return {
        "start": evidence.start,
        "end": evidence.end,
        "degree": evidence.degree,
        "overlap": round(evidence.overlap, 3),
        "hits": [hit_object(hit) for hit in evidence.hits],
    }


def draft_object(draft: Draft) -> dict[str, Any]:
    """Return a draft as {"task", "genre", "section", "text", "evidence", "facts", "findings", "notes", "engine"}."""
    return {
        "task": draft.request.task,
        "genre": draft.request.genre,
        "section": draft.request.section,
        "text": draft.text,
        "evidence": [evidence_object(item) for item in draft.evidence],
        "facts": [fact_object(fact) for fact in draft.facts],
        "findings": [finding_object(item) for item in draft.findings],
        "notes": list(draft.notes),
        "engine": draft.engine,
    }


def revision_object(revision: Revision) -> dict[str, Any]:
    """Return a revision as {"text", "changes", "kept_facts", "lost_facts", "left", "evidence", "findings", "notes", "engine"}.

    "evidence" is that of the sentences which the original has not.
    """
    return {
        "text": revision.text,
        "changes": [
            {"op": item.op, "before": item.before, "after": item.after}
            for item in revision.changes
            if item.op != "equal"
        ],
        "kept_facts": [fact_object(fact) for fact in revision.kept_facts],
        "lost_facts": [fact_object(fact) for fact in revision.lost_facts],
        "left": list(revision.left),
        "evidence": [evidence_object(item) for item in revision.evidence if item.degree != "user"],
        "findings": [finding_object(item) for item in revision.findings],
        "notes": list(revision.notes),
        "engine": revision.engine,
    }
