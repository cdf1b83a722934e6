"""What is asked of a store: one frozen value for the command line, Python and whoever asks next."""

from __future__ import annotations

import base64
import binascii
import calendar
import json
import re
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, get_args

from whimbrel.errors import OptionError
from whimbrel.ontology import Ontology

if TYPE_CHECKING:
    from collections.abc import Iterable

Order = Literal["date", "-date", "confidence", "-confidence", "added", "-added"]
ORDERS: tuple[Order, ...] = get_args(Order)
_MANY = (
    "actor", "recipient", "with_", "country", "sector", "event", "mode", "quad", "context", "flag", "without_flag",
    "place_country", "source", "publisher", "document", "run",
)  # fmt: skip
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@lru_cache(maxsize=1)
def ontology() -> Ontology:
    """Return the ontology by which words of a query are checked."""
    return Ontology.load()


@dataclass(frozen=True, slots=True)
class Query:
    """Which events, how many, in which order. Without anything it asks for all events of the current codings.

    Several values of one field are alternatives ("or"); several fields must all hold ("and"). A text may stand for a
    tuple of one.

    - `actor`, `recipient`: who did it, to whom. A country code (`RUS`), a country's or party's name (`Russia`,
      `Vladimir Putin`), a Wikidata item (`Q7747`), a sector (`REB`), or a country's sector (`RUS:GOV`).
    - `with_`: with `actor` (or `recipient`), the two on either side of the event, whichever way round, or acting
      together towards nobody ("the two met"); alone, on either side.
    - `country`, `sector`: of a party on either side.
    - `event`, `mode`, `quad`, `context`: PLOVER's words. `flag`, `without_flag`: carries one of them, carries none.
    - `near` and `within`: a point (latitude, longitude, in degrees) and kilometres around it; `box`: south, west,
      north, east, in degrees (west beyond east runs over the date line); `place_country`: where.
    - `since`, `until`: first and last day on which an event begins, `2023-10-17`, `2023-10` or `2023`.
    - `text`: words in the document's title or text: all of them; "a phrase", OR and -not are understood.
    - `confidence`: the least one. `source`: where documents were read. `publisher`, `document` (its id).
    - `run`: of these codings, current or not; `superseded`: also what a newer coding or text has taken the place of.
    - `limit`, `order` (date, confidence, added; with "-" the largest first), `cursor` (from `Page.next`).

    Raises OptionError, with the nearest word, where a value makes no sense.
    """

    actor: tuple[str, ...] | str = ()
    recipient: tuple[str, ...] | str = ()
    with_: tuple[str, ...] | str = ()
    country: tuple[str, ...] | str = ()
    sector: tuple[str, ...] | str = ()
    event: tuple[str, ...] | str = ()
    mode: tuple[str, ...] | str = ()
    quad: tuple[str, ...] | str = ()
    context: tuple[str, ...] | str = ()
    flag: tuple[str, ...] | str = ()
    without_flag: tuple[str, ...] | str = ()
    near: tuple[float, float] | None = None
    within: float | None = None
    box: tuple[float, float, float, float] | None = None
    place_country: tuple[str, ...] | str = ()
    since: date | str | None = None
    until: date | str | None = None
    text: str | None = None
    confidence: float | None = None
    source: tuple[str, ...] | str = ()
    publisher: tuple[str, ...] | str = ()
    document: tuple[str, ...] | str = ()
    run: tuple[int, ...] | int = ()
    superseded: bool = False
    limit: int | None = None
    order: Order = "date"
    cursor: str | None = None

    def __post_init__(self) -> None:
        for name in _MANY:
            self._set(name, _many(getattr(self, name)))
        self._set("since", day_of(self.since, "--since"))
        self._set("until", day_of(self.until, "--until", last=True))
        self._check_words()
        self._check_numbers()

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _check_words(self) -> None:
        known = ontology()
        self._set("event", tuple(known.type(name.upper()).name for name in _many(self.event)))
        kinds = [known.types[name] for name in _many(self.event)] or list(known.types.values())
        for name, words in (
            ("mode", {mode for kind in kinds for mode in kind.modes}),
            ("quad", {kind.quad for kind in known.types.values()}),
            ("context", set(known.contexts)),
            ("flag", set(known.flags)),
            ("without_flag", set(known.flags)),
        ):
            self._set(name, tuple(one_of(word.lower(), words, name) for word in _many(getattr(self, name))))
        self._set("sector", tuple(one_of(word.upper(), known.sectors, "sector") for word in _many(self.sector)))
        one_of(self.order, ORDERS, "order")

    def _check_numbers(self) -> None:
        if self.since and self.until and self.since > self.until:  # type: ignore[operator]
            raise OptionError(f"--since {self.since} is after --until {self.until}; exchange them")
        if (self.near is None) != (self.within is None):
            raise OptionError("a place needs both --near LATITUDE,LONGITUDE and --within KILOMETRES")
        if self.near is not None and not (abs(self.near[0]) <= 90 and abs(self.near[1]) <= 180):
            raise OptionError(f"--near {self.near[0]},{self.near[1]}: latitude is -90 to 90, longitude -180 to 180")
        if self.within is not None and self.within <= 0:
            raise OptionError(f"--within {self.within}: give a number of kilometres above 0")
        if self.box is not None and not -90 <= self.box[0] <= self.box[2] <= 90:
            raise OptionError("--box is SOUTH,WEST,NORTH,EAST in degrees, the south below the north")
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            raise OptionError(f"the confidence is {self.confidence}; give a number from 0 to 1")
        if self.limit is not None and self.limit < 1:
            raise OptionError(f"the limit is {self.limit}; give 1 or more")
        if self.with_ and self.actor and self.recipient:
            raise OptionError("--with goes with --actor or with --recipient, not with both")

    def many(self, name: str) -> tuple[str, ...]:
        """Return the values of a field that may have several."""
        return _many(getattr(self, name))


def _many(values: tuple[str, ...] | str | Iterable[str]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str | int) else tuple(values)


def one_of(word: str, known: Iterable[str], what: str) -> str:
    """Return the word; raise OptionError, with the nearest one, where it is not known."""
    words = sorted(known)
    if word in words:
        return word
    near = get_close_matches(word, words, 1, 0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(words) or 'none'}"
    raise OptionError(f"{word!r} is no {what.replace('_', ' ')}; {hint}")


def day_of(given: date | str | None, option: str, *, last: bool = False) -> date | None:
    """Return the first (or last) day of a day, month or year; raise OptionError where it is none.

    >>> day_of("2023-02", "--until", last=True)
    datetime.date(2023, 2, 28)
    """
    if given is None or isinstance(given, date):
        return given
    try:
        return _day(*_parts(given), last=last)
    except (ValueError, IndexError):
        raise OptionError(f"{option} {given!r} is no date; write 2023-10-17, 2023-10 or 2023") from None


def _parts(given: str) -> tuple[int, int | None, int | None]:
    found = _PARTIAL.fullmatch(given.strip())
    if found is None:
        raise ValueError(given)
    year, month, day = (None if part is None else int(part) for part in found.groups())
    return year or 0, month, day


def _day(year: int, month: int | None, day: int | None, *, last: bool) -> date:
    month = month or (12 if last else 1)
    return date(year, month, day or (calendar.monthrange(year, month)[1] if last else 1))


def cursor_of(order: Order, value: object, number: int) -> str:
    """Return the cursor that stands after an event, by what it is ordered by and its number."""
    told = json.dumps([order, value.isoformat() if isinstance(value, date) else value, number])
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def after_cursor(query: Query) -> tuple[object, int] | None:
    """Return the value and number after which a query goes on; raises OptionError for a cursor of another query."""
    if query.cursor is None:
        return None
    try:
        padded = query.cursor + "=" * (-len(query.cursor) % 4)
        order, value, number = json.loads(base64.urlsafe_b64decode(padded))
        if order.lstrip("-") == "date" and value is not None:
            value = date.fromisoformat(value)
        number = int(number)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise OptionError(f"{query.cursor!r} is no cursor; take the one that the page before gave") from None
    if order != query.order:
        raise OptionError(f"the cursor is of a query ordered by {order}, this one by {query.order}; keep the order")
    return value, number


def options_of(query: Query) -> dict[str, str]:
    """Return what a query asks, each field as the command line writes it."""
    written = {}
    for field in fields(query):
        value = getattr(query, field.name)
        option = f"--{field.name.rstrip('_').replace('_', '-')}"
        if isinstance(value, tuple) and field.name in _MANY:
            written[field.name] = " ".join(f"{option} {_quoted(part)}" for part in value)
        elif value is not None:
            shown = ",".join(f"{part:g}" for part in value) if isinstance(value, tuple) else _quoted(value)
            written[field.name] = f"{option} {shown}"
    return written


def _quoted(value: object) -> str:
    text = str(value)
    return f'"{text}"' if " " in text else text
