"""The event record described as a JSON Schema."""

from __future__ import annotations

from typing import Any, get_args

from whimbrel.records import FLAGS, DatePrecision, DateSource, Kind, PlacePrecision

Schema = dict[str, Any]


def schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of one event record, every field with its meaning."""
    what = "Who did what to whom, where, when and according to whom, as one sentence of one report says it."
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Whimbrel event record",
        **_record(what, _event()),
    }


def _record(description: str, properties: dict[str, Schema]) -> Schema:
    return {
        "description": description,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _text(description: str, **more: Any) -> Schema:
    return {"description": description, "type": "string", **more}


def _maybe(described: Schema) -> Schema:
    """Return the same, or null."""
    kind = described["type"]
    allowed = {**described, "type": [kind, "null"]}
    if "enum" in described:
        allowed["enum"] = [*described["enum"], None]
    return allowed


def _number(description: str, **more: Any) -> Schema:
    return {"description": description, "type": "number", **more}


def _whole(description: str, **more: Any) -> Schema:
    return {"description": description, "type": "integer", **more}


def _list(description: str, items: Schema) -> Schema:
    return {"description": description, "type": "array", "items": items}


def _one_of(description: str, values: tuple[str, ...]) -> Schema:
    return {"description": description, "type": "string", "enum": list(values)}


def _span() -> dict[str, Schema]:
    return {
        "text": _text("The words as the document has them."),
        "start": _whole("Position of its first character in the document's text (Unicode characters).", minimum=0),
        "end": _whole("Position after the last character.", minimum=0),
    }


def _day(description: str) -> Schema:
    return _text(f"{description} (YYYY-MM-DD).", format="date", pattern=r"^\d{4}-\d{2}-\d{2}$")


_COUNTRY = "ISO 3166-1 alpha-3 code (Kosovo KOS), or PLOVER's code of an international body (UNO, IGO, ...)"


def _party() -> Schema:
    properties = {
        "name": _text("The usual name."),
        "kind": _one_of("What kind of party it is.", get_args(Kind)),
        "country": _maybe(_text(f"{_COUNTRY}; null where none is known.")),
        "sector": _list("PLOVER sectors, the primary one first.", _text("A sector: GOV, MIL, REB, ...")),
        "office": _maybe(_text("The office held on the day of the report.")),
        "wikidata": _maybe(_text("The Wikidata item.", pattern=r"^Q\d+$")),
    }
    return _record("A person, organisation, country or group.", properties)


def _mention(description: str) -> Schema:
    members = _list("Who is meant; several where the phrase is a plural; empty where it is not known.", _party())
    return _record(description, {**_span(), "members": members})


def _count(what: str) -> Schema:
    value = _maybe(_whole("The number understood ('dozens': 24); null where not understood.", minimum=0))
    return _maybe(_record(f"People {what} in the event, as the report counts them.", {**_span(), "value": value}))


def _document() -> Schema:
    properties = {
        "id": _text("The document's id as its source gives it."),
        "url": _maybe(_text("Its address.")),
        "title": _maybe(_text("Its headline.")),
        "publisher": _maybe(_text("Who published it.")),
        "published": _maybe(_day("Day of publication")),
    }
    return _record("The report that the event was read in; its text is not repeated here.", properties)


def _sentence() -> Schema:
    index = {"index": _whole("Which sentence of the document it is, from 0.", minimum=0)}
    return _record("The sentence that the event was read in.", {**index, **_span()})


def _date() -> Schema:
    characters: Schema = {
        "description": "Where the expression stands: start and end in the document's text.",
        "type": ["array", "null"],
        "prefixItems": [_whole("Start.", minimum=0), _whole("End.", minimum=0)],
        "items": False,
        "minItems": 2,
    }
    properties = {
        "start": _day("First day"),
        "end": _day("Last day"),
        "precision": _one_of("How exactly the report says it.", get_args(DatePrecision)),
        "text": _maybe(_text("The expression in the report.")),
        "from": _one_of("Where it was read: the day of publication stands in for none.", get_args(DateSource)),
        "characters": characters,
    }
    return _maybe(_record("When the event took place; both days included.", properties))


def _place() -> Schema:
    properties = {
        **_span(),
        "name": _maybe(_text("The place's name in the gazetteer.")),
        "country": _maybe(_text(f"{_COUNTRY}.")),
        "admin1": _maybe(_text("The first-level region.")),
        "latitude": _maybe(_number("Degrees north (WGS 84).", minimum=-90, maximum=90)),
        "longitude": _maybe(_number("Degrees east (WGS 84).", minimum=-180, maximum=180)),
        "geonames": _maybe(_whole("The GeoNames id.")),
        "precision": _maybe(_one_of("What kind of place it is.", get_args(PlacePrecision))),
    }
    return _maybe(_record("Where the event took place.", properties))


def _event() -> dict[str, Schema]:
    return {
        "id": _text("Stable id: the same document, trigger and type give the same id."),
        "document": _document(),
        "sentence": _sentence(),
        "event": _text("PLOVER event type: CONSULT, ASSAULT, ..."),
        "mode": _list("PLOVER modes of the type.", _text("A mode.")),
        "quad": _text("Verbal or material, cooperation or conflict."),
        "score": _number("Conflict or cooperation of the type and mode on PLOVER's scale."),
        "cameo": _text("The nearest CAMEO code; text, as zeros lead."),
        "goldstein": _number("Goldstein score of the CAMEO code, from -10 to 10."),
        "trigger": _record("The words that name the event.", _span()),
        "flags": _list("What keeps it from being a plain fact of the time.", _one_of("A flag.", FLAGS)),
        "context": _list("PLOVER contexts.", _text("A context.")),
        "actor": _list("Who did it.", _mention("A phrase for who did it.")),
        "recipient": _list("To whom it was done.", _mention("A phrase for whom it was done to.")),
        "according_to": _maybe(_mention("Who says so, where the report names it.")),
        "date": _date(),
        "place": _place(),
        "killed": _count("killed"),
        "injured": _count("injured"),
        "arrested": _count("arrested"),
        "confidence": _number("Calibrated: of the records at 0.8, 80 % are right.", minimum=0, maximum=1),
        "coder": _text("Version of the program and of the model."),
    }
