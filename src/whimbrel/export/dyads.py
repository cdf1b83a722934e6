"""Events as pairs of a source and a target, for formats that have one of each in a row."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from itertools import permutations, product
from typing import TYPE_CHECKING

from whimbrel.records import Party

if TYPE_CHECKING:
    from whimbrel.records import Event, Mention

MUTUAL = frozenset({"AGREE", "CONSULT", "COOPERATE"})
"""Types that the parties do with one another where none of them is the recipient.

Two attackers without a victim are left as they are: they may have fought each other or struck together.
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One party of a pair, and the phrase that names it."""

    party: Party
    mention: Mention


@dataclass(frozen=True, slots=True)
class Dyad:
    """Who did it, and to whom; None where the report names nobody. `number` counts an event's pairs from 0."""

    source: Side | None
    target: Side | None
    number: int


def sides(mentions: tuple[Mention, ...]) -> list[Side]:
    """Return every party of some phrases once; a phrase of which nobody is known is a party by its own words."""
    found: dict[tuple[str, str | None, tuple[str, ...]], Side] = {}
    for mention in mentions:
        for party in mention.members or (Party(mention.text, "group"),):
            found.setdefault((party.name, party.country, party.sector), Side(party, mention))
    return list(found.values())


def dyads(event: Event) -> list[Dyad]:
    """Return the event's pairs: each actor with each recipient.

    Without a recipient it is each actor with nobody, or, for a mutual type, each actor with each other one, both
    ways. Nobody is paired with themselves. An event that names no party has no pair.
    """
    actors, recipients = sides(event.actor), sides(event.recipient)
    pairs: list[tuple[Side | None, Side | None]]
    pairs = [(one, other) for one, other in product(actors, recipients) if one.party != other.party]
    if not pairs and event.event in MUTUAL:
        pairs = list(permutations(actors, 2))
    if not pairs:
        pairs = [(actor, None) for actor in actors] or [(None, recipient) for recipient in recipients]
    return [Dyad(source, target, number) for number, (source, target) in enumerate(pairs)]


def number_of(*parts: object) -> int:
    """Return a whole number below 2 ** 63 that stands for some parts, the same each time."""
    text = "\n".join(map(str, parts))
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1
