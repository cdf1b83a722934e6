"""People and bodies by name: from the tables, from an office, or kept as they stand with codes from around them."""



from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whimbrel.records import Party, Span
from whimbrel.resolution.body_words import body_sector, international
from whimbrel.resolution.coreference import BODIES, Memory
from whimbrel.resolution.names import (
    PARTICLES,
    is_capitalised,
    is_plural,
    key,
    plain,
    singular,
    without_article,
    without_possessive,
)
from whimbrel.resolution.offices import PROMINENCE, Offices
from whimbrel.resolution.parties_members import body_before, body_led, sectors_of
from whimbrel.resolution.parties_phrase import Phrase, Phrases
from whimbrel.resolution.reasons import Candidate

if TYPE_CHECKING:
    from datetime import date

    from whimbrel.resolution.parties_context import Surroundings
    from whimbrel.resolution.parties_tables import Person, Spell, Tables

Found = tuple[tuple[Party, ...], str, tuple[Candidate, ...]]
_CLAUSE = re.compile(
    r"[,;:.()\"“”]\s*|\b(?:by|that|against|with|to|kills?|arrests?|said|says|and|of|from|for|as|after|when|accuses?|accused|"
    r"including|sentences?|is|are|was|were|has|have|had)\s+(?=[a-zA-Z ]*$)"
)
_APPOSED = re.compile(
    r",\s+(?:who (?:is|was) )?((?:an?|the|former|one of the|head|leader|chief|chairman|founder|co-founder|director|"
    r"president|spokes\w+|[a-z]+)\b[^,;.]{0,80})"
)
_LISTED = re.compile(r"([A-Za-z][\w'’ -]{3,70}s),\s+(?:including\s+|namely\s+)?$")
_HONORIFICS = re.compile(r"^(?:Mr|Mrs|Ms|Dr|Sir|Dame|Lord|Lady|Prof|Hon|Amb|Sen|Rep|Gen|Col)\.?\s+")
_OFFICE_NAMES = {"HOS": "President", "HOG": "Prime Minister", "FM": "Foreign Minister", "DM": "Defence Minister",
                 "VP": "Vice President"}  # fmt: skip
# Titles that a government's own releases give to its own people without a country.
OFFICIAL = frozenset(
    (
        "secretary",
        "ambassador",
        "envoy",
        "coordinator",
        "administrator",
        "spokesperson",
        "counselor",
        "advisor",
        "adviser",
    )
)
# For so many days after leaving office someone is still told of by it.
JUST_LEFT = 365
THINGS = frozenset((
    "website retailer carrier supplier manufacturer subsidiary organiser operator app application site "
    "owner company-owned state-owned region province city town village district ship vessel tanker boat "
    "programme program project show newspaper channel station studio producer chain brand shipper "
    "refinery"
).split()) \
    - {"owner", "organiser", "producer"}  # fmt: skip
INTERNATIONAL = frozenset(("UNO", "IGO", "NGO", "EUR"))
# Below this, a surname alone is not taken for a holder of office.
ENOUGH = 3.0


class Names:
    """Finds people and bodies by name."""

    def __init__(self, tables: Tables, offices: Offices) -> None:
        self._tables = tables
        self._offices = offices
        self._phrases = Phrases(tables)

    def person(self, phrase: Phrase, around: Surroundings, span: Span) -> Found | None:  # noqa: C901 - a list of rules
        """Return the person that a phrase names with a full name or a surname, or None where it names none."""
        name = _HONORIFICS.sub("", without_possessive(phrase.name)).strip()
        if not name or name.casefold() in PARTICLES:
            return None
        if phrase.described and (self._tables.body(key(name)) or not self._describes_person(phrase, name)):
            return self._described_body(phrase, name, around, span)
        full = self._full(name, around)
        ranked = self._ranked(full, phrase, around)
        if ranked and (ranked[0][1] >= ENOUGH or " " in full):
            person, score = ranked[0]
            candidates = tuple(Candidate(p.name, s, self._why(p, around.on)) for p, s in ranked[:5])
            return (self._known(person, full, phrase, around),), f"name of {person.name}, score {score:.1f}", candidates
        if phrase.title and body_sector(name.split()[-1], self._tables.body_words):
            return None
        if not (phrase.title or phrase.described or (full != name) or self._looks_personal(name, around)):
            return None
        code, why = self._country(phrase, around, span, full)
        sectors = self._title_sectors(phrase)
        if phrase.described:
            sectors = self._noun_sectors(phrase.described, last=True) or ("CVL",)
        elif phrase.title is None or not sectors:
            described, theirs = self._described(full, around)
            sectors = described or sectors
            code = theirs or code
        body = body_before(phrase, name, self._tables)
        if body:
            code = body.country if not phrase.country or body.country in INTERNATIONAL else code
            sectors = sectors_of(body, sectors, phrase)
        if not sectors and code not in INTERNATIONAL:
            sectors = ("CVL",)
        if sectors == ("CVL",) and not phrase.title and not phrase.described:
            sectors = around.cue(span.start) or sectors
        if sectors == ("CVL",) and not phrase.title and around.tells_of_crime(span.start, span.end):
            sectors = ("CRM",)
        told = f", sectors from {phrase.title.words!r}" if phrase.title else ""
        why = f"a name in no table{told}; country: {why}"
        return (Party(full, "person", code, sectors, self._own_office(phrase)),), why, ()

    def _describes_person(self, phrase: Phrase, name: str) -> bool:
        """Say whether a description before a name is of a person, not of a body ("the magazine Closer")."""
        last = singular(key(phrase.described).split()[-1])
        return last not in BODIES and last not in THINGS and body_sector(name, self._tables.body_words) is None

    def known_countries(self, around: Surroundings) -> list[str]:
        """Return the countries of the people of the tables that a text names in full, in order."""
        found = []
        for _, run in around.runs:
            parsed = self._phrases.parse(run)
            people = self._tables.people_named(key(parsed.name)) if " " in parsed.name else []
            found += [self._person_country(p, self._offices.last(p, around.on), None) for p in people[:1]]
        return [code for code in found if code]

    def _described_body(self, phrase: Phrase, name: str, around: Surroundings, span: Span) -> Found:
        body = self._tables.body(key(name))
        if body and body.rank < 2:
            party = Party(body.name, body.kind, body.country, body.sector, wikidata=body.wikidata)
            return (party,), f"name of {body.name}", ()
        party = self.body(name, around, span)
        sectors = self._noun_sectors(phrase.described, last=True) or party.sector
        code = phrase.country.code if phrase.country else party.country
        return (Party(name, "organisation", code, sectors),), f"a body described as {phrase.described!r}", ()

    def _full(self, name: str, around: Surroundings) -> str:
        """Return the full name of which the document gives a part, or the name itself."""
        compared = key(name).split()
        known = around.names.get(compared[-1]) if compared else None
        known = known or (around.first_names.get(compared[0]) if compared else None)
        if len(compared) == 1 and known:
            return known
        return name

    def _ranked(self, full: str, phrase: Phrase, around: Surroundings) -> list[tuple[Person, float]]:
        compared = key(full)
        if " " in compared or compared in self._tables.extra_people:
            people = self._tables.people_named(compared) or self._tables.people_named(self._shorter(compared))
            base = 5.0
            if not people and compared.split()[0] in PARTICLES:
                people, base = self._tables.people_surnamed(compared), 0.0
        else:
            people, base = self._tables.people_surnamed(compared) or self._tables.people_named(compared), 0.0
        scored = [(p, base + self._score(p, phrase, around)) for p in people]
        return sorted(scored, key=lambda pair: -pair[1])

    @staticmethod
    def _shorter(compared: str) -> str:
        """Drop middle initials and suffixes: "joseph r biden jr" is "joseph biden"."""
        words = [w for w in compared.split() if len(w) > 1 and w not in ("jr", "sr", "ii", "iii")]
        return " ".join(words)

    def _score(self, person: Person, phrase: Phrase, around: Surroundings) -> float:
        """Weigh a person: office held now, its rank, the title's class, the country of phrase and document."""
        now = self._offices.held(person, around.on)
        score = 1.5 if self._famous(person, around.on) else 0.0
        if now:
            score += 2.0 + PROMINENCE.get(now.office, 1) / 2
        else:
            last = self._offices.last(person, around.on)
            if last is None:
                return -2.0
            ended = last.end or around.on
            years = max((around.on - ended).days / 365, 0)
            score += PROMINENCE.get(last.office, 1) / (2 + years / 2)
        countries = {s.country for s in person.spells}
        if phrase.country:
            score += 3.0 if phrase.country.code in countries else -4.0
        else:
            ranking = around.document_ranking()
            rank = next((i for i, (code, _) in enumerate(ranking) if code in countries), None)
            score += 2.0 - 0.3 * rank if rank is not None else -0.5
        if phrase.title and phrase.title.office:
            wanted = {phrase.title.office} if phrase.title.office != "LEAD" else {"HOS", "HOG", "LEAD", "REBHEAD"}
            score += 2.0 if any(s.office in wanted for s in person.spells) else -0.5
        return score

    @staticmethod
    def _famous(person: Person, day: date) -> bool:
        """Say whether someone led a state within ten years of a day, before or after it."""
        for spell in person.spells:
            near = spell.start and (spell.start - day).days < 3650
            if near and spell.office in ("HOS", "HOG", "VP") and (spell.end is None or (day - spell.end).days < 3650):
                return True
        return False

    def _why(self, person: Person, on: date) -> str:
        spell = self._offices.held(person, on) or self._offices.last(person, on)
        return f"{spell.role}, {spell.country}" if spell else "no office by then"

    def _known(self, person: Person, full: str, phrase: Phrase, around: Surroundings) -> Party:
        """Return a known person at the report's date; out of office they are former officials."""
        country = phrase.country.code if phrase.country else None
        now = self._offices.held(person, around.on, country) or self._offices.held(person, around.on)
        last = now or self._offices.last(person, around.on)
        sectors = self._title_sectors(phrase) if phrase.title else ()
        if phrase.former and (now is None or sectors == ("ELI",)):
            sectors = ("ELI",)
        elif now:
            sectors = now.sector if not sectors or sectors[0] == "GOV" else sectors
        elif not sectors and last and last.end and (around.on - last.end).days < JUST_LEFT:
            sectors = last.sector
        elif not sectors:
            left = last or (person.spells[0] if person.spells else None)
            sectors = ("ELI",) if last and last.sector[:1] == ("GOV",) else (left.sector if left else ())
        code = self._person_country(person, now or last, country)
        return Party(self._shown(person, full), "person", code, sectors, now.role if now else None, person.wikidata)

    @staticmethod
    def _person_country(person: Person, spell: Spell | None, country: str | None) -> str | None:
        if country and any(s.country == country for s in person.spells):
            return country
        return spell.country if spell else (person.spells[0].country if person.spells else country)

    @staticmethod
    def _shown(person: Person, full: str) -> str:
        """Return the table's name where the text's is a short or long form of it, else the text's own spelling."""
        ours, theirs = key(person.name).split(), key(full).split()
        if len(theirs) == len(ours) and theirs[-1] != ours[-1] and plain(full) != plain(person.name):
            return full
        return person.name

    def _title_sectors(self, phrase: Phrase) -> tuple[str, ...]:
        if phrase.title is None:
            return ("CVL",)
        if phrase.former and (not phrase.title.sectors or phrase.title.sectors[0] in ("GOV", "LEG", "")):
            return ("ELI",)
        return phrase.title.sectors

    @staticmethod
    def _own_office(phrase: Phrase) -> str | None:
        if phrase.title is None or phrase.former or not phrase.title.sectors:
            return None
        return phrase.title.words.capitalize()

    def _looks_personal(self, name: str, around: Surroundings) -> bool:
        """Two to four capitalised words without a word of bodies or places, or a name the document explains."""
        words = name.split()
        if around.names.get(key(name).split()[-1]) == name and body_sector(name, self._tables.body_words) is None:
            return True
        if (
            not 2 <= len(words) <= 4
            or body_sector(name, self._tables.body_words)
            or any(w in ("of", "the", "and", "for") for w in words)
        ):
            return False
        return not any(w.isupper() and len(w) > 2 for w in words) and self._tables.place(key(name)) == []

    def _country(self, phrase: Phrase, around: Surroundings, span: Span, full: str) -> tuple[str | None, str]:
        if phrase.country:
            return phrase.country.code, "named in the phrase"
        if phrase.of:
            body = self._tables.body(key(phrase.of))
            if body:
                return body.country, f"of {body.name}"
        near = self._apposition(full, around)
        if near:
            return near, "stands with the name"
        if around.publisher_country and phrase.title and set(phrase.title.words.split()) & OFFICIAL:
            return around.publisher_country, "publisher"
        at = around.document.text.find(full)
        start, end = (at, at + len(full)) if at >= 0 else (span.start, span.end)
        return around.country_near(start, end)

    def _described(self, full: str, around: Surroundings) -> tuple[tuple[str, ...], str | None]:
        """Return the sectors and country that a description beside a name gives ("X, a Malian trader, ...")."""
        text = f"{around.document.title or ''} | {around.document.text}"
        at = text.find(full)
        while at >= 0:
            before = _CLAUSE.split(re.sub(r"\b(?:Dr|Mr|Mrs|Ms|Sir)\.?\s+$", "", text[max(0, at - 70) : at]))[-1]
            before = re.sub(r"\b(?:[A-Z][\w'’-]+\s+){1,3}and\s+$", "", before).strip()
            if not before:
                listed = _LISTED.search(text[max(0, at - 90) : at])
                before = listed.group(1).strip() if listed else ""
            after = _APPOSED.match(text[at + len(full) :])
            body = body_led(after.group(1), self._tables) if after else None
            if body:
                return body.sector, body.country
            for piece in (before, after.group(1) if after else ""):
                sectors = self._noun_sectors(piece, last=piece == before)
                if sectors:
                    return sectors, self._code_in(piece)
            at = text.find(full, at + 1)
        return (), None

    def _noun_sectors(self, piece: str, *, last: bool) -> tuple[str, ...]:
        """Return the sectors of the noun that ends a description (`last`), or of the first noun in it."""
        if not piece or (last and is_capitalised(piece.rsplit(maxsplit=1)[-1]) and " " not in piece):
            return ()
        words = re.split(r"\s+(?:of|in|from|at|for|on|with|who|whose|to|by|and)\s", piece)[0].split()
        if not words:
            return ()
        former = words[0] in ("former", "ex") or " former " in f" {piece} "
        for length in range(min(4, len(words)), 0, -1):
            tail = key(" ".join(words[-length:]))
            for form in (tail, singular(tail)):
                if form in self._tables.titles and self._tables.titles[form][1]:
                    sectors = self._tables.titles[form][1]
                    return ("ELI",) if former and sectors[0] in ("GOV", "LEG") else sectors
                if form in self._tables.nouns:
                    return self._tables.nouns[form]
        return ()

    def _apposition(self, full: str, around: Surroundings) -> str | None:
        """Return the country that stands just before a full name in the document ("Libyan Field Marshal ...")."""
        at = around.document.text.find(full)
        if at < 0:
            return None
        index = around.sentence_at(at)
        for term in reversed(around.terms(index)) if index >= 0 else ():
            if term.end <= at and term.kind in "AN" and at - term.end < 60:
                between = around.document.text[term.end : at]
                between = re.sub(r"(?<=[a-z]) (?:[A-Z][\w'’-]+,? ){1,3}and $", " ", between)
                if term.kind == "N" and not re.match(r"(?:['’]s)? [a-z]", between):
                    return None
                if not re.search(r"[,;.]|\b(?:and|by|with|to|from|against|that|who)\b", between):
                    return term.code
        return None

    def named_inside(self, text: str, around: Surroundings, span: Span) -> Party | None:
        """Return the party that ends another's phrase ("regime of Saddam Hussein", "fighters from the Taliban")."""
        form = self._phrases.country_form(text)
        if form:
            return Party(self._tables.country_names.get(form.code, form.name), "country", form.code, ("GOV",))
        body = self._tables.body(key(text))
        if body and body.rank < 2:
            return Party(body.name, body.kind, body.country, body.sector, wikidata=body.wikidata)
        phrase = self._phrases.parse(text)
        found = self.person(phrase, around, span) if phrase.name else None
        if (found and found[0][0].wikidata) or (found and found[0][0].office):
            return found[0][0]
        places = around.place_countries(text)
        return Party(text, "country", places[0], ("GOV",)) if places else None

    def office(self, phrase: Phrase, around: Surroundings, span: Span) -> Found | None:  # noqa: PLR0911 - a list of rules
        """Return the holder, at the report's date, of an office named without its holder."""
        title = phrase.title
        if title is None or phrase.name or not title.sectors or not self._whole(phrase):
            return None
        if not title.office and any(self._body_at(w) for w in phrase.head.split()):
            return None
        if not title.office and title.words in self._tables.nouns and not phrase.of:
            return None
        code, why = self._office_country(phrase, around, span)
        if code is None:
            return None
        if phrase.former or not title.office or around.document.published is None:
            why = why if around.document.published else f"{why}; the report has no date"
            return (self._nameless(phrase, code),), f"title without a name; country: {why}", ()
        holders = self._offices.in_office(code, title.words, title.office, around.on)
        if not holders:
            return (self._nameless(phrase, code),), f"office of {code}, holder unknown; country: {why}", ()
        best = holders[0]
        candidates = tuple(h.candidate() for h in holders[:5])
        party = Party(best.person.name, "person", code, best.spell.sector, best.spell.role, best.person.wikidata)
        return (party,), f"{best.spell.role} of {code} on {around.on.isoformat()}; country: {why}", candidates

    def _nameless(self, phrase: Phrase, code: str) -> Party:
        """Return the party for a title whose holder no table knows: its own words, and the country where missing."""
        head = phrase.head[:1].upper() + phrase.head[1:] if phrase.title and phrase.title.office else phrase.head
        country = self._tables.country_names.get(code)
        name = head if phrase.country or phrase.of or not country else f"{head} of {country}"
        sectors = phrase.title.sectors if phrase.title else ()
        former = phrase.former and sectors[:1] in (("GOV",), ("LEG",))
        return Party(name, "person", code, ("ELI",) if former else sectors)

    def _office_country(self, phrase: Phrase, around: Surroundings, span: Span) -> tuple[str | None, str]:
        if phrase.country:
            return phrase.country.code, "named in the phrase"
        if phrase.of:
            body = self._tables.body(key(phrase.of))
            places = [] if body else around.place_countries(phrase.of)
            if places:
                return places[0], f"of {phrase.of}"
            return (body.country, f"of {body.name}") if body else around.country_near(span.start, span.end)
        if around.publisher_country and phrase.definite:
            return around.publisher_country, "publisher"
        return around.country_near(span.start, span.end)

    @staticmethod
    def _whole(phrase: Phrase) -> bool:
        """Say whether an office is the whole phrase: "presidents" and "the president's aides" are not the president."""
        words = key(phrase.head).split()
        if phrase.title is None:
            return False
        title = phrase.title.words.split()
        after = next((i + len(title) for i in range(len(words)) if words[i : i + len(title)] == title), 0)
        return after > 0 and (after == len(words) or words[after] in ("of", "for", "to", "in", "from", "general"))

    def _body_at(self, word: str) -> bool:
        body = self._tables.body(key(word)) if is_capitalised(word) else None
        return body is not None and body.rank < 2

    def unknown(self, phrase: Phrase, around: Surroundings, span: Span) -> Found | None:
        """Return a party for a proper name that no table holds: a body by the words of its name."""
        head = without_article(without_possessive(phrase.head))
        words = head.split()
        capitals = sum(is_capitalised(w) for w in words)
        if not words or not is_capitalised(words[0]) or capitals < len(words) / 2 or not is_capitalised(words[-1]):
            return None
        if phrase.country and capitals == 1:
            return None
        last = words[-1].casefold()
        if is_plural(last) and (last in self._tables.nouns or singular(last) in self._tables.nouns) and capitals < 3:
            return None
        for index in range(len(around.segmented.sentences)):
            for term in around.terms(index):
                if len(words) == 1 and term.kind == "N" and key(term.text).split()[0] == key(head) != key(term.text):
                    shown = self._tables.country_names.get(term.code, term.text)
                    return (Party(shown, "country", term.code, ("GOV",)),), f"short for {term.text}", ()
        return (self.body(head, around, span),), "a name in no table", ()

    def body(self, name: str, around: Surroundings, span: Span) -> Party:
        """Return a party for a body that no table holds."""
        parent = self._parent(name)
        if parent:
            return parent
        code = international(name)
        if code:
            own = body_sector(name, self._tables.body_words)
            return Party(name, "organisation", code, (own,) if own in ("JUD", "MIL", "COP", "REB") else ())
        code = self._code_in(name)
        if code is None:
            places = around.place_countries(name)
            code = places[0] if places else around.country_near(span.start, span.end)[0]
        place = self._tables.place(key(name))
        if place:
            return Party(name, "organisation", place[0][0], ("GOV",))
        shown = re.sub(r"^(?:U\.S\.|US)(?=\s)", "United States", name)
        return Party(shown, "organisation", code, (body_sector(name, self._tables.body_words) or "CVL",))

    def _parent(self, name: str) -> Party | None:
        """Return a part of a known body: "UN Department of Peace Operations" is of the United Nations."""
        words = name.split()
        for length in range(min(6, len(words) - 1), 0, -1):
            first = without_possessive(" ".join(words[:length]))
            body = self._tables.body(key(first))
            if body is None or body.rank > 1 or not body.country or first in ("National", "Federal"):
                continue
            own = body_sector(" ".join(words[length:]), self._tables.body_words)
            own_sectors = (own,) if own in ("LEG", "JUD", "MIL", "COP") else body.sector
            shown = name.replace("UN ", "United Nations ", 1) if name.startswith("UN ") else name
            return Party(shown, "organisation", body.country, own_sectors)
        return None

    def _code_in(self, name: str) -> str | None:
        words = name.split()
        for i in range(len(words)):
            found = self._phrases.country_at(words, i)
            if found:
                return found[0].code
        return None

    def speakers(self, around: Surroundings, memory: Memory) -> None:
        """Tell the memory who "I", "we" and "you" are: the publisher's side, the person named in the title."""
        people = [n.members[0] for n in memory.named if len(n.members) == 1 and n.members[0].kind == "person"]
        counted: dict[str, int] = {}
        for person in people:
            counted[person.name] = counted.get(person.name, 0) + 1
        code = around.publisher_country
        ours = [p for p in people if p.country == code] if code else people
        speaker = max(ours, key=lambda p: counted[p.name], default=None)
        memory.speaker = (speaker or self._leader(around, code)) if code else None
        if code and code in self._tables.country_names:
            memory.speaker_group = (Party(self._tables.country_names[code], "country", code, ("GOV",)),)
        memory.addressee = next((p for p in people if memory.speaker and p.name != memory.speaker.name), None)

    def _leader(self, around: Surroundings, code: str | None) -> Party | None:
        if not code:
            return None
        holders = self._offices.holders(code, "LEAD", around.on)
        if not holders:
            return None
        best = holders[0]
        return Party(best.person.name, "person", code, best.spell.sector, best.spell.role, best.person.wikidata)
