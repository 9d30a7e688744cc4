"""What happens at 事实: a fact is marked, corrected, or added by the user."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assistant.errors import RequestError
from assistant.pipeline import settled_ledger
from assistant.records import Correction, Mark
from assistant.web import panels, view
from assistant.web.common import telling
from assistant.web.desk import Desk
from assistant.web.view import View


@telling
def act_on_facts(desk: Desk, conversation: str, event: Mapping[str, str]) -> Iterator[View]:
    """Do with the ledger what the button says that was pressed."""
    view.known(desk, conversation)
    workspace = desk.assistant.workspace
    act, value, typed = event["act"], event["value"], " ".join((event.get("name") or "").split())
    if act == "own":
        workspace.add_own_fact(conversation, _own(typed))
    elif act == "unown":
        workspace.remove_own_fact(conversation, value)
    elif act == "correct":
        _correct(desk, conversation, value, typed, event.get("about") or "")
    elif act == "uncorrect":
        for item in workspace.corrections(conversation):
            if item.right == value:
                workspace.set_correction(conversation, Correction(item.wrong, item.wrong, item.about))
                _move_mark(desk, conversation, value, item.wrong)
    else:
        _mark(desk, conversation, value, "must" if act == "must" else "never")
    yield view.checked(desk, conversation, workspace.versions(conversation))


def _mark(desk: Desk, conversation: str, fact: str, wanted: Mark) -> None:
    """Mark a fact as must-use or must-not-use; what is marked so already is unmarked."""
    entry = next((item for item in view.entries_of(desk, conversation) if item.fact == fact), None)
    if entry is None:
        raise RequestError(f"“{fact}”已经不在要求和材料里了。", "请看更新后的“事实”。")
    desk.assistant.workspace.set_mark(conversation, fact, "" if entry.mark == wanted else wanted)


def _own(sentence: str) -> str:
    """Return an entry of the user as it is stored. Raises RequestError when it does not say what it is about."""
    sentence = sentence.rstrip("。；;，, ")
    if not sentence:
        raise RequestError("还没有写要补充的事实。", "请连同是什么一起写，例如：新增党员5名。")
    (entry, *_) = settled_ledger("", (), {}, own=(sentence,)) or (None,)
    if entry and entry.fact == sentence and entry.kind in ("figure", "date"):
        raise RequestError(f"只写“{sentence}”，看不出说的是什么。", "请连同是什么一起写，例如：新增党员5名。")
    return sentence


def _correct(desk: Desk, conversation: str, fact: str, right: str, about: str) -> None:
    """Store that `fact` in the clause `about` should be `right`; digits alone keep the unit.

    A correction of what was corrected before takes its place.
    """
    workspace = desk.assistant.workspace
    if re.fullmatch(r"[\d.,]+", right):
        right += panels.unit_of(fact)
    if not right or right == fact:
        raise RequestError("更正后的内容和原来一样。", "请写上正确的，再点“改为”。")
    if all(item.fact != fact for item in view.entries_of(desk, conversation)):
        raise RequestError(f"“{fact}”已经不在要求和材料里了。", "请看更新后的“事实”。")
    wrong, clause = fact, about
    for item in workspace.corrections(conversation):
        if item.right == fact and about in ("", item.about.replace(item.wrong, item.right)):
            wrong, clause = item.wrong, item.about
    workspace.set_correction(conversation, Correction(wrong, right, clause))
    _move_mark(desk, conversation, fact, right)


def _move_mark(desk: Desk, conversation: str, fact: str, other: str) -> None:
    """Let a must-use mark go from a fact to what it was corrected to; a must-not-use one is done with."""
    workspace = desk.assistant.workspace
    mark = workspace.marks(conversation).get(fact, "")
    if mark and all(item.fact != fact or not item.origins for item in view.entries_of(desk, conversation)):
        workspace.set_mark(conversation, fact, "")
        if mark == "must":
            workspace.set_mark(conversation, other, "must")
