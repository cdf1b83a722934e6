"""A language model's answer -> events and phrases with exact characters; what does not fit is dropped and counted."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from whimbrel.extraction.labels import ROLE_KINDS
from whimbrel.extraction.language_model_prompt import COUNTS, PHRASES
from whimbrel.records import FoundEvent, FoundMention, PhraseKind, Sentence, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whimbrel.ontology import Ontology

_FENCE = re.compile(r"^\s*```[a-zA-Z]*\s*|\s*```\s*$")
# Signs that models put for one another when they copy.
_SIGNS = ("'\u2019\u2018\u02bc`\u00b4", '"\u201c\u201d\u201e\u00ab\u00bb', "-\u2010\u2011\u2012\u2013\u2014")
_ALIKE = {sign: f"[{re.escape(signs)}]" for signs in _SIGNS for sign in signs}


class UnreadableError(ValueError):
    """An answer is no JSON of the shape that was asked for."""


@dataclass(slots=True)
class Reading:
    """What an answer gave, and how often what was wrong with it (`dropped`, by reason).

    `unread` sentences had no usable answer, for the reasons in `faults`.
    """

    events: list[FoundEvent] = field(default_factory=list)
    mentions: list[FoundMention] = field(default_factory=list)
    contexts: list[str] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    unread: int = 0
    faults: list[str] = field(default_factory=list)


def parsed(text: str) -> dict[str, Any]:
    """Return the JSON object of an answer, also where words or a code fence stand around it.

    Raises UnreadableError where there is none with a list of events.
    """
    bare = _FENCE.sub("", text)
    decoder = json.JSONDecoder()
    for start in (found.start() for found in re.finditer(r"\{", bare)):
        try:
            value, _ = decoder.raw_decode(bare, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and isinstance(value.get("events"), list):
            return value
        if start == 0:
            break
    raise UnreadableError('the answer is no JSON object with a list "events"')


def locate(phrase: str, sentence: Sentence, near: int | None = None) -> Span | None:
    """Return where a phrase stands in a sentence, with the sentence's own characters; None where it does not.

    Blanks, quotation marks and dashes may be others of their kind, and the case another; whole words come before
    parts of words, and of several places the one nearest to the character `near` counts, else the first.
    """
    words = phrase.split()
    if not words:
        return None
    pattern = r"\s+".join("".join(_ALIKE.get(sign, re.escape(sign)) for sign in word) for word in words)
    for flags in (0, re.IGNORECASE):
        spans = [match.span(1) for match in re.finditer(f"(?=({pattern}))", sentence.text, flags)]
        if not spans:
            continue
        whole = [span for span in spans if _is_whole(sentence.text, *span)] or spans
        start, end = min(whole, key=lambda span: 0 if near is None else abs(sentence.start + span[0] - near))
        return Span(sentence.text[start:end], sentence.start + start, sentence.start + end)
    return None


def _is_whole(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() and text[start].isalnum()) and not (after.isalnum() and text[end - 1].isalnum())


class Reader:
    """Reads answers about some sentences, against the ontology."""

    def __init__(self, ontology: Ontology) -> None:
        self._ontology = ontology

    def read(self, answer: dict[str, Any], sentences: Sequence[Sentence]) -> Reading:
        """Return the events whose words stand in their sentences, in the order of the text."""
        reading = Reading()
        reading.contexts = self._known(answer.get("contexts"), self._ontology.contexts, "unknown contexts", reading)
        for entry in answer["events"]:
            event = self._event(entry, sentences, reading)
            if event is not None and not _is_repeated(event, reading.events):
                reading.events.append(event)
        reading.events.sort(key=lambda event: (event.trigger.start, event.trigger.end))
        reading.mentions = _mentions(reading.events)
        return reading

    def _event(self, entry: Any, sentences: Sequence[Sentence], reading: Reading) -> FoundEvent | None:
        if not isinstance(entry, dict):
            reading.dropped["events of the wrong shape"] += 1
            return None
        number, name = entry.get("sentence"), entry.get("type")
        if not isinstance(number, int) or not 1 <= number <= len(sentences):
            reading.dropped["events of no such sentence"] += 1
            return None
        if not isinstance(name, str) or name not in self._ontology.types:
            reading.dropped["events of unknown types"] += 1
            return None
        sentence = sentences[number - 1]
        trigger = _free_trigger(entry.get("trigger"), name, sentence, reading.events)
        if trigger is None:
            reading.dropped["events whose words are not in the sentence"] += 1
            return None
        return self._filled(entry, sentence, trigger, name, reading)

    def _filled(
        self, entry: dict[str, Any], sentence: Sentence, trigger: Span, name: str, reading: Reading
    ) -> FoundEvent:
        def spans(key: str) -> tuple[Span, ...]:
            return _spans(entry.get(key), sentence, trigger, reading)

        def one(key: str) -> Span | None:
            value = entry.get(key)
            return next(iter(_spans([] if value in (None, "") else [value], sentence, trigger, reading)), None)

        confidence = _confidence(entry.get("confidence"))
        modes = self._known(entry.get("mode"), self._ontology.types[name].modes, "modes of another type", reading)
        return FoundEvent(
            sentence=sentence.index,
            event=name,
            trigger=trigger,
            confidence=confidence,
            types=((name, confidence),),
            mode=tuple(modes),
            flags=tuple(self._known(entry.get("flags"), self._ontology.flags, "unknown flags", reading)),
            according_to=one("according_to"),
            **{role: spans(key) for key, role in PHRASES.items()},  # type: ignore[arg-type]
            **{count: one(count) for count in COUNTS},  # type: ignore[arg-type]
        )

    @staticmethod
    def _known(names: Any, known: Iterable[str], what: str, reading: Reading) -> list[str]:
        """Return the names that are known, each once; count the others."""
        listed = names if isinstance(names, list) else []
        good = [name for name in listed if isinstance(name, str) and name in known]
        if len(good) < len(listed):
            reading.dropped[what] += len(listed) - len(good)
        return list(dict.fromkeys(good))


def _free_trigger(phrase: Any, name: str, sentence: Sentence, events: Sequence[FoundEvent]) -> Span | None:
    """Return where the trigger stands; the next place where an event of the type has taken the first one."""
    if not isinstance(phrase, str):
        return None
    span = locate(phrase, sentence)
    taken = {event.trigger for event in events if event.event == name}
    while span is not None and span in taken:
        rest = sentence.text[span.end - sentence.start :]
        further = locate(phrase, Sentence(sentence.index, rest, span.end, sentence.end))
        if further is None:
            return span
        span = further
    return span


def _spans(phrases: Any, sentence: Sentence, trigger: Span, reading: Reading) -> tuple[Span, ...]:
    """Return where phrases stand, nearest to the trigger; count those that are not in the sentence."""
    found: list[Span] = []
    for phrase in phrases if isinstance(phrases, list) else []:
        span = locate(phrase, sentence, trigger.start) if isinstance(phrase, str) else None
        if span is None:
            reading.dropped["phrases that are not in the sentence"] += 1
        elif span not in found:
            found.append(span)
    return tuple(found)


def _confidence(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 - NaN
        return 0.5
    return min(max(float(value), 0.0), 1.0)


def _is_repeated(event: FoundEvent, events: Sequence[FoundEvent]) -> bool:
    return any(event.trigger == other.trigger and event.event == other.event for other in events)


def _mentions(events: Sequence[FoundEvent]) -> list[FoundMention]:
    """Return each phrase of the events once, with the highest confidence of an event that has it."""
    found: dict[tuple[PhraseKind, Span], FoundMention] = {}
    for event in events:
        for role, kind in ROLE_KINDS.items():
            value = getattr(event, role)
            for span in value if isinstance(value, tuple) else (value,) if value else ():
                key: tuple[Any, Span] = (kind, span)
                old = found.get(key)
                if old is None or old.probability < event.confidence:
                    found[key] = FoundMention(span, key[0], event.sentence, event.confidence)
    return sorted(found.values(), key=lambda mention: (mention.span.start, mention.span.end))
