"""Marks between quotations, points and list items, and lines broken inside a sentence."""

from __future__ import annotations

import pytest

from assistant.review.signs import check_signs


@pytest.mark.parametrize(
    ("text", "quotes", "suggestion"),
    [
        ("打响“红色议事厅”、“银龄课堂”两个品牌。", ["“红色议事厅”、“银龄课堂”"], "“红色议事厅”“银龄课堂”"),
        ("学习《准则》、《条例》、《规定》。", ["《准则》、《条例》、《规定》"], "《准则》《条例》《规定》"),
        ("一是抓学习；二是抓落实，三是抓督查；四是抓整改。", ["，"], "；"),
        ("一是健全制度。修订12项；二是强化培训，办班3期。", ["；"], "。"),
        ("要求如下：\n1.抓学习；\n2.抓落实；\n3.抓督查；\n特此通知。", ["；"], "。"),
        ("要求如下：\n（1）抓学习；\n（2）抓落实。\n（3）抓督查；\n（4）抓整改。", ["。"], "；"),
        ("各单位要结合工作实际，进一步完善\n应急预案，每半年至少演练一次。", ["善\n应"], "把两行接起来"),
        ("我们始终坚持以人民为中心的\n发展思想，办好民生实事。", ["的\n发"], "把两行接起来"),
    ],
)
def test_wrong_marks_are_found(text: str, quotes: list[str], suggestion: str) -> None:
    findings = list(check_signs(text))
    assert [finding.quote for finding in findings] == quotes
    assert findings[0].suggestion == suggestion
    assert all(text[finding.start : finding.end] == finding.quote for finding in findings)


@pytest.mark.parametrize(
    "text",
    [
        "打响“红色议事厅”“银龄课堂”两个品牌。",
        # One item without quotation marks: the 、 is needed.
        "坚持“一国两制”、“港人治港”、高度自治的方针。",
        "学习《准则》（2015年）、《条例》。",
        "一是抓学习，二是抓落实，三是抓督查。",
        "一是健全制度。修订12项。二是强化培训。办班3期。",
        "要求如下：\n1.抓学习；\n2.抓落实；\n3.抓督查。",
        "附件：1.任务分工表\n2.联系方式",
        "强化政治引领，筑牢思想根基\n一年来，我们坚持把党建放在首位。",
        "一、进一步完善\n应急预案已经修订，演练两次。",
    ],
)
def test_right_marks_stay(text: str) -> None:
    assert list(check_signs(text)) == []


def test_texts_older_than_the_standard_are_not_held_to_it() -> None:
    text = "反对“两个中国”、“一中一台”。"
    assert list(check_signs(text, "1993")) == []
    assert len(list(check_signs(text, "2024"))) == 1
