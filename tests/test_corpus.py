"""The shipped corpus: complete front matter, recognisable parts, true quotations, no sentence twice."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.ingest.documents import formulations_of, shipped_documents
from assistant.ingest.passages import split
from assistant.knowledge.formulations import Formulation
from assistant.knowledge.structure import numbered_points, parse_elements, split_sentences
from assistant.records import Document
from assistant.resources import shipped

CORPUS = shipped("corpus")
REPORTS = Path(__file__).resolve().parents[2] / "shared" / "reports"
SECTORS = {"机关", "区县", "乡镇街道", "国企", "学校", "医院", "社区"}
# What must not be in a text that stands for any place: Markdown, addresses, telephone numbers, omitted work.
UNWANTED = re.compile(r"^#|\*\*|```|https?://|1[3-9]\d{9}|TODO|待补充|此处省略", re.MULTILINE)


@cache
def documents(kind: str) -> tuple[Document, ...]:
    return tuple(item for item in shipped_documents(CORPUS) if item.kind == kind)


@cache
def formulations() -> tuple[Formulation, ...]:
    return formulations_of(CORPUS)


def by_path(item: Document) -> str:
    return item.path


def flat(text: str) -> str:
    """Spaces and the style of quotation marks differ between prints of one text."""
    return re.sub(r"\s|[“”\"‘’'＂「」]", "", text)


def test_nothing_lies_about_unread() -> None:
    read = {item.path for kind in ("exemplar", "policy", "formulation") for item in documents(kind)}
    files = {path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*.*") if path.is_file()}
    files.remove("README.md")
    assert files == read


def test_every_document_has_a_title_of_its_own() -> None:
    titles = [item.title for kind in ("exemplar", "policy", "formulation") for item in documents(kind)]
    assert len(titles) == len(set(titles))


WHOLE = [item for item in documents("exemplar") if item.path.startswith("exemplars/")]
POINTS = [item for item in documents("exemplar") if item.path.startswith("points/")]


@pytest.mark.parametrize("item", WHOLE, ids=by_path)
def test_exemplar(item: Document) -> None:
    assert item.sector in SECTORS
    assert 2018 <= item.year <= 2025
    assert item.topic
    assert 300 <= len(item.text) <= 4000
    assert not UNWANTED.search(item.text)
    assert split(item)
    if item.date:
        assert item.year <= int(item.date[:4]) <= item.year + 1


@pytest.mark.parametrize("item", WHOLE, ids=by_path)
def test_every_passage_of_an_exemplar_has_a_section(item: Document) -> None:
    """But lists of attachments, and the notes at the end."""
    bare = [passage.text for passage in split(item) if not passage.section]
    assert [text for text in bare if not re.match(r"附件|（[^）]*）$", text)] == []


@pytest.mark.parametrize("item", POINTS, ids=by_path)
def test_bank_of_points_is_of_one_section_that_its_name_tells(item: Document) -> None:
    name = item.path.removeprefix("points/").removesuffix(".md").split("-")[0]
    assert {passage.section for passage in split(item)} == {name}
    assert not UNWANTED.search(item.text)


@pytest.mark.parametrize("item", documents("exemplar"), ids=by_path)
def test_numbering_of_exemplar(item: Document) -> None:
    for element in parse_elements(item.text):
        numbers = [number for _, _, number in numbered_points(element.text)]
        assert all(after in (before + 1, 1) for before, after in pairwise(numbers)), element.text[:80]


def test_reports_of_duty_have_the_parts_that_are_asked_for_most() -> None:
    for item in WHOLE:
        if item.genre == "述职报告":
            sections = {passage.section for passage in split(item)}
            assert {"存在问题", "下一步打算"} <= sections, item.path


def test_no_sentence_stands_in_two_exemplars() -> None:
    places: dict[str, set[str]] = defaultdict(set)
    for item in documents("exemplar"):
        for start, end in split_sentences(item.text):
            sentence = item.text[start:end]
            if end - start >= 20 and not any(flat(one.text) in flat(sentence) for one in formulations()):
                places[sentence].add(item.path)
    assert {sentence: found for sentence, found in places.items() if len(found) > 1} == {}


@pytest.mark.parametrize("item", documents("policy"), ids=by_path)
def test_policy(item: Document) -> None:
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", item.date)
    assert item.issuer
    assert item.topic
    assert not UNWANTED.search(item.text)
    assert split(item)


def test_formulations_hang_together() -> None:
    names = {item.name for item in formulations()}
    for item in formulations():
        assert not item.replaced_by or item.replaced_by in names, item.name
        assert not item.valid_until or item.valid_from <= item.valid_until, item.name
        assert item.topics, item.name
        assert item.text not in item.wrong, item.name
        for part in item.parts:
            assert flat(part) in flat(item.text + item.quote + item.note), (item.name, part)


@pytest.mark.skipif(not REPORTS.is_dir(), reason="没有 ../shared/reports 里的报告")
def test_quotations_stand_in_the_reports_they_name() -> None:
    reports = {path.stem: flat(path.read_text(encoding="utf-8")) for path in REPORTS.glob("*.txt")}
    checked = [item for item in formulations() if item.checked in reports]
    assert len(checked) > 100
    assert [item.name for item in checked if flat(item.quote) not in reports[item.checked]] == []


def test_wrong_wordings_are_not_in_what_is_quoted() -> None:
    """A wording called wrong must not stand in a quotation: the check would call the source wrong."""
    found = {
        (wrong, quoted.name)
        for item in formulations()
        for wrong in item.wrong
        for quoted in formulations()
        if not quoted.valid_until and wrong in quoted.quote
    }
    assert found == set()
