"""The default engine: llama.cpp in a worker process of its own.

A GGUF that aborts, a prompt that must be cancelled, or memory running out ends that process and never
the program; its end is a `ModelError`, and the next call starts a new one.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import IO, Any

import assistant
from assistant.backends import Prompt
from assistant.backends.modelfiles import check_gguf
from assistant.errors import ContextOverflow, ModelError
from assistant.records import EngineInfo, Piece, Sampling

_POLL = 0.02  # seconds between looks at a cancel event
_GRACE = 10.0  # seconds a cancelled worker has to answer before it is killed
_LAST_LINES = 20  # of the worker's error output, kept for the message about its death

_MODULE = "assistant.backends.llama_worker"
_ERRORS = {"ModelError": ModelError, "ContextOverflow": ContextOverflow}

Answer = dict[str, Any]


class LlamaEngine:
    """A GGUF file as `Engine`; safe to use from any thread.

    `context_tokens` 0 means what the model was trained for, at most 8,192, and more than it was trained
    for is cut to that; `threads` 0 means the physical cores. One stream runs at a time: a second one waits
    for the first to end or to be closed, so use `Turns` before it where people should see their place.
    """

    def __init__(self, path: Path, context_tokens: int = 0, threads: int = 0) -> None:
        self._path = path
        self._question = {"path": str(path), "context_tokens": context_tokens, "threads": threads}
        self._starting = Lock()
        self._streaming = Lock()
        self._worker: _Worker | None = None
        self._info: EngineInfo | None = None

    def start(self) -> EngineInfo:
        """Load the model, unless it is loaded, and return what was loaded. Raises ModelError."""
        return self._ready()[1]

    def count(self, prompt: Prompt) -> int:
        """Return the number of tokens of `prompt`; works during a stream, too. Raises ModelError."""
        worker, _ = self._ready()
        count: int = worker.ask("count", prompt=_plain(prompt))["count"]
        return count

    def stream(self, prompt: Prompt, sampling: Sampling, cancel: Event | None = None) -> Iterator[Piece]:
        """Yield the text as `Engine.stream` says; closing the iterator early cancels in the worker."""
        while not self._streaming.acquire(timeout=_POLL):
            if cancel and cancel.is_set():
                yield Piece("", "cancelled")
                return
        try:
            worker, _ = self._ready()
            yield from worker.stream(prompt, sampling, cancel)
        finally:
            self._streaming.release()

    def close(self) -> None:
        """Free the model by ending its process, whatever that is doing; a later call starts a new one."""
        worker, self._worker = self._worker, None
        if worker:
            worker.stop()

    def _ready(self) -> tuple[_Worker, EngineInfo]:
        with self._starting:
            if self._worker and self._info and self._worker.alive:
                return self._worker, self._info
            _check_file(self._path)
            self._worker = worker = _Worker()
            weakref.finalize(self, worker.stop)
            try:
                self._info = EngineInfo(**worker.ask("start", **self._question)["info"])
            except ModelError:
                worker.stop()
                raise
            return worker, self._info


class _Worker:
    """A worker process, and the answers that came from it, by job."""

    def __init__(self) -> None:
        # Not multiprocessing: its spawned child first runs the parent's __main__ again, whatever that is.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._jobs = itertools.count(1)
        self._answers: dict[int, SimpleQueue[Answer | None]] = {}
        self._lock = Lock()
        self._ended = False
        self._noise: deque[str] = deque(maxlen=_LAST_LINES)
        self._stopped = False
        self._noise_reader = Thread(target=self._read_noise, args=(self._process.stderr,), daemon=True)
        self._noise_reader.start()
        Thread(target=self._read_answers, args=(self._process.stdout,), daemon=True).start()

    @property
    def alive(self) -> bool:
        return not self._ended and self._process.poll() is None

    def ask(self, do: str, **what: Any) -> Answer:
        """Return the one answer to a question. Raises what the worker raised, or ModelError for its death."""
        job = self._open()
        try:
            self._send({"job": job, "do": do, **what})
            while not (answer := self._answer(job)):
                pass
            return answer
        finally:
            self._forget(job)

    def stream(self, prompt: Prompt, sampling: Sampling, cancel: Event | None) -> Iterator[Piece]:
        """Yield the pieces of one job; cancel it when `cancel` is set or the iterator is closed."""
        job = self._open()
        told = finished = False
        deadline = 0.0
        try:
            self._send({"job": job, "do": "stream", "prompt": _plain(prompt), "sampling": asdict(sampling)})
            while True:
                answer = self._answer(job)
                if cancel and cancel.is_set() and not told:
                    told, deadline = True, time.monotonic() + _GRACE
                    self._send({"job": job, "do": "cancel"})
                if answer:
                    piece = Piece(**answer["piece"])
                    if piece.finish:
                        finished = True
                        yield _cancelled(piece) if told else piece
                        return
                    if not told:
                        yield piece
                elif told and time.monotonic() > deadline:
                    self.stop()
                    yield Piece("", "cancelled")
                    return
        finally:
            self._forget(job)
            if not finished:
                with suppress(ModelError):
                    self._send({"job": job, "do": "cancel"})

    def stop(self) -> None:
        """Kill the process. Jobs in progress fail."""
        self._stopped = True
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            _pipe(self._process.stdin).close()

    def _open(self) -> int:
        with self._lock:
            job = next(self._jobs)
            self._answers[job] = SimpleQueue()
            if self._ended:
                self._answers[job].put(None)
            return job

    def _forget(self, job: int) -> None:
        with self._lock:
            del self._answers[job]

    def _send(self, question: Answer) -> None:
        line = json.dumps(question).encode("ascii") + b"\n"
        try:
            with self._lock:
                pipe = _pipe(self._process.stdin)
                pipe.write(line)
                pipe.flush()
        except (OSError, ValueError) as error:  # ValueError: the pipe is closed
            raise self._death() from error

    def _answer(self, job: int) -> Answer | None:
        """Return the next answer of `job`, None when none came for a moment; raise its failure."""
        try:
            answer = self._answers[job].get(timeout=_POLL)
        except Empty:
            return None
        if answer is None:
            raise self._death()
        if "error" in answer:
            raise _ERRORS[answer["error"]](answer["message"], answer["remedy"])
        return answer

    def _read_answers(self, pipe: IO[bytes]) -> None:
        with pipe:
            for line in pipe:
                answer = json.loads(line)
                with self._lock:
                    self._ended = self._ended or answer.pop("fatal", False)
                    queue = self._answers.get(answer.pop("job"))
                if queue:
                    queue.put(answer)
        with self._lock:
            self._ended = True
            for queue in self._answers.values():
                queue.put(None)

    def _read_noise(self, pipe: IO[bytes]) -> None:
        with pipe:
            for line in pipe:
                if text := line.decode("utf-8", "replace").strip():
                    self._noise.append(text)

    def _death(self) -> ModelError:
        if self._stopped:
            return ModelError("模型已被关闭，这次生成没有完成。", "请重新提交。")
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        self._noise_reader.join(timeout=1)
        code = self._process.returncode
        cause = f"被信号 {-code} 终止" if code is not None and code < 0 else f"退出码 {code}"
        last = f"；最后的输出：{self._noise[-1][:200]}" if self._noise else ""
        return ModelError(
            f"模型进程意外退出（{cause}{last}）。",
            "请再试一次；若反复出现，请换一个模型文件，或关闭其他程序腾出内存。",
        )


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None, "the process was started with pipes"
    return pipe


def _cancelled(piece: Piece) -> Piece:
    """Return the last piece of a cancelled stream: pieces before it were dropped, so it carries no text."""
    return Piece(**{**asdict(piece), "text": "", "finish": "cancelled"})


def _plain(prompt: Prompt) -> str | list[dict[str, str]]:
    return prompt if isinstance(prompt, str) else [asdict(message) for message in prompt]


def _environment() -> dict[str, str]:
    """Return the environment in which the worker finds this very package, wherever it was started.

    llama.cpp's threads wait for each other some 450 times a token. GNU OpenMP lets them spin for that up to
    300,000 rounds, so a thread that another program pushes aside stops them all; with 4,000 rounds they
    sleep in time. Measured on 2 cores: the same speed on an idle machine, 1.2 times with one busy program
    beside, 4 times with six.
    """
    root = str(Path(assistant.__file__).resolve().parent.parent)
    known = os.environ.get("PYTHONPATH", "")
    spin = {} if "OMP_WAIT_POLICY" in os.environ else {"GOMP_SPINCOUNT": "4000"}
    return {**spin, **os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, known]))}


def _check_file(path: Path) -> None:
    """Raise ModelError unless `path` is a readable file that begins like a GGUF."""
    if not path.is_file():
        raise ModelError(
            f"找不到模型文件“{path}”。", "请在设置里改正模型路径，或用“bigan models get”重新下载模型。"
        )
    check_gguf(path)
