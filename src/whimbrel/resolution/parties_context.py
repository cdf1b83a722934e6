"""What surrounds a party's phrase: the countries and places of its sentence, the document, its dateline and publisher.

Evidence is trusted in that order: the mention itself, then its sentence, then the document, then its dateline.
"""



from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from whimbrel.resolution.names import PARTICLES, WORD, is_capitalised, key, singular
from whimbrel.resolution.parties_phrase import PORTFOLIOS, Phrases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from whimbrel.records import Document, Segmented, Span
    from whimbrel.resolution.parties_tables import Tables

INTERNATIONAL = frozenset(("UNO", "EUR", "IGO", "NGO", "MNC", "IMG", "ISM"))
# Weights of evidence for a country, by kind; set on training reports by trying halves and doubles.
WEIGHTS = {"N": 2.0, "A": 2.6, "R": 2.0, "C": 1.6, "place": 0.9, "body": 1.0, "person": 1.6}
GIVEN_PLACE = 3.0
ADJECTIVE_AT_PLACE = 0.4
OWNER = 2.5
PARAGRAPHS = re.compile(r"\n[^\S\n]*\n")
AFTER = re.compile(r"\s*(?:,\s*)?(?:of|in|from|at|near|across|throughout|outside|around|inside)\s+(?:the\s+)?"
                   r"(?:(?:northern|southern|eastern|western|central|north|south|east|west|city|capital|province|region|"
                   r"town|village|state|of|the|district)\s+)*", re.IGNORECASE)  # fmt: skip
OF = re.compile(r"\s+of\s+(?:the\s+)?", re.IGNORECASE)
OWN = re.compile(r"(?:its|their|his|her)\b", re.IGNORECASE)
CRIME_AFTER = re.compile(
    r"(?:,[^,.]{0,60},)?\s*(?:(?:who|and|has|have|had|was|were|is|are|been|be|later|also|then|allegedly|himself)\s+)*"
    r"(?:sentenced|convicted|found guilty|jailed|plead(?:s|ed|ing)? guilty|stabs"
    r"|stabbed (?:and|to|a|the|at|two|three|\d)|shoots|shot and|open(?:s|ed) fire|kills"
    r"|killed (?:at|\d|his|her|a|two|three|four|five|six|seven|eight)|murders"
    r"|murdered (?:his|her|a|two)|rammed|rams|(?:drives?|drove) (?:a|his|her|into)|attack(?:s|ed)|hijack(?:s|ed)"
    r"|detonates|sets fire|raped|kidnaps|kidnapped (?:a|his|her))\b"
)
CRIME_BEFORE = re.compile(
    r"\b(?:sentences|sentenced|convicts|convicted|finds|found|jails|jailed|conviction of|sentencing of|executes"
    r"|executed)\s+(?:\w+\s+){0,2}$"
)
_MONTHS = frozenset(
    (
        "january february march april may june july august september october november december monday tuesday "
        "wednesday thursday friday saturday sunday"
    ).split()
)
# Words that begin a sentence before a name.
_OPENERS = frozenset(
    (
        "before after throughout during while when although since as both in on at by for with under despite "
        "meanwhile however today yesterday the a an prime minster"
    ).split()
)
_NONE = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Term:
    """A country, region, city or capital named in the text, with the country it speaks for."""

    start: int
    end: int
    code: str
    kind: str
    text: str
    weight: float


@dataclass(slots=True)
class Surroundings:
    """One document as party resolution sees it; terms of a sentence are found when first asked for."""

    document: Document
    segmented: Segmented
    places: Sequence[Span]
    tables: Tables
    phrases: Phrases
    on: date = _NONE
    publisher_country: str | None = None
    names: dict[str, str] = field(default_factory=dict)
    first_names: dict[str, str] = field(default_factory=dict)
    acronyms: dict[str, str] = field(default_factory=dict)
    runs: list[tuple[int, str]] = field(default_factory=list)
    parties: dict[int, list[Term]] = field(default_factory=dict)
    _terms: dict[int, list[Term]] = field(default_factory=dict)
    known_people: Callable[[Surroundings], list[str]] = lambda _: []
    _document: list[tuple[str, float]] | None = None

    @classmethod
    def of(cls, document: Document, segmented: Segmented, places: Sequence[Span], tables: Tables) -> Surroundings:
        """Look a document over: its date, its publisher's country, full names and acronyms in it."""
        found = cls(document, segmented, places, tables, Phrases(tables), document.published or _NONE)
        found.publisher_country = found._publisher()
        found._collect_names()
        found._collect_acronyms()
        return found

    def sentence_at(self, offset: int) -> int:
        """Return the index in `segmented.sentences` of the sentence that holds a character; -1 outside all."""
        for i, sentence in enumerate(self.segmented.sentences):
            if sentence.start <= offset < sentence.end:
                return i
        return -1

    def terms(self, index: int) -> list[Term]:
        """Return the countries and places named in a sentence, in order."""
        if index not in self._terms:
            sentence = self.segmented.sentences[index]
            self._terms[index] = self._scan(sentence.text, sentence.start)
        return self._terms[index]

    def _scan(self, text: str, base: int) -> list[Term]:
        words = [(m.start(), m.group()) for m in WORD.finditer(text)]
        found = []
        i = 0
        while i < len(words):
            if not is_capitalised(words[i][1]):
                i += 1
                continue
            match = self._term_at([w for _, w in words[i : i + 5]])
            if match is None:
                i += 1
                continue
            code, kind, length = match
            start, last = words[i][0], words[i + length - 1]
            end = last[0] + len(last[1])
            if code:
                found.append(Term(base + start, base + end, code, kind, text[start:end], WEIGHTS[kind]))
            i += length
        return found

    def _term_at(self, words: list[str]) -> tuple[str, str, int] | None:
        found = self.phrases.country_at(words, 0)
        if found:
            return found[0].code, found[0].kind, found[1]
        for length in range(min(3, len(words)), 0, -1):
            if not is_capitalised(words[length - 1]):
                continue
            piece = re.sub(r"['’]s?$", "", " ".join(words[:length]))
            compared = key(piece)
            if compared in _MONTHS:
                return None
            places = self.tables.place(compared)
            if places:
                return places[0][0], "place", length
            body = self.tables.body(compared) if length > 1 or piece.isupper() else None
            if body and body.rank < 2:
                return "" if body.country in INTERNATIONAL else body.country or "", "body", length
        return None

    def place_countries(self, text: str) -> list[str]:
        """Return the countries that a place's name may lie in, the best first."""
        terms = self._scan(text, 0)
        return [t.code for t in sorted(terms, key=lambda t: (t.kind == "place", -t.start))]

    def counterpart(self, code: str) -> str | None:
        """Return the one other country that the title names, or else that the document names most."""
        titled = [t.code for t in self._scan(self.document.title or "", 0) if t.code not in ("", code)]
        named = [other for other, _ in self.document_ranking() if other not in ("", code)]
        return titled[0] if titled else named[0] if named else None

    def cue(self, start: int) -> tuple[str, ...]:
        """Return the sector that the words of a sentence suggest for someone of whom it says nothing else."""
        index = self.sentence_at(start)
        words = set(re.findall(r"[a-z]+", self.segmented.sentences[index].text.casefold())) if index >= 0 else set()
        found = [self.tables.cues[word] for word in words if word in self.tables.cues]
        return (min(found)[1],) if found else ()

    def tells_of_crime(self, start: int, end: int) -> bool:
        """Say whether the words around a phrase make its party the one who did a crime, or was tried for it."""
        text = self.document.text
        return bool(CRIME_AFTER.match(text[end : end + 110]) or CRIME_BEFORE.search(text[max(0, start - 45) : start]))

    def country_after(self, end: int, index: int) -> str | None:
        """Return the country of a place that follows a phrase at once ("protesters in Cairo")."""
        match = AFTER.match(self.document.text, end)
        if not match:
            return None
        for term in self.terms(index) if index >= 0 else ():
            if match.end() <= term.start <= match.end() + 1:
                following = [t for t in self.terms(index) if term.end <= t.start <= term.end + 3 and t.kind in "NRA"]
                return following[0].code if following else term.code
        return None

    def add_party(self, start: int, end: int, code: str) -> None:
        """Let a party resolved by name speak for its country in its sentence, where no country's name does."""
        index = self.sentence_at(start)
        if index >= 0 and not any(start <= t.start < end for t in self.terms(index)):
            term = Term(start, end, code, "person", self.document.text[start:end], WEIGHTS["person"])
            self.parties.setdefault(index, []).append(term)

    def with_country(self, start: int, end: int) -> str:
        """Return a phrase with the country that follows it: "the President" of "the President of Chile"."""
        match = OF.match(self.document.text, end)
        terms = self.terms(self.sentence_at(start)) if match and self.sentence_at(start) >= 0 else ()
        after = next((t for t in terms if match and t.start == match.end() and t.kind == "N"), None)
        return self.document.text[start : after.end if after else end]

    def country_near(self, start: int, end: int, *, place: bool = False) -> tuple[str | None, str]:
        """Return the country that the surroundings give a phrase, and what says so.

        `place`: the party is one that is found at a place (victims, police, attackers) rather than sent by a state.
        """
        index = self.sentence_at(start)
        after = self.country_after(end, index)
        if after:
            return after, "place after it"
        best = self._sentence_ranking(start, end, index, place=place)
        if best:
            return best[0][0], "named in the sentence"
        best = self._paragraph_ranking(index)
        if best:
            return best[0][0], "named in the paragraph"
        best = self.document_ranking()
        if best:
            return best[0][0], "named in the document"
        if self.segmented.dateline and self.segmented.dateline.place:
            codes = self.place_countries(self.segmented.dateline.place.text)
            if codes:
                return codes[0], "dateline"
        if self.publisher_country:
            return self.publisher_country, "publisher"
        people = self.known_people(self)
        return (people[0], "someone known in the text") if people else (None, "nothing names a country")

    def _sentence_ranking(self, start: int, end: int, index: int, *, place: bool) -> list[tuple[str, float]]:
        if index < 0:
            return []
        scores: defaultdict[str, float] = defaultdict(float)
        given = [(p.start, p.end) for p in self.places]
        own = bool(OWN.match(self.document.text, start))
        for term in [*self.terms(index), *self.parties.get(index, ())]:
            if term.start >= start and term.end <= end:
                continue
            distance = term.start - end if term.start >= end else start - term.end
            weight = term.weight
            if any(a <= term.start < b for a, b in given):
                weight = GIVEN_PLACE
            if place and term.kind == "A":
                weight *= ADJECTIVE_AT_PLACE
            if own and term.end <= start and term.kind != "place":
                weight *= OWNER
            scores[term.code] += weight / (1.0 + max(distance, 0) / 60.0)
        ranking = self.document_ranking() if len(scores) > 1 else []
        for code, score in ranking:
            if code in scores:
                scores[code] += score / ranking[0][1]
        return ranked(scores)

    def _paragraph_ranking(self, index: int) -> list[tuple[str, float]]:
        """Return the countries named earlier in a sentence's paragraph, the nearest sentence's first.

        Empty where the document is one paragraph: then all of it counts.
        """
        if index < 1 or not PARAGRAPHS.search(self.document.text):
            return []
        sentences = self.segmented.sentences
        for earlier in range(index - 1, -1, -1):
            if PARAGRAPHS.search(self.document.text, sentences[earlier].end, sentences[earlier + 1].start):
                break
            scores: defaultdict[str, float] = defaultdict(float)
            for term in [*self.terms(earlier), *self.parties.get(earlier, ())]:
                scores[term.code] += term.weight
            if scores:
                return ranked(scores)
        return []

    def document_ranking(self) -> list[tuple[str, float]]:
        """Return the countries named in the document, the most often named first."""
        if self._document is None:
            scores: defaultdict[str, float] = defaultdict(float)
            for index in range(len(self.segmented.sentences)):
                for term in self.terms(index):
                    scores[term.code] += term.weight / (1.0 + 0.3 * index)
            for term in self._scan(self.document.title or "", 0):
                scores[term.code] += term.weight
            self._document = ranked(scores)
        return self._document

    def place_name(self, start: int, code: str | None) -> str | None:
        """Return the first given place of the phrase's sentence that is a town or region of a country."""
        index = self.sentence_at(start)
        if index < 0 or not code:
            return None
        sentence = self.segmented.sentences[index]
        for place in self.places:
            if sentence.start <= place.start < sentence.end and is_capitalised(place.text) and len(place.text) < 25:
                known = self.tables.place(key(place.text))
                if any(where == code for where, _ in known):
                    return place.text
        return None

    def _publisher(self) -> str | None:
        name = self.document.publisher or ""
        body = self.tables.body(key(name)) if name else None
        if (body and body.sector[:1] == ("JRN",)) or "wiki" in name.casefold():
            return None  # a news outlet does not speak for its country
        if body and body.rank == 0:
            return body.country
        for word in re.split(r"[\s.]+", name):
            body = self.tables.body(key(word)) if len(word) > 3 else None
            if body and body.rank == 0:
                return body.country
        terms = [t for t in self._scan(name, 0) if t.kind in "NA"]
        return terms[0].code if terms else None

    def _collect_names(self) -> None:
        """Keep the full names in the text by their last word, so that a later surname is known."""
        title = self.document.title or ""
        texts = [(title, -len(title) - 1), *((s.text, s.start) for s in self.segmented.sentences)]
        for text, base in texts:
            for start, run in capital_runs(text):
                self._keep_name(run)
                if len(run) > 1:
                    self.runs.append((base + start, " ".join(run)))

    def _keep_name(self, run: list[str]) -> None:
        while run and run[-1] in PARTICLES:
            run = run[:-1]
        if len(run) < 2:
            return
        words = re.sub(r"['’]s$", "", " ".join(run)).rstrip(".").split() if run[-1][-2:] in ("'s", "’s") else run
        parsed = self.phrases.parse(" ".join(words))
        name = parsed.name if parsed.title or not parsed.country else ""
        name = self._bare_name(self._without_country(name))
        if 2 <= len(name.split()) <= 5 and not self.tables.body(key(name)) and not self.tables.place(key(name)):
            self.names.setdefault(key(name).split()[-1], name)
            self.first_names.setdefault(key(name).split()[0], name)

    def _bare_name(self, name: str) -> str:
        """Drop the words of an office that stand before a name ("Energy Security Amos Hochstein")."""
        words = name.split()
        for place in range(len(words) - 1, -1, -1):
            low = words[place].casefold()
            if low in PORTFOLIOS or low in _MONTHS or low in _OPENERS or singular(low) in self.tables.nouns:
                return " ".join(w for w in words[place + 1 :])
        return name

    def _without_country(self, name: str) -> str:
        words = name.split()
        found = self.phrases.country_at(words, 0) if words else None
        return " ".join(words[found[1] :]) if found and found[0].kind == "A" else name

    def _collect_acronyms(self) -> None:
        """Keep acronyms that the text introduces in brackets after the words they stand for."""
        for match in re.finditer(r"\(\s*(?:the\s+)?([A-Z][A-Za-z&.-]{1,9})\s*[);,]", self.document.text):
            acronym = match.group(1)
            if sum(c.isupper() for c in acronym) < 2:
                continue
            before = self.document.text[max(0, match.start() - 120) : match.start()].split()
            name = spelled_out(acronym.replace(".", ""), before)
            if name:
                self.acronyms.setdefault(key(acronym), name)


def ranked(scores: dict[str, float]) -> list[tuple[str, float]]:
    """Return names with their scores, the highest first."""
    return sorted(scores.items(), key=lambda pair: -pair[1])


def capital_runs(text: str) -> list[tuple[int, list[str]]]:
    """Return the runs of capitalised words in a text, small words of names kept inside, with where each begins."""
    found: list[tuple[int, list[str]]] = []
    run: list[str] = []
    last = start = 0
    for match in WORD.finditer(text):
        word = match.group()
        joined = text[last : match.start()] == " "
        ended = bool(run) and run[-1].endswith(("'s", "’s"))
        if run and joined and not ended and (is_capitalised(word) or word in PARTICLES):
            run.append(word.rstrip(".") if len(word) > 4 else word)
        else:
            if run:
                found.append((start, run))
            run, start = (
                ([word.rstrip(".") if len(word) > 4 else word], match.start()) if is_capitalised(word) else ([], 0)
            )
        last = match.end()
    if run:
        found.append((start, run))
    return found


def spelled_out(acronym: str, before: list[str]) -> str | None:
    """Return the words before a bracket whose initials are the acronym, small words skipped, or None.

    >>> spelled_out("OAS", "members of the Organization of American States".split())
    'Organization of American States'
    """
    letters = [c.casefold() for c in acronym if c.isupper()]
    place = len(before)
    while letters and place > 0 and len(before) - place < 12:
        place -= 1
        word = before[place].strip("\"'“”‘’")
        parts = [p for p in re.split(r"[-–]", word) if p]
        if not parts:
            continue
        if parts[0][0].casefold() == letters[-1] and (word[0].isupper() or len(letters) > 1):
            letters.pop()
        elif word[0].isupper() and not letters:
            break
    if letters or place >= len(before) - 1:
        return None
    return " ".join(before[place:]).strip("\"'“”‘’,")
