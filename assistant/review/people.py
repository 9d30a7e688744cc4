"""Names that change within one text: a person whose name or post is written in two ways, a place with its characters turned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from assistant.knowledge.sounds import slip
from assistant.knowledge.spelling import load_language
from assistant.records import Finding
from assistant.review.consistency import load_consistency
from assistant.review.contradiction import contradiction

_FORMER = re.compile(r"(?:原|前|时任|曾任|历任|先后任|曾是)[^，。；]{0,12}$")
_CHANGED = re.compile(r"接任|接替|调任|改任|转任|升任|免去|任命|当选|不再担任|晋升")


@dataclass(frozen=True, slots=True)
class _Person:
    """A name with the post beside it: `post` the last one, `posts` all that stand in a row before the name."""

    name: str
    post: str
    posts: str
    start: int
    end: int


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    people = load_consistency().people
    name = rf"(?P<name>[{''.join(load_language().surnames)}][\u4e00-\u9fff]{{1,2}}?)"
    post = rf"副?(?:{people.posts})"
    row = rf"(?P<posts>(?:[\u4e00-\u9fff]{{0,10}}?{post}、)*[\u4e00-\u9fff]{{0,10}}?(?P<post>{post}))"
    behind = rf"(?=(?:{people.behind})|$)"
    return (
        re.compile(rf"{row}(?:同志)?{name}{behind}", re.MULTILINE),
        re.compile(rf"(?<![\u4e00-\u9fff]){name}(?P<posts>(?P<post>{post})){behind}", re.MULTILINE),
    )


def check_people(text: str) -> Iterator[Finding]:
    """Yield a finding for each name that is almost another one of the same post, and each person with two posts."""
    people = sorted(_people(text), key=lambda item: item.start)
    if not _CHANGED.search(text):
        for at, later in enumerate(people):
            for earlier in people[:at]:
                if message := _two_ways(earlier, later):
                    yield contradiction(
                        text, (later.start, later.end), "name-twice", message, "请核对", "warning"
                    )
                    break
    yield from _places(text)


def _people(text: str) -> Iterator[_Person]:
    for pattern in _patterns():
        for match in pattern.finditer(text):
            if match["name"] not in load_language().words and not _FORMER.search(
                text, max(0, match.start() - 16), match.start("post")
            ):
                start = min(match.start("name"), match.start("posts"))
                end = max(match.end("name"), match.end("post"))
                yield _Person(match["name"], match["post"], match["posts"], start, end)


def _two_ways(earlier: _Person, later: _Person) -> str:
    """Return what is wrong between two mentions, "" for nothing."""
    if earlier.name == later.name:
        one, other = _ranks(earlier), _ranks(later)
        deputy = {post.replace("副", "") for post in one ^ other if post.startswith("副")}
        if deputy & {post for post in one ^ other if not post.startswith("副")}:
            return f"“{later.name}”的职务前后不一：“{earlier.posts}”“{later.posts}”"
        return ""
    if len(earlier.name) != len(later.name) or earlier.name[0] != later.name[0]:
        return ""
    pairs = [pair for pair in zip(earlier.name, later.name, strict=True) if pair[0] != pair[1]]
    alike = len(pairs) == 1 and slip(*pairs[0]) is not None
    chief = len(pairs) == 1 and len(later.name) > 2 and later.post == earlier.post and later.post[0] != "副"
    same_house = earlier.posts.endswith(later.posts) or later.posts.endswith(earlier.posts)
    if alike or (chief and same_house):
        return f"人名前后不一：前文是“{earlier.name}”，这里是“{later.name}”"
    return ""


def _ranks(person: _Person) -> set[str]:
    """Return the bare posts of the row: {副书记, 局长} of 局党组副书记、局长."""
    return set(
        re.findall(
            rf"副?(?:{load_consistency().people.posts})", re.sub("党组|党委|支部|总支", "", person.posts)
        )
    )


@cache
def _place() -> re.Pattern[str]:
    return re.compile(
        rf"(?<=[、，。：；和及与由在到赴了\n“])(?P<name>[\u4e00-\u9fff]{{2,3}})(?P<kind>{load_consistency().people.places})(?![\u4e00-\u9fff]{{0,2}}(?:化|长|民))"
    )


def _places(text: str) -> Iterator[Finding]:
    """“柳沟村、石门村、山南村”, further down “南山村”: the same characters in another order."""
    seen: dict[tuple[str, str], str] = {}
    for match in _place().finditer(text):
        key = "".join(sorted(match["name"])), match["kind"]
        first = seen.setdefault(key, match["name"])
        if first != match["name"]:
            message = f"名称前后不一：前文是“{first}{match['kind']}”，这里是“{match.group()}”"
            yield contradiction(text, match.span(), "name-twice", message, "请核对", "warning")
