"""Reads one time expression of a report: absolute, partial, a range, a weekday, relative, or a holiday.

Each reader takes the normalised words, the day of the report (None where unknown) and whether a future event is
meant, and returns the days, or None where it does not know the expression. They are tried in turn.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from whimbrel.resolution.counts import value as count_of
from whimbrel.resolution.dates_calendar import (
    MONTHS,
    Days,
    ImpossibleDateError,
    Partial,
    add_days,
    add_months,
    complete,
    make_day,
    month_of,
    one_day,
    season_of,
    week_of,
    year_of,
)
from whimbrel.resolution.dates_holidays import WEEKDAYS, days, holidays

_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?P<weekday>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?![:.]\d)"
_YEAR = r"(?P<year>\d{4})\b"
NUMBER = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|a few|few|a couple of|twenty|thirty|fifteen|twenty-four|forty-eight)"
_UNIT = r"(?P<unit>hours?|days?|nights?|weeks?|fortnights?|months?|years?|decades?|minutes?|seconds?|weekends?)"
PARTIALS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_WEEKDAY},? )?(?:the )?{_DAY}(?: of)? {_MONTH.format('month')}(?:,? (?:of )?{_YEAR})?",
        rf"(?:{_WEEKDAY},? )?{_MONTH.format('month')} (?:the )?{_DAY}(?:,? (?:of )?{_YEAR})?",
        rf"{_MONTH.format('month')},? (?:of )?{_YEAR}",
        rf"{_YEAR} {_MONTH.format('month')}(?: {_DAY})?",
        rf"{_MONTH.format('month')}",
        _YEAR,
    )
)
SIDE_DAY = re.compile(rf"(?:{_WEEKDAY},? )?(?:the )?{_DAY}(?:,? {_YEAR})?")
YEARS = re.compile(r"\b((?:1[2-9]|20)\d\d) ?[-–—/] ?((?:1[2-9]|20)?\d\d)\b(?![-–—/]\d)")
ZONE_CLOCK = re.compile(r"\(?\b\d{3,4} ?(?:(?:hours |hrs )?(?:local time|gmt|utc|bst|est|cet|msk)|hrs|hours)\b\)?")
NUMERIC = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)|(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
COMPACT = re.compile(r"(?<!\d)((?:1[6-9]|20|21)\d\d)([01]\d)([0-3]\d)(?!\d)")
CLOCK = re.compile(
    r"\(?\b\d{1,2}(?::\d{2}){1,2} ?(?:[ap]\.?m\b\.?)?|\b\d{1,2} ?[ap]\.?m\b\.?|\b\d{3,4} ?(?=local time|gmt|utc|bst|hrs|hours\b)|"
    r"\b(?:local time|gmt|utc|bst|est|edt|cet|cest|pst|pdt|msk|ist|noon|midnight(?: [a-z]+ time)?|o'clock|local)\b\)?"
)
EDGE = re.compile(r"\b(?:(?:very )?(?:early|late|mid)[- ](?:on |in )?(?!last|this|next)|(?:the )?(?:beginning|start|end|middle|close|eve|outset) of (?=(?!the year|the month|the week))|later (?:on |in )|earlier (?:on |in )(?!the)|earlier (?=[mtwfs]\w+day)|late(?:r)? (?=[mtwfs]\w+day))")
PARTS_OF_DAY = re.compile(r"\b(?:late |early |mid-?)?(?:mornings?|afternoons?|evenings?|nights?|night-time|dawn|dusk|sunset|sunrise|lunchtime)\b")
RANGE_JOINT = re.compile(r" ?(?:\b(?:to|until|till|through|thru|and)\b|-|–|—|/) ?")
Reader = Callable[[str, "date | None", bool], "Days | None"]


def normalise(text: str) -> str:
    """Return the expression without case, with plain apostrophes and single spaces."""
    plain = text.casefold().replace("’", "'").replace("‘", "'").replace("‑", "-").replace("a.d.", "").replace(" ", " ")
    return " ".join(plain.split())[:200]


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


def _since(words: str, anchor: date | None, future: bool) -> Days | None:
    """ "since Monday" runs to the day of the report; "until 4 March" from it."""
    since = re.match(r"(?:ever )?since (?P<rest>.+)", words)
    until = re.match(r"(?:from now )?(?:until|till|through) (?P<rest>.+)", words)
    side = since or until
    if side is None or anchor is None:
        return None
    inner = read(side["rest"], anchor, future=future or until is not None)
    if inner is None:
        return None
    start, end = (inner.start, anchor) if since else (anchor, inner.end)
    return Days(start, end, "range") if start < end else inner


def _zone_clock(words: str, anchor: date | None, future: bool) -> Days | None:
    """Take "1500 UTC" away before it is read as a year."""
    rest = ZONE_CLOCK.sub(" ", words)
    if rest == words:
        return None
    return read(rest, anchor, future=future) or (one_day(anchor) if anchor else None)


def _numeric(words: str, _anchor: date | None, _future: bool) -> Days | None:
    found = NUMERIC.search(words)
    if found and found[1]:
        return one_day(make_day(int(found[1]), int(found[2]), int(found[3])))
    if found:
        first, second, year = int(found[4]), int(found[5]), int(found[6])
        # 17/10 and 10/17 are clear; where both could be months, the day comes first, as in most of the world.
        day, month = (second, first) if second > 12 >= first else (first, second)
        return one_day(make_day(year, month, day))
    compact = COMPACT.search(words)
    return one_day(make_day(*map(int, compact.groups()))) if compact else None


def _range(words: str, anchor: date | None, future: bool) -> Days | None:
    """ "from 3 to 5 May", "May 11-12", "between 2011 and 2014", "28 February to 5 March 2005", "Monday to Friday"."""
    if years := YEARS.search(words):
        first, last = int(years[1]), int(years[1][: 4 - len(years[2])] + years[2])
        if first < last:
            return Days(date(first, 1, 1), date(last, 12, 31), "range")
    bare = re.sub(r"^(?:from|between|during|in|on)(?: the period)? ", "", words)
    for joint in RANGE_JOINT.finditer(bare):
        left, right = bare[: joint.start()].strip(" ,"), bare[joint.end() :].strip(" ,")
        sides = _side(left), _side(right)
        if sides[0] is not None and sides[1] is not None:
            found = _join(sides[0], sides[1], anchor, future)
            if found is not None:
                return found
        elif not sides[0] and not sides[1] and _weekday_only(left) and _weekday_only(right):
            return _weekday_range(left, right, anchor, future)
    return None


def _weekday_only(words: str) -> bool:
    return re.fullmatch(rf"(?:last |next |this )?{_WEEKDAY}", words) is not None


def _weekday_range(left: str, right: str, anchor: date | None, future: bool) -> Days | None:
    last = _weekday(right, anchor, future)
    first = _weekday(left, last.start if last else None, False)
    return Days(first.start, last.end, "range") if first and last and first.start < last.end else last


def _side(words: str) -> Partial | None:
    """One side of a range: any partial date, also a bare day or the last two digits of a year."""
    stripped = EDGE.sub("", words)
    for pattern in (*PARTIALS, SIDE_DAY):
        if found := pattern.fullmatch(stripped):
            return _partial(found)
    return None


def _join(left: Partial, right: Partial, anchor: date | None, future: bool) -> Days | None:
    """Give each side what only the other names, and the days between them."""
    right = Partial(right.year, right.month or (left.month if right.day else None), right.day, right.weekday)
    last = complete(right, anchor, future=future) if right.month or right.year else None
    if last is None:
        return None
    month = left.month or (right.month if left.day else None)
    year = left.year or (last.start.year if month or left.year is None else None)
    if year is not None and left.year is None and month and month > last.start.month:
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
        weekday=_weekday_number(weekday) if weekday else None,
    )


def _month(name: str) -> int:
    return next(number for number, month in enumerate(MONTHS, start=1) if month.startswith(name[:3]))


def _weekday_number(name: str) -> int:
    return next(number for number, weekday in enumerate(WEEKDAYS) if weekday.startswith(name[:3]))


def _of_year(words: str, anchor: date | None, future: bool) -> Days | None:
    """ "November of last year", "the spring of 2023", "the third quarter of 2021", "last summer", "mid-2014"."""
    if anchor and (found := re.search(r"\b(last|previous|this|current|next|following|that|the same) year\b", words)):
        year = anchor.year + {"last": -1, "previous": -1, "next": 1, "following": 1}.get(found[1], 0)
        rest = (words[: found.start()] + str(year) + words[found.end() :]).replace(" of the ", " of ")
        if re.search(rf"[a-z]+ (?:of |in )?{year}", rest) and (inner := _absolute(rest, anchor, future)):
            return inner
        return None
    quarter = re.search(r"\b(first|second|third|fourth|last|q[1-4]|[1-4](?:st|nd|rd|th)) ?(quarter|half)?(?: of| in)?,? (\d{4})\b", words)
    if quarter and (quarter[2] or quarter[1].startswith("q")):
        return _quarter(quarter[1], quarter[2] or "quarter", int(quarter[3]))
    season = re.search(r"\b(?:(last|this|next|the) )?(spring|summer|autumn|fall|winter)\b(?! festival| offensive| palace| games| olympics)(?:(?: of)? (\d{4}))?", words)
    return _season(season, anchor, future) if season else None


def _quarter(ordinal: str, unit: str, year: int) -> Days:
    year_of(year)
    length = 3 if unit == "quarter" else 6
    names = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 12 // length}
    number = names.get(ordinal) or int(re.sub(r"\D", "", ordinal))
    if number > 12 // length:
        raise ImpossibleDateError(f"a year has no {ordinal} {unit}")
    start = date(year, (number - 1) * length + 1, 1)
    return Days(start, add_months(start, length - 1).end, "range")


def _season(found: re.Match[str], anchor: date | None, future: bool) -> Days | None:
    if found[3]:
        return season_of(found[2], int(found[3]))
    if anchor is None:
        return None
    spans = [season_of(found[2], anchor.year + shift) for shift in (-2, -1, 0, 1)]
    if found[1] == "next" or (future and found[1] != "last"):
        return next(span for span in spans if span.start > anchor or (future and span.end >= anchor))
    if found[1] == "last":
        return next(span for span in reversed(spans) if span.end < anchor)
    return next(span for span in reversed(spans) if span.start <= anchor)


def _absolute(words: str, anchor: date | None, future: bool) -> Days | None:
    """A date with a day, a month or a year, wherever it stands in the words."""
    decade = re.search(r"\b(?:the )?(?:(?:early|mid|late)[- ])?(1\d|20)(\d)0'?s\b", words)
    if decade:
        first = int(decade[1] + decade[2] + "0")
        last = re.search(r"\b(?:to|and|-) ?(?:the )?(1\d|20)(\d)0'?s\b", words[decade.end() :])
        end = int(last[1] + last[2] + "0") if last else first
        return Days(date(first, 1, 1), date(end + 9, 12, 31), "range")
    for pattern in PARTIALS:
        for found in re.finditer(rf"(?<![\w.,]){pattern.pattern}(?!\w)", words):
            partial = _partial(found)
            if partial == Partial(month=5) and not _surely_may(words, found):
                continue
            if found.re.pattern.find("month") < 0 and not 1200 <= (partial.year or 0) <= 2100:
                continue
            if partial.month and partial.year is None and len(years := re.findall(r"\b(?:19|20)\d\d\b", words)) == 1:
                partial = Partial(int(years[0]), partial.month, partial.day, partial.weekday)
            return _month_with_word(words[: found.start()], partial, anchor) or complete(partial, anchor, future=future)
    return None


def _surely_may(words: str, found: re.Match[str]) -> bool:
    """Whether "may" is the month: alone, or after a preposition or "last"."""
    return found.start() == 0 or re.search(r"(?:in|of|by|since|last|next|this|early|late|mid|during|between|and|to|until|from)[- ]$", words[: found.start()]) is not None


def _month_with_word(before: str, partial: Partial, anchor: date | None) -> Days | None:
    """ "last November" is the one before this month, "next March" the one after."""
    word = re.search(r"\b(last|next|this|coming|past)(?: year's)? $", before)
    if word is None or anchor is None or partial.year or partial.day or not partial.month:
        return None
    if word[1] in ("last", "past"):
        return month_of(anchor.year - (partial.month >= anchor.month), partial.month)
    if word[1] == "this":
        return month_of(anchor.year, partial.month)
    return month_of(anchor.year + (partial.month <= anchor.month), partial.month)


def _day_word(words: str, anchor: date | None, future: bool) -> Days | None:
    """Yesterday, tomorrow, today and their kin."""
    if anchor is None:
        return None
    for pattern, shift in DAY_WORDS:
        if pattern.search(words):
            return one_day(add_days(anchor, shift))
    return None


DAY_WORDS = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), shift)
    for pattern, shift in (
        (r"day before yesterday|two nights ago|night before last", -2),
        (r"day after tomorrow", 2),
        (r"yesterday(?:'s)?|last (?:night|evening)|previous (?:day|night|evening)|prior day|day prior|night prior|(?:the )?(?:day|night|evening) before$", -1),
        (r"tomorrow(?:'s)?|next (?:day|morning|night|evening|afternoon)|following (?:day|morning|night|evening|afternoon)|(?:the )?day after$|day later", 1),
        (r"today(?:'s)?|tonight(?:'s)?|this (?:morning|afternoon|evening|day|date)|(?:the|that|this)? ?(?:very )?same (?:day|night|evening|morning|time)|that (?:day|night|evening|morning|afternoon)|hours? (?:later|earlier|ago|before|after)|minutes? (?:later|earlier|ago|before|after)|overnight|now|at present|nowadays|currently|at the moment|throughout the day|(?:past|last) (?:\d+ |few |several )?(?:hours|minutes)|(?:later|earlier) (?:in the day)", 0),
    )
)  # fmt: skip


def _weekday(words: str, anchor: date | None, future: bool) -> Days | None:
    """ "Tuesday": the last one up to the day of the report, or the next one for a future event."""
    found = re.search(rf"(?:\b(?P<which>last|past|previous|next|coming|this|this coming|this past)(?: week's)? )?\b{_WEEKDAY}(?P<week>,? (?:of )?(?P<of>last|next|this) week| week)?", words)
    if found is None or anchor is None or not re.search(r"day\b|(?:mon|tues?|wed|thurs?|fri|sat|sun)\.?$", found.group("weekday") + words[found.end("weekday") : found.end("weekday") + 4]):
        return None
    number = _weekday_number(found["weekday"])
    if found["of"]:
        return one_day(add_days(week_of(anchor, {"last": -1, "next": 1, "this": 0}[found["of"]]).start, number))
    behind, ahead = (anchor.weekday() - number) % 7, (number - anchor.weekday()) % 7
    which = found["which"] or ""
    if which in ("next", "coming", "this coming"):
        return one_day(add_days(anchor, ahead or 7))
    if which in ("last", "past", "previous", "this past"):
        return one_day(add_days(anchor, -(behind or 7)))
    return one_day(add_days(anchor, ahead if future or which == "this" else -behind))


def _ago(words: str, anchor: date | None, future: bool) -> Days | None:
    """ "two days earlier", "three years ago", "in five days", "a week later"."""
    if anchor is None:
        return None
    found = re.search(rf"\b(?P<number>{NUMBER})[ -](?:full |whole |long |straight )?{_UNIT}(?: and a half)? (?P<side>ago|earlier|before|prior|previously|later|after|afterwards?|hence|from now|on|from today)\b(?P<rest>.*)", words)
    if found and found["side"] in ("before", "after", "prior", "on") and re.search(r"[a-z]{3}", found["rest"]):
        return None  # counted from an event that is not known: "a week after the attack"
    if found:
        ahead = found["side"] in ("later", "after", "afterward", "afterwards", "hence", "from now", "on", "from today")
        return _shifted(anchor, _number(found["number"]) * (1 if ahead else -1), found["unit"])
    coming = re.search(rf"\b(?P<way>in|within|after) (?:the next |the coming |another )?(?P<number>{NUMBER}) {_UNIT}(?:'s? time)?\b", words)
    if coming and (future or coming["way"] == "in" and coming.group().endswith("time")):
        return _shifted(anchor, _number(coming["number"]), coming["unit"])
    return None


def _number(words: str) -> int:
    bare = re.sub(r"^(?:a few|few|several)$", "three", words)
    return 1 if bare in ("a", "an") else count_of(bare) or 1


def _shifted(anchor: date, number: int, unit: str) -> Days:
    """The day, week, month or year that lies so many of them away."""
    unit = unit.rstrip("s")
    if unit in ("day", "night"):
        return one_day(add_days(anchor, number))
    if unit in ("week", "fortnight"):
        return week_of(anchor, number * (2 if unit == "fortnight" else 1))
    if unit == "weekend":
        return _weekend_of(anchor, number)
    if unit == "month":
        return add_months(anchor, number)
    if unit in ("year", "decade"):
        return year_of(anchor.year + number * (10 if unit == "decade" else 1))
    return one_day(anchor)


def _span_to_now(words: str, anchor: date | None, _future: bool) -> Days | None:
    """ "over the past three months", "the last two years", "the next five days": up to, or from, the report's day."""
    found = re.search(rf"\b(?P<way>past|last|previous|next|coming|preceding) (?P<number>{NUMBER}|\d{{1,3}}) {_UNIT}\b", words)
    if found is None:
        found = re.search(
            r"(?:\b(?:over|in|during|for|within|throughout) the )?\b(?P<way>past|(?<=the )last) (?P<number>)"
            r"(?P<unit>week|month|year|decade|day)\b",
            words,
        )
        if found and found["way"] == "last" and not re.match(r"over|in |during|for|within|throughout", found.group()):
            return None
    if found is None or anchor is None:
        return None
    number, unit = _number(found["number"]) if found["number"] else 1, found["unit"].rstrip("s")
    ahead = found["way"] in ("next", "coming")
    other = _moved(anchor, number if ahead else -number, unit)
    return Days(*((anchor, other) if ahead else (other, anchor)), "range") if other != anchor else one_day(anchor)


def _moved(anchor: date, number: int, unit: str) -> date:
    """The day so many units away: the same day of the month, or its last."""
    lengths = {"day": 1, "night": 1, "week": 7, "fortnight": 14, "weekend": 7}
    if unit in lengths:
        return add_days(anchor, number * lengths[unit])
    months = {"month": 1, "year": 12, "decade": 120}.get(unit)
    if months is None:
        return add_days(anchor, round(number / 24) if unit == "hour" else 0)
    month = add_months(anchor, number * months)
    return min(month.end, add_days(month.start, anchor.day - 1))


def _unit_word(words: str, anchor: date | None, future: bool) -> Days | None:
    """ "last week", "earlier this month", "next year", "the weekend"."""
    found = re.search(r"\b(?:(last|previous|prior|this|the same|current|that|next|following|coming|the|past|upcoming) )(week|month|year|weekend|decade|century)\b(?!s)", words)
    if found is None or anchor is None:
        return None
    which, unit = found[1], found[2]
    shift = {"last": -1, "previous": -1, "prior": -1, "past": -1, "next": 1, "following": 1, "coming": 1, "upcoming": 1}.get(which, 0)
    if unit == "weekend":
        return _weekend(anchor, which, future)
    if which == "the" and not re.search(r"(?:in|of|during|throughout|over|for|rest|later|earlier|end)\b.*\bthe (?:week|month|year|decade)\b", words):
        return None
    if unit == "century":
        return None
    if unit == "decade":
        first = anchor.year // 10 * 10 + 10 * shift
        return Days(date(first, 1, 1), date(first + 9, 12, 31), "range")
    return {"week": lambda: week_of(anchor, shift), "month": lambda: add_months(anchor, shift),
            "year": lambda: year_of(anchor.year + shift)}[unit]()  # fmt: skip


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
    return this if begun and which != "last" else _weekend_of(anchor, -1)


def _holiday(words: str, anchor: date | None, future: bool) -> Days | None:
    """A day that has a name, in the year given or the nearest one."""
    rules = holidays()
    bare = re.sub(r",? ?(?:of |in )?(\d{4})$", "", words)
    bare = re.sub(r"^(?:on|at|during|the|this year's|last year's|remainder of|end of|rest of|eve of|of|in|before|after|for) |^(?:(?:remainder|end|rest|beginning|start) of (?:the )?)", "", bare)
    bare = bare.strip(" ,.")
    rule = rules.get(bare) or next((rules[name] for name in sorted(rules, key=len, reverse=True) if re.search(rf"\b{re.escape(name)}\b", words)), None)
    if rule is None:
        return None
    year = re.search(r"\b(\d{4})\b", words)
    if year:
        return _holiday_in(rule, int(year[1]))
    if anchor is None:
        return None
    shift = -1 if "last" in words else 1 if "next" in words else None
    if shift is not None and "year" in words:
        return _holiday_in(rule, anchor.year + shift)
    spans = [span for year in range(anchor.year - 2, anchor.year + 3) if (span := _holiday_in(rule, year))]
    if future:
        return next((span for span in spans if span.end >= anchor), None)
    return next((span for span in reversed(spans) if (span.start - anchor).days <= 3), None)


def _holiday_in(rule: str, year: int) -> Days | None:
    year_of(year)
    try:
        first, last = days(rule, year)
    except (ValueError, OverflowError):
        return None
    return one_day(first) if first == last else Days(first, last, "range")


def _from_date(words: str, anchor: date | None, future: bool) -> Days | None:
    """ "two days before Christmas", "the week of 14 March", "two weeks beginning 7 February", "the eve of Easter"."""
    found = re.search(rf"\b(?P<number>{NUMBER}|the) (?:{_UNIT} )?(?P<side>before|after|prior to|following|of|beginning|starting|from|eve of) (?P<rest>.+)", words)
    if found is None or not (found["unit"] or found["side"] == "eve of"):
        return None
    side, rest = found["side"], found["rest"]
    if side == "of" and not re.match("weeks?", found["unit"] or ""):
        return None
    inner = read(rest, anchor, future=future) if not re.match(r"(?:the )?(?:last|next|this|year|month)\b", rest) else None
    if inner is None or inner.precision not in ("day", "range"):
        return None
    number = 1 if found["number"] == "the" else _number(found["number"])
    if side in ("of", "beginning", "starting", "from"):
        return week_of(inner.start) if side == "of" else Days(inner.start, add_days(_moved(inner.start, number, (found["unit"] or "").rstrip("s")), -1), "range")
    if side == "eve of":
        return one_day(add_days(inner.start, -1))
    return _shifted(inner.start, -number if side in ("before", "prior to") else number, found["unit"])


def _bare_ordinal(words: str, anchor: date | None, future: bool) -> Days | None:
    found = re.fullmatch(r"(?:on |by |until )?the (\d{1,2})(?:st|nd|rd|th)", words)
    return complete(Partial(day=int(found[1])), anchor, future=future) if found else None


def _clock_only(words: str, anchor: date | None, _future: bool) -> Days | None:
    """A time of day alone is on the day of the report."""
    rest = PARTS_OF_DAY.sub("", CLOCK.sub("", words))
    named = rest != words and not re.search(r"[a-z]{3,}|\d", re.sub(r"\b(?:the|that|this|around|about|early|late|hours|time|from|between|and|at|in|on|shortly|after|before|just|local)\b", "", rest))
    return one_day(anchor) if anchor and named else None


def _without_clock(words: str, anchor: date | None, future: bool) -> Days | None:
    """The expression again, without times of day ("04:00 BST on Saturday", "Tuesday night")."""
    rest = " ".join(PARTS_OF_DAY.sub("", CLOCK.sub("", words)).replace("()", "").split()).strip(" ,()")
    return read(rest, anchor, future=future) if rest and rest != words else None


READERS: tuple[Reader, ...] = (
    _zone_clock,
    _numeric,
    _since,
    _from_date,
    _range,
    _of_year,
    _holiday,
    _absolute,
    _day_word,
    _ago,
    _span_to_now,
    _weekday,
    _unit_word,
    _bare_ordinal,
    _clock_only,
    _without_clock,
)
