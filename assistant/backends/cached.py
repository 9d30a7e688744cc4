"""An embedder that knows the vectors of texts embedded before, so that the shipped corpus costs nothing.

A vector file holds `keys` (n, 16) bytes, the first half of each text's SHA-256, and `vectors`
(n, dimension) float16: rounding moves a unit vector by a cosine of less than 1e-6. Written by
tests/eval/pack_vectors.py, and named after the embedder whose weights made it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.backends import Embedder, Progress, Vectors

KEY_BYTES = 16


def vector_file(folder: Path, name: str) -> Path:
    """Return where the vectors made by the embedder `name` lie in `folder`."""
    return folder / (re.sub(r"[^\w.-]", "_", name) + ".npz")


def text_key(text: str) -> bytes:
    """Return the key of `text` in a vector file."""
    return hashlib.sha256(text.encode("utf-8")).digest()[:KEY_BYTES]


def write_vectors(path: Path, texts: Sequence[str], vectors: Vectors) -> None:
    """Write the vectors of `texts`, shape (len(texts), dimension), to `path`."""
    import numpy as np

    keys = np.frombuffer(b"".join(map(text_key, texts)), dtype=np.uint8).reshape(-1, KEY_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, keys=keys, vectors=vectors.astype(np.float16))


class CachedEmbedder:
    """`inner` with the vectors of `folder` at hand; a file of another embedder is never looked at."""

    def __init__(self, inner: Embedder, folder: Path) -> None:
        self._inner = inner
        self._file = vector_file(folder, inner.name)
        self._known: dict[bytes, Vectors] | None = None

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    def embed_query(self, text: str) -> Vectors:
        return self._inner.embed_query(text)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return unit vectors of shape (len(texts), dimension); only unknown texts reach the inner embedder."""
        import numpy as np

        known = self._load()
        keys = [text_key(text) for text in texts]
        missing = [place for place, key in enumerate(keys) if key not in known]

        def report(done: int, _: int) -> None:
            if progress:
                progress(len(texts) - len(missing) + done, len(texts))

        report(0, 0)
        fresh = self._inner.embed_passages([texts[place] for place in missing], report) if missing else None
        width = fresh.shape[1] if fresh is not None else next(iter(known.values())).shape[0] if texts else 0
        vectors = np.empty((len(texts), width), dtype=np.float32)
        for place, key in enumerate(keys):
            if key in known:
                vectors[place] = known[key]
        if fresh is not None:
            vectors[missing] = fresh
        return vectors

    def _load(self) -> dict[bytes, Vectors]:
        import numpy as np

        if self._known is None:
            self._known = {}
            if self._file.exists():
                with np.load(self._file, allow_pickle=False) as stored:
                    vectors = stored["vectors"].astype(np.float32)
                    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
                    self._known = {key.tobytes(): vectors[place] for place, key in enumerate(stored["keys"])}
        return self._known
