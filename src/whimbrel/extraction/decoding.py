"""Read mentions and events off the numbers that the model gives for one chunk of a document.

A trigger may begin at any word: its probability, the share of its best type and the probability that the
sentence has an event of that type are weighed together. A phrase takes a role where phrase and role together
are likely enough. Nothing here looks at words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from whimbrel.extraction.labels import DISTANCE_EDGES, ROLE_KINDS
from whimbrel.extraction.pieces import CAPITALISED, MIXED, UPPER
from whimbrel.records import FoundEvent, FoundMention, PhraseKind, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from whimbrel.extraction.chunks import Chunk
    from whimbrel.extraction.labels import Labels
    from whimbrel.extraction.settings import Settings

    Floats = NDArray[np.float32]

TINY = 1e-6
SHOWN_TYPES = 3  # how many of the best types an event keeps, for explaining
NAMED = ("party", "place")  # kinds whose phrases are often names of several words
HALF_INSIDE = 0.15  # enough for a capitalised word to go on with the name before it
HYPHENS = frozenset("-‐‑–")
BARE = frozenset({"the", "a", "an", "its", "their", "his", "her", "of"})  # no phrase of themselves
SINGLE = ("according_to", "killed", "injured", "arrested")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Pieces `start` to `end` of a chunk, with a probability."""

    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class Trigger:
    """A place where an event may be expressed, with the probabilities of the types there."""

    start: int
    end: int
    sentence: int
    confidence: float
    types: Floats


def softmax(logits: Floats) -> Floats:
    """Return probabilities along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float32)


def sigmoid(logits: Floats) -> Floats:
    """Return the probability of each logit on its own."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)


def log_odds(probability: Floats) -> Floats:
    """Return log(p / (1 - p)), kept finite."""
    kept = np.clip(probability, TINY, 1 - TINY)
    return np.asarray(np.log(kept / (1 - kept)), np.float32)


def stretches(
    begin: Floats, inside: Floats, chunk: Chunk, least: float, joined: NDArray[np.bool_] | None = None
) -> list[Stretch]:
    """Return where phrases begin with at least a probability, each as far as it most likely goes.

    `joined` says of each piece that it belongs to the one before it even if the model half doubts it.
    """
    first, sentence = chunk.first, chunk.sentence
    found: list[Stretch] = []
    free = 0
    starts = np.flatnonzero((begin >= least) & first)
    for start in starts.tolist():
        if start < free:
            continue
        end = start + 1
        while (
            end < len(begin)
            and sentence[end] == sentence[start]
            and (
                not first[end]
                or (inside[end] > begin[end] and inside[end] > 1 - inside[end] - begin[end])
                or (joined is not None and joined[end])
            )
        ):
            end += 1
        found.append(Stretch(start, end, float(begin[start])))
        free = end
    return found


def _joints(chunk: Chunk, text: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return of each piece whether a hyphen joins it to the one before it, and whether both are capitalised words."""
    starts, ends = chunk.spans[:, 0], chunk.spans[:, 1]
    touching = np.concatenate([[False], starts[1:] == ends[:-1]])
    hyphen = np.array([text[start] in HYPHENS for start in starts.tolist()], bool)
    before = np.concatenate([[False], hyphen[:-1]])
    after = np.concatenate([touching[1:], [False]])
    capital = np.isin(chunk.cases, (CAPITALISED, UPPER, MIXED))
    beside = np.concatenate([[False], starts[1:] == ends[:-1] + 1])
    return touching & ((hyphen & after) | before), beside & capital & np.concatenate([[False], capital[:-1]])


def _without_bare_end(chunk: Chunk, text: str, stretch: Stretch) -> int:
    """Return where a phrase ends that does not end with "of" or "the"; its own start where nothing else is in it."""
    end = stretch.end
    while end > stretch.start and text[chunk.spans[end - 1, 0] : chunk.spans[end - 1, 1]].casefold() in BARE:
        end -= 1
    return end


class Decoder:
    """Decodes one model's numbers; holds its labels, its role weights and its settings."""

    def __init__(self, labels: Labels, roles: Mapping[str, Floats], settings: Settings) -> None:
        self.labels = labels
        self.settings = settings
        self._columns = labels.columns
        self.roles = roles
        self._mode_types = np.array([labels.types.index(kind) for kind, _ in labels.modes])
        self._role_kinds = np.array([labels.kinds.index(ROLE_KINDS[role]) for role in labels.roles])
        self._least_roles = np.array([settings.least_role(role) for role in labels.roles], np.float32)

    def triggers(self, chunk: Chunk, scores: Floats) -> list[Trigger]:
        """Return every place where an event is weighed, best and worst alike, in the order of the text."""
        probability = softmax(scores[:, self._columns["trigger"]])
        begins, insides = probability[:, 1::2], probability[:, 2::2]
        found = stretches(begins.sum(axis=1), insides.sum(axis=1), chunk, self.settings.candidate)
        presence: dict[int, Floats] = {}
        made = []
        for stretch in found:
            sentence = int(chunk.sentence[stretch.start])
            if sentence not in presence:
                rows = scores[chunk.sentence == sentence, self._columns["presence"]]
                presence[sentence] = sigmoid(rows.mean(axis=0))
            share = begins[stretch.start] + insides[stretch.start + 1 : stretch.end].sum(axis=0)
            share = share / max(float(share.sum()), TINY)
            made.append(self._trigger(stretch, sentence, share, presence[sentence]))
        return made

    def _trigger(self, stretch: Stretch, sentence: int, share: Floats, presence: Floats) -> Trigger:
        constant, of_begin, of_share, of_presence = self.settings.weights
        odds = (
            constant
            + of_begin * log_odds(np.float32(stretch.probability))  # type: ignore[arg-type]
            + of_share * np.log(np.clip(share, TINY, 1))
            + of_presence * log_odds(presence)
        )
        types = sigmoid(np.asarray(odds, np.float32))
        return Trigger(stretch.start, stretch.end, sentence, float(types.max()), types)

    def phrases(self, chunk: Chunk, scores: Floats, text: str) -> list[tuple[int, Stretch]]:
        """Return the phrases that may fill a role, each with the index of its kind."""
        count = len(self.labels.kinds)
        probability = softmax(scores[:, self._columns["mention"]].reshape(-1, count, 3))
        hyphened, capitals = _joints(chunk, text)
        found = []
        for kind, name in enumerate(self.labels.kinds):
            begin, inside = probability[:, kind, 1], probability[:, kind, 2]
            joined = hyphened | (capitals & (inside >= HALF_INSIDE) & (inside > begin)) if name in NAMED else hyphened
            for stretch in stretches(begin, inside, chunk, self.settings.mention, joined):
                end = _without_bare_end(chunk, text, stretch)
                if end > stretch.start and text[chunk.spans[stretch.start, 0]].isalnum():
                    found.append((kind, Stretch(stretch.start, end, stretch.probability)))
        return found

    def role_probabilities(self, scores: Floats, pairs: Sequence[tuple[int, int, int, int, int, int]]) -> Floats:
        """Return probabilities (pairs, 1 + roles) for (trigger start, end, phrase start, end, kind, type) rows."""
        at = np.array(pairs)
        offset = self._columns["trigger_sum"].start
        projected = scores[:, offset:].cumsum(axis=0, dtype=np.float64)
        summed = np.concatenate([np.zeros((1, projected.shape[1])), projected])

        def mean(name: str, start: NDArray[np.int_], end: NDArray[np.int_]) -> Floats:
            part = summed[:, self._columns[name].start - offset : self._columns[name].stop - offset]
            return np.asarray((part[end] - part[start]) / (end - start)[:, None], np.float32)

        weights, (t0, t1, p0, p1, kinds, types) = self.roles, at.T
        distance = p0 - t0
        bucket = np.searchsorted(DISTANCE_EDGES, np.abs(distance), side="right")
        bucket = np.where(distance < 0, bucket + len(DISTANCE_EDGES), bucket)
        total = (
            mean("trigger_sum", t0, t1)
            + mean("phrase_sum", p0, p1)
            + weights["distance"][bucket]
            + weights["kind"][kinds]
            + weights["event"][types]
        )
        product = mean("trigger_product", t0, t1) * mean("phrase_product", p0, p1)
        logits = gelu(total) @ weights["sum"].T + weights["bias"] + product @ weights["product"].T
        return softmax(np.asarray(logits, np.float32))

    def decode(self, chunk: Chunk, scores: Floats, text: str) -> tuple[list[FoundMention], list[FoundEvent]]:
        """Return the phrases of a chunk and every event weighed in it, also those below the threshold."""
        triggers, phrases = self.triggers(chunk, scores), self.phrases(chunk, scores, text)

        def span(start: int, end: int) -> Span:
            first, last = int(chunk.spans[start, 0]), int(chunk.spans[end - 1, 1])
            return Span(text[first:last], first, last)

        spans = [span(stretch.start, stretch.end) for _, stretch in phrases]
        mentions = [
            FoundMention(
                where,
                cast("PhraseKind", self.labels.kinds[kind]),
                int(chunk.sentence[stretch.start]),
                round(stretch.probability, 4),
            )
            for where, (kind, stretch) in zip(spans, phrases, strict=True)
        ]
        pairs, owners = [], []
        for number, trigger in enumerate(triggers):
            best = int(trigger.types.argmax())
            for position, (kind, stretch) in enumerate(phrases):
                if chunk.sentence[stretch.start] == trigger.sentence:
                    pairs.append((trigger.start, trigger.end, stretch.start, stretch.end, kind, best))
                    owners.append((number, position))
        filled: list[dict[str, list[tuple[float, Span]]]] = [{} for _ in triggers]
        if pairs:
            self._fill(filled, self.role_probabilities(scores, pairs)[:, 1:], owners, phrases, spans)
        events = [
            self._event(trigger, scores, roles, span(trigger.start, trigger.end))
            for trigger, roles in zip(triggers, filled, strict=True)
        ]
        return mentions, events

    def _fill(
        self,
        filled: list[dict[str, list[tuple[float, Span]]]],
        roles: Floats,
        owners: Sequence[tuple[int, int]],
        phrases: Sequence[tuple[int, Stretch]],
        spans: Sequence[Span],
    ) -> None:
        """Give each phrase its likeliest role for each trigger, where it is likely enough."""
        kinds = np.array([phrases[position][0] for _, position in owners])
        sure = np.array([phrases[position][1].probability for _, position in owners], np.float32)
        joint = np.where(self._role_kinds == kinds[:, None], roles, 0) * sure[:, None]
        best = joint.argmax(axis=1)
        for row in np.flatnonzero(joint.max(axis=1) >= self._least_roles[best]).tolist():
            number, position = owners[row]
            role = self.labels.roles[int(best[row])]
            filled[number].setdefault(role, []).append((float(joint[row, best[row]]), spans[position]))

    def _event(
        self, trigger: Trigger, scores: Floats, roles: Mapping[str, list[tuple[float, Span]]], where: Span
    ) -> FoundEvent:
        best = int(trigger.types.argmax())
        row = scores[trigger.start : trigger.end].mean(axis=0)
        mode = sigmoid(row[self._columns["mode"]])
        flag = sigmoid(row[self._columns["flag"]])
        order = np.argsort(-trigger.types)[:SHOWN_TYPES]
        many = {
            role: tuple(span for _, span in sorted(entries, key=lambda e: e[1].start))
            for role, entries in roles.items()
            if role not in SINGLE
        }
        one = {role: max(entries, key=lambda e: e[0])[1] for role, entries in roles.items() if role in SINGLE}
        return FoundEvent(
            sentence=trigger.sentence,
            event=self.labels.types[best],
            trigger=where,
            confidence=round(trigger.confidence, 4),
            types=tuple((self.labels.types[i], round(float(trigger.types[i]), 4)) for i in order.tolist()),
            mode=tuple(
                name
                for (_, name), kind, p in zip(self.labels.modes, self._mode_types, mode, strict=True)
                if kind == best and p >= self.settings.mode
            ),
            flags=tuple(name for name, p in zip(self.labels.flags, flag, strict=True) if p >= self.settings.flag),
            actor=many.get("actor", ()),
            recipient=many.get("recipient", ()),
            place=many.get("place", ()),
            date=many.get("date", ()),
            according_to=one.get("according_to"),
            killed=one.get("killed"),
            injured=one.get("injured"),
            arrested=one.get("arrested"),
        )

    def contexts(self, scores: Sequence[Floats]) -> tuple[tuple[str, float], ...]:
        """Return what a document is about, likeliest first, given the rows of all its chunks."""
        part = np.concatenate([s[:, self._columns["context"]] for s in scores])
        probability = sigmoid(part.mean(axis=0))
        order = np.argsort(-probability)
        return tuple(
            (self.labels.contexts[i], round(float(probability[i]), 4))
            for i in order.tolist()
            if probability[i] >= self.settings.context
        )


def gelu(values: Floats) -> Floats:
    """Return x times the normal distribution at x (Hendrycks and Gimpel 2016), by the error function's series."""
    # Abramowitz and Stegun 7.1.26, off by at most 1.5e-7
    x = np.abs(values) / np.sqrt(np.float32(2))
    t = 1 / (1 + np.float32(0.3275911) * x)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(values) * (1 - series * np.exp(-x * x))
    return np.asarray(values * (1 + erf) / 2, np.float32)
