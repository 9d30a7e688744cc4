"""Percentage points and multiples, checked against the two values they come from."""

from __future__ import annotations

import pytest

from assistant.review.quantities import check_quantities


@pytest.mark.parametrize(
    ("text", "quote", "suggestion"),
    [
        ("比重由62%提高到68%，提高了6%，结构优化。", "提高了6%", "提高了6个百分点"),
        ("今年合格率98%，比去年的96%提高2%。", "提高2%", "提高2个百分点"),
        ("投诉率下降了1.5%，由4%降到2.5%。", "下降了1.5%", "下降了1.5个百分点"),
        ("收入由200万元增加到600万元，增长了3倍。", "增长了3倍", "增长了2倍"),
        ("由2021年的50亩扩大到2023年的200亩，扩大了4倍。", "扩大了4倍", "增长了3倍"),
        ("由8000万元增加到2.4亿元，增长近3倍。", "增长近3倍", "增长了2倍"),
        ("由50户发展到150户，是原来的2倍。", "是原来的2倍", "是原来的3倍"),
        ("去年收入20万元，今年达到80万元，增长4倍。", "增长4倍", "增长了3倍"),
        ("增长了3倍，由200万元增加到600万元。", "增长了3倍", "增长了2倍"),
        ("产值由1亿元增加到2亿元，翻了两番。", "翻了两番", "翻一番"),
    ],
)
def test_wrong_changes_are_found(text: str, quote: str, suggestion: str) -> None:
    (finding,) = check_quantities(text)
    assert (finding.quote, finding.suggestion) == (quote, suggestion)
    assert text[finding.start : finding.end] == quote


@pytest.mark.parametrize(
    "text",
    [
        "合格率由95%提高到98.5%，提高3.5个百分点。",
        # A change in relation to the first value is rightly a percentage.
        "价格指数由50%提高到60%，提高20%。",
        "收入由200万元增加到600万元，增长了2倍。",
        "由50户发展到150户，是原来的3倍。",
        "从3.2万增长到9.8万，增长近2倍。",
        "产值由1亿元增加到4亿元，翻了两番。",
        "投入5万元，培训20人，增长4倍。",
        "税收增长5%，投资增长8%，消费下降3%。",
    ],
)
def test_right_changes_stay(text: str) -> None:
    assert list(check_quantities(text)) == []
