"""One run of `whimbrel code`: sources through the coder into the output, with everything that is told on the way."""

from __future__ import annotations

import math
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import typer
from rich.console import Console

from whimbrel.cli.progress import ProgressLine, counted, duration
from whimbrel.errors import OutputError, SourceError
from whimbrel.export import FileWriter, RejectsFile, StreamWriter
from whimbrel.export.files import PARTIAL_ENDINGS
from whimbrel.export.terminal import events_table
from whimbrel.reading import Columns, Progress, Reject, Seen, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from typing import Self

    from whimbrel.coder import Examined
    from whimbrel.export import Format
    from whimbrel.records import Document, Event

ALL_READ, SOME_SET_ASIDE, FAILED, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141
_TOLD = 5
"""Set-aside items that are named on standard error; the file of rejects has all."""
_TABLE = 200
"""Events that a table on the terminal shows."""
_NOTICES = {
    "encoding": "pieces of text were not UTF-8 and read as Windows-1252",
    "nul": "texts held NUL characters",
    "surrogate": "texts held half characters",
    "mojibake": "texts had been decoded wrongly before they came here",
    "order": "dates were read day first, where the month could be first",
    "date": "items had a wrong date and were coded without it",
}


class Examiner(Protocol):
    """What a coder must be able to do here."""

    def examine_stream(self, documents: Iterable[Document]) -> Iterator[Examined]:
        """Yield what was found in each document, in order."""
        ...


class Writer(Protocol):
    """Where events go."""

    def write(self, event: Event) -> None:
        """Take one event."""
        ...


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command was told."""

    sources: tuple[str, ...]
    output: Path | None
    format: str
    rejects: Path
    columns: Columns
    published: date | None = None
    lenient_dates: bool = False
    encoding: str | None = None
    max_characters: int = 5_000_000
    quiet: bool = False


class TableWriter:
    """Collects events and prints a table of them at the end."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._more = 0

    def write(self, event: Event) -> None:
        """Take one event; those beyond the first 200 are only counted."""
        if len(self._events) < _TABLE:
            self._events.append(event)
        else:
            self._more += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._events:
            documents = len({event.document.id for event in self._events}) > 1
            Console(highlight=False).print(events_table(self._events, documents=documents))
        if self._more:
            typer.echo(f"and {self._more:,} more events; write them all with -o FILE.jsonl", err=True)


@dataclass(slots=True)
class Run:
    """Codes the sources; `status` is the exit status, 0 to 2, 130 when interrupted."""

    wishes: Wishes
    status: int = ALL_READ
    documents: int = 0
    events: int = 0
    left_out: int = 0
    best_left_out: float = 0.0
    failed_sources: int = 0
    progress: Progress = field(default_factory=Progress)
    _line: ProgressLine = field(init=False)
    _rejects: RejectsFile = field(init=False)
    _writer: FileWriter | None = None
    _unwritten: bool = False
    _started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.progress.tell = self._warn
        self.progress.bytes_total = _total(self.wishes.sources)
        self._line = ProgressLine(self.progress)
        self._rejects = RejectsFile(self.wishes.rejects)

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Turn an interruption, a closed pipe or a failed write into a message and a status."""
        try:
            yield
        except KeyboardInterrupt:
            self._line.clear()
            kept = f"; {self._writer.kept}" if self._writer is not None and self._writer.kept else ""
            _say(f"interrupted after {self.documents:,} documents{kept}")
            self.status = INTERRUPTED
        except OutputError as error:
            self._line.clear()
            if isinstance(error.__cause__, BrokenPipeError):
                self.status = PIPE_CLOSED
                return
            kept = (self._writer and self._writer.kept) or ""
            _say(f"whimbrel: {error}" if not kept or kept in str(error) else f"whimbrel: {error}; {kept}")
            self.status = FAILED

    def code(self, coder: Examiner) -> None:
        """Read, code and write everything, then say how it went."""
        self._line.begin()
        with self._rejects, self._output() as writer:
            for examined in coder.examine_stream(self._read()):
                self._take(examined, writer)
            self._line.clear()
        self._sum_up()

    def _output(self) -> FileWriter | StreamWriter | TableWriter:
        output_format = self.wishes.format
        if output_format == "table":
            return TableWriter()
        if self.wishes.output is None:
            return StreamWriter(cast("Format", output_format))
        self._writer = FileWriter(self.wishes.output, cast("Format", output_format))
        return self._writer

    def _take(self, examined: Examined, writer: Writer) -> None:
        self.documents += 1
        for event in examined.events:
            writer.write(event)
            self.events += 1
        for found in examined.extraction.left_out:
            self.left_out += 1
            self.best_left_out = max(self.best_left_out, found.confidence)
        if not self.wishes.quiet:
            self._line.update(self.documents, self.events)

    def _read(self) -> Iterator[Document]:
        seen = Seen()
        for source in self.wishes.sources:
            try:
                for item in self._items(source, seen):
                    if isinstance(item, Reject):
                        self._set_aside(item)
                    else:
                        yield item
            except SourceError as error:
                self.failed_sources += 1
                self._line.clear()
                _say(f"whimbrel: {error}")
                if len(self.wishes.sources) > 1:
                    self._keep_reject(Reject(source[:200], str(error)))

    def _items(self, source: str, seen: Seen) -> Iterator[Document | Reject]:
        wishes = self.wishes
        own = [wishes.rejects]
        if (output := wishes.output) is not None:
            own += [output, *(output.with_name(f"{output.name}{ending}") for ending in PARTIAL_ENDINGS)]
        return read(
            source,
            columns=wishes.columns,
            published=wishes.published,
            lenient_dates=wishes.lenient_dates,
            encoding=wishes.encoding,
            limit=wishes.max_characters,
            skip=own,
            progress=self.progress,
            seen=seen,
        )

    def _set_aside(self, item: Reject) -> None:
        self._keep_reject(item)
        if (self.progress.rejects <= _TOLD and not self.wishes.quiet) or self._unwritten:
            self._line.clear()
            _say(f"set aside: {item.where}: {item.reason}")
        if self.progress.rejects == _TOLD + 1 and not self._unwritten:
            self._warn(f"more items are set aside; {self.wishes.rejects} names them all")

    def _keep_reject(self, item: Reject) -> None:
        """Write the item to the file of rejects; where that fails, say so once and name the items here instead."""
        if self._unwritten:
            return
        try:
            self._rejects.write(item)
        except OutputError as error:
            self._unwritten = True
            _say(f"warning: {error}; what is set aside is named here instead")

    def _warn(self, message: str) -> None:
        if not self.wishes.quiet:
            self._line.clear()
            _say(f"warning: {message}")

    def _sum_up(self) -> None:
        set_aside = self.progress.rejects + self.failed_sources
        if not self.documents:
            self.status = FAILED
        elif set_aside:
            self.status = SOME_SET_ASIDE
        if not self.events:
            _say(self._why_nothing())
        if self.wishes.quiet:
            return
        for kind, count in self.progress.notices.items():
            if count > 1:
                _say(f"warning: {count:,} {_NOTICES.get(kind, kind)}")
        where = f" ({self.wishes.rejects})" if self._rejects.records else ""
        seconds = duration(time.monotonic() - self._started)
        _say(
            f"{counted(self.documents, 'document')}, {counted(self.events, 'event')}, "
            f"{set_aside:,} set aside{where}, {seconds}"
        )

    def _why_nothing(self) -> str:
        if not self.documents:
            return "no text could be read, so there are no events"
        if not self.left_out:
            return f"no event was found in {counted(self.documents, 'document')}"
        least = math.floor(self.best_left_out * 100) / 100
        return (
            f"no event is above the threshold of confidence: {self.left_out:,} below it, the best at "
            f"{self.best_left_out:.2f}; try --min-confidence {least:g}"
        )


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()


def _total(sources: tuple[str, ...]) -> int | None:
    """Return the bytes of all sources together, 0 where they are several and not all are files, None for one alone."""
    if len(sources) == 1:
        return None
    try:
        files = [Path(source) for source in sources]
        return sum(file.stat().st_size for file in files) if all(file.is_file() for file in files) else 0
    except (OSError, ValueError):
        return 0
