"""Cut text into the word pieces that the encoder reads, each with its characters and its letter case.

The encoder's vocabulary is lower-case, which loses what tells "May" from "may" and "US" from "us";
the case of each piece's word goes in beside it, through the encoder's token-type input.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from whimbrel.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

CASES = 5  # lower, Capitalised, UPPER, miXed, and without letters
LOWER, CAPITALISED, UPPER, MIXED, LETTERLESS = range(CASES)


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """The word pieces of one text, without the encoder's special pieces.

    `ids`, `cases`: int32 of shape (n,); `spans`: int32 of shape (n, 2), characters of the text;
    `first`: bool of shape (n,), true where a piece begins a word.
    """

    ids: NDArray[np.int32]
    cases: NDArray[np.int32]
    spans: NDArray[np.int32]
    first: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)


def letter_case(word: str) -> int:
    """Return which of the five cases a word is written in."""
    if word.islower():
        return LOWER
    if word.isupper():
        return UPPER if len(word) > 1 else CAPITALISED
    if not any(map(str.isalpha, word)):
        return LETTERLESS
    return CAPITALISED if word[:1].isupper() and word[1:].islower() else MIXED


class Cutter:
    """Cuts texts into word pieces with one vocabulary."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self.start, self.end, self.mask = (self._special(name) for name in ("[CLS]", "[SEP]", "[MASK]"))
        self.size = tokenizer.get_vocab_size()

    def _special(self, name: str) -> int:
        number = self._tokenizer.token_to_id(name)
        if number is None:
            raise ModelError(f"the vocabulary has no {name}; give the tokenizer.json that belongs to the model")
        return int(number)

    @classmethod
    def load(cls, path: Path) -> Cutter:
        """Read a vocabulary as `tokenizer.json` holds it; ModelError where it is none."""
        try:
            return cls(Tokenizer.from_file(str(path)))
        except Exception as error:  # the library raises Exception itself
            raise ModelError(f"{path} is not a vocabulary ({error}); export the model again") from error

    def cut(self, texts: Sequence[str]) -> list[Pieces]:
        """Cut each text; a text of blanks gives no pieces."""
        return [
            self._pieces(text, encoding)
            for text, encoding in zip(
                texts, self._tokenizer.encode_batch(list(texts), add_special_tokens=False), strict=True
            )
        ]

    @staticmethod
    def _pieces(text: str, encoding: object) -> Pieces:
        ids, spans, words = encoding.ids, encoding.offsets, encoding.word_ids  # type: ignore[attr-defined]
        cases, first = [], []
        last, case = -1, LOWER
        extent: dict[int, list[int]] = {}
        for word, (start, end) in zip(words, spans, strict=True):
            if word in extent:
                extent[word][1] = end
            else:
                extent[word] = [start, end]
        for word in words:
            if word != last:
                start, end = extent[word]
                case = letter_case(text[start:end])
            cases.append(case)
            first.append(word != last)
            last = word
        return Pieces(
            np.array(ids, np.int32),
            np.array(cases, np.int32),
            np.array(spans, np.int32).reshape(-1, 2),
            np.array(first, bool),
        )
