"""The command line: one file for each group of commands; each file adds its own with `register(app)`."""

from __future__ import annotations

import sys

import typer

from whimbrel.errors import WhimbrelError
from whimbrel.version import __version__

app = typer.Typer(
    name="whimbrel",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Reads news and keeps a verifiable record of who did what to whom, where, when and according to whom.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"whimbrel {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Say which release this is."
    ),
) -> None:
    """Read what stands before the command."""


def build() -> typer.Typer:
    """Return the app with every command."""
    from whimbrel.cli import code, explain, export, ontology, schema, search, store  # noqa: PLC0415  each loads what it needs

    for group in (code, explain, ontology, schema, search, export, store):
        group.register(app)
    return app


def main() -> None:
    """Run the command line; a known error is one sentence on standard error and exit status 2."""
    try:
        build()()
    except WhimbrelError as error:
        print(f"whimbrel: {error}", file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        print("whimbrel: interrupted", file=sys.stderr)  # noqa: T201
        raise SystemExit(130) from None
    except BrokenPipeError:
        sys.stderr.close()  # nobody reads on; say nothing
        raise SystemExit(141) from None
