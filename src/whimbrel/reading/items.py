"""One record of a source (its columns by name) -> a Document, or a Reject that says why not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whimbrel.reading.days import either_way, published_day
from whimbrel.reading.encoding import clean
from whimbrel.reading.values import Columns, Reject, Settings, reject
from whimbrel.records import Document

if TYPE_CHECKING:
    from datetime import date

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "doc_id", "document_id", "article_id", "uuid", "guid", "_id"),
    "text": ("text", "body", "content", "article", "article_text", "article_body", "full_text", "maintext", "story"),
    "title": ("title", "headline"),
    "date": (
        "date", "published", "pub_date", "published_at", "publication_date", "date_published", "date_publish",
        "publish_date", "pubdate", "publishedat", "datetime",
    ),
    "url": ("url", "link", "source_url", "web_url"),
    "publisher": ("publisher", "source", "domain", "source_domain", "outlet", "newspaper", "agency"),
}  # fmt: skip
"""The names by which each column is found, in any case; the first that is there counts."""

_FIELDS = tuple(USUAL_NAMES)


def usual_columns(names: Iterable[str], wanted: Columns) -> Columns:
    """Return which of these names holds what: those asked for, else the usual ones; None where there is none."""
    by_lower: dict[str, str] = {}
    for name in names:
        by_lower.setdefault(name.strip().lower(), name)
    found: dict[str, str | None] = {}
    for field in _FIELDS:
        asked = getattr(wanted, field)
        usual = (by_lower[name] for name in USUAL_NAMES[field] if name in by_lower)
        found[field] = asked if asked is not None else next(usual, None)
    return Columns(**found)


def missing_column(names: Iterable[str], wanted: Columns) -> str | None:
    """Say which column is missing from a table with these names, and which option to give; None where all are there."""
    present = list(names)
    listed = ", ".join(present[:30]) or "none"
    for field in _FIELDS:
        asked = getattr(wanted, field)
        if asked is not None and asked not in present:
            near = difflib.get_close_matches(asked, present, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            return f"there is no column {asked!r}{hint} (columns: {listed})"
    if usual_columns(present, wanted).text is None:
        return f"no column of text was found (columns: {listed}); name it with --text-column"
    return None


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the documents of one source: checks text, date and id, and counts."""

    source: str
    settings: Settings

    def record(self, record: Mapping[str, Any], columns: Columns, where: str, own_id: str) -> Document | Reject:
        """Make a document of a record; `own_id` is its id where the record gives none."""
        values = {field: record.get(name) for field in _FIELDS if (name := getattr(columns, field)) is not None}
        text = values.get("text")
        if not isinstance(text, str):
            return self.rejected(where, _no_text(columns.text, text, record), record)
        return self.document(
            text,
            where,
            str(_identifier(values.get("id")) or _text(values.get("url")) or own_id),
            title=_text(values.get("title")),
            url=_text(values.get("url")),
            publisher=_text(values.get("publisher")),
            published=values.get("date"),
        )

    def document(
        self,
        text: str,
        where: str,
        identifier: str,
        *,
        title: str | None = None,
        url: str | None = None,
        publisher: str | None = None,
        published: object = None,
    ) -> Document | Reject:
        """Make a document of a text, or set it aside: no text, too long, a wrong date, an id met before."""
        if len(text) > self.settings.limit:
            reason = f"{len(text):,} characters, more than the {self.settings.limit:,} that a document may have"
            return self.rejected(where, f"{reason}; split it, or raise --max-characters", text)
        text = clean(text, self.source, where, self.settings.progress)
        if not text.strip("\ufffd \t\r\n\f\v\xa0"):
            return self.rejected(where, "the text is empty", identifier)
        try:
            day = self._day(published, where)
        except ValueError as error:
            return self.rejected(where, f"wrong date: {error}; correct it, or give --lenient-dates", text)
        if not self.settings.seen.add(identifier):
            return self.rejected(where, f"the id {identifier!r} was met before in this run", text)
        self.settings.progress.documents += 1
        return Document(identifier, text, title, url, publisher, day)

    def _day(self, published: object, where: str) -> date | None:
        try:
            day = published_day(published)
        except ValueError as error:
            if not self.settings.lenient_dates:
                raise
            message = f"{where}: {error}; read without a date"
            self.settings.progress.notice(self.source, "date", message)
            return None
        if day is not None and either_way(published):
            message = f"{where}: the date {published} was read day first, as {day}; if that is wrong, write YYYY-MM-DD"
            self.settings.progress.notice(self.source, "order", message)
        return self.settings.published if day is None else day

    def rejected(self, where: str, reason: str, item: object = None) -> Reject:
        """Set an item aside and count it."""
        return self.passed(reject(where, reason, item))

    def passed(self, item: Reject) -> Reject:
        """Count an item that was set aside on the way here."""
        self.settings.progress.rejects += 1
        return item


def _text(value: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("name")  # some news interfaces give {"id": ..., "name": ...} for a source
    if not isinstance(value, str):
        return None
    return value.strip().replace("\0", "\ufffd").encode("utf-8", "replace").decode() or None


def _identifier(value: object) -> str | None:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(value) if isinstance(value, str) else None


def _no_text(column: str | None, text: object, record: Mapping[str, Any]) -> str:
    if column is None or column not in record:
        names = ", ".join(str(name) for name in list(record)[:12]) or "nothing"
        return f"no text: none of its keys holds it ({names}); name the key with --text-column"
    kinds = {type(None): "null", bool: "true or false", int: "a number", float: "a number", list: "a list"}
    kind = kinds.get(type(text), "an object" if isinstance(text, Mapping) else type(text).__name__)
    return f"no text: {column!r} is {kind}, not text"
