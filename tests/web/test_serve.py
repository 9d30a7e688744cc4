"""Where the server listens, and what it says when it cannot."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.settings import Settings
from assistant.web.app import serve


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AssistantError) as failed:
            serve(Settings(home=tmp_path), port=port, open_browser=False)
    assert str(port) in failed.value.message
    assert "--port" in failed.value.remedy


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::"])
def test_other_machines_are_not_served_without_accounts(tmp_path: Path, host: str) -> None:
    with pytest.raises(AssistantError, match="局域网"):
        serve(Settings(home=tmp_path), host=host, open_browser=False)
    assert not (tmp_path / "workspace.sqlite3").exists()


@pytest.mark.parametrize("port", [-1, 70000])
def test_an_impossible_port_is_refused(tmp_path: Path, port: int) -> None:
    with pytest.raises(AssistantError, match="--port"):
        serve(Settings(home=tmp_path), port=port, open_browser=False)
