"""Output that is whole or not there: it takes its place at the end, and is kept beside it until then."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from pathlib import Path
from typing import BinaryIO, cast

from whimbrel.errors import OutputError

_BLOCK = 1 << 16
PARTIAL_ENDINGS = (".partial", ".partial.jsonl")
"""What stands after the name of a file that is not complete; the second where its events are JSON lines instead."""


_REASONS = {
    errno.ENOSPC: "the disk is full; free some space, or write elsewhere",
    errno.EDQUOT: "the disk quota is used up; free some space, or write elsewhere",
    errno.EACCES: "no permission to write there; choose another place with -o",
    errno.EPERM: "no permission to write there; choose another place with -o",
    errno.EROFS: "nothing can be written there; choose another place with -o",
    errno.ENOENT: "there is no such folder; make it first (mkdir -p)",
    errno.EISDIR: "this is a folder; give the name of a file",
    errno.EPIPE: "the program that reads the output closed it",
}


def reason_of(error: OSError) -> str:
    """Say why writing failed, and what to do."""
    return _REASONS.get(error.errno or 0, f"writing failed ({error.strerror or error})")


class RecordFile:
    """A binary file to which only whole records get: a failed write takes back the part of a record that got there.

    `records` counts those that are safely written. Raises OutputError, with what was kept, where writing fails.
    """

    def __init__(self, raw: BinaryIO, name: str, block: int = _BLOCK) -> None:
        self.records = 0
        self.closed_by_reader = False
        self._raw = raw
        self._name = name
        self._block = block
        self._waiting: list[tuple[bytes, int]] = []
        self._size = 0

    def write(self, record: bytes, counts: int = 1) -> None:
        """Take a record; `counts` is 0 for what is not one (a header)."""
        self._waiting.append((record, counts))
        self._size += len(record)
        if self._size >= self._block:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        waiting, self._waiting, self._size = self._waiting, [], 0
        block = b"".join(record for record, _ in waiting)
        written = 0
        try:
            while written < len(block):
                written += self._raw.write(block[written:]) or 0
            self._raw.flush()
        except OSError as error:
            self._take_back(waiting, written)
            self.closed_by_reader = error.errno == errno.EPIPE
            raise OutputError(f"{self._name}: {reason_of(error)}") from error
        self.records += sum(counts for _, counts in waiting)

    def _take_back(self, waiting: list[tuple[bytes, int]], written: int) -> None:
        whole = 0
        for record, counts in waiting:
            if whole + len(record) > written:
                break
            whole += len(record)
            self.records += counts
        try:
            if whole < written and self._raw.seekable():
                self._raw.truncate(self._raw.tell() - (written - whole))
        except OSError:
            return  # a device or a pipe: nothing to take back

    def drop(self) -> None:
        """Forget what waits."""
        self._waiting.clear()


class NewFile:
    """A file that appears at `path` only when it is complete; until then its records are in `partial` beside it.

    A device or a named pipe is written to directly.
    """

    def __init__(self, path: Path, ending: str = PARTIAL_ENDINGS[0]) -> None:
        self.path = path
        self._target = Path(os.path.realpath(path))
        self.direct = self._target.exists() and not stat.S_ISREG(self._target.stat().st_mode)
        self.partial = self._target if self.direct else self._target.with_name(self._target.name + ending)
        try:
            self._raw = cast("BinaryIO", self.partial.open("wb", buffering=0))
        except OSError as error:
            raise OutputError(f"{path}: {reason_of(error)}") from error
        self.file = RecordFile(self._raw, str(path))

    def close(self) -> None:
        """Write what waits and bring it to the disk."""
        self.file.flush()
        if not self.direct:
            os.fsync(self._raw.fileno())
        self._raw.close()

    def publish(self) -> None:
        """Let the complete file take its place, with the rights of the one that was there."""
        if not self.direct:
            publish(self.partial, self._target, self.path)

    def keep(self) -> str:
        """Close after a failure or interruption; say what was kept."""
        try:
            self.file.flush()
        except OutputError:
            self.file.drop()
        self._raw.close()
        if self.direct:
            return f"{self.file.records:,} events were written"
        if not self.file.records:
            self.partial.unlink(missing_ok=True)
            return "no event had been written"
        shown = self.path.with_name(self.partial.name)
        return f"the {self.file.records:,} events so far are kept in {shown}"


def publish(partial: Path, target: Path, shown: Path) -> None:
    """Rename a complete file to its place; raises OutputError."""
    try:
        if target.exists():
            shutil.copymode(target, partial)
        partial.replace(target)
    except OSError as error:
        raise OutputError(f"{shown}: {reason_of(error)}") from error


def standard_output() -> BinaryIO:
    """Return the program's output for bytes, past Python's own buffer, so that only whole records get there."""
    sys.stdout.flush()
    return cast("BinaryIO", getattr(sys.stdout.buffer, "raw", sys.stdout.buffer))
