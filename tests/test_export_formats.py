"""Exports to other data sets' formats: each is read back, column by column, and says what it could not hold."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from test_export import EVENT, mention

from whimbrel.cli.export import Target, layout
from whimbrel.errors import TableError
from whimbrel.export import codes
from whimbrel.export.codes import Codes
from whimbrel.export.conversion import LayoutWriter
from whimbrel.export.dyads import dyads, number_of
from whimbrel.export.layouts import LeftOut, tab_line
from whimbrel.ontology import Ontology
from whimbrel.records import Party, Place

ONTOLOGY = Ontology.load()
CODES = Codes.load()
PERU = Party("Peru", "country", "PER", ("GOV",))
CHILE = Party("Chile", "country", "CHL", ("GOV",))
UN = Party("United Nations", "organisation", "UNO", (), None, "Q1065")
ARMY = Party("Army of Chad", "organisation", "TCD", ("MIL", "GOV"))
LAYOUTS = [target for target in Target if target is not Target.DATASET]


def written(target, *events, **options):
    """Return an export of some events and its writer."""
    raw = io.BytesIO()
    with LayoutWriter(layout(target, ONTOLOGY, **options), raw=raw) as writer:
        for event in events:
            writer.write(event)
    return raw.getvalue().decode(), writer


def rows(target, *events, **options):
    """Return the rows of an export by the names of its columns."""
    text, _ = written(target, *events, **options)
    columns = [column.name for column in layout(target, ONTOLOGY).columns]
    parsed = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))
    if target in (Target.ICEWS, Target.POLECAT):
        assert parsed.pop(0) == columns
    return [dict(zip(columns, row, strict=True)) for row in parsed]


def at(name, country, admin1, precision):
    """Return an event at a place."""
    return replace(EVENT, place=Place(name, 0, len(name), name, country, admin1, 10.5, 20.25, 99, precision))


def of(event, mode=(), actor=(), recipient=(), context=()):
    """Return an event of a type, with the codes that the ontology gives it."""
    cameo = ONTOLOGY.cameo(event, mode, context)
    return replace(
        EVENT, event=event, mode=mode, context=context, quad=ONTOLOGY.types[event].quad, cameo=cameo,
        score=ONTOLOGY.score(event, mode), goldstein=ONTOLOGY.goldstein(cameo),
        actor=actor or EVENT.actor, recipient=recipient,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("target", "count"),
    [(Target.ICEWS, 20), (Target.POLECAT, 40), (Target.GDELT, 61), (Target.GDELT_MENTIONS, 16)],
)
def test_number_of_columns(target, count):
    """A reader that counts columns finds as many as in the original, each with its own name and a meaning."""
    columns = layout(target, ONTOLOGY).columns
    assert len({column.name for column in columns}) == len(columns) == count
    assert all(column.description for column in columns)


def test_icews_row():
    """Names, sectors and countries in words; the CAMEO code keeps its zero."""
    [row] = rows(Target.ICEWS, EVENT)
    assert row == {
        "Event ID": str(number_of("1f", 0)), "Event Date": "2023-10-16", "Source Name": "Police of Kenya",
        "Source Sectors": "Police", "Source Country": "Kenya",
        "Event Text": "Arrest, detain, or charge with legal action", "CAMEO Code": "173", "Intensity": "-5",
        "Target Name": "protesters", "Target Sectors": "Dissident", "Target Country": "Kenya",
        "Story ID": str(number_of("d1")), "Sentence Number": "1", "Publisher": "Example", "City": "Nairobi",
        "District": "", "Province": "Nairobi County", "Country": "Kenya", "Latitude": "-1.28", "Longitude": "36.82",
    }  # fmt: skip
    [row] = rows(Target.ICEWS, of("CONSULT", ("phone",), (mention("police", UN),), (mention("protesters", ARMY),)))
    assert (row["CAMEO Code"], row["Source Country"], row["Target Sectors"]) == ("041", "", "Military,Government")
    assert row["Source Sectors"] == "International Government Organization"


def test_polecat_row():
    """Several parties of an event stand in one row; what is missing is None."""
    event = of("CONSULT", ("visit",), (mention("police", PERU, UN),), (mention("protesters", ARMY),), ("diplomatic",))
    [row] = rows(Target.POLECAT, event)
    expected = {
        "Event ID": "1f", "Event Type": "CONSULT", "Event Mode": "visit", "Intensity": "4",
        "Quad Code": "VERBAL COOPERATION", "Contexts": "diplomatic", "Actor Name": "Peru; United Nations",
        "Actor Country": "PER; UNO", "Actor COW": "135; None", "Primary Actor Sector": "GOV; None",
        "Actor Name Raw": "police; police", "Wikipedia Actor ID": "None; Q1065", "Recipient COW": "483",
        "Primary Recipient Sector": "MIL", "Recipient Sectors": "MIL|GOV", "Recipient Title": "None",
        "City": "Nairobi", "Province": "Nairobi County", "Country": "KEN", "GeoNames ID": "184745",
        "Feature Type": "PPL", "Publication Date": "2023-10-17", "Story People": "None", "Language": "en",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert "" not in row.values()


def test_gdelt_row():
    """All 61 cells of an event, those that Whimbrel cannot fill being empty."""
    [row] = rows(Target.GDELT, EVENT)
    filled = {name: cell for name, cell in row.items() if cell}
    assert filled == {
        "GlobalEventID": str(number_of("1f", 0)), "Day": "20231016", "MonthYear": "202310", "Year": "2023",
        "FractionDate": "2023.7918", "Actor1Code": "KENCOP", "Actor1Name": "POLICE OF KENYA",
        "Actor1CountryCode": "KEN", "Actor1Type1Code": "COP", "Actor2Code": "KENOPP", "Actor2Name": "PROTESTERS",
        "Actor2CountryCode": "KEN", "Actor2Type1Code": "OPP", "IsRootEvent": "1", "EventCode": "173",
        "EventBaseCode": "173", "EventRootCode": "17", "QuadClass": "4", "GoldsteinScale": "-5", "NumMentions": "1",
        "NumSources": "1", "NumArticles": "1", "Actor1Geo_Type": "0", "Actor2Geo_Type": "0", "ActionGeo_Type": "4",
        "ActionGeo_Fullname": "Nairobi, Nairobi County, Kenya", "ActionGeo_CountryCode": "KE",
        "ActionGeo_ADM1Code": "KE", "ActionGeo_Lat": "-1.28", "ActionGeo_Long": "36.82",
        "DATEADDED": "20231017000000", "SOURCEURL": "https://news.example/1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("party", "code", "country", "group", "types"),
    [
        (PERU, "PER", "PER", "", ["", "", ""]),  # a country for its government has no role
        (UN, "IGOUNO", "", "UNO", ["IGO", "", ""]),
        (Party("European Union", "organisation", "EUR"), "IGOEUREEC", "EUR", "EEC", ["IGO", "", ""]),
        (Party("NATO", "organisation", "IGO", ("MIL",)), "IGONATMIL", "", "NAT", ["IGO", "MIL", ""]),
        (ARMY, "TCDMILGOV", "TCD", "", ["MIL", "GOV", ""]),
        (Party("Hamas", "group", "PSE", ("REB", "PTY")), "PSEHMSREB", "PSE", "HMS", ["REB", "", ""]),
        (Party("nurses", "group", "ROU", ("MED",)), "ROMHLH", "ROM", "", ["HLH", "", ""]),  # CAMEO's own codes
        (Party("reporters", "group", None, ("JRN",)), "MED", "", "", ["MED", "", ""]),
        (Party("police", "organisation", "KOS", ("COP",)), "KOSCOP", "KOS", "", ["COP", "", ""]),
    ],
)
def test_gdelt_actor_codes(party, code, country, group, types):
    """CAMEO's composite codes: country, then known group, then roles."""
    [row] = rows(Target.GDELT, replace(EVENT, actor=(mention("police", party),)))
    assert (row["Actor1Code"], row["Actor1CountryCode"], row["Actor1KnownGroupCode"]) == (code, country, group)
    assert [row[f"Actor1Type{number}Code"] for number in (1, 2, 3)] == types


@pytest.mark.parametrize(
    ("event", "kind", "name", "country", "adm1", "feature"),
    [
        (at("Ukraine", "UKR", None, "country"), "1", "Ukraine", "UP", "UP", "UP"),
        (at("Texas", "USA", "Texas", "region"), "2", "Texas, United States", "US", "USTX", "USTX"),
        (at("Houston", "USA", "Texas", "city"), "3", "Houston, Texas, United States", "US", "USTX", ""),
        (at("Donetsk", "UKR", "Donetsk Oblast", "city"), "4", "Donetsk, Donetsk Oblast, Ukraine", "UP", "UP05", ""),
        (at("Gaza", "PSE", "Gaza Strip", "city"), "4", "Gaza, Gaza Strip, Palestine", "GZ", "GZ", ""),
        (at("West Bank", "PSE", "West Bank", "region"), "5", "West Bank, Palestine", "WE", "WE", "WE"),
        (at("Pristina", "KOS", "Pristina", "city"), "4", "Pristina, Kosovo", "KV", "KV", ""),
        (at("Leeds", "GBR", "England", "city"), "4", "Leeds, England, United Kingdom", "UK", "UK", ""),
        (at("Sahel", None, None, "named region"), "5", "Sahel", "", "", ""),
    ],
)
def test_gdelt_places(event, kind, name, country, adm1, feature):
    """FIPS 10-4, where Gaza and the West Bank have codes of their own; the country alone where no region is known."""
    [row] = rows(Target.GDELT, event)
    geo = [row[f"ActionGeo_{part}"] for part in ("Type", "Fullname", "CountryCode", "ADM1Code", "FeatureID")]
    assert geo == [kind, name, country, adm1, feature]


@pytest.mark.parametrize(
    ("event", "quad"),
    [("CONSULT", "1"), ("STATEMENT", "1"), ("REQUEST", "1"), ("AID", "2"), ("PROTEST", "3"), ("THREATEN", "3"),
     ("SANCTION", "4"), ("ASSAULT", "4")],
)  # fmt: skip
def test_gdelt_quad_class_is_gdelts_own(event, quad):
    """GDELT counts protest as verbal conflict and appeals as verbal cooperation, other than PLOVER."""
    [row] = rows(Target.GDELT, of(event))
    assert row["QuadClass"] == quad
    assert float(row["GoldsteinScale"]) == ONTOLOGY.goldstein(row["EventCode"])


def test_gdelt_codes_are_cut_at_three_and_two_digits():
    """A four-digit code has a base and a root."""
    [row] = rows(Target.GDELT, of("RETREAT", ("withdraw",)))
    assert (row["EventCode"], row["EventBaseCode"], row["EventRootCode"]) == ("0874", "087", "08")


def test_gdelt_mentions_join_the_events():
    """Every row of Events has its Mention, with positions in the text and confidence in percent."""
    event = of("CONSULT", (), (mention("police", PERU), mention("protesters", CHILE)))
    events, mentions = rows(Target.GDELT, event), rows(Target.GDELT_MENTIONS, event)
    assert len(events) == 2
    assert [row["GlobalEventID"] for row in events] == [row["GlobalEventID"] for row in mentions]
    first = mentions[0]
    assert first | {"GlobalEventID": ""} == {
        "GlobalEventID": "", "EventTimeDate": "20231017000000", "MentionTimeDate": "20231017000000",
        "MentionType": "1", "MentionSourceName": "news.example", "MentionIdentifier": "https://news.example/1",
        "SentenceID": "1", "Actor1CharOffset": str(EVENT.sentence.text.index("police")),
        "Actor2CharOffset": str(EVENT.sentence.text.index("protesters")),
        "ActionCharOffset": str(EVENT.sentence.text.index("arrested")), "InRawText": "1", "Confidence": "93",
        "MentionDocLen": "100", "MentionDocTone": "", "MentionDocTranslationInfo": "", "Extras": "",
    }  # fmt: skip
    unpublished = replace(event, document=replace(event.document, url=None), recipient=())
    cited = rows(Target.GDELT_MENTIONS, unpublished)[0]
    assert (cited["MentionType"], cited["MentionSourceName"]) == ("2", "Example")
    assert cited["MentionIdentifier"] == "Example, Arrests, 2023-10-17, d1"


def test_gdelt_header_only_where_asked():
    """GDELT's own files begin with the first event."""
    text, _ = written(Target.GDELT, EVENT, header=True)
    assert text.split("\n")[0].split("\t")[0] == "GlobalEventID"
    assert written(Target.GDELT, EVENT)[0].startswith(str(number_of("1f", 0)))


@pytest.mark.parametrize("target", [Target.ICEWS, Target.GDELT])
def test_ids_are_whole_numbers_that_fit_and_stay(target):
    """Databases of the field hold them as 64-bit integers, and a second run must give the same."""
    first = next(iter(rows(target, EVENT)[0].values()))
    assert 0 <= int(first) < 2**63
    assert first == next(iter(rows(target, EVENT)[0].values()))


def names(event):
    """Return the names of an event's pairs."""
    return [
        (dyad.source.party.name if dyad.source else None, dyad.target.party.name if dyad.target else None)
        for dyad in dyads(event)
    ]


ONE, TWO, THREE = mention("police", PERU), mention("protesters", CHILE), mention("dozens", UN)


@pytest.mark.parametrize(
    ("event", "pairs"),
    [
        (of("ACCUSE", (), (ONE,), (TWO,)), [("Peru", "Chile")]),
        (of("ACCUSE", (), (mention("police", PERU, CHILE),), (THREE,)), [
            ("Peru", "United Nations"), ("Chile", "United Nations"),
        ]),
        (of("CONSULT", (), (ONE, TWO)), [("Peru", "Chile"), ("Chile", "Peru")]),  # mutual: both ways
        (of("ASSAULT", (), (ONE, TWO)), [("Peru", None), ("Chile", None)]),  # who hit whom is not said
        (of("ACCUSE", (), (ONE, mention("Kenya's president", PERU)), (TWO,)), [("Peru", "Chile")]),  # named twice
        (of("ACCUSE", (), (ONE,), (ONE,)), [("Peru", None)]),  # nobody is paired with themselves
        (of("PROTEST", (), (mention("protesters"),)), [("protesters", None)]),  # nobody known: its own words
        (replace(EVENT, actor=(), recipient=(TWO,)), [(None, "Chile")]),
        (replace(EVENT, actor=(), recipient=()), []),
    ],
)  # fmt: skip
def test_pairs(event, pairs):
    """Each actor with each recipient; what a mutual event has without recipients; never a pair that nobody named."""
    assert names(event) == pairs
    assert [dyad.number for dyad in dyads(event)] == list(range(len(pairs)))


def plover(event, **options):
    """Return the PLOVER record of an event."""
    text, _ = written(Target.PLOVER, event, **options)
    return json.loads(text)


def test_plover_record():
    """The manual's names, a list of actors, GeoNames' names of a location, numbers of people."""
    record = plover(EVENT)
    assert (record["date"], record["event"], record["quad_code"], record["mode"]) == (
        "2023-10-16", ["COERCE"], 4, ["arrest"],
    )  # fmt: skip
    assert record["source"] == [
        {"code": "KEN", "sector": "COP", "actor_text": "police", "identifier_text": "Police of Kenya"}
    ]
    assert record["event_loc"] == {
        "geonameid": 184745, "name": "Nairobi", "latitude": -1.28, "longitude": 36.82, "feature class": "P",
        "country code": "KE", "cc3": "KEN", "admin1 name": "Nairobi County",
    }  # fmt: skip
    assert record["size_info"] == {"arrested": 24}
    assert record["according_to"][0]["identifier_id"] == "Q1243571"
    assert record["text_info"] == {"sequence": 1, "start": 0, "end": len(EVENT.sentence.text)}
    assert "text" not in record
    assert plover(EVENT, text=True)["text"] == EVENT.sentence.text


def test_plover_has_no_field_that_is_not_described():
    """What is written is what the documentation lists, and what the manual requires is always there."""
    listed = {column.name for column in layout(Target.PLOVER, ONTOLOGY).columns}
    assert set(plover(EVENT, text=True)) <= listed
    several = plover(of("CONSULT", (), (mention("police", PERU, CHILE),)))
    assert {"id", "date", "source", "event"} <= set(several)
    assert [actor["code"] for actor in several["source"]] == ["PER", "CHL"]
    assert "recipient" not in several


@pytest.mark.parametrize(
    ("target", "event", "said"),
    [
        (Target.PLOVER, of("STATEMENT", ("deny",)), "1 STATEMENT event has no PLOVER type and was left out"),
        (Target.POLECAT, of("STATEMENT"), "1 STATEMENT event has no PLOVER type and was left out"),
        (Target.PLOVER, replace(EVENT, date=None), "1 event has no date and was left out"),
        (Target.ICEWS, replace(EVENT, date=None), "1 event has no date and was left out"),
        (Target.GDELT, replace(EVENT, actor=(), recipient=()), "1 event names no party and was left out"),
        (Target.GDELT, replace(EVENT, flags=("negated",)), "1 event is negated, which this format cannot say"),
        (Target.ICEWS, replace(EVENT, flags=("future",)), "1 event is future, which this format cannot say"),
    ],
)
def test_what_a_format_cannot_hold_is_counted_and_said(target, event, said):
    """Nothing goes missing in silence."""
    text, writer = written(target, EVENT, event)
    assert writer.events == writer.rows == 1
    [sentence] = writer.summary()
    assert sentence.startswith(said)
    assert text.count("\n") == 1 + (target in (Target.ICEWS, Target.POLECAT))


def test_several_left_out_are_counted_by_reason():
    """Twelve statements are told as twelve."""
    events = [of("STATEMENT")] * 12 + [replace(EVENT, flags=("future",))] * 1_200
    _, writer = written(Target.POLECAT, *events)
    future, statements = writer.summary()
    assert future.startswith("1,200 events are future, which this format cannot say (--flagged ")
    assert statements == "12 STATEMENT events have no PLOVER type and were left out"


def test_statement_has_a_cameo_code():
    """ICEWS and GDELT hold what PLOVER dropped, under CAMEO's category 01."""
    event = of("STATEMENT", ("concern",))
    assert rows(Target.ICEWS, event)[0]["Event Text"] == "Make pessimistic comment"
    assert rows(Target.GDELT, event)[0]["EventCode"] == "012"


def test_flagged_events_where_asked_and_in_plover():
    """Who asks for them gets them; PLOVER's records say what they are."""
    event = replace(EVENT, flags=("negated",))
    assert len(rows(Target.ICEWS, event, flagged=True)) == 1
    assert plover(event)["flags"] == ["negated"]


@pytest.mark.parametrize("target", LAYOUTS)
def test_texts_cannot_break_a_row(target):
    """Tabs, line ends and quotes in a name stay inside their cell."""
    odd = Party('the "Free\tMen\r\nof\u2028Peru', "group", "PER")
    event = replace(EVENT, actor=(mention("police", odd),), document=replace(EVENT.document, publisher="A\nB"))
    text, _ = written(target, event)
    assert len(text.splitlines()) == 1 + (target in (Target.ICEWS, Target.POLECAT))
    if target is not Target.PLOVER:
        assert len(rows(target, event)) == 1


def test_every_record_of_a_made_up_run_is_held():
    """Each type and mode of the ontology has a row in each format, but for STATEMENT where there is none."""
    events = [of(kind.name, (mode,)) for kind in ONTOLOGY.types.values() for mode in kind.modes]
    events += [of(kind) for kind in ONTOLOGY.types]
    statements = sum(event.event == "STATEMENT" for event in events)
    for target in LAYOUTS:
        _, writer = written(target, *events)
        assert writer.events == len(events) - (statements if target in (Target.PLOVER, Target.POLECAT) else 0)


def test_code_tables_cover_the_ontology():
    """No code that a record can hold is unknown to the tables, and codes have their form."""
    assert set(ONTOLOGY.sectors) - set(ONTOLOGY.international) <= set(CODES.agents)
    assert set(ONTOLOGY.international) == set(CODES.international)
    assert {code[:2] for code in ONTOLOGY.codes} <= set(CODES.quad)
    assert all(re.fullmatch(r"[A-Z]{3}", code) for code in CODES.countries)
    assert all(re.fullmatch(r"[A-Z]{2}([A-Z0-9]{2})?", fips) for fips in CODES.regions.values())
    assert {country for country, _ in CODES.regions} <= set(CODES.countries)
    assert len({c.cow for c in CODES.countries.values() if c.cow}) == sum(bool(c.cow) for c in CODES.countries.values())


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("quad.csv", "root,quad\n", "line 1: the columns are not root,quad,name"),
        ("quad.csv", "root,quad,name\n01,1\n", "line 2: not 3 cells"),
        ("quad.csv", "root,quad,name\n01,x,Statement\n", "'x' is no whole number"),
        ("groups.csv", None, "cannot be read"),
    ],
)
def test_faulty_code_table_is_named(tmp_path, name, text, said):
    """Who edits a table learns which line is wrong."""
    for path in (Path(codes.__file__).parent / "code_tables").glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    if text is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(text)
    with pytest.raises(TableError, match=re.escape(name) + ".*" + re.escape(said)):
        Codes.load(tmp_path)


def test_cells_of_a_tab_line():
    """None is an empty cell."""
    assert tab_line(["a\tb", None, 0, 1.5]) == b"a b\t\t0\t1.5\n"
    assert isinstance(layout(Target.GDELT, ONTOLOGY).lines(replace(EVENT, date=None)), LeftOut)


@pytest.mark.parametrize("target", LAYOUTS)
def test_documentation_lists_every_column(target):
    """docs/exports.md has a line for each column, with the meaning that the code gives it."""
    path = Path(__file__).parents[1] / "docs/exports.md"
    text = path.read_text(encoding="utf-8")
    missing = [
        column.name
        for number, column in enumerate(layout(target, ONTOLOGY).columns, 1)
        if f"| {number} | `{column.name}` | {column.description} |" not in text
    ]
    assert missing == []
