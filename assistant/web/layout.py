"""The layout of the page in Gradio: three columns, and the corpus page that opens over them."""

from __future__ import annotations

from typing import Any

from assistant.pipeline import genre_names, section_names
from assistant.records import KIND_NAMES
from assistant.web import handlers, render, shelf

TASKS = [
    ("自动", handlers.AUTO),
    ("起草", "draft"),
    ("润色", "revise"),
    ("查提法", "find"),
    ("审校", "check"),
    ("全文", "document"),
]
# Sends clicks on [data-act] in an HTML component to the server, see page.js.
ACT = (
    "element.addEventListener('click', (event) => window.bigan.act(event, (data) => trigger('click', data)))"
)
HINT = "例如：起草《2023年抓党建述职报告》的存在问题部分，围绕理论学习、组织活动、党建业务融合三个方面"
WELCOME = "起草一个部分、润色一段话、查一条规范提法，都写在下面。文稿在右边，随时可以自己改。"

Parts = dict[str, Any]


def html(value: str = "", acts: bool = False, **more: Any) -> Any:
    """Return a place for HTML from render.py; with `acts` the server hears of clicks on its buttons."""
    import gradio as gr

    return gr.HTML(value, js_on_load=ACT if acts else None, apply_default_css=False, **more)


def left(parts: Parts) -> None:
    import gradio as gr

    html('<h1 class="bg-brand">笔杆<small>本机公文写作</small></h1>')
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
    parts["conversations"] = html(acts=True, elem_id="bg-conversations")
    parts["corpus_summary"] = html(shelf.summary(()), elem_id="bg-corpus")
    parts["status"] = html('<span class="bg-wait">正在准备…</span>', acts=True, elem_id="bg-status")


def library(parts: Parts) -> None:
    """Lay out the corpus page, which page.js opens over everything else."""
    import gradio as gr

    with gr.Row(elem_id="bg-library-bar"):
        html("<h2>资料库</h2>")
        for name, label, names in (
            ("kind", "种类", [(KIND_NAMES[kind], kind) for kind in shelf.KINDS]),
            ("genre", "文种", genre_names()),
            ("section", "部分", section_names()),
            ("year", "年份", ()),
        ):
            choices = [(f"{label}：全部", ""), *names]
            parts[f"corpus_{name}"] = gr.Dropdown(
                choices,
                value="",
                label=label,
                show_label=False,
                container=False,
                min_width=96,
                elem_classes="bg-filter",
            )
        parts["corpus_words"] = gr.Textbox(
            placeholder="标题里的字",
            label="标题",
            show_label=False,
            container=False,
            max_lines=1,
            min_width=96,
            elem_classes="bg-filter",
        )
        # No file types: Gradio would refuse the whole batch for one file; each file gets its own answer instead.
        parts["corpus_files"] = gr.UploadButton(
            "添加资料", file_count="multiple", variant="primary", size="sm", elem_id="bg-corpus-add"
        )
        parts["corpus_stop"] = gr.Button(
            "停止添加", variant="stop", size="sm", visible=False, elem_id="bg-corpus-stop"
        )
        html(render.button("关闭", "close", title="关闭（Esc）", more="bg-strong"))
    html('<div id="bg-too-large" class="bg-notice" hidden></div>')
    parts["corpus_said"] = html()
    parts["importing"] = html(elem_id="bg-importing")
    with gr.Row(elem_id="bg-shelf"):
        parts["corpus"] = html(render.empty("正在打开资料库…"), acts=True, elem_id="bg-shelf-list")
        parts["preview"] = html(render.empty("请在左边选一份资料。"), acts=True, elem_id="bg-preview")
    parts["corpus_chosen"] = gr.Textbox(elem_classes="bg-hidden", show_label=False)


def middle(parts: Parts) -> None:
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
        parts["notice"] = html(elem_id="bg-notice")
        with gr.Row(elem_id="bg-chips"):
            parts["task"] = gr.Radio(
                TASKS, value=handlers.AUTO, label="任务", show_label=False, container=False, elem_id="bg-task"
            )
        html('<div id="bg-scope" hidden></div>')
        html('<div id="bg-too-large-material" class="bg-notice" hidden></div>')
        parts["materials"] = html(acts=True)
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
            parts["files"] = gr.UploadButton(  # no file types, as in the library
                "添加材料", file_count="multiple", size="sm", elem_id="bg-files"
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


def right(parts: Parts) -> None:
    import gradio as gr

    with gr.Row(elem_id="bg-bar"):
        html("<h2>文稿</h2>")
        parts["count"] = html(elem_id="bg-counting")
        parts["back"] = gr.Button("撤销", size="sm", elem_id="bg-back")
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
    html(
        '<div id="bg-split" role="separator" tabindex="0" aria-orientation="horizontal" '
        'aria-label="调整文稿和下面各栏的高度" title="上下拖动，调整文稿和下面各栏的高度"></div>'
    )
    with gr.Tabs(elem_id="bg-tabs") as parts["tabs"]:
        for name, label in (
            ("evidence", "依据"),
            ("findings", "审校"),
            ("facts", "事实"),
            ("changes", "修订"),
            ("versions", "版本"),
        ):
            with gr.Tab(label, id=name):
                parts[name] = html(acts=True, elem_id=f"bg-{name}", elem_classes="bg-panel")
    parts["download"] = gr.DownloadButton(elem_id="bg-download", elem_classes="bg-hidden")
    parts["save"] = gr.Button("保存", elem_id="bg-save", elem_classes="bg-hidden")
