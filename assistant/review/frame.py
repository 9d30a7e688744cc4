"""The frame of a whole document: title, addressee, closing, signature, date; the sign of a text that is no fragment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from assistant.knowledge.structure import ends_title, heading_number, parse_elements
from assistant.records import Element

# Lines below the date that belong to the 版记 (GB/T 9704-2012 7.4) and hide the signature from the reader of elements.
_IMPRINT = re.compile(r"[ 　]*(?:抄送|抄报|分送|主送|印发|印数)[：:]|.*印发[ 　]*$|.*共印.*份|[ 　]*主题词")
_DATE_LIKE = re.compile(
    r"[ 　]*[（(]?(?:\d{2,4}|[二一][〇零○Oo0一二三四五六七八九]{3})[ 　]*[年.．/\-—－][ 　]*"
    r"[\d一二三四五六七八九十元]{1,3}[ 　]*(?:[月.．/\-—－].{0,6})?[）)]?[。]?[ 　]*"
)
_BOTH = re.compile(r"[^，。；：！？\d]{4,30}?[ 　]*(?=\d{4}年)\d{4}年\d{1,2}月\d{1,2}日")
_NAME_LIKE = re.compile(r"[ 　]*[^，。；：！？\s][^，。；：！？\n]{1,28}[ 　]*")
_EXCERPT = re.compile(r"节选|摘录|摘要|摘编")
_LIST = re.compile(r"[ 　]*(?:附[ 　]*件|附)[ 　]*[：:]|[ 　]*\d{1,2}[.．、]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text at `start`, without its outer blanks."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of a document; `body` is what stands between head and signature. Absent parts are None or ""."""

    title: str
    title_start: int
    addressee: Element | None
    under_title: Line | None
    closing: bool
    signature: Line | None
    date: Line | None
    body: str

    @property
    def ended(self) -> bool:
        """Tell whether the document bears a signature or a date."""
        return bool(self.signature or self.date)

    @property
    def issued(self) -> bool:
        """Tell whether the title names who issues the document: 县水利局关于……的通知, not 关于……的通知."""
        return "关于" in self.title and not self.title.startswith("关于")

    @property
    def whole(self) -> bool:
        """Tell whether nothing more is to come: there is a title and an end, or all of title, issuer, address and closing.

        A title with an address and a few sentences is a sketch or an excerpt as often as a document; it lacks nothing.
        """
        framed = self.issued and self.addressee is not None and self.closing
        return bool(self.title and self.body.strip() and (self.ended or framed))


def read_frame(text: str) -> Frame:
    """Return the frame of the main part of `text`; its title is "" when there is none or the text is an excerpt."""
    shown = text[: _end_of_main(text)]
    elements = parse_elements(shown)
    titles = [item for item in elements if item.kind == "title"]
    title = "".join(item.text.strip() for item in titles if not re.search(r"〔\d+〕", item.text))
    finished = any(ends_title(item.text) for item in titles) and not _EXCERPT.search(shown[:120])
    head = max((item.end for item in titles), default=0)
    rest = [item for item in elements if item.start >= head and item.kind != "title"]
    addressee = next((item for item in elements if item.kind == "addressee"), None)
    date, signature = _tail(rest, shown)
    ends = [line.start for line in (date, signature) if line and line.start > head + 1]
    body = shown[head : min([item for item in ends if rest and item > rest[0].start] or [len(shown)])]
    return Frame(
        title=title if finished else "",
        title_start=titles[0].start if titles else 0,
        addressee=addressee,
        under_title=Line(rest[0].text.strip(), _start(rest[0])) if rest else None,
        closing=any(item.kind == "closing" for item in elements),
        signature=signature,
        date=date or _head_date(elements),
        body=body,
    )


def _end_of_main(text: str) -> int:
    """Return where the 版记 at the end begins, or the page of the first attachment."""
    page = next((item.start for item in parse_elements(text) if _is_page(item)), len(text))
    lines = text[:page].rstrip().split("\n")
    while lines and (not lines[-1].strip() or _IMPRINT.fullmatch(lines[-1]) or _IMPRINT.match(lines[-1])):
        lines.pop()
    return len("\n".join(lines))


def _is_page(item: Element) -> bool:
    return item.kind == "attachment" and not re.search("[：:.．]", item.text)


def _start(item: Element) -> int:
    return item.start + len(item.text) - len(item.text.lstrip())


def _tail(rest: list[Element], text: str) -> tuple[Line | None, Line | None]:
    """Return the date and the signature among the last short lines, in whatever form they are written."""
    date = signature = None
    for item in reversed(rest[1:][-6:]):
        if date is None and _BOTH.fullmatch(item.text.strip()):
            both = Line(item.text.strip(), _start(item))
            return both, both
        if date is None and _LIST.match(item.text):
            continue  # a list of attachments in the wrong place
        if item.kind == "note" and not _DATE_LIKE.fullmatch(item.text):
            continue
        if date is None and (item.kind == "date" or _DATE_LIKE.fullmatch(item.text)):
            date = Line(item.text.strip(), _start(item))
        elif item.kind == "signature" or (
            _NAME_LIKE.fullmatch(item.text)
            and item.kind == "body"
            and not heading_number(item.text)[0]
            and not _LIST.match(item.text)
        ):
            signature = signature or Line(item.text.strip(), _start(item))
        else:
            break
    return (date, signature) if date or signature else _inner_end(rest)


def _inner_end(rest: list[Element]) -> tuple[Line | None, Line | None]:
    """Return date and signature above a text that is passed on behind them without the mark “附件”."""
    for above, item in pairwise(rest[1:]):
        if _DATE_LIKE.fullmatch(item.text) and _NAME_LIKE.fullmatch(above.text):
            return Line(item.text.strip(), _start(item)), Line(above.text.strip(), _start(above))
    return None, None


def _head_date(elements: tuple[Element, ...]) -> Line | None:
    """Return the date below the title, where speeches, decisions of meetings and 纪要 have it."""
    for item in elements[:5]:
        if item.kind in ("date", "title", "note") and re.search(r"\d年\d{1,2}月\d{1,2}日", item.text):
            return Line(item.text.strip(), _start(item))
    return None
