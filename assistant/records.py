"""Frozen records that travel between the stages. Standard library only.

Offsets (`start`, `end`, `position`) count characters of the text the record belongs to,
`end` exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["exemplar", "policy", "formulation", "material"]
KIND_NAMES: dict[str, str] = {
    "exemplar": "例文",
    "policy": "政策",
    "formulation": "规范表述",
    "material": "我的材料",
}

ElementKind = Literal[
    "title", "addressee", "heading", "body", "closing", "signature", "date", "attachment", "note"
]


@dataclass(frozen=True, slots=True)
class Element:
    """One line of a document with its role in the text.

    `level` is 1–4 for headings (一、 （一） 1. （1）) and 0 otherwise.
    """

    kind: ElementKind
    text: str
    level: int = 0
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A text in the index, before it is split.

    `path` is what the user knows the document by: a path inside corpus/ or the file's own name.
    `date` is ISO ("2023-12-31") or "" when unknown; `year` is 0 when unknown. `sections` are corrections by
    hand: a heading without its number ("" for what stands under none) and its section type, "" for none.
    """

    id: str
    title: str
    kind: Kind
    path: str
    text: str
    genre: str = ""
    sector: str = ""
    year: int = 0
    date: str = ""
    issuer: str = ""
    topic: str = ""
    sections: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A quotable piece of a document, verbatim: `text == document.text[position:position+len(text)]`."""

    id: str
    document: str
    title: str
    kind: Kind
    path: str
    text: str
    position: int
    genre: str = ""
    section: str = ""
    heading: tuple[str, ...] = ()
    year: int = 0
    date: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query; `score` is comparable only within one result list."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Filters:
    """Restrictions of a search; an empty tuple or 0 restricts nothing."""

    kinds: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    year_from: int = 0
    year_to: int = 0


FactKind = Literal["figure", "date", "document_number", "title", "quotation", "organ", "person"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure, date, 文号, 《title》, quotation, organ or personal name as it stands in a text.

    `origin` says where it was read: "request", "material:<name>", "original", or a passage id.
    """

    kind: FactKind
    text: str
    start: int = 0
    end: int = 0
    origin: str = ""


FACT_NAMES: dict[str, str] = {
    "figure": "数字",
    "date": "日期",
    "document_number": "文号",
    "title": "名称",
    "quotation": "引语",
    "organ": "机关、地名",
    "person": "人名",
    "": "词语",
}
Mark = Literal["", "must", "never"]
OWN_FACTS = "您补充的事实"  # the name of the material that the user's own entries make


@dataclass(frozen=True, slots=True)
class Correction:
    """A fact that request or material has wrong, and as the user says it should be.

    `about` is the clause it was corrected in, as the ledger shows it; "" means wherever it stands.
    """

    wrong: str
    right: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the fact ledger: a fact as it first stands, and what the user decided about it.

    `kind` is "" for words of the user that no pattern reads as a fact. `origins` are those of `Fact`, none
    when the fact is marked but stands nowhere any more. `about` is the clause around it, `clauses` are the
    others it stands in. `was` is what the material says where the user corrected it.
    """

    fact: str
    kind: FactKind | Literal[""]
    origins: tuple[str, ...]
    about: str = ""
    mark: Mark = ""
    clauses: tuple[str, ...] = ()
    was: str = ""

    @property
    def whence(self) -> str:
        """Where the fact comes from, in words of the user; "" when from nowhere."""
        names = {"request": "要求", "original": "原文", f"material:{OWN_FACTS}": "您补充的"}
        return "、".join(
            names.get(origin, f"材料“{origin.removeprefix('material:')}”") for origin in self.origins
        )


Severity = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of the review, with its place in the text and the source of the rule."""

    rule: str
    severity: Severity
    start: int
    end: int
    quote: str
    message: str
    suggestion: str = ""
    source: str = ""
    fix: bool = False  # replacing `quote` by `suggestion` is always right


# Rules about facts the writer answers for: a finding of theirs is to be looked at in its place, and cannot be silenced.
LASTING = ("unsupported-fact", "corrected-fact", "must-use-fact", "must-not-use-fact")


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Findings the user does not want to see: those of `rule`, with `quote` only those on these words.

    `place` is the sentence they stand in, "" for every text of this user. `said` is what the finding said,
    for the list in which it is taken back.
    """

    rule: str
    quote: str = ""
    place: str = ""
    said: str = ""


Degree = Literal["quoted", "adapted", "form", "model", "user"]
DEGREE_NAMES: dict[str, str] = {
    "quoted": "引用",
    "adapted": "改写",
    "form": "格式",
    "model": "模型",
    "user": "手写",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one sentence of a draft rests on; `hits` is empty for the model's own words.

    The `hits` of a set form (degree "form") are the user's sentences that fill its blanks.

    `overlap` is the share (0–1) of the sentence's character bigrams that stand in the first hit.
    """

    start: int
    end: int
    degree: Degree
    overlap: float
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """A text the user dropped in for one job; never indexed unless the user adds it to the corpus."""

    name: str
    text: str


Task = Literal["draft", "revise", "find", "check", "document", "export"]
TASK_NAMES: dict[str, str] = {
    "draft": "起草",
    "revise": "润色",
    "find": "查提法",
    "check": "审校",
    "document": "全文",
    "export": "导出",
}
RENEWAL = "套改"  # the `instruction` of a revision that makes this year's text of last year's


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for, as understood; every field can be corrected by the user.

    `length` is in characters (0: as usual for the section), for 续写 those to be added. `text` is the passage to revise or
    check, `query` the wording to look up. A revision of a part only has its `span` in `text` and its
    name for people in `place` (“第二条”); (0, 0) is all of it.
    """

    words: str
    task: Task
    genre: str = ""
    section: str = ""
    title: str = ""
    topics: tuple[str, ...] = ()
    length: int = 0
    tone: str = ""
    person: str = ""
    instruction: str = ""
    text: str = ""
    span: tuple[int, int] = (0, 0)
    place: str = ""
    query: str = ""
    materials: tuple[Material, ...] = ()
    must: tuple[str, ...] = ()  # facts that are to stand in the text
    never: tuple[str, ...] = ()  # facts that are not to stand in it
    corrections: tuple[Correction, ...] = ()  # facts of words, materials and text that the user put right
    own: tuple[str, ...] = ()  # sentences with facts that stand in no material
    locked: tuple[str, ...] = ()  # parts of `text`, as they stand there, that a revision leaves as they are
    doubts: tuple[str, ...] = ()  # what the program was unsure of, shown to the user


@dataclass(frozen=True, slots=True)
class Change:
    """One step of the difference between an original and its revision."""

    op: Literal["equal", "insert", "delete", "replace"]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A finished draft with everything a person needs to answer for it."""

    request: Request
    text: str
    evidence: tuple[Evidence, ...] = ()
    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()
    engine: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """A revised text, how it differs, what it rests on, and what became of the original's facts.

    `left` are the sentences that stand as they were because their revision lost or changed a fact.
    """

    original: str
    text: str
    changes: tuple[Change, ...] = ()
    kept_facts: tuple[Fact, ...] = ()
    lost_facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()
    engine: str = ""
    notes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message for an instruct model; role is "system", "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the engine picks tokens and when it stops.

    `max_tokens` is in tokens. `stop` strings end the text and are not part of it. No token that
    contains one of the characters in `forbidden` is ever generated.
    """

    max_tokens: int = 256
    temperature: float = 0.7
    top_p: float = 0.9
    top_k: int = 40
    min_p: float = 0.05
    repeat_penalty: float = 1.1
    seed: int = 0
    stop: tuple[str, ...] = ()
    forbidden: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of streamed text; the last piece of a stream carries `finish` and the counts.

    `prompt_tokens` counts the whole prompt, `reused_tokens` those already in the model's memory.
    Seconds are wall time inside the engine.
    """

    text: str
    finish: Literal["", "stop", "length", "cancelled"] = ""
    prompt_tokens: int = 0
    reused_tokens: int = 0
    tokens: int = 0
    prompt_seconds: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What is loaded: `chat` tells whether the model carries a chat template (instruct model)."""

    name: str
    path: str
    context_tokens: int
    threads: int
    chat: bool
    features: dict[str, str] = field(default_factory=dict)
