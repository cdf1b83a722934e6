"""Segmenting: where sentences end, what a dateline is, and that no character is lost or moved."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whimbrel.extraction.segmenting import LONGEST, segment

if TYPE_CHECKING:
    from whimbrel.records import Segmented


def cut(text: str) -> list[str]:
    """Return the texts of the sentences."""
    return [sentence.text for sentence in segment(text).sentences]


KEPT_WHOLE = [
    ("The U.S. Senate met Gov. Lee Okafor and Sen. Ruth Adler in St. Louis.", "titles and U.S. before names"),
    ("Lt. Col. Juan Ríos, Gen. Aye Min and Maj.-Gen. Tariq Nasir signed.", "ranks in a row, one hyphenated"),
    ("George W. Bush and J. K. Okello wrote to Dr. A. Sen.", "initials"),
    ("Talks began at 5 p.m. Monday and ended at 11.30 a.m. GMT.", "times before a weekday or a zone"),
    ("Inflation rose 3.5 per cent, or 1.2 points, in the quarter.", "decimal numbers"),
    ("They waited... and waited… for an answer.", "dots followed by a small letter"),
    ("Resolution No. 5 and Art. 12 were passed on Oct. 17.", "abbreviations before numbers"),
    ("Write to press@example.org or see www.example.org/a.html for details.", "addresses"),
    ('"We will go. We will stay," the minister said.', "a quotation stays with its speaker"),
    ('"Who gave the order?" Okoro asked.', "a quoted question and who asked it"),
    ("Ghana vs. Togo, i.e. the first round, e.g. in Lomé, drew crowds.", "vs., i.e., e.g."),
    ("Smith Jr. and Acme Corp. Ltd. of Reno, Nev. were fined.", "suffixes and states"),
    ("The report (see p. 4) names Yahoo! among the buyers.", "an exclamation mark inside a name"),
    ("Ministers met in Washington, D.C. Tuesday.", "letters with full stops before a name"),
]


@pytest.mark.parametrize(("text", "why"), KEPT_WHOLE)
def test_does_not_cut_inside_a_sentence(text: str, why: str) -> None:
    """A full stop is not always the end."""
    assert cut(text) == [text], why


CUT = [
    ("Police fired.|Two died.|No one claimed it.", "plain full stops"),
    (
        "He flew to the U.S.|The talks failed.|They met at 5 p.m.|Police watched.",
        "abbreviations that do end a sentence",
    ),
    ('She said: "We left. We won."|Crowds cheered.', "the closing quote stays"),
    ("It ended in 2021.|45 people were freed.", "a year, then a figure"),
    ("Will they sign?|Yes!|Nobody knows.", "questions and exclamations"),
    ("The deal failed.[12]|Both sides blamed the other.", "a footnote mark stays with its sentence"),
    ("(He left.|She stayed.)|The end.", "brackets"),
    ("The group attacked.|al-Shabaab claimed it.|von Arnim denied it.", "names that begin in lower case"),
    ("Did he say no?|No.|The talks went on.", "No. as an answer"),
    ("They waited...|Then they left.", "dots, then a capital"),
    ("قال الوزير ذلك.|هل وصل الوفد؟|نعم.", "Arabic, right to left"),
    ("वे दिल्ली पहुँचे।|वार्ता शुरू हुई।", "Devanagari"),
    ("They cheered 🎉.|🚨 Police came.|Done.", "emoji"),
    ("The visit ended.\u00a0He left.", "no-break space"),
]


@pytest.mark.parametrize(("marked", "why"), CUT)
def test_cuts_where_a_sentence_ends(marked: str, why: str) -> None:
    """The bar in the table stands for a blank where the text is cut."""
    if "\u00a0" in marked:
        assert cut(marked) == marked.split("\u00a0"), why
    else:
        assert cut(marked.replace("|", " ")) == marked.split("|"), why


def test_cuts_text_without_blanks_between_sentences() -> None:
    """Chinese needs no blank; English where one was forgotten is cut too."""
    assert cut("他到达北京。会谈开始了！") == ["他到达北京。", "会谈开始了！"]
    assert cut("The talks ended.The delegates left.") == ["The talks ended.", "The delegates left."]


WRAPPED = "The two sides met on Monday in the capital for a first round\nof talks that others had asked for\nin May."
FULL = "The two sides met on Monday in the capital for a first day of\nTalks that others wanted."
LONG = "The two states opened the border on Monday, and lorries crossed it for the first time in months and more."
LINES = [
    ("Talks begin\n\nThe two sides met.", ["Talks begin", "The two sides met."], "a blank line ends a heading"),
    ("Talks begin\r\n \r\nThey met.", ["Talks begin", "They met."], "CRLF, and blanks on the blank line"),
    (f"{WRAPPED} They left.", [WRAPPED, "They left."], "a line broken to fit the page goes on"),
    (f"{FULL} They left.", [FULL, "They left."], "a full line goes on even before a capital"),
    (
        "Agreed in Lomé:\n• open the border\n• free the crew\n1. Sign first. Then pay.\n2. Report",
        ["Agreed in Lomé:", "• open the border", "• free the crew", "1. Sign first.", "Then pay.", "2. Report"],
        "each item is its own",
    ),
    (f"Border opens\n{LONG}", ["Border opens", LONG], "a short line above a long one is a heading"),
    ("Seen: • a tank • a gun", ["Seen:", "• a tank", "• a gun"], "bullets in one line"),
]


@pytest.mark.parametrize(("text", "sentences", "why"), LINES)
def test_lines(text: str, sentences: list[str], why: str) -> None:
    """Blank lines, headings and list items end a sentence; a line broken to fit the page does not."""
    assert cut(text) == sentences, why


DATELINES = [
    ("Moscow, 17 October 2023 (TDI): In a series of calls, leaders spoke.", "Moscow", "17 October 2023", "TDI", "In a"),
    ("MOSCOW, Oct 17 (TASS) — The envoy left.", "MOSCOW", "Oct 17", "TASS", "The envoy"),
    ("NAIROBI, Kenya (AP) - Police fired.", "NAIROBI, Kenya", None, "AP", "Police"),
    ("GENEVA/KYIV (Reuters) - Talks began.", "GENEVA", None, "Reuters", "Talks"),
    ("(Xinhua) -- Rescuers came.", None, None, "Xinhua", "Rescuers"),
    ("BEIJING, Oct. 17 (Xinhua) -- An envoy left.", "BEIJING", "Oct. 17", "Xinhua", "An envoy"),
    ("MOSCOW, October 17. /TASS/. The envoy left.", "MOSCOW", "October 17", "TASS", "The envoy"),
    ("LAGOS — Unions met.", "LAGOS", None, None, "Unions"),
    ("WASHINGTON, D.C. — The Senate voted.", "WASHINGTON, D.C.", None, None, "The Senate"),
    ("N’DJAMENA, Chad, 3 May 2022 (AFP) – “We left,” he said.", "N’DJAMENA, Chad", "3 May 2022", "AFP", "“We left"),
    ("Kyiv, 3 May 2022\n\nThe president spoke.", "Kyiv", "3 May 2022", None, "The president"),
    ("Tehran, IRNA – Officials met.", "Tehran", None, "IRNA", "Officials"),
    ("New Delhi, Oct 17 (PTI) The court ruled.", "New Delhi", "Oct 17", "PTI", "The court"),
    ("YEREVAN, OCTOBER 17, ARMENPRESS. Talks began.", "YEREVAN", "OCTOBER 17", "ARMENPRESS", "Talks"),
    ("Geneva (17 October 2023) – Experts met.", "Geneva", "17 October 2023", None, "Experts"),
    ("ISLAMABAD: Police came.", "ISLAMABAD", None, None, "Police"),
    ("Port-au-Prince, 2024-03-05 - Gangs came.", "Port-au-Prince", "2024-03-05", None, "Gangs"),
]


@pytest.mark.parametrize(("text", "place", "date", "agency", "first"), DATELINES)
def test_reads_a_dateline(text: str, place: str | None, date: str | None, agency: str | None, first: str) -> None:
    """Place, date and agency are phrases of the text, and the first sentence starts after them."""
    segmented = segment(text)
    assert segmented.dateline is not None
    found = (segmented.dateline.place, segmented.dateline.date, segmented.dateline.agency)
    assert tuple(span and span.text for span in found) == (place, date, agency)
    assert segmented.sentences[0].text.startswith(first)
    check(text, segmented)


def test_reads_a_dateline_under_a_title() -> None:
    """A title and a byline may come first; both stay sentences."""
    segmented = segment("Talks begin in Cairo\n\nBy Mona Farid\n\nCAIRO (Reuters) - Talks began.")
    assert segmented.dateline is not None
    assert segmented.dateline.span.text == "CAIRO (Reuters) -"
    assert [sentence.text for sentence in segmented.sentences] == [
        "Talks begin in Cairo",
        "By Mona Farid",
        "Talks began.",
    ]


NOT_DATELINES = [
    "London, 1940: A city at war.",
    "World Health Organization (WHO) – The body met.",
    "UNHCR – The agency warned of hunger.",
    "VOA — The broadcaster closed an office.",
    "MODERATOR: The next question, please.",
    "U.S. — The word stands for a country.",
    "Paris – 5 May – was cold.",
    "NATO – which met on Monday – agreed.",
    "THE PRESIDENT: It is good to be here.",
    "On Monday, 5 May 2020 – The talks went on.",
    "BREAKING - Police fired.",
    "UPDATED, 3 May 2022 – The talks went on.",
    "Monday, 3 May 2022: The talks went on.",
    "UKRAINE - RUSSIA TALKS RESUME",
    "Paris - the city of light - voted.",
    "Amina Diallo (AFP) reported it.",
    "Moscow said on 17 October 2023: In no case will we go.",
    "Russia (TASS) reported that the envoy had left.",
]


@pytest.mark.parametrize("text", NOT_DATELINES)
def test_takes_no_ordinary_sentence_for_a_dateline(text: str) -> None:
    """What merely resembles a dateline stays in its sentence."""
    assert segment(text).dateline is None


def test_cuts_overlong_sentences_at_a_clause() -> None:
    """No part is longer than the encoder can read, and none ends inside a clause."""
    clause = "the envoys of the two states met in the old town hall and spoke of trade and of borders"
    text = "; ".join([clause] * 40) + "."
    parts = cut(text)
    assert all(len(part) <= LONGEST for part in parts)
    assert all(part.endswith((";", ".")) for part in parts)


def check(text: str, segmented: Segmented) -> None:
    """Check that the spans are exact, ordered and apart, and that nothing but blanks and the dateline is left out."""
    left = list(text)
    end = 0
    for index, sentence in enumerate(segmented.sentences):
        assert sentence.index == index
        assert sentence.text == text[sentence.start : sentence.end] == sentence.text.strip() != ""
        assert end <= sentence.start
        assert len(sentence.text) <= LONGEST
        end = sentence.end
        left[sentence.start : sentence.end] = [" "] * len(sentence.text)
    if segmented.dateline is not None:
        parts = (segmented.dateline.span, segmented.dateline.place, segmented.dateline.date, segmented.dateline.agency)
        assert all(part is None or text[part.start : part.end] == part.text for part in parts)
        span = segmented.dateline.span
        assert "".join(left[span.start : span.end]) == span.text, "no sentence overlaps the dateline"
        left[span.start : span.end] = [" "] * len(span.text)
    assert "".join(left).strip() == ""


WORDS = [
    "U.S.",
    "Gen.",
    "p.m.",
    "The",
    "talks",
    "5",
    "3.5",
    "1.",
    "Oct. 17",
    "MOSCOW",
    "(TASS)",
    "/TASS/.",
    "al-X",
    "a@b.org",
]
MARKS = ["...", "…", "!", "?", ".", '"', "“", "”", "(", ")", "[1]", "•", " — ", ": ", ",", "- ", "؟", "।"]
BLANKS = ["\r\n", "\n\n", "\n", "\r", "\u2029", "\u00a0", " ", "   ", "\t", "\x1c", "\x85", "\f"]
SCRIPTS = ["é", "e\u0301", "👩\u200d👧", "🇰🇪", "✌🏽", "قال.", "\u200f", "\u202e", "他。", "नमस्ते।", "\ufeff", "\x00"]
PIECES = st.sampled_from(WORDS + MARKS + BLANKS + SCRIPTS)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_loses_and_moves_nothing_in_text_like_news(text: str) -> None:
    """Any mixture of what news texts are made of."""
    check(text, segment(text))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_loses_and_moves_nothing_in_any_text(text: str) -> None:
    """Any characters at all."""
    check(text, segment(text))


@settings(max_examples=20, deadline=None)
@given(st.text(alphabet="ab.\u0301\u200d ,;\n", min_size=1, max_size=40))
def test_loses_and_moves_nothing_in_overlong_text(text: str) -> None:
    """Long runs, with combining marks and joiners."""
    repeated = text * 100
    check(repeated, segment(repeated))


PATHOLOGICAL = [
    *(
        ".",
        '"',
        '."',
        "a",
        "a.",
        "A. ",
        " ",
        "x\n",
        "\r\n \t",
        "(",
        "ABC, ",
        "AB/",
        ".[1]",
        '?" a b ',
        "\u0301",
        "\u200d",
    ),
    *("A-'", ' "a', ".  ", "word ", "[1", "• ", "他。", "A.B", "1. "),
]


@pytest.mark.parametrize("unit", PATHOLOGICAL)
def test_time_grows_with_length_only(unit: str) -> None:
    """400,000 characters of anything take a second at most on a common machine: nothing is scanned over and over."""
    text = unit * (400_000 // len(unit))
    start = time.process_time()
    segmented = segment(text)
    assert time.process_time() - start < 4
    assert all(text[sentence.start : sentence.end] == sentence.text for sentence in segmented.sentences[:100])
