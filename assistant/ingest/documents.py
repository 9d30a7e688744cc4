"""Files and the shipped corpus become documents with title, genre, year and date."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assistant.errors import DataError
from assistant.ingest.files import read_file_parts
from assistant.knowledge.entries import read_entry
from assistant.knowledge.formulations import Formulation, load_formulations
from assistant.knowledge.genres import genre_of_title, load_genres
from assistant.knowledge.structure import chinese_number, parse_elements, plain_text
from assistant.records import Document, Kind
from assistant.resources import read_front_matter

YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年?(?!\d)")
DATE = re.compile(
    r"(?P<y>(?:19|20)\d{2}|[一二][〇○零一二三四五六七八九０0]{3})\s*年"
    r"(?:\s*(?P<m>\d{1,2}|[一二三四五六七八九十]{1,2})\s*月(?:\s*(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3})\s*日)?)?"
)
DIGITS = str.maketrans("〇○零０一二三四五六七八九", "0000123456789")


@dataclass(frozen=True, slots=True)
class _Exemplar:
    """Front matter of corpus/exemplars/<文种>/*.md and of the banks of points, corpus/points/*.md."""

    title: str
    genre: str
    sector: str
    year: int
    topic: str


@dataclass(frozen=True, slots=True)
class _Policy:
    """Front matter of corpus/policies/*.md; dates are ISO."""

    title: str
    issuer: str
    date: str
    topic: str
    source: str
    document_number: str = ""
    effective: str = ""


def document_values(document: Document) -> dict[str, Any]:
    """Return what `document` holds, for JSON; corrections only where there are any, as before there could be."""
    values = asdict(document)
    if not document.sections:
        del values["sections"]
    return values


def document_from_values(values: Mapping[str, Any]) -> Document:
    """Return the document of these values, read from JSON. Raises TypeError or ValueError for others."""
    sections = tuple((str(heading), str(section)) for heading, section in values.get("sections", ()))
    return Document(**{**values, "sections": sections})


def identified(document: Document) -> Document:
    """Return `document` under its id: 16 hex digits over kind, path and everything else it holds."""
    values = json.dumps(document_values(replace(document, id="")), ensure_ascii=False, sort_keys=True)
    return replace(document, id=hashlib.sha256(values.encode("utf-8")).hexdigest()[:16])


def document_from_file(path: Path, kind: Kind = "material") -> Document:
    """Return the document that a user's file holds; its `path` is the file's name.

    Title, genre, year and date come from the front matter where there is one, else from
    the text: the title line, the year in the title, the 成文日期. Markdown marks are taken out.
    Raises DocumentError as `read_file` does.
    """
    given, text = read_file_parts(path)
    if path.suffix.lower() == ".md":
        text = plain_text(text)
    return document_from_text(text.strip("\n"), path.name, kind, given)


def document_from_text(
    text: str, name: str, kind: Kind = "material", given: Mapping[str, Any] | None = None
) -> Document:
    """Return the document of a plain `text` known by `name`; `given` values go before what the text says."""
    given = given or {}
    elements = parse_elements(text)
    titles = [element.text.strip() for element in elements if element.kind == "title"]
    stem = name.rpartition(".")[0] or name
    title = str(given.get("title") or "".join(titles[:2]) or stem)
    date = _date("".join(element.text for element in elements if element.kind == "date"))
    date = str(given.get("date") or date)
    return identified(
        Document(
            id="",
            title=title,
            kind=kind,
            path=name,
            text=text,
            genre=_known_genre(given) or genre_of_title(title) or genre_of_title(stem),
            sector=str(given.get("sector", "")),
            year=_year(given.get("year"), title, stem, date),
            date=date,
            issuer=str(given.get("issuer", "")),
            topic=str(given.get("topic", "")),
        )
    )


def _known_genre(given: Mapping[str, Any]) -> str:
    genre = str(given.get("genre", ""))
    return genre if genre in load_genres() else genre_of_title(genre)


def _year(given: object, *places: str) -> int:
    if isinstance(given, int):
        return given
    found = (YEAR.search(place) for place in places)
    return next((int(match[1]) for match in found if match), 0)


def _date(text: str) -> str:
    """Return the last date in `text` as far as it goes: "2023-12-31", "2023-12", "2023" or ""."""
    matches = list(DATE.finditer(text))
    if not matches:
        return ""
    match = matches[-1]
    parts = [match["y"].translate(DIGITS)]
    for part in (match["m"], match["d"]):
        if part:
            parts.append(f"{int(part) if part.isdecimal() else chinese_number(part):02d}")
    return "-".join(parts)


def shipped_documents(corpus: Path) -> list[Document]:
    """Return the documents of the shipped corpus: exemplars and banks of points, policies, one for each formulation.

    Raises DataError for a file whose front matter or entries are not as they must be.
    """
    return [*_exemplars(corpus), *_policies(corpus), *map(_formulation, formulations_of(corpus))]


def formulations_of(corpus: Path) -> tuple[Formulation, ...]:
    """Return the formulations of the corpus folder."""
    return load_formulations(corpus / "formulations")


def _exemplars(corpus: Path) -> list[Document]:
    documents = []
    for path in (*sorted((corpus / "exemplars").glob("*/*.md")), *sorted((corpus / "points").glob("*.md"))):
        values, text = read_front_matter(path)
        front = read_entry(_Exemplar, f"例文“{path.name}”的文件头", values)
        misplaced = path.parent.name not in ("points", front.genre)
        if misplaced or front.genre not in load_genres():
            raise DataError(
                f"例文“{path.name}”的文种“{front.genre}”与所在目录不符，或不认识。",
                "请改正文件头或移动文件。",
            )
        document = document_from_text(text, path.relative_to(corpus).as_posix(), "exemplar", values)
        documents.append(document)
    return documents


def _policies(corpus: Path) -> list[Document]:
    documents = []
    for path in sorted((corpus / "policies").glob("*.md")):
        values, text = read_front_matter(path)
        front = read_entry(_Policy, f"政策“{path.name}”的文件头", values)
        name = path.relative_to(corpus).as_posix()
        documents.append(
            identified(
                Document(
                    id="",
                    title=front.title,
                    kind="policy",
                    path=name,
                    text=text,
                    year=_year(None, front.date),
                    date=front.date,
                    issuer=front.issuer,
                    topic=front.topic,
                )
            )
        )
    return documents


def _formulation(item: Formulation) -> Document:
    """One document an entry, so that a hit carries the source's issuer and date; each line is verbatim."""
    quoted = item.quote.strip("。；，") not in ("", item.text.strip("。"))
    lines = [item.text, item.quote] if quoted else [item.text]
    return identified(
        Document(
            id="",
            title=item.name,
            kind="formulation",
            path=item.path,
            text="\n".join(lines),
            year=_year(None, item.date),
            date=item.date,
            issuer=item.issuer,
            topic="、".join(item.topics),
        )
    )
