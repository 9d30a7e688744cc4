"""Requests about the text at hand act on the right place and leave everything else as it is."""

from __future__ import annotations

import tomllib

import pytest

from assistant.backends.fake import FakeEngine
from assistant.errors import RequestError
from assistant.resources import DATA
from assistant.writing.edit import with_part, without
from assistant.writing.ground import Search
from assistant.writing.place import Place, follow_up, items, place_named, section_place
from assistant.writing.request import understand
from assistant.writing.revise import revise
from tests.writing.test_draft import Saying, finish, tools

SECTION = """存在的主要问题
一是理论学习不够系统。学过的内容彼此不连贯。日常自学时断时续。
二是组织生活不够规范。有的支部会前准备不足，全年只开了3次。
三是业务融合不够紧密。两本账各算各的。"""
WHOLE = """关于2023年抓党建工作的述职报告
各位领导：
2023年，我认真履职。现述职如下。
一、主要工作
（一）抓学习。全年学习12次。
（二）抓活动。开展主题党日12次。
二、存在问题
一是学习不深。二是活动不活。三是融合不够。
三、下一步打算
1.抓学习。
2.抓活动。
以上报告，请审议。
张三
2024年1月5日"""


@pytest.mark.parametrize("entry", tomllib.loads((DATA / "followup.toml").read_text("utf-8"))["action"])
def test_every_example_is_understood(entry: dict[str, list[str]]) -> None:
    for example in entry["examples"]:
        asked = follow_up(example)
        assert asked is not None, example
        assert asked.action == entry["name"], example


@pytest.mark.parametrize(
    ("words", "text", "part", "name"),
    [
        (
            "第二条再具体一点",
            SECTION,
            "二是组织生活不够规范。有的支部会前准备不足，全年只开了3次。",
            "第二条",
        ),
        ("删掉最后一句", SECTION, "两本账各算各的。", "最后一句"),
        ("第一条的第二句换个说法", SECTION, "学过的内容彼此不连贯。", "第一条的第二句"),
        ("换一种开头", SECTION, "一是理论学习不够系统。", "开头一句"),
        ("润色第2段", SECTION, SECTION.split("\n")[2], "第2段"),
        (
            "把问题部分压缩到30字",
            WHOLE,
            "二、存在问题\n一是学习不深。二是活动不活。三是融合不够。",
            "存在问题",
        ),
        ("问题部分的第二条删掉", WHOLE, "二是活动不活。", "存在问题的第二条"),
        ("第二条删掉", WHOLE, "二是活动不活。", "存在问题的第二条"),
        ("下一步打算的第一点再具体一些", WHOLE, "1.抓学习。", "下一步打算的第一点"),
        ("主要工作第二条润色一下", WHOLE, "（二）抓活动。开展主题党日12次。", "主要工作的第二条"),
        ("换一种开头", WHOLE, "2023年，我认真履职。现述职如下。", "开头一段"),
    ],
)
def test_place(words: str, text: str, part: str, name: str) -> None:
    place = place_named(words, text)
    assert place is not None
    assert text[place.start : place.end] == part
    assert place.name == name


@pytest.mark.parametrize("words", ["第九条删掉", "润色一下", "压缩到300字", "换成第三人称", "语气再严肃一些"])
def test_no_place(words: str) -> None:
    assert place_named(words, WHOLE) is None


@pytest.mark.parametrize(
    ("words", "gone", "renumbered"),
    [
        ("第一条", "理论学习", ["一是组织生活", "二是业务融合"]),
        ("第二条", "组织生活", ["一是理论学习", "二是业务融合"]),
        ("最后一条", "业务融合", ["一是理论学习", "二是组织生活"]),
    ],
)
def test_what_is_taken_out_leaves_no_gap_in_the_numbers(words: str, gone: str, renumbered: list[str]) -> None:
    place = place_named(words, SECTION)
    assert place is not None
    left = without(SECTION, place, Place(0, len(SECTION), ""))
    assert gone not in left
    assert [line[:6] for line in left.split("\n")[1:]] == renumbered
    assert left.split("\n")[0] == "存在的主要问题"


def test_numbers_of_other_parts_stay() -> None:
    place = place_named("主要工作第一条", WHOLE)
    assert place is not None
    left = without(WHOLE, place, section_place(WHOLE, place.start))
    assert left == WHOLE.replace("（一）抓学习。全年学习12次。\n（二）", "（一）")


@pytest.mark.parametrize(
    ("part", "number", "expected"),
    [
        ("主要工作", 3, "（二）抓活动。开展主题党日12次。\n（三）人才不足。\n二、"),
        ("存在问题", 2, "一是学习不深。二是人才不足。三是活动不活。四是融合不够。\n"),
        ("下一步打算", 1, "三、下一步打算\n1.人才不足。\n2.抓学习。\n3.抓活动。\n以上"),
    ],
)
def test_what_is_put_in_has_the_form_of_its_neighbours(part: str, number: int, expected: str) -> None:
    place = place_named(f"{part}部分", WHOLE)
    assert place is not None
    made = with_part(WHOLE, "人才不足。", number, section_place(WHOLE, place.start))
    assert expected in made


def test_a_text_with_two_series_is_counted_by_its_headings() -> None:
    text = "一、工作\n（一）学。一是读。二是写。\n（二）做。一是干。二是评。"
    assert [text[start:end][:3] for start, end in items(text, Place(0, len(text), ""))] == [
        "（一）",
        "（二）",
    ]


def carried_out(words: str, text: str, engine: FakeEngine, search: Search) -> tuple[str, str]:
    request = understand(words, manuscript=text)
    assert request.task == "revise"
    _, written = finish(revise(request, tools(engine, search)))
    return written.text, "".join(written.notes)


def test_a_deletion_is_said(search: Search) -> None:
    text, notes = carried_out("删掉第二条", SECTION, Saying(""), search)
    assert "组织生活" not in text
    assert "二是业务融合" in text
    assert "删去了第二条" in notes


def test_a_point_is_added_at_the_end_of_its_part(search: Search) -> None:
    text, notes = carried_out("加一条关于理论学习的", SECTION, Saying(""), search)
    assert text.startswith(SECTION + "\n四是")
    assert len(text) > len(SECTION) + 20
    assert "加了第4条" in notes


def test_a_point_says_more_and_the_others_nothing_else(search: Search) -> None:
    text, notes = carried_out("第一条再具体一点", SECTION, Saying(""), search)
    lines, before = text.split("\n"), SECTION.split("\n")
    assert lines[1].startswith(before[1])
    assert len(lines[1]) > len(before[1])
    assert (lines[0], *lines[2:]) == (before[0], *before[2:])
    assert "第一条由" in notes
    assert "同题例文" in notes


def test_another_wording_keeps_the_sentences_with_facts(search: Search) -> None:
    text, notes = carried_out("第二条换个写法", SECTION, Saying(""), search)
    lines, before = text.split("\n"), SECTION.split("\n")
    assert lines[2] != before[2]
    assert lines[2].startswith("二是")
    assert "全年只开了3次。" in lines[2]
    assert (*lines[:2], lines[3]) == (*before[:2], before[3])
    assert "换了写法" in notes


def test_a_sentence_within_a_point_is_taken_from_an_exemplar_or_stays(search: Search) -> None:
    text, notes = carried_out("第一条的第二句换个说法", SECTION, Saying("一派胡言。"), search)
    assert "学过的内容彼此不连贯" not in text
    assert "胡言" not in text
    assert "例文的一句" in notes
    with pytest.raises(RequestError, match="没有改动"):
        carried_out("第二条的最后一句换个说法", SECTION, Saying(""), search)  # it carries a fact


def test_a_revision_of_a_part_leaves_the_rest(search: Search) -> None:
    text, notes = carried_out("润色第二条", SECTION.replace("规范。", "规范 。"), Saying(""), search)
    assert text == SECTION
    assert "只改了第二条" in notes


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        ("删掉第九条", SECTION, "没有看出要删"),
        ("加一条", SECTION, "没有看出要加什么"),
        ("加一条关于人才队伍的", WHOLE, "没有看出加在哪"),
        ("第二条再具体一点", "存在问题\n一是甲。\n二是番茄炒蛋炒糊了。", "没有改动"),
    ],
)
def test_what_cannot_be_done_is_said(words: str, text: str, said: str, search: Search) -> None:
    with pytest.raises(RequestError, match=said):
        carried_out(words, text, Saying(""), search)


@pytest.mark.parametrize(
    "words", ["写一段下一步打算，再具体一点", "起草存在问题部分，围绕学习、作风两个方面"]
)
def test_a_request_for_a_draft_stays_one(words: str) -> None:
    assert understand(words, manuscript=SECTION).task == "draft"
