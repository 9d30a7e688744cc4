"""Shard files: one document with its passages and vectors, written once and never changed.

A shard is three parts: a line with the SHA-256 of the rest, a line of JSON, and an array of float32, row by
row. The array stays on disk and is mapped into memory, so that many documents take little of it. Its name tells the document and how it was split and embedded, so what a document costs is paid
once for each embedder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.ingest.documents import document_from_values, document_values
from assistant.ingest.passages import MAX_CHARS, MIN_CHARS, SPLIT_VERSION, passage_at, split
from assistant.knowledge.structure import split_sentences
from assistant.records import Document, Passage

if TYPE_CHECKING:
    from assistant.backends import Ids, Vectors

WORDING_VERSION = 3  # raise with every change of `embedded` or `sentences`
SUFFIX = ".shard"
_DIGEST = 65  # bytes of the first line
SENTENCE_LEAST = (
    6  # characters; shorter sentences are near to everything. Measured: 10 finds less, 0 much less
)


class ShardError(Exception):
    """A shard is missing, damaged or not what its name says; callers turn it into a user's message."""


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    """A document with the vectors of its passages and of their sentences; `digest` is the file's checksum.

    `vectors` are float32 of shape (n, dimension): one for each passage, then those of their `sentences`. The
    sentences of passage i have the rows from bounds[i] to bounds[i + 1], none where it is a single one.
    """

    document: Document
    passages: tuple[Passage, ...]
    bounds: tuple[int, ...]
    vectors: Vectors
    digest: str

    def owners(self) -> Ids:
        """Return for every vector the number of its passage, shape (n,)."""
        import numpy as np

        each = np.arange(len(self.passages), dtype=np.int64)
        return np.concatenate([each, np.repeat(each, np.diff(self.bounds))])


@dataclass(frozen=True, slots=True)
class Pieces:
    """A document split: its passages, the texts to embed, and how many sentences of each passage are among them."""

    document: Document
    passages: tuple[Passage, ...]
    texts: tuple[str, ...]
    counts: tuple[int, ...]


def numbers(shard: Shard) -> Ids:
    """Return the ids of the shard's vectors in a store, one for each: the same wherever the content is.

    They count up from 64 bits of the checksum. That two of a million vectors in ten thousand documents meet
    has a chance of one in a billion.
    """
    import numpy as np

    first = np.uint64(int(shard.digest[:16], 16))
    return (first + np.arange(shard.bounds[-1], dtype=np.uint64)).view(np.int64)


def split_parameters() -> dict[str, int]:
    """Return what decides the passages and the words embedded for them, as the manifest records it."""
    return {"version": SPLIT_VERSION, "wording": WORDING_VERSION, "min": MIN_CHARS, "max": MAX_CHARS}


def shard_name(document: Document, embedder: str) -> str:
    """Return the file name of the shard of `document` for the embedder of that name."""
    how = json.dumps([embedder, split_parameters()], sort_keys=True)
    return f"{document.id}-{hashlib.sha256(how.encode('utf-8')).hexdigest()[:8]}{SUFFIX}"


def wording(document: Document, passage: Passage) -> str:
    """Return the words a passage is found by: its own, after its title, topic and headings."""
    context = [document.title, document.topic, *passage.heading]
    return "\n".join([*(words for words in context if words), passage.text])


def embedded(document: Document, passage: Passage) -> str:
    """Return the words of a passage that its vector is made of: for a formulation all of `wording`, else its own.

    With titles and headings before them the passages of one long document look alike to the embedder: over
    the public reports nDCG@10 is 0.23 with and 0.41 without, over the shipped corpus 0.60 and 0.59.
    """
    return wording(document, passage) if document.kind == "formulation" else passage.text


def sentences(passage: Passage) -> list[str]:
    """Return the sentences of a passage that get vectors of their own: a question mostly asks for one of them.

    Over the public reports nDCG@10 of vectors alone is 0.41 without them and 0.60 with them.
    """
    if passage.kind == "formulation":
        return []
    parts = [passage.text[start:end].strip() for start, end in split_sentences(passage.text)]
    return [part for part in dict.fromkeys(parts) if len(part) >= SENTENCE_LEAST and part != passage.text]


def make_shard(name: str, made: Pieces, vectors: Vectors) -> tuple[Shard, bytes]:
    """Return the shard of `made`, its `vectors` in the order of `made.texts`, and the bytes of its file."""
    import numpy as np

    places = [[item.position, len(item.text), item.section, list(item.heading)] for item in made.passages]
    values = {
        "name": name,
        "document": document_values(made.document),
        "passages": places,
        "sentences": list(made.counts),
        "dimension": vectors.shape[1],
    }
    head = json.dumps(values, ensure_ascii=False).encode("utf-8")
    head += b" " * (-(_DIGEST + len(head) + 1) % 64)  # the array is aligned
    rest = head + b"\n" + np.ascontiguousarray(vectors, dtype=np.float32).tobytes()
    digest = hashlib.sha256(rest).hexdigest()
    shard = Shard(made.document, made.passages, _bounds(made.counts), vectors, digest)
    return shard, digest.encode("ascii") + b"\n" + rest


def read_shard(path: Path) -> Shard:
    """Return the shard in `path`. Raises ShardError when it is missing or differs from its checksum or name."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ShardError(f"{path.name}: {error}") from error
    stated, _, rest = data.partition(b"\n")
    digest = hashlib.sha256(rest).hexdigest()
    if stated != digest.encode("ascii"):
        raise ShardError(f"{path.name}: checksum")
    try:
        head, _, array = rest.partition(b"\n")
        values = json.loads(head)
        if values["name"] != path.name:
            raise ShardError(f"{path.name}: is {values['name']}")
        document = document_from_values(values["document"])
        passages = _passages(document, values["passages"])
        bounds = _bounds(values["sentences"])
        shape = (bounds[-1], values["dimension"])
        if len(bounds) != len(passages) + 1 or len(array) != 4 * shape[0] * shape[1]:
            raise ValueError(f"{len(array)} bytes of vectors")
        vectors = _mapped(path, len(data) - len(array), shape)
    except (ValueError, KeyError, TypeError) as error:  # written by another version of the program
        raise ShardError(f"{path.name}: {error}") from error
    return Shard(document, passages, bounds, vectors, digest)


def _bounds(counts: Sequence[int]) -> tuple[int, ...]:
    return tuple(accumulate(counts, initial=len(counts)))


def _mapped(path: Path, start: int, shape: tuple[int, int]) -> Vectors:
    import numpy as np

    if not shape[0]:  # an empty part of a file cannot be mapped
        return np.empty(shape, dtype=np.float32)
    return np.asarray(np.memmap(path, np.float32, "r", start, shape))


def _passages(document: Document, places: list[Any]) -> tuple[Passage, ...]:
    return tuple(
        passage_at(document, number, position, length, section, tuple(heading))
        for number, (position, length, section, heading) in enumerate(places)
    )


def pieces(document: Document) -> Pieces:
    """Return the passages of `document` and what is to be embedded: each passage, then the sentences of each."""
    passages = split(document)
    parts = [sentences(passage) for passage in passages]
    texts = (*(embedded(document, passage) for passage in passages), *(text for own in parts for text in own))
    return Pieces(document, passages, texts, tuple(map(len, parts)))
