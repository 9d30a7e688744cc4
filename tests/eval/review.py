"""How many planted defects the review finds, and how often it is wrong: python -m tests.eval.review

    python -m tests.eval.review             tables of recall by kind and of false alarms
    python -m tests.eval.review --show      also what was missed and what was a false alarm, of the development part
    python -m tests.eval.review --update    raise the floors in review_baseline.json

tests/eval/labels holds passages and small documents with every defect marked: `quote` where it stands ("" where
something is lacking), `at` which occurrence, `kind` what it is. What is not marked is right. They were written
by people who did not see the rules. Rules were made with the files of the development part at hand; those of
the test part were not looked at. A finding counts for a defect when they overlap; for something lacking any
finding of a rule in LACKING does. Every other finding, of whatever severity, is a false alarm.

The public reports beside the project were published after careful review; whatever is found in them is
counted as a false alarm, though some of it is right. Not counted is what their transcription for the web did
to them: its licence at the end, lines broken at links, and signs and spaces (rules in TRANSCRIPTION).
"""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.knowledge.formulations import Formulation, load_formulations
from assistant.records import Finding
from assistant.resources import shipped
from assistant.review.check import review

HERE = Path(__file__).parent
LABELS = HERE / "labels"
REPORTS = HERE.parents[2] / "shared" / "reports"
BASELINE = HERE / "review_baseline.json"
TEST = ("blind.toml",)
LICENCE = re.compile(
    "本作品(?:是中华人民共和国的|来自1949年10月1日)"
)  # with it the part begins that is not the report
# Lines broken at links, at templates (a line of its own with a sign of no width), and before or behind an index (M 2).
BROKEN = re.compile(
    r"\n\u200b\n|(?<=[《“（])\n|\n(?=[》”），。、；])|(?<=[A-Z])\n(?=[\d.]+\n)|(?<=M2)\n|(?<=2\.5)\n(?=）)"
)
LINKED = re.compile(r"(?<=[\u4e00-\u9fff，、]{12})\n([^\n。]{2,30})\n(?=[，。、和的等有])")
TRANSCRIPTION = re.compile(
    r"fullwidth-|percent-fullwidth|space-|zero-width|year-circle|long-dash|half-width-|straight-|range-year-hyphen"
)
LACKING = "missing-"  # how the rules about what a document lacks begin
MARGIN = 0.02  # between what was measured and the floor


@dataclass(frozen=True)
class Defect:
    """A planted defect from `start` to `end`; both are -1 for something that is lacking."""

    kind: str
    start: int
    end: int
    note: str


@dataclass(frozen=True)
class Labelled:
    """A passage with its defects, none for a clean one."""

    text: str
    genre: str
    defects: tuple[Defect, ...]


@dataclass(frozen=True)
class Judged:
    """What the review made of one passage."""

    passage: Labelled
    found: tuple[Defect, ...]
    missed: tuple[Defect, ...]
    wrong: tuple[Finding, ...]


def load_labels(part: str) -> tuple[Labelled, ...]:
    """Return the passages of the part "dev" or "test"."""
    files = [path for path in sorted(LABELS.glob("*.toml")) if (path.name in TEST) == (part == "test")]
    entries = [entry for path in files for entry in tomllib.loads(path.read_text("utf-8"))["passage"]]
    return tuple(
        Labelled(entry["text"], entry.get("genre", ""), tuple(_defects(entry["text"], entry["defects"])))
        for entry in entries
    )


def _defects(text: str, entries: list[dict[str, str]]) -> Iterator[Defect]:
    for entry in entries:
        start = -1
        for _ in range(int(entry.get("at", 0)) + 1):
            start = text.index(entry["quote"], start + 1) if entry["quote"] else -1
        yield Defect(entry["kind"], start, start + len(entry["quote"]) if start >= 0 else -1, entry["note"])


@cache
def formulations() -> tuple[Formulation, ...]:
    return load_formulations(shipped("corpus") / "formulations")


def judge(passage: Labelled) -> Judged:
    """Return which defects of `passage` were found, and what was said besides."""
    findings = review(passage.text, formulations(), passage.genre)
    right: set[Finding] = set()
    found, missed = [], []
    for defect in passage.defects:
        fitting = {finding for finding in findings if _fits(passage.text, finding, defect)}
        right |= fitting
        (found if fitting else missed).append(defect)
    return Judged(passage, tuple(found), tuple(missed), tuple(item for item in findings if item not in right))


def _fits(text: str, finding: Finding, defect: Defect) -> bool:
    if defect.start < 0:
        return finding.rule.startswith(LACKING)
    if finding.start < defect.end and defect.start < max(finding.end, finding.start + 1):
        return True
    return defect.kind == "contradiction" and _names(text, finding, defect)


def _names(text: str, finding: Finding, defect: Defect) -> bool:
    """Tell whether `finding` stands in the paragraph of `defect` and names a figure of it."""
    first, last = sorted((finding.start, defect.start))
    figures = re.findall(r"\d[\d.,]*[\u4e00-\u9fff%]{1,2}", text[defect.start : defect.end])
    return "\n" not in text[first:last] and any(figure in finding.message for figure in figures)


def measure(part: str) -> tuple[dict[str, float], list[Judged]]:
    """Return recall and false alarms per 1,000 characters of a part, and the single results."""
    judged = [judge(passage) for passage in load_labels(part)]
    found = sum(len(item.found) for item in judged)
    planted = sum(len(item.passage.defects) for item in judged)
    wrong = sum(len(item.wrong) for item in judged)
    size = sum(len(item.passage.text) for item in judged)
    rates = {"recall": round(found / max(planted, 1), 4), "false": round(1000 * wrong / max(size, 1), 4)}
    return rates, judged


def report_text(path: Path) -> str:
    """Return the text of a public report without what its transcription for the web added."""
    text = LICENCE.split(path.read_text(encoding="utf-8"), maxsplit=1)[0]
    return LINKED.sub(r"\1", BROKEN.sub("", text))


def measure_reports() -> tuple[float, list[tuple[str, Finding]]]:
    """Return false alarms per 1,000 characters of the public reports, and each with its report's name."""
    size, found = 0, []
    for path in sorted(REPORTS.glob("*.txt")):
        text = report_text(path)
        size += len(text)
        found += [
            (path.stem, finding)
            for finding in review(text, formulations())
            if not TRANSCRIPTION.match(finding.rule)
        ]
    return round(1000 * len(found) / max(size, 1), 4), found


def _table(part: str, judged: list[Judged]) -> None:
    planted = Counter(defect.kind for item in judged for defect in item.passage.defects)
    found = Counter(defect.kind for item in judged for defect in item.found)
    print(f"\n{part}: {len(judged)} passages, {sum(planted.values())} defects")
    for kind, count in planted.items():
        print(f"  {kind:14} {found[kind]:3} of {count:3}")


def _show(judged: list[Judged]) -> None:
    for item in judged:
        for defect in item.missed:
            print(f"missed  {defect.kind}: {item.passage.text[defect.start : defect.end]!r} {defect.note}")
        for finding in item.wrong:
            around = item.passage.text[max(0, finding.start - 20) : finding.end + 20]
            print(f"wrong   {finding.rule}: {finding.quote!r} {finding.message} in {around!r}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    floors = {}
    for part in ("dev", "test"):
        floors[part], judged = measure(part)
        _table(part, judged)
        print(
            f"  recall {floors[part]['recall']:.3f}, false alarms per 1,000 characters {floors[part]['false']:.3f}"
        )
        if options.show and part == "dev":
            _show(judged)
    if REPORTS.is_dir():
        rate, found = measure_reports()
        print(f"\npublic reports: {len(found)} findings, {rate:.3f} per 1,000 characters")
        for name, finding in found if options.show else ():
            print(f"report  {finding.rule}: {finding.quote!r} {finding.message} in {name}")
        floors["reports"] = {"false": rate}
    if options.update:
        BASELINE.write_text(json.dumps(floors, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
