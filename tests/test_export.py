"""Export: records come back as they were, tables hold the same in CSV and Parquet, and the schema describes them."""

from __future__ import annotations

import csv
import io
import json
import math
import string
from dataclasses import replace
from datetime import date

import arro3.io
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from whimbrel.errors import InputError, OptionError
from whimbrel.export import (
    COLUMNS,
    FileWriter,
    StreamWriter,
    event_from_dict,
    event_to_dict,
    event_to_json,
    format_by_name,
    schema,
    to_pandas,
)
from whimbrel.export.terminal import events_table
from whimbrel.records import FLAGS, Count, Document, Event, Mention, Party, Place, Sentence, Span, When

SENTENCE = "Kenya's president told reporters in Nairobi on Monday that police had arrested dozens of protesters."


def span(text):
    """Return the span of some words of the sentence."""
    start = SENTENCE.index(text)
    return Span(text, start, start + len(text))


def mention(text, *members):
    """Return a mention by some words of the sentence."""
    found = span(text)
    return Mention(found.text, found.start, found.end, members)


PRESIDENT = Party("William Ruto", "person", "KEN", ("GOV",), "President of Kenya", "Q1243571")
POLICE = Party("Police of Kenya", "organisation", "KEN", ("COP",))
EVENT = Event(
    id="1f",
    document=Document("d1", SENTENCE, "Arrests", "https://news.example/1", "Example", date(2023, 10, 17)),
    sentence=Sentence(0, SENTENCE, 0, len(SENTENCE)),
    event="COERCE",
    mode=("arrest",),
    quad="material conflict",
    score=-5.0,
    cameo="173",
    goldstein=-5.0,
    trigger=span("arrested"),
    flags=(),
    context=("human rights", "legal"),
    actor=(mention("police", POLICE),),
    recipient=(mention("protesters", Party("protesters", "group", "KEN", ("OPP",))),),
    according_to=mention("Kenya's president", PRESIDENT),
    date=When(date(2023, 10, 16), date(2023, 10, 16), "day", "text", "on Monday", (44, 53)),
    place=Place("Nairobi", 36, 43, "Nairobi", "KEN", "Nairobi County", -1.28, 36.82, 184745, "city"),
    killed=None,
    injured=None,
    arrested=Count("dozens", 76, 82, 24),
    confidence=0.93,
    coder="whimbrel 0.1.0, model en-1",
)
BARE = replace(
    EVENT, id="2f", document=Document("d2", ""), mode=(), context=(), actor=(), recipient=(), according_to=None,
    date=None, place=None, arrested=None, flags=("future", "negated"),
)  # fmt: skip

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
names = st.text(string.ascii_letters + " é“”;,\"'\n=", min_size=1, max_size=20)
positions = st.integers(0, 10_000)
maybe_text = st.none() | texts
parties = st.builds(
    Party, names, st.sampled_from(["person", "organisation", "country", "group"]), st.none() | st.just("KEN"),
    st.lists(st.sampled_from(["GOV", "MIL"]), max_size=2).map(tuple), maybe_text, st.none() | st.just("Q42"),
)  # fmt: skip
mentions = st.builds(Mention, texts, positions, positions, st.lists(parties, max_size=3).map(tuple))
days = st.dates(date(1600, 1, 1), date(2200, 1, 1))
whens = st.builds(
    When, days, days, st.sampled_from(["day", "week", "month", "year", "range"]),
    st.sampled_from(["text", "dateline", "published"]), maybe_text, st.none() | st.tuples(positions, positions),
)  # fmt: skip
places = st.builds(
    Place, texts, positions, positions, maybe_text, st.none() | st.just("COL"), maybe_text,
    st.none() | st.floats(-90, 90), st.none() | st.floats(-180, 180), st.none() | positions,
    st.none() | st.sampled_from(["city", "district", "region", "country", "named region"]),
)  # fmt: skip
counts = st.none() | st.builds(Count, texts, positions, positions, st.none() | positions)
events = st.builds(
    Event,
    id=names,
    document=st.builds(Document, names, st.just("text"), maybe_text, maybe_text, maybe_text, st.none() | days),
    sentence=st.builds(Sentence, positions, texts, positions, positions),
    event=st.sampled_from(["CONSULT", "ASSAULT"]),
    mode=st.lists(names, max_size=2).map(tuple),
    quad=names,
    score=st.floats(-10, 10),
    cameo=st.just("041"),
    goldstein=st.floats(-10, 10),
    trigger=st.builds(Span, texts, positions, positions),
    flags=st.lists(st.sampled_from(FLAGS), max_size=2).map(tuple),
    context=st.lists(names, max_size=2).map(tuple),
    actor=st.lists(mentions, max_size=2).map(tuple),
    recipient=st.lists(mentions, max_size=2).map(tuple),
    according_to=st.none() | mentions,
    date=st.none() | whens,
    place=st.none() | places,
    killed=counts,
    injured=counts,
    arrested=counts,
    confidence=st.floats(0, 1),
    coder=names,
)


@given(events)
@settings(max_examples=60, deadline=None)
def test_record_round_trip_through_json(event):
    """An event comes back from its line of JSON as it was, and the line is one line for every reader."""
    line = event_to_json(event)
    assert len(line.splitlines()) == 1
    assert event_from_dict(json.loads(line), text=event.document.text) == event


@given(events)
@settings(max_examples=60, deadline=None)
def test_schema_accepts_every_record(event):
    """What is written is what the schema promises."""
    jsonschema.Draft202012Validator(schema()).validate(json.loads(event_to_json(event)))


def test_shape_of_the_record():
    """The published shape, field by field."""
    record = event_to_dict(EVENT)
    assert " ".join(record) == (
        "id document sentence event mode quad score cameo goldstein trigger flags context actor recipient according_to "
        "date place killed injured arrested confidence coder"
    )
    assert record["document"] == {
        "id": "d1",
        "url": "https://news.example/1",
        "title": "Arrests",
        "publisher": "Example",
        "published": "2023-10-17",
    }
    assert record["date"] == {
        "start": "2023-10-16",
        "end": "2023-10-16",
        "precision": "day",
        "text": "on Monday",
        "from": "text",
        "characters": [44, 53],
    }
    assert record["killed"] is None
    assert record["arrested"] == {"text": "dozens", "start": 76, "end": 82, "value": 24}
    assert record["according_to"]["members"][0]["office"] == "President of Kenya"


def test_schema_is_valid_and_describes_every_field():
    """A field without a description is a field that nobody can use."""
    jsonschema.Draft202012Validator.check_schema(schema())

    def undescribed(part, path):
        missing = [] if part.get("description") else [path]
        for name, inner in part.get("properties", {}).items():
            missing += undescribed(inner, f"{path}.{name}")
        return missing + (undescribed(part["items"], f"{path}[]") if isinstance(part.get("items"), dict) else [])

    assert undescribed(schema(), "event") == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"confidence": 1.5}, "confidence"),
        ({"flags": ["maybe"]}, "flags"),
        ({"trigger": {"text": "x"}}, "trigger"),
        ({"date": {**event_to_dict(EVENT)["date"], "start": "17 October"}}, "date"),
        ({"extra": 1}, ""),
    ],
)
def test_schema_refuses_what_is_no_record(change, path):
    """A schema that accepts everything would describe nothing."""
    error = next(jsonschema.Draft202012Validator(schema()).iter_errors({**event_to_dict(EVENT), **change}))
    assert error.json_path.startswith(f"$.{path}" if path else "$")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda record: record.pop("sentence"), "'sentence' is missing"),
        (lambda record: record["date"].pop("from"), "'from' is missing"),
        (lambda record: record["date"].update(start="soon"), "soon"),
        (lambda record: record.update(actor=5), "not an event record"),
    ],
)
def test_what_is_no_record_is_refused(change, said):
    """The message names what is missing."""
    record = json.loads(event_to_json(EVENT))
    change(record)
    with pytest.raises(InputError, match=said):
        event_from_dict(record)


def written(path, *items, **options):
    """Write events to a file, and return its path."""
    with FileWriter(path, **options) as writer:
        for event in items:
            writer.write(event)
    return path


def test_jsonl_file(tmp_path):
    """One record a line."""
    lines = written(tmp_path / "a.jsonl", EVENT, BARE).read_text(encoding="utf-8").split("\n")
    assert [json.loads(line) for line in lines[:-1]] == [event_to_dict(EVENT), event_to_dict(BARE)]
    assert lines[-1] == ""


def csv_rows(path):
    """Return the rows of a CSV file by column."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_columns(tmp_path):
    """Several of a thing stand in one cell; what is not known is empty."""
    members = (POLICE, Party("army; of Kenya", "organisation", None, ("MIL", "GOV")))
    full, bare = csv_rows(written(tmp_path / "a.csv", replace(EVENT, actor=(mention("police", *members),)), BARE))
    assert list(full) == [column.name for column in COLUMNS]
    expected = {
        "event": "COERCE",
        "context": "human rights; legal",
        "actor": "police",
        "actor_name": "Police of Kenya; army, of Kenya",
        "actor_country": "KEN; ",
        "actor_sector": "COP; MIL GOV",
        "according_to_name": "William Ruto",
        "date_start": "2023-10-16",
        "place_country": "KEN",
        "longitude": "36.82",
        "score": "-5.0",
        "arrested": "24",
        "arrested_text": "dozens",
        "killed": "",
        "sentence": SENTENCE,
        "published": "2023-10-17",
    }
    assert {name: full[name] for name in expected} == expected
    assert (bare["actor_name"], bare["date_start"], bare["flags"]) == ("", "", "future; negated")


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_csv_cells_are_no_formulas(tmp_path, start):
    """A spreadsheet must not run what a report wrote; numbers stay numbers."""
    event = replace(EVENT, document=replace(EVENT.document, title=start))
    [row] = csv_rows(written(tmp_path / "a.csv", event))
    assert row["title"] == f"'{start}"
    assert float(row["score"]) == -5


def parquet_rows(path):
    """Return the rows of a Parquet file by column."""
    return [
        dict(zip(batch.column_names, cells, strict=True))
        for batch in arro3.io.read_parquet(path)
        for cells in zip(*(batch.column(name).to_pylist() for name in batch.column_names), strict=True)
    ]


def test_parquet_holds_the_same_as_csv(tmp_path):
    """The same columns, but typed; nothing else is left in the folder."""
    items = [EVENT, BARE] * 3_000
    rows = parquet_rows(written(tmp_path / "a.parquet", *items))
    assert len(rows) == 6_000
    assert rows[0]["date_start"] == date(2023, 10, 16)
    assert (rows[0]["geonames"], rows[0]["latitude"], rows[0]["killed"]) == (184745, -1.28, None)
    text = [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in rows[:2]]
    assert text == csv_rows(written(tmp_path / "a.csv", EVENT, BARE))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.parquet"]


def test_no_events_give_files_with_columns(tmp_path):
    """An empty result is a readable file."""
    assert written(tmp_path / "a.jsonl").read_bytes() == b""
    assert csv_rows(written(tmp_path / "a.csv")) == []
    assert arro3.io.read_parquet(written(tmp_path / "a.parquet")).schema.names == [column.name for column in COLUMNS]


@pytest.mark.parametrize("items", [[EVENT, BARE], []])
def test_data_frame_has_the_same_columns(items):
    """Types hold also for missing values, and for no events at all."""
    frame = to_pandas(items)
    assert list(frame.columns) == [column.name for column in COLUMNS]
    assert (str(frame["arrested"].dtype), str(frame["score"].dtype)) == ("Int64", "float64")
    assert list(frame["arrested"].dropna()) == [24] * (len(items) // 2)


def test_columns_are_described_once():
    """Each column has a name of its own and a meaning."""
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)
    assert all(column.description for column in COLUMNS)


def test_stream_writes_each_event_at_once():
    """A program that reads on gets whole lines as they come."""
    raw = io.BytesIO()
    with StreamWriter("jsonl", raw) as writer:
        writer.write(EVENT)
        assert json.loads(raw.getvalue()) == event_to_dict(EVENT)
    raw = io.BytesIO()
    with StreamWriter("csv", raw) as writer:
        writer.write(BARE)
    assert raw.getvalue().startswith(b"id,event,mode")
    with pytest.raises(OptionError, match=r"-o FILE\.parquet"):
        StreamWriter("parquet", raw)


def test_format_by_name(tmp_path):
    """The ending tells the format; another one is asked for."""
    assert [format_by_name(tmp_path / name) for name in ("a.ndjson", "a.CSV", "a.pq")] == ["jsonl", "csv", "parquet"]
    with pytest.raises(OptionError, match=r"a\.xlsx: the name tells no format.*--format"):
        format_by_name(tmp_path / "a.xlsx")


def test_table_for_a_terminal():
    """Who, what, to whom, where, when and how sure can be read off; control characters do not reach the terminal."""
    console = Console(width=140, file=io.StringIO(), color_system=None)
    evil = replace(BARE, actor=(Mention("rebels\x1b[2J", 0, 5),))
    console.print(events_table([EVENT, evil], documents=True))
    shown = console.file.getvalue()
    for part in ("Police of Kenya [KEN COP]", "COERCE (arrest)", "24 arrested", "according to Kenya's president",
                 "Nairobi [KEN]", "2023-10-16", "0.93", "negated", "future", "d2"):  # fmt: skip
        assert part in shown
    assert "\x1b" not in shown


def test_table_of_a_narrow_terminal_breaks_no_day_and_no_mode():
    """Eighty columns with documents named leave days and modes whole."""
    console = Console(width=80, file=io.StringIO(), color_system=None)
    console.print(events_table([EVENT, replace(BARE, mode=("third-party",))], documents=True))
    shown = console.file.getvalue()
    assert "2023-10-16" in shown
    assert "(third-party)" in shown


def test_numbers_that_json_does_not_know_are_refused():
    """A NaN would make the line unreadable for others."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        event_to_json(replace(EVENT, score=math.nan))
