"""Events as a table for reading on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whimbrel.records import Count, Event, Mention, When

_SHOWN = 3
"""Parties of one role that are named in a cell."""
_MODE, _DAY = len("(third-party)"), len("2023-10-17")
"""Widths at which most modes, and a day, are not broken."""


def events_table(events: Iterable[Event], *, documents: bool = False) -> Table:
    """Return a rich table: who, did what, to whom, where, when, how sure; and in which document, if asked."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, leading=1, header_style="bold")
    for heading, width in (("who", None), ("did what", _MODE), ("to whom", None), ("where", None), ("when", _DAY)):
        table.add_column(heading, overflow="fold", vertical="top", min_width=width)
    table.add_column("sure", justify="right", no_wrap=True)
    if documents:
        table.add_column("document", overflow="ellipsis", no_wrap=True, min_width=8, max_width=24)
    for event in events:
        cells = [_parties(event.actor), _what(event), _parties(event.recipient), _where(event), _when(event.date)]
        cells.append(Text(f"{event.confidence:.2f}", style="dim" if event.confidence < 0.5 else ""))
        table.add_row(*cells, *([Text(_plain(event.document.id))] if documents else []))
    return table


def _plain(text: str) -> str:
    """Return the text without control characters, which a terminal would obey."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _what(event: Event) -> Text:
    text = Text(event.event, style="bold")
    if event.mode:
        text.append(f" ({', '.join(event.mode)})", style="not bold")
    text.append(f"\n{_plain(event.trigger.text)}", style="not bold italic")
    for flag in event.flags:
        text.append(f"\n{flag}", style="not bold reverse")
    for name, count in (("killed", event.killed), ("injured", event.injured), ("arrested", event.arrested)):
        if count is not None:
            text.append(f"\n{_number(count)} {name}", style="not bold")
    if event.according_to is not None:
        text.append(f"\naccording to {_plain(event.according_to.text)}", style="not bold dim")
    return text


def _number(count: Count) -> str:
    return _plain(count.text) if count.value is None else f"{count.value:,}"


def _parties(mentions: tuple[Mention, ...]) -> Text:
    parts = [part for mention in mentions for part in _named(mention)]
    if len(parts) > _SHOWN:
        parts = [*parts[:_SHOWN], f"and {len(parts) - _SHOWN} more"]
    return Text("\n".join(map(_plain, parts)))


def _named(mention: Mention) -> list[str]:
    if not mention.members:
        return [mention.text]
    return [f"{party.name}{_codes(party.country, party.sector)}" for party in mention.members]


def _codes(country: str | None, sector: tuple[str, ...]) -> str:
    codes = [code for code in (country, *sector[:1]) if code]
    return f" [{' '.join(codes)}]" if codes else ""


def _where(event: Event) -> Text:
    place = event.place
    if place is None:
        return Text("")
    return Text(f"{_plain(place.name or place.text)}{f' [{place.country}]' if place.country else ''}")


def _when(when: When | None) -> Text:
    if when is None:
        return Text("")
    shown = when.start.isoformat() if when.start == when.end else f"{when.start} to {when.end}"
    return Text(shown, style="dim" if when.from_ == "published" else "")
