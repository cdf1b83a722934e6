"""What decoding decides by: thresholds and weights, chosen on a development set and kept beside the model."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from whimbrel.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Thresholds are probabilities.

    `weights`: an event's log-odds are a constant, then weights of the log-odds of its trigger, of the log of its
    type's share, and of the log-odds that the sentence has its type; set by logistic regression, so that
    `confidence` means what it says. `event`: the least confidence; `types` replaces it for single types.
    """

    weights: tuple[float, float, float, float] = (0.0, 1.0, 1.0, 0.0)
    event: float = 0.4
    types: Mapping[str, float] = field(default_factory=dict)
    candidate: float = 0.08  # begin probability from which a piece is weighed as a trigger at all
    mention: float = 0.2
    roles: Mapping[str, float] = field(default_factory=dict)
    role: float = 0.35
    mode: float = 0.4
    flag: float = 0.35
    context: float = 0.35

    def least(self, event: str) -> float:
        """Return the least confidence for an event type."""
        return self.types.get(event, self.event)

    def least_role(self, role: str) -> float:
        """Return the least probability for a role."""
        return self.roles.get(role, self.role)

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read what `save` wrote; ModelError where it is damaged."""
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            kept: dict[str, Any] = {f.name: raw[f.name] for f in fields(cls) if f.name in raw}
            return cls(**{**kept, "weights": tuple(raw["weights"])})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ModelError(f"{path} is not the settings file of a model ({error}); export the model again") from error
