"""Who a party's phrase means: its country, sectors and office at the report's date, with the reason kept.

>>> from whimbrel.resolution.parties import Parties
>>> Parties.load().country_of("Egyptian")
'EGY'
"""



from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from whimbrel.records import Document, Mention, Party, Segmented, Span
from whimbrel.resolution.coreference import HE, IT, PRONOUNS, THEY, TOGETHER, Memory, Named
from whimbrel.resolution.names import (
    is_capitalised,
    is_plural,
    key,
    singular,
    without_article,
    without_determiners,
    without_possessive,
)
from whimbrel.resolution.offices import Offices
from whimbrel.resolution.parties_context import Surroundings
from whimbrel.resolution.parties_groups import Groups, find_noun
from whimbrel.resolution.parties_names import Names
from whimbrel.resolution.parties_phrase import SMALL, Phrase, Phrases
from whimbrel.resolution.parties_search import search
from whimbrel.resolution.parties_speech import host_and_guest
from whimbrel.resolution.parties_tables import Body, CountryForm, Tables
from whimbrel.resolution.reasons import Candidate, Resolved

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "both": 2}
_SPLIT = re.compile(r",\s+(?:and\s+)?|\s+and\s+|\s*&\s*|(?<=[a-z])[-–/](?=[A-Z])")
_LED = re.compile(r"((?:[A-Z][\w'’.-]*\s+)*[A-Z][\w'’.-]*)\s+(administration|government|regime)$", re.IGNORECASE)
_BOMBS = re.compile(r"\s+(?:air ?strikes?|airstrikes?|bombardments?|shelling|artillery|warplanes?|bombing raids?)\b")
_TAIL = re.compile(r"\b(?:of|from|to|for|with|at|in|on)\s+(?:the\s+|former\s+)*([A-Z][^,]*)$")
# Organs named by their kind alone belong to the country in question; without one, to the table's.
_AMBIGUOUS = frozenset(
    ("congress", "senate", "house of representatives", "supreme court", "house", "parliament", "national assembly",
     "national guard", "navy", "army", "central bank", "national security council", "democratic party",
     "secret service", "republican party", "liberal democratic party", "people's party")
)  # fmt: skip
# Parties of these sectors are told by where they are.
_AT_PLACE = frozenset(("CVL", "COP", "UAF", "REB", "CRM", "EDU", "MED", "LAB", "REL", "JUD"))
# Adjectives of no one country.
_PEOPLES = frozenset(
    (
        "African Asian European Arab Kurdish Jewish Muslim Islamic Islamist Christian Hindu Sikh Western "
        "Latin Nordic Baltic Balkan Gulf Sunni Shia Shiite Black Catholic Orthodox Hispanic Buddhist"
    ).split()
)
# Nouns for anyone: what is told of them decides.
_ARTICLES = frozenset({"the", "a", "an"})  # left of a phrase whose noun was not found
_ANYONE = frozenset(("man", "woman", "person", "individual", "teenager", "national", "citizen", "youth"))
# Nouns after a body's name that mean the body itself.
_OWN = frozenset(
    (
        "militant fighter member forces force rebel insurgent personnel jihadist gunman terrorist troop "
        "movement group organization organisation network party official leader spokesman leadership"
    ).split()
)
Found = tuple[tuple[Party, ...], str, tuple[Candidate, ...]]


@dataclass(frozen=True, slots=True)
class Task:
    """One phrase on its way: its span, its parts, the sentence it stands in."""

    span: Span
    phrase: Phrase
    sentence: int


class Parties:
    """Resolves party phrases against the tables; made by `load`, safe to share between threads."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._phrases = Phrases(tables)
        self._offices = Offices(tables)
        self._groups = Groups(tables)
        self._names = Names(tables, self._offices)

    @classmethod
    def load(cls, folder: Path | None = None, extra: Path | None = None) -> Parties:
        """Open the tables in `folder` (the built-in ones by default) and a user's own table before them.

        `extra` is a CSV file with the columns name, aliases, kind, country, sector, office, start, end, wikidata; see
        `parties_tables.read_extra`. Raises TableError naming the file, line and column of a fault.
        """
        return cls(Tables.load(folder, extra))

    def resolve(
        self, document: Document, segmented: Segmented, phrases: Sequence[Span], places: Sequence[Span] = ()
    ) -> tuple[Resolved[Mention], ...]:
        """Resolve all party phrases of a document; one result a phrase, in the order given.

        `places` are the phrases found to be places; they help to tell an unnamed party's country.
        """
        around = Surroundings.of(document, segmented, places, self._tables)
        memory = Memory()
        around.known_people = self._names.known_countries
        tasks = {s: self._task(s, around) for s in set(phrases)}
        ordered = sorted(tasks.values(), key=lambda task: (task.span.start, task.span.end))
        found: dict[Span, Found] = {}
        named = [task for task in ordered if not self._refers_back(task)]
        for task in sorted(named, key=lambda t: (not t.phrase.name, t.span.start)):
            found[task.span] = self._named(task, around)
            self._remember(task, found[task.span], memory)
            for member in found[task.span][0]:
                if member.country in self._tables.country_names:
                    around.add_party(task.span.start, task.span.end, member.country or "")
        for task in named:
            if any(m.country is None and m.kind != "country" for m in found[task.span][0]) and not task.phrase.country:
                found[task.span] = self._named(task, around)
        self._background(around, memory, [task.span for task in ordered])
        self._names.speakers(around, memory)
        for task in ordered:
            if task.span not in found:
                found[task.span] = self._back(task, around, memory)
                self._remember(task, found[task.span], memory)
        return tuple(self._result(span, found[span]) for span in phrases)

    def _task(self, span: Span, around: Surroundings) -> Task:
        index = around.sentence_at(span.start)
        first = index >= 0 and around.segmented.sentences[index].start == span.start
        text = self._lowered(span.text) if first else span.text
        phrase = self._phrases.parse(text)
        if phrase.title and not phrase.name and not phrase.country:
            whole = around.with_country(span.start, span.end)
            phrase = self._phrases.parse(whole) if whole != span.text else phrase
        return Task(span, phrase, index)

    def _lowered(self, text: str) -> str:
        """Take the capital off a common noun that begins a sentence ("Protesters", "Armed men")."""
        words = text.split()
        if not words or not words[0].isalpha() or words[0].isupper():
            return text
        if words[0] in _PEOPLES:
            return text
        if any(is_capitalised(w) for w in words[1:]) and (words[1] not in SMALL or not is_plural(words[0].casefold())):
            return text
        low = text[:1].lower() + text[1:]
        if self._phrases.country_at(words, 0) or self._tables.people_surnamed(key(words[0])):
            return text
        body = self._tables.body(key(text))
        if body and body.rank < 2:
            return text
        return low if find_noun(self._tables, low) or len(words) > 1 else text

    def search(self, text: str, on: date | None = None) -> tuple[Candidate, ...]:
        """Return the parties of the tables that a name may mean, the best first, each with its codes and offices."""
        return search(text, on, self._tables, self._phrases, self._offices)

    def country_of(self, text: str) -> str | None:
        """Return the code of a country's name, demonym, adjective or capital; None for anything else."""
        form = self._phrases.country_form(without_article(text))
        return form.code if form else None

    @staticmethod
    def _result(span: Span, found: Found) -> Resolved[Mention]:
        members, reason, candidates = tuple(m for m in found[0] if m.name), found[1], found[2]
        return Resolved(Mention(span.text, span.start, span.end, members), reason, candidates)

    def _remember(self, task: Task, found: Found, memory: Memory) -> None:
        members = found[0]
        if not members:
            return
        noun = find_noun(self._tables, task.phrase.head) if members[0].kind == "group" else None
        plural = len(members) > 1 or bool(noun and noun.plural and members[0].kind == "group")
        person = len(members) == 1 and members[0].kind == "person"
        title = task.phrase.title.words if task.phrase.title and person else ""
        memory.add(Named(task.span.start, task.sentence, members, plural, title))

    def _background(self, around: Surroundings, memory: Memory, taken: list[Span]) -> None:
        """Remember the people and countries that the text names outside the phrases: pronouns may mean them."""
        for start, text in around.runs:
            if any(s.start < start + len(text) and start < s.end for s in taken):
                continue
            phrase = self._phrases.parse(text)
            span = Span(text, start, start + len(text))
            found = self._names.person(phrase, around, span) if phrase.name else None
            if found and (phrase.title or found[0][0].wikidata):
                title = phrase.title.words if phrase.title else ""
                memory.add(Named(start, around.sentence_at(start), found[0], title=title, background=True))
        for index in range(len(around.segmented.sentences)):
            for term in around.terms(index):
                shown = self._tables.country_names.get(term.code)
                if term.kind == "N" and shown and not any(s.start < term.end and term.start < s.end for s in taken):
                    party = Party(shown, "country", term.code, ("GOV",))
                    memory.add(Named(term.start, index, (party,), background=True))

    def _refers_back(self, task: Task) -> bool:
        """Say whether a phrase can be understood from earlier ones alone: pronouns, "the group", "both sides"."""
        words = key(task.span.text).split()
        if not words:
            return False
        if task.span.text.casefold() in PRONOUNS and task.span.text != "US":
            return True
        if task.phrase.name:
            return False
        title = task.phrase.title
        if (title and title.words == words[-1]) or (title and title.words == " ".join(words)):
            return task.phrase.country is None and not task.phrase.of and not task.phrase.former
        return task.phrase.country is None and (task.phrase.definite or words[0] in ("both", "the", "all", "two"))

    def _named(self, task: Task, around: Surroundings) -> Found:
        """Resolve a phrase that names its party itself; the rules in order of trust."""
        for rule in (self._exactly, self._coordinated, self._body, self._organ, self._led, self._person, self._office,
                     self._fighters, self._proper, self._unnamed):  # fmt: skip
            found = rule(task, around)
            if found:
                return found
        return self._unknown(task, around)

    def _exactly(self, task: Task, around: Surroundings) -> Found | None:
        """Resolve a country, its capital, adjective or demonym, alone."""
        text = without_possessive(task.phrase.text)
        form = self._phrases.country_form(without_article(text))
        if form is None or (text.islower() and key(text) == "us"):
            return None
        if form.kind == "A" and _BOMBS.match(around.document.text, task.span.end):
            adjective = self._tables.country_adjectives.get(form.code, form.name)
            name = "United States military" if form.code == "USA" else f"{adjective} military"
            return (Party(name, "organisation", form.code, ("MIL",)),), "adjective before an act of war", ()
        return (self._state(form, text),), self._why(form), ()

    def _state(self, form: CountryForm, text: str) -> Party:
        shown = self._tables.country_names.get(form.code, form.name)
        if form.kind == "A" and text.endswith("s") and key(text) != "us" and key(text).endswith("s") \
                and key(text)[:-1] in self._tables.adjectives:  # fmt: skip
            return Party(text if text[:1].isupper() else without_article(text), "group", form.code, ("CVL",))
        if form.kind in ("R", "N") and form.name and form.code not in ("", None):
            shown = form.name if self._tables.country_names.get(form.code) != form.name else shown
        return Party(shown, "country", form.code, ("GOV",))

    @staticmethod
    def _why(form: CountryForm) -> str:
        return {"N": "name of a country", "A": "adjective or demonym of a country", "C": "capital for its government",
                "R": "region of a country"}[form.kind]  # fmt: skip

    def _coordinated(self, task: Task, around: Surroundings) -> Found | None:  # noqa: ARG002 - rules are called alike
        """Resolve "France and Germany", "Russian-Finnish": every part a country or a known body."""
        parts = [p for p in _SPLIT.split(without_article(task.phrase.text)) if p.strip()]
        if len(parts) < 2 or self._tables.body(key(task.phrase.head)):
            return None
        members: list[Party] = []
        for part in parts:
            form = self._phrases.country_form(without_article(part))
            body = None if form else self._tables.body(key(part))
            if form:
                members.append(self._state(form, part))
            elif body and body.rank < 2:
                members.append(self._party(body))
            else:
                return None
        return tuple(members), "several parties joined", ()

    @staticmethod
    def _party(body: Body) -> Party:
        return Party(body.name, body.kind, body.country, body.sector, wikidata=body.wikidata)

    def _body(self, task: Task, around: Surroundings) -> Found | None:
        """Resolve an organisation, group or metonym of the tables, or an acronym that the document introduced."""
        head = task.phrase.head
        compared = key(without_possessive(head))
        introduced = around.acronyms.get(compared)
        if introduced:
            body = self._tables.body(key(introduced))
            if body:
                return (self._party(body),), f"acronym of {introduced}", ()
            found = self._names.body(introduced, around, task.span)
            return (found,), f"acronym of {introduced} in the document", ()
        body = self._tables.body(key(task.phrase.text)) or self._tables.body(compared)
        if body is None or (body.rank > 0 and self._doubtful(head, body.rank)):
            return None
        if compared in _AMBIGUOUS:
            code, why = around.country_near(task.span.start, task.span.end)
            if code and code != body.country and code in self._tables.country_names:
                organ = self._groups.organ(task.phrase, code)
                if organ is None:
                    name = f"{without_article(head)} ({self._tables.country_names[code]})"
                    organ = Party(name, body.kind, code, body.sector)
                return (organ,), f"organ of {code}: {why}", ()
        if body.rank == 3 and body.sector[:1] == ("BUS",) and len(compared.split()) == 1 and task.phrase.title:
            return None
        return (self._party(body),), "name of a body", ()

    def _doubtful(self, head: str, rank: int) -> bool:
        """Say whether a form is too common to be a name: lower case, a short acronym, a known noun or title."""
        words = head.split()
        capitals = sum(is_capitalised(w) for w in words)
        if capitals == 0 or (len(head) < 4 and head.isupper()):
            return True
        compared = key(head)
        known = compared in self._tables.nouns or singular(compared) in self._tables.nouns
        return (rank > 1 and capitals < 2 and len(words) > 1) or (
            len(words) == 1
            and (known or compared in self._tables.titles or (rank > 1 and len(head) < 5 and not head.isupper()))
        )

    def _person(self, task: Task, around: Surroundings) -> Found | None:
        """Resolve a person's name, alone or with a title."""
        return self._names.person(task.phrase, around, task.span)

    def _office(self, task: Task, around: Surroundings) -> Found | None:
        """Resolve an office without its holder's name: the holder at the report's date."""
        return self._names.office(task.phrase, around, task.span)

    def _led(self, task: Task, around: Surroundings) -> Found | None:
        """Resolve a government named by its leader: "the Trump administration", "Assad's government"."""
        match = _LED.match(task.phrase.head)
        if not match:
            return None
        owner = self._phrases.parse(without_possessive(match.group(1)))
        found = self._names.person(owner, around, task.span) if owner.name and not owner.country else None
        if not found or not found[0][0].country or not (found[0][0].office or found[0][0].wikidata or owner.title):
            return None
        person = found[0][0]
        shown = self._tables.country_names.get(person.country or "", "")
        if match.group(2).casefold() != "government" or not shown:
            name = f"{key_last(person.name)} {match.group(2).casefold()}"
        else:
            name = f"Government of {shown}"
        return (Party(name, "organisation", person.country, ("GOV",)),), f"government of {person.name}", ()

    def _organ(self, task: Task, around: Surroundings) -> Found | None:
        """Resolve an institution named by its kind and country ("the Turkish parliament")."""
        if not self._groups.is_organ(task.phrase):
            return None
        code, why = self._country(task, around)
        organ = self._groups.organ(task.phrase, code)
        return ((organ,), f"organ of {code}: {why}", ()) if organ else None

    def _country(self, task: Task, around: Surroundings, *, place: bool = False) -> tuple[str | None, str]:
        if task.phrase.country:
            return task.phrase.country.code, "named in the phrase"
        return around.country_near(task.span.start, task.span.end, place=place)

    def _fighters(self, task: Task, around: Surroundings) -> Found | None:  # noqa: ARG002 - rules are called alike
        """Resolve members of a known group or body: "Hamas militants", "members of the Taliban", "NATO leaders"."""
        words = without_possessive(task.phrase.head).split()
        for length in range(len(words) - 1, 0, -1):
            piece = without_possessive(" ".join(words[:length]))
            body = self._tables.body(key(piece))
            rest = words[length:]
            if body is None or body.rank > 1 or not is_capitalised(words[0]) or any(is_capitalised(w) for w in rest):
                continue
            return (self._part(body, rest),), f"part of {body.name}", ()
        return None

    def _part(self, body: Body, rest: list[str]) -> Party:
        """Return the people of a body: its fighters are the body, its lawyers or staff are parties of their own."""
        noun = find_noun(self._tables, " ".join(rest))
        if singular(rest[-1]) in _OWN or (noun and noun.sectors[0] in ("REB", "MIL", "UAF") and body.kind == "group"):
            return self._party(body)
        name = " ".join([body.name, *rest])
        return Party(name, "group", body.country, noun.sectors if noun and body.sector else body.sector)

    def _proper(self, task: Task, around: Surroundings) -> Found | None:
        """Resolve a proper name in no table: the name is kept, country and sectors come from around it."""
        return self._names.unknown(task.phrase, around, task.span)

    def _unnamed(self, task: Task, around: Surroundings) -> Found | None:
        """Resolve a noun with a sector: "protesters", "a court", "Syrian refugees"."""
        noun = find_noun(self._tables, task.phrase.head)
        if noun is None:
            return None
        tail = _TAIL.search(task.phrase.head)
        inside = self._names.named_inside(tail.group(1), around, task.span) if tail else None
        if inside and inside.kind in ("group", "organisation") and singular(noun.words) in _OWN | {"representative"}:
            return (inside,), f"members of {inside.name}", ()
        code, why = self._country(task, around, place=noun.sectors[0] in _AT_PLACE)
        if inside and inside.country:
            code, why = inside.country, f"of {inside.name}"
        loose = self._groups.loose(task.phrase, noun)
        if loose is not None:
            code, why = loose or None, "of no one country"
        if singular(noun.words) in _ANYONE and around.tells_of_crime(task.span.start, task.span.end):
            noun = replace(noun, sectors=("CRM",))
        party = self._groups.group(task.phrase, noun, code, around.place_name(task.span.start, code))
        return (party,), f"{noun.words!r} is {noun.sectors[0]}; country: {why}", ()

    def _unknown(self, task: Task, around: Surroundings) -> Found:
        words = task.span.text.strip().lower()
        if words in _ARTICLES or not any(map(str.isalnum, words)):
            return (), f"{task.span.text!r} names nobody", ()
        code, why = self._country(task, around)
        name = without_determiners(without_possessive(task.phrase.text))
        return (Party(name, "group", code, ("CVL",)),), f"no table knows it; country: {why}", ()

    def _back(self, task: Task, around: Surroundings, memory: Memory) -> Found:
        """Resolve a pronoun or definite phrase from what was named before; else as a phrase of its own."""
        text = task.span.text
        compared = text.casefold()
        if compared in PRONOUNS and text != "US":
            members, why = host_and_guest(text, task.span.end, around, memory)
            if not members:
                members, why = memory.pronoun(compared, task.span.start, task.sentence)
            if members:
                return members, why, ()
            return self._anyone(compared, task, around)
        for rule in (self._together, self._same_body, self._same_country):
            found = rule(task, around, memory)
            if found:
                return found
        return self._named(task, around)

    def _anyone(self, pronoun: str, task: Task, around: Surroundings) -> Found:
        """Return the person or state last named in the text before a pronoun that no phrase explains, or nobody."""
        if pronoun in HE:
            for start, text in reversed([run for run in around.runs if 0 <= run[0] < task.span.start]):
                phrase = self._phrases.parse(text)
                found = (
                    self._names.person(phrase, around, Span(text, start, start + len(text))) if phrase.name else None
                )
                if found:
                    return found[0], "person in the text before", ()
        if pronoun in IT | THEY:
            terms = [
                t for t in (around.terms(task.sentence) if task.sentence >= 0 else ()) if t.start < task.span.start
            ]
            for term in terms:
                form = self._phrases.country_form(term.text)
                if form:
                    return (self._state(form, term.text),), "state in the text before", ()
        return (), "nobody named before", ()

    def _together(self, task: Task, around: Surroundings, memory: Memory) -> Found | None:  # noqa: ARG002
        words = [
            w for w in key(task.span.text).split() if w not in ("the", "all", "these", "those", "of", "our", "their")
        ]
        number = next((_NUMBERS[w] for w in words if w in _NUMBERS), None)
        noun = " ".join(w for w in words if w not in _NUMBERS) or "both"
        if noun not in TOGETHER and singular(noun) not in TOGETHER:
            return None
        if singular(noun) == noun and number is None and noun not in ("heads of state", "both"):
            return None
        members = memory.together(noun, task.span.start, number)
        return (members, "parties named before", ()) if members else None

    def _same_body(self, task: Task, around: Surroundings, memory: Memory) -> Found | None:
        party = memory.body(task.span.text, task.span.start)
        exact = self._tables.body(key(task.phrase.head))
        publisher = self._tables.body(key(around.document.publisher or ""))
        if publisher and key(task.phrase.head) in key(publisher.name).split() and publisher.rank == 0:
            return (self._party(publisher),), "the publisher", ()
        if party is None or (exact and exact.rank == 0 and exact.name != party.name):
            return None
        return (party,), f"takes up {party.name}", ()

    def _same_country(self, task: Task, around: Surroundings, memory: Memory) -> Found | None:
        words = key(task.phrase.head)
        if words in ("country", "nation", "state", "kingdom", "republic"):
            party = memory.country(task.span.start)
            if party is None:
                code, _ = around.country_near(task.span.start, task.span.end)
                name = self._tables.country_names.get(code or "")
                party = Party(name, "country", code, ("GOV",)) if name else None
            return ((party,), "takes up a country", ()) if party else None
        title = task.phrase.title
        if title and not task.phrase.name and not task.phrase.of and title.words == words:
            leading = self._tables.leading.get(around.publisher_country or "", "HOS")
            if around.publisher_country and title.office in (leading, "VP", "FM"):
                found = self._names.office(task.phrase, around, task.span)
                if found and found[0][0].office:
                    return found
            person = memory.titled(title.words, task.span.start)
            if person:
                return (replace(person),), f"the {title.words} named before", ()
        return None


def key_last(name: str) -> str:
    """Return the last word of a name as it is written."""
    return name.rsplit(maxsplit=1)[-1]
