"""Genres: every shipped file loads, names are recognised, mistakes in a file are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import DataError
from assistant.knowledge.genres import genre_asked, genre_named, genre_of_title, load_genres
from assistant.resources import DATA


@pytest.mark.parametrize(
    ("words", "genre"),
    [
        ("起草《2023年抓党建述职报告》的存在问题部分", "述职报告"),
        ("根据这些材料写一篇年度工作总结", "工作总结"),
        ("起草一份关于报送述职报告的通知", "通知"),
        ("关于召开工作总结会议的请示", "请示"),
        ("你好", ""),
        ("", ""),
    ],
)
def test_named(words: str, genre: str) -> None:
    assert genre_named(words) == genre


@pytest.mark.parametrize(
    ("title", "genre"),
    [
        ("××局关于开展述职报告评议的通知", "通知"),
        ("××区2022年工作总结（送审稿）", "工作总结"),
        ("关于通报表扬先进单位的决定", "决定"),
        ("述职报告——在评议会上的发言提纲", "述职报告"),
        ("随想", ""),
    ],
)
def test_of_title(title: str, genre: str) -> None:
    assert genre_of_title(title) == genre


@pytest.mark.parametrize(
    ("words", "genre"),
    [
        ("写一份报送2024年度工作总结的报告，报县司法局", "报告"),
        ("写一个批复，同意云溪镇《关于建设文化广场的请示》", "批复"),
        ("起草一份征求意见函，就《停车管理办法（征求意见稿）》征求意见", "函"),
        ("起草《2023年述职报告》的存在问题部分", ""),
        ("起草述职报告的存在问题部分", ""),
        ("关于召开会议的通知", ""),
    ],
)
def test_asked_for(words: str, genre: str) -> None:
    assert genre_asked(words) == genre


def test_every_genre_is_sound() -> None:
    genres = load_genres()
    assert "述职报告" in genres
    for name, genre in genres.items():
        assert genre.name == name
        assert genre.source
        assert all(0 < low <= high for low, high in [genre.usual_length])
        for part in genre.sections:
            assert 0 < part.points[0] <= part.points[1]
            assert 0 < part.length[0] <= part.length[1]
            assert genre.section(part.type) is not None
        for word in (name, *genre.aliases):
            assert genre_named(word) == name, word


def test_no_part_stands_in_the_way_of_those_behind_it() -> None:
    """Where opening words tell the parts, every part that is always there has some; closings tell themselves."""
    for genre in load_genres().values():
        if any(part.opens for part in genre.sections):
            shut = [part.type for part in genre.sections[1:] if part.required and not part.opens]
            assert shut in ([], ["结语"]), genre.name


def test_section_of_a_genre() -> None:
    genre = load_genres()["述职报告"]
    part = genre.section("存在问题")
    assert part is not None
    assert part.required
    assert genre.section("没有的部分") is None


GOOD = (DATA / "genres" / "述职报告.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("述职报告", GOOD.replace('kind = "事务文书"', ""), "缺少：kind"),
        ("述职报告", "extra = 1\n" + GOOD, "不认识的项：extra"),
        ("述职报告", GOOD.replace('form = "points"', 'form = "列表"'), "不认识的部分或写法"),
        ("述职报告", GOOD.replace('type = "存在问题"', 'type = "问题们"'), "不认识的部分或写法"),
        ("述职报告", GOOD.replace("form =", 'opens = ["("]\nform =', 1), "写得不对"),
        ("述职报告", GOOD.replace("points = [3, 5]", "points = [3]"), "应当有2项"),
        ("述职报告", GOOD.replace("required = true", 'required = "是"'), "类型不对"),
        ("述职报告", GOOD.split("[[section]]")[0], r"写成 \[\[section\]\]"),
        ("总结", GOOD, "与文件名不一致"),
    ],
)
def test_wrong_file(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_genres(tmp_path)


def test_word_of_two_genres(tmp_path: Path) -> None:
    (tmp_path / "述职报告.toml").write_text(GOOD, encoding="utf-8")
    other = GOOD.replace('name = "述职报告"', 'name = "总结"', 1)
    (tmp_path / "总结.toml").write_text(other, encoding="utf-8")
    with pytest.raises(DataError, match="不能归入两个文种"):
        load_genres(tmp_path)
