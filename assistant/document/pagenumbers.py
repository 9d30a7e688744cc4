"""Page numbers: “— 1 —” on the outer side below the text area (GB/T 9704-2012 7.5)."""

from __future__ import annotations

from typing import Literal
from xml.sax.saxutils import escape

from assistant.document.fonts import W, font_attributes
from assistant.document.layout import Layout
from assistant.document.styles import indent


def page_number_xml(layout: Layout, align: Literal["left", "right"]) -> str:
    """Return the footer's paragraph: the number on the side `align`, right on odd and left on even pages."""
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
