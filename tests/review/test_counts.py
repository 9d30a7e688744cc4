"""Lists have as many items as they announce, and attachments that are named are there."""

from __future__ import annotations

import pytest

from assistant.review.counts import check_counts


def notice(body: str, attachments: str = "附件：1.申报表\n　　　2.评分标准") -> str:
    return f"青河县民政局关于等级评定的通知\n\n各养老机构：\n{body}\n\n{attachments}\n\n青河县民政局\n2025年4月14日"


@pytest.mark.parametrize(
    ("text", "quote", "suggestion"),
    [
        (
            "主要存在以下三个方面的问题：一是台账不全；二是维护不及时；三是公示慢；四是交接不规范。",
            "三个方面",
            "四个方面",
        ),
        ("重点抓好四项工作。一是抓学习。二是抓落实。三是抓作风。", "四项", "三项"),
        ("我讲三点意见。\n一、提高认识\n认识到位。\n二、抓好落实\n落实到位。", "三点", "两点"),
        ("提出如下两点建议：\n1.增加投入。\n2.加强培训。\n3.完善制度。", "两点", "三点"),
        ("有两点体会。第一，要实。第二，要细。第三，要严。", "两点", "三点"),
        ("会议明确4项任务：①清查；②整改；③验收。", "4项", "3项"),
        ("办好养老，要做到四个坚持：一要就近。二要量力。三要公开。", "", ""),
        ("修订采购管理、合同管理、印章管理、档案管理五项制度。", "五项", "四项"),
        ("健全县、乡、村四级网络。", "四级", "三级"),
        ("选址在柳沟、河西、青石、东岭三镇。", "三镇", "四镇"),
        ("设置三个奖项：一等奖、二等奖、三等奖、优秀奖。", "三个", "四个"),
        ("培训安排师德修养、课堂教学、班级管理四个模块。", "四个", "三个"),
        (notice("对照评分标准（见附件3）自评。"), "附件3", "请核对"),
        (notice("填写申报表（附件2）。", "附件：申报表"), "附件2", "请核对"),
        (notice("材料见附件1—3。"), "附件1—3", "请核对"),
    ],
)
def test_miscounts(text: str, quote: str, suggestion: str) -> None:
    found = [(item.quote, item.suggestion) for item in check_counts(text)]
    assert [item[0] for item in found] == ([quote] if quote else [])
    assert all(suggestion in item[1] for item in found)


@pytest.mark.parametrize(
    "text",
    [
        "主要有两个问题。\n一是记录不连续。当班人员外出。\n经核实，没有替班。\n二是标识褪色。",
        "围绕“五个一”展开：重温一次誓词，观看一部片子。",
        "从增加供给和抑制需求两方面采取措施。一要发展生产。二要减少环节。三要加强监管。",
        "组织党员、群众开展三项活动。",
        "发改、财政、住建等5个部门参加。",
        "落实党中央、国务院三项要求。",
        "县直机关、乡镇42个部门参加。",
        "学校、医院各三个支部。",
        "文化和旅游、教育、卫生健康三个部门。",
        "一、同意将建设里、和平路东两个小区列入计划。",
        "（二）守住实体和信息两条底线\n1.改善条件。做。\n2.加强巡查。做。\n3.做好备份。做。",
        "查了3个单位。一是甲单位。二是乙单位。",
        "重点抓三件事：一是清理资产；二是规范用车；四是完善报销。",
        "我讲两点意见。\n一、提高认识\n（一）甲。做。\n（二）乙。做。\n（三）丙。做。\n二、抓好落实\n做。",
        "统筹“十四五”“十五五”两个规划。坚持自治、法治、德治相结合，三项工作一起抓。",
        notice("填写申报表（附件1），对照评分标准（附件2）自评。"),
        notice("填写申报表（见附件）。", "附件：申报表"),
    ],
)
def test_right_counts(text: str) -> None:
    assert [(item.quote, item.message) for item in check_counts(text)] == []
