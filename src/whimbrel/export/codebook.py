"""The codebook of a data set in Markdown, from the ontology: columns, types, modes, contexts, sectors, CAMEO codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whimbrel.export.flat import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from whimbrel.ontology import Ontology, Rule, Type

_LISTS = {
    "contexts": "What a report is about; a record has those of its report.",
    "sectors": "What a party is.",
    "international": "What stands in place of a country where a party has none.",
    "flags": "What keeps an event from being a plain fact of the time; leave such records out to count facts.",
}
_READING = (
    "A record says what one sentence of one report says, not what is true: `according_to` names who says it, and two "
    "reports of one event are two records. Positions count Unicode characters of the document's text, the start "
    "included, the end excluded. `confidence` is calibrated: of the records at 0.8, 80 % are right."
)
_CELLS = (
    "Where an event has several of a thing, they stand in one cell, parted by `; `; the columns of one role's parties "
    "have as many parts as there are parties. An empty cell is not known, never zero. A text that a spreadsheet would "
    "take for a formula begins with an apostrophe."
)
PLACES = "Place data © GeoNames (geonames.org), CC BY 4.0, changed."


def codebook(ontology: Ontology, title: str = "Event records", contents: Sequence[str] = ()) -> str:
    """Return the codebook; `contents` are paragraphs about the data at hand, shown first."""
    lines = [f"# Codebook: {title}", "", *_paragraphs(contents)]
    lines += [f"Ontology: {ontology.version}.", "", "## Reading a record", "", _READING, ""]
    lines += ["## Columns of events.csv", "", _CELLS, ""]
    lines += _table(("column", "type", "meaning"), [(f"`{c.name}`", c.type, c.description) for c in COLUMNS])
    lines += ["The same in nested form, one JSON record a line, is in `events.jsonl`.", "", "## Event types", ""]
    for kind in ontology.types.values():
        lines += _type(kind)
    for name, meaning in _LISTS.items():
        definitions: Mapping[str, str] = getattr(ontology, name)
        lines += [f"## {name.capitalize()}", "", meaning, "", *_table(("name", "definition"), definitions.items())]
    lines += ["## CAMEO codes in use", "", "With Goldstein values, from -10 (conflict) to 10 (cooperation).", ""]
    codes = sorted(ontology.codes.values(), key=lambda code: code.code)
    lines += _table(("code", "name", "Goldstein"), [(code.code, code.name, f"{code.goldstein:g}") for code in codes])
    return "\n".join([*lines, "## Sources", "", PLACES, ""])


def _paragraphs(texts: Iterable[str]) -> list[str]:
    return [line for text in texts for line in (text, "")]


def _type(kind: Type) -> list[str]:
    lines = [f"### {kind.name}", "", kind.definition, ""]
    lines += [f"{kind.quad.capitalize()}, score {kind.score:g}, CAMEO {_rule(kind.cameo)}.", ""]
    rows = [
        (mode.name, f"{mode.score:g}", _rule(mode.cameo or kind.cameo), mode.definition) for mode in kind.modes.values()
    ]
    return lines + (_table(("mode", "score", "CAMEO", "definition"), rows) if rows else [])


def _rule(rule: Rule) -> str:
    others = ", ".join(f"{context} {code}" for context, code in rule.contexts)
    return f"{rule.code} ({others})" if others else rule.code


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [_row(head), _row(["---"] * len(head)), *map(_row, rows)]
    return [*lines, ""]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
