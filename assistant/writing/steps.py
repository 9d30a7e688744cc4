"""What writing works with and how it reports: tools, steps, the finished text; running one job within another."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from assistant.records import Degree, Hit
from assistant.writing.candidates import Familiarity
from assistant.writing.ground import Search
from assistant.writing.material import Likeness, likeness_by_characters

if TYPE_CHECKING:
    from assistant.backends import Engine

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Step:
    """The text so far and, when something is worth saying, what is being done."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sourced:
    """A sentence of a draft whose origin is known without looking for it: a set form, or words of the user adapted.

    `hits` are the user's own sentences that it is made of or that fill its blanks.
    """

    sentence: str
    degree: Degree
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A finished text, the passages it was written from, what the user should know, and sentences of known origin.

    `left` are sentences of the original that were put back because a fact of theirs had been lost.
    """

    text: str
    hits: tuple[Hit, ...] = ()
    notes: tuple[str, ...] = ()
    sourced: tuple[Sourced, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tools:
    """What drafting works with.

    `sources` is the text of the formulations, `language` how the whole corpus speaks. `adapt` chooses
    例文改写 over 模型撰写, `seed` makes a retry differ. `likeness` says how near texts are in meaning, a row
    for each of the first and a number for each of the second; without an embedder by their characters.
    """

    engine: Engine
    chat: bool
    search: Search
    sources: str
    language: Familiarity
    adapt: bool = True
    seed: int = 0
    cancel: Event | None = None
    likeness: Likeness = likeness_by_characters


Writing = Generator[Step, None, Written]


def nested(head: str, writing: Writing, tail: str = "") -> Writing:
    """Run `writing` with `head` before and `tail` behind each of its steps; the result is that of `writing` alone."""
    while True:
        try:
            step = next(writing)
        except StopIteration as finished:
            result: Written = finished.value
            return result
        yield Step(head + step.text + tail, step.note)


def growing(head: str, writing: Generator[str, None, Result], note: str) -> Generator[Step, None, Result]:
    """Run `writing` with `head` before each of its texts and `note` beside it."""
    while True:
        try:
            text = next(writing)
        except StopIteration as finished:
            result: Result = finished.value
            return result
        yield Step(head + text, note)


def until_cancelled(writing: Writing, cancel: Event | None) -> Writing:
    """Run `writing`; when `cancel` is set return what was written so far."""
    text, notes = "", ("已按要求停止，文稿停在这里。",)
    while True:
        if cancel is not None and cancel.is_set():
            writing.close()
            return Written(text.strip(), notes=notes)
        try:
            step = next(writing)
        except StopIteration as finished:
            result: Written = finished.value
            return result
        text = step.text
        yield step
