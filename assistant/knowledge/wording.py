"""Replace colloquial wording by standard official wording, from assistant/data/wording/*.toml.

A text is read three times: the turns of phrase that restate a whole clause, then the literal words, the longest at
each place, then the patterns that need their surroundings. What stands between quotation marks or in 《》, and the fixed
words of fixed.toml, are set aside first and put back last, so no entry sees inside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

from assistant.errors import DataError
from assistant.knowledge.needles import needles
from assistant.resources import DATA, check_keys, read_toml

FOLDER = DATA / "wording"
BLANK = "＿"  # where a word stands in the frame of its group
_QUOTED = '“[^”]*”|《[^》]*》|‘[^’]*’|「[^」]*」|"[^"\n]*"'
_MASKS = range(0xF0000, 0x10FFFE)  # private use: one character for each span set aside

Stage = Literal["turn", "word", "pattern"]


@dataclass(frozen=True, slots=True)
class Wording:
    """One replacement; `bad` becomes `good`, and `keep` must stay as it is.

    `plain` is a regular expression unless the stage is "word".
    """

    stage: Stage
    plain: str
    official: str
    bad: str
    good: str
    keep: str
    file: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """Return the compiled `plain`."""
        return _compiled(re.escape(self.plain) if self.stage == "word" else self.plain)


@cache
def _compiled(plain: str) -> re.Pattern[str]:
    return re.compile(plain)


@cache
def load_wording() -> tuple[Wording, ...]:
    """Return all entries in the order of their files. Raises DataError for a wrong one."""
    entries = tuple(entry for path in _files() for entry in _entries(path.name, read_toml(path)))
    words = [entry.plain for entry in entries if entry.stage == "word"]
    if (
        twice := sorted({word for word in words if words.count(word) > 1})
        if len(set(words)) < len(words)
        else []
    ):
        raise DataError(f"规范用语词典有重复的词条：{'、'.join(twice)}。", "请只保留一处。")
    return entries


def _files() -> Iterator[Path]:
    return (path for path in sorted(FOLDER.glob("*.toml")) if path.name not in ("classes.toml", "fixed.toml"))


def _entries(file: str, data: dict[str, Any]) -> Iterator[Wording]:
    check_keys(f"{file} ", data, (), ("source", "wording", "turn", "pattern", "group"))
    sources = ("source",) if "source" not in data else ()
    stages: tuple[tuple[Stage, str], ...] = (("word", "wording"), ("turn", "turn"), ("pattern", "pattern"))
    for stage, key in stages:
        for entry in data.get(key, ()):
            where = f"{file} 的“{entry.get('plain', '')}”"
            check_keys(where, entry, ("plain", "official", "bad", "good", *sources), ("keep", "source"))
            plain = entry["plain"] if stage == "word" else _with_classes(entry["plain"], where)
            yield Wording(
                stage,
                plain,
                entry["official"],
                entry["bad"],
                entry["good"],
                entry.get("keep", ""),
                file,
            )
    for group in data.get("group", ()):
        check_keys(
            f"{file} 的一组",
            group,
            ("frame", "words", *sources),
            ("keep", "source", "turn", "pattern", "good"),
        )
        yield from _members(file, group)


def _members(file: str, group: dict[str, Any]) -> Iterator[Wording]:
    """Return the entries of one group: literal words, or variants of the one turn or pattern that holds a blank.

    The frame gives every member its example; a variant may be several, parted by |, of which the first is shown.
    """
    stage: Stage = "turn" if "turn" in group else "pattern" if "pattern" in group else "word"
    turn = group.get(stage, BLANK)
    for plain, official in group["words"].items():
        bad = group["frame"].replace(BLANK, _shown(plain))
        good = group.get("good", group["frame"]).replace(BLANK, official)
        whole = _with_classes(
            turn.replace(BLANK, f"(?:{plain})" if "|" in plain else plain), f"{file} 的一组"
        )
        yield Wording(stage, whole, official, bad, good, group.get("keep", ""), file)


def _shown(plain: str) -> str:
    """Return the first variant of `plain` as it stands in a text: without lookarounds and optional signs."""
    bare = re.sub(r"\(\?(?:<?[!=])[^)]*\)", "", plain)
    return re.sub(r"\(\?:([^|)]*)[^)]*\)", r"\1", bare).split("|")[0].replace("?", "")


@cache
def _classes() -> dict[str, str]:
    return {
        name: f"(?:{'|'.join(value)})" if isinstance(value, list) else value
        for name, value in read_toml(FOLDER / "classes.toml").items()
    }


def _with_classes(plain: str, where: str) -> str:
    """Return `plain` with each {class} of classes.toml written out."""
    try:
        return re.sub(r"\{([\u4e00-\u9fff]+)\}", lambda match: _classes()[match[1]], plain)
    except KeyError as error:
        raise DataError(
            f"{where}用了没有的词类{error}。", "请在 classes.toml 里补上，或改正名称。"
        ) from error


@cache
def _fenced() -> re.Pattern[str]:
    fixed = sorted(read_toml(FOLDER / "fixed.toml")["fixed"], key=len, reverse=True)
    return re.compile("|".join((_QUOTED, *map(re.escape, fixed))))


@cache
def _words() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return one pattern of all literal words, by first character and the longest first, and what replaces them."""
    official = {entry.plain: entry.official for entry in load_wording() if entry.stage == "word"}
    return re.compile(_trie(sorted(official, key=len, reverse=True), depth=3)), official


def _trie(words: list[str], depth: int) -> str:
    """Return an expression of `words` that tells them apart by their first characters, the longest first."""
    if depth == 0 or len(words) < 3:
        return "|".join(map(re.escape, words))
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(word[:1], []).append(word[1:])
    end = rests.pop("", None)
    parts = [f"{re.escape(first)}(?:{_trie(rest, depth - 1)})" for first, rest in rests.items()]
    return "|".join([*parts, *([""] if end else [])])


@cache
def _gated(stage: Stage) -> tuple[tuple[tuple[tuple[str, ...], Wording], ...], dict[str, list[int]]]:
    """Return the entries of `stage` with the strings of which a sentence must hold one, and an index of their first
    characters, by which most entries are ruled out and never compiled. Raises DataError when there is no such string.
    """
    gated = tuple((needles(entry.plain), entry) for entry in load_wording() if entry.stage == stage)
    index: dict[str, list[int]] = {}
    for place, (texts, entry) in enumerate(gated):
        if not texts:
            raise DataError(f"{entry.file} 的“{entry.plain}”没有固定的字。", "请写出至少一个必有的字。")
        for first in {text[0] for text in texts}:
            index.setdefault(first, []).append(place)
    return gated, index


def standard_wording(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return `text` in standard wording and the replacements made, each once.

    Nothing between quotation marks or in 《 》 is touched: those are other people's words.
    """
    made: dict[tuple[str, str], None] = {}
    masked, fenced = _set_aside(text)
    done, before = "", ""
    for sentence in re.findall(r"[^。\n]*[。\n]|[^。\n]+$", masked):
        done += _in_sentence(before + sentence, made)[len(before) :]
        before = sentence[-1]  # what looks behind sees where the last sentence ended
    return _put_back(done, fenced), tuple(
        (_put_back(old, fenced), _put_back(new, fenced)) for old, new in made
    )


def _in_sentence(text: str, made: dict[tuple[str, str], None]) -> str:
    words, official = _words()

    def replaced(match: re.Match[str]) -> str:
        made[(match.group(), official[match.group()])] = None
        return official[match.group()]

    return _by_patterns(words.sub(replaced, _by_patterns(text, "turn", made)), "pattern", made)


def _by_patterns(text: str, stage: Stage, made: dict[tuple[str, str], None], start: int = 0) -> str:
    """Return `text` changed by the entries of `stage` from the one at `start` on, in their order."""
    gated, index = _gated(stage)
    for place in sorted({place for char in set(text) for place in index.get(char, ()) if place >= start}):
        texts, entry = gated[place]
        if any(needle in text for needle in texts):
            changed = entry.pattern.sub(partial(_noted, entry, made), text)
            if changed != text:  # other entries may apply to it
                return _by_patterns(changed, stage, made, place + 1)
    return text


def _noted(entry: Wording, made: dict[tuple[str, str], None], match: re.Match[str]) -> str:
    replacement = match.expand(entry.official)
    made[(match.group(), replacement)] = None
    return replacement


def _set_aside(text: str) -> tuple[str, dict[str, str]]:
    """Return `text` with one private character for each fenced span, and what the characters stand for."""
    present = set(text)
    free = (char for char in map(chr, _MASKS) if char not in present)
    fenced: dict[str, str] = {}

    def mask(match: re.Match[str]) -> str:
        char = next(free)
        fenced[char] = match.group()
        return char

    return _fenced().sub(mask, text), fenced


def _put_back(text: str, fenced: dict[str, str]) -> str:
    return "".join(fenced.get(char, char) for char in text) if fenced else text
