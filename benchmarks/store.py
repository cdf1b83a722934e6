"""How quick a store answers: `python benchmarks/store.py [--documents 111110] [--store STORE] [--keep]`.

Makes a store of made-up documents and events, about three events to a document, a year long, and times what analysts
ask: the median of five. `--store` names a new file, or an empty PostgreSQL database; the file is removed at the end
unless `--keep` is given. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from whimbrel.ontology import Ontology
from whimbrel.records import Document, Event, Mention, Party, Place, Sentence, Span, When
from whimbrel.store import Query, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SEED = 1
TURNS = 5
COUNTRIES = [
    "USA", "RUS", "CHN", "UKR", "ISR", "PSE", "EGY", "IND", "PAK", "TUR", "IRN", "DEU", "FRA", "GBR", "JPN",
    "KEN", "NGA", "BRA", "MEX", "COL", "SYR", "IRQ", "SAU", "ETH",
]  # fmt: skip
SECTORS = ("GOV", "MIL", "REB", "CVL", "COP", "OPP", "LEG", "BUS")
WORDS = [
    "grain", "export", "port", "talks", "minister", "border", "village", "police", "protest", "election",
    "rebels", "convoy", "ceasefire", "trade", "army", "court", "hospital", "flood", "market", "summit",
    "treaty", "prisoners", "drone", "council", "union", "strike", "harvest", "river", "bridge",
]  # fmt: skip


class MadeUp:
    """A coder that makes events up, the same ones for the same documents."""

    name = "made up 1"

    def __init__(self) -> None:
        self._ontology = Ontology.load()
        self._random = random.Random(SEED)  # noqa: S311 - a sample, not a secret
        self._types = list(self._ontology.types)

    def stream(self, documents: Iterable[Document]) -> Iterator[tuple[Document, tuple[Event, ...]]]:
        """Yield each document with one to five events."""
        for document in documents:
            yield document, tuple(self._event(document, number) for number in range(self._random.randint(1, 5)))

    def _party(self) -> Party:
        country = COUNTRIES[min(int(self._random.expovariate(0.25)), len(COUNTRIES) - 1)]
        sector = self._random.choice(SECTORS)
        return Party(f"{sector} {self._random.randint(1, 60)} of {country}", "organisation", country, (sector,))

    def _mentions(self) -> tuple[Mention, ...]:
        if self._random.random() < 0.2:
            return ()
        return (Mention("someone", 0, 7, tuple(self._party() for _ in range(self._random.choice((1, 1, 1, 2))))),)

    def _event(self, document: Document, number: int) -> Event:
        chance = self._random
        kind = self._ontology.types[chance.choice(self._types)]
        mode = (chance.choice(list(kind.modes)),) if kind.modes and chance.random() < 0.6 else ()
        day = (document.published or date(2023, 1, 1)) - timedelta(days=chance.randint(0, 3))
        cameo = self._ontology.cameo(kind.name, mode)
        latitude, longitude = round(chance.uniform(-40, 60), 1), round(chance.uniform(-100, 140), 1)
        country = chance.choice(COUNTRIES)
        place = Place("there", 8, 13, f"Place {latitude}", country, None, latitude, longitude, None, "city")
        start = number * 60
        return Event(
            id=f"{document.id}-{number}", document=document,
            sentence=Sentence(number, document.text[start : start + 60], start, start + 60), event=kind.name, mode=mode,
            quad=kind.quad, score=self._ontology.score(kind.name, mode), cameo=cameo,
            goldstein=self._ontology.goldstein(cameo), trigger=Span("did", start, start + 3),
            flags=("negated",) if chance.random() < 0.05 else (), context=("diplomatic",), actor=self._mentions(),
            recipient=self._mentions(), according_to=None, date=When(day, day, "day", "text"),
            place=place if chance.random() < 0.7 else None, killed=None, injured=None, arrested=None,
            confidence=round(chance.random(), 4), coder=self.name,
        )  # fmt: skip


def documents(count: int) -> Iterator[Document]:
    """Yield made-up documents of about 2,000 characters, spread over 2023."""
    chance = random.Random(SEED)  # noqa: S311 - as above
    for number in range(count):
        text = " ".join(chance.choices(WORDS, k=280)) + f" number{number % 1000}"
        published = date(2023, 1, 1) + timedelta(days=chance.randrange(365))
        yield Document(f"made-up-{number}", text, f"Report {number}", None, f"Agency {number % 20}", published)


def questions(store: Store) -> dict[str, Callable[[], object]]:
    """Return what is asked, by what it is called."""

    def found(**asked: object) -> Callable[[], object]:
        return lambda: sum(1 for _ in store.events(Query(**asked)))  # type: ignore[arg-type]

    def counted(by: str, **asked: object) -> Callable[[], object]:
        return lambda: len(store.count(Query(**asked), by=by.split(",")).rows)  # type: ignore[arg-type]

    month = {"since": "2023-10", "until": "2023-10"}
    return {
        "CONSULT between two countries in a month": found(actor="RUS", with_="EGY", event="CONSULT", **month),
        "the same, the two most frequent countries": found(actor="USA", with_="RUS", event="CONSULT", **month),
        "one country's sector, newest 100": found(actor="RUS:MIL", order="-date", limit=100),
        "text, a rare word, 100 events": found(text="number77", limit=100),
        "text, a common word, 100 events": found(text="ceasefire", limit=100),
        "text, two words in a month": found(text="number77 OR number78", **month),
        "within 200 km, newest 100": found(near=(31.5, 34.5), within=200, order="-date", limit=100),
        "first page of everything": lambda: len(store.page(Query(), size=100).events),
        "dyad-month table of everything": counted("dyad,month"),
        "months of one type": counted("month", event="ASSAULT"),
        "month by actor's country": counted("month,actor.country"),
        "actor's sector by type": counted("actor.sector,event"),
        "info": lambda: store.info().events,
    }


def timed(ask: Callable[[], object]) -> tuple[float, object]:
    """Return the median of milliseconds of some turns, and the answer."""
    times = []
    answer: object = None
    for _ in range(TURNS):
        begun = perf_counter()
        answer = ask()
        times.append(1000 * (perf_counter() - begun))
    return statistics.median(times), answer


def fill(name: str, count: int) -> dict[str, float]:
    """Make and fill a store; return seconds, documents and events."""
    begun = perf_counter()
    with Store.create(name) as store:
        tally = store.ingest(documents(count), MadeUp(), source="made up")
    return {"documents": tally.documents, "events": tally.events, "seconds": round(perf_counter() - begun, 1)}


def main() -> None:
    """Fill a store, ask, and print how long each answer took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=111_110)
    parser.add_argument("--store")
    parser.add_argument("--keep", action="store_true", help="ask a store that is there, and keep it")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        name = given.store or str(Path(folder) / "made-up.db")
        there = given.keep and (Path(name).exists() or "://" in name)
        filled = {} if there else fill(name, given.documents)
        with Store.open(name) as store:
            measured = {asked: timed(ask) for asked, ask in questions(store).items()}
        if given.store and not given.keep and "://" not in name:
            Path(name).unlink()
    if given.json:
        print(json.dumps({"filled": filled, "milliseconds": {asked: took for asked, (took, _) in measured.items()}}))
        return
    print(filled or f"{name} as it was", file=sys.stderr)
    for asked, (took, answer) in measured.items():
        print(f"{took:9.1f} ms  {asked}  ({answer})")


if __name__ == "__main__":
    main()
