"""Personal data and marks of secrecy are told where they must not be shown, masked data and contacts are not."""

from __future__ import annotations

import pytest

from assistant.review.check import review
from assistant.review.disclosure import check_disclosure
from assistant.review.privacy import right_card_number, right_identity_number


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("320999196805120003", True),
        ("320999196805120004", False),
        ("320999196813120003", False),
        ("12345", False),
    ],
)
def test_identity_number(number: str, right: bool) -> None:
    assert right_identity_number(number) is right


@pytest.mark.parametrize(("number", "right"), [("6222000000000417299", True), ("6222000000000417298", False)])
def test_card_number(number: str, right: bool) -> None:
    assert right_card_number(number) is right


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("王桂兰，身份证号320999196805120003，救助1500元。", ["320999196805120003"]),
        ("王桂兰，身份证号320***********0003，救助1500元。", []),
        ("工程编号320999196805120001已验收。", []),
        ("陈立群，卡号6222000000000417299，金额1650元。", ["6222000000000417299"]),
        ("收款户名：青河县财政局，账号6222000000000417299。", []),
        ("陈立群，卡号6222***********7299。", []),
        ("居民孙海涛（手机号13700006183）报名。", ["13700006183"]),
        ("（联系人：周敏，联系电话：13700006183）", []),
        ("咨询电话：13700006183。", []),
        ("居民孙海涛（手机号137****6183）报名。", []),
        ("职工冯志强因患尿毒症每周透析三次。", ["因患尿毒症每周透析三次"]),
        ("冯某因患尿毒症每周透析三次。", []),
        ("加强糖尿病、高血压患者管理，确诊患有糖尿病的居民应定期随访。", []),
        ("五年级二班学生王雨桐与同学发生推搡。", ["王雨桐"]),
        ("五年级二班学生王雨桐获得一等奖。", []),
        ("五年级学生王某某与同学发生推搡。", []),
        ("家住幸福路18号3单元502室的居民", ["家住幸福路18号3单元502室"]),
    ],
)
def test_personal_data(text: str, told: list[str]) -> None:
    found = [item for item in review(text) if item.rule.startswith("privacy-")]
    assert [item.quote for item in found] == told
    assert all(text[item.start : item.end] == item.quote and item.source for item in found)


NOTICE = "青河县水利局关于水库泄洪的通告\n\n定于3月5日泄洪，请勿靠近。\n\n青河县水利局\n2025年3月4日"
ORDER = "青河县水利局关于做好值班工作的通知\n\n各站：\n请做好值班。\n\n青河县水利局\n2025年3月4日"


@pytest.mark.parametrize(
    ("text", "genre", "told"),
    [
        ("秘密★1年\n\n" + NOTICE, "通告", ["秘密★1年"]),
        ("内部资料 注意保存\n\n" + NOTICE, "", ["内部资料 注意保存"]),
        ("秘密★1年\n\n" + ORDER, "通知", []),
        ("内部资料\n\n" + ORDER, "通知", []),
        (NOTICE, "通告", []),
        (ORDER + "\n（不得外传）\n本通知在县政府网站公布。", "通知", ["（不得外传）"]),
        ("讲师说，“秘密★1年”这类标志应标在首页左上角。教材在网站发布。", "", []),
    ],
)
def test_marks_in_public_texts(text: str, genre: str, told: list[str]) -> None:
    assert [item.quote for item in check_disclosure(text, genre)] == told


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("秘密★1年\n关于报送名单的通知\n\n请于5月10日前发送至邮箱。", "发送至邮箱"),
        ("秘密★1年\n关于报送名单的通知\n\n请经机要交换报送，不得发送至邮箱。", ""),
        ("关于报送名单的通知\n\n请于5月10日前发送至邮箱。", ""),
    ],
)
def test_a_marked_text_is_not_sent_by_mail(text: str, quote: str) -> None:
    found = [item.quote for item in check_disclosure(text, "通知") if item.rule == "secrecy-channel"]
    assert found == ([quote] if quote else [])
