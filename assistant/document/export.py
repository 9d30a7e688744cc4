"""Export a manuscript to a file: Word, Markdown or plain text, whole or not at all."""

from __future__ import annotations

import errno
import re
from pathlib import Path

from assistant.document.layout import load_layout
from assistant.document.manuscript import Manuscript
from assistant.document.plain import markdown, plain
from assistant.errors import DocumentError
from assistant.knowledge.structure import parse_elements
from assistant.resources import write_atomically

SUFFIXES = (".docx", ".md", ".txt")

# Characters that Windows forbids in file names, and the full-width ones that stand in for them.
_SAFE = str.maketrans('<>:"/\\|?*《》', "〈〉：”／＼｜？×〈〉")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\u200b\ufeff]")
_NAME_BYTES = 200  # Linux allows 255; a temporary file beside it needs a longer name


def _content(manuscript: Manuscript, suffix: str) -> bytes:
    if suffix == ".docx":
        from assistant.document.docx_writer import docx_bytes

        return docx_bytes(manuscript, load_layout())
    return (markdown if suffix == ".md" else plain)(manuscript).encode("utf-8")


def _failure(path: Path, error: OSError) -> DocumentError:
    """Say in Chinese why `path` could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DocumentError(f"磁盘已满，“{path.name}”没有导出，原有文件未动。", "请腾出空间后重新导出。")
    if isinstance(error, PermissionError):
        return DocumentError(
            f"“{path.name}”写不进去：文件可能正被 Word 或 WPS 打开，或者没有该文件夹的写入权限。",
            "请关闭该文件，或换一个文件名、文件夹后重新导出。",
        )
    if error.errno == errno.ENAMETOOLONG:
        return DocumentError("文件名太长，没有导出。", "请换一个短些的文件名。")
    if error.errno == errno.EROFS:
        return DocumentError(f"“{path.parent}”是只读的，没有导出。", "请换一个文件夹后重新导出。")
    return DocumentError(f"“{path.name}”没有导出：{error.strerror or error}。", "请换一个文件夹后重新导出。")


def _check_place(path: Path) -> None:
    if not path.parent.is_dir():
        raise DocumentError(f"文件夹“{path.parent}”不存在。", "请先建好文件夹，或换一个位置后重新导出。")
    if path.is_dir():
        raise DocumentError(f"“{path.name}”是一个文件夹，不能当作文件写入。", "请换一个文件名。")


def export(manuscript: Manuscript, path: Path) -> Path:
    """Write `manuscript` to `path` in the format of its suffix and return `path`.

    The content is complete before the file is touched, and the file is replaced in one step. Raises
    DocumentError for an unknown suffix, an empty manuscript, or a place that cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DocumentError(
            f"不支持导出“{path.suffix or path.name}”格式。", "请把文件名改成以 .docx、.md 或 .txt 结尾。"
        )
    if not manuscript.elements and not manuscript.title:
        raise DocumentError("文稿是空的，没有可以导出的内容。", "请先起草或粘贴文稿。")
    try:
        _check_place(path)
        write_atomically(path, _content(manuscript, suffix))
    except OSError as error:
        raise _failure(path, error) from error
    return path


def export_name(title: str, date: str = "") -> str:
    """Return a file name 《title》（date）.docx that Windows and Linux accept; without date or title shorter.

    Inner 《》 become 〈〉 (GB/T 15834-2011 4.15.3.3); a long title is cut.
    """
    tail = f"》{f'（{_safe(date)}）' if _safe(date) else ''}.docx"
    name = _safe(title) or "文稿"
    room = _NAME_BYTES - len(f"《{tail}".encode())
    if len(name.encode()) > room:
        name = name.encode()[: room - len("…".encode())].decode(errors="ignore") + "…"
    return f"《{name}{tail}"


def name_for(text: str, suffix: str) -> str:
    """Return the file name for a plain text, by its title (else its first line) and date, with `suffix` (".docx")."""
    elements = parse_elements(text)
    title = "".join(item.text for item in elements if item.kind == "title")
    heading = next((item.text for item in elements if item.text.strip()), "文稿")
    date = next((item.text for item in elements if item.kind == "date"), "")
    return str(Path(export_name(title or heading[:30], date)).with_suffix(suffix))


def _safe(text: str) -> str:
    one_line = " ".join(_CONTROL.sub(" ", text).split())
    if one_line.startswith("《") and one_line.endswith("》"):
        one_line = one_line[1:-1]
    return one_line.translate(_SAFE).strip()
