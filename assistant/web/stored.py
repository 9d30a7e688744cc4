"""Results as plain data in the workspace, so that the page shows them again after a reload or a restart.

A version of the manuscript that came from a job carries its passages (by id), the sentences the job
wrote with what they rest on, the findings and the difference. A version typed by hand carries the
number of that version as `base`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from assistant.pipeline import Found
from assistant.records import Change, Correction, Evidence, Finding, Hit, Material, Passage, Request
from assistant.workspace import Version

# Found by looking at request and sources, not by looking at the text: a later check cannot find it again.
KEPT_RULES = ("unsupported-fact", "last-year-leftover")


def request_to_data(request: Request) -> dict[str, Any]:
    """Return the request without its texts, which the workspace holds already."""
    data = asdict(replace(request, materials=(), text=""))
    return {
        **data,
        "topics": list(request.topics),
        "doubts": list(request.doubts),
        "must": list(request.must),
        "never": list(request.never),
        "locked": list(request.locked),
        "span": list(request.span),
        "corrections": [asdict(item) for item in request.corrections],
        "own": list(request.own),
    }


def request_from_data(data: Mapping[str, Any], text: str, materials: Sequence[Material]) -> Request:
    """Return the stored request with the text it acts on and the materials of the conversation."""
    known = {
        **data,
        "topics": tuple(data["topics"]),
        "doubts": tuple(data["doubts"]),
        "must": tuple(data.get("must", ())),
        "never": tuple(data.get("never", ())),
        "corrections": tuple(Correction(**item) for item in data.get("corrections", ())),
        "own": tuple(data.get("own", ())),
        "locked": tuple(data.get("locked", ())),
        "span": tuple(data.get("span", (0, 0))),
        "text": text,
        "materials": tuple(materials),
    }
    return Request(**known)


def passages_to_data(hits: Iterable[Hit]) -> dict[str, Any]:
    """Return the passages of `hits` by their ids."""
    return {hit.passage.id: asdict(hit.passage) for hit in hits}


def passage_from_data(data: Mapping[str, Any]) -> Passage:
    return Passage(**{**data, "heading": tuple(data["heading"])})


def sentences_to_data(text: str, evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Return one entry per sentence of `text`: its wording, and the ids of what it rests on."""
    return [
        {
            "text": text[item.start : item.end].strip(),
            "degree": item.degree,
            "overlap": item.overlap,
            "hits": [hit.passage.id for hit in item.hits],
        }
        for item in evidence
    ]


def hits_from_data(data: Mapping[str, Any]) -> tuple[Hit, ...]:
    """Return the stored passages as hits, to which a changed text can be linked again."""
    return tuple(Hit(passage_from_data(value), 1.0) for value in data.get("passages", {}).values())


def evidence_from_data(text: str, data: Mapping[str, Any]) -> tuple[Evidence, ...]:
    """Return the evidence of the stored sentences that still stand in `text`, in their order."""
    passages = {key: passage_from_data(value) for key, value in data.get("passages", {}).items()}
    found: list[Evidence] = []
    for entry in data.get("sentences", ()):
        start = text.find(entry["text"])
        if start >= 0:
            hits = tuple(Hit(passages[key], 1.0) for key in entry["hits"] if key in passages)
            end = start + len(entry["text"])
            found.append(Evidence(start, end, entry["degree"], entry["overlap"], hits))
    return tuple(sorted(found, key=lambda item: item.start))


def merge_evidence(text: str, stored: Iterable[Evidence], linked: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the evidence of all sentences: as stored where a sentence stands unchanged, else as linked now.

    A sentence that no job wrote and that rests on nothing is the user's own.
    """
    known = {text[item.start : item.end].strip(): item for item in stored}
    merged: list[Evidence] = []
    for item in linked:
        same = known.get(text[item.start : item.end].strip())
        if same is not None:
            merged.append(replace(same, start=item.start, end=item.end))
        else:
            merged.append(item if item.hits else replace(item, degree="user"))
    return tuple(merged)


def findings_to_data(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as plain dictionaries."""
    return [asdict(finding) for finding in findings]


def findings_now(
    text: str, data: Mapping[str, Any], checked: Iterable[Finding], given: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Return the findings of a check of `text` and those stored ones that only a job could make and that still apply.

    Each place has one finding of a rule: the one that stood nearest to it. What a stored one says of a ×× the
    check need not say again. Those on words of `given`, which the user has given since, do not apply.
    """
    kept: dict[tuple[str, int], tuple[int, Finding]] = {}
    for entry in kept_findings(data):
        finding = Finding(**entry)
        if finding.quote not in given and (moved := _moved(finding, text)) is not None:
            far = abs(moved.start - finding.start)
            place = (moved.rule, moved.start)
            kept[place] = min(kept.get(place, (far, moved)), (far, moved), key=lambda pair: pair[0])
    own = [finding for _, finding in kept.values()]
    rest = [item for item in checked if not (item.rule.startswith("placeholder") and _within(item, own))]
    return tuple(sorted((*own, *rest), key=lambda item: item.start))


def _within(item: Finding, others: Iterable[Finding]) -> bool:
    return any(other.start <= item.start and item.end <= other.end for other in others)


def kept_findings(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the stored findings that looking at the text alone cannot make again."""
    return [entry for entry in data.get("findings", ()) if entry["rule"] in KEPT_RULES]


def _moved(finding: Finding, text: str) -> Finding | None:
    """Return the finding at the nearest place where its quotation stands now, None where it is gone."""
    places = [match.start() for match in re.finditer(re.escape(finding.quote), text)]
    if not places or not finding.quote:
        return None
    start = min(places, key=lambda place: abs(place - finding.start))
    return replace(finding, start=start, end=start + len(finding.quote))


def changes_to_data(changes: Iterable[Change]) -> list[dict[str, str]]:
    """Return the steps of a difference as plain dictionaries."""
    return [asdict(change) for change in changes]


def changes_from_data(data: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the stored difference."""
    return tuple(Change(**entry) for entry in data.get("changes", ()))


def found_to_data(found: Found) -> dict[str, Any]:
    """Return the answer to a look-up as plain data: {"query", "fits", "formulations", "hits"}, word for word."""
    return {
        "query": found.query,
        "fits": found.fits,
        "formulations": [asdict(item) for item in found.formulations],
        "hits": [asdict(hit.passage) for hit in found.hits],
    }


def base_of(versions: Sequence[Version]) -> Version | None:
    """Return the version by a job that the last of `versions` rests on, None when everything was typed."""
    if not versions:
        return None
    number = versions[-1].data.get("base", versions[-1].id)
    base = next((item for item in versions if item.id == number), None)
    return base if base is not None and "sentences" in base.data else None
