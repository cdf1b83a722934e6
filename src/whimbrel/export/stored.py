"""Event records read back from JSON lines, as `whimbrel code` writes them."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from whimbrel.errors import InputError, SourceError
from whimbrel.export.records import event_from_dict
from whimbrel.export.schema import schema
from whimbrel.reading.lines import Line, lines
from whimbrel.reading.opening import opened
from whimbrel.reading.values import Progress, Reject, Settings, reject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from whimbrel.export.schema import Schema
    from whimbrel.ontology import Ontology
    from whimbrel.records import Event

Fault = tuple[str, str]
"""Where in a record something is wrong (".actor[0].members"), and what ("is missing")."""
Check = Callable[[Any], Fault | None]
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "null": (type(None),),
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
    check = _checker(schema())
    with opened(raw, name, Settings(progress=progress)) as stream:
        for item in lines(stream):
            if isinstance(item, Reject):
                yield item
            elif item.raw.strip():
                yield _event(item, name, ontology, check)


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


def _event(line: Line, name: str, ontology: Ontology, check: Check) -> Event | Reject:
    where = f"{name}, line {line.number}"
    try:
        record = json.loads(line.raw, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        hint = "give a file that `whimbrel code -o FILE.jsonl` wrote"
        return reject(where, f"not a line of JSON ({error}); {hint}", line.raw)
    fault = check(record)
    said = f"{fault[0].removeprefix('.') or 'the record'} {fault[1]}" if fault else _unknown(record, ontology)
    if said is not None:
        return reject(where, f"not an event record: {said}; `whimbrel schema` shows what one holds", line.raw)
    try:
        return event_from_dict(record)
    except InputError as error:
        return reject(where, str(error), line.raw)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON's")


def _checker(shape: Schema) -> Check:
    """Return a function that says where a value is not of a shape: "" and what is wrong there, or None.

    Checked are types, what is missing, and known words; made once, it takes some 25 microseconds a record.
    """
    kinds = [shape["type"]] if isinstance(shape["type"], str) else shape["type"]
    allowed = frozenset(kind for name in kinds for kind in _TYPES[name])
    words = shape.get("enum")
    fields = [(name, _checker(inner)) for name, inner in shape.get("properties", {}).items()]
    parts = [_checker(inner) for inner in shape.get("prefixItems", ())]
    every = _checker(shape["items"]) if shape.get("items") else None

    def check(value: Any) -> Fault | None:
        if type(value) not in allowed:
            return "", f"is {_kind(value)}, not {' or '.join(kinds)}"
        if words is not None and value not in words:
            return "", f"is {value!r}, none of {', '.join(map(str, words))}"
        if fields and value is not None:
            return _field_fault(value, fields)
        if parts and value is not None and len(value) != len(parts):
            return "", f"has {len(value)} parts, not {len(parts)}"
        if parts or every:
            return _part_fault(value or (), parts or itertools.repeat(every))
        return None

    return check


def _field_fault(value: dict[str, Any], fields: list[tuple[str, Check]]) -> Fault | None:
    for name, check in fields:
        if name not in value:
            return f".{name}", "is missing"
        if fault := check(value[name]):
            return f".{name}{fault[0]}", fault[1]
    return None


def _part_fault(value: Sequence[Any], checks: Iterable[Check | None]) -> Fault | None:
    for number, (part, check) in enumerate(zip(value, checks, strict=False)):
        if check and (fault := check(part)):
            return f"[{number}]{fault[0]}", fault[1]
    return None


def _unknown(record: Any, ontology: Ontology) -> str | None:
    if record["event"] not in ontology.types:
        return f"{record['event']!r} is no event type"
    if record["cameo"] not in ontology.codes:
        return f"{record['cameo']!r} is no CAMEO code that Whimbrel uses"
    return None


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
