"""JSON lines, and JSON files of one object or an array, read as they come."""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING, Any

from whimbrel.reading.encoding import decode, eight_bit
from whimbrel.reading.items import Maker, usual_columns
from whimbrel.reading.lines import line_limit, lines
from whimbrel.reading.opening import DamagedError
from whimbrel.reading.values import ITEM_LIMIT, Columns, Reject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whimbrel.reading.opening import Stream
    from whimbrel.reading.values import Progress
    from whimbrel.records import Document

_KINDS = {str: "a string", bool: "true or false", int: "a number", float: "a number", list: "an array"}


class _Objects:
    """JSON values of one source -> Documents; finds the columns anew only where the keys change."""

    def __init__(self, stream: Stream) -> None:
        self.maker = Maker(stream.name, stream.settings)
        self._wanted = stream.settings.columns
        self._keys: tuple[str, ...] = ()
        self._columns = Columns()

    def document(self, value: Any, where: str, own_id: str) -> Document | Reject:
        if not isinstance(value, dict):
            reason = f"{_KINDS.get(type(value), 'null')}, not an object with a text"
            return self.maker.rejected(where, reason, "null" if value is None else value)
        if (keys := tuple(value)) != self._keys:
            self._keys, self._columns = keys, usual_columns(keys, self._wanted)
        return self.maker.record(value, self._columns, where, own_id)


def json_lines(stream: Stream) -> Iterator[Document | Reject]:
    """Give the document of each line; blank lines count but give none."""
    objects = _Objects(stream)
    for line in lines(stream):
        if isinstance(line, Reject):
            yield objects.maker.passed(line)
        elif not line.raw.isspace():
            where = f"{stream.name}, line {line.number}"
            yield _of_line(line.raw, where, f"{stream.name}:{line.number}", objects)


def _of_line(raw: bytes, where: str, own_id: str, objects: _Objects) -> Document | Reject:
    text = decode(raw, objects.maker.source, where, objects.maker.settings.progress).rstrip("\r\n")
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        reason = f"broken JSON: {error.msg.removesuffix(' at')} at column {error.colno}"
        return objects.maker.rejected(where, reason, text)
    except RecursionError:
        return objects.maker.rejected(where, "broken JSON: nested too deeply", text)
    except ValueError as error:  # a whole number of thousands of digits
        return objects.maker.rejected(where, f"broken JSON: {error}", text)
    return objects.document(value, where, own_id)


def json_values(stream: Stream) -> Iterator[Document | Reject]:
    """Give the documents of a JSON file: an array of objects, one object, or objects one after another."""
    objects = _Objects(stream)
    number = 0
    for number, value in enumerate(_values(stream, objects.maker), 1):
        if isinstance(value, Reject):
            yield value
            continue
        where = f"{stream.name}, item {number}"
        nested = _nested(value, objects)
        if nested is None:
            yield objects.document(value, where, f"{stream.name}:{number}")
            continue
        for inner, item in enumerate(nested, 1):
            yield objects.document(item, f"{where}.{inner}", f"{stream.name}:{number}.{inner}")


def _nested(value: Any, objects: _Objects) -> list[Any] | None:
    """Return the list inside an object that only wraps it, as {"articles": [...]} does."""
    if not isinstance(value, dict) or usual_columns(value, objects.maker.settings.columns).text is not None:
        return None
    found = [item for item in value.values() if isinstance(item, list) and item and isinstance(item[0], dict)]
    return found[0] if len(found) == 1 else None


class _Buffer:
    """Text of a stream, as much as the value at hand needs."""

    def __init__(self, stream: Stream, progress: Progress) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(eight_bit(stream.head, stream.name, progress))("replace")
        self.text = ""
        self.ended = False

    def more(self, size: int) -> None:
        """Read until the buffer has grown by `size` characters or the stream ends."""
        parts = [self.text]
        grown = 0
        while grown < size and not self.ended:
            chunk = self._stream.read1()
            self.ended = not chunk
            parts.append(self._decoder.decode(chunk, final=self.ended))
            grown += len(parts[-1])
        self.text = "".join(parts)

    def skip(self, signs: str) -> str:
        """Drop these signs from the start; return the next one, "" at the end."""
        while True:
            self.text = self.text.lstrip(signs)
            if self.text or self.ended:
                return self.text[:1]
            self.more(1)


def _values(stream: Stream, maker: Maker) -> Iterator[Any]:
    buffer = _Buffer(stream, stream.settings.progress)
    decoder, limit = json.JSONDecoder(), line_limit(stream.settings.limit)
    try:
        array = buffer.skip(" \t\r\n") == "["
        if array:
            buffer.text = buffer.text[1:]
        while buffer.skip(" \t\r\n,") not in ("", "]"):
            value = _next(buffer, decoder, limit)
            if isinstance(value, str):
                yield maker.rejected(stream.name, value, buffer.text[:ITEM_LIMIT])
                return
            yield value[0]
        if array and not buffer.text:
            yield maker.rejected(stream.name, "the array is not closed: the file ends in the middle", None)
    except DamagedError as error:
        yield maker.rejected(stream.name, str(error), buffer.text[:ITEM_LIMIT])


def _next(buffer: _Buffer, decoder: json.JSONDecoder, limit: int) -> tuple[Any] | str:
    """Take the next value, in a tuple, or say why there is none."""
    while True:
        try:
            value, end = decoder.raw_decode(buffer.text)
        except RecursionError:
            return "broken JSON: nested too deeply; what follows is not read"
        except ValueError as error:
            if buffer.ended:
                return f"broken JSON ({error}); what follows is not read; JSON lines lose only the broken line"
            if len(buffer.text) > limit:
                return f"broken JSON, or one item of more than {limit:,} characters; what follows is not read"
            buffer.more(max(len(buffer.text), 1))
            continue
        if end == len(buffer.text) and not buffer.ended:  # a number may go on
            buffer.more(1)
            continue
        buffer.text = buffer.text[end:]
        return (value,)
