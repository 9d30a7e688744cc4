"""Word search without a dictionary."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from assistant.retrieval.lexical import Lexical, tokens


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


def best(query: str, top: int = 5, allowed: list[int] | None = None) -> list[int]:
    places = None if allowed is None else np.array(allowed, dtype=np.int64)
    return [place for place, _ in Lexical(TEXTS).best(query, top, places)]


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
    assert Lexical(texts).best("学习", 5) == []


def test_equal_scores_come_by_place() -> None:
    assert [place for place, _ in Lexical(["同一句话"] * 9).best("同一句话", 4)] == [0, 1, 2, 3]


def test_says_nothing() -> None:
    script = "from assistant.retrieval.lexical import Lexical; Lexical(['甲乙']).best('甲', 1)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == done.stderr == ""
