"""`whimbrel code`: read anything, write its events."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whimbrel.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from whimbrel.cli.coding import Examiner

_FORMATS = ("table", "jsonl", "csv", "parquet")
_ABOUT_COLUMNS = "Columns of your files"
_ABOUT_READING = "Reading"
_ABOUT_CODING = "Coding"


def register(app: typer.Typer, make_coder: Callable[..., Examiner] | None = None) -> None:
    """Add the command; `make_coder` stands in for `whimbrel.Coder`."""

    @app.command("code")
    def code(  # noqa: PLR0917 - a command has as many options as it has
        sources: Annotated[
            list[str] | None,
            typer.Argument(help="Texts, files, folders, globs, web addresses, or - for what is piped in."),
        ] = None,
        output: Annotated[
            Path | None,
            typer.Option("--output", "-o", help="File for the events: .jsonl, .csv or .parquet."),
        ] = None,
        output_format: Annotated[
            str | None,
            typer.Option("--format", help="table, jsonl, csv or parquet; else by the file's name, or a table."),
        ] = None,
        rejects: Annotated[
            Path | None,
            typer.Option(help="File for what is set aside; else rejects.jsonl beside the output."),
        ] = None,
        text_column: Annotated[str | None, typer.Option(rich_help_panel=_ABOUT_COLUMNS, help="Holds the text.")] = None,
        id_column: Annotated[str | None, typer.Option(rich_help_panel=_ABOUT_COLUMNS, help="Holds the id.")] = None,
        title_column: Annotated[
            str | None,
            typer.Option(rich_help_panel=_ABOUT_COLUMNS, help="Holds the headline."),
        ] = None,
        date_column: Annotated[
            str | None,
            typer.Option(rich_help_panel=_ABOUT_COLUMNS, help="Holds the day of publication."),
        ] = None,
        url_column: Annotated[
            str | None,
            typer.Option(rich_help_panel=_ABOUT_COLUMNS, help="Holds the address."),
        ] = None,
        publisher_column: Annotated[
            str | None,
            typer.Option(rich_help_panel=_ABOUT_COLUMNS, help="Holds the publisher."),
        ] = None,
        published: Annotated[
            str | None,
            typer.Option(rich_help_panel=_ABOUT_READING, help="Day of publication where the source tells none."),
        ] = None,
        lenient_dates: Annotated[
            bool,
            typer.Option("--lenient-dates", rich_help_panel=_ABOUT_READING, help="Code items with a wrong date too."),
        ] = False,
        encoding: Annotated[
            str | None,
            typer.Option(rich_help_panel=_ABOUT_READING, help="Encoding of files that are not Unicode."),
        ] = None,
        max_characters: Annotated[
            int,
            typer.Option(rich_help_panel=_ABOUT_READING, min=1, help="Set longer documents aside."),
        ] = 5_000_000,
        min_confidence: Annotated[
            float | None,
            typer.Option(rich_help_panel=_ABOUT_CODING, min=0, max=1, help="Keep events of at least this confidence."),
        ] = None,
        model: Annotated[
            Path | None,
            typer.Option(rich_help_panel=_ABOUT_CODING, help="A model folder instead of the one that ships."),
        ] = None,
        actors: Annotated[
            Path | None,
            typer.Option(rich_help_panel=_ABOUT_CODING, help="A CSV table of parties of your own."),
        ] = None,
        places: Annotated[
            Path | None,
            typer.Option(rich_help_panel=_ABOUT_CODING, help="A CSV table of places of your own."),
        ] = None,
        threads: Annotated[int, typer.Option(rich_help_panel=_ABOUT_CODING, min=1, help="Threads of the encoder.")] = 1,
        quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, warnings or summary.")] = False,
    ) -> None:
        """Code news into events: who did what to whom, where, when.

        Ends with 0 if all was read, 1 if some was set aside, 2 if nothing could be read or written.
        """
        from whimbrel.cli.coding import Run, Wishes  # noqa: PLC0415 - a command imports what it needs
        from whimbrel.reading import Columns  # noqa: PLC0415

        given = _sources(sources)
        chosen = _format(output_format, output)
        _not_the_input(output, given)
        columns = Columns(id_column, text_column, title_column, date_column, url_column, publisher_column)
        wishes = Wishes(
            tuple(given),
            output,
            chosen,
            rejects or (output.parent if output else Path()) / "rejects.jsonl",
            columns,
            _day(published),
            lenient_dates,
            encoding,
            max_characters,
            quiet,
        )
        run = Run(wishes)
        with run.interruptible():
            make = make_coder or _coder()
            run.code(make(model, min_confidence=min_confidence, threads=threads, actors=actors, places=places))
        raise typer.Exit(run.status)


def _coder() -> Callable[..., Examiner]:
    from whimbrel.coder import Coder  # noqa: PLC0415 - slow to import

    return Coder


def _sources(sources: list[str] | None) -> list[str]:
    if sources:
        return sources
    if sys.stdin.isatty():
        raise OptionError("nothing to code; give a text in quotes, a file, a folder, or a web address, or pipe text in")
    return ["-"]


def _format(asked: str | None, output: Path | None) -> str:
    from whimbrel.export import format_by_name  # noqa: PLC0415

    if asked is not None and asked not in _FORMATS:
        raise OptionError(f"there is no format {asked!r}; choose one of {', '.join(_FORMATS)}")
    if output is not None:
        if asked == "table":
            raise OptionError("a table is for the terminal; give -o a file ending in .jsonl, .csv or .parquet")
        return asked or format_by_name(output)
    if asked == "parquet":
        raise OptionError("Parquet cannot be written to a terminal or pipe; name a file: -o FILE.parquet")
    return asked or ("table" if sys.stdout.isatty() else "jsonl")


def _not_the_input(output: Path | None, sources: list[str]) -> None:
    for source in sources if output is not None and output.is_file() else ():
        try:
            same = Path(source).samefile(output)  # type: ignore[arg-type]
        except (OSError, ValueError):
            continue
        if same:
            raise OptionError(f"{output} is both read and written; give another name with -o")


def _day(text: str | None) -> date | None:
    from whimbrel.reading.days import published_day  # noqa: PLC0415

    try:
        return published_day(text)
    except ValueError as error:
        raise OptionError(f"--published: {error}; give a day such as 2023-10-17") from error
