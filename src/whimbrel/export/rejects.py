"""The file of items that were set aside: one JSON line each, as they come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from whimbrel.errors import OutputError
from whimbrel.export.files import RecordFile, reason_of

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO, Self

    from whimbrel.reading import Reject


class RejectsFile:
    """Appends set-aside items to a file, which is only made when there is one.

    Each line holds `where` the item stood, the `reason`, and `item`, its first 2,000 characters.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: RecordFile | None = None
        self._raw: BinaryIO | None = None

    @property
    def records(self) -> int:
        """How many items were written."""
        return 0 if self._file is None else self._file.records

    def write(self, reject: Reject) -> None:
        """Append one item; raises OutputError."""
        if self._file is None:
            try:
                self._raw = cast("BinaryIO", self.path.open("ab", buffering=0))
            except OSError as error:
                raise OutputError(f"{self.path}: {reason_of(error)}") from error
            self._file = RecordFile(self._raw, str(self.path), block=1)
        line = json.dumps({"where": reject.where, "reason": reject.reason, "item": reject.item}, ensure_ascii=False)
        self._file.write(line.encode("utf-8", "replace") + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._raw is not None:
            self._raw.close()
