"""A whole document follows its outline, says each thing once, and goes on where it was left."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.backends.fake import FakeEngine
from assistant.knowledge.structure import split_sentences
from assistant.records import Material, Request
from assistant.writing.draft import draft
from assistant.writing.evidence import link_evidence
from assistant.writing.ground import Search
from tests.writing.test_draft import Saying, finish, tools

OUTLINE = """标题：甲局2024年度工作总结
〔引言〕
    材料：甲局现有干部46人。
一、今年的工作
    组织活动
        材料：组织活动12次，参加党员280人次。
    理论学习
二、存在的问题
    理论学习
    党建业务融合
三、下一步打算
    理论学习
        材料：明年组织读书班4期。
结尾：特此报告。
署名：甲局
备用材料
    材料：公务用车3辆。"""
REQUEST = Request(
    "按提纲写",
    "document",
    "工作总结",
    materials=(Material("台账", "甲局现有干部46人。\n组织活动12次，参加党员280人次。\n公务用车3辆。"),),
    outline=OUTLINE,
)


def test_order_headings_and_facts_are_those_of_the_outline(search: Search) -> None:
    _, written = finish(draft(REQUEST, tools(Saying("深入"), search)))
    lines = written.text.split("\n")
    assert lines[0] == "甲局2024年度工作总结"
    assert lines[1].startswith("甲局现有干部46人。")
    headings = [line for line in lines if re.match("[一二三四]、", line)]
    assert headings == ["一、今年的工作", "二、存在的问题", "三、下一步打算"]
    assert lines[-2:] == ["特此报告。", "甲局"]
    for fact in ("组织活动12次，参加党员280人次。", "明年组织读书班4期。", "现有干部46人"):
        assert written.text.count(fact) == 1
    assert lines[lines.index("一、今年的工作") + 1].count("组织活动12次") == 1
    assert "公务用车" not in written.text
    assert any("备用材料1句" in note for note in written.notes)


def test_no_sentence_comes_twice_though_topics_do(search: Search) -> None:
    _, written = finish(draft(REQUEST, tools(Saying("深入"), search)))
    said = [written.text[start:end].strip() for start, end in split_sentences(written.text)]
    assert [item for item in said if len(item) > 12 and said.count(item) > 1] == []


def test_what_the_user_wrote_into_the_outline_is_named_as_source(search: Search) -> None:
    _, written = finish(draft(REQUEST, tools(Saying("深入"), search)))
    linked = {
        written.text[item.start : item.end]: item.hits[0].passage.title
        for item in link_evidence(written.text, written.hits)
        if item.degree == "quoted"
    }
    assert linked["明年组织读书班4期。"] == "提纲"
    assert linked["组织活动12次，参加党员280人次。"] == "台账"


def test_a_finished_part_is_told_and_the_rest_goes_on_behind_what_the_user_made_of_it(search: Search) -> None:
    steps, whole = finish(draft(REQUEST, tools(Saying("深入"), search)))
    done = [step for step in steps if step.part]
    assert [step.part for step in done] == ["引言", "今年的工作", "存在的问题", "下一步打算"]
    edited = done[1].text.replace("280人次", "281人次") + "\n（三）我自己加的一条。"
    request = replace(REQUEST, text=edited, finished=("引言", "今年的工作"))
    later, written = finish(draft(request, tools(Saying("深入"), search)))
    assert written.text.startswith(edited + "\n二、存在的问题\n")
    assert written.text.endswith("三、下一步打算\n" + whole.text.split("三、下一步打算\n")[1])
    assert [step.part for step in later if step.part] == ["存在的问题", "下一步打算"]
    assert all(step.text.startswith(edited) for step in later)


def test_numbering_goes_on_from_the_manuscript(search: Search) -> None:
    request = replace(REQUEST, text="题目\n一、甲\n字。\n二、乙\n字。", finished=("引言", "今年的工作"))
    _, written = finish(draft(request, tools(Saying("深入"), search)))
    assert "\n三、存在的问题\n" in written.text
    assert "\n四、下一步打算\n" in written.text


def test_an_instruct_model_hears_what_was_said_and_its_repetitions_go(search: Search) -> None:
    engine = FakeEngine(chat=True)
    for answer in ("引言写好了。", "（一）组织活动12次。干部走进社区听取群众意见，办成一批实事。"):
        engine.enqueue(answer)
    engine.enqueue("一是学习不够。干部走进社区听取群众意见，办成了一批实事。")
    engine.enqueue("一是抓好学习。")
    _, written = finish(draft(REQUEST, tools(engine, search, adapt=False)))
    assert "办成一批实事" in str(engine.prompts[2])
    assert written.text.count("走进社区") == 1
    assert any("删去了1句与前文重复" in note for note in written.notes)
