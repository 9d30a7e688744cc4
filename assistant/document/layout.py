"""The page of a 公文 in numbers, read from assistant/data/layout.toml (GB/T 9704-2012)."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, TypeVar

from assistant.resources import DATA, check_keys, read_toml

T = TypeVar("T")
_TWIPS_PER_MM = 1440 / 25.4


@dataclass(frozen=True, slots=True)
class Page:
    """Sheet and margins in millimetres."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float
    clause: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines a page, characters a line; `line_pitch` in points, exact."""

    lines: int
    chars: int
    line_pitch: float
    clause: str


@dataclass(frozen=True, slots=True)
class PageNumber:
    """`size` in points, `gap` in millimetres from the text area to the dash, `outer_chars` in characters."""

    font: str
    size: float
    gap: float
    outer_chars: int
    before: str
    after: str
    clause: str


@dataclass(frozen=True, slots=True)
class TitleRule:
    """`chars` fit one title line; a line break never falls inside one of `words`."""

    chars: int
    words: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class SignatureRule:
    """Distances in characters for a document without a seal."""

    right_chars: int
    date_shift: int
    date_right_chars: int
    clause: str


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: `size` in points, `first_line` in characters, `outline` 1-based (0: none)."""

    name: str
    font: str
    size: float
    align: str
    clause: str
    first_line: int = 0
    outline: int = 0
    keep_next: bool = False


@dataclass(frozen=True, slots=True)
class Font:
    """How Word may replace a missing font: other names, PANOSE number, family, pitch."""

    other: tuple[str, ...]
    panose: str
    family: str
    pitch: str
    clause: str


@dataclass(frozen=True, slots=True)
class Layout:
    """All of layout.toml, and the measures that follow from it in twips (1/1440 inch)."""

    page: Page
    grid: Grid
    page_number: PageNumber
    title: TitleRule
    signature: SignatureRule
    styles: dict[str, Style]
    fonts: dict[str, Font]

    @property
    def char_pitch(self) -> int:
        """Distance of two characters in twips so that `grid.chars` of them fill a line.

        Rounded up to whole twips: LibreOffice counts grid cells in them and would lose the last character.
        """
        page = self.page
        return math.ceil(twips(page.width - page.left - page.right) / self.grid.chars)

    @property
    def text_width(self) -> int:
        """Width of the text area in twips: 156 mm, and 0.06 mm more for the rounded pitch."""
        return self.char_pitch * self.grid.chars

    @property
    def right_margin(self) -> int:
        """Twips from the text area to the right edge of the sheet: 26 mm less the 0.06 mm."""
        return twips(self.page.width) - twips(self.page.left) - self.text_width

    @property
    def line_pitch(self) -> int:
        """Distance of two lines in twips."""
        return round(self.grid.line_pitch * 20)

    @property
    def footer_distance(self) -> int:
        """Twips from the sheet's edge to the bottom of the page number's line.

        The dash stands in the middle of that line, which is as high as the number's size.
        """
        return round(twips(self.page.bottom - self.page_number.gap) - self.page_number.size * 20 / 2)


def twips(millimetres: float) -> int:
    """Return `millimetres` in twips, rounded."""
    return round(millimetres * _TWIPS_PER_MM)


def _entry(kind: type[T], where: str, values: dict[str, Any]) -> T:
    known = fields(kind)  # type: ignore[arg-type]
    optional = {"first_line", "outline", "keep_next"}
    names = [field.name for field in known]
    check_keys(f"layout.toml 的 {where} ", values, [n for n in names if n not in optional], names)
    return kind(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    )


@cache
def load_layout() -> Layout:
    """Return the layout of layout.toml. Raises DataError for a missing or unknown key."""
    data = read_toml(DATA / "layout.toml")
    check_keys("layout.toml ", data, ("page", "grid", "page_number", "title", "signature", "style", "font"))
    return Layout(
        page=_entry(Page, "page", data["page"]),
        grid=_entry(Grid, "grid", data["grid"]),
        page_number=_entry(PageNumber, "page_number", data["page_number"]),
        title=_entry(TitleRule, "title", data["title"]),
        signature=_entry(SignatureRule, "signature", data["signature"]),
        styles={key: _entry(Style, f"style.{key}", value) for key, value in data["style"].items()},
        fonts={key: _entry(Font, f"font.{key}", value) for key, value in data["font"].items()},
    )
