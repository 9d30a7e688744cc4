"""Words that are none are told with what was meant; names, abbreviations and rare right words are left alone."""

from __future__ import annotations

import pytest

from assistant.knowledge.segment import tagged, words
from assistant.knowledge.sounds import NEAR, SAME, SHAPE, SYLLABLE, slip, small_words, sound_alike
from assistant.knowledge.spelling import load_language, match_spelling


@pytest.mark.parametrize(
    ("text", "written", "meant"),
    [
        ("切实做好防犯化解债务风险各项工作。", "防犯", "防范"),
        ("对违反规定的行为，要坚绝查处。", "坚绝", "坚决"),
        ("要加大宣船力度。", "宣船", "宣传"),
        ("持续增进民生福址。", "福址", "福祉"),
        ("加强对年轻干部的陪养。", "陪养", "培养"),
        ("领导干部要以身做则，带头遵守。", "做", "作"),
        ("他任劳任怨、兢兢业夜，连续三年被评为先进。", "兢兢业夜", "兢兢业业"),
        ("把技能竟赛作为发现人才的平台。", "竟赛", "竞赛"),
    ],
)
def test_a_word_that_is_none(text: str, written: str, meant: str) -> None:
    (finding,) = match_spelling(text)
    assert (finding.quote, finding.suggestion) == (written, meant)
    assert text[finding.start : finding.end] == written
    assert finding.source
    assert not finding.fix  # a guess is never put in unasked


@pytest.mark.parametrize(
    "text",
    [
        "县政府副县长郑文斌主持召开会议。",  # a name
        "（联系人：陈立文，联系电话：6321186）",
        "你校《关于恢复寄宿部的请示》（柳校〔2024〕6号）收悉。",  # an abbreviation in a 文号
        "全面推行林长制以来，共设立村级林长126名。",
        "禁入标识已看不清字迹。",
        "剪纸、皮影、木版年画等项目走进校园。",
        "按装机容量计算。",
        "全年完成造林1.2万亩。",
        "",
        "GDP增长5.2%",
    ],
)
def test_right_words(text: str) -> None:
    assert [*match_spelling(text)] == []


@pytest.mark.parametrize(
    ("written", "meant", "cost"),
    [
        ("犯", "范", SAME),
        ("方", "访", SYLLABLE),
        ("致", "资", NEAR),
        ("拨", "拔", SHAPE),
        ("□", "一", None),
    ],
)
def test_how_unlikely_a_slip_is(written: str, meant: str, cost: float | None) -> None:
    assert slip(written, meant) == cost


def test_a_character_sounds_as_each_of_its_readings() -> None:
    assert sound_alike("长", "常")
    assert sound_alike("长", "掌")
    assert "已" in small_words()["以"]


def test_the_counts_read() -> None:
    language = load_language()
    assert language.words["工作"] > language.words["座谈会"] > 3
    assert language.pairs["组织", "领导"] >= 3
    assert "防范" in language.gapped["防□"]


def test_words_of_a_text_are_the_text() -> None:
    text = "各单位要切实加强组织领导。"
    assert "".join(words(text)) == text
    assert "".join(word for word, _ in tagged(text)) == text
