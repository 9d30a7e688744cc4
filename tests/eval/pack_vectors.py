"""Embed the shipped corpus and write its vectors to index/: python -m tests.eval.pack_vectors

Run after every change of the corpus; tests/test_corpus_vectors.py says when. Texts embedded before
are taken from the present file.
"""

from __future__ import annotations

from assistant.backends.cached import CachedEmbedder, vector_file, write_vectors
from assistant.backends.sentence import SentenceEmbedder
from assistant.ingest.documents import shipped_documents
from assistant.resources import shipped
from assistant.retrieval.shards import pieces


def shipped_texts() -> list[str]:
    """Return every text of the shipped corpus that is embedded, each once."""
    documents = shipped_documents(shipped("corpus"))
    return list(dict.fromkeys(text for document in documents for text in pieces(document).texts))


def main() -> None:
    folder = shipped("index")
    embedder = SentenceEmbedder("embedded")
    texts = shipped_texts()
    vectors = CachedEmbedder(embedder, folder).embed_passages(
        texts, lambda done, total: print(f"\r{done}/{total}", end="", flush=True)
    )
    path = vector_file(folder, embedder.name)
    write_vectors(path, texts, vectors)
    print(f"\n{path.name}: {len(texts)} texts, {path.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
