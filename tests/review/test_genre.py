"""What a genre must not have is told at its place, and what it may have is not."""

from __future__ import annotations

import re

import pytest

from assistant.review.genre import PLACES, GenreRule, check_genre, load_genre_rules

RULES = load_genre_rules()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_matches_the_bad_and_leaves_the_good(rule: GenreRule) -> None:
    keeps = [pattern for pattern in (rule.keep, rule.keep_before) if pattern]

    def told(line: str) -> bool:
        return bool(re.search(rule.pattern, line)) and not any(re.search(keep, line) for keep in keeps)

    assert rule.where in PLACES
    assert [line for line in rule.bad if not told(line)] == []
    assert [line for line in rule.good if told(line)] == []


def document(title: str, to: str, body: str, closing: str, tail: str = "") -> str:
    return f"{title}\n\n{to}\n{body}\n{closing}\n\n青河县水利局\n2025年3月4日\n{tail}"


BODY = "汛期将至，现将有关情况说明如下。水库已完成除险加固，库容460万立方米。"


@pytest.mark.parametrize(
    ("genre", "text", "told"),
    [
        ("报告", document("青河县水利局关于汛情的报告", "县人民政府：", BODY + "请县政府拨付经费20万元。", "特此报告。"), ["请县政府拨付"]),
        ("报告", document("青河县水利局关于汛情的报告", "县人民政府：", BODY, "特此报告。"), []),
        ("报告", document("青河县水利局关于汛情的报告", "县人民政府：", BODY, "妥否，请批示。"), ["妥否，请批示"]),
        ("请示", document("青河县水利局关于购置水泵的请示", "县人民政府：", BODY, "妥否，请批示。"), []),
        ("请示", document("青河县水利局关于购置水泵的请示", "县人民政府：", BODY, "特此报告。"), ["特此报告"]),
        ("请示", document("青河县水利局关于购置水泵的请示", "市人民政府：", BODY, "妥否，请批示。"), ["市人民政府："]),
        ("请示", document("青河县水利局关于购置水泵的请示", "市水利局：", BODY, "妥否，请批示。"), []),
        ("请示", document("柳沟村关于修路的请示", "县交通运输局：", BODY, "妥否，请批示。"), ["县交通运输局："]),
        ("请示", document("河西镇人民政府关于修路的请示", "市人民政府：", BODY, "妥否，请批示。"), ["市人民政府："]),
        ("函", document("青河县水利局关于商请借用仓库的函", "县供销社：", BODY, "可否，请函复。"), []),
        ("函", document("青河县水利局关于商请借用仓库的函", "县供销社：", BODY, "特此通知。"), ["特此通知"]),
        ("总结", "工作总结\n一、工作\n做了。\n妥否，请批示。", ["妥否，请批示"]),
    ],
)  # fmt: skip
def test_documents(genre: str, text: str, told: list[str]) -> None:
    found = list(check_genre(text, genre))
    assert [item.quote for item in found] == told
    assert all(text[item.start : item.end] == item.quote for item in found)
