"""What the user wants untouched is found in his words and by the marks in the text."""

from __future__ import annotations

import pytest

from assistant.writing.locks import around, locked_spans, parted, stretches
from assistant.writing.request import understand
from assistant.writing.sentencewise import revision_data

TEXT = "全年学习12次。问题全部整改到位。下一步继续努力。"
FIRST, SECOND, THIRD = "全年学习12次。", "问题全部整改到位。", "下一步继续努力。"


@pytest.mark.parametrize(
    ("words", "said", "locked"),
    [
        ("润色这一段，第二句不要动", "润色这一段", (SECOND,)),
        ("压缩到20字，第一、三句保持原样", "压缩到20字", (FIRST, THIRD)),
        ("第一句和第三句别改，其他润色", "其他润色", (FIRST, THIRD)),
        ("最后一句不动，改得正式些", "改得正式些", (THIRD,)),
        ("润色，数字不要动", "润色，数字不要动", ()),
        ("第二句改得具体些", "第二句改得具体些", ()),
        ("润色，标★的不动", "润色", ()),
    ],
)
def test_words_lock_places(words: str, said: str, locked: tuple[str, ...]) -> None:
    assert parted(words, TEXT) == (said, locked)


@pytest.mark.parametrize("example", revision_data().lock.examples)
def test_every_example_locks_something(example: str) -> None:
    assert parted(example, TEXT)[1]


@pytest.mark.parametrize(
    "sentence", ["★问题全部整改到位。", "【锁】问题全部整改到位。", "问题全部整改到位★。"]
)
def test_marks_lock_sentences(sentence: str) -> None:
    assert parted("润色", FIRST + sentence + THIRD)[1] == (sentence,)


def test_a_mark_of_secrecy_locks_nothing() -> None:
    assert parted("润色", "机密★1年的文件按规定保管。")[1] == ()


def test_a_request_carries_its_locks_and_still_means_the_whole_text() -> None:
    request = understand("润色，第二句不要动", manuscript=TEXT)
    assert (request.locked, request.place, request.instruction) == ((SECOND,), "", "润色")
    pasted = understand(f"润色，第二句不要动\n{TEXT}")
    assert (pasted.locked, pasted.text) == ((SECOND,), TEXT)


def test_a_text_is_changed_around_its_locks() -> None:
    assert (
        around(TEXT, (SECOND,), lambda piece: piece.replace("。", "！"))
        == "全年学习12次！问题全部整改到位。下一步继续努力！"
    )
    assert "".join(piece for piece, _ in stretches(TEXT, (SECOND, THIRD))) == TEXT
    assert locked_spans(TEXT, (THIRD, SECOND)) == [(8, len(TEXT))]
