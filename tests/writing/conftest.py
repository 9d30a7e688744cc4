"""A small corpus in memory with a plain search over it."""

from __future__ import annotations

import pytest

from assistant.records import Filters, Hit, Passage
from assistant.writing.ground import Search
from assistant.writing.overlap import overlap

POINTS = {
    "理论学习": (
        "理论学习缺少通盘安排。零敲碎打的时候多，静下心来通读原著的时候少。学过的内容彼此不连贯，把握得还不够完整。",
        "理论学习联系实际不紧。部分同志谈认识头头是道，说到本职工作却一带而过。研讨形成的意见真正进入工作安排的还不多。",
    ),
    "组织活动": (
        "组织活动形式比较单一。多数活动仍是听一堂课、看一部片，对年轻党员的吸引力不足。全年在3个支部试过新办法，效果还不明显。",
        "组织活动与中心任务结合不够。部分活动追求场面热闹，围绕急需破解的难题出力气的安排却不多。",
    ),
    "党建业务融合": (
        "党建业务融合不够紧密。谋划工作时党建一套方案、业务一套方案，会上一起讲、会后分头干。《某市融合办法》落实得还不够。",
    ),
}


def passages() -> list[Passage]:
    found: list[Passage] = []
    for topic, texts in POINTS.items():
        for number, text in enumerate(texts):
            name = f"{topic}{number}"
            found.append(
                Passage(
                    name + "#0",
                    name,
                    f"例文{name}",
                    "exemplar",
                    name,
                    "一是" + text,
                    0,
                    "述职报告",
                    "存在问题",
                    ("存在问题", topic),
                )
            )
    return found


@pytest.fixture
def search() -> Search:
    """Search over POINTS by overlap of characters."""
    corpus = passages()

    def find(query: str, filters: Filters, top: int) -> tuple[Hit, ...]:
        fit = [
            item
            for item in corpus
            if item.kind in (filters.kinds or (item.kind,))
            and item.section in (filters.sections or (item.section,))
            and item.genre in (filters.genres or (item.genre,))
        ]
        ranked = sorted(fit, key=lambda item: -overlap(query, item.text))[:top]
        return tuple(Hit(item, overlap(query, item.text)) for item in ranked)

    return find
