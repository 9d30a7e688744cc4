"""The two model hubs: list a repository and stream its files through the hub's own client.

Everything a client raises leaves here as ModelError or, when asking again may help, as Interrupted.
No token is ever sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assistant.errors import ModelError

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling

Source = Literal["modelscope", "huggingface"]

SITES: dict[str, str] = {"modelscope": "ModelScope（魔搭）", "huggingface": "Hugging Face"}
_OTHER: dict[str, str] = {"modelscope": "huggingface", "huggingface": "modelscope"}
_INSTALL = "请在命令行运行 pip install 'bigan[hub]'。"
_CHUNK = 1 << 16  # bytes; what has not filled a chunk is lost when the connection breaks
_CLOSED = (401, 403, 404)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a repository; `digest` is its SHA-256 or, where `git` is set, its git blob id."""

    path: str
    size: int
    digest: str
    git: bool = False


# Opens a file at a byte offset; gives the offset the server really starts at, and the bytes.
Stream = Callable[[RemoteFile, int], AbstractContextManager[tuple[int, Iterator[bytes]]]]


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as a hub lists it, and the way to read its files."""

    files: tuple[RemoteFile, ...]
    stream: Stream


class Interrupted(Exception):
    """The connection broke; asking again for the rest may work."""


def _unreachable(source: str) -> ModelError:
    return ModelError(
        f"连不上 {SITES[source]}。",
        f"请检查网络，或改用另一个来源（{_OTHER[source]}）；不能上网的电脑，请把模型文件拷进模型文件夹。",
    )


def _missing(source: str, repo: str) -> ModelError:
    return ModelError(
        f"{SITES[source]} 上找不到仓库“{repo}”，或它要登录授权才能下载。",
        "请核对名称；要授权的模型请在网站上自行下载，再用 bigan models use 指定路径。",
    )


def _refused(source: str, repo: str, status: int | None) -> ModelError:
    return ModelError(
        f"{SITES[source]} 没有给出“{repo}”（HTTP {status or '错误'}）。", "请稍后再试，已下载的部分会保留。"
    )


def modelscope(repo: str, endpoint: str) -> Repository:
    """List a repository with modelscope_hub (GET /api/v1/models/…/repo/files).

    Endpoint: its argument, else MODELSCOPE_ENDPOINT or the client's default.
    """
    try:
        from modelscope_hub import HubApi
        from modelscope_hub.errors import (
            AuthenticationError,
            HubError,
            NetworkError,
            NotExistError,
            PermissionDeniedError,
        )
    except ImportError as error:
        raise ModelError("没有装 ModelScope 的下载工具。", _INSTALL) from error
    import requests

    logging.getLogger("modelscope_hub").setLevel(logging.ERROR)  # it tells stderr of every retry
    api = HubApi(endpoint=endpoint or None, token="")
    closed = (NotExistError, AuthenticationError, PermissionDeniedError)
    try:
        listed = api.list_repo_files(repo, "model")
    except closed as error:
        raise _missing("modelscope", repo) from error
    except (NetworkError, requests.RequestException) as error:
        raise _unreachable("modelscope") from error
    except HubError as error:
        raise _refused("modelscope", repo, getattr(error, "status_code", None)) from error

    @contextmanager
    def stream(file: RemoteFile, offset: int) -> Iterator[tuple[int, Iterator[bytes]]]:
        headers = {"Accept-Encoding": "identity", **_range(offset)}
        try:
            with api.legacy.download_stream(repo, "model", file.path, headers=headers) as response:
                yield _start(response.status_code, offset), response.iter_content(_CHUNK)
        except closed as error:
            raise _missing("modelscope", repo) from error
        except (HubError, requests.RequestException) as error:
            raise Interrupted(str(error)) from error

    files = tuple(
        RemoteFile(item.path, item.size, (item.sha256 or "").lower()) for item in listed if not item.is_dir
    )
    return Repository(files, stream)


def huggingface(repo: str, endpoint: str) -> Repository:
    """List a repository with huggingface_hub (GET /api/models/…?blobs=true), pinned to its commit.

    Endpoint: its argument, else HF_ENDPOINT or the client's default. Xet, the hub's other transport,
    is not used: mirrors do not offer it.
    """
    try:
        import httpx2
        from huggingface_hub import HfApi, get_session, hf_hub_url
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError
    except ImportError as error:
        raise ModelError("没有装 Hugging Face 的下载工具。", _INSTALL) from error

    with _online():
        try:
            info = HfApi(endpoint=endpoint or None, token=False).model_info(
                repo, files_metadata=True, timeout=30
            )
        except (RepositoryNotFoundError, HFValidationError) as error:
            raise _missing("huggingface", repo) from error
        except HfHubHTTPError as error:
            raise _refused("huggingface", repo, error.response.status_code) from error
        except httpx2.HTTPError as error:
            raise _unreachable("huggingface") from error

    @contextmanager
    def stream(file: RemoteFile, offset: int) -> Iterator[tuple[int, Iterator[bytes]]]:
        url = hf_hub_url(repo, file.path, revision=info.sha, endpoint=endpoint or None)
        headers = {"Accept-Encoding": "identity", **_range(offset)}
        try:
            with _online(), get_session().stream("GET", url, headers=headers, timeout=30) as response:
                if response.status_code in _CLOSED:
                    raise _missing("huggingface", repo)
                response.raise_for_status()
                yield _start(response.status_code, offset), response.iter_bytes(_CHUNK)
        except httpx2.HTTPError as error:
            raise Interrupted(str(error)) from error

    return Repository(tuple(_hugging_file(item) for item in info.siblings or ()), stream)


def _hugging_file(item: RepoSibling) -> RemoteFile:
    """Return a listed file: large ones carry their SHA-256, small ones only git's blob id."""
    if item.lfs is not None:
        return RemoteFile(item.rfilename, item.lfs.size, item.lfs.sha256)
    return RemoteFile(item.rfilename, item.size or 0, item.blob_id or "", git=True)


@contextmanager
def _online() -> Iterator[None]:
    """Lift the ban that loading an embedder puts on huggingface_hub, for as long as one request runs."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = False
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _range(offset: int) -> dict[str, str]:
    return {"Range": f"bytes={offset}-"} if offset else {}


def _start(status: int, offset: int) -> int:
    return offset if status == 206 else 0
