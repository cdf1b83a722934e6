"""`whimbrel init`, `info` and `upgrade`: a store as a whole; and the commands that fill and ask it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whimbrel.cli import store_ingest, store_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from whimbrel.store import Info, StreamCoder

StoreName = Annotated[str, typer.Argument(metavar="STORE", help="The store: record.db, or postgresql://user@server/db.")]


def register(app: typer.Typer, make_coder: Callable[..., StreamCoder] | None = None) -> None:
    """Add the commands; `make_coder` stands in for `whimbrel.Coder`."""
    app.command("init")(init)
    store_ingest.register(app, make_coder)
    store_query.register(app)
    app.command("info")(info)
    app.command("upgrade")(upgrade)


def init(store: StoreName) -> None:
    """Make a new, empty store: a file, or in an empty database on a PostgreSQL server."""
    from whimbrel.store import Store  # noqa: PLC0415 - a command imports what it needs

    with Store.create(store) as made:
        typer.echo(f"{made.name} is ready; fill it with `whimbrel ingest {made.name} SOURCE...`", err=True)


def info(
    store: StoreName,
    check: Annotated[bool, typer.Option("--check", help="Read all of it and see that it is whole.")] = False,
    rejects: Annotated[bool, typer.Option("--rejects", help="Write what was set aside, as JSON lines.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write it as JSON.")] = False,
) -> None:
    """Say what a store holds: documents, events, runs, ingests, what was set aside."""
    from whimbrel.store import Store  # noqa: PLC0415

    with Store.open(store) as opened:
        if check:
            faults = opened.check()
            for fault in faults:
                typer.echo(fault)
            typer.echo(f"{opened.name}: {'NOT whole; go back to a copy' if faults else 'all is whole'}", err=True)
            raise typer.Exit(2 if faults else 0)
        if rejects:
            for item in opened.rejects():
                line = {"where": item.where, "reason": item.reason, "item": item.item}
                typer.echo(json.dumps(line, ensure_ascii=False))
        else:
            _show(opened.info(), as_json=as_json)


def _show(held: Info, *, as_json: bool) -> None:
    from dataclasses import asdict  # noqa: PLC0415

    if as_json:
        typer.echo(json.dumps(asdict(held), default=str, ensure_ascii=False))
        return
    for name, value in _lines(held):
        typer.echo(f"{name:<10} {value}")


def _lines(held: Info) -> list[tuple[str, Any]]:
    older = held.versions - held.documents
    lines: list[tuple[str, Any]] = [
        ("store", f"{held.name}, version {held.version}, {held.bytes / 1e6:,.1f} MB"),
        ("documents", f"{held.documents:,}" + (f", and {older:,} earlier versions" if older else "")),
        ("events", f"{held.events:,}" + (f", from {held.first} to {held.last}" if held.first else "")),
        ("types", ", ".join(f"{name} {count:,}" for name, count in held.types.items()) or "-"),
        ("parties", f"{held.parties:,}"),
        ("places", f"{held.places:,}"),
        ("sources", f"{held.sources:,}"),
        ("set aside", f"{held.rejects:,}" + (" (see them with --rejects)" if held.rejects else "")),
    ]
    for run in held.runs:
        settings = "".join(f", {name} {value}" for name, value in run.settings.items())
        found = f"{run.documents:,} documents, {run.events:,} events, {run.current:,} of them current"
        lines.append((f"run {run.number}", f"{run.coder}{settings}: {found}; since {run.started}"))
    stopped = [each for each in held.ingests if each.finished is None]
    for each in stopped[-3:]:
        sources = " ".join(each.sources) or "-"
        lines.append((f"ingest {each.number}", f"of {sources}, begun {each.started}, was stopped, or is still running"))
    return lines


def upgrade(
    store: StoreName,
    backup: Annotated[
        bool, typer.Option("--backup/--no-backup", help="Copy an SQLite store beside itself first.")
    ] = True,
) -> None:
    """Bring a store of an older release up to this one, after copying it."""
    from whimbrel.store import Store  # noqa: PLC0415

    found, copy = Store.upgrade(store, copy=backup)
    if copy is not None:
        typer.echo(f"the store as it was is kept in {copy}", err=True)
    typer.echo(f"{store} had version {found} and is up to date", err=True)
