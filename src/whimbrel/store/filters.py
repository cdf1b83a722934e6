"""A query's fields as conditions of SQL, each known by the option that asks for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, false, func, or_, select, true

from whimbrel.errors import OptionError
from whimbrel.store.names import Who, country_of, who
from whimbrel.store.query import options_of
from whimbrel.store.schema import (
    documents,
    dyads,
    events,
    members,
    mentions,
    parties,
    places,
    readings,
    runs,
    sources,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Column, ColumnElement, Connection, Select

    from whimbrel.store.dialects import PostgreSQL, SQLite
    from whimbrel.store.query import Query

    _Clauses = Iterable[tuple[tuple[str, ...], ColumnElement[bool]]]

_KM_A_DEGREE = 110.0
"""Fewer than a degree of latitude has anywhere (110.57), so that no place in reach is passed over."""
_MANY = 5_000
"""Documents found by their text above which going through events by date is quicker, at a hundred events a page."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition, and the options that ask for it."""

    option: str
    clause: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Filters:
    """A query's conditions on `events`: `base` says which codings, the others what was asked."""

    base: ColumnElement[bool]
    asked: tuple[Filter, ...]

    @property
    def clauses(self) -> tuple[ColumnElement[bool], ...]:
        """All conditions."""
        return (self.base, *(each.clause for each in self.asked))


def filters_of(query: Query, connection: Connection, dialect: SQLite | PostgreSQL) -> Filters:
    """Return a query's conditions; raises OptionError where it names something that the store does not know."""
    written = options_of(query)
    asked = []
    for names, clause in (
        *_about_parties(query, connection),
        *_about_events(query),
        *_about_places(query, dialect),
        *_about_documents(query, connection, dialect),
    ):
        option = " ".join(written[name] for name in names if written.get(name))
        asked.append(Filter(option, clause))
    return Filters(_codings(query, connection), tuple(asked))



def _codings(query: Query, connection: Connection) -> ColumnElement[bool]:
    if query.run:
        wanted = [int(number) for number in query.many("run")]
        known = set(connection.execute(select(runs.c.number)).scalars())
        for number in wanted:
            if number not in known:
                listed = ", ".join(map(str, sorted(known))) or "none yet"
                raise OptionError(f"there is no run {number} in the store; its runs: {listed}")
        return events.c.run.in_(wanted)
    return true() if query.superseded else events.c.current


def _about_parties(query: Query, connection: Connection) -> _Clauses:
    actors, recipients, others = (
        [who(word, connection) for word in query.many(name)] for name in ("actor", "recipient", "with_")
    )
    if others and (actors or recipients):
        yield ("actor", "recipient", "with_"), _between(actors or recipients, others)
    else:
        if actors:
            yield ("actor",), _any(actors, "actor")
        if recipients:
            yield ("recipient",), _any(recipients, "recipient")
        if others:
            yield ("with_",), or_(_any(others, "actor"), _any(others, "recipient"))
    if query.country:
        codes = [country_of(word) for word in query.many("country")]
        yield ("country",), or_(_countries(codes, "actor"), _countries(codes, "recipient"))
    if query.sector:
        meant = [Who(sector=word) for word in query.many("sector")]
        yield ("sector",), or_(_any(meant, "actor"), _any(meant, "recipient"))


def _between(one: list[Who], other: list[Who]) -> ColumnElement[bool]:
    """Say that the two face each other, whichever way round, or act together towards nobody."""
    return or_(_facing(one, other), _facing(other, one), _together(one, other))


def _together(one: list[Who], other: list[Who]) -> ColumnElement[bool]:
    """Say that both act, and nobody is acted upon."""
    if _only_countries([*one, *other]):
        alone = select(dyads.c.event).where(dyads.c.recipient.is_(None))
        sides = (dyads.c.actor.in_([each.country for each in side]) for side in (one, other))
        return and_(*(events.c.number.in_(alone.where(side)) for side in sides))
    received = exists().where(mentions.c.event == events.c.number, mentions.c.role == "recipient")
    return and_(_any(one, "actor"), _any(other, "actor"), ~received)


def _facing(actors: list[Who], recipients: list[Who]) -> ColumnElement[bool]:
    if _only_countries([*actors, *recipients]):
        pairs = select(dyads.c.event).where(
            dyads.c.actor.in_([each.country for each in actors]),
            dyads.c.recipient.in_([each.country for each in recipients]),
        )
        return events.c.number.in_(pairs)
    return and_(_any(actors, "actor"), _any(recipients, "recipient"))


def _only_countries(meant: Iterable[Who]) -> bool:
    return all(each.country and not each.sector for each in meant)


def _any(meant: list[Who], role: str) -> ColumnElement[bool]:
    """Say that one of these has the role."""
    codes = [each.country for each in meant if each.country and not each.sector]
    numbers = [number for each in meant for number in each.parties]
    clauses = [_countries(codes, role)] if codes else []
    if numbers:
        clauses.append(_has_member(role, members.c.party.in_(numbers)))
    clauses.extend(_has_member(role, members.c.party.in_(_of_sector(each))) for each in meant if each.sector)
    return or_(*clauses)


def _countries(codes: list[Any], role: str) -> ColumnElement[bool]:
    return events.c.number.in_(select(dyads.c.event).where(dyads.c[role].in_(codes), ~dyads.c.mutual))


def _has_member(role: str, of: ColumnElement[bool]) -> ColumnElement[bool]:
    return events.c.number.in_(select(members.c.event).where(members.c.role == role, of))


def _of_sector(meant: Who) -> Select[tuple[int]]:
    found = select(parties.c.number).where(_lists(parties.c.sector, meant.sector or ""))
    return found.where(parties.c.country == meant.country) if meant.country else found


def _lists(column: Column[str], word: str) -> ColumnElement[bool]:
    """Say that a list (JSON array in text) holds a word."""
    return column.contains(json.dumps(word, ensure_ascii=False), autoescape=True)


def _about_events(query: Query) -> _Clauses:
    columns = events.c
    if query.event:
        yield ("event",), columns.event.in_(query.event)
    if query.quad:
        yield ("quad",), columns.quad.in_(query.quad)
    for name, column in (("mode", columns.mode), ("context", columns.context), ("flag", columns.flags)):
        if words := query.many(name):
            yield (name,), or_(*(_lists(column, word) for word in words))
    if words := query.many("without_flag"):
        yield ("without_flag",), or_(columns.flags == "[]", ~or_(*(_lists(columns.flags, word) for word in words)))
    if query.since is not None:
        yield ("since",), columns.date_start >= query.since
    if query.until is not None:
        yield ("until",), columns.date_start <= query.until
    if query.confidence is not None:
        yield ("confidence",), columns.confidence >= query.confidence


def _about_places(query: Query, dialect: SQLite | PostgreSQL) -> _Clauses:
    if query.place_country:
        codes = [country_of(word) for word in query.many("place_country")]
        yield ("place_country",), _placed(places.c.country.in_(codes))
    if query.near is not None and query.within is not None:
        reach = query.within / _KM_A_DEGREE
        band = places.c.latitude.between(query.near[0] - reach, query.near[0] + reach)
        distance = dialect.distance(places.c.latitude, places.c.longitude, query.near)
        yield ("near", "within"), _placed(and_(band, distance <= query.within))
    if query.box is not None:
        south, west, north, east = query.box
        longitude = places.c.longitude
        across = longitude.between(west, east) if west <= east else or_(longitude >= west, longitude <= east)
        yield ("box",), _placed(and_(places.c.latitude.between(south, north), across))


def _placed(where: ColumnElement[bool]) -> ColumnElement[bool]:
    return events.c.place.in_(select(places.c.number).where(where))


def _about_documents(query: Query, connection: Connection, dialect: SQLite | PostgreSQL) -> _Clauses:
    if query.text is not None:
        yield ("text",), _matching(query.text, connection, dialect)
    if publishers := query.many("publisher"):
        wanted = func.lower(documents.c.publisher).in_([name.lower() for name in publishers])
        yield ("publisher",), events.c.document.in_(select(documents.c.number).where(wanted))
    if ids := query.many("document"):
        yield ("document",), events.c.document.in_(select(documents.c.number).where(documents.c.id.in_(ids)))
    if query.source:
        numbers = [number for word in query.many("source") for number in _source(word, connection)]
        read = select(readings.c.document).where(readings.c.source.in_(numbers)) if numbers else None
        yield ("source",), events.c.document.in_(read) if read is not None else false()


def _matching(words: str, connection: Connection, dialect: SQLite | PostgreSQL) -> ColumnElement[bool]:
    """Say that the words stand in the document; where most have them, look through the events in their order instead.

    The sum keeps SQLite from going through the many documents one by one.
    """
    found = dialect.matching(words)
    many = connection.execute(select(func.count()).select_from(found.limit(_MANY + 1).subquery())).scalar_one() > _MANY
    return (events.c.document + 0).in_(found) if many else events.c.document.in_(found)


def _source(word: str, connection: Connection) -> list[int]:
    """Return the numbers of the sources with this location, or, with none, of those that hold the words."""
    column = sources.c.location
    exact = connection.execute(select(sources.c.number).where(column == word)).scalars().all()
    if exact:
        return list(exact)
    return list(connection.execute(select(sources.c.number).where(column.contains(word, autoescape=True))).scalars())
