"""A fair queue for the one model: one job at a time, the people who wait served in turn."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, Event

from assistant.errors import AssistantError

_POLL = 0.05  # seconds between looks at a cancel event


class Cancelled(AssistantError):
    """The user withdrew a job that was still waiting."""


@dataclass(frozen=True, slots=True)
class _Job:
    owner: str
    number: int  # in order of arrival


class Turns:
    """Lets one job run at a time and picks the next one fairly; safe to use from any thread.

    The next job is the earliest one of the owner who was served least recently, so somebody with many
    jobs waiting delays everybody else by one job each, not by all of them.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._numbers = itertools.count(1)
        self._waiting: list[_Job] = []
        self._running: _Job | None = None
        self._served: dict[str, int] = {}  # owner → when last served, as a growing number

    @contextmanager
    def take(
        self,
        owner: str,
        on_place: Callable[[int], None] | None = None,
        cancel: Event | None = None,
    ) -> Iterator[None]:
        """Wait for one's turn; the turn lasts for the body of the `with` statement.

        `on_place` gets the number of jobs ahead (the running one included) at first and whenever it
        changes, and 0 when the turn has come; it is called in the waiting thread. Raises Cancelled, and
        leaves the queue, when `cancel` is set before that.
        """
        job = self._join(owner)
        try:
            self._wait(job, on_place, cancel)
            yield
        finally:
            self._leave(job)

    def _join(self, owner: str) -> _Job:
        with self._changed:
            job = _Job(owner, next(self._numbers))
            self._waiting.append(job)
            self._changed.notify_all()
            return job

    def _leave(self, job: _Job) -> None:
        with self._changed:
            if self._running == job:
                self._running = None
            else:
                self._waiting.remove(job)
            if not self._waiting and self._running is None:
                self._served.clear()  # nobody waits, so nobody is owed anything
            self._changed.notify_all()

    def _wait(self, job: _Job, on_place: Callable[[int], None] | None, cancel: Event | None) -> None:
        told = -1
        while told != 0:
            if cancel and cancel.is_set():
                raise Cancelled("已取消排队。", "需要时请重新提交。")
            place = self._changed_place(job, told, _POLL if cancel else None)
            if place != told and on_place:
                on_place(place)
            told = place

    def _changed_place(self, job: _Job, told: int, timeout: float | None) -> int:
        """Return the jobs ahead of `job`, after waiting for a change if that is what was `told`."""
        with self._changed:
            place = self._place(job)
            if place == told:
                self._changed.wait(timeout)
                place = self._place(job)
            if place == 0:
                self._waiting.remove(job)
                self._running = job
                self._served[job.owner] = max(self._served.values(), default=0) + 1
            return place

    def _place(self, job: _Job) -> int:
        """Return how many jobs run before `job`, by playing the rule forward."""
        served = dict(self._served)
        waiting = list(self._waiting)
        clock = max(served.values(), default=0)
        place = 0 if self._running is None else 1
        while (first := min(waiting, key=lambda other: (served.get(other.owner, 0), other.number))) != job:
            waiting.remove(first)
            clock += 1
            served[first.owner] = clock
            place += 1
        return place
