"""Fixtures for all tests. No test touches the user's own home or the network."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for each test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("BIGAN_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def sample() -> Path:
    """The sample 述职报告 that came with the project's brief, where it is present."""
    found = sorted((SHARED / "examples").glob("*.txt"))
    if not found:
        pytest.skip("没有 ../shared/examples 里的样例")
    return found[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason said, what this machine cannot run."""
    office = None if shutil.which("soffice") else pytest.mark.skip(reason="没有安装 LibreOffice")
    browser = None if shutil.which("chromium") else pytest.mark.skip(reason="没有安装 Chromium")
    for item in items:
        for marker, skip in (("office", office), ("browser", browser)):
            if skip and item.get_closest_marker(marker):
                item.add_marker(skip)
