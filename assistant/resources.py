"""Find the program's own data and read data files strictly.

In a checkout `prompts/`, `corpus/` and `index/` stand beside the package; in an installed wheel they travel in
`assistant/_shipped/`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from assistant.errors import DataError

PACKAGE = Path(__file__).resolve().parent
DATA = PACKAGE / "data"


def shipped(name: str) -> Path:
    """Return the folder `prompts`, `corpus` or `index` of this installation.

    Raises DataError when the installation lacks it.
    """
    for folder in (PACKAGE.parent / name, PACKAGE / "_shipped" / name):
        if folder.is_dir() and (folder.parent / "assistant" == PACKAGE or "_shipped" in folder.parts):
            return folder
    raise DataError(f"程序自带的“{name}”目录不见了。", "请重新安装笔杆。")


def read_toml(path: Path) -> dict[str, Any]:
    """Return the TOML file at `path`. Raises DataError with the place of the mistake."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"数据文件“{path.name}”读不出来：{error}。", "请改正该文件后重试。") from error


def read_front_matter(path: Path) -> tuple[dict[str, Any], str]:
    """Return the TOML front matter (between +++ lines) and the body of a file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"文件“{path.name}”读不出来：{error}。", "请改正该文件后重试。") from error
    parts = text.split("+++\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise DataError(f"文件“{path.name}”没有以 +++ 起止的文件头。", "请补上文件头后重试。")
    try:
        return tomllib.loads(parts[1]), parts[2].strip("\n")
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"文件“{path.name}”的文件头有误：{error}。", "请改正后重试。") from error


def check_keys(
    where: str, entry: Mapping[str, Any], required: Iterable[str], optional: Iterable[str] = ()
) -> None:
    """Raise DataError when `entry` lacks a required key or has an unknown one."""
    required = set(required)
    missing = required - entry.keys()
    unknown = entry.keys() - required - set(optional)
    if missing:
        raise DataError(f"{where}缺少：{'、'.join(sorted(missing))}。", "请补上后重试。")
    if unknown:
        raise DataError(f"{where}有不认识的项：{'、'.join(sorted(unknown))}。", "请删去或改正后重试。")


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a crash leaves the earlier file or the whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    if os.name == "posix":  # a rename is durable only once its directory is
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
