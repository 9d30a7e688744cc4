"""Titles in several lines: words whole, lines balanced, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.document.layout import load_layout
from assistant.document.titles import break_title, text_width
from assistant.knowledge.structure import title_genres

TITLE = load_layout().title


@pytest.mark.parametrize(
    "lines",
    [
        ["关于召开2024年全区安全生产工作会议的通知"],
        ["中共××区发展和改革委员会", "党组书记2023年抓党建述职报告"],
        ["××市人民政府办公室", "关于印发《××市优化营商环境三年行动方案", "（2024—2026年）》的通知"],
        ["××省人民政府", "关于进一步加强和改进新形势下农村", "基层干部教育培训工作的实施意见"],
    ],
)
def test_titles_break_as_a_secretary_would(lines: list[str]) -> None:
    assert list(break_title("".join(lines), TITLE.chars, (*TITLE.words, *title_genres()))) == lines


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from([*TITLE.words[:60], "关于", "的", "2024年", "《", "》", "通知", "甲", "“", "”"]),
        max_size=40,
    )
)
def test_lines_join_to_the_title_and_break_no_word(pieces: list[str]) -> None:
    title = "".join(pieces)
    lines = break_title(title, TITLE.chars, TITLE.words)
    assert "".join(lines) == title
    if len(lines) > 1:
        assert all(text_width(line) <= TITLE.chars for line in lines)
        assert not any(
            line.startswith(("的", "》", "”")) and before[-1] not in "的《》“”"
            for before, line in zip(lines, lines[1:], strict=False)
        )
