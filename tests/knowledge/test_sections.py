"""Section types are recognised in headings and in users' words."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import DataError
from assistant.knowledge.genres import load_genres
from assistant.knowledge.sections import load_sections, section_aliases, section_match, section_type


@pytest.mark.parametrize(
    ("words", "section"),
    [
        ("三、存在的主要问题", "存在问题"),
        ("（二）查摆出的主要问题", "存在问题"),
        ("二、存在的短板和不足", "存在问题"),
        ("存在的差距与不足", "存在问题"),
        ("四、下一步工作思路", "下一步打算"),
        ("今后努力方向", "下一步打算"),
        ("一、履行职责情况", "主要工作"),
        ("三、原因剖析", "原因分析"),
        ("存 在 问 题", "存在问题"),
        ("起草存在问题部分，围绕理论学习", "存在问题"),
        ("关于人事的几件事", ""),
        ("", ""),
    ],
)
def test_recognises(words: str, section: str) -> None:
    assert section_type(words) == section


@pytest.mark.parametrize(
    "heading",
    [
        "下半年工作安排",
        "下半年重点工作",
        "下一阶段重点任务",
        "下阶段工作重点",
        "今后努力方向",
        "今后的打算",
        "今后一段时期工作思路",
        "明年工作思路",
        "明年重点任务",
        "下季度工作计划",
        "四季度工作安排",
        "下一年度党建工作计划",
        "2024年工作打算",
        "2024年度工作安排",
        "2024年工作思路",
        "下学期工作设想",
        "新学年打算",
        "新的一年工作安排",
        "下个月工作安排",
        "下一步举措",
        "下步重点",
        "后续安排",
        "接下来的工作",
        "未来工作展望",
        "努力的方向",
        "存在问题及明年工作安排",
        "起草下半年工作安排部分",
    ],
)
def test_what_is_to_come_is_the_next_step_whatever_the_time(heading: str) -> None:
    assert section_type(heading) == "下一步打算"


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("2024年重点工作", "主要任务"),
        ("2023年重点工作完成情况", "主要工作"),
        ("2023年工作回顾", "主要工作"),
        ("下一步整改措施", "整改措施"),
        ("后续服务", ""),
        ("认真落实2023年工作部署", ""),
        ("写一份2024年工作计划", ""),
        ("写一份下半年工作安排", ""),
        ("筹备要求", "工作要求"),
        ("几点纪律", "工作要求"),
        ("总体要求", "总体要求"),
        ("目标要求", "工作目标"),
        ("已采取的措施", "主要工作"),
    ],
)
def test_what_patterns_must_leave_alone(heading: str, section: str) -> None:
    assert section_type(heading) == section


def test_the_genre_tells_whether_what_is_to_come_is_the_plan_itself() -> None:
    plan = {part.type for part in load_genres()["工作计划"].sections}
    assert section_type("下半年重点任务", plan) == "主要任务"
    assert section_type("2024年工作安排", plan) == "主要任务"


def test_longest_alias_wins_and_of_equals_the_first() -> None:
    assert section_match("存在的主要问题和不足") == ("存在问题", "存在的主要问题和不足")
    assert section_match("存在的问题及下一步打算") == ("存在问题", "存在的问题")


def test_aliases() -> None:
    assert section_aliases("存在问题")[0] == "存在问题"
    assert "短板弱项" in section_aliases("存在问题")
    assert section_aliases("没有的部分") == ()


def test_every_name_and_alias_tells_its_own_section() -> None:
    for section in load_sections():
        for word in (section.name, *section.aliases):
            assert section_type(word) == section.name, word


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[section]]\nname = "甲"\n', "缺少：aliases"),
        ('[[section]]\nname = "甲"\naliases = []\nextra = 1\n', "不认识的项：extra"),
        ('[[section]]\nname = "甲"\naliases = "乙"\n', "应当是一个列表"),
        ('[[section]]\nname = "甲"\naliases = [1]\n', "类型不对"),
        ('[[section]]\nname = "甲"\naliases = []\nheadings = ["（"]\n'.replace("（", "("), "写得不对"),
        (
            '[[section]]\nname = "甲"\naliases = ["乙"]\n[[section]]\nname = "乙"\naliases = []\n',
            "不能归入两个部分",
        ),
        ("[[section", "读不出来"),
        ("other = 1\n", "缺少：section"),
    ],
)
def test_wrong_file(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "sections.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_sections(path)
