"""What happens on the corpus page: narrowing the list, adding files, looking at a document, correcting it.

`choice` is what the list is narrowed by, in the order of `Choice`; see handlers.py for views.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path

from assistant.errors import AssistantError, RequestError
from assistant.pipeline import CorpusFile
from assistant.records import Document
from assistant.web import render, shelf, view
from assistant.web.common import telling_at
from assistant.web.desk import POLL, Desk, Run, update
from assistant.web.view import ALL, Choice, View

JOB = "corpus"  # the name under which adding files runs: one at a time, whoever began it
telling = telling_at("corpus_said")


@telling
def narrow(desk: Desk, *choice: str) -> Iterator[View]:
    """Show the documents that the choice lets through."""
    if desk.ready:
        shown = view.corpus(desk, Choice(*choice))
        del shown["corpus_year"]  # the same years as before, and the user may be choosing among them just now
        yield shown
    else:
        yield {}


# Adding


@telling
def add(desk: Desk, paths: Sequence[str], *choice: str) -> Iterator[View]:
    """Add files to the corpus, showing what becomes of each."""
    if not desk.ready:
        raise RequestError("资料库还没有准备好。", "请等左下角显示“就绪”后再添加。")
    if desk.runs.active(JOB):
        raise RequestError("正在添加另一批资料。", "请等它完成，或者先点“停止添加”。")
    run = desk.runs.start(JOB, partial(_work, desk, [Path(path) for path in paths]))
    yield from _follow(desk, run, Choice(*choice))


@telling
def resume(desk: Desk) -> Iterator[View]:
    """Follow files that are being added when the page is opened."""
    yield {}  # Gradio empties every part of the page when an event yields nothing
    if run := desk.runs.active(JOB):
        yield from _follow(desk, run, ALL)


def stop(desk: Desk) -> None:
    """Ask for the end of adding; what was added stays."""
    desk.runs.stop(JOB)


def _work(desk: Desk, paths: Sequence[Path], run: Run) -> None:
    results: dict[int, CorpusFile] = {}
    place = [0]

    def said(more: str = "") -> str:
        return f"正在添加第{place[0] + 1}份，共{len(paths)}份{more}"

    def on_file(number: int, result: CorpusFile) -> None:
        place[0], results[number] = number, result
        run.tell(said(), shelf.importing(paths, results))

    def progress(done: int, total: int) -> None:
        run.tell(said(f"：建立索引 {done}/{total}段"))

    try:
        done = desk.assistant.corpus_add(paths, progress, on_file, run.cancel)
    except AssistantError as error:  # none can be added: the disk is full, another program is writing …
        rest = {n: CorpusFile(path, "failed", error=error) for n, path in enumerate(paths)}
        done = tuple({**rest, **{n: r for n, r in results.items() if r.state != "reading"}}.values())
    run.tell(shelf.said_of(done), shelf.importing(paths, dict(enumerate(done)), ended=True))


def _follow(desk: Desk, run: Run, choice: Choice) -> Iterator[View]:
    """Show the files as they come in, then the list with them."""
    seen = -1
    while run.thread is not None and run.thread.is_alive():
        if run.pieces != seen:
            seen = run.pieces
            line = f'<div class="bg-working">{escape(run.note)}</div>'
            yield {"importing": line + (run.text or ""), "corpus_stop": update(visible=True)}
        time.sleep(POLL)
    line = f'<div class="bg-said">{escape(run.note)}</div>'
    yield {
        **view.corpus(desk, choice),
        "importing": f'<details class="bg-imported" open><summary>{line}</summary>{run.text or ""}</details>',
        "corpus_stop": update(visible=False),
    }


# One document


@telling
def act(
    desk: Desk,
    kind: str,
    genre: str,
    section: str,
    year: str,
    words: str,
    chosen: str,
    event: Mapping[str, str],
) -> Iterator[View]:
    """Look at a document, correct it or take it out, whichever button was pressed."""
    narrowed = (kind, genre, section, year, words)
    document, said = event["value"], ""
    try:
        if event["act"] == "uncorpus":
            (gone,) = desk.assistant.corpus_remove([document])
            yield {
                **view.corpus(desk, Choice(*narrowed)),
                "preview": render.empty("请在左边选一份资料。"),
                "corpus_said": f'<div class="bg-said">已移出《{escape(gone.title)}》。</div>',
            }
            return
        if event["act"] == "retype":
            corrected = _corrected(desk, document, event["name"])
            document = corrected.id
            said = f'<div class="bg-said">已更正《{escape(corrected.title)}》，只重建了这一份的索引。</div>'
        yield {**_opened(desk, document, Choice(*narrowed, document)), "corpus_said": said}
    except RequestError:
        yield view.corpus(desk, Choice(*narrowed, chosen))  # it may be gone: the list is to say so
        raise


def _opened(desk: Desk, document: str, choice: Choice) -> View:
    passages = desk.assistant.corpus_passages(document)
    (shown,) = (item for item in desk.assistant.corpus_list() if item.id == document)
    return {**view.corpus(desk, choice), "preview": shelf.preview(shown, passages)}


def _corrected(desk: Desk, document: str, fields: str) -> Document:
    """Correct a document by what stands in the fields of its preview, in JSON."""
    values = json.loads(fields)
    year = values["year"].strip()
    if year and not year.isdecimal():
        raise RequestError(f"年份“{year}”不对。", "请填四位数字，不清楚就留空。")
    sections = {
        heading: None if section == shelf.AUTO else section for heading, section in values["sections"].items()
    }
    return desk.assistant.corpus_retype(document, values["genre"], int(year or 0), sections)
