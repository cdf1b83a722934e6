"""Documents in, mentions and events out: the protocol, and the extractor that runs an exported model.

A model folder holds `model.onnx`, `vocabulary.txt`, `labels.json`, `roles.npz` and `settings.json`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from whimbrel.errors import ModelError
from whimbrel.extraction.between import typed
from whimbrel.extraction.chunks import Chunk, chunks, inputs
from whimbrel.extraction.decoding import Decoder
from whimbrel.extraction.doubles import without_doubles
from whimbrel.extraction.labels import Labels
from whimbrel.extraction.pieces import Cutter
from whimbrel.extraction.segmenting import segment
from whimbrel.extraction.settings import Settings
from whimbrel.records import Extraction, Segmented, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import onnxruntime  # type: ignore[import-untyped]
    from numpy.typing import NDArray

    from whimbrel.extraction.decoding import Floats
    from whimbrel.records import Document, FoundEvent, FoundMention

MODEL = Path(__file__).parent / "model"
BATCH = 1024  # pieces with padding that one run of the encoder takes: more gains nothing on a CPU


class Extractor(Protocol):
    """Anything that finds mentions and events in documents."""

    @property
    def name(self) -> str:
        """What the records say coded them."""

    def extract(self, documents: Sequence[Document]) -> list[Extraction]:
        """Return what was found in each document, in order; unresolved."""


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    import onnxruntime  # noqa: PLC0415  a tenth of a second that only coding needs

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime raises classes of its own without a common base
        raise ModelError(
            f"{path} cannot be loaded as a model ({error}); install Whimbrel again or export the model anew"
        ) from error


class OnnxExtractor:
    """Runs an exported joint model on the CPU."""

    def __init__(self, session: onnxruntime.InferenceSession, cutter: Cutter, decoder: Decoder, name: str) -> None:
        self.session = session
        self.cutter = cutter
        self.decoder = decoder
        self.name = name

    @classmethod
    def load(cls, folder: Path | None = None, *, threads: int = 1) -> OnnxExtractor:
        """Load a model folder, the one that ships by default; ModelError names what is missing or damaged."""
        folder = folder or MODEL
        missing = [
            name
            for name in ("model.onnx", "vocabulary.txt", "labels.json", "roles.npz", "settings.json")
            if not (folder / name).is_file()
        ]
        if missing:
            raise ModelError(
                f"{folder} is not a model folder: it lacks {', '.join(missing)}; "
                "give the folder that training/export.py wrote"
            )
        labels = Labels.load(folder / "labels.json")
        with np.load(folder / "roles.npz") as stored:
            roles = dict(stored)
        name = (folder / "NAME").read_text(encoding="utf-8").strip() if (folder / "NAME").is_file() else folder.name
        return cls(
            _session(folder / "model.onnx", threads),
            Cutter.load(folder / "vocabulary.txt"),
            Decoder(labels, roles, Settings.load(folder / "settings.json")),
            name,
        )

    def extract(self, documents: Sequence[Document]) -> list[Extraction]:
        """Return what was found in each document, in order."""
        return self.extract_segmented(documents, [segment(document.text) for document in documents])

    def extract_segmented(self, documents: Sequence[Document], segmented: Sequence[Segmented]) -> list[Extraction]:
        """Return what was found, the sentences being given."""
        rows = self.rows(segmented)
        scores = self.scores(rows)
        by_document: list[list[int]] = [[] for _ in documents]
        for number, chunk in enumerate(rows):
            by_document[chunk.document].append(number)
        return [
            self._decode(document, parts, [rows[i] for i in numbers], [scores[i] for i in numbers])
            for document, parts, numbers in zip(documents, segmented, by_document, strict=True)
        ]

    def rows(self, segmented: Sequence[Segmented]) -> list[Chunk]:
        """Lay documents out in rows for the encoder."""
        pieces = iter(self.cutter.cut([s.text for parts in segmented for s in parts.sentences]))
        return [
            chunk
            for number, parts in enumerate(segmented)
            for chunk in chunks(number, parts.sentences, [next(pieces) for _ in parts.sentences])
        ]

    def batches(self, rows: Sequence[Chunk]) -> Iterator[list[int]]:
        """Group rows of like length, so that little is spent on padding; yield their indices."""
        batch: list[int] = []
        for number in sorted(range(len(rows)), key=lambda i: len(rows[i])):
            if batch and (len(rows[number]) + 2) * (len(batch) + 1) > BATCH:
                yield batch
                batch = []
            batch.append(number)
        if batch:
            yield batch

    def session_inputs(self, documents: Sequence[Document]) -> list[dict[str, NDArray[np.int64]]]:
        """Return what the encoder is fed for these documents, batch by batch, for measuring it alone."""
        rows = self.rows([segment(document.text) for document in documents])
        return [inputs([rows[i] for i in batch], self.cutter) for batch in self.batches(rows)]

    def scores(self, rows: Sequence[Chunk]) -> list[Floats]:
        """Run the model; return for each row its pieces' numbers, float32 of shape (pieces, labels.width)."""
        found: dict[int, Floats] = {}
        for batch in self.batches(rows):
            (out,) = self.session.run(["scores"], inputs([rows[i] for i in batch], self.cutter))
            for row, number in enumerate(batch):
                found[number] = out[row, 1 : 1 + len(rows[number])]
        return [found[number] for number in range(len(rows))]

    def _decode(
        self, document: Document, parts: Segmented, rows: Sequence[Chunk], scores: Sequence[Floats]
    ) -> Extraction:
        mentions: list[FoundMention] = []
        weighed: list[FoundEvent] = []
        for chunk, numbers in zip(rows, scores, strict=True):
            phrases, events = self.decoder.decode(chunk, numbers, document.text)
            mentions += phrases
            weighed += without_doubles(events)
        least = self.decoder.settings.least
        return Extraction(
            document,
            parts,
            tuple(mentions),
            events=tuple(e for e in weighed if e.double_of is None and e.confidence >= least(e.event)),
            left_out=tuple(e for e in weighed if e.double_of is not None or e.confidence < least(e.event)),
            context=self.decoder.contexts(scores) if scores else (),
        )

    def typed(self, sentence: str, source: str, target: str) -> dict[str, float]:
        """Return how likely each event type is between two given phrases of a sentence; the sum is 1."""
        whole = Segmented((Sentence(0, sentence, 0, len(sentence)),))
        (chunk,) = self.rows([whole])[:1]
        return typed(self.decoder, chunk, self.scores([chunk])[0], sentence, source, target)

    def with_settings(self, settings: Settings) -> OnnxExtractor:
        """Return the same model deciding by other thresholds."""
        decoder = Decoder(self.decoder.labels, self.decoder.roles, settings)
        return OnnxExtractor(self.session, self.cutter, decoder, self.name)


def keep_from(extraction: Extraction, least: float) -> Extraction:
    """Return an extraction with the events of at least this confidence, whatever the model's own thresholds say."""
    weighed = sorted((*extraction.events, *extraction.left_out), key=lambda e: e.trigger.start)
    kept = {e.trigger for e in weighed if e.double_of is None and e.confidence >= least}
    return replace(
        extraction,
        events=tuple(e for e in weighed if e.trigger in kept),
        left_out=tuple(e for e in weighed if e.trigger not in kept),
    )
