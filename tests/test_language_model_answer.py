"""What a language model is asked, and how its answer is read: phrases back to characters, whatever else it says."""

from __future__ import annotations

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_language_model import ARREST, GOOD, wrong

from whimbrel.extraction.language_model_answer import Reader, UnreadableError, locate, parsed
from whimbrel.extraction.language_model_prompt import answer_schema, instructions, question
from whimbrel.ontology import Ontology
from whimbrel.records import Document, Sentence, Span

ONTOLOGY = Ontology.load()
SENTENCE = Sentence(3, "The army\nattacked; later the  armies’ foes attacked the army.", 50, 111)


@pytest.mark.parametrize(
    ("phrase", "near", "found"),
    [
        ("attacked", None, (9, "attacked")),
        ("attacked", 50 + 45, (43, "attacked")),  # the one nearest to the trigger
        ("The army attacked", None, (0, "The army\nattacked")),  # a line end for a blank
        ("the armies' foes", None, (25, "the  armies’ foes")),
        ("the army", None, (52, "the army")),  # its case comes before the case of the first
        ("THE ARMY", None, (0, "The army")),
        ("arm", None, (4, "arm")),  # no whole word: a part of one
        ("army.", None, (56, "army.")),
        ("navy", None, None),
        ("  ", None, None),
        (".*", None, None),
    ],
)
def test_locate(phrase, near, found):
    """Where a phrase stands, with the sentence's own characters."""
    span = locate(phrase, SENTENCE, near)
    assert span == (None if found is None else Span(found[1], 50 + found[0], 50 + found[0] + len(found[1])))


@given(st.text(st.sampled_from("ab ’'“\"-–.\n(*"), max_size=30), st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=100, deadline=None)
def test_every_part_of_a_sentence_is_found(text, start, end):
    """A phrase copied from a sentence is always located, and what is located is what the sentence has."""
    sentence = Sentence(0, text, 7, 7 + len(text))
    phrase = text[start:end]
    span = locate(phrase, sentence)
    assert (span is not None) == bool(phrase.split())
    if span is not None:
        assert text[span.start - 7 : span.end - 7] == span.text
        assert len("".join(span.text.split())) == len("".join(phrase.split()))


def test_two_events_with_the_same_word():
    """A word that stands twice is the trigger of two events; the same event twice is one."""
    sentence = Sentence(0, "Peru accused Chile and Chile accused Peru.", 0, 42)
    entry = {**ARREST, "type": "ACCUSE", "mode": [], "trigger": "accused", "arrested": None, "places": [], "dates": []}
    first, second = {**entry, "actors": ["Peru"], "recipients": []}, {**entry, "actors": ["Chile"], "recipients": []}
    reading = Reader(ONTOLOGY).read({"events": [first, second]}, [sentence])
    assert [(event.trigger.start, event.actor[0].text) for event in reading.events] == [(5, "Peru"), (29, "Chile")]
    thrice = Reader(ONTOLOGY).read({"events": [first, second, first]}, [sentence])
    assert len(thrice.events) == 2


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"events": 5}', "null", "{" * 5_000])
def test_no_answer_at_all(text):
    """Such an answer is unreadable, never a crash."""
    with pytest.raises(UnreadableError):
        parsed(text)


def test_prompt_is_the_ontologys():
    """Every type, mode, flag and context is defined in it, in the ontology's words."""
    text = instructions(ONTOLOGY)
    wanted = [definition for part in (ONTOLOGY.flags, ONTOLOGY.contexts) for definition in part.values()]
    for kind in ONTOLOGY.types.values():
        wanted += [f"{kind.name}: {kind.definition}", *(f"- {m.name}: {m.definition}" for m in kind.modes.values())]
    assert [part for part in wanted if part not in text] == []
    assert question(Document("d", "", None), [Sentence(4, "A\nB.", 0, 4)]) == "[1] A B."


def test_schema_fits_strict_structured_output():
    """Every object lists all of its properties as required and allows no others, and a good answer fits."""
    schema = answer_schema(ONTOLOGY)
    jsonschema.Draft202012Validator.check_schema(schema)

    def objects(part):
        if isinstance(part, dict):
            if part.get("type") == "object":
                yield part
            for inner in part.values():
                yield from objects(inner)

    assert all(o["required"] == list(o["properties"]) and o["additionalProperties"] is False for o in objects(schema))
    jsonschema.validate(GOOD, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong(type="DANCE"), schema)
