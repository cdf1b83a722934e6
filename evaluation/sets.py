"""Annotated sets as files: reading them, and turning their reports into what the coder reads.

A set is two files of JSON lines: DOCS, one report a line with its `id`, `date` and `sentences`; and GOLD, one
annotation a line with the report's `id`, `contexts`, `entities` and `events`, whose phrases are copied from the
sentences ("talks#2": the second "talks" of its sentence). A report's text is its sentences joined by one space.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from whimbrel.errors import SourceError
from whimbrel.records import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Line = dict[str, Any]
_NTH = re.compile(r"(.*)#(\d+)", re.DOTALL)


def read_lines(path: Path) -> list[Line]:
    """Return the objects of a file of JSON lines (`.xz` is unpacked), blank lines left out.

    Raises SourceError, which names the file and line.
    """
    return list(iterate_lines(path))


def iterate_lines(path: Path) -> Iterator[Line]:
    """Yield the objects of a file of JSON lines one by one, as `read_lines` returns them."""
    try:
        with (lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8")) as text:
            yield from _objects(path, text)
    except (OSError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read: {error}; give a file of JSON lines in UTF-8") from error


def _objects(path: Path, text: Iterable[str]) -> Iterator[Line]:
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise SourceError(f"{path}, line {number} is not JSON: {error}; mend or remove the line") from error
        if not isinstance(value, dict):
            raise SourceError(f"{path}, line {number} is not a JSON object but {type(value).__name__}")
        yield value


def field(line: Line, name: str, what: str) -> Any:
    """Return one field of a line; raises SourceError naming `what` was read where the field is absent."""
    try:
        return line[name]
    except (KeyError, TypeError) as error:
        raise SourceError(f"{what} has no {name!r}: is it a file of the right kind?") from error


def locate(phrase: str, sentence: str) -> tuple[int, int] | None:
    """Return the characters of a copied phrase in its sentence, or None where it does not stand there."""
    numbered = _NTH.fullmatch(phrase)
    wanted, occurrence = (numbered[1], int(numbered[2])) if numbered else (phrase, 1)
    start = -1
    for _ in range(occurrence):
        start = sentence.find(wanted, start + 1)
        if start < 0:
            return None
    return (start, start + len(wanted)) if wanted else None


def sentence_starts(sentences: Sequence[str]) -> list[int]:
    """Return where each sentence begins in the report's text, and last where one more would begin."""
    starts = [0]
    for sentence in sentences:
        starts.append(starts[-1] + len(sentence) + 1)
    return starts


def document(line: Line) -> Document:
    """Return a report of a set as the coder reads it; its sentence cuts are not passed on."""
    published = line.get("date")
    return Document(id=line["id"], text=" ".join(line["sentences"]), title=line.get("title") or None,
                    url=line.get("url") or None, published=date.fromisoformat(published) if published else None)


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error}") from error
