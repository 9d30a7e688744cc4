"""A kill -9 in the middle of exports leaves a whole file: an earlier one or a new one."""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from pathlib import Path
from random import Random

SCRIPT = """
import sys
from pathlib import Path
from assistant.document.export import export
from assistant.document.manuscript import manuscript_from_text
text = "××局述职报告\\n一、履职情况\\n" + "做了大量工作。" * 2000
print("ready", flush=True)
while True:
    export(manuscript_from_text(text), Path(sys.argv[1]))
    print("written", flush=True)
"""


def test_a_killed_export_leaves_a_whole_file(tmp_path: Path) -> None:
    target = tmp_path / "《述职报告》（2024年）.docx"
    moments = Random(9704)
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(target)], stdout=subprocess.PIPE, encoding="utf-8"
        )
        assert process.stdout is not None
        assert [process.stdout.readline().strip() for _ in range(2)] == ["ready", "written"]
        time.sleep(moments.uniform(0, 0.3))
        process.kill()
        process.communicate()
        with zipfile.ZipFile(target) as docx:
            assert docx.testzip() is None
            assert "履职情况" in docx.read("word/document.xml").decode("utf-8")
