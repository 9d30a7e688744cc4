"""How the checks of figures, dates and counts say that two places of a text contradict one another."""

from __future__ import annotations

from assistant.records import Finding, Severity

SOURCE = "《党政机关公文处理工作条例》第二十条（四）：审核人名、地名、时间、数字等是否准确"


def contradiction(
    text: str,
    span: tuple[int, int],
    rule: str,
    message: str,
    suggestion: str = "请核对",
    severity: Severity = "error",
    source: str = SOURCE,
) -> Finding:
    """Return a finding on `text` from `span[0]` to `span[1]`. Which of two figures is wrong only the writer knows."""
    return Finding(
        rule=rule,
        severity=severity,
        start=span[0],
        end=span[1],
        quote=text[span[0] : span[1]],
        message=message,
        suggestion=suggestion,
        source=source,
    )
