"""The difference shows sentences side by side and whole words within them."""

from __future__ import annotations

import pytest

from assistant.writing.difference import aligned, changes_between


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ("学习12次，走访35家。", "集中学习15次，走访35家。", ("replace", "12", "15")),
        ("进一步加强管理。", "进一步强化管理。", ("replace", "加强", "强化")),
        ("甲事办成了。乙事还在办理之中。", "乙事还在办理之中。", ("delete", "甲事办成了。", "")),
        ("甲事办成了。", "甲事办成了。\n另开会议部署防汛。", ("insert", "", "\n另开会议部署防汛。")),
        ("甲。", "甲。", ("equal", "甲。", "甲。")),
    ],
)
def test_steps_join_to_both_texts(before: str, after: str, step: tuple[str, str, str]) -> None:
    changes = changes_between(before, after)
    assert "".join(item.before for item in changes) == before
    assert "".join(item.after for item in changes) == after
    assert step in [(item.op, item.before, item.after) for item in changes]


def test_a_sentence_put_in_between_leaves_its_neighbours_whole() -> None:
    before = "一是抓学习，全年学习12次。二是抓整改，问题全部销号。"
    after = "一是抓学习，全年学习12次。学习有计划、有检查。二是抓整改，问题全部销号。"
    assert [item.op for item in changes_between(before, after)] == ["equal", "insert", "equal"]


def test_a_sentence_answers_to_the_two_it_was_made_of() -> None:
    before, after = "全年走访企业35家。帮助解决问题62件。", "全年走访企业35家，帮助解决问题62件。"
    assert aligned(before, after) == [((0, len(before)), (0, len(after)))]


def test_the_pairs_cover_both_texts() -> None:
    before = "甲事办成了。\n\n乙事没办成。丙事不办了。"
    after = "  甲事已办成。\n丁事另行研究。\n丙事不办了。\n"
    pairs = aligned(before, after)
    assert "".join(before[a:b] for (a, b), _ in pairs) == before
    assert "".join(after[c:d] for _, (c, d) in pairs) == after
