"""Event records -> rows of the tables, and back as they were."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import permutations, product
from typing import TYPE_CHECKING, Any

from whimbrel.records import Count, Document, Event, Mention, Party, Place, Sentence, Span, When
from whimbrel.resolution.names import key as name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import RowMapping

Row = dict[str, Any]
_MUTUAL = frozenset({"AGREE", "CONSULT", "COOPERATE"})
"""Types of events that those who do them together do with one another."""
COUNTED = ("killed", "injured", "arrested")


def hashed(*parts: object) -> str:
    """Return a stable hash of some values: 32 hexadecimal digits."""
    written = json.dumps(parts, ensure_ascii=True, default=str)
    return blake2b(written.encode(), digest_size=16).hexdigest()


def document_hash(document: Document) -> str:
    """Return the hash of what coding a document depends on: its text and day of publication."""
    return hashed(document.text, document.published)


def listed(values: Iterable[str]) -> str:
    """Return a list as the store keeps it, a JSON array."""
    return json.dumps(list(values), ensure_ascii=False)


def party_row(party: Party) -> Row:
    """Return a party's row, without its number."""
    row: Row = {
        "name": party.name, "kind": party.kind, "country": party.country, "sector": listed(party.sector),
        "office": party.office, "wikidata": party.wikidata,
    }  # fmt: skip
    key = hashed(*row.values())
    return {**row, "key": key, "name_key": name_key(party.name), "primary_sector": next(iter(party.sector), None)}


def place_row(place: Place) -> Row:
    """Return the row of the place itself, without its number and without the phrase that named it."""
    row: Row = {
        "name": place.name, "country": place.country, "admin1": place.admin1, "latitude": place.latitude,
        "longitude": place.longitude, "geonames": place.geonames, "precision": place.precision,
    }  # fmt: skip
    return {**row, "key": hashed(*row.values())}


def event_row(event: Event) -> Row:
    """Return the row of an event, without the numbers that join it to others."""
    date, place = event.date, event.place
    start, end = date.characters if date and date.characters else (None, None)
    row: Row = {
        "id": event.id, "event": event.event, "score": event.score, "confidence": event.confidence,
        "mode": listed(event.mode), "flags": listed(event.flags), "context": listed(event.context),
        "quad": event.quad, "cameo": event.cameo, "goldstein": event.goldstein, "trigger": event.trigger.text,
        "trigger_start": event.trigger.start, "trigger_end": event.trigger.end,
        "date_start": date and date.start, "date_end": date and date.end, "date_precision": date and date.precision,
        "date_text": date and date.text, "date_from": date and date.from_, "date_characters_start": start,
        "date_characters_end": end, "place_text": place and place.text, "place_start": place and place.start,
        "place_end": place and place.end,
    }  # fmt: skip
    for name in COUNTED:
        count: Count | None = getattr(event, name)
        row |= {
            name: count and count.value, f"{name}_text": count and count.text, f"{name}_start": count and count.start,
            f"{name}_end": count and count.end,
        }  # fmt: skip
    return row


def roles(event: Event) -> Iterator[tuple[str, int, Mention]]:
    """Yield each mention of an event with its role and position."""
    for position, mention in enumerate(event.actor):
        yield "actor", position, mention
    for position, mention in enumerate(event.recipient):
        yield "recipient", position, mention
    if event.according_to is not None:
        yield "according_to", 0, event.according_to


def mention_row(role: str, position: int, mention: Mention) -> Row:
    """Return the row of a mention, without its event's number."""
    return {
        "role": role, "position": position, "mention": mention.text, "mention_start": mention.start,
        "mention_end": mention.end,
    }  # fmt: skip


def dyad_rows(event: Event) -> list[Row]:
    """Return the countries that act on one another in an event, each pair once; None for a side not known.

    Where several countries meet, agree or work together and no recipient is named, each faces each other as well.
    """
    actors, recipients = _countries(event.actor), _countries(event.recipient)
    if not actors and not recipients:
        return []
    rows = [(actor, to, False) for actor, to in product(actors or [None], recipients or [None])]
    if event.event in _MUTUAL and not event.recipient:
        rows += [(actor, to, True) for actor, to in permutations(actors, 2)]
    return [{"actor": actor, "recipient": to, "mutual": mutual} for actor, to, mutual in rows]


def _countries(mentions: Iterable[Mention]) -> list[str | None]:
    return list(dict.fromkeys(party.country for mention in mentions for party in mention.members if party.country))


def party_of(row: RowMapping) -> Party:
    """Return the party of its row."""
    sector = tuple(json.loads(row["sector"]))
    return Party(row["name"], row["kind"], row["country"], sector, row["office"], row["wikidata"])


@dataclass(slots=True)
class Mentions:
    """The mentions of some events, gathered from their rows."""

    by_event: dict[int, dict[str, list[Mention]]] = field(default_factory=dict)

    @classmethod
    def of(cls, mentions: Iterable[RowMapping], members: Iterable[RowMapping]) -> Mentions:
        """Gather rows that come in order of event, role, position and member."""
        parties: dict[tuple[int, str, int], list[Party]] = {}
        for row in members:
            parties.setdefault((row["event"], row["role"], row["position"]), []).append(party_of(row))
        gathered = cls()
        for row in mentions:
            who = tuple(parties.get((row["event"], row["role"], row["position"]), ()))
            mention = Mention(row["mention"], row["mention_start"], row["mention_end"], who)
            gathered.by_event.setdefault(row["event"], {}).setdefault(row["role"], []).append(mention)
        return gathered

    def of_role(self, event: int, role: str) -> Sequence[Mention]:
        """Return the mentions of an event in one role."""
        return self.by_event.get(event, {}).get(role, ())


def event_of(row: RowMapping, mentions: Mentions) -> Event:
    """Return the event of its row, joined with its document's, sentence's, place's and run's."""
    number = row["number"]
    document = Document(
        row["document_id"], row["document_text"], row["title"], row["url"], row["publisher"], row["published"]
    )
    return Event(
        id=row["id"],
        document=document,
        sentence=Sentence(row["sentence_index"], row["sentence"], row["sentence_start"], row["sentence_end"]),
        event=row["event"],
        mode=tuple(json.loads(row["mode"])),
        quad=row["quad"],
        score=row["score"],
        cameo=row["cameo"],
        goldstein=row["goldstein"],
        trigger=Span(row["trigger"], row["trigger_start"], row["trigger_end"]),
        flags=tuple(json.loads(row["flags"])),
        context=tuple(json.loads(row["context"])),
        actor=tuple(mentions.of_role(number, "actor")),
        recipient=tuple(mentions.of_role(number, "recipient")),
        according_to=next(iter(mentions.of_role(number, "according_to")), None),
        date=_when(row),
        place=_place(row),
        killed=_count(row, "killed"),
        injured=_count(row, "injured"),
        arrested=_count(row, "arrested"),
        confidence=row["confidence"],
        coder=row["coder"],
    )


def _when(row: RowMapping) -> When | None:
    if row["date_start"] is None:
        return None
    start, end = row["date_characters_start"], row["date_characters_end"]
    characters = None if start is None else (start, end)
    return When(
        row["date_start"], row["date_end"], row["date_precision"], row["date_from"], row["date_text"], characters
    )


def _place(row: RowMapping) -> Place | None:
    if row["place_text"] is None:
        return None
    return Place(
        row["place_text"], row["place_start"], row["place_end"], row["place_name"], row["place_country"],
        row["admin1"], row["latitude"], row["longitude"], row["geonames"], row["place_precision"],
    )  # fmt: skip


def _count(row: RowMapping, name: str) -> Count | None:
    text = row[f"{name}_text"]
    return None if text is None else Count(text, row[f"{name}_start"], row[f"{name}_end"], row[name])
