"""Reads dates of the calendar: full and partial ones, numbers, ranges, decades, quarters and seasons."""

from __future__ import annotations

import re
from datetime import date

from whimbrel.resolution.dates_calendar import (
    MONTHS,
    Days,
    ImpossibleDateError,
    Partial,
    add_months,
    complete,
    make_day,
    month_of,
    one_day,
    season_of,
    year_of,
)
from whimbrel.resolution.dates_relative import SHIFTS, WEEKDAY, weekday_near, weekday_number

MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?![:.]\d)"
YEAR = r"(?P<year>\d{4})\b"
# The fuller first: a day and a month, a month and a year, a month, a year.
PARTIALS = tuple(
    re.compile(rf"(?<![\w.,]){pattern}(?!\w)")
    for pattern in (
        rf"(?:{WEEKDAY},? )?(?:the )?{DAY}(?: of)? {MONTH}(?:,? (?:of )?{YEAR})?",
        rf"(?:{WEEKDAY},? )?{MONTH} (?:the )?{DAY}(?:,? (?:of )?{YEAR})?",
        rf"{MONTH},? (?:of )?{YEAR}",
        rf"{YEAR} {MONTH}(?: {DAY})?",
        MONTH,
        YEAR,
    )
)
SIDE_DAY = re.compile(rf"(?:{WEEKDAY},? )?(?:the )?{DAY}(?:,? {YEAR})?")
NUMERIC = re.compile(
    r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)|(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)"
)
COMPACT = re.compile(r"(?<!\d)((?:1[6-9]|20|21)\d\d)([01]\d)([0-3]\d)(?!\d)")
YEARS = re.compile(r"\b((?:1[2-9]|20)\d\d) ?[-–—/] ?((?:1[2-9]|20)?\d\d)\b(?![-–—/]\d)")
DECADES = re.compile(r"\b(?P<first>(?:1\d|20)\d0)'?s\b(?: ?(?:to|and|-|–) ?(?:the )?(?P<last>(?:1\d|20)\d0)'?s\b)?")
RANGE_JOINT = re.compile(r" ?(?:\b(?:to|until|till|through|thru|and)\b|-|–|—|/) ?")
RANGE_LEAD = re.compile(r"^(?:from|between|during|in|on)(?: the period)? ")
# Words before a date that do not change it: "late July", "the start of 2022".
EDGE = re.compile(
    r"\b(?:(?:very )?(?:early|late|mid)[- ](?:on |in )?(?!last|this|next)|"
    r"(?:the )?(?:beginning|start|end|middle|close|outset) of (?!the year|the month|the week)|"
    r"(?:later|earlier) (?:on |in )(?!the))"
)
BEFORE_MAY = re.compile(
    r"\b(?:in|of|by|since|last|next|this|early|late|mid|during|between|and|to|until|from)[- ]$",
)
OF_YEAR = re.compile(r"\b(last|previous|this|current|next|following|that|the same) year\b")
QUARTER = re.compile(
    r"\b(?:(?P<ordinal>first|second|third|fourth|last|[1-4](?:st|nd|rd|th)) (?P<unit>quarter|half)|q(?P<number>[1-4]))"
    r"(?: of| in)?,? (?P<year>\d{4})\b"
)
SEASON = re.compile(
    r"\b(?:(?P<which>last|this|next|the) )?(?P<season>spring|summer|autumn|fall|winter)\b"
    r"(?! festival| offensive| palace| games| olympics)(?:(?: of)? (?P<year>\d{4}))?"
)
MONTH_WORD = re.compile(r"\b(last|next|this|coming|past)(?: year's)? $")


def numeric(words: str, _anchor: date | None, _future: bool) -> Days | None:
    """Read 2023-10-17, 17/10/2023, 10/17/2023, 20231017.

    Where both numbers could be months, the day comes first, as in most of the world.
    """
    found = NUMERIC.search(words)
    if found and found[1]:
        return one_day(make_day(int(found[1]), int(found[2]), int(found[3])))
    if found:
        first, second, year = int(found[4]), int(found[5]), int(found[6])
        day, month = (second, first) if second > 12 >= first else (first, second)
        return one_day(make_day(year, month, day))
    compact = COMPACT.search(words)
    return one_day(make_day(*map(int, compact.groups()))) if compact else None


def range_of(words: str, anchor: date | None, future: bool) -> Days | None:
    """Read "from 3 to 5 May", "May 11-12", "between 2011 and 2014", "28 May to 5 June 2005", "Monday to Friday"."""
    if years := YEARS.search(words):
        first, last = int(years[1]), int(years[1][: 4 - len(years[2])] + years[2])
        if first < last:
            return Days(date(first, 1, 1), date(last, 12, 31), "range")
    bare = RANGE_LEAD.sub("", words)
    for joint in RANGE_JOINT.finditer(bare):
        left, right = bare[: joint.start()].strip(" ,"), bare[joint.end() :].strip(" ,")
        sides = _side(left), _side(right)
        if sides[0] is not None and sides[1] is not None:
            found = _join(sides[0], sides[1], anchor, future)
            if found is not None:
                return found
        elif _weekday_only(left) and _weekday_only(right):
            return _weekday_range(left, right, anchor, future)
    return None


def _weekday_only(words: str) -> bool:
    return re.fullmatch(rf"(?:last |next |this )?{WEEKDAY}", words) is not None


def _weekday_range(left: str, right: str, anchor: date | None, future: bool) -> Days | None:
    last = weekday_near(right, anchor, future)
    first = weekday_near(left, last.start if last else None, False)
    return Days(first.start, last.end, "range") if first and last and first.start < last.end else last


def _side(words: str) -> Partial | None:
    """Read one side of a range: any partial date, also a bare day."""
    stripped = EDGE.sub("", words)
    for pattern in (*PARTIALS, SIDE_DAY):
        if found := pattern.fullmatch(stripped):
            return _partial(found)
    return None


def _join(left: Partial, right: Partial, anchor: date | None, future: bool) -> Days | None:
    """Give each side what only the other names, and return the days between them."""
    right = Partial(right.year, right.month or (left.month if right.day else None), right.day, right.weekday)
    last = complete(right, anchor, future=future) if right.month or right.year else None
    if last is None:
        return None
    month = left.month or (right.month if left.day else None)
    year = left.year or last.start.year
    if left.year is None and month and month > last.start.month:
        year -= 1
    first = complete(Partial(year, month, left.day, left.weekday), anchor, future=future)
    if first is None or first.start > last.end:
        return None
    return Days(first.start, last.end, "range")


def _partial(found: re.Match[str]) -> Partial:
    parts = found.groupdict()
    month, weekday = parts.get("month"), parts.get("weekday")
    return Partial(
        year=int(parts["year"]) if parts.get("year") else None,
        month=_month(month) if month else None,
        day=int(parts["day"]) if parts.get("day") else None,
        weekday=weekday_number(weekday) if weekday else None,
    )


def _month(name: str) -> int:
    return next(place for place, month in enumerate(MONTHS, start=1) if month.startswith(name[:3]))


def of_year(words: str, anchor: date | None, future: bool) -> Days | None:
    """Read "November of last year", "the third quarter of 2021", "the spring of 2023", "last summer"."""
    if anchor and (found := OF_YEAR.search(words)):
        year = anchor.year + SHIFTS.get(found[1], 0)
        rest = (words[: found.start()] + str(year) + words[found.end() :]).replace(" of the ", " of ")
        named = re.search(rf"[a-z]+ (?:of |in )?{year}", rest)
        return absolute(rest, anchor, future) if named and absolute(words[: found.start()], anchor, future) else None
    if quarter := QUARTER.search(words):
        return _quarter(quarter)
    season = SEASON.search(words)
    return _season(season, anchor, future) if season else None


def _quarter(found: re.Match[str]) -> Days:
    length = 6 if found["unit"] == "half" else 3
    names = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 12 // length}
    ordinal = found["ordinal"] or found["number"]
    place = names.get(ordinal) or int(ordinal[0])
    year = year_of(int(found["year"])).start.year
    if place > 12 // length:
        raise ImpossibleDateError(f"a year has no {ordinal} {found['unit']}")
    start = date(year, (place - 1) * length + 1, 1)
    return Days(start, add_months(start, length - 1).end, "range")


def _season(found: re.Match[str], anchor: date | None, future: bool) -> Days | None:
    which, season = found["which"], found["season"]
    if found["year"]:
        return season_of(season, int(found["year"]))
    if anchor is None or not 4 <= anchor.year <= 9990:
        return None
    spans = [season_of(season, anchor.year + shift) for shift in (-2, -1, 0, 1, 2)]
    if which == "next" or (future and which != "last"):
        return next(span for span in spans if span.start > anchor or (which != "next" and span.end >= anchor))
    if which == "last":
        return next(span for span in reversed(spans) if span.end < anchor)
    return next(span for span in reversed(spans) if span.start <= anchor)


def absolute(words: str, anchor: date | None, future: bool) -> Days | None:
    """Read a date with a day, a month or a year, or a decade, wherever it stands in the words."""
    if decades := DECADES.search(words):
        first = int(decades["first"])
        last = max(first, int(decades["last"] or first))
        return Days(date(first, 1, 1), date(last + 9, 12, 31), "range")
    for pattern in PARTIALS:
        for found in pattern.finditer(words):
            partial = _partial(found)
            if not _plausible(words[: found.start()], partial):
                continue
            partial = _with_lone_year(words, partial)
            return _month_with_word(words[: found.start()], partial, anchor) or complete(partial, anchor, future=future)
    return None


def _plausible(before: str, partial: Partial) -> bool:
    """Tell the month of May from the verb, and a year from any other number of four digits."""
    if partial == Partial(month=5):
        return not before or BEFORE_MAY.search(before) is not None
    return partial.month is not None or 1200 <= (partial.year or 0) <= 2100


def _with_lone_year(words: str, partial: Partial) -> Partial:
    """Take the only year of the expression for a month that stands apart from it ("June, he said, of 2020")."""
    years = re.findall(r"\b(?:19|20)\d\d\b", words)
    if partial.year or not partial.month or len(years) != 1:
        return partial
    return Partial(int(years[0]), partial.month, partial.day, partial.weekday)


def _month_with_word(before: str, partial: Partial, anchor: date | None) -> Days | None:
    """Read "last November" as the one before this month, "next March" as the one after."""
    word = MONTH_WORD.search(before)
    if word is None or anchor is None or partial.year or partial.day or not partial.month:
        return None
    if word[1] in ("last", "past"):
        return month_of(anchor.year - (partial.month >= anchor.month), partial.month)
    if word[1] == "this":
        return month_of(anchor.year, partial.month)
    return month_of(anchor.year + (partial.month <= anchor.month), partial.month)


def bare_ordinal(words: str, anchor: date | None, future: bool) -> Days | None:
    """Read "the 17th"."""
    found = re.fullmatch(r"(?:on |by |until )?the (\d{1,2})(?:st|nd|rd|th)", words)
    return complete(Partial(day=int(found[1])), anchor, future=future) if found else None
