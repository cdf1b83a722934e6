"""An extractor that asks a language model behind an OpenAI-compatible chat-completions endpoint.

It takes the place of the encoder that ships: `Coder(extractor=language_model_extractor(...))`. The model copies
phrases; they are looked up in their sentences, so that records have exact characters, and those that are not there are
dropped and counted.
"""

from __future__ import annotations

import hashlib
import os
import sys
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from whimbrel.errors import OptionError
from whimbrel.extraction.language_model_answer import Reader, Reading, UnreadableError, parsed
from whimbrel.extraction.language_model_client import (
    KEY_VARIABLE,
    Answer,
    Cache,
    ChatClient,
    Prices,
    Purse,
    Usage,
    default_cache,
)
from whimbrel.extraction.language_model_prompt import answer_schema, instructions, question
from whimbrel.extraction.segmenting import segment
from whimbrel.ontology import Ontology
from whimbrel.records import Extraction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Self

    from whimbrel.records import Document, Segmented, Sentence

__all__ = ["LanguageModelExtractor", "Prices", "Usage", "default_cache", "language_model_extractor"]

URL_VARIABLE, MODEL_VARIABLE = "WHIMBREL_LLM_URL", "WHIMBREL_LLM_MODEL"
SENTENCES, CHARACTERS = 20, 6_000
"""At most so many sentences and characters are asked about in one request: what leaves room for the answer."""
_AGAIN = "That was not one JSON object of the shape asked for. Answer again, with the JSON object alone."
Given = TypeVar("Given")


class LanguageModelWarning(UserWarning):
    """Something of a report could not be coded; the message names the document and the sentences."""


def _warn(message: str) -> None:
    warnings.warn(message, LanguageModelWarning, stacklevel=2)


@dataclass(frozen=True, slots=True)
class _Part:
    """Sentences of one document that are asked about together."""

    document: Document
    sentences: tuple[Sentence, ...]

    def halves(self) -> list[_Part]:
        middle = len(self.sentences) // 2
        return [_Part(self.document, self.sentences[:middle]), _Part(self.document, self.sentences[middle:])]

    def __str__(self) -> str:
        first, last = self.sentences[0].index + 1, self.sentences[-1].index + 1
        return f"document {self.document.id}, sentence{'' if first == last else 's'} " + (
            f"{first}" if first == last else f"{first} to {last}"
        )


@dataclass(slots=True)
class LanguageModelExtractor:
    """Finds mentions and events by asking a model; use it in a `with` statement, or `close` it at the end.

    `threshold`: events of a lower stated confidence are left out. `dropped` counts what answers held that could not be
    used, by reason; `unread` the sentences without a usable answer, each told through `tell`. `parallel` requests
    are under way at once. `progress`: show a bar; None for only on a terminal.
    """

    client: ChatClient
    ontology: Ontology
    threshold: float = 0.0
    parallel: int = 4
    progress: bool | None = None
    tell: Callable[[str], None] = _warn
    dropped: Counter[str] = field(default_factory=Counter)
    unread: int = 0
    _instructions: str = field(init=False, repr=False)
    _schema: dict[str, Any] = field(init=False, repr=False)
    _reader: Reader = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._instructions = instructions(self.ontology)
        self._schema = answer_schema(self.ontology)
        self._reader = Reader(self.ontology)

    @property
    def name(self) -> str:
        """The model, and a hash of its instructions: other instructions give other records."""
        return f"{self.client.model} (prompt {hashlib.sha256(self._instructions.encode()).hexdigest()[:8]})"

    @property
    def usage(self) -> Usage:
        """What was asked and spent so far."""
        return self.client.usage

    def extract(self, documents: Sequence[Document]) -> list[Extraction]:
        """Return what was found in each document, in order.

        Raises ModelError where the endpoint refuses or stays out of reach, or the spending limit would be passed;
        what was answered until then is in the cache.
        """
        segmented = [segment(document.text) for document in documents]
        parts = [
            (number, part)
            for number, (document, cut) in enumerate(zip(documents, segmented, strict=True))
            for part in _parts(document, cut)
        ]
        readings: list[list[Reading]] = [[] for _ in documents]
        for (number, _), found in zip(parts, self._all([part for _, part in parts]), strict=True):
            readings[number] += found
        return [
            self._extraction(document, cut, found)
            for document, cut, found in zip(documents, segmented, readings, strict=True)
        ]

    def _all(self, parts: list[_Part]) -> Iterator[list[Reading]]:
        """Give the readings of each part, in order, several being asked about at once."""
        shown = sys.stderr.isatty() if self.progress is None else self.progress
        self.client.stop.clear()
        pool = ThreadPoolExecutor(self.parallel, "whimbrel-model")
        try:
            futures = [pool.submit(self._read, part) for part in parts]
            with _Bar(len(parts), self.client) if shown else nullcontext(_Quiet()) as bar:
                for future in futures:
                    found = future.result()
                    self._count(found)
                    bar.advance()
                    yield found
        except BaseException:
            self.client.stop.set()  # what waits for another try is not waited for
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _count(self, readings: list[Reading]) -> None:
        for reading in readings:
            self.dropped += reading.dropped
            for fault in reading.faults:
                self.tell(fault)
            self.unread += reading.unread

    def _read(self, part: _Part) -> list[Reading]:
        """Ask about some sentences; in halves where the answer was cut off, once again where it was no answer."""
        messages = [
            {"role": "system", "content": self._instructions},
            {"role": "user", "content": question(part.document, part.sentences)},
        ]
        fault = ""
        for _ in range(2):
            answer = self.client.ask(messages, self._schema, _is_usable)
            if answer.cut and len(part.sentences) > 1:
                return [reading for half in part.halves() for reading in self._read(half)]
            try:
                return [self._reader.read(parsed(answer.text), part.sentences)]
            except UnreadableError as error:
                fault = str(error)
            messages = [
                *messages[:2],
                {"role": "assistant", "content": answer.text},
                {"role": "user", "content": _AGAIN},
            ]
        lost = Reading(unread=len(part.sentences))
        lost.faults.append(f"{part}: not coded, {fault}; try another model, or code it with the one that ships")
        return [lost]

    def _extraction(self, document: Document, cut: Segmented, readings: Sequence[Reading]) -> Extraction:
        events = sorted((e for reading in readings for e in reading.events), key=lambda e: e.trigger.start)
        return Extraction(
            document,
            cut,
            tuple(mention for reading in readings for mention in reading.mentions),
            events=tuple(event for event in events if event.confidence >= self.threshold),
            left_out=tuple(event for event in events if event.confidence < self.threshold),
            context=tuple((name, 1.0) for name in dict.fromkeys(n for r in readings for n in r.contexts)),
        )

    def report(self) -> list[str]:
        """Say, for the end of a run, what was asked and spent, and what of the answers could not be used."""
        lines = [_cost(self.client)]
        lines += [f"dropped: {what} ({count:,})" for what, count in self.dropped.most_common()]
        if self.unread:
            lines.append(f"sentences without a usable answer: {self.unread:,}")
        return lines

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def language_model_extractor(
    base_url: str | None = None,
    model: str | None = None,
    *,
    key: str | None = None,
    prices: Prices | None = None,
    limit: float | None = None,
    cache: Path | None = None,
    use_cache: bool = True,
    threshold: float = 0.0,
    parallel: int = 4,
    timeout: float = 120.0,
    tries: int = 6,
    longest_answer: int = 4096,
    progress: bool | None = None,
    tell: Callable[[str], None] = _warn,
    extra: Mapping[str, Any] | None = None,
    ontology: Ontology | None = None,
) -> LanguageModelExtractor:
    """Return an extractor that asks `model` behind `base_url`, such as "http://localhost:8000/v1".

    What is not given is read from WHIMBREL_LLM_URL, WHIMBREL_LLM_MODEL and WHIMBREL_LLM_KEY; a key is only needed
    where the endpoint wants one. `prices` (a million tokens) and `limit` bound what is spent, over the extractor's
    life. Answers are kept in the folder `cache`, `default_cache()` without one, unless `use_cache` is False.
    `timeout` is in seconds, `longest_answer` in tokens. `extra` is merged into each request, None removing a key:
    {"max_tokens": None, "max_completion_tokens": 4096}. Raises OptionError where something makes no sense.
    """
    address = _needed(base_url or os.environ.get(URL_VARIABLE), "address", "base_url", URL_VARIABLE)
    chosen = _needed(model or os.environ.get(MODEL_VARIABLE), "model", "model", MODEL_VARIABLE)
    for name, value, least in (("parallel", parallel, 1), ("tries", tries, 1), ("longest_answer", longest_answer, 1)):
        if value < least:
            raise OptionError(f"{name} is {value}; give {least} or more")
    if not 0 <= threshold <= 1:
        raise OptionError(f"threshold is {threshold}; give a number from 0 to 1")
    if not timeout > 0:
        raise OptionError(f"timeout is {timeout}; give more than 0 seconds")
    client = ChatClient(
        address,
        chosen,
        key=key or os.environ.get(KEY_VARIABLE),
        purse=Purse(prices, limit),
        cache=Cache((cache or default_cache()) if use_cache else None),
        most=longest_answer,
        timeout=timeout,
        tries=tries,
        extra=extra or {},
    )
    return LanguageModelExtractor(client, ontology or Ontology.load(), threshold, parallel, progress, tell)


def _is_usable(answer: Answer) -> bool:
    try:
        parsed(answer.text)
    except UnreadableError:
        return answer.cut
    return True


def _needed(value: str | None, what: str, argument: str, variable: str) -> str:
    if not value:
        raise OptionError(f"no {what} of a language model is given; give {argument}, or set {variable}")
    return value


def _parts(document: Document, cut: Segmented) -> Iterator[_Part]:
    """Cut a document's sentences into parts for one request each."""
    waiting: list[Sentence] = []
    for sentence in cut.sentences:
        size = sum(len(other.text) for other in waiting) + len(sentence.text)
        if waiting and (len(waiting) == SENTENCES or size > CHARACTERS):
            yield _Part(document, tuple(waiting))
            waiting = []
        waiting.append(sentence)
    if waiting:
        yield _Part(document, tuple(waiting))


def _cost(client: ChatClient) -> str:
    """Say what was asked and spent: "requests: 12, from the cache: 3, ..., 0.0132 USD of 5.00"."""
    usage, prices = client.usage, client.purse.prices
    parts = [f"requests: {usage.requests:,}", f"from the cache: {usage.cached:,}"]
    if usage.retries:
        parts.append(f"tried again: {usage.retries:,}")
    parts.append(f"tokens: {usage.tokens_in:,} in, {usage.tokens_out:,} out")
    if prices is not None:
        limit = f" of {client.purse.limit:.2f}" if client.purse.limit is not None else ""
        parts.append(f"{'about ' if usage.estimated else ''}{client.purse.spent:.4f} {prices.currency}{limit}")
    return ", ".join(parts)


class _Quiet:
    """Stands in for the bar where none is shown."""

    def advance(self) -> None:
        """Do nothing."""


class _Bar:
    """A bar of the requests of one batch, with what has been spent so far."""

    def __init__(self, total: int, client: ChatClient) -> None:
        from rich.console import Console  # noqa: PLC0415 - only where it is shown
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

        self._client = client
        columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, transient=console.is_terminal)
        self._task = self._progress.add_task(_cost(client), total=total)

    def advance(self) -> None:
        """Show one part more as done."""
        self._progress.update(self._task, advance=1, description=_cost(self._client))

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
