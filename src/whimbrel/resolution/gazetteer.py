"""The gazetteer's file: rows of places, their names, and an index from names to rows, read through a memory map.

One file, little-endian: eight bytes of magic, the length of a JSON header (uint32), the header, then four sections.
The header holds the sections' offsets and lengths, the list of country codes and the edition.

- `rows`: 18 bytes a place, in falling order of importance: latitude and longitude in steps of 360 / 2**24 degrees
  (uint24 each, about 2 metres), GeoNames id and offset of the name (uint24 each), number of the first-level region
  (uint16, 0 for none), number of the country (uint8, 0 for none), kind and capital (uint8), population as
  log10 x 6,000 (uint16).
- `names`: UTF-8, each name once, ended by a zero byte.
- `regions`: row number of each first-level region (uint24), in order of its number, counted from 1.
- `index`: 32-bit hashes of folded names in rising order, then one check byte each, then one posting each (uint24:
  row number in the lower 19 bits, how the name relates to the place above). A name's text is not stored: two
  different names are taken for one with a chance of about one in a million.
"""

from __future__ import annotations

import json
import math
import mmap
import struct
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from pathlib import Path

import numpy as np

from whimbrel.errors import TableError

MAGIC = b"WHIMPL01"
ROW = 18
ROW_BITS = 19
DEGREES = 360 / 2**24
POPULATION_STEPS = 6000
_TAIL = struct.Struct("<HBBH")
# Letters that Unicode does not take apart into a base letter and an accent.
_LETTERS = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h", "ə": "e",
    "ŋ": "ng", "'": "", "’": "", "‘": "", "ʼ": "", "ʻ": "", "`": "", "´": "", "ʾ": "", "ʿ": "", "ʹ": "", "ʺ": "",
    ".": "", "-": " ", "–": " ", "‐": " ", "/": " ", "_": " ", "\u00ad": "", "\u200b": "", "(": " ", ")": " ",
    ",": " ",
})  # fmt: skip
SHORTEST_SKETCH = 6
_ARTICLES = frozenset({"al", "el", "ad", "ar", "as", "at", "an", "az", "ash", "adh", "ed", "es", "er", "et", "the"})
_SOUNDS = tuple(
    tuple(pair.split(">"))
    for pair in (
        "kh>h gh>g dh>d th>t sh>s ch>s zh>z ph>f dj>z ts>z ck>k ou>u oo>u aw>u ow>u au>u ee>i ei>i ey>i ai>i ay>i "
        "iy>i ia>i q>k c>k w>v y>i e>i o>u j>z x>s"
    ).split()
)
_SHORTENED = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}


class PlaceKind(IntEnum):
    """What a row of the gazetteer is; the named regions keep their own precision."""

    CITY = 0
    DISTRICT = 1
    REGION = 2
    COUNTRY = 3
    NAMED = 4


class Relation(IntEnum):
    """How a name relates to its place, the closest first.

    The name meant before others (by the table of named regions), its usual name, one made from it, another name, an
    adjective, a name that sounds like it (see `sketch`).
    """

    PREFERRED = 0
    USUAL = 1
    DERIVED = 2
    OTHER = 3
    ADJECTIVE = 4
    SIMILAR = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One place of the gazetteer; `population` in persons, coordinates in degrees (WGS 84), 0 for no GeoNames id."""

    number: int
    name: str
    latitude: float
    longitude: float
    geonames: int
    region: int
    country: str | None
    kind: PlaceKind
    capital: bool
    population: int


def importance(kind: PlaceKind, population: int, *, capital: bool) -> float:
    """Return how likely a bare name means this place, before any context: log10 of people, less for what has bounds.

    A bare "Kunduz" is more often the city than its province, and rarely its district; countries come before all.
    The offsets were set by hand on such pairs.
    """
    people = math.log10(population + 100)
    if kind is PlaceKind.COUNTRY:
        return 7.5 + people / 10
    if kind is PlaceKind.REGION:
        return people - 1.0
    if kind is PlaceKind.DISTRICT:
        return people - 2.0
    return people + (1.2 if capital else 0.0)


def fold(name: str) -> str:
    """Return `name` as the index knows it: no case, accents, apostrophes or hyphens, "St." written out.

    >>> fold("Saint-Étienne"), fold("N'Djamena"), fold("St. Louis")
    ('saint etienne', 'ndjamena', 'saint louis')
    """
    plain = name.casefold() if name.isascii() else _without_accents(name)
    words = plain.translate(_LETTERS).split()
    return " ".join(_SHORTENED.get(word, word) for word in words)


def _without_accents(name: str) -> str:
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).casefold()


def sketch(folded: str) -> str:
    """Return what is left of a folded name when spellings of its sounds are made one: "tal afar" as "tall afar".

    Empty for a name too short to be told apart by that. Begins with "~", which no folded name does.
    """
    letters = "".join(word for word in folded.split() if word not in _ARTICLES) if folded.isascii() else ""
    for spelling, sound in _SOUNDS:
        letters = letters.replace(spelling, sound)
    once = "".join(letter for letter, before in zip(letters, " " + letters, strict=False) if letter != before)
    bare = once.rstrip("h")
    return f"~{bare}" if len(bare) >= SHORTEST_SKETCH else ""


def hash_name(folded: str) -> tuple[int, int]:
    """Return the 32-bit hash of a folded name and its check byte."""
    digest = blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=5).digest()
    return int.from_bytes(digest[:4], "little"), digest[4]


class Gazetteer:
    """A gazetteer file behind a memory map; opening reads the header alone."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._open_sections()
        except FileNotFoundError as error:
            raise TableError(f"{path}: no such gazetteer; reinstall whimbrel, or build it anew") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TableError(f"{path}: not a gazetteer of this release ({error}); reinstall whimbrel") from error

    def _open_sections(self) -> None:
        if self._map[:8] != MAGIC:
            raise ValueError("its first bytes are not a gazetteer's")
        length = int.from_bytes(self._map[8:12], "little")
        header = json.loads(self._map[12 : 12 + length])
        self.edition: str = header["edition"]
        self.countries: list[str] = header["countries"]
        places = header["sections"]
        if max(start + size for start, size in places.values()) > len(self._map):
            raise ValueError("the file is cut short")
        self._rows, size = places["rows"]
        self._count = size // ROW
        self._names = places["names"][0]
        self._regions, regions = places["regions"]
        self._region_count = regions // 3
        start, size = places["index"]
        postings = size // 8
        self._hashes = np.frombuffer(self._map, dtype="<u4", count=postings, offset=start)
        self._checks = start + 4 * postings
        self._postings = start + 5 * postings

    def __len__(self) -> int:
        return int(self._count)

    def row(self, number: int) -> Row:
        """Return row `number`, counted from 0 in falling order of importance."""
        start = self._rows + ROW * number
        cells = self._map[start : start + ROW]
        region, country, kind, population = _TAIL.unpack_from(cells, 12)
        return Row(
            number=number,
            name=self._name(_uint24(cells, 9)),
            latitude=round(_uint24(cells, 0) * DEGREES - 180, 5),
            longitude=round(_uint24(cells, 3) * DEGREES - 180, 5),
            geonames=_uint24(cells, 6),
            region=region,
            country=self.countries[country - 1] if country else None,
            kind=PlaceKind(kind & 7),
            capital=bool(kind & 8),
            population=round(10 ** (population / POPULATION_STEPS)) if population else 0,
        )

    def region_row(self, number: int) -> Row | None:
        """Return the first-level region of that number, None for 0."""
        if not 0 < number <= self._region_count:
            return None
        start = self._regions + 3 * (number - 1)
        return self.row(_uint24(self._map[start : start + 3], 0))

    def find(self, folded: str, most: int = 40) -> list[tuple[int, Relation]]:
        """Return the rows that bear a folded name, at most `most`, the most important first."""
        wanted, check = hash_name(folded)
        position = int(np.searchsorted(self._hashes, np.uint32(wanted)))
        found: list[tuple[int, Relation]] = []
        while position < len(self._hashes) and int(self._hashes[position]) == wanted and len(found) < most:
            if self._map[self._checks + position] == check:
                start = self._postings + 3 * position
                posting = _uint24(self._map[start : start + 3], 0)
                found.append((posting & (1 << ROW_BITS) - 1, Relation(posting >> ROW_BITS)))
            position += 1
        return found

    def _name(self, offset: int) -> str:
        start = self._names + offset
        return self._map[start : self._map.find(b"\0", start)].decode("utf-8")


def _uint24(cells: bytes, offset: int) -> int:
    return cells[offset] | cells[offset + 1] << 8 | cells[offset + 2] << 16
