"""Read the text of a PDF: lines from the places of the glyphs, paragraphs from the lines.

pypdf gives the pieces in the order they were drawn, which is not always the order they are read in
(LibreOffice draws quotation marks of another font last), so lines are put together by place.
"""

from __future__ import annotations

import io
import logging
import math
import re
import struct
import unicodedata
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.errors import DocumentError

if TYPE_CHECKING:
    from pypdf import PageObject

MAX_PAGES = 1000  # some 30 ms each: more would keep the user waiting for half a minute
MARGIN_LINES = 2  # lines at the top and the bottom of a page where headers and page numbers stand
REPEATED = 0.6  # share of pages on which a margin line must stand to be furniture
SLACK = 3.0  # em: a line ending this near the right edge runs on; punctuation rules move up to two characters
LONG = 0.7  # of the text width: a shorter line ends its paragraph
INDENTED = 0.1  # share of lines indented by two characters from which on every paragraph is taken to be

PAGE_NUMBER = re.compile(
    r"[-—–－·•\s]*\d{1,4}[-—–－·•\s]*|第?\s*\d{1,4}\s*页?\s*[/／,，]?\s*共?\s*\d{1,4}\s*页?|第\s*\d{1,4}\s*页"
)
# What pypdf raises on damaged files besides its own errors, seen by changing bytes of sound ones.
DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    OSError,
    struct.error,
    zlib.error,
)


QUOTES = frozenset("“”‘’")
WIDE = r"[\u2014\u2018-\u201d\u2026\u3000-\u303f\u4e00-\u9fff\uff00-\uffef×]"


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one text operator drew, from `x`, `y`, `size` in points."""

    x: float
    y: float
    size: float
    text: str

    @property
    def right(self) -> float:
        return self.x + _width(self.text.strip()) * self.size


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with its place: `left` and `right` in points, `size` of its type in points."""

    text: str
    left: float
    right: float
    size: float


def read_pdf(data: bytes, name: str) -> str:
    """Return the text of a PDF, one paragraph a line, without repeated headers, footers and page numbers.

    Raises DocumentError for encrypted, damaged, very long and scanned files.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it repairs is of no use to the user
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _encrypted(name)
        if len(reader.pages) > MAX_PAGES:
            raise DocumentError(
                f"“{name}”有 {len(reader.pages)} 页，超过了 {MAX_PAGES} 页的上限。",
                "请只保留要用的页后再试。",
            )
        pages = [_page_lines(page) for page in reader.pages]
    except DependencyError as error:  # a cipher that pypdf leaves to another package
        raise _encrypted(name) from error
    except (PyPdfError, *DAMAGE) as error:
        raise DocumentError(f"“{name}”已损坏，读不出来。", "请重新导出或下载这个 PDF 后再试。") from error
    text = "\n".join(_paragraphs(_without_furniture(pages)))
    if not text.strip():
        raise DocumentError(
            f"“{name}”里没有可以提取的文字，多半是扫描件。",
            "请先用 WPS 或扫描软件做文字识别（OCR），再导入结果。",
        )
    return text


def _encrypted(name: str) -> DocumentError:
    return DocumentError(f"“{name}”加了密码。", "请取消密码，或打开后另存为不加密的 PDF 再试。")


def _page_lines(page: PageObject) -> list[_Line]:
    """Return the lines of a page from top to bottom."""
    pieces: list[_Piece] = []

    def collect(text: str, outer: list[float], inner: list[float], font: Any, size: float) -> None:
        text = text.strip("\n\r")
        if text.strip():
            x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
            y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
            scale = math.hypot(inner[2], inner[3]) * math.hypot(outer[2], outer[3])
            pieces.append(_Piece(x, y, abs(size * scale) or 1.0, text))

    page.extract_text(visitor_text=collect)
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.y):
        if rows and rows[-1][0].y - piece.y < 0.5 * min(rows[-1][0].size, piece.size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_line(sorted(row, key=lambda piece: piece.x)) for row in rows]


def _width(text: str) -> float:
    """Return the usual width of `text` in em."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "FWA" else 0.5 for sign in text)


def _line(row: list[_Piece]) -> _Line:
    """Join the pieces of a line, given from left to right.

    LibreOffice draws quotation marks apart from the text around them when they come from another
    font; they belong into the gaps of that text, in order.
    """
    marks = [piece for piece in row if all(sign in QUOTES for sign in piece.text.split())]
    text, right = _joined([piece for piece in row if piece not in marks])
    signs = "".join(piece.text for piece in marks).split()
    parts = re.split(rf"(?<={WIDE}) (?={WIDE}|\d)", text)
    signs = [sign for group in signs for sign in group]
    if signs and len(parts) == len(signs) + 1:
        text = "".join(map(str.__add__, parts, [*signs, ""]))
    elif signs:
        text, right = _joined(row)
    return _Line(text.strip(), row[0].x, right, max(piece.size for piece in row))


def _joined(row: list[_Piece]) -> tuple[str, float]:
    """Return the text of a row and its right end: gaps of half an em are one space, wider ones two."""
    text, right = "", row[0].x if row else 0.0
    for piece in row:
        gap = (piece.x - right) / piece.size
        before, after = text.rstrip(), piece.text.lstrip()
        blanks = len(text) - len(before) + len(piece.text) - len(after)
        latin = before[-1:].isascii() and after[:1].isascii() and (blanks or gap > 0.15)
        separator = "  " if blanks > 1 or gap > 1.5 else " " if latin or gap > 0.5 else ""
        text = before + (separator if before else "") + after
        right = max(right, piece.right)
    return text, right


def _without_furniture(pages: list[list[_Line]]) -> list[_Line]:
    """Return the lines of all pages in order without page numbers and what repeats in the margins."""
    seen = Counter(key for lines in pages for key in {_key(lines, i) for i in _margins(lines)})
    often = max(2, math.ceil(REPEATED * len(pages)))
    kept: list[_Line] = []
    for lines in pages:
        margins = _margins(lines)
        kept += [
            line
            for i, line in enumerate(lines)
            if i not in margins
            or not (PAGE_NUMBER.fullmatch(line.text.strip()) or seen[_key(lines, i)] >= often)
        ]
    return kept


def _margins(lines: list[_Line]) -> set[int]:
    count = len(lines)
    return {i for i in range(count) if i < MARGIN_LINES or i >= count - MARGIN_LINES}


def _key(lines: list[_Line], index: int) -> tuple[bool, str]:
    """Two margin lines are the same piece of furniture when only their digits and spaces differ."""
    return index < MARGIN_LINES, re.sub(r"\d+", "0", re.sub(r"\s", "", lines[index].text))


def _paragraphs(lines: list[_Line]) -> list[str]:
    """Join lines that run on: the earlier one reaches the right edge, the later one is not indented."""
    if not lines:
        return []
    body = Counter(round(line.size) for line in lines).most_common(1)[0][0]
    plain = [line for line in lines if round(line.size) == body] or lines
    left = min(line.left for line in plain)
    right = max(line.right for line in plain)
    indents = sum(1.5 < (line.left - left) / line.size < 2.5 for line in plain) >= INDENTED * len(plain)
    paragraphs = [lines[0]]
    for line in lines[1:]:
        last = paragraphs[-1]
        full = last.right > right - SLACK * last.size
        goes_on = full or indents or last.text.rstrip()[-1:] not in "。！？；：…"
        long = last.right > left + LONG * (right - left)
        if long and goes_on and line.left < left + line.size and abs(line.size - last.size) < 1:
            spaced = re.search(r"[A-Za-z,.;]$", last.text) and re.match(r"[A-Za-z]", line.text)
            paragraphs[-1] = replace(line, text=last.text + (" " if spaced else "") + line.text)
        else:
            paragraphs.append(line)
    return [_clean(line.text) for line in paragraphs]


def _clean(text: str) -> str:
    """Drop the single spaces that extraction puts between Chinese and digits or letters."""
    text = re.sub(rf"(?<={WIDE}) (?=\S)", "", text)
    return re.sub(rf"(?<=\S) (?={WIDE})", "", text).strip()
