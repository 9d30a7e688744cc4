"""A point that is made again is told; points that are only built alike are not."""

from __future__ import annotations

import pytest

from assistant.review.restated import check_restated, load_restating


@pytest.mark.parametrize("text", load_restating().bad)
def test_made_again(text: str) -> None:
    assert len([*check_restated(text)]) == 1


@pytest.mark.parametrize("text", load_restating().good)
def test_built_alike(text: str) -> None:
    assert [*check_restated(text)] == []


def test_the_later_one_is_the_place_and_the_earlier_one_is_quoted() -> None:
    text = "一是加强培训，选派业务骨干外出学习2次；二是规范流程，修订制度6项；三是强化业务培训，安排骨干外出学习2次。"
    (finding,) = check_restated(text)
    assert finding.quote == "强化业务培训，安排骨干外出学习2次。"
    assert "选派业务骨干外出学习2次" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "上半年走访企业86家，解决问题132个。下半年走访企业94家，解决问题117个。",  # other figures
        "学校投入12万元更新图书室，新购图书4600册。学校更新图书室。",  # too short to be a point
        "县水利局关于做好强降雨防范工作的通知\n\n各乡镇水利站：\n请做好防范。\n\n县水利局",  # title and signature
    ],
)
def test_left_alone(text: str) -> None:
    assert [*check_restated(text)] == []
