"""A source as a person names it (text, file, folder, glob, address, "-") -> its Documents, one after another."""

from __future__ import annotations

import difflib
import glob
import os
import re
import sys
from collections import Counter
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from whimbrel.errors import SourceError
from whimbrel.reading.folders import walk
from whimbrel.reading.formats import SUFFIXES, format_of, looks_like_file, sniffed
from whimbrel.reading.items import Maker
from whimbrel.reading.json_documents import json_lines, json_values
from whimbrel.reading.opening import opened
from whimbrel.reading.parquet import parquet
from whimbrel.reading.plain import html, plain_text
from whimbrel.reading.tables import table
from whimbrel.reading.values import DOCUMENT_LIMIT, Columns, Progress, Reject, Seen, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from io import FileIO

    import httpx

    from whimbrel.reading.opening import Stream
    from whimbrel.records import Document

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_USUAL = Columns()
_MAGIC = re.compile(r"[*?\[]")


def read(
    source: str,
    *,
    columns: Columns = _USUAL,
    published: date | None = None,
    client: httpx.Client | None = None,
    lenient_dates: bool = False,
    encoding: str | None = None,
    limit: int = DOCUMENT_LIMIT,
    skip: Iterable[Path] = (),
    progress: Progress | None = None,
    seen: Seen | None = None,
) -> Iterator[Document | Reject]:
    """Give the documents of a source one by one, and a Reject for each item that had to be set aside.

    `source` is a file, a folder, a glob, an http(s) address, "-" for what is piped in, or a text itself. `columns`
    names columns that do not have the usual names; `published` is the day of documents whose source tells none;
    `lenient_dates` reads items with a wrong date without it; `encoding` is that of files that are not Unicode;
    `limit` is the longest text in characters; files in `skip` are passed over in folders. `progress` is kept up to
    date, and `seen` holds the ids met, to share among the sources of one run. Memory stays flat whatever the size.

    Raises SourceError, on the first step, where the whole source cannot be read, and OptionError for an encoding
    that does not exist.

        >>> [document] = read("Kenya and Uganda signed a trade agreement on Monday.")
        >>> document.text
        'Kenya and Uganda signed a trade agreement on Monday.'
    """
    settings = Settings(
        columns,
        published,
        lenient_dates,
        encoding,
        limit,
        frozenset(path.resolve() for path in skip),
        Progress() if progress is None else progress,
        Seen() if seen is None else seen,
        client,
    )
    settings.progress.source = source
    yield from _read(source, settings)


def _read(source: str, settings: Settings) -> Iterator[Document | Reject]:
    if not source.strip():
        raise SourceError("the text given is empty; give a sentence in quotes, a file, a folder or a web address")
    if source == "-":
        yield from _piped(settings)
    elif _ADDRESS.match(source):
        yield from _address(source, settings)
    elif _exists(source):
        path = Path(source)
        yield from _folder(path, settings) if path.is_dir() else _file(path, _name(path), _name(path), settings)
    elif not looks_like_file(source):
        yield _given(source, settings)
    elif _MAGIC.search(source):
        yield from _glob(source, settings)
    else:
        raise SourceError(_missing(source))


def _exists(source: str) -> bool:
    try:
        return os.path.lexists(source)
    except ValueError:  # a NUL in it, so no path
        return False


def _given(text: str, settings: Settings) -> Document | Reject:
    raw = text.encode("utf-8", "replace")
    settings.progress.bytes_total = settings.progress.bytes_read = len(raw)
    return Maker("text", settings).document(text, "text", f"text-{blake2b(raw, digest_size=8).hexdigest()}")


def _missing(source: str) -> str:
    if source.lower().startswith("www."):
        return f"{source}: no such file; for a web address begin with https://"
    path = Path(source)
    folder = path.parent
    if not folder.is_dir():
        return f"{source}: no such file, and no such folder {folder.as_posix()}; check the path"
    names = [entry.name for entry in folder.iterdir()]
    near = difflib.get_close_matches(path.name, names, 3, 0.6)
    hint = f"did you mean {' or '.join((folder / name).as_posix() for name in near)}?" if near else "check the path"
    text = "" if path.suffix else "; a text to code stands in quotes"
    return f"{source}: no such file{text}; {hint}"


def _name(path: Path) -> str:
    """Return a path for messages and ids, always valid Unicode."""
    return path.as_posix().encode("utf-8", "replace").decode()


def _open_file(path: Path) -> FileIO:
    try:
        return path.open("rb", buffering=0)
    except PermissionError as error:
        raise SourceError(f"{path.as_posix()}: no permission to read it; change its rights (chmod +r)") from error
    except OSError as error:
        raise SourceError(f"{path.as_posix()}: cannot be opened ({error.strerror or error}); check the path") from error


def _file(
    path: Path,
    name: str,
    identifier: str,
    settings: Settings,
    *,
    kind: str | None = None,
    url: str | None = None,
) -> Iterator[Document | Reject]:
    """Read one file; `name` is for messages, `identifier` for the id of a file that is one document."""
    if settings.progress.bytes_total is None and path.is_file():
        settings.progress.bytes_total = path.stat().st_size
    file = _open_file(path)
    kind = kind or format_of(path.name)
    if kind == "parquet" or (kind is None and _starts_parquet(file)):
        file.close()
        yield from parquet(path, name, settings)
        return
    with opened(file, name, settings) as stream:
        yield from _of_kind(kind or sniffed(stream.head, settings.columns), stream, identifier, url)


def _starts_parquet(file: FileIO) -> bool:
    if not file.seekable():
        return False
    start = file.read(4)
    file.seek(0)
    return start == b"PAR1"


def _of_kind(kind: str, stream: Stream, identifier: str, url: str | None) -> Iterator[Document | Reject]:
    if kind == "json lines":
        return json_lines(stream)
    if kind == "json":
        return json_values(stream)
    if kind == "table":
        return table(stream)
    return (html if kind == "html" else plain_text)(stream, identifier, url)


def _folder(folder: Path, settings: Settings) -> Iterator[Document | Reject]:
    """Read the files of a folder and those below it, in the order of their names."""
    known = [path for path in walk(folder, settings.skip) if isinstance(path, Path) and format_of(path.name)]
    if not known:
        raise SourceError(f"{_name(folder)}: {_nothing_readable(folder, settings)}")
    if settings.progress.bytes_total is None:
        settings.progress.bytes_total = sum(path.stat().st_size for path in known if path.exists())
    del known
    for path in walk(folder, settings.skip):
        if isinstance(path, Reject):
            settings.progress.rejects += 1
            yield path
        elif format_of(path.name) is None:
            reason = f"a kind of file that is not read in folders ({path.suffix or 'no ending'}); name it itself to try"
            yield Maker(_name(path), settings).rejected(_name(path), reason)
        else:
            yield from _one_of_many(path, _name(path.relative_to(folder)), settings)


def _nothing_readable(folder: Path, settings: Settings) -> str:
    endings = Counter(path.suffix or path.name for path in walk(folder, settings.skip) if isinstance(path, Path))
    if not endings:
        return "the folder is empty; nothing to read"
    listed = ", ".join(f"{count} {ending}" for ending, count in endings.most_common(5))
    return f"nothing in the folder can be read ({listed}); it takes {' '.join(sorted(SUFFIXES))}, also .gz .xz .zst"


def _one_of_many(path: Path, identifier: str, settings: Settings) -> Iterator[Document | Reject]:
    """Read a file among others: where it cannot be read, it is set aside and the others go on."""
    try:
        yield from _file(path, _name(path), identifier, settings)
    except SourceError as error:
        maker = Maker(_name(path), settings)
        yield maker.rejected(_name(path), str(error).removeprefix(f"{_name(path)}: "))


def _glob(pattern: str, settings: Settings) -> Iterator[Document | Reject]:
    paths = [Path(found) for found in sorted(glob.iglob(pattern, recursive=True))]  # noqa: PTH207 - takes any pattern
    files = [path for path in paths if path.is_file() and path.resolve() not in settings.skip]
    if not files:
        raise SourceError(f"{pattern}: no file matches; check the pattern (** goes into folders)")
    if settings.progress.bytes_total is None:
        settings.progress.bytes_total = sum(path.stat().st_size for path in files)
    for path in files:
        yield from _one_of_many(path, _name(path), settings)


def _piped(settings: Settings) -> Iterator[Document | Reject]:
    raw = cast("BinaryIO", sys.stdin.buffer)
    keep = os.fdopen(os.dup(raw.fileno()), "rb") if _has_number(raw) else raw
    with opened(keep, "standard input", settings) as stream:
        if stream.head.startswith(b"PAR1"):
            raise SourceError("standard input: Parquet cannot be read from a pipe; save it and give the file")
        yield from _of_kind(sniffed(stream.head, settings.columns), stream, "-", None)


def _has_number(raw: BinaryIO) -> bool:
    try:
        raw.fileno()
    except OSError:
        return False
    return True


def _address(url: str, settings: Settings) -> Iterator[Document | Reject]:
    web = import_module("whimbrel.reading.web")  # httpx is slow to import, and needed for addresses only
    with web.fetched(url, settings.client) as (path, kind):
        yield from _file(path, url, url, settings, kind=kind or format_of(url.split("?", maxsplit=1)[0]), url=url)
