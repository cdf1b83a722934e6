"""Why a query found nothing: which of its filters empties it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from whimbrel.store.schema import events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from whimbrel.store.filters import Filter, Filters

_NAMED = 3
"""Filters that are named at most."""


def why_nothing(connection: Connection, filters: Filters) -> str:
    """Say why a query that found nothing found nothing, and what would find something."""
    total = _count(connection, filters, ())
    if not total:
        return "the store holds no such events at all; `whimbrel ingest` adds documents and their events"
    alone = [each for each in filters.asked if not _count(connection, filters, [each])]
    if alone:
        options = " and ".join(each.option for each in alone[:_NAMED])
        return f"no event: of {_events(total)} none has {options}{_period(connection, filters, alone)}"
    without = [(_count(connection, filters, [f for f in filters.asked if f is not each]), each)
               for each in filters.asked]  # fmt: skip
    near = sorted(((number, each) for number, each in without if number), key=lambda found: -found[0])
    if near:
        listed = "; ".join(f"without {each.option} {_there_are(number)}" for number, each in near[:_NAMED])
        return f"no event has all of these; {listed}"
    return f"no event: {_first_emptying(connection, filters)}"


def _first_emptying(connection: Connection, filters: Filters) -> str:
    """Add one filter after another, and name the one that leaves nothing."""
    before = 0
    for number, each in enumerate(filters.asked):
        left = _count(connection, filters, filters.asked[: number + 1])
        if not left:
            taken = " ".join(earlier.option for earlier in filters.asked[:number])
            return f"{_events(before)} with {taken}, and none of them has {each.option}; leave out two filters or more"
        before = left
    return "something was stored meanwhile; ask again"


def _count(connection: Connection, filters: Filters, asked: Sequence[Filter]) -> int:
    clauses = (filters.base, *(each.clause for each in asked))
    return connection.execute(select(func.count()).select_from(events).where(*clauses)).scalar_one()


def _period(connection: Connection, filters: Filters, alone: Sequence[Filter]) -> str:
    """Where a date empties the query, say which days the events have."""
    if not any(each.option.startswith(("--since", "--until")) for each in alone):
        return ""
    days = select(func.min(events.c.date_start), func.max(events.c.date_start)).where(filters.base)
    first, last = connection.execute(days).one()
    return f"; they begin between {first} and {last}" if first else "; none of them has a date"


def _events(number: int) -> str:
    return f"{number:,} event{'' if number == 1 else 's'}"


def _there_are(number: int) -> str:
    return f"there {'is' if number == 1 else 'are'} {number:,}"
