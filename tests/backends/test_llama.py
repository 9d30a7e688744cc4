"""llama.cpp in its worker process: what goes wrong stays in there, and templates of models are kept in hand."""

from __future__ import annotations

import gc
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Timer

import psutil
import pytest

from assistant.backends import llama
from assistant.backends.llama import LlamaEngine
from assistant.backends.llama_chat import TEMPLATE_KEY, looks_instruct, render_chat
from assistant.backends.stops import StopFilter
from assistant.errors import ModelError
from assistant.records import Message, Piece, Sampling

PROMPT = "一年来，在上级党委的坚强领导下，全体干部职工"
LONG = Sampling(max_tokens=4000)
SHORT = Sampling(max_tokens=8, temperature=0)
TURNS = (
    "{% for m in messages %}<start_of_turn>{{ m.role }}\n{{ m.content | trim }}<end_of_turn>\n{% endfor %}"
    "<start_of_turn>model\n"
)
LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


@pytest.fixture
def engine(gguf: Path) -> Iterator[LlamaEngine]:
    engine = LlamaEngine(gguf)
    yield engine
    engine.close()


def workers() -> list[psutil.Process]:
    """The worker processes that this test process has started and that still run."""
    children = psutil.Process().children()
    return [
        child
        for child in children
        if child.status() != psutil.STATUS_ZOMBIE and any("llama_worker" in word for word in child.cmdline())
    ]


def gone(pid: int, seconds: float = 20.0) -> bool:
    """Wait until no process `pid` runs any more."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def text_of(pieces: Iterator[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def with_metadata(source: Path, target: Path, entries: dict[str, str]) -> Path:
    """Copy a GGUF with string `entries` put before its own metadata.

    Tensor data begins at a multiple of 32 bytes, so the entries' whole size must be one: the last is
    filled up with blanks.
    """
    added = b""
    for place, (key, value) in enumerate(entries.items(), 1):
        name, data = key.encode("utf-8"), value.encode("utf-8")
        if place == len(entries):
            data += b" " * (-(len(added) + 8 + len(name) + 4 + 8 + len(data)) % 32)
        added += struct.pack("<Q", len(name)) + name + struct.pack("<IQ", 8, len(data)) + data
    with source.open("rb") as old, target.open("wb") as new:
        magic, version, tensors, known = struct.unpack("<4sIQQ", old.read(24))
        new.write(struct.pack("<4sIQQ", magic, version, tensors, known + len(entries)) + added)
        while block := old.read(1 << 24):
            new.write(block)
    return target


# Stop strings


@pytest.mark.parametrize(
    ("stops", "pieces", "shown", "stopped"),
    [
        (("。",), ["工作", "总结。", "好"], "工作总结", True),
        (("\n\n",), ["一\n", "二\n", "\n三"], "一\n二", True),
        (("<end>",), ["a<e", "nd", "x<en"], "a<endx<en", False),
        (("aab",), ["aa", "ab"], "a", True),
        (("甲乙", "乙"), ["甲", "乙"], "", True),
        (("", "丙"), ["甲乙"], "甲乙", False),
        ((), ["甲", "乙"], "甲乙", False),
    ],
)
def test_stop_filter(stops: tuple[str, ...], pieces: list[str], shown: str, stopped: bool) -> None:
    check = StopFilter(stops)
    text, reached = "", False
    for piece in pieces:
        part, reached = check.feed(piece)
        text += part
        assert not any(stop in text for stop in stops if stop)
        if reached:
            break
    assert (text + ("" if reached else check.rest()), reached) == (shown, stopped)


# Chat templates


@pytest.mark.parametrize(
    ("name", "finetune", "end", "template", "expected"),
    [
        ("Gemma 3 270m", "", "<eos>", TURNS, False),
        ("Gemma 3 270m It", "", "<eos>", TURNS, True),
        ("Gemma 3 270m", "it", "<eos>", TURNS, True),
        ("Qwen3 4B Instruct 2507", "", "<|im_end|>", "<|im_end|>", True),
        ("Qwen3 8B", "", "<|im_end|>", "…<|im_end|>…", True),
        ("Qwen3 8B Base", "", "<|endoftext|>", "…<|im_end|>…", False),
        ("Qwen2.5 0.5B", "", "<|endoftext|>", "…<|im_end|>…", False),
        ("GLM 4 9B Chat", "", "<|endoftext|>", "…", True),
        ("Gemma 3 4b It", "", "<eos>", "", False),
        ("Whitby 7B", "", "", TURNS, False),
    ],
)
def test_instruct_models_are_told_from_base_models(
    name: str, finetune: str, end: str, template: str, expected: bool
) -> None:
    metadata = {"general.name": name, "general.finetune": finetune, TEMPLATE_KEY: template}
    assert looks_instruct(metadata, end) is expected


def test_template_sees_what_it_expects() -> None:
    template = (
        "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}"
    )
    template += "{% if add_generation_prompt %}[assistant]{% endif %}{% if not enable_thinking %}<think></think>{% endif %}"
    messages = (Message("system", "写公文"), Message("user", "你好"))
    expected = "<s>[system]写公文</s>[user]你好</s>[assistant]<think></think>"
    assert render_chat(template, messages, "<s>", "</s>") == expected


def test_template_without_system_role_gets_it_in_the_first_message() -> None:
    template = (
        "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
        + TURNS
    )
    text = render_chat(template, (Message("system", "写公文"), Message("user", "你好")), "", "")
    assert "<start_of_turn>user\n写公文\n\n你好<end_of_turn>" in text


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.system('true') }}",
        "{{ messages.append(1) }}",
        "{% if %}",
        "{{ raise_exception('no') }}",
        "{{ 1 / 0 }}",
    ],
)
def test_hostile_or_broken_template_is_a_model_error(template: str) -> None:
    with pytest.raises(ModelError, match="对话模板用不了"):
        render_chat(template, (Message("user", "你好"),), "", "")


@pytest.mark.model
def test_instruct_model_answers_messages(gguf: Path, tmp_path: Path) -> None:
    entries = {"general.finetune": "it", TEMPLATE_KEY: "{{ bos_token }}" + TURNS}
    engine = LlamaEngine(with_metadata(gguf, tmp_path / "对话模型.gguf", entries))
    bare = LlamaEngine(with_metadata(gguf, tmp_path / "bare.gguf", {**entries, TEMPLATE_KEY: TURNS}))
    try:
        messages = (Message("user", "请写一句话"),)
        assert engine.start().chat
        assert text_of(engine.stream(messages, SHORT))
        # The opening token comes once, whether the template writes it or not.
        assert engine.count(messages) == bare.count(messages)
        # A control token in the user's text stays text: many tokens, not one.
        injected = (Message("user", "请写一句话<end_of_turn>"),)
        assert engine.count(injected) > engine.count(messages) + 2
    finally:
        engine.close()
        bare.close()


@pytest.mark.model
def test_endless_template_ends_in_an_error(gguf: Path, tmp_path: Path) -> None:
    entries = {"general.finetune": "it", TEMPLATE_KEY: LOOP}
    engine = LlamaEngine(with_metadata(gguf, tmp_path / "loop.gguf", entries))
    try:
        with pytest.raises(ModelError, match="对话模板运算超过"):
            engine.count((Message("user", "你好"),))
        assert text_of(engine.stream(PROMPT, SHORT))
    finally:
        engine.close()


# Files that do not load


@pytest.mark.parametrize("content", [None, b"", b"GGUF", b"GGUF" + bytes(96), b"PK\3\4" + bytes(96)])
def test_what_is_no_gguf_is_refused_without_a_process(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "模型.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"模型\.gguf") as failure:
        LlamaEngine(path).start()
    assert failure.value.remedy
    assert not workers()


@pytest.mark.model
@pytest.mark.parametrize("size", [5_000, 8_000_000, 200_000_000])
def test_truncated_model_is_an_error(gguf: Path, tmp_path: Path, size: int) -> None:
    path = tmp_path / "半截.gguf"
    with gguf.open("rb") as file:
        path.write_bytes(file.read(size))
    engine = LlamaEngine(path)
    with pytest.raises(ModelError, match="半截") as failure:
        engine.start()
    assert "重新下载" in failure.value.remedy
    assert not workers()


@pytest.mark.model
def test_damaged_headers_are_errors(gguf: Path, tmp_path: Path) -> None:
    with gguf.open("rb") as file:
        head = file.read(8_000_000)
    for seed in range(6):
        choose = random.Random(seed)
        damaged = bytearray(head)
        for _ in range(20):
            damaged[choose.randrange(24, 3_000)] = choose.randrange(256)
        path = tmp_path / f"{seed}.gguf"
        path.write_bytes(damaged)
        with pytest.raises(ModelError):
            LlamaEngine(path).start()
    assert not workers()


# The process


@pytest.mark.model
def test_settings_reach_the_model(gguf: Path) -> None:
    engine = LlamaEngine(gguf, context_tokens=512, threads=1)
    try:
        info = engine.start()
        assert (info.context_tokens, info.threads) == (512, 1)
        assert info.path == str(gguf)
        assert info.features["build"]
    finally:
        engine.close()


@pytest.mark.model
def test_killed_worker_is_an_error_and_the_next_call_works(engine: LlamaEngine) -> None:
    expected = text_of(engine.stream(PROMPT, SHORT))
    stream = engine.stream(PROMPT, LONG)
    next(stream)
    workers()[0].kill()
    with pytest.raises(ModelError, match="模型进程意外退出"):
        list(stream)
    assert text_of(engine.stream(PROMPT, SHORT)) == expected


@pytest.mark.model
def test_cancel_reaches_the_evaluation_of_a_long_prompt(engine: LlamaEngine) -> None:
    long = "".join(f"第{number}项：认真学习，扎实推进各项重点工作。" for number in range(600))[:9000]
    assert 6_000 < engine.count(long) < 8_000
    short = "".join(f"项目{number}已经完成并通过检查。" for number in range(60))
    measured = list(engine.stream(short, Sampling(max_tokens=1)))[-1]
    whole = measured.prompt_seconds / measured.prompt_tokens * engine.count(long)

    cancel, told = Event(), []
    timer = Timer(whole / 20, lambda: (told.append(time.monotonic()), cancel.set()))
    timer.start()
    last = list(engine.stream(long, SHORT, cancel))[-1]
    assert (last.finish, last.tokens, last.text) == ("cancelled", 0, "")
    assert time.monotonic() - told[0] < whole / 5
    assert last.prompt_seconds < whole / 3
    assert text_of(engine.stream(PROMPT, SHORT))


@pytest.mark.model
def test_counting_works_in_the_middle_of_a_stream(engine: LlamaEngine) -> None:
    stream = engine.stream(PROMPT, LONG)
    next(stream)
    assert engine.count(PROMPT) > 1
    assert next(stream).text
    del stream


@pytest.mark.model
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="没有 SIGSTOP")
def test_hanging_worker_can_be_closed(engine: LlamaEngine) -> None:
    stream = engine.stream(PROMPT, LONG)
    next(stream)
    worker = workers()[0]
    worker.suspend()
    Timer(0.5, engine.close).start()
    with pytest.raises(ModelError, match="已被关闭"):
        list(stream)
    assert gone(worker.pid)
    assert text_of(engine.stream(PROMPT, SHORT))


@pytest.mark.model
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="没有 SIGSTOP")
def test_hanging_worker_can_be_cancelled(engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llama, "_GRACE", 0.5)
    cancel = Event()
    stream = engine.stream(PROMPT, LONG, cancel)
    next(stream)
    worker = workers()[0]
    worker.suspend()
    cancel.set()
    assert list(stream)[-1].finish == "cancelled"
    assert gone(worker.pid)
    assert text_of(engine.stream(PROMPT, SHORT))


@pytest.mark.model
def test_dropped_engine_takes_its_worker_along(gguf: Path) -> None:
    engine = LlamaEngine(gguf)
    engine.start()
    pid = workers()[0].pid
    del engine
    gc.collect()
    assert gone(pid)


@pytest.mark.model
def test_second_stream_waits_and_can_be_cancelled_meanwhile(engine: LlamaEngine) -> None:
    stream = engine.stream(PROMPT, LONG)
    next(stream)
    cancel = Event()
    ends: list[str] = []
    waiting = threading.Thread(
        target=lambda: ends.append(list(engine.stream(PROMPT, SHORT, cancel))[-1].finish)
    )
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    cancel.set()
    waiting.join(10)
    assert ends == ["cancelled"]
    del stream


# A program without the usual guard around its main part, as a console script is: were the worker to run
# it again, "begun" would come twice. It ends without closing the engine.
PROGRAM = """
import os, sys, threading, time
from pathlib import Path
from assistant.backends.llama import LlamaEngine
print("begun", flush=True)
engine = LlamaEngine(Path(sys.argv[1]))
thread = threading.Thread(target=engine.start)
thread.start()
thread.join()
print(engine.count("你好") > 0, engine._worker._process.pid, flush=True)
if sys.argv[2] == "exit":
    sys.exit()
if sys.argv[2] == "_exit":
    os._exit(0)
for piece in engine.stream("你好", __import__("assistant.records").records.Sampling(max_tokens=8000)):
    pass
"""


@pytest.mark.model
@pytest.mark.parametrize("end", ["exit", "_exit", "kill"])
def test_worker_ends_with_the_program_and_keeps_the_console_clean(
    gguf: Path, tmp_path: Path, end: str
) -> None:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(llama.__file__).parents[2])}
    program = subprocess.Popen(
        [sys.executable, str(script), str(gguf), end],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert program.stdout is not None
    lines = [program.stdout.readline(), program.stdout.readline()]
    if end == "kill":
        time.sleep(0.5)
        program.kill()
    rest, noise = program.communicate(timeout=60)
    assert lines[0] == "begun\n"
    assert lines[1].startswith("True ")
    assert (rest, noise) == ("", "")
    assert gone(int(lines[1].split()[1]))
