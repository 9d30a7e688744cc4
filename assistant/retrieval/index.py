"""The index on disk: immutable shards, and a manifest that is swapped as a whole.

    <folder>/manifest.json            what belongs to the index
    <folder>/shards/*.shard           one file a document
    <folder>/.lock                    held by the one writer

A write first puts new shards beside the old ones, then replaces the manifest, then deletes what no
manifest names any more. Killed at any moment it leaves the earlier generation or the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakSet

from assistant.errors import AssistantError, IndexStateError
from assistant.records import Document
from assistant.resources import write_atomically
from assistant.retrieval.manifest import (
    REBUILD,
    Entry,
    Manifest,
    listed_documents,
    read_manifest,
    signature,
    write_manifest,
)
from assistant.retrieval.shards import (
    SUFFIX,
    Pieces,
    Shard,
    ShardError,
    make_shard,
    pieces,
    read_shard,
    shard_name,
)
from assistant.retrieval.snapshot import Snapshot, StoreFactory, make_snapshot, tidy

if TYPE_CHECKING:
    from assistant.backends import Embedder, Progress

LOCK_SECONDS = 60  # adding a usual document takes seconds; the first build of the shipped corpus a minute
GROUP = 256  # texts embedded before their shards are written: what a kill during a long build can lose
RETRIES = 3  # of reading, while another process writes generation after generation


class Index:
    """Documents that can be searched. Safe to share between threads; several processes may open one folder."""

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        store_factory: StoreFactory,
    ) -> None:
        self._folder, self._embedder, self._store_factory = folder, embedder, store_factory
        self._own = folder / "shards"
        self._signature = (-1, 0, 0)
        self._snapshot = make_snapshot(0, (), store_factory)
        self._shown: WeakSet[Snapshot] = WeakSet()  # generations that somebody still searches
        self._reading = Lock()

    @classmethod
    def open(
        cls,
        folder: Path,
        embedder: Embedder,
        store_factory: StoreFactory,
    ) -> Index:
        """Return the index in `folder`; a folder without one is an empty index of generation 0.

        Raises IndexStateError when the index is damaged or was built by another embedder or version:
        `rebuild` it.
        """
        index = cls(folder, embedder, store_factory)
        index.snapshot()
        return index

    @classmethod
    def rebuild(
        cls,
        folder: Path,
        embedder: Embedder,
        store_factory: StoreFactory,
        documents: Iterable[Document],
        progress: Progress | None = None,
    ) -> Index:
        """Return a new index in `folder` of exactly `documents`, whatever state the earlier one is in.

        Sound shards of the same embedder are used again. The earlier generation stays until the new
        one is complete.
        """
        index = cls(folder, embedder, store_factory)
        with index._writing():
            unique = {document.id: document for document in documents}
            index._replace(_generation(folder), list(unique.values()), {}, progress)
        return index

    def snapshot(self) -> Snapshot:
        """Return the present generation, read again where another process has written one.

        Raises IndexStateError as `open` does.
        """
        with self._reading:
            if signature(self._folder) != self._signature:
                self._load()
            return self._snapshot

    def documents(self) -> tuple[Document, ...]:
        """Return the documents of the index in the order they were added."""
        return self.snapshot().documents

    def add(self, documents: Iterable[Document], progress: Progress | None = None) -> None:
        """Add `documents`; those the index has already cost nothing. `progress` counts embedded texts.

        Raises IndexStateError when another process keeps writing, ModelError from the embedder.
        """
        self.change(documents, (), progress)

    def remove(self, ids: Iterable[str]) -> None:
        """Take the documents of these ids out; unknown ids are ignored."""
        self.change((), ids)

    def change(
        self, added: Iterable[Document], removed: Iterable[str], progress: Progress | None = None
    ) -> None:
        """Add and take out in one generation: whatever happens, there is the earlier or the later whole."""
        gone = set(removed)
        with self._writing():
            snapshot = self.snapshot()
            known = {s.document.id: s for s in snapshot.shards if s.document.id not in gone}
            new = {document.id: document for document in added if document.id not in known}
            if new or len(known) < len(snapshot.shards):
                documents = [*(shard.document for shard in known.values()), *new.values()]
                generation = snapshot.generation
                del snapshot  # what nobody holds any more can leave the store
                self._replace(generation, documents, known, progress)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        try:
            self._own.mkdir(parents=True, exist_ok=True)
            # A lock object of its own for each write: threads must exclude each other as processes do.
            with FileLock(self._folder / ".lock", timeout=LOCK_SECONDS):
                yield
        except Timeout as error:
            raise IndexStateError("另一个笔杆正在更新资料库。", "请等它完成后重试。") from error
        except OSError as error:
            raise IndexStateError(f"索引写不进去：{error}。", "请检查磁盘空间和目录权限后重试。") from error

    def _replace(
        self, generation: int, documents: list[Document], known: dict[str, Shard], progress: Progress | None
    ) -> None:
        """Make the generation after `generation`; shards in `known` are at hand, by document id."""
        shards = {**known, **self._shards([d for d in documents if d.id not in known], progress)}
        ordered = tuple(shards[document.id] for document in documents)
        name = self._embedder.name
        widths = {shard.vectors.shape[1] for shard in ordered if len(shard.passages)}
        if len(widths) > 1:
            raise IndexStateError("向量的维数不一致，检索模型可能被替换过。", REBUILD)
        entries = tuple(_entry(shard, name) for shard in ordered)
        with self._reading:
            snapshot = make_snapshot(generation + 1, ordered, self._store_factory, self._snapshot)
            write_manifest(self._folder, Manifest(generation + 1, name, max(widths, default=0), entries))
            self._show(snapshot, signature(self._folder))
        with suppress(AssistantError):  # a store that fails now has what is new; the next change tidies up
            tidy(snapshot, tuple(self._shown))
        self._sweep({entry.shard for entry in entries})

    def _shards(self, documents: list[Document], progress: Progress | None) -> dict[str, Shard]:
        """Return the shards of `documents`: those on disk that are sound, the others embedded and written."""
        found: dict[str, Shard] = {}
        for document in documents:
            with suppress(ShardError):
                found[document.id] = self._read(shard_name(document, self._embedder.name))
        missing = [pieces(document) for document in documents if document.id not in found]
        total = sum(len(item.texts) for item in missing)
        done = 0
        rest = iter(missing)
        while group := list(_take(rest)):
            texts = [text for item in group for text in item.texts]

            def report(count: int, _: int, before: int = done) -> None:
                if progress:
                    progress(before + count, total)

            vectors = self._embedder.embed_passages(texts, report)
            start = 0
            for item in group:
                end = start + len(item.texts)
                name = shard_name(item.document, self._embedder.name)
                shard, data = make_shard(name, item, vectors[start:end])
                write_atomically(self._own / name, data)
                found[item.document.id] = shard
                start = end
            done += len(texts)
        return found

    def _read(self, name: str) -> Shard:
        """Return the shard of that name; raises ShardError when it is missing or damaged."""
        return read_shard(self._own / name)

    def _load(self) -> None:
        """Read the generation that the manifest names, shards already in memory excepted."""
        for left in reversed(range(RETRIES)):
            seen = signature(self._folder)
            manifest = read_manifest(self._folder) or Manifest(0, "", 0, ())
            if manifest.entries and manifest.embedder != self._embedder.name:
                raise IndexStateError(
                    f"索引是用检索模型“{manifest.embedder}”建立的，现在用的是“{self._embedder.name}”。",
                    REBUILD,
                )
            try:
                shards = self._shards_of(manifest)
            except ShardError as error:
                if left and signature(self._folder) != seen:
                    continue  # a writer has replaced the generation meanwhile
                raise IndexStateError(f"索引里{error}的数据缺失或损坏。", REBUILD) from error
            made = make_snapshot(manifest.generation, shards, self._store_factory, self._snapshot)
            self._show(made, seen)
            return

    def _show(self, snapshot: Snapshot, seen: tuple[int, int, int]) -> None:
        self._snapshot, self._signature = snapshot, seen
        self._shown.add(snapshot)

    def _shards_of(self, manifest: Manifest) -> tuple[Shard, ...]:
        """Return the shards of the manifest's entries. Raises ShardError naming the document concerned."""
        known = {shard.digest: shard for shard in self._snapshot.shards}
        shards = []
        for entry in manifest.entries:
            named = f"“{entry.title}”（{entry.path}）"
            try:
                shard = known.get(entry.sha256) or self._read(entry.shard)
            except ShardError as error:
                raise ShardError(named) from error
            wide = not len(shard.passages) or shard.vectors.shape[1] == manifest.dimension
            if shard.digest != entry.sha256 or shard.document.id != entry.id or not wide:
                raise ShardError(named)
            shards.append(shard)
        return tuple(shards)

    def _sweep(self, wanted: set[str]) -> None:
        """Delete shards of the own folder that no manifest names, and what a killed write left behind."""
        leftovers = [path for path in self._own.iterdir() if path.name not in wanted]
        leftovers += self._folder.glob(".manifest.json.*.tmp")
        for path in leftovers:
            if path.suffix in (SUFFIX, ".tmp"):
                with suppress(OSError):  # on Windows another process may be reading it: next time
                    path.unlink()


def _entry(shard: Shard, embedder: str) -> Entry:
    document = shard.document
    return Entry(
        id=document.id,
        kind=document.kind,
        path=document.path,
        title=document.title,
        passages=len(shard.passages),
        shard=shard_name(document, embedder),
        sha256=shard.digest,
    )


def _generation(folder: Path) -> int:
    """Return the number of the generation in `folder`, 0 when it cannot be told."""
    try:
        manifest = read_manifest(folder)
    except IndexStateError:
        return 0
    return manifest.generation if manifest else 0


def _take(rest: Iterator[Pieces]) -> Iterator[Pieces]:
    """Yield from `rest` until GROUP texts are together."""
    count = 0
    while count < GROUP and (item := next(rest, None)):
        count += len(item.texts)
        yield item


def stored_documents(folder: Path) -> tuple[Document, ...]:
    """Return the documents that the index in `folder` still holds, as far as its shards are sound.

    For a rebuild after damage or a change of embedder or version: the texts need not be read from
    their files again.
    """
    listed = listed_documents(folder)
    found: dict[str, Document] = {}
    for path in sorted((folder / "shards").glob(f"*{SUFFIX}")):
        with suppress(ShardError):
            document = read_shard(path).document
            if listed is None or document.id in listed:
                found[document.id] = document
    return tuple(found.values())
