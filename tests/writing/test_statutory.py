"""Short documents come out in their fixed form, with all that the user gave and nothing that nobody gave."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assistant.backends.fake import FakeEngine
from assistant.ingest.documents import formulations_of
from assistant.knowledge.facts import find_facts, stated, supported
from assistant.knowledge.skeletons import load_skeletons, load_speech
from assistant.knowledge.structure import parse_elements
from assistant.records import Material
from assistant.resources import shipped
from assistant.review.check import review
from assistant.writing.candidates import Familiarity
from assistant.writing.draft import draft
from assistant.writing.evidence import link_evidence
from assistant.writing.facts import facts_of_draft, known_facts, unsupported_findings
from assistant.writing.ground import Search
from assistant.writing.request import understand
from assistant.writing.slots import written
from assistant.writing.statutory import draft_statutory, statutory_variant
from assistant.writing.steps import Tools, Writing, Written
from tests.writing.statutory_cases import Case, cases, draft_of, request_of

CASES = tuple(cases())
each_case = pytest.mark.parametrize("case", CASES, ids=[case.words[:24] for case in CASES])


def finish(writing: Writing) -> Written:
    while True:
        try:
            next(writing)
        except StopIteration as finished:
            result: Written = finished.value
            return result


def made(words: str, material: str = "") -> Written:
    return draft_of(Case("", words, material, "", ""))[1]


@each_case
def test_the_document_is_the_one_that_was_read_and_approved(case: Case) -> None:
    variant, result = draft_of(case)
    assert (request_of(case).genre, variant.name) == (case.genre, case.variant)
    assert result.text == case.text


def test_every_variant_has_a_case_that_was_read() -> None:
    read = {(case.genre, case.variant) for case in CASES}
    assert read == {(name, one.name) for name, item in load_skeletons().items() for one in item.variants}


@each_case
def test_every_fact_of_the_user_stands_in_the_document(case: Case) -> None:
    result = draft_of(case)[1]
    known = stated(find_facts(result.text))
    for text in (written(case.words, load_speech()), case.material):
        for fact in find_facts(text):
            number = text[fact.end : fact.end + 1] in (".", "、") and fact.text.isdigit()
            assert number or supported(fact, known, result.text), fact.text


@each_case
def test_no_fact_is_invented_and_the_review_has_no_error_but_blanks(case: Case) -> None:
    request, result = request_of(case), draft_of(case)[1]
    assert unsupported_findings(facts_of_draft(result.text, known_facts(request), result.hits)) == ()
    found = review(result.text, formulations_of(shipped("corpus")), request.genre)
    errors = [item for item in found if item.severity == "error" and not item.rule.startswith("placeholder")]
    assert errors == []


@each_case
def test_no_sentence_passes_as_the_models(case: Case) -> None:
    result = draft_of(case)[1]
    degrees = {item.degree for item in link_evidence(result.text, result.hits, result.sourced)}
    assert degrees <= {"quoted", "adapted", "form"}


@each_case
def test_every_line_is_read_as_what_it_is(case: Case) -> None:
    """Export lays a line out by its role: title, 主送, closing, signature and date must be told."""
    variant, result = draft_of(case)
    kinds = [item.kind for item in parse_elements(result.text)]
    if variant.name not in ("动态简报",):  # the headline of a 简报 bears no 文种
        assert kinds[0] == "title"
    assert ("addressee" in kinds) == bool(variant.addressee)
    assert ("date" in kinds) == (variant.ending != "none")
    if variant.ending == "both":
        assert kinds[kinds.index("signature") + 1] == "date"
    if variant.note and result.text.endswith("）"):
        assert kinds[-1] == "note"


@pytest.mark.parametrize(
    ("genre", "closings"),
    [
        ("请示", ("妥否，请批示。", "以上请示，请予批示。")),
        ("报告", ("特此报告。",)),
        ("批复", ("此复。",)),
        ("公告", ("特此公告。",)),
        ("通告", ("特此通告。",)),
        ("通报", ("特此通报。",)),
    ],
)
def test_the_closing_is_that_of_the_genre(genre: str, closings: tuple[str, ...]) -> None:
    for case in CASES:
        if case.genre == genre:
            assert sum(case.text.split("\n").count(closing) for closing in closings) == 1


def test_what_is_missing_is_left_blank_and_named() -> None:
    result = made("起草一份召开防汛工作会议的通知")
    assert "一、会议时间：××。" in result.text
    (note,) = [note for note in result.notes if "请补上" in note]
    assert all(name in note for name in ("时间", "地点", "参加人员", "发文机关", "联系人"))
    assert not re.search(r"\d", result.text.replace("20××年", ""))


def test_a_day_that_only_the_writer_knows_is_not_worked_out() -> None:
    result = made("写个通知，下周五下午3点在二楼会议室开安全例会，各车间主任参加")
    assert "会议时间：下周五下午3时" in result.text
    assert any("“下周五”请换成具体日期" in note for note in result.notes)


def test_spoken_words_of_the_request_become_written_and_those_of_a_file_stay() -> None:
    asked = made("写一份关于开展安全自查的通知，各单位6月20号前把自查表报办公室")
    assert "各单位6月20日前将自查表报办公室。" in asked.text
    filed = made("根据材料写一份关于开展安全自查的通知", "各单位6月20号前把自查表报办公室。")
    assert "各单位6月20号前把自查表报办公室。" in filed.text


def test_a_label_of_the_users_own_gets_a_place_of_its_own() -> None:
    result = made("根据材料拟一份会议通知", "会议名称：防汛会议\n时间：5月6日\n停车安排：停在后院")
    assert "四、停车安排：停在后院。" in result.text


def test_what_no_pattern_knows_still_stands_in_the_text() -> None:
    """A place that is not read as one stays in the user's own words."""
    result = made("拟一份举办钓鱼比赛的通知，4月18日至20日在青山湖东岸比赛")
    assert "青山湖东岸" in result.text


def test_a_request_of_its_own_matter_only() -> None:
    """一文一事: what else the words ask for is told by the review, not written as a second matter."""
    result = made("给县财政局写一份请示，申请校舍维修经费20万元，屋顶漏水")
    assert result.text.count("恳请解决") == 1


def test_facts_marked_never_are_hidden_and_the_rest_keeps_its_origin(search: Search) -> None:
    request = replace(
        understand("写个会议通知，6月14日上午9点在三楼会议室开总结会，联系人李敏，电话8621034"),
        never=("8621034",),
    )
    engine = FakeEngine()
    tools = Tools(engine, False, search, "", Familiarity([]))
    result = finish(draft(request, tools))
    assert "8621034" not in result.text
    assert "会议时间：6月14日上午9时" in result.text
    degrees = [item.degree for item in link_evidence(result.text, result.hits, result.sourced)]
    assert "model" not in degrees
    assert engine.prompts == []  # no model is asked


@pytest.mark.parametrize(
    ("words", "genre"),
    [
        ("写一份关于加强校车安全管理的意见", "意见"),
        ("写一份年度工作报告", "报告"),
        ("写一份2024年述职报告", "述职报告"),
    ],
)
def test_long_documents_are_drafted_part_by_part(words: str, genre: str) -> None:
    request = understand(words)
    assert request.genre == genre
    assert statutory_variant(request) is None


def test_the_beginning_of_a_material_tells_the_variant_where_the_words_do_not() -> None:
    request = understand("根据材料写一份通知", materials=(Material("安排.txt", "定于5月6日召开防汛会议。"),))
    variant = statutory_variant(request)
    assert variant is not None
    assert variant.name == "会议通知"
    assert "关于召开防汛会议的通知" in finish(draft_statutory(request, variant)).text


def test_a_set_form_names_the_words_of_the_user_that_fill_it() -> None:
    result = made("写个会议通知，6月14日上午9点在三楼会议室开总结会")
    (form,) = [item for item in result.sourced if item.sentence.startswith("会议时间")]
    assert form.degree == "form"
    assert "6月14日上午9点" in form.hits[0].passage.text
    assert form.hits[0].passage.title == "您的要求"


def test_the_own_words_of_a_request_are_no_second_text() -> None:
    """What is pasted behind the words is in them and in a material; it is written once."""
    request = understand("写一份情况通报：检查企业32家，发现隐患18处，已整改15处。")
    variant = statutory_variant(request)
    assert variant is not None
    assert finish(draft_statutory(request, variant)).text.count("发现隐患18处") == 1
