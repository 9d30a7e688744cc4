"""The project's own promises: one test command, lint and types clean, a wheel with all its data."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False
    )


def test_ci_runs_the_test_command_of_the_readme() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"```sh\n(.*?)\n```", readme, re.DOTALL)
    assert commands[0].endswith("&& bigan")
    assert commands[1].endswith("&& python -m pytest")
    assert commands[1] in (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    "command", [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)], ids=" ".join
)
def test_code_is_clean(command: tuple[str, ...]) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_constraints_pin_every_dependency() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(item for group in project["optional-dependencies"].values() for item in group),
    ]
    pinned = set(
        re.findall(
            r"^([A-Za-z0-9._-]+)==",
            (REPOSITORY / ".ci" / "constraints.txt").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    assert {re.split(r"[<>=\[]", item)[0].lower().replace("_", "-") for item in wanted} <= {
        name.lower().replace("_", "-") for name in pinned
    }


def test_wheel_carries_prompts_and_corpus(tmp_path: Path) -> None:
    done = run("pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(tmp_path), ".")
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("prompts", "corpus", "index"):
        files = [path for path in (REPOSITORY / folder).rglob("*") if path.is_file()]
        assert {f"assistant/_shipped/{path.relative_to(REPOSITORY).as_posix()}" for path in files} <= set(
            names
        )
    data = [path for path in (REPOSITORY / "assistant" / "data").rglob("*.toml")]
    assert {path.relative_to(REPOSITORY).as_posix() for path in data} <= set(names)


def test_documents_name_no_machine() -> None:
    words = re.compile(r"/(?:root|home/[a-z]+|tmp)/[\w.]")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=True
    )
    texts = [
        REPOSITORY / name
        for name in listed.stdout.split("\0")
        if name.endswith((".md", ".py", ".toml", ".txt"))
    ]
    own = Path(__file__)
    assert [
        path.name
        for path in texts
        if path != own and path.exists() and words.search(path.read_text(encoding="utf-8"))
    ] == []
