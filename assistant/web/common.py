"""What the handlers have in common: errors become sentences, what was typed is kept first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from html import escape
from typing import ParamSpec

from assistant.errors import AssistantError
from assistant.web import stored
from assistant.web.desk import Desk
from assistant.web.view import View

P = ParamSpec("P")


Handler = Callable[P, Iterator[View]]


def telling_at(place: str) -> Callable[[Handler[P]], Handler[P]]:
    """Let a handler show an AssistantError as a sentence at `place`; an earlier one there goes away."""

    def telling(handler: Handler[P]) -> Handler[P]:
        @wraps(handler)
        def told(*args: P.args, **kwargs: P.kwargs) -> Iterator[View]:
            try:
                first: View = {place: ""}
                for shown in handler(*args, **kwargs):
                    yield {**first, **shown}
                    first = {}
            except AssistantError as error:
                yield {place: notice(error)}

        return told

    return telling


def telling(handler: Handler[P]) -> Handler[P]:
    """Let `handler` show an AssistantError beside the input box."""
    decorate: Callable[[Handler[P]], Handler[P]] = telling_at("notice")
    return decorate(handler)


def notice(error: AssistantError) -> str:
    """Return an error as the page shows it beside the input box."""
    return f'<div class="bg-notice" role="alert">{escape(str(error))}</div>'


def keep(desk: Desk, conversation: str, text: str, shown: str = "") -> bool:
    """Store what was typed on the canvas as a new version; return whether anything was.

    `shown` is the number of the version that the canvas showed: a window that was left open and shows
    an old version, unchanged, must not bring it back.
    """
    workspace = desk.assistant.workspace
    versions = workspace.versions(conversation)
    current = versions[-1].text if versions else ""
    read = next((item.text for item in versions if str(item.id) == shown), "")
    gone = not any(item.id == conversation for item in workspace.conversations())
    if text in (current, read) or gone or desk.runs.active(conversation):
        return False
    base = stored.base_of(versions)
    workspace.save_version(conversation, text, "手工修改", {"base": base.id} if base else {})
    return True
