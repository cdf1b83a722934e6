"""Where an event took place: from the words of a report to a point, a country and a precision."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from whimbrel.records import Document, Place, PlacePrecision, Span
from whimbrel.resolution.gazetteer import Gazetteer, PlaceKind, Relation, Row, fold
from whimbrel.resolution.places_extra import ExtraPlaces, read_extra
from whimbrel.resolution.places_phrase import PlaceWords, Query, queries, sketches
from whimbrel.resolution.places_rank import LEVEL, Option, Scores, base_option, weigh
from whimbrel.resolution.reasons import Candidate, Resolved

PRECISION: dict[PlaceKind, PlacePrecision] = {
    PlaceKind.CITY: "city",
    PlaceKind.DISTRICT: "district",
    PlaceKind.REGION: "region",
    PlaceKind.COUNTRY: "country",
    PlaceKind.NAMED: "named region",
}
EXTRA_BONUS = 4.0  # a user's row comes before any place of the gazetteer
MOST_OPTIONS = 30  # namesakes weighed for one name
MOST_CONTEXT = 12  # the same for a name that is only context
MOST_NAMES = 16  # names of the report weighed together, the nearest to the event's
MOST_TEXT = 20_000  # characters of the report that are searched for countries
SHOWN = 5
WELL_KNOWN = 20_000  # people, for a place to be meant by words torn out of a longer name
FAMOUS = 500_000  # people, for it to be so in a report that does not name its country
MAIN_PART = 0.2  # of its region's people, for a bare name to be the city rather than the region
CAPITALISED = re.compile(r"[A-Z][\w'’.-]*(?: [A-Z][\w'’.-]*)?")
# Between a place and what it lies in: "Homs, Syria", "Homs in Syria", "Homs (Syria)".
GAP = re.compile(r"(?:,| in| of|, in| \(| in the|, the| of the)?\s?")
FOLLOWING = re.compile(r",\s+((?:[A-Z][\w'’-]*\.?(?:[A-Z]\.)*)(?: [A-Z][\w'’-]*\.?){0,2})")
COUNTRY_NOUNS = re.compile(r"(?:.* of )?(?:(?:the|this|that|our|whole|entire|same) )*(?:country|nation)")
# "The West African country" is not West Africa.
UNNAMED = (" country", " countries", " nation", " nations")
CAPITAL_NOUNS = frozenset({"capital", "the capital", "the capital city", "capital city", "the countrys capital"})
SURE_SHARE = 0.6  # of the report's country names, for "the country" to be that one


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of the report: where it stands, and what it may mean."""

    span: Span
    options: tuple[Option, ...]


def _may_be_torn(row: Row, relation: Relation) -> bool:
    """Whether a place may be meant by a few words of a longer name: well known, and by no far-fetched name."""
    close = relation < Relation.OTHER or relation is Relation.ADJECTIVE
    return close and row.population >= WELL_KNOWN and row.kind is not PlaceKind.DISTRICT


def _city_before_region(options: list[Option], found: list[tuple[Row, Relation]]) -> list[Option]:
    """Raise a city above the region of the same name of which it is the main part: a bare "Basra" is the city."""
    regions = {row.region: row for row, relation in found if row.kind is PlaceKind.REGION and relation}
    scores = {option.row.number: option.score for option in options}

    def raised(option: Option) -> Option:
        region = regions.get(option.row.region) if option.row.kind is PlaceKind.CITY and option.row.region else None
        if region is None or option.row.population < MAIN_PART * region.population:
            return option
        return replace(option, score=max(option.score, scores[region.number] + 0.4))

    return [raised(option) for option in options]


def _country_before_its_parts(options: list[Option]) -> list[Option]:
    """Leave out what lies in a country of the same name: a bare "Luxembourg" is the country."""
    countries = {option.row.country for option in options if option.row.kind is PlaceKind.COUNTRY}
    whole = (PlaceKind.COUNTRY, PlaceKind.NAMED)
    return [option for option in options if option.row.kind in whole or option.row.country not in countries]


class Places:
    """The gazetteer and the rules by which a name is given its place.

    >>> places = Places.load()
    >>> report = Document("1", "Shells fell on Homs, Syria.")
    >>> where = places.resolve(report, [Span("Homs", 15, 19)]).value
    >>> where.name, where.country, where.precision
    ('Homs', 'SYR', 'city')
    """

    def __init__(self, gazetteer: Gazetteer, words: PlaceWords, extra: ExtraPlaces | None = None) -> None:
        self._gazetteer = gazetteer
        self._words = words
        self._extra = extra or ExtraPlaces({}, {})
        self._row = lru_cache(maxsize=65536)(gazetteer.row)
        self._region_name = lru_cache(maxsize=8192)(self._find_region_name)
        self._options = lru_cache(maxsize=32768)(self._find_options)
        self._country_of = lru_cache(maxsize=65536)(self._find_country)
        self._shares = lru_cache(maxsize=512)(self._count_countries)
        self._resolved = lru_cache(maxsize=2048)(self._resolve)

    @classmethod
    def load(cls, folder: Path | None = None, extra: Path | None = None) -> Places:
        """Open the tables in `folder` (default: the package's) and a user's own table `extra`.

        Takes a few milliseconds: the gazetteer is mapped into memory, not read. Raises TableError for a table that is
        missing, damaged or faulty, with file, line and column.
        """
        tables = folder or Path(__file__).parent / "data"
        gazetteer = Gazetteer(tables / "places.bin")
        own = read_extra(extra, frozenset(gazetteer.countries)) if extra else None
        return cls(gazetteer, PlaceWords.load(tables / "place_words.csv"), own)

    def resolve(
        self,
        document: Document,
        phrases: Sequence[Span],
        others: Sequence[Span] = (),
        countries: Sequence[str] = (),
    ) -> Resolved[Place | None]:
        """Return where one event took place.

        `phrases` are the event's place phrases, `others` those of the rest of the report, `countries` the codes of
        the event's parties. None where there is no phrase; a Place with its text alone where the gazetteer has
        nothing for it.
        """
        if not phrases:
            return Resolved(None, "the report gives the event no place")
        return self._resolved(document, tuple(phrases), tuple(others), tuple(sorted(set(countries))))

    def search(self, text: str) -> tuple[Candidate, ...]:
        """Return the places that `text` may mean, the best first; "Paris, Texas" narrows the search."""
        text = text if any(map(str.isupper, text)) else text.title()
        document = Document("", text)
        spans = [Span(found.group(), *found.span()) for found in re.finditer(r"[^,\s][^,]*", text)]
        if not spans:
            return ()
        names, links = self._names(document, spans[:1], spans[1:])
        if not names:
            return ()
        scores = self._weigh(document, names, links, frozenset())
        return self._candidates(names[0], scores[0], 10)

    def _resolve(
        self, document: Document, phrases: tuple[Span, ...], others: tuple[Span, ...], countries: tuple[str, ...]
    ) -> Resolved[Place | None]:
        names, links = self._names(document, phrases, others, countries)
        of_event = [number for number, name in enumerate(names) if name.span in phrases]
        if not of_event:
            return self._without_name(document, phrases[0], countries)
        scores = self._weigh(document, names, links, frozenset(countries))
        best = {number: names[number].options[int(np.argmax(scores[number]))] for number in of_event}
        chosen = min(of_event, key=lambda number: (LEVEL[best[number].kind], phrases.index(names[number].span)))
        candidates = self._candidates(names[chosen], scores[chosen], SHOWN)
        reason = self._reason(names[chosen], candidates, len(of_event))
        return Resolved(self._place(names[chosen].span, best[chosen].row, best[chosen].kind), reason, candidates)

    def _names(
        self, document: Document, phrases: Sequence[Span], others: Sequence[Span], countries: Sequence[str] = ()
    ) -> tuple[list[_Name], list[tuple[int, int]]]:
        """The names to weigh together, the event's first, and which lies next to what it may lie in."""
        names: list[_Name] = []
        seen: dict[str, int] = {}
        centre = phrases[0].start
        for span in (*phrases, *sorted(others, key=lambda other: abs(other.start - centre))):
            key = fold(span.text)
            if key in seen or len(names) == MOST_NAMES:
                continue
            if options := self._supported(document, self._options(span.text), countries):
                seen[key] = len(names)
                names.append(_Name(span, options if span in phrases else options[:MOST_CONTEXT]))
        links = self._links(document, names, (*phrases, *others), seen, len(set(phrases)))
        return names, links

    def _supported(
        self, document: Document, options: tuple[Option, ...], countries: Sequence[str]
    ) -> tuple[Option, ...]:
        """Leave out loose options in countries that neither the report nor the event speaks of."""
        if not any(option.loose for option in options):
            return options
        spoken_of = {country for country, _ in self._shares(document.text[:MOST_TEXT])} | set(countries)
        return tuple(
            option
            for option in options
            if not option.loose or option.row.country in spoken_of or option.row.population >= FAMOUS
        )

    def _links(
        self, document: Document, names: list[_Name], spans: Sequence[Span], seen: dict[str, int], of_event: int
    ) -> list[tuple[int, int]]:
        """Pairs (part, whole): neighbours in the text, the event's own phrases, and an unmarked "Homs, Syria"."""
        links = {(part, whole) for part in range(of_event) for whole in range(of_event) if part != whole}
        links = {(part, whole) for part, whole in links if part < len(names) and whole < len(names)}
        ordered = sorted({span for span in spans if fold(span.text) in seen}, key=lambda span: span.start)
        for left, right in pairwise(ordered):
            if GAP.fullmatch(document.text[left.end : right.start]):
                links.add((seen[fold(left.text)], seen[fold(right.text)]))
        for number, name in enumerate(names[:of_event]):
            if options := self._whole_after(document, name.span):
                links.add((number, len(names)))
                names.append(_Name(Span("", -1, -1), options))
        return [(part, whole) for part, whole in links if part != whole]

    def _whole_after(self, document: Document, span: Span) -> tuple[Option, ...]:
        """The countries and regions that the words after a phrase and a comma may mean."""
        following = FOLLOWING.match(document.text, span.end)
        if not following:
            return ()
        words = following.group(1).split()
        for length in range(len(words), 0, -1):
            found = self._gazetteer.find(fold(" ".join(words[:length])), 8)
            rows = [(self._row(number), relation) for number, relation in found if relation < Relation.ADJECTIVE]
            wide = [pair for pair in rows if pair[0].kind in (PlaceKind.COUNTRY, PlaceKind.REGION)]
            if wide:
                return tuple(base_option(row, relation, None) for row, relation in wide)
        return ()

    def _weigh(
        self, document: Document, names: list[_Name], links: list[tuple[int, int]], countries: frozenset[str]
    ) -> list[Scores]:
        groups = [name.options for name in names]
        if sum(map(len, groups)) == len(groups) == 1:
            return [np.array([groups[0][0].score])]
        return weigh(groups, links, countries, dict(self._shares(document.text[:MOST_TEXT])))

    def _find_options(self, text: str) -> tuple[Option, ...]:
        """What a phrase may mean: the places of the first of its queries that the gazetteer or the user knows."""
        if fold(text).endswith(UNNAMED):
            return ()
        asked = queries(text, self._words)
        whole = [query for query in asked if not query.torn]
        for query in (*whole, *sketches(text, self._words), *(query for query in asked if query.torn)):
            if options := self._ask(query):
                return options
        return ()

    def _ask(self, query: Query) -> tuple[Option, ...]:
        own = [base_option(row, Relation.PREFERRED, query.wanted) for row in self._extra.names.get(query.name, ())]
        own = [replace(option, score=option.score + EXTRA_BONUS, why="in your own table") for option in own]
        found = [(self._row(number), relation) for number, relation in self._gazetteer.find(query.name, MOST_OPTIONS)]
        if query.torn:
            found = [pair for pair in found if _may_be_torn(*pair)]
        if any(row.kind is PlaceKind.COUNTRY and relation < Relation.OTHER for row, relation in found):
            found = [pair for pair in found if pair[1] < Relation.OTHER]
        options = own + [base_option(row, relation, query.wanted) for row, relation in found]
        if query.torn:
            options = [replace(option, loose=True) for option in options]
        if query.wanted:
            return tuple(options)
        return tuple(_country_before_its_parts(_city_before_region(options, found)))

    def _find_country(self, word: str) -> str | None:
        """The country that one or two words name, also as an adjective."""
        for number, _ in self._gazetteer.find(fold(word), 1):
            row = self._row(number)
            if row.kind is PlaceKind.COUNTRY:
                return row.country
        return None

    def _count_countries(self, text: str) -> tuple[tuple[str, float], ...]:
        """How much a text speaks of each country: its share of all that are named, by names and adjectives."""
        counted: Counter[str] = Counter()
        for found in CAPITALISED.finditer(text):
            words = found.group().rstrip(".").replace("’s", "").replace("'s", "")
            for form in (words, *words.split()) if " " in words else (words,):
                if country := self._country_of(form):
                    counted[country] += 1
                    break
        return tuple((country, count / counted.total()) for country, count in counted.items())

    def _without_name(self, document: Document, phrase: Span, countries: Sequence[str]) -> Resolved[Place | None]:
        """A phrase that names nothing: "the country" and "the capital" by context, else the words alone."""
        words = fold(phrase.text)
        if COUNTRY_NOUNS.fullmatch(words) or words in CAPITAL_NOUNS:
            code, why = self._country_in_context(document, countries)
            row = self._country_row(code) if code else None
            row = self._capital_of(row) if row and words in CAPITAL_NOUNS else row
            if row:
                return Resolved(self._place(phrase, row, row.kind), f'"{phrase.text}": {why}')
        unknown = Place(phrase.text, phrase.start, phrase.end)
        return Resolved(unknown, f'"{phrase.text}" is no name that the gazetteer has')

    def _country_in_context(self, document: Document, countries: Sequence[str]) -> tuple[str | None, str]:
        if len(countries) == 1 and countries[0] in self._gazetteer.countries:
            return countries[0], "the event's parties are of one country"
        shares = sorted(self._shares(document.text[:MOST_TEXT]), key=lambda pair: -pair[1])
        if shares and shares[0][1] >= SURE_SHARE:
            return shares[0][0], "the report speaks of that country most"
        return None, ""

    @lru_cache(maxsize=512)  # noqa: B019  # one Places lives as long as the program
    def _country_row(self, code: str) -> Row | None:
        rows = (self._row(number) for number in range(min(400, len(self._gazetteer))))
        return next((row for row in rows if row.kind is PlaceKind.COUNTRY and row.country == code), None)

    @lru_cache(maxsize=512)  # noqa: B019
    def _capital_of(self, country: Row) -> Row | None:
        rows = (self._row(number) for number in range(min(20_000, len(self._gazetteer))))
        return next((row for row in rows if row.capital and row.country == country.country), None)

    def _place(self, span: Span, row: Row, kind: PlaceKind) -> Place:
        return Place(
            text=span.text,
            start=span.start,
            end=span.end,
            name=row.name,
            country=row.country,
            admin1=self._admin1(row),
            latitude=round(row.latitude, 4),
            longitude=round(row.longitude, 4),
            geonames=row.geonames or None,
            precision=PRECISION[kind],
        )

    def _admin1(self, row: Row) -> str | None:
        if row.number < 0:
            return self._extra.admin1.get(row.number) or None
        return self._region_name(row.region) if row.region else None

    def _find_region_name(self, number: int) -> str | None:
        region = self._gazetteer.region_row(number)
        return region.name if region else None

    def _candidates(self, name: _Name, scores: Iterable[float], most: int) -> tuple[Candidate, ...]:
        ranked = sorted(zip(scores, name.options, strict=True), key=lambda pair: -pair[0])
        return tuple(
            Candidate(self._full_name(option.row), round(float(score), 2), option.why)
            for score, option in ranked[:most]
        )

    def _full_name(self, row: Row) -> str:
        parts = (row.name, self._admin1(row), row.country)
        return ", ".join(dict.fromkeys(part for part in parts if part))

    def _reason(self, name: _Name, candidates: tuple[Candidate, ...], of_event: int) -> str:
        chosen = candidates[0]
        reason = f'"{name.span.text}": {chosen.name}, {chosen.why}'
        if len(candidates) > 1:
            second = candidates[1]
            told = f"{second.name} ({second.why})" if second.name == chosen.name else second.name
            reason += f", {chosen.score - second.score:.1f} before {told}"
        return f"{reason}; the most precise of {of_event} phrases" if of_event > 1 else reason
