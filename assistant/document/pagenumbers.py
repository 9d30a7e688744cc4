"""Page numbers: “— 1 —” on the outer side below the text area (GB/T 9704-2012 7.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from assistant.document.fonts import W, font_attributes
from assistant.document.layout import Layout
from assistant.document.styles import indent

if TYPE_CHECKING:
    from docx.section import Section, _Footer


def _footer_xml(layout: Layout, align: str) -> str:
    number = layout.page_number
    fonts = f"<w:rPr><w:rFonts {font_attributes(number.font)}/></w:rPr>"
    side = indent(layout, **{align: float(number.outer_chars)})

    def run(content: str) -> str:
        return f"<w:r>{fonts}{content}</w:r>"

    return (
        f'<w:p xmlns:w="{W}"><w:pPr><w:pStyle w:val="Footer"/>{side}<w:jc w:val="{align}"/></w:pPr>'
        + run(f'<w:t xml:space="preserve">{escape(number.before)}</w:t>')
        + run('<w:fldChar w:fldCharType="begin"/>')
        + run('<w:instrText xml:space="preserve"> PAGE </w:instrText>')
        + run('<w:fldChar w:fldCharType="separate"/>')
        + run("<w:t>1</w:t>")
        + run('<w:fldChar w:fldCharType="end"/>')
        + run(f'<w:t xml:space="preserve">{escape(number.after)}</w:t>')
        + "</w:p>"
    )


def _fill(footer: _Footer, xml: str) -> None:
    from docx.oxml import parse_xml

    footer.is_linked_to_previous = False
    for paragraph in list(footer._element):
        footer._element.remove(paragraph)
    footer._element.append(parse_xml(xml))


def add_page_numbers(section: Section, layout: Layout) -> None:
    """Give `section` its footers: right side on odd pages, left side on even ones."""
    _fill(section.footer, _footer_xml(layout, "right"))
    _fill(section.even_page_footer, _footer_xml(layout, "left"))
