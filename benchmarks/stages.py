"""Where the time goes: the functions of each stage, wrapped with a clock while a block of code runs."""

from __future__ import annotations

import functools
import importlib
import sys
import threading
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

from whimbrel.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

OTHER = "other"
# "module:name" or "module:Class.method" of what each stage calls; a stage inside another is not counted in the outer
STAGES: dict[str, tuple[str, ...]] = {
    "segmenting": ("whimbrel.extraction.segmenting:segment",),
    "cutting into pieces": ("whimbrel.extraction.pieces:Cutter.cut", "whimbrel.extraction.chunks:chunks",
                            "whimbrel.extraction.chunks:inputs"),
    "encoding": ("onnxruntime.capi.onnxruntime_inference_collection:Session.run",),
    "decoding": ("whimbrel.extraction.decoding:Decoder.decode", "whimbrel.extraction.decoding:Decoder.contexts"),
    "resolving parties": ("whimbrel.resolution.parties:Parties.resolve",),
    "resolving places": ("whimbrel.resolution.places:Places.resolve",),
    "resolving dates": ("whimbrel.resolution.dates:resolve_date",),
    "building records": ("whimbrel.coder:Coder._resolved",),
}


class Clock:
    """Seconds spent in each stage, without those spent in stages called from it, over all threads."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self._lock = threading.Lock()
        self._running = threading.local()

    def wrap(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with the clock around it; an iterator that it returns is timed at each step."""
        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            with self._in(stage):
                result = function(*arguments, **named)
            return self._steps(stage, result) if hasattr(result, "__next__") else result
        return timed

    def _steps(self, stage: str, steps: Iterator[Any]) -> Iterator[Any]:
        while True:
            with self._in(stage):
                try:
                    step = next(steps)
                except StopIteration:
                    return
            yield step

    @contextmanager
    def _in(self, stage: str) -> Iterator[None]:
        inner: list[float] = self._running.__dict__.setdefault("inner", [])  # seconds in stages called from each
        inner.append(0.0)
        begun = perf_counter()
        try:
            yield
        finally:
            spent = perf_counter() - begun
            own = spent - inner.pop()
            if inner:
                inner[-1] += spent
            with self._lock:
                self.seconds[stage] = self.seconds.get(stage, 0.0) + own
                self.calls[stage] = self.calls.get(stage, 0) + 1


def shares(clock: Clock, stages: Sequence[str], wall: float) -> dict[str, float | None]:
    """Return each stage's share of the time in per cent, None where it was never called, and that of all else.

    Of the wall-clock time, or of the stages' summed time where threads made that the longer.
    """
    spent = {stage: clock.seconds.get(stage, 0.0) for stage in stages}
    spent[OTHER] = max(0.0, wall - sum(spent.values()))
    total = sum(spent.values()) or 1.0
    return {stage: round(100 * seconds / total, 1) if stage in clock.calls or stage == OTHER else None
            for stage, seconds in spent.items()}


@contextmanager
def timed(stages: Mapping[str, Sequence[str]] = STAGES) -> Iterator[Clock]:
    """Put a clock around the functions of the stages, wherever a module of the package has them, while a block runs.

    Raises OptionError where a function is not there: the table of stages must follow the code.
    """
    clock, undo = Clock(), []
    try:
        for stage, targets in stages.items():
            for target in targets:
                for owner, name, original in _places(stage, target):
                    undo.append((owner, name, original))
                    setattr(owner, name, _wrapped(clock, stage, original))
        yield clock
    finally:
        for owner, name, original in reversed(undo):
            setattr(owner, name, original)


def _wrapped(clock: Clock, stage: str, original: Any) -> Any:
    if isinstance(original, staticmethod | classmethod):
        return type(original)(clock.wrap(stage, original.__func__))
    return clock.wrap(stage, original)


def _places(stage: str, target: str) -> list[tuple[Any, str, Any]]:
    """Return (owner, name, function) of every place from which a function may be called."""
    module_name, _, path = target.partition(":")
    *owners, name = path.split(".")
    try:
        owner: Any = importlib.import_module(module_name)
        for each in owners:
            owner = getattr(owner, each)
        original = vars(owner)[name]
    except (ImportError, AttributeError, KeyError) as error:
        raise OptionError(f"stage {stage!r}: there is no {target} ({error!r}); mend STAGES in {__file__}") from error
    if owners:
        return [(owner, name, original)]
    package = module_name.partition(".")[0]
    modules = [module for known, module in list(sys.modules.items()) if known.partition(".")[0] == package]
    return [(module, alias, original) for module in modules
            for alias, value in list(vars(module).items()) if value is original]
