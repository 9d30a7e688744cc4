"""Which vector store the settings ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.backends import VectorStore


def store_factory(settings: Settings, embedder_name: str) -> Callable[[int], VectorStore]:
    """Return what makes or opens the store for vectors of that embedder: dimension → store.

    Connects to nothing before its first call. Raises DataError for a Milvus address that may not be used.
    """
    if settings.store == "milvus":
        from assistant.backends.milvus_store import milvus_factory

        return milvus_factory(settings, embedder_name)
    from assistant.backends.faiss_store import FaissStore

    return FaissStore
