"""An embedder that knows the vectors of texts embedded before: the shipped ones, and those of this machine.

A vector file holds `keys` (n, 16) bytes, the first half of each text's SHA-256, and `vectors`
(n, dimension) int8, each scaled to its greatest component: that moves a unit vector by a cosine of some 0.00002. Written by
tests/eval/pack_vectors.py, and named after the embedder whose weights made it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.backends.vector_cache import VectorCache

if TYPE_CHECKING:
    from assistant.backends import Embedder, Progress, Vectors

KEY_BYTES = 16
GROUP = 512  # texts embedded before they are remembered: what a cancelled run can lose


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
    scaled = vectors * (127 / np.abs(vectors).max(axis=1, keepdims=True))
    np.savez_compressed(path, keys=keys, vectors=np.rint(scaled).astype(np.int8))


class CachedEmbedder:
    """`inner` with the vectors of `folder` at hand; a file of another embedder is never looked at.

    With the file `cache` what `inner` makes is remembered there too, so that no text is embedded twice:
    a document removed and added again, or split anew into the same passages, costs nothing.
    """

    def __init__(self, inner: Embedder, folder: Path, cache: Path | None = None) -> None:
        self._inner = inner
        self._file = vector_file(folder, inner.name)
        self._shipped: dict[bytes, Vectors] | None = None
        self._cache = VectorCache(cache, inner.name) if cache else None

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    def embed_query(self, text: str) -> Vectors:
        return self._inner.embed_query(text)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return unit vectors of shape (len(texts), dimension); only unknown texts reach the inner embedder.

        `progress` gets (texts done, texts) once before, and then as often as the inner embedder calls it.
        """
        import numpy as np

        keys = [text_key(text) for text in texts]
        vectors = self._known(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in vectors}

        def report(done: int, _: int, before: int = 0) -> None:
            if progress:
                progress(len(texts) - len(missing) + before + done, len(texts))

        report(0, 0)
        unknown = list(missing)
        for start in range(0, len(unknown), GROUP):
            group = unknown[start : start + GROUP]
            fresh = self._inner.embed_passages([missing[key] for key in group], partial(report, before=start))
            vectors.update(zip(group, fresh, strict=True))
            if self._cache:
                self._cache.put(group, fresh)
        # Without texts the model need not be loaded to know how wide nothing is.
        return np.stack([vectors[key] for key in keys]) if keys else np.empty((0, 0), np.float32)

    def _known(self, keys: list[bytes]) -> dict[bytes, Vectors]:
        shipped = self._load()
        vectors = {key: shipped[key] for key in keys if key in shipped}
        if self._cache:
            vectors |= self._cache.get([key for key in dict.fromkeys(keys) if key not in vectors])
        return vectors

    def _load(self) -> dict[bytes, Vectors]:
        import numpy as np

        if self._shipped is None:
            self._shipped = {}
            if self._file.exists():
                with np.load(self._file, allow_pickle=False) as stored:
                    vectors = stored["vectors"].astype(np.float32)
                    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
                    self._shipped = {
                        key.tobytes(): vectors[place] for place, key in enumerate(stored["keys"])
                    }
        return self._shipped
