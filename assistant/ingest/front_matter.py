"""Front matter: what a text file says of itself before its text, between +++ (TOML) or --- (YAML) lines."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_TOML = re.compile(r"\A\s*\+\+\+[ \t]*\n(.*?\n)?\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
# --- is a rule in Markdown as well: all lines up to the next one must be keys, continuations, items or comments.
# No line fits two of the alternatives, so a long text that fits none at its end is not tried again and again.
_YAML = re.compile(
    r"\A\s*---[ \t]*\n((?:[\w-]+:(?:[ \t][^\n]*)?\n|[ \t]+[^\s][^\n]*\n|-[ \t][^\n]*\n|#[^\n]*\n|[ \t]*\n)*?)"
    r"(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
_YAML_KEY = re.compile(r"^([\w-]+):[ \t]*([^\n]*?)[ \t]*$", re.MULTILINE)


def part_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """Return what the front matter of `text` says, and the text after it.

    Of YAML only lines “key: value” are read, as text, or as a number where the value is one. A text
    without front matter, or with one that does not read, comes back whole with nothing said.
    """
    if match := _TOML.match(text):
        try:
            return tomllib.loads(match[1] or ""), text[match.end() :]
        except tomllib.TOMLDecodeError:
            return {}, text
    match = _YAML.match(text)
    keys = _YAML_KEY.findall(match[1]) if match else []
    if match and keys:
        return {key: _scalar(value) for key, value in keys if value.strip("|>+-")}, text[match.end() :]
    return {}, text


def _scalar(value: str) -> str | int:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else value
