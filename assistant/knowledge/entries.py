"""Turn tables of data files into frozen dataclasses, strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from assistant.errors import DataError
from assistant.resources import check_keys

T = TypeVar("T")


def read_entry(kind: type[T], where: str, entry: Mapping[str, Any]) -> T:
    """Return `entry` as the dataclass `kind`; its fields are the keys, those without a default are required.

    TOML arrays become tuples, inner tables the dataclass of the field. Raises DataError, opening with `where`, for a missing or unknown key
    or a value of another type.
    """
    declared = fields(kind)  # type: ignore[arg-type]
    required = {item.name for item in declared if item.default is MISSING}
    check_keys(where, entry, required, {item.name for item in declared} - required)
    hints = get_type_hints(kind)
    values = {key: _checked(hints[key], f"{where}的“{key}”", value) for key, value in entry.items()}
    return kind(**values)


def check_patterns(where: str, patterns: Iterable[str]) -> None:
    """Raise DataError, opening with `where`, for a regular expression that does not read."""
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise DataError(f"{where}的模式“{pattern}”写得不对：{error}。", "请改正后重试。") from error


def _checked(hint: Any, where: str, value: Any) -> Any:
    if is_dataclass(hint) and isinstance(value, dict):
        return read_entry(hint, where, value)  # type: ignore[arg-type]
    if get_origin(hint) is not tuple:
        if type(value) is not hint:
            raise DataError(f"{where}类型不对。", "请改正后重试。")
        return value
    inner = get_args(hint)
    if not isinstance(value, list):
        raise DataError(f"{where}应当是一个列表。", "请改正后重试。")
    if inner[-1] is not Ellipsis and len(value) != len(inner):
        raise DataError(f"{where}应当有{len(inner)}项。", "请改正后重试。")
    return tuple(_checked(inner[0], where, item) for item in value)
