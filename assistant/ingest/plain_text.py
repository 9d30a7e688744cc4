"""Decode text files as they come from Windows and Linux editors in China."""

from __future__ import annotations

import codecs

from assistant.errors import DocumentError

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16-LE
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CONTROLS = frozenset(map(chr, (*range(9), *range(14, 32), 127))) - {"\x1a"}  # 0x1A ended DOS text files


def decode(data: bytes, name: str) -> str:
    """Return the text of `data`: by its byte order mark, else UTF-8, else GB18030, else as detected.

    GB18030 covers GBK and GB 2312, what Windows editors in China write as “ANSI”. Raises
    DocumentError when the bytes are no text.
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding, name)
    candidates = ("utf-8",) if b"\0" in data else ("utf-8", "gb18030")
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not CONTROLS.intersection(text):
            return text
    return _detected(data, name)


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _no_text(name) from error


def _detected(data: bytes, name: str) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    text = str(best) if best else ""
    if not best or CONTROLS.intersection(text):
        raise _no_text(name)
    return text


def _no_text(name: str) -> DocumentError:
    return DocumentError(
        f"“{name}”认不出文字编码，或者不是文本文件。", "请用记事本打开，另存为 UTF-8 编码后再试。"
    )
