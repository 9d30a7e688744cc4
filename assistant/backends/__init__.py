"""Interfaces of engines, embedders and vector stores.

Implementations live in the sibling modules and are imported lazily, each heavy package by one module
only. Every implementation passes the contract suite of its interface in tests/backends/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Event
from typing import TYPE_CHECKING, Protocol, TypeAlias

from assistant.records import EngineInfo, Message, Piece, Sampling

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors: TypeAlias = NDArray[np.float32]
    Ids: TypeAlias = NDArray[np.int64]

Prompt: TypeAlias = "str | tuple[Message, ...]"
Progress: TypeAlias = "Callable[[int, int], None]"  # (done, total)


class Engine(Protocol):
    """A language model. A `str` prompt is completed as it stands; messages go through the chat template."""

    def start(self) -> EngineInfo:
        """Load the model (at most once) and return what was loaded.

        Raises ModelError when the file is missing, damaged or cannot be loaded.
        """

    def count(self, prompt: Prompt) -> int:
        """Return the number of tokens of `prompt`, template and opening token included."""

    def stream(self, prompt: Prompt, sampling: Sampling, cancel: Event | None = None) -> Iterator[Piece]:
        """Yield the generated text in pieces; the last piece has `finish` set.

        Setting `cancel` ends the stream within one token, during prompt evaluation too, with
        `finish == "cancelled"`. Raises ContextOverflow when prompt and max_tokens exceed the
        context, ModelError when the engine fails; the next call works again.
        """

    def close(self) -> None:
        """Free the model. A later call starts it anew."""


class Embedder(Protocol):
    """Text to unit vectors."""

    @property
    def name(self) -> str:
        """Identity of the weights, recorded in the index manifest."""

    @property
    def dimension(self) -> int:
        """Components of a vector."""

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return unit vectors of shape (len(texts), dimension), float32."""

    def embed_query(self, text: str) -> Vectors:
        """Return one unit vector of shape (dimension,), float32."""


class VectorStore(Protocol):
    """Vectors by integer id, searched by inner product. An id is any int64 but the least and the greatest."""

    def __len__(self) -> int: ...

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add unit vectors of shape (n, dimension) under `ids` of shape (n,); ids are new."""

    def remove(self, ids: Ids) -> None:
        """Forget `ids`; unknown ids are ignored."""

    def known(self, ids: Ids) -> Ids:
        """Return those of `ids` that are in the store, each once, ascending."""

    def ids(self) -> Ids:
        """Return all ids in the store, ascending."""

    def search(self, vector: Vectors, top: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """Return at most `top` (id, score) pairs, best first, ties by id; only ids in `allowed` if given."""
