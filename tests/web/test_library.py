"""The corpus page against the fake assistant: narrowing, adding, looking, correcting, removing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from assistant.errors import DocumentError, IndexStateError
from assistant.pipeline import CorpusFile
from assistant.records import Document, Passage
from assistant.web import library, shelf, view
from assistant.web.desk import Desk, open_desk
from assistant.web.view import View
from tests.web.fakes import FakeAssistant
from tests.web.test_handlers import EVERYTHING, played
from tests.web.test_render import EVIL, Reader

REPORT = """本局2023年工作总结
今年做了三件大事。
一、主要工作
抓学习、抓落实、抓队伍，完成重点任务18项。
二、几点认识
工作中还有短板，调查研究不够深入。
特此报告。
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(FakeAssistant(tmp_path / "home"))


@pytest.fixture
def report(tmp_path: Path) -> str:
    path = tmp_path / "本局2023年工作总结.txt"
    path.write_text(REPORT, encoding="utf-8")
    return str(path)


def narrowed(desk: Desk, **choice: str) -> Reader:
    names = ("kind", "genre", "section", "year", "words", "chosen")
    return Reader(played(library.narrow(desk, *(choice.get(name, "") for name in names)))["corpus"])


def pressed(desk: Desk, act: str, document: str, fields: str = "") -> View:
    event = {"act": act, "value": document, "name": fields}
    return played(library.act(desk, *EVERYTHING, event))


def corrected(desk: Desk, document: str, sections: Mapping[str, str], genre: str, year: str) -> View:
    fields = {"genre": genre, "year": year, "sections": sections}
    return pressed(desk, "retype", document, json.dumps(fields))


def own(desk: Desk) -> list[Document]:
    return [item for item in desk.assistant.corpus_list() if item.kind == "material"]


def added(desk: Desk, paths: Iterable[str]) -> View:
    return played(library.add(desk, list(paths), *EVERYTHING))


@pytest.mark.parametrize(
    ("choice", "shown"),
    [
        ({}, {"党组书记抓党建述职报告", "四个意识", "本局2023年工作总结"}),
        ({"kind": "material"}, {"本局2023年工作总结"}),
        ({"kind": "formulation"}, {"四个意识"}),
        ({"genre": "述职报告"}, {"党组书记抓党建述职报告"}),
        ({"section": "主要工作"}, {"本局2023年工作总结"}),
        ({"section": "责任分工"}, set()),
        ({"year": "2022"}, {"党组书记抓党建述职报告"}),
        ({"words": "总结 本局"}, {"本局2023年工作总结"}),
        ({"words": "总结", "kind": "exemplar"}, set()),
    ],
)
def test_the_list_is_narrowed(desk: Desk, report: str, choice: dict[str, str], shown: set[str]) -> None:
    added(desk, [report])
    page = narrowed(desk, **choice)
    titles = {item.title for item in desk.assistant.corpus_list() if item.title in page.text}
    assert titles == shown
    assert len(page.acting("look")) == len(shown)
    assert ("没有符合条件" in page.text) == (not shown)


def test_years_to_choose_from_are_those_of_the_documents(desk: Desk, report: str) -> None:
    page = added(desk, [report])
    assert [value for _, value in page["corpus_year"]["choices"]] == ["", "2023", "2022"]
    assert "自己的1份，自带2份" in page["corpus_summary"]


def test_a_long_list_ends_with_advice() -> None:
    documents = [Document(str(n), f"例文{n}", "exemplar", "", "") for n in range(shelf.ROWS + 5)]
    page = Reader(shelf.listing(documents, 999))
    assert len(page.acting("look")) == shelf.ROWS
    assert f"只列出前{shelf.ROWS}份" in page.text
    assert f"例文{shelf.ROWS + 5}份" in page.text
    assert "共999份" in page.text


def test_a_bad_file_stops_no_other_and_says_why(desk: Desk, report: str, tmp_path: Path) -> None:
    files = {"坏.docx": b"no zip", "空.txt": b"", "表.xlsx": b"PK\x03\x04"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    page = added(desk, [*(str(tmp_path / name) for name in files), report, report])
    text = Reader(page["importing"]).text
    assert "添加了1份，1份已经有了，3份没有添加" in text
    for sentence in (
        "“坏.docx”的内容不是 Word 文档",
        "请另存为 .docx 后再试",
        "“空.txt”是空文件",
        ".xlsx 文件，不能读取",
    ):
        assert sentence in text
    assert text.index("没有添加坏.docx") < text.index("已添加本局2023年工作总结.txt")
    assert "文种：工作总结，年份：2023" in text
    assert [item.title for item in own(desk)] == ["本局2023年工作总结"]
    assert "本局2023年工作总结" in page["corpus"]
    assert page["corpus_stop"]["visible"] is False


def test_progress_is_shown_file_by_file(tmp_path: Path, report: str) -> None:
    desk = open_desk(FakeAssistant(tmp_path / "home", pace=0.3))
    other = tmp_path / "另一份.txt"
    other.write_text("另一份材料的正文。", encoding="utf-8")
    views = list(library.add(desk, [report, str(other)], *EVERYTHING))
    shown = [Reader(item["importing"]).text for item in views if "importing" in item]
    assert any("正在添加第1份，共2份：建立索引 1/2段" in text and "等待另一份.txt" in text for text in shown)
    assert any("已添加本局2023年工作总结.txt" in text and "正在添加另一份.txt" in text for text in shown)
    assert any(item.get("corpus_stop", {}).get("visible") for item in views)


def test_adding_is_stopped_and_what_was_added_stays(tmp_path: Path) -> None:
    desk = open_desk(FakeAssistant(tmp_path / "home", pace=0.3))
    paths = [tmp_path / f"材料{number}.txt" for number in range(4)]
    for path in paths:
        path.write_text(f"{path.stem}的正文。", encoding="utf-8")
    page: View = {}
    for shown in library.add(desk, [str(path) for path in paths], *EVERYTHING):
        page.update(shown)
        if "正在添加第2份" in shown.get("importing", ""):
            library.stop(desk)
    assert [item.path for item in own(desk)] == ["材料0.txt"]
    text = Reader(page["importing"]).text
    assert "添加了1份，停止时还剩3份没有添加" in text
    assert text.count("已停止材料") == 3


def test_a_second_batch_waits_and_a_new_page_follows_the_first(tmp_path: Path, report: str) -> None:
    desk = open_desk(FakeAssistant(tmp_path / "home", pace=0.4))
    first = library.add(desk, [report], *EVERYTHING)
    assert next(first)
    assert "正在添加另一批" in played(library.add(desk, [report], *EVERYTHING))["corpus_said"]
    assert "添加了1份" in played(library.resume(desk))["importing"]
    assert played(library.resume(desk)) == {"corpus_said": ""}


def test_where_nothing_can_be_added_every_file_says_so(
    desk: Desk, report: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise IndexStateError("另一个笔杆正在更新资料库。", "请等它完成后重试。")

    monkeypatch.setattr(desk.assistant.index, "add", fail)  # type: ignore[attr-defined]
    text = Reader(added(desk, [report])["importing"]).text
    assert "1份没有添加" in text
    assert "另一个笔杆正在更新资料库。请等它完成后重试。" in text


def test_an_own_document_shows_how_it_was_split_with_fields_to_correct_it(desk: Desk, report: str) -> None:
    added(desk, [report])
    (document,) = own(desk)
    page = Reader(pressed(desk, "look", document.id)["preview"])
    for words in (
        "主要工作",
        "几点认识",
        "自动：引言",
        "自动：主要工作",
        "自动：未归类",
        "第1段9字",
        "抓学习、抓落实",
    ):
        assert words in page.text
    headings = [attrs["data-heading"] for tag, attrs in page.tags if "data-heading" in attrs]
    assert headings == ["", "主要工作", "几点认识"]
    assert page.acting("retype") == page.acting("uncorpus") == [document.id]
    assert page.text.index("主要工作") < page.text.index("几点认识") < page.text.index("特此报告")


def test_a_shipped_document_can_only_be_looked_at(desk: Desk) -> None:
    page = Reader(pressed(desk, "look", "d1")["preview"])
    assert "学用结合不够紧密" in page.text
    assert "只能查看" in page.text
    assert {tag for tag, _ in page.tags} & {"select", "input", "button"} == set()
    assert "程序自带的资料，不能更正" in corrected(desk, "d1", {}, "", "")["corpus_said"]
    assert "不能移出" in pressed(desk, "uncorpus", "d1")["corpus_said"]


def test_corrections_are_shown_and_can_be_taken_back(desk: Desk, report: str) -> None:
    added(desk, [report])
    (before,) = own(desk)
    page = corrected(
        desk, before.id, {"": "auto", "主要工作": "auto", "几点认识": "存在问题"}, "述职报告", "2024"
    )
    (after,) = own(desk)
    assert (after.genre, after.year, after.sections) == ("述职报告", 2024, (("几点认识", "存在问题"),))
    assert page["corpus_chosen"] == after.id != before.id
    assert "已更正《本局2023年工作总结》" in page["corpus_said"]
    assert "已更正" in Reader(page["preview"]).text
    assert [item.section for item in desk.assistant.corpus_passages(after.id)] == [
        "引言",
        "主要工作",
        "存在问题",
        "结语",
    ]
    assert narrowed(desk, section="存在问题").acting("look") == [after.id]
    corrected(desk, after.id, {"": "", "几点认识": "auto"}, before.genre, "2023")
    (again,) = own(desk)
    assert again.sections == (("", ""),)
    assert [item.section for item in desk.assistant.corpus_passages(again.id)] == ["", "主要工作", "", "结语"]
    corrected(desk, again.id, {"": "auto"}, before.genre, "2023")
    assert own(desk) == [before]


@pytest.mark.parametrize(
    ("sections", "genre", "year", "said"),
    [
        ({}, "小说", "", "没有“小说”这个文种"),
        ({}, "", "二〇二三", "年份“二〇二三”不对"),
        ({}, "", "23", "年份“23”不对"),
        ({"几点认识": "高潮"}, "", "", "没有“高潮”这种部分"),
        ({"没有的标题": "存在问题"}, "", "", "没有“没有的标题”这个标题"),
    ],
)
def test_an_impossible_correction_changes_nothing(
    desk: Desk, report: str, sections: dict[str, str], genre: str, year: str, said: str
) -> None:
    added(desk, [report])
    before = own(desk)
    assert said in corrected(desk, before[0].id, sections, genre, year)["corpus_said"]
    assert own(desk) == before


def test_an_own_document_is_removed(desk: Desk, report: str) -> None:
    added(desk, [report])
    (document,) = own(desk)
    page = pressed(desk, "uncorpus", document.id)
    assert "已移出《本局2023年工作总结》" in page["corpus_said"]
    assert document.id not in page["corpus"]
    assert "请在左边选一份资料" in page["preview"]
    gone = pressed(desk, "look", document.id)
    assert "已经不在资料库里" in gone["corpus_said"]
    assert "党组书记抓党建述职报告" in gone["corpus"]


def test_before_the_index_is_open_the_list_stays_as_it_is(tmp_path: Path) -> None:
    desk = open_desk(FakeAssistant(tmp_path, ready=False))
    assert played(library.narrow(desk, *EVERYTHING)) == {"corpus_said": ""}
    assert "正在打开" in shelf.summary(())


def test_choices_are_named_as_the_page_names_them() -> None:
    from assistant.web.page import CHOICE

    assert (
        tuple(f"corpus_{name}" for name in ("kind", "genre", "section", "year", "words", "chosen")) == CHOICE
    )
    assert view.Choice(*EVERYTHING) == view.ALL


def evil(kind: str) -> str:
    document = Document("d", EVIL, kind, EVIL, EVIL, EVIL, issuer=EVIL, sections=((EVIL, EVIL),))  # type: ignore[arg-type]
    passage = Passage("d#0", "d", EVIL, "material", EVIL, EVIL, 0, section=EVIL, heading=(EVIL, EVIL))
    failed = CorpusFile(Path(EVIL), "failed", error=DocumentError(EVIL, EVIL))
    done = CorpusFile(Path(EVIL), "added", document)
    return (
        shelf.listing([document], 1)
        + shelf.preview(document, [passage])
        + shelf.importing([Path(EVIL)] * 2, {0: failed, 1: done})
    )


@pytest.mark.parametrize("kind", ["material", "policy"])
def test_text_of_documents_and_files_stays_text(kind: str) -> None:
    page = Reader(evil(kind))
    allowed = [
        "b",
        "br",
        "button",
        "div",
        "h3",
        "h4",
        "input",
        "label",
        "li",
        "option",
        "p",
        "progress",
        "section",
        "select",
        "small",
        "span",
        "ul",
    ]
    assert {tag for tag, _ in page.tags} <= set(allowed)
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
