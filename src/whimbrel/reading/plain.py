"""Plain text and HTML: one document a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whimbrel.reading.encoding import decode
from whimbrel.reading.items import Maker
from whimbrel.reading.lines import line_limit
from whimbrel.reading.opening import DamagedError
from whimbrel.reading.values import reject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trafilatura.settings import Document as Page

    from whimbrel.reading.opening import Stream
    from whimbrel.reading.values import Reject
    from whimbrel.records import Document

SHORTEST_ARTICLE = 25
"""Characters below which the text of a page without a full stop is no article."""
HTML_LIMIT = 20_000_000
"""Bytes of a web page above which it is set aside; trafilatura's own limit is the same."""


def plain_text(stream: Stream, identifier: str, url: str | None = None) -> Iterator[Document | Reject]:
    """Give the text as one document; of a file that breaks off, what came before, then a Reject."""
    maker = Maker(stream.name, stream.settings)
    limit = line_limit(stream.settings.limit)
    raw, damage = _bytes(stream, limit)
    if len(raw) > limit:
        reason = f"longer than the {stream.settings.limit:,} characters that a document may have"
        yield maker.rejected(stream.name, f"{reason}; split it, or raise --max-characters", raw)
        return
    text = decode(raw, stream.name, stream.name, stream.settings.progress)
    if raw or damage is None:
        yield maker.document(text, stream.name, identifier, url=url)
    if damage is not None:
        yield maker.passed(reject(stream.name, damage, text[-200:]))


def _bytes(stream: Stream, limit: int) -> tuple[bytes, str | None]:
    parts: list[bytes] = []
    size = 0
    try:
        while size <= limit and (chunk := stream.read1()):
            parts.append(chunk)
            size += len(chunk)
    except DamagedError as error:
        return b"".join(parts), str(error)
    return b"".join(parts), None


def html(stream: Stream, identifier: str, url: str | None = None) -> Iterator[Document | Reject]:
    """Give the article of a web page as one document, with its title, date and site; else a Reject."""
    maker = Maker(stream.name, stream.settings)
    raw, damage = _bytes(stream, HTML_LIMIT)
    if len(raw) > HTML_LIMIT:
        yield maker.rejected(stream.name, f"a page of more than {HTML_LIMIT // 1_000_000} MB", raw)
        return
    page = article(raw, url)
    if page is None or not page.text or _is_label(page.text):
        yield maker.rejected(stream.name, "no article was found in the page; give its text as .txt", raw)
    else:
        yield maker.document(
            page.text,
            stream.name,
            identifier,
            title=page.title,
            url=url or page.url,
            publisher=page.sitename or page.hostname,
            published=page.date,
        )
    if damage is not None:
        yield maker.passed(reject(stream.name, damage))


def _is_label(text: str) -> bool:
    """Say whether all that was found is a word of navigation ("Home") and no sentence."""
    return len(text.strip()) < SHORTEST_ARTICLE and not text.strip().endswith((".", "!", "?", '"', "”"))


def article(raw: bytes, url: str | None) -> Page | None:
    """Return the article of a page with its text, title, date and site, by trafilatura; None where there is none."""
    from trafilatura import bare_extraction  # noqa: PLC0415 - slow to import, and needed for HTML only

    dates = {"extensive_search": False, "original_date": True}
    page = bare_extraction(raw, url=url, with_metadata=True, include_comments=False, date_extraction_params=dates)
    return None if isinstance(page, dict) else page
