"""Examine the machine: what is missing or slow, and what to do about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.document.layout import load_layout
from assistant.errors import AssistantError
from assistant.pipeline import Assistant

REBUILD = (
    "重装 llama-cpp-python 可让它用上本机指令集：先清除环境变量 SOURCE_DATE_EPOCH，再运行 "
    "pip install --force-reinstall --no-binary llama-cpp-python llama-cpp-python。"
)
SPACE_LEAST = 1.0  # GB: the unpacked embedded model, the index and room to work


@dataclass(frozen=True, slots=True)
class Check:
    """One examined thing and what to do when it falls short."""

    name: str
    status: Literal["ok", "warning", "error"]
    detail: str
    remedy: str = ""


def examine(assistant: Assistant) -> Iterator[Check]:
    """Yield the checks of this machine, one after the other; loads the model and the index."""
    yield _python()
    yield _space(assistant.settings.home)
    yield from _engine(assistant)
    yield _index(assistant)
    yield _fonts()
    yield _office()


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("Python", "ok" if sys.version_info >= (3, 11) else "error", version)


def _space(home: Path) -> Check:
    home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(home).free / 2**30
    if free < SPACE_LEAST:
        return Check(
            "磁盘",
            "error",
            f"数据目录所在盘剩余 {free:.1f} GB",
            "请腾出空间，或用环境变量 BIGAN_HOME 换一个目录。",
        )
    return Check("磁盘", "ok", f"数据目录 {home}，剩余 {free:.1f} GB")


def _engine(assistant: Assistant) -> Iterator[Check]:
    try:
        info = assistant.engine_info()
    except AssistantError as error:
        yield Check("语言模型", "error", error.message, error.remedy)
        return
    kind = "指令模型" if info.chat else "基座模型，按例文改写起草"
    yield Check("语言模型", "ok", f"{info.name}（{kind}），上下文 {info.context_tokens} 词元")
    flags = [
        name for name in ("AVX", "AVX2", "AVX512", "AVX512_VNNI", "NEON") if info.features.get(name) == "1"
    ]
    fast = "AVX2" in flags or "NEON" in flags
    yield Check(
        "编译选项", "ok" if fast else "warning", "、".join(flags) or "没有向量指令", "" if fast else REBUILD
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    full = info.threads >= min(cores, 2)
    yield Check(
        "线程",
        "ok" if full else "warning",
        f"用 {info.threads} 个，本机 {cores} 个",
        "" if full else "请删去 settings.toml 里的 threads 一项。",
    )


def _index(assistant: Assistant) -> Check:
    try:
        documents = assistant.corpus_list()
    except AssistantError as error:
        return Check("资料库", "error", error.message, error.remedy)
    own = sum(item.kind == "material" for item in documents)
    place = "本机" if assistant.settings.store == "faiss" else f"Milvus（{assistant.settings.milvus_uri}）"
    return Check("资料库", "ok", f"{len(documents)}份资料，其中自己添加的{own}份，向量存放在{place}")


def _fonts() -> Check:
    wanted = sorted(load_layout().fonts)
    found = _installed_fonts()
    missing = [name for name in wanted if name not in found]
    if not missing:
        return Check("公文字体", "ok", "、".join(wanted))
    return Check(
        "公文字体",
        "warning",
        f"本机没有：{'、'.join(missing)}",
        "导出的文件仍按这些字体排版，在装有它们的电脑上显示正常；本机预览会用替代字体。",
    )


def _installed_fonts() -> str:
    """Return the names of the installed fonts as one text."""
    if sys.platform == "win32":
        import winreg

        with winreg.OpenKey(
            winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Fonts"
        ) as key:
            return "\n".join(winreg.EnumValue(key, i)[0] for i in range(winreg.QueryInfoKey(key)[1]))
    tool = shutil.which("fc-list")
    if not tool:
        return ""
    return subprocess.run([tool, ":", "family"], capture_output=True, encoding="utf-8", check=False).stdout


def _office() -> Check:
    tool = shutil.which("soffice") or shutil.which("libreoffice")
    if tool:
        return Check("LibreOffice", "ok", "已安装")
    return Check("LibreOffice", "ok", "未安装（导出 Word 不需要它）")
