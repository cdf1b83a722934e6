"""One run of `whimbrel ingest`: sources through the coder into a store, with everything that is told on the way."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from whimbrel.cli.progress import ProgressLine, counted, duration
from whimbrel.errors import OptionError, SourceError
from whimbrel.reading import Columns, Progress, Reject, Seen, read
from whimbrel.store import StoreError, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from whimbrel.records import Document
    from whimbrel.store import Ingest, Store

ALL_READ, SOME_SET_ASIDE, FAILED, INTERRUPTED = 0, 1, 2, 130
_TOLD = 5
"""Set-aside items that are named on standard error; the store keeps all."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How sources are read."""

    columns: Columns = field(default_factory=Columns)
    published: date | None = None
    lenient_dates: bool = False
    encoding: str | None = None
    max_characters: int = 5_000_000


@dataclass(slots=True)
class Storing:
    """Reads sources into a store; `status` is the exit status."""

    store: Store
    sources: tuple[str, ...]
    reading: Reading
    quiet: bool = False
    status: int = ALL_READ
    failed_sources: int = 0
    tally: Tally = field(default_factory=Tally)
    progress: Progress = field(default_factory=Progress)
    _line: ProgressLine = field(init=False)
    _started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.progress.tell = self._warn
        self.progress.bytes_total = _total(self.sources)
        self._line = ProgressLine(self.progress)

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Turn an interruption or a failing store into a message and a status."""
        try:
            yield
        except KeyboardInterrupt:
            self._line.clear()
            _say(f"interrupted; {self._stored()}; the same command goes on from there")
            self.status = INTERRUPTED
        except StoreError as error:
            self._line.clear()
            _say(f"whimbrel: {error}; {self._stored()}")
            self.status = FAILED

    def _stored(self) -> str:
        tally = self.tally
        return f"{counted(tally.documents, 'document')} and {counted(tally.events, 'event')} were stored by this run"

    def ingest(self, run: Ingest) -> None:
        """Read, code and store everything, then say how it went."""
        self._begin(run)
        with run:
            for source, item in self._read(run):
                run.add(item, source)
                self._update()
        self._line.clear()
        self._sum_up()

    def recode(self, run: Ingest) -> None:
        """Code what is stored again, then say how it went."""
        self._begin(run)
        with run:
            run.recode_stored()
        self._line.clear()
        self._sum_up()

    def _begin(self, run: Ingest) -> None:
        self.tally = run.tally
        run.told = self._set_aside
        run.stored = lambda _: self._update()
        self._line.begin()

    def _update(self) -> None:
        if not self.quiet:
            self.progress.rejects = self.tally.rejects
            self._line.update(self.tally.documents + self.tally.known, self.tally.events)

    def _read(self, run: Ingest) -> Iterator[tuple[str, Document | Reject]]:
        seen = Seen()
        for source in self.sources:
            location = _location(source)
            try:
                for item in self._items(source, seen):
                    yield location, item
            except SourceError as error:
                self.failed_sources += 1
                self._line.clear()
                _say(f"whimbrel: {error}")
                run.flush()

    def _items(self, source: str, seen: Seen) -> Iterator[Document | Reject]:
        how = self.reading
        path = getattr(self.store.dialect, "path", None)
        own = [path.with_name(f"{path.name}{ending}") for ending in ("", "-wal", "-shm")] if path else []
        return read(
            source,
            columns=how.columns,
            published=how.published,
            lenient_dates=how.lenient_dates,
            encoding=how.encoding,
            limit=how.max_characters,
            skip=own,
            progress=self.progress,
            seen=seen,
        )

    def _set_aside(self, item: Reject) -> None:
        if self.quiet or self.tally.rejects > _TOLD + 1:
            return
        self._line.clear()
        if self.tally.rejects <= _TOLD:
            _say(f"set aside: {item.where}: {item.reason}")
        else:
            _say(f"more items are set aside; `whimbrel info {self.store.name} --rejects` shows them all")

    def _warn(self, message: str) -> None:
        if not self.quiet:
            self._line.clear()
            _say(f"warning: {message}")

    def _sum_up(self) -> None:
        tally = self.tally
        aside = tally.rejects + self.failed_sources
        if self.sources and not tally.documents + tally.known:
            self.status = FAILED
            _say("no text could be read, so nothing was stored")
        elif aside:
            self.status = SOME_SET_ASIDE
        if self.quiet:
            return
        if tally.older:
            _say(f"{counted(tally.older, 'document')} known already from another model or settings were not coded "
                 "again; --recode does that")  # fmt: skip
        seconds = duration(time.monotonic() - self._started)
        _say(
            f"{counted(tally.documents, 'document')} and {counted(tally.events, 'event')} stored, "
            f"{tally.known:,} known already, {aside:,} set aside, {seconds}"
        )


def settings_of(min_confidence: float | None, actors: Path | None, places: Path | None) -> dict[str, object]:
    """Return what, besides release and model, makes a run: the least confidence and the tables, with their contents."""
    settings: dict[str, object] = {} if min_confidence is None else {"min_confidence": min_confidence}
    for name, table in (("actors", actors), ("places", places)):
        if table is not None:
            try:
                settings[name] = f"{table.name} {blake2b(table.read_bytes(), digest_size=8).hexdigest()}"
            except OSError as error:
                raise OptionError(f"--{name} {table}: cannot be read ({error.strerror}); check the path") from error
    return settings


def _location(source: str) -> str:
    """Return how a source is remembered: a file's whole path, an address as given, or that it was a text."""
    if source.startswith(("http://", "https://", "-")):
        return "standard input" if source == "-" else source
    try:
        return str(Path(source).resolve()) if Path(source).exists() or "*" in source else "text"
    except (OSError, ValueError):
        return "text"


def _total(sources: tuple[str, ...]) -> int | None:
    """Return the bytes of all sources together, 0 where that cannot be told, None where there is one alone."""
    if len(sources) == 1:
        return None
    try:
        files = [Path(source) for source in sources]
        return sum(file.stat().st_size for file in files) if all(file.is_file() for file in files) else 0
    except (OSError, ValueError):
        return 0


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()
