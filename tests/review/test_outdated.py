"""What no longer holds is told in a document of its time, and history is left alone."""

from __future__ import annotations

import pytest

from assistant.review.outdated import Outdated, check_outdated, date_of, load_outdated

ENTRIES = load_outdated()


@pytest.mark.parametrize(("year", "text"), [(item.year, text) for item in ENTRIES for text in item.bad])
def test_bad_is_told(year: str, text: str) -> None:
    found = list(check_outdated(text, year))
    assert found
    assert all(text[one.start : one.end] == one.quote and one.message and one.source for one in found)


@pytest.mark.parametrize(("year", "text"), [(item.year, text) for item in ENTRIES for text in item.good])
def test_good_is_left_alone(year: str, text: str) -> None:
    assert list(check_outdated(text, year)) == []


@pytest.mark.parametrize("item", ENTRIES, ids=lambda item: item.id)
def test_it_was_right_before(item: Outdated) -> None:
    assert [text for text in item.bad if list(check_outdated(text, "1980"))] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2024年4月，县扶贫办牵头开展验收。", ["扶贫办"]),
        ("2019年，县扶贫办牵头开展验收。", []),
        ("张华，2012年3月任县环境保护局局长，2024年5月退休。", []),
        ("根据《县扶贫办关于规范项目管理的通知》要求，", []),
        ("依据《中华人民共和国合同法》签订。\n2020年5月6日", []),
        ("由县环保局负责。\n青河县人民政府\n2024年5月6日", ["环保局"]),
    ],
)
def test_time_and_place(text: str, told: list[str]) -> None:
    assert [one.quote for one in check_outdated(text)] == told


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("关于开展检查的通知\n各科室：\n请自查。\n××局\n2024年5月6日", "2024-05-06"),
        ("2023年11月，召开会议。", "2023-11"),
        ("召开会议。", ""),
    ],
)
def test_date(text: str, date: str) -> None:
    assert date_of(text) == date
