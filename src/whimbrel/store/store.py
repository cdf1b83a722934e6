"""The store: a record of documents and events that is written once and read for years."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Engine, insert, inspect, select

from whimbrel.errors import OptionError
from whimbrel.reading import Reject
from whimbrel.records import Document
from whimbrel.store import about, counting, finding
from whimbrel.store.dialects import SQLite, dialect_of, make_file
from whimbrel.store.emptiness import why_nothing
from whimbrel.store.faults import PATIENCE, StoreError, patiently, told
from whimbrel.store.filters import filters_of
from whimbrel.store.ingesting import Ingest, StreamCoder, Tally
from whimbrel.store.migrations import STEPS, backup, check_version, upgrade, version_of
from whimbrel.store.query import Query
from whimbrel.store.schema import SCHEMA, documents, events, metadata, readings, rejects, sources, store
from whimbrel.store.writing import now
from whimbrel.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import Self

    from sqlalchemy import Connection

    from whimbrel.records import Event
    from whimbrel.store.dialects import PostgreSQL
    from whimbrel.store.migrations import Steps

Result = TypeVar("Result")
_EVERYTHING = Query()


class Store:
    """An open store; use `Store.open` or `Store.create`, and close it or use it in a `with` statement.

    A store is an SQLite file or a `postgresql://` address. All methods raise StoreError where the store cannot be
    read or written.

        with Store.open("record.db") as store:
            for event in store.events(Query(actor="KEN", event="CONSULT", since="2023-10")):
                print(event.date, event.sentence.text)
    """

    def __init__(self, dialect: SQLite | PostgreSQL) -> None:
        self.dialect = dialect
        self.name = dialect.name
        self.patience = PATIENCE
        self.engine: Engine = dialect.connect()

    @classmethod
    def open(cls, store: str | Path) -> Self:
        """Open a store that is there; raises StoreError for anything else, and for one of another release."""
        opened = cls(dialect_of(store))
        try:
            opened._look()
        except BaseException:
            opened.close()
            raise
        return opened

    @classmethod
    def create(cls, store: str | Path) -> Self:
        """Make a new, empty store and open it; raises StoreError where something is there already."""
        made = cls(dialect_of(store))
        if isinstance(made.dialect, SQLite):
            make_file(made.dialect.path)
        try:
            made.write(made._make)
        except BaseException:
            made.close()
            if isinstance(made.dialect, SQLite):
                made.dialect.path.unlink(missing_ok=True)
            raise
        return made

    def _make(self, connection: Connection) -> None:
        if there := inspect(connection).get_table_names():
            raise StoreError(
                f"{self.name} holds tables already ({', '.join(sorted(there)[:5])}) and was left as it is; "
                "choose an empty database"
            )
        metadata.create_all(connection)
        self.dialect.make_search(connection)
        values = {"schema": str(SCHEMA), "created": now(), "created_by": f"whimbrel {__version__}"}
        connection.execute(insert(store), [{"key": key, "value": value} for key, value in values.items()])

    def _look(self) -> None:
        if isinstance(self.dialect, SQLite):
            _file_there(self.dialect.path)
        with self.reading() as connection:
            check_version(version_of(connection, self.name), self.name)

    @classmethod
    def upgrade(
        cls, store: str | Path, *, copy: bool = True, steps: Steps = STEPS, wanted: int = SCHEMA
    ) -> tuple[int, Path | None]:
        """Bring a store of an older release up to this one's version, in one transaction, after copying it beside.

        Returns the version it had, and the copy's path (None where none was needed or wanted). Raises StoreError,
        with the store as it was, where a step or the copy fails.
        """
        opened = cls(dialect_of(store))
        with contextlib.closing(opened):
            if isinstance(opened.dialect, SQLite):
                _file_there(opened.dialect.path)
            with opened.reading() as connection:
                found = version_of(connection, opened.name)
            if found >= wanted:
                check_version(found, opened.name, wanted)
                return found, None
            made = backup(opened.dialect, found) if copy else None
            opened.write(lambda connection: upgrade(connection, found, steps, wanted))
            return found, made

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection that sees the store as it is at this moment."""
        with told(self.name), self.engine.connect() as connection:
            yield connection

    def write(self, step: Callable[[Connection], Result]) -> Result:
        """Run a step as one transaction when it is this program's turn to write: all of it is stored, or nothing."""

        def once() -> Result:
            with self.engine.connect().execution_options(whimbrel_writes=True) as connection, connection.begin():
                self.dialect.lock(connection)
                return step(connection)

        return patiently(once, self.name, self.patience)

    def ingest(
        self,
        documents: Iterable[Document | Reject],
        coder: StreamCoder,
        *,
        source: str | None = None,
        settings: Mapping[str, object] | None = None,
        update: bool = False,
        recode: bool = False,
        stored: Callable[[Tally], None] | None = None,
    ) -> Tally:
        """Code documents and store them with their events; returns what was done.

        `documents` may come from `whimbrel.read`, rejects among them. Those that are stored already are passed over,
        so an ingest that was stopped goes on when called again. `source` says where they were read; `settings` tell
        runs of one coder apart (by default its `min_confidence`); `update` stores a changed text as a newer version
        of its document, instead of setting it aside; `recode` codes known documents again where another coder or
        settings coded them. `stored` is called after each batch.
        """
        run = self.begin(coder, settings=settings, sources=[source] if source else [], update=update, recode=recode)
        run.stored = stored
        with run:
            for item in documents:
                run.add(item, source)
        return run.tally

    def begin(
        self,
        coder: StreamCoder,
        *,
        settings: Mapping[str, object] | None = None,
        sources: Iterable[str] = (),
        update: bool = False,
        recode: bool = False,
    ) -> Ingest:
        """Return an ingest to be used in a `with` statement, for items that come from several sources."""
        return Ingest(self, coder, _settings(coder) if settings is None else settings, list(sources), update, recode)

    def recode(
        self,
        coder: StreamCoder,
        *,
        settings: Mapping[str, object] | None = None,
        stored: Callable[[Tally], None] | None = None,
    ) -> Tally:
        """Code every stored document again that this coder has not coded; its codings become the current ones."""
        run = self.begin(coder, settings=settings, recode=True)
        run.stored = stored
        with run:
            run.recode_stored()
        return run.tally

    def events(self, query: Query = _EVERYTHING, *, texts: bool = False) -> Iterator[Event]:
        """Yield the events that a query asks for; `texts`: with the text of their documents, which is "" else.

        Raises OptionError, before the first event, where the query names something unknown.
        """
        with self.reading() as connection:
            chosen = finding.numbers_of(connection, query, filters_of(query, connection, self.dialect))
        return self._events(chosen, texts=texts)

    def _events(self, numbers: Any, *, texts: bool) -> Iterator[Event]:
        for start in range(0, len(numbers), finding.CHUNK):
            with self.reading() as connection:
                chunk = list(finding.whole(connection, numbers[start : start + finding.CHUNK], texts_too=texts))
            yield from chunk

    def page(self, query: Query = _EVERYTHING, *, size: int = 100) -> finding.Page:
        """Return one page of a query's events (`size`, or the query's `limit`), and the cursor of the next.

        Pages stay stable while documents are added: no event comes twice, none that was there is passed over.
        """
        with self.reading() as connection:
            filters = filters_of(query, connection, self.dialect)
            numbers, cursor = finding.page_of(connection, query, filters, query.limit or size)
            return finding.Page(tuple(finding.whole(connection, numbers)), cursor)

    def count(self, query: Query = _EVERYTHING, *, by: Iterable[str] = ()) -> counting.Table:
        """Return a table of how many events there are in each group, the sum of their scores and the mean.

        `by` names what to group by: `whimbrel.store.DIMENSIONS`; raises OptionError for others.
        """
        with self.reading() as connection:
            filters = filters_of(query, connection, self.dialect)
            return counting.count(connection, self.dialect, filters, tuple(by))

    def why_nothing(self, query: Query) -> str:
        """Say why a query finds nothing, and which of its filters empties it."""
        with self.reading() as connection:
            return why_nothing(connection, filters_of(query, connection, self.dialect))

    def event(self, id: str, *, run: int | None = None) -> Event:  # noqa: A002  the record's word
        """Return an event by its id, with its document's text; of several codings the current one, or that of `run`.

        The beginning of an id will do where only one event has it. Raises OptionError where there is none, or more.
        """
        with self.reading() as connection:
            numbers = self._numbered(connection, id, run)
            return next(finding.whole(connection, numbers[:1], texts_too=True))

    def _numbered(self, connection: Connection, identifier: str, run: int | None) -> list[int]:
        asked = select(events.c.number, events.c.id).order_by(events.c.current.desc(), events.c.number.desc())
        if run is not None:
            asked = asked.where(events.c.run == run)
        rows = connection.execute(asked.where(events.c.id == identifier)).all()
        if not rows and len(identifier) >= _SHORTEST:
            begins = events.c.id.between(identifier, identifier + "\x7f")
            rows = connection.execute(asked.where(begins).limit(20)).all()
        if not rows:
            of_run = "" if run is None else f" of run {run}"
            raise OptionError(f"there is no event {identifier!r}{of_run}; `whimbrel query` shows ids")
        if len(ids := dict.fromkeys(its for _, its in rows)) > 1:
            raise OptionError(f"several events begin with {identifier!r}: {', '.join(list(ids)[:5])}; give more of it")
        return [number for number, _ in rows]

    def runs_of(self, id: str) -> list[int]:  # noqa: A002  the record's word
        """Return the numbers of the runs that found the event with this id."""
        with self.reading() as connection:
            asked = select(events.c.run).where(events.c.id == id).distinct().order_by(events.c.run)
            return list(connection.execute(asked).scalars())

    def sources_of(self, document: str) -> list[str]:
        """Return where a document, by its id, was read."""
        with self.reading() as connection:
            asked = (
                select(sources.c.location)
                .join(readings, readings.c.source == sources.c.number)
                .join(documents, readings.c.document == documents.c.number)
                .where(documents.c.id == document)
                .distinct()
            )
            return sorted(connection.execute(asked).scalars())

    def rejects(self) -> Iterator[Reject]:
        """Yield what was set aside, in order."""
        with self.reading() as connection:
            for row in connection.execute(select(rejects).order_by(rejects.c.number)).mappings():
                yield Reject(row["location"], row["reason"], row["item"])

    def info(self) -> about.Info:
        """Return what the store holds."""
        with self.reading() as connection:
            return about.info_of(connection, self.dialect)

    def check(self) -> list[str]:
        """Read the whole store and return what is not whole; empty where all is well."""
        try:
            with self.reading() as connection:
                return about.faults_of(connection, self.dialect)
        except StoreError as error:
            return [str(error)]

    @staticmethod
    def document_of(row: Mapping[Any, Any]) -> Document:
        """Return the document of a row of `documents` joined with its text."""
        return Document(row["id"], row["text"], row["title"], row["url"], row["publisher"], row["published"])


_SHORTEST = 4
"""Characters of an id that may stand for the whole."""


def _settings(coder: StreamCoder) -> dict[str, object]:
    least = getattr(coder, "min_confidence", None)
    return {} if least is None else {"min_confidence": least}


def _file_there(path: Path) -> None:
    if path.is_dir():
        raise StoreError(f"{path} is a folder; give the store's file, such as {path / 'record.db'}")
    if path.exists():
        return
    folder = path.parent
    stores = sorted(each.name for each in folder.glob("*.db"))[:3] if folder.is_dir() else []
    hint = f"did you mean {' or '.join(str(folder / name) for name in stores)}, or " if stores else ""
    raise StoreError(f"{path}: there is no such store; {hint}make it first with `whimbrel init {path}`")
