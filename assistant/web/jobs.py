"""Carry out one request in the background and keep every stage of it in the workspace."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from assistant.errors import AssistantError, RequestError
from assistant.pipeline import Step
from assistant.records import RENEWAL, Draft, Finding, Request, Revision
from assistant.web import stored, view
from assistant.web.desk import Desk, Run

Result = TypeVar("Result")
STORE_EVERY = 1.0  # seconds between two writes of a growing reply
ADAPT = {"": None, "adapt": True, "model": False}


@dataclass(frozen=True, slots=True)
class Order:
    """A request with what surrounds it.

    `reply` is the message that grows. The result stands between `head` and `tail` in the manuscript.
    `adapt` is "", "adapt" (例文改写) or "model" (模型撰写).
    """

    conversation: str
    reply: int
    request: Request
    head: str = ""
    tail: str = ""
    adapt: str = ""
    seed: int = 0

    def data(self, state: str, **more: Any) -> dict[str, Any]:
        """Return what is stored with the reply in `state`."""
        return {
            "state": state,
            "request": stored.request_to_data(self.request),
            "length": len(self.request.text),
            "adapt": self.adapt,
            "seed": self.seed,
            **more,
        }


Outcome = tuple[str, dict[str, Any]]  # the sentences of the reply, and more to store with it


def carry_out(desk: Desk, order: Order, run: Run) -> None:
    """Do what `order` asks; the reply ends as done, stopped, failed or, should all else fail, broken."""
    text, data = "出了程序错误，这一次没有写完。请重试；仍然这样，请把日志发给维护者。", order.data("broken")
    try:
        by_rules = order.request.instruction == RENEWAL
        if order.request.task in ("draft", "document", "revise", "find") and not by_rules:
            desk.preparation.wait(
                run.cancel, lambda: run.tell(f"正在准备：{desk.assistant.state or '请稍候'}")
            )
        text, more = _TASKS[order.request.task](desk, order, run)
        data = order.data("stopped" if run.cancel.is_set() else "done", **more)
    except AssistantError as error:
        written = run.text and run.text.strip()  # kept, although the job failed
        kept = {"version": _save(desk, order, run.text, "未写完的稿子", {})} if run.text and written else {}
        text, data = str(error), order.data("failed", **kept)
    finally:
        desk.assistant.workspace.update_message(order.reply, text, data)


def _grow(desk: Desk, order: Order, run: Run, steps: Generator[Step, None, Result]) -> Result:
    """Run a job to its end; the page sees every step, the workspace one a second."""
    written = 0.0
    while True:
        try:
            step = next(steps)
        except StopIteration as finished:
            result: Result = finished.value
            return result
        run.tell(step.note or "正在写", order.head + step.text + order.tail)
        if time.monotonic() - written >= STORE_EVERY:
            written = time.monotonic()
            data = order.data("generating", partial=run.text)
            desk.assistant.workspace.update_message(order.reply, step.note, data)


def _draft(desk: Desk, order: Order, run: Run) -> Outcome:
    if run.cancel.is_set():
        return "已停止，还没有开始写。", {}
    steps = desk.assistant.draft(
        order.request,
        owner=order.conversation,
        on_place=run.place,
        cancel=run.cancel,
        adapt=ADAPT[order.adapt],
        seed=order.seed,
    )
    draft: Draft = _grow(desk, order, run, steps)
    if not draft.text.strip():
        return "\n".join(draft.notes) or "已停止，还没有写出文字。", {}
    shift = len(order.head)
    text = order.head + draft.text + order.tail
    found = [replace(item, start=item.start + shift, end=item.end + shift) for item in draft.findings]
    data = {
        "passages": stored.passages_to_data(hit for item in draft.evidence for hit in item.hits),
        "sentences": stored.sentences_to_data(draft.text, draft.evidence),
        "findings": stored.findings_to_data(found),
        "genre": order.request.genre,
    }
    origin = "全文" if order.request.task == "document" else "起草"
    replaced = _replaced(desk, order)
    version = _save(desk, order, text, origin + _stopped(run), data)
    name = order.request.section or order.request.title or order.request.genre
    blanks = draft.text.count("××")
    said = [
        f"“{name}”{'停在这里' if run.cancel.is_set() else '写好了'}，{_count(draft.text)}字，在右边文稿里。",
        *(
            [f"有{blanks}处××，是材料里没有给出{'或标了不用' if order.request.never else ''}的事实，请补上。"]
            if blanks
            else []
        ),
        *([f"审校有{found_}处提示，见“审校”。"] if (found_ := len(_shown(desk, order))) else []),
        *dict.fromkeys(draft.notes),
        *replaced,
    ]
    return "\n".join(said), {"version": version, "tab": "evidence", "engine": draft.engine}


def _revise(desk: Desk, order: Order, run: Run) -> Outcome:
    if run.cancel.is_set():
        return "已停止，还没有开始改。", {}
    steps = desk.assistant.revise(
        order.request, owner=order.conversation, on_place=run.place, cancel=run.cancel, seed=order.seed
    )
    revision: Revision = _grow(desk, order, run, steps)
    if not revision.text.strip():
        return "\n".join(revision.notes) or "已停止，还没有改出文字。", {}
    new = [
        item
        for item in revision.evidence
        if revision.text[item.start : item.end].strip() not in revision.original
    ]
    notes = [*_facts(revision), *revision.notes]
    shift = len(order.head)
    found = [replace(item, start=item.start + shift, end=item.end + shift) for item in revision.findings]
    data = {
        "passages": stored.passages_to_data(hit for item in new for hit in item.hits),
        "sentences": stored.sentences_to_data(revision.text, new),
        "findings": stored.findings_to_data(found),
        "changes": stored.changes_to_data(revision.changes),
        "notes": notes,
        "genre": order.request.genre,
    }
    text, replaced = order.head + revision.text + order.tail, _replaced(desk, order)
    version = _save(desk, order, text, (order.request.instruction or "润色") + _stopped(run), data)
    number = sum(change.op != "equal" for change in revision.changes)
    said = f"改动{number}处，见“修订”。" if number else "没有改出更好的，文字未动。"
    return "\n".join([said, *notes, *replaced]), {
        "version": version,
        "tab": "changes",
        "engine": revision.engine,
    }


def _facts(revision: Revision) -> list[str]:
    """Return what became of the original's facts, in a sentence."""
    if revision.lost_facts:
        lost = "、".join(fact.text for fact in revision.lost_facts)
        return [f"请核对，原文的这些内容没有保留：{lost}。"]
    if revision.kept_facts:
        return [f"原文的{len(revision.kept_facts)}处数字、日期、名称等都保留了。"]
    return []


def _find(desk: Desk, order: Order, run: Run) -> Outcome:
    found = desk.assistant.find(order.request.query or order.request.words)
    if found.formulations and not found.exact:
        said = f"没有字面相同的规范表述，与“{found.query}”最接近的有{len(found.formulations)}条，请核对是不是要找的。"
    elif found.formulations:
        said = f"“{found.query}”：规范表述{len(found.formulations)}条。以下都是原文，未经模型改写。"
    elif found.hits and not found.fits:
        said = f"没有找到能直接回答“{found.query}”的内容，以下几段最接近，未必合用，请核对。"
    elif found.hits:
        said = f"没有收录“{found.query}”的规范表述，以下是资料库里的相关原文，未经模型改写。"
    else:
        said = f"没有查到“{found.query}”。"
    return said, {"found": stored.found_to_data(found)}


def _check(desk: Desk, order: Order, run: Run) -> Outcome:
    text = order.request.text
    if not text.strip():
        raise RequestError("没有要审校的文字。", "请先在文稿里写好，或者把要审校的文字粘贴在要求后面。")
    current = desk.assistant.workspace.current_version(order.conversation)
    more: dict[str, Any] = {"tab": "findings"}
    if current is None or current.text.strip() != text.strip():
        more["version"] = _save(desk, order, text, "送审的文字", {"genre": order.request.genre})
    found = _shown(desk, order)
    said = (
        f"查完了，有{len(found)}处要看，见右边“审校”。"
        if found
        else "查完了，没有发现问题。数字、人名和文号仍请逐项核对。"
    )
    return said, more


def _export(desk: Desk, order: Order, run: Run) -> Outcome:
    return "点下面的按钮导出当前文稿。", {"export": True}


_TASKS: dict[str, Callable[[Desk, Order, Run], Outcome]] = {
    "draft": _draft,
    "document": _draft,
    "revise": _revise,
    "find": _find,
    "check": _check,
    "export": _export,
}


def _save(desk: Desk, order: Order, text: str, origin: str, data: dict[str, Any]) -> int:
    """Store a new version; what is known of sentences that stay comes along.

    Return its number, 0 when the conversation was deleted meanwhile.
    """
    workspace = desk.assistant.workspace
    if all(item.id != order.conversation for item in workspace.conversations()):
        return 0
    before = stored.base_of(workspace.versions(order.conversation))
    earlier = before.data if before else {}
    known = {entry["text"] for entry in data.get("sentences", ())}
    stay = [
        item for item in earlier.get("sentences", ()) if item["text"] in text and item["text"] not in known
    ]
    used = {key for item in stay for key in item["hits"]}
    passages = {key: value for key, value in earlier.get("passages", {}).items() if key in used}
    whole = {
        **data,
        "sentences": [*stay, *data.get("sentences", ())],
        "passages": {**passages, **data.get("passages", {})},
        "findings": [*stored.kept_findings(earlier), *stored.kept_findings(data)],
    }
    return workspace.save_version(order.conversation, text, origin, whole).id


def _shown(desk: Desk, order: Order) -> tuple[Finding, ...]:
    """Return the findings that the page shows on the manuscript."""
    versions = desk.assistant.workspace.versions(order.conversation)
    entries = view.entries_of(desk, order.conversation)
    return view.findings_of(desk, order.conversation, versions, entries)


def _replaced(desk: Desk, order: Order) -> list[str]:
    """Say where the manuscript is that the result takes the place of."""
    before = desk.assistant.workspace.current_version(order.conversation)
    whole = not order.head and not order.tail and before is not None and bool(before.text.strip())
    return (
        ["原来的文稿在“版本”里，可以恢复。"] if before and whole and before.text != order.request.text else []
    )


def _stopped(run: Run) -> str:
    return "（停止）" if run.cancel.is_set() else ""


def _count(text: str) -> int:
    return len("".join(text.split()))
