"""`whimbrel export`: event records into the formats of other data sets, or into a data set to publish."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whimbrel.cli.progress import counted
from whimbrel.errors import OptionError, OutputError

if TYPE_CHECKING:
    from whimbrel.export.conversion import LayoutWriter
    from whimbrel.export.dataset import About, DatasetWriter
    from whimbrel.export.layouts import Layout
    from whimbrel.ontology import Ontology
    from whimbrel.reading import Reject

_TOLD = 5
"""Set-aside lines that are named on standard error; the file of rejects has all."""


class Target(StrEnum):
    """What to export to."""

    PLOVER = "plover"
    ICEWS = "icews"
    POLECAT = "polecat"
    GDELT = "gdelt"
    GDELT_MENTIONS = "gdelt-mentions"
    DATASET = "dataset"


def _option(help_text: str, panel: str | None = None, *names: str, **more: Any) -> Any:
    return typer.Option(*names, help=help_text, rich_help_panel=panel, **more)


_ABOUT = "About a data set"
Source = Annotated[str, typer.Argument(metavar="EVENTS.jsonl", help="Event records, or - for what is piped in.")]
To = Annotated[Target, _option("The format.", None, "--to")]
Output = Annotated[
    Path | None, _option("File to write (a folder for dataset); else standard output.", None, "--output", "-o")
]
Flagged = Annotated[bool, _option("Write negated, future, hypothetical and historical events like the others.")]
Header = Annotated[bool, _option("Begin GDELT's tables with a line of column names.")]
Text = Annotated[
    bool | None, _option("Write the sentences or not (plover: not, dataset: yes).", None, "--text/--no-text")
]
Rejects = Annotated[Path | None, _option("File for lines set aside; else rejects.jsonl beside the output.")]
Quiet = Annotated[bool, _option("No summary.", None, "--quiet", "-q")]
Title = Annotated[str, _option("Its title.", _ABOUT)]
Author = Annotated[list[str] | None, _option("'Family, Given', or a body's name; may be given again.", _ABOUT)]
Version = Annotated[str, _option("Its version.", _ABOUT, "--dataset-version")]
Licence = Annotated[str | None, _option("SPDX identifier, such as CC-BY-4.0.", _ABOUT)]
Doi = Annotated[str | None, _option("Its DOI.", _ABOUT)]
Url = Annotated[str | None, _option("Where it is published.", _ABOUT)]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""

    @app.command("export")
    def export(
        source: Source,
        to: To,
        output: Output = None,
        flagged: Flagged = False,
        header: Header = False,
        text: Text = None,
        rejects: Rejects = None,
        quiet: Quiet = False,
        title: Title = "Event records",
        author: Author = None,
        dataset_version: Version = "1.0.0",
        licence: Licence = None,
        doi: Doi = None,
        url: Url = None,
    ) -> None:
        """Write event records as PLOVER JSON, ICEWS, POLECAT or GDELT rows, or as a data set to publish.

        Ends with 0 if all was read, 1 if lines were set aside, 2 if nothing could be read or written.
        """
        from whimbrel.export.dataset import About  # noqa: PLC0415 - a command imports what it needs
        from whimbrel.ontology import Ontology  # noqa: PLC0415

        _not_the_input(source, output)
        ontology = Ontology.load()
        made = datetime.now(tz=UTC).date()
        about = About(title, tuple(author or ()), dataset_version, licence, doi, url, made)
        writer = _writer(to, output, ontology, about, flagged=flagged, header=header, text=text)
        aside = rejects or (output.parent if output else Path()) / "rejects.jsonl"
        raise typer.Exit(_run(source, writer, ontology, aside, quiet=quiet))


def _writer(
    to: Target,
    output: Path | None,
    ontology: Ontology,
    about: About,
    *,
    flagged: bool,
    header: bool,
    text: bool | None,
) -> LayoutWriter | DatasetWriter:
    from whimbrel.export.conversion import LayoutWriter  # noqa: PLC0415
    from whimbrel.export.dataset import DatasetWriter  # noqa: PLC0415

    if to is Target.DATASET:
        if output is None:
            raise OptionError("a data set is a folder; name it with -o FOLDER")
        return DatasetWriter(output, ontology, about, text=text is not False)
    return LayoutWriter(layout(to, ontology, flagged=flagged, header=header, text=bool(text)), output)


def layout(
    to: Target, ontology: Ontology, *, flagged: bool = False, header: bool = False, text: bool = False
) -> Layout:
    """Return the layout of a format other than `dataset`."""
    from whimbrel.export.codes import Codes  # noqa: PLC0415
    from whimbrel.export.gdelt import GdeltLayout, GdeltMentionsLayout  # noqa: PLC0415
    from whimbrel.export.icews import IcewsLayout  # noqa: PLC0415
    from whimbrel.export.plover import PloverLayout  # noqa: PLC0415
    from whimbrel.export.polecat import PolecatLayout  # noqa: PLC0415

    codes = Codes.load()
    if to is Target.PLOVER:
        return PloverLayout(codes, ontology, text=text)
    if to is Target.ICEWS:
        return IcewsLayout(codes, ontology, flagged=flagged)
    if to is Target.POLECAT:
        return PolecatLayout(codes, flagged=flagged)
    kind = GdeltMentionsLayout if to is Target.GDELT_MENTIONS else GdeltLayout
    return kind(codes, flagged=flagged, header=header)


def _run(source: str, writer: LayoutWriter | DatasetWriter, ontology: Ontology, aside: Path, *, quiet: bool) -> int:
    """Convert everything and say how it went; return the exit status."""
    from whimbrel.export.rejects import RejectsFile  # noqa: PLC0415
    from whimbrel.export.stored import stored_events  # noqa: PLC0415
    from whimbrel.reading import Reject  # noqa: PLC0415

    rejects = RejectsFile(aside)
    read = 0
    try:
        with rejects, writer:
            for item in stored_events(source, ontology):
                if isinstance(item, Reject):
                    _set_aside(item, rejects)
                else:
                    read += 1
                    writer.write(item)
    except OutputError as error:
        if isinstance(error.__cause__, BrokenPipeError):
            return 141
        kept = writer.kept or ""
        raise OutputError(f"{error}; {kept}" if kept and kept not in str(error) else str(error)) from error
    except KeyboardInterrupt:
        _say(f"interrupted after {read:,} events{f'; {writer.kept}' if writer.kept else ''}")
        return 130
    _sum_up(writer, rejects, read, quiet=quiet)
    return 1 if rejects.records else 0


def _set_aside(item: Reject, rejects: Any) -> None:
    rejects.write(item)
    if rejects.records <= _TOLD:
        _say(f"set aside: {item.where}: {item.reason}")
    elif rejects.records == _TOLD + 1:
        _say(f"more lines are set aside; {rejects.path} names them all")


def _sum_up(writer: LayoutWriter | DatasetWriter, rejects: Any, read: int, *, quiet: bool) -> None:
    if quiet:
        return
    for sentence in writer.summary():
        _say(sentence)
    rows = getattr(writer, "rows", writer.events)
    where = f" ({rejects.path})" if rejects.records else ""
    _say(
        f"{counted(read, 'event')} read, {writer.events:,} written in {counted(rows, 'row')}, "
        f"{counted(rejects.records, 'line')} set aside{where}"
    )


def _not_the_input(source: str, output: Path | None) -> None:
    if output is None or source == "-" or not output.is_file():
        return
    try:
        same = Path(source).samefile(output)
    except (OSError, ValueError):
        return
    if same:
        raise OptionError(f"{output} is both read and written; give another name with -o")


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()
