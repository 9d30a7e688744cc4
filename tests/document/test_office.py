"""The exported page as LibreOffice renders it, measured in millimetres against GB/T 9704-2012.

The 公文 fonts are not installed where this runs: a private fontconfig maps them to Noto CJK, whose 汉字
are as wide. LibreOffice 7.4 ignores autoSpaceDE, so digits are left out of the measured lines.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from document_samples import NOTICE

from assistant.document import export, manuscript_from_text

TOOLS = ("soffice", "pdftotext", "pdftoppm", "fc-list")
MISSING = [tool for tool in TOOLS if not shutil.which(tool)]
FONTS = {
    "仿宋_GB2312": "Serif",
    "楷体_GB2312": "Serif",
    "方正小标宋简体": "Serif",
    "宋体": "Serif",
    "黑体": "Sans",
}
POINT = 25.4 / 72
TOLERANCE = 0.5

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(bool(MISSING), reason=f"没有安装 {'、'.join(MISSING)}，无法渲染 Word 文件"),
]

LONG = "\n".join(
    [
        "版面测量报告",
        "各位领导、同志们：",
        *["国" * 100] * 30,
        "特此报告。",
        "国" * 12,
        "二〇二四年一月十二日",
    ]
)


@dataclass(frozen=True)
class Line:
    """A line of text on a page, in millimetres from the upper left corner of the sheet."""

    text: str
    left: float
    right: float
    bottom: float


def render(text: str, folder: Path) -> Path:
    """Export `text` and return LibreOffice's PDF of it."""
    rules = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test><edit name="family" '
        f'mode="assign" binding="strong"><string>Noto {kind} CJK SC</string></edit></match>'
        for name, kind in FONTS.items()
    )
    config = folder / "fonts.conf"
    config.write_text(
        f"<fontconfig><dir>/usr/share/fonts</dir><cachedir>{folder / 'cache'}</cachedir>{rules}</fontconfig>",
        encoding="utf-8",
    )
    path = export(manuscript_from_text(text), folder / "a.docx")
    command = [
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    subprocess.run(
        [*command, "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=180, env={**os.environ, "FONTCONFIG_FILE": str(config)},
    )  # fmt: skip
    return path.with_suffix(".pdf")


def read_pages(pdf: Path) -> list[list[Line]]:
    """Return the lines of each page."""
    html = subprocess.run(
        ["pdftotext", "-bbox-layout", str(pdf), "-"], check=True, capture_output=True
    ).stdout.decode("utf-8")
    pages = []
    for page in html.split("<page ")[1:]:
        lines = []
        for block in re.findall(r"<line.*?</line>", page, re.DOTALL):
            box = {
                key: float(value) * POINT
                for key, value in re.findall(r'(xMin|xMax|yMax)="([\d.]+)"', block)[:3]
            }
            words = re.findall(r"<word[^>]*>(.*?)</word>", block)
            lines.append(Line(" ".join(words), box["xMin"], box["xMax"], box["yMax"]))
        pages.append(sorted(lines, key=lambda line: line.bottom))
    return pages


def dash_top(pdf: Path, page: int) -> float:
    """Return how far below the text area the dash of the page number begins, in mm, by its ink at 254 dpi."""
    out = pdf.with_name(f"page{page}")
    subprocess.run(
        ["pdftoppm", "-r", "254", "-gray", "-singlefile", "-f", str(page), str(pdf), str(out)], check=True
    )
    data = out.with_suffix(".pgm").read_bytes()
    header = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", data)
    assert header
    width, height, pixels = int(header[1]), int(header[2]), data[header.end() :]
    area_end = 2970 - 350
    inked = [
        (x, y) for y in range(area_end + 20, height) for x in range(width) if pixels[y * width + x] < 128
    ]
    first = min(x for x, _ in inked)
    return (min(y for x, y in inked if x <= first + 20) - area_end) / 10


@pytest.fixture(scope="module")
def long_pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(LONG, tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def pages(long_pdf: Path) -> list[list[Line]]:
    found = read_pages(long_pdf)
    assert len(found) >= 3
    return found


def test_margins_and_characters_a_line(pages: list[list[Line]]) -> None:
    full = [line for page in pages for line in page if line.text == "国" * 28]
    assert len(full) > 20
    for line in full:
        assert line.left == pytest.approx(28, abs=TOLERANCE)
        assert line.right == pytest.approx(210 - 26, abs=TOLERANCE)
    assert max(len(line.text) for page in pages for line in page) == 28


def test_first_line_is_indented_two_characters(pages: list[list[Line]]) -> None:
    first_lines = [line for page in pages for line in page if line.text == "国" * 26]
    assert first_lines
    for line in first_lines:
        assert line.left - 28 == pytest.approx(2 * 156 / 28, abs=TOLERANCE)


def test_line_pitch_and_lines_a_page(pages: list[list[Line]]) -> None:
    body = [line.bottom for line in pages[1] if "—" not in line.text]
    assert len(body) == 22
    assert (body[-1] - body[0]) / 21 == pytest.approx(28.95 * POINT, abs=0.02)
    assert body[0] - 37 == pytest.approx(28.95 * POINT, abs=1)  # the first line begins at the text area's top
    assert body[-1] < 297 - 35 + TOLERANCE


def test_page_numbers_stand_outside_below_the_text(pages: list[list[Line]], long_pdf: Path) -> None:
    numbers = [next(line for line in page if "—" in line.text) for page in pages]
    assert [line.text for line in numbers] == [f"— {number} —" for number in range(1, len(pages) + 1)]
    char = 156 / 28
    for index, line in enumerate(numbers):
        if index % 2:
            assert line.left == pytest.approx(28 + char, abs=TOLERANCE)
        else:
            assert line.right == pytest.approx(210 - 26 - char, abs=TOLERANCE)
    for number in (1, 2):
        assert dash_top(long_pdf, number) == pytest.approx(7, abs=TOLERANCE)


def test_signature_and_date_stand_as_without_a_seal(pages: list[list[Line]]) -> None:
    organ = next(line for line in pages[-1] if line.text == "国" * 12)
    date = next(line for line in pages[-1] if line.text.replace(" ", "") == "二〇二四年一月十二日")
    assert 210 - 26 - organ.right == pytest.approx(2 * 156 / 28, abs=TOLERANCE)
    assert date.left - organ.left == pytest.approx(2 * 156 / 28, abs=TOLERANCE)


def test_the_ending_is_not_torn_apart(tmp_path: Path) -> None:
    """Closing, list of attachments, signature, date and note stand on one page, in this order."""
    texts = [[line.text for line in page] for page in read_pages(render(NOTICE, tmp_path))]
    page = next(texts for texts in texts if "特此通知。" in texts)
    joined = "".join(page).replace(" ", "")
    places = [
        joined.index(part)
        for part in ("特此通知。", "附件：1.参会回执", "××市人民政府办公室2024年6月3日", "（联系人：张×")
    ]
    assert places == sorted(places)
    assert [page[0].replace(" ", "") for page in texts[-2:]] == ["附件1", "附件2"]
