"""Drafts and revisions by the embedded model, measured and kept to be read: python -m tests.eval.writing

    python -m tests.eval.writing                    all requests and revisions (on 2 cores about fifteen minutes)
    python -m tests.eval.writing --every 5          each fifth
    python -m tests.eval.writing --every 5 --from 2 each fifth from the third on: others than those looked at
    python -m tests.eval.writing --only revisions   no drafts (or no revisions: --only drafts)
    python -m tests.eval.writing --texts FOLDER     also write the texts there, a file each, with what was measured

Requests with materials over the usual genres lie in tests/eval/requests.toml, paragraphs to revise in
revisions.toml. Of a draft is measured, as means over the drafts:

    understood   genre, section and topics read as the writer of the request meant them
    topics       share of the topics asked for that a point of the draft is about
    length       share of drafts within 30 % of a length that was asked for
    facts        share of the facts of the material that stand in the draft, of those with material
    unsupported  facts that stand in no material, request or cited source (must be 0)
    repeated     sentences that say again what another said (bigrams 60 % in common)
    evidence     share of sentences that are quoted or adapted from a source, or the user's own material
    findings     of the review, errors and warnings, per 1,000 characters (placeholders left out: they are meant)

Of a revision:

    kept         share whose facts all stay
    gone         share of the words that should go which went, of those that have such words
    changed      share of characters changed, of the colloquial ones
    left         share of characters changed, of the good ones: the less the better
    length       share within 10 % of the length that was asked for (of what is added, when the text goes on)
    intact       share whose original stands word for word, of those that are expanded or continued
    traced       share of the added sentences whose source is named, of the same
"""

from __future__ import annotations

import argparse
import tempfile
import tomllib
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from statistics import fmean
from typing import Any, TypeVar

from assistant.knowledge.facts import find_facts, missing_facts
from assistant.knowledge.structure import split_sentences
from assistant.pipeline import Assistant
from assistant.records import Draft, Material, Request, Revision
from assistant.settings import Settings
from assistant.writing.overlap import overlap, size_of

HERE = Path(__file__).parent
ABOUT = 0.5  # share of a topic's bigrams in a line that is about it
SAME = 0.6
Result = TypeVar("Result")


@dataclass(frozen=True)
class Drafted:
    """One request and what came of it."""

    words: str
    text: str
    rates: dict[str, float]


def load(name: str) -> list[dict[str, Any]]:
    """Return the entries of requests.toml or revisions.toml."""
    data = tomllib.loads((HERE / f"{name}s.toml").read_text(encoding="utf-8"))
    entries: list[dict[str, Any]] = data[name]
    return entries


def finished(steps: Generator[Any, None, Result]) -> Result:
    """Run a job to its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result


def draft(assistant: Assistant, entry: dict[str, Any]) -> Drafted:
    """Draft one request and measure the text."""
    materials = (Material("材料", entry["material"]),) if entry.get("material") else ()
    request = assistant.understand(entry["words"], materials=materials)
    made: Draft = finished(assistant.draft(request))
    rates = {"understood": float(understood(request, entry)), **_measured(made, entry)}
    return Drafted(entry["words"], made.text, rates)


def understood(request: Request, entry: dict[str, Any]) -> bool:
    """Tell whether task, genre, section and topics are those that were meant."""
    task = "draft" if entry["section"] else "document"
    asked = (task, entry["genre"], entry["section"], tuple(entry["topics"]))
    return (request.task, request.genre, request.section, request.topics) == asked


def _measured(made: Draft, entry: dict[str, Any]) -> dict[str, float]:
    text, topics = made.text, entry["topics"]
    lines = text.split("\n")
    size = len("".join(text.split()))
    rates = {
        "unsupported": float(sum(item.rule == "unsupported-fact" for item in made.findings)),
        "repeated": float(_repeated(text)),
        "evidence": fmean([item.degree != "model" for item in made.evidence] or [1.0]),
        "findings": 1000
        * sum(_counts(item.rule, item.severity, item.quote) for item in made.findings)
        / max(size, 1),
    }
    if topics:
        rates["topics"] = fmean(any(overlap(topic, line) >= ABOUT for line in lines) for topic in topics)
    if entry["length"]:
        rates["length"] = float(abs(size - entry["length"]) <= 0.3 * entry["length"])
    if entry.get("material"):
        given = find_facts(entry["material"])
        rates["facts"] = 1 - len(missing_facts(entry["material"], text)) / max(len(given), 1)
    return rates


def _counts(rule: str, severity: str, quote: str) -> bool:
    return severity != "hint" and rule != "unsupported-fact" and "×" not in quote


def _repeated(text: str) -> int:
    said = [text[start:end].strip() for start, end in split_sentences(text)]
    said = [sentence for sentence in said if len(sentence) >= 12]
    return sum(
        any(overlap(sentence, before) >= SAME for before in said[:number])
        for number, sentence in enumerate(said)
    )


def revise(assistant: Assistant, entry: dict[str, Any]) -> Drafted:
    """Revise one paragraph and measure the result."""
    request = assistant.understand(f"{entry['words']}\n{entry['text']}", "revise")
    made: Revision = finished(assistant.revise(request))
    same = SequenceMatcher(None, entry["text"], made.text, autojunk=False).ratio()
    rates = {"kept": float(not missing_facts(entry["text"], made.text))}
    if entry["avoid"]:
        rates["gone"] = fmean(word not in made.text for word in entry["avoid"])
    if entry["kind"] == "colloquial":
        rates["changed"] = 1 - same
    if entry["kind"] == "good":
        rates["left"] = 1 - same
    if request.length:
        size = size_of(made.text) - (size_of(entry["text"]) if entry["kind"] == "continue" else 0)
        rates["length"] = float(abs(size - request.length) <= 0.1 * request.length)
    if entry["kind"] in ("expand", "continue"):
        rates |= _added(entry["text"], made)
    return Drafted(f"{entry['words']}\n{entry['text']}", made.text, rates)


def _added(text: str, made: Revision) -> dict[str, float]:
    """Return whether `text` stands whole in the longer one, and the share of new sentences that have a source."""
    place = 0
    for start, end in split_sentences(text):
        place = made.text.find(text[start:end], place) + 1
        if not place:
            break
    new = [item for item in made.evidence if made.text[item.start : item.end].strip() not in text]
    return {"intact": float(place > 0), "traced": fmean([item.degree != "model" for item in new] or [1.0])}


def means(results: Sequence[Drafted]) -> dict[str, float]:
    """Return the mean of each measure over the results that have it."""
    names = list(dict.fromkeys(name for item in results for name in item.rates))
    return {
        name: round(fmean(item.rates[name] for item in results if name in item.rates), 4) for name in names
    }


def measure(
    every: int = 1,
    texts: Path | None = None,
    only: Sequence[str] = ("drafts", "revisions"),
    first: int = 0,
) -> dict[str, dict[str, float]]:
    """Draft and revise each `every`-th entry from `first` on with the embedded model and return the means."""
    asked = {"drafts": ("draft", "request", draft), "revisions": ("revision", "revision", revise)}
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as home:
        assistant = Assistant(Settings(home=Path(home)))
        try:
            for group in only:
                name, entries, job = asked[group]
                results = [job(assistant, entry) for entry in load(entries)[first::every]]
                found[group] = means(results)
                for number, item in enumerate(results, 1):
                    if texts:
                        _keep(texts / f"{name}-{number:03}.txt", item)
        finally:
            assistant.close()
    return found


def _keep(path: Path, item: Drafted) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rates = "  ".join(f"{name} {value:.2f}" for name, value in item.rates.items())
    path.write_text(f"{item.words}\n\n{item.text}\n\n{rates}\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--only", choices=("drafts", "revisions"))
    parser.add_argument("--texts", type=Path)
    options = parser.parse_args()
    only = (options.only,) if options.only else ("drafts", "revisions")
    for name, rates in measure(options.every, options.texts, only, options.first).items():
        print(name)
        for measured, value in rates.items():
            print(f"  {measured:12} {value:.3f}")


if __name__ == "__main__":
    main()
