"""One batch of coded documents into the tables; the caller holds the turn at writing, so numbers are free to take."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, insert, select, update

from whimbrel.store.rows import (
    document_hash,
    dyad_rows,
    event_row,
    hashed,
    mention_row,
    party_row,
    place_row,
    roles,
)
from whimbrel.store.schema import (
    codings,
    documents,
    dyads,
    events,
    members,
    mentions,
    parties,
    places,
    readings,
    rejects,
    sentences,
    sources,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Table

    from whimbrel.reading import Reject
    from whimbrel.records import Document, Event
    from whimbrel.store.dialects import PostgreSQL, SQLite
    from whimbrel.store.rows import Row

_ASKED = 500
"""Values asked for in one statement."""


@dataclass(frozen=True, slots=True)
class Coding:
    """A document, its events, and where it was read."""

    document: Document
    events: tuple[Event, ...]
    source: str | None = None


def now() -> str:
    """Return this moment, UTC, as the store keeps it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class Batch:
    """Writes documents and events in one transaction.

    `kept` are numbers of parties and places by key, known from transactions before; what this one adds to them is in
    `fresh` until it is committed.
    """

    connection: Connection
    dialect: SQLite | PostgreSQL
    run: int
    kept: dict[str, int]
    fresh: dict[str, int] = field(default_factory=dict)
    moment: str = field(default_factory=now)

    def write(self, batch: Sequence[Coding]) -> tuple[int, int]:
        """Write each document with its events; returns how many documents and events are new.

        A document that another ingest has coded meanwhile by the same run is passed over.
        """
        found = self._documents([each.document for each in batch])
        numbers = {found[each.document.id, document_hash(each.document)]: each for each in batch}
        of_run = select(codings.c.document).where(codings.c.run == self.run, codings.c.document.in_(list(numbers)))
        done = set(self.connection.execute(of_run).scalars())
        fresh = {number: each for number, each in numbers.items() if number not in done}
        count = self._code(fresh)
        self.read(numbers.items())
        return len(fresh), count

    def _documents(self, given: Iterable[Document]) -> dict[tuple[str, str], int]:
        """Return the documents' numbers by id and hash, adding those that are new."""
        wanted = {(document.id, document_hash(document)): document for document in given}
        found = known(self.connection, [identifier for identifier, _ in wanted])
        numbers = {key: found[key] for key in wanted if key in found}
        new = [(key, document) for key, document in wanted.items() if key not in found]
        first = self._next(documents)
        versions = self._versions([identifier for (identifier, _), _ in new])
        rows: list[Row] = []
        for number, ((identifier, its_hash), document) in enumerate(new, first):
            numbers[identifier, its_hash] = number
            versions[identifier] = versions.get(identifier, 0) + 1
            rows.append({
                "number": number, "id": identifier, "version": versions[identifier], "current": True,
                "hash": its_hash, "title": document.title, "url": document.url, "publisher": document.publisher,
                "published": document.published, "added": self.moment,
            })  # fmt: skip
        self._supersede([row["id"] for row in rows if row["version"] > 1])
        self._insert(documents, rows)
        bodies = [{"document": numbers[key], "text": document.text} for key, document in new]
        self._insert(texts, bodies)
        if rows:
            self.dialect.index_texts(self.connection, first, first + len(rows) - 1)
        return numbers

    def _versions(self, ids: list[str]) -> dict[str, int]:
        latest = select(documents.c.id, func.max(documents.c.version)).where(documents.c.id.in_(ids))
        return _pairs(self.connection.execute(latest.group_by(documents.c.id)))

    def _supersede(self, ids: list[str]) -> None:
        """Mark the versions of documents that newer ones take the place of, and their events."""
        if not ids:
            return
        old = list(
            self.connection.execute(
                select(documents.c.number).where(documents.c.id.in_(ids), documents.c.current)
            ).scalars()
        )
        self._execute(update(documents).where(documents.c.number.in_(old)).values(current=False))
        self._execute(update(events).where(events.c.document.in_(old), events.c.current).values(current=False))

    def _code(self, batch: dict[int, Coding]) -> int:
        """Add the events of documents, by the documents' numbers, as the current ones; return how many."""
        self._retire(list(batch))
        current = self._current(list(batch))
        self._know_entities(batch.values())
        places_in_text = self._sentences(batch)
        rows: dict[str, list[Row]] = {"codings": [], "events": [], "mentions": [], "members": [], "dyads": []}
        number = self._next(events)
        for document, each in batch.items():
            its = {event.id: event for event in each.events}  # an id is stored once a coding
            for event in its.values():
                span = (event.sentence.index, event.sentence.start, event.sentence.end)
                place = None if event.place is None else self._number(place_row(event.place)["key"])
                rows["events"].append({
                    **event_row(event), "number": number, "document": document, "run": self.run, "place": place,
                    "sentence": places_in_text[document, span], "current": document in current,
                })  # fmt: skip
                self._add_roles(event, number, rows)
                number += 1
            rows["codings"].append({
                "document": document, "run": self.run, "current": True, "events": len(its), "coded": self.moment,
            })  # fmt: skip
        for table in (codings, events, mentions, members, dyads):
            self._insert(table, rows[table.name])
        return len(rows["events"])

    def _add_roles(self, event: Event, number: int, rows: dict[str, list[Row]]) -> None:
        for role, position, mention in roles(event):
            rows["mentions"].append({"event": number, **mention_row(role, position, mention)})
            rows["members"].extend(
                {"event": number, "role": role, "position": position, "member": member,
                 "party": self._number(party_row(party)["key"])}
                for member, party in enumerate(mention.members)
            )  # fmt: skip
        rows["dyads"].extend({"event": number, **row} for row in dyad_rows(event))

    def _retire(self, numbers: list[int]) -> None:
        """Mark the documents' codings so far as no longer the current ones."""
        self._execute(
            update(codings).where(codings.c.document.in_(numbers), codings.c.current).values(current=False)
        )
        self._execute(update(events).where(events.c.document.in_(numbers), events.c.current).values(current=False))

    def _current(self, numbers: list[int]) -> set[int]:
        """Return which of these documents are not superseded by a newer version."""
        found = select(documents.c.number).where(documents.c.number.in_(numbers), documents.c.current)
        return set(self.connection.execute(found).scalars())

    def restore(self, numbers: list[int]) -> None:
        """Make this run's codings of documents the current ones again."""
        self._retire(numbers)
        current = self._current(numbers)
        of_run = and_(codings.c.document.in_(numbers), codings.c.run == self.run)
        self._execute(update(codings).where(of_run).values(current=True))
        its_events = and_(events.c.document.in_(current), events.c.run == self.run)
        self._execute(update(events).where(its_events).values(current=True))

    def _sentences(self, batch: dict[int, Coding]) -> dict[tuple[int, tuple[int, int, int]], int]:
        """Return the numbers of the events' sentences by document and span, adding those that are new."""
        rows = self.connection.execute(select(sentences).where(sentences.c.document.in_(list(batch)))).mappings()
        numbers = {
            (row["document"], (row["sentence_index"], row["sentence_start"], row["sentence_end"])): row["number"]
            for row in rows
        }
        new: list[Row] = []
        number = self._next(sentences)
        for document, each in batch.items():
            for sentence in (event.sentence for event in each.events):
                key = (document, (sentence.index, sentence.start, sentence.end))
                if key in numbers:
                    continue
                numbers[key] = number
                new.append({
                    "number": number, "document": document, "sentence_index": sentence.index,
                    "sentence_start": sentence.start, "sentence_end": sentence.end, "sentence": sentence.text,
                })  # fmt: skip
                number += 1
        self._insert(sentences, new)
        return numbers

    def _know_entities(self, batch: Iterable[Coding]) -> None:
        """See that each party and place has a number."""
        people: dict[str, Row] = {}
        where: dict[str, Row] = {}
        for event in (event for each in batch for event in each.events):
            for party in (party for _, _, mention in roles(event) for party in mention.members):
                row = party_row(party)
                people.setdefault(row["key"], row)
            if event.place is not None:
                row = place_row(event.place)
                where.setdefault(row["key"], row)
        self._number_all(parties, people)
        self._number_all(places, where)

    def _number_all(self, table: Table, rows: dict[str, Row]) -> None:
        unknown = [key for key in rows if key not in self.kept and key not in self.fresh]
        for start in range(0, len(unknown), _ASKED):
            asked = select(table.c.key, table.c.number).where(table.c.key.in_(unknown[start : start + _ASKED]))
            self.fresh |= _pairs(self.connection.execute(asked))
        new = [rows[key] for key in unknown if key not in self.fresh]
        for number, row in enumerate(new, self._next(table)):
            row["number"] = number
            self.fresh[row["key"]] = number
        self._insert(table, new)

    def _number(self, key: str) -> int:
        return self.kept[key] if key in self.kept else self.fresh[key]

    def read(self, where: Iterable[tuple[int, Coding]]) -> None:
        """Remember where documents were read."""
        given = {(number, each.source): each.document for number, each in where if each.source is not None}
        if not given:
            return
        numbers = {location: self.source(location) for location in {source for _, source in given if source}}
        pairs = select(readings.c.document, readings.c.source).where(
            readings.c.document.in_({number for number, _ in given}), readings.c.source.in_(numbers.values())
        )
        known_pairs = {(row[0], row[1]) for row in self.connection.execute(pairs)}
        rows = [
            {"document": number, "source": numbers[source], "url": document.url, "publisher": document.publisher,
             "read": self.moment}
            for (number, source), document in given.items()
            if source and (number, numbers[source]) not in known_pairs
        ]  # fmt: skip
        self._insert(readings, rows)

    def source(self, location: str) -> int:
        """Return the number of a source, adding it where it is new."""
        found = self.connection.execute(select(sources.c.number).where(sources.c.location == location)).scalar()
        if found is None:
            found = self._next(sources)
            self._insert(sources, [{"number": found, "location": location}])
        return found

    def set_aside(self, ingest: int, given: Iterable[Reject]) -> int:
        """Remember items that were set aside, each once however often it is met; returns how many are new."""
        rows: dict[str, Row] = {}
        for reject in given:
            where, reason, item = (_storable(part) for part in (reject.where, reject.reason, reject.item))
            key = hashed(where, reason, item)
            rows[key] = {"key": key, "ingest": ingest, "location": where, "reason": reason, "item": item,
                         "added": self.moment}  # fmt: skip
        keys = list(rows)
        for start in range(0, len(keys), _ASKED):
            asked = select(rejects.c.key).where(rejects.c.key.in_(keys[start : start + _ASKED]))
            for key in self.connection.execute(asked).scalars():
                del rows[key]
        new = [{"number": number, **row} for number, row in enumerate(rows.values(), self._next(rejects))]
        self._insert(rejects, new)
        return len(new)

    def _next(self, table: Table) -> int:
        last = self.connection.execute(select(func.max(table.c.number))).scalar()
        return (last or 0) + 1

    def _insert(self, table: Table, rows: list[Row]) -> None:
        if rows:
            self.connection.execute(insert(table), rows)

    def _execute(self, statement: Any) -> None:
        self.connection.execute(statement)


def _pairs(rows: Iterable[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in rows}


def known(connection: Connection, ids: Sequence[str]) -> dict[tuple[str, str], int]:
    """Return the numbers of the documents with these ids, by id and hash."""
    found: dict[tuple[str, str], int] = {}
    for start in range(0, len(ids), _ASKED):
        asked = select(documents.c.id, documents.c.hash, documents.c.number)
        rows = connection.execute(asked.where(documents.c.id.in_(ids[start : start + _ASKED])))
        found |= {(identifier, its_hash): number for identifier, its_hash, number in rows}
    return found


def _storable(text: str | None) -> str | None:
    """Return a text without the characters that no database takes."""
    return None if text is None else text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
