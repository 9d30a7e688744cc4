"""Set phrases with a wrong character of the same sound are told, right texts are left alone."""

from __future__ import annotations

import pytest

from assistant.knowledge.phrases import LENGTH, load_phrases, match_phrases, sound_alike


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("要吸取教训，亡羊补劳。", "亡羊补牢"),
        ("全局上下团结一至。", "团结一致"),
        ("了解社情民义。", "社情民意"),
        ("做到有备无换。", "有备无患"),
        ("认真贯切执行。", ""),
        ("建设社会主义法治国家，开创发展新局面。", ""),
        ("组织人员实地查看。", ""),
        ("坚忍不拔、势不可当。", ""),
        ("各部门要密切配和。", "密切配合"),
        ("开展专项整治工作，加强正规化建设。", ""),
        ("落实向全国人大常委会报告制度。", ""),
    ],
)
def test_findings(text: str, phrase: str) -> None:
    found = list(match_phrases(text))
    assert [item.suggestion for item in found] == ([phrase] if phrase else [])
    assert all(text[item.start : item.end] == item.quote and item.source for item in found)


def test_every_phrase_has_its_length_and_is_right() -> None:
    phrases = load_phrases()
    assert {len(phrase) for phrase in phrases.right} == {LENGTH}
    assert [phrase for phrase in phrases.right if list(match_phrases(phrase))] == []


@pytest.mark.parametrize(("one", "other"), [("治", "致"), ("新", "星"), ("真", "增")])
def test_sound(one: str, other: str) -> None:
    assert sound_alike(one, other)


@pytest.mark.parametrize(("one", "other"), [("一", "要"), ("□", "□")])
def test_other_sound(one: str, other: str) -> None:
    assert not sound_alike(one, other)
