"""The day of publication from whatever a source gives for it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_PLAIN = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
_SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?")
_MILLISECONDS = re.compile(r"\d{12,13}")
_TWO_NUMBERS = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-]\d{4}\b.*")
FIRST_YEAR = 1600
"""Before the first newspaper (Strasbourg, 1605) there was no day of publication."""


def published_day(value: object, today: date | None = None) -> date | None:
    """Return the day that a date column's value names, None for an empty one.

    Takes dates, ISO 8601, RFC 2822 (feeds), YYYYMMDD, seconds or milliseconds since 1970, and English dates in words.
    Raises ValueError, worded for a person, where it is no date, before 1600, or after tomorrow.
    """
    day = _day(value)
    if day is None:
        return None
    latest = (today or datetime.now(UTC).date()) + timedelta(days=1)
    if day > latest:
        raise ValueError(f"the date {value} lies in the future")
    if day.year < FIRST_YEAR:
        raise ValueError(f"the date {value} lies before {FIRST_YEAR}")
    return day


def either_way(value: object) -> bool:
    """Say whether a value is a day in two orders: 06/03/2024 is 6 March or June 3."""
    found = _TWO_NUMBERS.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return False
    first, second = int(found[1]), int(found[2])
    return first != second and max(first, second) <= 12  # months


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if value is None or value != value:  # noqa: PLR0124 - a missing value of a number column is NaN
        return None
    if isinstance(value, bool | list | dict):
        raise ValueError(f"{value!r} is no date")  # noqa: TRY004 - one kind of error for the caller
    text = str(value).strip()
    if text.lower() in ("", "null", "none", "nan", "nat", "n/a"):
        return None
    return _parsed(text.removesuffix(".0"))


def _parsed(text: str) -> date:
    try:
        if found := _ISO.fullmatch(text) or _PLAIN.fullmatch(text):
            return date(*map(int, found.groups()))
        if _SECONDS.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC).date()
        if _MILLISECONDS.fullmatch(text):
            return datetime.fromtimestamp(int(text) / 1000, UTC).date()
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is no day of the calendar ({error})") from None
    from whimbrel.resolution.dates import parse_day  # noqa: PLC0415 - slow to import, and few dates need it

    return parse_day(text)
