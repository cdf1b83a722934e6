"""What reading hands over besides documents: items set aside, columns by name, what has been read so far."""

from __future__ import annotations

import json
import warnings
from array import array
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    import httpx

DOCUMENT_LIMIT = 5_000_000
"""Characters of a document's text above which it is set aside: a novel has one million, a news report five thousand."""

ITEM_LIMIT = 2_000
"""Characters of a set-aside item that are kept, to recognise it by."""


class ReadingWarning(UserWarning):
    """Something was read, but a person should know how: another encoding, a wrong date left out."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns (CSV, Parquet) or keys (JSON) to read; None: found by the usual names."""

    id: str | None = None
    text: str | None = None
    title: str | None = None
    date: str | None = None
    url: str | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """An item that was set aside: `where` it stood (file and line, or address), why, and how it begins."""

    where: str
    reason: str
    item: str | None = None


def _warn(message: str) -> None:
    warnings.warn(message, ReadingWarning, stacklevel=2)


@dataclass(slots=True)
class Progress:
    """What has been read so far; changes while a source is read, for the caller to look at.

    `bytes_read` and `bytes_total` count bytes as stored (compressed ones where the file is); the total is None where
    it cannot be known (a pipe). `notices` counts each kind of notice; `tell` gets the first of each kind a source.
    """

    source: str = ""
    bytes_read: int = 0
    bytes_total: int | None = None
    documents: int = 0
    rejects: int = 0
    notices: Counter[str] = field(default_factory=Counter)
    tell: Callable[[str], None] = _warn
    told: set[tuple[str, str]] = field(default_factory=set)

    def notice(self, source: str, kind: str, message: str) -> None:
        """Count a notice of this kind, and tell the first one of each source."""
        self.notices[kind] += 1
        if (source, kind) not in self.told and len(self.told) < 1_000:
            self.told.add((source, kind))
            self.tell(message)


class Seen:
    """The ids met in a run, 8 bytes each (a hash), in a table of open addressing: a million take 16 MB.

    Two different ids of a million share a hash with a probability below one in ten million.
    """

    __slots__ = ("_count", "_table")

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * 1024))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, text: str) -> bool:
        """Remember an id; False where it was known."""
        if self._count * 2 >= len(self._table):
            self._grow()
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        added = self._put(self._table, int.from_bytes(digest, "little") or 1)
        self._count += added
        return added

    @staticmethod
    def _put(table: array[int], key: int) -> bool:
        mask = len(table) - 1
        place = key & mask
        while table[place]:
            if table[place] == key:
                return False
            place = (place + 1) & mask
        table[place] = key
        return True

    def _grow(self) -> None:
        table = array("Q", bytes(8 * 2 * len(self._table)))
        for key in self._table:
            if key:
                self._put(table, key)
        self._table = table


@dataclass(frozen=True, slots=True)
class Settings:
    """How to read: everything that `read` was told, handed down to each kind of source."""

    columns: Columns = Columns()
    published: date | None = None
    lenient_dates: bool = False
    encoding: str | None = None
    limit: int = DOCUMENT_LIMIT
    skip: frozenset[Path] = frozenset()
    progress: Progress = field(default_factory=Progress)
    seen: Seen = field(default_factory=Seen)
    client: httpx.Client | None = None


def reject(where: str, reason: str, item: object = None) -> Reject:
    """Set an item aside, keeping its first characters."""
    if item is None:
        return Reject(where, reason)
    if isinstance(item, bytes | bytearray):
        item = bytes(item[: 4 * ITEM_LIMIT]).decode("utf-8", "replace")
    return Reject(where, reason, _shown(item)[:ITEM_LIMIT])


def _shown(item: object) -> str:
    if isinstance(item, str):
        return item
    try:
        return json.dumps(item, ensure_ascii=False, default=str)
    except (RecursionError, ValueError, TypeError):
        return type(item).__name__
