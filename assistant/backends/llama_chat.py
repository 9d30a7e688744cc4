"""Chat templates of GGUF files: whether one is to be used, and its evaluation in a sandbox."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from assistant.errors import ModelError
from assistant.records import Message

TEMPLATE_KEY = "tokenizer.chat_template"

# How publishers name weights tuned for conversation, and weights that are not. The words stand in the
# keys general.name, general.basename and general.finetune (GGUF specification, "General metadata").
_TUNED = {"it", "instruct", "instruction", "chat", "assistant", "thinking", "sft", "dpo", "rlhf"}
_UNTUNED = {"base", "pt", "pretrain", "pretrained"}
_NAME_KEYS = ("general.name", "general.basename", "general.finetune")


def looks_instruct(metadata: Mapping[str, str], end_token: str) -> bool:
    """Tell whether the model with this GGUF `metadata` is an instruct model, whose template is to be used.

    Decided by the file's data alone. No template: no. Then a word of its names, such as "Instruct" or
    "it", says yes, and "Base" or "pt" says no. Names that say neither (Qwen3-8B is tuned, Qwen2.5-0.5B
    is not, and both carry a template): the model is tuned when its `end_token`, the text of its
    end-of-sequence token, is what the template writes to end a turn, as <|im_end|>; the end token of
    base weights ends documents, and no template writes it.
    """
    template = metadata.get(TEMPLATE_KEY, "")
    if not template:
        return False
    names = " ".join(metadata.get(key, "") for key in _NAME_KEYS).lower()
    words = set(re.split(r"[^a-z]+", names))
    if words & _TUNED:
        return True
    if words & _UNTUNED:
        return False
    return bool(end_token) and end_token in template


def render_chat(template: str, messages: Sequence[Message], bos: str, eos: str) -> str:
    """Return the prompt that `template` makes of `messages`, opened for the assistant's turn.

    The template is foreign code: it runs in an immutable sandbox (CVE-2024-34359 was an unsandboxed
    one); how long it runs is for the caller to limit. Thinking is switched off where the template
    knows `enable_thinking`. A template that refuses a system message gets it as the beginning of the
    first user message. Raises ModelError when the template fails.
    """
    from jinja2 import TemplateError

    plain = [{"role": message.role, "content": message.content} for message in messages]
    try:
        return _render(template, plain, bos, eos)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        if len(plain) > 1 and plain[0]["role"] == "system":
            merged = {"role": plain[1]["role"], "content": f"{plain[0]['content']}\n\n{plain[1]['content']}"}
            return render_chat(template, [Message(**m) for m in (merged, *plain[2:])], bos, eos)
        raise ModelError(
            f"模型自带的对话模板用不了：{error}。", "请换一个模型文件，或从发布者处重新下载。"
        ) from error


def _render(template: str, messages: list[dict[str, str]], bos: str, eos: str) -> str:
    """Evaluate `template` with what Hugging Face's `apply_chat_template` gives to a template."""
    import json

    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(message: str) -> None:
        raise TemplateError(message)

    def tojson(value: Any, indent: int | None = None) -> str:
        return json.dumps(value, ensure_ascii=False, indent=indent)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = tojson
    return environment.from_string(template).render(
        messages=messages,
        tools=None,
        documents=None,
        add_generation_prompt=True,
        enable_thinking=False,
        bos_token=bos,
        eos_token=eos,
        raise_exception=refuse,
        strftime_now=lambda form: datetime.now().strftime(form),
    )
