"""The days that have names: fixed ones, the nth weekday of a month, and those that follow a church or moon calendar.

The rules stand in data/holidays.csv: "12-31"; "weekday 11 thursday 4 +1" (the fourth Thursday of November, and a day);
"easter -2", "orthodox 0", "passover 163 2" (days from the feast, and how many days); "islamic 9 1 30" (month, day,
days). Easter by the algorithm of Meeus, Astronomical Algorithms, 1991, chapter 8; Passover by Gauss's formula; the
Islamic calendar is the tabular one, which may be a day off what was observed.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from whimbrel.errors import TableError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TABLE = Path(__file__).parent / "data" / "holidays.csv"
# Day number (date.toordinal) of the day before 1 Muharram 1, 16 July 622 in the Julian calendar.
ISLAMIC_EPOCH = 227014


@lru_cache(maxsize=2)
def holidays(path: Path = TABLE) -> dict[str, str]:
    """Return the rules by name, lower case with plain apostrophes; raises TableError with file, line and column."""
    rules: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                if not _understood(row["rule"]):
                    raise TableError(f'{path}, line {line}, column rule: "{row["rule"]}" is not a rule')
                rules.update((name.casefold(), row["rule"]) for name in row["names"].split("|"))
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"{path}: cannot be read as names,rule ({error})") from error
    return rules


def _understood(rule: str) -> bool:
    try:
        days(rule, 2024)
    except (ValueError, KeyError, IndexError):
        return False
    return True


@lru_cache(maxsize=4096)
def days(rule: str, year: int) -> tuple[date, date]:
    """Return the first and last day of a holiday in a year; ValueError where the year has none."""
    words = rule.split()
    if words[0] in _RULES:
        return _RULES[words[0]](words[1:], year)
    month, day = map(int, rule.split("-"))
    return _span(date(year, month, day), 1)


def _span(first: date, length: int) -> tuple[date, date]:
    return first, first + timedelta(days=length - 1)


def _weekday(words: list[str], year: int) -> tuple[date, date]:
    month, weekday, number = int(words[0]), WEEKDAYS.index(words[1]), int(words[2])
    later = int(words[3]) if len(words) > 3 else 0
    if number > 0:
        first = date(year, month, 1)
        day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
    else:
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        day = last - timedelta(days=(last.weekday() - weekday) % 7)
    return _span(day + timedelta(days=later), 1)


def _after(feast: Callable[[int], date]) -> Callable[[list[str], int], tuple[date, date]]:
    def rule(words: list[str], year: int) -> tuple[date, date]:
        return _span(feast(year) + timedelta(days=int(words[0])), int(words[1]) if len(words) > 1 else 1)

    return rule


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus 1991, chapter 8)."""
    golden, century, rest = year % 19, year // 100, year % 100
    lift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - lift + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * sunday) // 451
    month, day = divmod(epact + sunday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def orthodox_easter(year: int) -> date:
    """Return Easter Sunday of the Julian calendar as a Gregorian date (Meeus 1991, chapter 8)."""
    moon = (19 * (year % 19) + 15) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + sunday + 114, 31)
    return date(year, month, day + 1) + timedelta(days=year // 100 - year // 400 - 2)


def passover(year: int) -> date:
    """Return the first day of Passover (15 Nisan), by Gauss's formula."""
    hebrew = year + 3760
    cycle = (12 * hebrew + 17) % 19
    leap = hebrew % 4
    moon = 32 + 4343 / 98496 + cycle * (1 + 272953 / 492480) + leap / 4 - hebrew * 313 / 98496
    whole, part = int(moon), moon % 1
    weekday = (3 * hebrew + 5 * leap + whole + 5) % 7
    if weekday in (2, 4, 6):
        whole += 1
    elif weekday == 1 and cycle > 6 and part >= 1367 / 2160:
        whole += 2
    elif weekday == 0 and cycle > 11 and part >= 23269 / 25920:
        whole += 1
    # `whole` counts days of March in the Julian calendar.
    return date(year, 3, 1) + timedelta(days=whole - 1 + year // 100 - year // 400 - 2)


def _tisha_bav(_words: list[str], year: int) -> tuple[date, date]:
    """The ninth of Av, 112 days after Passover begins; a day later where that is a Saturday."""
    day = passover(year) + timedelta(days=112)
    return _span(day + timedelta(days=day.weekday() == 5), 1)


def _islamic(words: list[str], year: int) -> tuple[date, date]:
    """The first time in the Gregorian year that the tabular calendar has that month and day."""
    month, day = int(words[0]), int(words[1])
    hijri = (year - 622) * 33 // 32
    for candidate in range(hijri - 1, hijri + 3):
        number = 354 * (candidate - 1) + (3 + 11 * candidate) // 30 + (59 * (month - 1) + 1) // 2 + day
        found = date.fromordinal(number + ISLAMIC_EPOCH)
        if found.year == year:
            return _span(found, int(words[2]) if len(words) > 2 else 1)
    raise ValueError(f"{year} has no day {day} of the Islamic month {month}")


_RULES: dict[str, Callable[[list[str], int], tuple[date, date]]] = {
    "weekday": _weekday,
    "easter": _after(easter),
    "orthodox": _after(orthodox_easter),
    "passover": _after(passover),
    "tishabav": _tisha_bav,
    "islamic": _islamic,
}
