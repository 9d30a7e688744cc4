"""The command line: translate arguments, call the pipeline, print."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from assistant import __version__
from assistant.errors import AssistantError, RequestError
from assistant.records import KIND_NAMES, RENEWAL, Filters, Request, Revision
from assistant.settings import load_settings
from assistant.terminal import print_findings, print_json, print_notes

if TYPE_CHECKING:
    from assistant.pipeline import Assistant, Step

Result = TypeVar("Result")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 1 failed with a reason on stderr, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):  # a Windows console may not speak UTF-8
        with contextlib.suppress(AttributeError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except AssistantError as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bigan", description="笔杆：本地运行的公文写作助手。不带子命令时打开网页。"
    )
    parser.add_argument("--version", action="version", version=f"bigan {__version__}")
    parser.add_argument("--port", type=int, default=7860, help="网页端口，默认 7860")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址，默认只限本机")
    parser.add_argument("--no-browser", action="store_true", help="不自动打开浏览器")
    parser.set_defaults(run=_serve)
    commands = parser.add_subparsers(title="子命令", metavar="")
    _add_writing(commands)
    _add_looking(commands)
    _add_keeping(commands)
    return parser


def _add_writing(commands: Any) -> None:
    draft = commands.add_parser("draft", help="起草一个部分或全文")
    draft.add_argument("words", help="要求，例如：起草…的存在问题部分，围绕…三个方面")
    draft.add_argument("--genre", default="", help="文种，例如 述职报告")
    draft.add_argument("--section", default="", help="部分，例如 存在问题")
    draft.add_argument("--from", dest="last", metavar="FILE", type=Path, help="去年的稿子，按它写今年的")
    draft.add_argument("--material", type=Path, action="append", default=[], help="材料文件，可多次给出")
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
    draft.set_defaults(run=_draft)
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
    revise.set_defaults(run=_revise)
    export = commands.add_parser("export", help="把文稿排成公文版式")
    export.add_argument("file", type=Path, help=".md 或 .txt 文稿")
    export.add_argument("-o", "--output", type=Path, required=True, help=".docx、.md 或 .txt")
    export.set_defaults(run=_export)


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
    find.set_defaults(run=_find)
    check = commands.add_parser("check", help="审校一篇文稿")
    check.add_argument("file", help="文件，- 为标准输入")
    check.add_argument("--genre", default="", help="文种，缺省按标题判断")
    check.add_argument(
        "--skip-silenced", action="store_true", help="略去网页里定为“不再提示”的意见，缺省全部列出"
    )
    check.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    check.set_defaults(run=_check)


def _add_keeping(commands: Any) -> None:
    corpus = commands.add_parser("corpus", help="管理资料库").add_subparsers(required=True, metavar="")
    add = corpus.add_parser("add", help="添加文件")
    add.add_argument("files", type=Path, nargs="+")
    add.set_defaults(run=_corpus_add)
    shown = corpus.add_parser("list", help="列出资料")
    shown.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    shown.set_defaults(run=_corpus_list)
    remove = corpus.add_parser("remove", help="移出自己添加的资料")
    remove.add_argument("names", nargs="+", help="文件名、标题或编号")
    remove.set_defaults(run=_corpus_remove)
    corpus.add_parser("rebuild", help="重建索引").set_defaults(run=_corpus_rebuild)
    models = commands.add_parser("models", help="查看、选用、下载模型").add_subparsers(
        required=True, metavar=""
    )
    models.add_parser("list", help="列出模型").set_defaults(run=_models_list)
    use = models.add_parser("use", help="选用模型")
    use.add_argument("name", help="embedded、名称、GGUF 文件或向量模型目录")
    use.set_defaults(run=_models_use)
    get = models.add_parser("get", help="下载模型（需要联网）")
    get.add_argument("name", help="推荐名称或“组织/仓库”")
    get.add_argument("--source", choices=["modelscope", "huggingface"], default="modelscope")
    get.add_argument("--endpoint", default="", help="镜像或内网地址")
    get.set_defaults(run=_models_get)
    doctor = commands.add_parser("doctor", help="检查本机环境")
    doctor.set_defaults(run=_doctor)


def _assistant() -> Assistant:
    from assistant.pipeline import Assistant

    return Assistant(load_settings())


def _read(assistant: Assistant, name: str) -> str:
    """Return the text of a file, or of standard input for "-"."""
    if name == "-":
        return sys.stdin.buffer.read().decode("utf-8-sig", errors="replace").strip("\n")
    return assistant.read_material(Path(name)).text


def _bar(what: str) -> Callable[[int, int], None]:
    """Return a progress callback that draws one line on stderr, silent where nobody watches."""

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty() and total:
            filled = 30 * done // total
            end = "\n" if done >= total else ""
            print(
                f"\r{what} {'█' * filled}{'░' * (30 - filled)} {done}/{total}",
                end=end,
                file=sys.stderr,
                flush=True,
            )

    return show


def _prepare(assistant: Assistant) -> None:
    bars: dict[str, Callable[[int, int], None]] = {}
    assistant.prepare(lambda what, done, total: bars.setdefault(what, _bar(what))(done, total))


def _finish(steps: Generator[Step, None, Result]) -> Result:
    """Run a job to its end, showing its notes on stderr where somebody watches."""
    note = ""
    while True:
        try:
            step = next(steps)
        except StopIteration as finished:
            result: Result = finished.value
            return result
        if step.note != note and sys.stderr.isatty():
            note = step.note
            print(note, file=sys.stderr)


def _serve(options: argparse.Namespace) -> None:
    from assistant.web.app import serve

    serve(load_settings(), options.host, options.port, not options.no_browser)


def _draft(options: argparse.Namespace) -> None:
    from assistant.output import draft_object

    must, never = (
        tuple(word.strip() for word in words if word.strip()) for words in (options.must, options.never)
    )
    if both := set(must) & set(never):
        raise RequestError(f"“{'、'.join(sorted(both))}”既必用又不用。", "请只给 --must 或 --never 之一。")
    with contextlib.closing(_assistant()) as assistant:
        materials = tuple(assistant.read_material(path) for path in options.material)
        if options.last:
            last = assistant.read_material(options.last)
            request = assistant.understand(options.words, RENEWAL, materials, last.text)
        else:
            request = assistant.understand(options.words, "", materials)
        if request.instruction == RENEWAL:
            _renew(assistant, replace(request, must=must, never=never), options)
            return
        if request.task not in ("draft", "document"):
            request = assistant.understand(options.words, "draft", materials)
        if options.section:
            request = replace(request, task="draft", section=options.section)
        request = replace(request, genre=options.genre or request.genre, must=must, never=never)
        _prepare(assistant)
        adapt = {"auto": None, "adapt": True, "model": False}[options.mode]
        draft = _finish(assistant.draft(request, adapt=adapt))
        if options.output:
            assistant.export(draft.text, options.output, request.title, request.genre)
    if options.json:
        print_json(draft_object(draft))
        return
    print(draft.text)
    print_notes((*request.doubts, *draft.notes))
    print_findings(draft.findings)


def _renew(assistant: Assistant, request: Request, options: argparse.Namespace) -> None:
    """Renew last year's text; the findings are printed, because they say what is still last year's."""
    revision = _finish(assistant.revise(request))
    if options.output:
        assistant.export(revision.text, options.output, genre=request.genre)
    _print_revision(revision, options)
    if not options.json:
        print_findings(revision.findings)


def _revise(options: argparse.Namespace) -> None:
    with contextlib.closing(_assistant()) as assistant:
        text = _read(assistant, options.file)
        request = assistant.understand(options.instruction, "revise", manuscript=text)
        request = replace(request, text=text, locked=(*request.locked, *options.keep))
        if request.instruction == RENEWAL:
            materials = tuple(assistant.read_material(path) for path in options.material)
            _renew(assistant, assistant.understand(options.instruction, RENEWAL, materials, text), options)
            return
        if options.material:
            raise RequestError(
                "材料只在套改去年的稿子时用得上。", "请在要求里写明，例如 --instruction 改成2025年的。"
            )
        _prepare(assistant)
        revision = _finish(assistant.revise(request))
        if options.output:
            assistant.export(revision.text, options.output)
    _print_revision(revision, options)


def _print_revision(revision: Revision, options: argparse.Namespace) -> None:
    from assistant.output import revision_object

    if options.json:
        print_json(revision_object(revision))
        return
    print(revision.text)
    lost = "、".join(fact.text for fact in revision.lost_facts)
    print_notes((*revision.notes, *([f"原文中的这些内容没有保留：{lost}"] if lost else [])))


def _export(options: argparse.Namespace) -> None:
    with contextlib.closing(_assistant()) as assistant:
        print(assistant.export(_read(assistant, str(options.file)), options.output))


def _find(options: argparse.Namespace) -> None:
    from assistant.output import found_object

    if options.top < 1:
        raise RequestError("--top 至少是 1。", "请改正后重试。")
    filters = Filters(
        kinds=tuple(options.kind),
        genres=(options.genre,) if options.genre else (),
        sections=(options.section,) if options.section else (),
    )
    with contextlib.closing(_assistant()) as assistant:
        found = assistant.find(options.query, filters, options.top)
    if options.json:
        print_json(found_object(found))
        return
    for item in found.formulations:
        print(
            f"【{'规范表述' if found.exact else '最接近的规范表述'}】{item.name}\n{item.text}\n出处：《{item.source}》{item.date}\n{item.quote}\n"
        )
    if found.hits and not found.fits:
        print("资料库里没有找到能直接回答的内容。下面几段最接近，未必合用：\n")
    for number, hit in enumerate(found.hits, 1):
        place = " / ".join((hit.passage.title, *hit.passage.heading))
        print(f"{number}. 〔{KIND_NAMES[hit.passage.kind]}〕{place}\n{hit.passage.text}\n")
    if not found.hits and not found.formulations:
        print("资料库里没有找到相符的内容。换个说法再查，或用 bigan corpus add 添加资料。")


def _check(options: argparse.Namespace) -> None:
    from assistant.output import finding_object
    from assistant.pipeline import without_dismissed

    with contextlib.closing(_assistant()) as assistant:
        text = _read(assistant, options.file)
        findings = assistant.check(text, options.genre)
        silenced = [*assistant.workspace.dismissals().values()] if options.skip_silenced else []
    shown = without_dismissed(text, findings, silenced)
    if skipped := len(findings) - len(shown):
        print_notes([f"另有{skipped}处按“不再提示”略去。"])
    findings = shown
    if options.json:
        print_json({"findings": [finding_object(item) for item in findings]})
        return
    print_findings(findings)
    print(f"共{len(findings)}处。" if findings else "没有发现问题。")


def _corpus_add(options: argparse.Namespace) -> None:
    with contextlib.closing(_assistant()) as assistant:
        results = assistant.corpus_add(options.files, _bar("正在添加"))
    for item in results:
        if item.document:
            said = "已添加" if item.state == "added" else "已经有了"
            print(f"{said}：{item.document.title}（{item.document.genre or '文种未识别'}）")
    failed = [item.error for item in results if item.error]
    if failed:
        named = "".join(f"\n{error}" for error in failed)
        raise AssistantError(f"有{len(failed)}个文件没有添加：{named}")


def _corpus_list(options: argparse.Namespace) -> None:
    with contextlib.closing(_assistant()) as assistant:
        documents = assistant.corpus_list()
    if options.json:
        keys = ("id", "title", "kind", "genre", "year", "path")
        print_json({"documents": [{key: getattr(item, key) for key in keys} for item in documents]})
        return
    for item in documents:
        print(f"{item.id}  {KIND_NAMES[item.kind]}  {item.genre or '—'}  {item.year or '—'}  {item.title}")
    print(f"共{len(documents)}份。")


def _corpus_remove(options: argparse.Namespace) -> None:
    with contextlib.closing(_assistant()) as assistant:
        for document in assistant.corpus_remove(options.names):
            print(f"已移出：{document.title}")


def _corpus_rebuild(options: argparse.Namespace) -> None:
    with contextlib.closing(_assistant()) as assistant:
        print(f"已重建，共{assistant.corpus_rebuild(_bar('正在重建'))}份资料。")


def _models_list(options: argparse.Namespace) -> None:
    with contextlib.closing(_assistant()) as assistant:
        installed, recommended = assistant.models()
    print("本机已有（* 为正在使用）：")
    for model in installed:
        print(f" {'*' if model.active else ' '} {model.name}  {model.size / 2**20:.0f} MB  {model.note}")
    print("推荐：")
    for item in recommended:
        print(
            f"   {item.name}  {item.size / 2**30:.1f} GB  {'合适' if item.fits else '内存不足'}  {item.note}"
        )


def _models_use(options: argparse.Namespace) -> None:
    with contextlib.closing(_assistant()) as assistant:
        settings = assistant.use_model(options.name)
    print(f"语言模型：{settings.model}\n向量模型：{settings.embedder}")


def _models_get(options: argparse.Namespace) -> None:
    with contextlib.closing(_assistant()) as assistant:
        path = assistant.get_model(options.name, options.source, options.endpoint, _bar("正在下载"))
    print(f"已下载：{path}\n选用它：bigan models use {path}")


def _doctor(options: argparse.Namespace) -> None:
    from assistant.doctor import examine

    names = {"ok": "正常", "warning": "注意", "error": "故障"}
    worst = 0
    with contextlib.closing(_assistant()) as assistant:
        for check in examine(assistant):
            print(
                f"〔{names[check.status]}〕{check.name}：{check.detail}"
                + (f"\n　　{check.remedy}" if check.remedy else "")
            )
            worst += check.status == "error"
    if worst:
        raise AssistantError(f"有{worst}项故障。", "请按上面的提示处理。")
