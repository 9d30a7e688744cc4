"""What a revision took from the duties, prohibitions, negations and quantifiers of its original. Pure functions."""

from __future__ import annotations

from assistant.knowledge.facts import find_facts
from assistant.records import Finding
from assistant.writing.difference import aligned
from assistant.writing.overlap import overlap
from assistant.writing.sentencewise import Force, negations, revision_data

SOURCE = "修改不得减轻责任、改变范围和肯定否定"
ONLY_THAT = 0.6  # share of bigrams two sentences have in common that differ in hardly more than the negation


def binds(text: str) -> bool:
    """Tell whether `text` states a fact, a duty, a prohibition, a quantity or a negation: what must not be lost."""
    found = any(force.holds and force.strong.search(text) for force in revision_data().forces)
    return found or negations(text) > 0 or bool(find_facts(text)) or "《" in text or "“" in text


def weakened(before: str, after: str) -> tuple[Finding, ...]:
    """Return a finding for each sentence of `after` that binds less than, or the contrary of, its original.

    Offsets are characters of `after`; for a sentence that is gone altogether, the place where it stood.
    """
    found: list[Finding] = []
    for (first, last), (start, end) in aligned(before, after):
        old, new = before[first:last], after[start:end]
        if old.strip() in new:  # nothing was there, or it still is
            continue
        for force in revision_data().forces:
            found += _force(force, old, new, start, end)
        found += _turned(old, new, start, end)
    return tuple(found)


def _force(force: Force, old: str, new: str, start: int, end: int) -> list[Finding]:
    said = [match.group() for match in force.strong.finditer(old)]
    still = [match.group() for match in force.strong.finditer(new)]
    weak = list(force.weak.finditer(new))
    softer = len(weak) > len(force.weak.findall(old))
    if len(still) >= len(said) or not (softer or force.alone):
        return []
    gone = next((word for word in said if said.count(word) > still.count(word)), said[0])
    if softer:
        known = [match.group() for match in force.weak.finditer(old)]
        match = next((item for item in weak if item.group() not in known), weak[-1])
        place = (start + match.start(), start + match.end())
        message = f"原文的“{gone}”改成了“{match.group()}”，{force.name}轻了"
    else:
        place = _whole(new, start)
        message = f"原文这里的“{gone}”没有了，{force.name}轻了"
    return [_finding(message, f"恢复“{gone}”", place, new, start, "warning")]


def _turned(old: str, new: str, start: int, end: int) -> list[Finding]:
    before, after = negations(old), negations(new)
    if before == after or not new.strip():
        return []
    near = max(overlap(old, new), overlap(new, old)) >= ONLY_THAT
    message = f"原文这句有{before}处否定，改后有{after}处，意思可能变了"
    return [
        _finding(
            message, "对照原文核对肯定和否定", _whole(new, start), new, start, "warning" if near else "hint"
        )
    ]


def _whole(new: str, start: int) -> tuple[int, int]:
    """Return the span of the sentence without the blanks around it."""
    bare = new.strip()
    first = start + len(new) - len(new.lstrip())
    return first, first + len(bare)


def _finding(
    message: str, suggestion: str, place: tuple[int, int], new: str, start: int, severity: str
) -> Finding:
    first, last = place
    return Finding(
        rule="weakened-duty",
        severity="hint" if severity == "hint" else "warning",
        start=first,
        end=last,
        quote=new[first - start : last - start],
        message=message,
        suggestion=suggestion,
        source=SOURCE,
    )
