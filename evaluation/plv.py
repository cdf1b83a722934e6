"""Macro-F1 on the PLV benchmark: `python evaluation/plv.py PLV.tsv [--json] [--out ANSWERS.tsv] [--model FOLDER]`.

PLV (Hu et al., ACL 2024, "Leveraging Codebook Knowledge with NLI and ChatGPT for Zero-Shot Political Relation
Classification") gives a sentence, a source and a target, and asks for one of 15 root types; it counts CONCEDE and
RETREAT as YIELD and knows no "none". Read from the file are the columns sentence, source, target, gold_root and
gold_penta (1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict). The probability of
YIELD is the sum of its two types'; STATEMENT is never answered; the quad is that of the type answered.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from coding import load_coder

from whimbrel.errors import SourceError, WhimbrelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

QUADS = {"AGREE": "1", "CONSULT": "1", "SUPPORT": "1", "YIELD": "2", "AID": "2", "COOPERATE": "2",
         "ACCUSE": "3", "REJECT": "3", "REQUEST": "3", "THREATEN": "3",
         "ASSAULT": "4", "COERCE": "4", "MOBILIZE": "4", "PROTEST": "4", "SANCTION": "4"}
YIELDS = ("CONCEDE", "RETREAT")
COLUMNS = ("sentence", "source", "target", "gold_root", "gold_penta")
RESAMPLES, SEED = 1_000, 1


class Typing(Protocol):
    """What is measured: the probability of each type, given who did it and to whom."""

    def typed(self, sentence: str, source: str, target: str) -> dict[str, float]:
        """Return the probabilities of the types."""


class Row(NamedTuple):
    """One row of the benchmark."""

    sentence: str
    source: str
    target: str
    root: str
    quad: str


def read(path: Path) -> list[Row]:
    """Return the rows of a file; raises SourceError where a column is missing or a type is not one of the 15."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            table = csv.DictReader(lines, delimiter="\t")
            missing = [column for column in COLUMNS if column not in (table.fieldnames or ())]
            if missing:
                raise SourceError(f"{path} has no column {', '.join(missing)}: is it a PLV file?")
            return [_row(path, number, cells) for number, cells in enumerate(table, 2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path} cannot be read: {error}") from error


def _row(path: Path, number: int, cells: Mapping[str, str]) -> Row:
    row = Row(*(cells[column] or "" for column in COLUMNS))
    if row.root not in QUADS or row.quad not in QUADS.values():
        raise SourceError(f"{path}, row {number}: {row.root!r} with quad {row.quad!r} is not one of the 15 types")
    return row


def answer(probabilities: Mapping[str, float]) -> str:
    """Return the benchmark's most probable type, from the probabilities of Whimbrel's types."""
    scores = {root: probabilities.get(root, 0.0) for root in QUADS}
    scores["YIELD"] += sum(probabilities.get(kind, 0.0) for kind in YIELDS)
    return max(scores, key=lambda root: scores[root])


def by_class(gold: Sequence[str], answered: Sequence[str], classes: Sequence[str]) -> dict[str, float]:
    """Return the F1 of each class in per cent; 0 for one that is neither in the gold nor answered."""
    matrix = _counts(gold, answered, classes)
    return dict(zip(classes, (100 * _f1(matrix.sum(axis=0))).tolist(), strict=True))


def _counts(gold: Sequence[str], answered: Sequence[str], classes: Sequence[str]) -> NDArray[np.int64]:
    """Return for each row and class whether it was right, answered, gold: int64 of shape (rows, classes, 3)."""
    wanted = np.array([[kind == each for each in classes] for kind in gold])
    found = np.array([[kind == each for each in classes] for kind in answered])
    return np.stack([wanted & found, found, wanted], axis=-1).astype(np.int64)


def _f1(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    f1: NDArray[np.float64] = 2 * counts[..., 0] / np.maximum(counts[..., 1] + counts[..., 2], 1)
    return f1


class Macro(NamedTuple):
    """The mean F1 over classes in per cent, and the ends of its 95 % interval."""

    f1: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What is measured: macro-F1 over types and over quads, and the F1 of each type, in per cent."""

    rows: int
    root: Macro
    quad: Macro
    types: dict[str, float]


def macro(gold: Sequence[str], answered: Sequence[str], classes: Sequence[str]) -> Macro:
    """Return the mean F1 over classes, its interval from 1,000 bootstrap resamples of the rows."""
    counts = _counts(gold, answered, classes)
    rows = len(counts)
    times = np.random.default_rng(SEED).multinomial(rows, np.full(rows, 1 / rows), size=RESAMPLES)
    drawn = (times @ counts.reshape(rows, -1)).reshape(RESAMPLES, len(classes), 3)
    low, high = np.percentile(100 * _f1(drawn).mean(axis=1), [2.5, 97.5])
    return Macro(*(round(float(value), 1) for value in (100 * _f1(counts.sum(axis=0)).mean(), low, high)))


def measure(extractor: Typing, rows: Sequence[Row]) -> tuple[list[str], Figures]:
    """Return the type answered for each row, and the figures."""
    answered = [answer(extractor.typed(row.sentence, row.source, row.target)) for row in rows]
    gold = [row.root for row in rows]
    quads = [row.quad for row in rows], [QUADS[kind] for kind in answered], sorted(set(QUADS.values()))
    types = {kind: round(f1, 1) for kind, f1 in by_class(gold, answered, list(QUADS)).items()}
    return answered, Figures(len(rows), macro(gold, answered, list(QUADS)), macro(*quads), types)


def _lines(figures: Figures) -> Iterator[str]:
    for name, found in (("root", figures.root), ("quad", figures.quad)):
        yield f"{name} macro-F1 {found.f1} (95 % interval {found.low} to {found.high}), {figures.rows} rows"
    yield from (f"  {kind:12}{f1:>6}" for kind, f1 in figures.types.items())


def main(arguments: Sequence[str] | None = None, extractor: Typing | None = None) -> int:
    """Run from the command line; returns the exit status. `extractor` takes the place of Whimbrel's own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("plv", type=Path, help="PLV_test.tsv or PLV_train.tsv")
    parser.add_argument("--model", type=Path, help="model folder (default: the one that ships)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", type=Path, help="where to write the number of each row, its type and the answer")
    options = parser.parse_args(arguments)
    try:
        rows = read(options.plv)
        if not rows:
            raise SourceError(f"{options.plv} has no rows")
        answered, figures = measure(extractor or load_coder(options.model).extractor, rows)
    except WhimbrelError as error:
        print(f"plv: {error}", file=sys.stderr)
        return 2
    if options.out:
        lines = (f"{row}\t{gold.root}\t{kind}\n" for row, (gold, kind) in enumerate(zip(rows, answered, strict=True)))
        options.out.write_text("row\tgold\tanswered\n" + "".join(lines), encoding="utf-8")
    print(json.dumps(asdict(figures)) if options.json else "\n".join(_lines(figures)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
