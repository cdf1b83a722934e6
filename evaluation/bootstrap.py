"""95 % intervals of a set's figures, by drawing its reports anew with replacement (the percentile bootstrap)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from score import RARE, Tally, add

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

RESAMPLES = 1_000
SEED = 1
LOW, HIGH = 2.5, 97.5  # per cent: the ends of a 95 % interval


def intervals(reports: Sequence[Mapping[str, Tally]], resamples: int = RESAMPLES) -> dict[str, tuple[float, float]]:
    """Return the 95 % interval of each figure's F1 (of the `resolved` figures: of the share), in per cent.

    `reports` are the counts of each report, as `tally_set` returns them. Whole reports are drawn, since the events
    of one report are alike. The types of `event macro` are those that the whole set has often enough.
    """
    total = add(reports)
    names = list(total)
    draws = _draw(reports, names, resamples)
    hit, coded, gold = draws[:, :, 0], draws[:, :, 1], draws[:, :, 2]
    shares = 100 * 2 * hit / np.maximum(coded + gold, 1)
    found = {name: _ends(shares[:, column]) for column, name in enumerate(names)}
    common = [column for column, name in enumerate(names) if name.startswith("type ") and total[name].gold >= RARE]
    if common:
        found["event macro"] = _ends(shares[:, common].mean(axis=1))
    return found


def _draw(reports: Sequence[Mapping[str, Tally]], names: Sequence[str], resamples: int) -> NDArray[np.int64]:
    """Return the summed counts of each resample: int64 of shape (resamples, figures, 3)."""
    nothing = Tally(0, 0, 0)
    counts = np.array([[report.get(name, nothing) for name in names] for report in reports], np.int64)
    number = len(reports)
    times = np.random.default_rng(SEED).multinomial(number, np.full(number, 1 / number), size=resamples)
    summed: NDArray[np.int64] = (times @ counts.reshape(number, -1)).reshape(resamples, len(names), 3)
    return summed


def _ends(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(values, [LOW, HIGH])
    return round(float(low), 1), round(float(high), 1)
