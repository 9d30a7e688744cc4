"""Export to files: formats, names, and what is said when it fails."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from document_samples import NOTICE, REPORT, SECTION

from assistant.document import Manuscript, export, export_name, manuscript_from_text
from assistant.errors import DocumentError


@pytest.mark.parametrize(
    "text",
    [NOTICE, REPORT.replace("#", "").replace(" ", ""), SECTION, "**区工作\n# 不是标题。\n- 也不是。\n5*8"],
)
@pytest.mark.parametrize("suffix", [".md", ".txt"])
def test_text_formats_read_back_as_they_were(text: str, suffix: str, tmp_path: Path) -> None:
    first = Manuscript("", manuscript_from_text(text).elements)
    again = manuscript_from_text(export(first, tmp_path / f"稿{suffix}").read_text(encoding="utf-8"))
    if suffix == ".md" or "#" not in text:
        assert [(e.kind, e.level, e.text) for e in again.elements] == [
            (e.kind, e.level, e.text) for e in first.elements
        ]


def test_markdown_shows_the_headings(tmp_path: Path) -> None:
    text = export(manuscript_from_text(REPORT), tmp_path / "a.md").read_text(encoding="utf-8")
    assert [line for line in text.split("\n") if line.startswith("#")] == [
        "# 2023年度述职报告",
        "## 一、履职情况",
        "### （一）抓学习",
        "## 二、存在的问题",
    ]


def test_a_title_given_apart_is_printed_first(tmp_path: Path) -> None:
    manuscript = manuscript_from_text(SECTION, "述职报告")
    assert manuscript.elements[0].kind == "heading"
    assert (
        export(manuscript, tmp_path / "a.txt")
        .read_text(encoding="utf-8")
        .startswith("述职报告\n存在的主要问题\n一是")
    )
    assert manuscript_from_text(REPORT, "别的题目").title == "2023年度述职报告"


@pytest.mark.parametrize("suffix", [".docx", ".DOCX"])
def test_export_returns_the_path_of_a_whole_file(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"稿{suffix}"
    path.write_bytes(b"earlier")
    assert export(manuscript_from_text(NOTICE), path) == path
    assert path.read_bytes()[:2] == b"PK"
    assert os.listdir(tmp_path) == [path.name]  # noqa: PTH208


@pytest.mark.parametrize(
    ("name", "said"),
    [("稿.pdf", "“.pdf”"), ("稿", "“稿”"), ("没有/稿.docx", "不存在"), ("目录.docx", "是一个文件夹")],
)
def test_what_cannot_be_written_is_said(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "目录.docx").mkdir()
    with pytest.raises(DocumentError, match=said) as caught:
        export(manuscript_from_text(NOTICE), tmp_path / name)
    assert caught.value.remedy


def test_unknown_format_names_the_three(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"\.docx、\.md 或 \.txt"):
        export(manuscript_from_text(NOTICE), tmp_path / "稿.wps")


def test_an_empty_text_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="空的"):
        export(manuscript_from_text(" \n"), tmp_path / "稿.docx")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘已满"),
        (PermissionError(errno.EACCES, "Permission denied"), "Word 或 WPS"),
        (OSError(errno.ENAMETOOLONG, "File name too long"), "文件名太长"),
        (OSError(errno.EROFS, "Read-only file system"), "只读"),
        (OSError(errno.EIO, "Input/output error"), "没有导出"),
    ],
)
def test_a_failed_export_leaves_the_earlier_file(
    error: OSError, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "稿.txt"
    path.write_text("earlier", encoding="utf-8")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(DocumentError, match=said):
        export(manuscript_from_text(NOTICE), path)
    assert path.read_text(encoding="utf-8") == "earlier"
    assert [entry.name for entry in tmp_path.iterdir()] == ["稿.txt"]


def test_a_real_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="太长"):
        export(manuscript_from_text(NOTICE), tmp_path / f"{'长' * 100}.txt")


@pytest.mark.parametrize(
    ("title", "date", "name"),
    [
        ("2023年抓党建述职报告", "2024年1月12日", "《2023年抓党建述职报告》（2024年1月12日）.docx"),
        ("关于印发《××方案》的通知", "", "《关于印发〈××方案〉的通知》.docx"),
        ("《述职报告》", "", "《述职报告》.docx"),
        ('a/b\\c:d*e?f"g<h>i|j\nk', "2024/1/2", "《a／b＼c：d×e？f”g〈h〉i｜j k》（2024／1／2）.docx"),
        ("", "", "《文稿》.docx"),
    ],
)
def test_file_names(title: str, date: str, name: str) -> None:
    assert export_name(title, date) == name


def test_a_long_title_makes_a_name_that_can_be_written(tmp_path: Path) -> None:
    name = export_name("长" * 300, "2024年1月12日")
    assert name.endswith("…》（2024年1月12日）.docx")
    assert export(manuscript_from_text(NOTICE), tmp_path / name).exists()
