"""Nothing leaves the machine: the program works without a network, and asks for none where there is one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]
REPOSITORY = Path(__file__).resolve().parents[2]
DRAFT = "起草述职报告的存在问题部分，围绕理论学习、组织活动两个方面"
# A connection to anything but this machine, or a datagram to a name server.
OUTSIDE = re.compile(
    r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\("(?!127\.)|inet_pton\(AF_INET6, "(?!::1"|::ffff:127\.))'
)
# Serves the page, asks for it, and ends: what a browser needs is all that is asked of the network.
SERVE = """
import socket, sys, threading, time
from urllib.request import urlopen
from assistant.settings import load_settings
from assistant.web.app import serve
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
threading.Thread(target=serve, args=(load_settings(), "127.0.0.1", port, False), daemon=True).start()
for _ in range(600):
    try:
        page = urlopen(f"http://127.0.0.1:{port}/", timeout=5).read().decode("utf-8")
        break
    except OSError:
        time.sleep(0.2)
print("笔杆" in page)
"""


def python(home: Path, prefix: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*prefix, sys.executable, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "BIGAN_HOME": str(home)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("offline")


@pytest.fixture(scope="module")
def without_network() -> list[str]:
    """The start of a command line that runs the rest with no network but its own loopback."""
    prefix = ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("这里不允许建立网络命名空间（unshare -n）")
    return prefix


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    """The start of a command line that records every connect and sendto, and where."""
    log = tmp_path_factory.mktemp("strace") / "log"
    prefix = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmmsg", "-o", str(log)]
    if (
        not shutil.which("strace")
        or subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("没有 strace，或不允许使用")
    return prefix, log


def outside(log: Path) -> list[str]:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line for line in lines if OUTSIDE.search(line)]


@pytest.mark.parametrize(
    "arguments", [("draft", DRAFT), ("find", "三会一课"), ("check", "README.md")], ids=lambda item: item[0]
)
def test_the_jobs_work_without_a_network(
    lasting: Path, without_network: list[str], arguments: tuple[str, ...]
) -> None:
    done = python(lasting, without_network, "-m", "assistant", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_the_page_is_served_without_a_network(lasting: Path, without_network: list[str]) -> None:
    done = python(lasting, without_network, "-c", SERVE)
    assert done.stdout.strip().endswith("True"), done.stderr


def test_the_watch_sees_a_connection(watched: tuple[list[str], Path], lasting: Path) -> None:
    prefix, log = watched
    script = (
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('192.0.2.1', 53))"
    )
    python(lasting, prefix, "-c", script)
    assert outside(log)


def test_nothing_is_asked_of_the_network(watched: tuple[list[str], Path], lasting: Path) -> None:
    prefix, log = watched
    for arguments in (("-m", "assistant", "draft", DRAFT, "--json"), ("-c", SERVE)):
        done = python(lasting, prefix, *arguments)
        assert done.returncode == 0, done.stderr
        assert outside(log) == []
