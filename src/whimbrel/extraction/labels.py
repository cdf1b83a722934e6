"""What the numbers that a model gives stand for: one frozen value, kept as `labels.json` beside the weights.

For each word piece a model gives one row of numbers, laid out as `Labels.columns` says:

    trigger     logits over none, then begin and inside of each event type
    mention     logits over none, begin, inside for each kind of phrase
    mode, flag  logits, each on its own, for an event triggered here
    context     logits, each on its own; averaged over the document's pieces
    presence    logits, each on its own: the sentence has an event of this type; averaged over its pieces
    projections four vectors for scoring roles: sum of trigger and phrase, product of trigger and phrase
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from whimbrel.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("party", "place", "date", "count")
ROLE_KINDS = {
    "actor": "party",
    "recipient": "party",
    "according_to": "party",
    "place": "place",
    "date": "date",
    "killed": "count",
    "injured": "count",
    "arrested": "count",
}
DISTANCE_EDGES = (1, 2, 3, 5, 8, 13, 21, 41)  # in word pieces; one bucket for each side of the trigger


@dataclass(frozen=True, slots=True)
class Labels:
    """The names behind a model's numbers, in their order."""

    types: tuple[str, ...]
    modes: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    contexts: tuple[str, ...]
    roles: tuple[str, ...] = tuple(ROLE_KINDS)
    kinds: tuple[str, ...] = KINDS
    projection: int = 96

    @property
    def columns(self) -> dict[str, slice]:
        """Which columns of a piece's row hold what."""
        widths = {
            "trigger": 1 + 2 * len(self.types),
            "mention": 3 * len(self.kinds),
            "mode": len(self.modes),
            "flag": len(self.flags),
            "context": len(self.contexts),
            "presence": len(self.types),
            "trigger_sum": self.projection,
            "phrase_sum": self.projection,
            "trigger_product": self.projection,
            "phrase_product": self.projection,
        }
        found, at = {}, 0
        for name, width in widths.items():
            found[name] = slice(at, at + width)
            at += width
        return found

    @property
    def width(self) -> int:
        """How many numbers a piece's row has."""
        return max(int(part.stop) for part in self.columns.values())

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Labels:
        """Read what `save` wrote; ModelError where it is missing or damaged."""
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                types=tuple(raw["types"]),
                modes=tuple((kind, mode) for kind, mode in raw["modes"]),
                flags=tuple(raw["flags"]),
                contexts=tuple(raw["contexts"]),
                roles=tuple(raw["roles"]),
                kinds=tuple(raw["kinds"]),
                projection=int(raw["projection"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path} is not the label file of a model ({error}); export the model again") from error


def distance_bucket(offset: int) -> int:
    """Return the bucket of a phrase's distance from the trigger, in pieces, negative before it.

    0 is the trigger itself, then 1.. for phrases after it, then as many again for phrases before it.
    """
    if offset == 0:
        return 0
    size = sum(edge <= abs(offset) for edge in DISTANCE_EDGES)
    return size if offset > 0 else size + len(DISTANCE_EDGES)


DISTANCES = 1 + 2 * len(DISTANCE_EDGES)
