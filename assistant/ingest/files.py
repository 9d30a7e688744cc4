"""Read the text of a user's file: docx, pdf, txt, md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.errors import DocumentError
from assistant.ingest.front_matter import part_front_matter
from assistant.ingest.plain_text import decode

MAX_BYTES = 50 * 1024 * 1024
"""A file above this is no text to write from: a 公文 of 100,000 characters takes less than 1 MB as docx.
What is larger carries pictures or scans, and reading it would block a small machine for minutes."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2: old Office files and encrypted docx
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
PDF = b"%PDF-"
RTF = b"{\\rtf"
READABLE = ".docx、.pdf、.txt、.md"


def read_file(path: Path) -> str:
    """Return the visible text of `path`, one paragraph a line, lines ending in a line feed only.

    The front matter of a .md or .txt file is no part of its text. Raises DocumentError, saying what to
    do, when the file is missing, empty, too large, encrypted, damaged, of an unknown kind, or holds no text.
    """
    return read_file_parts(path)[1]


def read_file_parts(path: Path) -> tuple[dict[str, Any], str]:
    """Return what the front matter of `path` says, {} where there is none, and the text as `read_file` does."""
    data = _read_bytes(path)
    text = _reader(path, data)(data, path.name).replace("\r\n", "\n").replace("\r", "\n")
    said: dict[str, Any] = {}
    if path.suffix.lower() in (".md", ".txt"):
        said, text = part_front_matter(text)
    if not text.strip():
        raise DocumentError(f"“{path.name}”里没有文字。", "请确认选对了文件。")
    return said, text


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise DocumentError(f"“{path.name}”是一个文件夹。", "请选择文件夹里的文件。")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise DocumentError(
                f"“{path.name}”有 {size / 1024 / 1024:.0f} MB，超过了 {MAX_BYTES // 1024 // 1024} MB 的上限。",
                "请删去其中的图片，或者只保留要用的部分后再试。",
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise DocumentError(f"找不到文件“{path.name}”。", "请检查文件名和所在位置。") from error
    except (OSError, ValueError) as error:
        raise DocumentError(
            f"“{path.name}”打不开：{error}。", "请检查是否有读取权限、是否被别的程序占用。"
        ) from error
    if not data:
        raise DocumentError(f"“{path.name}”是空文件。", "请确认文件已经保存好。")
    return data


def _reader(path: Path, data: bytes) -> Callable[[bytes, str], str]:
    """Return the reader for the file's suffix, after a look at what the file really is."""
    from assistant.ingest.docx_text import read_docx
    from assistant.ingest.pdf_text import read_pdf

    suffix = path.suffix.lower()
    readers = {".docx": read_docx, ".pdf": read_pdf, ".txt": decode, ".md": decode}
    if suffix in (".doc", ".wps", ".rtf", ".dot", ".wpt"):
        raise DocumentError(
            f"“{path.name}”是 {suffix} 格式，不能直接读取。", "请用 Word 或 WPS 打开，另存为 .docx 后再试。"
        )
    if suffix not in readers:
        named = f"是 {suffix} 文件" if suffix else "没有扩展名"
        raise DocumentError(f"“{path.name}”{named}，不能读取。", f"能读取的有 {READABLE}，请另存为其中一种。")
    _check_kind(path.name, suffix, data)
    return readers[suffix]


def _check_kind(name: str, suffix: str, data: bytes) -> None:
    """Raise DocumentError when the content is of another kind than the suffix says."""
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise DocumentError(
                f"“{name}”加了密码。", "请用 Word 或 WPS 打开，取消密码、另存为 .docx 后再试。"
            )
        raise DocumentError(
            f"“{name}”其实是旧版 Office 文件（.doc、.wps 等）。",
            "请用 Word 或 WPS 打开，另存为 .docx 后再试。",
        )
    if data.startswith(RTF):
        raise DocumentError(f"“{name}”其实是 RTF 文件。", "请用 Word 或 WPS 打开，另存为 .docx 后再试。")
    if suffix != ".docx" and data.startswith(ZIP):
        raise DocumentError(
            f"“{name}”的内容不是 {suffix}，像是 .docx 或压缩包。", "请改回原来的扩展名，或解压后再试。"
        )
    if suffix != ".pdf" and data.startswith(PDF):
        raise DocumentError(f"“{name}”其实是 PDF 文件。", "请把扩展名改成 .pdf 后再试。")
    if suffix == ".docx" and not data.startswith(ZIP):
        raise DocumentError(
            f"“{name}”的内容不是 Word 文档。",
            "如果它是纯文本，请把扩展名改成 .txt；否则请另存为 .docx 后再试。",
        )
    if (
        suffix == ".pdf" and PDF not in data[:1024]
    ):  # ISO 32000-1 H.3.4.1: readers accept it within 1024 bytes
        raise DocumentError(f"“{name}”的内容不是 PDF。", "请确认文件完整，或改成正确的扩展名。")
