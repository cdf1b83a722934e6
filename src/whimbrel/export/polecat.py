"""POLECAT: 40 tab-separated columns with a header, one row an event, missing cells "None".

Several actors of one event stand in one cell, parted by "; ", several codes of one actor by "|".
Source: POLECAT Weekly Data, https://doi.org/10.7910/DVN/AJGVIT, and Halterman et al. (2023), "PLOVER and POLECAT".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whimbrel.export.dyads import Side, sides
from whimbrel.export.layouts import NO_DATE, NO_PARTY, Column, LeftOut, not_plain, number, tab_line
from whimbrel.export.plover import NO_TYPE, QUADS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whimbrel.export.codes import Codes
    from whimbrel.records import Event, Mention, Place

MISSING = "None"
_FEATURE = {"city": "PPL", "district": "ADM2", "region": "ADM1", "country": "PCLI"}


def _role(role: str, who: str) -> tuple[Column, ...]:
    return (
        Column(f"{role} Name", f"{who}, by usual name; in the report's words where nobody is known"),
        Column(f"{role} Country", "ISO 3166-1 alpha-3 or PLOVER code"),
        Column(f"{role} COW", "Correlates of War country number"),
        Column(f"Primary {role} Sector", "first PLOVER sector"),
        Column(f"{role} Sectors", "all PLOVER sectors, those of one party parted by a vertical bar"),
        Column(f"{role} Title", "office held on the day of the report"),
        Column(f"{role} Name Raw", "in the report's words"),
        Column(f"Wikipedia {role} ID", "Wikidata item (Q...); the records know no page of Wikipedia"),
    )


_COLUMNS = (
    Column("Event ID", "the Whimbrel record's id"),
    Column("Event Date", "first day of the event (YYYY-MM-DD)", "day"),
    Column("Event Type", "PLOVER event type"),
    Column("Event Mode", "PLOVER modes"),
    Column("Intensity", "PLOVER's score of the type and mode, -10 to 10", "number"),
    Column("Quad Code", "quad class in capitals: VERBAL COOPERATION, ..."),
    Column("Contexts", "PLOVER contexts"),
    *_role("Actor", "who did it"),
    *_role("Recipient", "to whom"),
    Column("Placename", "where, by the gazetteer's name"),
    Column("City", "the same, if a city"),
    Column("District", "the same, if a second-level region"),
    Column("Province", "first-level region"),
    Column("Country", "ISO 3166-1 alpha-3 code"),
    Column("Latitude", "degrees north", "number"),
    Column("Longitude", "degrees east", "number"),
    Column("GeoNames ID", "GeoNames id", "whole"),
    Column("Raw Placename", "where, in the report's words"),
    Column("Feature Type", "GeoNames feature code: PPL, ADM2, ADM1 or PCLI"),
    Column("Source", "who published it"),
    Column("Publication Date", "day of publication", "day"),
    Column("Story People", "always None: a record knows its own sentence, not the whole report"),
    Column("Story Organizations", "always None"),
    Column("Story Locations", "always None"),
    Column("Language", "en"),
    Column("Version", "version of the program and of the model"),
)


class PolecatLayout:
    """Writes events as POLECAT rows; `flagged` keeps events that did not plainly happen."""

    name = "POLECAT"
    columns = _COLUMNS

    def __init__(self, codes: Codes, *, flagged: bool = False) -> None:
        self._codes = codes
        self._flagged = flagged

    def header(self) -> bytes:
        """Return the line of column names."""
        return tab_line([column.name for column in self.columns])

    def lines(self, event: Event) -> list[bytes] | LeftOut:
        """Return the event's row, or why there is none."""
        if event.quad not in QUADS:
            return LeftOut(NO_TYPE, event.event)
        if not self._flagged and (why := not_plain(event)):
            return why
        if event.date is None:
            return NO_DATE
        if not event.actor and not event.recipient:
            return NO_PARTY
        cells = self._cells(event)
        return [tab_line([MISSING if cell in (None, "") else cell for cell in cells])]

    def _cells(self, event: Event) -> list[object]:
        published = event.document.published
        return [
            event.id,
            event.date.start.isoformat() if event.date else None,
            event.event,
            "; ".join(event.mode),
            number(event.score),
            event.quad.upper(),
            "; ".join(event.context),
            *self._parties(event.actor),
            *self._parties(event.recipient),
            *_place(event.place),
            event.document.publisher,
            published.isoformat() if published else None,
            None,
            None,
            None,
            "en",
            event.coder,
        ]

    def _parties(self, mentions: tuple[Mention, ...]) -> list[object]:
        found = sides(mentions)
        return [
            _joined(side.party.name for side in found),
            _joined(side.party.country for side in found),
            _joined(self._cow(side) for side in found),
            _joined(next(iter(side.party.sector), None) for side in found),
            _joined("|".join(side.party.sector) for side in found),
            _joined(side.party.office for side in found),
            _joined(side.mention.text for side in found),
            _joined(side.party.wikidata for side in found),
        ]

    def _cow(self, side: Side) -> str | None:
        country = self._codes.countries.get(side.party.country or "")
        return country.cow if country else None


def _joined(parts: Iterable[str | None]) -> str | None:
    """Join as many parts as there are parties, "None" where one is not known; None where there is nothing at all."""
    listed = [(part or "").replace(";", ",") for part in parts]
    return "; ".join(part or MISSING for part in listed) if any(listed) else None


def _place(place: Place | None) -> list[object]:
    if place is None:
        return [None] * 10
    name = place.name or place.text
    return [
        name,
        name if place.precision == "city" else None,
        name if place.precision == "district" else None,
        place.admin1 or (name if place.precision == "region" else None),
        place.country,
        place.latitude,
        place.longitude,
        place.geonames,
        place.text,
        _FEATURE.get(place.precision or ""),
    ]
