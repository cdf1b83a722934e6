"""What a store answers, written for people and programs: events, tables of counts, one event in its sentence."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import TYPE_CHECKING, cast

import typer
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from whimbrel.export import FileWriter, StreamWriter
from whimbrel.export.files import NewFile
from whimbrel.export.terminal import events_table
from whimbrel.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from whimbrel.export import Format
    from whimbrel.records import Event, Mention
    from whimbrel.store import Query, Table

FOUND, NOTHING = 0, 1
_TABLE = 200
"""Rows that a table on the terminal shows."""


def write_events(name: str, query: Query, output: Path | None, form: str) -> int:
    """Write the events of a query; returns the exit status."""
    with Store.open(name) as store:
        if query.limit is not None:
            page = store.page(query)
            found: Iterable[Event] = page.events
            cursor = page.next
        else:
            found, cursor = store.events(query), None
        written = _table_of(found) if form == "table" else _lines_of(found, output, form)
        if not written:
            typer.echo(store.why_nothing(query), err=True)
            return NOTHING
        if cursor is not None:
            typer.echo(f"more: --cursor {cursor}", err=True)
        if output is not None:
            typer.echo(f"{written:,} event{'' if written == 1 else 's'} written to {output}", err=True)
        return FOUND


def _lines_of(found: Iterable[Event], output: Path | None, form: str) -> int:
    writer = StreamWriter(cast("Format", form)) if output is None else FileWriter(output, cast("Format", form))
    written = 0
    with writer:
        for event in found:
            writer.write(event)
            written += 1
    return written


def _table_of(found: Iterable[Event]) -> int:
    shown: list[Event] = []
    more = 0
    for event in found:
        if len(shown) < _TABLE:
            shown.append(event)
        else:
            more += 1
    if shown:
        Console(highlight=False).print(events_table(shown, documents=True))
    if more:
        typer.echo(f"and {more:,} more events; write them all with -o FILE.jsonl", err=True)
    return len(shown) + more


def write_counts(name: str, query: Query, by: list[str], output: Path | None, form: str) -> int:
    """Write a table of counts; returns the exit status."""
    with Store.open(name) as store:
        counts = store.count(query, by=by)
        if not any(row["events"] for row in counts):
            typer.echo(store.why_nothing(query), err=True)
            return NOTHING
    if form == "table":
        _print_counts(counts)
    elif output is None:
        sys.stdout.write(_counts_text(counts, form))
        sys.stdout.flush()
    else:
        new = NewFile(output)
        new.file.write(_counts_text(counts, form).encode())
        new.close()
        new.publish()
    return FOUND


def _counts_text(counts: Table, form: str) -> str:
    if form == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in counts)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerows([counts.columns, *counts.rows])
    return written.getvalue()


def _print_counts(counts: Table) -> None:
    table = RichTable(box=None, pad_edge=False)
    for column in counts.columns:
        table.add_column(column, justify="right" if column in counts.columns[-3:] else "left")
    for row in counts.rows[:_TABLE]:
        table.add_row(*("-" if cell is None else f"{cell:,.2f}" if isinstance(cell, float) else str(cell)
                        for cell in row))  # fmt: skip
    Console(highlight=False).print(table)
    if len(counts.rows) > _TABLE:
        typer.echo(f"and {len(counts.rows) - _TABLE:,} more rows; write them all with -o FILE.csv", err=True)


def show_event(name: str, identifier: str, run: int | None) -> None:
    """Print an event in its sentence, its document, where that was read, and the run that coded it."""
    with Store.open(name) as store:
        event = store.event(identifier, run=run)
        runs, read_in = store.runs_of(event.id), store.sources_of(event.document.id)
    console = Console(highlight=False, soft_wrap=True)
    console.print(marked(event))
    console.print()
    for heading, value in _about(event, runs, read_in):
        console.print(Text.assemble((f"{heading:<13}", "bold"), value))


def marked(event: Event) -> Text:
    """Return the sentence with its spans in brackets, each followed by what it is in the event."""
    sentence = event.sentence
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[tuple[int, str]]] = {}
    for start, end, role in _spans(event):
        if sentence.start <= start < end <= sentence.end:
            opening.setdefault(start - sentence.start, []).append("[")
            closing.setdefault(end - sentence.start, []).append((start, f"]{role}"))
    text = Text()
    for position in range(len(sentence.text) + 1):
        for _, mark in sorted(closing.get(position, ()), reverse=True):
            text.append(mark, style="bold cyan")
        for mark in opening.get(position, ()):
            text.append(mark, style="bold cyan")
        sign = sentence.text[position : position + 1]
        text.append(sign if sign.isprintable() else " " if sign else "")
    return text


def _spans(event: Event) -> list[tuple[int, int, str]]:
    spans = [(event.trigger.start, event.trigger.end, event.event)]
    for role, mentions in (("actor", event.actor), ("recipient", event.recipient)):
        spans += [(mention.start, mention.end, role) for mention in mentions]
    if event.according_to is not None:
        spans.append((event.according_to.start, event.according_to.end, "according_to"))
    if event.place is not None:
        spans.append((event.place.start, event.place.end, "place"))
    if event.date is not None and event.date.characters is not None:
        spans.append((*event.date.characters, "date"))
    for role, count in (("killed", event.killed), ("injured", event.injured), ("arrested", event.arrested)):
        if count is not None:
            spans.append((count.start, count.end, role))
    return spans


def _about(event: Event, runs: list[int], read_in: list[str]) -> list[tuple[str, str]]:
    document, place, when = event.document, event.place, event.date
    what = " ".join([event.event, *event.mode, *(f"({flag})" for flag in event.flags)])
    where = place and " ".join(part for part in (place.name or place.text, place.country, place.precision) if part)
    days = when and (f"{when.start}" if when.start == when.end else f"{when.start} to {when.end}")
    lines = [
        ("event", f"{what}, {event.quad}, score {event.score:g}, CAMEO {event.cameo}"),
        ("actor", _named(event.actor)),
        ("recipient", _named(event.recipient)),
        ("according to", _named((event.according_to,) if event.according_to else ())),
        ("date", when and f"{days} (from {when.from_})"),
        ("place", where),
        ("context", ", ".join(event.context)),
        ("confidence", f"{event.confidence:.2f}"),
        ("document", " | ".join(part for part in (document.id, document.title, document.publisher, document.url,
                                                  document.published and str(document.published)) if part)),
        ("read in", ", ".join(read_in)),
        ("run", f"{event.coder}; found by run {', '.join(map(str, runs))}"),
        ("id", event.id),
    ]  # fmt: skip
    return [(heading, _plain(value)) for heading, value in lines if value]


def _plain(text: str) -> str:
    """Return the text without control characters, which a terminal would obey."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _named(mentions: Iterable[Mention]) -> str:
    return "; ".join(
        ", ".join(" ".join(part for part in (party.name, party.country, *party.sector) if part)
                  for party in mention.members) or mention.text
        for mention in mentions
    )  # fmt: skip
