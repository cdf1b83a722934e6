"""Which type of event a sentence reports between two given phrases, when nobody says where its trigger is.

Every piece is weighed as the trigger: its chance to begin an event of the type, times the chance that the source
is its actor and the target its recipient (or fellow actor); the chances are summed over the sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from whimbrel.extraction.decoding import TINY, softmax

if TYPE_CHECKING:
    from whimbrel.extraction.chunks import Chunk
    from whimbrel.extraction.decoding import Decoder, Floats


def _pieces(chunk: Chunk, text: str, phrase: str) -> tuple[int, int] | None:
    at = text.find(phrase) if phrase else -1
    if at < 0:
        return None
    touched = np.flatnonzero((chunk.spans[:, 0] < at + len(phrase)) & (chunk.spans[:, 1] > at))
    return (int(touched[0]), int(touched[-1]) + 1) if len(touched) else None


def typed(decoder: Decoder, chunk: Chunk, scores: Floats, text: str, source: str, target: str) -> dict[str, float]:
    """Return a probability for each type; phrases that are not in the text are passed over."""
    labels = decoder.labels
    begin = softmax(scores[:, labels.columns["trigger"]])[:, 1::2]
    joint = np.log(np.clip(begin, TINY, 1))
    count, types = len(chunk), len(labels.types)
    for phrase, roles in ((source, ("actor",)), (target, ("recipient", "actor"))):
        where = _pieces(chunk, text, phrase)
        if where is None:
            continue
        pairs = [(i, i + 1, *where, 0, kind) for i in range(count) for kind in range(types)]
        chosen = [1 + labels.roles.index(role) for role in roles]
        chance = decoder.role_probabilities(scores, pairs)[:, chosen].sum(axis=1).reshape(count, types)
        joint = joint + np.log(np.clip(chance, TINY, 1))
    top = joint.max()
    summed = np.exp(joint - top).sum(axis=0)
    share = summed / summed.sum()
    return {name: float(p) for name, p in zip(labels.types, share, strict=True)}
