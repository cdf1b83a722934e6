"""Export when writing fails: never half a record, never a lost file, and a message that says what was kept."""

from __future__ import annotations

import errno
import io
import json
import os

import arro3.io
import pytest
from test_export import BARE, EVENT

from whimbrel.errors import OptionError, OutputError
from whimbrel.export import FileWriter, RejectsFile, StreamWriter, event_to_dict
from whimbrel.export import files as files_module
from whimbrel.export.files import RecordFile
from whimbrel.reading import Reject


class SmallDisk(io.BytesIO):
    """A file on a disk with room for so many bytes; writes what fits, then fails, as a disk does."""

    def __init__(self, room):
        super().__init__()
        self.room = room

    def write(self, block):
        """Write what fits."""
        left = self.room - self.tell()
        if left <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(bytes(block[:left]))


def write_all(file, records):
    """Write records and see that they are written."""
    for record in records:
        file.write(record)
    file.flush()


def interrupted(writer, *events):
    """Write events, then interrupt."""
    with writer:
        for event in events:
            writer.write(event)
        raise KeyboardInterrupt


def write_one(writer):
    """Write one event to the disk."""
    with writer:
        writer.write(EVENT)
        writer.flush()


@pytest.mark.parametrize("block", [1, 1 << 16])
@pytest.mark.parametrize("room", [0, 1, 100, 2_000, 4_321])
def test_full_disk_keeps_whole_records(room, block):
    """Whatever the room, the file ends with a whole record and the count is right."""
    disk = SmallDisk(room)
    file = RecordFile(disk, "events.jsonl", block)
    records = [json.dumps({"number": i, "text": "word " * i}).encode() + b"\n" for i in range(60)]
    with pytest.raises(OutputError, match=r"events\.jsonl: the disk is full"):
        write_all(file, records)
    kept = [json.loads(line) for line in disk.getvalue().splitlines()]
    assert [record["number"] for record in kept] == list(range(file.records))
    assert disk.getvalue() == b"".join(records[: file.records])


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet"])
def test_failed_run_leaves_the_old_file_and_keeps_the_events(tmp_path, name):
    """What was there stays; what was coded is beside it."""
    path = tmp_path / name
    path.write_text("old")
    writer = FileWriter(path)
    with pytest.raises(KeyboardInterrupt):
        interrupted(writer, EVENT, BARE)
    assert path.read_text() == "old"
    partial = tmp_path / (f"{name}.partial.jsonl" if name.endswith("parquet") else f"{name}.partial")
    assert writer.kept == f"the 2 events so far are kept in {partial}"
    assert len(partial.read_bytes().splitlines()) == (3 if name.endswith("csv") else 2)
    assert sorted(tmp_path.iterdir()) == [path, partial]


def test_failed_run_without_events_leaves_nothing(tmp_path):
    """An empty partial file would only be in the way."""
    writer = FileWriter(tmp_path / "a.csv")
    with pytest.raises(KeyboardInterrupt):
        interrupted(writer)
    assert writer.kept == "no event had been written"
    assert list(tmp_path.iterdir()) == []


def test_finished_run_replaces_the_old_file_with_its_rights(tmp_path):
    """The file appears only when it is complete."""
    path = tmp_path / "a.jsonl"
    path.write_text("old")
    path.chmod(0o600)
    with FileWriter(path) as writer:
        writer.write(EVENT)
        writer.flush()
        assert path.read_text() == "old"
    assert json.loads(path.read_text()) == event_to_dict(EVENT)
    assert path.stat().st_mode & 0o777 == 0o600


def test_link_is_followed(tmp_path):
    """A link to a file elsewhere stays a link."""
    (tmp_path / "real.jsonl").write_text("old")
    (tmp_path / "link.jsonl").symlink_to("real.jsonl")
    with FileWriter(tmp_path / "link.jsonl") as writer:
        writer.write(EVENT)
    assert (tmp_path / "link.jsonl").is_symlink()
    assert json.loads((tmp_path / "real.jsonl").read_text())["id"] == EVENT.id


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("output_format", ["jsonl", "csv"])
def test_device_that_is_full(tmp_path, output_format):
    """A device is written to directly, and a full one is a full disk."""
    link = tmp_path / f"full.{output_format}"
    link.symlink_to("/dev/full")
    writer = FileWriter(link)
    with pytest.raises(OutputError, match="the disk is full; free some space"):
        write_one(writer)
    assert writer.kept == "0 events were written"
    assert os.path.exists("/dev/full")  # noqa: PTH110


def test_parquet_to_a_device_is_refused(tmp_path):
    """A Parquet file has its index at the end, and needs to be a file."""
    link = tmp_path / "a.parquet"
    link.symlink_to("/dev/null")
    with pytest.raises(OptionError, match="written to files only"):
        FileWriter(link)


def test_full_disk_at_the_end_of_a_parquet_run(tmp_path, monkeypatch):
    """The Parquet file is made last; where that fails, the events are kept as JSON lines."""
    from whimbrel.export import parquet as parquet_module

    class Full(parquet_module._Watched):
        def write(self, block, /):
            self.error = OSError(errno.ENOSPC, "full")
            return len(memoryview(block).cast("B"))

    monkeypatch.setattr(parquet_module, "_Watched", Full)
    path = tmp_path / "a.parquet"
    path.write_text("old")
    with pytest.raises(OutputError, match=r"disk is full.*; the 1 events so far are kept in .*\.partial\.jsonl"):
        write_one(FileWriter(path))
    assert path.read_text() == "old"
    assert json.loads((tmp_path / "a.parquet.partial.jsonl").read_text())["id"] == EVENT.id
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [("nowhere/a.jsonl", "there is no such folder; make it first"), ("a/b.jsonl", "writing failed|no such folder")],
)
def test_no_such_folder(tmp_path, name, said):
    """The message says what to do."""
    (tmp_path / "a").write_text("a file, no folder")
    with pytest.raises(OutputError, match=said):
        FileWriter(tmp_path / name)


def test_output_that_is_a_folder(tmp_path):
    """The name of a file is wanted."""
    (tmp_path / "events.jsonl").mkdir()
    with pytest.raises(OutputError, match="this is a folder"):
        FileWriter(tmp_path / "events.jsonl")


def test_no_permission(tmp_path, monkeypatch):
    """Opening may be refused."""

    def refuse(*_args, **_options):
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(files_module.Path, "open", refuse)
    with pytest.raises(OutputError, match="no permission to write there; choose another place"):
        FileWriter(tmp_path / "a.jsonl")


def test_reader_that_closes_the_pipe():
    """`| head` ends the run with an OutputError whose cause is a BrokenPipeError."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    with open(write_end, "wb", buffering=0) as raw, pytest.raises(OutputError, match="closed it") as caught:  # noqa: PTH123
        StreamWriter("jsonl", raw).write(EVENT)
    assert isinstance(caught.value.__cause__, BrokenPipeError)


def test_rejects_are_appended_line_by_line(tmp_path):
    """A file is made only when there is something, and an older one grows."""
    path = tmp_path / "rejects.jsonl"
    with RejectsFile(path):
        pass
    assert not path.exists()
    for number in range(2):
        with RejectsFile(path) as rejects:
            rejects.write(Reject(f"a.jsonl, line {number}", "broken", "é\n\ud800"))
            assert len(path.read_bytes().splitlines()) == number + 1
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines[1] == {"where": "a.jsonl, line 1", "reason": "broken", "item": "é\n?"}


def test_parquet_made_from_many_lines_is_whole(tmp_path):
    """More events than one batch holds."""
    with FileWriter(tmp_path / "a.parquet") as writer:
        for _ in range(5_000):
            writer.write(EVENT)
    assert sum(batch.num_rows for batch in arro3.io.read_parquet(tmp_path / "a.parquet")) == 5_000
