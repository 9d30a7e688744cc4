"""Each sentence of the user's material goes under the point it belongs to, clean and in its order."""

from __future__ import annotations

import pytest

from assistant.records import Material
from assistant.writing.material import (
    clean_material,
    fits,
    is_for,
    likeness_by_characters,
    pieces_of,
    sort_by_itself,
    sort_by_topics,
)

REPORT = """2025年工作情况
一、主要工作
全局现有干部62名。
1. 新开工亿元以上项目5个，完成投资12.6亿元。
2. 排查安全隐患1260处。整改率98.7%。
党员教育：开展主题党日12次；
续建项目3个年内竣工。
问题：一是抽查的20个支部中有6个记录不规范；二是35岁以下干部仅占22%。
下一步打算：6月底前建成2处停车场。"""


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("1. 排查隐患1260处", "排查隐患1260处。"),
        ("1.5万人次参加", "1.5万人次参加。"),
        ("二是35岁以下干部仅占22%；", "35岁以下干部仅占22%。"),
        ("问题：一是记录不规范", "记录不规范。"),
        ("安全生产：开展演练3次。", "开展演练3次。"),
        ("会议时间：9月18日上午9:00。", "会议时间：9月18日上午9:00。"),
    ],
)
def test_marks_and_labels_go_and_content_stays(raw: str, clean: str) -> None:
    assert clean_material(raw) == clean


def test_headings_labels_and_titles_tell_what_a_sentence_is_for_and_are_none_themselves() -> None:
    told = [(piece.text, is_for(piece), piece.topic) for piece in pieces_of((Material("a", REPORT),))]
    assert told == [
        ("全局现有干部62名。", "工作", ""),
        ("新开工亿元以上项目5个，完成投资12.6亿元。", "工作", ""),
        ("排查安全隐患1260处。", "工作", ""),
        ("整改率98.7%。", "工作", ""),
        ("开展主题党日12次。", "工作", "党员教育"),
        ("续建项目3个年内竣工。", "工作", ""),
        ("抽查的20个支部中有6个记录不规范。", "问题", ""),
        ("35岁以下干部仅占22%。", "问题", ""),
        ("6月底前建成2处停车场。", "打算", ""),
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("2024年社区台账\n办结诉求427件。", ["办结诉求427件。"]),
        ("2024年办结诉求427件\n调解纠纷38起", ["2024年办结诉求427件。", "调解纠纷38起。"]),
        (
            "办结诉求427件，办结率98.1%；调解纠纷38起；组织活动64场。",
            ["办结诉求427件，办结率98.1%。", "调解纠纷38起。", "组织活动64场。"],
        ),
        (
            "工业产值增长8.7%；其中高新产业增长12.1%；比上年快3个百分点。",
            ["工业产值增长8.7%；其中高新产业增长12.1%；比上年快3个百分点。"],
        ),
    ],
)
def test_a_title_is_no_sentence_and_a_list_of_figures_is_several(text: str, sentences: list[str]) -> None:
    assert [piece.text for piece in pieces_of((Material("台账.txt", text),))] == sentences


@pytest.mark.parametrize(
    ("section", "count"), [("存在问题", 2), ("主要工作", 6), ("下一步打算", 1), ("事项", 9)]
)
def test_a_section_takes_what_is_for_it(section: str, count: int) -> None:
    assert sum(fits(piece, section) for piece in pieces_of((Material("a", REPORT),))) == count


def test_without_topics_what_is_about_one_thing_comes_together_in_order_and_nothing_is_lost() -> None:
    pieces = [piece for piece in pieces_of((Material("a", REPORT),)) if fits(piece, "主要工作")]
    found = sort_by_itself(pieces, 5, grouped=True)
    assert [piece.text for piece in found.opening] == ["全局现有干部62名。"]
    assert [(group.topic, len(group.pieces)) for group in found.groups] == [
        ("项目建设", 2),
        ("安全生产", 2),
        ("党员教育", 1),
    ]
    assert {piece for group in found.groups for piece in group.pieces} == set(pieces[1:])


def test_stages_stay_one_by_one_and_an_overview_opens() -> None:
    text = "整治自4月10日至9月30日。\n4月为动员阶段，召开动员会。\n5月为自查阶段，列出清单。"
    found = sort_by_itself(pieces_of((Material("a", text),)), 5, grouped=False)
    assert [piece.text for piece in found.opening] == ["整治自4月10日至9月30日。"]
    assert [len(group.pieces) for group in found.groups] == [1, 1]


def test_too_many_points_become_fewer_without_losing_a_sentence() -> None:
    text = "\n".join(f"第{number}项任务有{number}处尚未完成。" for number in range(2, 12))
    found = sort_by_itself(pieces_of((Material("a", text),)), 4, grouped=False)
    assert len(found.groups) == 4
    assert sum(len(group.pieces) for group in found.groups) == 10


def test_each_topic_asked_for_takes_its_sentences_though_it_is_not_named_in_them() -> None:
    text = "设立党员先锋岗26个，窗口办件用时缩短40%。\n举办读书班3期，撰写心得体会120篇。\n换届支部3个，发展预备党员4人。"
    topics = ("理论学习", "组织活动", "党建业务融合")
    found = sort_by_topics(topics, pieces_of((Material("a", text),)), likeness_by_characters)
    placed = {group.topic: "".join(piece.text for piece in group.pieces) for group in found.groups}
    assert "读书班" in placed["理论学习"]
    assert "预备党员" in placed["组织活动"]
    assert "先锋岗" in placed["党建业务融合"]
    assert not found.unsure


def test_a_sentence_that_nothing_places_is_named() -> None:
    topics = ("理论学习", "组织活动")
    found = sort_by_topics(topics, pieces_of((Material("a", "更新鱼塘增氧机8台。"),)), likeness_by_characters)
    assert [piece.text for piece, _ in found.unsure] == ["更新鱼塘增氧机8台。"]
