"""Web addresses: fetched to a temporary file, within a limit of size and time."""

from __future__ import annotations

import tempfile
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from whimbrel.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator


TIMEOUT = httpx.Timeout(20.0)
DEADLINE = 600.0
"""Seconds for a whole download."""
SIZE_LIMIT = 2_000_000_000
"""Bytes of a download; it is kept on disk while it is read."""
_TYPES = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "application/x-ndjson": "json lines",
    "application/jsonl": "json lines",
    "application/x-jsonlines": "json lines",
    "application/json": "json",
    "text/csv": "table",
    "text/tab-separated-values": "table",
    "application/vnd.apache.parquet": "parquet",
}
_SAVE = "open it in a browser, save the page, and give the file"
_REFUSALS = {
    401: f"it wants a login; {_SAVE}",
    403: f"the site refuses programs; {_SAVE}",
    404: "there is no such page; check the address",
    410: "the page was taken away; look for it in a web archive",
    429: "too many requests; wait and try again",
    451: f"it may not be shown here for legal reasons; {_SAVE}",
}


def new_client() -> httpx.Client:
    """Return a client that says who it is and gives up after 20 seconds of silence."""
    agent = f"whimbrel/{version('whimbrel')} (reads news to code events; httpx/{httpx.__version__})"
    return httpx.Client(headers={"User-Agent": agent}, timeout=TIMEOUT, follow_redirects=True)


@contextmanager
def fetched(url: str, client: httpx.Client | None) -> Iterator[tuple[Path, str | None]]:
    """Fetch an address; gives a temporary file and its kind by the answer's content type. Raises SourceError."""
    with tempfile.TemporaryDirectory(prefix="whimbrel-") as folder:
        path = Path(folder) / "download"
        own = client is None
        client = client or new_client()
        try:
            yield path, _download(url, path, client)
        finally:
            if own:
                client.close()


def _download(url: str, path: Path, client: httpx.Client) -> str | None:
    try:
        with client.stream("GET", url) as response:
            _check(url, response)
            _save(url, response, path)
            kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
            return _TYPES.get(kind)
    except httpx.TimeoutException as error:
        raise SourceError(f"{url}: no answer in time ({TIMEOUT.read:.0f} s); try again, or {_SAVE}") from error
    except httpx.TooManyRedirects as error:
        raise SourceError(f"{url}: sent on from address to address without end; check the address") from error
    except httpx.ConnectError as error:
        raise SourceError(f"{url}: no connection ({error}); check the address and the network") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(f"{url}: cannot be fetched ({error or type(error).__name__}); check the address") from error


def _check(url: str, response: httpx.Response) -> None:
    if response.is_success:
        return
    hint = _REFUSALS.get(response.status_code, "try again later" if response.is_server_error else "check the address")
    raise SourceError(f"{url}: the server answered {response.status_code} {response.reason_phrase}; {hint}")


def _save(url: str, response: httpx.Response, path: Path) -> None:
    size, started = 0, time.monotonic()
    with path.open("wb") as file:
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > SIZE_LIMIT:
                raise SourceError(f"{url}: more than {SIZE_LIMIT // 1_000_000:,} MB; download it and give the file")
            if time.monotonic() - started > DEADLINE:
                raise SourceError(f"{url}: not finished after {DEADLINE:.0f} s; download it and give the file")
            file.write(chunk)
