"""All in which SQLite and PostgreSQL differ: connecting, taking turns at writing, text search, months, distance."""

from __future__ import annotations

import importlib.util
import math
import os
import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import quote

from sqlalchemy import (
    Connection,
    Date,
    Double,
    Engine,
    Integer,
    Text,
    column,
    create_engine,
    event,
    func,
    literal_column,
    make_url,
    select,
    table,
    text,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from whimbrel.errors import OptionError
from whimbrel.store.faults import StoreError

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select

Period = Literal["day", "month", "year"]

APPLICATION_ID = 0x57484D42  # "WHMB": tells a store from other programs' SQLite files
_BUSY_SECONDS = 10.0
_LOCK = 0x57484D42
"""The key of PostgreSQL's advisory lock under which writers of a store take turns."""
_EARTH_KM = 6371.0088  # mean radius, IUGG
SEARCHED_CHARACTERS = 250_000
"""Characters of a document that PostgreSQL searches: its tsvector holds at most one megabyte."""

_TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')


class Dialect(Protocol):
    """What a kind of database does in its own way."""

    name: str
    """How messages name the store: its path, or its address without the password."""

    def connect(self) -> Engine:
        """Return an engine; nothing is opened yet."""
        ...

    def lock(self, connection: Connection) -> None:
        """Wait for the turn at writing, until the transaction ends."""
        ...

    def make_search(self, connection: Connection) -> None:
        """Make the index for text search."""
        ...

    def index_texts(self, connection: Connection, first: int, last: int) -> None:
        """Add the documents with these numbers to the index for text search."""
        ...

    def matching(self, words: str) -> Select[Any]:
        """Return the numbers of the documents in which the words stand."""
        ...

    def period(self, day: ColumnElement[Any], period: Period) -> ColumnElement[str]:
        """Return the month ("2023-10"), year or day of a date, as text."""
        ...

    def distance(
        self, latitude: ColumnElement[float], longitude: ColumnElement[float], to: tuple[float, float]
    ) -> ColumnElement[float]:
        """Return the kilometres to a point, in degrees (WGS 84), on the great circle."""
        ...


def dialect_of(store: str | Path) -> SQLite | PostgreSQL:
    """Return the dialect of a path, an sqlite:/// or a postgresql:// address."""
    if isinstance(store, Path) or "://" not in store:
        return SQLite(Path(store))
    if store.startswith("sqlite:///"):
        return SQLite(Path(store.removeprefix("sqlite:///")))
    if store.startswith(("postgres://", "postgresql://", "postgresql+psycopg://")):
        return PostgreSQL(store)
    raise OptionError(f"{store.split('://')[0]}:// is no store; give a file (record.db) or a postgresql:// address")


class SQLite:
    """A store in one file (WAL mode), read by many at once and written by one at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)

    def connect(self) -> Engine:
        """Return an engine on the file; nothing is opened yet."""
        engine = create_engine("sqlite://", creator=self._open, poolclass=QueuePool, pool_size=4)
        event.listen(engine, "begin", _begin)
        return engine

    def _open(self) -> sqlite3.Connection:
        """Open the file, never make it: `Store.create` does that."""
        connection = sqlite3.connect(
            f"file:{quote(str(self.path.absolute()))}?{self._mode()}", uri=True, timeout=_BUSY_SECONDS,
            isolation_level=None, check_same_thread=False,
        )  # fmt: skip
        for pragma in ("foreign_keys=on", "synchronous=full", "cache_size=-65536", "temp_store=memory"):
            connection.execute(f"pragma {pragma}")
        connection.create_function("whimbrel_distance", 4, distance_km, deterministic=True)
        return connection

    def _mode(self) -> str:
        """Read a store in a folder that cannot be written as it stands, if no other program is at it."""
        beside = self.path.with_name(f"{self.path.name}-wal")
        waiting = beside.exists() and beside.stat().st_size > 0
        effective = os.access in os.supports_effective_ids
        folder = self.path.absolute().parent
        if not waiting and self.path.exists() and not os.access(folder, os.W_OK, effective_ids=effective):
            return "immutable=1"
        return "mode=rw"

    def lock(self, connection: Connection) -> None:
        """Nothing is left to do: the transaction began with BEGIN IMMEDIATE."""

    def make_search(self, connection: Connection) -> None:
        """Make the FTS5 table; its texts stay where they are, in `documents` and `texts`."""
        connection.execute(text(
            "create view documents_read as select number, title, text from documents join texts on document = number"
        ))  # fmt: skip
        connection.execute(text(
            "create virtual table documents_text using fts5(title, text, content='documents_read', "
            "content_rowid='number', tokenize='porter unicode61 remove_diacritics 2')"
        ))  # fmt: skip

    def index_texts(self, connection: Connection, first: int, last: int) -> None:
        """Add documents to the index."""
        connection.execute(
            text(
                "insert into documents_text (rowid, title, text) "
                "select number, title, text from documents_read where number between :first and :last"
            ),
            {"first": first, "last": last},
        )

    def matching(self, words: str) -> Select[Any]:
        """Return the numbers of the documents in which the words stand."""
        found = table("documents_text", column("rowid", Integer))
        wanted = literal_column("documents_text").op("match")(fts5(words))
        return select(found.c.rowid).where(wanted)

    def period(self, day: ColumnElement[Any], period: Period) -> ColumnElement[str]:
        """Return the beginning of the date, which is stored as text."""
        length = {"day": 10, "month": 7, "year": 4}[period]
        return func.substr(day, 1, length, type_=Text)

    def distance(
        self, latitude: ColumnElement[float], longitude: ColumnElement[float], to: tuple[float, float]
    ) -> ColumnElement[float]:
        """Return the kilometres to a point."""
        return func.whimbrel_distance(latitude, longitude, *to, type_=Double)


class PostgreSQL:
    """A store on a server, for several that read and write."""

    def __init__(self, address: str) -> None:
        if importlib.util.find_spec("psycopg") is None:
            raise OptionError("PostgreSQL needs psycopg, which is not installed; pip install 'whimbrel[postgres]'")
        try:
            self._url = make_url(address).set(drivername="postgresql+psycopg")
        except ArgumentError as error:
            raise OptionError("this is no postgresql:// address; write postgresql://user@server/database") from error
        self.name = self._url.set(drivername="postgresql").render_as_string(hide_password=True)

    def connect(self) -> Engine:
        """Return an engine; nothing is opened yet."""
        return create_engine(self._url, pool_size=4, pool_pre_ping=True)

    def lock(self, connection: Connection) -> None:
        """Wait for the store's advisory lock: writing is short, so writers take turns and never meet half-way."""
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})

    def make_search(self, connection: Connection) -> None:
        """Make the table of search vectors."""
        connection.execute(text(
            "create table documents_text (document bigint primary key references documents (number), "
            "searched tsvector not null)"
        ))  # fmt: skip
        connection.execute(text("create index documents_searched on documents_text using gin (searched)"))

    def index_texts(self, connection: Connection, first: int, last: int) -> None:
        """Add documents to the index."""
        connection.execute(
            text(
                "insert into documents_text (document, searched) select number, to_tsvector('english', "
                "left(coalesce(title, '') || ' ' || text, :most)) "
                "from documents join texts on document = number where number between :first and :last"
            ),
            {"first": first, "last": last, "most": SEARCHED_CHARACTERS},
        )

    def matching(self, words: str) -> Select[Any]:
        """Return the numbers of the documents in which the words stand."""
        fts5(words)  # the same words are refused on both
        found = table("documents_text", column("document", Integer), column("searched"))
        query = func.websearch_to_tsquery(literal_column("'english'"), words)
        return select(found.c.document).where(found.c.searched.op("@@")(query))

    def period(self, day: ColumnElement[Any], period: Period) -> ColumnElement[str]:
        """Return the date, written so far as wanted."""
        form = {"day": "YYYY-MM-DD", "month": "YYYY-MM", "year": "YYYY"}[period]
        return func.to_char(day.cast(Date), literal_column(f"'{form}'"), type_=Text)

    def distance(
        self, latitude: ColumnElement[float], longitude: ColumnElement[float], to: tuple[float, float]
    ) -> ColumnElement[float]:
        """Return the kilometres to a point, by the haversine formula as in `distance_km`."""
        here, there = func.radians(latitude), math.radians(to[0])
        north = func.sin((here - there) / 2)
        east = func.sin(func.radians(longitude - to[1]) / 2)
        chord = north * north + func.cos(here) * math.cos(there) * east * east
        return 2 * _EARTH_KM * func.asin(func.least(1.0, func.sqrt(chord)))


def distance_km(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Return the kilometres between two points in degrees, on the great circle (haversine formula).

    >>> round(distance_km(30.04, 31.24, 31.50, 34.47))  # Cairo to Gaza
    349
    """
    here, there = math.radians(latitude), math.radians(to_latitude)
    north = math.sin((here - there) / 2)
    east = math.sin(math.radians(longitude - to_longitude) / 2)
    chord = north * north + math.cos(here) * math.cos(there) * east * east
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))




def fts5(words: str) -> str:
    """Return words as FTS5 wants them: all must stand in the text; "a phrase", OR, and -not are understood.

    Raises OptionError where there is no word to look for.

    >>> fts5('grain "Black Sea" -wheat')
    '(("grain" AND "Black Sea") NOT ("wheat"))'
    """
    alternatives: list[tuple[list[str], list[str]]] = [([], [])]
    for minus, phrase, word in _TERM.findall(words):
        term = phrase or word
        if term == word and word.upper() == "OR":
            alternatives.append(([], []))
        elif any(sign.isalnum() for sign in term):
            alternatives[-1][bool(minus)].append('"' + term.replace('"', "") + '"')
    if not all(wanted for wanted, _ in alternatives):
        raise OptionError(f"--text {words!r} names no word to look for; give one, such as --text ceasefire")
    return " OR ".join(f"({_all_of(*alternative)})" for alternative in alternatives)


def _all_of(wanted: list[str], excluded: list[str]) -> str:
    joined = " AND ".join(wanted)
    return f"({joined}) NOT ({' OR '.join(excluded)})" if excluded else joined


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("whimbrel_writes", False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def make_file(path: Path) -> None:
    """Make an SQLite file in WAL mode that says whose it is; raises StoreError where there is one already."""
    try:
        with path.open("xb"):
            pass
    except FileExistsError:
        raise StoreError(f"{path} is there already and was left as it is; choose another name") from None
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be made ({error.strerror or error}); check the folder and its rights"
        ) from error
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("pragma journal_mode=wal")
        connection.execute(f"pragma application_id={APPLICATION_ID}")
    finally:
        connection.close()
