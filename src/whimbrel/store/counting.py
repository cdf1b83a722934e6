"""Counts of events: how many, the sum of their scores and the mean, by anything that a record says."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select, true

from whimbrel.store.query import one_of
from whimbrel.store.schema import documents, dyads, events, members, parties, places, readings, runs, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, FromClause

    from whimbrel.store.dialects import PostgreSQL, SQLite
    from whimbrel.store.filters import Filters

Cell = str | int | float | None
_SIDES = ("actor.country", "recipient.country")
_EVENT = ("event", "quad", "cameo")
_LISTS = {"mode": "mode", "context": "context", "flag": "flags"}
_PERIODS = ("year", "month", "day")
_OF_PARTY = ("actor.sector", "actor.name", "recipient.sector", "recipient.name")
_OTHERS = ("place.country", "place.admin1", "place.name", "publisher", "document", "source", "run", "coder")
DIMENSIONS = ("dyad", *_PERIODS, *_EVENT, *_LISTS, *_SIDES, *_OF_PARTY, *_OTHERS)
"""What events can be counted by."""
MEASURES = ("events", "score_sum", "score_mean")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under named columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        """Yield each row as a dictionary."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


def dimensions(by: Iterable[str]) -> tuple[str, ...]:
    """Return what to count by, a dyad written as its two sides; raise OptionError, with the nearest, for others."""
    named = [one_of(name, DIMENSIONS, "way to count") for name in by]
    flat = [side for name in named for side in (_SIDES if name == "dyad" else (name,))]
    return tuple(dict.fromkeys(flat))


def count(connection: Connection, dialect: SQLite | PostgreSQL, filters: Filters, by: Sequence[str]) -> Table:
    """Return a row for each group of events: how many there are, the sum and the mean of their scores.

    An event stands once in each group it belongs to; where it has several of a thing (two actors' countries, two
    modes), it stands in several groups. In `dyad` both sides are known, and countries that met, agreed or
    worked together without a recipient face each other both ways; elsewhere None stands for the unknown.
    """
    names = dimensions(by)
    chosen = _Chosen(dialect, events, [], [], {}, mutual="dyad" in by)
    for name in names:
        chosen.add(name)
    if "dyad" in by:
        chosen.where.extend([dyads.c.actor.is_not(None), dyads.c.recipient.is_not(None)])
    columns = [column.label(f"by_{number}") for number, column in enumerate(chosen.columns)]
    source = select(*columns, events.c.score.label("score")).select_from(chosen.joined)
    source = source.where(*filters.clauses, *chosen.where)
    if chosen.repeats or chosen.one_side:
        source = source.add_columns(events.c.number.label("number")).distinct()
    rows = source.subquery()
    groups = [rows.c[column.name] for column in columns]
    grouped = select(*groups, func.count(), func.sum(rows.c.score)).group_by(*groups)
    return _table(names, connection.execute(grouped).all())


@dataclass(slots=True)
class _Chosen:
    """Tables joined and columns chosen so far; `repeats`: an event can come up several times in one group."""

    dialect: SQLite | PostgreSQL
    joined: FromClause
    columns: list[ColumnElement[Any]]
    where: list[ColumnElement[bool]]
    tables: dict[str, FromClause]
    repeats: bool = False
    one_side: bool = False
    mutual: bool = False

    def add(self, name: str) -> None:
        """Choose what to count by."""
        role, _, part = name.partition(".")
        if name in _SIDES:
            self._dyads(role)
        elif role in ("actor", "recipient"):
            self._members(role, part)
        elif role == "place":
            self._join("places", places, lambda table: events.c.place == table.c.number)
            self.columns.append(places.c[part])
        elif name in _PERIODS:
            self.columns.append(self.dialect.period(events.c.date_start, name))  # type: ignore[arg-type]
        elif name in _LISTS or name in _EVENT:
            self.columns.append(events.c[_LISTS.get(name, name)])
        else:
            self._other(name)

    def _join(self, name: str, table: FromClause, on: Callable[[FromClause], ColumnElement[bool]]) -> FromClause:
        if name not in self.tables:
            self.tables[name] = table
            self.joined = self.joined.outerjoin(table, on(table))
        return self.tables[name]

    def _dyads(self, role: str) -> None:
        """Choose a side; one alone repeats an event for each country on the other."""
        asked = true() if self.mutual else ~dyads.c.mutual
        self._join("dyads", dyads, lambda table: and_(table.c.event == events.c.number, asked))
        self.columns.append(dyads.c[role])
        sides = [column for column in self.columns if column is dyads.c.actor or column is dyads.c.recipient]
        self.one_side = len(sides) == 1

    def _members(self, role: str, part: str) -> None:
        member = self._join(
            f"{role}_members", members.alias(f"{role}_members"),
            lambda table: and_(table.c.event == events.c.number, table.c.role == role),
        )  # fmt: skip
        party = self._join(
            f"{role}_parties", parties.alias(f"{role}_parties"), lambda table: member.c.party == table.c.number
        )
        self.columns.append(party.c.primary_sector if part == "sector" else party.c.name)
        self.repeats = True

    def _other(self, name: str) -> None:
        if name in ("run", "coder"):
            self._join("runs", runs, lambda table: events.c.run == table.c.number)
            self.columns.append(runs.c.coder if name == "coder" else events.c.run)
            return
        self._join("documents", documents, lambda table: events.c.document == table.c.number)
        if name == "source":
            self._join("readings", readings, lambda table: table.c.document == documents.c.number)
            self._join("sources", sources, lambda table: readings.c.source == table.c.number)
            self.repeats = True
        column = {"publisher": documents.c.publisher, "document": documents.c.id, "source": sources.c.location}[name]
        self.columns.append(column)


def _table(names: tuple[str, ...], groups: Iterable[Any]) -> Table:
    """Take lists apart, add up what falls together, and order the rows by their groups."""
    totals: dict[tuple[Cell, ...], list[float]] = defaultdict(lambda: [0, 0.0])
    lists = [name in _LISTS for name in names]
    for *cells, number, score in groups:
        for key in _apart(cells, lists):
            totals[key][0] += number
            totals[key][1] += score
    rows = (
        (*key, int(number), round(score, 6), round(score / number, 6)) for key, (number, score) in totals.items()
    )
    ordered = sorted(rows, key=lambda row: tuple((cell is None, cell) for cell in row[: len(names)]))
    return Table((*names, *MEASURES), tuple(ordered))


def _apart(cells: list[Any], lists: list[bool]) -> Iterable[tuple[Cell, ...]]:
    if not any(lists):
        return (tuple(cells),)
    each = [json.loads(cell) or [None] if listed else [cell] for cell, listed in zip(cells, lists, strict=True)]
    return product(*each)
