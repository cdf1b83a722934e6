"""Checks of the ontology's two files, so that a slip in an edited table is found when it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whimbrel.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUADS = ("verbal cooperation", "material cooperation", "neutral", "verbal conflict", "material conflict")
LISTS = ("contexts", "sectors", "international", "flags")


def check_plover(entries: dict[str, Any], path: Path) -> None:
    """Raise TableError at the first fault of `plover.toml`."""
    _refuse(_plover_faults(entries), path)


def check_cameo(codes: dict[str, Any], entries: dict[str, Any], path: Path) -> None:
    """Raise TableError at the first fault of `cameo.toml`, also where it does not fit `entries` of plover.toml."""
    _refuse(_cameo_faults(codes, entries), path)


def _refuse(faults: Iterator[str], path: Path) -> None:
    fault = next(faults, None)
    if fault is not None:
        raise TableError(f"{path}: {fault}")


def _plover_faults(entries: dict[str, Any]) -> Iterator[str]:
    if not isinstance(entries.get("version"), str):
        yield "version: give it as text"
    for name in ("types", *LISTS):
        if not isinstance(entries.get(name), dict) or not entries[name]:
            yield f"{name}: the table is missing or empty"
    for name in LISTS:
        for key, definition in entries[name].items():
            yield from _text_faults(definition, f"{name}.{key}")
    for name, kind in entries["types"].items():
        if kind.get("quad") not in QUADS:
            yield f"types.{name}.quad: {kind.get('quad')!r} is none of {', '.join(QUADS)}"
        yield from _entry_faults(kind, f"types.{name}")
        for mode, more in kind.get("modes", {}).items():
            yield from _entry_faults(more, f"types.{name}.modes.{mode}")


def _entry_faults(entry: dict[str, Any], where: str) -> Iterator[str]:
    yield from _text_faults(entry.get("definition"), f"{where}.definition")
    yield from _score_faults(entry.get("score"), f"{where}.score")


def _text_faults(text: Any, where: str) -> Iterator[str]:
    if not isinstance(text, str) or not text.strip():
        yield f"{where}: give a definition as text"


def _score_faults(score: Any, where: str) -> Iterator[str]:
    if isinstance(score, bool) or not isinstance(score, int | float) or not -10 <= score <= 10:
        yield f"{where}: {score!r} is no number from -10 to 10"


def _cameo_faults(codes: dict[str, Any], entries: dict[str, Any]) -> Iterator[str]:
    for name in ("types", "codes"):
        if not isinstance(codes.get(name), dict):
            yield f"{name}: the table is missing"
    for name in sorted(set(entries["types"]) ^ set(codes["types"])):
        yield f"types.{name}: in only one of plover.toml and cameo.toml"
    used: set[str] = set()
    for where, rule in _rules(codes["types"]):
        name, *mode = where.split(".")[1:]
        if mode and mode[-1] not in entries["types"][name].get("modes", {}):
            yield f"{where}: plover.toml has no such mode"
        yield from _rule_faults(rule, where, codes["codes"], entries["contexts"])
        used |= {rule["code"], *(code for _, code in rule.get("contexts", []))}
    for code, entry in codes["codes"].items():
        if code not in used:
            yield f"codes.{code}: no type or mode uses it; remove it or give it a use"
        yield from _text_faults(entry.get("name"), f"codes.{code}.name")
        yield from _score_faults(entry.get("goldstein"), f"codes.{code}.goldstein")


def _rules(types: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, kind in types.items():
        yield f"types.{name}", kind
        for mode, rule in kind.get("modes", {}).items():
            yield f"types.{name}.modes.{mode}", rule


def _rule_faults(rule: dict[str, Any], where: str, codes: dict[str, Any], contexts: dict[str, str]) -> Iterator[str]:
    if rule.get("code") not in codes:
        yield f"{where}.code: {rule.get('code')!r} is not among the codes below"
    for pair in rule.get("contexts", []):
        if not isinstance(pair, list) or len(pair) != 2:
            yield f"{where}.contexts: {pair!r} is no pair of a context and a code"
        elif pair[0] not in contexts:
            yield f"{where}.contexts: {pair[0]!r} is no context of plover.toml"
        elif pair[1] not in codes:
            yield f"{where}.contexts: {pair[1]!r} is not among the codes below"
