"""Parquet files of events, made from their JSON lines by batches."""

from __future__ import annotations

import io
import json
import os
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import arro3.io
from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema

from whimbrel.errors import OutputError
from whimbrel.export.files import publish, reason_of
from whimbrel.export.flat import COLUMNS, Type, row
from whimbrel.export.records import event_from_dict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BATCH = 4_096
"""Events held at a time, some 8 MB."""
_ROW_GROUP = 65_536
_EPOCH = date(1970, 1, 1).toordinal()


def _type(kind: Type) -> DataType:
    return {
        "text": DataType.string(),
        "whole": DataType.int64(),
        "number": DataType.float64(),
        "day": DataType.date32(),
    }[kind]


def parquet_schema() -> Schema:
    """Return the Arrow schema of the columns, each with its description."""
    return Schema(
        [
            Field(column.name, _type(column.type), nullable=True, metadata={"description": column.description})
            for column in COLUMNS
        ]
    )


class _Watched(io.RawIOBase):
    """A file that never fails while it is written to, but remembers that it did.

    The Parquet writer panics on an error of the file; this one is asked afterwards.
    """

    def __init__(self, raw: io.RawIOBase) -> None:
        super().__init__()
        self._raw = raw
        self.error: OSError | None = None

    def writable(self) -> bool:
        """Return True: it is for writing."""
        return True

    def write(self, block: bytes, /) -> int:  # type: ignore[override]
        """Write a block, unless writing failed before."""
        view = memoryview(block).cast("B")
        try:
            written = 0
            while self.error is None and written < len(view):
                written += self._raw.write(view[written:]) or 0
        except OSError as error:
            self.error = error
        return len(view)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to another position."""
        return self._raw.seek(offset, whence)


def parquet_from_lines(lines: Path, path: Path) -> None:
    """Write the events of a file of JSON lines to a Parquet file, which appears at `path` when it is complete.

    Memory holds one batch of events and one group of rows. Raises OutputError; `path` is then as it was.
    """
    target = Path(os.path.realpath(path))
    partial = target.with_name(f"{target.name}.partial")
    schema = parquet_schema()
    try:
        with partial.open("wb", buffering=0) as raw:
            watched = _Watched(raw)
            reader = RecordBatchReader.from_batches(schema, _batches(lines, schema))
            file = cast("IO[bytes]", watched)
            arro3.io.write_parquet(reader, file, compression="zstd(3)", max_row_group_size=_ROW_GROUP)
            if watched.error is not None:
                raise watched.error
            os.fsync(raw.fileno())
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(f"{path}: {reason_of(error)}") from error
    publish(partial, target, path)


def _batches(lines: Path, schema: Schema) -> Iterator[RecordBatch]:
    rows: list[list[str | int | float | date | None]] = []
    with lines.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            rows.append(row(event_from_dict(json.loads(line))))
            if len(rows) == _BATCH:
                yield _batch(rows, schema)
                rows = []
    yield _batch(rows, schema)


def _batch(rows: Sequence[Sequence[str | int | float | date | None]], schema: Schema) -> RecordBatch:
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    arrays = [_array(cells, column.type) for column, cells in zip(COLUMNS, columns, strict=True)]
    return RecordBatch.from_arrays(arrays, schema=schema)


def _array(cells: Sequence[str | int | float | date | None], kind: Type) -> Array:
    if kind == "day":
        days = [cell.toordinal() - _EPOCH if isinstance(cell, date) else None for cell in cells]
        return Array(days, DataType.int32()).cast(DataType.date32())
    return Array(cells, _type(kind))
