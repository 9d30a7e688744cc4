"""Measure how well the search answers users' questions over the shipped corpus and over the public reports.

    python -m tests.eval.retrieval            print the tables
    python -m tests.eval.retrieval --update   also raise the floor in retrieval_baseline.json

The questions are split in a development part, which tuning may look at, and a test part, which it may not.
The public reports lie beside the project, not in it; without them their half is left out. Their vectors are
in tests/eval/vectors, so that nothing is embedded twice.

Relevance is binary. nDCG@10, recall@10 and MRR@10 are means over the questions. The floor is MARGIN below
what was measured, because a new document may push an answer down without anything being worse.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from assistant.backends import Embedder
from assistant.knowledge.formulations import Formulation
from assistant.records import Document, Filters, Passage
from assistant.retrieval.fusion import reciprocal_rank, standard_sum
from assistant.retrieval.search import CANDIDATES, Searcher
from assistant.retrieval.snapshot import Snapshot

HERE = Path(__file__).parent
QUESTIONS = HERE / "questions"
BASELINE = HERE / "retrieval_baseline.json"
TOP = 10
MARGIN = 0.02
REPORTS = HERE.parents[2] / "shared" / "reports"
Way: TypeAlias = "Callable[[Question], list[Passage]]"
Searched: TypeAlias = "tuple[Snapshot, Embedder, Searcher]"


@dataclass(frozen=True)
class Question:
    """`judged` holds (path, words) pairs: the passages that answer it; `part` is "dev" or "test".

    `task` is "formulation", "section" or "policy", or "report" for the public reports.
    """

    query: str
    judged: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    task: str = "section"
    manner: str = ""
    part: str = "dev"

    @property
    def filters(self) -> Filters:
        return Filters(kinds=self.kinds)


def part_of(query: str) -> str:
    """Return the part of the set `query` is in, by its hash: tuning looks at "dev" alone, never at "test"."""
    return "test" if hashlib.sha256(query.encode("utf-8")).digest()[0] % 2 else "dev"


def load_questions(task: str = "") -> tuple[list[Question], list[str]]:
    """Return the questions and the queries that nothing answers, those over the public reports or all others."""
    questions: list[Question] = []
    nothing: list[str] = []
    for path in sorted(QUESTIONS.glob("*.toml")):
        if (path.stem == "reports") == (task == "report"):
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            questions += [_question(item, path.stem) for item in data["question"]]
            nothing += [item["query"] for item in data.get("nothing", ())]
    return questions, nothing


def _question(item: dict[str, Any], file: str) -> Question:
    query = item["query"]
    part = (
        "dev" if file == "first" else part_of(query)
    )  # the first questions were tuned on before there were parts
    kinds = tuple(item.get("kinds", ()))
    return Question(
        query,
        tuple(map(tuple, item["judged"])),
        kinds,
        item.get("task", _task(kinds)),
        item.get("manner", ""),
        part,
    )


def _task(kinds: tuple[str, ...]) -> str:
    return {("formulation",): "formulation", ("policy",): "policy"}.get(kinds, "section")


def answers(question: Question, passage: Passage) -> tuple[str, str] | None:
    """Return the judged pair that `passage` answers, None if none."""
    return next(
        (pair for pair in question.judged if pair[0] == passage.path and pair[1] in passage.text), None
    )


def scores(question: Question, passages: Sequence[Passage]) -> tuple[float, float, float]:
    """Return nDCG, recall and reciprocal rank of one result list; a judged pair found twice counts once."""
    seen: set[tuple[str, str]] = set()
    gain, first = 0.0, 0.0
    for rank, passage in enumerate(passages[:TOP], start=1):
        pair = answers(question, passage)
        if pair and pair not in seen:
            seen.add(pair)
            gain += 1 / math.log2(rank + 1)
            first = first or 1 / rank
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(question.judged), TOP) + 1))
    return gain / ideal, len(seen) / len(question.judged), first


def ways(snapshot: Snapshot, embedder: Embedder, searcher: Searcher) -> dict[str, Way]:
    """Return the kinds of search to compare, by name."""

    def lists(question: Question) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
        allowed = snapshot.allowed(question.filters)
        dense = snapshot.nearest(embedder.embed_query(question.query), CANDIDATES, allowed)
        return dense, snapshot.lexical.best(question.query, CANDIDATES, allowed)

    def ranked(pairs: Sequence[tuple[int, float]]) -> list[Passage]:
        return [snapshot.passages[place] for place, _ in pairs]

    return {
        "dense": lambda question: ranked(lists(question)[0]),
        "lexical": lambda question: ranked(lists(question)[1]),
        "rank fusion": lambda question: ranked(reciprocal_rank(*lists(question))),
        "standard sum": lambda question: ranked(standard_sum(*lists(question))),
        "product": lambda question: [
            hit.passage for hit in searcher.answer(question.query, question.filters, TOP).hits
        ],
    }


def measure(way: Way, questions: Sequence[Question]) -> dict[str, float]:
    """Return the mean scores of one kind of search."""
    rows = [scores(question, way(question)) for question in questions]
    return {
        name: round(sum(row[i] for row in rows) / len(rows), 4)
        for i, name in enumerate(("ndcg", "recall", "mrr"))
    }


def raise_floor(measured: dict[str, dict[str, float]]) -> None:
    """Write the floor of each score, the higher of the present one and MARGIN below `measured`."""
    present = json.loads(BASELINE.read_text(encoding="utf-8"))
    for where, values in measured.items():
        before = present.get(where, {})
        floor = {name: max(round(value - MARGIN, 4), before.get(name, 0.0)) for name, value in values.items()}
        present[where] = floor
    BASELINE.write_text(json.dumps(present, indent=1) + "\n", encoding="utf-8")


class Remembering:
    """An embedder that embeds each query once, however many ways of searching are compared."""

    def __init__(self, inner: Embedder) -> None:
        self.name, self.dimension = inner.name, inner.dimension
        self.embed_passages, self.embed_query = inner.embed_passages, cache(inner.embed_query)


def corpus_searcher(folder: Path) -> Searched:
    """Return snapshot, embedder and searcher of the shipped corpus, indexed into `folder` by the real embedder."""
    from assistant.ingest.documents import formulations_of, shipped_documents
    from assistant.resources import shipped

    corpus = shipped("corpus")
    return _searched(folder, shipped_documents(corpus), shipped("index"), formulations_of(corpus))


def report_documents() -> list[Document]:
    """Return the public reports beside the project, none where they are not there."""
    from assistant.ingest.documents import document_from_file

    return [document_from_file(path, "policy") for path in sorted(REPORTS.glob("*.txt"))]


def reports_searcher(folder: Path) -> Searched:
    """Return the same for the public reports."""
    return _searched(folder, report_documents(), HERE / "vectors", ())


def _searched(
    folder: Path, documents: Sequence[Document], vectors: Path, formulations: Sequence[Formulation]
) -> Searched:
    from assistant.backends.cached import CachedEmbedder
    from assistant.backends.faiss_store import FaissStore
    from assistant.backends.sentence import SentenceEmbedder
    from assistant.retrieval.index import Index

    embedder = Remembering(CachedEmbedder(SentenceEmbedder(), vectors))
    index = Index.rebuild(folder, embedder, FaissStore, documents)
    return index.snapshot(), embedder, Searcher(index, embedder, formulations)


def row(name: str, questions: Sequence[Question], way: Way) -> dict[str, float]:
    """Print and return the mean scores of `questions`."""
    found = measure(way, questions)
    print(f"{name:26} {len(questions):4}  {found['ndcg']:7.3f}  {found['recall']:9.3f}  {found['mrr']:6.3f}")
    return found


def report(name: str, searched: Searched, task: str = "") -> dict[str, float]:
    """Print the tables of one set and return the product's scores on its test part."""
    snapshot, embedder, searcher = searched
    questions, nothing = load_questions(task)
    parts = {part: [item for item in questions if item.part == part] for part in ("dev", "test")}
    compared = ways(snapshot, embedder, searcher)
    print(f"\n{name}: {len(snapshot.documents)} documents, {len(snapshot.passages)} passages")
    print(f"{'':26} {'n':>4}  nDCG@10  recall@10  MRR@10")
    for part, chosen in parts.items():
        for way in compared:
            last = row(f"{way}, {part}", chosen, compared[way])
    for kind in sorted({item.task for item in questions}):
        row(f"product, {kind}", [item for item in questions if item.task == kind], compared["product"])
    for manner in sorted({item.manner for item in questions} - {""}):
        row(f"product, {manner}", [item for item in questions if item.manner == manner], compared["product"])
    for kind, asked in (
        ("not answered by it", nothing),
        ("answered by it", [item.query for item in questions]),
    ):
        answers = [searcher.answer(query) for query in asked]
        doubtful = sum(not answer.fits for answer in answers)
        empty = sum(not answer.hits for answer in answers)
        print(
            f"of {len(asked)} {kind}: no good answer said {doubtful} times, {empty} of them with nothing shown"
        )
    return last


def main() -> None:
    import tempfile

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = {"corpus": report("shipped corpus", corpus_searcher(Path(folder) / "corpus"))}
        if REPORTS.is_dir():
            searched = reports_searcher(Path(folder) / "reports")
            measured["reports"] = report("public reports", searched, "report")
    if arguments.update:
        raise_floor(measured)


if __name__ == "__main__":
    main()
