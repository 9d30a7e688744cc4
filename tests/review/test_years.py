"""Last year's year left in this year's document, ages, and one measure with two values."""

from __future__ import annotations

import pytest

from assistant.review.measures import check_measures
from assistant.review.years import check_years

SUMMARY = "青河县林业局2025年工作总结\n"


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (SUMMARY + "2024年，我局围绕造林绿化开展工作。现将2025年工作情况总结如下。", "2024年"),
        (SUMMARY + "在县委领导下，任务完成。现将2024年工作情况报告如下。", "2024年"),
        (SUMMARY + "一、主要工作\n植树300亩。\n二、2025年工作打算\n继续植树。", "2025年"),
        (SUMMARY + "一、主要工作\n植树300亩。\n二、下一步打算\n2025年，我局将继续植树。", "2025年"),
        (SUMMARY + "完成了任务。\n青河县林业局\n2024年12月30日", "2024年"),
        ("2025年绿化实施方案\n一、进度安排\n2025年3月完成询价，2024年6月底前完成验收。", "2024年"),
        ("××局2024年工作要点\n抓好绿化。\n××局\n2025年2月10日", "2024年"),
        ("××局关于做好2024年春季植树的通知\n各站所：\n抓好植树。\n××局\n2025年2月10日", "2024年"),
        ("李某，1968年5月出生，2024年10月被推荐为先进，现年61岁。", "61岁"),
        ("王某，1988年3月出生，1995年8月参加工作。", "1995年8月参加工作"),
        ("王某，1978年3月出生，1990年8月入党。", "1990年8月入党"),
        ("1993年8月参加工作，2025年被评为先进，在岗位上工作了42年。", "工作了42年"),
        ("学校始建于1956年，2024年迎来建校70周年。", "70周年"),
    ],
)
def test_wrong_years(text: str, quote: str) -> None:
    assert [item.quote for item in check_years(text)] == [quote]


@pytest.mark.parametrize(
    "text",
    [
        SUMMARY + "2025年，我局完成造林。2024年，我局造林200亩，今年增加100亩。",
        SUMMARY + "2024年，我局被评为先进，今年再接再厉。",
        SUMMARY
        + "一、主要工作\n植树。\n二、2026年工作打算\n2026年，我局将植树。\n青河县林业局\n2025年12月30日",
        "××局2024年工作总结和2025年工作计划\n2025年，我局将植树。",
        "2025年绿化实施方案\n2024年12月启动的前期工作已经完成，2025年6月底前完成验收。",
        "××局关于2024年度考核的通知\n各站所：\n报送材料。\n××局\n2025年1月10日",
        "吴某，女，1972年3月出生，1993年8月参加工作，2025年10月被推荐，现年53岁。她工作了32年。",
        "王某，1985年6月出生，2008年7月参加工作，2010年5月入党，工作16年来勤勤恳恳。",
        "王某，1968年5月出生，2015年任局长，现年56岁。",
        "王某，1968年5月出生，1986年18岁时参军，2024年退休。",
        "医院始建于1956年，2026年迎来70周年。",
    ],
)
def test_right_years(text: str) -> None:
    assert [(item.quote, item.message) for item in check_years(text)] == []


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("全年新建公厕24座，改造15座。\n新建的26座公厕全部实行市场化管护。", "26座"),
        ("全年新建24座公厕。上述26座公厕已投用。", "26座"),
        ("全年共接待群众来访326批次。\n二、问题\n全年接待群众来访362批次，任务重。", "362批次"),
        ("上半年累计完成改造640户，全年累计完成580户。", "580户"),
        ("10月份完成投资500万元，今年累计完成投资450万元。", "450万元"),
    ],
)
def test_measures_that_differ(text: str, quote: str) -> None:
    assert [item.quote for item in check_measures(text)] == [quote]


@pytest.mark.parametrize(
    "text",
    [
        "东岭村新打机井3眼；西岭村新打机井2眼。新打的5眼机井已通电。",
        "新建支部6个。新建的10个支部，有4个开过会。",
        "2023年，全县新增就业1200人。2024年，全县新增就业1500人。",
        "上半年完成改造640户，下半年完成580户。",
        "全年受理3200件，比上年全年受理的2800件多。",
        "一季度累计完成投资500万元，上半年累计完成投资900万元。",
    ],
)
def test_measures_that_agree(text: str) -> None:
    assert [(item.quote, item.message) for item in check_measures(text)] == []
