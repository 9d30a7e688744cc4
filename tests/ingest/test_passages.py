"""Passages: verbatim, within their heading, ending where sentences end."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.ingest.documents import document_from_file, document_from_text, shipped_documents
from assistant.ingest.passages import MAX_CHARS, MIN_CHARS, section_of, split
from assistant.records import Document
from assistant.resources import shipped

S = "这是为了凑足长度而写的一句普通的话，说明情况并不复杂。"  # 27 characters


def document(text: str) -> Document:
    return document_from_text(text, "a.txt")


def texts(text: str) -> list[str]:
    return [passage.text for passage in split(document(text))]


def check(source: Document) -> None:
    """The properties every document's passages have."""
    passages = split(source)
    assert [p.id for p in passages] == [f"{source.id}#{n}" for n in range(len(passages))]
    end = 0
    for passage in passages:
        assert passage.text == source.text[passage.position : passage.position + len(passage.text)]
        assert passage.text.strip() == passage.text != ""
        assert passage.position >= end
        end = passage.position + len(passage.text)
        assert len(passage.text) <= MAX_CHARS


def test_points_stay_apart_and_headings_are_carried() -> None:
    text = (
        f"述职报告\n一、存在的主要问题\n一是学习不深。{S * 4}二是落实不力。{S * 4}\n二、下一步打算\n{S * 4}"
    )
    passages = split(document(text))
    assert [p.text[:5] for p in passages] == ["一是学习不", "二是落实不", S[:5]]
    assert [p.heading for p in passages] == [("存在的主要问题",), ("存在的主要问题",), ("下一步打算",)]
    assert [p.section for p in passages] == ["存在问题", "存在问题", "下一步打算"]
    assert all(p.genre == "述职报告" for p in passages)


def test_short_points_share_a_passage_but_never_with_another_heading() -> None:
    assert texts("报告\n一、存在问题\n一是甲。二是乙。\n二、下一步打算\n一是丙。") == [
        "一是甲。二是乙。",
        "一是丙。",
    ]


def test_long_paragraph_is_parted_at_sentences_into_even_pieces() -> None:
    pieces = texts(S * 20)
    assert "".join(pieces) == S * 20
    assert all(MIN_CHARS <= len(piece) <= MAX_CHARS and piece.endswith("。") for piece in pieces)
    assert max(map(len, pieces)) - min(map(len, pieces)) <= 2 * len(S)


@pytest.mark.parametrize("mark", ["；", "，", "、"])
def test_endless_sentence_is_parted_all_the_same(mark: str) -> None:
    text = f"坚持不懈抓好落实{mark}" * 60 + "。"
    pieces = texts(text)
    assert "".join(pieces) == text
    assert all(len(piece) <= MAX_CHARS for piece in pieces)


def test_heading_without_text_is_itself_the_content() -> None:
    passages = split(
        document(
            "工作要点\n一、重点任务\n1.三月底前完成报名\n2.六月底前完成验收\n二、保障措施\n落实责任到人。"
        )
    )
    assert "三月底前完成报名" in passages[0].text
    assert "六月底前完成验收" in passages[0].text
    assert passages[0].heading == ("重点任务",)


def test_opening_and_closing_have_their_sections() -> None:
    text = (
        f"工作报告\n各位领导：\n现将有关情况报告如下。\n一、工作情况\n{S * 4}\n特此报告。\n××局\n2024年1月2日"
    )
    found = [(p.section, p.text) for p in split(document(text))]
    assert found[0] == ("引言", "现将有关情况报告如下。")
    assert found[-1] == ("结语", "特此报告。")
    assert not any("××局" in words or "各位领导" in words for _, words in found)


def test_title_alone_is_still_found() -> None:
    assert texts("关于放假的通知") == ["关于放假的通知"]


def test_nothing_gives_nothing() -> None:
    assert texts("") == []


def parts(text: str) -> str:
    """Return the sections of a text in order, each once in a row."""
    found = [passage.section or "—" for passage in split(document(text))]
    return " ".join(part for part, before in zip(found, ["", *found], strict=False) if part != before)


APPROVAL = """关于建设污水处理厂的批复
××镇人民政府：
你镇《关于建设污水处理厂的请示》（×镇政〔2019〕61号）收悉。经研究，现批复如下：
{body}
此复。
××县发展和改革局
2019年8月2日"""
HOSTING = """全镇总结表彰大会主持词
（2022年2月10日）
同志们：
现在开会。今天召开全镇总结表彰大会。
请大家把手机关机，会议期间不要走动。
会议共有三项议程。
下面进行第一项议程，请×××同志宣读表彰决定。
（宣读完毕）四位代表讲的都是自己的事。
第二项议程：典型发言。
第三项议程：请×××同志讲话，大家欢迎。
刚才，×书记作了重要讲话，站位高、要求实，请大家认真领会。
就贯彻落实会议精神，提三点要求。
一是传达到户。各村三天内开会。
二是抓在节令前。月底前完工。
会议到此结束，散会。"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (APPROVAL.format(body="原则同意所报方案。\n请你镇依法办理用地手续。"), "引言 事项 工作要求 结语"),
        (
            APPROVAL.format(body="一、规模。日处理三千立方米。\n二、投资。总投资四千万元。"),
            "引言 事项 结语",
        ),
        (
            APPROVAL.format(body="一、规模。日处理三千立方米。\n二、建设要求\n（一）严控投资。不得超概。"),
            "引言 事项 工作要求 结语",
        ),
        (HOSTING, "引言 会议议程 会议小结 工作要求 结语"),
        (
            "关于元旦放假的通知\n各科室：\n现将放假安排通知如下。\n一、放假时间\n1月1日放假。\n二、有关要求\n做好值班。\n"
            "三、联系方式\n联系人×××。\n附件：值班表\n××局\n2023年12月28日\n附件\n值班表\n张三值班。",
            "引言 事项 工作要求 事项 —",
        ),
        (
            "关于购置设备的请示\n市财政局：\n现有设备老化。\n现申请购置设备2台。\n妥否，请批示。\n××局",
            "理由依据 事项 结语",
        ),
        (
            "关于表扬×××同志的通报\n各村：\n×××是河沿村村民。\n1月9日他跳进冰水救人。\n镇政府决定对×××同志予以通报表扬。\n"
            "各村要把他的事迹讲给更多的人听。\n××镇人民政府",
            "引言 事实经过 处理决定 工作要求",
        ),
        # a genre that says nothing of opening words: only headings tell
        ("××局工作总结\n今年做了几件事。\n明年再做几件。", "—"),
    ],
)
def test_parts_without_telling_headings_are_told_by_their_order_and_opening(text: str, expected: str) -> None:
    assert parts(text) == expected


def test_the_genre_decides_between_sections_that_a_heading_may_name() -> None:
    assert parts(f"2024年工作计划\n一、总体要求\n{S}\n二、下半年工作安排\n{S}") == "总体要求 主要任务"
    assert parts(f"2024年工作总结\n一、工作成效\n{S}\n二、下半年工作安排\n{S}") == "主要工作 下一步打算"


def test_a_part_of_no_section_by_hand_stays_so() -> None:
    text = "关于放假的通知\n各科室：\n放假如下。\n一、放假时间\n1月1日。\n二、联系人\n×××。"
    corrected = Document("d", "通知", "material", "a.txt", text, genre="通知", sections=(("联系人", ""),))
    assert [passage.section for passage in split(corrected)] == ["引言", "事项", ""]


@pytest.mark.parametrize(
    ("headings", "section"),
    [
        (("履职情况", "加强组织领导"), "主要工作"),
        (("上半年工作情况", "存在的主要问题"), "存在问题"),
        (("党建工作", "存在的不足"), "存在问题"),
        (("下一步打算", "补齐短板弱项，夯实基层基础"), "下一步打算"),
        (("党建", "业务"), ""),
        ((), ""),
    ],
)
def test_section_of_a_heading_path(headings: tuple[str, ...], section: str) -> None:
    assert section_of(headings) == section


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="一二、（）是。，；：\n \u3000甲乙丙1.“”《》年月日", max_size=700))
def test_any_text_is_split_verbatim(text: str) -> None:
    check(document(text))


def test_every_shipped_document() -> None:
    for item in shipped_documents(shipped("corpus")):
        check(item)
        assert split(item), item.path


def test_sample_sections(sample: Path) -> None:
    item = document_from_file(sample)
    check(item)
    assert (item.genre, item.year) == ("述职报告", 2022)
    assert {"引言", "主要工作", "存在问题", "下一步打算"} <= {p.section for p in split(item)}
    problems = "".join(p.text for p in split(item) if p.section == "存在问题")
    assert "一是" in problems
    assert "三是" in problems


CORRECTED = """报告
开头一句话。
一、几点认识
（一）关于学习
学习不够深入。
（二）关于作风
作风不够扎实。
特此报告。
"""


@pytest.mark.parametrize(
    ("sections", "found"),
    [
        ((), ["引言", "", "", "结语"]),
        ((("几点认识", "存在问题"),), ["引言", "存在问题", "存在问题", "结语"]),
        ((("关于作风", "原因分析"), ("几点认识", "存在问题")), ["引言", "存在问题", "原因分析", "结语"]),
        ((("", "基本情况"),), ["基本情况", "", "", "结语"]),
        ((("", ""),), ["", "", "", "结语"]),
    ],
)
def test_a_heading_corrected_by_hand_has_the_section_it_was_given(
    sections: tuple[tuple[str, str], ...], found: list[str]
) -> None:
    document = Document("d", "报告", "material", "报告.txt", CORRECTED, sections=sections)
    assert [passage.section for passage in split(document)] == found
