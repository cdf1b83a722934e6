"""A store's version: read, checked, and brought up step by step, in one transaction, after a copy was made."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy import inspect, select, update

from whimbrel.store.dialects import SQLite
from whimbrel.store.faults import StoreError
from whimbrel.store.schema import SCHEMA, store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from whimbrel.store.dialects import PostgreSQL

    Steps = Mapping[int, Callable[[Connection], None]]

STEPS: Steps = {}
"""What brings a store of version N to N + 1, by N; version 1 is the first, so there is none yet."""


def version_of(connection: Connection, name: str) -> int:
    """Return a store's version; raises StoreError where the database is none of ours."""
    found = inspect(connection).get_table_names()
    if "store" not in found or "codings" not in found:
        whose = f"it holds tables of another program ({', '.join(sorted(found)[:5])})" if found else "it is empty"
        raise StoreError(f"{name} is no Whimbrel store: {whose}; check the name, or make a store with `whimbrel init`")
    value = connection.execute(select(store.c.value).where(store.c.key == "schema")).scalar()
    if value is None or not value.isdecimal():
        raise StoreError(f"{name} does not say of which version it is, so it was left as it is; go back to a copy")
    return int(value)


def check_version(found: int, name: str, wanted: int = SCHEMA) -> None:
    """Raise StoreError, naming the way out, where a store is of another version than this release writes."""
    if found > wanted:
        raise StoreError(
            f"{name} was made by a newer Whimbrel (store version {found}, this release knows {wanted}) and was left as "
            "it is; upgrade Whimbrel (pip install -U whimbrel)"
        )
    if found < wanted:
        raise StoreError(
            f"{name} is a store of an older release (store version {found}, this release writes {wanted}) and was left "
            f"as it is; `whimbrel upgrade {name}` copies it and brings it up"
        )


def backup(dialect: SQLite | PostgreSQL, found: int) -> Path:
    """Copy a store beside itself, whole even while others write; return the copy's path.

    Raises StoreError where it cannot be: too little room, a copy already there, or a server.
    """
    if not isinstance(dialect, SQLite):
        raise StoreError(
            f"{dialect.name}: a server's store is not copied from here; copy it with pg_dump first, "
            "then give --no-backup"
        )
    copy = dialect.path.with_name(f"{dialect.path.name}.version{found}")
    if copy.exists():
        raise StoreError(f"{copy} is there already; move it away, or give --no-backup if it is the copy you want")
    needed, free = dialect.path.stat().st_size, shutil.disk_usage(dialect.path.absolute().parent).free
    if free < needed:
        raise StoreError(f"{copy}: the copy takes {needed:,} bytes and {free:,} are free; make room, or --no-backup")
    partial = copy.with_name(f"{copy.name}.partial")
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{dialect.path.absolute().as_uri()}?mode=ro", uri=True)) as old,
            contextlib.closing(sqlite3.connect(partial)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        partial.unlink(missing_ok=True)
        raise StoreError(f"{copy}: the copy failed ({error}); nothing was changed") from error
    partial.replace(copy)
    return copy


def upgrade(connection: Connection, found: int, steps: Steps = STEPS, wanted: int = SCHEMA) -> None:
    """Bring a store from a version to the wanted one; call it in a transaction, which undoes all where a step fails."""
    for number in range(found, wanted):
        steps[number](connection)
        connection.execute(update(store).where(store.c.key == "schema").values(value=str(number + 1)))
