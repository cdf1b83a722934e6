"""The party tables: sorted text files searched in place, and the small ones read into dictionaries.

Sources and licences of every table: data/SOURCES-parties.md.
"""

from __future__ import annotations

import csv
import mmap
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from whimbrel.errors import TableError
from whimbrel.resolution.names import key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from whimbrel.records import Kind

FOLDER = Path(__file__).parent / "data"
EXTRA_FIELDS = ("name", "aliases", "kind", "country", "sector", "office", "start", "end", "wikidata")
KINDS: dict[str, Kind] = {"person": "person", "organisation": "organisation", "country": "country", "group": "group"}


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in office: `start` and `end` are the first and last day, None where unknown or still running."""

    country: str
    office: str
    role: str
    sector: tuple[str, ...]
    start: date | None
    end: date | None
    quality: int

    def covers(self, day: date) -> bool:
        """Say whether the office was held on a day."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who holds or held an office."""

    name: str
    wikidata: str | None
    spells: tuple[Spell, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation, armed group or other known party that is not a person; rank 0 is checked by hand, 3 worst."""

    name: str
    country: str | None
    sector: tuple[str, ...]
    kind: Kind
    rank: int
    wikidata: str | None = None


class CountryForm(NamedTuple):
    """A form under which a country is named: kind N name, A adjective or demonym, C capital, R region of it."""

    code: str
    kind: str
    name: str


class SortedLines:
    """A text file of tab-separated lines sorted by their first field, mapped into memory and searched by halving."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise TableError(f"{path}: cannot be read ({error}); install the package again") from error
        ends = np.flatnonzero(np.frombuffer(self._bytes, dtype=np.uint8) == ord("\n"))
        self._starts: NDArray[np.int64] = np.concatenate(([0], ends + 1)).astype(np.int64)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def line(self, number: int) -> list[str]:
        """Return the fields of a line, counted from 0."""
        return self._bytes[self._starts[number] : self._starts[number + 1] - 1].decode().split("\t")

    def find(self, wanted: str) -> list[str] | None:
        """Return the fields of the line whose first field is `wanted`, or None."""
        sought = wanted.encode() + b"\t"
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            start = int(self._starts[middle])
            if self._bytes[start : start + len(sought)] < sought:
                low = middle + 1
            else:
                high = middle
        if low == len(self):
            return None
        start = int(self._starts[low])
        return self.line(low) if self._bytes[start : start + len(sought)] == sought else None

    def starting(self, prefix: str, most: int) -> list[list[str]]:
        """Return at most `most` lines whose first field begins with `prefix`."""
        sought = prefix.encode()
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            start = int(self._starts[middle])
            if self._bytes[start : start + len(sought)] < sought:
                low = middle + 1
            else:
                high = middle
        found: list[list[str]] = []
        while low < len(self) and len(found) < most:
            fields = self.line(low)
            if not fields[0].startswith(prefix):
                break
            found.append(fields)
            low += 1
        return found


def parse_day(text: str, *, last: bool = False) -> date | None:
    """Read a day, month or year; a month or year stands for its first day (its last, as an end).

    >>> parse_day("2021-01"), parse_day("2021", last=True)
    (datetime.date(2021, 1, 1), datetime.date(2021, 12, 31))
    """
    if not text:
        return None
    parts = [int(part) for part in text.split("-")]
    year = parts[0]
    month = parts[1] if len(parts) > 1 else (12 if last else 1)
    day = parts[2] if len(parts) > 2 else (28 if last else 1)
    if last and len(parts) == 1:
        day = 31
    return date(year, month, day)


@dataclass(frozen=True, slots=True)
class Tables:
    """All party tables; the large ones stay on disk, mapped."""

    countries: dict[str, CountryForm]
    adjectives: dict[str, CountryForm]
    country_names: dict[str, str]
    country_adjectives: dict[str, str]
    nouns: dict[str, tuple[str, ...]]
    titles: dict[str, tuple[str, tuple[str, ...]]]
    leading: dict[str, str]
    cues: dict[str, tuple[int, str]]
    body_words: dict[str, tuple[int, str]]
    places: SortedLines
    bodies: SortedLines
    people: SortedLines
    roles: SortedLines
    person_names: SortedLines
    surnames: SortedLines
    offices: SortedLines
    extra_bodies: dict[str, Body] = field(default_factory=dict)
    extra_people: dict[str, Person] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path | None = None, extra: Path | None = None) -> Tables:
        """Open the tables of a folder (the built-in one by default) and a user's own table, which goes before them."""
        folder = folder or FOLDER
        forms = [line.split("\t") for line in _lines(folder / "countries.tsv")]
        rank = {"N": 0, "S": 1, "R": 2, "C": 3}
        countries: dict[str, CountryForm] = {}
        for form, code, kind, name in sorted((f for f in forms if f[2] in rank), key=lambda f: rank[f[2]]):
            countries.setdefault(form, CountryForm(code, "N" if kind == "S" else kind, name))
        adjectives = {form: CountryForm(code, kind, name) for form, code, kind, name in forms if kind == "A"}
        names = {code: name for _, code, kind, name in forms if kind == "S"}
        bodies, people = read_extra(extra) if extra else ({}, {})
        titles = {}
        for line in _lines(folder / "titles.tsv"):
            title, office, sectors = line.split("\t")
            titles[key(title)] = (office, tuple(filter(None, sectors.split(","))))
        return cls(
            countries=countries,
            adjectives=adjectives,
            country_names=names,
            country_adjectives={code: name for _, code, kind, name in forms if kind == "J"},
            nouns={n: tuple(s.split(",")) for n, s in (x.split("\t") for x in _lines(folder / "nouns.tsv"))},
            titles=titles,
            leading=dict(x.split("\t") for x in _lines(folder / "leading.tsv")),
            cues={w: (int(n), s) for w, n, s in (x.split("\t") for x in _lines(folder / "cues.tsv"))},
            body_words={w: (int(n), s) for w, n, s in (x.split("\t") for x in _lines(folder / "body_words.tsv"))},
            places=SortedLines(folder / "party-places.tsv"),
            bodies=SortedLines(folder / "bodies.tsv"),
            people=SortedLines(folder / "people.tsv"),
            roles=SortedLines(folder / "roles.tsv"),
            person_names=SortedLines(folder / "people-names.tsv"),
            surnames=SortedLines(folder / "people-surnames.tsv"),
            offices=SortedLines(folder / "offices.tsv"),
            extra_bodies=bodies,
            extra_people=people,
        )

    def body(self, compared: str) -> Body | None:
        """Return the body known under a name in the form of `key`."""
        if compared in self.extra_bodies:
            return self.extra_bodies[compared]
        fields = self.bodies.find(compared)
        if not fields:
            return None
        _, name, code, sectors, kind, rank, wikidata = fields
        return Body(name, code or None, tuple(filter(None, sectors.split(","))), KINDS[kind], int(rank),
                    wikidata or None)  # fmt: skip

    def person(self, number: int) -> Person:
        """Return the person of a line of people.tsv."""
        _, name, wikidata, packed = self.people.line(number)
        spells = []
        for part in packed.split(";"):
            country, office, role, sectors, start, end, quality = part.split("|")
            spells.append(Spell(country, office, self.roles.line(int(role))[1], tuple(filter(None, sectors.split(","))),
                                parse_day(start), parse_day(end, last=len(end) < 10), int(quality)))  # fmt: skip
        return Person(name, wikidata or None, tuple(spells))

    def people_named(self, compared: str) -> list[Person]:
        """Return the people known under a full name in the form of `key`."""
        if compared in self.extra_people:
            return [self.extra_people[compared]]
        return self._people(self.person_names.find(compared))

    def people_surnamed(self, compared: str) -> list[Person]:
        """Return the holders of high offices who go by a surname."""
        return self._people(self.surnames.find(compared))

    def holders(self, country: str, office: str) -> list[Person]:
        """Return everyone who held an office of a class (HOS, HOG, FM, DM ...) in a country."""
        found = self._people(self.offices.find(f"{country} {office}"))
        return [p for p in set(self.extra_people.values())
                if any(s.country == country and s.office == office for s in p.spells)] + found  # fmt: skip

    def _people(self, fields: list[str] | None) -> list[Person]:
        return [self.person(int(number)) for number in fields[1].split(",")] if fields else []

    def place(self, compared: str) -> list[tuple[str, int]]:
        """Return the countries that have a place of this name, each with a weight (population), the largest first."""
        fields = self.places.find(compared)
        if not fields:
            return []
        return [(code, int(weight)) for code, weight in (pair.split(":") for pair in fields[1].split(";"))]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise TableError(f"{path}: cannot be read ({error}); install the package again") from error


def read_extra(path: Path) -> tuple[dict[str, Body], dict[str, Person]]:
    """Read a user's table of parties: CSV with the columns of EXTRA_FIELDS, in any order.

    `aliases` and `sector` may hold several values divided by `|`; `kind` is person, organisation, country or group;
    `start` and `end` are ISO dates (a year or month will do) of a person's `office`. Several lines of one person add
    offices. Raises TableError naming the line and column of the first fault.
    """
    bodies: dict[str, Body] = {}
    people: dict[str, Person] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [f for f in EXTRA_FIELDS if f not in (reader.fieldnames or ())]
            if missing:
                raise TableError(
                    f"{path}: line 1: column {missing[0]!r} is missing; give all of {', '.join(EXTRA_FIELDS)}"
                )
            for row in reader:
                _add_extra(path, reader.line_num, row, bodies, people)
    except OSError as error:
        raise TableError(f"{path}: cannot be read: {error.strerror or error}; check the name") from error
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: is not UTF-8 ({error}); save it as UTF-8") from error
    return bodies, people


def _add_extra(
    path: Path, number: int, row: dict[str, str], bodies: dict[str, Body], people: dict[str, Person]
) -> None:
    cells = {name: (row.get(name) or "").strip() for name in EXTRA_FIELDS}

    def fault(column: str, what: str) -> TableError:
        return TableError(f"{path}: line {number}, column {column!r}: {what}")

    if not cells["name"]:
        raise fault("name", "is empty; every line needs a name")
    if cells["kind"] not in KINDS:
        raise fault("kind", f"is {cells['kind']!r}; give one of {', '.join(KINDS)}")
    country = cells["country"].upper()
    if country and (len(country) != 3 or not country.isalpha()):
        raise fault("country", f"is {cells['country']!r}; give a code of three letters, or nothing")
    sectors = tuple(s.strip().upper() for s in cells["sector"].split("|") if s.strip())
    if any(len(s) != 3 for s in sectors):
        raise fault("sector", f"is {cells['sector']!r}; give PLOVER sectors divided by |")
    days = []
    for column in ("start", "end"):
        try:
            days.append(parse_day(cells[column], last=column == "end" and len(cells[column]) < 10))
        except ValueError:
            raise fault(column, f"is {cells[column]!r}; give a date as 2021-01-20, 2021-01 or 2021") from None
    forms = [key(cells["name"]), *(key(a) for a in cells["aliases"].split("|") if a.strip())]
    if cells["kind"] == "person":
        spell = Spell(country, "MIN", cells["office"], sectors, days[0], days[1], 9)
        before = people[forms[0]].spells if forms[0] in people else ()
        person = Person(cells["name"], cells["wikidata"] or None, (*before, spell))
        people.update(dict.fromkeys(forms, person))
    else:
        body = Body(cells["name"], country or None, sectors, KINDS[cells["kind"]], -1, cells["wikidata"] or None)
        bodies.update(dict.fromkeys(forms, body))
