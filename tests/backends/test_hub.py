"""Downloads, against a local server that answers as ModelScope and Hugging Face do."""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import sys
import threading
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from assistant.backends import hub
from assistant.backends.hub import get_model
from assistant.backends.modelfiles import check_embedder
from assistant.errors import ModelError
from assistant.settings import Settings

GGUF = (b"GGUF" + struct.pack("<IQQ", 3, 2, 5)).ljust(400, b"\0") + bytes(range(256)) * 8000  # 2 MB
MODULES = json.dumps(
    [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]
)
COMMIT = "c" * 40
CLIENTS = {"modelscope": "modelscope_hub", "huggingface": "huggingface_hub"}
both_hubs = pytest.mark.parametrize("source", list(CLIENTS))


@dataclass
class Hub:
    """What the server holds and does, and what it was asked."""

    files: dict[str, bytes]
    address: str = ""
    repo: str = "someone/some-model"
    cut_after: int = 0  # bytes of a file after which the connection is cut, `cuts` times
    cuts: int = 0
    ignores_range: bool = False
    corrupt: bool = False
    status: int = 200
    requests: list[tuple[str, str]] = field(default_factory=list)  # path of the file, Range
    sent: int = 0
    tokens: list[str] = field(default_factory=list)


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        self.hub.tokens += [
            value for name in ("Authorization", "Cookie") if (value := self.headers.get(name))
        ]
        repo, path = self.hub.repo, unquote(url.path)
        if self.hub.status != 200:
            self._json(self.hub.status, {"Code": self.hub.status, "Message": "no", "error": "no"})
        elif path == f"/api/v1/models/{repo}/repo/files":
            self._json(200, {"Code": 200, "Success": True, "Data": {"Files": self._modelscope_files()}})
        elif path == f"/api/v1/models/{repo}/repo":
            self._file(query["FilePath"][0])
        elif path == f"/api/models/{repo}":
            self._json(200, {"id": repo, "sha": COMMIT, "siblings": self._hugging_files()})
        elif path.startswith(f"/{repo}/resolve/{COMMIT}/"):
            self._file(path.split(f"/resolve/{COMMIT}/")[1])
        else:
            self._json(404, {"Code": 404, "Message": "not found"}, {"X-Error-Code": "RepoNotFound"})

    def _modelscope_files(self) -> list[dict[str, object]]:
        return [{"Path": "1_Pooling", "Type": "tree", "Size": 0, "Sha256": ""}] + [
            {"Path": path, "Type": "blob", "Size": len(data), "Sha256": hashlib.sha256(data).hexdigest()}
            for path, data in self.hub.files.items()
        ]

    def _hugging_files(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for path, data in self.hub.files.items():
            blob = hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()
            entry: dict[str, object] = {"rfilename": path, "size": len(data), "blobId": blob}
            if path.endswith((".gguf", ".safetensors", ".bin")):
                digest = hashlib.sha256(data).hexdigest()
                entry["lfs"] = {"size": len(data), "sha256": digest, "pointerSize": 134}
            found.append(entry)
        return found

    def _file(self, path: str) -> None:
        hub, wanted = self.hub, self.headers.get("Range", "")
        hub.requests.append((path, wanted))
        data = hub.files[path]
        if hub.corrupt:
            data = data[:-1] + bytes([data[-1] ^ 1])
        start = 0 if hub.ignores_range or not wanted else int(wanted.removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        body = data[start:]
        if hub.cuts and hub.cut_after < len(body):
            hub.cuts -= 1
            body = body[: hub.cut_after]
            self.close_connection = True
        self.wfile.write(body)
        hub.sent += len(body)

    def _json(self, status: int, answer: object, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(answer).encode("utf-8")
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Type": "application/json"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(hub, "_PAUSE", 0.01)
    state = Hub({"some.gguf": GGUF, "README.md": b"# read me"})
    http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Answer,), {"hub": state}))
    state.address = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,))
    thread.start()
    yield state
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "家")


def fetch(
    name: str, settings: Settings, source: str, server: Hub, steps: list[tuple[int, int]] | None = None
) -> Path:
    pytest.importorskip(CLIENTS[source])
    report = None if steps is None else lambda done, total: steps.append((done, total))
    return get_model(name, settings, source, server.address, report)  # type: ignore[arg-type]


def leftovers(settings: Settings) -> list[str]:
    return [
        path.name for path in settings.models_folder.rglob("*") if path.is_file() and path.suffix == ".part"
    ]


@both_hubs
def test_a_gguf_arrives_whole_with_progress_and_is_not_fetched_again(
    server: Hub, settings: Settings, source: str
) -> None:
    steps: list[tuple[int, int]] = []
    path = fetch("someone/some-model", settings, source, server, steps)
    assert path == settings.models_folder / "some.gguf"
    assert path.read_bytes() == GGUF
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert (steps[0], steps[-1]) == ((0, len(GGUF)), (len(GGUF), len(GGUF)))
    assert len(steps) > 2
    assert fetch("someone/some-model", settings, source, server) == path
    assert server.requests == [("some.gguf", "")]
    assert not leftovers(settings)
    assert not server.tokens


@both_hubs
def test_a_cut_connection_goes_on_by_itself(server: Hub, settings: Settings, source: str) -> None:
    server.cut_after, server.cuts = 700_000, 2
    assert fetch("someone/some-model", settings, source, server).read_bytes() == GGUF
    assert [bool(wanted) for _, wanted in server.requests] == [False, True, True]
    assert server.sent < len(GGUF) + 2 * 65536  # at most the unfilled chunks come twice


@both_hubs
def test_a_download_that_was_given_up_goes_on_in_the_next_call(
    server: Hub, settings: Settings, source: str
) -> None:
    def interrupt(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    pytest.importorskip(CLIENTS[source])
    with pytest.raises(KeyboardInterrupt):
        get_model("someone/some-model", settings, source, server.address, interrupt)  # type: ignore[arg-type]
    kept = next(settings.models_folder.glob("*.part")).stat().st_size
    assert kept > 0
    assert not (settings.models_folder / "some.gguf").exists()
    steps: list[tuple[int, int]] = []
    assert fetch("someone/some-model", settings, source, server, steps).read_bytes() == GGUF
    assert server.requests[-1] == ("some.gguf", f"bytes={kept}-")
    assert steps[0] == (kept, len(GGUF))


@both_hubs
def test_a_server_that_ignores_range_still_gives_the_right_file(
    server: Hub, settings: Settings, source: str
) -> None:
    server.cut_after, server.cuts, server.ignores_range = 700_000, 1, True
    assert fetch("someone/some-model", settings, source, server).read_bytes() == GGUF


@both_hubs
def test_a_connection_that_always_breaks_is_an_error_that_keeps_the_part(
    server: Hub, settings: Settings, source: str
) -> None:
    server.cut_after, server.cuts = 0, 99
    with pytest.raises(ModelError, match="网络一再中断") as caught:
        fetch("someone/some-model", settings, source, server)
    assert "接着下载" in caught.value.remedy
    assert not (settings.models_folder / "some.gguf").exists()


@both_hubs
def test_a_wrong_checksum_leaves_nothing(server: Hub, settings: Settings, source: str) -> None:
    server.corrupt = True
    with pytest.raises(ModelError, match="校验值"):
        fetch("someone/some-model", settings, source, server)
    assert not leftovers(settings)
    assert not (settings.models_folder / "some.gguf").exists()
    server.corrupt = False
    assert fetch("someone/some-model", settings, source, server).read_bytes() == GGUF


@both_hubs
def test_a_new_version_replaces_the_old_file_only_when_whole(
    server: Hub, settings: Settings, source: str
) -> None:
    path = fetch("someone/some-model", settings, source, server)
    server.files["some.gguf"] = GGUF + b"newer"
    server.cut_after, server.cuts = 0, 99
    with pytest.raises(ModelError):
        fetch("someone/some-model", settings, source, server)
    assert path.read_bytes() == GGUF
    server.cuts = 0
    assert fetch("someone/some-model", settings, source, server).read_bytes() == GGUF + b"newer"


@both_hubs
def test_a_file_brought_by_hand_is_recognised(server: Hub, settings: Settings, source: str) -> None:
    settings.models_folder.mkdir(parents=True)
    (settings.models_folder / "some.gguf").write_bytes(GGUF)
    fetch("someone/some-model", settings, source, server)
    assert not server.requests


@both_hubs
def test_an_embedder_arrives_as_a_folder_without_pickle(server: Hub, settings: Settings, source: str) -> None:
    server.files = {
        "modules.json": MODULES.encode("utf-8"),
        "config.json": b"{}",
        "1_Pooling/config.json": b"{}",
        "model.safetensors": bytes(500_000),
        "pytorch_model.bin": b"pickle",
        "onnx/model.onnx": b"onnx",
        "onnx/config.json": b"{}",
    }
    server.cut_after, server.cuts = 200_000, 1
    steps: list[tuple[int, int]] = []
    folder = fetch("someone/some-model", settings, source, server, steps)
    check_embedder(folder)
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {"modules.json", "config.json", "1_Pooling/config.json", "model.safetensors"}
    total = sum(len(server.files[name]) for name in found)
    assert steps[-1] == (total, total)
    asked = len(server.requests)
    assert fetch("someone/some-model", settings, source, server) == folder
    assert len(server.requests) == asked


@both_hubs
@pytest.mark.parametrize(
    ("files", "name", "says", "remedy"),
    [
        ({"a-Q4.gguf": GGUF, "a-Q8.gguf": GGUF}, "", "直接确定", "someone/some-model/a-Q4.gguf"),
        ({"a-Q4.gguf": GGUF}, "/b.gguf", "b.gguf", "a-Q4.gguf"),
        ({"model.bin": b"x"}, "", "直接确定", "换一个"),
        ({"m-00001-of-00002.gguf": GGUF}, "", "直接确定", "换一个"),
        ({"../m.gguf": GGUF}, "", "不安全", "换一个"),
        ({"m.gguf": bytes(5000)}, "", "不是能用的 GGUF", "换一个"),
    ],
)
def test_what_cannot_be_used_is_said(
    server: Hub, settings: Settings, source: str, files: dict[str, bytes], name: str, says: str, remedy: str
) -> None:
    server.files = files
    with pytest.raises(ModelError, match=says) as caught:
        fetch(f"someone/some-model{name}", settings, source, server)
    assert remedy in caught.value.remedy
    assert not list(settings.models_folder.glob("*.gguf"))


@both_hubs
def test_one_of_several_files_can_be_named(server: Hub, settings: Settings, source: str) -> None:
    server.files = {"a-Q4.gguf": GGUF, "sub/a-Q8.gguf": GGUF + b"8"}
    path = fetch("someone/some-model/sub/a-Q8.gguf", settings, source, server)
    assert (path.name, path.read_bytes()) == ("a-Q8.gguf", GGUF + b"8")


@both_hubs
def test_a_recommended_name_stands_for_its_repository(server: Hub, settings: Settings, source: str) -> None:
    server.repo = "unsloth/Qwen3-4B-Instruct-2507-GGUF"
    server.files = {"Qwen3-4B-Instruct-2507-Q4_K_M.gguf": GGUF, "other.gguf": b"x"}
    assert fetch("qwen3-4b", settings, source, server).name == "Qwen3-4B-Instruct-2507-Q4_K_M.gguf"


@both_hubs
@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_repository_that_is_not_there_or_closed(
    server: Hub, settings: Settings, source: str, status: int
) -> None:
    server.status = status
    with pytest.raises(ModelError, match="someone/some-model"):
        fetch("someone/some-model", settings, source, server)


@both_hubs
def test_an_unknown_repository(server: Hub, settings: Settings, source: str) -> None:
    with pytest.raises(ModelError, match="找不到仓库“no/body”"):
        fetch("no/body", settings, source, server)


@both_hubs
def test_no_network(settings: Settings, source: str, server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    if source == "modelscope":  # its client tries the listing four times, for seven seconds
        client = pytest.importorskip("modelscope_hub._legacy_api")
        monkeypatch.setattr(client, "REPO_TREE_PAGE_MAX_ATTEMPTS", 1, raising=False)
    server.address = "http://127.0.0.1:9"  # discard: nobody listens there
    with pytest.raises(ModelError, match="连不上") as caught:
        fetch("someone/some-model", settings, source, server)
    assert "检查网络" in caught.value.remedy


@both_hubs
def test_no_room(server: Hub, settings: Settings, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("Usage", "total used free")(10**9, 10**9, 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(ModelError, match="磁盘空间不够"):
        fetch("someone/some-model", settings, source, server)
    assert not server.requests


@both_hubs
def test_no_client(server: Hub, settings: Settings, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, CLIENTS[source], None)
    with pytest.raises(ModelError) as caught:
        get_model("someone/some-model", settings, source, server.address)  # type: ignore[arg-type]
    assert "pip install 'bigan[hub]'" in caught.value.remedy


def test_an_embedder_in_use_does_not_stop_a_download(
    server: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)  # as SentenceEmbedder leaves it
    assert fetch("someone/some-model", settings, "huggingface", server).read_bytes() == GGUF
    assert constants.HF_HUB_OFFLINE


@pytest.mark.parametrize("name", ["qwen9", "", "a/b c", "../x", "http://example.org/m.gguf"])
def test_a_name_that_is_neither(settings: Settings, name: str) -> None:
    with pytest.raises(ModelError) as caught:
        get_model(name, settings)
    assert "bigan models list" in caught.value.remedy
