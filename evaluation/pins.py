"""Pinned figures: the floor that each figure of a set has reached, kept in a file beside the code.

A pin only rises, unless it is lowered by name and for a reason, which stays in the file. The file knows the set by
the fingerprints of its two files, and the coded records by short hashes: it holds no text of the set.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from sets import fingerprint

from whimbrel.errors import OptionError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

TOLERANCE = 0.5  # points; a few records that change sides move a figure of some hundred events by less
PINNED = ("event", "event macro", "trigger", "actor", "recipient", "mode", "flags", "counts", "context",
          "dyad country", "dyad country+sector", "resolved country", "resolved sector", "resolved name")
KEY = 12  # hexadecimal digits of a record's hash: enough to tell a million records apart


@dataclass(frozen=True, slots=True)
class Lowered:
    """One pin that was lowered on purpose: when, from what to what, and why."""

    date: str
    figure: str
    before: float
    after: float
    because: str


@dataclass(frozen=True, slots=True)
class Pins:
    """The pinned figures of one set and the records of the run that last updated them.

    `docs` and `gold` are the SHA-256 of the set's files; `right` and `wrong` are the hashes of the records that a
    gold event matched and of the others; `coder` and `date` say which coder was pinned, and when.
    """

    docs: str
    gold: str
    coder: str
    date: str
    figures: dict[str, float]
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    lowered: tuple[Lowered, ...] = ()


def load(path: Path) -> Pins | None:
    """Return the pins of a file, or None where there is none; raises SourceError where it is damaged."""
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        lowered = tuple(Lowered(**entry) for entry in found.pop("lowered"))
        return Pins(**{**found, "right": tuple(found["right"]), "wrong": tuple(found["wrong"])}, lowered=lowered)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SourceError(f"{path} is not a file of pins: {error}; restore it from version control") from error


def save(path: Path, pins: Pins) -> None:
    """Write pins to their file, one figure and one hash a line, so that differences can be read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(pins), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def flat(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return one number for each figure of a set: its F1, and the shares of `resolved` each by itself."""
    shares = {f"resolved {what}": share for what, share in rows.get("resolved", {}).items()}
    return {name: row["f1"] for name, row in rows.items() if "f1" in row} | shares


def pinned(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return the figures that are pinned, from all figures of a set."""
    found = flat(rows)
    return {name: found[name] for name in PINNED if name in found}


def check_set(pins: Pins, docs: Path, gold: Path) -> None:
    """Raise SourceError where the set is not the one that was pinned: its figures cannot be compared."""
    for path, expected in ((docs, pins.docs), (gold, pins.gold)):
        if fingerprint(path) != expected:
            raise SourceError(f"{path} is not the file that was pinned (SHA-256 {expected[:12]}…): restore it, or, "
                              "where the set was changed on purpose, remove its pins and pin it anew with "
                              "--update-pins")


def losses(pins: Pins, now: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Return the figures that fell by more than the tolerance, each as (pinned, now); one now absent counts as 0."""
    return {name: (floor, now.get(name, 0.0)) for name, floor in pins.figures.items()
            if round(floor - now.get(name, 0.0), 1) > TOLERANCE}


def lower(pins: Pins, now: Mapping[str, float], figure: str, because: str, today: str) -> Pins:
    """Return the pins with one figure lowered to its present value, the reason kept.

    Raises OptionError where there is no reason, no such pin, or nothing to lower.
    """
    if not because.strip():
        raise OptionError('a pin is lowered for a reason only: add --because "..."')
    if figure not in pins.figures:
        raise OptionError(f"no pin is called {figure!r}; there are: {', '.join(pins.figures)}")
    before, after = pins.figures[figure], now.get(figure, 0.0)
    if after >= before:
        raise OptionError(f"{figure} is at {after}, not below its pin {before}: there is nothing to lower")
    entry = Lowered(today, figure, before, after, because.strip())
    return replace(pins, figures={**pins.figures, figure: after}, lowered=(*pins.lowered, entry))


def raise_to(pins: Pins, now: Mapping[str, float]) -> dict[str, float]:
    """Return the pinned figures, each raised to its present value where that is higher; new figures are added."""
    names = [name for name in PINNED if name in pins.figures or name in now]
    return {name: max(pins.figures.get(name, 0.0), now.get(name, 0.0)) for name in names}


def key(document: str, sentence: int, event: str, start: int) -> str:
    """Return the hash by which a record is known: of its document, sentence, type and the trigger's first character."""
    return hashlib.sha256(f"{document}\n{sentence}\n{event}\n{start}".encode()).hexdigest()[:KEY]


def keys(places: Iterable[tuple[str, int, str, int]]) -> tuple[str, ...]:
    """Return the hashes of several records, sorted."""
    return tuple(sorted(key(*place) for place in places))
