"""The tables: searching in place, loading, a user's own table and its faults."""

# ruff: noqa: E501 - tables of cases, one a line
from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whimbrel.errors import TableError
from whimbrel.records import Document, Segmented, Sentence, Span
from whimbrel.resolution.names import key, plain, singular
from whimbrel.resolution.parties import Parties
from whimbrel.resolution.parties_context import spelled_out
from whimbrel.resolution.parties_tables import FOLDER, SortedLines, Tables, parse_day

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "name,aliases,kind,country,sector,office,start,end,wikidata\n"


def one(
    parties: Parties, text: str, phrase: str, day: date | None = None
) -> tuple[str, str | None, tuple[str, ...], str | None]:
    """Resolve one phrase of one sentence: name, country, sectors and office of its only party."""
    start = text.index(phrase)
    document = Document("d", text, published=day)
    segmented = Segmented((Sentence(0, text, 0, len(text)),))
    (result,) = parties.resolve(document, segmented, [Span(phrase, start, start + len(phrase))])
    (member,) = result.value.members
    return member.name, member.country, member.sector, member.office


@given(st.dictionaries(st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\x85\u2028\u2029"), min_size=1),
                       st.integers(), min_size=1))  # fmt: skip
def test_sorted_lines_find_what_is_there(tmp_path_factory: pytest.TempPathFactory, table: dict[str, int]) -> None:
    """Every first field is found with its line, and a longer one that is not there is not."""
    path = tmp_path_factory.mktemp("lines") / "table.tsv"
    lines = sorted((f"{name}\t{value}".encode() for name, value in table.items()))
    path.write_bytes(b"\n".join(lines) + b"\n")
    found = SortedLines(path)
    for name, value in table.items():
        assert found.find(name) == [name, str(value)]
    assert found.find(max(table) + "x") is None


@pytest.mark.parametrize(
    "name", ["bodies", "people-names", "people-surnames", "offices", "party-places", "people", "roles"]
)
def test_built_tables_are_sorted(name: str) -> None:
    """A table searched by halving must be sorted by the bytes of its first field, and each occurs once."""
    fields = [line.split(b"\t")[0] + b"\t" for line in (FOLDER / f"{name}.tsv").read_bytes().splitlines()]
    assert fields == sorted(set(fields))


def test_tables_are_small() -> None:
    """The party tables stay below eight megabytes."""
    names = ["countries", "party-places", "bodies", "nouns", "titles", "leading", "people", "roles", "people-names",
             "people-surnames", "offices"]  # fmt: skip
    assert sum((FOLDER / f"{name}.tsv").stat().st_size for name in names) < 8_000_000


def test_tables_load_quickly() -> None:
    """Loading takes a fraction of a second, also on a busy machine."""
    started = time.perf_counter()
    Tables.load()
    assert time.perf_counter() - started < 0.6


def test_missing_table_is_named(tmp_path: Path) -> None:
    """A folder without tables gives an error that names the file."""
    with pytest.raises(TableError, match=r"countries\.tsv"):
        Parties.load(tmp_path)


def test_extra_table_goes_first(tmp_path: Path) -> None:
    """A user's parties are found before the built-in ones, people with the office of the day."""
    extra = tmp_path / "my.csv"
    extra.write_text(HEADER + "Northern Grain Union,NGU,organisation,KAZ,AGR,,,,\n"
                     + "Aida Sultan,,person,KAZ,GOV,Minister of Grain,2020-01,2021-12-31,Q1\n", encoding="utf-8")  # fmt: skip
    parties = Parties.load(extra=extra)
    assert one(parties, "The NGU struck.", "The NGU") == ("Northern Grain Union", "KAZ", ("AGR",), None)
    assert one(parties, "Aida Sultan spoke.", "Aida Sultan", date(2020, 6, 1)) == (
        "Aida Sultan", "KAZ", ("GOV",), "Minister of Grain")  # fmt: skip
    assert one(parties, "Aida Sultan spoke.", "Aida Sultan", date(2024, 6, 1))[2:] == (("ELI",), None)


FAULTS = [
    ("name,kind\nA,person\n", "line 1: column 'aliases'", "missing column"),
    (HEADER + ",,person,KAZ,GOV,,,,\n", "line 2, column 'name'", "no name"),
    (HEADER + "A,,people,KAZ,GOV,,,,\n", "line 2, column 'kind'", "unknown kind"),
    (HEADER + "A,,person,Kazakhstan,GOV,,,,\n", "line 2, column 'country'", "country is no code"),
    (HEADER + "A,,person,KAZ,government,,,,\n", "line 2, column 'sector'", "sector is no code"),
    (HEADER + "A,,person,KAZ,GOV,,soon,,\n", "line 2, column 'start'", "not a date"),
    (HEADER + "A,,person,KAZ,GOV,,2020,,\nB,,person,KAZ,GOV,,2020,2020-13,\n", "line 3, column 'end'", "no such month"),
]


@pytest.mark.parametrize(("content", "where", "why"), FAULTS, ids=[row[2] for row in FAULTS])
def test_faults_of_an_extra_table(tmp_path: Path, content: str, where: str, why: str) -> None:  # noqa: ARG001
    """A fault in a user's table is named with its line and column."""
    extra = tmp_path / "my.csv"
    extra.write_text(content, encoding="utf-8")
    with pytest.raises(TableError, match=where.replace("(", r"\(")):
        Parties.load(extra=extra)


@pytest.mark.parametrize(("text", "expected"), [("The U.N. Security Council", "un security council"), ("Recep Tayyip Erdoğan", "recep tayyip erdogan"),
                                                ("Côte d’Ivoire", "cote d'ivoire"), ("Al-Shabaab", "al shabaab")])  # fmt: skip
def test_key(text: str, expected: str) -> None:
    """Names are compared without case, accents, stops, hyphens and article."""
    assert key(text) == expected


@given(st.text(max_size=40))
def test_key_is_stable(text: str) -> None:
    """The compared form of a compared form without an article is itself."""
    once = key("x " + text)
    assert key(once) == once


@given(st.text(max_size=40))
def test_plain_has_letters_and_digits_only(text: str) -> None:
    """A plain name has nothing but letters and digits."""
    assert all(c.isalnum() for c in plain(text))


@pytest.mark.parametrize(("word", "expected"), [("policemen", "policeman"), ("parties", "party"), ("crashes", "crash"), ("boss", "boss"),
                                                ("soldiers", "soldier"), ("people", "people")])  # fmt: skip
def test_singular(word: str, expected: str) -> None:
    """Plurals lose their ending, other words stay."""
    assert singular(word) == expected


@pytest.mark.parametrize(("acronym", "before", "expected"), [
    ("OAS", "of the Organization of American States", "Organization of American States"),
    ("MPS", "by the Malian Peace Society", "Malian Peace Society"),
    ("XYZ", "the Malian Peace Society", None),
])  # fmt: skip
def test_spelled_out(acronym: str, before: str, expected: str | None) -> None:
    """An acronym in brackets belongs to the words before it whose initials it has."""
    assert spelled_out(acronym, before.split()) == expected


@pytest.mark.parametrize(("text", "last", "expected"), [("2021", False, date(2021, 1, 1)), ("2021", True, date(2021, 12, 31)),
                                                        ("2021-03", False, date(2021, 3, 1)), ("2021-03-05", True, date(2021, 3, 5)), ("", True, None)])  # fmt: skip
def test_parse_day(text: str, last: bool, expected: date | None) -> None:
    """A month or a year stands for its first day, as an end for its last."""
    assert parse_day(text, last=last) == expected
