"""Writers of events: JSON lines, CSV and Parquet, to a file or to standard output."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, BinaryIO, Literal, get_args

from whimbrel.errors import OptionError, OutputError
from whimbrel.export.files import PARTIAL_ENDINGS, NewFile, RecordFile, standard_output
from whimbrel.export.flat import COLUMNS, row
from whimbrel.export.parquet import parquet_from_lines
from whimbrel.export.records import event_to_json

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from whimbrel.records import Event

Format = Literal["jsonl", "csv", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
_BY_SUFFIX: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A text cell that begins with one of these is a formula to a spreadsheet."""


def format_by_name(path: Path) -> Format:
    """Return the format that an output file's name tells; raises OptionError where it tells none."""
    try:
        return _BY_SUFFIX[path.suffix.lower()]
    except KeyError:
        endings = ", ".join(_BY_SUFFIX)
        raise OptionError(f"{path}: the name tells no format; end it in one of {endings}, or give --format") from None


def json_line(event: Event) -> bytes:
    """Return the event as a line of JSON."""
    return event_to_json(event).encode("utf-8", "replace") + b"\n"


def csv_line(event: Event) -> bytes:
    """Return the event as a row of CSV; a text that a spreadsheet would run as a formula gets an apostrophe first."""
    return _csv([_safe(cell) for cell in row(event)])


def csv_header() -> bytes:
    """Return the row of the columns' names."""
    return _csv([column.name for column in COLUMNS])


def _csv(cells: list[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode("utf-8", "replace")


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


class StreamWriter:
    """Writes events to an open binary stream, each at once and whole: JSON lines or CSV."""

    def __init__(self, output_format: Format, raw: BinaryIO | None = None) -> None:
        if output_format == "parquet":
            raise OptionError("Parquet cannot be written to a pipe; name a file with -o FILE.parquet")
        self._line = csv_line if output_format == "csv" else json_line
        self.file = RecordFile(standard_output() if raw is None else raw, "standard output", block=1)
        if output_format == "csv":
            self.file.write(csv_header(), counts=0)

    def write(self, event: Event) -> None:
        """Write one event; raises OutputError."""
        self.file.write(self._line(event))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing waits, so there is nothing to do."""


class FileWriter:
    """Writes events to a file that appears at its path when all is well; use it in a `with` statement.

    Where the run fails or is interrupted, an existing file stays as it was, and the events so far are kept beside
    it, whole: as FILE.partial, or as JSON lines in FILE.partial.jsonl where a Parquet file was asked for. `kept` then
    says so. Raises OutputError where writing fails.
    """

    def __init__(self, path: Path, output_format: Format | None = None) -> None:
        self.path = path
        self.format: Format = output_format or format_by_name(path)
        self.kept: str | None = None
        self._new = NewFile(path, PARTIAL_ENDINGS[self.format == "parquet"])
        if self.format == "parquet" and self._new.direct:
            self._new.keep()
            raise OptionError(f"{path}: Parquet is written to files only; name one that ends in .parquet")
        self._line = csv_line if self.format == "csv" else json_line
        if self.format == "csv":
            self._new.file.write(csv_header(), counts=0)

    @property
    def records(self) -> int:
        """How many events are safely written."""
        return self._new.file.records

    def write(self, event: Event) -> None:
        """Write one event; raises OutputError."""
        self._new.file.write(self._line(event))

    def flush(self) -> None:
        """Write what waits; raises OutputError."""
        self._new.file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.kept = self._new.keep()
            return
        try:
            self._new.close()
            if self.format == "parquet":
                parquet_from_lines(self._new.partial, self.path)
                self._new.partial.unlink()
            else:
                self._new.publish()
        except OutputError as failure:
            self.kept = self._new.keep()
            raise OutputError(f"{failure}; {self.kept}") from failure
