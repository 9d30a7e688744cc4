"""Requests for short documents and what comes of them, as readable files in tests/golden/writing/.

A file holds the cases of one genre: the request, the material if there is any, and the document. `python -m
tests.writing.statutory_cases` writes the documents anew; whoever runs it reads what changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.knowledge.skeletons import Variant
from assistant.records import Material, Request
from assistant.writing.request import understand
from assistant.writing.statutory import draft_statutory, statutory_variant
from assistant.writing.steps import Written

GOLDEN = Path(__file__).parents[1] / "golden" / "writing"
_CASE, _MATERIAL, _TEXT = "======== 要求\n", "-------- 材料\n", "-------- 成文："


@dataclass(frozen=True, slots=True)
class Case:
    """A request in the words of a user, a material ("" for none), the variant it is for and the document."""

    genre: str
    words: str
    material: str
    variant: str
    text: str


def cases() -> Iterator[Case]:
    """Yield the cases of all files."""
    for path in sorted(GOLDEN.glob("*.txt")):
        for entry in path.read_text(encoding="utf-8").split(_CASE)[1:]:
            asked, _, result = entry.partition(_TEXT)
            words, _, material = asked.partition(_MATERIAL)
            variant, _, text = result.partition("\n")
            yield Case(path.stem, words.strip("\n"), material.strip("\n"), variant, text.strip("\n"))


def request_of(case: Case) -> Request:
    """Return the request as the program understands it."""
    return understand(case.words, materials=(Material("材料.txt", case.material),) if case.material else ())


def draft_of(case: Case) -> tuple[Variant, Written]:
    """Return the variant found and the finished document. Raises AssertionError where no skeleton is for it."""
    request = request_of(case)
    variant = statutory_variant(request)
    assert request.task == "document"
    assert variant is not None, case.words
    writing = draft_statutory(request, variant)
    while True:
        try:
            next(writing)
        except StopIteration as finished:
            written: Written = finished.value
            return variant, written


def _shown(case: Case) -> str:
    variant, written = draft_of(case)
    material = f"{_MATERIAL}{case.material}\n" if case.material else ""
    return f"{_CASE}{case.words}\n{material}{_TEXT}{variant.name}\n{written.text}\n"


if __name__ == "__main__":
    shown: dict[str, list[str]] = {}
    for one in cases():
        shown.setdefault(one.genre, []).append(_shown(one))
    for genre, texts in shown.items():
        (GOLDEN / f"{genre}.txt").write_text("\n".join(texts), encoding="utf-8")
