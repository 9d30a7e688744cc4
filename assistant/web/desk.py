"""What all handlers share: the assistant, the jobs at work, and the preparation of model and index."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from assistant.errors import AssistantError, RequestError
from assistant.pipeline import Assistant

Result = TypeVar("Result")
READY = "就绪"
POLL = 0.15  # seconds between two looks at a job
END_WITHIN = 10.0  # seconds a job is waited for before its conversation is deleted


@dataclass
class Run:
    """A job at work for one conversation: the manuscript so far and what is being done.

    `pieces` counts changes, so that a page sends only what is new.
    """

    conversation: str
    cancel: threading.Event = field(default_factory=threading.Event)
    text: str | None = None
    note: str = ""
    pieces: int = 0
    thread: threading.Thread | None = None

    def tell(self, note: str, text: str | None = None) -> None:
        """Take in what the job says; `text` None leaves the manuscript as it is."""
        changed = note != self.note or (text is not None and text != self.text)
        self.note = note
        self.text = self.text if text is None else text
        self.pieces += changed

    def place(self, ahead: int) -> None:
        """Say how many jobs stand before this one."""
        self.tell(f"排队中，前面还有{ahead}个任务" if ahead else "轮到了，正在开始")


class Runs:
    """The jobs at work, at most one per conversation. They go on when the page is closed."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()

    def start(self, conversation: str, work: Callable[[Run], None]) -> Run:
        """Run `work` in the background. Raises RequestError when the conversation has a job already."""
        run = Run(conversation)

        def body() -> None:
            try:
                work(run)
            finally:
                with self._lock:
                    self._runs.pop(conversation, None)

        with self._lock:
            if conversation in self._runs:
                raise RequestError("上一个任务还在进行。", "请等它写完，或者先点“停止”。")
            run.thread = threading.Thread(target=body, name=f"job-{conversation[:8]}", daemon=True)
            run.thread.start()
            self._runs[conversation] = run
        return run

    def active(self, conversation: str) -> Run | None:
        """Return the job of the conversation, None when none is at work."""
        with self._lock:
            return self._runs.get(conversation)

    def busy(self) -> tuple[str, ...]:
        """Return the conversations with a job at work."""
        with self._lock:
            return tuple(self._runs)

    def stop(self, conversation: str) -> None:
        """Ask the job of the conversation to end; it does within a token."""
        if run := self.active(conversation):
            run.cancel.set()

    def end(self, conversation: str) -> None:
        """End the job of the conversation and wait until it has stored what it has."""
        run = self.active(conversation)
        if run and run.thread:
            run.cancel.set()
            run.thread.join(END_WITHIN)


class Preparation:
    """Opens the index and loads the model once, in the background."""

    def __init__(self, prepare: Callable[[], None]) -> None:
        self._prepare = prepare
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._error: AssistantError | None = None

    def start(self) -> None:
        """Begin, or begin again after a failure."""
        with self._lock:
            if self._thread is None or (self._error and not self._thread.is_alive()):
                self._error = None
                self._thread = threading.Thread(target=self._work, name="prepare", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        try:
            self._prepare()
        except AssistantError as error:
            self._error = error

    @property
    def failed(self) -> bool:
        """Whether the last attempt ended with an error."""
        return self._error is not None

    def wait(self, cancel: threading.Event, tell: Callable[[], None]) -> None:
        """Return when all is ready or `cancel` is set; raise the AssistantError of a failure."""
        self.start()
        while self._thread is not None and self._thread.is_alive() and not cancel.is_set():
            tell()
            self._thread.join(POLL)
        if self._error and not cancel.is_set():
            raise self._error


@dataclass(frozen=True, slots=True)
class Desk:
    """What a handler works with."""

    assistant: Assistant
    runs: Runs
    preparation: Preparation

    @property
    def ready(self) -> bool:
        """Whether index and model are there, so that nothing below waits for them."""
        return self.assistant.state == READY


def open_desk(assistant: Assistant) -> Desk:
    """Return a desk for `assistant`; nothing is started yet."""
    return Desk(assistant, Runs(), Preparation(assistant.prepare))


def in_background(work: Callable[[Callable[[str], None]], Result]) -> Iterator[str]:
    """Run `work(tell)` in a thread and yield what it tells; raise the AssistantError it raised."""
    said: list[str] = [""]
    failed: list[AssistantError] = []

    def body() -> None:
        try:
            work(lambda note: said.append(note))
        except AssistantError as error:
            failed.append(error)

    thread = threading.Thread(target=body, name="background", daemon=True)
    thread.start()
    last = ""
    while thread.is_alive():
        if said[-1] != last:
            last = said[-1]
            yield last
        time.sleep(POLL)
    if failed:
        raise failed[0]


def update(**properties: Any) -> dict[str, Any]:
    """Return a change of a component's properties, in the form Gradio takes from a handler."""
    return {"__type__": "update", **properties}
