"""What the page shows of one conversation, as plain values by the names of page.py's components."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from itertools import zip_longest
from typing import Any

from assistant.errors import RequestError
from assistant.pipeline import instructions_in, is_dismissed, link_evidence, settled_ledger, without_dismissed
from assistant.records import Dismissal, Entry, Evidence, Filters, Finding, Request
from assistant.web import panels as panels_
from assistant.web import render, shelf, stored
from assistant.web.desk import READY, Desk, Run, update
from assistant.workspace import ChatMessage, Version

View = dict[str, Any]
UNFINISHED = "（上次没有写完）"
NOTE = "note"  # the state of a message that says what was changed by hand


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message of the chat: the user's as plain text, a reply as HTML of our own."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What the list of the corpus is narrowed by, "" for everything, and the document that is open."""

    kind: str = ""
    genre: str = ""
    section: str = ""
    year: str = ""
    words: str = ""
    chosen: str = ""


ALL = Choice()


def known(desk: Desk, conversation: str) -> None:
    """Raise RequestError when the conversation is gone (deleted in another window)."""
    if all(item.id != conversation for item in desk.assistant.workspace.conversations()):
        raise RequestError("这个对话已经删除。", "请在左边另选一个，或者新建对话。")


def whole(desk: Desk, conversation: str) -> View:
    """Return everything the page shows of a conversation."""
    recover(desk, conversation)
    messages = desk.assistant.workspace.messages(conversation)
    return {
        "conversation": conversation,
        "chat": bubbles(messages),
        **materials(desk, conversation),
        **fields(messages),
        **listing(desk, conversation),
        **manuscript(desk, conversation),
        **idle(),
    }


def idle() -> View:
    """Return the controls as they are when no job is at work."""
    return {"send": update(visible=True), "stop": update(visible=False)}


def at_work(run: Run) -> View:
    """Return what changes on the page while a job grows."""
    view: View = {
        "send": update(visible=False),
        "stop": update(visible=True),
    }
    if run.text is not None:
        view["canvas"] = update(value=run.text, interactive=False)
        view["count"] = count(run.text)
    return view


def listing(desk: Desk, conversation: str, words: str = "") -> View:
    """Return the list of conversations that contain `words`."""
    items = desk.assistant.workspace.conversations(words)
    return {"conversations": render.conversations(items, conversation, desk.runs.busy())}


def recover(desk: Desk, conversation: str) -> None:
    """Mark replies whose job died with the program, and keep what they had written as a version."""
    if desk.runs.active(conversation):
        return
    workspace = desk.assistant.workspace
    for message in workspace.messages(conversation):
        if message.data.get("state") == "generating":
            partial = message.data.get("partial", "")
            if partial.strip():
                workspace.save_version(
                    conversation, partial, "未写完的稿子", {"sentences": [], "passages": {}}
                )
            data = {key: value for key, value in message.data.items() if key != "partial"}
            workspace.update_message(message.id, UNFINISHED, {**data, "state": "broken"})


def bubbles(messages: tuple[ChatMessage, ...]) -> list[Bubble]:
    """Return the chat, one bubble for each stored message."""
    return [
        Bubble(item.role, item.text if item.role == "user" else render.reply(item.text, below(item)))
        for item in messages
    ]


def below(message: ChatMessage) -> str:
    """Return what stands under the sentences of a reply: how the request was understood, what was found."""
    parts = [render.understanding(_request(message), message.data.get("adapt", ""))]
    if "found" in message.data:
        parts.append(render.found(message.data["found"]))
    if message.data.get("export"):
        parts.append(render.export_card())
    return "".join(parts)


def _request(message: ChatMessage) -> Request | None:
    data = message.data.get("request")
    if data is None:
        return None
    return stored.request_from_data(data, "字" * message.data.get("length", 0), ())


def last_request(messages: tuple[ChatMessage, ...]) -> tuple[Request | None, str]:
    """Return the request of the last reply as understood and its 写法."""
    for message in reversed(messages):
        if request := _request(message):
            return request, message.data.get("adapt", "")
    return None, ""


def fields(messages: tuple[ChatMessage, ...]) -> View:
    """Return the fields of 理解 as the last request was understood."""
    request, adapt = last_request(messages)
    drafted = request is not None and request.task in ("draft", "document")
    if request is None or not drafted:
        return {"redo": update(visible=False)}
    return {
        "redo": update(visible=True),
        "genre": request.genre or None,
        "section": request.section or None,
        "topics": "、".join(request.topics),
        "length": request.length,
        "adapt": adapt,
    }


def count(text: str) -> str:
    """Return the number of characters without white space, as Word counts 字数."""
    return f'<span id="bg-count">{len("".join(text.split()))}</span>字'


def manuscript(desk: Desk, conversation: str) -> View:
    """Return the canvas with its panels as stored."""
    versions = desk.assistant.workspace.versions(conversation)
    text = versions[-1].text if versions else ""
    return {"canvas": update(value=text, interactive=True), **panels(desk, conversation)}


def panels(desk: Desk, conversation: str) -> View:
    """Return 依据, 审校, 事实, 修订 and 版本 of the current version, without touching the canvas."""
    versions = desk.assistant.workspace.versions(conversation)
    text = versions[-1].text if versions else ""
    base = stored.base_of(versions)
    data = base.data if base else {}
    return {
        "count": count(text),
        "evidence": render.evidence(text, evidence_of(text, data)),
        **checked(desk, conversation, versions),
        "changes": render.changes(stored.changes_from_data(data), data.get("notes", ())),
        "versions": render.versions(versions),
        "shown": str(versions[-1].id) if versions else "",
    }


def checked(desk: Desk, conversation: str, versions: tuple[Version, ...]) -> View:
    """Return 审校 and 事实, which change when a fact is marked."""
    entries = entries_of(desk, conversation)
    text = versions[-1].text if versions else ""
    return {
        "findings": panels_.findings(text, *_reviewed(desk, conversation, versions, entries)),
        "facts": panels_.facts(entries, desk.assistant.workspace.own_facts(conversation)),
    }


def findings_of(
    desk: Desk, conversation: str, versions: tuple[Version, ...], entries: tuple[Entry, ...]
) -> tuple[Finding, ...]:
    """Return the findings on the current version in their order, those about facts among them, less the dismissed."""
    return _reviewed(desk, conversation, versions, entries)[0]


def _reviewed(
    desk: Desk, conversation: str, versions: tuple[Version, ...], entries: tuple[Entry, ...]
) -> tuple[tuple[Finding, ...], dict[int, Dismissal]]:
    """Return the findings that are shown, and what is not: ignored here, or silenced for every text."""
    dismissed = desk.assistant.workspace.dismissals(conversation)
    anywhere = {number: item for number, item in dismissed.items() if not item.place}
    text = versions[-1].text if versions else ""
    if not text.strip():
        return (), anywhere
    base = stored.base_of(versions)
    data = base.data if base else {}
    checked_ = desk.assistant.check(text, data.get("genre", ""), entries)
    found = stored.findings_now(
        text, data, checked_, {word for item in entries for word in (item.fact, item.was)}
    )
    here = {
        number: item
        for number, item in dismissed.items()
        if item.place and any(is_dismissed(text, finding, [item]) for finding in found)
    }
    return without_dismissed(text, found, [*dismissed.values()]), {**here, **anywhere}


def entries_of(desk: Desk, conversation: str) -> tuple[Entry, ...]:
    """Return the fact ledger of a conversation: of its requests for a text, its materials and what was last revised.

    A question or a text sent for checking states nothing the user vouches for.
    """
    workspace = desk.assistant.workspace
    messages = workspace.messages(conversation)
    answered = zip_longest(messages, messages[1:])
    words = "\n".join(item.text for item, reply in answered if item.role == "user" and _is_for_a_text(reply))
    request, _ = last_request(messages)
    original = ""
    if request is not None and request.task == "revise":
        before = next((item.data.get("before") for item in reversed(messages) if item.role == "user"), 0)
        original = next((item.text for item in workspace.versions(conversation) if item.id == before), "")
    return settled_ledger(
        words,
        workspace.materials(conversation),
        workspace.marks(conversation),
        original,
        workspace.corrections(conversation),
        workspace.own_facts(conversation),
    )


def decided(desk: Desk, conversation: str, request: Request) -> Request:
    """Return the request with what the user decided about the facts."""
    workspace = desk.assistant.workspace
    marks = workspace.marks(conversation)
    return replace(
        request,
        must=tuple(fact for fact, mark in marks.items() if mark == "must"),
        never=tuple(fact for fact, mark in marks.items() if mark == "never"),
        corrections=workspace.corrections(conversation),
        own=workspace.own_facts(conversation),
    )


def _is_for_a_text(reply: ChatMessage | None) -> bool:
    request = _request(reply) if reply else None
    return request is None or request.task in ("draft", "document", "revise")


def materials(desk: Desk, conversation: str) -> View:
    """Return the materials of a conversation with what in them speaks to the model, and the facts, which follow them."""
    items = desk.assistant.workspace.materials(conversation)
    return {
        "materials": render.materials(items, {item.name: instructions_in(item.text) for item in items}),
        "facts": panels_.facts(
            entries_of(desk, conversation), desk.assistant.workspace.own_facts(conversation)
        ),
    }


def evidence_of(text: str, data: dict[str, Any]) -> tuple[Evidence, ...]:
    """Return what each sentence rests on: as stored, and of what was changed since as it is linked again."""
    known_ = stored.evidence_from_data(text, data)
    return stored.merge_evidence(text, known_, link_evidence(text, stored.hits_from_data(data)))


def status(desk: Desk) -> View:
    """Return the line that says whether model and index are there, and the corpus once it can be listed."""
    state = desk.assistant.state
    if state == READY:
        info = desk.assistant.engine_info()
        return {
            "status": f'<span class="bg-ok">就绪</span> {escape(info.name)}',
            **corpus(desk, ALL),
            "timer": update(active=False),
        }
    if desk.preparation.failed:
        ways = render.button("重试", "prepare") + render.button("重建索引", "rebuild")
        return {
            "status": f'<span class="bg-bad">{escape(state)}</span> {ways}',
            "timer": update(active=False),
        }
    return waiting(state)


def corpus(desk: Desk, choice: Choice) -> View:
    """Return the list of the corpus as narrowed, with what else the page says of the whole."""
    whole_ = desk.assistant.corpus_list()
    year = int(choice.year or 0)
    filters = Filters(
        kinds=(choice.kind,) if choice.kind else (),
        genres=(choice.genre,) if choice.genre else (),
        sections=(choice.section,) if choice.section else (),
        year_from=year,
        year_to=year,
    )
    years = sorted({item.year for item in whole_ if item.year} | ({year} if year else set()), reverse=True)
    return {
        "corpus": shelf.listing(
            desk.assistant.corpus_list(filters, choice.words), len(whole_), choice.chosen
        ),
        "corpus_summary": shelf.summary(whole_),
        "corpus_year": update(choices=[("年份：全部", ""), *((f"{item}年", str(item)) for item in years)]),
        "corpus_chosen": choice.chosen,
    }


def waiting(note: str) -> View:
    """Return the status line while something is being prepared."""
    return {"status": f'<span class="bg-wait">正在准备…</span> {escape(note)}'}
