"""Revise a text: tidy it by rules, replace colloquial wording, let the model improve what it safely can."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.errors import RequestError
from assistant.knowledge.rules import apply_fixes
from assistant.knowledge.structure import split_sentences
from assistant.knowledge.wording import standard_wording
from assistant.records import Filters, Request
from assistant.writing.candidates import Familiarity
from assistant.writing.compress import compress
from assistant.writing.facts import given_facts
from assistant.writing.followup import carry_out, is_follow_up
from assistant.writing.keep import keep_facts
from assistant.writing.prompt import load_prompt, model_text, render
from assistant.writing.sentencewise import change_person, revision_data, same_meaning
from assistant.writing.steps import Step, Tools, Writing, Written, nested

if TYPE_CHECKING:
    from assistant.backends import Prompt

PROPOSALS = 2  # rewritings of a sentence asked of a base model
GAIN = 0.08  # by how much a rewriting must sound more like the exemplars to replace a sentence
SENTENCE_MAX = 120  # characters: longer sentences a small base model cannot hold


def revise(request: Request, tools: Tools) -> Writing:
    """Yield the growing revision of `request.text` and return it.

    Raises RequestError when there is nothing to revise.
    """
    if not request.text.strip():
        raise RequestError("没有要修改的文字。", "请把要修改的段落粘贴在要求后面，或者先在文稿里写好。")
    if is_follow_up(request, tools.chat):
        return carry_out(request, tools)
    if request.place:
        return _part(request, tools)
    if tools.chat:
        return _by_chat(request, tools)
    return _by_rules_and_model(request, tools)


def _part(request: Request, tools: Tools) -> Writing:
    """Revise what stands at `request.place` and leave the rest as it is."""
    start, end = request.span
    head, part, tail = request.text[:start], request.text[start:end], request.text[end:]
    inner = replace(request, text=part, place="", span=(0, 0))
    written = yield from nested(head, revise(inner, tools), tail)
    return replace(
        written, text=head + written.text + tail, notes=(f"只改了{request.place}。", *written.notes)
    )


def _by_chat(request: Request, tools: Tools) -> Writing:
    file = load_prompt("revise.chat")
    prompt: Prompt = render(
        file,
        instruction=request.instruction,
        words=request.words.split("\n")[0][:200],
        text=request.text,
        length=request.length,
        tone=request.tone,
        person=request.person,
        facts=[fact.text for fact in given_facts("", (), request.text)],
    )
    text = ""
    for piece in tools.engine.stream(prompt, replace(file.sampling, seed=tools.seed), tools.cancel):
        text += piece.text
        yield Step(text, "正在修改")
    kept, restored = keep_facts(request.text, model_text(text, request.text))
    note = f"模型丢了或改了{len(restored)}句里的数字、名称等，这些句子保持原样。"
    return Written(kept, notes=(note,) if restored else ())


def _by_rules_and_model(request: Request, tools: Tools) -> Writing:
    notes: list[str] = []
    text = apply_fixes(request.text)
    if text != request.text:
        notes.append("已按规则去掉多余空格和残留标记。")
    text, replaced = standard_wording(text)
    if replaced:
        notes.append(
            "按词典换用规范说法：" + "、".join(f"{old}→{new or '（删）'}" for old, new in replaced) + "。"
        )
    yield Step(text, "规则和词典已处理")
    if request.instruction == "改人称" or request.person:
        text = change_person(text, request.person or "第三人称")
        notes.append(f"已换成{request.person or '第三人称'}，请通读一遍称谓是否合适。")
    if request.instruction == "压缩":
        return _compressed(request, text, notes)
    if request.instruction in ("扩写", "续写"):
        notes.append(
            f"内置的小模型不能可靠地{request.instruction}，只做了规范化；换用指令模型（bigan models）后可以。"
        )
        return Written(text, notes=tuple(notes))
    text, improved, asked = yield from _sentence_by_sentence(text, tools)
    notes.append(
        f"模型改写了{improved}句；其余{asked - improved}句它没有改得更好，保持不动。"
        if asked
        else "没有需要模型改写的句子。"
    )
    return Written(text, notes=tuple(notes))


def _compressed(request: Request, text: str, notes: list[str]) -> Written:
    target = request.length or len(text) * 2 // 3
    short = compress(text, target)
    notes.append(f"由{len(request.text)}字删减到{len(short)}字，删的都是不含事实的整句。")
    if len(short) > target * 1.1:
        notes.append(f"再删就要丢事实，没有压到{target}字；请指明可以舍去的内容。")
    return Written(short, notes=tuple(notes))


def _sentence_by_sentence(text: str, tools: Tools) -> Generator[Step, None, tuple[str, int, int]]:
    """Return the text with the sentences the model improved, their number, and how many it was asked for."""
    done, improved, asked, result = 0, 0, 0, ""
    for start, end in split_sentences(text):
        sentence = text[start:end]
        result += text[done:start]
        done = end
        core = sentence.strip()
        if 10 <= len(core) <= SENTENCE_MAX and core.endswith("。"):
            asked += 1
            better = yield from _better(core, result, text[end:], tools)
            improved += better != core
            sentence = sentence.replace(core, better)
        result += sentence
        yield Step(result + text[end:], f"已看过{asked}句")
    return result + text[done:], improved, asked


def _better(sentence: str, before: str, after: str, tools: Tools) -> Generator[Step, None, str]:
    """Return the model's rewriting of `sentence` when it is provably safe and sounds better, else the sentence."""
    file = load_prompt("revise_sentence.base")
    prompt = render(file, pairs=list(revision_data().pairs), before="", sentence=sentence)
    near = tools.search(sentence, Filters(kinds=("exemplar",)), 12)
    familiar = Familiarity(hit.passage.text for hit in near)
    best, best_share = sentence, familiar.share(sentence) + GAIN
    for number in range(PROPOSALS):
        proposal = ""
        sampling = replace(file.sampling, seed=tools.seed * 100 + number, max_tokens=len(sentence) + 20)
        for piece in tools.engine.stream(prompt, sampling, tools.cancel):
            proposal += piece.text
            yield Step(before + sentence + after, "正在润色")
        proposal = proposal.strip()
        if same_meaning(sentence, proposal) and familiar.share(proposal) > best_share:
            best, best_share = proposal, familiar.share(proposal)
    return best
