"""The tables of a store, the same on SQLite and PostgreSQL.

Numbers (`number`) are a store's own; an id is the record's. Lists are JSON arrays in text ("[]" for none); moments are
text, UTC, "2023-10-17T09:30:00Z". Rows are added and marked, never changed in what they say and never deleted: a
document's newer version and an event's newer coding stand beside the old ones, and `current` tells which counts.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

SCHEMA = 1
"""The version of these tables; a change adds a step to `whimbrel.store.migrations`."""

metadata = MetaData()
_Number = BigInteger().with_variant(Integer, "sqlite")  # SQLite makes only an INTEGER key the row's own number


def _number() -> Column[int]:
    return Column("number", _Number, primary_key=True, autoincrement=False)


def _refers(name: str, target: str, **more: bool) -> Column[int]:
    return Column(name, _Number, ForeignKey(f"{target}.number"), **{"nullable": False, **more})  # type: ignore[arg-type]


def _text(name: str, *, needed: bool = False, unique: bool = False) -> Column[str]:
    return Column(name, Text, nullable=not needed, unique=unique)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=false())


store = Table("store", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

runs = Table(
    "runs", metadata, _number(), _text("key", needed=True, unique=True), _text("coder", needed=True),
    _text("settings", needed=True), _text("started", needed=True), _text("finished"),
)  # fmt: skip

ingests = Table(
    "ingests", metadata, _number(), _refers("run", "runs"), _text("started", needed=True), _text("finished"),
    _text("sources", needed=True), *(Column(name, Integer, nullable=False, server_default="0")
                                     for name in ("documents", "events", "known", "rejects")),
)  # fmt: skip

documents = Table(
    "documents", metadata, _number(), _text("id", needed=True), Column("version", Integer, nullable=False),
    _flag("current"), _text("hash", needed=True), _text("title"), _text("url"), _text("publisher"),
    Column("published", Date), _text("added", needed=True),
    UniqueConstraint("id", "version"), Index("documents_by_hash", "hash"), Index("documents_by_publisher", "publisher"),
)  # fmt: skip

texts = Table(
    "texts", metadata, Column("document", _Number, ForeignKey("documents.number"), primary_key=True,
                              autoincrement=False), _text("text", needed=True),
)  # fmt: skip

sources = Table("sources", metadata, _number(), _text("location", needed=True, unique=True))

readings = Table(
    "readings", metadata, _refers("document", "documents", primary_key=True),
    _refers("source", "sources", primary_key=True), _text("url"), _text("publisher"), _text("read", needed=True),
    Index("readings_by_source", "source"),
)  # fmt: skip

codings = Table(
    "codings", metadata, _refers("document", "documents", primary_key=True), _refers("run", "runs", primary_key=True),
    _flag("current"), Column("events", Integer, nullable=False), _text("coded", needed=True),
    Index("codings_by_run", "run"),
)  # fmt: skip

sentences = Table(
    "sentences", metadata, _number(), _refers("document", "documents"),
    Column("sentence_index", Integer, nullable=False), Column("sentence_start", Integer, nullable=False),
    Column("sentence_end", Integer, nullable=False), _text("sentence", needed=True),
    Index("sentences_by_document", "document"),
)  # fmt: skip

parties = Table(
    "parties", metadata, _number(), _text("key", needed=True, unique=True), _text("name", needed=True),
    _text("name_key", needed=True), _text("kind", needed=True), _text("country"), _text("sector", needed=True),
    _text("primary_sector"), _text("office"), _text("wikidata"),
    Index("parties_by_name", "name_key"), Index("parties_by_country", "country", "primary_sector"),
    Index("parties_by_wikidata", "wikidata"),
)  # fmt: skip

places = Table(
    "places", metadata, _number(), _text("key", needed=True, unique=True), _text("name"), _text("country"),
    _text("admin1"), Column("latitude", Double), Column("longitude", Double), Column("geonames", BigInteger),
    _text("precision"), Index("places_by_country", "country"), Index("places_by_latitude", "latitude"),
)  # fmt: skip


def _counted(name: str) -> list[Column[int] | Column[str]]:
    ends = (Column(f"{name}_{end}", Integer) for end in ("start", "end"))
    return [Column(name, BigInteger), _text(f"{name}_text"), *ends]


events = Table(
    "events", metadata, _number(), _text("id", needed=True), _refers("document", "documents"), _refers("run", "runs"),
    _refers("sentence", "sentences"), _flag("current"), _text("event", needed=True), Column("date_start", Date),
    Column("score", Double, nullable=False), Column("confidence", Double, nullable=False),
    _text("mode", needed=True), _text("flags", needed=True), _refers("place", "places", nullable=True),
    _text("quad", needed=True), _text("cameo", needed=True), Column("goldstein", Double, nullable=False),
    _text("trigger", needed=True), Column("trigger_start", Integer, nullable=False),
    Column("trigger_end", Integer, nullable=False), _text("context", needed=True),
    Column("date_end", Date), _text("date_precision"), _text("date_text"), _text("date_from"),
    Column("date_characters_start", Integer), Column("date_characters_end", Integer),
    _text("place_text"), Column("place_start", Integer), Column("place_end", Integer),
    *_counted("killed"), *_counted("injured"), *_counted("arrested"),
    UniqueConstraint("document", "run", "id"), Index("events_by_id", "id"), Index("events_by_run", "run"),
)  # fmt: skip
_CURRENT: dict[str, Any] = {"sqlite_where": text("current = 1"), "postgresql_where": text("current")}
# Holds all that a count by date, type or dyad looks at, so that it need not go to the rows themselves.
Index("events_by_date", *(events.c[name] for name in ("date_start", "number", "event", "score", "current")), **_CURRENT)
Index("events_by_type", events.c.event, events.c.date_start, events.c.number, **_CURRENT)
Index("events_by_place", events.c.place, **_CURRENT)
Index("events_by_confidence", events.c.confidence, events.c.number, **_CURRENT)

mentions = Table(
    "mentions", metadata, _refers("event", "events", primary_key=True), Column("role", Text, primary_key=True),
    Column("position", SmallInteger, primary_key=True), _text("mention", needed=True),
    Column("mention_start", Integer, nullable=False), Column("mention_end", Integer, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

members = Table(
    "members", metadata, _refers("event", "events", primary_key=True), Column("role", Text, primary_key=True),
    Column("position", SmallInteger, primary_key=True), Column("member", SmallInteger, primary_key=True),
    _refers("party", "parties"), Index("members_by_party", "party", "role", "event"), sqlite_with_rowid=False,
)  # fmt: skip

# One row for each two countries of an event, acting and receiving; with one side unknown, one for each of the other.
# `mutual` rows are added where several met, agreed or worked together towards nobody: each pair, both ways.
dyads = Table(
    "dyads", metadata, _refers("event", "events"), _text("actor"), _text("recipient"), _flag("mutual"),
    Index("dyads_by_event", "event", "actor", "recipient", "mutual"),
    Index("dyads_by_actor", "actor", "recipient", "event", "mutual"),
    Index("dyads_by_recipient", "recipient", "actor", "event", "mutual"),
)  # fmt: skip

rejects = Table(
    "rejects", metadata, _number(), _text("key", needed=True, unique=True), _refers("ingest", "ingests"),
    _text("location", needed=True), _text("reason", needed=True), _text("item"), _text("added", needed=True),
)  # fmt: skip
