"""Vectors in Milvus, for a corpus that outgrows one machine. Nothing but ids and vectors is stored there.

A local path is Milvus Lite (in this process, for trials), an address a standalone or clustered Milvus.
The index is FLAT with inner product: every vector is compared, so the hits are those of FaissStore.
Facts about the service in this module are from the Milvus 2.6 documentation ("Milvus limits": 16,384 hits
or rows a call; 64 MiB a request) and from the sources of pymilvus 3.0.2 and milvus-lite 3.2.2.
"""

from __future__ import annotations

import hashlib
import logging
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from assistant.backends.milvus_target import Target, milvus_target
from assistant.errors import AssistantError
from assistant.resources import write_atomically
from assistant.settings import MILVUS_TOKEN, Settings

if TYPE_CHECKING:
    from assistant.backends import Ids, Vectors, VectorStore

TIES = 16  # fetched beyond `top` so that equal scores at its edge are settled by id
MOST = 16_384  # hits or rows that Milvus returns a call
LISTED = 10_000  # ids named in one expression: some 200 kB of text
NEAR = 1e-6  # one vector's float32 score differs by less from segment to segment, by how each is summed up
WIDER = 4  # times `top`: what is asked for before a longer list of allowed ids is sent
BATCH_BYTES = 16 << 20  # of vectors in one request
CONNECT_SECONDS = 10.0
CALL_SECONDS = 60.0
_INSTALL = "请在命令行运行 pip install 'bigan[milvus]'，或删去 settings.toml 里的 store 一项。"
_LOUD = ("pymilvus", "pymilvus.milvus_client", "pymilvus.bulk_writer", "milvus_lite", "grpc._server")
_IDENTITY = "milvus-id"
# Milvus Lite can neither be opened twice at a time nor written to by two threads.
_ONE_AT_A_TIME = RLock()


class StoreError(AssistantError):
    """Milvus cannot be reached, refuses, or fails."""


def milvus_factory(settings: Settings, embedder_name: str) -> Callable[[int], VectorStore]:
    """Return what opens the store of this index: dimension → store. Its stores share one connection.

    The collection belongs to the index folder and the embedder: the same folder has the same collection from
    whatever machine it is opened, another folder or embedder another one. Connects at the first call.
    Raises DataError as `milvus_target` does; the result raises StoreError as MilvusStore does.
    """
    target = milvus_target(settings)
    clients: list[Any] = []

    def opened(dimension: int) -> VectorStore:
        name = collection_name(_identity(settings.index_folder), embedder_name)
        with _ONE_AT_A_TIME:
            if not clients:
                clients.append(_connect(target))
            return MilvusStore(clients[0], target.uri, name, dimension)

    return opened


def collection_name(identity: str, embedder_name: str) -> str:
    """Return the collection of the vectors that `embedder_name` made for the index of this `identity`."""
    digest = hashlib.sha256(f"{identity}\0{embedder_name}".encode()).hexdigest()
    return f"bigan_{digest[:32]}"


class MilvusStore:
    """Implements VectorStore in a collection that is shared by all who open it and outlives them.

    A search sees what any of them added before, and returns 16,384 hits at most. The least and the greatest
    int64 are no ids: Milvus 2.3.5 cannot read the one in an expression, nor find the other in a query. All methods raise StoreError.
    """

    def __init__(self, client: Any, uri: str, collection: str, dimension: int) -> None:
        """Open `collection`, made if it is missing, over a pymilvus client connected to `uri`."""
        self._client, self._uri, self._name, self._dimension = client, uri, collection, dimension
        self._lite = self._ready = False
        with self._calling():
            pass

    @contextmanager
    def _calling(self) -> Iterator[None]:
        """Open the collection where that is still to be done, or again after a failure; tell failures."""
        try:
            with _in_words(self._uri):
                if not self._ready:
                    self._open()
                    self._ready = True
                yield
        except StoreError:
            self._ready = False
            raise

    def _open(self) -> None:
        client, name = self._client, self._name
        self._lite = client.get_server_version(timeout=CALL_SECONDS).startswith("milvus_lite")
        if not client.has_collection(name, timeout=CALL_SECONDS):
            self._create()
        self._check(client.describe_collection(name, timeout=CALL_SECONDS))
        if client.get_load_state(name, timeout=CALL_SECONDS)["state"].name != "Loaded":
            client.load_collection(name, timeout=CALL_SECONDS)

    def __len__(self) -> int:
        rows = self._query("", output_fields=["count(*)"])
        return int(rows[0]["count(*)"])

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add unit vectors of shape (n, dimension) under `ids` of shape (n,); an id that is there is replaced.

        Killed midway it leaves a part: `known` tells which.
        """
        rows = min(MOST, max(1, BATCH_BYTES // (4 * self._dimension)))
        with _ONE_AT_A_TIME, self._calling():
            for start in range(0, len(ids), rows):
                batch = zip(ids[start : start + rows].tolist(), vectors[start : start + rows], strict=True)
                data = [{"id": number, "vector": vector} for number, vector in batch]
                # Not insert: two processes that add the same id at once must leave one row.
                self._client.upsert(self._name, data, timeout=CALL_SECONDS)
            if self._lite and len(ids):  # measured: it searches what is flushed ten times faster
                self._client.flush(self._name, timeout=CALL_SECONDS)

    def remove(self, ids: Ids) -> None:
        """Forget `ids`; unknown ids are ignored."""
        with _ONE_AT_A_TIME, self._calling():
            for some in _portions(ids):
                self._client.delete(self._name, ids=some.tolist(), timeout=CALL_SECONDS)

    def known(self, ids: Ids) -> Ids:
        """Return those of `ids` that are in the store, ascending."""
        import numpy as np

        found = [row["id"] for some in _portions(ids) for row in self._query(_among(some), limit=len(some))]
        return np.unique(np.array(found, dtype=np.int64))

    def ids(self) -> Ids:
        """Return all ids in the store, ascending."""
        import numpy as np

        found: list[int] = []
        with self._calling():
            pages = self._client.query_iterator(
                self._name,
                batch_size=MOST,
                output_fields=["id"],
                consistency_level="Strong",
                timeout=CALL_SECONDS,
            )
            while page := pages.next():
                found.extend(row["id"] for row in page)
            pages.close()
        return np.unique(np.array(found, dtype=np.int64))

    def search(self, vector: Vectors, top: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """Return at most `top` (id, inner product) pairs, best first, ties by id; only `allowed` ids if given."""
        if top <= 0:
            return []
        if allowed is None:
            return self._nearest(vector, top)
        if len(allowed) > LISTED:
            found = self._nearest(vector, WIDER * top)
            kept = _only(found, allowed)
            if len(kept) >= top or len(found) < min(WIDER * top, MOST):
                return kept[:top]
        each = [pair for some in _portions(allowed) for pair in self._nearest(vector, top, _among(some))]
        return _ranked(each)[:top]

    def _nearest(self, vector: Vectors, top: int, expression: str = "") -> list[tuple[int, float]]:
        wanted = top + TIES
        while True:
            count = min(wanted, MOST)
            found = self._hits(vector, count, expression)
            if len(found) < count or count == MOST or found[-1][1] < found[top - 1][1] - NEAR:
                return self._untied(vector, found)[:top]
            wanted *= 2

    def _untied(self, vector: Vectors, found: list[tuple[int, float]]) -> list[tuple[int, float]]:
        """Return `found`, best first, with the scores that nearly tie computed anew, all in one way."""
        import numpy as np

        scores = np.array([score for _, score in found])
        near, tied = np.diff(scores) > -NEAR, np.zeros(len(found), dtype=bool)
        tied[1:] |= near
        tied[:-1] |= near
        numbers = np.array([number for number, _ in found], dtype=np.int64)[tied]
        exact = dict(found)
        for some in _portions(numbers):
            # "Strong" would wait for the service's clock a second time (0.2 s); these rows have been seen.
            rows = self._query(_among(some), "Eventually", limit=len(some), output_fields=["id", "vector"])
            for row in rows:
                product = np.dot(np.array(row["vector"], dtype=np.float64), vector.astype(np.float64))
                exact[row["id"]] = float(np.float32(product))
        return _ranked(exact.items())

    def _hits(self, vector: Vectors, count: int, expression: str) -> list[tuple[int, float]]:
        with self._calling():
            (hits,) = self._client.search(
                self._name,
                data=[vector],
                limit=count,
                filter=expression,
                output_fields=["id"],
                search_params={"metric_type": "IP"},
                consistency_level="Strong",
                timeout=CALL_SECONDS,
            )
        return _ranked((int(hit["id"]), float(hit["distance"])) for hit in hits)

    def _query(self, expression: str, level: str = "Strong", **options: Any) -> list[dict[str, Any]]:
        with self._calling():
            rows: list[dict[str, Any]] = self._client.query(
                self._name,
                filter=expression,
                consistency_level=level,
                timeout=CALL_SECONDS,
                **{"output_fields": ["id"], **options},
            )
        return rows

    def _create(self) -> None:
        from pymilvus import DataType, MilvusClient
        from pymilvus.exceptions import MilvusException

        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self._dimension)
        index = MilvusClient.prepare_index_params()
        index.add_index("vector", index_type="FLAT", metric_type="IP")
        try:
            self._client.create_collection(
                self._name,
                schema=schema,
                index_params=index,
                consistency_level="Strong",
                timeout=CALL_SECONDS,
            )
        except MilvusException:  # another process may have made it in the meantime
            if not self._client.has_collection(self._name, timeout=CALL_SECONDS):
                raise

    def _check(self, description: dict[str, Any]) -> None:
        fields = {item["name"]: item.get("params", {}).get("dim", 0) for item in description["fields"]}
        if fields.keys() != {"id", "vector"} or int(fields["vector"]) != self._dimension:
            raise StoreError(
                f"Milvus 里的集合“{self._name}”不是笔杆建立的样子。",
                "请在 Milvus 里删去这个集合，笔杆会重新建立；资料本身不受影响。",
            )


def _portions(ids: Ids) -> Iterator[Ids]:
    for start in range(0, len(ids), LISTED):
        yield ids[start : start + LISTED]


def _among(ids: Ids) -> str:
    return f"id in [{','.join(map(str, ids.tolist()))}]"


def _only(found: list[tuple[int, float]], allowed: Ids) -> list[tuple[int, float]]:
    import numpy as np

    inside = np.isin(np.array([number for number, _ in found], dtype=np.int64), allowed)
    return [pair for pair, kept in zip(found, inside, strict=True) if kept]


def _ranked(pairs: Any) -> list[tuple[int, float]]:
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def _identity(folder: Path) -> str:
    """Return the identity of the index in `folder`, made at the first call."""
    from filelock import FileLock

    file = folder / _IDENTITY
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{_IDENTITY}.lock"):
            if not file.exists():
                write_atomically(file, uuid.uuid4().hex.encode("ascii"))
            return file.read_text(encoding="ascii")
    except OSError as error:
        raise StoreError(
            f"资料库目录“{folder}”写不进去：{error.strerror}。", "请检查目录权限后重试。"
        ) from error


def _connect(target: Target) -> Any:
    """Return a pymilvus client of its own for `target`."""
    os.environ.setdefault(
        "PYTHON_DOTENV_DISABLED", "1"
    )  # pymilvus would read a stray .env file into our environment
    try:
        from pymilvus import MilvusClient

        if target.lite:
            import milvus_lite  # noqa: F401
    except ImportError as error:
        raise StoreError("没有安装 Milvus 的客户端。", _INSTALL) from error
    for name in _LOUD:  # every failure becomes a StoreError; their logs carry stack traces
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    options: dict[str, Any] = {"server_pem_path": target.ca} if target.ca else {}
    # A shared pool would let a new connection wait out the pause of the broken one, up to two minutes.
    options["grpc_options"] = {"grpc.use_local_subchannel_pool": 1}
    if target.near:  # a proxy for the way out must not see what stays on this machine
        options["grpc_options"]["grpc.enable_http_proxy"] = 0
    if target.lite:
        Path(target.uri).parent.mkdir(parents=True, exist_ok=True)
    with _in_words(target.uri):
        return MilvusClient(
            target.uri, token=target.token, timeout=CONNECT_SECONDS, dedicated=True, **options
        )


@contextmanager
def _in_words(uri: str) -> Iterator[None]:
    """Turn what pymilvus and gRPC raise into StoreError."""
    import grpc
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except (MilvusException, grpc.RpcError) as error:
        raise _failure(uri, error) from error


def _failure(uri: str, error: Any) -> StoreError:
    import grpc
    from pymilvus.client.types import Status

    codes = {each.code() if callable(each.code) else each.code for each in _causes(error)}
    said = str(getattr(error, "message", "") or getattr(error, "details", lambda: "")())
    if "Open local milvus failed" in said:
        return StoreError(
            f"本地向量库“{uri}”打不开。",
            "它一次只能由一个程序使用：请先关闭另一个笔杆；若没有别的笔杆在用，请检查目录权限和磁盘空间。",
        )
    if codes & {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED}:
        return StoreError(
            f"Milvus 服务“{uri}”不接受这个令牌，或它没有足够的权限。",
            f"请核对环境变量 {MILVUS_TOKEN}（“用户名:密码”或令牌），或请管理员授权。",
        )
    if codes & {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, Status.CONNECT_FAILED}:
        return StoreError(
            f"连不上 Milvus 服务“{uri}”。",
            "请确认服务已经启动，地址、端口和证书无误，网络通畅；恢复后重试即可，不必重启笔杆。",
        )
    return StoreError(f"Milvus 没有完成操作：{said[:200]}。", "请查看 Milvus 服务的日志，排除后重试。")


def _causes(error: BaseException | None) -> Iterator[Any]:
    """Yield `error` and what it came of, as far as these have codes.

    pymilvus raises errors from themselves: `__cause__` goes in a circle and the origin is in `__context__`.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if hasattr(error, "code"):
            yield error
        error = error.__context__ if error.__cause__ in (None, error) else error.__cause__
