"""When an event took place: from a report's words, its dateline or its day of publication to days of the calendar."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parsedate_to_datetime
from functools import lru_cache

from whimbrel.records import Dateline, DateSource, Document, Span, When
from whimbrel.resolution.dates_calendar import Days, ImpossibleDateError, make_day
from whimbrel.resolution.dates_read import read
from whimbrel.resolution.reasons import Resolved

ISO_DAY = re.compile(r"([+-]?\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?$", re.DOTALL)
RFC_DAY = re.compile(r"(?:[A-Za-z]{3},? )?\d{1,2} [A-Za-z]{3} \d{4} \d{1,2}:\d{2}")


def resolve_date(
    phrase: Span | None, document: Document, dateline: Dateline | None = None, *, future: bool = False
) -> Resolved[When | None]:
    """Return when one event took place, both days included, and where that was read.

    `phrase` is the event's time expression; weekdays, "yesterday" and their like count from the dateline's day, or
    else the day of publication. Without an expression that can be placed, the dateline's day stands in, then the day
    of publication; None where there is neither, or where the expression is an impossible date. `future` reads
    "Tuesday" as the coming one.
    """
    head = _dateline_day(dateline, document.published)
    anchor = head or document.published
    why = "the report gives the event no date"
    if phrase is not None:
        try:
            found = _read(phrase.text, anchor, future)
        except ImpossibleDateError as error:
            return Resolved(None, f'"{phrase.text}" is no date: {error}')
        if found is not None:
            return Resolved(_when(found, "text", phrase), _reason(phrase.text, anchor, future))
        why = f'"{phrase.text}" names no time that can be placed'
    return _stand_in(why, head, document.published, dateline)


@lru_cache(maxsize=16384)
def _read(text: str, anchor: date | None, future: bool) -> Days | None:
    return read(text, anchor, future=future)


def _reason(text: str, anchor: date | None, future: bool) -> str:
    side = ", as a coming one" if future else ""
    return f'"{text}" in the sentence, seen from {anchor}{side}' if anchor else f'"{text}" in the sentence'


def _stand_in(why: str, head: date | None, published: date | None, dateline: Dateline | None) -> Resolved[When | None]:
    if head is not None and dateline is not None:
        return Resolved(
            _when(Days(head, head, "day"), "dateline", dateline.date), f"{why}; the dateline's day stands in"
        )
    if published is not None:
        return Resolved(
            _when(Days(published, published, "day"), "published", None), f"{why}; the day of publication stands in"
        )
    return Resolved(None, f"{why}, and the report has neither a dateline nor a day of publication")


def _dateline_day(dateline: Dateline | None, published: date | None) -> date | None:
    """The day in a dateline ("MOSCOW, Oct 17 (TASS)"), its year by the day of publication; None where it has none."""
    if dateline is None or dateline.date is None:
        return None
    try:
        found = _read(dateline.date.text, published, False)
    except ImpossibleDateError:
        return None
    return found.start if found is not None and found.precision == "day" else None


def _when(found: Days, source: DateSource, phrase: Span | None) -> When:
    return When(
        start=found.start,
        end=found.end,
        precision=found.precision,
        from_=source,
        text=phrase.text if phrase else None,
        characters=(phrase.start, phrase.end) if phrase else None,
    )


def parse_day(text: str) -> date:
    """Return the day that a column or header gives: ISO 8601, RFC 2822, "17 Oct 2023", "20231017", "17/10/2023".

    Raises ValueError saying why a text is not a day: empty, impossible ("0000-00-00"), or less than a day ("2023").

    >>> parse_day("Tue, 17 Oct 2023 10:00:00 GMT").isoformat()
    '2023-10-17'
    """
    stripped = text.strip()
    if not stripped:
        raise ValueError("empty, where a date should be")
    if iso := ISO_DAY.match(stripped):
        return make_day(int(iso[1]), int(iso[2]), int(iso[3]))
    if RFC_DAY.match(stripped) and (day := _rfc(stripped)):
        return day
    found = read(stripped, None, future=False)
    if found is None or found.precision != "day":
        raise ValueError(f'"{text[:80]}" is not a date with day, month and year; write it like 2023-10-17')
    return found.start


def _rfc(text: str) -> date | None:
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
