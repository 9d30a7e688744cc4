"""The strings a match must contain are found, and none is claimed that a match can do without."""

from __future__ import annotations

import pytest

from assistant.knowledge.needles import needles


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("跑断腿", ("跑断腿",)),
        ("(?<!白)跑了?一趟", ("一趟",)),
        ("(?:挺|蛮)忙(?:的|了)?", ("忙",)),
        ("太(?=多|少)", ("太",)),
        ("(?:礼拜|星期)天?", ("礼拜", "星期")),
        ("[弄搞整](?![理顿])", ("弄", "搞", "整")),
        ("拖{1,2}着办", ("着办",)),
        (r"(\d+)号(?=前)", ("号",)),
        ("谈妥|说(?:定|好)", ("谈妥", "说")),
        (r"\d+|多", ()),
        ("[^，]+", ()),
        ("(?:就)?", ()),
    ],
)
def test_needles_of_a_pattern(pattern: str, expected: tuple[str, ...]) -> None:
    assert needles(pattern) == expected
