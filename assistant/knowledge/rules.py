"""Pattern rules: what a review looks for word by word, as data in assistant/data/rules/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from assistant.errors import DataError
from assistant.records import Finding, Severity
from assistant.resources import DATA, check_keys, read_toml

KEYS = ("id", "pattern", "message", "suggestion", "fix", "severity", "source", "bad", "good")


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern with what to say where it matches; `fix`: replacing the match by `suggestion` is always right."""

    id: str
    pattern: re.Pattern[str]
    message: str
    suggestion: str
    fix: bool
    severity: Severity
    source: str
    bad: tuple[str, ...]
    good: tuple[str, ...]


@cache
def load_rules(folder: Path = DATA / "rules") -> tuple[Rule, ...]:
    """Return all pattern rules, in the order of file names and entries.

    Raises DataError for an unknown key, a doubled id, a wrong severity, or a rule without source or
    examples.
    """
    rules: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.toml")):
        for entry in read_toml(path)["rule"]:
            where = f"“{path.name}”的规则“{entry.get('id', '')}”"
            check_keys(where, entry, KEYS)
            if entry["id"] in rules or entry["severity"] not in get_args(Severity):
                raise DataError(f"{where}重名或级别不对。", "请改正后重试。")
            if not (entry["source"] and entry["bad"] and entry["good"]):
                raise DataError(f"{where}缺少出处或正反例。", "请补上后重试。")
            values = {**entry, "bad": tuple(entry["bad"]), "good": tuple(entry["good"])}
            rules[entry["id"]] = Rule(**{**values, "pattern": re.compile(entry["pattern"])})
    return tuple(rules.values())


def match_rules(text: str) -> Iterator[Finding]:
    """Yield a finding for every match of every pattern rule in `text`."""
    for rule in load_rules():
        for match in rule.pattern.finditer(text):
            if match.group():
                yield Finding(
                    rule=rule.id,
                    severity=rule.severity,
                    start=match.start(),
                    end=match.end(),
                    quote=match.group(),
                    message=rule.message.replace("{match}", match.group()),
                    suggestion=match.expand(rule.suggestion) if rule.fix else rule.suggestion,
                    source=rule.source,
                    fix=rule.fix,
                )


def apply_fixes(text: str) -> str:
    """Return `text` with every rule applied whose replacement is always right."""
    for rule in load_rules():
        if rule.fix:
            text = rule.pattern.sub(rule.suggestion, text)
    return text
