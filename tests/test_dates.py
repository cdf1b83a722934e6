"""When an event took place: expressions of reports read on ten days of publication."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whimbrel.errors import TableError
from whimbrel.records import Dateline, Document, Span
from whimbrel.resolution.dates import parse_day, resolve_date
from whimbrel.resolution.dates_holidays import easter, holidays, orthodox_easter, passover

A, B, C = date(2023, 10, 17), date(2014, 8, 13), date(2020, 2, 29)  # Tuesday, Wednesday, Saturday (a leap day)
D, E, F = date(2022, 1, 1), date(1999, 12, 31), date(2008, 5, 12)  # Saturday, Friday, Monday
G, H, I = date(2024, 12, 29), date(2011, 3, 31), date(2016, 7, 4)  # noqa: E741  # Sunday, Thursday, Monday
J = date(2025, 11, 6)  # Thursday

# Published, expression (a leading ">" marks a future event), first day, last day, precision.
EXPRESSIONS = [
    (A, "17 October 2023", "2023-10-17", "2023-10-17", "day"),
    (A, "October 2023", "2023-10-01", "2023-10-31", "month"),
    (A, "Monday", "2023-10-16", "2023-10-16", "day"),
    (A, "Tuesday", "2023-10-17", "2023-10-17", "day"),
    (A, "> Tuesday", "2023-10-17", "2023-10-17", "day"),
    (A, "> Wednesday", "2023-10-18", "2023-10-18", "day"),
    (A, "last Tuesday", "2023-10-10", "2023-10-10", "day"),
    (A, "next Tuesday", "2023-10-24", "2023-10-24", "day"),
    (A, "yesterday", "2023-10-16", "2023-10-16", "day"),
    (A, "last week", "2023-10-09", "2023-10-15", "week"),
    (A, "two days earlier", "2023-10-15", "2023-10-15", "day"),
    (A, "three years ago", "2020-01-01", "2020-12-31", "year"),
    (A, "since 7 October", "2023-10-07", "2023-10-17", "range"),
    (B, "from 3 to 5 May", "2014-05-03", "2014-05-05", "range"),
    (B, "between 2011 and 2014", "2011-01-01", "2014-12-31", "range"),
    (B, "2014", "2014-01-01", "2014-12-31", "year"),
    (B, "Aug. 8", "2014-08-08", "2014-08-08", "day"),
    (B, "the 1990s", "1990-01-01", "1999-12-31", "range"),
    (B, "last month", "2014-07-01", "2014-07-31", "month"),
    (B, "July", "2014-07-01", "2014-07-31", "month"),
    (B, "December", "2013-12-01", "2013-12-31", "month"),
    (B, "> December", "2014-12-01", "2014-12-31", "month"),
    (B, "Tuesday night", "2014-08-12", "2014-08-12", "day"),
    (B, "the day before yesterday", "2014-08-11", "2014-08-11", "day"),
    (B, "over the past three weeks", "2014-07-23", "2014-08-13", "range"),
    (C, "yesterday", "2020-02-28", "2020-02-28", "day"),
    (C, "tomorrow", "2020-03-01", "2020-03-01", "day"),
    (C, "a year ago", "2019-01-01", "2019-12-31", "year"),
    (C, "29 February", "2020-02-29", "2020-02-29", "day"),
    (C, "this weekend", "2020-02-29", "2020-03-01", "range"),
    (C, "last weekend", "2020-02-22", "2020-02-23", "range"),
    (C, "next month", "2020-03-01", "2020-03-31", "month"),
    (C, "January 9-10", "2020-01-09", "2020-01-10", "range"),
    (C, "the third quarter of 2019", "2019-07-01", "2019-09-30", "range"),
    (C, "in the second half of 2018", "2018-07-01", "2018-12-31", "range"),
    (C, "> within two weeks", "2020-03-09", "2020-03-15", "week"),
    (C, "last summer", "2019-06-01", "2019-08-31", "range"),
    (D, "New Year's Eve", "2021-12-31", "2021-12-31", "day"),
    (D, "New Year’s Day", "2022-01-01", "2022-01-01", "day"),
    (D, "Christmas Day", "2021-12-25", "2021-12-25", "day"),
    (D, "last year", "2021-01-01", "2021-12-31", "year"),
    (D, "December 30", "2021-12-30", "2021-12-30", "day"),
    (D, "last December", "2021-12-01", "2021-12-31", "month"),
    (D, "November of last year", "2021-11-01", "2021-11-30", "month"),
    (D, "early 2020", "2020-01-01", "2020-12-31", "year"),
    (D, "Thursday", "2021-12-30", "2021-12-30", "day"),
    (D, "> Sunday", "2022-01-02", "2022-01-02", "day"),
    (D, "last night", "2021-12-31", "2021-12-31", "day"),
    (D, "this month", "2022-01-01", "2022-01-31", "month"),
    (E, "tomorrow", "2000-01-01", "2000-01-01", "day"),
    (E, "> next year", "2000-01-01", "2000-12-31", "year"),
    (E, "Friday", "1999-12-31", "1999-12-31", "day"),
    (E, "this week", "1999-12-27", "2000-01-02", "week"),
    (E, "> 3 January", "2000-01-03", "2000-01-03", "day"),
    (E, "28 December to 2 January", "1999-12-28", "2000-01-02", "range"),
    (E, "six months ago", "1999-06-01", "1999-06-30", "month"),
    (E, "March 24, 1999", "1999-03-24", "1999-03-24", "day"),
    (E, "24 March to 10 June 1999", "1999-03-24", "1999-06-10", "range"),
    (E, "the spring of 1999", "1999-03-01", "1999-05-31", "range"),
    (E, "the last two years", "1997-12-31", "1999-12-31", "range"),
    (E, "a decade ago", "1989-01-01", "1989-12-31", "year"),
    (F, "Sunday", "2008-05-11", "2008-05-11", "day"),
    (F, "12 May 2008", "2008-05-12", "2008-05-12", "day"),
    (F, "earlier this month", "2008-05-01", "2008-05-31", "month"),
    (F, "earlier today", "2008-05-12", "2008-05-12", "day"),
    (F, "at 14:28 local time", "2008-05-12", "2008-05-12", "day"),
    (F, "1000 GMT on Saturday", "2008-05-10", "2008-05-10", "day"),
    (F, "the previous day", "2008-05-11", "2008-05-11", "day"),
    (F, "the following day", "2008-05-13", "2008-05-13", "day"),
    (F, "a fortnight ago", "2008-04-28", "2008-05-04", "week"),
    (F, "Orthodox Easter", "2008-04-27", "2008-04-27", "day"),
    (F, "1960-1996", "1960-01-01", "1996-12-31", "range"),
    (F, "May", "2008-05-01", "2008-05-31", "month"),
    (G, "Boxing Day", "2024-12-26", "2024-12-26", "day"),
    (G, "Christmas Eve", "2024-12-24", "2024-12-24", "day"),
    (G, "> New Year's Day", "2025-01-01", "2025-01-01", "day"),
    (G, "the weekend", "2024-12-28", "2024-12-29", "range"),
    (G, "> next week", "2024-12-30", "2025-01-05", "week"),
    (G, "29/12/2024", "2024-12-29", "2024-12-29", "day"),
    (G, "12/29/2024", "2024-12-29", "2024-12-29", "day"),
    (G, "2024-12-08", "2024-12-08", "2024-12-08", "day"),
    (G, "Good Friday", "2024-03-29", "2024-03-29", "day"),
    (G, "Thanksgiving", "2024-11-28", "2024-11-28", "day"),
    (G, "> 20 January", "2025-01-20", "2025-01-20", "day"),
    (G, "late November", "2024-11-01", "2024-11-30", "month"),
    (H, "15 March", "2011-03-15", "2011-03-15", "day"),
    (H, "March 11", "2011-03-11", "2011-03-11", "day"),
    (H, "the 17th", "2011-03-17", "2011-03-17", "day"),
    (H, "a month ago", "2011-02-01", "2011-02-28", "month"),
    (H, "Tuesday, 29 March", "2011-03-29", "2011-03-29", "day"),
    (H, "last Friday", "2011-03-25", "2011-03-25", "day"),
    (H, "until 4 April", "2011-03-31", "2011-04-04", "range"),
    (H, "June 2010 to February 2011", "2010-06-01", "2011-02-28", "range"),
    (H, "the start of 2011", "2011-01-01", "2011-12-31", "year"),
    (H, "the week of 14 March", "2011-03-14", "2011-03-20", "week"),
    (H, "two weeks beginning 7 February", "2011-02-07", "2011-02-20", "range"),
    (H, "International Women's Day", "2011-03-08", "2011-03-08", "day"),
    (I, "Friday", "2016-07-01", "2016-07-01", "day"),
    (I, "the Fourth of July", "2016-07-04", "2016-07-04", "day"),
    (I, "> this Friday", "2016-07-08", "2016-07-08", "day"),
    (I, "23 June", "2016-06-23", "2016-06-23", "day"),
    (I, "the 23rd of June, 2016", "2016-06-23", "2016-06-23", "day"),
    (I, "Saturday morning", "2016-07-02", "2016-07-02", "day"),
    (I, "> 8-9 July", "2016-07-08", "2016-07-09", "range"),
    (I, "from Friday to Sunday", "2016-07-01", "2016-07-03", "range"),
    (I, "four years earlier", "2012-01-01", "2012-12-31", "year"),
    (I, "> in five days", "2016-07-09", "2016-07-09", "day"),
    (I, "> later this year", "2016-01-01", "2016-12-31", "year"),
    (I, "the past 24 months", "2014-07-04", "2016-07-04", "range"),
    (J, "today", "2025-11-06", "2025-11-06", "day"),
    (J, "overnight", "2025-11-06", "2025-11-06", "day"),
    (J, "Wednesday evening", "2025-11-05", "2025-11-05", "day"),
    (J, "> November 15", "2025-11-15", "2025-11-15", "day"),
    (J, "26 October 2025", "2025-10-26", "2025-10-26", "day"),
    (J, "September", "2025-09-01", "2025-09-30", "month"),
    (J, "the 1970s to the 1990s", "1970-01-01", "1999-12-31", "range"),
    (J, "two days before Halloween", "2025-10-29", "2025-10-29", "day"),
    (J, "the eve of All Saints' Day", "2025-10-31", "2025-10-31", "day"),
    (J, "last winter", "2024-12-01", "2025-02-28", "range"),
    (J, "> by the end of the month", "2025-11-01", "2025-11-30", "month"),
    (J, "several days ago", "2025-11-03", "2025-11-03", "day"),
]


@pytest.mark.parametrize(("published", "expression", "start", "end", "precision"), EXPRESSIONS)
def test_expression(published: date, expression: str, start: str, end: str, precision: str) -> None:
    """An expression means these days in a report of that day."""
    future, words = expression.startswith("> "), expression.removeprefix("> ")
    found = resolve_date(Span(words, 7, 7 + len(words)), Document("r", words, published=published), future=future).value
    assert found is not None
    assert (found.start.isoformat(), found.end.isoformat(), found.precision) == (start, end, precision)
    assert (found.from_, found.text, found.characters) == ("text", words, (7, 7 + len(words)))


def test_table_is_broad() -> None:
    """The table holds 120 expressions over ten days of publication."""
    assert len(EXPRESSIONS) >= 120
    assert len({published for published, *_ in EXPRESSIONS}) == 10


@pytest.mark.parametrize(
    "text",
    ["31 February", "30 February 2024", "29 February 2023", "0000-00-00", "2023-13-01", "31 June 2020", "45/45/2020"],
)
def test_impossible_date_is_refused(text: str) -> None:
    """A date that no calendar has gives no date at all, and says why."""
    found = resolve_date(Span(text, 0, len(text)), Document("r", text, published=A))
    assert found.value is None
    assert text in found.reason


def test_no_phrase_falls_back() -> None:
    """Without an expression the dateline's day stands in, then the day of publication, then nothing."""
    report = Document("r", "LIMA, Oct 16 - Teachers marched.", published=A)
    dateline = Dateline(Span("LIMA, Oct 16 -", 0, 14), Span("LIMA", 0, 4), Span("Oct 16", 6, 12))
    from_dateline = resolve_date(None, report, dateline).value
    assert from_dateline is not None
    assert (from_dateline.start, from_dateline.from_) == (date(2023, 10, 16), "dateline")
    assert from_dateline.characters == (6, 12)
    published = resolve_date(None, report).value
    assert published is not None
    assert (published.start, published.end, published.from_, published.text) == (A, A, "published", None)
    nothing = resolve_date(None, Document("r", "Teachers marched."))
    assert nothing.value is None
    assert "neither" in nothing.reason


def test_words_without_a_date_fall_back() -> None:
    """A duration or "recently" cannot be placed: the day of publication stands in and the reason says so."""
    for words in ("recently", "for two days", "during the campaign", "a week after the attack", "soon"):
        found = resolve_date(Span(words, 0, len(words)), Document("r", words, published=A))
        assert found.value is not None
        assert found.value.from_ == "published"
        assert words in found.reason


def test_weekday_counts_from_the_dateline() -> None:
    """A weekday is seen from the dateline's day, not from a later publication."""
    report = Document("r", "ACCRA, Oct 12 - Miners struck on Wednesday.", published=A)
    dateline = Dateline(Span("ACCRA, Oct 12 -", 0, 15), Span("ACCRA", 0, 5), Span("Oct 12", 7, 13))
    found = resolve_date(Span("Wednesday", 33, 42), report, dateline).value
    assert found is not None
    assert found.start == date(2023, 10, 11)


def test_absolute_dates_need_no_publication_day() -> None:
    """A full date is read where the report has no day; a weekday is not."""
    undated = Document("r", "")
    full = resolve_date(Span("5 May 2019", 0, 10), undated).value
    assert full is not None
    assert full.start == date(2019, 5, 5)
    assert resolve_date(Span("Tuesday", 0, 7), undated).value is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-10-17", "2023-10-17"),
        ("2023-10-17T23:59:59+05:30", "2023-10-17"),
        ("20231017", "2023-10-17"),
        ("17 Oct 2023", "2023-10-17"),
        ("Oct 17, 2023", "2023-10-17"),
        ("Tue, 17 Oct 2023 10:00:00 GMT", "2023-10-17"),
        ("17/10/2023", "2023-10-17"),
        ("  2024-02-29 ", "2024-02-29"),
    ],
)
def test_parse_day(text: str, day: str) -> None:
    """Columns give days in these forms."""
    assert parse_day(text).isoformat() == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("0000-00-00", "zero"),
        ("2023-02-31", "no day 31"),
        ("2023-13-01", "no month 13"),
        ("31 February 2023", "no day 31"),
        ("October 2023", "not a date"),
        ("Tuesday", "not a date"),
        ("n/a", "not a date"),
    ],
)
def test_parse_day_refuses(text: str, why: str) -> None:
    """What is not a day is refused with the reason."""
    with pytest.raises(ValueError, match=why):
        parse_day(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.booleans())
def test_any_text_is_survived(text: str, published: date, future: bool) -> None:
    """No text raises, and what is found keeps its place and its order."""
    span = Span(text, 3, 3 + len(text))
    found = resolve_date(span, Document("r", text, published=published), future=future).value
    if found is not None:
        assert found.start <= found.end
        assert found.characters in (None, (3, 3 + len(text)))


WORDS = st.sampled_from(
    "in of the from to between and last next this since until before after 31 29 30 1 0 2023 0000 9999 1999 "
    "February May Tuesday week month year day ago earlier later two three weekend Easter Ramadan summer quarter first "
    "- – / 1980s".split()
)


@settings(max_examples=500, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=6), st.dates(date(1, 1, 1), date(9999, 12, 31)), st.booleans())
def test_any_words_of_time_are_survived(words: list[str], published: date, future: bool) -> None:
    """Words of time in any order, from the first to the last year of the calendar, raise nothing."""
    text = " ".join(words)
    found = resolve_date(Span(text, 0, len(text)), Document("r", text, published=published), future=future).value
    assert found is None or found.start <= found.end


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1300, 1, 1), date(2099, 12, 31)))
def test_written_days_are_read_back(day: date) -> None:
    """A day written out in the usual ways is read as itself."""
    forms = (day.isoformat(), f"{day.day} {day:%B %Y}", f"{day:%B} {day.day}, {day.year}", f"{day:%Y%m%d}")
    for form in forms if day.year >= 1600 else forms[:3]:
        assert parse_day(form) == day


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_parse_day_raises_nothing_else(text: str) -> None:
    """Any text is a day or a ValueError."""
    try:
        parse_day(text)
    except ValueError as error:
        assert str(error)  # noqa: PT017


def test_past_weekdays_lie_in_the_last_week() -> None:
    """A weekday is at most six days back, a coming one at most six days ahead."""
    for shift in range(14):
        published = A + timedelta(days=shift)
        for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
            report, span = Document("r", name, published=published), Span(name, 0, len(name))
            past, coming = resolve_date(span, report).value, resolve_date(span, report, future=True).value
            assert past is not None
            assert coming is not None
            assert 0 <= (published - past.start).days <= 6
            assert 0 <= (coming.start - published).days <= 6
            assert f"{past.start:%A}" == f"{coming.start:%A}" == name


def test_feasts() -> None:
    """Feasts fall on the days that the calendars of those years printed."""
    assert [easter(year) for year in (2008, 2016, 2024)] == [date(2008, 3, 23), date(2016, 3, 27), date(2024, 3, 31)]
    assert orthodox_easter(2024) == date(2024, 5, 5)
    assert [passover(year) for year in (2023, 2024)] == [date(2023, 4, 6), date(2024, 4, 23)]


def test_holiday_table_is_checked(tmp_path) -> None:
    """A rule that makes no sense is reported with file, line and column."""
    table = tmp_path / "holidays.csv"
    table.write_text("names,rule\nOne Day,01-01\nOther Day,02-31\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"holidays\.csv, line 3, column rule"):
        holidays(table)
