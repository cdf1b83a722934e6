"""The ontology: its numbers are PLOVER's and CAMEO's, and a slip in its files is found when they are loaded."""

from __future__ import annotations

import json
import pickle
import shutil
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from whimbrel import ontology as package
from whimbrel.cli import ontology as command
from whimbrel.errors import OptionError, TableError
from whimbrel.ontology import Ontology
from whimbrel.records import FLAGS

OWN = Path(package.__file__).parent


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    """Return Whimbrel's own ontology."""
    return Ontology.load()


def test_has_plovers_types_and_statement(ontology: Ontology) -> None:
    """Sixteen types of PLOVER 2.0 and STATEMENT, with 72 modes, 37 contexts and 25 sectors."""
    assert len(ontology.types) == 17
    assert sum(len(kind.modes) for kind in ontology.types.values()) == 72
    assert (len(ontology.contexts), len(ontology.sectors), len(ontology.international)) == (37, 25, 7)
    assert tuple(ontology.flags) == FLAGS


SCORES = [
    ("AGREE", [], 2.5, "no mode: the type's"),
    ("CONSULT", ["phone"], 1.5, "the mode's, though it is nearer to zero than the type's"),
    ("STATEMENT", ["deny"], -2.0, "Goldstein value of CAMEO 016"),
    ("PROTEST", ["demo", "riot"], -7.0, "several: the farthest from zero"),
    ("ASSAULT", ["suicide-attack", "explosives"], -9.5, "several, whatever their order"),
    ("ASSAULT", ["explosives", "suicide-attack"], -9.5, "several, whatever their order"),
]


@pytest.mark.parametrize(("event", "modes", "score", "why"), SCORES)
def test_score(ontology: Ontology, event: str, modes: list[str], score: float, why: str) -> None:
    """The score of an event with these modes."""
    assert ontology.score(event, modes) == score, why


CODES = [
    ("CONSULT", ["phone"], [], "041", "a call"),
    ("CONSULT", ["multilateral", "visit"], [], "042", "equal scores: the ontology's order"),
    ("CONSULT", ["multilateral", "phone"], [], "041", "a mode without a code leaves it to the next"),
    ("AID", [], [], "070", "aid of unknown kind"),
    ("AID", [], ["economic"], "071", "economic aid"),
    ("AID", [], ["diplomatic", "military"], "072", "military aid"),
    ("AID", [], ["military", "human_security"], "073", "relief in a war"),
    ("COOPERATE", [], ["economic"], "061", "trade"),
    ("COOPERATE", [], ["military"], "062", "joint exercise"),
    ("RETREAT", ["access"], ["human_security"], "0863", "a convoy let in"),
    ("SANCTION", ["withdraw"], ["diplomatic"], "161", "an ambassador recalled"),
    ("SANCTION", ["discontinue"], ["economic"], "163", "an embargo"),
    ("COERCE", ["cyber"], [], "170", "no code of its own: the type's"),
    ("ASSAULT", ["aerial"], ["military"], "195", "an airstrike"),
]


@pytest.mark.parametrize(("event", "modes", "contexts", "code", "why"), CODES)
def test_cameo(ontology: Ontology, *, event: str, modes: list[str], contexts: list[str], code: str, why: str) -> None:
    """The CAMEO code of an event with these modes in a report with these contexts."""
    assert ontology.cameo(event, modes, contexts) == code, why


def test_every_combination_has_a_code_with_a_goldstein_value(ontology: Ontology) -> None:
    """No type, mode and context is without one."""
    for kind in ontology.types.values():
        for mode in [[], *([name] for name in kind.modes)]:
            for context in ontology.contexts:
                assert -10 <= ontology.goldstein(ontology.cameo(kind.name, mode, [context])) <= 10


def test_statement_scores_are_goldstein_values(ontology: Ontology) -> None:
    """As said in plover.toml."""
    for mode in ontology.types["STATEMENT"].modes:
        assert ontology.score("STATEMENT", [mode]) == ontology.goldstein(ontology.cameo("STATEMENT", [mode]))


UNKNOWN = [
    (("CONSLT", [], []), "CONSULT"),
    (("consult", [], []), "CONSULT"),
    (("CONSULT", ["fone"], []), "phone"),
    (("CONSULT", [], ["militry"]), "military"),
    (("AGREE", ["phone"], []), "known: none"),
]


@pytest.mark.parametrize(("arguments", "hint"), UNKNOWN)
def test_an_unknown_name_is_refused_with_the_nearest(
    ontology: Ontology, arguments: tuple[str, list[str], list[str]], hint: str
) -> None:
    """The error says what would have been right."""
    with pytest.raises(OptionError, match=hint):
        ontology.cameo(*arguments)


def test_is_frozen_and_can_be_sent_to_other_processes(ontology: Ontology) -> None:
    """The ontology is a value."""
    with pytest.raises(FrozenInstanceError):
        ontology.version = "mine"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(ontology)) == ontology  # noqa: S301 - our own bytes


FAULTS = [
    ("plover.toml", "score = 2.5", "score = 25", "types.AGREE.score: 25 is no number"),
    ("plover.toml", 'quad = "neutral"', 'quad = "none"', "types.STATEMENT.quad: 'none' is none of"),
    ("plover.toml", 'economic = "Trade', 'trade = "Trade', "no context of plover.toml"),
    ("plover.toml", '"Disease, medicine, public health."', '""', "contexts.health: give a definition"),
    ("plover.toml", "[flags]", "[banners]", "flags: the table is missing"),
    ("plover.toml", "[contexts]", "[contexts", "cannot be read"),
    ("cameo.toml", "[types.AID]", "[types.HELP]", "types.AID: in only one"),
    ("cameo.toml", 'phone = { code = "041" }', 'call = { code = "041" }', "modes.call: plover.toml has no"),
    ("cameo.toml", 'code = "050"', 'code = "05"', "types.SUPPORT.code: '05' is not among"),
    ("cameo.toml", 'phone = { code = "041" }', "", "codes.041: no type or mode uses it"),
    ("cameo.toml", "goldstein = -0.4", 'goldstein = "low"', "codes.012.goldstein: 'low' is no number"),
    ("cameo.toml", '["military", "087"]', '["military"]', "no pair"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "right", "wrong", "message"), FAULTS)
def test_a_slip_in_a_table_is_found(tmp_path: Path, file: str, right: str, wrong: str, message: str) -> None:
    """The error names the file and the entry."""
    for name in ("plover.toml", "cameo.toml"):
        shutil.copy(OWN / name, tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert right in text
    (tmp_path / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(TableError, match=message) as caught:
        Ontology.load(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """Not a traceback of the reader's."""
    with pytest.raises(TableError, match=r"plover\.toml: cannot be read"):
        Ontology.load(tmp_path)


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    """Return a command line with this command and another, so that it is called by its name."""
    app = typer.Typer()
    command.register(app)
    app.command("other")(lambda: None)
    return app


def test_command_lists_everything(app: typer.Typer, ontology: Ontology) -> None:
    """Every type, mode, context, sector, international code and flag is in the table."""
    printed = CliRunner().invoke(app, ["ontology"], env={"COLUMNS": "200"}).stdout
    names = [*ontology.types, *(mode for kind in ontology.types.values() for mode in kind.modes)]
    for name in [*names, *ontology.contexts, *ontology.sectors, *ontology.international, *ontology.flags]:
        assert name in printed


def test_command_shows_one_type_as_json(app: typer.Typer) -> None:
    """In any letter case, with the CAMEO codes that it may get."""
    shown = json.loads(CliRunner().invoke(app, ["ontology", "consult", "--format", "json"]).stdout)
    assert list(shown["types"]) == ["CONSULT"]
    assert shown["types"]["CONSULT"]["modes"]["phone"]["cameo"] == {"code": "041", "contexts": {}}
    assert shown["cameo"]["041"] == {"name": "Discuss by telephone", "goldstein": 1.0}


def test_command_refuses_an_unknown_type(app: typer.Typer) -> None:
    """And suggests the nearest."""
    refused = CliRunner().invoke(app, ["ontology", "ASALT"])
    assert isinstance(refused.exception, OptionError)
    assert "'ASSAULT'" in str(refused.exception)


def test_documentation_has_the_tables_as_they_are(ontology: Ontology) -> None:
    """docs/ontology.md ends with what `whimbrel ontology --format markdown` prints."""
    lists = {name: getattr(ontology, name) for name in command.LISTS}
    written = (Path(__file__).parents[1] / "docs" / "ontology.md").read_text(encoding="utf-8")
    assert written.rstrip().endswith(command.as_markdown(ontology.types, lists))


def test_the_annotated_set_uses_all_of_the_ontology_and_nothing_else(ontology: Ontology) -> None:
    """In evaluation/own every code is known, every text stands in its sentence, every type, mode and flag occurs."""
    folder = Path(__file__).parents[1] / "evaluation" / "own"
    reports = {report["id"]: report["sentences"] for report in _lines(folder / "reports.docs.jsonl")}
    types, modes, flags = set(), set(), set()
    for gold in _lines(folder / "reports.gold.jsonl"):
        assert set(gold["contexts"]) <= set(ontology.contexts)
        for entity in gold["entities"].values():
            assert set(entity["sectors"]) <= set(ontology.sectors)
        for event in gold["events"]:
            texts = [event["trigger"], *(mention["text"] for mention in event["actors"] + event["recipients"])]
            texts += [*event["place"], *event["date"]]
            for text in texts:
                assert text.rpartition("#")[0] or text in reports[gold["id"]][event["s"]]
            types.add(event["type"])
            modes |= {(event["type"], mode) for mode in event["modes"]}
            flags |= set(event["flags"])
    assert types == set(ontology.types)
    assert modes == {(kind.name, mode) for kind in ontology.types.values() for mode in kind.modes}
    assert flags == set(ontology.flags)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
