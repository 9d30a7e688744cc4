"""Formulations in a text: wrong wording, and wording that no longer holds at the document's date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.knowledge.formulations import Formulation
from assistant.records import Finding


def check_formulations(text: str, formulations: Iterable[Formulation], date: str = "") -> Iterator[Finding]:
    """Yield a finding for each wrong form, and for each wording that was replaced before `date` (ISO, "": unknown)."""
    for item in formulations:
        for wrong in item.wrong:
            for match in re.finditer(re.escape(wrong), text) if wrong in text else ():
                if not _inside_right_form(text, match.start(), match.end(), item):
                    yield _wrong(item, match)
        if date and item.valid_until and item.valid_until[: len(date)] < date[: len(item.valid_until)]:
            for match in re.finditer(re.escape(item.name), text) if item.name in text else ():
                yield _outdated(item, match)


def _inside_right_form(text: str, start: int, end: int, item: Formulation) -> bool:
    """Tell whether the match is only a part of the right wording (“两个维护” inside “做到‘两个维护’”)."""
    for right in (item.text, item.name):
        place = text.find(right)
        while place >= 0:
            if place <= start and end <= place + len(right):
                return True
            place = text.find(right, place + 1)
    return False


def source_of(item: Formulation) -> str:
    """Return the document a formulation is quoted from, with its date."""
    return f"《{item.source}》" + (f"（{item.date}）" if item.date else "")


def _wrong(item: Formulation, match: re.Match[str]) -> Finding:
    right = item.text if len(match.group()) > len(item.name) + 2 else item.name
    return Finding(
        rule="formulation-wording",
        severity="error",
        start=match.start(),
        end=match.end(),
        quote=match.group(),
        message=f"提法不规范：规范表述是“{right}”",
        suggestion=right,
        source=source_of(item),
    )


def _outdated(item: Formulation, match: re.Match[str]) -> Finding:
    return Finding(
        rule="formulation-outdated",
        severity="warning",
        start=match.start(),
        end=match.end(),
        quote=match.group(),
        message=f"“{item.name}”用到{item.valid_until}，其后改用“{item.replaced_by}”，请核对这里是否应当更新",
        suggestion=item.replaced_by,
        source=source_of(item),
    )
