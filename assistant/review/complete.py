"""What a whole document lacks: parts of its frame, what its genre must say, sections that readers look for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.knowledge.genres import Genre, GenreSection, genre_of_title
from assistant.knowledge.sections import section_type
from assistant.knowledge.structure import heading_text, parse_elements, run_in_heading
from assistant.records import Finding
from assistant.review.frame import Frame, read_frame

_FRAME = "《党政机关公文处理工作条例》（中办发〔2012〕14号）第九条：公文一般由……标题、主送机关、正文、附件说明、发文机关署名、成文日期……组成"
_SIGNED = ("发文机关署名", "署名", "制定单位", "倡议单位", "汇报单位")
_DATED = ("成文日期", "发布日期")
WHOLE_LEAST = 800  # characters from which a text without signature and date is taken for a whole document
_PERSONS = re.compile(
    r"(?:同志|代表|委员|领导|朋友|来宾|同学|老师|居民|市民|业主|村民|家长|用户|客户|旅客|读者|考生|职工|员工)们?[：:！!]$|好[：:！!]$"
)


def check_missing(text: str, genre: Genre | None) -> Iterator[Finding]:
    """Yield a finding for each thing that a whole document of `genre` has and `text` lacks.

    Only a text with a title of the genre that looks whole is judged (see Frame.whole); what its genre must say is
    asked of one that bears a signature or a date.
    """
    yield from _without_title(text)
    frame = read_frame(text)
    if genre is None or not frame.whole or genre_of_title(frame.title) != genre.name:
        return
    yield from _frame(text, frame, genre)
    for must in genre.musts if frame.ended else ():
        fits = re.search(must.title, frame.title) if must.title else True
        spared = must.except_title and re.search(must.except_title, frame.title)
        where = text[len(frame.title) :] if must.id == "contact" else frame.body
        if fits and not spared and not any(re.search(pattern, where) for pattern in must.present):
            yield _lacking(text, must.id, f"{genre.name}缺{must.what}", must.advice, must.source)


def _without_title(text: str) -> Iterator[Finding]:
    """Yield a finding for a text from address to date that has no title above."""
    elements = parse_elements(text)
    kinds = [element.kind for element in elements]
    addressed = kinds[:1] == ["addressee"] and not _PERSONS.search(elements[0].text.strip())
    if len(elements) > 3 and addressed and kinds[-2:] == ["signature", "date"]:
        yield _lacking(text, "title", "缺标题", "写明发文机关、事由和文种：“××局关于……的通知”", _FRAME, at=0)


def _frame(text: str, frame: Frame, genre: Genre) -> Iterator[Finding]:
    needed = genre.required_elements
    spoken = frame.addressee is not None and _PERSONS.search(frame.addressee.text.strip())
    if (
        genre.kind == "法定公文"
        and "主送机关" in needed
        and frame.addressee is None
        and not _bare(frame, genre)
    ):
        yield _lacking(
            text,
            "addressee",
            "缺主送机关",
            "标题之下顶格写受文机关，后标全角冒号，如“各科室、各直属单位：”",
            _FRAME,
        )
    signed = frame.signature is not None or not any(name in needed for name in _SIGNED)
    dated = frame.date is not None or not any(name in needed for name in _DATED)
    if spoken and genre.kind == "法定公文":
        return  # 政府工作报告 is delivered by a speaker, not signed
    if genre.kind != "法定公文" and not frame.signature and not frame.date:
        return  # those without both may bear them below the title or on the cover
    if "发文机关署名" in needed and not signed and not dated:
        yield _lacking(
            text,
            "signature",
            "缺发文机关署名和成文日期",
            "正文之后写发文机关全称或者规范化简称，下一行写年、月、日",
            _FRAME,
        )
    elif not signed:
        yield _lacking(text, "signature", "缺署名", "成文日期之上写发文机关（单位、本人）名称", _FRAME)
    elif not dated:
        yield _lacking(
            text,
            "date",
            "缺成文日期",
            "署名之下写会议通过或者负责人签发的日期，年、月、日用阿拉伯数字写全",
            _FRAME,
        )


def _bare(frame: Frame, genre: Genre) -> bool:
    """Tell whether an address without its colon stands below the title; that is a fault of form."""
    return bare_addressee(frame, genre) is not None


def bare_addressee(frame: Frame, genre: Genre) -> tuple[int, str] | None:
    """Return (start, text) of the line below the title that names receivers without a colon behind, None when there is none."""
    line = frame.under_title
    if line is None or frame.addressee is not None or "主送机关" not in genre.required_elements:
        return None
    bare = line.text.rstrip("，。；、,;.")
    if len(bare) > 60 or re.search("[。；！？]", bare) or (frame.signature and bare in frame.signature.text):
        return None
    probe = parse_elements(f"关于工作的通知\n{bare}：\n正文。")
    if len(probe) > 1 and probe[1].kind == "addressee" and line.text[-1] not in "：:":
        return line.start, line.text
    return None


def check_sections(text: str, genre: Genre | None) -> Iterator[Finding]:
    """Yield a finding for each section the genre requires under a heading and a whole document lacks.

    A text with fewer than two level-one headings, or a short one without signature and date, is a part of a document or
    a sketch and lacks nothing. Statutory
    genres name their sections freely; only 事务文书 have a skeleton that readers look for, and of those a text
    whose headings are mostly of its own making (“一、认清短板”) has none either.
    """
    headings = [
        heading_text(element.text)
        for element in parse_elements(text)
        if element.kind == "heading" or run_in_heading(element.text)[0]
    ]
    tops = [item for item in parse_elements(text) if item.kind == "heading" and item.level == 1]
    if genre is None or genre.kind != "事务文书" or len(tops) < 2:
        return
    if len(text) < WHOLE_LEAST and not read_frame(text).ended:
        return
    types = {part.type for part in genre.sections}
    present = {section_type(heading, types) for heading in headings}
    known = sum(bool(section_type(heading_text(item.text), types)) for item in tops)
    if 2 * known <= len(tops):
        return
    for part in genre.sections:
        if part.required and part.heading and part.type not in present and not _told(text, part):
            message = f"{genre.name}一般要有“{part.heading}”部分，文中没有看到"
            yield _lacking(text, "section", message, part.guidance, genre.source)


def _told(text: str, part: GenreSection) -> bool:
    return any(re.search(pattern, text) for pattern in part.told)


def _lacking(text: str, what: str, message: str, advice: str, source: str, at: int = -1) -> Finding:
    place = len(text) if at < 0 else at
    return Finding(
        rule=f"missing-{what}",
        severity="warning",
        start=place,
        end=place,
        quote="",
        message=message,
        suggestion=advice,
        source=source,
    )
