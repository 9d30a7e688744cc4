"""Count words and their neighbours in official writing for assistant/data/language.toml: python -m tests.eval.pack_language

    python -m tests.eval.pack_language              make the file anew
    python -m tests.eval.pack_language --measure    count one half of the texts, and how often the other half is thought misspelt

The texts are the shipped corpus and, where they lie beside the project, the public reports; no sentence of them can be
put together again from the counts. Words that stood twice or more are kept, pairs from three times on.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from unittest.mock import patch

from assistant.knowledge import spelling
from assistant.knowledge.segment import words
from assistant.knowledge.spelling import language_of
from assistant.resources import DATA, read_toml, shipped
from tests.eval.review import REPORTS, report_text

KEPT = ("source", "right", "free", "surnames", "persons")  # written by hand
FILE = DATA / "language.toml"
WORD_LEAST, PAIR_LEAST = 2, 3
REPORT_LEAST = 8000  # characters: no text of the corpus is as long
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_HEAD = """# How often words, and pairs of neighbouring words, stand in official writing; read by assistant/knowledge/spelling.py.
# Made by `python -m tests.eval.pack_language` out of the shipped corpus and the public reports of government and party
# congresses, but for what stands before `words`, which is written by hand. `words`: a count and the words that have it; `pairs`: a word, and what follows it with a count.
"""


def texts() -> Iterator[str]:
    """Yield the texts that are counted."""
    corpus = shipped("corpus")
    for folder in ("exemplars", "points", "policies"):
        for path in sorted((corpus / folder).rglob("*.md")):
            yield path.read_text(encoding="utf-8")
    for path in sorted(REPORTS.glob("*.txt")):
        yield report_text(path)


def count(sources: Iterable[str]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Return how often each word and each pair of words stands in the sources."""
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in sources:
        for run in _HAN.findall(text):
            split = words(run)
            single.update(split)
            pairs.update(zip(split, split[1:], strict=False))
    return single, pairs


def packed(single: Counter[str], pairs: Counter[tuple[str, str]], given: dict[str, str]) -> str:
    """Return the data file."""
    by_count: dict[int, list[str]] = defaultdict(list)
    for word, number in single.items():
        if number >= WORD_LEAST:
            by_count[number].append(word)
    follow: dict[str, list[str]] = defaultdict(list)
    for (first, second), number in sorted(pairs.items()):
        if number >= PAIR_LEAST:
            follow[first].append(f"{second}:{number}")
    counted = "\n".join(f"{number} {' '.join(sorted(by_count[number]))}" for number in sorted(by_count))
    followed = "\n".join(f"{first} {' '.join(listed)}" for first, listed in sorted(follow.items()))
    kept = "".join(f'{key} = """{given[key]}"""\n' for key in KEPT)
    return f'{_HEAD}\n{kept}\nwords = """\n{counted}\n"""\n\npairs = """\n{followed}\n"""\n'


def measure() -> None:
    """Print the findings per 1,000 characters in each half with the counts of the other, for corpus and reports."""
    data = {**read_toml(FILE), "right": "□"}  # what was added by hand knows both halves
    sources = [*texts()]
    findings: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for half in (0, 1):
        language = language_of(tomllib.loads(packed(*count(sources[1 - half :: 2]), data)))
        with patch.object(spelling, "load_language", lambda language=language: language):
            for text in sources[half::2]:
                kind = "reports" if len(text) > REPORT_LEAST else "corpus"
                findings[kind] += len([*spelling.match_spelling(text)])
                size[kind] += len(text)
    for kind, number in findings.items():
        print(f"{kind}: {number} in {size[kind]} characters, {1000 * number / size[kind]:.3f} per 1,000")


def main() -> None:
    if "--measure" in sys.argv:
        measure()
        return
    data = read_toml(FILE)
    single, pairs = count(texts())
    FILE.write_text(packed(single, pairs, data), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
