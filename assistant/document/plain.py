"""Write a manuscript as Markdown or plain text; both read back as the same lines."""

from __future__ import annotations

import re

from assistant.document.manuscript import Manuscript
from assistant.document.plan import printable


def _escape(line: str) -> str:
    """Keep ** (an omitted name), a leading # and a leading list mark from being read as Markdown."""
    line = line.replace("*", "\\*")
    return re.sub(r"^([#>+-])", r"\\\1", line)


def markdown(manuscript: Manuscript) -> str:
    """Return Markdown: title as #, headings of level 1–4 as ## to #####, a blank line between paragraphs."""
    lines = (
        []
        if manuscript.has_title_line or not manuscript.title
        else [f"# {_escape(printable(manuscript.title))}"]
    )
    for element in manuscript.elements:
        marks = "# " if element.kind == "title" else "#" * (element.level + 1) + " " if element.level else ""
        if text := printable(element.text):
            lines.append(marks + _escape(text))
    return "\n\n".join(lines) + "\n"


def plain(manuscript: Manuscript) -> str:
    """Return plain text: one paragraph a line, the title first, no indents."""
    lines = [] if manuscript.has_title_line else [printable(manuscript.title)]
    lines += [printable(element.text) for element in manuscript.elements]
    return "\n".join(line for line in lines if line) + "\n"
