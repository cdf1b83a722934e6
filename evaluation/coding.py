"""Runs the coder over annotated reports, for the scripts that measure it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sets import Line, document

from whimbrel.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from whimbrel.records import Document, Event


class Coding(Protocol):
    """What is measured: documents in, each with its events out."""

    def stream(self, documents: Iterable[Document]) -> Iterator[tuple[Document, tuple[Event, ...]]]:
        """Yield each document with its events."""


def load_coder(model: Path | None = None) -> Any:
    """Return Whimbrel's own coder with a model folder, the one that ships by default."""
    from whimbrel import Coder  # noqa: PLC0415 - loads the run time, which scoring alone does not need

    return Coder(model)


def code(coder: Coding, documents: Sequence[Document]) -> dict[str, tuple[Event, ...]]:
    """Return the events of each document by its id.

    Raises SourceError where the coder left a document out: a figure must not rise because a report was dropped.
    """
    events = {read.id: found for read, found in coder.stream(documents)}
    missing = [read.id for read in documents if read.id not in events]
    if missing:
        raise SourceError(f"the coder gave nothing back for {len(missing)} of {len(documents)} documents, "
                          f"first {missing[0]}: code that one alone to see why it was set aside")
    return events


def records(coder: Coding, docs: Sequence[Line]) -> list[Line]:
    """Return the event records of a set's reports as Whimbrel writes them, in the order of the reports.

    Raises SourceError where the coder found nothing at all: that is a broken coder, not a low figure.
    """
    from whimbrel.export import event_to_dict  # noqa: PLC0415 - the same, for what only reads records

    events = code(coder, [document(doc) for doc in docs])
    found = [event_to_dict(event) for doc in docs for event in events[doc["id"]]]
    if docs and not found:
        raise SourceError(f"the coder found no event in any of {len(docs)} documents: is it the right model?")
    return found
