"""Bytes of a file or pipe: counted, decompressed, and as UTF-8 where they were in another encoding of Unicode."""

from __future__ import annotations

import codecs
import gzip
import io
import lzma
import sys
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from whimbrel.errors import InputError, OptionError, SourceError
from whimbrel.reading.encoding import binary_kind, unicode_encoding

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whimbrel.reading.values import Progress, Settings

CHUNK = 1 << 16
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, zstd.ZstdError, OSError)
_PACKED: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)


class DamagedError(InputError):
    """The bytes end or break in the middle; what came before is good."""


class Source(Protocol):
    """Anything that gives bytes as they come."""

    def read1(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, at least one except at the end."""
        ...


class Counted(io.RawIOBase):
    """Bytes of another file, counted as they pass."""

    def __init__(self, raw: BinaryIO, progress: Progress) -> None:
        super().__init__()
        self._raw = raw
        self._progress = progress

    def readable(self) -> bool:
        """Return True: it is for reading."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Fill the buffer with what there is; returns how many bytes."""
        step = self._raw.read1 if isinstance(self._raw, io.BufferedReader) else self._raw.read
        chunk = step(len(buffer))
        buffer[: len(chunk)] = chunk
        self._progress.bytes_read += len(chunk)
        return len(chunk)

    def close(self) -> None:
        """Close both."""
        self._raw.close()
        super().close()


class _Guarded:
    """A source whose failures are all DamagedErrors, worded for a person."""

    def __init__(self, inner: Source, packed: str | None) -> None:
        self._inner = inner
        self._packed = packed

    def read1(self, size: int = CHUNK, /) -> bytes:
        try:
            return self._inner.read1(size)
        except EOFError as error:
            what = f"the {self._packed} file is cut off: it ends in the middle"
            raise DamagedError(f"{what}; what came before is kept; copy it again") from error
        except _BROKEN as error:
            what = f"the {self._packed} data is damaged" if self._packed else "reading failed"
            raise DamagedError(f"{what} ({error}); what came before is kept; copy the file again") from error


class Peeked:
    """A source with a first look at it, `head`, that takes nothing away; a failure comes after what preceded it."""

    def __init__(self, inner: Source, skip: int = 0) -> None:
        self._inner = inner
        self._error: DamagedError | None = None
        parts: list[bytes] = []
        size = 0
        try:
            while size < CHUNK and (chunk := inner.read1(CHUNK)):
                parts.append(chunk)
                size += len(chunk)
        except DamagedError as error:
            self._error = error
        self.head = self._pending = b"".join(parts)[skip:]

    def drop(self, size: int) -> None:
        """Leave out the first bytes."""
        self.head = self._pending = self._pending[size:]

    def read1(self, size: int = CHUNK, /) -> bytes:
        """Give some bytes, b"" at the end; raises DamagedError where they break."""
        if self._pending:
            chunk, self._pending = self._pending[:size], self._pending[size:]
            return chunk
        if self._error is not None:
            raise self._error
        return self._inner.read1(size)


class _Transcoded:
    """A source of another encoding, as UTF-8; what cannot be decoded becomes U+FFFD."""

    def __init__(self, inner: Source, encoding: str) -> None:
        self._inner = inner
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ended = False

    def read1(self, size: int = CHUNK, /) -> bytes:
        while not self._ended:
            chunk = self._inner.read1(size)
            self._ended = not chunk
            if text := self._decoder.decode(chunk, final=self._ended):
                return text.encode("utf-8", "replace")
        return b""


class Stream:
    """A source opened for reading: its name for messages, and its bytes, decompressed, UTF-8 where that was known."""

    def __init__(self, raw: BinaryIO, name: str, settings: Settings) -> None:
        self.name = name
        self.settings = settings
        self._file = io.BufferedReader(Counted(raw, settings.progress), CHUNK)
        mark = self._file.peek(6)
        self.packed = next((kind for start, kind in _PACKED if mark.startswith(start)), None)
        self._source = Peeked(_Guarded(_unpacked(self._file, self.packed), self.packed))
        self.binary = binary_kind(self.head) if settings.encoding is None else None
        if self.binary is None:
            self._decode(settings.encoding)

    def _decode(self, wanted: str | None) -> None:
        encoding, mark = unicode_encoding(self.head)
        self._source.drop(mark)
        if encoding not in (None, "utf-8"):
            wanted = encoding
        if wanted is not None and wanted.lower() not in ("utf-8", "utf8"):
            self._source = Peeked(_Transcoded(self._source, _known_encoding(wanted)))

    @property
    def head(self) -> bytes:
        """The first 64 KB, still to be read."""
        return self._source.head

    def read1(self, size: int = CHUNK, /) -> bytes:
        """Give some bytes, b"" at the end; raises DamagedError where they break."""
        return self._source.read1(size)

    def close(self) -> None:
        """Close the file below."""
        self._file.close()


def _unpacked(file: io.BufferedReader[Any], packed: str | None) -> Source:
    if packed == "gzip":
        return gzip.GzipFile(fileobj=file, mode="rb")
    if packed == "xz":
        return lzma.LZMAFile(file, "rb")
    if packed == "zstd":
        return zstd.ZstdFile(file, "rb")  # type: ignore[no-any-return,unused-ignore]
    return file


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        message = f"there is no encoding {name!r}; usual ones are utf-8, cp1252 (Windows), latin-1, utf-16, cp1251"
        raise OptionError(message) from None


@contextmanager
def opened(raw: BinaryIO, name: str, settings: Settings) -> Iterator[Stream]:
    """Open a binary file as a Stream and close it at the end; raises SourceError where it is empty or binary."""
    try:
        stream = Stream(raw, name, settings)
    except BaseException:
        raw.close()
        raise
    try:
        if not stream.head:
            stream.read1()  # a file damaged from its first byte says so here
            raise SourceError(f"{name}: the file is empty; nothing to read")
        if stream.binary is not None:
            raise SourceError(f"{name}: {stream.binary}")
        yield stream
    except DamagedError as error:
        raise SourceError(f"{name}: {error}") from error
    finally:
        stream.close()
