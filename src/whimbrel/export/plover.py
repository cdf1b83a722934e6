"""PLOVER JSON: one record a line, with the field names of PLOVER's manual (chapter "JSON Data Fields").

Source: PLOVER manual, draft 0.7b1, Open Event Data Alliance, https://github.com/openeventdata/PLOVER.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from whimbrel.export.layouts import NO_DATE, NO_PARTY, Column, LeftOut

if TYPE_CHECKING:
    from whimbrel.export.codes import Codes
    from whimbrel.ontology import Ontology
    from whimbrel.records import Event, Mention, Party, Place

Json = dict[str, Any]
QUADS = {"verbal cooperation": 1, "material cooperation": 2, "verbal conflict": 3, "material conflict": 4}
"""PLOVER's numbers of the quad classes. STATEMENT, which is neutral, is no type of PLOVER's."""
NO_TYPE = "have no PLOVER type"
_FEATURE = {"city": ("P", None), "district": ("A", "ADM2"), "region": ("A", "ADM1"), "country": ("A", None)}
_COLUMNS = (
    Column("id", "the Whimbrel record's id"),
    Column("date", "first day of the event (YYYY-MM-DD)", "day"),
    Column("enddate", "last day, where it is another", "day"),
    Column("source", "list of actor objects: who did it; empty where the report names only a recipient"),
    Column("recipient", "list of actor objects: to whom; left away where nobody is named"),
    Column("event", "list of one PLOVER event type"),
    Column("event_loc", "location object: where it took place"),
    Column("event_text", "list of one text: the words that name the event"),
    Column("quad_code", "1 verbal and 2 material cooperation, 3 verbal and 4 material conflict", "whole"),
    Column("event_scale", "PLOVER's score of the type and mode, -10 to 10", "number"),
    Column("mode", "list of PLOVER modes"),
    Column("context", "list of PLOVER contexts"),
    Column("size_info", "object: people dead, injured, arrested"),
    Column("text", "the sentence; only where asked for, since the report's publisher holds the rights to it"),
    Column("text_info", "object: sequence of the sentence (from 1), its start and end in the document"),
    Column("cite_info", "object: url, title, publication, citation (the document's id), language, coder, codebook"),
    Column("coder", "version of the program and of the model"),
    Column("flags", "not PLOVER's: negated, future, hypothetical, historical"),
    Column("confidence", "not PLOVER's: calibrated probability that the record is right", "number"),
    Column("according_to", "not PLOVER's: list of actor objects: who says so"),
)


class PloverLayout:
    """Writes events as PLOVER JSON; `text` adds their sentences."""

    name = "PLOVER"
    columns = _COLUMNS

    def __init__(self, codes: Codes, ontology: Ontology, *, text: bool = False) -> None:
        self._codes = codes
        self._codebook = ontology.version
        self._text = text

    def header(self) -> bytes:
        """Return b"": JSON lines have no head."""
        return b""

    def lines(self, event: Event) -> list[bytes] | LeftOut:
        """Return the event's line, or why PLOVER cannot hold it."""
        if event.quad not in QUADS:
            return LeftOut(NO_TYPE, event.event)
        if event.date is None:
            return NO_DATE
        if not event.actor and not event.recipient:
            return NO_PARTY
        line = json.dumps(self.record(event), ensure_ascii=False, allow_nan=False)
        for sign in "\u0085\u2028\u2029":
            line = line.replace(sign, f"\\u{ord(sign):04x}")
        return [line.encode("utf-8", "replace") + b"\n"]

    def record(self, event: Event) -> Json:
        """Return the event as a PLOVER record; what is not known is left away."""
        date = event.date
        record: Json = {
            "id": event.id,
            "date": date.start.isoformat() if date else None,
            "enddate": date.end.isoformat() if date and date.end != date.start else None,
            "source": [actor for mention in event.actor for actor in _actors(mention)],
            "recipient": [actor for mention in event.recipient for actor in _actors(mention)],
            "event": [event.event],
            "event_loc": self._location(event.place) if event.place else None,
            "event_text": [event.trigger.text],
            "quad_code": QUADS.get(event.quad),
            "event_scale": event.score,
            "mode": list(event.mode),
            "context": list(event.context),
            "size_info": _size(event),
            "text": event.sentence.text if self._text else None,
            "text_info": {
                "sequence": event.sentence.index + 1, "start": event.sentence.start, "end": event.sentence.end,
            },
            "cite_info": self._citation(event),
            "coder": event.coder,
            "flags": list(event.flags),
            "confidence": event.confidence,
            "according_to": _actors(event.according_to) if event.according_to else [],
        }  # fmt: skip
        return {name: value for name, value in record.items() if name == "source" or value not in (None, [], {})}

    def _location(self, place: Place) -> Json:
        """Return GeoNames' fields, under the names that GeoNames gives them, and the country's three letters."""
        country = self._codes.countries.get(place.country or "")
        feature_class, feature_code = _FEATURE.get(place.precision or "", (None, None))
        return _known({
            "geonameid": place.geonames,
            "name": place.name or place.text,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "feature class": feature_class,
            "feature code": feature_code,
            "country code": country.iso2 if country else None,
            "cc3": place.country,
            "admin1 name": place.admin1,
        })  # fmt: skip

    def _citation(self, event: Event) -> Json:
        document = event.document
        return _known({
            "citation": document.id,
            "url": document.url,
            "title": document.title,
            "language": "en",
            "publication": document.publisher,
            "date": document.published.isoformat() if document.published else None,
            "coder": event.coder,
            "codebook": self._codebook,
        })  # fmt: skip


def _actors(mention: Mention) -> list[Json]:
    """Return one actor object a member; a phrase of which nobody is known is an actor with its words alone."""
    return [_actor(party, mention) for party in mention.members] or [{"actor_text": mention.text}]


def _actor(party: Party, mention: Mention) -> Json:
    return _known({
        "code": party.country,
        "sector": "".join(party.sector[:2]) or None,
        "actor_text": mention.text,
        "identifier_id": party.wikidata,
        "identifier_text": party.name,
        "office": party.office,
    })  # fmt: skip


def _size(event: Event) -> Json:
    counts = {"dead": event.killed, "injured": event.injured, "arrested": event.arrested}
    return {name: count.value for name, count in counts.items() if count is not None and count.value is not None}


def _known(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if value is not None}
