"""Requests in users' own words become the task, genre, section, topics and limits they mean."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.errors import RequestError
from assistant.records import Request
from assistant.resources import DATA, read_toml
from assistant.writing.request import understand

TASKS = read_toml(DATA / "tasks.toml")["task"]


@pytest.mark.parametrize(
    ("task", "words"), [(entry["name"], words) for entry in TASKS for words in entry["examples"]]
)
def test_examples_of_the_data_file_are_understood(task: str, words: str) -> None:
    assert understand(words).task == task


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "起草《2023年抓党建述职报告》的存在问题部分，围绕理论学习、组织活动、党建业务融合三个方面",
            {
                "task": "draft",
                "genre": "述职报告",
                "section": "存在问题",
                "title": "2023年抓党建述职报告",
                "topics": ("理论学习", "组织活动", "党建业务融合"),
            },
        ),
        (
            "写一段工作总结的下一步打算，围绕服务群众、干部队伍和作风建设，600字左右，语气诚恳一些",
            {
                "task": "draft",
                "genre": "工作总结",
                "section": "下一步打算",
                "length": 600,
                "tone": "诚恳",
                "topics": ("服务群众", "干部队伍", "作风建设"),
            },
        ),
        (
            "帮我写述职报告的短板弱项，从党建和业务融合、人才培养两个方面",
            {"section": "存在问题", "topics": ("党建和业务融合", "人才培养")},
        ),
        ("根据这些材料写一篇年度工作总结", {"task": "document", "genre": "工作总结", "section": ""}),
        (
            "起草一份关于开展消防安全检查的通知",
            {"task": "document", "genre": "通知", "title": "关于开展消防安全检查的通知"},
        ),
        (
            "写一份安全生产会议主持词，议程有两项：一是李局长讲话，二是签责任书",
            {"task": "document", "genre": "会议主持词", "section": ""},
        ),
        (
            "写一份批复，原则同意县水务局关于管网改造方案的请示，资金自筹部分要先落实",
            {"task": "document", "genre": "批复", "section": ""},
        ),
        (
            "写一份节约用水倡议书，内容包括一水多用、发现漏水及时报修",
            {"genre": "倡议书", "topics": ("一水多用", "发现漏水及时报修")},
        ),
        ("压缩到300字", {"task": "revise", "instruction": "压缩", "length": 300, "text": "文稿"}),
        ("换成第三人称", {"task": "revise", "instruction": "改人称", "person": "第三人称"}),
        ("语气再严肃一些", {"task": "revise", "instruction": "改语气", "tone": "严肃"}),
        ("第二条再具体一点", {"task": "revise", "instruction": "扩写"}),
        ("“四个意识”的规范表述是什么？出自哪里？", {"task": "find", "query": "四个意识"}),
        ("关于优化营商环境有哪些规范提法", {"task": "find", "query": "优化营商环境"}),
        ("检查一下这篇稿子", {"task": "check", "text": "文稿"}),
        ("导出 Word", {"task": "export"}),
    ],
)
def test_requests(words: str, expected: dict[str, Any]) -> None:
    request = understand(words, manuscript="文稿")
    assert {name: getattr(request, name) for name in expected} == expected


def test_pasted_text_is_what_is_revised() -> None:
    request = understand("润色这一段，别改数字：\n今年咱们开了12次会，大家都挺认真。", manuscript="别的文稿")
    assert (request.task, request.text) == ("revise", "今年咱们开了12次会，大家都挺认真。")


def test_pasted_text_is_material_for_a_draft() -> None:
    request = understand("根据以下材料起草工作总结的主要工作部分：\n全年走访企业35家，解决问题62件。")
    assert [material.text for material in request.materials] == ["全年走访企业35家，解决问题62件。"]
    assert request.section == "主要工作"


def test_a_paragraph_alone_is_text_to_revise() -> None:
    paragraph = "全年开展安全检查36次，修改完善制度12项。" * 5
    request = understand(paragraph, manuscript="别的文稿")
    assert (request.task, request.text) == ("revise", paragraph)
    assert request.doubts


def test_an_endless_instruction_is_refused() -> None:
    with pytest.raises(RequestError, match="要求太长"):
        understand("起草述职报告的存在问题部分，" + "围绕理论学习，" * 400)


def test_task_chosen_by_hand_wins() -> None:
    assert understand("四个意识", task="draft").task in ("draft", "document")
    assert understand("起草存在问题", task="find").task == "find"


@pytest.mark.parametrize("words", ["", "？", "今天天气", "字" * 5000])
def test_anything_is_a_request(words: str) -> None:
    request = understand(words)
    assert isinstance(request, Request)
    assert request.doubts
