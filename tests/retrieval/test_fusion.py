"""Fusion of two ranked lists."""

from __future__ import annotations

import pytest

from assistant.retrieval.fusion import reciprocal_rank, standard_sum

DENSE = [(1, 0.9), (2, 0.8), (3, 0.2)]
LEXICAL = [(2, 12.0), (4, 3.0), (1, 1.0)]


def ids(pairs: list[tuple[int, float]]) -> list[int]:
    return [number for number, _ in pairs]


@pytest.mark.parametrize("fuse", [reciprocal_rank, standard_sum])
def test_what_both_find_comes_first_and_nothing_is_lost(fuse) -> None:  # noqa: ANN001
    found = ids(fuse(DENSE, LEXICAL))
    assert found[0] == 2
    assert set(found) == {1, 2, 3, 4}
    assert ids(fuse(DENSE, [])) == [1, 2, 3]
    assert ids(fuse([], LEXICAL)) == [2, 4, 1]
    assert fuse([], []) == []


def test_reciprocal_rank_values() -> None:
    assert dict(reciprocal_rank(DENSE, LEXICAL))[2] == pytest.approx(1 / 62 + 1 / 61)


def test_standard_sum_is_free_of_scale_and_shift() -> None:
    moved = [(number, 1000 + 50 * score) for number, score in LEXICAL]
    plain, other = standard_sum(DENSE, LEXICAL), standard_sum(DENSE, moved)
    assert ids(plain) == ids(other)
    assert [score for _, score in plain] == pytest.approx([score for _, score in other])


def test_missing_counts_as_last() -> None:
    sums = dict(standard_sum(DENSE, LEXICAL))
    assert sums[4] < sums[1]
    assert sums[3] == min(sums.values())


def test_equal_scores_do_not_divide_by_zero() -> None:
    assert ids(standard_sum([(5, 0.5), (2, 0.5)], [])) == [2, 5]
