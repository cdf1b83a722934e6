"""A data set to publish: records, a frictionless data package, a citation file and a codebook in one folder.

Sources: Tabular Data Package, https://specs.frictionlessdata.io/tabular-data-package/; Citation File Format 1.2.0,
https://citation-file-format.github.io.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from whimbrel.errors import OptionError, OutputError
from whimbrel.export.codebook import PLACES, codebook
from whimbrel.export.files import reason_of
from whimbrel.export.flat import COLUMNS
from whimbrel.export.writers import FileWriter
from whimbrel.reading.values import Seen
from whimbrel.version import __version__

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from whimbrel.ontology import Ontology
    from whimbrel.records import Event

_TYPES = {"text": "string", "whole": "integer", "number": "number", "day": "date"}
_REQUIRED = {"id", "event", "quad", "cameo", "document", "confidence"}
PACKAGE = "datapackage.json"
_FILES = ("events.jsonl", "events.csv", "CODEBOOK.md", "CITATION.cff", PACKAGE)


@dataclass(frozen=True, slots=True)
class About:
    """What a data set says of itself; `authors` are "Family, Given" for people, other names for bodies.

    `licence`: an SPDX identifier, such as CC-BY-4.0. `made`: the day of making.
    """

    title: str = "Event records"
    authors: tuple[str, ...] = ()
    version: str = "1.0.0"
    licence: str | None = None
    doi: str | None = None
    url: str | None = None
    made: date | None = None


class DatasetWriter:
    """Writes a data set into a folder that appears when all is well; use it in a `with` statement.

    Until then the files are in FOLDER.partial, where they stay after a failure, and `kept` says so. A data set that
    was there before is replaced; a folder of other things is refused with OptionError. `text` keeps the sentences.
    """

    def __init__(self, path: Path, ontology: Ontology, about: About | None = None, *, text: bool = True) -> None:
        self.path = path
        self.about = about or About()
        self.kept: str | None = None
        self.events = 0
        self._ontology = ontology
        self._text = text
        self._types: Counter[str] = Counter()
        self._documents, self._ids = Seen(), Seen()
        self._repeated = 0
        self._days: tuple[date, date] | None = None
        self._coders: set[str] = set()
        self._partial = path.with_name(f"{path.name}.partial")
        _refuse_other_folder(path)
        _refuse_other_folder(self._partial)
        self._make()
        self._writers = [FileWriter(self._partial / name) for name in ("events.jsonl", "events.csv")]

    def _make(self) -> None:
        try:
            if self._partial.exists():
                shutil.rmtree(self._partial)
            self._partial.mkdir()
        except OSError as error:
            raise OutputError(f"{self._partial}: {reason_of(error)}") from error

    def write(self, event: Event) -> None:
        """Write one event; raises OutputError."""
        if not self._text:
            event = replace(event, sentence=replace(event.sentence, text=""))
        for writer in self._writers:
            writer.write(event)
        self.events += 1
        self._types[event.event] += 1
        self._documents.add(event.document.id)
        self._repeated += not self._ids.add(event.id)
        self._coders.add(event.coder)
        if event.date is not None:
            first, last = self._days or (event.date.start, event.date.end)
            self._days = (min(first, event.date.start), max(last, event.date.end))

    def summary(self) -> list[str]:
        """Say what is still to be done before publishing."""
        todo = []
        if not self.about.authors:
            todo.append("CITATION.cff names no author; give --author 'Family, Given'")
        if self.about.licence is None:
            todo.append("the data set has no licence; give --licence, such as CC-BY-4.0")
        if self._repeated:
            todo.append(f"{self._repeated:,} records have the id of an earlier one; ids are no key of this data set")
        return todo

    def __enter__(self) -> Self:
        for writer in self._writers:
            writer.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            for writer in self._writers:
                writer.__exit__(kind, error, traceback)
            if kind is None:
                self._describe()
                self._publish()
        except OSError as failure:
            self.kept = f"the files so far are kept in {self._partial}"
            raise OutputError(f"{self.path}: {reason_of(failure)}; {self.kept}") from failure
        if kind is not None:
            self.kept = f"the files so far are kept in {self._partial}"

    def _describe(self) -> None:
        book = codebook(self._ontology, self.about.title, self._contents())
        (self._partial / "CODEBOOK.md").write_text(book, encoding="utf-8")
        (self._partial / "CITATION.cff").write_text(citation(self.about), encoding="utf-8")
        described = json.dumps(self._package(), indent=2, ensure_ascii=False)
        (self._partial / PACKAGE).write_text(described + "\n", encoding="utf-8")

    def _publish(self) -> None:
        """Let the folder take its place; an older data set goes only when the new one is there."""
        old = self.path.with_name(f"{self.path.name}.old")
        if self.path.exists():
            self.path.replace(old)
        self._partial.replace(self.path)
        shutil.rmtree(old, ignore_errors=True)

    def _contents(self) -> list[str]:
        days = f", from {self._days[0]} to {self._days[1]}" if self._days else ""
        texts = [f"{self.events:,} event records of {len(self._documents):,} documents{days}."]
        if self._types:
            counts = ", ".join(f"{kind} {count:,}" for kind, count in self._types.most_common())
            texts.append(f"By type: {counts}.")
        if self._coders:
            texts.append(f"Coded by {'; '.join(sorted(self._coders))}.")
        if not self._text:
            texts.append("The sentences have been left out; positions point to where they stand.")
        return texts

    def _package(self) -> dict[str, Any]:
        about = self.about
        package: dict[str, Any] = {
            "profile": "data-package",
            "name": package_name(about.title),
            "title": about.title,
            "version": about.version,
            "description": " ".join(self._contents()),
            "homepage": about.url,
            "created": f"{about.made.isoformat()}T00:00:00Z" if about.made else None,
            "licenses": [{"name": about.licence}] if about.licence else None,
            "contributors": [{"title": _spoken(name), "role": "author"} for name in about.authors] or None,
            "sources": [{"title": PLACES, "path": "https://www.geonames.org"}],
            "resources": [self._resource("events.csv"), self._resource("events.jsonl")],
        }
        return {name: value for name, value in package.items() if value is not None}

    def _resource(self, name: str) -> dict[str, Any]:
        path = self._partial / name
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        common = {"path": name, "encoding": "utf-8", "bytes": path.stat().st_size, "hash": f"sha256:{digest}"}
        if name.endswith(".jsonl"):
            title = "The same records in nested form, one JSON object a line"
            return {"name": "records", "title": title, "format": "jsonl", "mediatype": "application/jsonl", **common}
        return {
            "name": "events",
            "title": "Event records, one a row",
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            **common,
            "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True, "header": True},
            "schema": table_schema(unique=not self._repeated),
        }


def table_schema(*, unique: bool = True) -> dict[str, Any]:
    """Return the Table Schema of events.csv: name, type and meaning of each column; `unique`: ids are a key."""
    fields: list[dict[str, Any]] = []
    for column in COLUMNS:
        field: dict[str, Any] = {
            "name": column.name, "type": _TYPES[column.type], "description": column.description,
        }  # fmt: skip
        if column.name in _REQUIRED:
            field["constraints"] = {"required": True}
        fields.append(field)
    key = {"primaryKey": "id"} if unique else {}
    return {"fields": fields, **key, "missingValues": [""]}


def package_name(title: str) -> str:
    """Return a title as a package's name: lower case, with letters, figures and hyphens only.

    >>> package_name("Ties of the Sahel, 2020-2024")
    'ties-of-the-sahel-2020-2024'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "events"


def citation(about: About) -> str:
    """Return a CITATION.cff (version 1.2.0)."""
    lines = [
        "cff-version: 1.2.0",
        'message: "If you use this data set, please cite it as below."',
        "type: dataset",
        f"title: {_quoted(about.title)}",
        f"version: {_quoted(about.version)}",
        "authors:",
    ]
    for name in about.authors or ("anonymous",):
        lines += _author(name)
    if about.made:
        lines.append(f"date-released: {about.made.isoformat()}")
    named = {"license": about.licence, "doi": about.doi, "url": about.url}
    lines += [f"{name}: {_quoted(value)}" for name, value in named.items() if value]
    lines += [
        "references:",
        "  - type: software",
        "    title: Whimbrel",
        f"    version: {_quoted(__version__)}",
        "    authors:",
        "      - name: The Whimbrel authors",
        "  - type: dataset",
        "    title: GeoNames",
        "    url: https://www.geonames.org",
        "    license: CC-BY-4.0",
        "    authors:",
        "      - name: GeoNames",
    ]
    return "\n".join(lines) + "\n"


def _author(name: str) -> list[str]:
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma and given:
        return [f"  - family-names: {_quoted(family)}", f"    given-names: {_quoted(given)}"]
    return [f"  - name: {_quoted(name.strip())}"]


def _spoken(name: str) -> str:
    family, comma, given = (part.strip() for part in name.partition(","))
    return f"{given} {family}" if comma and given else name.strip()


def _quoted(text: str) -> str:
    """Return text as YAML's double-quoted string, which JSON's is one of."""
    return json.dumps(text, ensure_ascii=False)


def _refuse_other_folder(path: Path) -> None:
    if path.is_dir():
        other = sorted(item.name for item in path.iterdir() if not item.name.startswith(_FILES))
        if other:
            raise OptionError(f"{path} holds other things ({other[0]}); name a new folder with -o")
    elif path.exists():
        raise OptionError(f"{path} is a file; a data set is a folder: name another with -o")
