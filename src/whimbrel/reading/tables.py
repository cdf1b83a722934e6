"""CSV and TSV files: one document a row, the columns named by the first line."""

from __future__ import annotations

import csv
from collections import deque
from typing import TYPE_CHECKING

from whimbrel.errors import SourceError
from whimbrel.reading.encoding import decode
from whimbrel.reading.items import Maker, missing_column, usual_columns
from whimbrel.reading.lines import Line, line_limit, lines
from whimbrel.reading.values import Reject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whimbrel.reading.opening import Stream
    from whimbrel.records import Document

_DELIMITERS = ",\t;|"
_LONGEST_ROW = 5_000
"""Lines that one quoted row may span before its quote counts as never closed."""


def delimiter_of(head: bytes) -> str:
    """Return the sign that parts the columns: the one that the first line has most of."""
    first = head.split(b"\n", 1)[0].decode("utf-8", "replace")
    return max(_DELIMITERS, key=first.count)


class _Rows:
    """Rows of a table, each with the number of its first line, or a Reject where a line is faulty.

    A quote that is never closed would swallow the rest of the file: its line is set aside, and reading goes on with
    the line after it.
    """

    def __init__(self, stream: Stream, maker: Maker) -> None:
        self._maker = maker
        self._limit = line_limit(stream.settings.limit)
        self._lines = lines(stream)
        self._again: deque[Line | Reject] = deque()
        self._row: list[Line] = []
        self._open = False
        self._delimiter = delimiter_of(stream.head)
        self.width = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]] | Reject]:
        while (line := self._next()) is not None:
            if isinstance(line, Reject):
                yield self._maker.passed(line)
                continue
            row = self._parsed(line)
            if isinstance(row, Reject) or any(row):
                yield row if isinstance(row, Reject) else (line.number, row)

    def _next(self) -> Line | Reject | None:
        return self._again.popleft() if self._again else next(self._lines, None)

    def _parsed(self, first: Line) -> list[str] | Reject:
        self._row, self._open = [], False
        self._again.appendleft(first)
        try:
            return next(csv.reader(self._texts(), delimiter=self._delimiter, strict=True), [])
        except csv.Error as error:
            reason = "a quote that is opened here is never closed" if self._open else f"broken row: {error}"
        self._again.extendleft(reversed(self._row[1:]))
        if self._delimiter == "\t" and first.raw.count(b"\t") == self.width - 1:
            return self._decoded(first).rstrip("\r\n").split("\t")  # a table that quotes nothing
        return self._maker.rejected(self.where(first.number), reason, first.raw)

    def _texts(self) -> Iterator[str]:
        """Give the lines of one row; the reader asks for another only while a quote is open."""
        size = 0
        while size <= self._limit and len(self._row) < _LONGEST_ROW:
            line = self._next()
            if not isinstance(line, Line):
                if line is not None:
                    self._again.appendleft(line)
                break
            self._row.append(line)
            size += len(line.raw)
            yield self._decoded(line)
        self._open = True

    def _decoded(self, line: Line) -> str:
        return decode(line.raw, self._maker.source, self.where(line.number), self._maker.settings.progress)

    def where(self, number: int) -> str:
        """Name a line for a person."""
        return f"{self._maker.source}, line {number}"


def table(stream: Stream) -> Iterator[Document | Reject]:
    """Give the document of each row; raises SourceError where the first line names no column of text."""
    if csv.field_size_limit() < line_limit(stream.settings.limit):
        csv.field_size_limit(line_limit(stream.settings.limit))
    maker = Maker(stream.name, stream.settings)
    rows = _Rows(stream, maker)
    iterator = iter(rows)
    header = next(iterator, None)
    if header is None or isinstance(header, Reject):
        why = f" ({header.reason})" if header else ""
        raise SourceError(f"{stream.name}: no first line with the names of columns{why}")
    names = [name.strip() for name in header[1]]
    if (missing := missing_column(names, stream.settings.columns)) is not None:
        raise SourceError(f"{stream.name}: {missing}")
    columns = usual_columns(names, stream.settings.columns)
    rows.width = len(names)
    for row in iterator:
        if isinstance(row, Reject):
            yield row
            continue
        number, cells = row
        where = rows.where(number)
        if len(cells) != len(names):
            reason = f"{len(cells)} cells where the first line names {len(names)} columns"
            yield maker.rejected(where, reason, ",".join(cells))
            continue
        yield maker.record(dict(zip(names, cells, strict=True)), columns, where, f"{stream.name}:{number}")
