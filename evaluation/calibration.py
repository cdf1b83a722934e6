"""How far `confidence` can be trusted: `python evaluation/calibration.py DOCS GOLD CODED [--json]`.

A record is right where a gold event matches it, as figure `event` of `score.py` counts. Prints the expected
calibration error (Naeini et al., AAAI 2015; ten bins of equal width), the bins themselves, and the precision and
recall that a user gets who keeps the records from a least confidence on.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import score
from sets import Line, field, read_lines

from whimbrel.errors import SourceError, WhimbrelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BINS = 10
THRESHOLDS = tuple(step / 20 for step in range(20))


@dataclass(frozen=True, slots=True)
class Bin:
    """The records of one range of confidence: how many, their mean confidence, and the share that is right."""

    low: float
    high: float
    records: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept from a least confidence on: how many records, their precision, recall and F1 in per cent."""

    at_least: float
    records: int
    precision: float
    recall: float
    f1: float


def confidences(records: Sequence[Line]) -> list[float]:
    """Return the confidence of each record; raises SourceError where one has none between 0 and 1."""
    found = []
    for record in records:
        value = field(record, "confidence", f"a record of document {record['document']['id']}")
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise SourceError(f"a record of document {record['document']['id']} has the confidence {value!r}, "
                              "which is no probability")
        found.append(float(value))
    return found


def bins(confidence: Sequence[float], right: Sequence[bool], number: int = BINS) -> list[Bin]:
    """Return the bins that hold any record, the least confident first; 1.0 belongs to the last bin."""
    filled: dict[int, list[int]] = {}
    for position, value in enumerate(confidence):
        filled.setdefault(min(int(value * number), number - 1), []).append(position)
    return [Bin(index / number, (index + 1) / number, len(inside),
                sum(confidence[i] for i in inside) / len(inside), sum(right[i] for i in inside) / len(inside))
            for index, inside in sorted(filled.items())]


def calibration_error(filled: Sequence[Bin]) -> float:
    """Return the mean distance of confidence from the share that is right, over records, in per cent."""
    total = sum(each.records for each in filled)
    return 100 * sum(each.records * abs(each.confidence - each.right) for each in filled) / total if total else 0.0


def curve(docs: Sequence[Line], gold: Sequence[Line], records: Sequence[Line]) -> list[Kept]:
    """Return what is kept at each threshold; records are matched anew, since one left out may free a gold event."""
    values = confidences(records)
    return [_kept(docs, gold, [record for record, value in zip(records, values, strict=True) if value >= threshold],
                  threshold) for threshold in THRESHOLDS]


def _kept(docs: Sequence[Line], gold: Sequence[Line], records: Sequence[Line], threshold: float) -> Kept:
    row = score.score(docs, gold, records).get("event", {})
    return Kept(threshold, int(row.get("coded", 0)), row.get("precision", 0.0), row.get("recall", 0.0),
                row.get("f1", 0.0))


def _lines(filled: Sequence[Bin], kept: Sequence[Kept]) -> Iterator[str]:
    yield f"expected calibration error {calibration_error(filled):.1f} % over {sum(b.records for b in filled)} records"
    yield f"\n{'confidence':16}{'records':>8}{'mean':>8}{'right':>8}"
    for each in filled:
        yield f"{each.low:.1f} to {each.high:.1f}{'':6}{each.records:>8}{each.confidence:>8.2f}{each.right:>8.2f}"
    yield f"\n{'at least':10}{'records':>8}{'precision':>10}{'recall':>8}{'F1':>8}"
    for row in kept:
        yield f"{row.at_least:<10.2f}{row.records:>8}{row.precision:>10}{row.recall:>8}{row.f1:>8}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    for name in ("docs", "gold", "coded"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    try:
        docs, gold, records = (read_lines(path) for path in (options.docs, options.gold, options.coded))
        judged = score.judge(docs, gold, records)
        filled = bins(confidences([each.record for each in judged]), [each.right for each in judged])
        kept = curve(docs, gold, records)
    except WhimbrelError as error:
        print(f"calibration: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps({"expected_calibration_error": round(calibration_error(filled), 2),
                          "bins": [asdict(each) for each in filled], "curve": [asdict(row) for row in kept]}))
    else:
        print("\n".join(_lines(filled, kept)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
