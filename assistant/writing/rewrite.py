"""Let an instruct model rewrite a text around what is locked, or go on after its end."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.records import Request
from assistant.writing.chat import LEAST_TOKENS, TOKENS_A_CHARACTER
from assistant.writing.facts import given_facts, known_facts, mask_facts
from assistant.writing.keep import keep_facts
from assistant.writing.locks import stretches
from assistant.writing.overlap import size_of
from assistant.writing.place import body_end
from assistant.writing.prompt import load_prompt, model_text, render
from assistant.writing.steps import Step, Tools, Writing, Written

if TYPE_CHECKING:
    from assistant.backends import Prompt

LEAST = 6  # characters: a shorter stretch between locked parts is a number or a mark
CHUNK = 1000  # characters: what fits a context of 4,096 tokens twice, with the prompt around it
CONTEXT = 1000  # characters of the text's end that the model sees when it goes on
USUAL_MORE = 200  # characters that are added behind a text when nothing is said of how many


def rewrite_by_chat(request: Request, tools: Tools) -> Writing:
    """Yield the text as it is rewritten and return it; facts that a stretch lost are put back there.

    The model is not shown the locked parts: each stretch between them is rewritten by itself.
    """
    pieces = [
        (chunk, kept)
        for piece, kept in stretches(request.text, request.locked)
        for chunk in ([piece] if kept else _chunks(piece))
    ]
    free = sum(size_of(piece) for piece, kept in pieces if not kept)
    locked = size_of(request.text) - free
    done, left = "", list[str]()
    for number, (piece, kept) in enumerate(pieces):
        if kept or size_of(piece) < LEAST:
            done += piece
            continue
        rest = "".join(other for other, _ in pieces[number + 1 :])
        core = piece.strip()
        head, tail = piece[: piece.index(core)], piece[piece.index(core) + len(core) :]
        share = max(request.length - locked, LEAST) * size_of(core) // free if request.length else 0
        said = yield from _said(_rewriting(request, core, share), done + head, tail + rest, tools, len(core))
        text, restored = keep_facts(core, model_text(said, core))
        left += restored
        done += head + text + tail
    return Written(done, left=tuple(left))


def go_on_by_chat(request: Request, tools: Tools) -> Writing:
    """Yield the text as it goes on and return it; what nobody supplied in the new part is ××."""
    text = request.text
    end = body_end(text)
    length = request.length or USUAL_MORE
    file = load_prompt("revise_continue.chat")
    prompt = render(
        file,
        words=request.words.split("\n")[0][:200],
        topics=list(request.topics),
        length=length,
        facts=[fact.text for fact in known_facts(replace(request, text=""))],
        must=[word for word in request.must if word not in request.never],
        text=text[max(0, end - CONTEXT) : end],
    )
    said = yield from _said(prompt, text[:end] + "\n", text[end:], tools, length)
    more = (
        mask_facts(model_text(said), known_facts(request), tools.sources).removeprefix(text[:end]).strip("\n")
    )
    size = size_of(more)
    near = f"续写了{size}字，由模型写；原文一字未动，原文没有的事实写成××，请逐句核对。"
    return Written(text[:end] + "\n" + more + text[end:], notes=(near,))


def _chunks(piece: str) -> list[str]:
    """Return `piece` in runs of whole lines that the model can hold at once; joined they are `piece`."""
    chunks = [""]
    for line in piece.splitlines(keepends=True):
        if chunks[-1].strip() and len(chunks[-1]) + len(line) > CHUNK:
            chunks.append("")
        chunks[-1] += line
    return chunks


def _rewriting(request: Request, text: str, length: int) -> Prompt:
    return render(
        load_prompt("revise.chat"),
        instruction=request.instruction,
        words=request.words.split("\n")[0][:200],
        text=text,
        length=length,
        tone=request.tone,
        person=request.person,
        genre=request.genre if request.instruction == "改文体" else "",
        facts=[fact.text for fact in given_facts("", (), text)],
        must=[word for word in request.must if word not in request.never],
        never=bool(request.never),
    )


def _said(prompt: Prompt, before: str, after: str, tools: Tools, length: int) -> Generator[Step, None, str]:
    file = load_prompt("revise.chat")
    room = tools.engine.start().context_tokens - tools.engine.count(prompt)
    wanted = max(file.sampling.max_tokens, round(length * TOKENS_A_CHARACTER))
    sampling = replace(file.sampling, seed=tools.seed, max_tokens=max(LEAST_TOKENS, min(wanted, room)))
    text = ""
    for piece in tools.engine.stream(prompt, sampling, tools.cancel):
        text += piece.text
        yield Step(before + text + after, "正在修改")
    return text
