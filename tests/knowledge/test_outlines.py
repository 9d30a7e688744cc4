"""Sentences of the user's material tell which part of a document they belong to and what they are about."""

from __future__ import annotations

import pytest

from assistant.knowledge.outlines import (
    load_habits,
    load_labels,
    load_topics,
    part_taking,
    topic_of_sentence,
    without_opening,
)


@pytest.mark.parametrize(
    ("part", "sentence"), [(item.name, sentence) for item in load_habits() for sentence in item.good]
)
def test_a_sentence_of_the_data_file_belongs_to_its_part(part: str, sentence: str) -> None:
    assert part_taking(sentence, [part]) == part


@pytest.mark.parametrize(
    ("part", "sentence"), [(item.name, sentence) for item in load_habits() for sentence in item.bad]
)
def test_a_sentence_of_another_part_is_not_taken(part: str, sentence: str) -> None:
    assert part_taking(sentence, [part]) == ""


def test_only_parts_that_the_document_has_take_a_sentence() -> None:
    sentence = "本人于2022年4月起任骨科主任。"
    assert part_taking(sentence, ["引言", "基本情况"]) == "基本情况"
    assert part_taking(sentence, ["引言", "主要工作"]) == "引言"
    assert part_taking(sentence, ["主要工作"]) == ""


@pytest.mark.parametrize(
    ("topic", "sentence"), [(item.name, sentence) for item in load_topics() for sentence in item.good]
)
def test_a_sentence_of_the_data_file_is_about_its_topic(topic: str, sentence: str) -> None:
    assert topic_of_sentence(sentence) == topic


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("问题：人手不足。", "人手不足。"),
        ("存在的主要问题：人手不足。", "人手不足。"),
        ("2025年打算：新建2处。", "2025年，新建2处。"),
        ("下半年：新建2处。", "下半年，新建2处。"),
        ("会议时间：3月5日。", "会议时间：3月5日。"),
        ("全年走访35家。", "全年走访35家。"),
        ("不足：", "不足："),
    ],
)
def test_words_that_only_announce_are_left_out(sentence: str, left: str) -> None:
    assert without_opening(sentence) == left


def test_no_label_stands_for_two_things() -> None:
    words = [word for names in load_labels().values() for word in names]
    assert len(words) == len(set(words))
