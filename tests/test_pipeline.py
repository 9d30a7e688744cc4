"""The stages together, on fakes and the shipped corpus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from assistant.backends.fake import FakeEmbedder, FakeEngine
from assistant.pipeline import Assistant
from assistant.records import Draft
from assistant.settings import Settings


@pytest.fixture
def assistant(home: Path) -> Iterator[Assistant]:
    made = Assistant(Settings(home=home), FakeEngine(), FakeEmbedder())
    yield made
    made.close()


def test_a_stopped_draft_keeps_its_text_and_says_what_it_quotes(assistant: Assistant) -> None:
    request = assistant.understand("起草述职报告的存在问题部分，围绕理论学习、组织活动、党建业务融合三个方面")
    cancel = Event()
    steps = assistant.draft(request, cancel=cancel)
    draft: Draft
    while True:
        try:
            step = next(steps)
        except StopIteration as finished:
            draft = finished.value
            break
        if "二是" in step.text:
            cancel.set()
    assert "一是" in draft.text
    assert "三是" not in draft.text
    assert any("停止" in note for note in draft.notes)
    assert any(item.degree == "quoted" and item.hits for item in draft.evidence)


def test_a_rebuild_keeps_what_the_user_added(assistant: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "台账.txt"
    file.write_text("村篮球赛裁判员短缺，记分台设备陈旧。", encoding="utf-8")
    (added,) = assistant.corpus_add([file])
    count = len(assistant.corpus_list())
    assert assistant.corpus_rebuild() == count
    assert added.id in {document.id for document in assistant.corpus_list()}
