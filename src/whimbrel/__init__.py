"""Whimbrel reads news and keeps a verifiable record of who did what to whom, where, when and according to whom.

>>> import whimbrel
>>> coder = whimbrel.Coder()
>>> events = coder.code("Kenya's president met his Ugandan counterpart in Kampala on Tuesday.", published="2023-10-17")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whimbrel.errors import WhimbrelError
from whimbrel.records import Count, Document, Event, Mention, Party, Place, Sentence, Span, When
from whimbrel.version import __version__

if TYPE_CHECKING:
    from whimbrel.coder import Coder
    from whimbrel.export.frames import to_pandas
    from whimbrel.reading import read

__all__ = [
    "Coder",
    "Count",
    "Document",
    "Event",
    "Mention",
    "Party",
    "Place",
    "Sentence",
    "Span",
    "When",
    "WhimbrelError",
    "__version__",
    "read",
    "to_pandas",
]

_LATE = {"Coder": "whimbrel.coder", "to_pandas": "whimbrel.export.frames", "read": "whimbrel.reading"}


def __getattr__(name: str) -> Any:
    """Load what is heavy when it is first asked for, so that importing the package is quick."""
    if name in _LATE:
        from importlib import import_module  # noqa: PLC0415

        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module 'whimbrel' has no attribute {name!r}")
