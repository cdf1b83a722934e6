"""A resolved value together with what decided it, for `whimbrel explain`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that a phrase could have meant, with its score (higher is better) and what speaks for it."""

    name: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Resolved(Generic[T_co]):
    """A value, the reason it was chosen, and the candidates weighed, the best first (empty where there was one)."""

    value: T_co
    reason: str
    candidates: tuple[Candidate, ...] = ()
