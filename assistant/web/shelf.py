"""HTML of the corpus page: the list, what became of added files, and how a document was split. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from assistant.pipeline import CorpusFile, genre_names, heading_of, section_names
from assistant.records import KIND_NAMES, Document, Passage
from assistant.web.render import button, empty

KINDS = ("material", "exemplar", "policy", "formulation")  # in the order of the list: one's own first
ROWS = 300  # listed at a time: more is slow to show, and nobody reads on
AUTO = "auto"  # the section type as the program recognises it
STATES = {
    "reading": "正在添加",
    "added": "已添加",
    "present": "已经有了",
    "failed": "没有添加",
    "stopped": "已停止",
}
PRESENT = "资料库里已有同名、同内容的一份，没有重复添加。"


def summary(documents: Iterable[Document]) -> str:
    """Return the button of the left column that opens the corpus page; no documents: it is not open yet."""
    counts = Counter(item.kind == "material" for item in documents)
    said = f"自己的{counts[True]}份，自带{counts[False]}份" if counts else "正在打开…"
    return (
        '<button type="button" class="bg-open-library" data-act="library" aria-haspopup="dialog">'
        f"资料库<small>{said}</small></button>"
    )


# The list


def listing(documents: Sequence[Document], total: int, chosen: str = "") -> str:
    """Return the documents under their kinds, the user's own first; `total` is how many there are unfiltered."""
    if not documents:
        return empty("没有符合条件的资料。请放宽上面的条件，或者点“添加资料”。")
    ordered = sorted(documents, key=lambda item: (KINDS.index(item.kind), _by_title(item)))
    parts = [f'<p class="bg-total">共{total}份，符合条件的{len(documents)}份</p>']
    for kind, group in groupby(ordered[:ROWS], key=lambda item: item.kind):
        number = sum(item.kind == kind for item in documents)
        rows = "".join(_row(item, item.id == chosen) for item in group)
        parts.append(f'<h4>{KIND_NAMES[kind]}<small>{number}份</small></h4><ul class="bg-list">{rows}</ul>')
    if len(ordered) > ROWS:
        parts.append(empty(f"只列出前{ROWS}份。请用上面的条件缩小范围。"))
    return "".join(parts)


def _by_title(document: Document) -> str:
    """Keep one's own in place when a correction gives them another id; the shipped ones have their order."""
    return document.title if document.kind == "material" else ""


def _row(document: Document, chosen: bool) -> str:
    hint = document.path if document.kind == "material" else document.title
    about = "·".join(filter(None, (document.genre, document.issuer, str(document.year or ""))))
    return (
        f'<li class="bg-row{" bg-on" if chosen else ""}">'
        f"{button(document.title, 'look', document.id, hint, 'bg-name')}<small>{escape(about)}</small></li>"
    )


# Adding


def importing(paths: Sequence[Path], results: Mapping[int, CorpusFile], ended: bool = False) -> str:
    """Return one line a file with its state and, where it was not added, why and what to do.

    While the job is at work in the order given; once it has ended, what was not added comes first.
    """
    order = sorted(range(len(paths)), key=lambda n: ended and results[n].state != "failed")
    rows = "".join(_file(paths[number], results.get(number)) for number in order)
    return (
        f'<progress max="{len(paths)}" value="{_done(results)}"></progress><ul class="bg-files">{rows}</ul>'
    )


def _done(results: Mapping[int, CorpusFile]) -> int:
    return sum(item.state != "reading" for item in results.values())


def _file(path: Path, result: CorpusFile | None) -> str:
    state = result.state if result else "waiting"
    why = str(result.error) if result and result.error else PRESENT if state == "present" else ""
    document = result.document if result else None
    if document and state == "added":
        why = f"《{document.title}》，文种：{document.genre or '未识别'}，年份：{document.year or '不详'}"
    return (
        f'<li class="bg-file bg-{state}"><b>{STATES.get(state, "等待")}</b><span class="bg-file-name">'
        f'{escape(path.name)}</span><span class="bg-why">{escape(why)}</span></li>'
    )


def said_of(results: Iterable[CorpusFile]) -> str:
    """Return in a sentence what became of the files."""
    counts = Counter(item.state for item in results)
    said = [f"添加了{counts['added']}份"]
    said += [f"{counts['present']}份已经有了"] if counts["present"] else []
    said += [f"{counts['failed']}份没有添加，原因和办法见下"] if counts["failed"] else []
    said += [f"停止时还剩{counts['stopped']}份没有添加"] if counts["stopped"] else []
    return "，".join(said) + "。"


# One document


def preview(document: Document, passages: Sequence[Passage]) -> str:
    """Return how the document was split and typed: its passages in order under their headings.

    One's own gets the fields to correct it; page.js sends what stands in them.
    """
    own = document.kind == "material"
    size = len("".join(document.text.split()))
    about = "，".join(
        filter(
            None,
            (
                KIND_NAMES[document.kind],
                document.issuer,
                document.date,
                document.path if own else "",
                f"{size}字，{len(passages)}段",
            ),
        )
    )
    head = f'<h3>{escape(document.title)}</h3><p class="bg-about">{escape(about)}</p>'
    groups = _groups(document, passages, own)
    return f'<div class="bg-form"><div class="bg-sheet">{head}{_fields(document, own)}</div>{groups}</div>'


def _fields(document: Document, own: bool) -> str:
    if not own:
        genre, year = escape(document.genre or "无"), document.year or "不详"
        return f'<p class="bg-fixed">文种：{genre}　年份：{year}　<small>程序自带，只能查看。</small></p>'
    genres = [("", "（未定）"), *((name, name) for name in genre_names())]
    chosen = _select('data-field="genre"', genres, document.genre)
    name, title = escape(document.id), escape(document.title)
    return (
        '<p class="bg-fields">'
        f"<label>文种 {chosen}</label>"
        f'<label>年份 <input type="number" data-field="year" min="1900" max="2100" placeholder="不详" '
        f'value="{document.year or ""}"></label>'
        f'<button type="button" class="bg-button bg-strong" data-act="retype" data-value="{name}">保存更正</button>'
        f'<button type="button" class="bg-button" data-act="uncorpus" data-value="{name}" data-name="{title}">'
        "移出资料库</button></p>"
    )


def _groups(document: Document, passages: Sequence[Passage], own: bool) -> str:
    """Return the passages, those in a row under one heading and of one type together."""
    corrected = dict(document.sections)
    parts, number, seen = [], 0, set[str]()
    for (heading, section), group in groupby(passages, key=lambda item: (item.heading, item.section)):
        members = list(group)
        key = heading_of(members[0])
        typed = f'<span class="bg-section">{escape(section or "未归类")}</span>'
        closing = section == "结语" and corrected.get(key) != section  # known by its form, not by its heading
        if own and key not in seen and not closing:
            seen.add(key)
            typed = _section(key, section, corrected)
        size = sum(len("".join(item.text.split())) for item in members)
        parts.append(
            f'<section class="bg-group"><div class="bg-group-head"><b>{_path(heading)}</b>{typed}'
            f"<small>{len(members)}段，{size}字</small></div>"
        )
        for item in members:
            number += 1
            length = len("".join(item.text.split()))
            parts.append(
                f'<p class="bg-piece"><small>第{number}段<br>{length}字</small><span>{escape(item.text)}</span></p>'
            )
        parts.append("</section>")
    return "".join(parts)


def _path(heading: tuple[str, ...]) -> str:
    return escape(" › ".join(heading)) or "（没有标题）"


def _section(heading: str, section: str, corrected: Mapping[str, str]) -> str:
    """Return the choice of the section type, as recognised or as corrected."""
    by_hand = heading in corrected
    automatic = "按标题自动识别" if by_hand else f"自动：{section or '未归类'}"
    choices = [(AUTO, automatic), ("", "不归类"), *((name, name) for name in section_names())]
    label = f'data-heading="{escape(heading)}" aria-label="部分：{escape(heading)}"'
    tag = '<small class="bg-by-hand">已更正</small>' if by_hand else ""
    return _select(label, choices, corrected[heading] if by_hand else AUTO) + tag


def _select(attributes: str, choices: Iterable[tuple[str, str]], chosen: str) -> str:
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
        for value, label in choices
    )
    return f"<select {attributes}>{options}</select>"
