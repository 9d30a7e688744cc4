"""Words of the checks that stand in data files as alternatives of regular expressions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from assistant.resources import DATA, check_keys, read_toml


@cache
def words_of(file: str, table: str, keys: tuple[str, ...]) -> Mapping[str, str]:
    """Return the `table` of the data file `file` (without .toml). Raises DataError unless it has just these `keys`."""
    data = read_toml(DATA / f"{file}.toml")[table]
    check_keys(f"{file}.toml 的 {table} ", data, keys)
    return {key: str(value) for key, value in data.items()}
