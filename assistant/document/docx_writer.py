"""Write a manuscript as a docx that obeys GB/T 9704-2012. The only module here that imports python-docx."""

from __future__ import annotations

import math
from io import BytesIO
from typing import TYPE_CHECKING

from assistant.document.fonts import W, font_attributes, font_table
from assistant.document.layout import Layout, twips
from assistant.document.manuscript import Manuscript
from assistant.document.pagenumbers import page_number_xml
from assistant.document.plan import Paragraph, plan, printable
from assistant.document.styles import indent, settings_xml, styles_xml

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument
    from docx.section import _Footer

# Parts of python-docx's template that a 公文 has no use for; its theme would bring Calibri and MS Mincho back.
_UNWANTED = ("stylesWithEffects", "theme", "numbering", "webSettings", "customXml")


def _clean_document(layout: Layout, title: str) -> DocxDocument:
    """Return an empty document with our styles, settings and fonts, and no trace of the template."""
    import docx
    from docx.opc.constants import RELATIONSHIP_TYPE as RT
    from docx.oxml import parse_xml

    document = docx.Document()
    part, package = document.part, document.part.package
    for rels, names in ((part.rels, _UNWANTED), (package.rels, ("thumbnail", "extended-properties"))):
        for key in [key for key, rel in rels.items() if rel.reltype.rsplit("/", 1)[1] in names]:
            del rels[key]
    part.part_related_by(RT.STYLES)._element = parse_xml(styles_xml(layout))
    part.part_related_by(RT.SETTINGS)._element = parse_xml(settings_xml())
    part.part_related_by(RT.FONT_TABLE)._blob = font_table(layout).encode("utf-8")
    properties = document.core_properties._element
    for child in list(properties):
        properties.remove(child)
    document.core_properties.title = title[:255]  # the longest that the property allows
    document.core_properties.language = "zh-CN"
    return document


def _section_xml(layout: Layout) -> str:
    page = layout.page
    sizes = {side: twips(getattr(page, side)) for side in ("top", "bottom", "left")}
    sizes["right"] = layout.right_margin
    margins = " ".join(f'w:{side}="{size}"' for side, size in sizes.items())
    default_size = layout.styles["BodyText"].size
    space = math.floor((layout.char_pitch / 20 - default_size) * 4096)  # in 1/4096 pt, ECMA-376 17.6.5
    return (
        f'<w:sectPr xmlns:w="{W}"><w:pgSz w:w="{twips(page.width)}" w:h="{twips(page.height)}"/>'
        f'<w:pgMar {margins} w:header="{sizes["top"] // 2}" w:footer="{layout.footer_distance}" w:gutter="0"/>'
        f'<w:docGrid w:type="linesAndChars" w:linePitch="{layout.line_pitch}" w:charSpace="{space}"/></w:sectPr>'
    )


def _properties_xml(paragraph: Paragraph, layout: Layout) -> str:
    """Return w:pPr: the style and what this paragraph alone has."""
    spacing = "".join(
        f' w:{side}Lines="{lines * 100}" w:{side}="{lines * layout.line_pitch}"'
        for side, lines in (("before", paragraph.before), ("after", paragraph.after))
        if lines
    )
    return (
        f'<w:pPr xmlns:w="{W}"><w:pStyle w:val="{paragraph.style}"/>'
        + ("<w:keepNext/>" if paragraph.keep_next else "")
        + ("<w:pageBreakBefore/>" if paragraph.new_page else "")
        + (f"<w:spacing{spacing}/>" if spacing else "")
        + indent(layout, left=paragraph.left, hanging=paragraph.hanging, right=paragraph.right)
        + "</w:pPr>"
    )


def _add(document: DocxDocument, paragraph: Paragraph, layout: Layout) -> None:
    from docx.oxml import parse_xml

    element = document.add_paragraph()._p
    element.insert(0, parse_xml(_properties_xml(paragraph, layout)))
    for piece in paragraph.runs:
        run = element.add_r()
        fonts = font_attributes(piece.font) if piece.font else 'w:hint="eastAsia"'
        run.insert(0, parse_xml(f'<w:rPr xmlns:w="{W}"><w:rFonts {fonts}/></w:rPr>'))
        run.text = piece.text


def _fill(footer: _Footer, paragraph: str) -> None:
    """Put `paragraph` in the place of python-docx's own."""
    from docx.oxml import parse_xml

    footer.is_linked_to_previous = False
    for child in list(footer._element):
        footer._element.remove(child)
    footer._element.append(parse_xml(paragraph))


def docx_bytes(manuscript: Manuscript, layout: Layout) -> bytes:
    """Return the docx file of `manuscript`, laid out by `layout`."""
    from docx.oxml import parse_xml

    document = _clean_document(layout, printable(manuscript.title))
    body = document.element.body
    body.replace(body.sectPr, parse_xml(_section_xml(layout)))
    for paragraph in plan(manuscript, layout):
        _add(document, paragraph, layout)
    section = document.sections[0]
    _fill(section.footer, page_number_xml(layout, "right"))
    _fill(section.even_page_footer, page_number_xml(layout, "left"))
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()
