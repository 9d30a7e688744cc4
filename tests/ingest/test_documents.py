"""Documents: what a file is, told by its front matter, title and text."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import DataError
from assistant.ingest.documents import (
    document_from_file,
    document_from_text,
    document_from_values,
    document_values,
    identified,
    shipped_documents,
)
from assistant.ingest.passages import split

REPORT = """××局党组书记2023年抓党建述职报告
各位领导：
一、履职情况
一年来抓了几件事。
××局党组书记  ×××
2024年1月12日"""


@pytest.mark.parametrize(
    ("name", "text", "title", "genre", "year", "date"),
    [
        ("a.txt", REPORT, "××局党组书记2023年抓党建述职报告", "述职报告", 2023, "2024-01-12"),
        ("关于报送述职报告的通知.txt", "请各单位于月底前报送。", "关于报送述职报告的通知", "通知", 0, ""),
        ("2021年工作总结（定稿）.txt", "今年完成了三件事。", "2021年工作总结（定稿）", "工作总结", 2021, ""),
        ("发言.txt", "今年完成了三件事。\n张三\n二〇二二年十二月五日", "发言", "", 2022, "2022-12-05"),
        ("记录.txt", "没有日期和标题的一段话，说的是别的事情。", "记录", "", 0, ""),
        ("稿.md", "# 关于春季植树的请示\n区政府：\n拟于**3月**植树。", "关于春季植树的请示", "请示", 0, ""),
        (
            "例.md",
            '+++\ntitle = "某篇"\ngenre = "述职"\nyear = 2020\n+++\n2023年述职报告\n正文。',
            "某篇",
            "述职报告",
            2020,
            "",
        ),
    ],
)
def test_recognises(
    tmp_path: Path, name: str, text: str, title: str, genre: str, year: int, date: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    document = document_from_file(path)
    assert (document.title, document.genre, document.year, document.date) == (title, genre, year, date)
    assert (document.kind, document.path) == ("material", name)
    assert "title =" not in document.text


def test_front_matter_that_does_not_read_is_text(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("+++\ntitle =\n+++\n正文。", encoding="utf-8")
    assert document_from_file(path).text == "+++\ntitle =\n+++\n正文。"


def test_id_follows_everything_that_is_searched_or_shown() -> None:
    document = document_from_text(REPORT, "a.txt")
    assert len(document.id) == 16
    assert identified(replace(document, id="x")).id == document.id
    for change in (
        {"text": REPORT + "。"},
        {"path": "b.txt"},
        {"kind": "exemplar"},
        {"genre": "通知"},
        {"year": 1},
    ):
        assert identified(replace(document, **change)).id != document.id


FORMULATION = """[[formulation]]
name = "四个意识"
text = "政治意识、大局意识、核心意识、看齐意识"
kind = "概括语"
source = "某文件"
issuer = "某机关"
date = "2016-01-29"
topics = ["政治建设"]
quote = "增强政治意识、大局意识、核心意识、看齐意识。"
"""


def _corpus(folder: Path, exemplar: str = "", policy: str = "") -> Path:
    for name in ("exemplars/述职报告", "policies", "formulations"):
        (folder / name).mkdir(parents=True)
    (folder / "formulations" / "政治.toml").write_text(FORMULATION, encoding="utf-8")
    front = (
        exemplar
        or '+++\ntitle = "甲"\ngenre = "述职报告"\nsector = "机关"\nyear = 2020\ntopic = "党建"\n+++\n'
    )
    (folder / "exemplars" / "述职报告" / "甲.md").write_text(
        front + "一、存在问题\n学习不够。\n", encoding="utf-8"
    )
    head = (
        policy
        or '+++\ntitle = "条例"\nissuer = "国务院"\ndate = "2019-10-22"\ntopic = "营商环境"\nsource = "公报"\n+++\n'
    )
    (folder / "policies" / "条例.md").write_text(head + "第一条 为了优化营商环境。\n", encoding="utf-8")
    return folder


def test_shipped_corpus(tmp_path: Path) -> None:
    exemplar, policy, formulation = shipped_documents(_corpus(tmp_path))
    assert (exemplar.kind, exemplar.path, exemplar.genre, exemplar.sector, exemplar.year, exemplar.topic) == (
        "exemplar",
        "exemplars/述职报告/甲.md",
        "述职报告",
        "机关",
        2020,
        "党建",
    )
    assert (policy.kind, policy.issuer, policy.date, policy.year) == ("policy", "国务院", "2019-10-22", 2019)
    assert (formulation.title, formulation.issuer, formulation.path) == (
        "四个意识",
        "某机关",
        "formulations/政治.toml",
    )


def test_formulation_passages_are_the_wording_and_the_quotation(tmp_path: Path) -> None:
    corpus = _corpus(tmp_path)
    again = FORMULATION.replace("四个意识", "又一条").replace("增强政治", "政治")
    (corpus / "formulations" / "又.toml").write_text(again, encoding="utf-8")
    found = {item.title: [passage.text for passage in split(item)] for item in shipped_documents(corpus)}
    words = "政治意识、大局意识、核心意识、看齐意识"
    assert found["四个意识"] == [words, f"增强{words}。"]
    assert found["又一条"] == [words]  # a quotation that says no more is not a second passage


@pytest.mark.parametrize(
    ("exemplar", "policy", "message"),
    [
        ('+++\ntitle = "甲"\n+++\n', "", "缺少"),
        (
            '+++\ntitle = "甲"\ngenre = "通知"\nsector = ""\nyear = 2020\ntopic = ""\n+++\n',
            "",
            "与所在目录不符",
        ),
        (
            '+++\ntitle = "甲"\ngenre = "述职报告"\nsector = ""\nyear = "2020"\ntopic = ""\n+++\n',
            "",
            "类型不对",
        ),
        ("没有文件头\n", "", "文件头"),
        ("", '+++\ntitle = "条例"\nextra = 1\n+++\n', "缺少|不认识"),
    ],
)
def test_wrong_front_matter(tmp_path: Path, exemplar: str, policy: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        shipped_documents(_corpus(tmp_path, exemplar, policy))


def test_corrections_are_part_of_the_id_and_no_corrections_are_not() -> None:
    plain = document_from_text("题目\n正文一句。", "甲.txt")
    assert plain.id == "fee24b21b6df1c73"  # the id of this document before there were corrections
    corrected = identified(replace(plain, sections=(("", "基本情况"),)))
    assert corrected.id != plain.id
    for document in (plain, corrected):
        assert document_from_values(json.loads(json.dumps(document_values(document)))) == document
    assert "sections" not in document_values(plain)
