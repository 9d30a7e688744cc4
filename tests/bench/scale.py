"""How the index behaves at 1,000, 10,000 and 100,000 passages: python -m tests.bench.scale [passages …]

Texts are made of sentences of the shipped corpus in chance order, vectors are random unit vectors, so that only the
index is measured. The reference is a plain NumPy scan of the same vectors in the same run.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from assistant.backends.faiss_store import FaissStore
from assistant.ingest.documents import document_from_text, shipped_documents
from assistant.knowledge.structure import split_sentences
from assistant.records import Document
from assistant.resources import shipped
from assistant.retrieval.fusion import standard_sum
from assistant.retrieval.index import Index
from assistant.retrieval.search import CANDIDATES

if TYPE_CHECKING:
    from assistant.backends import Progress, Vectors

DIMENSION = 384
SENTENCES = 60  # a document of some 15 passages


class RandomEmbedder:
    """Implements Embedder without looking at the texts."""

    name = "random"
    dimension = DIMENSION

    def __init__(self) -> None:
        self._chance = np.random.default_rng(1)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = self._chance.normal(size=(len(texts), DIMENSION)).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.embed_passages([text])[0]
        return vector


def documents(count: int, sentences: Sequence[str]) -> list[Document]:
    chance = Random(count)
    return [
        document_from_text("\n".join("".join(chance.choices(sentences, k=5)) for _ in range(12)), f"{n}.txt")
        for n in range(count)
    ]


def timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def measure(passages: int, sentences: Sequence[str]) -> None:
    made = documents(1, sentences)
    embedder = RandomEmbedder()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        each = len(Index.rebuild(folder / "one", embedder, FaissStore, made).snapshot().passages)
        made = documents(max(passages // each, 1), sentences)
        build = timed(lambda: Index.rebuild(folder, embedder, FaissStore, made))
        opened = timed(lambda: Index.open(folder, embedder, FaissStore))
        index = Index.open(folder, embedder, FaissStore)
        new = document_from_text("\n".join(sentences[:SENTENCES]), "新.txt")
        add = timed(lambda: index.add([new]))
        again = document_from_text("\n".join(sentences[SENTENCES : 2 * SENTENCES]), "又.txt")
        second = timed(lambda: index.add([again]))
        remove = timed(lambda: index.remove([new.id]))
        snapshot = index.snapshot()
        queries = [sentence[:16] for sentence in sentences[100:150]]

        def ask(query: str) -> object:
            dense = snapshot.nearest(embedder.embed_query(query), CANDIDATES)
            return standard_sum(dense, snapshot.lexical.best(query, CANDIDATES))

        took = sorted(timed(lambda q=query: ask(q)) for query in queries)
        vectors = np.concatenate([shard.vectors for shard in snapshot.shards])
        scan = min(timed(lambda: vectors @ vectors[0]) for _ in range(5))
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
        p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
        print(
            f"{len(snapshot.passages):8} {build:8.1f} {opened:7.2f} {add:6.2f} {second:6.2f} {remove:6.2f} "
            f"{p50 * 1000:7.1f} {p95 * 1000:7.1f} {p50 / scan:6.2f} {size:7.0f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("passages", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    exemplars = [item for item in shipped_documents(shipped("corpus")) if item.kind == "exemplar"]
    sentences = [item.text[a:b] for item in exemplars for a, b in split_sentences(item.text) if b - a > 20]
    print("passages  build s  open s  add s  again  remove  p50 ms  p95 ms  ÷scan     MiB")
    for passages in parser.parse_args().passages:
        measure(passages, sentences)


if __name__ == "__main__":
    main()
