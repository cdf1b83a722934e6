"""`whimbrel ingest` and `whimbrel recode`: fill a store, and code again what is in it."""



from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from whimbrel.cli.code import (
    Actors,
    DateColumn,
    Encoding,
    IdColumn,
    LenientDates,
    MaxCharacters,
    MinConfidence,
    Model,
    Places,
    Published,
    PublisherColumn,
    Quiet,
    TextColumn,
    Threads,
    TitleColumn,
    UrlColumn,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from whimbrel.store import StreamCoder

StoreName = Annotated[str, typer.Argument(metavar="STORE", help="The store: record.db, or postgresql://user@server/db.")]
Sources = Annotated[
    list[str] | None,
    typer.Argument(help="Texts, files, folders, globs, web addresses, or - for what is piped in."),
]
Update = Annotated[
    bool, typer.Option("--update", help="Store a text that changed under its id as a newer version.")
]
Recode = Annotated[
    bool, typer.Option("--recode", help="Code documents again that another model or other settings coded.")
]


def register(app: typer.Typer, make_coder: Callable[..., StreamCoder] | None = None) -> None:
    """Add the commands; `make_coder` stands in for `whimbrel.Coder`."""

    @app.command("ingest")
    def ingest(
        store: StoreName,
        sources: Sources = None,
        update: Update = False,
        recode: Recode = False,
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
        """Code news and store documents with their events; what is stored already is passed over.

        Stopped anywhere, the same command goes on where it was. Ends with 0 if all was read, 1 if some was set aside,
        2 if nothing could be read or written.
        """
        from whimbrel.cli.code import _day, _sources  # noqa: PLC0415 - a command imports what it needs
        from whimbrel.cli.storing import Reading, Storing, settings_of  # noqa: PLC0415
        from whimbrel.reading import Columns  # noqa: PLC0415
        from whimbrel.store import Store  # noqa: PLC0415

        columns = Columns(id_column, text_column, title_column, date_column, url_column, publisher_column)
        reading = Reading(columns, _day(published), lenient_dates, encoding, max_characters)
        with Store.open(store) as opened:
            run = Storing(opened, tuple(_sources(sources)), reading, quiet=quiet)
            with run.interruptible():
                make = make_coder or _coder()
                coder = make(model, min_confidence=min_confidence, threads=threads, actors=actors, places=places)
                settings = settings_of(min_confidence, actors, places)
                run.ingest(opened.begin(coder, settings=settings, sources=run.sources, update=update, recode=recode))
        raise typer.Exit(run.status)

    @app.command("recode")
    def recode_(
        store: StoreName,
        min_confidence: MinConfidence = None,
        model: Model = None,
        actors: Actors = None,
        places: Places = None,
        threads: Threads = 1,
        quiet: Quiet = False,
    ) -> None:
        """Code the stored documents again with this release, model and settings; the old events are kept beside.

        Stopped anywhere, the same command goes on where it was.
        """
        from whimbrel.cli.storing import Reading, Storing, settings_of  # noqa: PLC0415
        from whimbrel.store import Store  # noqa: PLC0415

        with Store.open(store) as opened:
            run = Storing(opened, (), Reading(), quiet=quiet)
            with run.interruptible():
                make = make_coder or _coder()
                coder = make(model, min_confidence=min_confidence, threads=threads, actors=actors, places=places)
                run.recode(opened.begin(coder, settings=settings_of(min_confidence, actors, places), recode=True))
        raise typer.Exit(run.status)


def _coder() -> Callable[..., StreamCoder]:
    from whimbrel.coder import Coder  # noqa: PLC0415 - slow to import

    return Coder
