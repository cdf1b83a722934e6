"""What the formats of other data sets share: columns, rows of tab-separated text, and what a format cannot hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whimbrel.records import Event

Type = Literal["text", "whole", "number", "day"]
_BREAKS = re.compile(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a format: its name there, what it holds here, and of which type."""

    name: str
    description: str
    type: Type = "text"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why an event is not written, as the end of a sentence about several: "have no PLOVER type".

    `what` is counted apart where it matters which events they were ("STATEMENT").
    """

    reason: str
    what: str = ""


class Layout(Protocol):
    """A format: its name, its columns, and the lines of an event."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in order, or the fields of a record."""

    def header(self) -> bytes:
        """Return what comes before the first event, b"" for nothing."""

    def lines(self, event: Event) -> list[bytes] | LeftOut:
        """Return the event's lines, each with its end, or why it has none."""


def tab_line(cells: Sequence[object]) -> bytes:
    """Return cells as a line of tab-separated values, unquoted; a tab or line break inside one becomes a space."""
    return ("\t".join(_BREAKS.sub(" ", _text(cell)) for cell in cells) + "\n").encode("utf-8", "replace")


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def number(value: float) -> str:
    """Return a number as data sets write it: 7, -0.4."""
    return f"{value:.10g}" if value else "0"


NO_PARTY = LeftOut("name no party")
NO_DATE = LeftOut("have no date")


def not_plain(event: Event) -> LeftOut | None:
    """Say why an event is no plain fact of its day: it did not happen, lies ahead or in doubt, or long past."""
    for flag in event.flags:
        return LeftOut(f"are {flag}, which this format cannot say (--flagged writes them like the others)")
    return None
