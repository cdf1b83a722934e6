"""One event, one record."""

import pytest

from whimbrel.extraction.doubles import without_doubles
from whimbrel.records import FoundEvent, Span

A, B, C = Span("Kenya", 0, 5), Span("Uganda", 10, 16), Span("Chad", 20, 24)
PLACE = Span("Busia", 30, 35)


def event(at, confidence, *, kind="CONSULT", sentence=0, **roles):
    """Return an event triggered at some character."""
    return FoundEvent(sentence, kind, Span("talks", at, at + 5), confidence, **roles)


@pytest.mark.parametrize(
    ("first", "second", "one", "why"),
    [
        ({"actor": (A, B)}, {"actor": (A, B)}, True, "the same parties"),
        ({"actor": (A, B)}, {"actor": (A,)}, True, "one names fewer of them"),
        ({"actor": (A,)}, {}, True, "one names nobody"),
        ({"actor": (A,), "recipient": (B,)}, {"actor": (A,), "recipient": (C,)}, False, "another recipient"),
        ({"actor": (A,)}, {"actor": (B,)}, False, "another actor"),
        ({"actor": (A,)}, {"actor": (A,), "kind": "AGREE"}, False, "another type"),
        ({"actor": (A,)}, {"actor": (A,), "sentence": 1}, False, "another sentence"),
    ],
)
def test_when_two_are_one(first, second, one, why):
    """Type, sentence and parties decide."""
    marked = without_doubles([event(40, 0.9, **first), event(60, 0.6, **second)])
    assert (marked[1].double_of is not None) is one, why
    assert marked[0].double_of is None


def test_the_surer_one_stays_wherever_it_stands():
    """Order in the text does not matter; the order given is kept."""
    marked = without_doubles([event(40, 0.5), event(60, 0.8)])
    assert marked[0].double_of == marked[1].trigger
    assert [e.trigger.start for e in marked] == [40, 60]


def test_the_surer_one_takes_over_what_only_the_other_says():
    """Nothing that was read is lost with the double."""
    marked = without_doubles([event(40, 0.9, actor=(A,)), event(60, 0.6, place=(PLACE,), killed=C)])
    assert marked[0].place == (PLACE,)
    assert marked[0].killed == C
