"""Fetch a model from ModelScope or Hugging Face, only when the user asks for it.

The hubs' own clients list the files, build the addresses and carry the requests (proxies,
redirects, certificates); the loop that writes, resumes and checks the bytes is ours and the same for
both, because huggingface_hub 2.4 forgets a partial download when the process ends and modelscope_hub
draws its own progress bars. No token is sent: a repository that wants one is refused with a remedy.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from assistant.backends.hub_clients import (
    SITES,
    Interrupted,
    RemoteFile,
    Repository,
    Source,
    Stream,
    huggingface,
    modelscope,
)
from assistant.backends.modelfiles import (
    check_embedder,
    check_gguf,
    in_words,
    is_verified,
    locked,
    remember_verified,
    require_space,
)
from assistant.backends.models import recommended
from assistant.errors import ModelError
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.backends import Progress


_CLIENTS = {"modelscope": modelscope, "huggingface": huggingface}
_RETRY = "已下载的部分保留着，再运行一次会接着下载。"
_ATTEMPTS = 4  # in a row without a single new byte
_PAUSE = 1.0  # seconds before the second attempt, twice as long before each further one
_CHUNK = 1 << 20
# What sentence-transformers reads; pickle weights, ONNX and other frameworks' copies stay away.
_EMBEDDER_FILES = (".json", ".txt", ".safetensors", ".model")
_SKIPPED_FOLDERS = ("onnx", "openvino")


def get_model(
    name_or_repo: str,
    settings: Settings,
    source: Source = "modelscope",
    endpoint: str = "",
    on_progress: Progress | None = None,
) -> Path:
    """Fetch a model into `settings.models_folder` and return its path (a GGUF file or a folder).

    `name_or_repo` is a recommended name, "owner/repository" or "owner/repository/file.gguf".
    `endpoint` replaces the hub's address (a mirror). `on_progress` gets bytes done and in all; what
    it raises ends the download, and the next call goes on from there. The model appears only whole
    and with the checksum the hub states; one that is already there is returned at once. Raises
    ModelError: no client, no network, no such repository or file, no room, wrong checksum.
    """
    repo, wanted = _address(name_or_repo.strip(), source)
    folder = settings.models_folder
    with locked(folder / f"download-{repo.replace('/', '--')}"), _disk_errors(folder):
        repository = _CLIENTS[source](repo, endpoint)
        files = _selected(repository.files, repo, wanted)
        if not _is_gguf(files):
            return _fetch_folder(repository, files, folder / repo.rsplit("/", 1)[-1], on_progress)
        return _fetch_gguf(repository, files[0], folder, on_progress)


def _address(name: str, source: str) -> tuple[str, str]:
    """Return the repository and the path of the wanted file in it ("" when not said)."""
    if source not in SITES:
        raise ModelError(f"不认识的下载来源“{source}”。", "请用 modelscope 或 huggingface。")
    for model in recommended():
        if model.name == name:
            return (model.modelscope if source == "modelscope" else model.huggingface), model.file
    parts = name.split("/", 2)
    if len(parts) < 2 or not all(re.fullmatch(r"\w[\w.\-]*", part) for part in parts[:2]):
        raise ModelError(
            f"没有叫“{name}”的推荐模型。",
            "请用 bigan models list 查看名称，或写成“作者/仓库”“作者/仓库/文件.gguf”。",
        )
    return "/".join(parts[:2]), parts[2] if len(parts) == 3 else ""


def _is_gguf(files: list[RemoteFile]) -> bool:
    return len(files) == 1 and files[0].path.endswith(".gguf")


def _selected(files: tuple[RemoteFile, ...], repo: str, wanted: str) -> list[RemoteFile]:
    """Return the one GGUF file, or the files of an embedder, that make up the model."""
    for file in files:
        place = PurePosixPath(file.path)
        if place.is_absolute() or ".." in place.parts or "\\" in file.path or ":" in file.path:
            raise ModelError(f"仓库“{repo}”里有不安全的文件名：{file.path}。", "请换一个仓库。")
    if wanted:
        found = [file for file in files if file.path == wanted]
        if not found or not wanted.endswith(".gguf") or _is_part(wanted):
            raise ModelError(f"仓库“{repo}”里没有单独可用的模型文件“{wanted}”。", _ggufs_remedy(files, repo))
        return found
    if any(file.path == "modules.json" for file in files):
        return [file for file in files if _belongs_to_embedder(PurePosixPath(file.path))]
    ggufs = [file for file in files if file.path.endswith(".gguf") and not _is_part(file.path)]
    if len(ggufs) != 1:
        raise ModelError(f"仓库“{repo}”里没有可以直接确定的模型文件。", _ggufs_remedy(files, repo))
    return ggufs


def _ggufs_remedy(files: tuple[RemoteFile, ...], repo: str) -> str:
    names = [file.path for file in files if file.path.endswith(".gguf") and not _is_part(file.path)]
    if not names:
        return "请换一个含有单个 .gguf 文件或检索模型（modules.json）的仓库。"
    return f"请写明文件，如“{repo}/{names[0]}”。可选：{'、'.join(names[:12])}。"


def _is_part(path: str) -> bool:
    """Say whether a GGUF is not a language model of its own: one of several parts, or a vision adapter."""
    return re.search(r"-\d{5}-of-\d{5}\.gguf$", path) is not None or "mmproj" in path


def _belongs_to_embedder(path: PurePosixPath) -> bool:
    return path.suffix in _EMBEDDER_FILES and path.parts[0] not in _SKIPPED_FOLDERS


def _fetch_gguf(repository: Repository, file: RemoteFile, folder: Path, on_progress: Progress | None) -> Path:
    target = folder / PurePosixPath(file.path).name
    if is_verified(target, file.digest):
        return target
    if _size(target) == file.size and _digest(target, file) == file.digest:  # brought by hand
        remember_verified(target, file.digest)
        return target
    partial = folder / f".{target.name}.{file.digest[:12]}.part"
    require_space(folder, file.size - _size(partial))
    _download(repository.stream, file, partial, _part_of(on_progress, 0, file.size))
    try:
        check_gguf(partial)
    except ModelError:
        partial.unlink()
        raise ModelError(f"仓库里的“{target.name}”不是能用的 GGUF 模型文件。", "请换一个文件。") from None
    partial.replace(target)
    remember_verified(target, file.digest)
    return target


def _fetch_folder(
    repository: Repository, files: list[RemoteFile], target: Path, on_progress: Progress | None
) -> Path:
    if target.is_dir() and all(_size(target / file.path) == file.size for file in files):
        return target
    staging = target.with_name(f".{target.name}.download")
    total = sum(file.size for file in files)
    staging.mkdir(parents=True, exist_ok=True)
    require_space(staging, total - sum(_size(path) for path in staging.rglob("*") if path.is_file()))
    done = 0
    for file in files:
        whole = staging / file.path
        whole.parent.mkdir(parents=True, exist_ok=True)
        if not is_verified(whole, file.digest):
            partial = whole.with_name(f".{whole.name}.{file.digest[:12]}.part")
            _download(repository.stream, file, partial, _part_of(on_progress, done, total))
            partial.replace(whole)
            remember_verified(whole, file.digest)
        done += file.size
    _part_of(on_progress, total, total)(0)
    for sidecar in staging.rglob(".*.verified.json"):
        sidecar.unlink()
    check_embedder(staging)
    if target.exists():
        shutil.rmtree(target)
    staging.replace(target)
    return target


def _part_of(on_progress: Progress | None, before: int, total: int) -> Callable[[int], None]:
    """Return what reports the bytes done of one file after `before` bytes of others."""
    return lambda done: None if on_progress is None else on_progress(before + done, total)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _download(stream: Stream, file: RemoteFile, partial: Path, tell: Callable[[int], None]) -> None:
    """Complete `partial`, going on where it ends, and check it; a wrong one is removed."""
    if not file.digest:
        raise ModelError(f"网站没有公布“{file.path}”的校验值，无法核对。", "请换一个来源。")
    if _size(partial) > file.size:
        partial.unlink()
    failures = 0
    while _size(partial) < file.size or not partial.exists():
        before = _size(partial)
        try:
            _append(stream, file, partial, tell)
        except Interrupted as error:
            failures = 1 if _size(partial) > before else failures + 1
            if failures >= _ATTEMPTS:
                raise ModelError(f"下载“{file.path}”时网络一再中断。", _RETRY) from error
            time.sleep(_PAUSE * 2 ** (failures - 1))
    tell(file.size)
    if _digest(partial, file) != file.digest:
        partial.unlink()
        raise ModelError(
            f"“{file.path}”下载后的校验值与网站公布的不一致，已删除。", "请重新下载；仍不行就换一个来源。"
        )


def _append(stream: Stream, file: RemoteFile, partial: Path, tell: Callable[[int], None]) -> None:
    with stream(file, _size(partial)) as (start, chunks), partial.open("ab") as target:
        target.truncate(start)  # a server that ignores Range sends everything again
        target.seek(start)
        done = start
        tell(done)
        for chunk in chunks:
            done += len(chunk)
            if done > file.size:
                raise ModelError(f"“{file.path}”比网站所列的 {in_words(file.size)} 要大。", "请换一个来源。")
            target.write(chunk)
            tell(done)
        target.flush()
        os.fsync(target.fileno())
    if done < file.size:
        raise Interrupted("对方提前关闭了连接")


def _digest(path: Path, file: RemoteFile) -> str:
    """Return the SHA-256, or the git blob id (SHA-1 over "blob", the size, NUL and the content)."""
    seen = (
        hashlib.sha1(f"blob {file.size}\0".encode(), usedforsecurity=False) if file.git else hashlib.sha256()
    )
    with path.open("rb") as content:
        while block := content.read(_CHUNK):
            seen.update(block)
    return seen.hexdigest()


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = "磁盘已满" if error.errno == errno.ENOSPC else f"写不进去（{error}）"
        raise ModelError(
            f"模型不能保存到“{folder}”：{reason}。", f"请腾出空间或检查权限后重试。{_RETRY}"
        ) from error
