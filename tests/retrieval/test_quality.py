"""Retrieval quality on the real embedder: it may not fall below the committed floor."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path

import pytest

from assistant.backends.faiss_store import FaissStore
from assistant.ingest.documents import document_from_file, shipped_documents
from assistant.ingest.passages import split
from assistant.records import Filters, Passage
from assistant.resources import shipped
from assistant.retrieval.index import Index
from assistant.retrieval.search import Searcher
from tests.eval.retrieval import (
    BASELINE,
    QUESTIONS,
    REPORTS,
    Question,
    Searched,
    answers,
    corpus_searcher,
    load_questions,
    measure,
    report_documents,
    reports_searcher,
    ways,
)

ASKED = [
    "述职报告的存在问题怎么写",
    "存在的主要问题和不足",
    "还有哪些短板",
    "写一段自己工作中的不足",
    "差距和不足有哪些",
    "薄弱环节和短板弱项",
    "述职里问题部分怎么说",
    "查摆问题的范例",
    "工作中哪些地方做得不够好",
    "问题与不足部分参考",
]
REPOSITORY = Path(__file__).resolve().parents[2]


@cache
def passages() -> list[Passage]:
    return [passage for item in shipped_documents(shipped("corpus")) for passage in split(item)]


@pytest.mark.skipif(not REPORTS.is_dir(), reason="没有 ../shared/reports 里的报告")
def test_everything_judged_is_in_the_reports() -> None:
    found = [passage for item in report_documents() for passage in split(item)]
    for question in load_questions("report")[0]:
        for pair in question.judged:
            one = Question(question.query, (pair,), question.kinds)
            assert any(answers(one, passage) for passage in found), (question.query, pair)


@pytest.mark.parametrize("question", load_questions()[0], ids=lambda question: question.query)
def test_everything_judged_is_in_the_corpus(question: Question) -> None:
    for pair in question.judged:
        one = Question(question.query, (pair,), question.kinds)
        assert any(answers(one, passage) for passage in passages()), pair


def test_there_are_enough_questions() -> None:
    questions = [item for task in ("", "report") for item in load_questions(task)[0]]
    nothing = [query for task in ("", "report") for query in load_questions(task)[1]]
    assert len(questions) >= 200
    assert {"dev", "test"} == {item.part for item in questions}
    assert len({question.query for question in questions}) == len(questions)
    assert len(nothing) >= 10


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Searched:
    return corpus_searcher(tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Searched:
    if not REPORTS.is_dir():
        pytest.skip("没有 ../shared/reports 里的报告")
    return reports_searcher(tmp_path_factory.mktemp("index"))


@pytest.mark.model
@pytest.mark.parametrize(("where", "task"), [("searched", ""), ("reports", "report")])
def test_quality_is_not_below_the_floor(where: str, task: str, request: pytest.FixtureRequest) -> None:
    """The floor is that of the test part, which tuning has not seen; no single kind of search may be better."""
    snapshot, embedder, searcher = request.getfixturevalue(where)
    floor = json.loads(BASELINE.read_text(encoding="utf-8"))[{"searched": "corpus"}.get(where, where)]
    questions = [item for item in load_questions(task)[0] if item.part == "test"]
    compared = {name: measure(way, questions) for name, way in ways(snapshot, embedder, searcher).items()}
    for name, value in floor.items():
        assert compared["product"][name] >= value, name
    assert compared["product"]["ndcg"] >= max(compared["dense"]["ndcg"], compared["lexical"]["ndcg"])


@pytest.mark.model
@pytest.mark.parametrize(("file", "share"), [("first.toml", 0.9), ("nothing.toml", 0.7)])
def test_what_nothing_answers_is_said_to_have_no_answer(file: str, share: float, searched: Searched) -> None:
    """The second file is the harder one: it asks in the words of an office. Few passages are shown then."""
    nothing = tomllib.loads((QUESTIONS / file).read_text(encoding="utf-8"))["nothing"]
    answers = [searched[2].answer(item["query"]) for item in nothing]
    assert sum(not answer.fits for answer in answers) >= share * len(nothing)
    assert all(answer.fits or len(answer.hits) <= 5 for answer in answers)


@pytest.mark.model
def test_hardly_a_question_is_taken_for_one_without_an_answer(searched: Searched) -> None:
    searcher, questions = searched[2], load_questions()[0]
    lost = [item.query for item in questions if not searcher.search(item.query, item.filters)]
    assert len(lost) <= 0.02 * len(questions), lost


@pytest.mark.model
@pytest.mark.parametrize("words", ASKED)
def test_problems_of_a_report_of_duty_are_found_in_ten_wordings(words: str, searched: Searched) -> None:
    hits = searched[2].search(words, Filters(kinds=("exemplar",), genres=("述职报告", "述职述廉报告")), top=5)
    assert len(hits) == 5
    assert {hit.passage.section for hit in hits} == {"存在问题"}


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
