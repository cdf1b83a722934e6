"""What a place phrase asks the gazetteer for: its names, from the whole phrase down to its parts.

"the outskirts of Kunduz city" asks first for itself, then for less of it, until "Kunduz", wanted as a city. The words
that may be taken off stand in data/place_words.csv.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from whimbrel.errors import TableError
from whimbrel.resolution.gazetteer import PlaceKind, fold, sketch

MEANINGS = {"region": PlaceKind.REGION, "district": PlaceKind.DISTRICT, "city": PlaceKind.CITY}
# Words that join the parts of a phrase: "the port of Ashdod", "Fishmongers' Hall in London", "Homs and Hama".
JOINTS = re.compile(r"\s*(?:[,;:()\u2013\u2014/]|\b(?:in|at|on|near|of|from|with|outside|and|between|to|by|off)\b)\s*")
POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$")
# A name goes on after these: "Ain" is not the place in "Ain al-Arab".
PARTICLE = re.compile(r"(?:[ae]l|ash?|e[sz]|ad|ar|de|del|da|do|di|du|la|le|ben|bin|ibn|abu)\b", re.IGNORECASE)
MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Query:
    """A folded name to look up, and the kind of place that the words around it want.

    `torn` is set for a few words torn out of a longer name, which only a place well known may bear ("Baghdad" of
    "Baghdad Medical City", but not "Bint" of "Bint Jbeil").
    """

    name: str
    wanted: PlaceKind | None = None
    torn: bool = False


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Words that stand before or after a place's name without being part of it, and the kind that they imply."""

    before: dict[tuple[str, ...], PlaceKind | None]
    after: dict[tuple[str, ...], PlaceKind | None]

    @classmethod
    def load(cls, path: Path) -> PlaceWords:
        """Read the table words,position,meaning; raises TableError with file, line and column."""
        before: dict[tuple[str, ...], PlaceKind | None] = {}
        after: dict[tuple[str, ...], PlaceKind | None] = {}
        try:
            with path.open(encoding="utf-8", newline="") as file:
                for line, row in enumerate(csv.DictReader(file), start=2):
                    side = {"before": before, "after": after}.get(row["position"] or "")
                    if side is None:
                        raise TableError(f'{path}, line {line}, column position: "before" or "after", please')
                    side[tuple(fold(row["words"]).split())] = MEANINGS.get(row["meaning"] or "")
        except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
            raise TableError(f"{path}: cannot be read as words,position,meaning ({error})") from error
        return cls(before, after)

    def generic(self, words: tuple[str, ...]) -> bool:
        """Whether the words name nothing by themselves ("the northern city")."""
        return all((word,) in self.before or (word,) in self.after for word in words)


def queries(text: str, words: PlaceWords) -> list[Query]:
    """Return what to look up for a phrase, the fullest first; none for a phrase without a name ("the market")."""
    found = dict.fromkeys(_names(text, words))
    if len(found) < MOST_WORDS * 4:
        found |= dict.fromkeys(_parts(text, words))
    return list(found)


def sketches(text: str, words: PlaceWords) -> list[Query]:
    """Return the sketches of a phrase's names, for one that is spelt as the gazetteer has it nowhere."""
    names = (Query(sketch(query.name), query.wanted) for query in _names(text, words))
    return [query for query in names if query.name]


def _names(text: str, words: PlaceWords) -> Iterator[Query]:
    """The phrase, then the phrase with ever more words taken off either end."""
    tokens = text.split()[:12]
    folded = [fold(token) for token in tokens]
    bare = [fold(POSSESSIVE.sub("", token.strip('.,;:"“”'))) for token in tokens]
    wanted: PlaceKind | None = None
    start, end = 0, len(tokens)
    while start < end and any(map(_has_capital, tokens[start:end])):
        if not words.generic(tuple(" ".join(folded[start:end]).split())):
            for form in dict.fromkeys((" ".join(folded[start:end]), " ".join(bare[start:end]))):
                yield Query(form.strip(), wanted)
        after = _length(bare[start:end], words.after, last=True)
        before = _length(folded[start:end], words.before, last=False)
        if after and after < end - start:
            wanted = wanted or words.after[tuple(bare[end - after : end])]
            end -= after
        elif before and before < end - start:
            wanted = wanted or words.before[tuple(folded[start : start + before])]
            start += before
        else:
            return


def _length(tokens: list[str], known: dict[tuple[str, ...], PlaceKind | None], *, last: bool) -> int:
    """How many tokens at the beginning (or the end) are among the known words."""
    for length in range(min(4, len(tokens)), 0, -1):
        if tuple(tokens[-length:] if last else tokens[:length]) in known:
            return length
    return 0


def _parts(text: str, words: PlaceWords) -> Iterator[Query]:
    """The phrase's parts, then every run of capitalised words in it, the longer and earlier first."""
    parts = [part for part in JOINTS.split(text) if part.strip()]
    if len(parts) > 1:
        for part in parts[:4]:
            yield from _names(part, words)
    for part in parts[:4]:
        tokens = part.split()[:MOST_WORDS]
        for length in range(len(tokens) - 1, 0, -1):
            for start in range(len(tokens) - length + 1):
                run, following = tokens[start : start + length], tokens[start + length : start + length + 1]
                if _has_capital(run[0]) and _has_capital(run[-1]) and not (following and PARTICLE.match(following[0])):
                    yield from _run(run, words)


def _run(run: list[str], words: PlaceWords) -> Iterator[Query]:
    name = fold(POSSESSIVE.sub("", " ".join(run).strip('.,;:"“”')))
    if len(name) > 2 and not words.generic(tuple(name.split())):
        yield Query(name, torn=True)


def _has_capital(token: str) -> bool:
    return any(letter.isupper() for letter in token[:4])
