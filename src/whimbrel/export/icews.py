"""ICEWS Coded Event Data: 20 tab-separated columns with a header, one row a source and target.

Source: ICEWS Coded Event Data (Boschee et al.), https://doi.org/10.7910/DVN/28075.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whimbrel.export.dyads import Dyad, Side, dyads, number_of
from whimbrel.export.layouts import NO_DATE, NO_PARTY, Column, LeftOut, not_plain, number, tab_line

if TYPE_CHECKING:
    from whimbrel.export.codes import Codes
    from whimbrel.ontology import Ontology
    from whimbrel.records import Event, Place

_COLUMNS = (
    Column("Event ID", "whole number below 2^63, made from the record's id and the number of the pair", "whole"),
    Column("Event Date", "first day of the event (YYYY-MM-DD)", "day"),
    Column("Source Name", "who did it, by usual name; in the report's words where nobody is known"),
    Column("Source Sectors", "sectors by name, parted by commas"),
    Column("Source Country", "country by ICEWS's name; empty for an international body"),
    Column("Event Text", "name of the CAMEO code"),
    Column("CAMEO Code", "CAMEO code; text, as zeros lead"),
    Column("Intensity", "Goldstein value of the code, -10 to 10", "number"),
    Column("Target Name", "to whom; empty where the report names nobody"),
    Column("Target Sectors", "as for the source"),
    Column("Target Country", "as for the source"),
    Column("Story ID", "whole number below 2^63, made from the document's id", "whole"),
    Column("Sentence Number", "which sentence of the document, from 1", "whole"),
    Column("Publisher", "who published it"),
    Column("City", "where, if a city"),
    Column("District", "where, if a second-level region"),
    Column("Province", "first-level region"),
    Column("Country", "country by ICEWS's name"),
    Column("Latitude", "degrees north", "number"),
    Column("Longitude", "degrees east", "number"),
)


class IcewsLayout:
    """Writes events as ICEWS rows; `flagged` keeps events that did not plainly happen."""

    name = "ICEWS"
    columns = _COLUMNS

    def __init__(self, codes: Codes, ontology: Ontology, *, flagged: bool = False) -> None:
        self._codes = codes
        self._ontology = ontology
        self._flagged = flagged

    def header(self) -> bytes:
        """Return the line of column names."""
        return tab_line([column.name for column in self.columns])

    def lines(self, event: Event) -> list[bytes] | LeftOut:
        """Return a row for each pair of parties, or why there is none."""
        if not self._flagged and (why := not_plain(event)):
            return why
        if event.date is None:
            return NO_DATE
        pairs = dyads(event)
        return [tab_line(self._row(event, dyad)) for dyad in pairs] if pairs else NO_PARTY

    def _row(self, event: Event, dyad: Dyad) -> list[object]:
        return [
            number_of(event.id, dyad.number),
            event.date.start.isoformat() if event.date else None,
            *self._side(dyad.source),
            self._ontology.codes[event.cameo].name,
            event.cameo,
            number(event.goldstein),
            *self._side(dyad.target),
            number_of(event.document.id),
            event.sentence.index + 1,
            event.document.publisher,
            *self._place(event.place),
        ]

    def _side(self, side: Side | None) -> list[object]:
        if side is None:
            return [None, None, None]
        party = side.party
        sectors = [self._codes.agents[sector].icews for sector in party.sector if sector in self._codes.agents]
        if body := self._codes.international.get(party.country or ""):
            sectors.append(body.icews)
        return [party.name, ",".join(dict.fromkeys(filter(None, sectors))), self._country(party.country)]

    def _country(self, code: str | None) -> str:
        country = self._codes.countries.get(code or "")
        return (country.icews_name or country.name) if country else ""

    def _place(self, place: Place | None) -> list[object]:
        if place is None:
            return [None] * 6
        name = place.name or place.text
        return [
            name if place.precision == "city" else None,
            name if place.precision == "district" else None,
            place.admin1 or (name if place.precision == "region" else None),
            self._country(place.country),
            place.latitude,
            place.longitude,
        ]
