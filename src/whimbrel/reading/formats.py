"""Which format a source is in, by its name or by its first bytes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from whimbrel.reading.items import usual_columns

if TYPE_CHECKING:
    from whimbrel.reading.values import Columns

SUFFIXES = {
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "json lines",
    ".ndjson": "json lines",
    ".json": "json",
    ".csv": "table",
    ".tsv": "table",
    ".tab": "table",
    ".parquet": "parquet",
    ".pq": "parquet",
}
PACKED = (".gz", ".xz", ".zst")
_OTHERS = (".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".zip", ".xml", ".log", ".dat", ".warc", ".bz2", ".tar")


def format_of(name: str) -> str | None:
    """Return the format that a file's name tells, None where it tells none that is known."""
    lowered = name.lower()
    for suffix in PACKED:
        lowered = lowered.removesuffix(suffix)
    return next((kind for suffix, kind in SUFFIXES.items() if lowered.endswith(suffix)), None)


def looks_like_file(source: str) -> bool:
    """Whether something that does not exist was meant as a path rather than as a text to code.

    A text has white space; a path may too, but then it begins like one or ends in a known suffix.
    """
    if "\n" in source or len(source) > 1_000:
        return False
    if not re.search(r"\s", source.strip()):
        return True
    lowered = source.lower()
    known = (*SUFFIXES, *PACKED, *_OTHERS)
    return lowered.endswith(known) or bool(re.match(r"/|\.{1,2}/|~|[a-z]:[\\/]", lowered))


def sniffed(head: bytes, columns: Columns) -> str:
    """Return the format that the first bytes look like; "text" where they look like nothing else."""
    start = head.lstrip()[:1_000].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "html"
    if start.startswith((b"<?xml", b"<!--")) and b"<html" in head[:5_000].lower():
        return "html"
    if start.startswith((b"{", b"[")):
        return _json_kind(head)
    return "table" if _names_columns(head, columns) else "text"


def _json_kind(head: bytes) -> str:
    first, _, rest = head.lstrip().partition(b"\n")
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        # a first line too long for the look, or an object over several lines
        return "json lines" if first.startswith(b"{") and len(first) > 1_000 else _json_or_text(first)
    if isinstance(value, dict):
        return "json lines"
    objects = isinstance(value, list) and all(isinstance(item, dict) for item in value[:1])
    return "json" if objects and not rest.strip() else "text"


def _json_or_text(first: bytes) -> str:
    """Tell a JSON file over several lines from a text that begins with a bracket ("[Moscow] ...")."""
    return "json" if re.match(rb'[\[{]\s*($|["{\[])', first) else "text"


def _names_columns(head: bytes, columns: Columns) -> bool:
    first = head.split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    for delimiter in ",\t;|":
        names = [name.strip().strip('"') for name in first.split(delimiter)]
        if len(names) > 1 and usual_columns(names, columns).text in names:
            return True
    return False
