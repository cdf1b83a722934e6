"""Reads the time expressions that count from the day of the report: yesterday, Tuesday, last week, two years ago."""

from __future__ import annotations

import re
from datetime import date

from whimbrel.resolution.counts import value as count_of
from whimbrel.resolution.dates_calendar import Days, add_days, add_months, one_day, week_of, year_of
from whimbrel.resolution.dates_holidays import WEEKDAYS

WEEKDAY = r"(?P<weekday>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
NUMBER = (
    r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|a few|few|a couple of|"
    r"fifteen|twenty|twenty-four|thirty|forty-eight)"
)
UNIT = r"(?P<unit>hours?|days?|nights?|weeks?|fortnights?|months?|years?|decades?|minutes?|seconds?|weekends?)"
SHIFTS = {"last": -1, "previous": -1, "prior": -1, "past": -1, "next": 1, "following": 1, "coming": 1, "upcoming": 1}
PART = r"(?:day|night|evening|morning|afternoon)"
DAY_WORDS = tuple(
    (re.compile(r"\b(?:" + "|".join(forms) + r")\b"), shift)
    for forms, shift in (
        (("day before yesterday", "two nights ago", "night before last"), -2),
        (("day after tomorrow",), 2),
        (
            (
                "yesterday",
                "last (?:night|evening)",
                f"previous {PART}",
                "prior day",
                "(?:day|night) prior",
                f"(?:the )?{PART} before$",
            ),
            -1,
        ),
        (("tomorrow", f"(?:next|following) {PART}", "(?:the )?day after$", "day later"), 1),
        (
            (
                "today",
                "tonight",
                f"this (?:{PART}|date)",
                f"(?:very )?same (?:{PART}|time)",
                f"that {PART}",
                "(?:hours?|minutes?) (?:later|earlier|ago|before|after)",
                r"(?:past|last) (?:\d+ |few |several )?(?:hours|minutes)",
                "overnight|now|at present|nowadays|currently|at the moment|throughout the day|in the day",
            ),
            0,
        ),
    )
)
WEEKDAY_NEAR = re.compile(
    r"(?:\b(?P<which>last|past|previous|next|coming|this coming|this past|this)(?: week's)? )?\b"
    rf"{WEEKDAY}(?:,? (?:of )?(?P<of>last|next|this) week)?"
)
AGO = re.compile(
    rf"\b(?P<number>{NUMBER})[ -](?:full |whole |long |straight )?{UNIT}(?: and a half)? "
    r"(?P<side>ago|earlier|before|prior|previously|later|afterwards?|after|hence|from now|on|from today)\b(?P<rest>.*)"
)
AHEAD_OF = frozenset({"later", "after", "afterward", "afterwards", "hence", "from now", "on", "from today"})
# Sides that a longer phrase turns towards an event of unknown date: "a week after the attack".
OPEN_SIDES = frozenset({"before", "after", "prior", "on"})
COMING = re.compile(
    rf"\b(?P<way>in|within|after) (?:the next |the coming |another )?(?P<number>{NUMBER}) {UNIT}(?P<time>'?s? time)?\b"
)
SPAN = re.compile(rf"\b(?P<way>past|last|previous|next|coming|preceding) (?P<number>{NUMBER}) {UNIT}\b")
SPAN_OF_ONE = re.compile(
    r"\b(?:(?:over|in|during|for|within|throughout) the last|(?P<way>past)) (?P<unit>week|month|year|decade|day)\b"
)
UNIT_WORD = re.compile(
    r"\b(last|previous|prior|this|the same|current|that|next|following|coming|the|past|upcoming) "
    r"(week|month|year|weekend|decade)\b(?!s)"
)
WITHIN_UNIT = re.compile(
    r"\b(?:in|of|during|throughout|over|for|rest|later|earlier|end)\b.*\bthe (?:week|month|year|decade)\b"
)


def day_word(words: str, anchor: date | None, _future: bool) -> Days | None:
    """Read yesterday, tomorrow, today and their kin."""
    if anchor is None:
        return None
    for pattern, shift in DAY_WORDS:
        if pattern.search(words):
            return one_day(add_days(anchor, shift))
    return None


def weekday_near(words: str, anchor: date | None, future: bool) -> Days | None:
    """Read a weekday: the last one up to the day of the report, or the next one for a future event."""
    found = WEEKDAY_NEAR.search(words)
    if found is None or anchor is None or not _spelt_out(words, found):
        return None
    wanted = weekday_number(found["weekday"])
    if found["of"]:
        return one_day(add_days(week_of(anchor, SHIFTS.get(found["of"], 0)).start, wanted))
    behind, ahead = (anchor.weekday() - wanted) % 7, (wanted - anchor.weekday()) % 7
    which = found["which"] or ""
    if which in ("next", "coming", "this coming"):
        return one_day(add_days(anchor, ahead or 7))
    if which in ("last", "past", "previous", "this past"):
        return one_day(add_days(anchor, -(behind or 7)))
    return one_day(add_days(anchor, ahead if future or which == "this" else -behind))


def _spelt_out(words: str, found: re.Match[str]) -> bool:
    """Tell "Sunday" and a closing "Sun." from the sun."""
    end = found.end("weekday")
    return words[end : end + 3] == "day" or not words[end:].strip(" .")


def weekday_number(name: str) -> int:
    """Return 0 for a name that begins like Monday, 6 for Sunday."""
    return next(place for place, weekday in enumerate(WEEKDAYS) if weekday.startswith(name[:3]))


def ago(words: str, anchor: date | None, future: bool) -> Days | None:
    """Read "two days earlier", "three years ago", "in five days", "a week later"."""
    if anchor is None:
        return None
    if found := AGO.search(words):
        if found["side"] in OPEN_SIDES and re.search(r"[a-z]{3}", found["rest"]):
            return None
        return shifted(anchor, number(found["number"]) * (1 if found["side"] in AHEAD_OF else -1), found["unit"])
    coming = COMING.search(words)
    if coming and (future or (coming["way"] == "in" and coming["time"])):
        return shifted(anchor, number(coming["number"]), coming["unit"])
    return None


def number(words: str) -> int:
    """Return the number of units: "a" is one, "several" and "a few" three."""
    return 1 if words in ("a", "an") else count_of(words) or 1


def shifted(anchor: date, amount: int, units: str) -> Days:
    """Return the day, week, month or year that lies so many of them away."""
    unit = units.rstrip("s")
    if unit in ("day", "night"):
        return one_day(add_days(anchor, amount))
    if unit in ("week", "fortnight"):
        return week_of(anchor, amount * (2 if unit == "fortnight" else 1))
    if unit == "weekend":
        return _weekend_of(anchor, amount)
    if unit == "month":
        return add_months(anchor, amount)
    if unit in ("year", "decade"):
        return year_of(anchor.year + amount * (10 if unit == "decade" else 1))
    return one_day(anchor)


def span_to_now(words: str, anchor: date | None, _future: bool) -> Days | None:
    """Read "over the past three months", "the next five days": up to the report's day, or from it."""
    found = SPAN.search(words) or SPAN_OF_ONE.search(words)
    if found is None or anchor is None:
        return None
    amount = number(found["number"]) if "number" in found.groupdict() else 1
    if found["way"] in ("next", "coming"):
        last = moved(anchor, amount, found["unit"])
        return Days(anchor, last, "range") if last > anchor else one_day(anchor)
    first = moved(anchor, -amount, found["unit"])
    return Days(first, anchor, "range") if first < anchor else one_day(anchor)


def moved(anchor: date, amount: int, units: str) -> date:
    """Return the day so many units away: for months the same day of the month, or its last."""
    unit = units.rstrip("s")
    lengths = {"day": 1, "night": 1, "week": 7, "fortnight": 14, "weekend": 7}
    if unit in lengths:
        return add_days(anchor, amount * lengths[unit])
    months = {"month": 1, "year": 12, "decade": 120}.get(unit)
    if months is None:
        return add_days(anchor, round(amount / 24) if unit == "hour" else 0)
    month = add_months(anchor, amount * months)
    return min(month.end, add_days(month.start, anchor.day - 1))


def unit_word(words: str, anchor: date | None, future: bool) -> Days | None:
    """Read "last week", "earlier this month", "next year", "the weekend"."""
    found = UNIT_WORD.search(words)
    if found is None or anchor is None:
        return None
    which, unit = found.groups()
    shift = SHIFTS.get(which, 0)
    if unit == "weekend":
        return _weekend(anchor, which, future)
    if which == "the" and not WITHIN_UNIT.search(words):
        return None
    if unit == "decade":
        first = year_of(anchor.year // 10 * 10 + 10 * shift).start
        return Days(first, year_of(first.year + 9).end, "range")
    if unit == "year":
        return year_of(anchor.year + shift)
    return week_of(anchor, shift) if unit == "week" else add_months(anchor, shift)


def _weekend_of(day: date, shift: int) -> Days:
    saturday = add_days(week_of(day, shift).start, 5)
    return Days(saturday, add_days(saturday, 1), "range")


def _weekend(anchor: date, which: str, future: bool) -> Days:
    """Past readings take the last weekend that has begun, future ones the next that has not ended."""
    this = _weekend_of(anchor, 0)
    begun = this.start <= anchor
    if which in ("next", "following", "coming", "upcoming") or (future and which != "last"):
        return _weekend_of(anchor, 1) if begun and which == "next" else this
    if which == "this":
        return this
    return this if begun and which not in ("last", "previous") else _weekend_of(anchor, -1)
