"""The event ontology: PLOVER 2.0's types and STATEMENT, their modes, contexts, sectors, scores and CAMEO codes.

It is data, not code: `plover.toml` holds the types with definitions, scores and sources, `cameo.toml` the CAMEO code of
each with its Goldstein value. Both are checked when they are loaded.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from whimbrel.errors import OptionError, TableError
from whimbrel.ontology.checking import check_cameo, check_plover

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Value = TypeVar("Value")

__all__ = ["Code", "Mode", "Ontology", "Rule", "Type"]


@dataclass(frozen=True, slots=True)
class Rule:
    """The CAMEO code of a type or mode: `code`, or that of the first of `contexts` that the report has."""

    code: str
    contexts: tuple[tuple[str, str], ...] = ()

    def choose(self, contexts: Iterable[str]) -> str:
        """Return the code for a report with these contexts."""
        present = set(contexts)
        return next((code for context, code in self.contexts if context in present), self.code)


@dataclass(frozen=True, slots=True)
class Mode:
    """How an event was done; `score` from -10 to 10; `cameo` is None where CAMEO has no code of its own for it."""

    name: str
    score: float
    definition: str
    cameo: Rule | None = None


@dataclass(frozen=True, slots=True)
class Type:
    """What was done; `score` from -10 (most conflictual) to 10 (most cooperative)."""

    name: str
    quad: str
    score: float
    definition: str
    modes: Mapping[str, Mode]
    cameo: Rule


@dataclass(frozen=True, slots=True)
class Code:
    """A CAMEO code, its name and its Goldstein value (-10 to 10)."""

    code: str
    name: str
    goldstein: float


@dataclass(frozen=True, slots=True)
class Ontology:
    """All types, contexts, sectors, international codes and flags, with their definitions.

    >>> ontology = Ontology.load()
    >>> ontology.score("CONSULT", ["phone"]), ontology.cameo("CONSULT", ["phone"], []), ontology.goldstein("041")
    (1.5, '041', 1.0)
    """

    version: str
    types: Mapping[str, Type]
    contexts: Mapping[str, str]
    sectors: Mapping[str, str]
    international: Mapping[str, str]
    flags: Mapping[str, str]
    codes: Mapping[str, Code]

    @classmethod
    def load(cls, folder: Path | None = None) -> Ontology:
        """Return the ontology in `plover.toml` and `cameo.toml` of a folder; without one, Whimbrel's own.

        Raise TableError, naming the file and the entry, where one is missing or faulty.
        """
        folder = folder or Path(__file__).parent
        plover, cameo = folder / "plover.toml", folder / "cameo.toml"
        entries, codes = _read(plover), _read(cameo)
        check_plover(entries, plover)
        check_cameo(codes, entries, cameo)
        return cls(
            version=entries["version"],
            types={name: _type(name, entry, codes["types"][name]) for name, entry in entries["types"].items()},
            contexts=entries["contexts"],
            sectors=entries["sectors"],
            international=entries["international"],
            flags=entries["flags"],
            codes={
                code: Code(code, entry["name"], float(entry["goldstein"])) for code, entry in codes["codes"].items()
            },
        )

    def type(self, event: str) -> Type:
        """Return a type by its name; raise OptionError, with the nearest name, where there is none."""
        return _named(self.types, event, "event type")

    def score(self, event: str, modes: Sequence[str] = ()) -> float:
        """Return PLOVER's score of an event, from -10 to 10: its mode's, or its type's where it has no mode.

        Of several modes it is the score farthest from zero: a march that became a riot is scored as a riot.
        """
        kind = self.type(event)
        ordered = _by_weight(kind, modes)
        return ordered[0].score if ordered else kind.score

    def cameo(self, event: str, modes: Sequence[str] = (), contexts: Sequence[str] = ()) -> str:
        """Return the CAMEO code of an event: of its weightiest mode that has one, else of its type.

        Modes weigh as in `score`. Contexts of the report choose among the codes where CAMEO tells them apart.
        """
        kind = self.type(event)
        for context in contexts:
            _named(self.contexts, context, "context")
        rules = [mode.cameo for mode in _by_weight(kind, modes) if mode.cameo is not None]
        return (rules[0] if rules else kind.cameo).choose(contexts)

    def goldstein(self, cameo: str) -> float:
        """Return the Goldstein value of a CAMEO code, from -10 to 10."""
        return _named(self.codes, cameo, "CAMEO code").goldstein


def _by_weight(kind: Type, modes: Sequence[str]) -> list[Mode]:
    """Return the modes, those with the largest absolute score first; equal ones in the ontology's order."""
    order = {name: number for number, name in enumerate(kind.modes)}
    found = [_named(kind.modes, name, f"mode of {kind.name}") for name in modes]
    return sorted(found, key=lambda mode: (-abs(mode.score), order[mode.name]))


def _named(table: Mapping[str, Value], name: str, what: str) -> Value:
    try:
        return table[name]
    except KeyError:
        near = get_close_matches(name, table, 1, cutoff=0.5) or get_close_matches(name.upper(), table, 1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(table) or 'none'}"
        raise OptionError(f"{name!r} is no {what}{hint}") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise TableError(f"{path}: cannot be read ({fault}); restore the file or reinstall whimbrel") from fault


def _type(name: str, entry: dict[str, Any], codes: dict[str, Any]) -> Type:
    rules = codes.get("modes", {})
    modes = {
        mode: Mode(mode, float(more["score"]), more["definition"], _rule(rules[mode]) if mode in rules else None)
        for mode, more in entry.get("modes", {}).items()
    }
    return Type(name, entry["quad"], float(entry["score"]), entry["definition"], modes, _rule(codes))


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(entry["code"], tuple((context, code) for context, code in entry.get("contexts", [])))
