"""A readable dump of a docx: the page, the footers, one line a paragraph as Word resolves it."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def parts(data: bytes) -> dict[str, bytes]:
    """Return the files inside the docx `data` by name."""
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _attributes(element: etree._Element | None) -> str:
    if element is None:
        return ""
    return " ".join(f"{etree.QName(key).localname}={value}" for key, value in sorted(element.attrib.items()))


def _styles(xml: bytes) -> dict[str, etree._Element]:
    return {style.get(f"{W}styleId"): style for style in etree.fromstring(xml).iter(f"{W}style")}


def _run(run: etree._Element) -> str:
    text = "".join(
        "⏎" if node.tag == f"{W}br" else node.text or ""
        for node in run
        if node.tag in (f"{W}t", f"{W}br", f"{W}instrText")
    )
    fonts = run.find(f"{W}rPr/{W}rFonts")
    own = fonts.get(f"{W}eastAsia") if fonts is not None else None
    return f"[{own}:{text}]" if own else text


def _paragraph(paragraph: etree._Element, styles: dict[str, etree._Element]) -> str:
    style = styles[paragraph.find(f"{W}pPr/{W}pStyle").get(f"{W}val")]
    properties = paragraph.find(f"{W}pPr")
    name, fonts, size = (style.find(path) for path in (f"{W}name", f"{W}rPr/{W}rFonts", f"{W}rPr/{W}sz"))
    align = properties.find(f"{W}jc")
    align = style.find(f"{W}pPr/{W}jc") if align is None else align
    indent = properties.find(f"{W}ind")
    indent = style.find(f"{W}pPr/{W}ind") if indent is None else indent
    own = [
        _attributes(properties.find(f"{W}spacing")),
        *(tag for tag in ("keepNext", "pageBreakBefore") if properties.find(W + tag) is not None),
    ]
    columns = [
        name.get(f"{W}val"), fonts.get(f"{W}eastAsia"), f"{int(size.get(f'{W}val')) / 2:g}",
        align.get(f"{W}val") if align is not None else "", _attributes(indent), " ".join(filter(None, own)),
        "".join(_run(run) for run in paragraph.iter(f"{W}r")),
    ]  # fmt: skip
    return " | ".join(columns)


def dump(data: bytes) -> str:
    """Return the dump of the docx `data`."""
    files = parts(data)
    styles = _styles(files["word/styles.xml"])
    document = etree.fromstring(files["word/document.xml"])
    section = document.find(f".//{W}sectPr")
    lines = [f"{name}: {_attributes(section.find(W + name))}" for name in ("pgSz", "pgMar", "docGrid")]
    lines.append(f"Normal: {_attributes(styles['Normal'].find(f'{W}pPr/{W}spacing'))}")
    lines += [
        _paragraph(p, styles)
        for name in sorted(files)
        if "footer" in name
        for p in etree.fromstring(files[name]).iter(f"{W}p")
    ]
    lines += ["", *(_paragraph(paragraph, styles) for paragraph in document.iter(f"{W}p"))]
    return "\n".join(lines) + "\n"
