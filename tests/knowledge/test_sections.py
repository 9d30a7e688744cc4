"""Section types are recognised in headings and in users' words."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import DataError
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
