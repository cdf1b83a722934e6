"""`whimbrel ontology`: the event types, modes, contexts and sectors, with definitions, scores and CAMEO codes."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whimbrel.ontology import Ontology, Rule, Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.table import Table

LISTS = {
    "contexts": "What a report is about",
    "sectors": "What a party is",
    "international": "What stands for a country where a party has none",
    "flags": "What keeps an event from being a plain present fact",
}


class Format(StrEnum):
    """How to print the ontology."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("ontology")(show)


def show(
    name: Annotated[str | None, typer.Argument(metavar="[TYPE]", help="One event type, such as CONSULT.")] = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show the event types with their modes, scores and CAMEO codes, and the contexts and sectors."""
    ontology = Ontology.load()
    chosen = ontology.types if name is None else {name.upper(): ontology.type(name.upper())}
    lists = {} if name is not None else {key: getattr(ontology, key) for key in LISTS}
    if form is Format.JSON:
        typer.echo(json.dumps(as_json(ontology, chosen, lists), ensure_ascii=False, indent=2))
    elif form is Format.MARKDOWN:
        typer.echo(as_markdown(chosen, lists))
    else:
        _print_tables(chosen, lists)


def as_json(ontology: Ontology, types: Mapping[str, Type], lists: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return the types and lists as plain values; the CAMEO codes in use come with names and Goldstein values."""
    kinds = {
        kind.name: {
            "quad": kind.quad,
            "score": kind.score,
            "definition": kind.definition,
            "cameo": _plain_rule(kind.cameo),
            "modes": {
                mode.name: {
                    "score": mode.score,
                    "definition": mode.definition,
                    "cameo": _plain_rule(mode.cameo or kind.cameo),
                }
                for mode in kind.modes.values()
            },
        }
        for kind in types.values()
    }
    used = sorted({code for kind in types.values() for code in _codes(kind)})
    cameo = {code: {"name": ontology.codes[code].name, "goldstein": ontology.codes[code].goldstein} for code in used}
    return {"version": ontology.version, "types": kinds, **lists, "cameo": cameo}


def as_markdown(types: Mapping[str, Type], lists: Mapping[str, Mapping[str, str]]) -> str:
    """Return the types and lists as Markdown tables, as docs/ontology.md has them."""
    lines = []
    for kind in types.values():
        lines += [f"### {kind.name}", "", kind.definition, ""]
        lines += [f"{kind.quad.capitalize()}, score {kind.score:g}, CAMEO {_rule_text(kind.cameo)}.", ""]
        if kind.modes:
            rows = [(name, f"{score:g}", cameo, definition) for name, score, cameo, definition in _mode_rows(kind)]
            lines += [*_markdown_table(("mode", "score", "CAMEO", "definition"), rows), ""]
    for key, definitions in lists.items():
        lines += [f"## {key.capitalize()}", "", f"{LISTS[key]}.", ""]
        lines += [*_markdown_table(("name", "definition"), definitions.items()), ""]
    return "\n".join(lines).rstrip()


def _markdown_table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (heads, ("---",) * len(heads), *rows)]


def _print_tables(types: Mapping[str, Type], lists: Mapping[str, Mapping[str, str]]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only where a table is printed

    console = Console()
    console.print(_type_table(types))
    for key, definitions in lists.items():
        table = _table(LISTS[key], (key, "definition"))
        for name, definition in definitions.items():
            table.add_row(name, definition)
        console.print(table)


def _type_table(types: Mapping[str, Type]) -> Table:
    """Return the table of types, each with its modes under it."""
    table = _table("Event types and modes", ("type, mode", "score", "CAMEO", "definition"))
    table.columns[1].justify = "right"
    for kind in types.values():
        table.add_row(
            f"[bold]{kind.name}[/bold]", f"{kind.score:g}", _rule_text(kind.cameo), f"{kind.definition} ({kind.quad})"
        )
        for name, score, cameo, definition in _mode_rows(kind):
            table.add_row(f"  {name}", f"{score:g}", cameo, definition)
    return table


def _table(title: str, heads: tuple[str, ...]) -> Table:
    from rich import box  # noqa: PLC0415 - only where a table is printed
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=title, box=box.SIMPLE, title_justify="left")
    for number, head in enumerate(heads):
        table.add_column(head, no_wrap=number == 0, overflow="fold")
    return table


def _mode_rows(kind: Type) -> list[tuple[str, float, str, str]]:
    return [
        (mode.name, mode.score, _rule_text(mode.cameo or kind.cameo), mode.definition) for mode in kind.modes.values()
    ]


def _rule_text(rule: Rule) -> str:
    """Return a rule for reading: the code, and in brackets which context turns it into which."""
    special = ", ".join(f"{context} {code}" for context, code in rule.contexts)
    return f"{rule.code} ({special})" if special else rule.code


def _plain_rule(rule: Rule) -> dict[str, Any]:
    return {"code": rule.code, "contexts": dict(rule.contexts)}


def _codes(kind: Type) -> set[str]:
    rules = [kind.cameo, *(mode.cameo for mode in kind.modes.values() if mode.cameo is not None)]
    return {rule.code for rule in rules} | {code for rule in rules for _, code in rule.contexts}
