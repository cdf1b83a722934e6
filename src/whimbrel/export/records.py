"""Event records as JSON values, and back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from whimbrel.errors import InputError
from whimbrel.records import Count, Document, Event, Mention, Party, Place, Sentence, Span, When

Json = dict[str, Any]


def event_to_dict(event: Event) -> Json:
    """Return an event as values that JSON knows, in the record's published shape (see `whimbrel.export.schema`).

    The document's text is not among them: a record carries its sentence, and points into the rest.
    """
    return {
        "id": event.id,
        "document": _document(event.document),
        "sentence": _sentence(event.sentence),
        "event": event.event,
        "mode": list(event.mode),
        "quad": event.quad,
        "score": event.score,
        "cameo": event.cameo,
        "goldstein": event.goldstein,
        "trigger": _span(event.trigger),
        "flags": list(event.flags),
        "context": list(event.context),
        "actor": [_mention(mention) for mention in event.actor],
        "recipient": [_mention(mention) for mention in event.recipient],
        "according_to": None if event.according_to is None else _mention(event.according_to),
        "date": None if event.date is None else _when(event.date),
        "place": None if event.place is None else _place(event.place),
        "killed": _count(event.killed),
        "injured": _count(event.injured),
        "arrested": _count(event.arrested),
        "confidence": event.confidence,
        "coder": event.coder,
    }


def event_to_json(event: Event) -> str:
    """Return an event as one line of JSON, without the line end; line separators inside texts are escaped."""
    line = json.dumps(event_to_dict(event), ensure_ascii=False, allow_nan=False)
    # These end a line for some readers (Python's splitlines among them), though not for JSON.
    return line.replace("\u0085", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _document(document: Document) -> Json:
    return {
        "id": document.id,
        "url": document.url,
        "title": document.title,
        "publisher": document.publisher,
        "published": None if document.published is None else document.published.isoformat(),
    }


def _sentence(sentence: Sentence) -> Json:
    return {"index": sentence.index, "start": sentence.start, "end": sentence.end, "text": sentence.text}


def _span(span: Span) -> Json:
    return {"text": span.text, "start": span.start, "end": span.end}


def _mention(mention: Mention) -> Json:
    members = [_party(party) for party in mention.members]
    return {"text": mention.text, "start": mention.start, "end": mention.end, "members": members}


def _party(party: Party) -> Json:
    return {
        "name": party.name,
        "kind": party.kind,
        "country": party.country,
        "sector": list(party.sector),
        "office": party.office,
        "wikidata": party.wikidata,
    }


def _when(when: When) -> Json:
    return {
        "start": when.start.isoformat(),
        "end": when.end.isoformat(),
        "precision": when.precision,
        "text": when.text,
        "from": when.from_,
        "characters": None if when.characters is None else list(when.characters),
    }


def _place(place: Place) -> Json:
    return {
        "text": place.text,
        "start": place.start,
        "end": place.end,
        "name": place.name,
        "country": place.country,
        "admin1": place.admin1,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "geonames": place.geonames,
        "precision": place.precision,
    }


def _count(count: Count | None) -> Json | None:
    if count is None:
        return None
    return {"text": count.text, "start": count.start, "end": count.end, "value": count.value}


def event_from_dict(record: Json, text: str = "") -> Event:
    """Return the event of a record; `text` is the document's, which records do not carry.

    Raises InputError where something is missing or is not what it should be.
    """
    try:
        return _event(record, text)
    except KeyError as error:
        message = f"not an event record: {error.args[0]!r} is missing; `whimbrel schema` shows what one holds"
        raise InputError(message) from error
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(f"not an event record: {error}; `whimbrel schema` shows what one holds") from error


def _event(record: Json, text: str) -> Event:
    return Event(
        id=record["id"],
        document=_to_document(record["document"], text),
        sentence=Sentence(**record["sentence"]),
        event=record["event"],
        mode=tuple(record["mode"]),
        quad=record["quad"],
        score=record["score"],
        cameo=record["cameo"],
        goldstein=record["goldstein"],
        trigger=Span(**record["trigger"]),
        flags=tuple(record["flags"]),
        context=tuple(record["context"]),
        actor=tuple(map(_to_mention, record["actor"])),
        recipient=tuple(map(_to_mention, record["recipient"])),
        according_to=None if record["according_to"] is None else _to_mention(record["according_to"]),
        date=None if record["date"] is None else _to_when(record["date"]),
        place=None if record["place"] is None else Place(**record["place"]),
        killed=_to_count(record["killed"]),
        injured=_to_count(record["injured"]),
        arrested=_to_count(record["arrested"]),
        confidence=record["confidence"],
        coder=record["coder"],
    )


def _to_document(record: Json, text: str) -> Document:
    published = record["published"]
    return Document(
        id=record["id"],
        text=text,
        title=record["title"],
        url=record["url"],
        publisher=record["publisher"],
        published=None if published is None else date.fromisoformat(published),
    )


def _to_mention(record: Json) -> Mention:
    members = tuple(Party(**{**party, "sector": tuple(party["sector"])}) for party in record["members"])
    return Mention(record["text"], record["start"], record["end"], members)


def _to_when(record: Json) -> When:
    characters = record["characters"]
    return When(
        start=date.fromisoformat(record["start"]),
        end=date.fromisoformat(record["end"]),
        precision=record["precision"],
        from_=record["from"],
        text=record["text"],
        characters=None if characters is None else (characters[0], characters[1]),
    )


def _to_count(record: Json | None) -> Count | None:
    return None if record is None else Count(**record)
