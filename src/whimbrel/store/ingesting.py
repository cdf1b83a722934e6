"""Ingest: items that were read are coded and stored, a batch of whole documents at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import func, insert, select, update

from whimbrel.errors import WhimbrelError
from whimbrel.reading import Reject
from whimbrel.store.rows import document_hash, hashed
from whimbrel.store.schema import codings, documents, ingests, runs, texts
from whimbrel.store.writing import Batch, Coding, known, now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from sqlalchemy import Connection

    from whimbrel.records import Document, Event
    from whimbrel.store.store import Store

DOCUMENTS = 64
"""Documents in one transaction: what the coder takes at a time, so that a stopped ingest loses under a second."""
_REJECTS = 500
"""Set-aside items, or documents known already, that wait at most before they are written."""
_REMEMBERED = 200_000
"""Parties and places whose numbers are remembered: some 30 MB."""


class StreamCoder(Protocol):
    """What a coder must be able to do here; `whimbrel.Coder` is one."""

    name: str
    """Version of the program and of the model; events carry it as their `coder`."""

    def stream(self, documents: Iterable[Document]) -> Iterator[tuple[Document, tuple[Event, ...]]]:
        """Yield each document with its events, in order."""
        ...


@dataclass(slots=True)
class Tally:
    """What an ingest did so far.

    `documents` and `events` were stored; `known` documents were there already; `older` of those are coded by another
    run, and `recode` would code them again; `rejects` were set aside.
    """

    documents: int = 0
    events: int = 0
    known: int = 0
    older: int = 0
    rejects: int = 0


@dataclass(frozen=True, slots=True)
class _Standing:
    """A document that is in the store already, and whether this run's coding of it becomes the current one again."""

    number: int
    coding: Coding
    restore: bool


@dataclass(frozen=True, slots=True)
class _Written:
    """What one transaction stored; `entities` are the numbers of parties and places by key."""

    documents: int
    events: int
    known: int
    rejects: list[Reject]
    entities: dict[str, int]


@dataclass(slots=True)
class Ingest:
    """One ingest into a store; use it in a `with` statement, and `add` what is read.

    `update`: a document whose text changed under its id is stored as a newer version; else it is set aside.
    `recode`: a document that another run coded is coded again. `told` hears of every item that is set aside, and
    `stored` after each batch.
    """

    store: Store
    coder: StreamCoder
    settings: Mapping[str, object] = field(default_factory=dict)
    sources: Sequence[str] = ()
    update: bool = False
    recode: bool = False
    told: Callable[[Reject], None] | None = None
    stored: Callable[[Tally], None] | None = None
    tally: Tally = field(default_factory=Tally)
    run: int = 0
    _number: int = 0
    _waiting: list[Coding] = field(default_factory=list)
    _rejects: list[Reject] = field(default_factory=list)
    _kept: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.store.write(self._begin)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()
            self.store.write(self._finish)

    def _begin(self, connection: Connection) -> None:
        settings = json.dumps(dict(self.settings), sort_keys=True, ensure_ascii=False)
        key = hashed(self.coder.name, settings)
        found = connection.execute(select(runs.c.number).where(runs.c.key == key)).scalar()
        if found is None:
            found = (connection.execute(select(func.max(runs.c.number))).scalar() or 0) + 1
            run = {"number": found, "key": key, "coder": self.coder.name, "settings": settings, "started": now()}
            connection.execute(insert(runs), run)
        self.run = found
        self._number = (connection.execute(select(func.max(ingests.c.number))).scalar() or 0) + 1
        listed = json.dumps(list(self.sources), ensure_ascii=False)
        begun = {"number": self._number, "run": self.run, "started": now(), "sources": listed}
        connection.execute(insert(ingests), begun)

    def _finish(self, connection: Connection) -> None:
        moment = now()
        connection.execute(update(runs).where(runs.c.number == self.run).values(finished=moment))
        connection.execute(update(ingests).where(ingests.c.number == self._number).values(finished=moment))

    def add(self, item: Document | Reject, source: str | None = None) -> None:
        """Take a document or a set-aside item; a full batch is coded and stored at once. Raises StoreError."""
        if isinstance(item, Reject):
            self.set_aside(item)
            if len(self._rejects) >= _REJECTS:
                self.flush()
        elif reason := _unstorable(item):
            self.set_aside(Reject(_where(item, source), reason))
        else:
            if any(each.document.id == item.id for each in self._waiting):
                self.flush()
            self._waiting.append(Coding(item, (), source))
            if len(self._waiting) >= DOCUMENTS:
                self.flush()

    def set_aside(self, item: Reject) -> None:
        """Take an item that is set aside."""
        self._rejects.append(item)
        self.tally.rejects += 1
        if self.told is not None:
            self.told(item)

    def flush(self) -> None:
        """Code and store what waits."""
        waiting, self._waiting = self._waiting, []
        to_code, standing = self._sorted(waiting)
        coded = self._coded(to_code)
        aside, self._rejects = self._rejects, []
        if not (coded or standing or aside):
            return
        written = self.store.write(lambda connection: self._write(connection, coded, standing, aside))
        self.tally.documents += written.documents
        self.tally.events += written.events
        self.tally.known += written.known
        for item in written.rejects:
            self.tally.rejects += 1
            if self.told is not None:
                self.told(item)
        self._kept |= written.entities
        if len(self._kept) > _REMEMBERED:
            self._kept.clear()
        if self.stored is not None:
            self.stored(self.tally)

    def _sorted(self, waiting: list[Coding]) -> tuple[list[Coding], list[_Standing]]:
        """Part what waits into documents to code and those that stand in the store already."""
        if not waiting:
            return [], []
        with self.store.reading() as connection:
            numbers = known(connection, [each.document.id for each in waiting])
            done = _runs_of(connection, list(numbers.values()))
        ids = {identifier for identifier, _ in numbers}
        to_code, standing = [], []
        for each in waiting:
            number = numbers.get(_key(each.document))
            if number is None and each.document.id in ids and not self.update:
                self.set_aside(_changed(each))
            elif number is None or (self.recode and self.run not in done[number]):
                to_code.append(each)
            else:
                standing.append(_Standing(number, each, self.recode and not done[number][self.run]))
                self.tally.known += 1
                self.tally.older += not done[number].get(self.run, False) and not self.recode
        return to_code, standing

    def _coded(self, batch: list[Coding]) -> list[Coding]:
        """Code a batch; where that fails, code each document by itself and set aside the one at fault."""
        try:
            return self._stream(batch)
        except WhimbrelError:
            raise
        except Exception:  # noqa: BLE001 - whatever one document does to the coder, the others go on
            return [coded for each in batch for coded in self._alone(each)]

    def _alone(self, each: Coding) -> list[Coding]:
        try:
            return self._stream([each])
        except Exception as error:  # noqa: BLE001 - as above; the reason is kept with the item
            reason = f"coding it failed ({type(error).__name__}: {error}); report this with the text"
            self.set_aside(Reject(_where(each.document, each.source), reason, each.document.text[:2_000]))
            return []

    def _stream(self, batch: list[Coding]) -> list[Coding]:
        coded = self.coder.stream([each.document for each in batch]) if batch else ()
        return [Coding(each.document, found, each.source) for each, (_, found) in zip(batch, coded, strict=True)]

    def _write(
        self, connection: Connection, coded: list[Coding], standing: list[_Standing], aside: list[Reject]
    ) -> _Written:
        changed = [] if self.update else self._changed_meanwhile(connection, coded)
        batch = Batch(connection, self.store.dialect, self.run, self._kept)
        going = [each for each in coded if each not in changed]
        documents_, events_ = batch.write(going) if going else (0, 0)
        batch.read((each.number, each.coding) for each in standing)
        if restored := [each.number for each in standing if each.restore]:
            batch.restore(restored)
        rejected = [_changed(each) for each in changed]
        batch.set_aside(self._number, [*aside, *rejected])
        known_ = len(going) - documents_
        totals = {"documents": documents_, "events": events_, "known": len(standing) + known_,
                  "rejects": len(aside) + len(rejected)}  # fmt: skip
        added = {name: ingests.c[name] + count for name, count in totals.items()}
        connection.execute(update(ingests).where(ingests.c.number == self._number).values(added))
        return _Written(documents_, events_, known_, rejected, batch.fresh)

    @staticmethod
    def _changed_meanwhile(connection: Connection, coded: list[Coding]) -> list[Coding]:
        """Return what another ingest stored with another text since this batch was looked up."""
        numbers = known(connection, [each.document.id for each in coded])
        ids = {identifier for identifier, _ in numbers}
        return [each for each in coded if each.document.id in ids and _key(each.document) not in numbers]

    def recode_stored(self, batch: int = DOCUMENTS) -> None:
        """Code every stored document again that this run has not coded, from the texts in the store."""
        last = 0
        while documents_then := self._stored_after(last, batch):
            last = documents_then[-1][0]
            for _, document in documents_then:
                self.add(document)
        self.flush()

    def _stored_after(self, last: int, most: int) -> list[tuple[int, Document]]:
        with self.store.reading() as connection:
            rows = connection.execute(
                select(documents, texts.c.text)
                .join(texts, texts.c.document == documents.c.number)
                .where(documents.c.number > last, documents.c.current)
                .order_by(documents.c.number)
                .limit(most)
            ).mappings()
            return [(row["number"], self.store.document_of(row)) for row in rows]


_CHANGED = (
    "its id is stored already with another text or day of publication; give --update to store this as the newer version"
)


def _key(document: Document) -> tuple[str, str]:
    return document.id, document_hash(document)


def _changed(each: Coding) -> Reject:
    return Reject(_where(each.document, each.source), _CHANGED, each.document.text[:2_000])


def _runs_of(connection: Connection, numbers: list[int]) -> dict[int, dict[int, bool]]:
    """Return which runs have coded these documents, and whether theirs is the current coding."""
    done: dict[int, dict[int, bool]] = {number: {} for number in numbers}
    asked = select(codings.c.document, codings.c.run, codings.c.current).where(codings.c.document.in_(numbers))
    for document, run, current in connection.execute(asked):
        done[document][run] = current
    return done


def _where(document: Document, source: str | None) -> str:
    return f"{source}, document {document.id}" if source else f"document {document.id}"


def _unstorable(document: Document) -> str | None:
    """Say why no database takes a document, which `whimbrel.read` never gives."""
    parts = (document.id, document.text, document.title, document.url, document.publisher)
    joined = "".join(part for part in parts if part)
    try:
        joined.encode()
    except UnicodeEncodeError:
        joined += "\0"
    if "\0" in joined:
        return "it holds NUL or half characters, which cannot be stored; replace them, or read it with whimbrel.read"
    return None
