"""The pipeline: text in, event records out."""

import dataclasses
import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whimbrel
from whimbrel.errors import ModelError, OptionError
from whimbrel.export import event_to_dict
from whimbrel.records import Document, Event

ARREST = "Police in Lima arrested two protesters on Monday."
NOISE = st.text(st.sampled_from("é\u0301😀👩‍👧\u00a0\r\n\u200fשלוםمرحبا—“”'.,!  aZ9"), max_size=25)
FACTS = (
    ARREST,
    "Kenya's president met his Ugandan counterpart in Kampala on Tuesday.",
    "At least 12 people were killed in an airstrike on Aleppo, according to the UN.",
    "The European Union imposed sanctions on Belarus.",
    "O\u2019Brien condemned the attack on the embassy in São Tomé.",
    "🇫🇷 France will send aid to Haiti, the Élysée said.",
)


@pytest.fixture(scope="module")
def coder():
    """The shipped model and tables."""
    return whimbrel.Coder()


@pytest.fixture(scope="module")
def eager():
    """The same, keeping also events that it is unsure of, so that more spans are looked at."""
    return whimbrel.Coder(min_confidence=0.02)


def spans(event: Event):
    """Return every (text, start, end) that a record holds."""
    found = [
        event.trigger,
        event.sentence,
        *event.actor,
        *event.recipient,
        event.according_to,
        event.place,
        event.killed,
        event.injured,
        event.arrested,
    ]
    yield from ((value.text, value.start, value.end) for value in found if value is not None)
    if event.date and event.date.characters:
        yield (event.date.text, *event.date.characters)


def test_a_sentence_becomes_a_record(coder):
    """Who, did what, to whom, where and when, each with its characters."""
    (event,) = coder.code(ARREST, published="2023-10-18")
    assert (event.event, event.mode, event.quad) == ("COERCE", ("arrest",), "material conflict")
    assert [m.text for m in event.actor] == ["Police"]
    assert event.actor[0].members[0].country == "PER"
    assert event.actor[0].members[0].sector[0] == "COP"
    assert [m.text for m in event.recipient] == ["protesters"]
    assert (event.place.name, event.place.country) == ("Lima", "PER")
    assert event.date.start == event.date.end == dt.date(2023, 10, 16)
    assert event.arrested.value == 2
    assert 0 < event.confidence <= 1
    assert event.coder.startswith(f"whimbrel {whimbrel.__version__}, model ")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(NOISE, st.sampled_from(FACTS)), min_size=1, max_size=6))
def test_every_value_has_its_characters(eager, parts):
    """Whatever surrounds the text, each value of a record is the text at its characters."""
    text = " ".join(parts)
    for event in eager.code(text, published=dt.date(2023, 10, 17)):
        for value, start, end in spans(event):
            assert text[start:end] == value


@pytest.mark.parametrize("break_", ["\r\n\r\n", "\n", "\u00a0", " 😀 ", "\u200f ", "\t"])
def test_characters_after_hard_breaks(eager, break_):
    """Line ends, non-breaking spaces, emoji and marks of direction before a sentence do not move its spans."""
    text = f"A\u0301bc — “שלום” 👩‍👧.{break_}{ARREST}"
    events = eager.code(text)
    assert any(e.trigger.text == "arrested" for e in events)
    assert all(text[s:e] == value for event in events for value, s, e in spans(event))


def test_records_do_not_depend_on_company(coder):
    """A document coded in a stream of many gives the records that it gives alone, in the order given."""
    documents = [Document(f"d{i}", fact, published=dt.date(2023, 10, 17)) for i, fact in enumerate(FACTS * 30)]
    streamed = list(coder.stream(iter(documents)))
    assert [document.id for document, _ in streamed] == [document.id for document in documents]
    for document, events in streamed[: len(FACTS)]:
        alone = coder.examine(document).events
        assert [(e.id, e.event, e.trigger, e.actor, e.recipient) for e in events] == [
            (e.id, e.event, e.trigger, e.actor, e.recipient) for e in alone
        ]


def test_ids_are_stable_and_tell_events_apart(coder):
    """The same report gives the same ids; another document or trigger gives others."""
    text = " ".join(FACTS)
    first, again = coder.code(text, id="one"), coder.code(text, id="one")
    assert [e.id for e in first] == [e.id for e in again]
    assert len({e.id for e in first}) == len(first) > 3
    assert not {e.id for e in first} & {e.id for e in coder.code(text, id="two")}


def test_events_come_in_the_order_of_the_text(coder):
    """By trigger, from the first to the last."""
    events = coder.code(" ".join(FACTS))
    assert all(a.trigger.start < b.trigger.start for a, b in pairwise(events))


def test_min_confidence_trades(coder, eager):
    """A lower bound keeps at least as many events, and none below it."""
    text = " ".join(FACTS)
    assert len(eager.code(text)) >= len(coder.code(text))
    strict = whimbrel.Coder(min_confidence=0.9).code(text)
    assert all(e.confidence >= 0.9 for e in strict)


@pytest.mark.parametrize(
    "text", ["", "   \n", "The match ended 2-1 after extra time.", "😀😀😀", "\u200f", "a" * 100_000]
)
def test_text_without_events_gives_none(coder, text):
    """Nothing to code is an empty list, not an error."""
    assert coder.code(text) == []


def test_no_publication_date_is_no_date(coder):
    """A weekday cannot be placed without knowing when the report was published."""
    (event,) = coder.code(ARREST)
    assert event.date is None


@pytest.mark.parametrize("published", ["0000-00-00", "yesterday-ish", "2023-13-01", ""])
def test_an_impossible_publication_date_is_refused(coder, published):
    """The message names the value."""
    with pytest.raises(OptionError, match="published"):
        coder.code(ARREST, published=published)


@pytest.mark.parametrize(
    ("options", "message"), [({"min_confidence": 2}, "min_confidence"), ({"threads": 0}, "threads")]
)
def test_options_that_make_no_sense_are_refused(options, message):
    """Before anything is loaded."""
    with pytest.raises(OptionError, match=message):
        whimbrel.Coder(**options)


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    """The message names the folder and what it lacks."""
    with pytest.raises(ModelError, match=r"model\.onnx"):
        whimbrel.Coder(tmp_path)


def test_a_damaged_model_is_refused(tmp_path):
    """A file that is not a model is a model error, not a crash of the runtime."""
    from whimbrel.extraction.extractor import MODEL

    for path in MODEL.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes() if path.name != "model.onnx" else b"not a model")
    with pytest.raises(ModelError, match="cannot be loaded"):
        whimbrel.Coder(tmp_path)


def test_records_are_frozen(coder):
    """A record cannot be changed after it was made."""
    (event,) = coder.code(ARREST)
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.event = "AID"


def test_pandas_frame(coder):
    """One row a record, the same columns whatever is in it."""
    frame = whimbrel.to_pandas(coder.code(" ".join(FACTS)))
    assert len(frame) == len(coder.code(" ".join(FACTS)))
    assert list(frame.columns) == list(whimbrel.to_pandas([]).columns)


def test_typed_weighs_a_given_pair(coder):
    """Given source and target, the probabilities of the types sum to one."""
    typed = coder.extractor.typed("Brazil condemned the coup in Gabon.", "Brazil", "Gabon")
    assert abs(sum(typed.values()) - 1) < 1e-5
    assert max(typed, key=typed.get) == "ACCUSE"


def test_json_of_a_record(coder):
    """The JSON has the design's words."""
    (event,) = coder.code(ARREST, published="2023-10-18")
    record = event_to_dict(event)
    assert record["date"]["from"] == "text"
    assert record["actor"][0]["members"][0]["country"] == "PER"
    assert record["document"]["published"] == "2023-10-18"
