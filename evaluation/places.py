"""Measure the place resolver on toponyms with known coordinates, each given as a span.

    python evaluation/places.py TR-News.xml.xz lgl.xml.xz GWN.xml.xz [--misses 40]

Reads the three sets of Gritta, Pilehvar and Collier, "A Pragmatic Guide to Geoparsing Evaluation" (2020), as
published at github.com/milangritta/Pragmatic-Guide-to-Geoparsing-Evaluation, packed with xz or not. A toponym counts
where the set gives it coordinates; the other toponyms of its article are its context. Printed: toponyms, the share
resolved within 161 km (100 miles; what is not resolved counts as missed), the share of those whose country is known
that got the right one, and the time a toponym took. Rules are never to be tuned on these sets.
"""

from __future__ import annotations

import argparse
import lzma
import math
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from whimbrel.records import Document, Place, Span
from whimbrel.resolution.places import Places

NEAR_KM = 161.0
EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Toponym:
    """A place name of an article, where it stands, and the coordinates and country code that the set gives."""

    span: Span
    latitude: float
    longitude: float
    country: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What one set came to; `seconds` for all its toponyms."""

    toponyms: int
    near: int
    with_country: int
    right_country: int
    seconds: float


def articles(path: Path, countries: dict[str, str]) -> Iterator[tuple[Document, list[Toponym]]]:
    """Yield each article with its toponyms that have coordinates; `countries`: codes by English name."""
    with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as file:
        root = ET.parse(file).getroot()  # noqa: S314  # the three published files, given by the person
    for number, article in enumerate(root.iter("article")):
        text = article.findtext("text") or ""
        toponyms = [toponym for one in article.iter("toponym") if (toponym := read_toponym(one, text, countries))]
        yield Document(f"{path.name}:{article.get('docid') or number}", text), toponyms


def read_toponym(element: ET.Element, text: str, countries: dict[str, str]) -> Toponym | None:
    """Return a toponym of a set, None for one without coordinates."""
    latitude = element.findtext("gaztag/lat") or element.findtext("latitude")
    longitude = element.findtext("gaztag/lon") or element.findtext("longitude")
    if not latitude or not longitude:
        return None
    start, end = int(element.findtext("start") or 0), int(element.findtext("end") or 0)
    phrase = element.findtext("phrase") or element.findtext("extractedName") or text[start:end]
    if text[start:end] != phrase:  # some articles count their characters otherwise
        start = nearest(phrase, text, start)
        end = start + len(phrase)
    country = countries.get(element.findtext("gaztag/country") or "")
    return Toponym(Span(phrase, start, end), float(latitude), float(longitude), country)


def nearest(phrase: str, text: str, start: int) -> int:
    """Where the phrase stands closest to the given start; the start itself where it stands nowhere."""
    places = [found.start() for found in re.finditer(re.escape(phrase), text)]
    return min(places, key=lambda place: abs(place - start), default=start)


def kilometres(place: Place | None, toponym: Toponym) -> float:
    """Distance on a sphere; infinite where nothing was found."""
    if place is None or place.latitude is None or place.longitude is None:
        return math.inf
    one, other = math.radians(place.latitude), math.radians(toponym.latitude)
    across = math.radians(place.longitude - toponym.longitude)
    chord = math.sin((one - other) / 2) ** 2 + math.cos(one) * math.cos(other) * math.sin(across / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, chord)))


def measure(path: Path, places: Places, countries: dict[str, str], misses: Counter[str]) -> Figures:
    """Resolve the toponyms of one set; `misses` counts the precisions of what went wrong."""
    toponyms = near = with_country = right_country = 0
    started = time.perf_counter()
    for document, found in articles(path, countries):
        spans = [toponym.span for toponym in found]
        for toponym in found:
            place = places.resolve(document, [toponym.span], spans).value
            close = kilometres(place, toponym) <= NEAR_KM
            toponyms, near = toponyms + 1, near + close
            if not close:
                misses["nothing found" if place is None or place.latitude is None else place.precision or ""] += 1
            if toponym.country:
                with_country += 1
                right_country += place is not None and place.country == toponym.country
    return Figures(toponyms, near, with_country, right_country, time.perf_counter() - started)


def country_codes(places: Places) -> dict[str, str]:
    """Codes by English name, by asking the gazetteer; filled as the sets' names come up."""

    class Codes(dict[str, str]):
        def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
            if not name:
                return default
            if name not in self:
                place = places.resolve(Document("", name), [Span(name, 0, len(name))]).value
                self[name] = (place.country if place and place.precision == "country" else None) or ""
            return self[name] or default

    return Codes()


def main() -> None:
    """Measure the sets named on the command line and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    options = parser.parse_args()
    places = Places.load()
    countries = country_codes(places)
    print(f"{'set':<16}{'toponyms':>10}{'161 km':>9}{'country':>9}{'ms each':>9}  missed with")
    for path in options.sets:
        misses: Counter[str] = Counter()
        figures = measure(path, places, countries, misses)
        share = 100 * figures.near / max(1, figures.toponyms)
        country = f"{100 * figures.right_country / figures.with_country:.1f}" if figures.with_country else "-"
        each = 1000 * figures.seconds / max(1, figures.toponyms)
        kinds = ", ".join(f"{kind} {number}" for kind, number in misses.most_common())
        print(f"{path.name:<16}{figures.toponyms:>10}{share:>9.1f}{country:>9}{each:>9.2f}  {kinds}")


if __name__ == "__main__":
    main()
