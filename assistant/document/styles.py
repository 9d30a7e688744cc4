"""The styles and settings of a docx as XML, made from the layout; nothing is taken from a template."""

from __future__ import annotations

import math
from xml.sax.saxutils import quoteattr

from assistant.document.fonts import W, font_attributes
from assistant.document.layout import Layout, Style

NORMAL = "BodyText"  # the style whose font and size the document's defaults take


def indent(
    layout: Layout, first_line: float = 0, left: float = 0, hanging: float = 0, right: float = 0
) -> str:
    """Return w:ind for indents in characters, "" for none.

    Word goes by the Chars values, programs that do not know them by the twips.
    """
    values = {"left": left, "right": right, "hanging": hanging, "firstLine": first_line}
    attributes = "".join(
        f' w:{key}Chars="{round(value * 100)}" w:{key}="{round(value * layout.char_pitch)}"'
        for key, value in values.items()
        if value
    )
    return f"<w:ind{attributes}/>" if attributes else ""


def _run_properties(font: str, size: float, spacing: int = 0) -> str:
    half_points = round(size * 2)
    between = f'<w:spacing w:val="{spacing}"/>' if spacing else ""
    return (
        f"<w:rPr><w:rFonts {font_attributes(font)}/>{between}"
        f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr>'
    )


def _spacing(style: Style, layout: Layout) -> int:
    """Return the character spacing in twips by which `grid.chars` characters of the body's size fit a line.

    A twip less than would fill it exactly: LibreOffice puts the last of 28 exact characters on the next line.
    It stands in the styles because LibreOffice and some WPS versions widen the characters of a
    linesAndChars grid; the paragraphs are off the grid, which only declares 22 lines of 28 characters.
    """
    if style.size != layout.styles[NORMAL].size:
        return 0
    return math.ceil(layout.char_pitch - style.size * 20) - 1


def _paragraph_style(key: str, style: Style, layout: Layout) -> str:
    properties = (
        ("<w:keepNext/>" if style.keep_next else "")
        + indent(layout, first_line=style.first_line)
        + f'<w:jc w:val="{style.align}"/>'
        + (f'<w:outlineLvl w:val="{style.outline - 1}"/>' if style.outline else "")
    )
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val={quoteattr(style.name)}/>'
        f'<w:basedOn w:val="Normal"/><w:next w:val="{NORMAL}"/><w:qFormat/>'
        f"<w:pPr>{properties}</w:pPr>{_run_properties(style.font, style.size, _spacing(style, layout))}</w:style>"
    )


def _footer_style(layout: Layout) -> str:
    """The page number's line, exactly as high as the number."""
    number = layout.page_number
    return (
        '<w:style w:type="paragraph" w:styleId="Footer"><w:name w:val="footer"/><w:basedOn w:val="Normal"/>'
        f'<w:pPr><w:spacing w:line="{round(number.size * 20)}" w:lineRule="exact"/></w:pPr>'
        f"{_run_properties(number.font, number.size)}</w:style>"
    )


def styles_xml(layout: Layout) -> str:
    """Return word/styles.xml: defaults, Normal, and one style an element of the layout."""
    normal = layout.styles[NORMAL]
    half_points = round(normal.size * 2)
    return (
        f'<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>'
        f'<w:rFonts {font_attributes(normal.font)}/><w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
        '<w:lang w:val="zh-CN" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr>'
        '<w:widowControl w:val="0"/><w:kinsoku/><w:overflowPunct/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="0" w:after="0" w:line="{layout.line_pitch}" w:lineRule="exact"/><w:jc w:val="both"/></w:pPr>'
        f"{_run_properties(normal.font, normal.size)}</w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
        '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/></w:style>'
        + "".join(_paragraph_style(key, style, layout) for key, style in layout.styles.items())
        + _footer_style(layout)
        + "</w:styles>"
    )


def settings_xml() -> str:
    """Return word/settings.xml: odd and even footers, punctuation at full width, Word 2013 and later."""
    word = 'w:uri="http://schemas.microsoft.com/office/word"'
    return (
        f'<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat>'
        "<w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/>"
        "<w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/>"
        f'<w:compatSetting w:name="compatibilityMode" {word} w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="zh-CN" w:eastAsia="zh-CN"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    )
