"""Parquet files, by batches of rows."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import arro3.io

from whimbrel.errors import SourceError
from whimbrel.reading.items import Maker, missing_column, usual_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from arro3.core import RecordBatch, RecordBatchReader

    from whimbrel.reading.values import Columns, Reject, Settings
    from whimbrel.records import Document

_T = TypeVar("_T")
_BATCH = 256
"""Rows held at a time: of texts at the limit of length, a gigabyte; of news, a megabyte."""


def parquet(path: Path, name: str, settings: Settings) -> Iterator[Document | Reject]:
    """Give the document of each row; raises SourceError where the file is damaged or has no column of text."""
    with path.open("rb") as file:
        size = _checked_size(file, name)
        reader = _careful(lambda: arro3.io.read_parquet(file, batch_size=_BATCH))
        if isinstance(reader, str):
            raise SourceError(f"{name}: the Parquet file is damaged ({reader}); copy it again")
        names = reader.schema.names
        if (missing := missing_column(names, settings.columns)) is not None:
            raise SourceError(f"{name}: {missing}")
        start = settings.progress.bytes_read
        yield from _rows(reader, usual_columns(names, settings.columns), Maker(name, settings))
        settings.progress.bytes_read = start + size


def _rows(reader: RecordBatchReader, columns: Columns, maker: Maker) -> Iterator[Document | Reject]:
    number = 0
    while (batch := _careful(lambda: next(reader, None))) is not None:
        if isinstance(batch, str):
            reason = f"the Parquet file is damaged ({batch}); what came before is kept; copy it again"
            yield maker.rejected(f"{maker.source}, after row {number}", reason)
            return
        yield from _documents(batch, columns, maker, number)
        number += batch.num_rows


def _careful(step: Callable[[], _T]) -> _T | str:
    """Take a step of the Parquet reader, or say what it fell over: damage can end in a Rust panic, a BaseException."""
    try:
        return step()
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001 - see above
        return str(error).splitlines()[0][:200] if str(error) else type(error).__name__


def _checked_size(file: BinaryIO, name: str) -> int:
    """Return the size; look at the marks at both ends, and whether the index at the end lies within the file."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - 8, 0))
    end = file.read(8)
    file.seek(0)
    if file.read(4) != b"PAR1":
        raise SourceError(f"{name}: not a Parquet file (it does not begin with PAR1); is its ending right?")
    if size < 12 or end[4:] != b"PAR1" or struct.unpack("<I", end[:4])[0] > size - 12:
        raise SourceError(f"{name}: the Parquet file is cut off (its index, at the end, is missing); copy it again")
    file.seek(0)
    return size


def _documents(batch: RecordBatch, columns: Columns, maker: Maker, before: int) -> Iterator[Document | Reject]:
    wanted = [name for name in dict.fromkeys(_named(columns)) if name in batch.column_names]
    lists = [batch.column(name).to_pylist() for name in wanted]
    for number, cells in enumerate(zip(*lists, strict=True), before + 1):
        record = dict(zip(wanted, cells, strict=True))
        yield maker.record(record, columns, f"{maker.source}, row {number}", f"{maker.source}:{number}")


def _named(columns: Columns) -> Iterator[str]:
    for name in (columns.id, columns.text, columns.title, columns.date, columns.url, columns.publisher):
        if name is not None:
            yield name
