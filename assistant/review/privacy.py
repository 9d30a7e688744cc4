"""Personal data in a text that is shown around: identity cards, bank cards, illnesses and minors named beside a person.

Masked data are right; so is a mobile number of a contact person in the note of a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.knowledge.entries import read_entry
from assistant.records import Finding
from assistant.resources import DATA, read_toml

LAW = "《中华人民共和国个人信息保护法》第六条、第二十八条；《政府信息公开条例》第十五条"
MINORS = "《中华人民共和国未成年人保护法》第四条、第一百零三条；《中华人民共和国预防未成年人犯罪法》"
_IDENTITY = re.compile(r"(?<![\d*×])([1-9]\d{16}[\dXx]|[1-9]\d{14})(?![\d*×])")
_IDENTITY_WORD = re.compile(r"身份证|证件号|公民身份号码")
_CARD = re.compile(r"(?<![\d*×.])(\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{3,7}|\d{16,19})(?![\d*×])")
_CARD_WORD = re.compile(
    r"卡号|(?:银行|储蓄|社保|工资|惠农|信用|医保)卡|一卡通|(?:个人|本人|收款|工资)(?:账|帐)[号户]|存折"
)
_OFFICIAL = re.compile(
    r"对公|专户|专用账户|户名[：:][^，。\n]{0,30}(?:局|公司|中心|委员会|政府|学校|医院|协会)|财政|缴款|税号|信用代码"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999


@dataclass(frozen=True, slots=True)
class _Words:
    """The tables of privacy.toml as parts of patterns."""

    surnames: str
    not_names: tuple[str, ...]
    illnesses: tuple[str, ...]
    troubles: tuple[str, ...]
    pupils: tuple[str, ...]
    contacts: tuple[str, ...]
    source: str


@cache
def _words(path: Path = DATA / "privacy.toml") -> _Words:
    return read_entry(_Words, f"数据文件“{path.name}”", read_toml(path))


def right_identity_number(number: str) -> bool:
    """Tell whether an 18-digit identity number has a possible birth date and the right check digit (GB 11643-1999)."""
    if not re.fullmatch(
        r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]", number
    ):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[-1].upper()


def right_card_number(number: str) -> bool:
    """Tell whether the digits satisfy the Luhn check of bank cards (ISO/IEC 7812-1)."""
    total = 0
    for index, char in enumerate(reversed(number)):
        digit = int(char) * (1 + index % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def check_privacy(text: str) -> Iterator[Finding]:
    """Yield a finding for each whole identity or card number, and for illness or youth told of a named person."""
    taken: list[tuple[int, int]] = []
    for match in _IDENTITY.finditer(text):
        before = text[max(0, match.start() - 15) : match.start()]
        if _IDENTITY_WORD.search(before) or right_identity_number(match[1]):
            taken.append(match.span())
            yield _finding(
                text,
                match.span(),
                "identity",
                "完整的身份证号不应公开",
                "隐去出生日期和后几位，如320***********0003",
                LAW,
            )
    for match in _CARD.finditer(text):
        number = re.sub("[ -]", "", match[1])
        around = text[max(0, match.start() - 30) : match.end() + 10]
        told = _CARD_WORD.search(text[max(0, match.start() - 12) : match.start()])
        likely = re.match("62|4|5[1-5]|35", number) and len(number) >= 16 and right_card_number(number)
        if match.span() not in taken and (told or likely) and not _OFFICIAL.search(around):
            yield _finding(
                text,
                match.span(),
                "card",
                "完整的银行卡号、个人账号不应公开",
                "隐去中间各位，如6222***********0003",
                LAW,
            )
    yield from _illnesses(text)
    yield from _minors(text)


def _name() -> str:
    words = _words()
    return rf"(?!{'|'.join(words.not_names)})[{words.surnames}](?!某|×|\*)[一-龥]{{1,2}}"


@cache
def _illness_pattern() -> re.Pattern[str]:
    words = _words()
    lead = "因?(?:身患|罹患|患有|患上|患|确诊为?|查出|突发|感染|因|被诊断为)"
    return re.compile(rf"{lead}[^，。；\n]{{0,6}}?(?:{'|'.join(words.illnesses)})[^，。；\n]{{0,14}}")


@cache
def _named_pattern() -> re.Pattern[str]:
    roles = "职工|村民|居民|员工|党员|干部|教师|学生|同学|患者|贫困户|脱贫户|低保户|困难户|农户|户主|老人|群众|对象|的|：|、|，|。|；|（|^"
    return re.compile(
        rf"(?:{roles})({_name()})(?=[，、（。；因患身确突的家等向说在今已住]|同志|同学|老人|一家)",
        re.MULTILINE,
    )


def _illnesses(text: str) -> Iterator[Finding]:
    for match in _illness_pattern().finditer(text):
        start = max(text.rfind("。", 0, match.start()), text.rfind("\n", 0, match.start())) + 1
        if _named_pattern().search(text, start, match.start() + 1):
            yield _finding(
                text, match.span(), "illness", "点名人员的病情不应公开", "隐去姓名，或只写“因病”", LAW
            )


@cache
def _pupil_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{'|'.join(_words().pupils)})({_name()})(?=[，、（。；与和被因在将殴打发同向]|同学)"
    )


def _minors(text: str) -> Iterator[Finding]:
    """Yield a finding for each pupil named in a matter that is no honour; lists of prize winners are right."""
    troubles = re.compile("|".join(_words().troubles))
    for match in _pupil_pattern().finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        stop = text.find("\n", match.end())
        if troubles.search(text[start : len(text) if stop < 0 else stop]):
            yield _finding(
                text, match.span(1), "minor", "涉事未成年人的姓名不应公开", "改为“王某某”或化名", MINORS
            )


def is_contact(text: str, start: int) -> bool:
    """Tell whether the number at `start` is given for contact: in a note, behind 联系人, 咨询电话 …"""
    line = text.rfind("\n", 0, start) + 1
    clause = max(text.rfind(mark, line, start) for mark in "。；") + 1
    return bool(re.search("|".join(_words().contacts), text[max(line, clause) : start]))


def without_contacts(text: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings but for mobile numbers that are given for contact."""
    for finding in found:
        if finding.rule != "privacy-mobile" or not is_contact(text, finding.start):
            yield finding


def _finding(
    text: str, span: tuple[int, int], rule: str, message: str, suggestion: str, source: str
) -> Finding:
    return Finding(
        rule=f"privacy-{rule}",
        severity="error" if rule in ("identity", "card") else "warning",
        start=span[0],
        end=span[1],
        quote=text[slice(*span)],
        message=message,
        suggestion=suggestion,
        source=source,
    )
