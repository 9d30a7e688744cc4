"""Retrieval quality on the real embedder: it may not fall below the committed floor."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from assistant.ingest.documents import document_from_file, shipped_documents
from assistant.ingest.passages import split
from assistant.records import Filters
from assistant.resources import shipped
from tests.eval.retrieval import BASELINE, Question, answers, corpus_searcher, load_questions, measure, ways


@cache
def passages() -> list:  # noqa: ANN202
    return [passage for item in shipped_documents(shipped("corpus")) for passage in split(item)]


@pytest.mark.parametrize("question", load_questions()[0], ids=lambda question: question.query)
def test_everything_judged_is_in_the_corpus(question: Question) -> None:
    for pair in question.judged:
        one = Question(question.query, (pair,), question.kinds)
        assert any(answers(one, passage) for passage in passages()), pair


def test_there_are_enough_questions() -> None:
    questions, nothing = load_questions()
    assert len(questions) >= 40
    assert len({question.query for question in questions}) == len(questions)
    assert len(nothing) >= 10


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory):  # noqa: ANN201
    return corpus_searcher(tmp_path_factory.mktemp("index"))


@pytest.mark.model
def test_quality_is_not_below_the_floor(searched) -> None:  # noqa: ANN001
    snapshot, embedder, searcher = searched
    floor = json.loads(BASELINE.read_text(encoding="utf-8"))["product"]
    questions, _ = load_questions()
    compared = {name: measure(way, questions) for name, way in ways(snapshot, embedder, searcher).items()}
    for name, value in floor.items():
        assert compared["product"][name] >= value, name
    assert compared["product"]["ndcg"] >= max(compared["dense"]["ndcg"], compared["lexical"]["ndcg"])


@pytest.mark.model
def test_what_nothing_answers_gets_no_hits(searched) -> None:  # noqa: ANN001
    _, _, searcher = searched
    questions, nothing = load_questions()
    assert sum(searcher.search(query) == () for query in nothing) >= 0.8 * len(nothing)
    assert [item.query for item in questions if not searcher.search(item.query, item.filters)] == []


@pytest.mark.model
@pytest.mark.parametrize("query", ["还有哪些短板", "哪些地方做得不够好", "存在问题"])
def test_own_problems_are_found_in_other_words(tmp_path: Path, searched, sample: Path, query: str) -> None:  # noqa: ANN001
    from assistant.backends.faiss_store import FaissStore
    from assistant.retrieval.index import Index
    from assistant.retrieval.search import Searcher

    _, embedder, _ = searched
    index = Index.open(tmp_path / "index", embedder, FaissStore)
    index.add([document_from_file(sample)])
    hits = Searcher(index, embedder).search(query, Filters(), top=3)
    assert any(hit.passage.section == "存在问题" for hit in hits)
