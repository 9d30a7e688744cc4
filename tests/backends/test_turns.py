"""The fair queue: order of service, places told, leaving."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import pairwise
from threading import Event

import pytest

from assistant.backends.turns import Cancelled, Turns


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "the awaited state did not come"
        time.sleep(0.005)


class People:
    """Threads that wait in line one after the other while `gate` holds the first job."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.gate = Event()
        self.order: list[str] = []
        self.places: dict[str, list[int]] = {}
        self.threads: list[threading.Thread] = []

    def come(self, job: str, cancel: Event | None = None) -> None:
        """Let `job`, named by its owner's letter and a number, join the queue; return once it waits."""
        places = self.places[job] = []

        def work() -> None:
            try:
                with self.turns.take(job[0], places.append, cancel):
                    self.order.append(job)
                    self.gate.wait(20)
            except Cancelled:
                self.order.append(f"-{job}")

        thread = threading.Thread(target=work)
        self.threads.append(thread)
        thread.start()
        until(lambda: bool(places))

    def finish(self) -> list[str]:
        self.gate.set()
        for thread in self.threads:
            thread.join(20)
        return self.order


@pytest.mark.parametrize(
    ("arrivals", "order"),
    [
        ("A1", "A1"),
        ("A1 A2 A3", "A1 A2 A3"),
        ("A1 A2 A3 B1", "A1 B1 A2 A3"),
        ("A1 A2 A3 A4 B1 B2 C1", "A1 B1 C1 A2 B2 A3 A4"),
        ("A1 B1 A2 C1 B2", "A1 B1 C1 A2 B2"),
    ],
)
def test_owners_are_served_in_turn(arrivals: str, order: str) -> None:
    people = People()
    for job in arrivals.split():
        people.come(job)
    assert people.finish() == order.split()


def test_places_count_the_jobs_ahead() -> None:
    people = People()
    for job in ("A1", "A2", "A3", "B1"):
        people.come(job)
    until(lambda: people.places["A3"][-1] == 3)
    assert people.places["A1"] == [0]
    assert people.places["A2"] == [1, 2]
    assert people.places["B1"] == [1]
    people.finish()
    assert people.places["B1"] == [1, 0]
    for places in people.places.values():
        assert places[-1] == 0
        assert all(before != after for before, after in pairwise(places))


def test_cancel_leaves_the_queue() -> None:
    people = People()
    cancel = Event()
    people.come("A1")
    people.come("B1", cancel)
    people.come("C1")
    assert people.places["C1"] == [2]
    cancel.set()
    until(lambda: people.places["C1"][-1] == 1)
    assert people.order == ["A1", "-B1"]
    assert people.finish() == ["A1", "-B1", "C1"]


def test_cancelled_before_joining_never_runs() -> None:
    cancel = Event()
    cancel.set()
    turns = Turns()
    with pytest.raises(Cancelled, match="取消"), turns.take("A", cancel=cancel):
        pytest.fail("ran although cancelled")
    with turns.take("A"):
        pass


def test_failing_job_and_failing_callback_free_the_turn() -> None:
    turns = Turns()

    def fail(place: int) -> None:
        raise ValueError(place)

    with pytest.raises(ValueError, match="0"), turns.take("A", fail):
        pytest.fail("ran although its callback failed")
    with pytest.raises(KeyError), turns.take("A"):
        raise KeyError
    with turns.take("A"):
        pass


def test_one_job_at_a_time_and_none_lost() -> None:
    turns = Turns()
    running: list[int] = []
    most: list[int] = []

    def work(owner: str) -> None:
        for _ in range(20):
            with turns.take(owner):
                running.append(1)
                most.append(len(running))
                running.pop()

    threads = [threading.Thread(target=work, args=(owner,)) for owner in "ABCDEFGH"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert most == [1] * 160


def test_one_who_floods_delays_another_by_one_job() -> None:
    """A always has three jobs waiting; B, who comes again and again, runs every second time."""
    turns = Turns()
    order: list[str] = []
    done = Event()

    def flood() -> None:
        while not done.is_set():
            with turns.take("A"):
                order.append("A")
                time.sleep(0.002)

    floods = [threading.Thread(target=flood) for _ in range(4)]
    for thread in floods:
        thread.start()
    until(lambda: len(order) > 8)
    for _ in range(5):
        before = len(order)
        with turns.take("B"):
            assert len(order) - before <= 2
            order.append("B")
    done.set()
    for thread in floods:
        thread.join(20)
    assert order.count("B") == 5
