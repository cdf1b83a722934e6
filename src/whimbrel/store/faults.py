"""What a database says when something is wrong, told so that a person knows what to do next."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from whimbrel.errors import WhimbrelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Result = TypeVar("Result")

PATIENCE = 300.0
"""Seconds to wait, in all, while another program writes: longer than any one transaction of an ingest takes."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0

_SQLITE = {
    3: "no permission to use it; change its rights (chmod), or use a copy",
    8: "it can be read but not written; change the rights of the file and its folder, or work on a copy",
    10: "reading or writing the disk failed ({told}); see that the disk is healthy and not full, then run it again",
    11: "the file is damaged ({told}); see what is left with `whimbrel info {name} --check`, "
    "then go back to a copy, or save what can be read with `sqlite3 {name} .recover`",
    13: "the disk is full; what was stored before is safe; free some space and run the same command again",
    14: "the file cannot be opened; check the path and the rights of its folder",
    26: "this is no store: the file is not an SQLite database; check the name, or make a store with `whimbrel init`",
}
"""By SQLite's primary result codes, https://www.sqlite.org/rescode.html."""
_BUSY = (5, 6)
_POSTGRES = {
    "53100": "the server's disk is full; what was stored before is safe; free some space and run the command again",
    "25006": "the database can be read but not written; connect to the primary server",
    "42501": "this user may not do that there; grant the rights, or connect as the store's owner",
    "28000": "the server refused the user; check name and rights",
    "28P01": "the server refused the password; check the address, or set PGPASSWORD",
    "3D000": "there is no such database on the server; make it first (createdb)",
    "53300": "the server has no connection free; try again later",
}
"""By SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html."""
_RETRIED = ("40001", "40P01", "55P03")


class StoreError(WhimbrelError):
    """A store cannot be opened, read or written: full disk, damage, another program's file, another release."""


def is_busy(error: DBAPIError) -> bool:
    """Say whether another writer was in the way, so that trying again makes sense."""
    return _sqlite_code(error) in _BUSY or _state(error) in _RETRIED


def explained(error: DBAPIError, name: str) -> StoreError:
    """Return what to tell of a database's error on the store of this name."""
    told = " ".join(str(error.orig).split()) or type(error.orig).__name__
    code, state = _sqlite_code(error), _state(error)
    if is_busy(error):
        message = "another program kept it locked for minutes; end that program, or wait for it, and try again"
    elif code in _SQLITE:
        message = _SQLITE[code].format(told=told, name=name)
    elif state in _POSTGRES:
        message = _POSTGRES[state]
    elif state is None and code is None and "connect" in told.lower():
        message = f"no connection to the server ({told}); check that it runs, its address, and the user"
    else:
        message = f"the database refused ({told}); nothing of this step was stored"
    return StoreError(f"{name}: {message}")


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn the database's errors into StoreError."""
    try:
        yield
    except DBAPIError as error:
        raise explained(error, name) from error
    except NoSuchModuleError as error:
        raise StoreError(f"{name}: {error}; a store is an SQLite file or a postgresql:// address") from error


def patiently(step: Callable[[], Result], name: str, patience: float = PATIENCE) -> Result:
    """Run a step that is one transaction; where another writer is in the way, wait ever longer and run it again."""
    until, pause = time.monotonic() + patience, _FIRST_PAUSE
    while True:
        try:
            return step()
        except DBAPIError as error:
            if not is_busy(error) or time.monotonic() + pause > until:
                raise explained(error, name) from error
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _sqlite_code(error: DBAPIError) -> int | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is None and "not a database" in str(error.orig):
        return 26
    return None if code is None else code & 0xFF


def _state(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
