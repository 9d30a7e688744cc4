"""Revise a text: which means for which instruction, and what holds for all of them.

Whatever the engine: locked parts stay byte for byte, facts marked never are ××, and a sentence whose facts
would be lost stands as it was.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from assistant.errors import RequestError
from assistant.knowledge.phrases import match_phrases
from assistant.knowledge.rules import apply_fixes
from assistant.knowledge.structure import split_sentences
from assistant.knowledge.wording import standard_wording
from assistant.records import Filters, Request
from assistant.writing.candidates import Familiarity
from assistant.writing.compress import TOLERANCE, compress, standing_in_the_way, without_padding
from assistant.writing.facts import hidden
from assistant.writing.followup import carry_out, is_follow_up
from assistant.writing.grow import expand, go_on
from assistant.writing.keep import keep_facts
from assistant.writing.locks import around, check_locked, locked_spans
from assistant.writing.manner import change_person, change_style, change_tone
from assistant.writing.overlap import size_of
from assistant.writing.prompt import load_prompt, render
from assistant.writing.rewrite import go_on_by_chat, rewrite_by_chat
from assistant.writing.sentencewise import revision_data, same_meaning
from assistant.writing.steps import Step, Tools, Writing, Written, nested

PROPOSALS = 2  # rewritings of a sentence asked of a base model
GAIN = 0.08  # by how much a rewriting must sound more like the exemplars to replace a sentence
SENTENCE_MAX = 120  # characters: longer sentences a small base model cannot hold
SHOWN = 8  # facts that a note names
SHOWN_LEFT = 3  # sentences that a note quotes
GROWING = ("扩写", "续写")


def revise(request: Request, tools: Tools) -> Writing:
    """Yield the growing revision of `request.text` and return it.

    Raises RequestError when there is nothing to revise, a locked part does not stand in the text, or what is
    asked for would change one.
    """
    if not request.text.strip():
        raise RequestError("没有要修改的文字。", "请把要修改的段落粘贴在要求后面，或者先在文稿里写好。")
    check_locked(request.text, request.locked)
    written = yield from _revision(request, tools)
    for part in request.locked:
        if part not in written.text:
            raise RequestError(
                f"这样改会动到锁定的“{part[:30]}”，文字没有改动。", "请先取消锁定，或者换一处来改。"
            )
    return written


def _revision(request: Request, tools: Tools) -> Writing:
    if is_follow_up(request, tools.chat):
        return carry_out(request, tools)
    if request.place and not (request.instruction == "扩写" and not tools.chat):  # 扩写 needs the text around
        return _part(request, tools)
    return _kept(request, tools)


def _part(request: Request, tools: Tools) -> Writing:
    """Revise what stands at `request.place` and leave the rest as it is."""
    start, end = request.span
    head, part, tail = request.text[:start], request.text[start:end], request.text[end:]
    held = [
        (max(a - start, 0), b - start) for a, b in locked_spans(request.text, request.locked) if b > start
    ]
    locked = tuple(part[a:b] for a, b in held if part[a:b])
    inner = replace(request, text=part, place="", span=(0, 0), locked=locked)
    written = yield from nested(head, _kept(inner, tools), tail)
    return replace(
        written, text=head + written.text + tail, notes=(f"只改了{request.place}。", *written.notes)
    )


def _kept(request: Request, tools: Tools) -> Writing:
    """Revise all of the text; what was locked, what must not be stated and what was lost is seen to."""
    start, end = request.span if request.place else (0, len(request.text))
    head, tail = request.text[:start], request.text[end:]
    part = around(request.text[start:end], request.locked, lambda piece: hidden(piece, request.never))
    text = head + part + tail
    inner = replace(request, text=text, span=(start, start + len(part)) if request.place else (0, 0))
    written = yield from _by_chat(inner, tools) if tools.chat else _by_rules(inner, tools)
    kept, left = keep_facts(text, written.text)
    left = (*written.left, *left)
    notes = [*written.notes]
    if request.locked:
        notes.append(f"锁定的{len(request.locked)}处一字未动。")
    if text != request.text:
        notes.append("标了不用的内容已写成××。")
    if left:
        shown = "”“".join(item[:40] for item in left[:SHOWN_LEFT])
        notes.append(f"有{len(left)}句改后会丢掉或改动数字、名称等，这些句子保持原样：“{shown}”。")
    return replace(written, text=kept, notes=tuple(notes), left=left)


def _by_chat(request: Request, tools: Tools) -> Writing:
    if request.instruction == "续写":
        return (yield from go_on_by_chat(request, tools))
    written = yield from rewrite_by_chat(request, tools)
    size, length = size_of(written.text), request.length
    if not length or abs(size - length) <= TOLERANCE * length:
        return written
    if size > length and request.instruction != "扩写":
        return _shortened(request, written.text, [*written.notes, f"模型改到{size}字，再按规则删减。"])
    if request.instruction == "扩写" and size < length:
        more = replace(request, text=written.text)
        grown = yield from expand(more, tools)
        notes = (*written.notes, f"模型只写到{size}字，再用例文补充。", *grown.notes)
        return Written(grown.text, grown.hits, notes, left=written.left)
    if request.instruction == "压缩":
        note = f"模型压得太短（{size}字），改由原文按规则删减。"
        return _shortened(request, request.text, [note])
    return replace(written, notes=(*written.notes, f"要求{length}字，模型写了{size}字。"))


def _by_rules(request: Request, tools: Tools) -> Writing:
    if request.instruction in GROWING:
        return (yield from (expand if request.instruction == "扩写" else go_on)(request, tools))
    notes: list[str] = []
    text = around(request.text, request.locked, apply_fixes)
    if text != request.text:
        notes.append("已按规则改正标点、空格、残留标记和有把握的错字。")
    if request.instruction == "纠错":
        return _corrected(request, text, notes)
    text = _worded(request, text, notes)
    yield Step(text, "规则和词典已处理")
    text = _mannered(request, text, notes)
    if request.instruction == "压缩":
        return _shortened(request, text, notes)
    text, improved, asked = yield from _sentence_by_sentence(request, text, tools)
    notes.append(
        f"模型改写了{improved}句；其余{asked - improved}句它没有改得更好，保持不动。"
        if asked
        else "没有需要模型改写的句子。"
    )
    if request.length and size_of(text) > request.length * (1 + TOLERANCE):
        return _shortened(request, text, notes)
    return Written(text, notes=tuple(notes))


def _corrected(request: Request, text: str, notes: list[str]) -> Written:
    """Return the text with set phrases that have one wrong character put right; nothing else is changed."""
    made: dict[str, None] = {}

    def change(piece: str) -> str:
        for finding in reversed(tuple(match_phrases(piece))):
            made[f"{finding.quote}→{finding.suggestion}"] = None
            piece = piece[: finding.start] + finding.suggestion + piece[finding.end :]
        return piece

    corrected = around(text, request.locked, change)
    if made:
        notes.append("改正错字：" + "、".join(made) + "。")
    if corrected == request.text:
        notes.append("没有找到有把握改的错误，文字没有改。")
    notes.append("拿不准的只列在审校意见里，请逐条看。")
    return Written(corrected, notes=tuple(notes))


def _worded(request: Request, text: str, notes: list[str]) -> str:
    made: dict[tuple[str, str], None] = {}

    def change(piece: str) -> str:
        piece, replaced = standard_wording(piece)
        made.update(dict.fromkeys(replaced))
        return piece

    text = around(text, request.locked, change)
    if made:
        notes.append(
            "按词典换用规范说法：" + "、".join(f"{old}→{new or '（删）'}" for old, new in made) + "。"
        )
    return text


def _mannered(request: Request, text: str, notes: list[str]) -> str:
    """Return the text in the kind, person and tone asked for; the notes say what the rules do not do."""
    if request.instruction == "改文体":
        changed = change_style(text, request.genre, request.locked)
        text = changed.text
        notes += changed.notes
    if request.instruction == "改人称" or request.person:
        changed = change_person(text, request.person or "第三人称", request.locked)
        text = changed.text
        notes += changed.notes
    if request.tone == "简洁" and request.instruction != "压缩":
        text = without_padding(text, request.locked)
    elif request.tone or request.instruction == "改语气":
        changed = change_tone(text, request.tone, request.locked)
        if request.instruction == "改语气" or changed.text != text:
            notes += changed.notes
        text = changed.text
    return text


def _shortened(request: Request, text: str, notes: list[str]) -> Written:
    size = size_of(request.text)
    target = request.length or size * 2 // 3
    short = compress(text, target, request.locked)
    notes.append(f"由{size}字删减到{size_of(short)}字，先去套话，再合并、删去不含事实和要求的句子。")
    over = size_of(short) - target
    if over > target * TOLERANCE:
        facts = standing_in_the_way(short)
        shown = "、".join(facts[:SHOWN]) + (f"等{len(facts)}处" if len(facts) > SHOWN else "")
        why = f"剩下的多是带事实或要求的句子（{shown}）" if facts else "剩下的句子不能再拆"
        notes.append(f"没有压到{target}字，还多{over}字：{why}，再删就要丢内容。请指明可以舍去的内容。")
    return Written(short, notes=tuple(notes))


def _sentence_by_sentence(
    request: Request, text: str, tools: Tools
) -> Generator[Step, None, tuple[str, int, int]]:
    """Return the text with the sentences the model improved, their number, and how many it was asked for."""
    done, improved, asked, result = 0, 0, 0, ""
    held = locked_spans(text, request.locked)
    for start, end in split_sentences(text):
        sentence = text[start:end]
        result += text[done:start]
        done = end
        core = sentence.strip()
        free = not any(first < end and start < last for first, last in held)
        if free and 10 <= len(core) <= SENTENCE_MAX and core.endswith("。"):
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
