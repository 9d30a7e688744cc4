"""Milvus beyond the contract of all stores: what may connect where, what persists, and how failures are told.

The services are Milvus Lite's own server in another process, and its engine behind TLS and a token.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.backends import milvus_store
from assistant.backends.milvus_store import StoreError, milvus_factory
from assistant.backends.milvus_target import milvus_target
from assistant.errors import DataError
from assistant.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[2]
SECRET = "root:geheim-4711"
VECTORS = np.eye(4, dtype=np.float32)
IDS = np.array([-7, 11, 2**60 + 1, 5], dtype=np.int64)


def configured(home: Path, uri: str = "向量.db", token: str = "", ca: str = "") -> Settings:
    return Settings(home=home, store="milvus", milvus_uri=uri, milvus_token=token, milvus_ca=ca)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(autouse=True)
def _no_file_stays_open() -> Iterator[None]:
    yield
    from milvus_lite.server_manager import server_manager_instance

    server_manager_instance.release_all()


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milvus_store, "CONNECT_SECONDS", 1.0)
    monkeypatch.setattr(milvus_store, "CALL_SECONDS", 3.0)


@contextmanager
def service(folder: Path, port: int) -> Iterator[None]:
    """Run Milvus Lite's server on a loopback port."""
    command = ["server", "--data-dir", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([sys.executable, "-m", "milvus_lite", *command], stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)


def elsewhere(settings: Settings, action: str) -> subprocess.CompletedProcess[str]:
    """Do `action` with a store in another process and return what it printed."""
    script = f"""
import numpy as np
from pathlib import Path
from assistant.backends.milvus_store import milvus_factory
from assistant.settings import Settings
store = milvus_factory(Settings(home=Path({str(settings.home)!r}), milvus_uri={settings.milvus_uri!r}), "e")(4)
ids, vectors = np.array({IDS.tolist()}, dtype=np.int64), np.eye(4, dtype=np.float32)
{action}
"""
    return subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize(
    ("uri", "token", "near", "lite"),
    [
        ("向量.db", "", True, True),
        ("http://127.0.0.1:19530", "", True, False),
        ("http://localhost:19530/bigan", "", True, False),
        ("https://127.0.0.1:19530", "", True, False),
        ("https://milvus.example.cn:19530", SECRET, False, False),
        ("https://10.1.2.3", SECRET, False, False),
    ],
)
def test_where_the_vectors_may_lie(tmp_path: Path, uri: str, token: str, near: bool, lite: bool) -> None:
    target = milvus_target(configured(tmp_path, uri, token))
    assert (target.near, target.lite) == (near, lite)
    assert target.uri == (str(tmp_path / uri) if lite else uri)
    assert SECRET not in repr(target)


@pytest.mark.parametrize(
    ("uri", "token", "said"),
    [
        ("", "", "没有写它的地址"),
        ("http://milvus.example.cn:19530", SECRET, "没有加密"),
        ("http://10.1.2.3:19530", SECRET, "没有加密"),
        ("http://127.0.0.1.example.cn:19530", SECRET, "没有加密"),
        ("http://localhost.example.cn:19530", SECRET, "没有加密"),
        ("https://milvus.example.cn:19530", "", "没有给出令牌"),
        ("https://root:geheim-4711@milvus.example.cn:19530", "", "用户名或密码"),
        ("http://root:geheim-4711@127.0.0.1:19530", "", "用户名或密码"),
        ("tcp://127.0.0.1:19530", "", "不是能用的地址"),
        ("https://", SECRET, "不是能用的地址"),
        ("https://milvus.example.cn:port", SECRET, "不是能用的地址"),
        ("https://milvus.example.cn/a/b", SECRET, "不是能用的地址"),
        ("https://milvus.example.cn/vectors.db", SECRET, "不是能用的地址"),
        ("https://milvus.example.cn?db=x", SECRET, "不是能用的地址"),
        ("https://[2001:db8::1]:19530", SECRET, "不是能用的地址"),
        ("vectors", "", "不以 .db 结尾"),
    ],
)
def test_what_is_refused_before_anything_connects(tmp_path: Path, uri: str, token: str, said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        milvus_factory(configured(tmp_path, uri, token), "e")
    assert caught.value.remedy
    assert "geheim" not in str(caught.value)


def test_a_certificate_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"找不到证书文件“.*ca\.pem”"):
        milvus_factory(configured(tmp_path, "https://127.0.0.1", ca=str(tmp_path / "ca.pem")), "e")


def test_without_the_extra_the_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(StoreError, match=r"pip install 'bigan\[milvus\]'"):
        milvus_factory(configured(tmp_path), "e")(4)


def test_import_and_factory_load_and_touch_nothing(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from assistant.backends.milvus_store import milvus_factory
from assistant.settings import Settings
milvus_factory(Settings(home=Path({str(tmp_path)!r}), milvus_uri="a.db"), "e")
print(sorted({{"pymilvus", "grpc", "milvus_lite", "numpy"}} & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []


def test_vectors_outlive_the_process(tmp_path: Path) -> None:
    settings = configured(tmp_path)
    done = elsewhere(settings, "store.add(ids, vectors); store.remove(ids[:1])")
    assert (done.returncode, done.stderr) == (0, "")
    store = milvus_factory(settings, "e")(4)
    assert len(store) == 3
    assert store.search(VECTORS[1], 1) == [(11, 1.0)]
    assert store.known(IDS).tolist() == [5, 11, 2**60 + 1]


def test_a_lite_file_in_use_is_told(tmp_path: Path) -> None:
    settings = configured(tmp_path)
    store = milvus_factory(settings, "e")(4)
    store.add(IDS, VECTORS)
    done = elsewhere(settings, "")
    assert "StoreError" in done.stderr
    assert "一次只能由一个程序使用" in done.stderr
    assert len(store) == 4


def test_two_clients_share_one_collection(tmp_path: Path) -> None:
    port = free_port()
    settings = configured(tmp_path, f"http://127.0.0.1:{port}")
    with service(tmp_path / "data", port):
        one, other = (milvus_factory(settings, "e")(4) for _ in range(2))
        one.add(IDS[:2], VECTORS[:2])
        assert other.search(VECTORS[0], 1) == [(-7, 1.0)]
        done = elsewhere(settings, "store.add(ids, vectors); print(store.known(ids).tolist())")
        assert done.stdout.strip() == str(sorted(IDS.tolist())), done.stderr
        assert len(one) == len(other) == 4
        other.remove(IDS[:1])
        assert one.search(VECTORS[0], 4, IDS[:1]) == []


def test_a_collection_belongs_to_folder_and_embedder(tmp_path: Path) -> None:
    port = free_port()
    uri = f"http://127.0.0.1:{port}"
    with service(tmp_path / "data", port):
        milvus_factory(configured(tmp_path / "a", uri), "e")(4).add(IDS, VECTORS)
        assert len(milvus_factory(configured(tmp_path / "a", uri), "other")(4)) == 0
        assert len(milvus_factory(configured(tmp_path / "b", uri), "e")(4)) == 0
        (tmp_path / "a").rename(tmp_path / "moved")
        assert len(milvus_factory(configured(tmp_path / "moved", uri), "e")(4)) == 4
        with pytest.raises(StoreError, match="不是笔杆建立的样子"):
            milvus_factory(configured(tmp_path / "moved", uri), "e")(8)


def test_nothing_but_ids_and_vectors_is_stored(tmp_path: Path) -> None:
    from pymilvus import MilvusClient

    milvus_factory(configured(tmp_path), "intfloat/multilingual-e5-small")(4).add(IDS, VECTORS)
    client = MilvusClient(str(tmp_path / "向量.db"), dedicated=True)
    (name,) = client.list_collections()
    assert name.startswith("bigan_")
    assert "multilingual" not in name
    description = client.describe_collection(name)
    assert [item["name"] for item in description["fields"]] == ["id", "vector"]
    assert not description["enable_dynamic_field"]
    assert description["description"] == ""
    client.close()


@pytest.mark.usefixtures("in_a_hurry")
def test_an_unreachable_service_is_told_and_found_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    opened = milvus_factory(configured(tmp_path, f"http://127.0.0.1:{port}", SECRET), "e")
    start = time.monotonic()
    with pytest.raises(StoreError, match=f"连不上 Milvus 服务“http://127.0.0.1:{port}”") as caught:
        opened(4)
    assert time.monotonic() - start < 10
    assert "不必重启笔杆" in caught.value.remedy
    with service(tmp_path / "data", port):
        store = opened(4)
        store.add(IDS, VECTORS)
    for broken in (lambda: store.search(VECTORS[0], 1), lambda: store.add(IDS, VECTORS), lambda: len(store)):
        with pytest.raises(StoreError, match="连不上") as caught:
            broken()
        assert "geheim" not in "".join(traceback.format_exception(caught.value))
    with service(tmp_path / "data", port):
        assert opened(4).search(VECTORS[0], 1) == [(-7, 1.0)]
        assert store.search(VECTORS[0], 1) == [(-7, 1.0)]
    assert "Traceback" not in capfd.readouterr().err


def test_a_proxy_does_not_see_what_stays_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "grpc_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    for name in ("no_proxy", "no_grpc_proxy"):
        monkeypatch.delenv(name, raising=False)
    store = milvus_factory(configured(tmp_path), "e")(4)
    store.add(IDS, VECTORS)
    assert len(store) == 4


def certificate(folder: Path) -> tuple[bytes, bytes]:
    """Return key and certificate of 127.0.0.1, signed by itself; the certificate lies in ca.pem, too."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "milvus")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "ca.pem").write_bytes(pem)
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, plain), pem


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Callable[..., Settings]]:
    """Milvus behind TLS that wants SECRET; yields what makes settings for it."""
    import base64
    from concurrent.futures import ThreadPoolExecutor

    import grpc
    from milvus_lite.adapter.grpc.servicer import MilvusServicer
    from milvus_lite.db import MilvusLite
    from pymilvus.grpc_gen import milvus_pb2_grpc

    def refuse(_: Any, context: Any) -> None:
        context.abort(grpc.StatusCode.UNAUTHENTICATED, "auth check failure")

    class Guard(grpc.ServerInterceptor):
        def intercept_service(self, continuation: Any, details: Any) -> Any:
            given = dict(details.invocation_metadata).get("authorization", "")
            known = given == base64.b64encode(SECRET.encode()).decode()
            return continuation(details) if known else grpc.unary_unary_rpc_method_handler(refuse)

    database = MilvusLite(str(tmp_path / "data"))
    server = grpc.server(ThreadPoolExecutor(4), interceptors=[Guard()])
    milvus_pb2_grpc.add_MilvusServiceServicer_to_server(MilvusServicer(database), server)
    credentials = grpc.ssl_server_credentials([certificate(tmp_path)])
    port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    usual = configured(tmp_path, f"https://127.0.0.1:{port}", SECRET, str(tmp_path / "ca.pem"))
    yield lambda **changes: replace(usual, **changes)
    server.stop(None).wait()
    database.close()


def test_tls_with_the_own_authority_and_the_token(guarded: Callable[..., Settings]) -> None:
    store = milvus_factory(guarded(), "e")(4)
    store.add(IDS, VECTORS)
    assert store.search(VECTORS[1], 1) == [(11, 1.0)]


@pytest.mark.usefixtures("in_a_hurry")
@pytest.mark.parametrize(
    ("changes", "said"),
    [({"milvus_token": "root:verraten"}, "不接受这个令牌"), ({"milvus_ca": ""}, "连不上.*证书")],
    ids=["wrong token", "unknown authority"],
)
def test_tls_refuses_without_telling_the_token(
    guarded: Callable[..., Settings],
    changes: dict[str, str],
    said: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    settings = guarded(**changes)
    with caplog.at_level(logging.DEBUG), pytest.raises(StoreError, match=said) as caught:
        milvus_factory(settings, "e")(4)
    printed = "".join(capfd.readouterr())
    told = "".join(traceback.format_exception(caught.value)) + caplog.text + printed + repr(settings)
    for secret in ("verraten", "geheim"):
        assert secret not in told
