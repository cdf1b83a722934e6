"""Calibration, the PLV benchmark and the negatives, on made-up answers."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "evaluation"))

import calibration
import negatives
import plv

from whimbrel.errors import SourceError
from whimbrel.extraction.segmenting import segment
from whimbrel.records import Event, Span

SENTENCE = "Miners struck and miners struck."
DOC = {"id": "d", "sentences": [SENTENCE]}
EVENT = {"s": 0, "trigger": "struck", "type": "PROTEST", "modes": [], "flags": [], "actors": [], "recipients": [],
         "place": [], "date": [], "according_to": None, "killed": None, "injured": None, "arrested": None}
NOTE = {"id": "d", "contexts": [], "entities": {}, "events": [EVENT, {**EVENT, "trigger": "struck#2"}]}


def record(start, kind, confidence):
    """Return a coded record."""
    return {"document": {"id": "d"}, "event": kind, "trigger": {"start": start, "end": start + 6}, "actor": [],
            "recipient": [], "confidence": confidence}


RECORDS = [record(7, "PROTEST", 0.95), record(25, "PROTEST", 0.55), record(7, "ASSAULT", 0.55)]


def test_bins_hold_the_records_of_their_range():
    """Mean confidence and share right of each; 1.0 falls in the last bin, empty bins are left out."""
    found = calibration.bins([0.05, 0.55, 0.57, 1.0], [False, True, False, True])
    assert [(each.low, each.records, each.right) for each in found] == [(0.0, 1, 0.0), (0.5, 2, 0.5), (0.9, 1, 1.0)]
    assert found[1].confidence == pytest.approx(0.56)


@pytest.mark.parametrize(("confidence", "right", "expected"), [
    ([0.8] * 5, [True] * 4 + [False], 0.0), ([0.9, 0.1], [False, True], 90.0), ([0.95, 0.55], [True, True], 25.0),
    ([], [], 0.0),
])
def test_the_calibration_error_is_the_mean_distance(confidence, right, expected):
    """In per cent, over records: none, wholly wrong, half way."""
    assert calibration.calibration_error(calibration.bins(confidence, right)) == pytest.approx(expected)


def test_the_curve_matches_anew_at_each_threshold():
    """At 0.5 all three records are kept and two are right, at 0.6 one."""
    rows = {row.at_least: row for row in calibration.curve([DOC], [NOTE], RECORDS)}
    assert (rows[0.5].records, rows[0.5].precision, rows[0.5].recall) == (3, 66.7, 100.0)
    assert (rows[0.6].records, rows[0.6].precision, rows[0.6].recall) == (1, 100.0, 50.0)


def test_the_calibration_command(tmp_path, capsys):
    """Prints one JSON object: |0.95 - 1| for one record, |0.55 - 0.5| for two, 5 in the mean."""
    paths = []
    for name, lines in (("docs", [DOC]), ("gold", [NOTE]), ("coded", RECORDS)):
        paths.append(str(tmp_path / name))
        Path(paths[-1]).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert calibration.main([*paths, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["expected_calibration_error"] == 5.0
    assert calibration.main(paths) == 0
    assert "expected calibration error 5.0 % over 3 records" in capsys.readouterr().out


@pytest.mark.parametrize("confidence", [None, 1.2, "0.9"])
def test_a_confidence_that_is_no_probability_is_refused(confidence):
    """The error names the document."""
    with pytest.raises(SourceError, match="document d has the confidence"):
        calibration.confidences([record(7, "AID", confidence)])


@pytest.mark.parametrize(("probabilities", "expected"), [
    ({"AGREE": 0.4, "AID": 0.3}, "AGREE"),
    ({"AGREE": 0.4, "CONCEDE": 0.25, "RETREAT": 0.2}, "YIELD"),
    ({"STATEMENT": 0.9, "REQUEST": 0.1}, "REQUEST"),
])
def test_the_benchmarks_type_is_answered(probabilities, expected):
    """CONCEDE and RETREAT add up to YIELD; STATEMENT is never answered."""
    assert plv.answer(probabilities) == expected


def test_f1_by_class_and_its_mean():
    """One of two a found and nothing else wrong: a 2/3, b 2/3, c, never there, 0."""
    gold, answered = ["a", "a", "b"], ["a", "b", "b"]
    assert plv.by_class(gold, answered, ["a", "b", "c"]) == pytest.approx({"a": 200 / 3, "b": 200 / 3, "c": 0.0})
    found = plv.macro(gold, answered, ["a", "b"])
    assert found.f1 == 66.7
    assert 0.0 <= found.low < found.f1 < found.high == 100.0


ROWS = [("Mali thanked Niger.", "Mali", "Niger", "SUPPORT", "1"),
        ("Mali freed Niger's envoy.", "Mali", "Niger", "YIELD", "2"),
        ("Mali sued Niger.", "Mali", "Niger", "ACCUSE", "3")]


class FakeExtractor:
    """Answers by the verb; knows two of three."""

    def typed(self, sentence, source, target):
        """Return the probabilities of the types."""
        assert source in sentence
        assert target in sentence
        return {"SUPPORT": 1.0} if "thanked" in sentence else {"RETREAT": 0.6, "AID": 0.4}


def write_plv(path, columns=plv.COLUMNS):
    """Write the rows as a PLV file."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines, delimiter="\t")
        table.writerows([columns, *ROWS])
    return path


def test_the_plv_command(tmp_path, capsys):
    """Macro over 15 types: SUPPORT 100, YIELD 66.7; quads: 100, 66.7, 0, 0."""
    path = write_plv(tmp_path / "plv.tsv")
    out = tmp_path / "answers.tsv"
    assert plv.main([str(path), "--json", "--out", str(out)], FakeExtractor()) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == 3
    assert found["root"][0] == 11.1
    assert found["quad"][0] == 41.7
    assert (found["types"]["SUPPORT"], found["types"]["YIELD"], found["types"]["ACCUSE"]) == (100.0, 66.7, 0.0)
    assert out.read_text(encoding="utf-8").splitlines()[3] == "2\tACCUSE\tYIELD"
    assert plv.main([str(path)], FakeExtractor()) == 0
    assert "root macro-F1 11.1" in capsys.readouterr().out


def test_a_file_of_another_kind_is_refused(tmp_path, capsys):
    """The error names the missing columns."""
    path = write_plv(tmp_path / "plv.tsv", ("text", "source", "target", "gold_root", "penta"))
    assert plv.main([str(path)], FakeExtractor()) == 2
    assert "has no column sentence, gold_penta" in capsys.readouterr().err


ITEMS = [
    {"id": "s1", "text": "Samoa beat Tonga by two tries. The final is on Friday.", "date": "2020-01-02",
     "category": "Sports", "headings": []},
    {"id": "a1", "text": "A sculpture opens in Quito.", "date": "2020-01-02", "category": "arts and culture",
     "headings": []},
    {"id": "w1", "text": "A storm nears Fiji.", "date": "2020-01-02", "category": "Disasters",
     "headings": ["2019–20 South Pacific cyclone season"]},
    {"id": "p1", "text": "Ministers resign in Oslo.", "date": "2020-01-02", "category": "Politics", "headings": []},
]


class BeatCoder:
    """Takes "beat" for an attack, twice in one sentence."""

    def stream(self, documents):
        """Yield each document with two events for the first sentence that says "beat"."""
        for document in documents:
            yield document, tuple(
                Event(id=kind, document=document, sentence=sentence, event=kind, mode=(), quad="material conflict",
                      score=-9.0, cameo="19", goldstein=-9.0, trigger=Span("beat", start, start + 4), flags=(),
                      context=(), actor=(), recipient=(), according_to=None, date=None, place=None, killed=None,
                      injured=None, arrested=None, confidence=0.7, coder="fake")
                for sentence in segment(document.text).sentences
                for start in [document.text.find("beat", sentence.start, sentence.end)] if start >= 0
                for kind in ("ASSAULT", "COERCE"))


def test_the_share_of_coded_sentences_by_subject():
    """Of four sentences one has an event; two events of one sentence count once; politics is not drawn."""
    shares, events = negatives.measure(ITEMS, BeatCoder(), count=500, seed=1)
    assert {name: (each.coded, each.sentences) for name, each in shares.items()} == {
        "sport": (1, 2), "arts": (0, 1), "weather": (0, 1), "all": (1, 4)}
    assert [event.event for event in events] == ["ASSAULT", "COERCE"]


def test_no_more_is_drawn_than_asked_for():
    """Three sentences over three subjects: one item of each, though sport has ten."""
    many = ITEMS + [{**ITEMS[0], "id": f"s{number}", "text": "They drew."} for number in range(2, 11)]
    shares, _ = negatives.measure(many, BeatCoder(), count=3, seed=1)
    assert shares["sport"].sentences <= 2
    assert shares["all"].sentences <= 4


@pytest.mark.parametrize(("coded", "sentences", "expected"), [
    (0, 100, (0.0, 0.0, 3.7)), (50, 100, (50.0, 40.4, 59.6)), (0, 0, (0.0, 0.0, 100.0)),
])
def test_the_interval_of_a_share(coded, sentences, expected):
    """Wilson's, which is right near 0 too."""
    found = negatives.Share.of(coded, sentences)
    assert (found.share, found.low, found.high) == expected


def test_the_negatives_command(tmp_path, capsys):
    """Prints the table and what was coded; items of no known subject are an error."""
    path = tmp_path / "items.jsonl"
    path.write_text("".join(json.dumps(item) + "\n" for item in ITEMS), encoding="utf-8")
    assert negatives.main([str(path), "--show", "1"], BeatCoder()) == 0
    output = capsys.readouterr().out
    assert "types coded: ASSAULT 1, COERCE 1" in output
    assert "0.70 ASSAULT 'beat': Samoa beat Tonga by two tries." in output
    path.write_text(json.dumps(ITEMS[3]) + "\n", encoding="utf-8")
    assert negatives.main([str(path)], BeatCoder()) == 2
    assert "no item is of a category or heading" in capsys.readouterr().err
