"""GDELT 2.0: the Events table (61 columns) and the Mentions table (16), tab-separated without a header.

Source: The GDELT Event Database, Data Format Codebook V2.0 (19 February 2015),
http://data.gdeltproject.org/documentation/GDELT-Event_Codebook-V2.0.pdf.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from whimbrel.export.dyads import Dyad, Side, dyads, number_of
from whimbrel.export.gdelt_columns import EVENTS, MENTIONS
from whimbrel.export.layouts import NO_DATE, NO_PARTY, LeftOut, not_plain, number, tab_line

if TYPE_CHECKING:
    from datetime import date

    from whimbrel.export.codes import Codes
    from whimbrel.export.layouts import Column
    from whimbrel.records import Document, Event, Party, Place

_WEB, _CITATION = 1, 2
"""MentionType: a page on the web, or a source that only a citation names."""
_GEO_TYPES = {(True, True): 2, (True, False): 5, (False, True): 3, (False, False): 4}
"""Geo_Type by whether it is a region, and whether in the United States; a country is 1."""
_NOWHERE = -1
"""A CharOffset of a party that is not in the text."""


class Actor(NamedTuple):
    """The ten cells of an actor, Actor1Code to Actor1Type3Code."""

    code: str = ""
    name: str = ""
    country: str = ""
    group: str = ""
    ethnic: str = ""
    religion1: str = ""
    religion2: str = ""
    type1: str = ""
    type2: str = ""
    type3: str = ""


class Geo(NamedTuple):
    """The eight cells of a place, Geo_Type to Geo_FeatureID; type 0 is none."""

    type: int = 0
    name: str = ""
    country: str = ""
    adm1: str = ""
    adm2: str = ""
    latitude: float | None = None
    longitude: float | None = None
    feature: str = ""


class GdeltLayout:
    """Writes events as rows of GDELT's Events table, one a source and target; `flagged` keeps flagged events."""

    name = "GDELT"
    columns: tuple[Column, ...] = EVENTS

    def __init__(self, codes: Codes, *, flagged: bool = False, header: bool = False) -> None:
        self._codes = codes
        self._flagged = flagged
        self._header = header

    def header(self) -> bytes:
        """Return the line of column names where it was asked for: GDELT's own files have none."""
        return tab_line([column.name for column in self.columns]) if self._header else b""

    def lines(self, event: Event) -> list[bytes] | LeftOut:
        """Return a row for each pair of parties, or why there is none."""
        if not self._flagged and (why := not_plain(event)):
            return why
        if event.date is None:
            return NO_DATE
        pairs = dyads(event)
        return [tab_line(self.row(event, event.date.start, dyad)) for dyad in pairs] if pairs else NO_PARTY

    def row(self, event: Event, day: date, dyad: Dyad) -> list[object]:
        """Return the cells of one pair."""
        return [
            number_of(event.id, dyad.number),
            *_days(day),
            *self.actor(dyad.source),
            *self.actor(dyad.target),
            int(event.sentence.index == 0),
            *self.action(event.cameo),
            number(event.goldstein),
            1,
            1,
            1,
            None,
            *Geo(),
            *Geo(),
            *self.geo(event.place),
            added(event, day),
            event.document.url or event.document.id,
        ]

    def action(self, cameo: str) -> tuple[str, str, str, int]:
        """Return EventCode, EventBaseCode, EventRootCode and QuadClass of a CAMEO code."""
        return cameo, cameo[:3], cameo[:2], self._codes.quad[cameo[:2]]

    def actor(self, side: Side | None) -> Actor:
        """Return an actor's cells; all empty where the report names nobody."""
        if side is None:
            return Actor()
        party, codes = side.party, self._codes
        body = codes.international.get(party.country or "")
        group = codes.group(party)
        country = body.cameo_country if body else self._country(party.country)
        types = ([body.cameo_type] if body else []) + self._types(party)
        before, after = (types[:1], types[1:]) if body else ([], types)
        types += [""] * 3
        return Actor(
            code="".join((*before, country, group, *after[:3])),
            name=party.name.upper(),
            country=country,
            group=group,
            type1=types[0],
            type2=types[1],
            type3=types[2],
        )

    def _types(self, party: Party) -> list[str]:
        """Return CAMEO's role codes; a country that stands for its government has none, as CAMEO has it."""
        sectors = [sector for sector in party.sector if not (party.kind == "country" and sector == "GOV")]
        found = [self._codes.agents[sector].cameo for sector in sectors if sector in self._codes.agents]
        return list(dict.fromkeys(filter(None, found)))

    def _country(self, code: str | None) -> str:
        country = self._codes.countries.get(code or "")
        return (country.cameo or country.code) if country else ""

    def geo(self, place: Place | None) -> Geo:
        """Return a place's cells: FIPS codes, and the names from the smallest to the largest."""
        if place is None or place.latitude is None or place.longitude is None:
            return Geo()
        country = self._codes.countries.get(place.country or "")
        whole = place.precision == "country"
        adm1 = "" if whole else self._codes.region(place.country, place.admin1)
        fips = adm1[:2] or (country.fips if country else "")
        name = place.name or place.text
        parts = [name, "" if whole else place.admin1 or "", country.name if country else ""]
        wide = place.precision in {"region", "named region"}
        return Geo(
            1 if whole else _GEO_TYPES[wide, fips == "US"],
            ", ".join(dict.fromkeys(filter(None, parts))),
            fips,
            adm1 or fips,
            "",
            place.latitude,
            place.longitude,
            fips if whole else adm1 if wide else "",
        )


class GdeltMentionsLayout(GdeltLayout):
    """Writes the rows of GDELT's Mentions table that belong to the rows of `GdeltLayout`, by the same GlobalEventID."""

    name = "GDELT Mentions"
    columns = MENTIONS

    def row(self, event: Event, day: date, dyad: Dyad) -> list[object]:
        """Return the cells of one pair's mention."""
        document = event.document
        when = added(event, day)
        return [
            number_of(event.id, dyad.number),
            when,
            when,
            _WEB if document.url else _CITATION,
            _source_name(document),
            document.url or _citation(document),
            event.sentence.index + 1,
            _offset(dyad.source),
            _offset(dyad.target),
            event.trigger.start,
            1,
            round(event.confidence * 100),
            len(document.text) or None,
            None,
            None,
            None,
        ]


def _days(day: date) -> tuple[object, ...]:
    """Return Day, MonthYear, Year and FractionDate: the share of the year's 365 days that has passed with this one."""
    share = min(day.timetuple().tm_yday / 365, 0.9999)
    written = f"{day.year:04d}{day.month:02d}{day.day:02d}"
    return written, written[:6], written[:4], f"{day.year + share:.4f}"


def added(event: Event, day: date) -> str:
    """Return DATEADDED: midnight of the day of publication, or of the event where that is not known."""
    known = event.document.published or day
    return f"{known.year:04d}{known.month:02d}{known.day:02d}000000"


def _offset(side: Side | None) -> int:
    return side.mention.start if side else _NOWHERE


def _source_name(document: Document) -> str | None:
    if document.url and "//" in document.url:
        host = document.url.split("//", 1)[1].split("/", 1)[0].rsplit("@", 1)[-1].split(":", 1)[0]
        return host.lower().removeprefix("www.")
    return document.publisher


def _citation(document: Document) -> str:
    day = document.published.isoformat() if document.published else None
    return ", ".join(filter(None, (document.publisher, document.title, day, document.id)))
