"""Events out of the store: which ones, in order, page by page, whole as they went in."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, literal, or_, select

from whimbrel.store.query import after_cursor, cursor_of
from whimbrel.store.rows import Mentions, event_of
from whimbrel.store.schema import documents, events, members, mentions, parties, places, runs, sentences, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from whimbrel.records import Event
    from whimbrel.store.filters import Filters
    from whimbrel.store.query import Query

CHUNK = 500
"""Events assembled at a time."""
_ORDERED = {"date": events.c.date_start, "confidence": events.c.confidence, "added": events.c.number}
_OF_EVENT = [column for column in events.c if column.name not in {"document", "run", "sentence", "place", "current"}]


@dataclass(frozen=True, slots=True)
class Page:
    """Some events in order; `next` is the cursor of the page after, None on the last."""

    events: tuple[Event, ...]
    next: str | None


def numbers_of(connection: Connection, query: Query, filters: Filters) -> array[int]:
    """Return the numbers of the events asked for, in order; 8 bytes each."""
    found: Iterable[Row[Any]] = connection.execute(_ordered(query, filters).limit(query.limit))
    return array("q", (row[0] for row in found))


def page_of(connection: Connection, query: Query, filters: Filters, size: int) -> tuple[list[int], str | None]:
    """Return the numbers of one page, and the cursor of the next."""
    rows: Sequence[Row[Any]] = connection.execute(_ordered(query, filters).limit(size + 1)).all()
    shown = rows[:size]
    if len(rows) <= size:
        return [row[0] for row in shown], None
    last: Any = shown[-1]
    return [row[0] for row in shown], cursor_of(query.order, last[1], last[0])


def _ordered(query: Query, filters: Filters) -> Select[Any]:
    """Select numbers and what they are ordered by; undated events come first, or last where the newest come first."""
    value, falling = _ORDERED[query.order.lstrip("-")], query.order.startswith("-")
    chosen = select(events.c.number, value).where(*filters.clauses)
    if (after := after_cursor(query)) is not None:
        chosen = chosen.where(_after(value, *after, falling=falling))
    if falling:
        first = value.desc().nulls_last() if value.nullable else value.desc()
        return chosen.order_by(first, events.c.number.desc())
    return chosen.order_by(value.asc().nulls_first() if value.nullable else value.asc(), events.c.number.asc())


def _after(column: ColumnElement[Any], value: object, number: int, *, falling: bool) -> ColumnElement[bool]:
    beyond = events.c.number < number if falling else events.c.number > number
    if value is None:
        same = and_(column.is_(None), beyond)
        return same if falling else or_(same, column.is_not(None))
    further = column < value if falling else column > value
    after = or_(further, and_(column == value, beyond))
    return or_(after, column.is_(None)) if falling else after


def whole(connection: Connection, numbers: Sequence[int], *, texts_too: bool = False) -> Iterator[Event]:
    """Yield the events with these numbers, in this order; `texts_too`: with the whole text of their documents."""
    for start in range(0, len(numbers), CHUNK):
        chunk = list(numbers[start : start + CHUNK])
        found = _assembled(connection, chunk, texts_too=texts_too)
        for number in chunk:
            yield found[number]


def _assembled(connection: Connection, numbers: list[int], *, texts_too: bool) -> dict[int, Event]:
    gathered = _mentions(connection, numbers)
    body = texts.c.text if texts_too else literal("")
    joined = (
        events.join(documents, events.c.document == documents.c.number)
        .join(sentences, events.c.sentence == sentences.c.number)
        .join(runs, events.c.run == runs.c.number)
        .outerjoin(places, events.c.place == places.c.number)
    )
    if texts_too:
        joined = joined.join(texts, texts.c.document == documents.c.number)
    place = places.c
    wanted = select(
        *_OF_EVENT, documents.c.id.label("document_id"), body.label("document_text"), documents.c.title,
        documents.c.url, documents.c.publisher, documents.c.published, sentences.c.sentence,
        sentences.c.sentence_index, sentences.c.sentence_start, sentences.c.sentence_end, runs.c.coder,
        place.name.label("place_name"), place.country.label("place_country"), place.admin1, place.latitude,
        place.longitude, place.geonames, place.precision.label("place_precision"),
    )  # fmt: skip
    rows = connection.execute(wanted.select_from(joined).where(events.c.number.in_(numbers))).mappings()
    return {row["number"]: event_of(row, gathered) for row in rows}


def _mentions(connection: Connection, numbers: Iterable[int]) -> Mentions:
    chosen, people = mentions.c, members.c
    spans = select(mentions).where(chosen.event.in_(numbers)).order_by(chosen.event, chosen.role, chosen.position)
    who = (
        select(people.event, people.role, people.position, *(parties.c[name] for name in _PARTY))
        .join(parties, people.party == parties.c.number)
        .where(people.event.in_(numbers))
        .order_by(people.event, people.role, people.position, people.member)
    )
    return Mentions.of(connection.execute(spans).mappings(), connection.execute(who).mappings())


_PARTY = ("name", "kind", "country", "sector", "office", "wikidata")
