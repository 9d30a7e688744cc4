"""Word search: BM25 over single characters and character pairs of Chinese, and whole words of the rest.

On hard questions over government texts pairs beat dictionary words (nDCG@10 0.55 to 0.46), and they need
no dictionary. bm25s computes the same scores (a test compares them) but must index everything again for
one new document; here postings lie in parts that later generations share, and the statistics of the whole
are taken when a question is asked.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.backends import Ids, Vectors

K1, B = 0.9, 0.4
RUNS = re.compile(r"[\u3007\u3400-\u9fff]+|[a-z]+|\d+(?:\.\d+)?")
ROW_BITS = 30  # of a posting's 63 for the passage; a term takes 33
WORN = 0.75  # a part is made again when less than this share of its passages still stands
MOST_PARTS = 8  # a question asks every part: with more, the small ones are joined


def tokens(text: str) -> list[str]:
    """Return characters and overlapping pairs of each Chinese run, and the other words and numbers."""
    found: list[str] = []
    for run in RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0] < "\u3007":
            found.append(run)
        else:
            found.extend(run)
            found.extend(map(str.__add__, run, run[1:]))
    return found


def term(token: str) -> int:
    """Return a number below 2**33 for `token`: exact for characters and pairs, a hash for other words."""
    if token[0] < "\u3007":
        digest = hashlib.blake2b(token.encode("utf-8"), digest_size=4).digest()
        return 1 << 32 | int.from_bytes(digest, "big")
    return ord(token[0]) if len(token) == 1 else ord(token[0]) << 16 | ord(token[1])


@dataclass(frozen=True, slots=True)
class Group:
    """The texts of one document under a `key` that tells its content; they are asked for once at most."""

    key: str
    size: int
    texts: Callable[[], Sequence[str]]


@dataclass(frozen=True, eq=False)
class _Part:
    """Postings of some groups: `terms` ascending, those of terms[i] at rows[bounds[i]:bounds[i + 1]]."""

    groups: tuple[tuple[str, int], ...]  # key and number of texts
    terms: NDArray[np.int64]
    bounds: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.float32]
    lengths: NDArray[np.float32]

    def postings(self, wanted: int) -> slice:
        """Return where the postings of one term lie, an empty slice when it is not here."""
        place = int(self.terms.searchsorted(wanted))
        if place == len(self.terms) or self.terms[place] != wanted:
            return slice(0, 0)
        return slice(int(self.bounds[place]), int(self.bounds[place + 1]))


@dataclass(frozen=True, eq=False)
class Lexical:
    """BM25 scores of the texts of one generation; `starts` are the groups' first places, by key."""

    parts: tuple[_Part, ...]
    starts: dict[str, int]
    size: int

    @cached_property
    def _places(self) -> tuple[Ids, ...]:
        """For each part the place of each row, -1 for passages that no longer stand."""
        return tuple(_places(part, self.starts) for part in self.parts)

    @cached_property
    def _mean_length(self) -> float:
        standing = [part.lengths[places >= 0] for part, places in zip(self.parts, self._places, strict=True)]
        total = sum(float(lengths.sum()) for lengths in standing)
        return total / max(sum(map(len, standing)), 1) or 1.0

    def _standing(self, wanted: int) -> list[tuple[Ids, NDArray[np.float32], NDArray[np.float32]]]:
        """Return places, counts and lengths of the passages with that term, by part."""
        found = []
        for part, places in zip(self.parts, self._places, strict=True):
            where = part.postings(wanted)
            rows = part.rows[where]
            alive = places[rows] >= 0
            rows = rows[alive]
            found.append((places[rows], part.counts[where][alive], part.lengths[rows]))
        return found

    def _rarity(self, documents: int) -> float:
        return math.log(1 + (self.size - documents + 0.5) / (documents + 0.5))

    def scores(self, query: str) -> Vectors:
        """Return one score for each passage, float32 of shape (passages,); 0 where no word is shared."""
        import numpy as np

        scores = np.zeros(self.size, dtype=np.float32)
        for token in tokens(query):
            standing = self._standing(term(token))
            rarity = self._rarity(sum(len(places) for places, _, _ in standing))
            for places, counts, lengths in standing:
                norm = K1 * (1 - B + B * lengths / self._mean_length)
                scores[places] += rarity * counts / (norm + counts)
        return scores

    def best(self, query: str, top: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """Return at most `top` (place, score) pairs with a score above 0, best first, ties by place."""
        import numpy as np

        scores = self.scores(query)
        places = np.arange(self.size) if allowed is None else allowed
        places = places[scores[places] > 0]
        order = np.lexsort((places, -scores[places]))[:top]
        return [(int(place), float(scores[place])) for place in places[order]]

    def known(self, query: str) -> float:
        """Return the share (0–1) of the pairs and words of `query` that stand anywhere, weighted by rarity."""
        words = set(tokens(query))
        pairs = {word for word in words if len(word) > 1} or words
        found = {pair: sum(len(places) for places, _, _ in self._standing(term(pair))) for pair in pairs}
        total = sum(map(self._rarity, found.values()))
        return sum(self._rarity(number) for number in found.values() if number) / total if total else 0.0


def make_lexical(groups: Sequence[Group], before: Lexical | None = None) -> Lexical:
    """Return the word index of `groups`; parts of `before` that still hold are shared, not made again."""
    places = accumulate((group.size for group in groups), initial=0)
    starts = {group.key: start for group, start in zip(groups, places, strict=False) if group.size}
    kept = [part for part in (before.parts if before else ()) if _holds(part, starts)]
    if len(kept) >= MOST_PARTS:
        large = max(len(part.lengths) for part in kept)
        kept = [part for part in kept if len(part.lengths) == large]
    covered = {key for part in kept for key, _ in part.groups}
    rest = [group for group in groups if group.size and group.key not in covered]
    parts = (*kept, _make_part(rest)) if rest else tuple(kept)
    return Lexical(parts, starts, sum(group.size for group in groups))


def _holds(part: _Part, starts: dict[str, int]) -> bool:
    standing = sum(size for key, size in part.groups if key in starts)
    return standing >= WORN * len(part.lengths)


def _places(part: _Part, starts: dict[str, int]) -> Ids:
    import numpy as np

    places = np.full(len(part.lengths), -1, dtype=np.int64)
    row = 0
    for key, size in part.groups:
        if key in starts:
            places[row : row + size] = np.arange(starts[key], starts[key] + size)
        row += size
    return places


def _make_part(groups: Sequence[Group]) -> _Part:
    """Return the postings of `groups`; characters are counted with numpy, ten times as fast as one by one."""
    import numpy as np

    texts = (text for group in groups for text in group.texts())
    plain = [unicodedata.normalize("NFKC", text).lower() for text in texts]
    points = np.frombuffer("\n".join([*plain, ""]).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    sizes = [len(text) + 1 for text in plain]
    rows = np.repeat(np.arange(len(plain), dtype=np.int64), sizes)
    chinese = (points == 0x3007) | ((points >= 0x3400) & (points <= 0x9FFF))
    paired = chinese[:-1] & chinese[1:]
    words = [
        (term(word) << ROW_BITS) | row
        for row, text in enumerate(plain)
        for word in RUNS.findall(text)
        if word[0] < "\u3007"
    ]
    singles = points[chinese] << ROW_BITS | rows[chinese]
    pairs = (points[:-1][paired] << 16 | points[1:][paired]) << ROW_BITS | rows[:-1][paired]
    found, counts = np.unique(
        np.concatenate([singles, pairs, np.array(words, dtype=np.int64)]), return_counts=True
    )
    terms, bounds = np.unique(found >> ROW_BITS, return_index=True)
    where = (found & ((1 << ROW_BITS) - 1)).astype(np.int32)
    return _Part(
        tuple((group.key, group.size) for group in groups),
        terms,
        np.append(bounds, len(found)).astype(np.int64),
        where,
        counts.astype(np.float32),
        np.bincount(where, weights=counts, minlength=len(plain)).astype(np.float32),
    )
