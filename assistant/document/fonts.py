"""The font table of a docx: under which names Word may find a font that the machine lacks."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from assistant.document.layout import Layout

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_GB2312_CHARSET = "86"


def font_attributes(font: str) -> str:
    """Return the rFonts attributes that make `font` hold for 汉字, digits, Latin letters and quotation marks alike.

    The hint has “”, — and … drawn from the East Asian font; without it Word takes them as Latin.
    """
    name = quoteattr(font)
    return f'w:ascii={name} w:eastAsia={name} w:hAnsi={name} w:cs={name} w:hint="eastAsia"'


def font_table(layout: Layout) -> str:
    """Return the XML of word/fontTable.xml."""
    fonts = "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(','.join(font.other))}/>"
        f'<w:panose1 w:val="{font.panose}"/><w:charset w:val="{_GB2312_CHARSET}"/>'
        f'<w:family w:val="{font.family}"/><w:pitch w:val="{font.pitch}"/></w:font>'
        for name, font in layout.fonts.items()
    )
    return f'<w:fonts xmlns:w="{W}">{fonts}</w:fonts>'
