"""What the command line takes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from assistant import __version__
from assistant.records import KIND_NAMES


def command_line() -> argparse.ArgumentParser:
    """Return the parser; `command` of what it parses names what is to be done (“corpus add”), “serve” without one."""
    parser = argparse.ArgumentParser(
        prog="bigan", description="笔杆：本地运行的公文写作助手。不带子命令时打开网页。"
    )
    parser.add_argument("--version", action="version", version=f"bigan {__version__}")
    parser.add_argument("--port", type=int, default=7860, help="网页端口，默认 7860")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址，默认只限本机")
    parser.add_argument("--no-browser", action="store_true", help="不自动打开浏览器")
    parser.set_defaults(command="serve")
    commands = parser.add_subparsers(title="子命令", metavar="")
    _add_writing(commands)
    _add_looking(commands)
    _add_keeping(commands)
    return parser


def _add_writing(commands: Any) -> None:
    outline = commands.add_parser("outline", help="拟全文的提纲，改好后用 draft --outline 起草")
    outline.set_defaults(command="outline")
    draft = commands.add_parser("draft", help="起草一个部分或全文")
    for parser in (outline, draft):
        parser.add_argument("words", help="要求，例如：起草…的存在问题部分，围绕…三个方面")
        parser.add_argument("--genre", default="", help="文种，例如 述职报告")
        parser.add_argument("--material", type=Path, action="append", default=[], help="材料文件，可多次给出")
    outline.add_argument("-o", "--output", type=Path, help="写入 .txt 文件")
    draft.add_argument("--section", default="", help="部分，例如 存在问题")
    draft.add_argument("--outline", type=Path, metavar="FILE", help="按这份提纲写全文")
    draft.add_argument("--from", dest="last", metavar="FILE", type=Path, help="去年的稿子，按它写今年的")
    draft.add_argument(
        "--must", metavar="词", action="append", default=[], help="必须写到的事实，漏写会提醒；可多次给出"
    )
    draft.add_argument(
        "--never", metavar="词", action="append", default=[], help="不得写到的事实，写成××；可多次给出"
    )
    draft.add_argument(
        "--mode", choices=["auto", "adapt", "model"], default="auto", help="adapt 例文改写，model 模型撰写"
    )
    draft.add_argument("-o", "--output", type=Path, help="写入 .docx、.md 或 .txt")
    draft.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    draft.set_defaults(command="draft")
    revise = commands.add_parser("revise", help="润色、压缩、改写一段文字")
    revise.add_argument("file", help="文件，- 为标准输入")
    revise.add_argument("--instruction", default="润色", help="要求，例如 压缩到300字")
    revise.add_argument(
        "--material",
        type=Path,
        action="append",
        default=[],
        help="今年的材料，套改去年的稿子时用，可多次给出",
    )
    revise.add_argument(
        "--keep", metavar="原句", action="append", default=[], help="一字不动的句子，照原文给出；可多次给出"
    )
    revise.add_argument("-o", "--output", type=Path, help="写入 .docx、.md 或 .txt")
    revise.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    revise.set_defaults(command="revise")
    export = commands.add_parser("export", help="把文稿排成公文版式")
    export.add_argument("file", type=Path, help=".md 或 .txt 文稿")
    export.add_argument("-o", "--output", type=Path, required=True, help=".docx、.md 或 .txt")
    export.set_defaults(command="export")


def _add_looking(commands: Any) -> None:
    find = commands.add_parser("find", help="查规范表述、例文和政策")
    find.add_argument("query", help="要查的词句")
    find.add_argument(
        "--kind", choices=list(KIND_NAMES), action="append", default=[], help="只查一类，可多次给出"
    )
    find.add_argument("--genre", default="", help="只查一个文种")
    find.add_argument("--section", default="", help="只查一种部分")
    find.add_argument("--top", type=int, default=10, help="最多几条，默认 10")
    find.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    find.set_defaults(command="find")
    check = commands.add_parser("check", help="审校一篇文稿")
    check.add_argument("file", help="文件，- 为标准输入")
    check.add_argument("--genre", default="", help="文种，缺省按标题判断")
    check.add_argument(
        "--skip-silenced", action="store_true", help="略去网页里定为“不再提示”的意见，缺省全部列出"
    )
    check.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    check.set_defaults(command="check")


def _add_keeping(commands: Any) -> None:
    corpus = commands.add_parser("corpus", help="管理资料库").add_subparsers(required=True, metavar="")
    add = corpus.add_parser("add", help="添加文件")
    add.add_argument("files", type=Path, nargs="+")
    add.set_defaults(command="corpus add")
    shown = corpus.add_parser("list", help="列出资料")
    shown.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    shown.set_defaults(command="corpus list")
    remove = corpus.add_parser("remove", help="移出自己添加的资料")
    remove.add_argument("names", nargs="+", help="文件名、标题或编号")
    remove.set_defaults(command="corpus remove")
    corpus.add_parser("rebuild", help="重建索引").set_defaults(command="corpus rebuild")
    models = commands.add_parser("models", help="查看、选用、下载模型").add_subparsers(
        required=True, metavar=""
    )
    models.add_parser("list", help="列出模型").set_defaults(command="models list")
    use = models.add_parser("use", help="选用模型")
    use.add_argument("name", help="embedded、名称、GGUF 文件或向量模型目录")
    use.set_defaults(command="models use")
    get = models.add_parser("get", help="下载模型（需要联网）")
    get.add_argument("name", help="推荐名称或“组织/仓库”")
    get.add_argument("--source", choices=["modelscope", "huggingface"], default="modelscope")
    get.add_argument("--endpoint", default="", help="镜像或内网地址")
    get.set_defaults(command="models get")
    doctor = commands.add_parser("doctor", help="检查本机环境")
    doctor.set_defaults(command="doctor")
