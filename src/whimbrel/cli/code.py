"""`whimbrel code`: read anything, write its events."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whimbrel.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from whimbrel.cli.coding import Examiner

_FORMATS = ("table", "jsonl", "csv", "parquet")


def _option(help_text: str, panel: str | None = None, *names: str, **more: Any) -> Any:
    return typer.Option(*names, help=help_text, rich_help_panel=panel, **more)


_COLUMNS, _READING, _CODING = "Columns of your files", "Reading", "Coding"
Sources = Annotated[
    list[str] | None,
    typer.Argument(help="Texts, files, folders, globs, web addresses, or - for what is piped in."),
]
Output = Annotated[Path | None, _option("File for the events: .jsonl, .csv or .parquet.", None, "--output", "-o")]
Form = Annotated[
    str | None,
    _option("table, jsonl, csv or parquet; else by the file's name; in a pipe jsonl.", None, "--format"),
]
Rejects = Annotated[Path | None, _option("File for what is set aside; else rejects.jsonl beside the output.")]
Quiet = Annotated[bool, _option("No progress, warnings or summary.", None, "--quiet", "-q")]
TextColumn = Annotated[str | None, _option("Holds the text.", _COLUMNS)]
IdColumn = Annotated[str | None, _option("Holds the id.", _COLUMNS)]
TitleColumn = Annotated[str | None, _option("Holds the headline.", _COLUMNS)]
DateColumn = Annotated[str | None, _option("Holds the day of publication.", _COLUMNS)]
UrlColumn = Annotated[str | None, _option("Holds the address.", _COLUMNS)]
PublisherColumn = Annotated[str | None, _option("Holds the publisher.", _COLUMNS)]
Published = Annotated[str | None, _option("Day of publication where the source tells none.", _READING)]
LenientDates = Annotated[bool, _option("Code items with a wrong date too.", _READING, "--lenient-dates")]
Encoding = Annotated[str | None, _option("Encoding of files that are not Unicode.", _READING)]
MaxCharacters = Annotated[int, _option("Set longer documents aside.", _READING, min=1)]
MinConfidence = Annotated[float | None, _option("Keep events of at least this confidence.", _CODING, min=0, max=1)]
Model = Annotated[Path | None, _option("A model folder instead of the one that ships.", _CODING)]
Actors = Annotated[Path | None, _option("A CSV table of parties of your own.", _CODING)]
Places = Annotated[Path | None, _option("A CSV table of places of your own.", _CODING)]
Threads = Annotated[int, _option("Threads of the encoder.", _CODING, min=1)]


def register(app: typer.Typer, make_coder: Callable[..., Examiner] | None = None) -> None:
    """Add the command; `make_coder` stands in for `whimbrel.Coder`."""

    @app.command("code")
    def code(
        sources: Sources = None,
        output: Output = None,
        output_format: Form = None,
        rejects: Rejects = None,
        text_column: TextColumn = None,
        id_column: IdColumn = None,
        title_column: TitleColumn = None,
        date_column: DateColumn = None,
        url_column: UrlColumn = None,
        publisher_column: PublisherColumn = None,
        published: Published = None,
        lenient_dates: LenientDates = False,
        encoding: Encoding = None,
        max_characters: MaxCharacters = 5_000_000,
        min_confidence: MinConfidence = None,
        model: Model = None,
        actors: Actors = None,
        places: Places = None,
        threads: Threads = 1,
        quiet: Quiet = False,
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
        aside = rejects or (output.parent if output else Path()) / "rejects.jsonl"
        day = _day(published)
        wishes = Wishes(
            tuple(given), output, chosen, aside, columns, day, lenient_dates, encoding, max_characters, quiet
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
