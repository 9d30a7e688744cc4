"""One contract for all vector stores: equal ids and scores for equal vectors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.backends import VectorStore
from assistant.backends.faiss_store import FaissStore
from assistant.backends.fake import FakeStore
from assistant.backends.milvus_store import MilvusStore, milvus_factory
from assistant.settings import load_settings

DIMENSION = 16
Maker = Callable[[int], VectorStore]
PLAIN: dict[str, Maker] = {"faiss": FaissStore, "fake": lambda _: FakeStore()}


@contextmanager
def milvus(folder: Path) -> Iterator[Maker]:
    """Yield what makes empty stores in Milvus: in a Lite file, or in the service at BIGAN_TEST_MILVUS."""
    from milvus_lite.server_manager import server_manager_instance

    uri = os.environ.get("BIGAN_TEST_MILVUS", str(folder / "向量.db"))
    settings = replace(load_settings(), home=folder, store="milvus", milvus_uri=uri)
    made: list[MilvusStore] = []

    def make(dimension: int) -> VectorStore:
        store = milvus_factory(settings, f"embedder {len(made)}")(dimension)
        assert isinstance(store, MilvusStore)
        made.append(store)
        return store

    yield make
    for store in made:
        store._client.drop_collection(store._name)
    server_manager_instance.release_server(uri)


def unit(count: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def ids(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@pytest.fixture(scope="module")
def milvus_maker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maker]:
    with milvus(tmp_path_factory.mktemp("milvus")) as maker:
        yield maker


@pytest.fixture(params=[*PLAIN, "milvus"])
def store(request: pytest.FixtureRequest) -> VectorStore:
    name = request.param
    maker: Maker = PLAIN[name] if name in PLAIN else request.getfixturevalue("milvus_maker")
    return maker(DIMENSION)


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


def test_many_allowed_ids(store: VectorStore) -> None:
    vectors, numbers = unit(12_000), np.arange(12_000, dtype=np.int64) * 3
    store.add(numbers, vectors)
    query = unit(1, seed=4)[0]
    near = np.argsort(-(vectors @ query))
    for left_out in (near[:10], near[:900], near[900:]):
        kept = np.setdiff1d(np.arange(12_000), left_out)
        others = np.arange(10_500, dtype=np.int64) * 3 + 1  # unknown ids among the allowed
        allowed = np.concatenate([numbers[kept], others])
        assert same(store.search(query, 20, allowed), expected(vectors[kept], numbers[kept], query, 20))


def test_tells_which_ids_it_has(store: VectorStore) -> None:
    assert store.ids().tolist() == []
    assert store.known(ids(1, 2)).tolist() == []
    numbers = np.arange(-20_000, 5_000, dtype=np.int64)
    store.add(numbers, np.repeat(unit(1), len(numbers), axis=0))
    store.add(ids(-(2**63) + 1, 2**63 - 2), unit(2))
    store.remove(ids(0, 3))
    assert store.known(ids(4, 7, 4, 0, 2**63 - 2, 999_999, -5)).tolist() == [-5, 4, 7, 2**63 - 2]
    assert store.known(ids()).tolist() == []
    everything = sorted({*numbers.tolist(), -(2**63) + 1, 2**63 - 2} - {0, 3})
    assert store.ids().tolist() == everything
    assert store.known(np.arange(-21_000, 1, dtype=np.int64)).tolist() == list(range(-20_000, 0))
    assert len(store) == len(everything)


def test_any_id_is_found(store: VectorStore) -> None:
    numbers = np.random.default_rng(6).integers(-(2**63) + 1, 2**63 - 1, 200)
    numbers[:6] = [-1, 0, -(2**63) + 1, 2**63 - 2, 2**53 + 1, -(2**53) - 1]
    vectors, query = unit(200), unit(1, seed=7)[0]
    store.add(numbers, vectors)
    assert store.ids().tolist() == store.known(numbers).tolist() == sorted(numbers.tolist())
    for top in (10, 200, 500):
        assert same(store.search(query, top), expected(vectors, numbers, query, top))
        wanted = expected(vectors[:90], numbers[:90], query, top)
        assert same(store.search(query, top, numbers[:90]), wanted)
    store.remove(numbers[:3])
    assert store.ids().tolist() == sorted(numbers[3:].tolist())
    assert same(store.search(query, 200), expected(vectors[3:], numbers[3:], query, 200))


@pytest.mark.parametrize("top", [1, 3, 40])
def test_equal_scores_come_by_id(store: VectorStore, top: int) -> None:
    vectors = np.repeat(unit(1), 60, axis=0)
    order = np.random.default_rng(3).permutation(60).astype(np.int64)
    store.add(order, vectors)
    assert [number for number, _ in store.search(vectors[0], top)] == list(range(top))


def test_equal_scores_come_by_id_whenever_they_were_added(store: VectorStore) -> None:
    vectors = np.concatenate([unit(7, seed=5), np.repeat(unit(1), 5, axis=0)])
    for start in (20, 0, 40):
        store.add(np.arange(start, start + 12, dtype=np.int64), vectors)
    wanted = [number for start in (0, 20, 40) for number in range(start + 7, start + 12)]
    assert [number for number, _ in store.search(vectors[-1], 15)] == wanted
    assert [number for number, _ in store.search(vectors[-1], 8)] == wanted[:8]


def test_nothing_in_nothing_out(store: VectorStore) -> None:
    query = unit(1)[0]
    assert len(store) == 0
    assert store.search(query, 5) == []
    store.add(ids(), unit(0))
    store.remove(ids())
    assert store.search(query, 5) == []
    store.add(ids(1), unit(1))
    assert store.search(query, 0) == []
