"""A revision keeps every fact and takes from the model only what is provably safe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.backends.fake import FakeEngine
from assistant.errors import RequestError
from assistant.knowledge.facts import missing_facts
from assistant.records import Request
from assistant.writing.ground import Search
from assistant.writing.revise import revise
from assistant.writing.sentencewise import same_meaning
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


@pytest.mark.parametrize("chat", [False, True])
@pytest.mark.parametrize("instruction", ["润色", "压缩", "改语气", "改人称", "纠错"])
def test_a_locked_sentence_comes_back_byte_for_byte(instruction: str, chat: bool, search: Search) -> None:
    locked = "我们镇里 头的事咱们都得管好啊！"
    text = f"今年咱们局开了12次会。{locked}大家伙儿都挺满意。"
    engine = Saying("会议召开12次。", chat=chat)
    values = {"locked": (locked,), "instruction": instruction, "length": 30}
    revised, notes = revision(text, engine, search, **values)
    assert locked in revised
    assert "咱们局" not in revised or instruction == "纠错"
    assert all(locked not in str(prompt) for prompt in engine.prompts)
    assert "锁定的1处一字未动" in notes


def test_a_locked_sentence_that_is_not_there_is_told(search: Search) -> None:
    with pytest.raises(RequestError, match="没有要锁定的"):
        revision(PARAGRAPH, FakeEngine(), search, locked=("没有这句。",))


def test_a_follow_up_that_would_change_what_is_locked_is_refused(search: Search) -> None:
    text = "一是理论学习不够。全年学习12次。\n二是组织活动不活。"
    place = {"place": "第二条", "span": (text.index("二是"), len(text)), "locked": ("二是组织活动不活。",)}
    with pytest.raises(RequestError, match="动到锁定的"):
        revision(text, FakeEngine(), search, instruction="删除", **place)


@pytest.mark.parametrize("chat", [False, True])
def test_a_fact_not_to_be_used_is_masked_and_never_shown_to_the_model(chat: bool, search: Search) -> None:
    engine = Saying("今年我局召开会议××次，办结率100%。必须落实《实施意见》。", chat=chat)
    text, notes = revision(PARAGRAPH, engine, search, never=("12次",))
    assert "××次" in text
    assert "12次" not in text + "".join(str(prompt) for prompt in engine.prompts)
    assert "标了不用的内容已写成××" in notes


def test_an_instruct_model_is_told_what_it_must_add(search: Search) -> None:
    engine = Saying(PARAGRAPH, chat=True)
    revision(PARAGRAPH, engine, search, must=("35家",), never=("12次",))
    asked = engine.prompts[0][1].content  # type: ignore[union-attr]
    assert "必须写到（原文没有的照此补上）：35家" in asked
    assert "照抄××" in asked


def test_sentences_that_would_lose_facts_are_named(search: Search) -> None:
    _, notes = revision(PARAGRAPH, Saying("会议开得很好。", chat=True), search)
    assert "这些句子保持原样：“今年咱们局开了12次会，办结率100%。”" in notes


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("一是抓学习。全年学习12次，学习内容丰富，大家很有收获，取得了良好成效。氛围浓厚。", "再按规则删减"),
        ("一是抓学习。12次。", "模型压得太短"),
    ],
)
def test_the_length_an_instruct_model_misses_is_met_by_rule(said: str, told: str, search: Search) -> None:
    text = "一是抓学习。全年学习12次，学习内容丰富，大家很有收获，取得了良好成效。大家普遍反映氛围浓厚，反响热烈。"
    revised, notes = revision(text, Saying(said, chat=True), search, instruction="压缩", length=30)
    assert 27 <= len(revised) <= 33
    assert "12次" in revised
    assert told in notes


def test_correcting_changes_nothing_but_errors(search: Search) -> None:
    text = "今年咱们局按步就班推进工作，开了12次会。"
    corrected, notes = revision(text, Saying("胡说。"), search, instruction="纠错")
    assert corrected == "今年咱们局按部就班推进工作，开了12次会。"
    assert "规则" in notes or "按步就班→按部就班" in notes


def test_a_long_text_goes_to_the_model_in_parts(search: Search) -> None:
    lines = [
        f"第{number}项工作走访企业{number}家，大家都挺满意，工作推进得比较顺利。"
        for number in range(100, 140)
    ]
    engine = Saying("工作推进顺利。", chat=True)
    revised, _ = revision("\n".join(lines), engine, search)
    assert len(engine.prompts) > 1
    assert all(f"企业{number}家" in revised for number in range(100, 140))
