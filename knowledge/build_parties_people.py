"""People and their offices, for build_parties.py: one line a person, with every office held and its dates."""

from __future__ import annotations

from collections import defaultdict

from whimbrel.resolution.names import key

# Spells that ended before this year are left out: reports are of 1999 and later, old leaders are told of by name.
FIRST_YEAR = "1975"
MINOR_YEAR = "2000"
# A surname alone stands for holders of these offices.
SURNAMED = {"HOS", "HOG", "FM", "DM", "VP", "DPM", "IGOHEAD", "SPEAKER", "MILCHIEF", "INT", "REBHEAD", "LEAD", "FIGURE"}
# Countries where the family name goes first.
FAMILY_FIRST = {"CHN", "KOR", "PRK", "TWN", "HKG", "VNM", "KHM", "MMR"}
SINGLE = {"HOS", "HOG", "FM", "DM", "INT", "FIN", "VP", "SPEAKER"}
CLASSES = SURNAMED | {"MIN", "FIN", "AG", "JUD", "CB", "INTEL", "POLICE", "REGIONAL", "IGOOFF", "SPOUSE", "SPOX",
                      "JUNIOR", "OTHER", "AMB"}  # fmt: skip
MINOR = {"FIGURE", "JUNIOR", "OTHER", "AMB", "REGIONAL", "SPOUSE", "IGOOFF", "MIN", "CB", "AG", "JUD"}
LEADER_OF_ONE_HOUSE = ("chairman of the people's council", "expediency discernment", "house of representatives")
Line = tuple[str, ...]


def quality(source: str) -> int:
    """Rank a source: hand-checked 4, World Factbook and WhoGov 3, Wikidata 2, older lists 1."""
    if "manual" in source:
        return 4
    if "cia-factbook" in source or "WhoGov" in source:
        return 3
    return 2 if "wikidata" in source else 1


def office_class(row: dict[str, str]) -> str:
    """Return the class of an office; the classifier of titles in the facts is corrected where the title says so."""
    role, given = row["role"].casefold(), row["role_class"]
    if given == "MILCHIEF" and ("downing street" in role or "kremlin" in role or "white house" in role):
        return "OTHER"
    if given in ("HOS", "HOG") and any(word in role for word in LEADER_OF_ONE_HOUSE):
        return "OTHER"
    if given == "FM" and "trade" in role and "foreign affairs" not in role:
        return "MIN"
    if given in ("HOG", "HOS") and row["country_iso3"] == "UKR" and "chairman" in role:
        return "REGIONAL"
    return given


def spell(row: dict[str, str], codes: dict[str, str]) -> Line:
    """Return the fields of one spell: country, class, role, sectors, first day, last day, quality."""
    sectors = ",".join(s for s in (row["sector"], *row["sector2"].split("|")) if s and s != "IGO")
    start, end = row["start"], row["end"]
    if "open" in row["date_note"] and "2011-02" in row["date_note"]:
        end = end or "2012"
    elif row["date_note"].startswith("in office 2003-01"):
        end = end or "2004"
    country = codes.get(row["country_iso3"], row["country_iso3"])
    own = office_class(row)
    if country != row["country_iso3"] and row["country_iso3"] != "XKX":
        own = "REGIONAL"  # an office of a dependency is not one of the state
    return (country, own, row["role"], sectors, start, end, str(quality(row["source"])),
            "open" if "open_at" in row["date_note"] else "")  # fmt: skip


def merged_people(leaders: list[dict[str, str]], hand: list[dict[str, str]], codes: dict[str, str]) -> dict[str, dict]:
    """Return people by identity: the Wikidata id where there is one, else name and country."""
    people: dict[str, dict] = {}
    identity: dict[tuple[str, str], str] = {}
    for row in sorted(leaders + hand, key=lambda r: (not r["wikidata"], r["name"])):
        names = [row["name"], *filter(None, row["aliases"].split("|"))]
        country = codes.get(row["country_iso3"], row["country_iso3"])
        known = next((identity[key(n), country] for n in names if (key(n), country) in identity and " " in n), None)
        who = row["wikidata"] or known or f"{key(row['name'])}/{country}"
        person = people.setdefault(who, {"name": row["name"], "names": set(), "wikidata": row["wikidata"],
                                         "spells": [], "best": -1})  # fmt: skip
        rank = quality(row["source"]) + (2 if row.get("preferred") else 0)
        if rank > person["best"]:
            person["name"], person["best"] = row["name"], rank
        person["names"].update(names)
        person["spells"].append(spell(row, codes))
        for name in names:
            identity.setdefault((key(name), country), who)
    return people


def kept(person: dict) -> list[Line]:
    """Return the spells worth keeping: recent ones, doubles dropped, ends given to open spells of weak sources."""
    best: dict[tuple[str, str, str], Line] = {}
    for line in person["spells"]:
        country, own, _, _, start, end, rank, _ = line
        oldest = MINOR_YEAR if own in MINOR else FIRST_YEAR
        if (end and end[:4] < oldest) or own not in CLASSES:
            continue
        place = (country, own, start[:4])
        if place not in best or rank > best[place][6]:
            best[place] = line
    return sorted(best.values(), key=lambda s: s[4])


def close(spells: dict[tuple[str, str], list[list]]) -> None:
    """End a spell left open where a better-attested holder of the same single office started later."""
    for (_, own), holders in spells.items():
        if own not in SINGLE:
            continue
        for holder in holders:
            if holder[5]:
                continue
            later = [
                other[4]
                for other in holders
                if other[4] > holder[4] and other[6] >= holder[6] and similar(other[2], holder[2])
            ]
            if later:
                holder[5] = min(later)


def similar(one: str, other: str) -> bool:
    """Say whether two titles are of one office: they share their first long word, or either is empty."""
    words = [{w for w in key(t).split() if len(w) > 3 and w not in ("minister", "ministry")} for t in (one, other)]
    return bool(words[0] & words[1]) or not words[0] or not words[1]


def people_tables(leaders: list[dict[str, str]], hand: list[dict[str, str]], codes: dict[str, str]) -> dict[str, list]:
    """Return the tables people.tsv, roles.tsv, people-names.tsv, people-surnames.tsv and offices.tsv."""
    people = merged_people(leaders, hand, codes)
    by_office: dict[tuple[str, str], list[list]] = defaultdict(list)
    mutable = {who: [list(s) for s in kept(person)] for who, person in people.items()}
    for spells in mutable.values():
        for line in spells:
            by_office[line[0], line[1]].append(line)
    close(by_office)
    lines: list[Line] = []
    names: dict[str, set[str]] = defaultdict(set)
    surnames: dict[str, set[str]] = defaultdict(set)
    offices: dict[str, set[str]] = defaultdict(set)
    numbered = [(who, spells) for who, spells in sorted(mutable.items()) if spells]
    roles = {role: f"{i:05d}" for i, role in enumerate(sorted({s[2] for _, spells in numbered for s in spells}))}
    for number, (who, spells) in enumerate(numbered):
        person, ident = people[who], f"{number:05d}"
        packed = ";".join("|".join((*s[:2], str(int(roles[s[2]])), *s[3:7])) for s in spells)
        lines.append((ident, person["name"], person["wikidata"], packed))
        classes = {s[1] for s in spells}
        for name in person["names"]:
            if " " in name or classes & SURNAMED:
                names[key(name)].add(ident)
        if classes & SURNAMED:
            eastern = bool({s[0] for s in spells} & FAMILY_FIRST)
            for surname in surname_forms(person["name"], person["names"], family_first=eastern):
                surnames[surname].add(ident)
        for s in spells:
            if s[1] not in MINOR:
                offices[f"{s[0]} {s[1]}"].add(ident)
    pack = lambda table: [(k, ",".join(sorted(v))) for k, v in table.items() if k]  # noqa: E731
    return {
        "people.tsv": lines,
        "roles.tsv": [(number, role) for role, number in roles.items()],
        "people-names.tsv": pack(names),
        "people-surnames.tsv": pack(surnames),
        "offices.tsv": pack(offices),
    }


def surname_forms(name: str, names: set[str], *, family_first: bool) -> set[str]:
    """Return the surnames that a person may be called by: the last word, and one alias of a single word."""
    forms = set()
    for each in {name, *names}:
        words = [w for w in key(each).split() if w not in ("jr", "sr", "ii", "iii", "iv")]
        if not words or len(words) > 6:
            continue
        forms.add(words[-1])
        if len(words) > 2 and words[-2] in ("al", "el", "bin", "van", "von", "de", "da", "di", "le", "der", "den"):
            forms.add(" ".join(words[-2:]))
    first = key(name).split()
    if family_first and len(first) in (2, 3):
        forms.add(first[0])  # Xi Jinping, Kim Jong-un, Lai Ching-te
    return {form for form in forms if len(form) > 1}
