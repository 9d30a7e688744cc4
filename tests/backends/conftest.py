"""The real model for the tests that are marked `model`."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.backends.models import embedded_model


@pytest.fixture(scope="session")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded model's GGUF file, put together once for the session."""
    return embedded_model(tmp_path_factory.mktemp("models"))
