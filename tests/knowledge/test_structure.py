"""The structure of plain 公文 text: roles, numbering, sentences, points, Markdown leftovers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.knowledge.structure import (
    chinese_number,
    ends_title,
    heading_number,
    heading_text,
    numbered_points,
    parse_elements,
    plain_text,
    run_in_heading,
    split_sentences,
)
from assistant.resources import DATA, read_toml

SHARED = Path(__file__).parents[2] / ".." / "shared"
TEXTS = sorted([*SHARED.glob("examples/*.txt"), *SHARED.glob("reports/*.txt")])
WORDS = read_toml(DATA / "structure.toml")

NOTICE = """关于召开全区防汛工作会议的通知
各镇人民政府，区政府各部门：
经区政府同意，定于近期召开会议。现将有关事项通知如下：
一、会议时间：2024年6月12日上午9:00
二、参会人员
（一）各镇镇长；
（二）区防汛指挥部成员单位主要负责同志。
三、有关要求
1.加强组织领导
各单位要明确专人负责。
特此通知。
附件：1.参会回执
2.会场座次表
××区人民政府办公室
2024年6月3日
（联系人：张三，电话：12345678）
附件1
参会回执
单位名称由参会单位填写。"""


def roles(text: str) -> list[str]:
    return [f"{element.kind}{element.level or ''}" for element in parse_elements(text)]


def test_a_notice_has_all_roles() -> None:
    assert roles(NOTICE) == [
        "title", "addressee", "body", "body", "heading1", "body", "body", "heading1", "heading3", "body", "closing",
        "attachment", "attachment", "signature", "date", "note", "attachment", "title", "body",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a speech: title in two lines, subtitle, date, speaker, form of address
        (
            "携手同心\n共创未来\n——在全区表彰大会上的讲话\n（2024年1月18日）\n李　×\n同志们：\n今天开会。",
            "title title title date signature addressee body",
        ),
        (
            "2023年度述职报告\n××局局长　李××\n各位领导、各位评委：\n现报告如下。\n以上报告，请批评指正。\n述职人：李××",
            "title signature addressee body closing signature",
        ),
        ("关于购置设备的请示\n市财政局：\n因工作需要，拟购置设备。\n妥否，请批示。\n附件：设备清单\n××区教育局\n二〇二四年一月十二日",
         "title addressee body closing attachment signature date"),
        # no title, a section alone, a phrase alone
        ("各位代表：\n现在报告工作。", "addressee body"),
        ("一是学习不够。\n二是调研不深。", "body body"),
        ("存在的主要问题\n一是学习不够。", "title body"),
        ("加强理论学习", "body"),
        ("年度工作总结", "title"),
        ("", ""),
        # not an addressee, not a signature, not a closing
        ("大会的主题是：\n不忘初心。", "body body"),
        ("工作报告\n现将任务分解到各市：\n一、抓落实", "title body heading1"),
        ("请予支持。\n以上就是原因。后面还有话要说明。", "body body"),
        ("第一段讲完了。\n加强学习", "body body"),
        ("第一段讲完了。\n中共××区委组织部", "body signature"),
        ("年终总结\n正文。\n××局\n2024年×月×日", "title body signature date"),
    ],
)  # fmt: skip
def test_roles(text: str, expected: str) -> None:
    assert " ".join(roles(text)) == expected


@pytest.mark.parametrize(
    ("line", "level", "number", "heading"),
    [
        ("一、存在问题", 1, 1, "存在问题"),
        ("十二、构建共同体", 1, 12, "构建共同体"),
        ("一.存在问题", 1, 1, "存在问题"),
        ("一、 过去五年工作回顾", 1, 1, "过去五年工作回顾"),
        ("三、三、下一步打算", 1, 3, "下一步打算"),
        ("（二）加强学习。", 2, 2, "加强学习"),
        ("(二)加强学习", 2, 2, "加强学习"),
        ("1.压实责任", 3, 1, "压实责任"),
        ("1．压实责任", 3, 1, "压实责任"),
        ("2、压实责任", 3, 2, "压实责任"),
        ("1.1.突出重点", 3, 1, "突出重点"),
        ("（1）建立台账", 4, 1, "建立台账"),
        ("(10) 建立台账", 4, 10, "建立台账"),
    ],
)
def test_headings(line: str, level: int, number: int, heading: str) -> None:
    assert heading_number(line)[:2] == (level, number)
    assert heading_text(line) == heading
    assert roles(f"工作总结\n{line}\n这里是正文。")[1] == f"heading{level}"


@pytest.mark.parametrize(
    "line",
    [
        "1.5万户受益。",
        "5.12汶川地震以后。",
        "一、二线城市差距较大。",
        "（2017年10月18日）",
        "第一，坚持党的领导。",
        "2024年收入增长。",
    ],
)
def test_what_looks_like_a_number_is_none(line: str) -> None:
    assert heading_number(line) == (0, 0, 0)
    assert heading_text(line) == line


@pytest.mark.parametrize(
    ("line", "level", "lead"),
    [
        (
            "1.突出“实”字狠抓组织建设，持续用力。一是压实责任。二是育人。",
            3,
            "1.突出“实”字狠抓组织建设，持续用力。",
        ),
        ("（一）办好教育。全面落实任务。", 2, "（一）办好教育。"),
        ("一、会议时间：2024年6月12日", 1, "一、会议时间："),
        ("（一）办好教育。", 0, ""),
        ("一是办好教育。二是办好医疗。", 0, ""),
        ("（一）甲单位负责统计；乙单位负责汇总。按期报送。", 0, ""),
    ],
)
def test_a_heading_that_opens_its_paragraph(line: str, level: int, lead: str) -> None:
    found, end = run_in_heading(line)
    assert (found, line[:end]) == (level, lead)
    if level:
        assert roles(f"工作总结\n{line}")[1] == "body"


def test_full_sentences_of_a_list_are_body() -> None:
    text = "有关要求如下。\n1.请按时报送材料。\n2.请自带文具。\n3.请遵守纪律。"
    assert roles(text) == ["body", "body", "body", "body"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("一；二。三！", ["一；二。", "三！"]),
        ("他说：“要实干。”大家鼓掌。", ["他说：“要实干。”", "大家鼓掌。"]),
        ("喊出“加油干！”的号召。完", ["喊出“加油干！”的号召。", "完"]),
        ("“甲。乙。”丙。", ["“甲。乙。”", "丙。"]),
        ("读《怎么办？》一书。好", ["读《怎么办？》一书。", "好"]),
        ("（见附件。）各单位执行。", ["（见附件。）", "各单位执行。"]),
        ("真的？！是……好。", ["真的？！", "是……", "好。"]),
        ("未闭“引号。下一句。", ["未闭“引号。", "下一句。"]),
        ("标题\n　　第一句。 第二句", ["标题", "第一句。", "第二句"]),
        ("增长3.5%，达到2万。", ["增长3.5%，达到2万。"]),
        (" \n", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in split_sentences(text)] == sentences


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("问题有：一是学习不深。二是调研不够；三是创新不足。", [(1, "一是学习不深。"), (2, "二是调研不够；"), (3, "三是创新不足。")]),
        ("一是甲。\n说明。\n三是乙。六是丙。  \n", [(1, "一是甲。"), (3, "三是乙。"), (6, "六是丙。")]),
        ("坚持一是一、二是二。这一是对的。", []),
        ("原因，一是懒，二是散", [(1, "一是懒，"), (2, "二是散")]),
        ("十一是防汛。", [(11, "十一是防汛。")]),
    ],
)  # fmt: skip
def test_points(text: str, points: list[tuple[int, str]]) -> None:
    assert [(number, text[start:end]) for start, end, number in numbered_points(text)] == points


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("# 工作总结\n\n## **一、成效**\n- 抓学习", "工作总结\n\n一、成效\n抓学习"),
        ("**强化学习。**坚持读书。", "强化学习。坚持读书。"),
        ("1. **压实责任**：抓到底", "1. 压实责任：抓到底"),
        ("# 报告\n坚持**以人民为中心**的思想", "报告\n坚持以人民为中心的思想"),
        ("> 引文\n---\n```\n正文", "引文\n\n\n正文"),
        ("\\*\\*区工作", "**区工作"),
    ],
)
def test_markdown_marks_are_removed(markdown: str, plain: str) -> None:
    assert plain_text(markdown) == plain


@pytest.mark.parametrize(
    "text",
    [
        "我到**镇、**等点位督导。",
        "为**在**率先发展",
        "涉及**人次。我到**镇",
        "**区发改委**，现报告",
        "# 报告\n到**区**局、由**公司负责**项目",
        "落实《**区〈措施〉的指引》，5*8",
    ],
)
def test_omitted_names_survive(text: str) -> None:
    assert plain_text(text).count("*") == text.count("*")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十九", 99),
        ("一百零二", 102),
        ("百", 0),
        ("", 0),
    ],
)
def test_chinese_numbers(text: str, value: int) -> None:
    assert chinese_number(text) == value


def _recognised(table: str, line: str) -> bool:
    if table == "title":
        return ends_title(line)
    if table == "addressee":
        return roles(f"工作报告\n{line}\n正文。")[1] == "addressee"
    return roles(f"工作报告\n正文如下。\n{line}")[2] == table


@pytest.mark.parametrize(
    ("table", "line", "good"),
    [
        (table, line, kind == "good")
        for table in WORDS
        for kind in ("good", "bad")
        for line in WORDS[table][kind]
    ],
)
def test_every_table_of_words_keeps_its_examples(table: str, line: str, good: bool) -> None:
    assert _recognised(table, line) is good


def _check_exact(text: str) -> None:
    elements = parse_elements(text)
    assert all(text[element.start : element.end] == element.text for element in elements)
    visible = [
        line for line in text.split("\n") if line.strip().strip("\u200b\u200c\u200d\u2060\ufeff").strip()
    ]
    assert "\n".join(element.text for element in elements) == "\n".join(visible)
    spans = split_sentences(text)
    assert all(a < b for a, b in spans)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))
    outside = "".join(
        text[a:b]
        for a, b in zip([0, *(b for _, b in spans)], [*(a for a, _ in spans), len(text)], strict=True)
    )
    assert not outside.strip()


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([*"一二三、（）().1 “”《》。！？；：…附件年月日\n　述职报告各位领导是**#局"]),
        max_size=60,
    ).map("".join)
)
def test_no_character_is_dropped_or_changed(text: str) -> None:
    _check_exact(text)


@pytest.mark.skipif(not TEXTS, reason="没有 shared/ 目录")
@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_real_reports(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    _check_exact(text)
    firsts = [line for line in text.split("\n") if re.match(r"[一二三四五六七八九十]+、", line)]
    found = [
        element.text for element in parse_elements(text) if element.kind == "heading" and element.level == 1
    ]
    assert found == firsts
    assert plain_text(text).count("**") == text.count("**")
