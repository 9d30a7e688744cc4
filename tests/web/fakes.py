"""An assistant whose model and index are replaced by a few fixed passages; everything else is real."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

from assistant.errors import ModelError, RequestError
from assistant.ingest.passages import split
from assistant.knowledge.facts import find_facts, missing_facts
from assistant.knowledge.formulations import Formulation
from assistant.pipeline import Assistant, Found
from assistant.records import (
    RENEWAL,
    Document,
    Draft,
    EngineInfo,
    Filters,
    Hit,
    Passage,
    Request,
    Revision,
)
from assistant.settings import Settings
from assistant.workspace import Workspace
from assistant.writing.difference import changes_between
from assistant.writing.evidence import link_evidence
from assistant.writing.steps import Step

PASSAGE = Passage(
    id="p1",
    document="d1",
    title="党组书记抓党建述职报告",
    kind="exemplar",
    path="exemplars/述职报告/党组书记抓党建.md",
    text="理论学习还不够深入，学用结合不够紧密。组织活动形式比较单一，吸引力不强。",
    position=812,
    genre="述职报告",
    section="存在问题",
    heading=("二、存在的主要问题",),
    year=2022,
    date="2022-12-20",
    issuer="某局党组",
)
LINES = (
    "二、存在的主要问题",
    "一是理论学习还不够深入，学用结合不够紧密。班子成员自学抓得不实，研讨交流还停留在念文件、谈体会上。",
    "二是组织活动形式比较单一，吸引力不强。“三会一课”按部就班的多，结合岗位实际开展的少，全年组织活动××次。",
    "三是党建与业务融合还不够紧，党建和业务“两张皮”的现象在个别支部仍然存在。",
)
FORMULATION = Formulation(
    name="“四个意识”",
    text="政治意识、大局意识、核心意识、看齐意识",
    kind="概念",
    source="关于新形势下党内政治生活的若干准则",
    issuer="中国共产党第十八届中央委员会第六次全体会议",
    date="2016-10-27",
    quote="全党必须牢固树立政治意识、大局意识、核心意识、看齐意识，自觉在思想上政治上行动上同党中央保持高度一致。",
    wrong=("四种意识",),
)


class FakeIndex:
    """The documents in a list, split as always; adding takes `pace` seconds for each step."""

    def __init__(self, pace: float) -> None:
        self.items: list[Document] = []
        self.pace = pace

    def documents(self) -> tuple[Document, ...]:
        return tuple(self.items)

    def snapshot(self) -> SimpleNamespace:
        return SimpleNamespace(passages=tuple(passage for item in self.items for passage in split(item)))

    def add(self, documents: Iterable[Document], progress: Callable[[int, int], None] | None = None) -> None:
        for done in (1, 2):
            if progress:
                progress(done, 2)
            time.sleep(self.pace)
        self.items += documents

    def remove(self, ids: Iterable[str]) -> None:
        gone = set(ids)
        self.items = [item for item in self.items if item.id not in gone]

    def change(self, added: Iterable[Document], removed: Iterable[str]) -> None:
        self.remove(removed)
        self.items += added


class FakeAssistant(Assistant):
    """`pace` is the pause in seconds between two pieces of a draft; `fails` makes the model fail half-way."""

    def __init__(self, home: Path, pace: float = 0.0, fails: bool = False, ready: bool = True) -> None:
        self.settings = Settings(home=home)
        self.workspace = Workspace(self.settings.database)
        self.state = "就绪" if ready else ""
        self.pace = pace
        self.fails = fails
        self.rebuilt = False
        self.index = FakeIndex(pace)
        self.index.items = [
            Document("d1", PASSAGE.title, "exemplar", PASSAGE.path, PASSAGE.text, "述职报告", year=2022),
            Document("d2", "四个意识", "formulation", "formulations/政治建设.toml", FORMULATION.text),
        ]

    def prepare(self, report: Callable[[str, int, int], None] | None = None) -> None:
        self.state = "正在载入模型"
        time.sleep(self.pace)
        self.state = "就绪"

    def engine_info(self) -> EngineInfo:
        return EngineInfo("测试模型", "", 4096, 1, False)

    def close(self) -> None:
        pass

    def formulations(self) -> tuple[Formulation, ...]:
        return (FORMULATION,)

    def draft(
        self,
        request: Request,
        owner: str = "",
        on_place: Callable[[int], None] | None = None,
        cancel: Event | None = None,
        adapt: bool | None = None,
        seed: int = 0,
    ) -> Generator[Step, None, Draft]:
        whole, text = "\n".join(LINES) + (f"\n第{seed}次重写。" if seed else ""), ""
        if on_place:
            on_place(2)
            time.sleep(self.pace)
            on_place(0)
        for start in range(0, len(whole), 4):
            if cancel and cancel.is_set():
                break
            if self.fails and start > 60:
                raise ModelError("模型进程中断了。", "请重试。")
            time.sleep(self.pace)
            text = whole[: start + 4]
            yield Step(text, f"正在写第{text.count('是') + 1}点")
        hits = (Hit(PASSAGE, 0.8),)
        return Draft(
            request,
            text,
            link_evidence(text, hits),
            findings=self.check(text),
            engine="测试模型",
            notes=("测试的说明。",),
        )

    def revise(
        self,
        request: Request,
        owner: str = "",
        on_place: Callable[[int], None] | None = None,
        cancel: Event | None = None,
        seed: int = 0,
    ) -> Generator[Step, None, Revision]:
        if request.instruction == RENEWAL:
            return (yield from super().revise(request, owner, on_place, cancel, seed))
        if not request.text.strip():
            raise RequestError("没有要修改的文字。", "请先写好。")
        text = request.text.replace("搞好", "做好").replace("很多", "较多")
        yield Step(text[: len(text) // 2], "正在修改")
        time.sleep(self.pace)
        lost = missing_facts(request.text, text)
        kept = tuple(fact for fact in find_facts(request.text, "original") if fact not in lost)
        return Revision(
            request.text,
            text,
            changes_between(request.text, text),
            kept,
            lost,
            engine="测试模型",
            evidence=link_evidence(text, ()),
        )

    def find(self, query: str, filters: Filters | None = None, top: int = 10) -> Found:
        named = (FORMULATION,) if "四个意识" in query else ()
        return Found(query, named, (Hit(PASSAGE, 0.5),))

    def _open_index(self, progress: Callable[[int, int], None] | None = None) -> Any:
        return self.index

    def corpus_rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        if progress:
            progress(1, 2)
        time.sleep(self.pace)
        self.rebuilt = True
        return len(self.index.items)
