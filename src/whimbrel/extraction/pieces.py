"""Cut text into the word pieces that the encoder reads, each with its characters and its letter case.

The encoder's vocabulary is lower-case, which loses what tells "May" from "may" and "US" from "us";
the case of each piece's word goes in beside it, through the encoder's token-type input.

Words are found and cut as BERT does (Devlin et al. 2019): controls dropped, accents taken off, each punctuation mark and
each Chinese character a word of its own, then the longest piece of the vocabulary again and again. A test holds this
to the `tokenizers` library, which would bring 40 MB and a network client with it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from whimbrel.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

CASES = 5  # lower, Capitalised, UPPER, miXed, and without letters
LOWER, CAPITALISED, UPPER, MIXED, LETTERLESS = range(CASES)
LONGEST_WORD = 100  # characters; a longer word is one unknown piece, as in BERT
KEPT = 20_000  # chunks between blanks that are remembered with their pieces
LONGEST_KEPT = 40
_CHUNK = re.compile(r"\S+")
_PLAIN = re.compile(r"[\x21-\x7e]+")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+|[^A-Za-z0-9]")
# Chinese characters in the sense of BERT: the unified ideographs and their extensions, not kana or hangul.
_IDEOGRAPHS = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
               (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))  # fmt: skip


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


class Cut(NamedTuple):
    """The pieces of one stretch between blanks; spans count from its start."""

    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    cases: tuple[int, ...]
    first: tuple[bool, ...]


NOTHING = Cut((), (), (), ())


@lru_cache(maxsize=4096)
def _alone(character: str) -> bool:
    """Say whether a character is a word of its own: a punctuation mark or a Chinese character."""
    if character.isascii():
        return not character.isalnum()
    code = ord(character)
    return unicodedata.category(character).startswith("P") or any(low <= code <= high for low, high in _IDEOGRAPHS)


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    """Return a character in lower case without accents; nothing for controls and marks."""
    if character == "\ufffd" or unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs"}:
        return ""
    apart = unicodedata.normalize("NFD", character)
    return "".join(c.lower() for c in apart if unicodedata.category(c) != "Mn")


class Cutter:
    """Cuts texts into word pieces with one vocabulary: the pieces in the order of their numbers."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self._kept: dict[str, Cut] = {}
        self.size = len(vocabulary)
        self.start, self.end, self.mask, self.unknown = (
            self._special(name) for name in ("[CLS]", "[SEP]", "[MASK]", "[UNK]")
        )

    def _special(self, name: str) -> int:
        if name not in self._numbers:
            raise ModelError(f"the vocabulary has no {name}; give the vocabulary.txt that belongs to the model")
        return self._numbers[name]

    @classmethod
    def load(cls, path: Path) -> Cutter:
        """Read a vocabulary, one piece a line; ModelError where it is none."""
        try:
            return cls(path.read_text(encoding="utf-8").splitlines())
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(f"{path} is not a vocabulary ({error}); export the model again") from error

    def cut(self, texts: Sequence[str]) -> list[Pieces]:
        """Cut each text; a text of blanks gives no pieces."""
        return [self._pieces(text) for text in texts]

    def _pieces(self, text: str) -> Pieces:
        ids: list[int] = []
        cases: list[int] = []
        spans: list[tuple[int, int]] = []
        first: list[bool] = []
        for found in _CHUNK.finditer(text):
            at, cut = found.start(), self._chunk(found.group())
            ids += cut.ids
            cases += cut.cases
            first += cut.first
            spans += [(start + at, end + at) for start, end in cut.spans]
        return Pieces(
            np.array(ids, np.int32), np.array(cases, np.int32), np.array(spans, np.int32).reshape(-1, 2), np.array(first, bool)
        )

    def _chunk(self, chunk: str) -> Cut:
        kept = self._kept.get(chunk)
        if kept is not None:
            return kept
        words = [self._word(chunk, *bounds) for bounds in _words(chunk)]
        cut = Cut(*(tuple(chain.from_iterable(column)) for column in zip(*words, strict=True))) if words else NOTHING
        if len(chunk) <= LONGEST_KEPT:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[chunk] = cut
        return cut

    def _word(self, chunk: str, start: int, end: int) -> Cut:
        """Cut one word into the longest pieces from its start on; a word that cannot be is one unknown piece."""
        letters = [(letter, at) for at in range(start, end) for letter in _folded(chunk[at])]
        word = "".join(letter for letter, _ in letters)
        if not word:
            return NOTHING
        bounds = self._bounds(word) if len(word) <= LONGEST_WORD else None
        first, last = letters[0][1], letters[-1][1] + 1
        case = letter_case(chunk[first:last])
        if bounds is None:
            return Cut((self.unknown,), ((first, last),), (case,), (True,))
        ids = tuple(self._numbers[("##" if a else "") + word[a:b]] for a, b in bounds)
        spans = tuple((letters[a][1], letters[b - 1][1] + 1) for a, b in bounds)
        return Cut(ids, spans, (case,) * len(ids), (True, *(False,) * (len(ids) - 1)))

    def _bounds(self, word: str) -> list[tuple[int, int]] | None:
        found, at = [], 0
        while at < len(word):
            prefix = "##" if at else ""
            end = next((e for e in range(len(word), at, -1) if prefix + word[at:e] in self._numbers), None)
            if end is None:
                return None
            found.append((at, end))
            at = end
        return found


def _words(chunk: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of the words in a stretch without blanks."""
    if _PLAIN.fullmatch(chunk):
        yield from (found.span() for found in _PLAIN_WORD.finditer(chunk))
        return
    begun = None
    for at, character in enumerate(chunk):
        if not _alone(character):
            begun = at if begun is None else begun
            continue
        if unicodedata.category(character) in {"Cc", "Cf"}:  # dropped: the word goes on behind it
            continue
        if begun is not None:
            yield begun, at
            begun = None
        yield at, at + 1
    if begun is not None:
        yield begun, len(chunk)
