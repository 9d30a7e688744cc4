"""Read the visible text of a Word document (ECMA-376) with the standard library only.

Numbers that Word generates, tables, text boxes and notes are part of it; deleted and hidden text is not.
"""

from __future__ import annotations

import io
import posixpath
import xml.etree.ElementTree as ET
import zipfile
import zlib

from assistant.errors import DocumentError
from assistant.ingest.docx_numbers import Numbering, W, value

MAX_UNPACKED = 200 * 1024 * 1024  # bytes, all parts together
MAX_RATIO = 100  # unpacked to packed; deflate of real documents stays below 50
RATIO_FROM = 10 * 1024 * 1024  # bytes unpacked: below this no ratio does harm
MAX_PARTS = 2000
MAX_XML = 64 * 1024 * 1024  # bytes of one part that is parsed: a tree takes several times as much memory

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
GONE = {W + name for name in ("del", "moveFrom", "rt", "pPr", "instrText", "delText")} | {FALLBACK}
SIGNS = {W + "tab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}


def read_docx(data: bytes, name: str) -> str:
    """Return the text of a docx, one paragraph or table row a line, cells parted by a tab, notes last.

    Raises DocumentError for damaged, oversized or other files.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_size(archive, name)
            return _text(_Parts(archive, name))
    except (zipfile.BadZipFile, zlib.error, EOFError, ET.ParseError, NotImplementedError) as error:
        raise _damaged(name) from error
    except RuntimeError as error:  # zipfile: encrypted entry
        raise DocumentError(f"“{name}”加了密码。", "请取消密码后再试。") from error


def check_size(archive: zipfile.ZipFile, name: str) -> None:
    """Raise DocumentError when the archive would unpack to more than a document ever is.

    Judged by the central directory alone; zipfile reads no more of a part than is stated there.
    """
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    ratio = unpacked / max(packed, 1)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or (unpacked > RATIO_FROM and ratio > MAX_RATIO):
        raise DocumentError(
            f"“{name}”展开后过大（{len(parts)} 个部件，{unpacked / 1024 / 1024:.0f} MB），没有读取。",
            "请用 Word 或 WPS 打开，把要用的文字另存为一个新文档后再试。",
        )


def _damaged(name: str) -> DocumentError:
    return DocumentError(f"“{name}”已损坏，读不出来。", "请用 Word 或 WPS 打开并修复，另存为 .docx 后再试。")


class _NoDoctype(ET.TreeBuilder):
    """Refuses document type declarations: OOXML has none (ECMA-376-2 6.2.5), attacks by entities do."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ET.ParseError("document type declaration")


class _Parts:
    """The parts of the package, found by their relationships."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.archive, self.name = archive, name
        targets = self._targets("_rels/.rels", "")
        self.main = targets.get("officeDocument", "word/document.xml")
        folder, base = posixpath.split(self.main)
        self.others = self._targets(f"{folder}/_rels/{base}.rels", folder)

    def _targets(self, rels: str, folder: str) -> dict[str, str]:
        """Return the part of each relationship type that the relationships part `rels` names."""
        found: dict[str, str] = {}
        root = self.xml(rels)
        for item in () if root is None else root:
            space, _, kind = item.get("Type", "").rpartition("/")
            if space in (OFFICE, STRICT) and item.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, item.get("Target", "")))
                found.setdefault(kind, target.lstrip("/"))
        return found

    def xml(self, part: str) -> ET.Element | None:
        """Return the root of a part, None when the package lacks it."""
        try:
            info = self.archive.getinfo(part)
        except KeyError:
            return None
        if info.file_size > MAX_XML:
            raise DocumentError(f"“{self.name}”的正文过大，没有读取。", "请拆成几个文档后再试。")
        return ET.fromstring(self.archive.read(info), ET.XMLParser(target=_NoDoctype()))

    def other(self, kind: str) -> ET.Element | None:
        return self.xml(self.others[kind]) if kind in self.others else None


def _text(parts: _Parts) -> str:
    main = parts.xml(parts.main)
    body = None if main is None else main.find(_space(main.tag) + "body")
    if body is None or _space(body.tag) != W:
        raise DocumentError(f"“{parts.name}”不是 Word 文档。", "请确认它是 .docx，不是表格或演示文稿。")
    numbering = Numbering(parts.other("numbering"), parts.other("styles"))
    lines = _lines(body, numbering)
    for kind, mark in (("footnotes", "footnote"), ("endnotes", "endnote")):
        root = parts.other(kind)
        for note in () if root is None else root.iterfind(W + mark):
            if note.get(W + "type", "normal") == "normal":
                text = "".join(_lines(note, numbering)).strip()
                lines += [f"注：{text}"] if text else []
    return "\n".join(lines)


def _space(tag: str) -> str:
    return tag[: tag.find("}") + 1]


def _lines(block: ET.Element, numbering: Numbering) -> list[str]:
    """Return the lines of a body, cell, content control or note."""
    lines: list[str] = []
    carried = ""  # of a paragraph whose end mark was deleted: it runs on into the next
    for item in block:
        if item.tag == W + "p":
            boxes: list[str] = []
            text = carried + numbering.label(item) + _inline(item, numbering, boxes)
            carried = text if item.find(f"{W}pPr/{W}rPr/{W}del") is not None else ""
            lines += ([] if carried else text.split("\n")) + boxes
        elif item.tag == W + "tbl":
            lines += _rows(item, numbering)
        elif item.tag not in GONE:
            lines += _lines(item, numbering)
    return lines + ([carried] if carried else [])


def _rows(table: ET.Element, numbering: Numbering) -> list[str]:
    lines = []
    for row in table.iter(W + "tr"):
        if row.find(f"{W}trPr/{W}del") is not None:
            continue
        cells = [" ".join(filter(None, _lines(cell, numbering))) for cell in row.iterfind(f".//{W}tc")]
        lines.append("\t".join(cells).rstrip("\t"))
    return lines


def _inline(item: ET.Element, numbering: Numbering, boxes: list[str]) -> str:
    """Return the text inside a paragraph; lines of text boxes anchored in it are added to `boxes`."""
    pieces: list[str] = []
    for child in item:
        if child.tag in (W + "t", MATH_TEXT):
            pieces.append(child.text or "")
        elif child.tag == W + "txbxContent":
            boxes += _lines(child, numbering)
        elif child.tag == W + "br" and child.get(W + "type", "textWrapping") != "textWrapping":
            continue  # a page or column break is no text
        elif child.tag in SIGNS:
            pieces.append(SIGNS[child.tag])
        elif child.tag not in GONE and not _hidden(child):
            pieces.append(_inline(child, numbering, boxes))
    return "".join(pieces)


def _hidden(run: ET.Element) -> bool:
    mark = run.find(f"{W}rPr/{W}vanish")
    return mark is not None and value(mark, "true") not in ("0", "false", "off")
