"""The worker process of `LlamaEngine`: one GGUF model that is asked and answers in JSON, one object a line.

Questions come on standard input, `{"job": 1, "do": "start" | "count" | "stream" | "cancel", …}`; answers go to
standard output with the same `job`, and `{"job", "error": kind, "message", "remedy"}` is a failed one, with
`"fatal"` the last word of the process. It ends when its input ends, that is, at the latest with the
program that started it. llama_cpp is imported here alone: it aborts on some damaged files, so no other
process may hold it.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from queue import SimpleQueue
from threading import Lock, Thread, Timer
from typing import TYPE_CHECKING, Any, BinaryIO

from assistant.errors import AssistantError, ModelError
from assistant.records import Message, Sampling

if TYPE_CHECKING:
    from assistant.backends.llama_model import Model

TEMPLATE_SECONDS = 5.0  # a model's chat template may loop for ever; real ones take milliseconds

Question = dict[str, Any]


class Worker:
    """Answers questions: counting and cancelling at once, loading and generating one after the other."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers
        self._writing = Lock()
        self._waiting: SimpleQueue[Question] = SimpleQueue()
        self._cancelled: set[int] = set()
        self._model: Model | None = None

    def read(self, questions: BinaryIO) -> None:
        """Take questions until the input ends; then end the process, whatever it is doing."""
        for line in questions:
            question = json.loads(line)
            if question["do"] == "cancel":
                self._cancelled.add(question["job"])
            elif question["do"] == "count":
                self._answer(question)
            else:
                self._waiting.put(question)
        os._exit(0)

    def work(self) -> None:
        """Load and generate, for ever."""
        while True:
            question = self._waiting.get()
            self._answer(question)
            self._cancelled.discard(question["job"])

    def _answer(self, question: Question) -> None:
        job = question["job"]
        try:
            for answer in getattr(self, f"_{question['do']}")(question):
                self._send(job, answer)
        except AssistantError as error:
            self._send(job, _failure(error))

    def _send(self, job: int, answer: dict[str, Any]) -> None:
        line = json.dumps({"job": job, **answer}).encode("ascii") + b"\n"
        with self._writing:
            self._answers.write(line)
            self._answers.flush()

    def _start(self, question: Question) -> Iterator[dict[str, Any]]:
        import llama_cpp

        from assistant.backends.llama_model import Model

        self._model = Model(llama_cpp, question["path"], question["context_tokens"], question["threads"])
        yield {"info": asdict(self._model.info())}

    def _count(self, question: Question) -> Iterator[dict[str, Any]]:
        yield {"count": len(self._tokens(question))}

    def _stream(self, question: Question) -> Iterator[dict[str, Any]]:
        job = question["job"]
        tokens = self._tokens(question)
        sampling = Sampling(**{**question["sampling"], "stop": tuple(question["sampling"]["stop"])})
        for piece in self._loaded().stream(tokens, sampling, lambda: job in self._cancelled):
            yield {"piece": asdict(piece) if piece.finish else {"text": piece.text}}

    def _loaded(self) -> Model:
        if self._model is None:
            raise ModelError("模型还没有载入。", "请重新启动笔杆。")
        return self._model

    def _tokens(self, question: Question) -> list[int]:
        prompt = question["prompt"]
        if isinstance(prompt, str):
            return self._loaded().tokens(prompt)
        with self._time_limit(question["job"]):
            return self._loaded().tokens(tuple(Message(**message) for message in prompt))

    @contextmanager
    def _time_limit(self, job: int) -> Iterator[None]:
        """End the process when the template within takes too long: nothing else stops a loop in it."""

        def give_up() -> None:
            error = ModelError(
                f"模型自带的对话模板运算超过 {TEMPLATE_SECONDS:.0f} 秒，已停止。",
                "模板可能有错，请换一个模型文件。",
            )
            self._send(job, {**_failure(error), "fatal": True})
            os._exit(1)

        timer = Timer(TEMPLATE_SECONDS, give_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _failure(error: AssistantError) -> dict[str, Any]:
    return {"error": type(error).__name__, "message": error.message, "remedy": error.remedy}


def _die(bug: threading.ExceptHookArgs) -> None:
    """Let a bug in any thread end the process, as it does in the main one: a question must not hang."""
    threading.__excepthook__(bug)
    os._exit(1)


def main() -> None:
    """Serve on the standard streams, which nobody else can use then: stray output goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the main program's affair
    questions = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    threading.excepthook = _die
    worker = Worker(answers)
    Thread(target=worker.read, args=(questions,), daemon=True).start()
    worker.work()


if __name__ == "__main__":
    main()
