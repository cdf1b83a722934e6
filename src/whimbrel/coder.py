"""The pipeline: documents in, event records out, one document or a stream of them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING

from whimbrel.errors import OptionError
from whimbrel.extraction.extractor import OnnxExtractor, keep_from
from whimbrel.ontology import Ontology
from whimbrel.records import Count, Document, Event, Mention, Place, When
from whimbrel.resolution.counts import value
from whimbrel.resolution.dates import parse_day, resolve_date
from whimbrel.resolution.parties import Parties
from whimbrel.resolution.places import Places
from whimbrel.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from whimbrel.extraction.extractor import Extractor
    from whimbrel.records import Extraction, FoundEvent, Span
    from whimbrel.resolution.reasons import Resolved

WINDOW = 64  # documents coded together: enough to fill the encoder's batches with rows of like length
APPOSITION = 40  # characters between an office and the name of its holder, such as " of South Africa, "
FUTURE = re.compile(r"\b(?:will|shall|is to|are to|due to|plans? to|going to)\W+(?:\w+\W+){0,3}\w*$", re.IGNORECASE)
AHEAD = frozenset({"AGREE", "THREATEN"})  # types whose date, where one is given, lies ahead of the report


@dataclass(frozen=True, slots=True)
class Coded:
    """One event found, and how its parties, date and place were resolved."""

    found: FoundEvent
    event: Event
    date: Resolved[When | None]
    place: Resolved[Place | None] | None


@dataclass(frozen=True, slots=True)
class Examined:
    """Everything that coding one document found and decided, for explaining."""

    extraction: Extraction
    parties: Mapping[tuple[int, int], Resolved[Mention]]
    coded: tuple[Coded, ...]

    @property
    def events(self) -> tuple[Event, ...]:
        """The records."""
        return tuple(coded.event for coded in self.coded)


class Coder:
    """Codes documents into event records.

    `model`: a model folder, the one that ships by default; `min_confidence`: keep events of at least this
    confidence instead of the model's own thresholds; `threads`: for the encoder; `actors`, `places`: CSV tables
    that add to or override the built-in ones. Tables and model are loaded here, once.
    """

    def __init__(
        self,
        model: Path | None = None,
        *,
        min_confidence: float | None = None,
        threads: int = 1,
        actors: Path | None = None,
        places: Path | None = None,
        extractor: Extractor | None = None,
    ) -> None:
        if min_confidence is not None and not 0 <= min_confidence <= 1:
            raise OptionError(f"min_confidence is {min_confidence}; give a number from 0 to 1")
        if threads < 1:
            raise OptionError(f"threads is {threads}; give 1 or more")
        self.extractor = extractor or OnnxExtractor.load(model, threads=threads)
        self.min_confidence = min_confidence
        self.ontology = Ontology.load()
        self.parties = Parties.load(extra=actors)
        self.places = Places.load(extra=places)
        self.name = f"whimbrel {__version__}, model {self.extractor.name}"

    def code(
        self,
        text: str,
        *,
        published: date | str | None = None,
        title: str | None = None,
        url: str | None = None,
        publisher: str | None = None,
        id: str | None = None,  # noqa: A002  the record's word
    ) -> list[Event]:
        """Return the events of one report, in the order of the text.

        >>> import whimbrel
        >>> [event.event for event in whimbrel.Coder().code("Police in Lima arrested two protesters on Monday.")]
        ['COERCE']
        """
        return list(
            self.examine(
                self.document(text, published=published, title=title, url=url, publisher=publisher, id=id)
            ).events
        )

    @staticmethod
    def document(
        text: str,
        *,
        published: date | str | None = None,
        title: str | None = None,
        url: str | None = None,
        publisher: str | None = None,
        id: str | None = None,  # noqa: A002  the record's word
    ) -> Document:
        """Return a document of some text; OptionError where `published` is no date."""
        if isinstance(published, str):
            try:
                published = parse_day(published)
            except ValueError as error:
                raise OptionError(f"published is {published!r}: {error}; give a date such as 2023-10-17") from error
        elif isinstance(published, datetime):
            published = published.date()
        return Document(id or "text-" + digest(text), text, title, url, publisher, published)

    def stream(self, documents: Iterable[Document]) -> Iterator[tuple[Document, tuple[Event, ...]]]:
        """Yield each document with its events, in order, holding only a few documents at a time."""
        for examined in self.examine_stream(documents):
            yield examined.extraction.document, examined.events

    def examine(self, document: Document) -> Examined:
        """Return what was found in one document and how it was decided."""
        return next(self.examine_stream([document]))

    def examine_stream(self, documents: Iterable[Document]) -> Iterator[Examined]:
        """Yield what was found in each document and how it was decided, in order."""
        waiting = iter(documents)
        while window := list(islice(waiting, WINDOW)):
            for extraction in self.extractor.extract(window):
                kept = extraction if self.min_confidence is None else keep_from(extraction, self.min_confidence)
                yield self._resolved(kept)

    def _resolved(self, extraction: Extraction) -> Examined:
        if not extraction.events:
            return Examined(extraction, {}, ())
        document = extraction.document
        places = sorted({m.span for m in extraction.mentions if m.kind == "place"}, key=lambda s: s.start)
        phrases = sorted(
            {span for event in extraction.events for span in _parties(event)}, key=lambda s: (s.start, s.end)
        )
        resolved = self.parties.resolve(document, extraction.segmented, phrases, places)
        parties = {(span.start, span.end): found for span, found in zip(phrases, resolved, strict=True)}
        context = tuple(name for name, _ in extraction.context)
        coded = tuple(self._coded(found, extraction, parties, places, context) for found in extraction.events)
        return Examined(extraction, parties, coded)

    def _coded(
        self,
        found: FoundEvent,
        extraction: Extraction,
        parties: Mapping[tuple[int, int], Resolved[Mention]],
        places: Sequence[Span],
        context: tuple[str, ...],
    ) -> Coded:
        document = extraction.document

        def mention(span: Span) -> Mention:
            return parties[span.start, span.end].value

        actor, recipient = once(map(mention, found.actor)), once(map(mention, found.recipient))
        future = "future" in found.flags or found.event in AHEAD or ahead(found, extraction)
        day = self._date(found, extraction, future=future)
        codes = list(dict.fromkeys(p.country for m in (*recipient, *actor) for p in m.members if p.country))
        place = (
            self.places.resolve(document, found.place, [s for s in places if s not in found.place], codes)
            if found.place
            else None
        )
        cameo = self.ontology.cameo(found.event, found.mode, context)
        event = Event(
            id=digest(f"{document.id}\n{found.trigger.start}\n{found.event}"),
            document=document,
            sentence=extraction.segmented.sentences[found.sentence],
            event=found.event,
            mode=found.mode,
            quad=self.ontology.types[found.event].quad,
            score=self.ontology.score(found.event, found.mode),
            cameo=cameo,
            goldstein=self.ontology.goldstein(cameo),
            trigger=found.trigger,
            flags=found.flags,
            context=context,
            actor=actor,
            recipient=recipient,
            according_to=mention(found.according_to) if found.according_to else None,
            date=day.value,
            place=place.value if place else None,
            killed=_count(found.killed),
            injured=_count(found.injured),
            arrested=_count(found.arrested),
            confidence=found.confidence,
            coder=self.name,
        )
        return Coded(found, event, day, place)

    @staticmethod
    def _date(found: FoundEvent, extraction: Extraction, *, future: bool) -> Resolved[When | None]:
        """Read the first expression that says a date; without one, the dateline's or the day of publication."""
        dateline = extraction.segmented.dateline
        for phrase in found.date:
            resolved = resolve_date(phrase, extraction.document, dateline, future=future)
            if resolved.value is not None:
                return resolved
        return resolve_date(None, extraction.document, dateline, future=future)


def ahead(found: FoundEvent, extraction: Extraction) -> bool:
    """Say whether the words before a trigger put it in the future ("will march")."""
    sentence = extraction.segmented.sentences[found.sentence]
    return FUTURE.search(extraction.document.text, sentence.start, found.trigger.end) is not None


def once(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """Return mentions in their order; of an office and the name beside it ("the president, Ms X") only the name."""
    kept: list[Mention] = []
    for mention in mentions:
        if kept and same_person(kept[-1], mention) and mention.start - kept[-1].end <= APPOSITION:
            kept.pop()
        kept.append(mention)
    return tuple(kept)


def same_person(one: Mention, two: Mention) -> bool:
    """Say whether two mentions name one person."""
    return len(one.members) == 1 and one.members == two.members and one.members[0].kind == "person"


def digest(text: str) -> str:
    """Return a short stable hash of some text: 16 hexadecimal digits."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _parties(event: FoundEvent) -> Iterator[Span]:
    yield from event.actor
    yield from event.recipient
    if event.according_to:
        yield event.according_to


def _count(span: Span | None) -> Count | None:
    return Count(span.text, span.start, span.end, value(span.text)) if span else None
