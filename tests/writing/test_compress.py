"""A text gets shorter by what it can lose, never by a fact, a duty or a locked sentence."""

from __future__ import annotations

import pytest

from assistant.knowledge.facts import missing_facts
from assistant.writing.compress import Padding, compress, padding_data, standing_in_the_way, without_padding
from assistant.writing.overlap import size_of

TEXT = """一是理论学习进一步深入。在认真学习的基础上，支部全年集中学习12次，研讨4次，切实加强理论武装，不断提高政治能力，取得了良好成效，为各项工作开展奠定了坚实的思想基础。大家普遍认为，学习内容丰富，形式多样，收获很大。必须坚持问题导向，严格落实学习制度。
二是组织生活不断规范。全年召开支委会24次、党员大会6次，会前准备充分，会上讨论热烈，会后落实到位，党员参与积极性得到提高，支部凝聚力得到提高。总的来看，组织生活质量有了明显提升。全部支部按期完成换届，没有出现违规问题。"""


@pytest.mark.parametrize("entry", padding_data().padding, ids=lambda entry: entry.bad)
def test_each_entry_takes_what_its_example_says(entry: Padding) -> None:
    assert entry.pattern.sub(entry.by, entry.bad) == entry.good
    assert entry.pattern.sub(entry.by, entry.keep) == entry.keep


@pytest.mark.parametrize("length", [220, 200, 180, 160, 140, 120, 110])
def test_the_length_is_met_and_what_binds_stays(length: int) -> None:
    short = compress(TEXT, length)
    assert abs(size_of(short) - length) <= length * 0.1
    assert not missing_facts(TEXT, short)
    assert all(word in short for word in ("必须", "严格", "全部", "没有"))
    assert [line[:2] for line in short.split("\n")] == ["一是", "二是"]


def test_what_is_short_enough_stays_as_it_is() -> None:
    assert compress(TEXT, 1000) == TEXT


def test_a_locked_sentence_stays_whole() -> None:
    locked = "大家普遍认为，学习内容丰富，形式多样，收获很大。"
    assert locked in compress(TEXT, 100, (locked,))
    assert locked not in compress(TEXT, 100)


def test_words_of_others_and_set_phrases_keep_their_padding() -> None:
    text = "会议指出“要进一步加强作风建设”，部署进一步全面深化改革，认真学习贯彻会议精神。"
    assert without_padding(text) == text


def test_parallel_clauses_are_told_together() -> None:
    assert compress("今年以来，加强理论学习，加强作风建设，完成任务12项。", 24).count("加强") == 1


def test_what_stands_in_the_way_is_named() -> None:
    assert standing_in_the_way("必须走访35家。办结率100%，走访35家。") == ("35家", "100%", "必须")
