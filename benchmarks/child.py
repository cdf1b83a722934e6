"""What speed.py runs in a process of its own: `python benchmarks/child.py first [MODEL]` or `... memory TEXTS [MODEL]`.

`first` codes one short report in a cold process and prints how many events it has; `memory` codes all reports of a
file and prints the most memory that the process held, in megabytes (10^6 bytes).
"""

from __future__ import annotations

import sys
from pathlib import Path

FIRST = "The prime minister of Norway met the president of Ghana in Accra on Monday."


def first(model: Path | None = None) -> int:
    """Return how many events the short report has."""
    from whimbrel import Coder  # noqa: PLC0415 - the import is part of what is timed
    from whimbrel.records import Document  # noqa: PLC0415

    return sum(len(events) for _, events in Coder(model).stream([Document(id="first", text=FIRST)]))


def memory(path: Path, model: Path | None = None) -> float:
    """Return the peak memory of coding the reports of a file."""
    from resource import RUSAGE_SELF, getrusage  # noqa: PLC0415 - not on every system

    from texts import read  # noqa: PLC0415

    from whimbrel import Coder  # noqa: PLC0415

    for _ in Coder(model).stream(read(path, sys.maxsize)):
        pass
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kibibytes
    return getrusage(RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    paths = [Path(argument) for argument in sys.argv[2:]]
    print(first(*paths) if sys.argv[1] == "first" else memory(*paths))
