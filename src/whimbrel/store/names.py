"""Whom a query means by a word: a country, a sector, a country's sector, or a party that the store knows by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import select

from whimbrel.errors import OptionError
from whimbrel.resolution.names import key
from whimbrel.resolution.parties_tables import FOLDER
from whimbrel.store.query import ontology
from whimbrel.store.schema import parties

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

_WIKIDATA = re.compile(r"Q\d+")
_NEAR = 3
"""Near misses that are named."""
_WEIGHED = 20_000
"""Names that begin alike which are compared with an unknown one: a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who is meant: a country, a sector, both together, or the numbers of parties in the store."""

    country: str | None = None
    sector: str | None = None
    parties: tuple[int, ...] = ()


@lru_cache(maxsize=1)
def countries() -> Mapping[str, str]:
    """Return countries' codes by their names, compared as `resolution.names.key` does, and by the codes themselves."""
    found = {code: code for code in ontology().international}
    for line in (FOLDER / "countries.tsv").read_text(encoding="utf-8").splitlines():
        form, code, kind, _ = line.split("\t")
        if kind == "N":
            found.setdefault(form, code)
            found.setdefault(code, code)
    return found


def country_of(word: str) -> str:
    """Return the code of a country by code or name; raise OptionError, with near misses, where there is none."""
    known = countries()
    code = known.get(word.upper() if len(word) == 3 else "") or known.get(key(word))
    if code is None:
        raise OptionError(f"{word!r} is no country by code or name{_did_you_mean(_near_countries(word))}")
    return code


def who(word: str, connection: Connection) -> Who:
    """Return whom a word of a query means; raise OptionError, with near misses, where nobody is known by it."""
    left, parted, right = word.strip().partition(":")
    if parted:
        return Who(country_of(left) if left else None, _sector(right))
    if left in ontology().sectors:
        return Who(sector=left)
    code = countries().get(left) or countries().get(key(left))
    if code is not None:
        return Who(country=code)
    column = parties.c.wikidata if _WIKIDATA.fullmatch(left) else parties.c.name_key
    wanted = left if column is parties.c.wikidata else key(left)
    numbers = tuple(connection.execute(select(parties.c.number).where(column == wanted)).scalars())
    if not numbers:
        raise OptionError(f"nobody in the store is called {word!r}{_did_you_mean(_near(left, connection))}")
    return Who(parties=numbers)


def _sector(word: str) -> str:
    sectors = ontology().sectors
    if word.upper() in sectors:
        return word.upper()
    near = get_close_matches(word.upper(), sectors, 1, 0.5)
    hint = _did_you_mean(near) if near else f"; known: {', '.join(sectors)}"
    raise OptionError(f"{word!r} is no sector{hint}")


def _near(word: str, connection: Connection) -> list[str]:
    """Return names in the store that hold all of the words, or are written nearly so; then countries."""
    if len(word) == 3 and word.upper() in countries():
        return [word.upper()]
    compared = key(word)
    known = select(parties.c.name, parties.c.name_key).distinct().order_by(parties.c.name)
    alike = known
    for part in compared.split():
        alike = alike.where(parties.c.name_key.contains(part, autoescape=True))
    holding = list(connection.execute(alike.limit(200))) if compared else []
    if holding:
        whole = [name for name, its in holding if set(compared.split()) <= set(its.split())]
        return list(dict.fromkeys(whole + [name for name, _ in holding]))[:_NEAR]
    starts = [part[:2] for part in compared.split() if len(part) > 2][-1:] or [compared[:1]]
    rows = connection.execute(
        known.where(parties.c.name_key.contains(starts[0], autoescape=True)).limit(_WEIGHED)
    ).all()
    names = {its: name for name, its in rows}
    near = [names[its] for its in get_close_matches(compared, names, _NEAR, 0.7)]
    return list(dict.fromkeys([*_near_countries(word), *near]))[:_NEAR]


def _near_countries(word: str) -> list[str]:
    known = countries()
    if len(word) == 3 and word.upper() in known:
        return [word.upper()]
    near = get_close_matches(key(word), [name for name in known if len(name) > 3], 1, 0.75)
    return [f"{name.title()} ({known[name]})" for name in near]


def _did_you_mean(names: Sequence[str]) -> str:
    if not names:
        return "; give a country's code or name, a sector, or a name as the events have it"
    return f"; did you mean {' or '.join(repr(name) for name in names)}?"
