"""Measure the coder on an annotated set and refuse what makes it worse.

    python evaluation/gate.py DOCS GOLD [--pins FILE] [--update-pins] [--lower-pin FIGURE --because "..."]
                                        [--against CODED] [--out CODED] [--intervals]
                                        [--model FOLDER]

Codes the set's reports, prints the figures and compares them with the pins (by default `pins/NAME.json` beside this
script, NAME being DOCS' name up to its first dot). The exit status is 1 where a pinned figure fell by more than half
a point, 2 where something could not be read. Records gained and lost since the pins were last updated, or against an
earlier coded output, are listed with their sentences. `--update-pins` raises the pins to what was reached.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import bootstrap
import pins as pinning
import score
from coding import load_coder, records
from sets import Line, fingerprint, read_lines, sentence_starts

from whimbrel.errors import OptionError, WhimbrelError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from coding import Coding

SHOWN = 40  # records listed of each kind; all with --show 0
LISTED = 160  # characters of a sentence that are shown
_WORD = re.compile(r"\w+|[^\w\s]")

Place = tuple[str, int, str, int]  # document id, sentence, type, the trigger's first character


@dataclass(frozen=True, slots=True)
class AnnotatedSet:
    """A set as read: its reports and their annotations."""

    docs: list[Line]
    gold: list[Line]

    @classmethod
    def read(cls, docs: Path, gold: Path) -> AnnotatedSet:
        """Read the two files of a set."""
        return cls(read_lines(docs), read_lines(gold))


@dataclass(frozen=True, slots=True)
class Measured:
    """A coder's records of a set, their figures, and which of them a gold event matches."""

    coded: list[Line]
    reports: list[dict[str, score.Tally]]
    rows: dict[str, dict[str, float]]
    verdicts: dict[Place, bool]

    @classmethod
    def of(cls, annotated: AnnotatedSet, coded: list[Line]) -> Measured:
        """Score records against their set."""
        reports = score.tally_set(annotated.docs, annotated.gold, coded)
        return cls(coded, reports, score.figures(score.add(reports)), verdicts(annotated, coded))

    @property
    def figures(self) -> dict[str, float]:
        """The figures that are pinned."""
        return pinning.pinned(self.rows)


def verdicts(annotated: AnnotatedSet, coded: Iterable[Line]) -> dict[Place, bool]:
    """Return where each record stands and whether a gold event matches it."""
    found: dict[Place, bool] = {}
    for judged in score.judge(annotated.docs, annotated.gold, coded):
        place = (judged.doc["id"], judged.coding.sentence, judged.coding.event, judged.coding.trigger.start)
        found[place] = found.get(place, False) or judged.right
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """Records that came and went; `unplaced` are lost ones whose hash fits no word of the set's text."""

    gained: dict[Place, bool]
    lost: dict[Place, bool]
    unplaced: int = 0


def change_since_records(now: Mapping[Place, bool], before: Mapping[Place, bool]) -> Change:
    """Compare with the records of an earlier coded output."""
    return Change({place: right for place, right in now.items() if place not in before},
                  {place: right for place, right in before.items() if place not in now})


def change_since_pins(now: Mapping[Place, bool], pins: pinning.Pins, annotated: AnnotatedSet) -> Change:
    """Compare with the hashes in the pins; a lost record is found again by hashing all places it can have stood at."""
    before = dict.fromkeys(pins.wrong, False) | dict.fromkeys(pins.right, True)
    hashed = {pinning.key(*place): place for place in now}
    gone = before.keys() - hashed.keys()
    kinds = {event["type"] for note in annotated.gold for event in note["events"]} | {place[2] for place in now}
    places = {pinning.key(*place): place for place in (possible_places(annotated.docs, sorted(kinds)) if gone else ())}
    lost = {places[key]: before[key] for key in sorted(gone & places.keys())}
    gained = {place: now[place] for key, place in hashed.items() if key not in before}
    return Change(gained, lost, len(gone - places.keys()))


def possible_places(docs: Iterable[Line], kinds: Sequence[str]) -> Iterator[Place]:
    """Yield every place of a set's text where a record may stand: each word or sign, as each type."""
    for doc in docs:
        starts = sentence_starts(doc["sentences"])
        words = ((index, starts[index] + word.start())
                 for index, sentence in enumerate(doc["sentences"]) for word in _WORD.finditer(sentence))
        yield from ((doc["id"], index, kind, start) for index, start in words for kind in kinds)


def main(arguments: Sequence[str] | None = None, coder: Coding | None = None) -> int:
    """Run from the command line; returns the exit status. `coder` takes the place of Whimbrel's own."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options, coder)
    except WhimbrelError as error:
        print(f"gate: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("docs", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--model", type=Path, help="model folder (default: the one that ships)")
    parser.add_argument("--pins", type=Path, help="file of pins (default: pins/NAME.json beside this script)")
    parser.add_argument("--update-pins", action="store_true", help="raise the pins to the figures reached")
    parser.add_argument("--lower-pin", action="append", default=[], metavar="FIGURE", help="lower one pin")
    parser.add_argument("--because", default="", help="why a pin is lowered; kept in the file of pins")
    parser.add_argument("--against", type=Path, help="earlier coded output to compare records with")
    parser.add_argument("--out", type=Path, help="where to write the coded records")
    parser.add_argument("--intervals", action="store_true", help="add 95 %% intervals (bootstrap over reports)")
    parser.add_argument("--show", type=int, default=SHOWN, help="records listed of each kind (0: all)")
    return parser


def _run(options: argparse.Namespace, coder: Coding | None) -> int:
    path = options.pins or Path(__file__).parent / "pins" / f"{options.docs.name.split('.')[0]}.json"
    pins = pinning.load(path)
    if pins is not None:
        pinning.check_set(pins, options.docs, options.gold)
    if options.lower_pin and pins is None:
        raise OptionError(f"there are no pins at {path} to lower")
    annotated = AnnotatedSet.read(options.docs, options.gold)
    measured = Measured.of(annotated, records(coder or load_coder(options.model), annotated.docs))
    if options.out:
        lines = (json.dumps(record, ensure_ascii=False) for record in measured.coded)
        options.out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    _print_figures(measured, options.intervals)
    _print_change(annotated, measured, pins, options)
    return _judge(options, path, pins, measured)


def _judge(options: argparse.Namespace, path: Path, pins: pinning.Pins | None, measured: Measured) -> int:
    """Compare with the pins, update them where asked, and return the exit status."""
    today = datetime.now(UTC).date().isoformat()
    if pins is None and not options.update_pins:
        raise OptionError(f"there are no pins at {path}: pin this run with --update-pins")
    fresh = pins or pinning.Pins("", "", "", "", {}, (), ())
    for figure in options.lower_pin:
        fresh = pinning.lower(fresh, measured.figures, figure, options.because, today)
    lost = pinning.losses(fresh, measured.figures)
    print("\n" + "\n".join(comparison(fresh, measured.figures, lost)))
    if lost:
        print('The gate is shut: win the figures back, or lower a pin with --lower-pin FIGURE --because "..."')
        return 1
    print("No pinned figure fell by more than half a point.")
    if options.update_pins or options.lower_pin:
        pinning.save(path, _updated(fresh, options, measured, today))
        print(f"Pins written to {path}")
    return 0


def comparison(pins: pinning.Pins, now: Mapping[str, float], lost: Container[str]) -> Iterator[str]:
    """Yield each pinned figure beside the one reached as lines of text."""
    yield f"{'':24}{'pinned':>8}{'now':>8}{'change':>8}"
    for figure in dict.fromkeys((*pins.figures, *now)):
        floor, reached = pins.figures.get(figure), now.get(figure)
        change = f"{(reached or 0.0) - floor:+.1f}" if floor is not None else "new"
        columns = ("-" if floor is None else floor, "-" if reached is None else reached, change)
        yield f"{figure:24}" + "".join(f"{column:>8}" for column in columns) + ("  LOST" if figure in lost else "")


def _updated(pins: pinning.Pins, options: argparse.Namespace, measured: Measured, today: str) -> pinning.Pins:
    coders = sorted({str(record.get("coder", "")) for record in measured.coded})
    return replace(
        pins, docs=fingerprint(options.docs), gold=fingerprint(options.gold), coder="; ".join(coders), date=today,
        figures=pinning.raise_to(pins, measured.figures),
        right=pinning.keys(place for place, right in measured.verdicts.items() if right),
        wrong=pinning.keys(place for place, right in measured.verdicts.items() if not right))


def _print_figures(measured: Measured, intervals: bool) -> None:
    print("\n".join(score.table(measured.rows)))
    if intervals:
        print(f"\n95 % intervals over {len(measured.reports)} reports ({bootstrap.RESAMPLES} resamples)")
        flat = pinning.flat(measured.rows)
        for figure, (low, high) in sorted(bootstrap.intervals(measured.reports).items()):
            print(f"{figure:24}{flat.get(figure, 0.0):>10}{low:>10} to {high}")


def _print_change(annotated: AnnotatedSet, measured: Measured, pins: pinning.Pins | None,
                  options: argparse.Namespace) -> None:
    if options.against:
        change = change_since_records(measured.verdicts, verdicts(annotated, read_lines(options.against)))
    elif pins is not None:
        change = change_since_pins(measured.verdicts, pins, annotated)
    else:
        return
    print("\n" + "\n".join(change_lines(change, annotated.docs, options.show)))


def change_lines(change: Change, docs: Sequence[Line], shown: int) -> Iterator[str]:
    """Yield what came and went as lines of text, at most `shown` of each kind (0: all)."""
    reports = {doc["id"]: doc for doc in docs}
    for title, places in (("gained", change.gained), ("lost", change.lost)):
        for right in (True, False):
            kind = sorted(place for place, verdict in places.items() if verdict is right)
            yield f"{title}, {'right' if right else 'wrong'}: {len(kind)}"
            yield from (f"  {_described(place, reports)}" for place in (kind[:shown] if shown else kind))
            if shown and len(kind) > shown:
                yield f"  … and {len(kind) - shown} more (--show 0 lists all)"
    if change.unplaced:
        yield f"lost, at no word of the text: {change.unplaced}"


def _described(place: Place, reports: Mapping[str, Line]) -> str:
    document, index, kind, start = place
    sentence = reports[document]["sentences"][index]
    at = start - sentence_starts(reports[document]["sentences"])[index]
    marked = f"{sentence[:at]}»{sentence[at:]}"
    left = max(0, min(at - LISTED // 2, len(marked) - LISTED))
    return f"{document} s{index} {kind}: {'…' if left else ''}{marked[left:left + LISTED]}"


if __name__ == "__main__":
    sys.exit(main())
