"""What must agree between sentences: figures, stages, names."""

from __future__ import annotations

import pytest

from assistant.knowledge.amounts import read_sentences
from assistant.review.balance import check_balance
from assistant.review.check import review
from assistant.review.consistency import Balance, load_consistency
from assistant.review.figures import check_figures
from assistant.review.people import check_people
from assistant.review.stages import check_stages


@pytest.mark.parametrize("entry", load_consistency().balance, ids=lambda entry: entry.source)
def test_examples_of_the_data(entry: Balance) -> None:
    assert [text for text in entry.bad if not [*check_figures(text)]] == []
    assert [text for text in entry.good if [*check_figures(text)]] == []


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("现有村168个，其中平原村96个、山区村62个。两类村合计168个。", "168个"),
        ("2025年门诊量48.6万人次，比上年增加3.2万人次。2024年门诊量为46.4万人次。", "46.4万人次"),
        ("现有商户1.86万户，比上年末增加1200户。上年末为1.84万户。", "1.84万户"),
        ("共处置突发事件24起，同比减少6起、下降25%。", "25%"),
        ("小麦面积32万亩，平均亩产420公斤，总产量14.34万吨。", "14.34万吨"),
    ],
)
def test_figures_that_disagree(text: str, quote: str) -> None:
    (finding,) = check_balance(text, read_sentences(text))
    assert finding.quote == quote == text[finding.start : finding.end]


@pytest.mark.parametrize(
    "text",
    [
        "现有村168个，其中平原村96个、山区村72个。两类村合计168个。",
        "2025年门诊量48.6万人次，比上年增加3.2万人次。2024年门诊量为45.4万人次。",
        "2025年门诊量48.6万人次，比上年增加3.2万人次。2023年住院量为2.1万人次。",
        "共处置突发事件24起，同比减少6起、下降20%。",
        "小麦面积32万亩，平均亩产420公斤，总产量13.44万吨。",
        "应到约126人，实到118人，请假6人。",  # a rough figure
        "应到126人，实到118人。\n请假6人的情况另行说明。",  # another paragraph
    ],
)
def test_figures_that_agree(text: str) -> None:
    assert [*check_balance(text, read_sentences(text))] == []


def test_what_one_sentence_shows_is_told_once() -> None:
    text = "排查出的56个问题已解决61个，其余5个正在协调。"
    assert len([*check_figures(text)]) == 1


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("第一阶段为6月1日至6月20日，第二阶段为6月15日至7月10日。", "stage-overlap"),
        ("第一阶段为6月1日至6月20日，第二阶段为6月21日至7月10日。", ""),
        ("项目于2024年3月开工建设，2023年12月竣工。", "end-before-begin"),
        ("项目于2023年3月开工建设，2023年12月竣工。", ""),
        ("五年来，即2021年至2024年，新增就业1.3万人。", "period-length"),
        ("四年来，即2021年至2024年，新增就业1.3万人。", ""),
        ("会议定于9月20日召开。请代表于9月21日到会场报到。", "late-arrival"),
        ("会议定于9月20日召开。请代表于9月19日到会场报到。", ""),
        ("会议定于9月20日至22日召开。请代表于9月21日到会场报到。", ""),
        ("总结会于2月13日召开。名单2月20日前报到党建办。", ""),
    ],
)
def test_periods(text: str, rule: str) -> None:
    assert [item.rule for item in check_stages(text)] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("县委宣传部部长王建国主持会议。最后，王建军部长提出要求。", "王建军部长"),
        ("王建国部长主持会议，王建军副部长作总结讲话。", ""),
        ("由局党组书记、局长周明主持。局党组副书记、局长周明传达了文件。", "局党组副书记、局长周明"),
        ("组长由副县长赵刚担任。组长赵钢每周主持调度。", "组长赵钢"),
        ("副县长赵刚主持，副县长赵强参加。", ""),
        ("周明由副局长升任局长。局长周明主持会议，副局长周明曾分管。", ""),
        ("试点村有柳沟村、石门村、山南村。其中，南山村已完成。", "南山村"),
        ("试点村有柳沟村、石门村、山南村。其中，山南村已完成。", ""),
        ("年终由党委副书记、辅导员负责，党委书记督办。", ""),
    ],
)
def test_names(text: str, quote: str) -> None:
    assert [item.quote for item in check_people(text)] == ([quote] if quote else [])


def test_all_of_it_stands_in_the_review() -> None:
    text = "共有320人报名，缺考15人，实际参加考试315人。"
    assert [item.rule for item in review(text)] == ["parts-balance"]
