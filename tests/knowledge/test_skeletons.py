"""Skeletons of short documents: every file loads, variants and slots are read in what people say, mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import DataError
from assistant.knowledge.skeletons import load_skeletons, load_speech
from assistant.resources import DATA
from assistant.writing.slots import Said, asks, fill, listed, written

SKELETONS = load_skeletons()
ASKED = [
    (genre, variant.name, words)
    for genre, skeleton in SKELETONS.items()
    for variant in skeleton.variants
    for words in variant.examples
]
READ = [
    (genre, slot.name, text.replace("<genre>", genre), value)
    for genre, skeleton in SKELETONS.items()
    for slot in skeleton.slots.values()
    if any(slot.name in variant.slots() for variant in skeleton.variants)
    for text, value in slot.examples
]


@pytest.mark.parametrize(("genre", "variant", "words"), ASKED)
def test_the_words_tell_the_variant(genre: str, variant: str, words: str) -> None:
    found = SKELETONS[genre].variant(words)
    assert found is not None
    assert found.name == variant


@pytest.mark.parametrize(("genre", "slot", "text", "value"), READ)
def test_a_slot_is_filled_from_its_examples(genre: str, slot: str, text: str, value: str) -> None:
    values = fill(SKELETONS[genre].slots.values(), [Said("文", text, False)], load_speech())
    assert (values[slot].text if slot in values else "") == value


@pytest.mark.parametrize("genre", SKELETONS)
def test_every_variant_says_whence_and_how_it_is_asked_for(genre: str) -> None:
    for variant in SKELETONS[genre].variants:
        assert variant.source
        assert variant.examples
        assert variant.asked or variant.name == SKELETONS[genre].default


@pytest.mark.parametrize(
    ("spoken", "official"),
    [
        ("6月14号上午9点半", "6月14日上午9时半"),
        ("把名单报给我们", "将名单报我单位"),
        ("6月1日到6月20日", "6月1日至6月20日"),
        ("一把手参加", "一把手参加"),
        ("还有各单位要自查", "各单位要自查"),
        ("优点突出", "优点突出"),
    ],
)
def test_spoken_words_and_their_written_form(spoken: str, official: str) -> None:
    assert written(spoken, load_speech()) == official


@pytest.mark.parametrize(
    ("clause", "asking"),
    [
        ("帮我写一份会议通知", True),
        ("根据以下材料", True),
        ("300字以内", True),
        ("语气正式一些", True),
        ("请带好总结材料", False),
        ("各单位写出书面检查", False),
        ("屋顶漏水", False),
    ],
)
def test_clauses_that_only_ask(clause: str, asking: bool) -> None:
    assert asks(clause, load_speech()) == asking


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ("1.通报情况；2.部署工作", ("通报情况", "部署工作")),
        ("一是讲话，二是发言，三是签字", ("讲话", "发言", "签字")),
        ("\n（1）自查。\n（2）抽查。", ("自查", "抽查")),
        ("投入12.6万元；另有3.5万元", ("投入12.6万元；另有3.5万元",)),
        ("各科室负责人", ("各科室负责人",)),
    ],
)
def test_items_of_a_value(value: str, items: tuple[str, ...]) -> None:
    assert listed(value) == items


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{会议}的通知", "{会议名}的通知", "会议名"),
        ('default = "工作通知"', 'default = "别的通知"', "default"),
        ("rest = true, required = false", "required = false", "rest"),
        ("asked = '转发'", "asked = '转发('", "转发("),
        ('closing = "特此通知。"', 'closng = "特此通知。"', "closng"),
    ],
)
def test_a_mistake_in_a_file_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    for name in ("slots.toml", "通知.toml"):
        text = (DATA / "skeletons" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_skeletons(tmp_path)
    assert told in str(error.value)
