"""A party's phrase taken apart: country, former or not, title, name, noun."""



from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from whimbrel.resolution.names import (
    PARTICLES,
    is_capitalised,
    key,
    singular,
    without_article,
    without_determiners,
    without_possessive,
)

if TYPE_CHECKING:
    from whimbrel.resolution.parties_tables import CountryForm, Tables

FORMER = frozenset(("former", "ex", "late", "ousted", "deposed", "exiled", "retired", "ex-president", "onetime"))
NOT_TITLES = frozenset(("vice", "deputy", "assistant", "shadow", "junior", "under", "aspiring"))
SURNAME_TITLES = frozenset(("king", "prince", "major", "private", "pope", "bishop", "judge", "justice", "marshal",
                            "father", "miss", "general", "chief", "lord", "abbot", "dean", "head", "sheikh",
                            "sultan", "queen", "emir", "monk"))  # fmt: skip
PORTFOLIOS = frozenset(
    (
        "affairs trade cooperation security defence defense policy relations development education health "
        "justice finance treasury energy transport agriculture environment climate services operations "
        "nations state union rights refugees court republic region district province city senate house "
        "congress council committee party army forces staff bank territories"
    ).split()
)
# "Panamanian-flagged", "London-based" say where a party is from; "US-backed" does not.
BASED = re.compile(r"[-–](?:flagged|based|born|owned|registered|American|Canadian|British)$")
COMMON_BODIES = frozenset(
    ("marine marines council army navy parliament congress senate house court muslim muslims islam internet").split()
)
SMALL = frozenset(
    ["of", "in", "from", "at", "on", "for", "the", "and", "with", "to", "by", "a", "an", "against", "or", "near"]
)
_LONGEST = 6


@dataclass(frozen=True, slots=True)
class Title:
    """A title found in a phrase: its words, the class of office it names ("" where none) and its sectors."""

    words: str
    office: str
    sectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """The parts of a phrase; `head` is what is left of it without determiners; `name` a proper name in it."""

    text: str
    head: str
    country: CountryForm | None = None
    former: bool = False
    title: Title | None = None
    name: str = ""
    of: str = ""
    definite: bool = False
    described: str = ""


class Phrases:
    """Takes phrases apart with the tables of countries and titles."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def country_at(self, words: list[str], start: int) -> tuple[CountryForm, int] | None:
        """Return the country named by words from `start`, and how many words; the longest form wins."""
        for length in range(min(5, len(words) - start), 0, -1):
            piece = " ".join(words[start : start + length])
            if not is_capitalised(words[start]) and not words[start].startswith("mainland"):
                return None
            form = self.country_form(piece)
            if form:
                return form, length
        return None

    def country_form(self, text: str, *, adjectives: bool = True) -> CountryForm | None:
        """Return the country, region or capital that a text is a form of, as a name, an adjective or a possessive."""
        stripped = without_possessive(BASED.sub("", text.strip().strip(",;")))
        compared = key(stripped)
        if compared == "us" and stripped.replace(".", "").strip() != "US":
            return None
        if adjectives and compared in self._tables.adjectives:
            return self._tables.adjectives[compared]
        return self._tables.countries.get(compared)

    def parse(self, text: str) -> Phrase:
        """Take a phrase apart; a comma divides name and office in either order."""
        clean = without_possessive(re.sub(r"\s*\([^)]*\)$", "", text.strip()).strip(",;"))
        clean = re.sub(r"\b[Ee]x-(?=\w)", "former ", re.sub(r"\b(?:[Tt]hen|[Nn]ow)[- ](?=[A-Z])", "", clean))
        definite = bool(re.match(r"(?:the|this|that|these|those|its|their|his|her|our)\s", clean, re.IGNORECASE))
        head = without_determiners(clean)
        parts = [p.strip() for p in re.split(r",\s+(?!Jr\.?|Sr\.?|D\.C)", head) if p.strip()]
        parsed = [self._part(part) for part in parts] or [Phrase(text, head)]
        first = parsed[0]
        for other in parsed[1:]:
            first = replace(
                first,
                country=first.country or other.country,
                former=first.former or other.former,
                title=first.title or other.title,
                name=first.name or other.name,
            )
        first = replace(first, text=text, head=head, definite=definite)
        return first if first.title or first.name or len(parts) > 1 else self._described(first)

    def _described(self, phrase: Phrase) -> Phrase:
        """Take "French anaesthesiologist Jean Dupont" apart into the description and the name that ends it."""
        words = phrase.head.split()
        start = len(words)
        while start and (is_capitalised(words[start - 1]) or words[start - 1].casefold() in PARTICLES - {"of"}):
            start -= 1
        while start < len(words) and words[start].casefold() in PARTICLES and not is_capitalised(words[start]):
            start += 1
        if not 0 < start < len(words) or words[start - 1] in SMALL or not words[start - 1][:1].isalpha():
            return phrase
        last = key(words[-1])
        if self.country_at(words, start) or last in self._tables.nouns or singular(last) in self._tables.nouns:
            return phrase
        if len(words) - start == 1 and last in COMMON_BODIES:
            return phrase
        return replace(phrase, name=" ".join(words[start:]), described=" ".join(words[:start]))

    def _part(self, part: str) -> Phrase:
        words = part.split()
        former = any(w.casefold().split("-")[0] in FORMER for w in words)
        title, after = self._last_title(words)
        country = self._first_country(words, after)
        of = ""
        rest = words[after:] if title else words
        if title and rest and rest[0] in ("of", "for", "to"):
            of, rest, found = self._complement(rest)
            country = country or found if words[after] == "to" else found or country
        name = self._name(rest, titled=title is not None)
        if title and not name and title.words in SURNAME_TITLES and after == len(words) and self._all_names(words):
            return Phrase(part, part, country, former, None, part)
        if name and " of " in name:
            before, _, last = name.rpartition(" of ")
            found = self.country_form(last)
            if found:
                name, country = before, country or found
        return Phrase(part, part, country, former, title, name, of)

    def _all_names(self, words: list[str]) -> bool:
        return len(words) > 1 and all(is_capitalised(w) for w in words) and not self.country_at(words, 0)

    def _last_title(self, words: list[str]) -> tuple[Title | None, int]:
        """Return the last title in the words that is not inside a name, and the place after it."""
        best: tuple[Title, int] | None = None
        i = 0
        while i < len(words):
            match = self._title_at(words, i)
            if match is None:
                if best and self._begins_name(words, i):
                    break
                i += 1
                continue
            title, length = match
            if best and not title.sectors and not title.office:
                title = Title(title.words, best[0].office, best[0].sectors)
            best = (title, i + length)
            i += length
        return best or (None, 0)

    def _begins_name(self, words: list[str], i: int) -> bool:
        """Say whether the word after a title begins a name; a possessive further on makes its owner's name no end."""
        if not is_capitalised(words[i]) or words[i - 1].casefold() in ("of", "for", "the", "and", "to"):
            return False
        if any(w.endswith(("'s", "’s")) for w in words[i:-1]):
            return False
        return not self.country_at(words, i)

    def _title_at(self, words: list[str], start: int) -> tuple[Title, int] | None:
        for length in range(min(_LONGEST, len(words) - start), 0, -1):
            piece = key(" ".join(words[start : start + length]))
            first = words[start]
            forms = (piece,) if is_capitalised(first) and start + length < len(words) else (piece, singular(piece))
            for form in forms:
                if form in self._tables.titles:
                    office, sectors = self._tables.titles[form]
                    lower = start > 0 and words[start - 1].casefold() in NOT_TITLES
                    return Title(form, "" if lower else office, sectors), length
        return None

    def _first_country(self, words: list[str], end: int) -> CountryForm | None:
        i = 0
        while i < (end or len(words)):
            found = self.country_at(words, i)
            if found and (found[0].kind in ("A", "N", "R") or words[i].endswith(("'s", "’s")) or end):
                return found[0]
            i += 1
        return None

    def _complement(self, rest: list[str]) -> tuple[str, list[str], CountryForm | None]:
        """Split "of the Republic of Turkey Recep Tayyip Erdogan" into the complement and the name after it."""
        start = 2 if len(rest) > 1 and rest[1].casefold() == "the" else 1
        for length in range(min(6, len(rest) - start), 0, -1):
            piece = " ".join(rest[start : start + length])
            form = self.country_form(piece)
            if form:
                return piece, rest[start + length :], form
            if length > 1 and self._tables.body(key(piece)):
                return piece, rest[start + length :], None
        body = rest[start:]
        capitals = [i for i, w in enumerate(body) if is_capitalised(w)]
        named = len(body) >= 3 and len(capitals) >= 3 and capitals[-2:] == [len(body) - 2, len(body) - 1]
        if named and not {w.casefold() for w in body[-2:]} & PORTFOLIOS and "and" not in body[-3:]:
            first = len(body) - 2
            if first > 1 and body[first - 1].casefold() in PARTICLES:
                first -= 1
            return " ".join(body[:first]), body[first:], None
        return " ".join(body), [], None

    def _name(self, rest: list[str], *, titled: bool) -> str:
        """Return the proper name that words are, or end in; "" where there is none."""
        if not rest:
            return ""
        if all(is_capitalised(w) or w.casefold() in PARTICLES or w in ("of", "the", "and", "for") for w in rest):
            name = " ".join(rest)
            return name if is_capitalised(rest[0]) or rest[0].casefold() in PARTICLES else ""
        if titled:
            taken = []
            for word in rest:
                if not (is_capitalised(word) or word.casefold() in PARTICLES):
                    break
                taken.append(word)
            owner = len(taken) < len(rest) and taken and taken[-1].endswith(("'s", "’s"))
            return " ".join(taken) if taken and is_capitalised(taken[0]) and not owner else ""
        return ""


def noun_phrase(head: str) -> str:
    """Return a phrase without an article, "U.S." written out."""
    return re.sub(r"^(?:U\.S\.|US|U\.S)(?=\s)", "United States", without_article(head))
