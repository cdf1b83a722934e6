"""Word pieces, rows for the encoder, and reading events off its numbers."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from whimbrel.errors import ModelError
from whimbrel.extraction import pieces
from whimbrel.extraction.chunks import LONGEST, ROW, chunks, inputs
from whimbrel.extraction.extractor import MODEL
from whimbrel.extraction.labels import DISTANCE_EDGES, Labels, distance_bucket
from whimbrel.records import Sentence

HARD_TEXT = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("é\u0301😀👩‍👧\u00a0\r\n\u200fשלוםمرحبا—“”'")), max_size=80
)


@pytest.fixture(scope="module")
def cutter():
    """The shipped vocabulary."""
    return pieces.Cutter.load(MODEL / "vocabulary.txt")


@pytest.mark.parametrize(
    ("word", "case"),
    [
        ("talks", pieces.LOWER),
        ("Putin", pieces.CAPITALISED),
        ("UN", pieces.UPPER),
        ("A", pieces.CAPITALISED),
        ("McDonald", pieces.MIXED),
        ("2023", pieces.LETTERLESS),
        ("—", pieces.LETTERLESS),
        ("iPhone", pieces.MIXED),
    ],
)
def test_letter_case(word, case):
    """Each word has one of five cases."""
    assert pieces.letter_case(word) == case


@settings(max_examples=200, deadline=None)
@given(HARD_TEXT)
def test_pieces_are_where_they_say(cutter, text):
    """Spans lie inside the text, in order, and are not empty, whatever characters it has."""
    (cut,) = cutter.cut([text])
    assert len(cut.ids) == len(cut.cases) == len(cut.spans) == len(cut.first)
    for start, end in cut.spans.tolist():
        assert 0 <= start < end <= len(text)
    assert (np.diff(cut.spans[:, 0]) >= 0).all()
    if len(cut):
        assert cut.first[0]


def test_case_belongs_to_the_whole_word(cutter):
    """Every piece of a word carries its word's case."""
    (cut,) = cutter.cut(["Ouagadougou spoke"])
    assert len(cut) > 2
    assert cut.cases[0] == cut.cases[1] == pieces.CAPITALISED
    assert cut.cases[-1] == pieces.LOWER


def laid_out(cutter, texts):
    """Lay sentences joined by one space out in rows."""
    sentences, at = [], 0
    for index, text in enumerate(texts):
        sentences.append(Sentence(index, text, at, at + len(text)))
        at += len(text) + 1
    return chunks(0, sentences, cutter.cut(texts))


def test_sentences_share_rows(cutter):
    """Consecutive sentences share a row up to its length, and characters count from the document's start."""
    texts = ["Troops crossed the border near the river at dawn."] * 40
    rows = laid_out(cutter, texts)
    whole = " ".join(texts)
    assert 1 < len(rows) < 40
    assert all(len(row) <= ROW for row in rows)
    assert sorted({i for row in rows for i in row.sentence.tolist()}) == list(range(40))
    assert whole[rows[1].spans[0, 0] : rows[1].spans[0, 1]] == "Troops"


def test_an_overlong_sentence_is_cut_and_says_so(cutter):
    """What the encoder has no positions for is left out, and the row says so."""
    (row,) = laid_out(cutter, ["word " * 2000])
    assert row.cut
    assert len(row) == LONGEST


def test_inputs_are_padded_and_masked(cutter):
    """Rows of different length share one batch; the mask covers just the pieces and the two special ones."""
    batch = [laid_out(cutter, [text])[0] for text in ("Yes.", "The two presidents met in Nairobi.")]
    fed = inputs(batch, cutter)
    assert fed["ids"].shape == fed["cases"].shape == fed["mask"].shape == (2, len(batch[1]) + 2)
    assert fed["mask"].sum(axis=1).tolist() == [len(batch[0]) + 2, len(batch[1]) + 2]
    assert fed["ids"][0, 0] == cutter.start
    assert fed["ids"][0, len(batch[0]) + 1] == cutter.end


def test_a_blank_document_gives_no_row(cutter):
    """Nothing to read is nothing to encode."""
    assert laid_out(cutter, []) == []


def test_distance_buckets_tell_sides_apart():
    """Before and after the trigger are different buckets; farther is a higher one; all fit the table."""
    buckets = [distance_bucket(i) for i in range(-100, 101)]
    assert max(buckets) == 2 * len(DISTANCE_EDGES)
    assert distance_bucket(0) == 0
    assert distance_bucket(3) != distance_bucket(-3)
    assert distance_bucket(60) > distance_bucket(2)


def test_labels_round_trip(tmp_path):
    """What is written is read back; a damaged file is a model error that names it."""
    labels = Labels(("AGREE", "ASSAULT"), (("ASSAULT", "aerial"),), ("negated",), ("military",))
    path = tmp_path / "labels.json"
    labels.save(path)
    assert Labels.load(path) == labels
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"labels\.json"):
        Labels.load(path)
    with pytest.raises(ModelError, match="missing"):
        Labels.load(Path("missing"))


@pytest.fixture(scope="module")
def reference():
    """The library's own cutter, with the shipped vocabulary."""
    from tokenizers import BertWordPieceTokenizer

    return BertWordPieceTokenizer(str(MODEL / "vocabulary.txt"), lowercase=True)


SCRIPTS = "abcXYZ éÉñøßİıæ'’“”—-–.,;:!?()[]/%&@#$€£0123 \u00a0\t\r\n\u200f\u200b\u0301שלוםمرحباПривет中文日本かな한국어ไทยहिन्दी😀👩‍👧🇫🇷"  # noqa: E501


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(SCRIPTS), max_size=60))
@example("Zelenskyy’s UN-backed pre-1967 “two-state” plan cost $1,200.50 (5 %)…")
@example("a\u200bb\u0301c\u00add e\ufffdf " + "x" * 120)
def test_words_are_cut_as_the_library_cuts_them(cutter, reference, text):
    """The same pieces, spans and word starts as the `tokenizers` library gives."""
    expected = reference.encode(text, add_special_tokens=False)
    (cut,) = cutter.cut([text])
    words = expected.word_ids
    assert cut.ids.tolist() == expected.ids
    assert list(map(tuple, cut.spans.tolist())) == expected.offsets
    assert cut.first.tolist() == [i == 0 or words[i] != words[i - 1] for i in range(len(words))]


def test_special_pieces_in_a_text_are_plain_text(cutter):
    """A report that says [MASK] or [SEP] does not reach the encoder's own marks."""
    (cut,) = cutter.cut(["[MASK] [SEP] [CLS]"])
    assert not {cutter.mask, cutter.start, cutter.end} & set(cut.ids.tolist())
