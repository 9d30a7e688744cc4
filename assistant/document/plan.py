"""Lay a manuscript out: which style, fonts and distances each paragraph takes (GB/T 9704-2012 chapter 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import takewhile

from assistant.document.layout import Layout
from assistant.document.manuscript import Manuscript, is_subtitle
from assistant.document.titles import break_title, text_width
from assistant.knowledge.structure import is_attachment_mark, run_in_heading, title_genres
from assistant.records import Element

_ATTACHMENT_LABEL = re.compile(r"附件?\s*[：:]\s*")
_ATTACHMENT_NUMBER = re.compile(r"\d{1,2}\s*[.．、]\s*")
_BLANKS = " \t\u00a0\u3000\u200b\ufeff\r\n"
# XML 1.0 allows no other control characters; lone surrogates cannot be encoded at all.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; `font` is "" for the font of the style. "\\n" is a line break."""

    text: str
    font: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: `style` is a key of Layout.styles; blank lines before and after; indents in characters."""

    style: str
    runs: tuple[Run, ...]
    before: int = 0
    after: int = 0
    left: float = 0
    hanging: float = 0
    right: float = 0
    new_page: bool = False
    keep_next: bool = False

    @property
    def text(self) -> str:
        """The text of all runs."""
        return "".join(run.text for run in self.runs)


def printable(text: str) -> str:
    """Return `text` without outer blanks and without the characters that XML forbids."""
    return _FORBIDDEN.sub("", text).strip(_BLANKS)


def _runs(element: Element, layout: Layout) -> tuple[Run, ...]:
    """A body paragraph's runs: the heading that opens it keeps the font of its level."""
    text = printable(element.text)
    level, end = run_in_heading(text) if element.kind == "body" else (0, 0)
    font = layout.styles[f"Heading{level}"].font if level else ""
    if not level or font == layout.styles["BodyText"].font:
        return (Run(text),)
    return (Run(text[:end], font), Run(text[end:]))


def _title(text: str, layout: Layout, words: tuple[str, ...]) -> Paragraph:
    lines = break_title(text, layout.title.chars, words)
    return Paragraph("Title", (Run("\n".join(lines)),))


def _head(elements: tuple[Element, ...], layout: Layout, words: tuple[str, ...]) -> list[Paragraph]:
    """Title, subtitle and byline, with one blank line below."""
    paragraphs: list[Paragraph] = []
    for element in elements:
        text = printable(element.text)
        if element.kind != "title":
            paragraphs.append(Paragraph("Byline", (Run(text),)))
        elif is_subtitle(element):
            paragraphs.append(Paragraph("Subtitle", (Run(text),)))
        else:
            paragraphs.append(_title(text, layout, words))
    return paragraphs


def _attachment(element: Element, previous: Element | None) -> Paragraph:
    """A line of the list of attachments: names that run over stand below the name's first character."""
    text = printable(element.text)
    label = _ATTACHMENT_LABEL.match(text)
    if is_attachment_mark(text):
        return Paragraph("AttachmentMark", (Run(text),), new_page=previous is not None)
    number = _ATTACHMENT_NUMBER.match(text, label.end() if label else 0)
    if label:
        hanging = text_width(text[: number.end() if number else label.end()])
        return Paragraph("Attachments", (Run(text),), before=1, left=2 + hanging, hanging=hanging)
    hanging = text_width(text[: number.end()]) if number else 0.0
    return Paragraph("Attachments", (Run(text),), left=2 + text_width("附件：") + hanging, hanging=hanging)


def _signatures(elements: tuple[Element, ...], layout: Layout) -> list[Paragraph]:
    """Signatures and date without a seal: the date starts two characters right of the organ."""
    rule = layout.signature
    names = [printable(element.text) for element in elements if element.kind == "signature"]
    date_width = max((text_width(printable(e.text)) for e in elements if e.kind == "date"), default=0.0)
    name_width = text_width(names[0]) if names else 0.0
    right, date_right = float(rule.right_chars), float(rule.date_right_chars)
    if names and date_width > name_width:
        right = rule.date_shift + rule.date_right_chars + date_width - name_width
    elif names:
        date_right = min(
            name_width + rule.right_chars - rule.date_shift - date_width, layout.grid.chars - date_width
        )
    style = {"signature": ("Signature", right), "date": ("Date", max(date_right, 0.0))}
    paragraphs = [
        Paragraph(style[element.kind][0], (Run(printable(element.text)),), right=style[element.kind][1])
        for element in elements
    ]
    return [replace(paragraphs[0], before=1), *paragraphs[1:]]


_PLAIN = {
    "addressee": "Salutation",
    "body": "BodyText",
    "closing": "Closing",
    "note": "Note",
    "title": "Title",
}


def _text(elements: tuple[Element, ...], layout: Layout, words: tuple[str, ...]) -> list[Paragraph]:
    """Everything below the head."""
    paragraphs: list[Paragraph] = []
    index = 0
    while index < len(elements):
        element, previous = elements[index], elements[index - 1] if index else None
        if element.kind in ("signature", "date"):
            group = tuple(takewhile(lambda e: e.kind in ("signature", "date"), elements[index:]))
            if paragraphs:
                paragraphs[-1] = replace(paragraphs[-1], keep_next=True)
            paragraphs += _signatures(group, layout)
            index += len(group)
            if index < len(elements) and elements[index].kind == "note":
                paragraphs[-1] = replace(paragraphs[-1], keep_next=True)
            continue
        if element.kind == "attachment":
            paragraph = _attachment(element, previous)
            if paragraphs and not paragraph.new_page:
                paragraphs[-1] = replace(paragraphs[-1], keep_next=True)
            paragraphs.append(paragraph)
        elif element.kind == "title":  # of an attachment: centred on the third line, one blank line below
            paragraphs.append(replace(_title(printable(element.text), layout, words), before=1, after=1))
        elif element.kind == "heading":
            paragraphs.append(Paragraph(f"Heading{element.level}", (Run(printable(element.text)),)))
        else:
            paragraphs.append(Paragraph(_PLAIN[element.kind], _runs(element, layout)))
        index += 1
    return paragraphs


def plan(manuscript: Manuscript, layout: Layout) -> tuple[Paragraph, ...]:
    """Return the paragraphs of the page layout, in order; lines without a printable character are left out."""
    words = (*layout.title.words, *title_genres())
    own = tuple(takewhile(lambda e: e.kind in ("title", "signature", "date", "note"), manuscript.elements))
    if not manuscript.has_title_line:
        own = ()
    head = _head(own, layout, words)
    if printable(manuscript.title) and not manuscript.has_title_line:
        head = [_title(printable(manuscript.title), layout, words)]
    text = _text(manuscript.elements[len(own) :], layout, words)
    if head and text:
        head[-1] = replace(head[-1], after=1)
    return tuple(paragraph for paragraph in (*head, *text) if paragraph.text)
