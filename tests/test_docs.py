"""What the documentation shows runs, and every command is documented."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

import whimbrel
from whimbrel.cli import build

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = "\n".join(p.read_text(encoding="utf-8") for p in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
ALONE = re.compile(r"    whimbrel (explain|actors|places|ontology|schema)")  # these need no file
SHOWN = [line.strip().split("   #")[0] for line in README.splitlines() if ALONE.match(line)]


@pytest.fixture(scope="module")
def app():
    """The whole command line."""
    return build()


def test_readme_begins_with_a_sentence_and_two_commands():
    """What it is, then how to run it and how to test it."""
    commands = re.findall(r"^    (make \w+)", README, re.MULTILINE)
    assert README.splitlines()[2].startswith("Whimbrel reads news")
    assert commands == ["make run", "make test"]


@pytest.mark.parametrize("command", SHOWN)
def test_readme_commands_run(app, command):
    """Each command that the README shows for one text ends well."""
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    assert done.exit_code == 0, done.output
    assert done.output.strip()


def test_readme_python_runs(monkeypatch):
    """The Python of the README runs as it stands."""
    monkeypatch.chdir(ROOT)
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})


def test_readme_links_lead_somewhere():
    """Every relative link of the README is a file or folder."""
    for target in re.findall(r"\]\(((?!http)[^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_command_is_documented(app):
    """Each command's name stands in the README or the docs."""
    names = [command.name for command in app.registered_commands] + [group.name for group in app.registered_groups]
    assert not [name for name in names if f"whimbrel {name}" not in DOCS]


def test_exported_names_are_there():
    """All that the package exports can be had."""
    assert all(hasattr(whimbrel, name) for name in whimbrel.__all__)
