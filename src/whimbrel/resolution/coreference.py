"""Which earlier parties a pronoun or a definite phrase means, by rules over the parties named so far."""


from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from whimbrel.resolution.names import key, singular, without_article

if TYPE_CHECKING:
    from whimbrel.records import Party

HE = frozenset(("he", "him", "his", "himself", "she", "her", "hers", "herself", "who"))
SHE = frozenset(("she", "her", "hers", "herself"))
IT = frozenset(("it", "its", "itself", "which"))
THEY = frozenset(("they", "them", "their", "theirs", "themselves"))
WE = frozenset(("we", "us", "our", "ours", "ourselves"))
I = frozenset(("i", "me", "my", "mine", "myself"))  # noqa: E741
YOU = frozenset(("you", "your", "yours"))
PRONOUNS = HE | IT | THEY | WE | I | YOU
# Plurals that take up two or more parties named before, and the kind of party they take up.
TOGETHER = {
    "leader": "person", "president": "person", "minister": "person", "secretary": "person", "premier": "person",
    "prime minister": "person", "foreign minister": "person", "head of state": "person", "counterpart": "person",
    "interlocutor": "person", "party": "", "side": "", "country": "country", "nation": "country", "state": "country",
    "government": "country", "neighbour": "country", "neighbor": "country", "team": "", "participant": "",
    "delegation": "", "official": "person", "men": "person", "man": "person", "both": "", "parties": "", "pair": "",
    "two": "", "defence minister": "person", "defense minister": "person", "head": "person", "principal": "person",
    "head of government": "person", "heads of state": "person", "heads of government": "person", "principals": "person",
}  # fmt: skip
# Singular definite phrases that take up one organisation or group named before.
BODIES = frozenset(
    (
        "group organisation organization movement company firm party agency bank network airline union "
        "militia faction body bloc alliance cartel gang corporation network charity institution ngo magazine "
        "newspaper publisher insurgents front brigade outlet broadcaster platform militants rebels fighters "
        "association coalition council commission committee board club department ministry bureau office "
        "agency court tribunal university school hospital service division administration congress senate "
        "parliament assembly"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Named:
    """A party mention resolved earlier: where it stands, who it is, and the title it was given."""

    start: int
    sentence: int
    members: tuple[Party, ...]
    plural: bool = False
    title: str = ""
    background: bool = False


@dataclass(slots=True)
class Memory:
    """The parties named in a document, in order of their place."""

    named: list[Named] = field(default_factory=list)
    speaker: Party | None = None
    speaker_group: tuple[Party, ...] = ()
    addressee: Party | None = None

    def add(self, entry: Named) -> None:
        """Put an entry in its place."""
        place = len(self.named)
        while place and self.named[place - 1].start > entry.start:
            place -= 1
        self.named.insert(place, entry)

    def pronoun(self, word: str, start: int, sentence: int) -> tuple[tuple[Party, ...], str]:  # noqa: PLR0911
        """Return who a pronoun means and why; nobody where nothing fits."""
        compared = word.casefold()
        if compared in I:
            spoken = (self.speaker,) if self.speaker else self._one(start, sentence, ("person",), compared)
            return spoken, "the speaker"
        if compared in WE and self.speaker_group:
            return self.speaker_group, "the speaker's side"
        if compared in WE:
            return self._one(start, sentence, ("country", "organisation", "person"), compared), "the speaker's side"
        if compared in YOU:
            return ((self.addressee,) if self.addressee else ()), "the one spoken to"
        if compared in HE:
            return self._one(start, sentence, ("person",), compared), "person named before"
        if compared in IT:
            return self._one(start, sentence, ("country", "organisation", "group"), compared), "body named before"
        found = self._several(start, sentence)
        return found, "parties named before"

    def together(self, noun: str, start: int, number: int | None = None) -> tuple[Party, ...]:
        """Return the parties that a plural definite phrase takes up ("the two presidents")."""
        kind = TOGETHER.get(noun, TOGETHER.get(singular(noun), ""))
        distinct: dict[str, Party] = {}
        for entry in self.named:
            if entry.start >= start:
                break
            for member in entry.members:
                if (not kind or member.kind == kind) and not (kind == "" and member.kind == "group"):
                    distinct.setdefault(key(member.name), member)
        parties = list(distinct.values())
        if not kind:
            people = [p for p in parties if p.kind == "person"]
            parties = people if len(people) > 1 else parties
        if number and len(parties) > number:
            parties = parties[:number] if kind == "person" else parties[-number:]
        return tuple(parties) if len(parties) > 1 else ()

    def pair(self, start: int, host: str) -> tuple[Party, ...]:
        """Return the first two people named before a place, one of them of the host country, the other of another."""
        people: dict[str, Party] = {}
        for entry in self.named:
            if entry.start < start and len(entry.members) == 1 and entry.members[0].kind == "person":
                people.setdefault(key(entry.members[0].name), entry.members[0])
        ours = [p for p in people.values() if p.country == host]
        guests = [p for p in people.values() if p.country not in (None, host)]
        return (ours[0], guests[0]) if ours and guests else ()

    def titled(self, title: str, start: int) -> Party | None:
        """Return the person last called by a title."""
        titled = [n for n in self.named if n.title and len(n.members) == 1]
        before = [n for n in reversed(titled) if n.start < start]
        for entry in [*before, *titled]:
            if entry.title == title:
                return entry.members[0]
        for entry in before if " " not in title else ():
            if entry.title.split()[-1] == title:
                return entry.members[0]
        return None

    def body(self, phrase: str, start: int) -> Party | None:
        """Return the organisation or group that a singular definite phrase takes up ("the ministry")."""
        noun = key(without_article(phrase)).split()[-1]
        if noun not in BODIES and singular(noun) not in BODIES:
            return None
        loose: Party | None = None
        for entry in reversed(self.named):
            if entry.start >= start or len(entry.members) != 1:
                continue
            member = entry.members[0]
            if member.kind not in ("organisation", "group"):
                continue
            words = key(member.name).split()
            if noun in words or (singular(noun) == noun and noun in [singular(w) for w in words]):
                return member
            if loose is None and singular(noun) == noun and fits(noun, member):
                loose = member
        return loose

    def country(self, start: int) -> Party | None:
        """Return the country named last before a place, or first in the document."""
        for entry in reversed(self.named):
            if entry.start < start and len(entry.members) == 1 and entry.members[0].kind == "country":
                return entry.members[0]
        return None

    @staticmethod
    def _same(same: list[Named], kinds: tuple[str, ...], word: str) -> tuple[Party, ...]:
        """Choose in the pronoun's own sentence: its subject; for an object ("him") the one that is not the subject."""
        if word in ("him", "her") and len({n.members[0].name for n in same}) > 1:
            return same[-1].members
        return same[0].members if kinds != ("person",) or len(same) < 2 else same[-1].members

    def _one(self, start: int, sentence: int, kinds: tuple[str, ...], word: str) -> tuple[Party, ...]:
        fitting = [n for n in self.named if n.start < start and len(n.members) == 1 and not n.plural
                   and n.members[0].kind in kinds]  # fmt: skip
        if not fitting:
            later = [n for n in self.named if n.sentence == sentence and len(n.members) == 1
                     and n.members[0].kind in kinds and not n.plural]  # fmt: skip
            return later[0].members if later else ()
        same = [n for n in fitting if n.sentence == sentence]
        if same:
            return self._same(same, kinds, word)
        last = max(n.sentence for n in fitting)
        return next(n for n in fitting if n.sentence == last).members

    def _several(self, start: int, sentence: int) -> tuple[Party, ...]:  # noqa: C901 - one list of preferences
        """Return a plural named last; else the people named together in a sentence before; else the last body."""
        before = [n for n in self.named if n.start < start]
        for index in range(sentence, -2, -1):
            here = [n for n in before if n.sentence == index]
            for entry in here if index != sentence else reversed(here):
                if entry.plural or len(entry.members) > 1:
                    return entry.members
            people: dict[str, Party] = {}
            for entry in here:
                if entry.members and entry.members[0].kind == "person":
                    people.setdefault(key(entry.members[0].name), entry.members[0])
            if len(people) > 1 and index != sentence:
                return tuple(people.values())
            bodies = [n for n in here if n.members and n.members[0].kind in ("group", "organisation")]
            if bodies:
                return bodies[0].members
            states: dict[str, Party] = {}
            for entry in here:
                if entry.members and entry.members[0].kind == "country":
                    states.setdefault(entry.members[0].name, entry.members[0])
            if states and index != sentence:
                return tuple(states.values())
        return before[-1].members if before else ()


_FITTING = {
    "court": ("JUD",), "tribunal": ("JUD",), "ministry": ("GOV",), "department": ("GOV", "COP"), "party": ("PTY",),
    "company": ("BUS",), "firm": ("BUS",), "bank": ("BUS",), "airline": ("BUS",), "magazine": ("JRN",),
    "newspaper": ("JRN",), "broadcaster": ("JRN",), "outlet": ("JRN",), "network": ("JRN", "CRM", "BUS"),
    "militia": ("PRM", "REB"), "militants": ("REB",), "rebels": ("REB",), "insurgents": ("REB",), "fighters": ("REB",),
    "union": ("LAB",), "university": ("EDU",), "school": ("EDU",), "hospital": ("MED",), "parliament": ("LEG",),
    "senate": ("LEG",), "congress": ("LEG",), "assembly": ("LEG",), "cartel": ("CRM",), "gang": ("CRM",),
    "corporation": ("BUS", "JRN"), "publisher": ("BUS",), "administration": ("GOV",), "office": ("GOV",),
}  # fmt: skip


def fits(noun: str, party: Party) -> bool:
    """Say whether a noun may stand for a party of these sectors."""
    wanted = _FITTING.get(noun, _FITTING.get(singular(noun)))
    if wanted is None:
        return party.sector[:1] not in (("MIL",), ("COP",)) or noun in ("service", "division")
    return bool(set(wanted) & set(party.sector))
