"""A revision keeps every fact and takes from the model only what is provably safe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.backends.fake import FakeEngine
from assistant.errors import RequestError
from assistant.knowledge.facts import missing_facts
from assistant.records import Request
from assistant.writing.compress import compress
from assistant.writing.difference import changes_between
from assistant.writing.ground import Search
from assistant.writing.revise import revise
from assistant.writing.sentencewise import change_person, same_meaning, weakened_duties
from tests.writing.test_draft import Saying, finish, tools

PARAGRAPH = "今年咱们局开了12次会，办结率100%。做到“两个 维护”，必须落实《实施意见》。"


def revision(text: str, engine: FakeEngine, search: Search, **values: object) -> tuple[str, str]:
    request = Request(words="润色", task="revise", instruction="润色", text=text)
    _, written = finish(revise(replace(request, **values), tools(engine, search)))  # type: ignore[arg-type]
    return written.text, "".join(written.notes)


@pytest.mark.parametrize(
    "answer", ["", "胡说八道。", "今年咱们局开了15次会，办结率100%。", "会开了。", "今年我局开了12次会。"]
)
def test_facts_stay_whatever_the_model_says(answer: str, search: Search) -> None:
    text, notes = revision(PARAGRAPH, Saying(answer), search)
    assert missing_facts(PARAGRAPH.replace(" ", ""), text) == ()
    assert "两个维护" in text
    assert "必须" in text
    assert "模型改写了0句" in notes


def test_a_safe_and_better_sentence_is_taken(search: Search) -> None:
    before = "部分同志说认识头头是道，但说到本职工作就一带而过了。"
    better = "部分同志谈认识头头是道，说到本职工作却一带而过。"
    text, notes = revision(before, Saying(better), search)
    assert text == better
    assert "模型改写了1句" in notes


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("全年走访企业35家，解决问题62件。", "全年走访企业35家，帮助解决问题62件。", True),
        ("全年走访企业35家，解决问题62件。", "全年走访企业35家，解决问题26件。", False),
        ("全年走访企业35家，解决问题62件。", "全年走访企业，解决问题62件。", False),
        ("各单位必须认真落实各项制度。", "各单位可以认真落实各项制度。", False),
        ("干部作风不够扎实，落实不力。", "干部作风扎实，落实有力。", False),
        ("支部活动形式单一。", "社区停车难问题得到解决。", False),
    ],
)
def test_same_meaning(before: str, after: str, same: bool) -> None:
    assert same_meaning(before, after) is same


def test_weakened_duty_is_named() -> None:
    assert weakened_duties("必须落实，不得拖延。", "可以落实，不得拖延。") == ("必须",)


def test_third_person() -> None:
    text = "我坚持自我革命，我局由我主持召开会议，我国经济向好。"
    assert change_person(text, "第三人称") == "该同志坚持自我革命，该局由该同志主持召开会议，我国经济向好。"


def test_compress_drops_sentences_without_facts_only() -> None:
    text = (
        "一是抓学习。全年学习12次。大家认识有了提高，思想有了进步，工作有了劲头。氛围也比较浓厚，反响也比较热烈。\n"
        "二是抓落实。解决问题62件。群众比较满意，各方面反映比较好，成效也比较明显。"
    )
    short = compress(text, 50)
    assert len(short) < len(text)
    assert missing_facts(text, short) == ()
    assert [line[:2] for line in short.split("\n")] == ["一是", "二是"]
    assert compress(text, 1000) == text


def test_compression_says_when_it_cannot_reach_the_length(search: Search) -> None:
    text, notes = revision(
        "全年学习12次，走访35家，办结率100%。", FakeEngine(), search, instruction="压缩", length=5
    )
    assert text == "全年学习12次，走访35家，办结率100%。"
    assert "没有压到5字" in notes


def test_instruct_model_revises_the_whole_text(search: Search) -> None:
    engine = Saying("今年我局召开会议12次，办结率100%。", chat=True)
    text, _ = revision(PARAGRAPH, engine, search)
    assert text.startswith("今年我局召开会议12次，办结率100%。")
    assert text.endswith("必须落实《实施意见》。")  # it left that out: refused
    assert "必须原样保留：12次；100%" in engine.prompts[0][1].content  # type: ignore[union-attr]


def test_nothing_to_revise_is_told(search: Search) -> None:
    with pytest.raises(RequestError, match="没有要修改的文字"):
        revision("  ", FakeEngine(), search)


def test_difference_joins_to_both_texts_and_keeps_figures_whole() -> None:
    before, after = "学习12次，走访35家。", "集中学习15次，走访35家。"
    changes = changes_between(before, after)
    assert "".join(item.before for item in changes) == before
    assert "".join(item.after for item in changes) == after
    assert ("replace", "12", "15") in [(item.op, item.before, item.after) for item in changes]
