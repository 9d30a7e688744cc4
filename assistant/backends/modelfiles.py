"""Files of models: are they whole, safe and the same as before?

Checksums that are remembered beside the file, a lock between processes, room on the disk, and the
checks that a GGUF file or an embedder's folder passes before anything loads it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.errors import ModelError
from assistant.resources import write_atomically

_LOCK_SECONDS = 600.0
_SPARE = 64 << 20  # bytes kept free on the disk beside what a file needs
_BACK = "运行 bigan models use embedded 可换回内置模型。"
_GGUF_VERSIONS = (2, 3)
_GGUF_MOST = 1_000_000  # tensors or metadata entries; real files have some hundreds
# Pickle weights run code when read: a folder is refused when they are all it has in some place.
_PICKLES = ("pytorch_model*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")


def is_verified(path: Path, digest: str) -> bool:
    """Return whether `path` still has the size and time at which its SHA-256 was found to be `digest`."""
    if not path.is_file():
        return False
    stat = path.stat()
    record: object = read_json(_sidecar(path), {})
    return record == {
        "sha256": digest,
        "size": stat.st_size,
        "mtime_ns": stat.st_mtime_ns,
    }


def remember_verified(path: Path, digest: str) -> None:
    """Note beside `path` that its content has just been found to have the SHA-256 `digest`."""
    stat = path.stat()
    record = {"sha256": digest, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    write_atomically(_sidecar(path), json.dumps(record).encode("utf-8"))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock between processes that guards the making of `path`."""
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=_LOCK_SECONDS):
            yield
    except Timeout as error:
        raise ModelError(f"另一个笔杆程序正在准备“{path.name}”，等了很久还没好。", "请稍后再试。") from error


def require_space(folder: Path, size: int) -> None:
    """Raise ModelError unless the disk of the existing `folder` can take `size` more bytes."""
    free = shutil.disk_usage(folder).free
    if free < size + _SPARE:
        raise ModelError(
            f"磁盘空间不够：要 {in_words(size)}，只剩 {in_words(free)}（{folder}）。", "请腾出空间后重试。"
        )


def in_words(size: int) -> str:
    """Return a size in bytes as people read it, such as "2.5 GB"."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def check_gguf(path: Path) -> None:
    """Raise ModelError unless `path` is a file with a plausible GGUF header.

    Header (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): "GGUF", version as uint32,
    number of tensors and of metadata entries as uint64, little endian.
    """
    try:
        with path.open("rb") as file:
            head = file.read(24)
    except OSError as error:
        what = "找不到" if isinstance(error, FileNotFoundError) else "打不开"
        raise ModelError(f"{what}模型文件“{path}”。", f"请检查路径和权限。{_BACK}") from error
    if head[:4] != b"GGUF" or len(head) < 24:
        raise ModelError(f"“{path.name}”不是 GGUF 模型文件。", f"请选扩展名为 .gguf 的完整模型文件。{_BACK}")
    version, tensors, entries = struct.unpack("<IQQ", head[4:])
    if version not in _GGUF_VERSIONS:
        raise ModelError(f"“{path.name}”的 GGUF 版本（{version}）不受支持。", "请换用版本 2 或 3 的文件。")
    if not (0 < tensors < _GGUF_MOST and 0 < entries < _GGUF_MOST and path.stat().st_size > 32 * tensors):
        raise ModelError(f"模型文件“{path.name}”已损坏或没有下载完整。", "请重新下载。")


def check_embedder(folder: Path) -> None:
    """Raise ModelError unless `folder` is a sentence-transformers model that loads without foreign code.

    It needs modules.json naming only classes of sentence_transformers, and safetensors weights
    wherever there are pickle weights (which are then never read).
    """
    modules = read_json(folder / "modules.json", None)
    if not isinstance(modules, list) or not modules:
        raise ModelError(
            f"“{folder}”不是 sentence-transformers 模型文件夹（没有可读的 modules.json）。",
            "请选含有 modules.json 的文件夹。",
        )
    kinds = [str(module.get("type", "")) for module in modules if isinstance(module, dict)]
    foreign = [kind for kind in kinds if not kind.startswith("sentence_transformers.")]
    if foreign or len(kinds) != len(modules):
        raise ModelError(
            f"模型“{folder.name}”要运行自带的程序代码，为安全起见不予加载。", "请换用不带代码的模型。"
        )
    pickles = {path.parent for pattern in _PICKLES for path in folder.rglob(pattern)}
    if any(not list(place.glob("*.safetensors")) for place in pickles):
        raise ModelError(
            f"模型“{folder.name}”只有 pickle 格式的权重（.bin、.pt），这种文件能夹带程序，不予加载。",
            "请下载 safetensors 格式的权重。",
        )
    if not list(folder.rglob("*.safetensors")):
        raise ModelError(f"模型“{folder.name}”里没有 safetensors 权重文件。", "请重新下载完整的模型。")


def read_json(path: Path, default: Any) -> Any:
    """Return the JSON at `path`, or `default` when there is none that can be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return default


def _sidecar(path: Path) -> Path:
    return path.with_name(f".{path.name}.verified.json")
