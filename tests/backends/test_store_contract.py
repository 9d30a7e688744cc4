"""One contract for all vector stores: equal ids and scores for equal vectors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from assistant.backends import VectorStore
from assistant.backends.faiss_store import FaissStore
from assistant.backends.fake import FakeStore

DIMENSION = 16
STORES: dict[str, Callable[[int], VectorStore]] = {"faiss": FaissStore, "fake": lambda _: FakeStore()}


def unit(count: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def ids(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> VectorStore:
    made: VectorStore = STORES[request.param](DIMENSION)
    return made


def expected(
    vectors: np.ndarray, numbers: np.ndarray, query: np.ndarray, top: int
) -> list[tuple[int, float]]:
    pairs = [(int(i), float(score)) for i, score in zip(numbers, vectors @ query, strict=True)]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:top]


def same(found: list[tuple[int, float]], wanted: list[tuple[int, float]]) -> bool:
    close = np.allclose([score for _, score in found], [score for _, score in wanted], atol=1e-5)
    return [number for number, _ in found] == [number for number, _ in wanted] and bool(close)


@pytest.mark.parametrize("top", [1, 5, 100, 1000])
def test_finds_the_nearest_with_their_inner_products(store: VectorStore, top: int) -> None:
    vectors, numbers = unit(100), np.arange(100, dtype=np.int64) * 7 + 3
    store.add(numbers[:60], vectors[:60])
    store.add(numbers[60:], vectors[60:])
    query = unit(1, seed=1)[0]
    assert len(store) == 100
    assert same(store.search(query, top), expected(vectors, numbers, query, top))


def test_only_allowed_ids(store: VectorStore) -> None:
    vectors, numbers = unit(50), np.arange(50, dtype=np.int64)
    store.add(numbers, vectors)
    query, some = unit(1, seed=2)[0], ids(3, 5, 8, 13, 21)
    assert same(store.search(query, 10, some), expected(vectors[some], some, query, 10))
    assert store.search(query, 10, ids()) == []
    assert store.search(query, 10, ids(999)) == []
    assert [number for number, _ in store.search(query, 10, ids(7, 999))] == [7]


def test_removed_is_never_found_again_and_its_id_can_return(store: VectorStore) -> None:
    vectors, numbers = unit(20), np.arange(20, dtype=np.int64)
    store.add(numbers, vectors)
    store.remove(ids(4, 5, 999))
    assert len(store) == 18
    assert {number for number, _ in store.search(vectors[4], 20)} == set(range(20)) - {4, 5}
    assert store.search(vectors[4], 20, ids(4, 5)) == []
    store.add(ids(4), vectors[:1])
    assert store.search(vectors[0], 2)[0][0] == 0
    assert [number for number, _ in store.search(vectors[0], 2)] == [0, 4]


def test_any_id_is_found(store: VectorStore) -> None:
    numbers = np.random.default_rng(6).integers(-(2**63) + 1, 2**63 - 1, 200)
    numbers[:4] = [-1, 0, 2**53 + 1, -(2**53) - 1]
    vectors, query = unit(200), unit(1, seed=7)[0]
    store.add(numbers, vectors)
    for top in (10, 200, 500):
        assert same(store.search(query, top), expected(vectors, numbers, query, top))
        wanted = expected(vectors[:90], numbers[:90], query, top)
        assert same(store.search(query, top, numbers[:90]), wanted)


@pytest.mark.parametrize("top", [1, 3, 40])
def test_equal_scores_come_by_id(store: VectorStore, top: int) -> None:
    vectors = np.repeat(unit(1), 60, axis=0)
    order = np.random.default_rng(3).permutation(60).astype(np.int64)
    store.add(order, vectors)
    assert [number for number, _ in store.search(vectors[0], top)] == list(range(top))


def test_nothing_in_nothing_out(store: VectorStore) -> None:
    query = unit(1)[0]
    assert len(store) == 0
    assert store.search(query, 5) == []
    store.add(ids(), unit(0))
    store.remove(ids())
    assert store.search(query, 5) == []
    store.add(ids(1), unit(1))
    assert store.search(query, 0) == []
