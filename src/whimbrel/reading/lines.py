"""Lines of a stream, each with its number, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whimbrel.reading.opening import DamagedError
from whimbrel.reading.values import Reject, reject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whimbrel.reading.opening import Stream


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its line end; `number` counts from 1."""

    number: int
    raw: bytes


def line_limit(limit: int) -> int:
    """Return the bytes that a line may have when its text may have `limit` characters: escapes take up to six each."""
    return 4 * limit + 1_000_000


def lines(stream: Stream) -> Iterator[Line | Reject]:
    """Give each line; one over the limit is skipped without being held, and a damaged end is told, as Rejects."""
    limit = line_limit(stream.settings.limit)
    number, pending, skipped = 1, bytearray(), 0
    try:
        while chunk := stream.read1():
            *whole, rest = chunk.split(b"\n")
            for piece in whole:
                if skipped or len(pending) + len(piece) > limit:
                    yield _too_long(stream, number, pending, skipped + len(pending) + len(piece))
                else:
                    yield Line(number, bytes(pending) + piece + b"\n" if pending else piece + b"\n")
                number, skipped = number + 1, 0
                pending.clear()
            pending += rest
            if len(pending) > (2_000 if skipped else limit):
                skipped += len(pending) - 2_000
                del pending[2_000:]
    except DamagedError as error:
        yield reject(f"{stream.name}, line {number}", str(error), pending)
        return
    if skipped:
        yield _too_long(stream, number, pending, skipped + len(pending))
    elif pending:
        yield Line(number, bytes(pending))


def _too_long(stream: Stream, number: int, start: bytearray, size: int) -> Reject:
    megabytes = size / 1_000_000
    reason = f"a line of {megabytes:,.0f} MB, longer than a document may be ({stream.settings.limit:,} characters)"
    return reject(f"{stream.name}, line {number}", f"{reason}; split it, or raise --max-characters", start)
