"""The scorer's figures, each computed by hand."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "evaluation"))

import bootstrap
import score
import sets

from whimbrel.errors import SourceError

FIRST = "Peru's foreign minister met the Chilean envoy in Lima."
SECOND = "Police arrested three dockers, and dockers went on strike over the arrests."
DOC = {"id": "d1", "sentences": [FIRST, SECOND]}
NOTE = {
    "id": "d1", "contexts": ["diplomatic", "economic"],
    "entities": {"min": {"name": "José Paz", "country": "PER", "sectors": ["GOV", "ELI"]},
                 "env": {"name": "Ana Ruiz", "country": "CHL", "sectors": ["GOV"]},
                 "pol": {"name": "police (Peru)", "country": "PER", "sectors": ["COP"]},
                 "doc": {"name": "dockers", "country": "", "sectors": []}},
    "events": [
        {"s": 0, "trigger": "met", "type": "CONSULT", "modes": [], "flags": [], "place": ["Lima"], "date": [],
         "actors": [{"text": "Peru's foreign minister", "is": ["min"]}, {"text": "Chilean envoy", "is": ["env"]}],
         "recipients": [], "according_to": None, "killed": None, "injured": None, "arrested": None},
        {"s": 1, "trigger": "arrested", "type": "COERCE", "modes": ["arrest"], "flags": [], "place": [], "date": [],
         "actors": [{"text": "Police", "is": ["pol"]}], "recipients": [{"text": "dockers", "is": ["doc"]}],
         "according_to": None, "killed": None, "injured": None, "arrested": {"text": "three", "value": 3}},
        {"s": 1, "trigger": "strike", "type": "PROTEST", "modes": ["strike"], "flags": [], "place": [], "date": [],
         "actors": [{"text": "dockers#2", "is": ["doc"]}], "recipients": [], "according_to": None,
         "killed": None, "injured": None, "arrested": None},
    ],
}
TEXT = f"{FIRST} {SECOND}"


def party(text, *members, after=0):
    """Return a coded mention of the first `text` after a character."""
    start = TEXT.index(text, after)
    return {"start": start, "end": start + len(text),
            "members": [dict(zip(("name", "country", "sector"), member, strict=True)) for member in members]}


def record(kind, trigger, **parts):
    """Return a coded record with the given trigger."""
    start = TEXT.index(trigger)
    return {"document": {"id": "d1"}, "event": kind, "mode": [], "flags": [], "context": [], "place": None,
            "trigger": {"start": start, "end": start + len(trigger)}, "actor": [], "recipient": [],
            "killed": None, "injured": None, "arrested": None, "confidence": 0.9} | parts


MINISTER, ENVOY = ("Jose PAZ", "PER", ["GOV"]), ("Ana Ruiz", "CHL", ["LEG"])
POLICE, DOCKERS = ("Police", "PER", ["COP"]), ("dockers", None, [])


def perfect():
    """Return records that say what the annotation says."""
    second = len(FIRST) + 1
    return [
        record("CONSULT", "met", context=["diplomatic"], actor=[
            party("foreign minister", MINISTER), party("Chilean envoy", ("Ana Ruiz", "CHL", ["GOV"]))]),
        record("COERCE", "arrested", mode=["arrest"], context=["economic"], arrested={"value": 3},
               actor=[party("Police", ("police (Peru)", "PER", ["COP"]))],
               recipient=[party("dockers", DOCKERS, after=second)]),
        record("PROTEST", "strike", mode=["strike"],
               actor=[party("dockers", DOCKERS, after=TEXT.index("and dockers"))]),
    ]


def rows(records, docs=(DOC,), notes=(NOTE,)):
    """Return all figures of the records."""
    return score.score(docs, notes, records)


def test_records_that_say_what_the_annotation_says_score_full_marks():
    """Every figure is 100, names compared without accents and case."""
    found = rows(perfect())
    assert {name: row["f1"] for name, row in found.items() if row.get("f1") != 100.0 and "f1" in row} == {
        "event macro": 0.0}, "no type is frequent enough for the macro figure"
    assert found["resolved"] == {"country": 100.0, "sector": 100.0, "name": 100.0}


def test_each_figure_of_a_faulty_run():
    """A missed event, an invented one, a wrong mode, count, flag and party, each counted where it belongs."""
    second = len(FIRST) + 1
    records = [
        record("CONSULT", "met", context=["diplomatic", "health"], flags=["future"], actor=[
            party("foreign minister", MINISTER), party("Chilean envoy", ENVOY)]),
        record("COERCE", "went", mode=["seize"], context=["diplomatic"], arrested={"value": 4},
               actor=[party("dockers", POLICE, after=second)]),
        record("REQUEST", "strike", recipient=[party("Police", POLICE)]),
    ]
    found = rows(records)

    def counts(name):
        return tuple(found[name][part] for part in ("precision", "recall", "f1", "coded", "gold"))

    assert counts("event") == (66.7, 66.7, 66.7, 3, 3)
    assert counts("trigger") == (33.3, 33.3, 33.3, 3, 3), "COERCE matches in its sentence, but stands elsewhere"
    assert counts("type COERCE") == (100.0, 100.0, 100.0, 1, 1)
    assert counts("type REQUEST") == (0.0, 0.0, 0.0, 1, 0)
    assert counts("type PROTEST") == (0.0, 0.0, 0.0, 0, 1)
    assert counts("sentence has event") == (100.0, 100.0, 100.0, 2, 2)
    assert counts("actor") == (66.7, 50.0, 57.1, 3, 4)
    assert counts("recipient") == (0.0, 0.0, 0.0, 1, 1), "that of an unmatched event counts as coded"
    assert counts("mode") == (0.0, 0.0, 0.0, 1, 2)
    assert counts("flags") == (0.0, 0.0, 0.0, 1, 0)
    assert counts("counts") == (0.0, 0.0, 0.0, 1, 1)
    assert counts("context") == (50.0, 50.0, 50.0, 2, 2)
    assert found["resolved"] == {"country": 100.0, "sector": 50.0, "name": 100.0}


def test_dyads_are_unordered_for_mutual_events_and_leave_out_what_did_not_happen():
    """Gold: CHL-PER consult, PER-none coerce, none-none protest; a negated event adds none, a mutual one no order."""
    swapped = record("CONSULT", "met", actor=[party("Chilean envoy", ENVOY), party("foreign minister", MINISTER)])
    negated = record("COERCE", "arrested", flags=["negated"], actor=[party("Police", POLICE)])
    found = rows([swapped, negated])
    assert (found["dyad country"]["coded"], found["dyad country"]["gold"]) == (1, 3)
    assert found["dyad country"]["precision"] == 100.0
    assert found["dyad country+sector"]["precision"] == 0.0, "the envoy's sector is wrong"


@pytest.mark.parametrize(("actors", "recipients", "expected"), [
    ([], [], {("", "")}),
    (["PER"], [], {("PER", "")}),
    (["PER"], ["CHL", "BOL"], {("PER", "CHL"), ("PER", "BOL")}),
    (["PER", "CHL", "BOL"], [], {("BOL", "CHL"), ("BOL", "PER"), ("CHL", "PER")}),
    (["PER", "PER"], [], {("PER", "PER")}),
])
def test_dyads_of_one_event(actors, recipients, expected):
    """Directed with recipients, unordered pairs without, a side nobody is named for as blank."""
    def sides(codes):
        return tuple(score.Party(score.Extent(0, 1), (score.Member("x", code, ""),)) for code in codes)

    event = score.Coding(0, "CONSULT", score.Extent(0, 1), (), (), sides(actors), sides(recipients), {})
    assert {(a[0], b[0]) for _, _, a, b in score.dyads([event], score.countries)} == expected


def test_one_plural_mention_alone_is_mutual():
    """"The leaders" met: the members of the one mention meet each other."""
    leaders = score.Party(score.Extent(0, 1), (score.Member("a", "KEN", ""), score.Member("b", "UGA", "")))
    event = score.Coding(0, "CONSULT", score.Extent(0, 1), (), (), (leaders,), (), {})
    assert score.dyads([event], score.countries) == {(0, "CONSULT", ("KEN",), ("UGA",))}


def coding(start, end, kind="ASSAULT", sentence=0):
    """Return an event with nothing but its trigger."""
    return score.Coding(sentence, kind, score.Extent(start, end), (), (), (), (), {})


@pytest.mark.parametrize(("gold", "coded", "expected", "why"), [
    ([coding(0, 5)], [coding(20, 25), coding(3, 9)], [(0, 1)], "an overlap comes before the order"),
    ([coding(0, 5), coding(30, 35)], [coding(28, 33)], [(1, 0)], "one coded event matches one gold event"),
    ([coding(10, 12)], [coding(0, 2), coding(15, 16)], [(0, 1)], "without overlap the nearest matches"),
    ([coding(0, 5)], [coding(0, 5, "PROTEST"), coding(0, 5, sentence=1)], [], "type and sentence must agree"),
    ([coding(0, 5), coding(0, 5)], [coding(0, 5)], [(1, 0)], "of equal ones the last matches"),
])
def test_events_are_matched_one_to_one(gold, coded, expected, why):
    """The order in which candidates are taken."""
    assert score.pair_events(gold, coded) == expected, why


CODINGS = st.lists(st.builds(
    lambda start, length, kind, sentence: coding(start, start + length, kind, sentence),
    st.integers(0, 30), st.integers(1, 8), st.sampled_from(["AID", "ASSAULT"]), st.integers(0, 1)), max_size=6)


@given(CODINGS, CODINGS)
def test_matching_leaves_nothing_that_could_match(gold, coded):
    """One to one, of one type and sentence, and as many as the rarer side has of each."""
    pairs = score.pair_events(gold, coded)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(kind(gold[i]) == kind(coded[j]) for i, j in pairs)
    assert len(pairs) == (Counter(map(kind, gold)) & Counter(map(kind, coded))).total()


@given(CODINGS)
def test_a_coding_matches_itself_in_every_figure(events):
    """No figure has more hits than events, and against itself nothing is missed."""
    for tally in score.tally_report(events, events, ["health"], {"health"}).values():
        assert tally.hit == tally.coded == tally.gold


def kind(event):
    """Return what must agree for a match."""
    return event.event, event.sentence


def test_a_mention_matches_the_one_that_shares_most_characters():
    """And each coded mention serves once."""
    def at(*extent):
        return score.Party(score.Extent(*extent), ())

    pairs = score.pair_parties([at(0, 10), at(8, 20)], [at(9, 12), at(0, 4)])
    assert pairs == [(at(0, 10), at(0, 4)), (at(8, 20), at(9, 12))]


def test_the_macro_figure_holds_types_with_ten_gold_events():
    """Ten PROTESTs, half of them found, make it; nine AIDs, all found, do not."""
    sentence = "They rallied."
    event = {**NOTE["events"][2], "s": 0, "trigger": "rallied", "actors": []}
    kinds = ["PROTEST"] * 10 + ["AID"] * 9
    docs = [{"id": f"d{number}", "sentences": [sentence]} for number in range(19)]
    notes = [{"id": doc["id"], "contexts": [], "entities": {}, "events": [{**event, "type": kind}]}
             for doc, kind in zip(docs, kinds, strict=True)]
    coded = [{**record("AID", "met"), "document": {"id": doc["id"]}, "event": kind, "trigger": {"start": 5, "end": 12}}
             for doc, kind in list(zip(docs, kinds, strict=True))[5:]]
    assert rows(coded, docs, notes)["event macro"] == {"f1": 66.7}


def test_parties_may_carry_their_name_and_codes_themselves():
    """A record without members, and with the sector as a plain code."""
    records = perfect()
    for entry in records[0]["actor"]:
        entry.update(entry.pop("members")[0])
        entry["sector"] = "GOV"
    assert rows(records)["resolved"] == {"country": 100.0, "sector": 100.0, "name": 100.0}


def test_reports_without_annotation_are_not_scored():
    """A report that GOLD does not hold counts nowhere."""
    other = {"id": "d2", "sentences": ["Nothing."]}
    stray = {**perfect()[0], "document": {"id": "d2"}}
    assert rows([*perfect(), stray], docs=(DOC, other)) == rows(perfect())


def test_a_report_without_records_loses_recall_alone():
    """Nothing coded: precision 0, and every gold event is missed."""
    found = rows([])
    assert found["event"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "gold": 3, "coded": 0}
    assert found["context"]["gold"] == 2


def test_an_annotation_that_does_not_fit_its_report_is_named():
    """The error says which phrase of which document."""
    broken = {**NOTE, "events": [{**NOTE["events"][0], "trigger": "negotiated"}]}
    with pytest.raises(SourceError, match=r"d1: 'negotiated' does not stand in sentence 0"):
        rows([], notes=(broken,))


def test_a_record_that_lacks_its_trigger_is_named():
    """The error says which document cannot be scored and which part is missing."""
    records = perfect()
    del records[0]["trigger"]
    with pytest.raises(SourceError, match="document d1 cannot be scored: KeyError 'trigger'"):
        rows(records)


@pytest.mark.parametrize(("phrase", "sentence", "expected"), [
    ("talks", "talks on talks", (0, 5)),
    ("talks#2", "talks on talks", (9, 14)),
    ("talks#3", "talks on talks", None),
    ("#2", "a#2", None),
    ("", "a", None),
    ("aa#2", "aaa", (1, 3)),
])
def test_copied_phrases_are_located(phrase, sentence, expected):
    """With or without the number of the occurrence."""
    assert sets.locate(phrase, sentence) == expected


def test_the_command_prints_the_figures(tmp_path, capsys):
    """As a table and as JSON; records of unknown documents are reported."""
    paths = []
    for name, lines in (("docs", [DOC]), ("gold", [NOTE]),
                        ("coded", [*perfect(), {**perfect()[0], "document": {"id": "zz"}}])):
        paths.append(tmp_path / f"{name}.jsonl")
        paths[-1].write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    arguments = [str(path) for path in paths]
    assert score.main([*arguments, "--json"]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out) == rows(perfect())
    assert "1 documents that are not in" in output.err
    assert score.main(arguments) == 0
    assert "event                        100.0     100.0   100.0       3       3" in capsys.readouterr().out


def test_the_command_names_the_faulty_line(tmp_path, capsys):
    """A broken line gives exit status 2 and the file and line."""
    path = tmp_path / "docs.jsonl"
    path.write_text('{"id": "a"}\n{"id": \n', encoding="utf-8")
    assert score.main([str(path)] * 3) == 2
    assert f"{path}, line 2 is not JSON" in capsys.readouterr().err


def test_intervals_hold_the_figure_and_shrink_to_it_where_reports_are_alike():
    """All reports right: no width. Half of them right: some width, the figure inside."""
    right, missed = {"event": score.Tally(1, 1, 1)}, {"event": score.Tally(0, 0, 1)}
    assert bootstrap.intervals([right] * 20) == {"event": (100.0, 100.0)}
    low, high = bootstrap.intervals([right, missed] * 20)["event"]
    assert low < 66.7 < high < 100.0


def test_intervals_of_the_macro_figure_average_the_frequent_types():
    """Ten of one type found and ten of another missed: half way between."""
    right, missed, invented = score.Tally(1, 1, 1), score.Tally(0, 0, 1), score.Tally(0, 1, 0)
    report = {"type AID": right, "type REJECT": missed, "type CONSULT": invented}
    assert bootstrap.intervals([report] * 10)["event macro"] == (50.0, 50.0)
