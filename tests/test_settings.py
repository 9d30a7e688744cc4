"""Settings are read strictly, and only what differs from the defaults is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import DataError
from assistant.settings import load_settings, save_settings


def test_home_moves_all_state(home: Path) -> None:
    settings = load_settings()
    assert settings.home == home
    assert all(
        home in path.parents for path in (settings.models_folder, settings.index_folder, settings.database)
    )


def test_saved_settings_come_back(home: Path) -> None:
    settings = replace(load_settings(), model="某模型.gguf", threads=2)
    save_settings(settings)
    assert load_settings() == settings
    assert "embedder" not in settings.file.read_text(encoding="utf-8")


def test_a_secret_comes_from_the_environment_and_is_never_written_or_shown(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIGAN_MILVUS_TOKEN", "root:geheim")
    settings = replace(load_settings(), store="milvus", milvus_uri="https://milvus.example.cn:19530")
    assert settings.milvus_token == "root:geheim"
    save_settings(settings)
    assert "geheim" not in settings.file.read_text(encoding="utf-8") + repr(settings)
    assert load_settings() == settings


@pytest.mark.parametrize(
    "text", ["modle = 'x'", "threads = 'two'", "threads = [", "store = 'chroma'", "milvus_token = 'x'"]
)
def test_mistakes_are_told(home: Path, text: str) -> None:
    home.mkdir()
    (home / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"settings\.toml"):
        load_settings()
