"""Event records as rows of a table: the columns of CSV and Parquet, the same in both.

Where an event has several of a thing, they stand in one cell, parted by "; ". The columns of one role's parties
(`actor_name`, `actor_country`, ...) hold as many parts as there are parties, in the same order, with an empty part
where a thing is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from whimbrel.records import Count, Event, Mention, Party

Cell = "str | int | float | date | None"
Type = Literal["text", "whole", "number", "day"]
SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it holds, of which type, and how it is taken from an event."""

    name: str
    description: str
    type: Type
    take: Callable[[Event], str | int | float | date | None]


def row(event: Event) -> list[str | int | float | date | None]:
    """Return the event's cells in the order of COLUMNS; None where there is nothing."""
    return [column.take(event) for column in COLUMNS]


def _joined(parts: Iterable[str | None]) -> str | None:
    """Join the parts; None where all are empty. A separator inside a part becomes a comma, to keep the count."""
    listed = [(part or "").replace(";", ",") for part in parts]
    return SEPARATOR.join(listed) if any(listed) else None


def _parties(mentions: Iterable[Mention]) -> list[Party]:
    return [party for mention in mentions for party in mention.members]


def _role(name: str, who: str, take: Callable[[Event], tuple[Mention, ...]]) -> list[Column]:
    def of(part: Callable[[Party], str | None]) -> Callable[[Event], str | None]:
        return lambda event: _joined(part(party) for party in _parties(take(event)))

    return [
        Column(name, f"{who}, in the report's words", "text", lambda event: _joined(part.text for part in take(event))),
        Column(f"{name}_name", f"{who}, by usual name", "text", of(lambda party: party.name)),
        Column(f"{name}_kind", "person, organisation, country or group", "text", of(lambda party: party.kind)),
        Column(f"{name}_country", "ISO 3166-1 alpha-3 or PLOVER code", "text", of(lambda party: party.country)),
        Column(f"{name}_sector", "PLOVER sectors, the primary first, parted by a space", "text", of(_sectors)),
        Column(f"{name}_office", "the office held", "text", of(lambda party: party.office)),
        Column(f"{name}_wikidata", "Wikidata item", "text", of(lambda party: party.wikidata)),
    ]


def _sectors(party: Party) -> str:
    return " ".join(party.sector)


def _counted(name: str, take: Callable[[Event], Count | None]) -> list[Column]:
    def value(event: Event) -> int | None:
        count = take(event)
        return None if count is None else count.value

    def text(event: Event) -> str | None:
        count = take(event)
        return None if count is None else count.text

    return [
        Column(name, f"people {name}, as a number", "whole", value),
        Column(f"{name}_text", f"people {name}, in the report's words", "text", text),
    ]


def _date() -> list[Column]:
    return [
        Column("date_start", "first day of the event", "day", lambda event: event.date.start if event.date else None),
        Column("date_end", "last day of the event", "day", lambda event: event.date.end if event.date else None),
        Column(
            "date_precision",
            "day, week, month, year or range",
            "text",
            lambda event: event.date.precision if event.date else None,
        ),
        Column(
            "date_text",
            "the date in the report's words",
            "text",
            lambda event: event.date.text if event.date else None,
        ),
        Column(
            "date_from",
            "where it was read: text, dateline, or published where the day of publication stands in",
            "text",
            lambda event: event.date.from_ if event.date else None,
        ),
    ]


def _place() -> list[Column]:
    def column(name: str, description: str, kind: Type, part: str) -> Column:
        def take(event: Event) -> str | int | float | None:
            found: str | int | float | None = getattr(event.place, part) if event.place is not None else None
            return found

        return Column(name, description, kind, take)

    return [
        column("place", "where, in the report's words", "text", "text"),
        column("place_name", "where, by the gazetteer's name", "text", "name"),
        column("place_country", "ISO 3166-1 alpha-3 code", "text", "country"),
        column("place_admin1", "first-level region", "text", "admin1"),
        column("latitude", "degrees north (WGS 84)", "number", "latitude"),
        column("longitude", "degrees east (WGS 84)", "number", "longitude"),
        column("geonames", "GeoNames id", "whole", "geonames"),
        column("place_precision", "city, district, region, country or named region", "text", "precision"),
    ]


def _what() -> list[Column]:
    return [
        Column("id", "stable id of the event", "text", lambda event: event.id),
        Column("event", "PLOVER event type", "text", lambda event: event.event),
        Column("mode", "PLOVER modes", "text", lambda event: _joined(event.mode)),
        Column("quad", "verbal or material, cooperation or conflict", "text", lambda event: event.quad),
        Column("score", "conflict or cooperation on PLOVER's scale", "number", lambda event: event.score),
        Column("cameo", "nearest CAMEO code", "text", lambda event: event.cameo),
        Column("goldstein", "Goldstein score, -10 to 10", "number", lambda event: event.goldstein),
        Column("flags", "negated, future, hypothetical, historical", "text", lambda event: _joined(event.flags)),
        Column("context", "PLOVER contexts", "text", lambda event: _joined(event.context)),
        Column("trigger", "the words that name the event", "text", lambda event: event.trigger.text),
        Column("trigger_start", "position of its first character", "whole", lambda event: event.trigger.start),
        Column("trigger_end", "position after its last character", "whole", lambda event: event.trigger.end),
    ]


def _source() -> list[Column]:
    return [
        Column("sentence", "the sentence it was read in", "text", lambda event: event.sentence.text),
        Column("sentence_index", "which sentence, from 0", "whole", lambda event: event.sentence.index),
        Column("sentence_start", "position of its first character", "whole", lambda event: event.sentence.start),
        Column("sentence_end", "position after its last character", "whole", lambda event: event.sentence.end),
        Column("document", "the document's id", "text", lambda event: event.document.id),
        Column("url", "the document's address", "text", lambda event: event.document.url),
        Column("title", "the document's headline", "text", lambda event: event.document.title),
        Column("publisher", "who published it", "text", lambda event: event.document.publisher),
        Column("published", "day of publication", "day", lambda event: event.document.published),
        Column("confidence", "calibrated, 0 to 1", "number", lambda event: event.confidence),
        Column("coder", "version of program and model", "text", lambda event: event.coder),
    ]


COLUMNS: tuple[Column, ...] = (
    *_what(),
    *_role("actor", "who did it", lambda event: event.actor),
    *_role("recipient", "to whom", lambda event: event.recipient),
    *_role("according_to", "who says so", lambda event: (event.according_to,) if event.according_to else ()),
    *_date(),
    *_place(),
    *_counted("killed", lambda event: event.killed),
    *_counted("injured", lambda event: event.injured),
    *_counted("arrested", lambda event: event.arrested),
    *_source(),
)
"""All columns, in order."""
