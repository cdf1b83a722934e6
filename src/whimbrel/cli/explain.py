"""`whimbrel explain`: what was found in a short text, how it was decided, and what was left out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from whimbrel.errors import OptionError
from whimbrel.records import Span

if TYPE_CHECKING:
    from rich.console import Console

    from whimbrel.coder import Coded, Examined
    from whimbrel.records import Extraction, FoundEvent, Place
    from whimbrel.resolution.reasons import Resolved

LONGEST = 20_000  # characters; a longer text is for `code`
SHOWN = 5  # candidates of one decision
LINE = {"party": "a party", "place": "a place", "date": "a date", "count": "a count"}


def _where(span: Span) -> str:
    return f"{span.text!r} [{span.start}:{span.end}]"


def _decision(label: str, what: str, resolved: Resolved[object]) -> list[str]:
    """Return the lines for one decision: what came out, why, and what else it could have been."""
    lines = [f"    {label}: {what}", f"      because {resolved.reason}"]
    lines += [
        f"      {'considered' if i else 'chosen    '}: {c.name} ({c.score:.2f}; {c.why})"
        for i, c in enumerate(resolved.candidates[:SHOWN])
    ]
    return lines


def _roles(found: FoundEvent) -> list[tuple[str, Span]]:
    many = [(role, span) for role in ("actor", "recipient", "place", "date") for span in getattr(found, role)]
    return many + [
        (role, span)
        for role in ("according_to", "killed", "injured", "arrested")
        if (span := getattr(found, role)) is not None
    ]


def _event_lines(coded: Coded, examined: Examined) -> list[str]:
    found, event = coded.found, coded.event
    types = ", ".join(f"{name} {probability:.2f}" for name, probability in found.types)
    lines = [
        f"  {event.event}{' ' + '/'.join(event.mode) if event.mode else ''}, triggered by {_where(found.trigger)}",
        f"    types: {types}",
        f"    confidence {event.confidence:.2f}; {event.quad}, score {event.score:g}, CAMEO {event.cameo}",
    ]
    if event.flags:
        lines.append(f"    flags: {', '.join(event.flags)}")
    for role, span in _roles(found):
        resolved = examined.parties.get((span.start, span.end))
        if role in {"actor", "recipient", "according_to"} and resolved is not None:
            who = (
                "; ".join(
                    f"{p.name} ({', '.join(filter(None, (p.country, ' '.join(p.sector), p.office)))})"
                    for p in resolved.value.members
                )
                or "unknown"
            )
            lines += _decision(f"{role} {_where(span)}", who, resolved)
        elif role in {"killed", "injured", "arrested"}:
            count = getattr(event, role)
            lines.append(
                f"    {role} {_where(span)}: {count.value if count.value is not None else 'number not understood'}"
            )
    return lines + _when_and_where(coded)


def _when_and_where(coded: Coded) -> list[str]:
    lines = []
    if coded.place is not None:
        place = coded.place.value
        read = place or coded.found.place[0]
        lines += _decision(f"place {_where(Span(read.text, read.start, read.end))}", _place(place), coded.place)
    day = coded.date.value
    return lines + _decision("date", f"{day.start} to {day.end} ({day.precision})" if day else "unknown", coded.date)


def _place(place: Place | None) -> str:
    if place is None or place.name is None:
        return "unknown"
    named = f"{place.name}, {place.country}" if place.country else place.name
    return f"{named} ({place.precision})"


def _left_out(found: FoundEvent, least: float) -> str:
    types = ", ".join(f"{name} {probability:.2f}" for name, probability in found.types)
    reason = f"below the threshold of {least:.2f}"
    if found.double_of is not None:
        reason = f"says again what {_where(found.double_of)} says"
    return f"  {_where(found.trigger)}: {types}; {reason}"


def show(examined: Examined, least: dict[str, float], console: Console) -> None:
    """Print one examined document."""
    extraction = examined.extraction
    for line in _head(extraction):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    for sentence in extraction.segmented.sentences:
        lines = [f"\nSentence {sentence.index} [{sentence.start}:{sentence.end}]: {sentence.text}"]
        mentions = [m for m in extraction.mentions if m.sentence == sentence.index]
        if mentions:
            lines.append(
                "  phrases: " + "; ".join(f"{_where(m.span)} {LINE[m.kind]} {m.probability:.2f}" for m in mentions)
            )
        for coded in examined.coded:
            if coded.found.sentence == sentence.index:
                lines += _event_lines(coded, examined)
        left = [e for e in extraction.left_out if e.sentence == sentence.index]
        lines += ["  left out:"] * bool(left) + ["  " + _left_out(e, least.get(e.event, 0.0)) for e in left]
        if len(lines) == 1:
            lines.append("  nothing here looks like an event")
        for line in lines:
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _head(extraction: Extraction) -> list[str]:
    document, dateline = extraction.document, extraction.segmented.dateline
    lines = [f"published: {document.published or 'not said'}"]
    if dateline:
        parts = [f"{name} {span.text!r}" for name in ("place", "date", "agency") if (span := getattr(dateline, name))]
        lines.append("dateline: " + ", ".join(parts))
    if extraction.context:
        lines.append("context: " + ", ".join(f"{name} {probability:.2f}" for name, probability in extraction.context))
    return lines


def _given(text: str) -> str:
    if text == "-":
        text = typer.get_text_stream("stdin").read()
    if not text.strip():
        raise OptionError(
            "there is no text to explain; give a sentence in quotation marks, or - to read standard input"
        )
    if len(text) > LONGEST:
        raise OptionError(
            f"the text has {len(text):,} characters and explain takes {LONGEST:,}; give a part of it, "
            "or code all of it with `whimbrel code`"
        )
    return text


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("explain")
    def explain(
        text: str = typer.Argument(help="A sentence or short text, or - for standard input."),
        published: str = typer.Option(None, help="The day of publication, such as 2023-10-17."),
        min_confidence: float = typer.Option(None, help="Keep events of at least this confidence (0 to 1)."),
        model: Path = typer.Option(None, help="A model folder instead of the one that ships."),
        actors: Path = typer.Option(None, help="A CSV table of parties of your own."),
        places: Path = typer.Option(None, help="A CSV table of places of your own."),
    ) -> None:
        """Say what is found in a sentence or short text, and why."""
        from rich.console import Console  # noqa: PLC0415

        from whimbrel.coder import Coder  # noqa: PLC0415
        from whimbrel.extraction.extractor import OnnxExtractor  # noqa: PLC0415

        given = _given(text)
        extractor = OnnxExtractor.load(model)
        coder = Coder(extractor=extractor, min_confidence=min_confidence, actors=actors, places=places)
        examined = coder.examine(coder.document(given, published=published))
        settings = extractor.decoder.settings
        least = {
            name: settings.least(name) if min_confidence is None else min_confidence
            for name in extractor.decoder.labels.types
        }
        show(examined, least, Console())
