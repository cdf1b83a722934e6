"""Parties without a proper name of their own: "the Israeli military", "protesters", "a court in Lahore"."""


from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whimbrel.records import Party
from whimbrel.resolution.body_words import body_sector
from whimbrel.resolution.names import is_capitalised, is_plural, key, singular, without_determiners
from whimbrel.resolution.parties_phrase import Phrase, noun_phrase

if TYPE_CHECKING:
    from whimbrel.records import Kind
    from whimbrel.resolution.parties_tables import Tables

GOVERNMENTS = frozenset(("government", "administration", "regime", "federal government", "central government"))
# A noun that stands for the institution of its country, and how that is named.
ORGANS = {
    "parliament": ("Parliament of {name}", "LEG"), "legislature": ("Parliament of {name}", "LEG"),
    "cabinet": ("Cabinet of {name}", "GOV"), "government": ("Government of {name}", "GOV"),
    "supreme court": ("Supreme Court of {name}", "JUD"),
    "constitutional court": ("Constitutional Court of {name}", "JUD"),
    "high court": ("High Court of {name}", "JUD"), "national assembly": ("National Assembly of {name}", "LEG"),
    "senate": ("Senate of {name}", "LEG"), "congress": ("Congress of {name}", "LEG"),
    "house of representatives": ("House of Representatives of {name}", "LEG"),
    "military": ("{adjective} military", "MIL"), "army": ("{adjective} Army", "MIL"),
    "armed forces": ("{adjective} Armed Forces", "MIL"), "navy": ("{adjective} Navy", "MIL"),
    "air force": ("{adjective} Air Force", "MIL"), "police": ("{adjective} police", "COP"),
    "foreign ministry": ("Ministry of Foreign Affairs ({name})", "GOV"),
    "defence ministry": ("Ministry of Defence ({name})", "GOV"),
    "defense ministry": ("Ministry of Defence ({name})", "GOV"),
    "interior ministry": ("Ministry of the Interior ({name})", "GOV"),
    "finance ministry": ("Ministry of Finance ({name})", "GOV"), "authorities": ("{adjective} authorities", "GOV"),
    "health ministry": ("Ministry of Health ({name})", "GOV"), "court": ("court ({name})", "JUD"),
    "regime": ("Government of {name}", "GOV"),
    "central bank": ("Central Bank of {name}", "GOV"), "embassy": ("Embassy of {name}", "GOV"),
    "junta": ("{adjective} junta", "GOV"), "military junta": ("{adjective} military junta", "GOV"),
}  # fmt: skip
WITH_ARTICLE = frozenset(
    ["USA", "GBR", "PHL", "NLD", "ARE", "BHS", "MDV", "CAF", "COD", "COG", "CZE", "SLB", "MHL", "COM", "DOM"]
)
# Spellings of one word are one name.
SHOWN = {"protestors": "protesters", "demonstrators": "protesters", "protestor": "protester", "rebel": "rebels",
         "insurgent": "insurgents", "demonstrator": "protester", "others": "people"}  # fmt: skip
# Parties of these sectors are named by the town rather than by the country.
AT_PLACE = (("CVL",), ("UAF",), ("CRM",))
OPPOSED = ("opposition", "anti-government", "antigovernment", "pro-democracy", "dissident")
NO_COUNTRY = frozenset(("country", "nation", "state", "partner", "ally", "member", "leader", "government"))
# Plurals of states: no one country.
LOOSE = frozenset(("country", "nation", "state", "government", "ally", "partner", "power", "neighbour", "neighbor"))
LAST_PARTS = re.compile(r"\s+(?:of|in|from|at|on|for|against|with|who|that|which|to|by|near|linked|loyal|accused|"
                        r"suspected|including|aboard|outside|inside|supporting|wearing|armed|under)\s.*$")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Noun:
    """The noun that a phrase turns on, its sectors, and whether it is a plural."""

    words: str
    sectors: tuple[str, ...]
    plural: bool


def find_noun(tables: Tables, head: str) -> Noun | None:
    """Return the noun that a phrase turns on: the longest known one that ends it, before any "of" or "in"."""
    core = LAST_PARTS.sub("", head)
    for text in (core, head):
        words = key(text).replace("'s", "").split()
        for end in range(len(words), max(len(words) - 3, 0), -1):
            for length in range(min(4, end), 0, -1):
                piece = " ".join(words[end - length : end])
                for form in (piece, singular(piece)):
                    if form in tables.nouns:
                        return Noun(piece, tables.nouns[form], is_plural(words[end - 1]))
    return None


class Groups:
    """Names and codes the parties that have no name of their own."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def is_organ(self, phrase: Phrase) -> bool:
        """Say whether a phrase may name an institution by its kind alone."""
        head = phrase.head.casefold()
        return "ministry" in head or any(head.endswith(noun) or head.startswith(noun) for noun in ORGANS)

    def organ(self, phrase: Phrase, code: str | None) -> Party | None:
        """Return the institution that a phrase names by its kind ("the Turkish parliament"), given its country."""
        bare = self._without_country(phrase.head)
        words = key(bare)
        if bare != phrase.head and re.match(r"(?:[A-Z]\w+ )*Ministry(?: of (?:the )?[A-Z].*)?$", bare) and code:
            country = self._tables.country_names.get(code, code)
            return Party(
                f"{bare} ({country})", "organisation", code, (body_sector(bare, self._tables.body_words) or "GOV",)
            )
        if words not in ORGANS or code not in self._tables.country_names:
            return None
        pattern, sector = ORGANS[words]
        if code == "USA":
            body = self._tables.body(key(f"US {words}"))
            if body:
                return Party(body.name, body.kind, body.country, body.sector, wikidata=body.wikidata)
        if pattern.startswith("{adj") and phrase.country and phrase.country.kind == "A" and code != "USA":
            return Party(noun_phrase(phrase.head), "organisation", code, (sector,))
        plain = self._tables.country_names[code]
        adjective = self._tables.country_adjectives.get(code, plain)
        shown = f"the {plain}" if " of {" in pattern and code in WITH_ARTICLE else plain
        name = pattern.format(name=shown, adjective=adjective)
        if code == "USA":
            name = name.replace("American", "United States")
        return Party(name, "organisation", code, (sector,))

    def group(self, phrase: Phrase, noun: Noun, code: str | None, place: str | None = None) -> Party:
        """Return an unnamed party: its own words where they say which country, else the words and where it is.

        `place` is a town or region of the same country, which tells victims and attackers apart better.
        """
        sectors = self._sectors(noun, phrase.head)
        if code in self._tables.country_names and phrase.country and singular(noun.words) == "side":
            return Party(self._tables.country_names[code], "country", code, ("GOV",))
        many = noun.plural or sectors[:1] in (("CVL",), ("UAF",), ("REB",), ("CRM",))
        kind: Kind = "group" if many else "organisation"
        head = noun_phrase(without_determiners(phrase.head))
        if phrase.country or any(is_capitalised(w) for w in head.split()):
            return Party(head, kind, code, sectors)
        where = self._tables.country_names.get(code) if code else None
        head = SHOWN.get(head.casefold(), head)
        if where and sectors[:1] in (("MIL",), ("GOV",)) and " " not in head and noun.plural:
            adjective = "United States" if code == "USA" else self._tables.country_adjectives.get(code or "", where)
            return Party(f"{adjective} {head.casefold()}", kind, code, sectors)
        where = place if place and sectors[:1] in AT_PLACE else where
        return Party(f"{head} ({where})" if where else head, kind, code, sectors)

    def loose(self, phrase: Phrase, noun: Noun) -> str | None:
        """Return "" for sets of no one country (allies, migrants), MNC for companies of many; None for others."""
        if phrase.country:
            return None
        low = key(phrase.head).split()
        if noun.sectors[:1] == ("BUS",) and "multinational" in low:
            return "MNC"
        if {"foreign", "international", "world", "global", "multinational"} & set(low[:2]):
            return ""
        if noun.plural and singular(low[-1]) in LOOSE:
            return ""
        return "" if noun.sectors[:1] == ("REF",) and singular(low[-1]) != "deportee" else None

    def _sectors(self, noun: Noun, head: str) -> tuple[str, ...]:
        low = head.casefold()
        if any(word in low for word in OPPOSED) and noun.sectors[0] == "CVL" and "OPP" not in noun.sectors:
            return (*noun.sectors, "OPP")
        if low.startswith(("former ", "ex-")) and noun.sectors[0] in ("GOV", "LEG"):
            return ("ELI",)
        return noun.sectors

    def _without_country(self, head: str) -> str:
        words = head.split()
        for length in range(min(4, len(words) - 1), 0, -1):
            piece = re.sub(r"['’]s?$", "", " ".join(words[:length]))
            compared = key(piece)
            form = self._tables.countries.get(compared)
            if compared in self._tables.adjectives or (form and form.kind == "N"):
                return " ".join(words[length:])
        match = re.match(r"(.+?) of (?:the )?(.+)$", head)
        if match and key(match.group(2)) in self._tables.countries:
            return match.group(1)
        return head
