"""Retrieval quality on the real embedder: it may not fall below the committed floor."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pytest

from assistant.backends import Embedder
from assistant.backends.faiss_store import FaissStore
from assistant.ingest.documents import document_from_file, shipped_documents
from assistant.ingest.passages import split
from assistant.records import Filters, Passage
from assistant.resources import shipped
from assistant.retrieval.index import Index
from assistant.retrieval.search import Searcher
from assistant.retrieval.snapshot import Snapshot
from tests.eval.retrieval import BASELINE, Question, answers, corpus_searcher, load_questions, measure, ways

Searched: TypeAlias = tuple[Snapshot, Embedder, Searcher]
REPOSITORY = Path(__file__).resolve().parents[2]


@cache
def passages() -> list[Passage]:
    return [passage for item in shipped_documents(shipped("corpus")) for passage in split(item)]


@pytest.mark.parametrize("question", load_questions()[0], ids=lambda question: question.query)
def test_everything_judged_is_in_the_corpus(question: Question) -> None:
    for pair in question.judged:
        one = Question(question.query, (pair,), question.kinds)
        assert any(answers(one, passage) for passage in passages()), pair


def test_there_are_enough_questions() -> None:
    questions, nothing = load_questions()
    assert len(questions) >= 120
    assert len({question.query for question in questions}) == len(questions)
    assert len(nothing) >= 10


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Searched:
    return corpus_searcher(tmp_path_factory.mktemp("index"))


@pytest.mark.model
def test_quality_is_not_below_the_floor(searched: Searched) -> None:
    snapshot, embedder, searcher = searched
    floor = json.loads(BASELINE.read_text(encoding="utf-8"))["product"]
    questions, _ = load_questions()
    compared = {name: measure(way, questions) for name, way in ways(snapshot, embedder, searcher).items()}
    for name, value in floor.items():
        assert compared["product"][name] >= value, name
    assert compared["product"]["ndcg"] >= max(compared["dense"]["ndcg"], compared["lexical"]["ndcg"])


@pytest.mark.model
def test_what_nothing_answers_gets_no_hits(searched: Searched) -> None:
    _, _, searcher = searched
    questions, nothing = load_questions()
    assert sum(searcher.search(query) == () for query in nothing) >= 0.8 * len(nothing)
    lost = [item.query for item in questions if not searcher.search(item.query, item.filters)]
    assert len(lost) <= 0.02 * len(questions), lost


@pytest.fixture(scope="module")
def own(searched: Searched, sample: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Searcher]:
    """Searchers over the sample alone and over the sample added to the shipped corpus."""
    snapshot, embedder, _ = searched
    mine = document_from_file(sample)
    made = {}
    for name, documents in (("alone", [mine]), ("among the corpus", [*snapshot.documents, mine])):
        folder = tmp_path_factory.mktemp("own")
        index = Index.rebuild(folder, embedder, FaissStore, documents)
        made[name] = Searcher(index, embedder)
    return made


@pytest.mark.model
@pytest.mark.parametrize(
    ("where", "query", "filters"),
    [
        ("alone", "还有哪些短板", Filters()),
        ("alone", "哪些地方做得不够好", Filters()),
        ("alone", "存在问题", Filters()),
        ("among the corpus", "还有哪些短板", Filters(kinds=("material",))),
        ("among the corpus", "学习二十大精神不够深入还有哪些短板", Filters()),
        ("among the corpus", "党建活动单一，激发活力的办法不多", Filters()),
        ("among the corpus", "抓党建品牌意识不够强", Filters()),
    ],
)
def test_own_problems_are_found_in_other_words(
    own: dict[str, Searcher], where: str, query: str, filters: Filters
) -> None:
    hits = own[where].search(query, filters, top=3 if where == "alone" else 10)
    assert any(hit.passage.kind == "material" and hit.passage.section == "存在问题" for hit in hits)
