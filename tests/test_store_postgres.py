"""The store on PostgreSQL does what it does on SQLite, on a server that these tests start for themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest
from test_store import REPORTS, PlainCoder, as_coded, by_id, report, said

from whimbrel.store import DIMENSIONS, Query, Store, StoreError

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed (extra postgres)")


def program(name):
    """Return a program of PostgreSQL, or skip."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = next((folder / name for folder in folders if (folder / name).exists()), shutil.which(name))
    if found is None:
        pytest.skip(f"PostgreSQL's {name} is not installed (Debian: apt-get install postgresql)")
    return str(found)


@pytest.fixture(scope="module")
def server():
    """Start a server in a new folder, reached by a socket there; PostgreSQL refuses to run as root."""
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    somebody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    if somebody:
        os.chown(folder, 65534, 65534)

    def do(*command):
        subprocess.run(list(map(str, command)), check=True, capture_output=True, cwd=folder, **somebody)

    cluster = folder / "cluster"
    do(initdb, "-D", cluster, "-U", "keeper", "--auth=trust", "--encoding=UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    do(pg_ctl, "-D", cluster, "-o", options, "-l", folder / "log", "-w", "start")
    yield folder
    do(pg_ctl, "-D", cluster, "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture
def address(server, request):
    """Give the address of an empty database."""
    name = f"d{abs(hash(request.node.name))}"
    with psycopg.connect(f"host={server} user=keeper dbname=postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}")
    return f"postgresql://keeper@/{name}?host={server}"


@pytest.fixture
def pair(address, tmp_path):
    """Give the same six documents in a store of each kind."""
    with Store.create(address) as server_store, Store.create(tmp_path / "s.db") as file_store:
        for store in (server_store, file_store):
            store.ingest(REPORTS, PlainCoder(), source="reports.jsonl")
        yield server_store, file_store


ASKED = [
    {}, {"order": "-date"}, {"order": "-confidence"}, {"actor": "RUS", "with_": "EGY"}, {"actor": "KEN:COP"},
    {"actor": "William Ruto"}, {"with_": ("REB", "WSM")}, {"mode": "phone"}, {"without_flag": "negated"},
    {"context": "diplomatic"}, {"since": "2023-10", "until": "2023-10"}, {"near": (30.0, 31.2), "within": 10},
    {"near": (-18.1, 178.4), "within": 1300}, {"box": (-20, 175, -10, -170)}, {"text": "grains spoken"},
    {"text": '"spoken of" OR nairobi'}, {"text": "nairobi -mil"}, {"publisher": "agency"}, {"source": "reports"},
    {"place_country": "EGY", "confidence": 0.5}, {"superseded": True, "limit": 3},
]  # fmt: skip


def test_everything_asked_is_answered_alike(pair):
    """Every filter, order, page and count gives on the server what it gives in a file."""
    server_store, file_store = pair
    assert by_id(server_store) == as_coded(PlainCoder(), REPORTS)
    for asked in ASKED:
        assert said(server_store, **asked) == said(file_store, **asked), asked
    for by in DIMENSIONS:
        assert server_store.count(by=[by, "year"]) == file_store.count(by=[by, "year"])
    for order in ("date", "-date", "-confidence"):
        ids, page = [], server_store.page(Query(order=order), size=3)
        ids += [event.id for event in page.events]
        while page.next:
            page = server_store.page(Query(order=order, cursor=page.next), size=3)
            ids += [event.id for event in page.events]
        assert ids == [event.id for event in file_store.events(Query(order=order))]
    assert server_store.why_nothing(Query(event="AID", actor="RUS")) == file_store.why_nothing(
        Query(event="AID", actor="RUS")
    )
    assert (server_store.info().types, server_store.check()) == (file_store.info().types, [])


def test_versions_and_runs(pair):
    """Newer texts and newer codings, as in a file."""
    server_store, _ = pair
    server_store.ingest([report("a", "RUS AID EGY.")], PlainCoder(), update=True)
    assert said(server_store, document="a", superseded=True) == ["a CONSULT", "a AID"]
    assert server_store.ingest([report("b", "RUS AID EGY.")], PlainCoder()).rejects == 1
    assert server_store.recode(PlainCoder("plain 2")).documents == 6
    assert {event.coder for event in server_store.events()} == {"plain 2"}


def test_several_write_at_once(address):
    """Four ingests of the same documents at the same time: nothing lost, nothing double."""
    many = [report(f"d{number}", f"KEN AID UGA in Nairobi. RUS CONSULT P{number}.") for number in range(200)]
    Store.create(address).close()
    failed = []

    def ingest(documents):
        try:
            with Store.open(address) as store:
                store.ingest(documents, PlainCoder())
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=ingest, args=(part,)) for part in (many, many, many[::-1], many[50:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with Store.open(address) as store:
        assert by_id(store) == as_coded(PlainCoder(), many)
        assert sum(ingest.documents for ingest in store.info().ingests) == len(many)
        assert store.check() == []


def test_faults_are_told(address, server):
    """No server, no such database, tables of others: each with what to do; a password is not shown."""
    with pytest.raises(StoreError, match="it is empty"):
        Store.open(address)
    with pytest.raises(StoreError, match=r"no connection to the server|no such database") as told:
        Store.open(f"postgresql://keeper:secret@/nowhere?host={server}")
    assert "secret" not in str(told.value)
    with pytest.raises(StoreError, match="no connection to the server"):
        Store.open("postgresql://keeper@127.0.0.1:1/db")
    Store.create(address).close()
    with pytest.raises(StoreError, match="holds tables already"):
        Store.create(address)
