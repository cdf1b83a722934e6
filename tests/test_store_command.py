"""The store's commands as a person meets them: what they write, what they say, and how they end."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import arro3.io
import pytest
import typer
from test_store import REPORTS, PlainCoder
from test_store_faults import source_of
from typer.testing import CliRunner

from whimbrel.cli.store import register
from whimbrel.errors import OptionError
from whimbrel.store import Store, StoreError


class StandIn(PlainCoder):
    """Takes the options of `whimbrel.Coder`; the word "interrupt" stands for Ctrl-C."""

    def __init__(self, model=None, **options):
        super().__init__(f"plain {model or 1}")
        self.options = options

    def stream(self, documents):
        """Yield each document with its events."""
        for each in super().stream(documents):
            if "interrupt" in each[0].text:
                raise KeyboardInterrupt
            yield each


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in an empty folder; gives status, output and messages."""
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app, StandIn)

    def invoke(*arguments, piped=None):
        result = CliRunner().invoke(app, list(map(str, arguments)), input=piped)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def filled(run, tmp_path):
    """Give a store with six documents."""
    source_of(tmp_path / "news.jsonl", [each for each in REPORTS if each.published])
    assert run("init", "record.db").exit_code == 0
    assert run("ingest", "record.db", "news.jsonl").exit_code == 0
    return run


def lines_of(result):
    """Return the values of JSON lines."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_init_says_what_next(run):
    """And making it twice is refused."""
    assert "fill it with `whimbrel ingest record.db SOURCE...`" in run("init", "record.db").stderr
    with pytest.raises(StoreError, match="is there already"):
        run("init", "record.db")


def test_ingest_and_again(filled):
    """The sum of what was done; the second time everything is known."""
    again = filled("ingest", "record.db", "news.jsonl")
    assert (again.exit_code, again.stdout) == (0, "")
    assert again.stderr.startswith("0 documents and 0 events stored, 4 known already, 0 set aside")


def test_ingest_with_rejects(filled):
    """Status 1; each is named, and kept in the store once."""
    Path("bad.jsonl").write_text('{"id": "n", "text": "KEN AID UGA."}\n{"id": "o"}\n{broken\n')
    for stored in (1, 0):
        result = filled("ingest", "record.db", "bad.jsonl")
        assert result.exit_code == 1
        assert "set aside: bad.jsonl, line 2: no text" in result.stderr
        assert f"{stored} document{'' if stored else 's'} and" in result.stderr
    assert [each["where"] for each in lines_of(filled("info", "record.db", "--rejects"))] == [
        "bad.jsonl, line 2", "bad.jsonl, line 3",
    ]  # fmt: skip


def test_ingest_of_nothing(filled):
    """Status 2 where nothing could be read, 1 where something could."""
    nothing = filled("ingest", "record.db", "missing.jsonl")
    assert nothing.exit_code == 2
    assert "no such file" in nothing.stderr
    some = filled("ingest", "record.db", "missing.jsonl", "news.jsonl")
    assert some.exit_code == 1


def test_interrupted(filled):
    """Status 130; what was stored is told, stays, and the same command goes on."""
    documents = [{"id": f"i{n}", "text": "KEN AID UGA." if n != 70 else "interrupt"} for n in range(80)]
    Path("long.jsonl").write_text("".join(json.dumps(each) + "\n" for each in documents))
    result = filled("ingest", "record.db", "long.jsonl")
    assert result.exit_code == 130
    assert "64 documents and 64 events were stored by this run; the same command goes on from there" in result.stderr
    Path("long.jsonl").write_text(Path("long.jsonl").read_text().replace("interrupt", "UGA AID KEN."))
    assert "16 documents and 16 events stored, 64 known already" in filled("ingest", "record.db", "long.jsonl").stderr


def test_ingest_from_a_pipe(filled):
    """A filter needs no source; where it was read is remembered."""
    filled("ingest", "record.db", piped='{"id": "p", "text": "KEN AID UGA."}\n')
    found = lines_of(filled("query", "record.db", "--source", "standard input"))
    assert [each["document"]["id"] for each in found] == [
        "p",
    ]  # fmt: skip


def test_newer_model(filled):
    """Known documents are coded again only when asked; both runs are listed."""
    told = filled("ingest", "record.db", "news.jsonl", "--model", "2").stderr
    assert "4 documents known already from another model or settings were not coded again; --recode" in told
    assert "4 documents and 7 events stored" in filled("recode", "record.db", "--model", "2").stderr
    shown = filled("info", "record.db").stdout
    assert "run 1      plain 1: 4 documents, 7 events, 0 of them current" in shown
    assert "run 2      plain 2: 4 documents, 7 events, 7 of them current" in shown


def test_query_lines(filled):
    """Records as JSON lines when piped; a message only where something is to be said."""
    result = filled("query", "record.db", "--actor", "RUS", "--with", "EGY", "--event", "CONSULT", "--since", "2023-10")
    assert [each["document"]["id"] for each in lines_of(result)] == ["a", "b"]
    assert (result.exit_code, result.stderr) == (0, "")


def test_query_pages(filled):
    """The cursor of the next page is on standard error, until there is none."""
    first = filled("query", "record.db", "--limit", "5")
    cursor = first.stderr.removeprefix("more: --cursor ").strip()
    second = filled("query", "record.db", "--limit", "5", "--cursor", cursor)
    assert (len(lines_of(first)), len(lines_of(second)), second.stderr) == (5, 2, "")


@pytest.mark.parametrize("name", ["e.jsonl", "e.csv", "e.parquet"])
def test_query_files(filled, name):
    """The ending tells the format."""
    result = filled("query", "record.db", "--plain", "-o", name)
    assert result.stderr == f"6 events written to {name}\n"
    if name.endswith("parquet"):
        assert sum(batch.num_rows for batch in arro3.io.read_parquet(name)) == 6
    else:
        assert len(Path(name).read_text().splitlines()) == (7 if name.endswith("csv") else 6)


def test_query_table_and_nothing(filled):
    """A table names the parties; where nothing is found, status 1 and the reason."""
    near = ("--near", "-18.1,178.4", "--within", "50")
    assert "William" in filled("query", "record.db", "--format", "table", *near).stdout
    nothing = filled("query", "record.db", "--event", "THREATEN")
    assert (nothing.exit_code, nothing.stdout) == (1, "")
    assert nothing.stderr == "no event: of 7 events none has --event THREATEN\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--near", "31.5"], "is not LATITUDE,LONGITUDE"),
        (["--format", "xml"], "choose one of table, jsonl, csv, parquet"),
        (["--format", "parquet"], "name a file: -o FILE.parquet"),
        (["--actor", "Wiliam Ruto"], "did you mean 'William Ruto'"),
    ],
)
def test_query_mistakes(filled, arguments, message):
    """The next thing to type is named."""
    with pytest.raises(OptionError, match=message):
        filled("query", "record.db", *arguments)


def test_count(filled):
    """As JSON lines, CSV and a table; status 1 and the reason where there is nothing."""
    rows = lines_of(filled("count", "record.db", "--by", "dyad,month", "--with", "EGY"))
    assert rows[0] == {"actor.country": "EGY", "recipient.country": "RUS", "month": "2023-09", "events": 1,
                       "score_sum": 2.5, "score_mean": 2.5}  # fmt: skip
    filled("count", "record.db", "--by", "event", "-o", "c.csv")
    with Path("c.csv").open(newline="") as file:
        assert sum(int(row["events"]) for row in csv.DictReader(file)) == 7
    assert "score_mean" in filled("count", "record.db", "--by", "event", "--format", "table").stdout
    nothing = filled("count", "record.db", "--by", "month", "--since", "2030")
    assert nothing.exit_code == 1
    assert "they begin between" in nothing.stderr


def test_show(filled):
    """The sentence with its spans, the document, where it was read, the run; the beginning of an id will do."""
    [record] = lines_of(filled("query", "record.db", "--event", "AID"))
    shown = filled("show", "record.db", record["id"][:8]).stdout
    assert "[FJI]actor [AID]AID [WSM]recipient in [Apia]place" in shown
    assert "d | About d | Example | 2023-10-17" in shown
    assert str(Path("news.jsonl").resolve()) in shown
    assert "plain 1; found by run 1" in shown


def test_info_json_and_check(filled):
    """For programs, and to see that all is whole."""
    assert json.loads(filled("info", "record.db", "--json").stdout)["events"] == 7
    assert filled("info", "record.db", "--check").exit_code == 0


def test_upgrade_up_to_date(filled):
    """It says so and does nothing."""
    assert filled("upgrade", "record.db").stderr == "record.db had version 1 and is up to date\n"
    with Store.open("record.db") as store:
        assert store.info().events == 7
