"""The only place where the stages meet: corpus, index, request, draft, review, export.

An `Assistant` owns what is costly (engine, embedder, index) and makes each at its first use. The
command line and the web page translate input, call it, and show what comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, RLock
from typing import TYPE_CHECKING

from assistant import library
from assistant.document.export import export as export_file
from assistant.document.export import name_for
from assistant.document.manuscript import manuscript_from_text
from assistant.errors import AssistantError, RequestError
from assistant.ingest.documents import formulations_of
from assistant.ingest.files import read_file
from assistant.knowledge.formulations import Formulation
from assistant.knowledge.genres import genre_names, genre_of_title
from assistant.knowledge.nearest import formulations_for
from assistant.knowledge.sections import section_names
from assistant.library import CorpusFile, OnFile, heading_of
from assistant.records import (
    RENEWAL,
    Document,
    Draft,
    EngineInfo,
    Entry,
    Filters,
    Finding,
    Hit,
    Material,
    Passage,
    Request,
    Revision,
)
from assistant.resources import shipped
from assistant.review.check import review
from assistant.review.dismiss import dismissal, is_dismissed, without_dismissed
from assistant.review.injection import instructions_in, set_aside
from assistant.settings import Settings
from assistant.workspace import Workspace
from assistant.writing.candidates import Familiarity
from assistant.writing.corrected import ledger_findings, ledger_of, notes_on, settled, settled_ledger
from assistant.writing.draft import draft
from assistant.writing.evidence import link_evidence
from assistant.writing.facts import facts_of_draft, known_facts, unsupported_findings
from assistant.writing.ground import passages_near
from assistant.writing.renew import renew
from assistant.writing.request import understand
from assistant.writing.revise import revise
from assistant.writing.revised import revision_of
from assistant.writing.steps import Step, Tools, until_cancelled

if TYPE_CHECKING:
    from assistant.backends import Embedder, Engine, Progress
    from assistant.backends.hub_clients import Source
    from assistant.backends.models import LocalModel, RecommendedModel
    from assistant.retrieval.index import Index
    from assistant.retrieval.search import Searcher

__all__ = [
    "Assistant",
    "CorpusFile",
    "Found",
    "Step",
    "dismissal",
    "genre_names",
    "heading_of",
    "instructions_in",
    "is_dismissed",
    "link_evidence",
    "section_names",
    "settled_ledger",
    "without_dismissed",
]

SET_FORM = "固定格式（没有用模型）"
Report = Callable[[str, int, int], None]  # what is done, units done, units in all


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a look-up: formulations named in the query, and passages, both verbatim.

    Where `exact` is False the query names no formulation; `formulations` are then the nearest. Where `fits` is
    False the corpus may have no answer; `hits` are then the few nearest passages.
    """

    query: str
    formulations: tuple[Formulation, ...]
    hits: tuple[Hit, ...]
    exact: bool = True
    fits: bool = True


class Assistant:
    """Everything the program does, for one user's home. Safe to share between threads."""

    def __init__(
        self, settings: Settings, engine: Engine | None = None, embedder: Embedder | None = None
    ) -> None:
        from assistant.backends.turns import Turns

        self.settings = settings
        self.workspace = Workspace(settings.database)
        self.state = ""
        self._engine = engine
        self._embedder = embedder
        self._index: Index | None = None
        self._searcher: Searcher | None = None
        self._spoken: tuple[int, Familiarity] | None = None
        self._turns = Turns()
        self._lock = RLock()

    # What is costly, made once

    def prepare(self, report: Report | None = None) -> None:
        """Open or build the index and load the model; `state` says how far it is.

        Raises AssistantError; `state` then holds its sentence.
        """

        def tell(what: str, done: int, total: int) -> None:
            self.state = f"{what} {done}/{total}" if total else what
            if report:
                report(what, done, total)

        try:
            tell("正在打开资料库", 0, 0)
            self._open_index(lambda done, total: tell("正在建立索引", done, total))
            tell("正在载入模型", 0, 0)
            self.engine_info()
        except AssistantError as error:
            self.state = str(error)
            raise
        self.state = "就绪"

    def engine(self) -> Engine:
        """Return the engine of the settings, not yet started. Raises ModelError when there is no model."""
        with self._lock:
            if self._engine is None:
                from assistant.backends.llama import LlamaEngine
                from assistant.backends.models import resolve_model

                self._engine = LlamaEngine(
                    resolve_model(self.settings), self.settings.context_tokens, self.settings.threads
                )
            return self._engine

    def engine_info(self) -> EngineInfo:
        """Return what is loaded, loading it when necessary. Raises ModelError."""
        return self.engine().start()

    def models(self) -> tuple[list[LocalModel], list[RecommendedModel]]:
        """Return the models on this machine and those recommended for its memory."""
        from assistant.backends.models import installed_models, recommended

        return installed_models(self.settings), recommended()

    def use_model(self, name: str) -> Settings:
        """Choose a language model or embedder for the next start; return the new settings. Raises ModelError."""
        from assistant.backends.models import use_model

        return use_model(self.settings, name)

    def get_model(
        self, name: str, source: Source, endpoint: str = "", progress: Progress | None = None
    ) -> Path:
        """Fetch a model from a hub, the only thing here that uses the network. Raises ModelError."""
        from assistant.backends.hub import get_model

        return get_model(name, self.settings, source=source, endpoint=endpoint, on_progress=progress)

    def close(self) -> None:
        """Free the model."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()

    def _embed(self) -> Embedder:
        with self._lock:
            if self._embedder is None:
                from assistant.backends.cached import CachedEmbedder
                from assistant.backends.models import resolve_embedder
                from assistant.backends.sentence import SentenceEmbedder

                inner = SentenceEmbedder(resolve_embedder(self.settings))
                self._embedder = CachedEmbedder(inner, shipped("index"), self.settings.vector_cache)
            return self._embedder

    # Corpus and index

    def _open_index(self, progress: Progress | None = None) -> Index:
        """Return the index with the shipped corpus in it; what is new or changed there is embedded."""
        with self._lock:
            if self._index is None:
                self._index = library.open_index(self.settings, self._embed(), progress)
            return self._index

    def _search(self) -> Searcher:
        from assistant.retrieval.search import Searcher

        with self._lock:
            if self._searcher is None:
                self._searcher = Searcher(self._open_index(), self._embed(), self.formulations())
            return self._searcher

    def corpus_add(
        self,
        paths: Iterable[Path],
        progress: Progress | None = None,
        on_file: OnFile | None = None,
        cancel: Event | None = None,
    ) -> tuple[CorpusFile, ...]:
        """Add the user's files and return what became of each; see library.add_files."""
        return library.add_files(self._open_index(), paths, progress, on_file, cancel)

    def corpus_list(self, filters: Filters | None = None, words: str = "") -> tuple[Document, ...]:
        """Return the documents of the index, the shipped ones first; see library.listed."""
        return library.listed(self._open_index(), filters, words)

    def corpus_remove(self, names: Iterable[str]) -> tuple[Document, ...]:
        """Take the user's documents of these ids, titles or file names out; see library.removed."""
        return library.removed(self._open_index(), names)

    def corpus_passages(self, document: str) -> tuple[Passage, ...]:
        """Return the passages of the document of this id in their order. Raises RequestError."""
        return library.passages_of(self._open_index(), document)

    def corpus_retype(
        self,
        document: str,
        genre: str | None = None,
        year: int | None = None,
        sections: Mapping[str, str | None] | None = None,
    ) -> Document:
        """Correct one of the user's documents and return it under its new id; see library.retyped."""
        return library.retyped(self._open_index(), document, genre, year, sections)

    def corpus_rebuild(self, progress: Progress | None = None) -> int:
        """Build the index anew from the shipped corpus and the user's documents; return how many there are."""
        with self._lock:
            self._index = library.rebuild_index(self.settings, self._embed(), progress)
            self._searcher = None
            return len(self._index.documents())

    # Requests

    def formulations(self) -> tuple[Formulation, ...]:
        """Return the formulations of the corpus."""
        return formulations_of(shipped("corpus"))

    def understand(
        self, words: str, task: str = "", materials: tuple[Material, ...] = (), manuscript: str = ""
    ) -> Request:
        """Return the request as understood; see writing.request.understand."""
        return understand(words, task, materials, manuscript)

    def read_material(self, path: Path) -> Material:
        """Return the text of a file as material. Raises DocumentError."""
        return Material(path.name, read_file(path))

    def find(self, query: str, filters: Filters | None = None, top: int = 10) -> Found:
        """Return the formulations named in `query` and the passages found, verbatim; no model is asked."""
        named: tuple[Formulation, ...] = ()
        exact = True
        if filters is None or not filters.kinds or "formulation" in filters.kinds:
            named, exact = formulations_for(query, self.formulations())
        answer = self._search().answer(query, filters, top)
        return Found(query, named, answer.hits, exact, answer.fits)

    def draft(
        self,
        request: Request,
        owner: str = "",
        on_place: Callable[[int], None] | None = None,
        cancel: Event | None = None,
        adapt: bool | None = None,
        seed: int = 0,
    ) -> Generator[Step, None, Draft]:
        """Yield the growing draft and return it with evidence, facts and findings.

        `adapt` chooses 例文改写 over 模型撰写; None takes 例文改写 for a base model. `on_place` hears
        how many jobs stand before this one. A cancelled draft ends with what was written so far.
        """
        asked, told = _ready(request)
        with self._turns.take(owner, on_place, cancel):
            tools = self._tools(cancel, adapt, seed)
            written = yield from until_cancelled(draft(asked, tools), cancel)
            stopped = cancel is not None and cancel.is_set()
            hits = passages_near(tools.search, written.text, asked.materials) if stopped else written.hits
        facts = facts_of_draft(written.text, known_facts(asked), hits)
        checked = self.check(written.text, request.genre, ledger_of(request))
        findings = (*unsupported_findings(facts), *checked)
        return Draft(
            request=asked,
            text=written.text,
            evidence=link_evidence(written.text, hits, written.sourced),
            facts=facts,
            findings=tuple(sorted(findings, key=lambda item: item.start)),
            engine=SET_FORM if written.sourced else self._engine_name(tools),
            notes=(*told, *written.notes),
        )

    def revise(
        self,
        request: Request,
        owner: str = "",
        on_place: Callable[[int], None] | None = None,
        cancel: Event | None = None,
        seed: int = 0,
    ) -> Generator[Step, None, Revision]:
        """Yield the growing revision and return it with its difference and what became of the facts.

        A 套改 is made by rules alone: it waits for no turn and needs no model.
        """
        asked, told = _ready(request)
        if request.instruction == RENEWAL:
            yield Step(request.text, "正在逐处对照去年的稿子和今年的材料")
            renewed = renew(asked, self.check)
            return replace(renewed, notes=(*renewed.notes, *told))
        with self._turns.take(owner, on_place, cancel):
            tools = self._tools(cancel, None, seed)
            written = yield from until_cancelled(revise(asked, tools), cancel)
        checked = self.check(written.text, ledger=ledger_of(request))
        revision = revision_of(asked, written, checked, self._engine_name(tools), request.text)
        return replace(revision, notes=(*told, *revision.notes))

    def check(self, text: str, genre: str = "", ledger: Sequence[Entry] = ()) -> tuple[Finding, ...]:
        """Return the findings of the review on `text`, and on what `ledger` marks and the user corrected there."""
        return (*review(text, self.formulations(), genre), *ledger_findings(text, ledger))

    def export(self, text: str, path: Path, title: str = "", genre: str = "") -> Path:
        """Write `text` as .docx, .md or .txt and return the path. Raises DocumentError."""
        if not text.strip():
            raise RequestError("文稿还是空的，没有可以导出的内容。", "请先起草或粘贴文字。")
        return export_file(manuscript_from_text(text, title, genre or genre_of_title(title)), path)

    def export_name(self, text: str, suffix: str) -> str:
        """Return the file name for `text`: 《title》（date） with `suffix` (".docx")."""
        return name_for(text, suffix)

    def _tools(self, cancel: Event | None, adapt: bool | None, seed: int) -> Tools:
        info = self.engine_info()
        wording = "\n".join(f"{item.name} {item.text} 《{item.source}》" for item in self.formulations())
        return Tools(
            engine=self.engine(),
            chat=info.chat,
            search=self._search().search,
            sources=wording,
            language=self._language(),
            adapt=not info.chat if adapt is None else adapt,
            seed=seed,
            cancel=cancel,
            likeness=self._search().likeness,
        )

    def _language(self) -> Familiarity:
        """Return how the corpus speaks; made again when the index has a new generation."""
        snapshot = self._open_index().snapshot()
        with self._lock:
            if self._spoken is None or self._spoken[0] != snapshot.generation:
                self._spoken = (snapshot.generation, Familiarity(item.text for item in snapshot.passages))
            return self._spoken[1]

    def _engine_name(self, tools: Tools) -> str:
        return f"{self.engine_info().name}（{'例文改写' if tools.adapt else '模型撰写'}）"


def _ready(request: Request) -> tuple[Request, tuple[str, ...]]:
    """Return the request with the user's corrections made and words to the machine out of its materials.

    The notes that come with it tell the user of both.
    """
    corrected = settled(request)
    materials, set_apart = set_aside(corrected.materials)
    return replace(corrected, materials=materials), (*set_apart, *notes_on(request, corrected))
