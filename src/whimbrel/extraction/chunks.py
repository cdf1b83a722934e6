"""Lay documents out for the encoder: consecutive sentences share a row, so that each sees what came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from whimbrel.extraction.pieces import Cutter, Pieces
    from whimbrel.records import Sentence

ROW = 192  # pieces that sentences may share a row up to; a longer sentence has a row of its own
LONGEST = 510  # what the encoder's positions allow beside its two special pieces


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some consecutive sentences of one document in one row.

    `ids`, `cases`, `first` (begins a word) and `sentence` (its index in the document) have shape (n,), `spans`
    (n, 2) counts characters of the document's text. `cut` says that pieces of an overlong sentence were left out.
    """

    document: int
    ids: NDArray[np.int32]
    cases: NDArray[np.int32]
    spans: NDArray[np.int32]
    first: NDArray[np.bool_]
    sentence: NDArray[np.int32]
    cut: bool = False

    def __len__(self) -> int:
        return len(self.ids)


def _rows(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Group consecutive sentences into rows."""
    row: list[int] = []
    filled = 0
    for index, length in enumerate(lengths):
        if row and filled + length > ROW:
            yield row
            row, filled = [], 0
        row.append(index)
        filled += length
    if row:
        yield row


def chunks(document: int, sentences: Sequence[Sentence], pieces: Sequence[Pieces]) -> list[Chunk]:
    """Lay one document's sentences out, given the pieces of each."""
    made = []
    for row in _rows([len(p) for p in pieces]):
        parts = [pieces[i] for i in row]
        if not sum(map(len, parts)):
            continue
        ids = np.concatenate([p.ids for p in parts])
        made.append(
            Chunk(
                document,
                ids[:LONGEST],
                np.concatenate([p.cases for p in parts])[:LONGEST],
                np.concatenate([p.spans + sentences[i].start for i, p in zip(row, parts, strict=True)])[:LONGEST],
                np.concatenate([p.first for p in parts])[:LONGEST],
                np.repeat(np.array([sentences[i].index for i in row], np.int32), [len(p) for p in parts])[:LONGEST],
                cut=len(ids) > LONGEST,
            )
        )
    return made


def inputs(batch: Sequence[Chunk], cutter: Cutter) -> dict[str, NDArray[np.int64]]:
    """Return what the encoder is fed: `ids`, `cases`, `mask`, each int64 of shape (chunks, longest + 2)."""
    width = max(map(len, batch)) + 2
    ids = np.zeros((len(batch), width), np.int64)
    cases = np.zeros_like(ids)
    mask = np.zeros_like(ids)
    for row, chunk in enumerate(batch):
        end = len(chunk) + 1
        ids[row, 0] = cutter.start
        ids[row, 1:end] = chunk.ids
        ids[row, end] = cutter.end
        cases[row, 1:end] = chunk.cases
        mask[row, : end + 1] = 1
    return {"ids": ids, "cases": cases, "mask": mask}
