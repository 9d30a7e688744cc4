"""What happens at 审校: findings are fixed, one or all, ignored, silenced for good, and shown again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assistant.errors import RequestError
from assistant.pipeline import dismissal
from assistant.records import Finding
from assistant.web import panels, view
from assistant.web.common import keep, telling
from assistant.web.desk import Desk
from assistant.web.undoing import change, idle
from assistant.web.view import View

NAMED = 3  # fixes named in the chat when many are made at once


@telling
def act_on_findings(
    desk: Desk, conversation: str, text: str, shown: str, event: Mapping[str, str]
) -> Iterator[View]:
    """Do with the findings what the button says that was pressed."""
    view.known(desk, conversation)
    idle(desk, conversation)
    keep(desk, conversation, text, shown)
    act, value = event["act"], event["value"]
    workspace = desk.assistant.workspace
    versions = workspace.versions(conversation)
    current = versions[-1].text if versions else ""
    if act == "take-back":
        workspace.take_back(int(value))
        yield view.checked(desk, conversation, versions)
        return
    found = view.findings_of(desk, conversation, versions, view.entries_of(desk, conversation))
    chosen = [item for item in found if panels.key_of(item) == value]
    if act == "fix-all":
        yield _fixed(desk, conversation, current, panels.safe_fixes(found))
    elif act == "fix":
        yield _fixed(desk, conversation, current, panels.safe_fixes(chosen[:1]))
    elif not chosen:
        raise RequestError("这一条对不上现在的文稿了。", "请看更新后的审校结果。")
    else:
        everywhere = act != "ignore"
        workspace.dismiss(conversation, dismissal(current, chosen[0], everywhere, act == "never-rule"))
        yield view.checked(desk, conversation, versions)


def _fixed(desk: Desk, conversation: str, text: str, fixes: list[Finding]) -> View:
    """Put the suggestions in the places of what they are about."""
    if not fixes:
        raise RequestError("这一条对不上现在的文稿了。", "请看更新后的审校结果。")
    for item in reversed(fixes):
        text = text[: item.start] + item.suggestion + text[item.end :]
    made = "，".join(_said(item) for item in fixes[:NAMED])
    if len(fixes) == 1:
        return change(desk, conversation, text, "改正", f"按审校意见改正：{made}。")
    said = f"按审校意见改正{len(fixes)}处：{made}{'，等等' if len(fixes) > NAMED else ''}。"
    return change(desk, conversation, text, f"全部改正（{len(fixes)}处）", said)


def _said(item: Finding) -> str:
    return f"“{item.quote}”改为“{item.suggestion}”" if item.suggestion else f"删去“{item.quote}”"
