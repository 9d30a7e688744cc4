"""What a genre must not have: another genre's closing, a request in a report, several addressees … (genre_rules.toml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.knowledge.entries import read_entry
from assistant.knowledge.genres import genre_named, load_genres
from assistant.knowledge.structure import parse_elements, split_sentences
from assistant.records import Element, Finding, Severity
from assistant.resources import DATA, check_keys, read_toml
from assistant.review.vocabulary import words_of

PLACES = ("title", "addressee", "text", "ending", "all")
_UPWARD = ("请示", "报告")
UPWARD_SOURCE = "《党政机关公文处理工作条例》第十四条：行文关系根据隶属关系和职权范围确定，一般不得越级行文"


@dataclass(frozen=True, slots=True)
class GenreRule:
    """A pattern that lines of `where` must not match in `genres` (all when empty); `keep` in the sentence makes it right.

    Rules with the same `fault` tell of one fault of the document: shown is the first place in the text, else in the title.
    """

    id: str
    genres: tuple[str, ...]
    where: str
    pattern: str
    keep: str
    message: str
    suggestion: str
    severity: str
    source: str
    bad: tuple[str, ...]
    good: tuple[str, ...]
    keep_before: str = ""
    fault: str = ""
    checked: str = ""  # with what the source was compared; "" for what was written from knowledge


@cache
def load_genre_rules(path: Path = DATA / "genre_rules.toml") -> tuple[GenreRule, ...]:
    """Return the rules in the order of the file. Raises DataError for a wrong entry."""
    data = read_toml(path)
    check_keys(f"数据文件“{path.name}”", data, ("rule",))
    return tuple(read_entry(GenreRule, f"“{path.name}”的一条", entry) for entry in data["rule"])


@dataclass(frozen=True, slots=True)
class _Ranks:
    levels: dict[str, int]
    level: re.Pattern[str]
    government: re.Pattern[str]
    said: re.Pattern[str]


@cache
def _ranks() -> _Ranks:
    """Return the levels of ranks.toml (1 province … 5 village) and the patterns of its words."""
    data = read_toml(DATA / "ranks.toml")
    check_keys("数据文件“ranks.toml”", data, ("source", "levels", "words"))
    words = words_of("ranks", "words", ("government", "said"))
    names = "|".join(sorted(data["levels"], key=len, reverse=True))
    return _Ranks(
        data["levels"], re.compile(names), re.compile(words["government"]), re.compile(words["said"])
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def check_genre(text: str, genre: str) -> Iterator[Finding]:
    """Yield a finding for each place that the genre, by any of its names, must not have."""
    elements = parse_elements(text)
    name = genre if not genre or genre in load_genres() else genre_named(genre)
    shared: dict[str, list[tuple[bool, int, Finding]]] = {}
    for rule in load_genre_rules():
        if not rule.genres or name in rule.genres:
            for start, end in _spans(text, elements, rule.where):
                found = [*_matches(text, start, end, rule)]
                if rule.fault:
                    places = [(rule.where == "title", item.start, item) for item in found]
                    shared.setdefault(rule.fault, []).extend(places)
                else:
                    yield from found
    yield from (min(places, key=lambda place: place[:2])[2] for places in shared.values() if places)
    if name in _UPWARD and not _ranks().said.search(text):
        yield from _over_the_head(text, elements)


def _spans(text: str, elements: tuple[Element, ...], where: str) -> Iterator[tuple[int, int]]:
    """Yield the lines of a kind; of the ending the closing, the note and the last sentence of the last paragraph."""
    kinds = {
        "title": ("title",),
        "addressee": ("addressee",),
        "text": ("body", "heading", "closing"),
        "ending": ("closing",),
    }
    for element in elements:
        if where == "all" or element.kind in kinds[where]:
            yield element.start, element.end
    bodies = [
        element for element in elements if element.kind == "body" and not re.match(r"\s*抄送", element.text)
    ]
    if where == "ending" and bodies and len(elements) > 2:
        sentences = split_sentences(bodies[-1].text)
        if sentences:
            yield bodies[-1].start + sentences[-1][0], bodies[-1].start + sentences[-1][1]


def _matches(text: str, start: int, end: int, rule: GenreRule) -> Iterator[Finding]:
    line = text[start:end]
    for match in _compiled(rule.pattern).finditer(line):
        begin = max(line.rfind("。", 0, match.start()) + 1, 0)
        stop = line.find("。", match.end())
        sentence = line[begin : len(line) if stop < 0 else stop]
        quoted = line.count("“", 0, match.start()) > line.count("”", 0, match.start())
        titled = line.count("《", 0, match.start()) > line.count("》", 0, match.start())
        if rule.keep_before and _compiled(rule.keep_before).search(line, 0, match.start()):
            continue
        if (rule.keep and _compiled(rule.keep).search(sentence)) or (
            (quoted or titled) and rule.where == "text"
        ):
            continue
        severity: Severity = "error" if rule.severity == "error" else "warning"
        yield Finding(
            rule=f"genre-{rule.id}",
            severity=severity,
            start=start + match.start(),
            end=start + match.end(),
            quote=match.group(),
            message=rule.message.replace("{match}", match.group()),
            suggestion=rule.suggestion,
            source=rule.source,
        )


def _level(organ: str) -> int:
    """Return the level the name of an organ tells by its last place name: 1 province … 5 village, -1 unknown."""
    found = _ranks().level.findall(organ)
    return _ranks().levels[found[-1]] if found else -1


def _over_the_head(text: str, elements: tuple[Element, ...]) -> Iterator[Finding]:
    """Yield a finding when the addressee stands two levels above, or a department writes to a higher government.

    A town may belong to a city at county level: only where a county or district is named is a level left out.
    """
    title = "".join(element.text for element in elements if element.kind == "title").strip()
    issuer = title.partition("关于")[0]
    addressees = [element for element in elements if element.kind == "addressee"]
    if not issuer or not addressees or len(addressees[0].text) > 20:
        return
    to = addressees[0].text.strip().rstrip("：:")
    low, high = _level(issuer), _level(re.sub("(?<=.)(?:乡村|社区|街道).*", "", to))
    if low < 0 or high < 0 or (low == 4 and high == 2 and not re.search("[县区](?!级)", text)):
        return
    department = not _ranks().government.search(issuer)
    if high <= low - 2 or (department and low == 3 and high == 2 and to.endswith("人民政府")):
        yield Finding(
            rule="genre-over-the-head-addressee",
            severity="warning",
            start=addressees[0].start,
            end=addressees[0].end,
            quote=addressees[0].text,
            message=f"“{issuer.strip()}”直接向“{to}”行文，越过了直接上级机关",
            suggestion="主送直接上级机关；确需越级的同时抄送被越过的机关",
            source=UPWARD_SOURCE,
        )
