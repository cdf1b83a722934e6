"""`whimbrel query`, `count` and `show`: ask a store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whimbrel.errors import OptionError

if TYPE_CHECKING:
    from whimbrel.store import Query

StoreName = Annotated[
    str, typer.Argument(metavar="STORE", help="The store: record.db, or postgresql://user@server/db.")
]


def _option(help_text: str, panel: str | None, *names: str) -> Any:
    return typer.Option(*names, help=help_text, rich_help_panel=panel)


_WHO, _WHAT, _WHERE, _WHICH = "Who", "What and when", "Where", "Which reports and codings"
Actor = Annotated[
    list[str] | None, _option("Who did it: RUS, Russia, RUS:GOV, REB, a name, or Q7747.", _WHO, "--actor")
]
Recipient = Annotated[list[str] | None, _option("To whom it was done.", _WHO, "--recipient")]
With = Annotated[
    list[str] | None, _option("The other side of --actor, whichever way round; alone: on either side.", _WHO, "--with")
]
Country = Annotated[list[str] | None, _option("A country on either side.", _WHO, "--country")]
Sector = Annotated[list[str] | None, _option("A sector on either side: GOV, MIL, REB, ...", _WHO, "--sector")]
EventType = Annotated[list[str] | None, _option("PLOVER type: CONSULT, ASSAULT, ...", _WHAT, "--event")]
Mode = Annotated[list[str] | None, _option("PLOVER mode: visit, phone, aerial, ...", _WHAT, "--mode")]
Quad = Annotated[list[str] | None, _option('As "verbal cooperation".', _WHAT, "--quad")]
Context = Annotated[list[str] | None, _option("PLOVER context: election, human_rights, ...", _WHAT, "--context")]
Flag = Annotated[
    list[str] | None, _option("Only with this flag: negated, future, hypothetical, historical.", _WHAT, "--flag")
]
WithoutFlag = Annotated[list[str] | None, _option("Not with this flag.", _WHAT, "--without-flag")]
Plain = Annotated[bool, typer.Option("--plain", help="Only plain facts: without any flag.", rich_help_panel=_WHAT)]
Since = Annotated[str | None, _option("First day: 2023-10-17, 2023-10 or 2023.", _WHAT, "--since")]
Until = Annotated[str | None, _option("Last day: 2023-10-17, 2023-10 or 2023.", _WHAT, "--until")]
Confidence = Annotated[float | None, _option("At least this confidence, 0 to 1.", _WHAT, "--confidence")]
Near = Annotated[str | None, _option("LATITUDE,LONGITUDE in degrees, with --within.", _WHERE, "--near")]
Within = Annotated[float | None, _option("Kilometres around --near.", _WHERE, "--within")]
Box = Annotated[str | None, _option("SOUTH,WEST,NORTH,EAST in degrees.", _WHERE, "--box")]
PlaceCountry = Annotated[list[str] | None, _option("The country it took place in.", _WHERE, "--place-country")]
Text = Annotated[str | None, _option('Words in the report: all of them; "a phrase", OR, -not.', _WHICH, "--text")]
Source = Annotated[
    list[str] | None, _option("Where it was read: the path or address, or part of it.", _WHICH, "--source")
]
Publisher = Annotated[list[str] | None, _option("Who published it.", _WHICH, "--publisher")]
DocumentId = Annotated[list[str] | None, _option("The document's id.", _WHICH, "--document")]
Run = Annotated[list[int] | None, typer.Option("--run", help="Of this run, current or not.", rich_help_panel=_WHICH)]
Superseded = Annotated[
    bool, typer.Option("--superseded", help="Also what newer codings or texts replace.", rich_help_panel=_WHICH)
]
Form = Annotated[
    str | None, _option("table, jsonl, csv or parquet; else by the file's name; in a pipe jsonl.", None, "--format")
]
Output = Annotated[Path | None, _option("File to write to.", None, "--output", "-o")]


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("query")
    def query(
        store: StoreName,
        actor: Actor = None, recipient: Recipient = None, with_: With = None, country: Country = None,
        sector: Sector = None, event: EventType = None, mode: Mode = None, quad: Quad = None,
        context: Context = None, flag: Flag = None, without_flag: WithoutFlag = None, plain: Plain = False,
        since: Since = None, until: Until = None, confidence: Confidence = None, near: Near = None,
        within: Within = None, box: Box = None, place_country: PlaceCountry = None, text: Text = None,
        source: Source = None, publisher: Publisher = None, document: DocumentId = None, run: Run = None,
        superseded: Superseded = False,
        limit: Annotated[int | None, typer.Option(help="At most so many events.", min=1)] = None,
        order: Annotated[
            str, typer.Option(help="date, confidence or added; with - before it the largest first.")
        ] = "date",
        cursor: Annotated[str | None, typer.Option(help="Go on after the page that named this cursor.")] = None,
        output_format: Form = None, output: Output = None,
    ) -> None:  # fmt: skip
        """Write the events that fit all that is asked; of several values of one option, any.

        With --limit, the cursor of the next page stands on standard error. Ends with 0, or 1 if there is no event.
        """
        from whimbrel.cli.asking import write_events  # noqa: PLC0415 - a command imports what it needs

        asked = _query(
            actor, recipient, with_, country, sector, event, mode, quad, context, flag, without_flag, plain, since,
            until, confidence, near, within, box, place_country, text, source, publisher, document, run, superseded,
            limit=limit, order=order, cursor=cursor,
        )  # fmt: skip
        raise typer.Exit(write_events(store, asked, output, _format(output_format, output)))

    @app.command("count")
    def count(
        store: StoreName,
        by: Annotated[str, typer.Option(help="What to count by, parted by commas: month,actor.country or dyad,month.")],
        actor: Actor = None, recipient: Recipient = None, with_: With = None, country: Country = None,
        sector: Sector = None, event: EventType = None, mode: Mode = None, quad: Quad = None,
        context: Context = None, flag: Flag = None, without_flag: WithoutFlag = None, plain: Plain = False,
        since: Since = None, until: Until = None, confidence: Confidence = None, near: Near = None,
        within: Within = None, box: Box = None, place_country: PlaceCountry = None, text: Text = None,
        source: Source = None, publisher: Publisher = None, document: DocumentId = None, run: Run = None,
        superseded: Superseded = False, output_format: Form = None, output: Output = None,
    ) -> None:  # fmt: skip
        """Count events by month, country, dyad, type, ...: how many, the sum of their scores and the mean.

        Ends with 0, or 1 if there is no event.
        """
        from whimbrel.cli.asking import write_counts  # noqa: PLC0415

        asked = _query(
            actor, recipient, with_, country, sector, event, mode, quad, context, flag, without_flag, plain, since,
            until, confidence, near, within, box, place_country, text, source, publisher, document, run, superseded,
        )  # fmt: skip
        names = [name.strip() for name in by.split(",") if name.strip()]
        form = _format(output_format, output)
        if form == "parquet":
            raise OptionError("counts are written as table, jsonl or csv; choose one with --format")
        raise typer.Exit(write_counts(store, asked, names, output, form))

    @app.command("show")
    def show(
        store: StoreName,
        event: Annotated[str, typer.Argument(metavar="EVENT_ID", help="The event's id, or its beginning.")],
        run: Annotated[int | None, typer.Option(help="The coding of this run instead of the current one.")] = None,
    ) -> None:
        """Show an event in its sentence, its document, where that was read, and the run that coded it."""
        from whimbrel.cli.asking import show_event  # noqa: PLC0415

        show_event(store, event, run)


def _query(
    actor: Any, recipient: Any, with_: Any, country: Any, sector: Any, event: Any, mode: Any, quad: Any, context: Any,
    flag: Any, without_flag: Any, plain: bool, since: Any, until: Any, confidence: Any, near: Any, within: Any,
    box: Any, place_country: Any, text: Any, source: Any, publisher: Any, document: Any, run: Any, superseded: bool,
    **more: Any,
) -> Query:  # fmt: skip
    from whimbrel.records import FLAGS  # noqa: PLC0415
    from whimbrel.store import Query  # noqa: PLC0415

    return Query(
        actor=actor or (), recipient=recipient or (), with_=with_ or (), country=country or (), sector=sector or (),
        event=event or (), mode=mode or (), quad=quad or (), context=context or (), flag=flag or (),
        without_flag=FLAGS if plain else without_flag or (), near=_numbers(near, "--near", 2), within=within,
        box=_numbers(box, "--box", 4), place_country=place_country or (), since=since, until=until, text=text,
        confidence=confidence, source=source or (), publisher=publisher or (), document=document or (),
        run=run or (), superseded=superseded, **more,
    )  # fmt: skip


def _numbers(text: str | None, option: str, many: int) -> Any:
    if text is None:
        return None
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != many:
        shape = {"--near": "LATITUDE,LONGITUDE", "--box": "SOUTH,WEST,NORTH,EAST"}[option]
        raise OptionError(f"{option} {text!r} is not {shape}; write degrees, such as --near 31.5,34.47")
    return numbers


def _format(asked: str | None, output: Path | None) -> str:
    from whimbrel.export import FORMATS, format_by_name  # noqa: PLC0415

    if asked is not None and asked not in ("table", *FORMATS):
        raise OptionError(f"there is no format {asked!r}; choose one of table, {', '.join(FORMATS)}")
    if output is not None:
        if asked == "table":
            raise OptionError("a table is for the terminal; give -o a file ending in .jsonl, .csv or .parquet")
        return asked or format_by_name(output)
    if asked == "parquet":
        raise OptionError("Parquet cannot be written to a terminal or pipe; name a file: -o FILE.parquet")
    return asked or ("table" if sys.stdout.isatty() else "jsonl")
