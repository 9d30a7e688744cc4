"""Seconds from the command to a usable page, and memory: python -m tests.bench.start

The reference is importing the web framework alone, measured in the same run. The first start is one in
an empty home: the model is put together and the shipped corpus indexed; the second finds both.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

REPOSITORY = Path(__file__).resolve().parents[2]
PREPARE = """
import time; begun = time.perf_counter()
from assistant.pipeline import Assistant
from assistant.settings import load_settings
assistant = Assistant(load_settings()); assistant.prepare()
print(time.perf_counter() - begun); assistant.close()
"""


def run(home: Path, *arguments: str) -> str:
    environment = {**os.environ, "BIGAN_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def reference() -> float:
    """Return the seconds a process takes to import gradio and end."""
    begun = time.perf_counter()
    run(REPOSITORY, "-c", "import gradio")
    return time.perf_counter() - begun


def page(home: Path) -> tuple[float, float]:
    """Return the seconds until the page answers, and the resident memory (MiB) of all processes 20 s later."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "--no-browser", "--port", str(port)],
        cwd=REPOSITORY,
        env={**os.environ, "BIGAN_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
                break
            except (URLError, OSError):
                time.sleep(0.05)
        taken = time.perf_counter() - begun
        time.sleep(20)
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        return taken, sum(member.memory_info().rss for member in family) / 2**20
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    bare = min(reference() for _ in range(3))
    print(f"import gradio (reference)           {bare:6.1f} s")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "home"
        for start in ("first", "second"):
            ready = float(run(home, "-c", PREPARE))
            print(f"index and model ready, {start:6} start {ready:6.1f} s  {ready / bare:.2f} × reference")
        taken, memory = page(home)
        print(f"page answers                        {taken:6.1f} s  {taken / bare:.2f} × reference")
        print(f"resident memory, server and model   {memory:6.0f} MiB")


if __name__ == "__main__":
    main()
