"""A line on standard error that says how far a long run is."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from whimbrel.reading import Progress

_FIRST = 2.0
"""Seconds after which a run counts as long."""
_TERMINAL, _LOG = 0.2, 60.0
"""Seconds between two lines: on a terminal, where each overwrites the last, and in a log."""


def duration(seconds: float) -> str:
    """Return a duration for reading: "41 s", "12 min", "1 h 05 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def counted(count: int, noun: str) -> str:
    """Return a number and its noun: "1 event", "1,200 events"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@dataclass(slots=True)
class ProgressLine:
    """Shows documents, events, rate and remaining time; call `update` after each document and `clear` at the end."""

    progress: Progress
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    clock: Callable[[], float] = time.monotonic
    started: float = field(init=False)
    due: float = field(init=False)
    width: int = 0

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Count time from now on."""
        self.started = self.clock()
        self.due = self.started + _FIRST

    @property
    def _interval(self) -> float:
        return _TERMINAL if self.stream.isatty() else _LOG

    def update(self, documents: int, events: int) -> None:
        """Show the line if it is time."""
        now = self.clock()
        if now < self.due:
            return
        self.due = now + self._interval
        line = self.line(documents, events, now - self.started)
        if not self.stream.isatty():
            self.stream.write(f"{line}\n")
        else:
            self.stream.write(f"\r{line.ljust(self.width)}")
            self.width = len(line)
        self.stream.flush()

    def line(self, documents: int, events: int, seconds: float) -> str:
        """Say how far it is after so many seconds."""
        parts = [f"{counted(documents, 'document')}, {counted(events, 'event')}"]
        if self.progress.rejects:
            parts.append(f"{self.progress.rejects:,} set aside")
        parts.append(f"{documents / max(seconds, 0.001):,.1f} documents/s")
        total, done = self.progress.bytes_total, self.progress.bytes_read
        if total and 0 < done <= total:
            parts.append(f"{done / total:.0%}, {duration(seconds * (total - done) / done)} left")
        return " | ".join(parts)

    def clear(self) -> None:
        """Take the line off a terminal."""
        if self.width:
            self.stream.write(f"\r{' ' * self.width}\r")
            self.stream.flush()
            self.width = 0
