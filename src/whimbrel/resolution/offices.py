"""Who held an office on a day, and which office someone held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from whimbrel.resolution.names import key
from whimbrel.resolution.reasons import Candidate

if TYPE_CHECKING:
    from whimbrel.resolution.parties_tables import Person, Spell, Tables

# The weight of an office where two people share a surname: a head of state is named without a title.
PROMINENCE = {"HOS": 6, "HOG": 6, "LEAD": 6, "IGOHEAD": 5, "REBHEAD": 4, "FM": 4, "VP": 4, "DM": 3, "SPEAKER": 3,
              "DPM": 2, "MILCHIEF": 2, "INT": 2, "FIN": 2}  # fmt: skip
# A source that stopped in January 2023 leaves spells open; they are believed for so long after that.
OPEN_YEARS = 4
_STOPPED = date(2023, 1, 20)
_WEAK = 2


@dataclass(frozen=True, slots=True)
class Holder:
    """Someone who held an office, the spell, and how well that is attested."""

    person: Person
    spell: Spell
    score: float

    def candidate(self) -> Candidate:
        """Return the holder as a candidate that explains itself."""
        start = self.spell.start.isoformat() if self.spell.start else "?"
        end = self.spell.end.isoformat() if self.spell.end else "open"
        return Candidate(self.person.name, self.score, f"{self.spell.role}, {self.spell.country}, {start} to {end}")


def attested(spell: Spell, day: date) -> bool:
    """Say whether a spell covers a day, believing spells that a source left open only for some years."""
    if not spell.covers(day):
        return False
    stale = spell.end is None and spell.quality <= _WEAK
    return not (stale and day > _STOPPED + timedelta(days=365 * OPEN_YEARS))


class Offices:
    """Answers from the table of office holders."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._known: dict[tuple[str, str], list[Person]] = {}

    def holders(self, country: str, office: str, day: date, word: str = "") -> list[Holder]:
        """Return who held an office of a class in a country on a day, the best attested first.

        `office` is HOS, HOG, LEAD (whichever of the two leads the country), FM, DM ...; `word` is the title's own
        word ("president"), preferred in the holder's title.
        """
        if office == "LEAD":
            found = self.holders(country, "LEAD*", day) if country else []
            return found or self.holders(country, self._tables.leading.get(country, "HOS"), day, word)
        found = []
        for person in self._people(country, office.rstrip("*")):
            for spell in person.spells:
                if spell.country == country and spell.office == office.rstrip("*") and attested(spell, day):
                    found.append(Holder(person, spell, self._score(spell, day, word)))
        return sorted(found, key=lambda h: -h.score)

    def in_office(self, country: str, title: str, office: str, day: date) -> list[Holder]:
        """Return the holders of an office named by its title, also where the title is of the other class.

        The president of a state whose head of government is called president, or a premier who is head of state,
        stand in the other class.
        """
        found = self.holders(country, office, day, title)
        named = [h for h in found if _shares(title, h.spell.role)]
        if named or office not in ("HOS", "HOG"):
            return named or found
        other = self.holders(country, "HOG" if office == "HOS" else "HOS", day, title)
        return [h for h in other if _shares(title, h.spell.role)] or found

    def held(self, person: Person, day: date, country: str | None = None) -> Spell | None:
        """Return the highest office that someone held on a day, or None."""
        spells = [s for s in person.spells if attested(s, day) and (country is None or s.country == country)]
        return max(spells, key=lambda s: (PROMINENCE.get(s.office, 1), s.quality, s.start or date.min), default=None)

    def last(self, person: Person, day: date) -> Spell | None:
        """Return the highest office that someone had left by a day, or None."""
        spells = [s for s in person.spells if s.start is None or s.start <= day]
        return max(spells, key=lambda s: (PROMINENCE.get(s.office, 1), s.start or date.min), default=None)

    def _people(self, country: str, office: str) -> list[Person]:
        wanted = (country, office)
        if wanted not in self._known:
            self._known[wanted] = self._tables.holders(country, office)
        return self._known[wanted]

    @staticmethod
    def _score(spell: Spell, day: date, word: str) -> float:
        """Weigh a spell: the source, the title's word, and the later start, which ends an earlier one left open."""
        score = spell.quality + (2.0 if word and _shares(word, spell.role) else 0.0)
        if spell.start:
            score += 1.0 / (1.0 + (day - spell.start).days / 365.0)
        if spell.end is None and spell.quality <= _WEAK:
            score -= 0.5
        return score


def _shares(title: str, role: str) -> bool:
    """Say whether a title's main word stands in the name of an office ("acting president": President)."""
    words = set(key(role).split())
    wanted = key(title).split()
    if not wanted:
        return False
    main = wanted[-1]
    same = {"premier": "prime", "pm": "prime", "king": "monarch", "queen": "monarch"}
    return main in words or same.get(main, main) in words
