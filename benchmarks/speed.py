"""Speed and memory, measured in one run on one machine: `python benchmarks/speed.py [TEXTS] [--documents 2000]`.

TEXTS holds reports as JSON lines with `id`, `text` and `date` (`.xz` too); without it, reports are made up from
`examples/sample.txt`. Speeds depend on the machine; their ratios hardly do: sentences a second end to end against the
bare encoder on the very batches that the coder makes of these reports, taken in turns, the median of three each.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import stages
import texts

from whimbrel.errors import SourceError, WhimbrelError
from whimbrel.extraction.segmenting import segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from whimbrel.records import Document

TURNS = 3  # passes of each kind, the median is kept
COLD_STARTS = 5
WARM_UP = 50  # reports coded before the clock starts: the first batches fill caches
CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True, slots=True)
class Speed:
    """Sentences a second with so many threads: end to end, by the encoder alone, and the first by the second."""

    threads: int
    end_to_end: float
    encoder: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Report:
    """All that one run measured: `stages` in per cent of the time with one thread, seconds, and megabytes."""

    machine: str
    documents: int
    sentences: int
    events: int
    speeds: tuple[Speed, ...]
    stages: dict[str, float | None]
    first_event: float | None
    peak_memory: float | None


def load_coder(threads: int, model: Path | None = None) -> Any:
    """Return Whimbrel's own coder, held to so many threads; the model is the one that ships, unless given."""
    from whimbrel import Coder  # noqa: PLC0415 - loads the run time, which the texts do not need

    return Coder(model, threads=threads)


def seconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes, in seconds of the wall clock."""
    gc.collect()
    begun = perf_counter()
    work()
    return perf_counter() - begun


class Recorder:
    """Stands in for the extractor's session and keeps what it is asked for."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.calls: list[tuple[Any, Any]] = []

    def run(self, outputs: Any, feed: Any) -> Any:
        """Run the session, and keep the outputs asked for and the batch fed."""
        self.calls.append((outputs, feed))
        return self.session.run(outputs, feed)


def batches(coder: Any, documents: Sequence[Document]) -> list[tuple[Any, Any]]:
    """Return what the coder asks of its encoder for these documents: (outputs, batch) of each call."""
    recorder = Recorder(coder.extractor.session)
    coder.extractor.session = recorder
    try:
        code(coder, documents)
    finally:
        coder.extractor.session = recorder.session
    if not recorder.calls:
        raise SourceError("the coder never ran its extractor's session: there is no encoder to compare with")
    return recorder.calls


def encode(coder: Any, calls: Sequence[tuple[Any, Any]]) -> None:
    """Run the bare encoder over batches; what it returns is thrown away, as soon as in a long run."""
    for outputs, batch in calls:
        coder.extractor.session.run(outputs, batch)


def speed(coder: Any, documents: Sequence[Document], sentences: int, threads: int, turns: int = TURNS) -> Speed:
    """Return the speed end to end and of the bare encoder on the same batches, measured in turns."""
    calls = batches(coder, documents)
    whole, bare = [], []
    for _ in range(turns):
        whole.append(seconds(lambda: code(coder, documents)))
        bare.append(seconds(lambda: encode(coder, calls)))
    a, b = statistics.median(whole), statistics.median(bare)
    return Speed(threads, round(sentences / a, 1), round(sentences / b, 1), round(b / a, 3))


def code(coder: Any, documents: Sequence[Document]) -> int:
    """Code documents and return the number of events; nothing else is kept, as in a long run."""
    return sum(len(events) for _, events in coder.stream(documents))


def time_of_stages(
    coder: Any, documents: Sequence[Document], table: Mapping[str, Sequence[str]],
) -> dict[str, float | None]:
    """Return each stage's share of the time in per cent, None for a stage that was never called."""
    with stages.timed(table) as clock:
        wall = seconds(lambda: code(coder, documents))
    return stages.shares(clock, list(table), wall)


def child(*arguments: object) -> str:
    """Return what the child script prints; raises SourceError with its last words where it fails."""
    command = [sys.executable, str(CHILD), *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SourceError(f"{CHILD.name} {arguments[0]} failed: {ran.stderr.strip()[-500:]}")
    return ran.stdout.strip()


def first_event(*model: Path, starts: int = COLD_STARTS) -> float:
    """Return the seconds from starting Python to the first event, the median of several cold processes."""
    def start() -> None:
        if int(child("first", *model)) < 1:
            raise SourceError("the coder found no event in a sentence about a meeting: is the model damaged?")

    return round(statistics.median(seconds(start) for _ in range(starts)), 2)


def peak_memory(documents: Sequence[Document], *model: Path) -> float:
    """Return the most memory that a process held that coded the documents, in megabytes (10^6 bytes)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.jsonl"
        texts.write(path, documents)
        return round(float(child("memory", path, *model)), 1)


def measure(documents: Sequence[Document], threads: Sequence[int], load: Callable[[int], Any],
            table: Mapping[str, Sequence[str]]) -> Report:
    """Return all figures but those that need a process of their own."""
    sentences = sum(len(segment(document.text).sentences) for document in documents)
    speeds: list[Speed] = []
    shares: dict[str, float | None] = {}
    events = 0
    for number in threads:
        coder = load(number)
        code(coder, documents[:WARM_UP])
        speeds.append(speed(coder, documents, sentences, number))
        if not shares:
            events = code(coder, documents)
            shares = time_of_stages(coder, documents, table)
    return Report(machine(), len(documents), sentences, events, tuple(speeds), shares, None, None)


def machine() -> str:
    """Return what the figures were measured on, as far as the system tells."""
    known = Path("/proc/cpuinfo")  # Linux alone names its processor here
    names = [line.partition(":")[2].strip() for line in known.read_text(encoding="utf-8").splitlines()
             if line.startswith("model name")] if known.exists() else []
    processor = names[0] if names else platform.processor() or platform.machine()
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def table_of(report: Report) -> Iterator[str]:
    """Yield a report as lines of text."""
    yield f"{report.machine}: {report.documents} documents, {report.sentences} sentences, {report.events} events"
    yield f"\n{'sentences a second':20}{'end to end':>12}{'encoder alone':>15}{'ratio':>8}"
    for each in report.speeds:
        name = f"{each.threads:>3} thread{'s' if each.threads > 1 else ''}"
        yield f"{name:20}{each.end_to_end:>12}{each.encoder:>15}{each.ratio:>8}"
    yield f"\n{'stage':32}{'% of time':>12}"
    yield from (f"{stage:32}{'never called' if share is None else share:>12}" for stage, share in report.stages.items())
    if report.first_event is not None:
        yield f"\nfirst event of a cold process   {report.first_event:>8} s"
        yield f"peak memory                     {report.peak_memory:>8} MB"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("texts", type=Path, nargs="?", help="reports as JSON lines (default: made-up ones)")
    parser.add_argument("--documents", type=int, default=2000, help="reports to code (default: 2000)")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="numbers of threads (default: 1 2)")
    parser.add_argument("--model", type=Path, help="model folder (default: the one that ships)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    try:
        many = options.documents
        documents = texts.read(options.texts, many) if options.texts else texts.generate(many)
        model = [options.model] if options.model else []
        first, peak = first_event(*model), peak_memory(documents, *model)
        report = measure(documents, options.threads, lambda threads: load_coder(threads, options.model), stages.STAGES)
    except WhimbrelError as error:
        print(f"speed: {error}", file=sys.stderr)
        return 2
    report = replace(report, first_event=first, peak_memory=peak)
    print(json.dumps(asdict(report)) if options.json else "\n".join(table_of(report)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
