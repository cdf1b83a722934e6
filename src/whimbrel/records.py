"""The values that pass between the stages, and the event record itself.

All are frozen: a stage takes values and returns new ones. Characters are counted in Unicode characters of the
document's text as stored, `start` included, `end` excluded, so `text[start:end]` is always the record's own `text`.
Missing is None or an empty tuple, never "---" or 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date  # noqa: TC003  the schema is made from these annotations
from typing import Literal, get_args

Kind = Literal["person", "organisation", "country", "group"]
Flag = Literal["negated", "future", "hypothetical", "historical"]
DatePrecision = Literal["day", "week", "month", "year", "range"]
DateSource = Literal["text", "dateline", "published"]
PlacePrecision = Literal["city", "district", "region", "country", "named region"]
PhraseKind = Literal["party", "place", "date", "count"]
Role = Literal["actor", "recipient", "place", "date", "according_to", "killed", "injured", "arrested"]
ROLES: tuple[Role, ...] = get_args(Role)
FLAGS: tuple[Flag, ...] = get_args(Flag)


@dataclass(frozen=True, slots=True)
class Document:
    """One report as read: its text and what its source says of it."""

    id: str
    text: str
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a document's text, and the text there."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document, `index` counted from 0; a dateline is not part of it."""

    index: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Party:
    """Who a mention refers to.

    `country` is an ISO 3166-1 alpha-3 code (Kosovo KOS) or one of PLOVER's international codes (UNO, IGO, ...);
    `sector` holds PLOVER sectors, the primary first; `office` is the one held at the report's date.
    """

    name: str
    kind: Kind
    country: str | None = None
    sector: tuple[str, ...] = ()
    office: str | None = None
    wikidata: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A party as a report names it; `members` are several where the mention is a plural ("the leaders")."""

    text: str
    start: int
    end: int
    members: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event took place, at the precision that the report gives; coordinates in degrees (WGS 84)."""

    text: str
    start: int
    end: int
    name: str | None = None
    country: str | None = None
    admin1: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    geonames: int | None = None
    precision: PlacePrecision | None = None


@dataclass(frozen=True, slots=True)
class When:
    """When an event took place: first and last day, both included.

    `from_` says where it was read (`from` in JSON): in the sentence's text, in the dateline, or nowhere, so that
    the day of publication stands in. `text` and `characters` are the expression and where it stands.
    """

    start: date
    end: date
    precision: DatePrecision
    from_: DateSource
    text: str | None = None
    characters: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people as a report gives it, and the number understood ("dozens": 24); None where not understood."""

    text: str
    start: int
    end: int
    value: int | None


@dataclass(frozen=True, slots=True)
class Event:
    """Who did what to whom, where, when and according to whom, as one sentence of one report says it."""

    id: str
    document: Document
    sentence: Sentence
    event: str
    mode: tuple[str, ...]
    quad: str
    score: float
    cameo: str
    goldstein: float
    trigger: Span
    flags: tuple[str, ...]
    context: tuple[str, ...]
    actor: tuple[Mention, ...]
    recipient: tuple[Mention, ...]
    according_to: Mention | None
    date: When | None
    place: Place | None
    killed: Count | None
    injured: Count | None
    arrested: Count | None
    confidence: float
    coder: str


@dataclass(frozen=True, slots=True)
class FoundMention:
    """A phrase that extraction took for a party, place, date or count, with the probability of that."""

    span: Span
    kind: PhraseKind
    sentence: int
    probability: float


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """An event as extraction found it, its roles still unresolved phrases.

    `types`: the best types with their probabilities, the chosen one first; `confidence`: calibrated;
    `double_of`: the trigger of the surer event of the same sentence that this one only says again.
    """

    sentence: int
    event: str
    trigger: Span
    confidence: float
    types: tuple[tuple[str, float], ...] = ()
    mode: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    actor: tuple[Span, ...] = ()
    recipient: tuple[Span, ...] = ()
    place: tuple[Span, ...] = ()
    date: tuple[Span, ...] = ()
    according_to: Span | None = None
    killed: Span | None = None
    injured: Span | None = None
    arrested: Span | None = None
    double_of: Span | None = None


@dataclass(frozen=True, slots=True)
class Dateline:
    """The place and date at the head of a report ("MOSCOW, Oct 17 (TASS) —"), each a phrase of its text."""

    span: Span
    place: Span | None = None
    date: Span | None = None
    agency: Span | None = None


@dataclass(frozen=True, slots=True)
class Segmented:
    """A document cut into its dateline, if it has one, and its sentences."""

    sentences: tuple[Sentence, ...]
    dateline: Dateline | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """What extraction found in one document; `left_out` are events below the threshold, for explaining."""

    document: Document
    segmented: Segmented
    mentions: tuple[FoundMention, ...] = ()
    events: tuple[FoundEvent, ...] = ()
    left_out: tuple[FoundEvent, ...] = ()
    context: tuple[tuple[str, float], ...] = field(default=())
