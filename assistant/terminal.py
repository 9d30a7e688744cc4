"""What the command line prints of results: JSON, findings, notes."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from assistant.records import Finding

SEVERITY_NAMES = {"error": "错误", "warning": "警告", "hint": "提示"}


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object on one line."""
    print(json.dumps(value, ensure_ascii=False))


def print_findings(findings: Sequence[Finding]) -> None:
    """Print each finding, of those that say the same of the same words only the first and their number."""
    same = Counter((item.rule, item.quote) for item in findings)
    for item in findings:
        count = same.pop((item.rule, item.quote), 0)
        if not count:
            continue
        advice = f"建议：{item.suggestion}。" if item.suggestion else ""
        place = f"第{item.start}—{item.end}字" + (f"等{count}处" if count > 1 else "")
        print(
            f"〔{SEVERITY_NAMES[item.severity]}〕{place}“{item.quote}”：{item.message}。{advice}（{item.source}）"
        )


def print_notes(notes: Sequence[str]) -> None:
    """Print each note on stderr, so that the text alone goes to a pipe."""
    for note in notes:
        print(f"注：{note}", file=sys.stderr)
