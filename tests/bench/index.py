"""How fast the index is opened, extended and searched, on the shipped corpus and the real embedder.

    python -m tests.bench.index            the shipped corpus as it is
    python -m tests.bench.index --copies 50    also a store of that many times as many passages

Ratios are against a named reference measured in the same run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from tests.eval.retrieval import load_questions

REPOSITORY = Path(__file__).resolve().parents[2]


def seconds(call: Callable[[], object], times: int = 1) -> float:
    """Return the median wall time of `call`."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return median(taken)


def line(what: str, value: str, note: str = "") -> None:
    print(f"{what:46} {value:>12}  {note}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--copies", type=int, default=0)
    copies = parser.parse_args().copies

    from assistant.backends.cached import CachedEmbedder
    from assistant.backends.faiss_store import FaissStore
    from assistant.backends.sentence import SentenceEmbedder
    from assistant.ingest.documents import document_from_text, formulations_of, shipped_documents
    from assistant.resources import shipped
    from assistant.retrieval.index import Index
    from assistant.retrieval.search import Searcher

    raw, corpus = SentenceEmbedder(), shipped("corpus")
    embedder = CachedEmbedder(raw, shipped("index"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        documents = shipped_documents(corpus)
        Index.rebuild(folder, embedder, FaissStore, documents)
        opened = seconds(lambda: Index.open(folder, embedder, FaissStore), 5)
        index = Index.open(folder, embedder, FaissStore)
        snapshot = index.snapshot()
        print(f"{len(snapshot.documents)} documents, {len(snapshot.passages)} passages")
        line("open the index", f"{opened * 1000:.0f} ms")

        queries = [question.query for question in load_questions()[0]]
        searcher = Searcher(index, embedder, formulations_of(corpus))
        searcher.search(queries[0])
        embedding = median(seconds(lambda q=query: embedder.embed_query(q)) for query in queries)
        searching = median(seconds(lambda q=query: searcher.search(q)) for query in queries)
        line("embed a query (reference)", f"{embedding * 1000:.1f} ms")
        line(
            "search, embedding included",
            f"{searching * 1000:.1f} ms",
            f"{searching / embedding:.2f} × reference",
        )

        text = "\n".join(item.text for item in documents if item.kind == "exemplar")[:20_000]
        material = document_from_text(text, "材料.txt")
        adding = seconds(lambda: index.add([material]))
        new = next(shard for shard in index.snapshot().shards if shard.document.id == material.id)
        texts = [passage.text for passage in new.passages]
        plain = seconds(lambda: embedder.embed_passages(texts))
        line(
            "embed the passages of a document (reference)",
            f"{len(texts) / plain:.1f} /s",
            f"{len(texts)} passages",
        )
        line("add that document", f"{len(texts) / adding:.1f} /s", f"{adding / plain:.2f} × reference time")
        line("remove it", f"{seconds(lambda: index.remove([material.id])) * 1000:.0f} ms")

        if copies and snapshot.store is not None:
            vectors = np.concatenate([shard.vectors for shard in snapshot.shards])
            many = np.tile(vectors, (copies, 1))
            store = FaissStore(vectors.shape[1])
            store.add(np.arange(len(many), dtype=np.int64), many)
            query = embedder.embed_query(queries[0])
            scan = seconds(lambda: many @ query, 5)
            found = seconds(lambda: store.search(query, 200), 5)
            line(f"numpy scan of {len(many)} vectors (reference)", f"{scan * 1000:.1f} ms")
            line("faiss search of the same", f"{found * 1000:.1f} ms", f"{found / scan:.2f} × reference")

    script = "import time; t = time.perf_counter(); import assistant.retrieval.search; print(time.perf_counter() - t)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    line("import assistant.retrieval.search", f"{float(done.stdout) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
