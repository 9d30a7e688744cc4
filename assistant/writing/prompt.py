"""Prompts are files in prompts/: TOML front matter that declares them, then a Jinja body.

A completion body is rendered to one string. A chat body has lines `<<system>>`, `<<user>>` and
`<<assistant>>` that open its messages. Rendering is sandboxed, and an input that is missing is an
error, never an empty place in the prompt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assistant.errors import DataError
from assistant.knowledge.structure import plain_text
from assistant.records import Message, Sampling
from assistant.resources import check_keys, read_front_matter, shipped

if TYPE_CHECKING:
    from assistant.backends import Prompt

_ROLE = re.compile(r"^<<(system|user|assistant)>>\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PromptFile:
    """A prompt as it stands in its file: `inputs` are the names its body may use."""

    name: str
    chat: bool
    inputs: frozenset[str]
    sampling: Sampling
    body: str


@cache
def load_prompt(name: str) -> PromptFile:
    """Return the prompt file `prompts/<name>.md`.

    Raises DataError for a missing file, an unknown key or a wrong `kind`.
    """
    head, body = read_front_matter(shipped("prompts") / f"{name}.md")
    check_keys(f"提示词“{name}”", head, ("description", "kind", "inputs", "sampling"))
    check_keys(
        f"提示词“{name}”的 sampling ", head["sampling"], (), {field.name for field in fields(Sampling)}
    )
    if head["kind"] not in ("completion", "chat"):
        raise DataError(f"提示词“{name}”的 kind 只能是 completion 或 chat。", "请改正后重试。")
    values = {**head["sampling"], "stop": tuple(head["sampling"].get("stop", ()))}
    return PromptFile(name, head["kind"] == "chat", frozenset(head["inputs"]), Sampling(**values), body)


def render(prompt: PromptFile, **values: Any) -> Prompt:
    """Return `prompt` filled with `values`.

    Raises DataError when an input is missing, unknown, or the body is wrong.
    """
    if values.keys() != prompt.inputs:
        wrong = "、".join(sorted(values.keys() ^ prompt.inputs))
        raise DataError(f"提示词“{prompt.name}”的输入对不上：{wrong}。", "请改正提示词文件。")
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=False)
    try:
        text = environment.from_string(prompt.body).render(values)
    except TemplateError as error:
        raise DataError(f"提示词“{prompt.name}”渲染失败：{error}。", "请改正提示词文件。") from error
    return _messages(text) if prompt.chat else text


def _messages(text: str) -> tuple[Message, ...]:
    parts = _ROLE.split(text)
    return tuple(
        Message(role, content.strip()) for role, content in zip(parts[1::2], parts[2::2], strict=True)
    )


def model_text(text: str, original: str = "") -> str:
    """Return an instruct model's answer without Markdown marks.

    A ** that stands in `original` as well may be an omitted name (“到**镇”) and stays.
    """
    plain = plain_text(text).strip()
    return plain if "**" in original else plain.replace("**", "")
