"""Reading users' files: text formats, encodings, and every refusal with its remedy."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from assistant.errors import DocumentError
from assistant.ingest import files
from assistant.ingest.files import read_file, read_file_parts

TEXT = "关于印发《工作要点》的通知\n各科室：\n一、总体要求\n坚持“严”的主基调〔2024〕3号，增长5.2%。"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize("suffix", [".txt", ".md"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_reads_the_encodings_of_chinese_editors(
    tmp_path: Path, suffix: str, encoding: str, ending: str
) -> None:
    path = tmp_path / f"通知{suffix}"
    path.write_bytes(TEXT.replace("\n", ending).encode(encoding))
    assert read_file(path) == TEXT


@pytest.mark.parametrize(
    ("name", "head", "said"),
    [
        ("a.md", '+++\ntitle = "某篇"\nyear = 2020\n+++\n', {"title": "某篇", "year": 2020}),
        ("a.txt", '+++\ntitle = "某篇"\n+++\n\n', {"title": "某篇"}),
        ("a.md", '---\ntitle: "某篇"\nyear: 2020\n---\n', {"title": "某篇", "year": 2020}),
        (
            "a.md",
            "---\n# 说明\n标题: 某篇：定稿\ntags:\n  - 党建\n- 述职\n\nnote: |\n  两行\n  说明\n...\n",
            {"标题": "某篇：定稿"},
        ),
        ("a.md", "", {}),
        ("a.md", "---\n", {}),  # a rule
        ("a.md", "---\n一段话。\n---\n", {}),
        ("a.md", "---\n- 一项\n---\n", {}),
        ("a.md", "+++\ntitle =\n+++\n", {}),
        ("a.md", "---\n" + "   \n" * 5000 + "x", {}),  # must not take for ever
    ],
)
def test_front_matter_is_no_part_of_the_text(
    tmp_path: Path, name: str, head: str, said: dict[str, object]
) -> None:
    path = tmp_path / name
    path.write_text(head + TEXT, encoding="utf-8")
    values, text = read_file_parts(path)
    assert values == said
    assert text.strip("\n") == (TEXT if said else head + TEXT)
    assert read_file(path) == text


def test_front_matter_alone_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text('+++\ntitle = "某篇"\n+++\n', encoding="utf-8")
    with pytest.raises(DocumentError, match="没有文字"):
        read_file(path)


def _outcome(path: Path) -> str:
    """Return the text, or the message of the refusal; anything else is a crash."""
    try:
        return read_file(path)
    except DocumentError as error:
        return error.message


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_reads_utf16_without_mark_or_refuses_but_never_garbles(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes((TEXT * 5).encode(encoding))
    assert _outcome(path) in (TEXT * 5, "“a.txt”认不出文字编码，或者不是文本文件。")


@pytest.mark.parametrize("name", ["《报告》〔2024〕3号 终稿.txt", "a b　c.TXT", "“引号”.md"])
def test_reads_names_with_chinese_marks_and_spaces(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TEXT, encoding="utf-8")
    assert read_file(path) == TEXT


def _zip(*parts: tuple[str, bytes]) -> bytes:
    import io

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return buffer.getvalue()


def _many_parts() -> bytes:
    return _zip(*((f"word/{number}.xml", b"") for number in range(2001)))


DOCTYPE = (
    b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    b"<w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
)

REFUSED = [
    ("空.txt", b"", "空文件", "保存"),
    ("空白.txt", "\n　 \n".encode(), "没有文字", "选对"),
    ("图片.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "认不出", "UTF-8"),
    ("加密.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "加了密码", "取消密码"),
    ("旧.docx", OLE + "WordDocument".encode("utf-16-le"), "旧版", "另存为 .docx"),
    ("旧.doc", OLE, ".doc 格式", "另存为 .docx"),
    ("稿.wps", OLE, ".wps 格式", "另存为 .docx"),
    ("表.xlsx", b"PK\x03\x04", "不能读取", ".docx"),
    ("无扩展名", b"abc", "没有扩展名", ".docx"),
    ("其实是文本.docx", TEXT.encode(), "不是 Word", ".txt"),
    ("其实是富文本.docx", b"{\\rtf1 abc}", "RTF", "另存为 .docx"),
    ("其实是PDF.docx", b"%PDF-1.7 abc", "PDF", ".pdf"),
    ("其实是文档.txt", _zip(("word/document.xml", b"<a/>")), "不是 .txt", "扩展名"),
    ("其实是文本.pdf", TEXT.encode(), "不是 PDF", "扩展名"),
    ("表格.docx", _zip(("xl/workbook.xml", b"<a/>")), "不是 Word", ".docx"),
    ("别的.docx", _zip(("word/document.xml", b"<a><body/></a>")), "不是 Word", ".docx"),
    ("断.docx", _zip(("word/document.xml", b"<a>" * 9))[:-30], "损坏", "修复"),
    ("坏.docx", _zip(("word/document.xml", b"<w:p")), "损坏", "修复"),
    ("实体.docx", _zip(("word/document.xml", DOCTYPE)), "损坏", "修复"),
    ("弹.docx", _zip(("word/document.xml", bytes(11 * 1024 * 1024))), "展开后过大", "另存为"),
    ("多.docx", _many_parts(), "展开后过大", "另存为"),
    ("断.pdf", b"%PDF-1.7\n1 0 obj\n<<", "损坏", "重新导出"),
]


@pytest.mark.parametrize(("name", "data", "message", "remedy"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refuses_with_reason_and_remedy(
    tmp_path: Path, name: str, data: bytes, message: str, remedy: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        read_file(path)
    assert message in caught.value.message
    assert name in caught.value.message
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("name", ["没有.docx", "没有.txt", "夹\0.txt"])
def test_missing_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentError):
        read_file(tmp_path / name)


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="文件夹"):
        read_file(tmp_path)


def test_size_is_checked_before_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "大.txt"
    with path.open("wb") as file:
        file.truncate(files.MAX_BYTES + 1)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("was read"))
    with pytest.raises(DocumentError, match="50 MB"):
        read_file(path)


@pytest.mark.parametrize("seed", range(60))
def test_damaged_files_are_refused_or_read_but_never_crash(tmp_path: Path, seed: int) -> None:
    import random

    from docx import Document

    chance = random.Random(seed)
    whole = tmp_path / "whole.docx"
    document = Document()
    for line in TEXT.split("\n"):
        document.add_paragraph(line)
    document.save(str(whole))
    data = bytearray(whole.read_bytes())
    for _ in range(chance.randint(1, 20)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    broken = tmp_path / "broken.docx"
    broken.write_bytes(data)
    assert _outcome(broken)
