"""Read the structure of a plain 公文 text: the role of each line, its numbering, sentences and points.

A text is one paragraph a line. Numbering levels are those of GB/T 9704-2012 7.3.3: 一、 （一） 1. （1）.
A numbered line is a heading when it is one short phrase. When text goes on after the phrase
(“（一）办好教育。全面贯彻……”) the line is body, and `run_in_heading` says where its heading ends.
Words that mark roles stand in assistant/data/structure.toml.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import cache

from assistant.knowledge.sentences import plain_text, split_sentences
from assistant.records import Element, ElementKind
from assistant.resources import DATA, check_keys, read_toml

__all__ = [
    "chinese_number",
    "ends_title",
    "heading_number",
    "heading_text",
    "is_attachment_mark",
    "numbered_points",
    "parse_elements",
    "plain_text",
    "run_in_heading",
    "split_sentences",
    "title_genres",
]

_Role = tuple[ElementKind, int]

_DIGITS = "一二三四五六七八九"
_NUMERAL = f"[{_DIGITS}十百]{{1,5}}"
# Per level: the number as it should be or as it is often typed. A doubled number (“一、一、”) is one number.
_NUMBERS = (
    rf"(?P<a>(?P<n1>{_NUMERAL})\s*[、.．])(?:\s*(?P=a)|(?!{_NUMERAL}[、线级类期等轮者次批]))",
    rf"(?P<b>[（(]\s*(?P<n2>{_NUMERAL})\s*[）)][、.．]?)(?:\s*(?P=b))?",
    r"(?P<c>(?P<n3>\d{1,2})\s*[.．、])(?:\s*(?P=c))?(?!\d)",
    r"(?P<d>[（(]\s*(?P<n4>\d{1,2})\s*[）)][、.．]?)(?:\s*(?P=d))?",
)
_NUMBER = tuple(re.compile(rf"\s*{pattern}\s*") for pattern in _NUMBERS)
_POINT = re.compile(rf"(?:^|(?<=[。；！？：，…;:,\s”）]))({_NUMERAL})是(?!\1)", re.MULTILINE)

_YEAR = r"(?:[\d０-９]{4}|[〇○零一二三四五六七八九０0oO]{4}|20[×xX*＊]{2}|[×xX*＊]{1,4})"
_MONTH = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3}|[×xX*＊]{1,2})"
_DATE = re.compile(rf"[（(]?{_YEAR}\s*年\s*{_MONTH}\s*月(?:\s*{_MONTH}\s*日)?[）)]?")
_BRACKETED = re.compile(r"[（(][^（()）]*(?:[（(][^（()）]*[）)][^（()）]*)*[）)]")
_ATTACHMENTS = re.compile(r"附件?\s*[：:]\s*\S|附件\s*[：:]$")
_ATTACHMENT_PAGE = re.compile(r"附件\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2})?")
_ITEM = re.compile(r"\d{1,2}\s*[.．、]\s*\S")
_BLANK = string.whitespace + "\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
_END = "。！？!?；;：:，,、…"

# Limits in characters, found on the reports of the State Council (1993–2021) and usual 述职 texts: longer
# phrases there are sentences. A heading without a full stop may be longer than one with it.
_HEADING, _HEADING_WITH_STOP, _LEAD, _LEAD_BEFORE_COLON = 60, 45, 70, 15
_TITLE_LINE, _SIGNATURE, _CLOSING, _NOTE = 60, 30, 45, 100


@dataclass(frozen=True, slots=True)
class _Words:
    """The compiled tables of structure.toml."""

    genres: tuple[str, ...]
    title_end: re.Pattern[str]
    addressee: re.Pattern[str]
    no_addressee: re.Pattern[str]
    greeting: re.Pattern[str]
    closing: re.Pattern[str]
    label: re.Pattern[str]
    organ: re.Pattern[str]


@cache
def _words() -> _Words:
    data = read_toml(DATA / "structure.toml")
    check_keys("structure.toml ", data, ("title", "addressee", "closing", "signature"))
    own = {
        "title": ("genres",),
        "addressee": ("persons", "organs", "never"),
        "closing": ("patterns",),
        "signature": ("labels",),
    }
    for name, keys in own.items():
        check_keys(f"structure.toml 的 {name} ", data[name], (*keys, "source", "good", "bad"))
    persons, organs = ("|".join(data["addressee"][key]) for key in ("persons", "organs"))
    return _Words(
        genres=tuple(data["title"]["genres"]),
        title_end=re.compile(rf"(?:{'|'.join(data['title']['genres'])})(?:[（(][^）)]*[）)])?$"),
        addressee=re.compile(rf"(?:{persons}|{organs})[：:]$"),
        no_addressee=re.compile("|".join(data["addressee"]["never"])),
        greeting=re.compile(rf"(?:{persons})[：:！!]$"),
        closing=re.compile(rf"(?:{'|'.join(data['closing']['patterns'])})[。！!.]?"),
        label=re.compile(rf"(?:{'|'.join(data['signature']['labels'])})\s*(?:[：:]|\s)\s*\S{{1,20}}$"),
        organ=re.compile(rf"(?:{organs})$"),
    )


def chinese_number(text: str) -> int:
    """Return the value of a Chinese numeral from 一 to 九百九十九, 0 for anything else."""
    match = re.fullmatch(rf"(?:([{_DIGITS}])百零?)?(?:([{_DIGITS}]?)(十))?([{_DIGITS}]?)", text)
    if not match or not text:
        return 0
    hundreds, tens, ten, ones = match.groups()
    value = 100 * (_DIGITS.index(hundreds) + 1) if hundreds else 0
    value += 10 * (_DIGITS.index(tens) + 1 if tens else 1) if ten else 0
    return value + (_DIGITS.index(ones) + 1 if ones else 0)


def heading_number(line: str) -> tuple[int, int, int]:
    """Return (level 1–4, number, length of the number with its blanks) at the start of `line`.

    (0, 0, 0) when the line bears no number. A number typed twice counts once.
    """
    for level, pattern in enumerate(_NUMBER, start=1):
        if match := pattern.match(line):
            digits = match[f"n{level}"]
            return level, int(digits) if digits.isdecimal() else chinese_number(digits), match.end()
    return 0, 0, 0


def run_in_heading(line: str) -> tuple[int, int]:
    """Return (level, end) of the heading that opens a numbered paragraph, its stop or colon included.

    “1.突出“实”字。一是……” gives (3, 9); “一、时间：3月5日” gives (1, 5). (0, 0) when the line is not
    numbered, is a heading as a whole, or opens with a sentence too long or too listed for a heading.
    """
    level, _, start = heading_number(line)
    sentences = split_sentences(line[start:])
    if not level or not sentences:
        return 0, 0
    end = start + sentences[0][1]
    colon = re.compile(rf"[^。！？；：:，]{{1,{_LEAD_BEFORE_COLON}}}[：:](?=\s*\S)").match(line, start)
    if colon and colon.end() <= end:
        end = colon.end()
    elif end - start > _LEAD or "；" in line[start:end]:
        return 0, 0
    return (level, end) if line[end:].strip() else (0, 0)


def heading_text(line: str) -> str:
    """Return the heading of `line` without its number, closing stop or colon, and outer blanks.

    Of a paragraph with a run-in heading only that heading; an unnumbered line as it stands.
    """
    level, _, start = heading_number(line)
    if not level:
        return line.strip()
    _, end = run_in_heading(line)
    return line[start : end or len(line)].strip().rstrip("。：:")


def numbered_points(text: str) -> list[tuple[int, int, int]]:
    """Return (start, end, number) of each point 一是…… 二是…… in order of the text.

    A point runs to the next one or to the end of its paragraph, outer blanks excluded. Numbers are
    reported as they stand, so gaps and repetitions show.
    """
    points: list[tuple[int, int, int]] = []
    matches = list(_POINT.finditer(text))
    for index, match in enumerate(matches):
        line_end = text.find("\n", match.start())
        end = len(text) if line_end < 0 else line_end
        if index + 1 < len(matches):
            end = min(end, matches[index + 1].start())
        points.append(
            (match.start(), match.start() + len(text[match.start() : end].rstrip()), chinese_number(match[1]))
        )
    return points


def _heading_level(line: str) -> int:
    """Return the level of a line that is a heading as a whole, else 0."""
    level, _, start = heading_number(line)
    phrase = line[start:].strip()
    if not level or not phrase or run_in_heading(line)[0] or len(split_sentences(phrase)) > 1:
        return 0
    if phrase[-1] in "；;，,、" or "；" in phrase:
        return 0
    stopped = phrase[-1] in "。！？…"
    if stopped and (len(phrase) > _HEADING_WITH_STOP or phrase.count("，") > 2):
        return 0
    return level if len(phrase) <= _HEADING else 0


def _is_title_line(line: str) -> bool:
    return (
        len(line) <= _TITLE_LINE
        and line[-1] not in _END
        and "。" not in line
        and not heading_number(line)[0]
        and not _POINT.match(line)
        and not _ATTACHMENTS.match(line)
    )


def ends_title(line: str) -> bool:
    """Tell whether `line` ends with the name of a 文种 and so completes a title."""
    return bool(_words().title_end.search(line.strip()))


def title_genres() -> tuple[str, ...]:
    """Return the names of 文种 that end a title."""
    return _words().genres


def is_attachment_mark(line: str) -> bool:
    """Tell whether `line` is “附件” or “附件1”, which heads the page of an attachment."""
    return bool(_ATTACHMENT_PAGE.fullmatch(line.strip()))


def _is_addressee(line: str) -> bool:
    words = _words()
    if heading_number(line)[0] or "。" in line or len(line) > 200 or words.no_addressee.search(line):
        return False
    return bool(words.addressee.search(line) or (len(line) <= 30 and words.greeting.search(line)))


def _byline_role(line: str) -> _Role:
    """The role of a title-like line below a finished title: subtitle, date of the meeting, speaker."""
    if _DATE.fullmatch(line):
        return "date", 0
    if line.startswith("—") or _BRACKETED.fullmatch(line) or len(line) > _SIGNATURE:
        return "title", 0
    return "signature", 0


def _head_roles(lines: list[str]) -> list[_Role]:
    """Roles of the leading lines that are title, byline and addressee."""
    roles: list[_Role] = []
    finished = False
    for line in lines:
        if _is_addressee(line):
            roles.append(("addressee", 0))
            finished = True
        elif (roles and roles[-1][0] == "addressee") or not _is_title_line(line):
            break
        elif finished or (roles and (line.startswith("—") or _DATE.fullmatch(line))):
            roles.append(_byline_role(line))
            finished = True
        else:
            roles.append(("title", 0))
            finished = ends_title(line)
    titles_only = len(roles) == len(lines) and all(kind == "title" for kind, _ in roles)
    return [] if titles_only and not finished else roles  # a phrase alone is not a title


def _tail_role(line: str, above: list[str], below: list[_Role]) -> _Role | None:
    """The role of a line of the ending, seen from the end; None where the ending begins."""
    words = _words()
    last = below[0][0] if below else ""
    if _DATE.fullmatch(line):
        return "date", 0
    if _BRACKETED.fullmatch(line) and len(line) <= _NOTE and not heading_number(line)[0]:
        return "note", 0
    if _ATTACHMENTS.match(line) or (
        _ITEM.match(line) and line[-1] not in _END and _follows_attachments(above)
    ):
        return "attachment", 0
    if len(line) <= _CLOSING and words.closing.fullmatch(line):
        return "closing", 0
    if words.label.match(line):
        return "signature", 0
    if len(line) > _SIGNATURE or line[-1] in _END or re.search("[。；！？]", line) or heading_number(line)[0]:
        return None
    ended = bool(above) and above[-1][-1] in "。！"
    if last in ("date", "signature") or (ended and last in ("", "note") and words.organ.search(line)):
        return "signature", 0
    return None


def _follows_attachments(above: list[str]) -> bool:
    """Tell whether only attachment items stand between here and a line “附件：…”."""
    for line in reversed(above):
        if _ATTACHMENTS.match(line):
            return True
        if not _ITEM.match(line):
            return False
    return False


def _tail_roles(lines: list[str]) -> list[_Role]:
    roles: list[_Role] = []
    for index in range(len(lines) - 1, -1, -1):
        role = _tail_role(lines[index], lines[:index], roles)
        if role is None:
            break
        roles.insert(0, role)
    return roles


def _middle_roles(lines: list[str]) -> list[_Role]:
    """Headings and body. A numbered full sentence with nothing of its own below it is an item of a list."""
    numbers = [heading_number(line)[0] for line in lines]
    levels = [_heading_level(line) for line in lines]
    for index, level in enumerate(levels):
        after_item = index > 0 and numbers[index - 1] == level and lines[index - 1][-1] in "；;"
        alone = index + 1 == len(lines) or 0 < numbers[index + 1] <= level
        if level and (after_item or (alone and lines[index][-1] in "。！？")):
            levels[index] = 0
    return [("heading", level) if level else ("body", 0) for level in levels]


def _text_roles(lines: list[str], head: list[_Role]) -> list[_Role]:
    """Roles of a text whose first lines have the roles `head`."""
    rest = lines[len(head) :]
    tail = _tail_roles(rest)
    return [*head, *_middle_roles(rest[: len(rest) - len(tail)]), *tail]


def _roles(lines: list[str]) -> list[_Role]:
    """Roles of all lines; a line “附件” or “附件1” opens an attachment with a title of its own."""
    starts = [index for index, line in enumerate(lines) if is_attachment_mark(line)]
    bounds = [*starts, len(lines)]
    main = lines[: bounds[0]]
    roles = _text_roles(main, _head_roles(main))
    for start, end in zip(bounds, bounds[1:], strict=False):
        page = lines[start + 1 : end]
        title: list[_Role] = [("title", 0)] if page and _is_title_line(page[0]) else []
        roles += [("attachment", 0), *_text_roles(page, title)]
    return roles


def parse_elements(text: str) -> tuple[Element, ...]:
    """Return the lines of `text` with their roles; blank lines are dropped, nothing else changes.

    Blank is a line of white space and invisible marks (zero-width space, byte order mark).

    Each element's `text` is the line with its own blanks, equal to `text[start:end]`. Title, byline
    (speaker and date below the title: signature, date) and addressee stand only at the head, closing,
    attachment list, signature, date and note only at the end, before a line “附件1” that opens an
    attachment (kind attachment). Everything else is heading or body.
    """
    spans: list[tuple[int, int]] = []
    position = 0
    for line in text.split("\n"):
        if line.strip(_BLANK):
            spans.append((position, position + len(line)))
        position += len(line) + 1
    roles = _roles([text[start:end].strip(_BLANK) for start, end in spans])
    return tuple(
        Element(kind, text[start:end], level, start, end)
        for (start, end), (kind, level) in zip(spans, roles, strict=True)
    )
