"""Codes of other data sets: tables of countries, regions, sectors, groups and classes, which anybody may correct.

What each table holds and where it comes from stands in `code_tables/SOURCES.md`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from whimbrel.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from whimbrel.records import Party

_COLUMNS = {
    "countries.csv": ("code", "iso2", "name", "icews_name", "fips", "cow", "cameo"),
    "admin1.csv": ("country", "name", "fips"),
    "agents.csv": ("sector", "cameo", "icews"),
    "international.csv": ("code", "cameo_country", "cameo_group", "cameo_type", "icews"),
    "groups.csv": ("name", "cameo_group"),
    "quad.csv": ("root", "quad", "name"),
}


@dataclass(frozen=True, slots=True)
class Country:
    """A country's codes; "" where it has none."""

    code: str
    iso2: str
    name: str
    icews_name: str
    fips: str
    cow: str
    cameo: str


@dataclass(frozen=True, slots=True)
class Agent:
    """What a PLOVER sector is called elsewhere."""

    sector: str
    cameo: str
    icews: str


@dataclass(frozen=True, slots=True)
class International:
    """What stands for a PLOVER code such as UNO or IGO elsewhere."""

    code: str
    cameo_country: str
    cameo_group: str
    cameo_type: str
    icews: str


@dataclass(frozen=True, slots=True)
class Codes:
    """All tables, each by its first column.

    >>> codes = Codes.load()
    >>> codes.countries["UKR"].fips, codes.quad["14"], codes.region("UKR", "Donetsk Oblast")
    ('UP', 3, 'UP05')
    """

    countries: Mapping[str, Country]
    regions: Mapping[tuple[str, str], str]
    agents: Mapping[str, Agent]
    international: Mapping[str, International]
    groups: Mapping[str, str]
    quad: Mapping[str, int]

    @classmethod
    def load(cls, folder: Path | None = None) -> Codes:
        """Read the tables of a folder, Whimbrel's own without one; raise TableError where one is missing or faulty."""
        folder = folder or Path(__file__).parent / "code_tables"

        def table(name: str) -> Iterator[dict[str, str]]:
            return _rows(folder / name, _COLUMNS[name])

        return cls(
            countries={row["code"]: Country(**row) for row in table("countries.csv")},
            regions={(row["country"], row["name"]): row["fips"] for row in table("admin1.csv")},
            agents={row["sector"]: Agent(**row) for row in table("agents.csv")},
            international={row["code"]: International(**row) for row in table("international.csv")},
            groups={row["name"].casefold(): row["cameo_group"] for row in table("groups.csv")},
            quad={row["root"]: _whole(row["quad"], folder / "quad.csv") for row in table("quad.csv")},
        )

    def country_name(self, code: str | None) -> str:
        """Return a country's usual name in English, "" where the code is none of a country."""
        country = self.countries.get(code or "")
        return country.name if country else ""

    def region(self, country: str | None, name: str | None) -> str:
        """Return the FIPS 10-4 code of a first-level region, its country's first; "" where the table has none."""
        return self.regions.get((country or "", name or ""), "")

    def group(self, party: Party) -> str:
        """Return the CAMEO code of a known group such as the United Nations, "" where the party is none."""
        body = self.international.get(party.country or "")
        return self.groups.get(party.name.casefold(), "") or (body.cameo_group if body else "")


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != columns:
                raise TableError(f"{path}, line 1: the columns are not {','.join(columns)}; restore the first line")
            for row in reader:
                if None in row or None in row.values():
                    raise TableError(f"{path}, line {reader.line_num}: not {len(columns)} cells")
                yield row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"{path}: cannot be read ({error}); restore the file or reinstall whimbrel") from error


def _whole(text: str, path: Path) -> int:
    if not text.isdecimal():
        raise TableError(f"{path}: {text!r} is no whole number")
    return int(text)
