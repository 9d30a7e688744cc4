"""The corpus as its user sees it: adding files one by one, listing, removing, looking at, correcting.

Functions on an open index; `pipeline.Assistant` calls them under its own names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Literal

from assistant.backends.stores import store_factory
from assistant.errors import AssistantError, RequestError
from assistant.ingest.documents import document_from_file, identified, shipped_documents
from assistant.knowledge.genres import load_genres
from assistant.knowledge.sections import load_sections
from assistant.records import Document, Filters, Passage
from assistant.resources import shipped
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.backends import Embedder, Progress
    from assistant.retrieval.index import Index

YEARS = range(1900, 2101)  # what a document can be of; anything else is a slip of the hand
AUTOMATIC: None = None  # in corrections: the section type that the program recognises

FileState = Literal["reading", "added", "present", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """What became of one file that was to be added.

    `document` is set for "added" and "present" (the corpus has this very text under this name already),
    `error` for "failed". "reading" is said when its turn comes, "stopped" of files that were cancelled.
    """

    path: Path
    state: FileState
    document: Document | None = None
    error: AssistantError | None = None


OnFile = Callable[[int, CorpusFile], None]  # number of the file in the order given, from 0


class _Stopped(Exception):
    """Leaves the embedding of a file that was cancelled; nothing of it is in the index then."""


def open_index(settings: Settings, embedder: Embedder, progress: Progress | None = None) -> Index:
    """Return the user's index with the shipped corpus in it; what is new or changed there is embedded."""
    from assistant.retrieval.index import Index

    index = Index.open(settings.index_folder, embedder, store_factory(settings, embedder.name))
    corpus = shipped_documents(shipped("corpus"))
    wanted = {document.id for document in corpus}
    stale = [item.id for item in index.documents() if item.kind != "material" and item.id not in wanted]
    index.change(corpus, stale, progress)
    return index


def rebuild_index(settings: Settings, embedder: Embedder, progress: Progress | None = None) -> Index:
    """Return the index built anew from the shipped corpus and the user's documents, as corrected."""
    from assistant.retrieval.index import Index, stored_documents

    own = [item for item in stored_documents(settings.index_folder) if item.kind == "material"]
    documents = [*shipped_documents(shipped("corpus")), *own]
    stores = store_factory(settings, embedder.name)
    return Index.rebuild(settings.index_folder, embedder, stores, documents, progress)


def add_files(
    index: Index,
    paths: Iterable[Path],
    progress: Progress | None = None,
    on_file: OnFile | None = None,
    cancel: Event | None = None,
) -> tuple[CorpusFile, ...]:
    """Add the user's files one by one and return what became of each; a bad one never stops the others.

    `progress` counts the passages of the file at work; `on_file` hears of each file when its turn comes
    and when it is done. `cancel` ends it between two steps of the embedder: what was added stays. Raises
    IndexStateError or ModelError where no file could be added any more.
    """

    def step(done: int, total: int) -> None:
        if cancel is not None and cancel.is_set():
            raise _Stopped
        if progress:
            progress(done, total)

    results: list[CorpusFile] = []
    for number, path in enumerate(paths):
        result = CorpusFile(path, "stopped")
        if cancel is None or not cancel.is_set():
            if on_file:
                on_file(number, CorpusFile(path, "reading"))
            with suppress(_Stopped):
                result = _add_file(index, path, step)
        results.append(result)
        if on_file:
            on_file(number, result)
    return tuple(results)


def _add_file(index: Index, path: Path, progress: Progress) -> CorpusFile:
    try:
        document = document_from_file(path)
    except AssistantError as error:
        return CorpusFile(path, "failed", error=error)
    for item in index.documents():
        if item.kind == "material" and (item.path, item.text) == (document.path, document.text):
            return CorpusFile(path, "present", item)  # it may be corrected by hand: that stays
    index.add([document], progress)
    return CorpusFile(path, "added", document)


def listed(index: Index, filters: Filters | None = None, words: str = "") -> tuple[Document, ...]:
    """Return the documents of the index that `filters` lets through and whose title has all of `words`.

    A section lets through the documents with a passage of that type.
    """
    filters = filters or Filters()
    documents = index.documents()
    if filters.sections:
        have = {item.document for item in index.snapshot().passages if item.section in filters.sections}
        documents = tuple(item for item in documents if item.id in have)
    return tuple(item for item in documents if _passes(item, filters, words.split()))


def _passes(document: Document, filters: Filters, words: Iterable[str]) -> bool:
    allowed = (
        (filters.kinds, document.kind),
        (filters.genres, document.genre),
        (filters.documents, document.id),
    )
    return (
        all(not values or value in values for values, value in allowed)
        and (not filters.year_from or document.year >= filters.year_from)
        and (not filters.year_to or 0 < document.year <= filters.year_to)
        and all(word in document.title for word in words)
    )


def removed(index: Index, names: Iterable[str]) -> tuple[Document, ...]:
    """Take the user's documents of these ids, titles or file names out and return them.

    Raises RequestError when one names nothing, or a document that comes with the program.
    """
    documents = index.documents()
    gone: list[Document] = []
    for name in names:
        named = [item for item in documents if name in (item.id, item.title, item.path)]
        if not named:
            raise RequestError(f"资料库里没有“{name}”。", "请用 bigan corpus list 查看名称。")
        if any(item.kind != "material" for item in named):
            raise RequestError(f"“{name}”是程序自带的资料，不能移出。", "只能移出自己添加的资料。")
        gone += named
    index.remove([item.id for item in gone])
    return tuple(gone)


def document_of(index: Index, name: str) -> Document:
    """Return the document of this id. Raises RequestError when there is none (any more)."""
    for document in index.documents():
        if document.id == name:
            return document
    raise RequestError("这份资料已经不在资料库里了。", "可能刚在别处移出或改过，请在列表里重新选择。")


def passages_of(index: Index, name: str) -> tuple[Passage, ...]:
    """Return the passages of the document of this id in their order. Raises RequestError as `document_of`."""
    document = document_of(index, name)
    return tuple(item for item in index.snapshot().passages if item.document == document.id)


def heading_of(passage: Passage) -> str:
    """Return the heading by which the section type of `passage` is corrected: the innermost, "" for none."""
    return passage.heading[-1] if passage.heading else ""


def retyped(
    index: Index,
    name: str,
    genre: str | None = None,
    year: int | None = None,
    sections: Mapping[str, str | None] | None = None,
) -> Document:
    """Correct one of the user's documents by hand, index it anew, and return it under its new id.

    None leaves `genre` and `year` as they are; "" and 0 mean that there is none. `sections` maps headings
    to section types, "" for none of them, AUTOMATIC for the one that the program recognises. Raises
    RequestError for a document that is gone or comes with the program, an unknown genre, section type or
    heading, and an impossible year.
    """
    document = document_of(index, name)
    if document.kind != "material":
        raise RequestError(f"《{document.title}》是程序自带的资料，不能更正。", "只能更正自己添加的资料。")
    if genre and genre not in load_genres():
        raise RequestError(f"没有“{genre}”这个文种。", "请从列出的文种里选。")
    if year and year not in YEARS:
        raise RequestError(f"年份“{year}”不对。", f"请填{YEARS[0]}到{YEARS[-1]}之间的年份，不清楚就填0。")
    changed = identified(
        replace(
            document,
            genre=document.genre if genre is None else genre,
            year=document.year if year is None else year,
            sections=_corrections(index, document, sections or {}),
        )
    )
    if changed.id != document.id:
        index.change([changed], [document.id])
    return changed


def _corrections(
    index: Index, document: Document, sections: Mapping[str, str | None]
) -> tuple[tuple[str, str], ...]:
    """Return the corrections of `document` with `sections` over those it has."""
    headings = {""}.union(*(item.heading for item in passages_of(index, document.id)))
    known = {"", *(item.name for item in load_sections())}
    kept = dict(document.sections)
    for heading, section in sections.items():
        if heading not in headings:
            raise RequestError(f"这份资料里没有“{heading}”这个标题。", "请重新打开这份资料再改。")
        if section is None:
            kept.pop(heading, None)
        elif section in known:
            kept[heading] = section
        else:
            raise RequestError(f"没有“{section}”这种部分。", "请从列出的部分里选。")
    return tuple(sorted(kept.items()))
