"""The command line as a person meets it: what it prints, on which stream, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import whimbrel
from whimbrel.cli.explain import _place
from whimbrel.records import Place

ARREST = "Police in Lima arrested two protesters on Monday."
SAMPLE = Path(__file__).parent.parent / "examples" / "sample.txt"


def run(*arguments, given="", folder=None):
    """Run the command line in a process of its own."""
    return subprocess.run([sys.executable, "-m", "whimbrel", *map(str, arguments)], input=given, capture_output=True,
                          text=True, encoding="utf-8", check=False, timeout=120, cwd=folder)


def test_version():
    """It says which release it is."""
    assert run("--version").stdout.strip() == f"whimbrel {whimbrel.__version__}"


def test_help_names_every_command():
    """Each command stands in the help."""
    shown = run("--help").stdout
    assert all(name in shown for name in ("code", "explain", "schema", "ontology", "actors", "places"))


def test_code_prints_json_lines_when_piped(tmp_path):
    """Records that fit the schema that the program prints, one a line."""
    coded = run("code", ARREST, "--published", "2023-10-18", folder=tmp_path)
    assert coded.returncode == 0, coded.stderr
    schema = json.loads(run("schema").stdout)
    (record,) = map(json.loads, coded.stdout.splitlines())
    jsonschema.Draft202012Validator(schema).validate(record)
    assert record["event"] == "COERCE"


def test_code_of_the_sample_report(tmp_path):
    """The sample gives many events from several regions; a file of records appears whole."""
    out = tmp_path / "events.jsonl"
    coded = run("code", SAMPLE, "-o", out, "--published", "2024-03-14")
    assert coded.returncode == 0, coded.stderr
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(records) >= 12
    assert len({m["country"] for r in records for party in r["actor"] for m in party["members"]} - {None}) >= 6
    assert len({r["event"] for r in records}) >= 8


def test_code_reads_standard_input(tmp_path):
    """A dash is standard input."""
    assert json.loads(run("code", "-", given=ARREST, folder=tmp_path).stdout)["trigger"]["text"] == "arrested"


def test_code_says_why_nothing_came_out(tmp_path):
    """Text without an event gives no record, a reason on standard error, and the text's own fault is none."""
    coded = run("code", "The match ended 2-1 after extra time.", folder=tmp_path)
    assert coded.stdout == ""
    assert "no event" in coded.stderr


def test_code_says_what_stayed_below_the_threshold(tmp_path):
    """Where all is below the threshold, the best is named, and the option that would keep it."""
    coded = run("code", ARREST, "--min-confidence", "1", folder=tmp_path)
    assert coded.stdout == ""
    assert "--min-confidence" in coded.stderr


def test_explain_shows_what_was_found_and_why():
    """Phrases, types with probabilities, roles, decisions."""
    shown = run("explain", ARREST, "--published", "2023-10-18").stdout
    assert "COERCE" in shown
    assert "'Lima'" in shown
    assert "because" in shown
    assert "2023-10-16" in shown


@pytest.mark.parametrize(("place", "shown"), [
    (Place("Red Sea", 4, 11, name="Red Sea", precision="named region"), "Red Sea (named region)"),
    (Place("Goma", 0, 4, name="Goma", country="COD", precision="city"), "Goma, COD (city)"),
    (Place("the camp", 0, 8), "unknown"),
    (None, "unknown"),
])
def test_explain_names_a_place_by_what_is_known(place, shown):
    """A region of no one country, and a place that no table has, show no empty codes."""
    assert _place(place) == shown


def test_explain_says_what_was_left_out():
    """An event below the threshold is shown as such."""
    assert "below the threshold" in run("explain", ARREST, "--min-confidence", "0.9999").stdout


def test_explain_says_what_was_said_twice():
    """A trigger that only repeats a surer one is shown as such, not as an event of its own."""
    shown = run("explain", "Kenya and Uganda held talks, and in the talks Kenya and Uganda discussed the border.").stdout
    assert shown.count("CONSULT, triggered by") + shown.count("CONSULT multilateral, triggered by") == 1
    assert "says again what" in shown


@pytest.mark.parametrize(("arguments", "message"), [
    (("explain", "  "), "no text"),
    (("explain", ARREST, "--published", "0000-00-00"), "0000-00-00"),
    (("explain", "word " * 5000), "whimbrel code"),
    (("explain", ARREST, "--model", "nowhere"), "nowhere"),
    (("code", "missing-file.jsonl"), "missing-file.jsonl"),
    (("places", "search", "Lima", "--places", "nowhere.csv"), "nowhere.csv"),
    (("actors", "search", "Ruto", "--actors", "nowhere.csv"), "nowhere.csv: cannot be read: No such file"),
    (("actors", "search", "Ruto", "--on", "soon"), "soon"),
])
def test_wrong_use_is_one_clear_sentence(arguments, message, tmp_path):
    """The message names what is wrong; no traceback; exit status 2."""
    done = run(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_search_shows_candidates():
    """Places and parties are found by name, the likeliest first."""
    assert "PER" in run("places", "search", "Lima").stdout.splitlines()[1]
    assert "Russia" in run("actors", "search", "the Kremlin").stdout


def test_search_for_what_is_not_there():
    """Nothing found is said, with exit status 1."""
    done = run("places", "search", "Qqqzzx")
    assert done.returncode == 1
    assert "Qqqzzx" in done.stderr
