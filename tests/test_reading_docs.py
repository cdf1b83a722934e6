"""docs/reading.md says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from whimbrel.export import COLUMNS
from whimbrel.reading import read
from whimbrel.reading.formats import SUFFIXES
from whimbrel.reading.items import USUAL_NAMES

PAGE = Path(__file__).parent.parent / "docs" / "reading.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_ending_is_named():
    """What can be read is in the table."""
    assert [suffix for suffix in SUFFIXES if f"`{suffix}`" not in TEXT] == []


@pytest.mark.parametrize("field", USUAL_NAMES)
def test_usual_names_of_columns(field):
    """The names, in their order."""
    assert f"| {', '.join(USUAL_NAMES[field])} | `--{field}-column` |" in TEXT


def test_every_column_of_the_tables():
    """Each column of CSV and Parquet is in the list; those of one role are written out for actors."""
    named = set(re.findall(r"\b[a-z_0-9]+\b", TEXT.split("### Columns of CSV and Parquet")[1].split("## In Python")[0]))
    roles = re.compile(r"^(recipient|according_to)_")
    missing = [column.name for column in COLUMNS if roles.sub("actor_", column.name) not in named]
    assert missing == []


def test_example_runs(tmp_path, monkeypatch, capsys):
    """The first Python example reads a file as it says."""
    import gzip

    monkeypatch.chdir(tmp_path)
    Path("news.csv.gz").write_bytes(gzip.compress(b"id,date,artikel\n7,2023-10-17,Short.\n8,soon,Short.\n"))
    example = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[0]
    exec(compile(example, str(PAGE), "exec"), {})
    shown = capsys.readouterr().out
    assert "7 2023-10-17 6\n" in shown
    assert "news.csv.gz, line 3 wrong date" in shown
    assert len(list(read("Short text, but two words."))) == 1
