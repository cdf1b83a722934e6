"""Reading from web addresses: articles come out, and every way to fail has its own message."""

from __future__ import annotations

import gzip
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from whimbrel.errors import SourceError
from whimbrel.reading import read
from whimbrel.reading import web as web_module
from whimbrel.reading.web import new_client

ADDRESS = "https://news.example/2023/10/talks?page=1"
PAGE = (
    "<html><head><title>Talks in Accra</title><meta property='og:site_name' content='Coast News'></head>"
    "<body><article><h1>Talks in Accra</h1>"
    + "<p>Ministers of Ghana and Togo met in Accra and agreed to open the border.</p>" * 5
    + "</article></body></html>"
)


def client(answer):
    """Return a client that gets this answer, or raises it."""

    def handle(request):
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    return httpx.Client(transport=httpx.MockTransport(handle), follow_redirects=True)


def response(content, kind, status=200):
    """Return an answer with this content type."""
    return httpx.Response(status, content=content, headers={"content-type": kind})


def test_page_gives_its_article():
    """The address is the document's id and url."""
    [document] = read(ADDRESS, client=client(response(PAGE.encode(), "text/html; charset=utf-8")))
    assert "Ministers of Ghana and Togo" in document.text
    assert (document.id, document.url, document.title) == (ADDRESS, ADDRESS, "Talks in Accra")
    assert document.publisher == "Coast News"


@pytest.mark.parametrize(
    ("kind", "content", "texts"),
    [
        ("text/plain", b"Ghana opened the border.", ["Ghana opened the border."]),
        ("application/x-ndjson", b'{"text": "One."}\n{"text": "Two."}\n', ["One.", "Two."]),
        ("application/json", b'{"articles": [{"content": "One."}]}', ["One."]),
        ("text/csv", b"id,text\n1,One.\n", ["One."]),
        ("application/octet-stream", gzip.compress(b'{"text": "One."}\n'), ["One."]),
    ],
)
def test_other_kinds_by_content_type_or_content(kind, content, texts):
    """What the server says counts; where it says nothing of use, the content."""
    found = list(read("https://news.example/x", client=client(response(content, kind))))
    assert [document.text for document in found] == texts


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (response(b"no", "text/html", 403), "answered 403 Forbidden; the site refuses programs; open it in a browser"),
        (response(b"no", "text/html", 404), "answered 404 Not Found; there is no such page"),
        (response(b"no", "text/html", 429), "answered 429 .*wait"),
        (response(b"no", "text/html", 503), "answered 503 .*try again later"),
        (httpx.ReadTimeout("slow"), "no answer in time .*try again"),
        (httpx.ConnectTimeout("slow"), "no answer in time"),
        (httpx.ConnectError("[Errno 111] Connection refused"), "no connection .*refused"),
        (httpx.RemoteProtocolError("broke off"), "cannot be fetched .*broke off"),
        (response(b"", "text/html"), "the file is empty"),
        (response(b"%PDF-1.7", "application/pdf"), "a PDF"),
        (lambda request: httpx.Response(302, headers={"location": str(request.url)}), "address to address without end"),
    ],
)
def test_failures_name_the_address_and_the_next_step(answer, said):
    """No traceback, one sentence."""
    with pytest.raises(SourceError, match=rf"(?s)^https://news\.example/2023/10/talks\?page=1: .*{said}"):
        list(read(ADDRESS, client=client(answer)))


def test_size_limit(monkeypatch):
    """A download without end is given up."""
    monkeypatch.setattr(web_module, "SIZE_LIMIT", 1_000)
    with pytest.raises(SourceError, match="more than"):
        list(read(ADDRESS, client=client(response(b"x" * 2_000, "text/plain"))))


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        """Answer with the user agent that asked."""
        body = f"The agent {self.headers['User-Agent']} asked.".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def server():
    """Run a server on this machine; gives its address."""
    running = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}/"
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


def test_own_client_says_who_it_is():
    """A site can tell whom it serves; a port where nobody listens is an error."""
    with server() as address:
        [document] = read(address)
    assert "whimbrel/" in document.text
    with pytest.raises(SourceError, match="no connection"):
        list(read(address))
    with new_client() as own:
        assert own.timeout.read == 20
