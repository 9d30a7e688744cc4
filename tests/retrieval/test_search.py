"""Hybrid search as a user sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.ingest.documents import identified
from assistant.knowledge.formulations import Formulation
from assistant.records import Document, Filters
from assistant.retrieval import search
from assistant.retrieval.index import Index
from assistant.retrieval.search import Searcher
from tests.retrieval.corpus import CountingEmbedder, document, open_index

FOUR = Formulation(
    "四个意识",
    "政治意识、大局意识、核心意识、看齐意识",
    "概括语",
    "某文",
    wrong=("四种意识",),
    quote="增强政治意识、大局意识、核心意识、看齐意识。",
)


def formulation(item: Formulation) -> Document:
    text = f"{item.text}\n{item.quote}"
    return identified(Document("", item.name, "formulation", "formulations/a.toml", text))


@pytest.fixture
def index(tmp_path: Path) -> Index:
    made = open_index(tmp_path)
    made.add(
        [
            document("甲", "理论学习不够系统，四个意识树得不牢", "调查研究不够深入"),
            document("乙", "安全检查走了过场", kind="exemplar", year=2020),
            document("丙", "安全检查走了过场", kind="exemplar", year=2021),
            formulation(FOUR),
        ]
    )
    return made


@pytest.fixture
def searcher(index: Index) -> Searcher:
    return Searcher(index, CountingEmbedder(), [FOUR])


def test_best_comes_first_verbatim_with_its_place(index: Index, searcher: Searcher) -> None:
    hit = searcher.search("调查研究怎么不够深入")[0]
    source = next(item for item in index.documents() if item.id == hit.passage.document)
    assert "调查研究不够深入" in hit.passage.text
    assert source.text[hit.passage.position :].startswith(hit.passage.text)
    assert hit.passage.section == "存在问题"


def test_scores_fall(searcher: Searcher) -> None:
    scores = [hit.score for hit in searcher.search("“四个意识”树得不牢", top=10)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 2


@pytest.mark.parametrize("query", ["“四个意识”的规范表述", "四 个意识", "四种意识怎么说"])
def test_named_formulation_comes_first_once_and_verbatim(searcher: Searcher, query: str) -> None:
    hits = searcher.search(query)
    assert hits[0].passage.text == FOUR.text
    assert [hit.passage.kind for hit in hits].count("formulation") == 1


def test_named_formulation_obeys_the_filter(searcher: Searcher) -> None:
    hits = searcher.search("四个意识", Filters(kinds=("material",)))
    assert hits
    assert all(hit.passage.kind == "material" for hit in hits)


def test_same_text_is_shown_once(searcher: Searcher) -> None:
    hits = searcher.search("安全检查走了过场")
    texts = [hit.passage.text for hit in hits]
    assert len(texts) == len(set(texts))
    only = searcher.search("安全检查走了过场", Filters(year_from=2021))
    assert only[0].passage.path == "丙.txt"


@pytest.mark.parametrize(
    ("query", "filters", "top"),
    [
        ("", Filters(), 5),
        (" \n", Filters(), 5),
        ("安全", Filters(), 0),
        ("安全", Filters(genres=("议案",)), 5),
    ],
)
def test_nothing_asked_nothing_found(searcher: Searcher, query: str, filters: Filters, top: int) -> None:
    assert searcher.search(query, filters, top) == ()


def test_empty_index(tmp_path: Path) -> None:
    assert Searcher(open_index(tmp_path / "empty"), CountingEmbedder()).search("安全") == ()


def test_removed_document_is_never_found_again(index: Index, searcher: Searcher) -> None:
    (gone,) = [item for item in index.documents() if item.path == "甲.txt"]
    assert any(hit.passage.document == gone.id for hit in searcher.search("调查研究不够深入"))
    index.remove([gone.id])
    for query in ("调查研究不够深入", "理论学习", gone.title):
        assert all(hit.passage.document != gone.id for hit in searcher.search(query, top=100))


def test_top_limits(searcher: Searcher) -> None:
    assert len(searcher.search("安全检查走了过场", top=1)) == 1


def test_nothing_is_found_for_what_nothing_answers(searcher: Searcher) -> None:
    assert searcher.search("番茄炒蛋先放番茄还是先放鸡蛋") == ()


def test_the_nearest_are_shown_with_a_doubt_where_it_is_unsure_that_they_answer(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "安全检查走了过场"
    assert searcher.answer(query).fits
    monkeypatch.setattr(search, "FITS", 99.0)
    monkeypatch.setattr(search, "FEW", 2)
    doubted = searcher.answer(query)
    assert not doubted.fits
    assert query in doubted.hits[0].passage.text
    assert len(doubted.hits) == 2
    assert searcher.search(query) == ()
    assert searcher.answer("“四个意识”树得不牢").fits  # a formulation that is named is an answer


def test_exact_words_are_found_whatever_the_vectors_say(index: Index) -> None:
    class Blind(CountingEmbedder):
        """Every query looks the same to it."""

        def embed_query(self, text: str):  # noqa: ANN202
            return super().embed_query("同一句")

    hits = Searcher(index, Blind()).search("安全检查走了过场")
    assert "安全检查走了过场" in hits[0].passage.text
    assert Searcher(index, Blind()).search("世界杯谁赢了") == ()
