"""A sentence of the materials is about the topic its words tell, and is for the section that takes what it tells."""

from __future__ import annotations

import re

import pytest

from assistant.knowledge.sections import load_sections
from assistant.knowledge.topics import (
    Tell,
    Topic,
    load_tells,
    load_topics,
    told_in,
    topic_known,
    topics_told,
    what_is_told,
)


@pytest.mark.parametrize("topic", load_topics(), ids=lambda topic: topic.name)
def test_a_topic_is_told_by_its_own_sentence_and_not_by_its_neighbours(topic: Topic) -> None:
    assert max(topics_told(topic.good).values()) == topics_told(topic.good)[topic.name]
    assert next(iter(topics_told(topic.bad)), "") != topic.name


def test_no_name_stands_for_two_topics() -> None:
    names = [name for topic in load_topics() for name in (topic.name, *topic.also)]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("tell", load_tells(), ids=lambda tell: tell.name + tell.good[0])
def test_an_entry_matches_its_good_sentences_only(tell: Tell) -> None:
    assert [what_is_told(sentence) for sentence in tell.good] == [tell.name] * len(tell.good)
    assert not [sentence for sentence in tell.bad if re.search(tell.pattern, sentence)]
    assert set(tell.sections) <= {section.name for section in load_sections()}


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("党建业务融合", "党建业务融合"),
        ("服务企业", "营商环境"),
        ("师资队伍", "师资队伍建设"),
        ("抓实安全生产", "安全生产"),
        ("量子通信", ""),
    ],
)
def test_another_name_of_a_topic_is_known(name: str, known: str) -> None:
    assert topic_known(name) == known


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("全区60岁以上常住老年人口14.3万人。", "概况"),
        ("5月1日至7月31日为自查自纠阶段。", ""),
        ("建成服务中心28个，其中11个日均服务不足15人次。", "问题"),
        ("发现问题319项，整改到位306项。", "工作"),
        ("下半年将建成2处停车场。", "打算"),
    ],
)
def test_what_a_sentence_tells(sentence: str, told: str) -> None:
    assert what_is_told(sentence) == told


def test_a_section_without_an_entry_takes_all() -> None:
    assert told_in("存在问题") == ("问题",)
    assert told_in("实施步骤") == ()
