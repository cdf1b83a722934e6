"""How often something is coded where there is little to code.

    python evaluation/negatives.py ITEMS.jsonl[.xz] [--count 500] [--show 20] [--seed 1] [--json] [--model FOLDER]

ITEMS holds news items, one a line, with `id`, `text`, `date`, `category` and `headings`, as a current-events portal
files them. `negatives.csv` says which categories and headings are sport, arts or weather. Sentences of such items are
drawn at random, as many of each subject, and coded: printed is the share with an event coded. Such items hold events
too (a ban on a team, a strike of actors): the figure is an upper bound of what is coded wrongly, for comparing
releases, and `--show` lists what was coded, to be read.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from coding import code, load_coder
from sets import Line, iterate_lines

from whimbrel.errors import SourceError, WhimbrelError
from whimbrel.extraction.segmenting import segment
from whimbrel.records import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from coding import Coding

    from whimbrel.records import Event

TABLE = Path(__file__).with_name("negatives.csv")
Z = 1.96  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Subject:
    """Items of a subject: those of a category, or with a heading that contains some words; "" where it is no matter."""

    subject: str
    category: str
    heading: str

    def holds(self, item: Line) -> bool:
        """Tell whether an item is of this category, with such a heading."""
        headings = [heading.casefold() for heading in item.get("headings") or ()]
        return (not self.category or self.category.casefold() == (item.get("category") or "").casefold()) and (
            not self.heading or any(self.heading.casefold() in heading for heading in headings))


@dataclass(frozen=True, slots=True)
class Share:
    """Sentences of one subject and how many have an event coded; shares in per cent, with the 95 % interval."""

    sentences: int
    coded: int
    share: float
    low: float
    high: float

    @classmethod
    def of(cls, coded: int, sentences: int) -> Share:
        """Return the share with its interval (Wilson, 1927)."""
        if not sentences:
            return cls(0, 0, 0.0, 0.0, 100.0)
        p, n = coded / sentences, sentences
        middle, half = p + Z**2 / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
        low, high = ((middle + sign * half) / (1 + Z**2 / n) for sign in (-1, 1))
        return cls(n, coded, *(round(100 * value, 1) for value in (p, low, high)))


def subjects(path: Path = TABLE) -> list[Subject]:
    """Return the table of categories and headings."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [Subject(**row) for row in csv.DictReader(lines)]


def by_subject(items: Iterable[Line], table: Sequence[Subject]) -> dict[str, list[Line]]:
    """Return the items of each subject; an item is of the first that holds it."""
    found: dict[str, list[Line]] = {entry.subject: [] for entry in table}
    for item in items:
        subject = next((entry.subject for entry in table if entry.holds(item)), None)
        if subject is not None:
            found[subject].append(item)
    return found


def draw(items: Sequence[Line], sentences: int, random_: random.Random) -> list[Document]:
    """Return items drawn at random that have so many sentences together, or all of them where they have fewer."""
    drawn: list[Document] = []
    left = sentences
    for item in random_.sample(list(items), len(items)):
        if left <= 0:
            break
        document = _document(item)
        left -= len(segment(document.text).sentences)
        drawn.append(document)
    return drawn


def _document(item: Line) -> Document:
    try:
        published = date.fromisoformat(item["date"]) if item.get("date") else None
        return Document(id=item["id"], text=item["text"], title=item.get("title") or None, published=published)
    except (KeyError, ValueError) as error:
        raise SourceError(f"item {item.get('id')} cannot be used: {error!r}; an item has id, text and date") from error


def share(documents: Sequence[Document], events: Mapping[str, Sequence[Event]]) -> Share:
    """Return how many of the documents' sentences have an event."""
    total = sum(len(segment(document.text).sentences) for document in documents)
    return Share.of(sum(len({event.sentence.start for event in events[each.id]}) for each in documents), total)


def measure(items: Iterable[Line], coder: Coding, count: int, seed: int) -> tuple[dict[str, Share], list[Event]]:
    """Return the share of each subject and of all, and the events that were coded.

    Raises SourceError where the items hold nothing of any subject.
    """
    groups = {subject: found for subject, found in by_subject(items, subjects()).items() if found}
    if not groups:
        raise SourceError(f"no item is of a category or heading in {TABLE.name}: add what the items are filed under")
    random_ = random.Random(seed)  # noqa: S311 - a sample, not a secret
    drawn = {subject: draw(found, math.ceil(count / len(groups)), random_) for subject, found in groups.items()}
    together = [document for documents in drawn.values() for document in documents]
    events = code(coder, together)
    shares = {subject: share(documents, events) for subject, documents in drawn.items()}
    shares["all"] = share(together, events)
    return shares, [event for document in together for event in events[document.id]]


def _lines(shares: Mapping[str, Share], events: Sequence[Event], shown: int) -> Iterator[str]:
    yield f"{'':10}{'sentences':>10}{'coded':>8}{'share':>8}   95 % interval"
    for subject, each in shares.items():
        yield f"{subject:10}{each.sentences:>10}{each.coded:>8}{each.share:>8}   {each.low} to {each.high}"
    yield "types coded: " + ", ".join(f"{kind} {n}" for kind, n in Counter(e.event for e in events).most_common())
    for event in sorted(events, key=lambda each: -each.confidence)[:shown]:
        yield f"  {event.confidence:.2f} {event.event} {event.trigger.text!r}: {event.sentence.text}"


def main(arguments: Sequence[str] | None = None, coder: Coding | None = None) -> int:
    """Run from the command line; returns the exit status. `coder` takes the place of Whimbrel's own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("items", type=Path)
    parser.add_argument("--count", type=int, default=500, help="sentences to draw (default: 500)")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other items")
    parser.add_argument("--show", type=int, default=0, help="events to list, the surest first")
    parser.add_argument("--model", type=Path, help="model folder (default: the one that ships)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    try:
        coder = coder or load_coder(options.model)
        shares, events = measure(iterate_lines(options.items), coder, options.count, options.seed)
    except WhimbrelError as error:
        print(f"negatives: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps({subject: asdict(each) for subject, each in shares.items()}))
    else:
        print("\n".join(_lines(shares, events, options.show)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
