"""Everything that Whimbrel raises on purpose.

WhimbrelError
├── InputError          something given to be read cannot be: names the input and the next step
│   ├── SourceError     a whole source (file, folder, address) cannot be read
│   └── RejectedError   one item of a source is set aside; the rest goes on
├── OutputError         something cannot be written: full disk, closed pipe, no permission
├── ModelError          a model folder is missing, damaged or of another release
├── TableError          a table (built in, or a user's) is missing or faulty: file, line, column
└── OptionError         an option or argument makes no sense: says what would
"""

from __future__ import annotations


class WhimbrelError(Exception):
    """Base of all; its text is one sentence for a person: what happened, to which input, what to do next."""


class InputError(WhimbrelError):
    """Something given to be read cannot be."""


class SourceError(InputError):
    """A whole source cannot be read."""


class RejectedError(InputError):
    """One item of a source is set aside; `where` names it (file and line, or address), `reason` says why."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason


class OutputError(WhimbrelError):
    """Something cannot be written."""


class ModelError(WhimbrelError):
    """A model folder cannot be used."""


class TableError(WhimbrelError):
    """A table cannot be used."""


class OptionError(WhimbrelError):
    """An option or argument makes no sense."""
