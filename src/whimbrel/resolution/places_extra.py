"""A user's own table of places, checked on load.

Columns: name,aliases,latitude,longitude,country,admin1,precision,geonames. Aliases are separated by "|"; country is
an ISO 3166-1 alpha-3 code (Kosovo KOS) or empty; precision is one of records.PlacePrecision; admin1 and geonames may
be empty. Its names come before those of the gazetteer.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from whimbrel.errors import TableError
from whimbrel.records import PlacePrecision
from whimbrel.resolution.gazetteer import PlaceKind, Row, fold

COLUMNS = ("name", "aliases", "latitude", "longitude", "country", "admin1", "precision", "geonames")
KINDS: dict[str, PlaceKind] = {
    "city": PlaceKind.CITY,
    "district": PlaceKind.DISTRICT,
    "region": PlaceKind.REGION,
    "country": PlaceKind.COUNTRY,
    "named region": PlaceKind.NAMED,
}
# Ranked as a city of a million, so that context can still choose between two rows of one name.
POPULATION = 1_000_000


@dataclass(frozen=True, slots=True)
class ExtraPlaces:
    """The user's rows, numbered from -1 downwards; `names` maps folded names to them, `admin1` rows to regions."""

    names: dict[str, tuple[Row, ...]]
    admin1: dict[int, str]


def read_extra(path: Path, countries: frozenset[str]) -> ExtraPlaces:
    """Read a user's table; raises TableError with file, line and column of the first fault."""
    names: dict[str, tuple[Row, ...]] = {}
    admin1: dict[int, str] = {}
    for line, cells in _lines(path):
        row = _row(cells, -len(admin1) - 1, path, line, countries)
        admin1[row.number] = cells["admin1"].strip()
        for name in (cells["name"], *cells["aliases"].split("|")):
            if key := fold(name):
                names[key] = (*names.get(key, ()), row)
    return ExtraPlaces(names, admin1)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise TableError(f"{path}, line 1, column {missing[0]}: missing; the columns are {','.join(COLUMNS)}")
            for cells in reader:
                if None in cells:
                    raise TableError(f"{path}, line {reader.line_num}, column {len(COLUMNS) + 1}: too many cells")
                yield reader.line_num, cells
    except OSError as error:
        raise TableError(f"{path}: cannot be read: {error.strerror or error}; check the name") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"{path}: cannot be read as a CSV file in UTF-8 ({error})") from error


def _row(cells: dict[str, str], number: int, path: Path, line: int, countries: frozenset[str]) -> Row:
    def fault(column: str, problem: str) -> TableError:
        return TableError(f"{path}, line {line}, column {column}: {problem}")

    if not fold(cells["name"]):
        raise fault("name", "is empty")
    country, precision = cells["country"].strip(), cells["precision"].strip() or "city"
    if country and country not in countries:
        raise fault("country", f'"{country}" is not an ISO 3166-1 alpha-3 code (Kosovo: KOS)')
    if precision not in KINDS:
        raise fault("precision", f'"{precision}" is none of {", ".join(get_args(PlacePrecision))}')
    return Row(
        number=number,
        name=cells["name"].strip(),
        latitude=_degrees(cells["latitude"], 90, path, line, "latitude"),
        longitude=_degrees(cells["longitude"], 180, path, line, "longitude"),
        geonames=_identifier(cells["geonames"], path, line),
        region=0,
        country=country or None,
        kind=KINDS[precision],
        capital=False,
        population=POPULATION,
    )


def _degrees(text: str, most: int, path: Path, line: int, column: str) -> float:
    try:
        degrees = float(text)
    except ValueError:
        degrees = float("nan")
    if not -most <= degrees <= most:
        raise TableError(f'{path}, line {line}, column {column}: "{text}" is not a number from -{most} to {most}')
    return degrees


def _identifier(text: str, path: Path, line: int) -> int:
    if not text.strip():
        return 0
    if not text.strip().isdecimal():
        raise TableError(f'{path}, line {line}, column geonames: "{text}" is not a GeoNames id')
    return int(text)
