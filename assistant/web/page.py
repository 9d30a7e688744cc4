"""The page in Gradio: layout, and which handler answers which event.

The only module that imports Gradio, and only when a page is built. It has no postponed annotations:
Gradio looks at those of the event functions.
"""

from collections.abc import Callable, Iterator
from html import escape, unescape
from typing import Any

from fastapi import FastAPI

from assistant.errors import AssistantError
from assistant.pipeline import genre_names, section_names
from assistant.web import editing, handlers, render
from assistant.web.common import notice
from assistant.web.desk import Desk
from assistant.web.view import Bubble, View

TASKS = [
    ("自动", handlers.AUTO),
    ("起草", "draft"),
    ("润色", "revise"),
    ("查提法", "find"),
    ("审校", "check"),
    ("全文", "document"),
]
FILE_TYPES = [".docx", ".txt", ".md", ".pdf", ".doc", ".wps"]
MAX_FILE = "50mb"
SANS = ("Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "sans-serif")
MONO = ("Consolas", "Noto Sans Mono CJK SC", "monospace")
# Sends clicks on [data-act] in an HTML component to the server, see page.js.
ACT = (
    "element.addEventListener('click', (event) => window.bigan.act(event, (data) => trigger('click', data)))"
)
HINT = "例如：起草《2023年抓党建述职报告》的存在问题部分，围绕理论学习、组织活动、党建业务融合三个方面"
WELCOME = "起草一个部分、润色一段话、查一条规范提法，都写在下面。文稿在右边，随时可以自己改。"

Parts = dict[str, Any]
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
                _left(parts)
            with gr.Column(elem_id="bg-middle", min_width=0):
                _middle(parts)
            with gr.Column(elem_id="bg-right", min_width=0):
                _right(parts)
        _wire(blocks, desk, parts)
    blocks.queue(api_open=False, default_concurrency_limit=None)
    return blocks


def _html(value: str = "", acts: bool = False, **more: Any) -> Any:
    """Return a place for HTML from render.py; with `acts` the server hears of clicks on its buttons."""
    import gradio as gr

    return gr.HTML(value, js_on_load=ACT if acts else None, apply_default_css=False, **more)


def _left(parts: Parts) -> None:
    import gradio as gr

    _html('<h1 class="bg-brand">笔杆<small>本机公文写作</small></h1>')
    parts["new"] = gr.Button("新建对话", elem_id="bg-new")
    parts["query"] = gr.Textbox(
        placeholder="搜索对话和文稿",
        label="搜索",
        show_label=False,
        container=False,
        lines=1,
        max_lines=1,
        elem_id="bg-search",
    )
    parts["conversations"] = _html(acts=True, elem_id="bg-conversations")
    with gr.Accordion("资料库", open=False, elem_id="bg-corpus"):
        parts["corpus_files"] = gr.UploadButton(
            "添加资料", file_count="multiple", file_types=FILE_TYPES, size="sm", elem_id="bg-corpus-add"
        )
        parts["importing"] = _html()
        parts["corpus"] = _html(render.empty("正在打开资料库…"), acts=True)
    parts["status"] = _html('<span class="bg-wait">正在准备…</span>', acts=True, elem_id="bg-status")


def _middle(parts: Parts) -> None:
    import gradio as gr

    parts["chat"] = gr.Chatbot(
        label="对话",
        show_label=False,
        height="100%",
        elem_id="bg-chat",
        editable="user",
        render_markdown=False,  # what stands in the corpus or a message is shown as it is, never interpreted
        sanitize_html=True,
        allow_tags=False,
        latex_delimiters=[],
        buttons=[],
        feedback_options=None,
        layout="bubble",
        placeholder=WELCOME,
        group_consecutive_messages=False,
    )
    with gr.Accordion("理解：改一改，重写", open=False, visible=False, elem_id="bg-redo") as parts["redo"]:
        _fields(parts)
    with gr.Column(elem_id="bg-composer", min_width=0):
        parts["notice"] = _html(elem_id="bg-notice")
        with gr.Row(elem_id="bg-chips"):
            parts["task"] = gr.Radio(
                TASKS, value=handlers.AUTO, label="任务", show_label=False, container=False, elem_id="bg-task"
            )
        _html('<div id="bg-scope" hidden></div>')
        parts["materials"] = _html(acts=True)
        parts["words"] = gr.Textbox(
            placeholder=HINT,
            label="要求",
            show_label=False,
            container=False,
            lines=3,
            max_lines=9,
            elem_id="bg-words",
            autofocus=True,
        )
        with gr.Row(elem_id="bg-sending"):
            parts["files"] = gr.UploadButton(
                "添加材料", file_count="multiple", file_types=FILE_TYPES, size="sm", elem_id="bg-files"
            )
            parts["append"] = gr.Checkbox(label="接在文稿后面", container=False, elem_id="bg-append")
            parts["send"] = gr.Button("发送", variant="primary", size="sm", elem_id="bg-send")
            parts["stop"] = gr.Button("停止", variant="stop", size="sm", visible=False, elem_id="bg-stop")
    parts["conversation"] = gr.Textbox(elem_id="bg-conversation", elem_classes="bg-hidden", show_label=False)
    parts["shown"] = gr.Textbox(elem_id="bg-shown", elem_classes="bg-hidden", show_label=False)
    parts["selection"] = gr.Textbox(elem_classes="bg-hidden", show_label=False)


def _fields(parts: Parts) -> None:
    import gradio as gr

    genres, sections = list(genre_names()), list(section_names())
    with gr.Row():
        parts["genre"] = gr.Dropdown(genres, label="文种", allow_custom_value=True, min_width=110)
        parts["section"] = gr.Dropdown(
            [("（全篇）", ""), *((name, name) for name in sections)],
            label="部分",
            allow_custom_value=True,
            min_width=110,
        )
        parts["length"] = gr.Number(label="字数，0为按常规", minimum=0, precision=0, min_width=90)
    parts["topics"] = gr.Textbox(label="要点，用顿号隔开", lines=1, max_lines=3)
    with gr.Row():
        adapt = [(name, value) for value, name in render.ADAPT_NAMES.items()]
        parts["adapt"] = gr.Radio(adapt, value="", label="写法", elem_id="bg-adapt", min_width=200)
        parts["again"] = gr.Button("按此重写", size="sm", elem_id="bg-again")


def _right(parts: Parts) -> None:
    import gradio as gr

    with gr.Row(elem_id="bg-bar"):
        _html("<h2>文稿</h2>")
        parts["count"] = _html(elem_id="bg-counting")
        parts["docx"] = gr.Button("导出 Word", variant="primary", size="sm", elem_id="bg-docx")
        parts["md"] = gr.Button("Markdown", size="sm", elem_id="bg-md")
        parts["txt"] = gr.Button("纯文本", size="sm", elem_id="bg-txt")
    parts["canvas"] = gr.Textbox(
        label="文稿",
        show_label=False,
        container=False,
        lines=12,
        max_lines=12,
        interactive=True,
        elem_id="bg-canvas",
        placeholder="起草的文稿写在这里，也可以直接粘贴、修改。改动自动保存，每一稿都能恢复。",
        html_attributes=gr.InputHTMLAttributes(spellcheck=False, autocorrect="off"),
    )
    with gr.Tabs(elem_id="bg-tabs") as parts["tabs"]:
        for name, label in (
            ("evidence", "依据"),
            ("findings", "审校"),
            ("changes", "修订"),
            ("versions", "版本"),
        ):
            with gr.Tab(label, id=name):
                parts[name] = _html(acts=True, elem_classes="bg-panel")
    parts["download"] = gr.DownloadButton(elem_id="bg-download", elem_classes="bg-hidden")
    parts["save"] = gr.Button("保存", elem_id="bg-save", elem_classes="bg-hidden")


# Events


def _shown(parts: Parts, view: View) -> dict[Any, Any]:
    """Return a view as Gradio takes it: components and values."""
    return {parts[name]: _messages(value) if name == "chat" else value for name, value in view.items()}


def _messages(bubbles: list[Bubble]) -> list[dict[str, Any]]:
    """Return the chat for Gradio, which puts text that is not Markdown into the page as HTML: escaped here."""
    return [
        {
            "role": item.role,
            "content": escape(item.content, quote=False) if item.role == "user" else _html(item.content),
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
    on(parts["findings"].click, editing.act_on_panel, at, gr.EventData, pressed)
    on(parts["versions"].click, editing.act_on_panel, at, gr.EventData, pressed)
    on(parts["files"].upload, editing.add_materials, "conversation files")
    on(parts["materials"].click, editing.drop_material, "conversation", gr.EventData, value)
    on(parts["corpus_files"].upload, editing.add_to_corpus, "corpus_files")
    on(parts["corpus"].click, editing.remove_from_corpus, "", gr.EventData, value)
    on(parts["status"].click, editing.prepare_again, "", gr.EventData, pressed)
    on(parts["timer"].tick, handlers.look)
    _wire_client(desk, parts, quiet)
    for name in ("docx", "md", "txt"):
        _wire_export(desk, parts, name, quiet)


def _wire_client(desk: Desk, parts: Parts, quiet: dict[str, Any]) -> None:
    """Attach what needs no answer: stopping, outside the queue, and what page.js keeps."""

    def stop(conversation: str) -> None:
        handlers.stop(desk, conversation)

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
