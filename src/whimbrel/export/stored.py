"""Event records read back from JSON lines, as `whimbrel code` writes them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from whimbrel.errors import InputError, SourceError
from whimbrel.export.records import event_from_dict
from whimbrel.export.schema import schema
from whimbrel.reading.lines import Line, lines
from whimbrel.reading.opening import opened
from whimbrel.reading.values import Progress, Reject, Settings, reject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whimbrel.export.schema import Schema
    from whimbrel.ontology import Ontology
    from whimbrel.records import Event

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "null": type(None),
}


def stored_events(source: str, ontology: Ontology, progress: Progress | None = None) -> Iterator[Event | Reject]:
    """Give the events of a file of JSON lines, compressed or not, or of "-" for what is piped in, one at a time.

    A line that holds no record is a Reject with file, line and reason; an empty line is passed over. Raises
    SourceError where the source cannot be read.
    """
    progress = progress or Progress()
    if (raw := _open(source, progress)) is None:
        return
    name = "standard input" if source == "-" else source
    shape = schema()
    with opened(raw, name, Settings(progress=progress)) as stream:
        for item in lines(stream):
            if isinstance(item, Reject):
                yield item
            elif item.raw.strip():
                yield _event(item, name, ontology, shape)


def _open(source: str, progress: Progress) -> BinaryIO | None:
    """Open the source; None for an empty file, which is what a run without events leaves."""
    if source == "-":
        return cast("BinaryIO", sys.stdin.buffer)
    path = Path(source)
    try:
        raw = path.open("rb")
        progress.bytes_total = path.stat().st_size
    except IsADirectoryError:
        raise SourceError(f"{source}: this is a folder; give a file of event records (.jsonl)") from None
    except OSError as error:
        raise SourceError(f"{source}: cannot be read ({error.strerror or error}); check the name") from error
    if path.is_file() and not progress.bytes_total:
        raw.close()
        return None
    return raw


def _event(line: Line, name: str, ontology: Ontology, shape: Schema) -> Event | Reject:
    where = f"{name}, line {line.number}"
    try:
        record = json.loads(line.raw, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        hint = "give a file that `whimbrel code -o FILE.jsonl` wrote"
        return reject(where, f"not a line of JSON ({error}); {hint}", line.raw)
    fault = next(_faults(record, shape, "the record"), None) or _unknown(record, ontology)
    if fault is not None:
        return reject(where, f"not an event record: {fault}; `whimbrel schema` shows what one holds", line.raw)
    try:
        return event_from_dict(record)
    except InputError as error:
        return reject(where, str(error), line.raw)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON's")


def _faults(value: Any, shape: Schema, where: str) -> Iterator[str]:
    """Say where a value is not of the record's shape: another type, something missing, or none of the known words."""
    kinds = [shape["type"]] if isinstance(shape["type"], str) else shape["type"]
    if isinstance(value, bool) or not any(isinstance(value, _TYPES[kind]) for kind in kinds):
        yield f"{where} is {_kind(value)}, not {' or '.join(kinds)}"
    elif "enum" in shape and value not in shape["enum"]:
        yield f"{where} is {value!r}, none of {', '.join(map(str, shape['enum']))}"
    elif isinstance(value, dict):
        for name, inner in shape["properties"].items():
            if name not in value:
                yield f"{name!r} is missing" if where == "the record" else f"{where}.{name} is missing"
            else:
                yield from _faults(value[name], inner, name if where == "the record" else f"{where}.{name}")
    elif isinstance(value, list):
        inner_shapes = shape.get("prefixItems") or [shape["items"]] * len(value)
        if len(inner_shapes) != len(value):
            yield f"{where} has {len(value)} parts, not {len(inner_shapes)}"
        for number, (part, inner) in enumerate(zip(value, inner_shapes, strict=False)):
            yield from _faults(part, inner, f"{where}[{number}]")


def _unknown(record: Any, ontology: Ontology) -> str | None:
    if record["event"] not in ontology.types:
        return f"{record['event']!r} is no event type"
    if record["cameo"] not in ontology.codes:
        return f"{record['cameo']!r} is no CAMEO code that Whimbrel uses"
    return None


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
