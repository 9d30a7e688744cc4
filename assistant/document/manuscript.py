"""A text ready for export: its title and its elements."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile

from assistant.knowledge.structure import ends_title, parse_elements, plain_text
from assistant.records import Element


@dataclass(frozen=True, slots=True)
class Manuscript:
    """`elements` are all lines in order, the title's lines included where the text has them.

    `title` names the document in one line, "" for a section alone; it is printed first where the
    elements have no title of their own.
    """

    title: str
    elements: tuple[Element, ...]
    genre: str = ""

    @property
    def has_title_line(self) -> bool:
        """Whether the elements open with the title."""
        return bool(self.elements) and self.elements[0].kind == "title"


def _main_title(elements: tuple[Element, ...]) -> str:
    """The leading title lines in one, without subtitle."""
    lines = takewhile(lambda element: element.kind == "title" and not is_subtitle(element), elements)
    return "".join(element.text.strip() for element in lines)


def is_subtitle(element: Element) -> bool:
    """Tell whether a title line is a subtitle (——在……会议上的讲话) or a state of the text （征求意见稿）."""
    return element.kind == "title" and element.text.strip().startswith(("—", "（", "("))


def manuscript_from_text(text: str, title: str = "", genre: str = "") -> Manuscript:
    """Return the manuscript of a plain or Markdown text; Markdown marks are removed.

    `title` is used where the text has no finished title of its own (one that ends with its 文种). A
    first line that only looks like a title, such as the heading of a section, is then a heading.
    """
    elements = parse_elements(plain_text(text))
    title = title.strip()
    own = _main_title(elements)
    if not title or not own or own == title or ends_title(own):
        return Manuscript(own or title, elements, genre)
    first = replace(elements[0], kind="heading", level=1)
    return Manuscript(title, (first, *elements[1:]), genre)
