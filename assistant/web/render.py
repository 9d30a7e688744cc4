"""HTML of what the page shows beside chat and canvas. Pure functions; every text is escaped.

Buttons carry `data-act` and `data-value`; page.js sends them to the server or acts on them itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from html import escape
from typing import Any
from unicodedata import category

from assistant.records import (
    DEGREE_NAMES,
    KIND_NAMES,
    TASK_NAMES,
    Change,
    Evidence,
    Finding,
    Material,
    Passage,
    Request,
)
from assistant.workspace import Conversation, Version

ADAPT_NAMES = {"": "自动", "adapt": "例文改写", "model": "模型撰写"}
GATHER_SECONDS = 600  # versions typed within ten minutes of each other are shown as one
HITS_SHOWN = 8
MARKED = 5  # characters: shorter runs that sentence and source share say nothing


def empty(sentence: str) -> str:
    """Return the sentence that stands where there is nothing yet."""
    return f'<p class="bg-empty">{escape(sentence)}</p>'


def button(label: str, act: str, value: str = "", title: str = "", more: str = "") -> str:
    """Return a button; `act` names what it does and `value` with what."""
    hint = f' title="{escape(title)}"' if title else ""
    return (
        f'<button type="button" class="bg-button {more}" data-act="{escape(act)}" '
        f'data-value="{escape(value)}"{hint}>{escape(label)}</button>'
    )


# 对话, 材料


def conversations(items: Sequence[Conversation], current: str, running: Iterable[str] = ()) -> str:
    """Return the list of conversations, the current one marked, those with a job at work dotted."""
    if not items:
        return empty("没有对话。")
    busy = set(running)
    rows = []
    for item in items:
        classes = " ".join(
            ["bg-row", *(["bg-on"] if item.id == current else []), *(["bg-busy"] if item.id in busy else [])]
        )
        rows.append(
            f'<li class="{classes}">{button(item.title, "open", item.id, item.title, "bg-name")}'
            f'<span class="bg-tools">{_asking("改名", "rename", item)}{_asking("删除", "delete", item)}</span></li>'
        )
    return f'<ul class="bg-list">{"".join(rows)}</ul>'


def _asking(label: str, act: str, item: Conversation) -> str:
    return (
        f'<button type="button" class="bg-button" data-act="{act}" data-value="{escape(item.id)}" '
        f'data-name="{escape(item.title)}" aria-label="{label}：{escape(item.title)}">{label}</button>'
    )


def materials(items: Sequence[Material], warned: Mapping[str, Sequence[Finding]] | None = None) -> str:
    """Return the materials of a conversation as chips that can be taken out.

    `warned` says by their names what in them speaks to the model instead of the reader.
    """
    chips = [
        f'<span class="bg-chip" title="{escape(item.name)}，{len(item.text)}字"><span>{escape(item.name)}</span>'
        f"{button('×', 'drop', item.name, f'移出材料：{item.name}')}</span>"
        for item in items
    ]
    told = "".join(_told(name, found) for name, found in (warned or {}).items() if found)
    return f'<div class="bg-chips">{"".join(chips)}</div>{told}' if chips else ""


def _told(name: str, found: Sequence[Finding]) -> str:
    """Return the sentences of a material that speak to the model; signs that no reader sees are shown as □."""
    quotes = "".join(
        f"<li>“{escape(''.join('□' if category(char) == 'Cf' else char for char in item.quote))}”</li>"
        for item in found
    )
    return (
        f'<details class="bg-told"><summary>材料“{escape(name)}”里有{len(found)}句像是写给模型的话，不会照办，'
        f'也不会写进文稿。请查清来源</summary><ul class="bg-notes">{quotes}</ul></details>'
    )


# 回复和理解


def reply(text: str, below: str = "", growing: bool = False) -> str:
    """Return a reply: its sentences as they are, and the HTML that belongs to it."""
    classes = "bg-reply bg-growing" if growing else "bg-reply"
    return f'<div class="{classes}"><div class="bg-text">{escape(text)}</div>{below}</div>'


def understanding(request: Request | None, adapt: str = "") -> str:
    """Return one line saying how the request was understood."""
    if request is None:
        return ""
    shown = [("任务", TASK_NAMES[request.task])]
    corrected = "、".join(f"{item.wrong}→{item.right}" for item in request.corrections)
    if request.task in ("draft", "document"):
        shown += [
            ("文种", request.genre or "未定"),
            ("部分", request.section or ("全篇" if request.task == "document" else "未定")),
            ("要点", "、".join(request.topics) or "按例文常见的写"),
            ("字数", f"约{request.length}字" if request.length else "按常规"),
            ("写法", ADAPT_NAMES[adapt]),
            *([("必用", "、".join(request.must))] if request.must else []),
            *([("不用", "、".join(request.never))] if request.never else []),
            *([("更正", corrected)] if corrected else []),
            *([("补充", "、".join(request.own))] if request.own else []),
        ]
    elif request.task == "revise":
        length = [("字数", f"{request.length}字")] if request.length else []
        start, end = request.span if request.place else (0, len(request.text))
        scope = f"{request.place}，{end - start}字" if request.place else f"{len(request.text)}字"
        locked = [("不动", f"{len(request.locked)}处")] if request.locked else []
        shown += [("要求", request.instruction or "润色"), *length, ("范围", scope), *locked]
    elif request.task == "find":
        shown.append(("查", request.query))
    items = "".join(f"<span><b>{label}</b>{escape(value)}</span>" for label, value in shown)
    doubts = "".join(f'<p class="bg-doubt">{escape(doubt)}</p>' for doubt in request.doubts)
    return f'<div class="bg-understood"><i>理解为</i>{items}</div>{doubts}'


# 依据


def passage(item: Passage, sentence: str = "") -> str:
    """Return a passage verbatim with its title, place and source; what `sentence` shares with it is marked."""
    text = _marked(item.text, sentence)
    place = " / ".join((*item.heading, f"第{item.position + 1}字起"))
    when = item.date or (str(item.year) if item.year else "")
    facts = " · ".join(filter(None, (item.genre, item.section, item.issuer, when)))
    return (
        f'<figure class="bg-passage"><blockquote>{text}</blockquote><figcaption>'
        f"<b>〔{KIND_NAMES[item.kind]}〕《{escape(item.title.strip('《》'))}》</b> {escape(place)}"
        f"{f'<br>{escape(facts)}' if facts else ''}</figcaption></figure>"
    )


def _marked(text: str, sentence: str) -> str:
    """Return `text` as HTML with every run of MARKED characters or more that also stands in `sentence` marked."""
    shown, done = "", 0
    for block in SequenceMatcher(None, text, sentence, autojunk=False).get_matching_blocks():
        if block.size >= MARKED:
            run = text[block.a : block.a + block.size]
            shown += f"{escape(text[done : block.a])}<mark>{escape(run)}</mark>"
            done = block.a + block.size
    return shown + escape(text[done:])


def evidence(text: str, items: Sequence[Evidence]) -> str:
    """Return the sentences of `text`, each with its degree and, folded, the passages it rests on."""
    if not items:
        return empty(
            "起草之后，这里逐句列出依据：哪些是引用，哪些由例文改写，哪些是文种的固定格式，哪些是模型写的。"
        )
    counts = {degree: sum(item.degree == degree for item in items) for degree in DEGREE_NAMES}
    legend = "".join(
        f'<span class="bg-{degree}"><b>{name}</b>{counts[degree]}句</span>'
        for degree, name in DEGREE_NAMES.items()
        if counts[degree]
    )
    return f'<div class="bg-legend">{legend}</div>' + "".join(_evidence_entry(text, item) for item in items)


def _evidence_entry(text: str, item: Evidence) -> str:
    sentence = text[item.start : item.end].strip()
    tag = f'<span class="bg-tag">{DEGREE_NAMES[item.degree]}</span>'
    head = f'{tag}<span class="bg-sentence">{escape(sentence)}</span>'
    place = f'data-start="{item.start}" data-end="{item.end}"'
    if not item.hits:
        return f'<div class="bg-entry bg-{item.degree}" {place} data-act="show"><div class="bg-head">{head}</div></div>'
    share = (
        f'<p class="bg-share">与首条出处重合{round(item.overlap * 100)}%</p>'
        if item.degree == "adapted"
        else ""
    )
    passages = "".join(passage(hit.passage, sentence) for hit in item.hits)
    return (
        f'<details class="bg-entry bg-{item.degree}" {place}><summary class="bg-head" data-act="show">{head}</summary>'
        f"{share}{passages}</details>"
    )


# 修订


def changes(steps: Sequence[Change], notes: Sequence[str] = ()) -> str:
    """Return the difference with deletions struck and insertions underlined, and what is to be said about it."""
    if not steps:
        return empty("润色、压缩之后，这里显示改了哪里。")
    shown = "".join(_change(step) for step in steps)
    number = sum(step.op != "equal" for step in steps)
    said = "".join(f"<li>{escape(note)}</li>" for note in notes)
    list_ = f'<ul class="bg-notes">{said}</ul>' if said else ""
    return f'<div class="bg-legend"><span>{f"改动{number}处" if number else "没有改动"}</span></div>{list_}<div class="bg-diff">{shown}</div>'


def _change(step: Change) -> str:
    if step.op == "equal":
        return escape(step.after)
    gone = f"<del>{escape(step.before)}</del>" if step.before else ""
    came = f"<ins>{escape(step.after)}</ins>" if step.after else ""
    return gone + came


# 版本


def gathered(items: Sequence[Version]) -> list[Version]:
    """Return the versions, latest first; of those typed in one go only the last."""
    shown: list[Version] = []
    for item in reversed(items):
        typed = item.origin == "手工修改"
        if (
            typed
            and shown
            and shown[-1].origin == item.origin
            and shown[-1].created - item.created < GATHER_SECONDS
        ):
            continue
        shown.append(item)
    return shown


def versions(items: Sequence[Version]) -> str:
    """Return the states of the manuscript, latest first, the earlier ones with 恢复."""
    if not items:
        return empty("文稿的每一稿都保存在这里，可以恢复。")
    rows = [
        f'<li class="bg-row"><span class="bg-name"><b>{escape(item.origin)}</b> {moment(item.created)} '
        f"<small>{len(''.join(item.text.split()))}字 {escape(_opening(item.text))}</small></span>"
        + (f"{button('恢复', 'restore', str(item.id))}" if number else '<small class="bg-now">当前</small>')
        + "</li>"
        for number, item in enumerate(gathered(items))
    ]
    return f'<ul class="bg-list">{"".join(rows)}</ul>'


def moment(seconds: float) -> str:
    """Return a time as the page shows it."""
    return time.strftime("%m-%d %H:%M", time.localtime(seconds))


def _opening(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "（空）")
    return line[:24]


# 查提法


def found(answer: Mapping[str, Any]) -> str:
    """Return the formulations and passages of a look-up (see stored.found_to_data), verbatim.

    Each has its source and 复制, 插入文稿.
    """
    named = "".join(_formulation(item) for item in answer["formulations"])
    names = {item["name"] for item in answer["formulations"]}
    passages = [Passage(**{**item, "heading": tuple(item["heading"])}) for item in answer["hits"]]
    kept = [item for item in passages if item.kind != "formulation" or item.title not in names][:HITS_SHOWN]
    if not named and not kept:
        return empty("资料库里没有找到相符的内容。换个说法再查，或者在左边“资料库”里添加资料。")
    hits = "".join(f'<div class="bg-hit">{passage(item)}{_taking(item.text)}</div>' for item in kept)
    what = f"资料库原文 {len(kept)}条" + ("" if answer.get("fits", True) else "：最接近的，未必合用")
    more = f'<details class="bg-more"{"" if named else " open"}><summary>{what}</summary>{hits}</details>'
    return f'<div class="bg-found">{named}{more if kept else ""}</div>'


def _formulation(item: Mapping[str, Any]) -> str:
    origin = "，".join(filter(None, (item["issuer"], item["date"])))
    source = f"《{item['source'].strip('《》')}》" + (f"（{origin}）" if origin else "")
    ended = f"用到{item['valid_until']}" if item["valid_until"] else ""
    ended += f"，其后用“{item['replaced_by']}”" if ended and item["replaced_by"] else ""
    quote = item["quote"] if item["quote"] != item["text"] else ""
    lines = [
        f"<p>出处：{escape(source)}</p>",
        f"<blockquote>{escape(quote)}</blockquote>" if quote else "",
        f'<p class="bg-wrong">不要写作：{escape("、".join(item["wrong"]))}</p>' if item["wrong"] else "",
        f'<p class="bg-wrong">{escape(ended)}</p>' if ended else "",
        f"<p>{escape(item['note'])}</p>" if item["note"] else "",
    ]
    return (
        f'<figure class="bg-formulation"><figcaption class="bg-title">{escape(item["name"])}</figcaption>'
        f'<blockquote class="bg-wording">{escape(item["text"])}</blockquote>{_taking(item["text"])}'
        f'<div class="bg-origin">{"".join(lines)}</div></figure>'
    )


def _taking(text: str) -> str:
    return f'<div class="bg-taking">{button("复制", "copy", text)}{button("插入文稿", "insert", text)}</div>'


def export_card() -> str:
    """Return the buttons that export the manuscript, for the chat."""
    return f'<div class="bg-taking">{button("导出 Word", "export")}</div>'
