"""A text grows by what the corpus and the materials say on its topics, and nothing of it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.backends.fake import FakeEngine
from assistant.errors import RequestError
from assistant.records import Material, Passage
from assistant.writing.evidence import link_evidence
from assistant.writing.ground import Search
from assistant.writing.overlap import overlap, size_of
from assistant.writing.request import understand
from assistant.writing.revise import revise
from assistant.writing.steps import Written
from tests.writing.conftest import passages
from tests.writing.test_draft import Saying, finish, tools

SECTION = """二、存在的主要问题
一是理论学习抓得不紧。全年集中学习12次。
二是组织活动不够经常。主题党日开展9次。
××支部
2024年12月20日"""


@pytest.fixture
def bank() -> Search:
    """Search over the points of conftest as over a bank of points, by overlap of characters."""
    from assistant.records import Filters, Hit

    corpus = [replace(item, path="points/存在问题.md") for item in passages()]

    def find(query: str, filters: Filters, top: int) -> tuple[Hit, ...]:
        def score(item: Passage) -> float:
            return overlap(query, item.text) + 0.01

        fit = [item for item in corpus if item.section in (filters.sections or (item.section,))]
        return tuple(Hit(item, score(item)) for item in sorted(fit, key=score, reverse=True)[:top])

    return find


def grown(
    words: str, text: str, search: Search, engine: FakeEngine | None = None, **values: object
) -> Written:
    request = replace(understand(words, manuscript=text), **values)  # type: ignore[arg-type]
    assert request.instruction in ("扩写", "续写")
    return finish(revise(request, tools(engine or Saying(""), search)))[1]


@pytest.mark.parametrize("words", ["扩写到150字", "扩写一倍", "扩写"])
def test_points_say_more_at_their_ends_and_nothing_else_changes(words: str, bank: Search) -> None:
    written = grown(words, SECTION, bank)
    lines, before = written.text.split("\n"), SECTION.split("\n")
    assert [line[: len(old)] for line, old in zip(lines, before, strict=True)] == before
    assert len(lines[1]) > len(before[1])
    assert len(lines[2]) > len(before[2])
    assert lines[3:] == before[3:]
    assert "原文一字未动" in "".join(written.notes)


def test_the_length_is_met(bank: Search) -> None:
    assert abs(size_of(grown("扩写到150字", SECTION, bank).text) - 150) <= 15


def test_every_added_sentence_names_its_source(bank: Search) -> None:
    written = grown("扩写到150字", SECTION, bank)
    new = [
        item
        for item in link_evidence(written.text, written.hits)
        if written.text[item.start : item.end] not in SECTION
    ]
    assert new
    assert all(item.degree == "quoted" and item.hits for item in new)


def test_material_comes_first_and_only_where_it_belongs(bank: Search) -> None:
    material = Material("台账", "组织活动方面，主题党日有3次参加人数不足半数。\n食堂改造完工。")
    written = grown("扩写到120字", SECTION, bank, materials=(material,))
    assert "主题党日开展9次。组织活动方面，主题党日有3次参加人数不足半数。" in written.text
    assert "食堂" not in written.text
    assert "取自材料" in "".join(written.notes)


def test_facts_of_exemplars_and_facts_not_to_be_used_are_masked(bank: Search) -> None:
    text = grown("扩写到260字", SECTION, bank, never=("对年轻党员的吸引力",)).text
    assert "3个支部" not in text
    assert "对年轻党员的吸引力" not in text


def test_what_falls_short_is_said(bank: Search) -> None:
    written = grown("扩写到2000字", SECTION, bank)
    assert "没有写到2000字" in "".join(written.notes)


def test_the_model_is_asked_where_the_corpus_has_no_more_and_may_not_state_facts(bank: Search) -> None:
    engine = Saying("组织活动还不够深入，2023年只开了5次")
    written = grown("扩写到2000字", SECTION, bank, engine)
    assert engine.prompts
    assert "2023" not in written.text


def test_points_go_on_with_the_next_number_before_what_closes_the_text(bank: Search) -> None:
    written = grown("续写80字", SECTION, bank)
    lines = written.text.split("\n")
    assert lines[:3] == SECTION.split("\n")[:3]
    assert lines[3].startswith("三是党建业务融合不够紧密。")
    assert lines[-2:] == SECTION.split("\n")[-2:]
    assert "接着写了1条：党建业务融合" in "".join(written.notes)


def test_a_paragraph_goes_on_behind_its_last_sentence(bank: Search) -> None:
    text = "理论学习抓得不紧，全年集中学习12次。"
    written = grown("续写60字", text, bank)
    assert written.text.startswith(text)
    assert 54 <= size_of(written.text) - size_of(text) <= 66


def test_an_instruct_model_goes_on_and_its_own_facts_are_masked(bank: Search) -> None:
    engine = Saying("三是作风不实，走访5家，学习12次。", chat=True)
    text = grown("续写30字", SECTION, bank, engine).text
    assert "三是作风不实，走访××家，学习12次。\n××支部" in text
    assert text.startswith(SECTION.split("××支部")[0].rstrip())


def test_an_instruct_model_that_writes_too_little_is_helped_out(bank: Search) -> None:
    written = grown("扩写到150字", SECTION, bank, Saying(SECTION, chat=True))
    assert abs(size_of(written.text) - 150) <= 15
    assert "再用例文补充" in "".join(written.notes)


def test_what_is_long_enough_is_not_made_longer(bank: Search) -> None:
    with pytest.raises(RequestError, match="没有扩写"):
        grown("扩写", SECTION, bank, length=20)


@pytest.mark.parametrize(
    ("words", "instruction", "length"),
    [
        ("扩写一倍", "扩写", 2.0),
        ("压缩一半", "压缩", 0.5),
        ("压缩三分之一", "压缩", 0.667),
        ("压缩到三分之一", "压缩", 0.333),
        ("压缩20%", "压缩", 0.8),
    ],
)
def test_proportions_are_understood(words: str, instruction: str, length: float) -> None:
    request = understand(words, manuscript=SECTION)
    assert (request.instruction, request.length) == (instruction, round(size_of(SECTION) * length))


def test_going_on_to_a_length_and_by_a_length_differ() -> None:
    assert understand("续写200字", manuscript=SECTION).length == 200
    assert understand("续写到200字", manuscript=SECTION).length == 200 - size_of(SECTION)
    assert understand("扩写到300字", manuscript=SECTION).length == 300
