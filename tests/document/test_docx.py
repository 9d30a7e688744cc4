"""The docx: its layout against golden dumps, its fonts, and what must not be in it."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import docx
import pytest
from document_samples import NOTICE, REPORT, SECTION
from docx_dump import W, dump, parts
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from assistant.document import Manuscript, manuscript_from_text
from assistant.document.docx_writer import docx_bytes
from assistant.document.layout import load_layout
from assistant.document.plan import printable
from assistant.records import Element

GOLDEN = Path(__file__).parents[1] / "golden" / "document"


def export(text: str, title: str = "") -> bytes:
    return docx_bytes(manuscript_from_text(text, title), load_layout())


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("通知", NOTICE, ""),
        ("述职报告", REPORT, ""),
        ("一节", SECTION, "2023年抓党建述职报告"),
        ("无标题", "一是学习不深。\n二是调研不够。", ""),
    ],
)
def test_layout_is_the_reviewed_one(name: str, text: str, title: str) -> None:
    """After a wanted change run with UPDATE_GOLDEN=1 and review the difference."""
    path = GOLDEN / f"{name}.txt"
    found = dump(export(text, title))
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def test_page_obeys_the_standard() -> None:
    section = docx.Document(BytesIO(export(NOTICE))).sections[0]
    assert (section.page_width.mm, section.page_height.mm) == pytest.approx((210, 297), abs=0.1)
    margins = [getattr(section, f"{side}_margin").mm for side in ("top", "bottom", "left", "right")]
    assert margins == pytest.approx([37, 35, 28, 26], abs=0.1)
    layout = load_layout()
    assert 28 * (16 * 20 - 5) <= layout.text_width < 29 * (16 * 20 - 5)  # 28 characters, not 29
    assert 225 - 1 < 22 * layout.grid.line_pitch * 25.4 / 72 <= 225


def test_no_latin_or_theme_font_anywhere() -> None:
    files = parts(export(NOTICE))
    xml = b"".join(content for name, content in files.items() if name.endswith(".xml"))
    for leak in (
        b"Calibri",
        b"Cambria",
        b"Times",
        b"MS Mincho",
        b"asciiTheme",
        b"eastAsiaTheme",
        b"latentStyles",
        b"python-docx",
    ):
        assert leak not in xml
    assert not [name for name in files if "theme" in name or "thumbnail" in name or "customXml" in name]
    allowed = set(load_layout().fonts)
    for name in ("word/document.xml", "word/styles.xml", "word/footer1.xml", "word/footer2.xml"):
        for fonts in etree.fromstring(files[name]).iter(f"{W}rFonts"):
            assert fonts.get(f"{W}hint") == "eastAsia"
            names = {value for key, value in fonts.attrib.items() if key != f"{W}hint"}
            assert len(names) <= 1
            assert names <= allowed
    for font in load_layout().fonts:
        assert font in files["word/fontTable.xml"].decode("utf-8")


def test_properties_name_the_title_and_nobody() -> None:
    properties = docx.Document(BytesIO(export(REPORT))).core_properties
    assert (properties.title, properties.author, properties.last_modified_by, properties.comments) == (
        "2023年度述职报告",
        "",
        "",
        "",
    )


def test_every_character_arrives() -> None:
    document = docx.Document(BytesIO(export(NOTICE)))
    assert [p.text.replace("\n", "") for p in document.paragraphs] == NOTICE.split("\n")
    title = document.paragraphs[0].text.split("\n")
    assert title == ["××市人民政府办公室关于召开2024年", "全市安全生产和防汛抗旱工作会议的通知"]


@pytest.mark.parametrize(
    ("signature", "date", "right_chars"),
    [
        (
            "××市发展和改革委员会",
            "2024年1月12日",
            ("200", "450"),
        ),  # 11 and 6.5 wide: the date ends 4.5 from the edge
        (
            "张三",
            "2024年1月12日",
            ("850", "200"),
        ),  # the date is longer: 2 from the edge, the name starts 2 left of it
    ],
)
def test_signature_and_date(signature: str, date: str, right_chars: tuple[str, str]) -> None:
    """The date's first character stands two characters right of the organ's (7.3.5.2)."""
    root = etree.fromstring(parts(export(f"工作总结\n正文。\n{signature}\n{date}"))["word/document.xml"])
    ends = [p.find(f"{W}pPr/{W}ind").get(f"{W}rightChars") for p in list(root.iter(f"{W}p"))[-2:]]
    assert tuple(ends) == right_chars


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=80))
def test_any_text_makes_a_readable_docx(text: str) -> None:
    document = docx.Document(
        BytesIO(docx_bytes(Manuscript(text, (Element("body", text), Element("title", text))), load_layout()))
    )
    shown = "".join(paragraph.text for paragraph in document.paragraphs)
    assert "".join(printable(text).split()) in "".join(shown.split())


def test_forbidden_control_characters_go_and_the_rest_stays() -> None:
    document = docx.Document(BytesIO(export("总结\n正\x00文\x0b继\x1f续\ud800。\n第二段。")))
    assert [p.text for p in document.paragraphs] == ["总结", "正文继续。", "第二段。"]
