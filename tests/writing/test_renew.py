"""Last year's text becomes this year's: years, figures and dates follow the materials, the rest is reported."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import RequestError
from assistant.records import RENEWAL, Material, Request, Revision
from assistant.resources import DATA, read_front_matter, read_toml, shipped
from assistant.review.check import review
from assistant.writing.renew import renew
from assistant.writing.renewal.measured import bare_label, material_measures
from assistant.writing.renewal.spots import RULE
from assistant.writing.renewal.words import vocabulary
from assistant.writing.renewal.years import year_of
from assistant.writing.request import understand

GOLDEN = Path(__file__).parents[1] / "golden" / "renew"
HEAD = "青溪县教育局2024年工作总结\n一、主要工作\n"
VOCABULARY = read_toml(DATA / "renewal.toml")


def renewed(text: str, *materials: str, words: str = "改成2025年的", **more: Any) -> Revision:
    given = tuple(Material(f"数据{number}.txt", item) for number, item in enumerate(materials, 1))
    request = Request(words, "revise", instruction=RENEWAL, text=text, materials=given, **more)
    return renew(request, lambda text, genre, ledger: review(text, (), genre))


def body(revision: Revision) -> str:
    return revision.text.split("\n", 2)[2]


def leftovers(revision: Revision) -> list[tuple[str, str]]:
    return [(item.quote, item.message) for item in revision.findings if item.rule == RULE]


@pytest.mark.parametrize(
    ("old", "material", "new"),
    [
        ("全年走访企业86家。", "2025年走访企业103家。", "全年走访企业103家。"),
        ("走访企业86家。", "走访企业：103家", "走访企业103家。"),
        (
            "走访企业86家，改造危房120户。",
            "危房改造（户）：135\n走访企业（家）：103",
            "走访企业103家，改造危房135户。",
        ),
        ("现有党员86名。", "党员92人。", "现有党员92名。"),
        ("新建学校3所，改造学校5所。", "改造学校8所，新建学校2所。", "新建学校2所，改造学校8所。"),
        (
            "投入1200余万元，购置设备300多台。",
            "投入1350万元，购置设备320台。",
            "投入1350万元，购置设备320台。",
        ),
        ("实现收入近3200万元。", "收入约0.35亿元。", "实现收入约0.35亿元。"),
        ("开展检查十二次，发现三个方面问题。", "开展检查15次。", "开展检查15次，发现三个方面问题。"),
        (
            "全年走访群众300户。这300户群众都建了档案。",
            "走访群众350户。",
            "全年走访群众350户。这350户群众都建了档案。",
        ),
        (
            "城镇居民人均收入42300元，农村居民人均收入21800元。",
            "农村居民人均收入23100元；城镇居民人均收入44200元。",
            "城镇居民人均收入44200元，农村居民人均收入23100元。",
        ),
        ("组织培训12期。", "2024年组织培训12期，2025年组织培训15期。", "组织培训15期。"),
        (
            "3月5日召开教育工作会议，参会210人。",
            "2025年3月11日召开教育工作会议，参会230人。",
            "3月11日召开教育工作会议，参会230人。",
        ),
    ],
)
def test_figures_and_dates_of_the_same_measure_come_from_the_material(
    old: str, material: str, new: str
) -> None:
    revision = renewed(HEAD + old, material)
    assert body(revision) == new
    assert leftovers(revision) == []
    assert all(item.hits[0].passage.title == "数据1.txt" for item in revision.evidence)


@pytest.mark.parametrize(
    ("old", "material", "new", "said"),
    [
        ("解决问题128个。", "解决问题151件。", "解决问题××个。", "单位不同"),
        ("接待来访86人次。", "接待来访103人。", "接待来访××人次。", "单位不同"),
        ("组织培训12期。", "上半年组织培训7期。", "组织培训××期。", "不是同一段时间"),
        ("组织培训12期。", "全年计划组织培训20期。", "组织培训××期。", "计划数"),
        ("组织培训12期。", "2024年组织培训12期。", "组织培训××期。", "说的是往年"),
        ("走访企业86家。", "走访企业103家。走访企业110家。", "走访企业××家。", "不能断定用哪一个"),
        ("专题研讨6次。", "专题党课4次。", "专题研讨××次。", "没有对上的数"),
        ("重大隐患3处。", "一般隐患40处。", "重大隐患××处。", "没有对上的数"),
        ("办结率达到100%。", "", "办结率达到××%。", "去年是100%"),
        ("约86家企业投产。", "", "约××家企业投产。", "去年是约86家"),
        ("考核得分98.6分。", "", "考核得分××分。", "去年是98.6分"),
        ("6月12日举办运动会。", "9月2日举办开学典礼。", "××月××日举办运动会。", "去年是6月12日"),
        (
            "5月12日在石桥中学举办演练，师生1180人参加。",
            "5月9日在柳湾小学举办演练，师生860人参加。",
            "××月××日在石桥中学举办演练，师生××人参加。",
            "不是同一件事",
        ),
    ],
)
def test_a_figure_without_a_sure_counterpart_is_left_open(
    old: str, material: str, new: str, said: str
) -> None:
    revision = renewed(HEAD + old, *([material] if material else []))
    assert body(revision).startswith(new)
    assert any("××" in quote and said in message for quote, message in leftovers(revision))


@pytest.mark.parametrize(
    ("old", "material", "new", "said"),
    [
        (
            "实现收入3200万元，同比增长8.5%。",
            "收入3500万元。",
            "实现收入3500万元，同比增长9.4%。",
            "（3500万元－3200万元）÷3200万元＝9.4%",
        ),
        ("企业86家，比2023年增加12家。", "企业97家。", "企业97家，比2024年增加11家。", "97家－86家＝11家"),
        (
            "达标率92.5%，比上年提高3.1个百分点。",
            "达标率95.1%。",
            "达标率95.1%，比上年提高2.6个百分点。",
            "95.1%－92.5%＝2.6个百分点",
        ),
        (
            "达标率由2023年的86.2%提高到92.5%。",
            "达标率95.1%。",
            "达标率由2024年的92.5%提高到95.1%。",
            "基数用去年稿子里的92.5%",
        ),
    ],
)
def test_growth_is_computed_where_both_years_are_known_and_the_sum_is_shown(
    old: str, material: str, new: str, said: str
) -> None:
    revision = renewed(HEAD + old, material)
    assert body(revision) == new
    assert any(said in note for note in revision.notes)


@pytest.mark.parametrize(
    ("old", "material", "words", "new", "said"),
    [
        (
            "实现收入3200万元，同比增长8.5%。",
            "收入3000万元。",
            "改成2025年的",
            "实现收入3000万元，同比增长××%。",
            "实际是下降6.3%",
        ),
        (
            "实现收入3200万元，同比增长8.5%。",
            "收入3500万元，同比下降2%。",
            "改成2025年的",
            "实现收入3500万元，同比增长××%。",
            "升降相反",
        ),
        (
            "实现收入3200万元，同比增长8.5%。",
            "收入3500万元，同比增长12%。",
            "改成2025年的",
            "实现收入3500万元，同比增长12%。",
            "算是9.4%",
        ),
        (
            "实现收入3200万元，同比增长8.5%。",
            "收入3500万元。",
            "改成2026年的",
            "实现收入3500万元，同比增长××%。",
            "没有给出",
        ),
        ("收入增长8.5%。", "", "改成2025年的", "收入增长××%。", "不能推算"),
    ],
)
def test_growth_that_does_not_follow_is_left_open_or_doubted(
    old: str, material: str, words: str, new: str, said: str
) -> None:
    revision = renewed(HEAD + old, *([material] if material else []), words=words)
    assert body(revision) == new
    assert any(said in message for _, message in leftovers(revision))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2024年以来，去年和今年相比变化很大。", "2025年以来，去年和今年相比变化很大。", ""),
        ("明年，我们要在2025年的基础上继续努力。", "明年，我们要在2026年的基础上继续努力。", ""),
        ("2024—2025学年平稳。", "2025—2026学年平稳。", ""),
        ("2023年启动的改革扎实推进。", "2023年启动的改革扎实推进。", "说的是从何时起"),
        ("2024年5月任局长以来，勤勉尽责。", "2024年5月任局长以来，勤勉尽责。", "说的是从何时起"),
        ("到2030年全面建成。", "到2030年全面建成。", "没有改动"),
        ("落实“十四五”规划。", "落实“十四五”规划。", "规划期"),
        ("落实青政办〔2023〕12号要求。", "落实青政办〔2023〕12号要求。", "文件"),
        ("印发《办学指南（2021年版）》。", "印发《办学指南（2021年版）》。", "文件"),
        ("贯彻党的二十届三中全会精神。", "贯彻党的二十届三中全会精神。", "不能推算"),
        ("第三届艺术节圆满落幕。", "第三届艺术节圆满落幕。", "不能推算"),
        ("在全市首次实现全覆盖。", "在全市首次实现全覆盖。", "说的是去年"),
        ("荣获全市先进集体。", "荣获全市先进集体。", "荣誉"),
        ("扎实开展党纪学习教育。", "扎实开展党纪学习教育。", "2024年的事"),
        ("从事教育工作24年。", "从事教育工作24年。", "逐年要加"),
        ("每周召开1次例会。", "每周召开1次例会。", "常规频次"),
        ("截至2024年12月底，工作完成。", "截至2025年12月底，工作完成。", "月、日没有改动"),
        ("做到“两个维护”，办好12345热线，推进5G应用。", "做到“两个维护”，办好12345热线，推进5G应用。", ""),
    ],
)
def test_years_move_and_what_only_a_person_can_know_is_reported(old: str, new: str, said: str) -> None:
    revision = renewed(HEAD + old)
    assert body(revision) == new
    if said:
        assert any(said in message for _, message in leftovers(revision))
    else:
        assert leftovers(revision) == []


def test_last_years_problems_and_plans_are_told_and_their_figures_left_open() -> None:
    text = (
        HEAD
        + "抓好教学。\n二、存在问题\n还有3所学校薄弱。\n三、2025年工作打算\n2025年，新建学校2所。\n青溪县教育局\n2024年12月30日"
    )
    revision = renewed(text, "新建学校4所。")
    assert revision.text.split("\n")[3:] == [
        "二、存在问题",
        "还有××所学校薄弱。",
        "三、2026年工作打算",
        "2026年，新建学校××所。",
        "青溪县教育局",
        "2025年×月×日",
    ]
    told = dict(leftovers(revision))
    assert "去年的问题" in told["二、存在问题"]
    assert "打算" in told["三、2026年工作打算"]
    assert "2024年12月30日" in told["2025年×月×日"]


def test_new_facts_are_put_under_the_point_nearest_or_listed() -> None:
    text = HEAD + "（一）抓校园安全。排查校园安全隐患30处。\n（二）抓教师培训。组织骨干教师培训12期。"
    material = "2025年工作台账（截至11月底）\n校园被评为全县平安校园\n排查校园安全隐患26处。\n新建校园安全警务室5个。\n种植树木400棵。\n组织骨干教师培训15期。"
    revision = renewed(text, material)
    assert revision.text.split("\n")[2:] == [
        "（一）抓校园安全。排查校园安全隐患26处。新建校园安全警务室5个。",
        "（二）抓教师培训。组织骨干教师培训15期。",
    ]
    listed = next(note for note in revision.notes if "没有用上" in note)
    assert "校园被评为全县平安校园" in listed
    assert "种植树木400棵" in listed
    assert "台账" not in listed
    assert any("截至11月底" in note for note in revision.notes)
    added = next(item for item in revision.evidence if "警务室" in revision.text[item.start : item.end])
    assert (added.degree, added.hits[0].passage.text) == ("quoted", "新建校园安全警务室5个。")


def test_a_fact_marked_never_is_not_put_in() -> None:
    revision = renewed(HEAD + "走访企业86家。", "走访企业103家。", never=("103家",))
    assert body(revision) == "走访企业××家。"


@pytest.mark.parametrize("name", ["述职报告", "工作总结", "情况汇报"])
def test_whole_documents_read_well(name: str) -> None:
    old, material = ((GOLDEN / f"{name}.{kind}.txt").read_text("utf-8") for kind in ("去年", "材料"))
    assert len(old) > 800
    revision = renewed(old, material)
    told = "".join(
        f"〔{item.severity}〕{item.quote}：{item.message}。{item.suggestion}\n" for item in revision.findings
    )
    report = told + "".join(f"注：{note}\n" for note in revision.notes)
    assert revision.text == (GOLDEN / f"{name}.今年.txt").read_text("utf-8")
    assert report == (GOLDEN / f"{name}.待核.txt").read_text("utf-8")
    assert "".join(step.before for step in revision.changes) == old
    assert "".join(step.after for step in revision.changes) == revision.text
    assert all(revision.text[item.start : item.end] == item.quote for item in revision.findings)


def test_a_document_of_another_unit_lends_no_figures() -> None:
    texts = [read_front_matter(path)[1] for path in sorted((shipped("corpus") / "exemplars").rglob("*.md"))]
    texts = [text for text in texts if year_of(text)]
    blank = replaced = 0
    for old, other in zip(texts[::4], texts[1::4], strict=False):
        year = year_of(old) + 1
        revision = renewed(old, re.sub(r"20\d\d年", f"{year}年", other), words=f"改成{year}年的")
        assert "".join(step.before for step in revision.changes) == old
        assert all(revision.text[item.start : item.end] == item.quote for item in revision.findings)
        blank += revision.text.count("××") - old.count("××")
        counts = re.search(r"换上新数(\d+)处", revision.notes[0])
        replaced += int(counts[1]) if counts else 0
    assert blank > 500
    assert replaced <= blank / 50  # names that are the same by chance: 实到57人, 办结112件


def test_nothing_else_changes() -> None:
    text = HEAD + "　　抓好  教学。\n\n（一）\t办学条件改善\n全文没有数字 。  "
    assert renewed(text, "走访企业103家。").text == text.replace("2024", "2025")


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        ("改成今年的", "", "没有找到去年的稿子"),
        ("改成今年的", "没有年份的稿子。", "看不出"),
        ("改成2023年的", HEAD, "不能改成2023年"),
        ("改成2024年的", HEAD, "不能改成2024年"),
    ],
)
def test_what_cannot_be_renewed_is_said(words: str, text: str, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        renewed(text, words=words)


# The request

LAST = HEAD + "抓好教学。" * 30
THIS = "走访企业103家。"


@pytest.mark.parametrize("words", VOCABULARY["asked"]["good"])
def test_ways_of_asking_are_understood(words: str) -> None:
    request = understand(words, manuscript=LAST)
    assert (request.task, request.instruction, request.text, request.genre) == (
        "revise",
        RENEWAL,
        LAST,
        "工作总结",
    )


@pytest.mark.parametrize("words", VOCABULARY["asked"]["bad"])
def test_other_requests_are_not_taken_for_one(words: str) -> None:
    assert understand(words, manuscript=LAST).instruction != RENEWAL


@pytest.mark.parametrize(
    ("words", "materials", "manuscript"),
    [
        ("根据去年的总结写今年的", (Material("去年.docx", LAST), Material("数据.txt", THIS)), ""),
        ("根据去年的总结写今年的", (Material("数据.txt", THIS), Material("总结.docx", LAST)), ""),
        ("根据去年的总结写今年的", (Material("去年总结.docx", LAST), Material("数据.txt", THIS)), "别的文稿"),
        (f"把下面去年的总结改成2025年的：\n{LAST}", (Material("数据.txt", THIS),), "别的文稿"),
        (f"把这篇改成2025年的，新数据如下：\n{THIS}全年平稳有序推进。", (), LAST),
        ("用2024年的总结改成今年的", (Material("总结.docx", LAST), Material("数据.txt", THIS)), "别的文稿"),
    ],
)
def test_last_years_text_is_told_from_this_years_material(
    words: str, materials: tuple[Material, ...], manuscript: str
) -> None:
    request = understand(words, materials=materials, manuscript=manuscript)
    assert request.text.strip() == LAST.strip()
    assert [item.text.startswith(THIS) for item in request.materials] == [True]


# The vocabulary


@pytest.mark.parametrize("entry", VOCABULARY["leftover"], ids=lambda entry: entry["name"])
def test_what_is_watched_is_found_and_nothing_else(entry: dict[str, Any]) -> None:
    watch = next(item for item in vocabulary().watches if item.name == entry["name"])

    def found(text: str) -> bool:
        matches = watch.pattern.finditer(text)
        return any(not (watch.exempt and watch.exempt.match(text, match.end() - 1)) for match in matches)

    assert [text for text in entry["good"] if not found(text)] == []
    assert [text for text in entry["bad"] if found(text)] == []


@pytest.mark.parametrize(
    ("name", "pattern"),
    [("history", "history"), ("recurring", "recurring"), ("given", "last")],
)
def test_other_patterns_find_their_examples(name: str, pattern: str) -> None:
    compiled = getattr(vocabulary(), pattern)
    assert [text for text in VOCABULARY[name]["good"] if not compiled.search(text)] == []
    assert [text for text in VOCABULARY[name]["bad"] if compiled.search(text)] == []


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("全年共走访企业", "走访企业"),
        ("2025年完成固定资产投资", "固定资产投资"),
        ("劝导农村道路交通违法行为", "劝导农村道路交通违法行为"),
        ("教学质量达标率达到", "教学质量达标率"),
    ],
)
def test_a_measure_is_named_without_fillers(words: str, label: str) -> None:
    assert bare_label(words) == label


def test_a_heading_of_a_list_gives_its_time_to_what_follows() -> None:
    from assistant.writing.material import material_hits

    hits = material_hits(
        (Material("数据.txt", "2024年主要数据\n走访企业86家\n2025年主要数据\n走访企业103家"),)
    )
    assert [(item.text, item.period) for item in material_measures(hits, 2025)] == [
        ("86家", -1),
        ("103家", 0),
    ]
