"""Deterministic stand-ins for the fast tests; each passes the contract suite of its interface.

They live in the package so that tests of every stage share them. Nothing in the program uses them: a
missing model is an error, never a fake.
"""

from __future__ import annotations

import random
import time
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Event, Lock
from typing import TYPE_CHECKING

import numpy as np

from assistant.backends import Progress, Prompt
from assistant.backends.stops import StopFilter
from assistant.errors import ContextOverflow, ModelError
from assistant.records import EngineInfo, Piece, Sampling

if TYPE_CHECKING:
    from assistant.backends import Ids, Vectors

_FILLER = "一是认真学习，二是抓好落实。"  # derived text is made of these and the prompt's characters


class FakeEngine:
    """An `Engine` whose tokens are characters.

    It answers with the texts given to `enqueue`, in their order, then with text made from the prompt's
    characters; an enqueued answer ends the text, derived text goes on to `max_tokens`. `seconds` is the
    time a token takes. `prompts` holds what it was asked, messages as they are; `samplings` how.
    """

    def __init__(self, context_tokens: int = 8192, chat: bool = False, seconds: float = 0.0) -> None:
        self.prompts: list[Prompt] = []
        self.samplings: list[Sampling] = []
        self._context_tokens = context_tokens
        self._chat = chat
        self._seconds = seconds
        self._answers: deque[str] = deque()
        self._evaluated = ""
        self._streaming = Lock()

    def enqueue(self, text: str) -> None:
        """Give `text` as the answer to the next stream that has none yet."""
        self._answers.append(text)

    def start(self) -> EngineInfo:
        return EngineInfo(
            name="fake", path="", context_tokens=self._context_tokens, threads=1, chat=self._chat
        )

    def count(self, prompt: Prompt) -> int:
        return len(self._rendered(prompt))

    def stream(self, prompt: Prompt, sampling: Sampling, cancel: Event | None = None) -> Iterator[Piece]:
        with self._streaming:
            yield from self._pieces(prompt, sampling, cancel)

    def close(self) -> None:
        self._evaluated = ""

    def _pieces(self, prompt: Prompt, sampling: Sampling, cancel: Event | None) -> Iterator[Piece]:
        text = self._rendered(prompt)
        over = len(text) + sampling.max_tokens - self._context_tokens
        if over > 0:
            raise ContextOverflow(f"比模型能容纳的多出 {over} 个词元。", "请减少材料。")
        self.prompts.append(prompt)
        self.samplings.append(sampling)
        reused = _common(text, self._evaluated)
        self._evaluated = text
        begun = time.perf_counter()
        last = Piece("")
        for piece in self._written(text, sampling, cancel):
            if piece.finish:
                last = piece
            else:
                yield piece
        yield replace(
            last, prompt_tokens=len(text), reused_tokens=reused, seconds=time.perf_counter() - begun
        )

    def _written(self, prompt: str, sampling: Sampling, cancel: Event | None) -> Iterator[Piece]:
        answer = self._answers.popleft() if self._answers else _derived(prompt, sampling)
        stops = StopFilter(sampling.stop)
        allowed = [token for token in answer if token not in sampling.forbidden]
        for count, token in enumerate(allowed):
            if count == sampling.max_tokens:
                yield Piece(stops.rest(), "length", tokens=count)
                return
            if cancel and cancel.is_set():
                yield Piece("", "cancelled", tokens=count)
                return
            time.sleep(self._seconds)
            text, stopped = stops.feed(token)
            if stopped:
                yield Piece(text, "stop", tokens=count + 1)
                return
            if text:
                yield Piece(text)
        yield Piece(stops.rest(), "stop", tokens=len(allowed))

    def _rendered(self, prompt: Prompt) -> str:
        if isinstance(prompt, str):
            return prompt
        if not self._chat:
            raise ModelError("这个模型是续写模型，不能按对话方式使用。", "请换一个对话模型。")
        return "".join(f"<{message.role}>{message.content}\n" for message in prompt) + "<assistant>"


class FakeEmbedder:
    """An `Embedder` of character bigrams: texts that share many bigrams have similar vectors."""

    name = "fake-bigrams"
    dimension = 64

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self.embed_query(text)
            if progress:
                progress(row + 1, len(texts))
        return vectors

    def embed_query(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension, dtype=np.float32)
        vector[0] = 1e-3  # an empty text has a direction, too
        for start in range(len(text) - 1):
            code = zlib.crc32(text[start : start + 2].encode("utf-8"))
            vector[code % self.dimension] += 1 if code & 0x10000 else -1
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit


class FakeStore:
    """A `VectorStore` in a dict, searched in full; the dict is replaced and never changed, for the sake of threads."""

    def __init__(self) -> None:
        self._vectors: dict[int, Vectors] = {}

    def __len__(self) -> int:
        return len(self._vectors)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        self._vectors = self._vectors | dict(zip(ids.tolist(), vectors.copy(), strict=True))

    def remove(self, ids: Ids) -> None:
        gone = set(ids.tolist())
        self._vectors = {number: vector for number, vector in self._vectors.items() if number not in gone}

    def known(self, ids: Ids) -> Ids:
        return np.array(sorted(self._vectors.keys() & set(ids.tolist())), dtype=np.int64)

    def ids(self) -> Ids:
        return np.array(sorted(self._vectors), dtype=np.int64)

    def search(self, vector: Vectors, top: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        held = self._vectors
        wanted = held.keys() if allowed is None else held.keys() & set(allowed.tolist())
        scored = [(number, float(held[number] @ vector)) for number in wanted]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:top]


def _common(text: str, other: str) -> int:
    """Return how much of `text` the memory holds; the last token is always evaluated."""
    limit = min(len(text) - 1, len(other))
    return next((place for place in range(limit) if text[place] != other[place]), max(limit, 0))


def _derived(prompt: str, sampling: Sampling) -> str:
    """Return text of more than `max_tokens` characters that depends on the prompt and the seed alone."""
    seed = 0 if sampling.temperature <= 0 else sampling.seed
    choose = random.Random(f"{zlib.crc32(prompt.encode('utf-8'))} {seed}")
    source = [character for character in prompt + _FILLER if character not in sampling.forbidden]
    return "".join(choose.choices(source or ["文"], k=sampling.max_tokens + 1))
