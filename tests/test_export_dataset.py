"""`whimbrel export` as a person meets it: records read back, lines set aside, files whole or not there, data sets."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shlex
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import typer
from test_export import BARE, EVENT
from test_export_formats import LAYOUTS, ONTOLOGY, written
from typer.testing import CliRunner

from whimbrel.cli.export import Target, layout, register
from whimbrel.errors import OptionError, OutputError, SourceError
from whimbrel.export import event_from_dict, event_to_dict, event_to_json
from whimbrel.export.codebook import codebook
from whimbrel.export.conversion import LayoutWriter
from whimbrel.export.dataset import About, DatasetWriter, citation, table_schema
from whimbrel.export.flat import COLUMNS
from whimbrel.export.stored import stored_events
from whimbrel.reading import Reject


def record_file(path, *lines):
    """Write events and other lines to a file and return its name."""
    text = "".join((event_to_json(line) if hasattr(line, "trigger") else line) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return str(path)


def without(name, **changes):
    """Return a record's line without a field, or with others."""
    record = event_to_dict(EVENT)
    if name:
        del record[name]
    return json.dumps({**record, **changes})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nope", "not a line of JSON"),
        ('{"score": NaN}', "NaN is no number of JSON's"),
        ("[1]", "the record is a list, not object"),
        (without("trigger"), "trigger is missing"),
        (without(None, event="DANCE"), "'DANCE' is no event type"),
        (without(None, cameo="999"), "'999' is no CAMEO code"),
        (without(None, mode="phone"), "mode is text, not array"),
        (without(None, flags=["maybe"]), "flags[0] is 'maybe', none of negated"),
        (without(None, actor=[{"text": "x", "start": 0, "end": 1, "members": [5]}]), "actor[0].members[0] is a number"),
        (without(None, date={**event_to_dict(EVENT)["date"], "start": "soon"}), "soon"),
        ("", None),
    ],
)
def test_line_that_is_no_record_is_set_aside(tmp_path, line, said):
    """The file and the line are named, and the next record is read."""
    name = record_file(tmp_path / "e.jsonl", line, EVENT)
    *rejects, event = list(stored_events(name, ONTOLOGY))
    assert event_to_dict(event) == event_to_dict(EVENT)
    assert [(reject.where, said in reject.reason) for reject in rejects] == [(f"{name}, line 1", True)] * bool(said)
    assert all(isinstance(reject, Reject) for reject in rejects)


def test_files_without_records_and_without_a_file(tmp_path):
    """An empty file has no events; what is not there is an error with a next step."""
    assert list(stored_events(record_file(tmp_path / "e.jsonl"), ONTOLOGY)) == []
    with pytest.raises(SourceError, match="check the name"):
        list(stored_events(str(tmp_path / "other.jsonl"), ONTOLOGY))
    with pytest.raises(SourceError, match="this is a folder"):
        list(stored_events(str(tmp_path), ONTOLOGY))


@pytest.fixture
def export(tmp_path, monkeypatch):
    """Run the command in an empty folder; gives status, output and messages."""
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)

    def run(*arguments, piped=None):
        return CliRunner().invoke(app, ["export", *map(str, arguments)], input=piped)

    return run


@pytest.mark.parametrize("target", LAYOUTS)
def test_command_writes_each_format(export, tmp_path, target):
    """The file holds what the layout gives; the end says how much was written."""
    record_file(tmp_path / "e.jsonl", EVENT, BARE)
    result = export("e.jsonl", "--to", target, "-o", "out")
    assert (result.exit_code, result.stdout) == (0, "")
    stored = event_from_dict(event_to_dict(EVENT))
    assert Path("out").read_text(encoding="utf-8") == written(target, stored)[0]
    assert "left out" in result.stderr
    assert "2 events read, 1 written in 1 row, 0 lines set aside" in result.stderr


def test_command_sets_lines_aside(export, tmp_path):
    """What is no record is told, kept in a file, and shows in the exit status."""
    result = export("-", "--to", "icews", piped=event_to_json(EVENT) + "\nnope\n")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    assert "set aside: standard input, line 2: not a line of JSON" in result.stderr
    assert json.loads((tmp_path / "rejects.jsonl").read_text())["where"] == "standard input, line 2"


def test_command_refuses_what_makes_no_sense(export, tmp_path):
    """A data set without a folder, the input as output, an unknown format."""
    record_file(tmp_path / "e.jsonl", EVENT)
    assert isinstance(export("e.jsonl", "--to", "dataset").exception, OptionError)
    assert isinstance(export("e.jsonl", "--to", "gdelt", "-o", "e.jsonl").exception, OptionError)
    assert export("e.jsonl", "--to", "acled").exit_code == 2
    assert len((tmp_path / "e.jsonl").read_text().splitlines()) == 1


def interrupted(writer):
    """Write one event; then somebody presses Ctrl-C."""
    with writer:
        writer.write(EVENT)
        raise KeyboardInterrupt


def test_failure_keeps_the_old_file_and_the_rows_so_far(tmp_path):
    """A run that breaks leaves what was there, and what it had beside it."""
    path = tmp_path / "out.tab"
    path.write_text("old")
    writer = LayoutWriter(layout(Target.ICEWS, ONTOLOGY), path)
    with pytest.raises(KeyboardInterrupt):
        interrupted(writer)
    assert path.read_text() == "old"
    assert writer.kept == f"the 1 rows so far are kept in {path}.partial"
    assert len((tmp_path / "out.tab.partial").read_text().splitlines()) == 2


def dataset(path, *events, about=None, **options):
    """Write a data set and return its folder."""
    with DatasetWriter(path, ONTOLOGY, about, **options) as writer:
        for event in events:
            writer.write(event)
    return path


ABOUT = About('Arrests in "East" Africa', ("Mwangi, Asha", "Desk of Records"), "1.2.0", "CC-BY-4.0",
              "10.1234/x", "https://data.example", date(2024, 5, 1))  # fmt: skip


def test_dataset_package_describes_its_files(tmp_path):
    """Sizes and hashes are those of the files, and every cell of the table is of its column's type."""
    folder = dataset(tmp_path / "set", EVENT, replace(BARE, id="3f"), about=ABOUT)
    assert sorted(path.name for path in folder.iterdir()) == [
        "CITATION.cff", "CODEBOOK.md", "datapackage.json", "events.csv", "events.jsonl",
    ]  # fmt: skip
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert re.fullmatch(r"[a-z0-9._-]+", package["name"])
    assert package["licenses"] == [{"name": "CC-BY-4.0"}]
    assert package["contributors"][0] == {"title": "Asha Mwangi", "role": "author"}
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    fields = package["resources"][0]["schema"]["fields"]
    with (folder / "events.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [field["name"] for field in fields] == list(table[0]) == [column.name for column in COLUMNS]
    read = {"string": str, "integer": int, "number": float, "date": date.fromisoformat}
    for row in table:
        for field in fields:
            cell = row[field["name"]]
            assert cell or not field.get("constraints", {}).get("required")
            assert not cell or read[field["type"]](cell) is not None
    assert len({row[package["resources"][0]["schema"]["primaryKey"]] for row in table}) == 2


def test_dataset_ids_that_repeat_are_no_key(tmp_path):
    """A package must not promise what its table does not keep."""
    with DatasetWriter(tmp_path / "set", ONTOLOGY) as writer:
        writer.write(EVENT)
        writer.write(EVENT)
    package = json.loads((tmp_path / "set/datapackage.json").read_text())
    assert "primaryKey" not in package["resources"][0]["schema"]
    assert any("1 records have the id" in sentence for sentence in writer.summary())
    assert table_schema()["primaryKey"] == "id"


def test_citation_file():
    """The keys that version 1.2.0 requires, people by family and given name, texts quoted."""
    text = citation(ABOUT)
    for line in (
        "cff-version: 1.2.0", "type: dataset", 'title: "Arrests in \\"East\\" Africa"', 'version: "1.2.0"',
        '  - family-names: "Mwangi"', '    given-names: "Asha"', '  - name: "Desk of Records"',
        "date-released: 2024-05-01", 'license: "CC-BY-4.0"', 'doi: "10.1234/x"', 'url: "https://data.example"',
    ):  # fmt: skip
        assert line in text.splitlines()
    assert '  - name: "anonymous"' in citation(About()).splitlines()


def test_codebook_has_everything():
    """Every column, type, mode, context, sector and code, with its meaning."""
    text = codebook(ONTOLOGY, "A title", ["Two records."])
    assert text.startswith("# Codebook: A title\n\nTwo records.\n")
    wanted = [f"| `{column.name}` | {column.type} | {column.description} |" for column in COLUMNS]
    for kind in ONTOLOGY.types.values():
        wanted += [f"### {kind.name}", kind.definition, *(mode.definition for mode in kind.modes.values())]
    for names_of in (ONTOLOGY.contexts, ONTOLOGY.sectors, ONTOLOGY.international, ONTOLOGY.flags):
        wanted += [f"| {name} | {definition} |" for name, definition in names_of.items()]
    wanted += [f"| {code.code} | {code.name} | {code.goldstein:g} |" for code in ONTOLOGY.codes.values()]
    assert [part for part in wanted if part not in text] == []


def test_dataset_without_sentences(tmp_path):
    """Who may not publish the reports' words publishes positions."""
    folder = dataset(tmp_path / "set", EVENT, text=False)
    record = json.loads((folder / "events.jsonl").read_text(encoding="utf-8"))
    assert (record["sentence"]["text"], record["sentence"]["end"]) == ("", len(EVENT.sentence.text))
    assert "The sentences have been left out" in (folder / "CODEBOOK.md").read_text(encoding="utf-8")


def test_dataset_replaces_a_data_set_and_nothing_else(tmp_path):
    """An older data set goes when the new one is whole; other folders are not touched."""
    folder = dataset(tmp_path / "set", EVENT)
    dataset(folder, EVENT, replace(EVENT, id="4f"))
    assert len((folder / "events.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    writer = DatasetWriter(folder, ONTOLOGY)
    with pytest.raises(KeyboardInterrupt):
        interrupted(writer)
    assert len((folder / "events.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert "set.partial" in writer.kept
    (folder / "thesis.tex").write_text("precious")
    with pytest.raises(OptionError, match=r"thesis\.tex"):
        DatasetWriter(folder, ONTOLOGY)
    with pytest.raises(OutputError, match="no such folder"):
        DatasetWriter(tmp_path / "no" / "set", ONTOLOGY)


def test_command_makes_a_data_set(export, tmp_path):
    """One command from records to a folder to publish; what is missing for that is said."""
    record_file(tmp_path / "e.jsonl", EVENT)
    result = export("e.jsonl", "--to", "dataset", "-o", "set", "--title", "Kenya", "--author", "Mwangi, Asha")
    assert result.exit_code == 0
    assert "the data set has no licence" in result.stderr
    assert "names no author" not in result.stderr
    assert json.loads(Path("set/datapackage.json").read_text())["title"] == "Kenya"


DOCUMENTATION = (Path(__file__).parents[1] / "docs/exports.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^whimbrel export (.+)$", DOCUMENTATION, re.MULTILINE)


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_of_the_documentation_run(export, tmp_path, line):
    """What docs/exports.md says to type works."""
    record_file(tmp_path / "events.jsonl", EVENT)
    result = export(*shlex.split(line))
    assert result.exit_code == 0
    assert "1 event read, 1 written" in result.stderr


def test_python_of_the_documentation_runs(tmp_path, monkeypatch, capsys):
    """So does its Python."""
    monkeypatch.chdir(tmp_path)
    record_file(tmp_path / "events.jsonl", EVENT, BARE)
    [code] = re.findall(r"```python\n(.+?)```", DOCUMENTATION, re.DOTALL)
    exec(compile(code, "docs/exports.md", "exec"), {})
    assert capsys.readouterr().out.startswith("1 ['1 event is future")
    assert len((tmp_path / "events.export.CSV").read_text(encoding="utf-8").splitlines()) == 1
    assert len(COMMANDS) == len(Target)
