"""`whimbrel schema`: the JSON Schema of an event record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("schema")
    def show() -> None:
        """Print the JSON Schema of the event record."""
        import typer as shell  # noqa: PLC0415

        from whimbrel.export import schema  # noqa: PLC0415

        shell.echo(json.dumps(schema(), indent=2, ensure_ascii=False))
