"""PDF: paragraphs come back whole, page furniture does not."""

from __future__ import annotations

import random
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from assistant.errors import DocumentError
from assistant.ingest.files import read_file

PARAGRAPHS = [
    "关于加强基层党建工作的情况报告",
    "一、主要做法",
    "今年以来，我局坚持以“严”的主基调抓党建，全年召开专题会12次，研究解决问题36个，"
    "推动党建与业务同谋划、同部署、同推进。机关18个支部全部完成标准化建设，"
    "其中5个支部被评为先进支部，党员参加志愿服务1280人次，群众满意度达到98.5%。",
    "二、存在问题",
    "一是理论学习不够系统。学习多以集中传达为主，联系实际研讨不够，有的党员学用脱节。",
    "二是品牌意识不强。党建品牌创建停留在起名字、挂牌子，内涵挖掘不深，在全市叫得响的还没有，下一步需要重点突破，久久为功。",
] * 3
LINE = 28


def draw(path: Path, paragraphs: list[str], indent: bool = True, password: str = "") -> Path:
    """Draw `paragraphs` in lines of 28 characters with a header and a page number on each page."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    sheet = canvas.Canvas(str(path), encrypt=password or None)
    lines: list[tuple[float, str]] = []
    for paragraph in paragraphs:
        text = ("　　" if indent else "") + paragraph
        for start in range(0, len(text), LINE):
            line = text[start : start + LINE]
            lines.append((80 + 16 * (len(line) - len(line.lstrip("　"))), line.lstrip("　")))
    for number, start in enumerate(range(0, len(lines), 12), start=1):
        sheet.setFont("STSong-Light", 9)
        sheet.drawString(80, 810, f"××局文件 {number}")
        sheet.drawCentredString(300, 40, f"— {number} —")
        sheet.setFont("STSong-Light", 16)
        for row, (left, line) in enumerate(lines[start : start + 12]):
            sheet.drawString(left, 770 - 29 * row, line)
        sheet.showPage()
    sheet.save()
    return path


@pytest.mark.parametrize("indent", [True, False])
def test_lines_become_paragraphs_again(tmp_path: Path, indent: bool) -> None:
    assert read_file(draw(tmp_path / "a.pdf", PARAGRAPHS, indent)).split("\n") == PARAGRAPHS


def test_scan_without_text(tmp_path: Path) -> None:
    from reportlab.pdfgen import canvas

    sheet = canvas.Canvas(str(tmp_path / "扫描.pdf"))
    sheet.rect(100, 100, 200, 200, fill=1)
    sheet.showPage()
    sheet.save()
    with pytest.raises(DocumentError, match="扫描件") as caught:
        read_file(tmp_path / "扫描.pdf")
    assert "OCR" in caught.value.remedy


def test_encrypted(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="加了密码"):
        read_file(draw(tmp_path / "密.pdf", PARAGRAPHS[:2], password="秘密".encode().hex()))


@pytest.mark.parametrize("seed", range(40))
def test_damaged_files_are_refused_or_read_but_never_crash(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(draw(tmp_path / "whole.pdf", PARAGRAPHS[:3]).read_bytes())
    for _ in range(chance.randint(1, 60)):
        data[chance.randrange(8, len(data))] = chance.randrange(256)
    path = tmp_path / "broken.pdf"
    path.write_bytes(data[: chance.randint(len(data) // 2, len(data))])
    with suppress(DocumentError):
        assert read_file(path)


@pytest.mark.office
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_reads_what_libreoffice_writes(tmp_path: Path) -> None:
    from docx import Document
    from docx.shared import Pt

    document = Document()
    for text in PARAGRAPHS:
        paragraph = document.add_paragraph(text)
        paragraph.paragraph_format.first_line_indent = Pt(32)
        paragraph.runs[0].font.size = Pt(16)
    document.save(str(tmp_path / "a.docx"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.docx")], check=True, capture_output=True, timeout=300)
    assert read_file(tmp_path / "a.pdf").split("\n") == PARAGRAPHS
