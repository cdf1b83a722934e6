"""Which encoding some bytes are in, whether they are text at all, and whether a text was decoded wrongly before."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whimbrel.reading.values import Progress

_MARKS: tuple[tuple[bytes, str, int], ...] = (
    (codecs.BOM_UTF8, "utf-8", 3),
    (codecs.BOM_UTF32_LE, "utf-32-le", 4),
    (codecs.BOM_UTF32_BE, "utf-32-be", 4),
    (codecs.BOM_UTF16_LE, "utf-16-le", 2),
    (codecs.BOM_UTF16_BE, "utf-16-be", 2),
)
_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF, which holds pages, not text; turn it into text first (for example with pdftotext)"),
    (b"PK\x03\x04", "a ZIP archive or an office document; unpack it, or save the document as .txt or .html"),
    (b"\xd0\xcf\x11\xe0", "an old office document; save it as .txt or .html"),
    (b"\x89PNG", "an image; only text can be read"),
    (b"\xff\xd8\xff", "an image; only text can be read"),
    (b"GIF8", "an image; only text can be read"),
    (b"SQLite format 3", "an SQLite database; export the table as CSV"),
    (b"BZh", "packed by bzip2; unpack it first, or pack it by gzip, xz or zstd"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it first"),
    (b"\x7fELF", "a program; only text can be read"),
)
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r\f\x1b")

# UTF-8 read as Windows-1252 or Latin-1: a lead byte's letter, then a continuation byte's sign.
_MOJIBAKE = re.compile(
    "\u00e2\u20ac[\u0093-\u009d\u00a6\u0153\u02dc\u201c\u201d\u2122]"
    "|[\u00c2\u00c3][\u0080-\u00bf]"
    "|[\u00d0\u00d1][\u0080-\u009f\u00b0-\u00bf]"
)
_LEADS = ("\u00e2\u20ac", "\u00c2", "\u00c3", "\u00d0", "\u00d1")
_SURROGATE = re.compile("[\ud800-\udfff]")


def unicode_encoding(head: bytes) -> tuple[str | None, int]:
    """Return the encoding that a byte order mark or the zero bytes tell, and the mark's length, else (None, 0)."""
    for mark, name, length in _MARKS:
        if head.startswith(mark):
            return name, length
    even, odd = head[0::2].count(0), head[1::2].count(0)
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros * 20 > len(head[1::2]) and others * 200 <= len(head) and _decodes(head, name):
            return name, 0
    return None, 0


def _decodes(head: bytes, name: str) -> bool:
    try:
        text = codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return False
    strange = sum(not (sign.isprintable() or sign.isspace()) for sign in text[:4_000])
    return strange * 100 <= len(text[:4_000])


def binary_kind(head: bytes) -> str | None:
    """Say what a file is that is not text, and what to do with it; None for text."""
    for mark, kind in _KINDS:
        if head.startswith(mark):
            return f"this is {kind}"
    if unicode_encoding(head)[0] is not None:
        return None
    controls = len(head) - len(head.translate(None, _CONTROL))
    if controls * 20 > len(head):
        return "this is not text but binary data; give text, HTML, JSON lines, CSV or Parquet"
    return None


def decode(raw: bytes, source: str, where: str, progress: Progress) -> str:
    """Decode UTF-8; what is not is read as Windows-1252, with a notice (its five undefined bytes as in Latin-1)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        progress.notice(
            source,
            "encoding",
            f"{where}: not UTF-8 (byte 0x{raw[error.start]:02x}), read as Windows-1252; if that is wrong, name the"
            " encoding with --encoding",
        )
    return "".join(_windows(byte) for byte in re.split(b"([\x81\x8d\x8f\x90\x9d])", raw))


def eight_bit(head: bytes, source: str, progress: Progress) -> str:
    """Return the encoding of a stream by its first bytes: UTF-8, or Windows-1252 with a notice."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        decode(head, source, source, progress)
        return "cp1252"
    return "utf-8"


def _windows(part: bytes) -> str:
    return part.decode("latin-1" if part in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d") else "cp1252")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def clean(text: str, source: str, where: str, progress: Progress) -> str:
    """Return the text without a byte order mark and with U+FFFD, one for one, where a sign cannot stand in a text.

    Tells of NUL characters, lone surrogates and mojibake (text decoded wrongly before it came here, left as it is).
    """
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        progress.notice(source, "nul", f"{where}: NUL characters in the text, each replaced by U+FFFD")
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    if not _is_unicode(text):
        progress.notice(source, "surrogate", f"{where}: half characters (lone surrogates), each replaced by U+FFFD")
        text = _SURROGATE.sub("\ufffd", text)
    found = _MOJIBAKE.search(text) if any(sign in text for sign in _LEADS) else None
    if found and _MOJIBAKE.search(text, found.end()):
        progress.notice(
            source,
            "mojibake",
            f"{where}: the text was decoded wrongly before it came here ({found.group()!r} stands for another"
            " character); names in it may be missed; get it again as UTF-8",
        )
    return text
