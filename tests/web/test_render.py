"""The HTML beside chat and canvas: what is shown, that it is verbatim, and that nothing in it can act."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from assistant.pipeline import Found
from assistant.records import Change, Dismissal, Entry, Evidence, Finding, Hit, Material, Request
from assistant.web import panels, render, stored
from assistant.workspace import Conversation, Version
from tests.web.fakes import FORMULATION, LINES, PASSAGE

EVIL = """<img src=x onerror="alert(1)">'"</div><script>alert(2)</script>${alert(3)}{{value}}"""


class Reader(HTMLParser):
    """Collects tags with their attributes and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def acting(self, act: str) -> list[str | None]:
        return [attrs.get("data-value") for _, attrs in self.tags if attrs.get("data-act") == act]


def finding(**more: object) -> Finding:
    plain = Finding("r", "error", 5, 7, "搞好", "口语", "做好", "公文用语", True)
    return replace(plain, **more)


def evil_passage() -> Hit:
    return Hit(replace(PASSAGE, title=EVIL, text=EVIL, path=EVIL, heading=(EVIL,), issuer=EVIL), 1.0)


EVIL_HTML = {
    "conversations": render.conversations([Conversation("1", EVIL, 0.0)], "1"),
    "materials": render.materials([Material(EVIL, EVIL)], {EVIL: [finding(quote=EVIL)]}),
    "reply": render.reply(EVIL),
    "understanding": render.understanding(Request(EVIL, "draft", EVIL, EVIL, EVIL, (EVIL,), doubts=(EVIL,))),
    "evidence": render.evidence(EVIL, [Evidence(0, len(EVIL), "adapted", 0.6, (evil_passage(),))]),
    "findings": panels.findings(
        EVIL,
        [finding(quote=EVIL, message=EVIL, suggestion=EVIL, source=EVIL, start=0, end=9)],
        {1: Dismissal(EVIL, EVIL, EVIL, EVIL), 2: Dismissal(EVIL, EVIL, "", EVIL)},
    ),
    "facts": panels.facts(
        [Entry(EVIL, "", (f"material:{EVIL}",), EVIL, "must", (EVIL + "又",), EVIL)], [EVIL]
    ),
    "changes": render.changes([Change("replace", EVIL, EVIL + "新"), Change("equal", EVIL, EVIL)], [EVIL]),
    "versions": render.versions([Version(1, EVIL, EVIL, {}, 0.0), Version(2, EVIL, EVIL, {}, 0.0)]),
    "found": render.found(
        stored.found_to_data(
            Found(
                EVIL,
                (
                    replace(
                        FORMULATION,
                        name=EVIL,
                        text=EVIL,
                        source=EVIL,
                        quote=EVIL + "。",
                        wrong=(EVIL,),
                        note=EVIL,
                        issuer=EVIL,
                        valid_until=EVIL,
                        replaced_by=EVIL,
                    ),
                ),
                (evil_passage(),),
            )
        )
    ),
}


@pytest.mark.parametrize("name", EVIL_HTML)
def test_text_from_users_and_corpus_stays_text(name: str) -> None:
    page = Reader(EVIL_HTML[name])
    assert {tag for tag, _ in page.tags} <= {
        "b",
        "blockquote",
        "br",
        "button",
        "del",
        "details",
        "div",
        "figcaption",
        "figure",
        "i",
        "input",
        "ins",
        "li",
        "mark",
        "p",
        "small",
        "span",
        "summary",
        "ul",
    }
    allowed = {
        "class",
        "title",
        "type",
        "aria-label",
        "aria-pressed",
        "open",
        "value",
        "placeholder",
        "maxlength",
        "role",
        "tabindex",
    }
    assert all(key in allowed or key.startswith("data-") for _, attrs in page.tags for key in attrs)
    assert "onerror" in page.text or any(
        "onerror" in (value or "") for _, attrs in page.tags for value in attrs.values()
    )


def test_evidence_shows_each_sentence_with_its_degree_and_the_passage_verbatim() -> None:
    text = LINES[1]
    first, second = text.index("。") + 1, len(text)
    items = [Evidence(0, first, "quoted", 1.0, (Hit(PASSAGE, 1.0),)), Evidence(first, second, "model", 0.1)]
    html = render.evidence(text, items)
    assert html == (
        '<div class="bg-legend"><span class="bg-quoted"><b>引用</b>1句</span><span class="bg-model"><b>模型</b>1句</span></div>'
        '<details class="bg-entry bg-quoted" data-start="0" data-end="23"><summary class="bg-head" data-act="show">'
        '<span class="bg-tag">引用</span><span class="bg-sentence">一是理论学习还不够深入，学用结合不够紧密。</span></summary>'
        '<figure class="bg-passage"><blockquote><mark>理论学习还不够深入，学用结合不够紧密。</mark>组织活动形式比较单一，吸引力不强。</blockquote>'
        "<figcaption><b>〔例文〕《党组书记抓党建述职报告》</b> 二、存在的主要问题 / 第813字起"
        "<br>述职报告 · 存在问题 · 某局党组 · 2022-12-20</figcaption></figure></details>"
        '<div class="bg-entry bg-model" data-start="23" data-end="51" data-act="show"><div class="bg-head">'
        '<span class="bg-tag">模型</span><span class="bg-sentence">班子成员自学抓得不实，研讨交流还停留在念文件、谈体会上。</span></div></div>'
    ).replace('data-end="23"', f'data-end="{first}"').replace(
        'data-start="23" data-end="51"', f'data-start="{first}" data-end="{second}"'
    )


def test_difference_strikes_and_underlines() -> None:
    steps = [
        Change("equal", "把工作", "把工作"),
        Change("replace", "搞", "做"),
        Change("insert", "", "得更"),
        Change("delete", "了", ""),
    ]
    assert render.changes(steps, ["数字都保留了。"]) == (
        '<div class="bg-legend"><span>改动3处</span></div><ul class="bg-notes"><li>数字都保留了。</li></ul>'
        '<div class="bg-diff">把工作<del>搞</del><ins>做</ins><ins>得更</ins><del>了</del></div>'
    )


def test_a_formulation_is_quoted_verbatim_with_source_and_date() -> None:
    page = Reader(render.found(stored.found_to_data(Found("四个意识", (FORMULATION,), (Hit(PASSAGE, 0.5),)))))
    assert FORMULATION.text in page.text
    assert FORMULATION.quote in page.text
    assert "出处：《关于新形势下党内政治生活的若干准则》" in page.text
    assert "2016-10-27" in page.text
    assert page.acting("copy")[0] == page.acting("insert")[0] == FORMULATION.text
    assert PASSAGE.text in page.acting("insert")


@pytest.mark.parametrize("fits", [True, False])
def test_passages_that_may_not_answer_are_said_to_be_only_the_nearest(fits: bool) -> None:
    found = Found("篮球赛", (), (Hit(PASSAGE, 0.5),), fits=fits)
    page = Reader(render.found(stored.found_to_data(found)))
    assert PASSAGE.text in page.text
    assert ("未必合用" in page.text) is not fits


def test_versions_typed_in_one_go_are_one_and_the_current_one_needs_no_restoring() -> None:
    typed = [Version(number, f"第{number}稿", "手工修改", {}, 100.0 + number) for number in (2, 3, 4)]
    later = Version(5, "第5稿", "手工修改", {}, 5000.0)
    page = Reader(render.versions([Version(1, "第1稿", "起草", {}, 100.0), *typed, later]))
    assert page.acting("restore") == ["4", "1"]


@pytest.mark.parametrize(
    ("request_", "shown"),
    [
        (
            Request("", "draft", "述职报告", "存在问题", topics=("学习", "作风"), length=600),
            ["起草", "述职报告", "存在问题", "学习、作风", "约600字", "例文改写"],
        ),
        (Request("", "document", "通知"), ["全文", "通知", "全篇", "按例文常见的写", "按常规"]),
        (
            Request("", "revise", instruction="压缩", length=300, text="字" * 500),
            ["润色", "压缩", "300字", "500字"],
        ),
        (Request("", "find", query="四个意识"), ["查提法", "四个意识"]),
    ],
)
def test_understanding_says_how_the_request_was_taken(request_: Request, shown: list[str]) -> None:
    text = Reader(render.understanding(request_, "adapt")).text
    assert [word for word in shown if word not in text] == []
