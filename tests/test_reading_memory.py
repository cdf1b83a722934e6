"""Reading holds one item at a time, whatever the size of the source."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections import deque
from contextlib import contextmanager

import psutil
import pytest
from arro3.core import Array, DataType, RecordBatch, RecordBatchReader
from arro3.io import write_parquet

from whimbrel.reading import Progress, Reject, read

MEGABYTE = 1_000_000
DOCUMENTS = 200_000


def resident():
    """Return the memory of this process in bytes, Arrow's included."""
    return psutil.Process().memory_info().rss


@contextmanager
def peak_below(megabytes):
    """Fail where Python's memory grows by more at any time."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * MEGABYTE
    finally:
        tracemalloc.stop()


def drained(source, **options):
    """Read all, keep the last three, return them and the counts."""
    progress = Progress()
    return deque(read(str(source), progress=progress, **options), maxlen=3), progress


def test_200_000_json_lines(tmp_path):
    """The ids take 4 MB, everything else is passing through."""
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.writelines(json.dumps({"id": i, "text": f"Report {i} says little."}) + "\n" for i in range(DOCUMENTS))
    progress, highest, before = Progress(), 0, resident()
    for number, _ in enumerate(read(str(path), progress=progress)):
        if number % 10_000 == 0:
            highest = max(highest, resident())
    assert progress.documents == DOCUMENTS
    assert highest - before < 25 * MEGABYTE


def test_json_array(tmp_path):
    """An array is not loaded as a whole."""
    path = tmp_path / "a.json"
    with path.open("w") as file:
        file.write("[")
        file.writelines(f'{"," if i else ""}{{"text": "{"Report. " * 100}{i}"}}' for i in range(8_000))
        file.write("]")
    assert path.stat().st_size > 6 * MEGABYTE
    with peak_below(3):
        _, progress = drained(path)
    assert progress.documents == 8_000


def test_table(tmp_path):
    """A CSV file is read row by row."""
    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write("id,text\n")
        file.writelines(f'{i},"{"Report, quoted. " * 50}"\n' for i in range(8_000))
    with peak_below(3):
        _, progress = drained(path)
    assert progress.documents == 8_000


@pytest.mark.parametrize("ending", ["jsonl", "txt", "json", "csv"])
def test_50_megabytes_on_one_line(tmp_path, ending):
    """The text is skipped without being held, and what follows a line is read."""
    path = tmp_path / f"a.{ending}"
    start = {"jsonl": '{"text": "', "json": '[{"text": "', "csv": "id,text\n1,", "txt": ""}[ending]
    end = {"jsonl": '"}\n{"text": "After."}\n', "json": '"}]', "csv": "\n2,After.\n", "txt": ""}[ending]
    with path.open("w") as file:
        file.write(start)
        file.writelines("word " * 10_000 for _ in range(1_000))
        file.write(end)
    with peak_below(30):
        found, progress = drained(path, limit=1_000_000)
    assert isinstance(found[0], Reject)
    assert found[0].item is not None
    assert len(found[0].item) <= 2_000
    assert progress.documents == (1 if ending in ("jsonl", "csv") else 0)


def test_parquet(tmp_path):
    """Batches of rows pass through; the Arrow side is measured as the process's own memory."""
    path, rows, batches = tmp_path / "a.parquet", 1_000, 100

    def batch(number):
        texts = [f"{number} {row} " + "Report. " * 250 for row in range(rows)]
        return RecordBatch.from_pydict({"text": Array(texts, DataType.string())})

    schema = batch(0).schema
    reader = RecordBatchReader.from_batches(schema, (batch(number) for number in range(batches)))
    write_parquet(reader, path, compression="uncompressed", max_row_group_size=10_000, dictionary_enabled=False)
    assert path.stat().st_size > 150 * MEGABYTE
    highest = before = resident()
    for number, _ in enumerate(read(str(path))):
        if number % 1_000 == 0:
            highest = max(highest, resident())
    assert number == rows * batches - 1
    assert highest - before < 80 * MEGABYTE
