"""Reads one time expression of a report: absolute, partial, a range, a weekday, relative, or a holiday.

Each reader takes the normalised words, the day of the report (None where unknown) and whether a future event is
meant, and returns the days, or None where it does not know the expression. They are tried in turn.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from whimbrel.resolution.dates_absolute import absolute, bare_ordinal, numeric, of_year, range_of
from whimbrel.resolution.dates_calendar import Days, add_days, one_day, week_of, year_of
from whimbrel.resolution.dates_holidays import days, holidays
from whimbrel.resolution.dates_relative import (
    NUMBER,
    UNIT,
    ago,
    day_word,
    moved,
    number,
    shifted,
    span_to_now,
    unit_word,
    weekday_near,
)

LONGEST = 200  # characters of an expression that are read
SOON = 3  # days ahead that a holiday may lie for a past reading: a report of the eve
CLOCK = re.compile(
    r"\(?\b\d{1,2}(?::\d{2}){1,2} ?(?:[ap]\.?m\b\.?)?|\b\d{1,2} ?[ap]\.?m\b\.?|"
    r"\b(?:local time|gmt|utc|bst|est|edt|cet|cest|pst|pdt|msk|ist|noon|midnight(?: [a-z]+ time)?|o'clock|local)\b\)?"
)
ZONE_CLOCK = re.compile(r"\(?\b\d{3,4} ?(?:(?:hours |hrs )?(?:local time|gmt|utc|bst|est|cet|msk)|hrs|hours)\b\)?")
PARTS_OF_DAY = re.compile(
    r"\b(?:late |early |mid-?)?"
    r"(?:mornings?|afternoons?|evenings?|nights?|night-time|dawn|dusk|sunset|sunrise|lunchtime)\b"
)
AROUND_CLOCK = re.compile(
    r"\b(?:the|that|this|around|about|early|late|hours|time|from|between|and|at|in|on|shortly|after|before|just)\b"
)
SINCE = re.compile(r"(?:ever )?since (?P<rest>.+)")
UNTIL = re.compile(r"(?:from now )?(?:until|till|through) (?P<rest>.+)")
FROM_DATE = re.compile(
    rf"\b(?P<number>{NUMBER}|the) (?:{UNIT} )?"
    r"(?P<side>before|after|prior to|following|of|beginning|starting|from|eve of) (?P<rest>.+)"
)
VAGUE_REST = re.compile(r"(?:the )?(?:last|next|this|year|month)\b")
HOLIDAY_YEAR = re.compile(r"\b(\d{4})\b")
Reader = Callable[[str, "date | None", bool], "Days | None"]


def normalise(text: str) -> str:
    """Return the expression without case, with plain apostrophes and single spaces."""
    plain = text[:LONGEST].casefold().replace("’", "'").replace("‘", "'").replace("\u2011", "-")
    return " ".join(plain.split())


def read(text: str, anchor: date | None, *, future: bool) -> Days | None:
    """Return the days that an expression means; None where it is no expression of a time that can be placed.

    Raises ImpossibleDateError for a date that no calendar has ("31 February").
    """
    words = normalise(text)
    for reader in READERS:
        found = reader(words, anchor, future)
        if found is not None:
            return found
    return None


def _zone_clock(words: str, anchor: date | None, future: bool) -> Days | None:
    """Take "1500 UTC" away before it is read as a year."""
    rest = ZONE_CLOCK.sub(" ", words)
    if rest == words:
        return None
    return read(rest, anchor, future=future) or (one_day(anchor) if anchor else None)


def _since(words: str, anchor: date | None, future: bool) -> Days | None:
    """Read "since Monday", up to the day of the report, and "until 4 March", from it."""
    since, until = SINCE.match(words), UNTIL.match(words)
    side = since or until
    if side is None or anchor is None:
        return None
    inner = read(side["rest"], anchor, future=future if since else True)
    if inner is None:
        return None
    start, end = (inner.start, anchor) if since else (anchor, inner.end)
    return Days(start, end, "range") if start < end else inner


def _from_date(words: str, anchor: date | None, future: bool) -> Days | None:
    """Read "two days before Christmas", "the week of 14 March", "two weeks beginning 7 May", "the eve of Easter"."""
    found = FROM_DATE.search(words)
    if found is None or not (found["unit"] or found["side"] == "eve of"):
        return None
    side, unit = found["side"], found["unit"] or "day"
    if VAGUE_REST.match(found["rest"]) or (side == "of" and not unit.startswith("week")):
        return None
    inner = read(found["rest"], anchor, future=future)
    if inner is None or inner.precision not in ("day", "range"):
        return None
    amount = 1 if found["number"] == "the" else number(found["number"])
    if side == "of":
        return week_of(inner.start)
    if side in ("beginning", "starting", "from"):
        return Days(inner.start, max(inner.start, add_days(moved(inner.start, amount, unit), -1)), "range")
    return shifted(inner.start, amount if side in ("after", "following") else -amount, unit)


@lru_cache(maxsize=1)
def _holiday_names() -> re.Pattern[str]:
    longest_first = sorted(holidays(), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def _holiday(words: str, anchor: date | None, future: bool) -> Days | None:
    """Read a day that has a name, in the year given or the nearest one."""
    named = _holiday_names().search(words)
    if named is None:
        return None
    rule = holidays()[named.group()]
    if year := HOLIDAY_YEAR.search(words):
        return _holiday_in(rule, int(year[1]))
    if anchor is None:
        return None
    if shifted_year := re.search(r"\b(last|next|this) year\b", words):
        return _holiday_in(rule, anchor.year + {"last": -1, "next": 1, "this": 0}[shifted_year[1]])
    years = range(anchor.year - 2, anchor.year + 3)
    spans = [span for one in years if (span := _holiday_in(rule, one))]
    if future:
        return next((span for span in spans if span.end >= anchor), None)
    return next((span for span in reversed(spans) if (span.start - anchor).days <= SOON), None)


def _holiday_in(rule: str, year: int) -> Days | None:
    year_of(year)
    try:
        first, last = days(rule, year)
    except (ValueError, OverflowError):
        return None
    return one_day(first) if first == last else Days(first, last, "range")


def _clock_only(words: str, anchor: date | None, _future: bool) -> Days | None:
    """Read a time of day alone as the day of the report."""
    rest = PARTS_OF_DAY.sub("", CLOCK.sub("", words))
    named = rest != words and not re.search(r"[a-z]{3,}|\d", AROUND_CLOCK.sub("", rest))
    return one_day(anchor) if anchor and named else None


def _without_clock(words: str, anchor: date | None, future: bool) -> Days | None:
    """Read the expression again without times of day ("04:00 BST on Saturday", "Tuesday night")."""
    rest = " ".join(PARTS_OF_DAY.sub("", CLOCK.sub("", words)).replace("()", "").split()).strip(" ,()")
    return read(rest, anchor, future=future) if rest and rest != words else None


READERS: tuple[Reader, ...] = (
    _zone_clock,
    numeric,
    _since,
    _from_date,
    range_of,
    of_year,
    _holiday,
    absolute,
    day_word,
    ago,
    span_to_now,
    weekday_near,
    unit_word,
    bare_ordinal,
    _clock_only,
    _without_clock,
)
