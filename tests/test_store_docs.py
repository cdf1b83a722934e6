"""docs/store.md says what the program does; its examples run."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import typer
from test_store import REPORTS, PlainCoder
from typer.main import get_command

from whimbrel.cli.store import register
from whimbrel.store import DIMENSIONS, Query, Store

PAGE = Path(__file__).parent.parent / "docs" / "store.md"
TEXT = PAGE.read_text(encoding="utf-8")


def options(command):
    """Return the names of a command's options."""
    app = typer.Typer()
    register(app)
    parameters = get_command(app).commands[command].params
    return {name for parameter in parameters for name in parameter.opts if name.startswith("--")}


@pytest.mark.parametrize("command", ["query", "info", "upgrade"])
def test_every_option_is_described(command):
    """Those that other pages describe aside."""
    assert {name for name in options(command) if f"`{name}" not in TEXT and f" {name}" not in TEXT} <= {
        "--output", "--json", "--backup",
    }  # fmt: skip


def test_every_command_and_query_field_has_its_twin():
    """The command line asks by the words of `Query`."""
    fields = {name.rstrip("_").replace("_", "-") for name in Query.__dataclass_fields__}
    assert {f"--{name}" for name in fields} <= options("query")


def test_every_dimension_is_named():
    """In their order."""
    assert ", ".join(f"`{name}`" for name in DIMENSIONS) in TEXT


def test_python_example_runs(tmp_path, monkeypatch, capsys):
    """As it stands on the page, with Whimbrel's own coder."""
    monkeypatch.chdir(tmp_path)
    [example] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(example, str(PAGE), "exec"), {})
    shown = capsys.readouterr().out
    assert "1 document stored\n" in shown
    assert "1 document in the store\n" in shown


def test_sql_example_runs(tmp_path):
    """The tables are as described."""
    with Store.create(tmp_path / "s.db") as store:
        store.ingest(REPORTS, PlainCoder())
    [example] = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)
    with closing(sqlite3.connect(tmp_path / "s.db")) as connection:
        assert len(connection.execute(example).fetchall()) == 3


@pytest.mark.parametrize("line", re.findall(r"^\$ whimbrel (\w+)", TEXT, re.MULTILINE))
def test_commands_exist(line):
    """Each that the page begins with."""
    app = typer.Typer()
    register(app)
    assert line in get_command(app).commands
