"""The gate: pins that only rise, sets that must not change, records that come and go."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "evaluation"))

import gate
import pins as pinning

from whimbrel.errors import OptionError, SourceError
from whimbrel.records import Event, Sentence, Span

REPORTS = {
    "a1": ["Nurses in Accra marched on Monday.", "The ministry condemned the march."],
    "a2": ["Kenya sent tents to Malawi after the floods."],
}
GOLD = [("a1", 0, "marched", "PROTEST"), ("a1", 1, "condemned", "ACCUSE"), ("a2", 0, "sent tents", "AID")]
NOTHING = {"modes": [], "flags": [], "actors": [], "recipients": [], "place": [], "date": [], "according_to": None,
           "killed": None, "injured": None, "arrested": None}


class FakeCoder:
    """Codes what it is told: (document id, sentence, trigger, type)."""

    def __init__(self, *found, drops=()):
        self.found, self.drops = found, drops

    def stream(self, documents):
        """Yield each document with the events it was told of."""
        for document in documents:
            if document.id not in self.drops:
                yield document, tuple(self.event(document, *rest) for name, *rest in self.found if name == document.id)

    @staticmethod
    def event(document, index, trigger, kind):
        """Return an event record with nothing but its trigger and type."""
        sentence = REPORTS[document.id][index]
        base = document.text.index(sentence)
        start = document.text.index(trigger, base)
        return Event(
            id=f"{document.id}-{start}-{kind}", document=document,
            sentence=Sentence(index, sentence, base, base + len(sentence)), event=kind, mode=(),
            quad="verbal cooperation", score=0.0, cameo="01", goldstein=0.0,
            trigger=Span(trigger, start, start + len(trigger)), flags=(), context=(), actor=(), recipient=(),
            according_to=None, date=None, place=None, killed=None, injured=None, arrested=None, confidence=0.8,
            coder="fake 1")


@pytest.fixture
def files(tmp_path):
    """Write a small set; returns the arguments that name it and its pins."""
    docs = [{"id": name, "date": "2024-05-06", "sentences": sentences} for name, sentences in REPORTS.items()]
    gold = [{"id": name, "contexts": [], "entities": {}, "events": [
        {"s": s, "trigger": trigger, "type": kind, **NOTHING} for report, s, trigger, kind in GOLD if report == name]}
        for name in REPORTS]
    for stem, lines in (("docs", docs), ("gold", gold)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / f"set.{stem}.jsonl").write_text(text, encoding="utf-8")
    return [str(tmp_path / "set.docs.jsonl"), str(tmp_path / "set.gold.jsonl"), "--pins", str(tmp_path / "pins.json")]


def pins_of(files):
    """Return the pins as they stand in their file."""
    return json.loads(Path(files[3]).read_text(encoding="utf-8"))


def test_a_first_run_must_be_pinned(files, capsys):
    """Without pins the gate says how to make them; with --update-pins it makes them."""
    assert gate.main(files, FakeCoder(*GOLD)) == 2
    assert "pin this run with --update-pins" in capsys.readouterr().err
    assert gate.main([*files, "--update-pins"], FakeCoder(*GOLD)) == 0
    assert pins_of(files)["figures"]["event"] == 100.0
    assert pins_of(files)["coder"] == "fake 1"
    assert len(pins_of(files)["right"]) == 3


def test_a_loss_shuts_the_gate_and_keeps_the_pins(files, capsys):
    """A missed event lowers two figures; even --update-pins writes nothing."""
    gate.main([*files, "--update-pins"], FakeCoder(*GOLD))
    before = pins_of(files)
    capsys.readouterr()
    assert gate.main([*files, "--update-pins"], FakeCoder(*GOLD[:2])) == 1
    output = capsys.readouterr().out
    assert "event                      100.0    80.0   -20.0  LOST" in output
    assert "lost, right: 1\n  a2 s0 AID: Kenya »sent tents to Malawi" in output
    assert pins_of(files) == before


def test_pins_rise_with_what_is_reached(files):
    """And stay where the figure is the same."""
    gate.main([*files, "--update-pins"], FakeCoder(*GOLD[:1]))
    assert pins_of(files)["figures"]["event"] == 50.0
    assert gate.main([*files, "--update-pins"], FakeCoder(*GOLD)) == 0
    assert pins_of(files)["figures"]["event"] == 100.0


def test_a_pin_is_lowered_by_name_and_for_a_reason(files, capsys):
    """The others stay; the reason is kept with the date and both figures."""
    gate.main([*files, "--update-pins"], FakeCoder(*GOLD))
    lowering = ["--lower-pin", "event", "--lower-pin", "trigger"]
    assert gate.main([*files, *lowering], FakeCoder(*GOLD[:2])) == 2
    assert "add --because" in capsys.readouterr().err
    assert gate.main([*files, *lowering, "--because", "gold was wrong"], FakeCoder(*GOLD[:2])) == 1, "dyads fell too"
    lowering += ["--lower-pin", "dyad country", "--lower-pin", "dyad country+sector", "--because", "gold was wrong"]
    assert gate.main([*files, *lowering], FakeCoder(*GOLD[:2])) == 0
    lowered = pins_of(files)["lowered"]
    assert [entry["figure"] for entry in lowered] == ["event", "trigger", "dyad country", "dyad country+sector"]
    assert {**lowered[0], "date": ""} == {
        "date": "", "figure": "event", "before": 100.0, "after": 80.0, "because": "gold was wrong"}
    assert pins_of(files)["figures"]["event"] == 80.0


def test_a_changed_set_is_refused(files, capsys):
    """A figure of other reports is no floor for these."""
    gate.main([*files, "--update-pins"], FakeCoder(*GOLD))
    path = Path(files[1])
    path.write_text(path.read_text(encoding="utf-8").replace("PROTEST", "ASSAULT"), encoding="utf-8")
    assert gate.main(files, FakeCoder(*GOLD)) == 2
    assert "is not the file that was pinned" in capsys.readouterr().err


def test_a_dropped_report_is_no_gain(files, capsys):
    """A coder that gives a report back to nobody is an error, not a higher precision."""
    assert gate.main([*files, "--update-pins"], FakeCoder(*GOLD, drops=("a2",))) == 2
    assert "gave nothing back for 1 of 2 documents, first a2" in capsys.readouterr().err


def test_a_coder_that_finds_nothing_is_broken(files, capsys):
    """Nothing in any report is an error, so that it is never pinned."""
    assert gate.main([*files, "--update-pins"], FakeCoder()) == 2
    assert "found no event in any of 2 documents" in capsys.readouterr().err
    assert not Path(files[3]).exists()


def test_gained_and_lost_records_against_an_earlier_output(files, tmp_path, capsys):
    """--out of one run serves as --against of the next."""
    earlier = str(tmp_path / "earlier.jsonl")
    wrong = ("a2", 0, "floods", "ASSAULT")
    gate.main([*files, "--update-pins", "--out", earlier], FakeCoder(*GOLD[:2], wrong))
    capsys.readouterr()
    assert gate.main([*files, "--against", earlier], FakeCoder(*GOLD)) == 0
    output = capsys.readouterr().out
    assert "gained, right: 1\n  a2 s0 AID: Kenya »sent" in output
    assert "lost, wrong: 1\n  a2 s0 ASSAULT: Kenya sent tents to Malawi after the »floods." in output
    assert "gained, wrong: 0\nlost, right: 0" in output


def test_pins_hold_no_text_of_the_set(files):
    """Third parties' text must not be stored: only figures and hashes are."""
    gate.main([*files, "--update-pins"], FakeCoder(*GOLD))
    stored = Path(files[3]).read_text(encoding="utf-8")
    assert not [word for word in ("a1", "marched", "Accra", "Kenya", "PROTEST") if f'"{word}' in stored]


def test_intervals_are_printed_on_demand(files, capsys):
    """With the number of reports that they were drawn over."""
    gate.main([*files, "--update-pins", "--intervals"], FakeCoder(*GOLD))
    assert "95 % intervals over 2 reports" in capsys.readouterr().out


def pins(**figures):
    """Return pins of the given figures."""
    return pinning.Pins("d", "g", "c", "2024-01-01", figures, (), ())


@pytest.mark.parametrize(("floor", "now", "lost"), [
    (70.0, {"event": 69.5}, False), (70.0, {"event": 69.4}, True), (70.0, {"event": 80.0}, False), (0.5, {}, False),
    (0.6, {}, True),
])
def test_half_a_point_is_forgiven(floor, now, lost):
    """More is not; a figure that is no longer there counts as 0."""
    assert bool(pinning.losses(pins(event=floor), now)) is lost


@pytest.mark.parametrize(("figure", "because", "message"), [
    ("event", " ", "for a reason"), ("evnt", "x", "no pin is called 'evnt'"), ("mode", "x", "nothing to lower"),
])
def test_a_faulty_lowering_says_what_is_wrong(figure, because, message):
    """No reason, no such pin, or a figure that has not fallen."""
    with pytest.raises(OptionError, match=message):
        pinning.lower(pins(event=70.0, mode=50.0), {"event": 60.0, "mode": 55.0}, figure, because, "2024-01-02")


def test_pins_survive_their_file(tmp_path):
    """What is saved is loaded; a damaged file is named."""
    path = tmp_path / "pins.json"
    saved = pinning.lower(pins(event=70.0), {"event": 60.0}, "event", "new rules", "2024-01-02")
    pinning.save(path, saved)
    assert pinning.load(path) == saved
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(SourceError, match="is not a file of pins"):
        pinning.load(path)
    assert pinning.load(tmp_path / "none.json") is None


def test_each_record_has_its_own_key():
    """Document, sentence, type and place all tell records apart."""
    places = [("a", 0, "AID", 1), ("b", 0, "AID", 1), ("a", 1, "AID", 1), ("a", 0, "AGREE", 1), ("a", 0, "AID", 2)]
    assert len(set(pinning.keys(places))) == 5


def test_pinned_figures_are_taken_from_all():
    """F1 of the pinned ones, and the three shares of what mentions refer to; types are not pinned."""
    rows = {"event": {"f1": 70.0}, "type AID": {"f1": 20.0}, "event macro": {"f1": 60.0},
            "resolved": {"country": 90.0, "sector": 80.0, "name": 70.0}}
    assert pinning.pinned(rows) == {"event": 70.0, "event macro": 60.0, "resolved country": 90.0,
                                    "resolved sector": 80.0, "resolved name": 70.0}
