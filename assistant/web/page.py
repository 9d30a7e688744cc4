"""The page in Gradio: which handler answers which event.

This module and layout.py alone import Gradio, and only when a page is built. It has no postponed annotations:
Gradio looks at those of the event functions.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields
from html import escape, unescape
from typing import Any

from fastapi import FastAPI

from assistant.errors import AssistantError
from assistant.web import deciding, editing, handlers, layout, library, reviewing, undoing
from assistant.web.common import notice
from assistant.web.desk import Desk
from assistant.web.layout import Parts
from assistant.web.view import Bubble, Choice, View

MAX_FILE = "50mb"
SANS = ("Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "sans-serif")
MONO = ("Consolas", "Noto Sans Mono CJK SC", "monospace")
# What the list of the corpus is narrowed by, and the document that is open: the fields of view.Choice.
CHOICE = tuple(f"corpus_{item.name}" for item in fields(Choice))

Handler = Callable[..., Iterator[View]]
Take = Callable[[Any], tuple[Any, ...]]


def mount_page(app: FastAPI, desk: Desk) -> None:
    """Build the page and mount it at the root of `app`."""
    import gradio as gr

    theme = gr.themes.Base(
        font=SANS,
        font_mono=MONO,
        primary_hue="red",
        neutral_hue="gray",
        radius_size="sm",
        spacing_size="sm",
        text_size="sm",
    )
    gr.mount_gradio_app(
        app,
        build(desk),
        path="/",
        theme=theme,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        show_error=False,
        max_file_size=MAX_FILE,
    )


def build(desk: Desk) -> Any:
    """Return the page as Gradio Blocks."""
    import gradio as gr

    with gr.Blocks(
        title="笔杆", fill_width=True, analytics_enabled=False, delete_cache=(3600, 86400)
    ) as blocks:
        parts: Parts = {"timer": gr.Timer(1.0)}
        with gr.Row(elem_id="bg-page"):
            with gr.Column(elem_id="bg-left", min_width=0):
                layout.left(parts)
            with gr.Column(elem_id="bg-middle", min_width=0):
                layout.middle(parts)
            with gr.Column(elem_id="bg-right", min_width=0):
                layout.right(parts)
            with gr.Column(elem_id="bg-library", min_width=0):
                layout.library(parts)
        _wire(blocks, desk, parts)
    blocks.queue(api_open=False, default_concurrency_limit=None)
    return blocks


# Events


def _shown(parts: Parts, view: View) -> dict[Any, Any]:
    """Return a view as Gradio takes it: components and values."""
    return {parts[name]: _messages(value) if name == "chat" else value for name, value in view.items()}


def _messages(bubbles: list[Bubble]) -> list[dict[str, Any]]:
    """Return the chat for Gradio, which puts text that is not Markdown into the page as HTML: escaped here."""
    return [
        {
            "role": item.role,
            "content": escape(item.content, quote=False)
            if item.role == "user"
            else layout.html(item.content),
        }
        for item in bubbles
    ]


def _bound(desk: Desk, parts: Parts, handler: Handler, kind: Any = None, take: Take | None = None) -> Any:
    """Return `handler` as Gradio calls it; `take` picks its last arguments from an event of type `kind`."""

    def answer(*values: Any) -> Iterator[dict[Any, Any]]:
        for view in handler(desk, *values):
            yield _shown(parts, view)

    if take is None:
        return answer

    def answer_event(event: Any, *values: Any) -> Iterator[dict[Any, Any]]:
        yield from answer(*values, *take(event))

    answer_event.__annotations__["event"] = kind  # tells Gradio to pass the event
    return answer_event


def _wire(blocks: Any, desk: Desk, parts: Parts) -> None:
    """Attach a handler to every event."""
    import gradio as gr

    everything = list(parts.values())
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

    def on(
        event: Any, handler: Handler, names: str = "", kind: Any = None, take: Take | None = None, **more: Any
    ) -> Any:
        inputs = [parts[name] for name in names.split()]
        return event(_bound(desk, parts, handler, kind, take), inputs, everything, **{**quiet, **more})

    def numbered(event: Any) -> tuple[Any, ...]:
        return (_index(event.index),)

    def edited(event: Any) -> tuple[Any, ...]:
        return _index(event.index), unescape(str(event.value))

    def pressed(event: Any) -> tuple[Any, ...]:
        return (event._data,)

    def value(event: Any) -> tuple[Any, ...]:
        return (event._data["value"],)

    # A job is followed by the event that began it or opened its conversation; opening another ends that.
    chat, at = parts["chat"], "conversation canvas shown"
    selecting = "(...values) => window.bigan.withSelection(values)"
    following = [
        on(
            parts["send"].click,
            handlers.send,
            "conversation words task canvas shown selection append",
            js=selecting,
        ),
        on(chat.retry, handlers.retry, at, gr.RetryData, numbered),
        on(chat.edit, handlers.edit, at, gr.EditData, edited),
        on(parts["again"].click, handlers.redo, f"{at} genre section topics length adapt"),
        on(blocks.load, handlers.open_page, "conversation", js="() => [window.bigan.wanted()]"),
    ]
    opening = parts["conversations"].click
    opened = on(
        opening, handlers.act_on_conversation, f"{at} query", gr.EventData, pressed, cancels=following
    )
    on(parts["new"].click, handlers.new_conversation, at, cancels=[*following, opened])
    on(chat.undo, handlers.undo, at, gr.UndoData, numbered)
    on(parts["query"].input, handlers.search, "conversation query", trigger_mode="always_last")
    on(parts["save"].click, editing.save, at, trigger_mode="always_last")
    on(parts["findings"].click, reviewing.act_on_findings, at, gr.EventData, pressed)
    on(parts["versions"].click, editing.restore, at, gr.EventData, pressed)
    on(parts["facts"].click, deciding.act_on_facts, "conversation", gr.EventData, pressed)
    on(parts["back"].click, undoing.step_back, at)
    on(parts["files"].upload, editing.add_materials, "conversation files")
    on(parts["materials"].click, editing.drop_material, "conversation", gr.EventData, value)
    narrowed = " ".join(CHOICE)
    on(parts["corpus_files"].upload, library.add, f"corpus_files {narrowed}")
    on(blocks.load, library.resume)
    for name in CHOICE[:5]:
        on(parts[name].input, library.narrow, narrowed, trigger_mode="always_last")
    for name in ("corpus", "preview"):
        on(parts[name].click, library.act, narrowed, gr.EventData, pressed)
    on(parts["status"].click, editing.prepare_again, "", gr.EventData, pressed)
    on(parts["timer"].tick, handlers.look)
    _wire_client(desk, parts, quiet)
    for name in ("docx", "md", "txt"):
        _wire_export(desk, parts, name, quiet)


def _wire_client(desk: Desk, parts: Parts, quiet: dict[str, Any]) -> None:
    """Attach what needs no answer: stopping, outside the queue, and what page.js keeps."""

    def stop(conversation: str) -> None:
        handlers.stop(desk, conversation)

    parts["corpus_stop"].click(lambda: library.stop(desk), None, None, queue=False, **quiet)
    at, words = [parts["conversation"]], [parts["words"]]
    parts["stop"].click(stop, at, None, queue=False, **quiet)
    parts["conversation"].change(None, at, None, js="(id) => window.bigan.remember(id)")
    parts["words"].change(None, words, None, js="(words) => window.bigan.keepWords(words)")


def _wire_export(desk: Desk, parts: Parts, kind: str, quiet: dict[str, Any]) -> None:
    """Let one click write the file and start its download; a hidden download button carries it."""

    def export(conversation: str, text: str, shown: str) -> dict[Any, Any]:
        try:
            path = editing.export(desk, conversation, text, shown, f".{kind}")
        except AssistantError as error:
            return {parts["download"]: None, parts["notice"]: notice(error)}
        return {parts["download"]: str(path), parts["notice"]: ""}

    inputs = [parts["conversation"], parts["canvas"], parts["shown"]]
    written = parts[kind].click(export, inputs, [parts["download"], parts["notice"]], **quiet)
    written.then(None, None, None, js="() => window.bigan.download()")


def _index(index: Any) -> int:
    """Return the number of a message; Gradio adds the place inside it when it has several parts."""
    return int(index[0] if isinstance(index, (list, tuple)) else index)
