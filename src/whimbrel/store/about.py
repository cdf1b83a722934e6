"""What a store holds, and whether it is whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date  # noqa: TC003  part of a public value
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from whimbrel.store.dialects import SQLite
from whimbrel.store.schema import SCHEMA, codings, documents, events, ingests, parties, places, rejects, runs, sources

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

    from whimbrel.store.dialects import PostgreSQL


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One coder with its settings: since when, until when, how many documents it coded and events of it are current."""

    number: int
    coder: str
    settings: dict[str, Any]
    started: str
    finished: str | None
    documents: int
    events: int
    current: int


@dataclass(frozen=True, slots=True)
class IngestInfo:
    """One call of ingest; `finished` is None where it was stopped, or is still running."""

    number: int
    run: int
    sources: tuple[str, ...]
    started: str
    finished: str | None
    documents: int
    events: int
    known: int
    rejects: int


@dataclass(frozen=True, slots=True)
class Info:
    """What a store holds. `documents` counts ids, `versions` their texts; `events` are the current ones, of `codings`.

    `first` and `last` are the days on which the earliest and the latest event begin; `bytes` is the size of the file
    or database.
    """

    name: str
    version: int
    bytes: int
    documents: int
    versions: int
    events: int
    codings: int
    parties: int
    places: int
    sources: int
    rejects: int
    first: date | None
    last: date | None
    types: dict[str, int]
    runs: tuple[RunInfo, ...]
    ingests: tuple[IngestInfo, ...]


def info_of(connection: Connection, dialect: SQLite | PostgreSQL) -> Info:
    """Return what a store holds."""
    by_type = select(events.c.event, func.count()).where(events.c.current).group_by(events.c.event)
    most_first = sorted(connection.execute(by_type), key=lambda row: (-row[1], row[0]))
    types: dict[str, int] = {row[0]: row[1] for row in most_first}
    days = select(func.min(events.c.date_start), func.max(events.c.date_start)).where(events.c.current)
    first, last = connection.execute(days).one()
    counts = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (documents, events, parties, places, sources, rejects)
    }
    present = select(func.count()).select_from(documents).where(documents.c.current)
    return Info(
        name=dialect.name,
        version=SCHEMA,
        bytes=_size(connection, dialect),
        documents=connection.execute(present).scalar_one(),
        versions=counts["documents"],
        events=sum(types.values()),
        codings=counts["events"],
        parties=counts["parties"],
        places=counts["places"],
        sources=counts["sources"],
        rejects=counts["rejects"],
        first=first,
        last=last,
        types=types,
        runs=_runs(connection),
        ingests=_ingests(connection),
    )


def _size(connection: Connection, dialect: SQLite | PostgreSQL) -> int:
    if isinstance(dialect, SQLite):
        pages, size = (connection.execute(text(f"pragma {name}")).scalar_one() for name in ("page_count", "page_size"))
        return int(pages * size)
    return int(connection.execute(text("select pg_database_size(current_database())")).scalar_one())


def _runs(connection: Connection) -> tuple[RunInfo, ...]:
    def counted(asked: Select[Any]) -> dict[int, int]:
        return {row[0]: row[1] for row in connection.execute(asked)}

    coded = counted(select(codings.c.run, func.count()).group_by(codings.c.run))
    by_run = select(events.c.run, func.count()).group_by(events.c.run)
    found, current = counted(by_run), counted(by_run.where(events.c.current))
    return tuple(
        RunInfo(
            row["number"], row["coder"], json.loads(row["settings"]), row["started"], row["finished"],
            coded.get(row["number"], 0), found.get(row["number"], 0), current.get(row["number"], 0),
        )
        for row in connection.execute(select(runs).order_by(runs.c.number)).mappings()
    )  # fmt: skip


def _ingests(connection: Connection) -> tuple[IngestInfo, ...]:
    return tuple(
        IngestInfo(
            row["number"], row["run"], tuple(json.loads(row["sources"])), row["started"], row["finished"],
            row["documents"], row["events"], row["known"], row["rejects"],
        )
        for row in connection.execute(select(ingests).order_by(ingests.c.number)).mappings()
    )  # fmt: skip


def faults_of(connection: Connection, dialect: SQLite | PostgreSQL) -> list[str]:
    """Return what is not whole in a store; reads all of it. A server checks its pages itself (pg_amcheck)."""
    found = []
    if isinstance(dialect, SQLite):
        found += [row[0] for row in connection.execute(text("pragma integrity_check")) if row[0] != "ok"]
        found += [f"row {row[1]} of {row[0]} refers to a missing row of {row[2]}"
                  for row in connection.execute(text("pragma foreign_key_check"))]  # fmt: skip
        found += _search_faults(connection)
    total = select(func.coalesce(func.sum(codings.c.events), 0))
    told = connection.execute(total).scalar_one()
    held = connection.execute(select(func.count()).select_from(events)).scalar_one()
    if told != held:
        found.append(f"the codings tell of {told:,} events and {held:,} are there")
    return found


def _search_faults(connection: Connection) -> list[str]:
    """Compare the index for text search with the texts; it says so by an error where they differ."""
    try:
        connection.execute(text("insert into documents_text (documents_text, rank) values ('integrity-check', 1)"))
    except DatabaseError as error:
        return [f"the index for text search is not that of the texts ({error.orig})"]
    return []
