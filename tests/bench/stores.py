"""How fast Milvus takes and finds vectors, against FaissStore (the reference) in the same run.

    python -m tests.bench.stores                                    Milvus Lite in a temporary folder
    python -m tests.bench.stores --uri http://127.0.0.1:19530       a running service; leaves its collection there

Random unit vectors of 384 components, ids of 62 bits, the best 200 asked for, as the search does.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from statistics import median

import numpy as np

from assistant.backends import VectorStore
from assistant.backends.faiss_store import FaissStore
from assistant.backends.milvus_store import milvus_factory
from assistant.settings import load_settings

DIMENSION, TOP = 384, 200
SIZES = (1_000, 10_000, 100_000)


def seconds(call: Callable[[], object], times: int = 1) -> float:
    """Return the median wall time of `call`."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return median(taken)


def unit(count: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def line(what: str, measured: float, reference: float, unit: str = "ms", digits: int = 1) -> None:
    print(
        f"{what:44} {measured:>12,.{digits}f} {unit}   faiss {reference:>12,.{digits}f} {unit}"
        f"   {measured / reference:.3g} ×"
    )


def pair(both: Sequence[VectorStore], call: Callable[[VectorStore], object], times: int = 1) -> list[float]:
    return [seconds(lambda store=store: call(store), times) * 1000 for store in both]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--uri", default="向量.db")
    uri = parser.parse_args().uri
    vectors, queries = unit(max(SIZES), 0), unit(9, 1)
    numbers = np.unique(np.random.default_rng(2).integers(-(2**62), 2**62, max(SIZES) + 1_000))
    numbers = np.random.default_rng(3).permutation(numbers)[: max(SIZES)]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        settings = replace(load_settings(), home=Path(name), store="milvus", milvus_uri=uri)
        both = (milvus_factory(settings, "bench")(DIMENSION), FaissStore(DIMENSION))
        done = 0
        for size in SIZES:
            print(f"{size:,} vectors")
            part = slice(done, size)
            taken = pair(both, lambda store, part=part: store.add(numbers[part], vectors[part]))
            line("  add", *((size - done) * 1000 / each for each in taken), "/s", 0)
            done = size
            each = cycle(queries)
            line("  search", *pair(both, lambda store, each=each: store.search(next(each), TOP), 9))
            for share in (0.001, 0.1, 0.5, 0.99):
                allowed = np.random.default_rng(4).permutation(numbers[:size])[: int(size * share)]
                measured = pair(both, lambda store, some=allowed: store.search(queries[0], TOP, some), 5)
                line(f"  search among {len(allowed):,} allowed ids", *measured)
            line("  known, all of them", *pair(both, lambda store, size=size: store.known(numbers[:size])))
            line("  ids", *pair(both, lambda store: store.ids()))
            line(
                "  remove 100", *pair(both, lambda store, size=size: store.remove(numbers[size - 100 : size]))
            )
            for store in both:
                store.add(numbers[size - 100 : size], vectors[size - 100 : size])
            found = [store.search(queries[0], TOP) for store in both]
            agree = [[number for number, _ in each] for each in found]
            print("  same ids in the same order:", agree[0] == agree[1])


if __name__ == "__main__":
    main()
