"""Word search without a dictionary."""

from __future__ import annotations

import subprocess
import sys
from random import Random

import numpy as np
import pytest

from assistant.retrieval.lexical import K1, MOST_PARTS, B, Group, Lexical, make_lexical, tokens


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("党建", ["党", "建", "党建"]),
        ("抓党建，促发展", ["抓", "党", "建", "抓党", "党建", "促", "发", "展", "促发", "发展"]),
        ("增长5.2％ GDP", ["增", "长", "增长", "5.2", "gdp"]),
        ("ＡＢＣ１２", ["abc", "12"]),
        ("二〇二三", ["二", "〇", "二", "三", "二〇", "〇二", "二三"]),
        ("，。！ ", []),
        ("", []),
    ],
)
def test_tokens(text: str, found: list[str]) -> None:
    assert tokens(text) == found


TEXTS = ["理论学习不够系统", "安全检查走了过场", "学习安全知识", "GDP增长5.2%", "……"]


def group(key: str, *texts: str) -> Group:
    return Group(key, len(texts), lambda: texts)


def index(*texts: str) -> Lexical:
    return make_lexical([group("甲", *texts)])


def best(query: str, top: int = 5, allowed: list[int] | None = None) -> list[int]:
    places = None if allowed is None else np.array(allowed, dtype=np.int64)
    return [place for place, _ in index(*TEXTS).best(query, top, places)]


def test_best_shares_most_and_rarest_words() -> None:
    assert best("理论学习")[0] == 0
    assert best("安全检查")[0] == 1
    assert best("gdp 5.2") == [3]
    assert set(best("学习")) == {0, 2}


def test_limits() -> None:
    assert best("学习", top=1) in ([0], [2])
    assert best("学习", allowed=[1, 2]) == [2]
    assert best("学习", allowed=[]) == []
    assert best("zzz") == best("") == []


@pytest.mark.parametrize("texts", [[], ["……", "！"]])
def test_no_words_at_all(texts: list[str]) -> None:
    assert index(*texts).best("学习", 5) == []


def test_equal_scores_come_by_place() -> None:
    assert [place for place, _ in index(*["同一句话"] * 9).best("同一句话", 4)] == [0, 1, 2, 3]


def test_says_nothing() -> None:
    script = (
        "from assistant.retrieval.lexical import Group, make_lexical; "
        "make_lexical([Group('a', 1, lambda: ['甲乙'])]).best('甲', 1)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == done.stderr == ""


QUERIES = ["理论学习安全", "安全安全检查", "gdp 5.2", "不存在的词", "二〇二三年学习"]


def test_scores_are_those_of_bm25s() -> None:
    import bm25s

    reference = bm25s.BM25(k1=K1, b=B)
    reference.index([tokens(text) for text in TEXTS[:4]], show_progress=False)
    for query in QUERIES[:3]:
        assert np.allclose(index(*TEXTS[:4]).scores(query), reference.get_scores(tokens(query)), atol=1e-5)


def test_whatever_was_added_and_removed_scores_are_those_of_a_fresh_index() -> None:
    chance = Random(7)
    pieces = ["理论", "学习", "安全", "检查", "GDP", "5.2", "二〇二三年", "不够系统", "，"]
    documents: list[Group] = []
    grown = make_lexical([])
    for step in range(60):
        if documents and chance.random() < 0.4:
            documents.pop(chance.randrange(len(documents)))
        else:
            texts = ["".join(chance.choices(pieces, k=6)) for _ in range(chance.randrange(4))]
            documents.insert(chance.randrange(len(documents) + 1), group(f"{step}", *texts))
        grown = make_lexical(documents, grown)
        fresh = make_lexical(documents)
        for query in QUERIES:
            assert np.allclose(grown.scores(query), fresh.scores(query), atol=1e-5)
            assert grown.known(query) == pytest.approx(fresh.known(query))
        assert len(grown.parts) <= MOST_PARTS + 1


def test_only_what_is_new_is_read() -> None:
    read: list[str] = []

    def counted(key: str) -> Group:
        return Group(key, 1, lambda: read.append(key) or ["理论学习"])  # type: ignore[func-returns-value]

    first = make_lexical([counted("甲"), counted("乙")])
    second = make_lexical([counted("甲"), counted("乙"), counted("丙")], first)
    make_lexical([counted("甲"), counted("丙")], second)
    assert read == ["甲", "乙", "丙", "甲"]  # half of the first part is gone, so the rest of it is made again


@pytest.mark.parametrize(("query", "share"), [("理论学习", 1.0), ("火星人", 0.0), ("", 0.0)])
def test_known_is_the_share_of_the_query_that_stands_anywhere(query: str, share: float) -> None:
    assert index(*TEXTS).known(query) == share
    assert 0 < index(*TEXTS).known("理论火星") < 1
