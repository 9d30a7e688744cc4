"""HTML of the tabs 审校 and 事实: findings with what can be done about them, and the fact ledger. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from assistant.records import FACT_NAMES, LASTING, OWN_FACTS, Dismissal, Entry, Finding
from assistant.web.render import button, empty

SEVERITY_NAMES = {"error": "错误", "warning": "警告", "hint": "提示"}
CLAUSES = 3  # clauses of a fact shown at once; the others stand where it is corrected
MANY = 12  # entries from which on the ledger has a field to filter them
_KINDS = ("figure", "date", "document_number", "title", "organ", "person", "quotation", "")
_FIGURE = re.compile(r"(第?[\d.,．，]+)(.*)", re.DOTALL)

# 审校


def key_of(finding: Finding) -> str:
    """Return what tells a finding from the others on the same text."""
    return f"{finding.rule} {finding.start} {finding.end}"


def replaceable(finding: Finding) -> bool:
    """Tell whether the suggestion can take the place of the quotation."""
    return bool(finding.quote) and finding.suggestion != finding.quote and finding.fix


def safe_fixes(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that can be fixed at once, no two on the same words, in the order of their places."""
    chosen: list[Finding] = []
    for item in sorted(filter(replaceable, findings), key=lambda item: (item.start, item.end)):
        if not chosen or item.start >= chosen[-1].end:
            chosen.append(item)
    return chosen


def findings(text: str, items: Sequence[Finding], dismissed: Mapping[int, Dismissal] | None = None) -> str:
    """Return the findings with place, message, suggestion and source, and what can be done about each.

    `dismissed` is what is not shown, by the numbers it is taken back with.
    """
    if not text.strip():
        return empty("文稿里还没有文字。") + _dismissed(dismissed or {})
    if not items:
        return empty("没有发现问题。数字、人名和文号仍请逐项核对。") + _dismissed(dismissed or {})
    counts = "，".join(
        f"{name}{number}处"
        for severity, name in SEVERITY_NAMES.items()
        if (number := sum(item.severity == severity for item in items))
    )
    safe = len(safe_fixes(items))
    every = button(f"全部改正（{safe}处）", "fix-all", "", "只改有把握的；可以撤销") if safe else ""
    legend = f'<div class="bg-legend"><span>共{len(items)}处：{counts}</span>{every}</div>'
    return legend + "".join(_finding_entry(text, item) for item in items) + _dismissed(dismissed or {})


def line_of(text: str, offset: int) -> int:
    """Return the number of the line, from 1, that `offset` stands in."""
    return text.count("\n", 0, offset) + 1


def _finding_entry(text: str, item: Finding) -> str:
    advice = f'<span class="bg-advice">建议：{escape(item.suggestion)}</span>' if item.suggestion else ""
    quote = f"“{escape(item.quote)}”" if item.quote else "全文"
    source = f'<span class="bg-source">依据：{escape(item.source)}</span>' if item.source else ""
    return (
        f'<div class="bg-entry bg-{item.severity}"><div class="bg-head" role="button" tabindex="0" data-act="show" data-start="{item.start}" '
        f'data-end="{item.end}"><span class="bg-tag">{SEVERITY_NAMES[item.severity]}</span>'
        f'<span class="bg-sentence">第{line_of(text, item.start)}段 {quote}</span></div>'
        f'<p class="bg-message"><span>{escape(item.message)}</span>{advice}</p>'
        f'<div class="bg-doing">{source}{_doing(item)}</div></div>'
    )


def _doing(item: Finding) -> str:
    """Return the buttons of a finding."""
    key = key_of(item)
    fix = button("改正", "fix", key, _made(item), "bg-do") if replaceable(item) else ""
    ignore = button("忽略", "ignore", key, "这篇文稿的这一句不再提示；句子改动后重新检查")
    if item.rule in LASTING:
        return fix + ignore
    words = button(f"“{_short(item.quote)}”都不再提示", "never-words", key) if item.quote else ""
    kind = button("这一类都不再提示", "never-rule", key)
    return (
        f'{fix}{ignore}<details class="bg-choose"><summary>不再提示</summary>'
        f"<span>以后所有文稿里：</span>{words}{kind}</details>"
    )


def _made(item: Finding) -> str:
    return f"改成“{item.suggestion}”" if item.suggestion else f"删去“{item.quote}”"


def _dismissed(items: Mapping[int, Dismissal]) -> str:
    """Return the list of what is not shown, from which it can be taken back."""
    here = {number: item for number, item in items.items() if item.place}
    anywhere = {number: item for number, item in items.items() if not item.place}
    lists = (("本稿忽略的", here), ("所有文稿不再提示的", anywhere))
    return "".join(
        f'<details class="bg-more bg-dismissed"><summary>{name} {len(chosen)}条</summary>'
        f'<ul class="bg-list">{"".join(_dismissed_row(number, item) for number, item in chosen.items())}</ul></details>'
        for name, chosen in lists
        if chosen
    )


def _dismissed_row(number: int, item: Dismissal) -> str:
    what = f"“{_short(item.quote)}”" if item.quote else "" if item.place else "这一类："
    return (
        f'<li class="bg-row"><span class="bg-name" title="{escape(item.place or item.said)}">{escape(what)}'
        f"<small>{escape(item.said)}</small></span>{button('恢复提示', 'take-back', str(number))}</li>"
    )


def _short(words: str) -> str:
    return words if len(words) <= 12 else words[:12] + "…"


# 事实


def unit_of(fact: str) -> str:
    """Return what stands behind the digits of a figure, "" where there are none."""
    match = _FIGURE.fullmatch(fact)
    return match[2] if match else ""


def facts(items: Sequence[Entry], own: Sequence[str] = ()) -> str:
    """Return the fact ledger by kinds: each fact with what it is about, where it is from, and what can be decided.

    `own` are the sentences the user added.
    """
    listed = "".join(
        f'<li class="bg-row"><span class="bg-name">{escape(item)}</span>'
        f"{button('移出', 'unown', item, f'移出：{item}')}</li>"
        for item in own
    )
    add = (
        '<div class="bg-line"><input class="bg-input" data-field maxlength="200" aria-label="补充一条事实" '
        'placeholder="补充材料里没有的，连同是什么一起写，如：新增党员5名">'
        f"{button('补充', 'own', '', more='bg-do')}</div>"
        + (f'<ul class="bg-list bg-own">{listed}</ul>' if own else "")
    )
    if not items:
        return add + empty(
            "要求和材料里的数字、日期、文号、名称会列在这里，可以逐条更正，定为“必用”（漏写会提醒）或“不用”（写成××）。"
        )
    must, never = (sum(item.mark == mark for item in items) for mark in ("must", "never"))
    right = sum(bool(item.was) for item in items)
    said = (("必用", must), ("不用", never), ("更正", right))
    marked = "".join(f"，{name}{number}条" for name, number in said if number)
    narrow = (
        '<input class="bg-input" data-filter aria-label="筛选事实" placeholder="筛选：数字、单位、前后的话">'
        if len(items) >= MANY
        else ""
    )
    legend = f'<div class="bg-legend"><span>共{len(items)}条{marked}</span>{narrow}</div>'
    return add + legend + "".join(_kind(kind, items) for kind in _KINDS)


def _kind(kind: str, items: Sequence[Entry]) -> str:
    own = [item for item in items if item.kind == kind]
    if not own:
        return ""
    return (
        f'<details class="bg-kind" data-kind="{kind}" open><summary>{FACT_NAMES[kind]}<small>{len(own)}条</small></summary>'
        f"{''.join(_fact_entry(item) for item in own)}</details>"
    )


def _fact_entry(item: Entry) -> str:
    whence = item.whence or "要求和材料里都没有了"
    unit = unit_of(item.fact)
    bare = item.fact.removesuffix(unit)
    value = f"{escape(bare)}<small>{escape(unit)}</small>" if unit else escape(item.fact)
    matters = [clause for clause in (item.about, *item.clauses) if clause]
    clauses = "".join(f"<span>{escape(clause)}</span>" for clause in matters[:CLAUSES])
    if len(matters) > CLAUSES:
        clauses += f"<small>等{len(matters)}处</small>"
    was = ""
    if item.was:
        back = button("撤回更正", "uncorrect", item.fact, f"改回{item.was}")
        was = f'<span class="bg-was">您更正的，原为“{escape(item.was)}”{back}</span> · '
    return (
        f'<div class="bg-entry bg-fact {f"bg-{item.mark}" if item.mark else ""}"><div class="bg-head">'
        f'<b class="bg-sentence">{value}</b><span class="bg-clauses">{clauses}</span>'
        f"{_toggle('必用', 'must', item)}{_toggle('不用', 'never', item)}</div>{_correcting(item)}"
        f'<p class="bg-source">{was}{escape(whence)}</p></div>'
    )


def _correcting(item: Entry) -> str:
    """Return the fields in which a fact is corrected, one for each clause it stands in."""
    if not item.origins or item.origins == (f"material:{OWN_FACTS}",):
        return ""
    clauses = (item.about, *item.clauses)
    lines = "".join(
        f'<div class="bg-line"><span>{escape(clause)}</span><input class="bg-input" data-field '
        f'value="{escape(item.fact)}" aria-label="把“{escape(item.fact)}”更正为">'
        f'<button type="button" class="bg-button bg-do" data-act="correct" data-value="{escape(item.fact)}" '
        f'data-about="{escape(clause)}">改为</button></div>'
        for clause in clauses
    )
    return (
        f'<details class="bg-correct"><summary aria-label="更正：{escape(item.fact)}">更正</summary>'
        f"<div>{lines}</div></details>"
    )


def _toggle(label: str, act: str, item: Entry) -> str:
    on = item.mark == act
    return (
        f'<button type="button" class="bg-button bg-toggle" data-act="{act}" data-value="{escape(item.fact)}" '
        f'aria-pressed="{str(on).lower()}" aria-label="{label}：{escape(item.fact)}">{label}</button>'
    )
