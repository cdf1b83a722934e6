"""Which of the places that bear a name is meant: weighing by importance, by kind and by what else the report names.

Scores add up in the unit of `importance` (a factor of ten in people is 1). The weights were set by hand on pairs of
namesakes in sentences written for the purpose (tests/test_places.py); no published set of toponyms was used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from whimbrel.resolution.gazetteer import PlaceKind, Relation, Row, importance

Scores = npt.NDArray[np.float64]

RELATION = {
    Relation.PREFERRED: 1.5,
    Relation.USUAL: 0.0,
    Relation.DERIVED: -0.3,
    Relation.OTHER: -1.5,
    Relation.ADJECTIVE: -1.0,
    Relation.SIMILAR: -2.0,
}
# The wider, the higher; a named region may lie in one country or in many.
LEVEL = {
    PlaceKind.CITY: 0,
    PlaceKind.DISTRICT: 1,
    PlaceKind.REGION: 2,
    PlaceKind.NAMED: 2,
    PlaceKind.COUNTRY: 3,
}
OTHER_KIND = -3.0  # a "province" that is a city
NEAR_KIND = -0.6  # a "province" that GeoNames holds to be of the second level
OF_PARTY = 1.2  # in the country of one of the event's parties
IN_REPORT = 1.6  # in the country that the report speaks of most, times its share
SAME_COUNTRY = 1.0
SAME_REGION = 0.8
NEARBY = 0.9  # falls with the distance by e at each NEARBY_KM
NEARBY_KM = 120.0
CONTAINED = 3.5  # "X, Y" or the event's other phrase, with X in Y
ROUNDS = 3
SHARPNESS = 2.0
EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Option:
    """A place that a phrase may mean, its score before context, what speaks for it, and the kind that it stands for.

    `kind` is the row's own, or a wider one that the phrase names ("Garissa County", of which only the city is known).
    `loose` is set for a part of a longer name or a similar one: it needs the report to speak of the place's country.
    """

    row: Row
    score: float
    why: str
    kind: PlaceKind
    loose: bool = False


def base_option(row: Row, relation: Relation, wanted: PlaceKind | None) -> Option:
    """Score one place by itself."""
    score = importance(row.kind, row.population, capital=row.capital) + RELATION[relation]
    told = "named region" if row.kind is PlaceKind.NAMED else row.kind.name.lower()
    counted = row.population and row.kind is not PlaceKind.NAMED  # a named region's figure only ranks it
    why = f"{told} of about {float(f'{row.population:.2g}'):,.0f}" if counted else told
    kind = row.kind
    if wanted is not None and kind is not wanted:
        areas = (PlaceKind.REGION, PlaceKind.DISTRICT, PlaceKind.NAMED)
        score += NEAR_KIND if wanted in areas and kind in areas else OTHER_KIND
        kind = wanted if kind is PlaceKind.CITY else kind
    return Option(row, score, why, kind, loose=relation is Relation.SIMILAR)


def weigh(
    groups: Sequence[Sequence[Option]],
    links: Sequence[tuple[int, int]],
    parties: frozenset[str],
    shares: dict[str, float],
) -> list[Scores]:
    """Return the scores of each group's options, each group being one name of the report.

    `links` are pairs of groups (part, whole); `shares` says how much the report speaks of each country (sum 1).
    """
    options = [option for group in groups for option in group]
    owner = np.array([number for number, group in enumerate(groups) for _ in group], dtype=np.intp)
    base = np.array([_with_countries(option, parties, shares) for option in options], dtype=np.float64)
    if len(groups) > 1:
        affinity = _affinity(options)
        inside = [(part, whole, _inside(groups[part], groups[whole])) for part, whole in links]
        scores = base
        for _ in range(ROUNDS):
            scores = base + _support(scores, affinity, inside, owner, len(groups))
        base = scores
    return [base[owner == number] for number in range(len(groups))]


def _with_countries(option: Option, parties: frozenset[str], shares: dict[str, float]) -> float:
    country = option.row.country or ""
    return option.score + OF_PARTY * (country in parties) + IN_REPORT * shares.get(country, 0.0)


def _support(
    scores: Scores,
    affinity: Scores,
    inside: Sequence[tuple[int, int, Scores]],
    owner: npt.NDArray[np.intp],
    count: int,
) -> Scores:
    """What each option gains from the likely meanings of the other names."""
    likely = _shares(scores, owner, count)
    starts = np.searchsorted(owner, np.arange(count))
    from_group = np.add.reduceat(affinity * likely[None, :], starts, axis=1)
    from_group[np.arange(len(owner)), owner] = 0.0
    gained: Scores = from_group.max(axis=1) + from_group.sum(axis=1) / (count - 1)
    ends = np.append(starts[1:], len(owner))
    for part, whole, lies_in in inside:
        parts, wholes = slice(starts[part], ends[part]), slice(starts[whole], ends[whole])
        gained[parts] += CONTAINED * (lies_in @ likely[wholes])
        gained[wholes] += CONTAINED * (likely[parts] @ lies_in)
    return gained


def _shares(scores: Scores, owner: npt.NDArray[np.intp], count: int) -> Scores:
    """The options' probabilities within their groups."""
    highest = np.full(count, -np.inf)
    np.maximum.at(highest, owner, scores)
    raised = np.exp(SHARPNESS * (scores - highest[owner]))
    return np.asarray(raised / np.bincount(owner, weights=raised, minlength=count)[owner], np.float64)


def _affinity(options: Sequence[Option]) -> Scores:
    """How much two places belong together: the same country, the same region, a short way."""
    countries = np.array([option.row.country or f"-{number}" for number, option in enumerate(options)])
    regions = np.array([option.row.region or -number - 1 for number, option in enumerate(options)])
    bounded = np.array([option.row.kind is not PlaceKind.COUNTRY for option in options])
    near = np.exp(-_distances(options) / NEARBY_KM) * (bounded[:, None] & bounded[None, :])
    same_country = countries[:, None] == countries[None, :]
    same_region = regions[:, None] == regions[None, :]
    return np.asarray(SAME_COUNTRY * same_country + SAME_REGION * same_region + NEARBY * near, np.float64)


def _inside(parts: Sequence[Option], wholes: Sequence[Option]) -> Scores:
    """1 where the option of the line lies in that of the column."""
    lines = [[1.0 if contains(whole.row, part.row) else 0.0 for whole in wholes] for part in parts]
    return np.array(lines, dtype=np.float64)


def contains(whole: Row, part: Row) -> bool:
    """Whether the gazetteer has `part` in `whole`: by country, by first-level region, in a district by distance."""
    if LEVEL[whole.kind] <= LEVEL[part.kind]:
        return False
    if whole.kind is PlaceKind.COUNTRY:
        return whole.country == part.country
    if whole.kind is PlaceKind.REGION:
        return whole.region == part.region != 0
    reach = 0.6 if whole.kind is PlaceKind.DISTRICT else 4.0
    close = abs(whole.latitude - part.latitude) < reach and abs(whole.longitude - part.longitude) < reach
    return part.kind is PlaceKind.CITY and close


def _distances(options: Sequence[Option]) -> Scores:
    """Kilometres between all pairs, on a sphere."""
    latitude = np.radians([option.row.latitude for option in options])
    longitude = np.radians([option.row.longitude for option in options])
    half_latitude = np.sin((latitude[:, None] - latitude[None, :]) / 2) ** 2
    half_longitude = np.sin((longitude[:, None] - longitude[None, :]) / 2) ** 2
    chord = half_latitude + np.cos(latitude)[:, None] * np.cos(latitude)[None, :] * half_longitude
    distances: Scores = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return distances
