"""Days, weeks, months, seasons and years as spans of days; dates of which parts are missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from whimbrel.records import DatePrecision

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
# How far before the day of the report a date without a year may lie ahead and still be this year's: reports say
# "on 20 May" on 10 May of a coming event more often than of one almost a year ago.
AHEAD = timedelta(days=30)
# How long ago a date without a year may be although the event is marked as future: next year's would name its year.
PASSED = timedelta(days=31)
EARLIEST, LATEST = 1000, 2200


class ImpossibleDateError(ValueError):
    """A date that no calendar has; its text says why."""


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day, both included, and how precise that is."""

    start: date
    end: date
    precision: DatePrecision


@dataclass(frozen=True, slots=True)
class Partial:
    """A date with parts missing; `weekday` counts from 0 for Monday."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None


def one_day(day: date) -> Days:
    """Return the day as a span."""
    return Days(day, day, "day")


def month_of(year: int, month: int) -> Days:
    """Return the whole month."""
    return Days(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1), "month")


def year_of(year: int) -> Days:
    """Return the whole year; raises ImpossibleDateError for one that no report would mean."""
    if not EARLIEST <= year <= LATEST:
        raise ImpossibleDateError(f"{year} is no year that a report would mean ({EARLIEST} to {LATEST})")
    return Days(date(year, 1, 1), date(year, 12, 31), "year")


def week_of(day: date, shift: int = 0) -> Days:
    """The week from Monday to Sunday that holds the day, or one `shift` weeks later."""
    start = add_days(day, 7 * shift - day.weekday())
    return Days(start, add_days(start, 6), "week")


def add_days(day: date, number: int) -> date:
    """Return the day so many days later; raises ImpossibleDateError beyond the calendar."""
    try:
        return day + timedelta(days=number)
    except OverflowError as error:
        raise ImpossibleDateError(f"{number} days from {day} is beyond the calendar") from error


def add_months(day: date, number: int) -> Days:
    """The month that lies `number` months after the day's."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    year_of(year)
    return month_of(year, month + 1)


def make_day(year: int, month: int, day: int) -> date:
    """Return that day; raises ImpossibleDateError saying what is wrong with it."""
    if year == 0 or month == 0 or day == 0:
        raise ImpossibleDateError(f"{year:04}-{month:02}-{day:02} has a part that is zero")
    if not 1 <= month <= 12:
        raise ImpossibleDateError(f"there is no month {month}")
    year_of(year)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ImpossibleDateError(f"{MONTHS[month - 1].title()} {year} has no day {day}") from error


def complete(partial: Partial, anchor: date | None, *, future: bool) -> Days | None:
    """Fill in what is missing by the day of the report; None where that takes an anchor and there is none."""
    if partial.year is not None:
        return _with_year(partial, partial.year)
    if anchor is None:
        return None
    if partial.month is None:
        return _bare_day(partial, anchor, future=future)
    return _nearest_year(partial, anchor, future=future)


def _with_year(partial: Partial, year: int) -> Days:
    if partial.month is None:
        return year_of(year)
    if partial.day is None:
        year_of(year)
        return month_of(year, partial.month)
    return one_day(make_day(year, partial.month, partial.day))


def _nearest_year(partial: Partial, anchor: date, *, future: bool) -> Days:
    """The year that brings the date closest, on the side that is meant; its weekday decides where one is given."""
    spans: list[Days] = []
    problem: ImpossibleDateError | None = None
    for year in range(anchor.year - 8, anchor.year + 9):
        try:
            spans.append(_with_year(partial, year))
        except ImpossibleDateError as error:
            problem = error
    if not spans:
        raise problem or ImpossibleDateError("there is no such day")
    close = [
        span for span in spans if abs(span.start - anchor).days < 366 * 3 and span.start.weekday() == partial.weekday
    ]
    if partial.weekday is not None and close:
        spans = close
    if future:
        passed = PASSED if partial.day is not None else timedelta(0)
        return next((span for span in spans if span.end >= anchor - passed), spans[-1])
    slack = AHEAD if partial.day is not None else timedelta(0)
    return next((span for span in reversed(spans) if span.start <= anchor + slack), spans[0])


def _bare_day(partial: Partial, anchor: date, *, future: bool) -> Days | None:
    """Place "the 17th" in the month of the report, or the one before (after, for a future event)."""
    if partial.day is None:
        return None
    for shift in (0, 1, 2) if future else (0, -1, -2):
        month = add_months(anchor, shift).start
        try:
            day = make_day(month.year, month.month, partial.day)
        except ImpossibleDateError:
            continue
        if (day >= anchor) if future else (day <= anchor):
            return one_day(day)
    raise ImpossibleDateError(f"no month has a day {partial.day}")


def season_of(name: str, year: int) -> Days:
    """Return a season as three months, winter from December of the year.

    That is how it falls on the northern half, which most reports in English mean.
    """
    first = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}[name]
    start = make_day(year, first, 1)
    return Days(start, add_months(start, 2).end, "range")
