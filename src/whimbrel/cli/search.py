"""`whimbrel actors search` and `whimbrel places search`: whom and what the tables know by a name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from whimbrel.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whimbrel.resolution.reasons import Candidate


def _show(text: str, candidates: Sequence[Candidate], table: str) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    if not candidates:
        typer.echo(
            f"nothing in the {table} table is named {text!r}; try a shorter or another form of the name, "
            f"or give a table of your own with --{table}",
            err=True,
        )
        raise typer.Exit(1)
    shown = Table("name", "score", "what it is", box=None, pad_edge=False)
    for candidate in candidates:
        shown.add_row(candidate.name, f"{candidate.score:.2f}", candidate.why)
    Console().print(shown)


def _day(text: str | None) -> object:
    from whimbrel.resolution.dates import parse_day  # noqa: PLC0415

    try:
        return parse_day(text) if text else None
    except ValueError as error:
        raise OptionError(f"--on is {text!r}: {error}; give a date such as 2021-01-20") from error


def register(app: typer.Typer) -> None:
    """Add the commands."""
    actors = typer.Typer(no_args_is_help=True, help="Look parties up in the tables.")
    places = typer.Typer(no_args_is_help=True, help="Look places up in the tables.")

    @actors.callback()
    def about_actors() -> None:
        """Look parties up in the tables."""

    @places.callback()
    def about_places() -> None:
        """Look places up in the tables."""

    @actors.command("search")
    def search_actors(
        text: str = typer.Argument(help='A name or phrase, such as "the Kremlin" or "Ruto".'),
        on: str = typer.Option(None, "--on", help="The day that matters for offices, such as 2021-01-20."),
        table: Path = typer.Option(None, "--actors", help="A CSV table of your own, added to the built-in one."),
    ) -> None:
        """Show whom a name can mean."""
        from whimbrel.resolution.parties import Parties  # noqa: PLC0415

        _show(text, Parties.load(extra=table).search(text, _day(on)), "actors")  # type: ignore[arg-type]

    @places.command("search")
    def search_places(
        text: str = typer.Argument(help='A place name, such as "Arbinda".'),
        table: Path = typer.Option(None, "--places", help="A CSV table of your own, added to the built-in one."),
    ) -> None:
        """Show which places a name can mean."""
        from whimbrel.resolution.places import Places  # noqa: PLC0415

        _show(text, Places.load(extra=table).search(text), "places")

    app.add_typer(actors, name="actors")
    app.add_typer(places, name="places")
