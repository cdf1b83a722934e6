"""Event records into another layout: line by line, whole or not at all, and a count of what the layout cannot hold."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, BinaryIO

from whimbrel.errors import OutputError
from whimbrel.export.files import NewFile, RecordFile, standard_output
from whimbrel.export.layouts import LeftOut

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from whimbrel.export.layouts import Layout
    from whimbrel.records import Event

_SINGULAR = {"have": "has", "are": "is", "name": "names"}


class LayoutWriter:
    """Writes events in a layout to a file that appears when all is well, or to standard output; use it in a `with`.

    `events` and `rows` count what was written, `left_out` why what was not. Where the run fails, an existing file
    stays as it was and the rows so far are kept beside it (FILE.partial); `kept` then says so. Raises OutputError.
    """

    def __init__(self, layout: Layout, path: Path | None = None, raw: BinaryIO | None = None) -> None:
        self.layout = layout
        self.events = 0
        self.left_out: Counter[LeftOut] = Counter()
        self.kept: str | None = None
        self._new = None if path is None else NewFile(path)
        self._file = self._new.file if self._new else RecordFile(raw or standard_output(), "standard output", block=1)
        if header := layout.header():
            self._file.write(header, counts=0)

    @property
    def rows(self) -> int:
        """How many rows are safely written."""
        return self._file.records

    def write(self, event: Event) -> None:
        """Write one event's rows, or count why it has none."""
        lines = self.layout.lines(event)
        if isinstance(lines, LeftOut):
            self.left_out[lines] += 1
            return
        self.events += 1
        self._file.write(b"".join(lines), counts=len(lines))

    def summary(self) -> list[str]:
        """Say what the layout could not hold, one sentence a reason, the commonest first."""
        return [_sentence(count, why) for why, count in self.left_out.most_common()]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if self._new is None:
            return
        if kind is not None:
            self.kept = _in_rows(self._new.keep())
            return
        try:
            self._new.close()
            self._new.publish()
        except OutputError as failure:
            self.kept = _in_rows(self._new.keep())
            raise OutputError(f"{failure}; {self.kept}") from failure


def _in_rows(kept: str) -> str:
    return kept.replace(" events", " rows").replace("no event", "no row")


def _sentence(count: int, why: LeftOut) -> str:
    what = f"{why.what} " if why.what else ""
    if count == 1:
        reason = _singular(why.reason)
        return f"1 {what}event {reason} and was left out"
    return f"{count:,} {what}events {why.reason} and were left out"


def _singular(reason: str) -> str:
    verb, rest = reason.split(" ", 1)
    return f"{_SINGULAR.get(verb, verb)} {rest}"
