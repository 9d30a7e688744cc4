"""Word documents: what a reader sees in Word is read, and nothing else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from assistant.ingest.docx_numbers import chinese, formatted
from assistant.ingest.files import read_file

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(*items: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(items)}</w:p>"


def numbered(text: str, level: int, number: int = 1) -> str:
    place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return paragraph(run(text), properties=place)


def write(path: Path, body: str, **parts: str) -> Path:
    """Write a docx with the given body and the parts numbering, styles, footnotes."""
    links = "".join(
        f'<Relationship Id="r{kind}" Type="{OFFICE}/{kind}" Target="{kind}.xml"/>' for kind in parts
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="r1" '
            f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/_rels/document.xml.rels", f'<Relationships xmlns="{RELATIONSHIPS}">{links}</Relationships>'
        )
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for kind, content in parts.items():
            archive.writestr(f"word/{kind}.xml", f"<w:{kind} {W}>{content}</w:{kind}>")
    return path


CELL = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
TABLE = f"<w:tbl><w:tr>{CELL.format('项目')}{CELL.format('金额')}</w:tr><w:tr>{CELL.format('办公费')}{CELL.format('3.6万元')}</w:tr></w:tbl>"
BOX = (
    "<w:r><w:drawing><w:txbxContent><w:p><w:r><w:t>框中字</w:t></w:r></w:p></w:txbxContent></w:drawing></w:r>"
)
CHOICE = (
    '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    f"<mc:Choice>{BOX}</mc:Choice><mc:Fallback>{BOX}</mc:Fallback></mc:AlternateContent></w:r>"
)
ROW_GONE = f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr>{CELL.format('删行')}</w:tr><w:tr>{CELL.format('留行')}</w:tr></w:tbl>"

BODIES = [
    ("runs join", paragraph(run("坚持"), run("“严”"), run("的主基调")), "坚持“严”的主基调"),
    (
        "table in its place",
        paragraph(run("前")) + TABLE + paragraph(run("后")),
        "前\n项目\t金额\n办公费\t3.6万元\n后",
    ),
    ("insertion kept", paragraph(run("全面"), f"<w:ins>{run('从严')}</w:ins>", run("治党")), "全面从严治党"),
    (
        "deletion dropped",
        paragraph(run("全"), "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>", run("面")),
        "全面",
    ),
    (
        "moved once",
        paragraph(f"<w:moveFrom>{run('旧')}</w:moveFrom>", f"<w:moveTo>{run('新')}</w:moveTo>"),
        "新",
    ),
    ("deleted row", ROW_GONE, "留行"),
    (
        "deleted paragraph mark",
        paragraph(run("上半"), properties="<w:rPr><w:del/></w:rPr>") + paragraph(run("下半")),
        "上半下半",
    ),
    (
        "hidden dropped",
        paragraph(run("见"), run("藏", "<w:vanish/>"), run("面", '<w:vanish w:val="0"/>')),
        "见面",
    ),
    ("link kept", paragraph(run("见"), f"<w:hyperlink>{run('附件')}</w:hyperlink>"), "见附件"),
    ("field code dropped", paragraph("<w:r><w:instrText>PAGE</w:instrText></w:r>", run("3")), "3"),
    (
        "tab and break",
        paragraph("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r>"),
        "甲\t乙\n丙",
    ),
    ("page break is none", paragraph('<w:r><w:t>甲</w:t><w:br w:type="page"/><w:t>乙</w:t></w:r>'), "甲乙"),
    ("content control", f"<w:sdt><w:sdtContent>{paragraph(run('控件'))}</w:sdtContent></w:sdt>", "控件"),
    ("text box once", paragraph(run("正文"), CHOICE), "正文\n框中字"),
    (
        "ruby base only",
        paragraph(
            f"<w:r><w:ruby><w:rt>{run('pin')}</w:rt><w:rubyBase>{run('拼')}</w:rubyBase></w:ruby></w:r>"
        ),
        "拼",
    ),
]


@pytest.mark.parametrize(("body", "text"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
def test_reads_what_is_seen(tmp_path: Path, body: str, text: str) -> None:
    assert read_file(write(tmp_path / "a.docx", body)) == text


def test_notes_come_last_and_separators_do_not(tmp_path: Path) -> None:
    notes = (
        f'<w:footnote w:type="separator" w:id="-1">{paragraph(run("——"))}</w:footnote>'
        f'<w:footnote w:id="1">{paragraph(run("数据来自统计公报。"))}</w:footnote>'
    )
    path = write(
        tmp_path / "a.docx",
        paragraph(run("增长5%"), '<w:r><w:footnoteReference w:id="1"/></w:r>'),
        footnotes=notes,
    )
    assert read_file(path) == "增长5%\n注：数据来自统计公报。"


def level(index: int, form: str, text: str, start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


LEVELS = (
    level(0, "chineseCounting", "%1、")
    + level(1, "chineseCounting", "（%2）")
    + level(2, "decimal", "%1.%2.%3").replace("<w:lvlText", "<w:isLgl/><w:lvlText")
)
NUMBERING = (
    f'<w:abstractNum w:abstractNumId="0">{LEVELS}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="1">{level(0, "bullet", "●")}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
    "</w:lvlOverride></w:num>"
)


def test_numbers_that_word_generates_are_read(tmp_path: Path) -> None:
    body = "".join(
        [
            numbered("履职情况", 0),
            numbered("党建", 1),
            numbered("业务", 1),
            numbered("存在问题", 0),
            numbered("学习", 1),
            numbered("细目", 2),
            numbered("项目符号", 0, 2),
            numbered("另起", 0, 3),
            numbered("不编号", 0, 0),
        ]
    )
    assert read_file(write(tmp_path / "a.docx", body, numbering=NUMBERING)).split("\n") == [
        "一、履职情况",
        "（一）党建",
        "（二）业务",
        "二、存在问题",
        "（一）学习",
        "2.1.1细目",
        "项目符号",
        "一、另起",
        "不编号",
    ]


def test_numbers_by_style(tmp_path: Path) -> None:
    styles = (
        '<w:style w:styleId="base"><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="own"><w:basedOn w:val="base"/></w:style>'
        '<w:style w:styleId="ring"><w:basedOn w:val="ring"/></w:style>'
    )
    body = "".join(
        paragraph(run(text), properties=f'<w:pStyle w:val="{style}"/>')
        for style, text in (("own", "甲"), ("base", "乙"), ("ring", "丙"))
    )
    assert (
        read_file(write(tmp_path / "a.docx", body, numbering=NUMBERING, styles=styles))
        == "（一）甲\n（二）乙\n丙"
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (101, "一百零一"), (110, "一百一十"), (0, "〇")],
)
def test_counts_in_chinese(number: int, text: str) -> None:
    assert chinese(number) == text


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (3, "decimalEnclosedCircleChinese", "③"),
        (4, "upperRoman", "IV"),
        (28, "lowerLetter", "bb"),
        (12, "decimalFullWidth", "１２"),
        (7, "unheardOf", "7"),
    ],
)
def test_number_formats(number: int, form: str, text: str) -> None:
    assert formatted(number, form) == text


def test_reads_what_python_docx_writes(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("第一段。")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "甲", "乙\n丙"
    document.add_paragraph("第二段。")
    document.save(str(tmp_path / "a.docx"))
    assert read_file(tmp_path / "a.docx") == "第一段。\n甲\t乙 丙\n第二段。"
