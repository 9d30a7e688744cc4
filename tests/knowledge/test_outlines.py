"""Sentences of the user's material tell which part of a document they belong to."""

from __future__ import annotations

import pytest

from assistant.knowledge.outlines import load_habits, load_labels, part_taking


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


def test_no_label_stands_for_two_things() -> None:
    words = [word for names in load_labels().values() for word in names]
    assert len(words) == len(set(words))
