"""How many people a phrase counts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whimbrel.resolution.counts import value

COUNTS = [
    ("at least 30", 30),
    ("At least four", 4),
    ("more than 50", 50),
    ("up to 25", 25),
    ("some 200", 200),
    ("nearly two hundred", 200),
    ("an estimated 4,000", 4000),
    ("1,200", 1200),
    ("1.5 million", 1_500_000),
    ("up to 3 million", 3_000_000),
    ("half a million", 500_000),
    ("ten thousand", 10_000),
    ("one hundred and five", 105),
    ("three thousand two hundred", 3200),
    ("thirty-one", 31),
    ("Four", 4),
    ("a dozen", 12),
    ("two dozen", 24),
    ("a few dozen", 36),
    ("dozens", 24),
    ("Dozens of miners", 24),
    ("scores", 40),
    ("hundreds", 200),
    ("several hundred", 300),
    ("thousands", 2000),
    ("tens of thousands", 20_000),
    ("hundreds of thousands", 200_000),
    ("several", 3),
    ("a few", 3),
    ("a couple", 2),
    ("both", 2),
    ("a man", 1),
    ("an aid worker", 1),
    ("another", 1),
    ("another six", 6),
    ("the driver", 1),
    ("his father", 1),
    ("a fourth", 1),
    ("a 33-year-old fisherman", 1),
    ("22-year-old student", 1),
    ("a family of four", 4),
    ("a group of 12 men", 12),
    ("three soldiers and two civilians", 5),
    ("42 fighters, 9 soldiers, and a civilian", 52),
    ("two guards and Maria Silva", 3),
    ("a man and his three children", 4),
    ("Three fishermen, including two brothers", 3),
    ("two men in their 30s", 2),
    ("four of the five men", 4),
    ("between 20 and 30", 20),
    ("two or three", 2),
    ("20-30", 20),
    ("no one", 0),
    ("nobody", 0),
    ("No", 0),
]


@pytest.mark.parametrize(("text", "number"), COUNTS)
def test_count(text: str, number: int) -> None:
    """A phrase counts so many people."""
    assert value(text) == number


@pytest.mark.parametrize("text", ["", "protesters", "Ana Ruiz", "officers", "...", "%"])
def test_no_count(text: str) -> None:
    """A phrase that counts nothing gives nothing, rather than a guess."""
    assert value(text) is None


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_survived(text: str) -> None:
    """No text raises, and no count is negative."""
    number = value(text)
    assert number is None or number >= 0


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 99_999_999), st.sampled_from(["{}", "at least {}", "more than {} people", "{} others"]))
def test_figures_are_read_back(number: int, form: str) -> None:
    """A figure counts itself, with and without commas."""
    assert value(form.format(number)) == number
    assert value(form.format(f"{number:,}")) == number


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 900), st.integers(2, 900))
def test_groups_add_up(first: int, second: int) -> None:
    """Two counted groups are added."""
    assert value(f"{first} miners and {second} teachers") == first + second
