"""Person, tone and kind of a text change by rule, and the notes say what did not."""

from __future__ import annotations

import pytest

from assistant.knowledge.facts import missing_facts
from assistant.knowledge.genres import load_genres
from assistant.writing.manner import change_person, change_style, change_tone, manners
from assistant.writing.request import understand

SUMMARY = """××局2024年工作总结
一年来，我局开展检查26次。现将2024年工作情况总结如下：
一、主要做法
一是抓学习。全年学习12次，“我局的事我局办”！
二、下一步打算
希望大家继续努力。
××局
2024年12月30日"""


@pytest.mark.parametrize("name", manners().persons)
def test_each_person_does_what_its_example_says(name: str) -> None:
    form = manners().persons[name]
    assert change_person(form.before, "我局" if name == "单位" else name).text == form.after


@pytest.mark.parametrize("name", manners().tones)
def test_each_tone_does_what_its_example_says(name: str) -> None:
    form = manners().tones[name]
    changed = change_tone(form.before, name)
    assert changed.text == form.after
    assert form.left in changed.notes[0]


@pytest.mark.parametrize("name", manners().styles)
def test_each_kind_does_what_its_example_says(name: str) -> None:
    form = manners().styles[name]
    assert name in load_genres()
    assert change_style(form.before, name).text == form.after


def test_set_words_keep_their_person() -> None:
    text = "我坚持自我革命，我国经济向好，其他同志支持我。"
    assert change_person(text, "第三人称").text == "该同志坚持自我革命，我国经济向好，其他同志支持该同志。"


def test_the_same_one_is_named_once_a_sentence() -> None:
    text = "我当了16年护士，我的家人支持，去年3月我还下乡。我爱这一行。"
    assert (
        change_person(text, "第三人称").text
        == "该同志当了16年护士，其家人支持，去年3月还下乡。该同志爱这一行。"
    )


@pytest.mark.parametrize(
    ("genre", "lines"),
    [
        ("讲话稿", ("同志们：", "谢谢大家！")),
        ("汇报材料", ("尊敬的各位领导：", "以上汇报，请批评指正。")),
        ("报告", ("××市人民政府：", "特此报告。")),
        ("简报", ("一年来，该局开展检查26次。",)),
    ],
)
def test_a_document_gets_the_frame_of_its_new_kind(genre: str, lines: tuple[str, ...]) -> None:
    changed = change_style(SUMMARY, genre)
    assert all(line in changed.text for line in lines)
    assert not missing_facts(SUMMARY, changed.text)
    assert "“我局的事我局办”" in changed.text
    assert any("没有做的" in note for note in changed.notes)


def test_a_paragraph_gets_no_frame_and_that_is_said() -> None:
    changed = change_style("我局开展检查26次。", "汇报材料")
    assert changed.text == "我局开展检查26次。"
    assert "没有加标题、称谓和结尾" in "".join(changed.notes)


def test_what_is_said_to_hearers_is_pointed_out() -> None:
    assert "1句是对听众说的" in "".join(change_style(SUMMARY, "报告").notes)


def test_what_is_locked_keeps_its_manner() -> None:
    assert change_person("我局开会。我局检查。", "第三人称", ("我局检查。",)).text == "该局开会。我局检查。"
    assert "希望大家继续努力。" in change_tone("希望大家继续努力。", "鼓劲", ("希望大家继续努力。",)).text


@pytest.mark.parametrize(
    ("words", "instruction", "genre", "tone", "person"),
    [
        ("把这篇总结改成讲话稿", "改文体", "讲话稿", "", ""),
        ("改成汇报材料，语气平实一些", "改文体", "汇报材料", "平实", ""),
        ("改写成简报", "改文体", "简报", "", ""),
        ("语气委婉一点", "改语气", "", "委婉", ""),
        ("语气再鼓劲一些", "改语气", "", "鼓劲", ""),
        ("换成第三人称", "改人称", "", "", "第三人称"),
        ("把我改成本人", "改人称", "", "", "本人"),
        ("改成我局的口吻", "改人称", "", "", "我局"),
    ],
)
def test_requests_are_understood(words: str, instruction: str, genre: str, tone: str, person: str) -> None:
    request = understand(words, manuscript=SUMMARY)
    assert (request.task, request.instruction) == ("revise", instruction)
    assert (request.genre, request.tone, request.person) == (genre, tone, person)
