"""What can go wrong with a store: each fault is told clearly, and what was stored is whole afterwards."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, text
from test_store import REPORTS, PlainCoder, as_coded, by_id, report

from whimbrel.errors import OptionError
from whimbrel.export import event_to_dict
from whimbrel.store import Query, Store, StoreError

TEXT = f"KEN AID UGA in Nairobi. {'Rain fell. ' * 20} not RUS CONSULT EGY."
MANY = [report(f"d{number}", TEXT) for number in range(320)]

CHILD = """
import sys, time
from pathlib import Path
from test_store import PlainCoder
from whimbrel.reading import read
from whimbrel.store import Store

class Slow(PlainCoder):
    def stream(self, documents):
        for each in super().stream(documents):
            time.sleep(float(sys.argv[3]))
            yield each

def told(tally):
    print(tally.documents + tally.known, flush=True)

with Store.open(sys.argv[1]) as store:
    store.ingest(read(sys.argv[2]), Slow(), source="many", stored=told)
"""


def started(store, source, pause=0.0):
    """Start an ingest in a process of its own; it prints a line after each batch."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(store), str(source), str(pause)], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def source_of(path, documents):
    """Write documents as JSON lines."""
    lines = ({"id": each.id, "text": each.text, "title": each.title, "publisher": each.publisher,
              "date": str(each.published)} for each in documents)  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def as_json(store):
    """Return everything that a store says of its events, by id."""
    return {event.id: event_to_dict(event) for event in store.events()}


def whole(path, documents=MANY):
    """See that a store is whole and holds just what these documents say."""
    with Store.open(path) as store:
        assert store.check() == []
        assert by_id(store) == as_coded(PlainCoder(), documents)
        info = store.info()
        assert (info.documents, info.versions, info.codings) == (len(documents), len(documents), info.events)
        return as_json(store)


@pytest.fixture
def path(tmp_path):
    """Give a store with six documents, closed."""
    with Store.create(tmp_path / "record.db") as store:
        store.ingest(REPORTS, PlainCoder())
    return tmp_path / "record.db"


@contextmanager
def unchanged(path):
    """See that a file is the same afterwards, to the byte."""
    before = path.read_bytes()
    yield
    assert path.read_bytes() == before


def test_killed_again_and_again(tmp_path):
    """Kill -9 at any moment: the same command goes on, and the end equals an unbroken run."""
    source, broken = source_of(tmp_path / "many.jsonl", MANY), tmp_path / "broken.db"
    Store.create(broken).close()
    chance = random.Random(7)  # noqa: S311 - moments, not secrets
    stored = []
    for _ in range(3):
        with started(broken, source, 0.002) as process:
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.1))
            process.send_signal(signal.SIGKILL)
        with Store.open(broken) as store:
            assert store.check() == []
            stored.append(store.info().documents)
    assert 0 < stored[0] < len(MANY)
    assert stored == sorted(stored)
    with started(broken, source) as process:
        process.communicate()
        assert process.returncode == 0
    with Store.create(tmp_path / "unbroken.db") as store:
        store.ingest(MANY, PlainCoder(), source="many")
    assert whole(broken) == whole(tmp_path / "unbroken.db")
    with Store.open(broken) as store:
        assert sum(ingest.finished is None for ingest in store.info().ingests) >= 1


def test_two_ingests_at_once(tmp_path):
    """Two processes with the same documents: nothing lost, nothing double, no word of locks."""
    source, shared = source_of(tmp_path / "many.jsonl", MANY), tmp_path / "shared.db"
    Store.create(shared).close()
    with started(shared, source, 0.001) as one, started(shared, source, 0.001) as other:
        for process in (one, other):
            _, told = process.communicate()
            assert (process.returncode, told) == (0, "")
    whole(shared)
    with Store.open(shared) as store:
        assert sum(ingest.documents for ingest in store.info().ingests) == len(MANY)


def test_a_lock_is_waited_for(path):
    """A writer that takes long is waited for; one that never ends is told of."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other, Store.open(path) as store:
        event.listen(store.engine, "connect", lambda connection, _: connection.execute("pragma busy_timeout=50"))
        store.engine.dispose()
        store.patience = 0.5
        other.execute("begin immediate")
        with pytest.raises(StoreError, match="another program kept it locked"):
            store.ingest([report("x", "KEN AID UGA.")], PlainCoder())
        assert len(list(store.events())) == 8
        other.execute("commit")
        assert store.ingest([report("x", "KEN AID UGA.")], PlainCoder()).documents == 1


@pytest.mark.parametrize("pages", [1, 12, 40])
def test_full_disk(path, pages):
    """It is told, what was stored before is whole, and with room again the same command goes on."""

    def limit(connection, _):
        used = connection.execute("pragma page_count").fetchone()[0]
        connection.execute(f"pragma max_page_count={used + pages}")

    with Store.open(path) as store:
        event.listen(store.engine, "connect", limit)
        store.engine.dispose()
        with pytest.raises(StoreError, match="the disk is full; what was stored before is safe; free some space"):
            store.ingest(MANY, PlainCoder())
    with Store.open(path) as store:
        assert store.check() == []
        assert store.info().documents < len(MANY)
        assert set(as_coded(PlainCoder(), REPORTS)) <= set(by_id(store))
        store.ingest(MANY, PlainCoder())
    whole(path, [*REPORTS, *MANY])


@contextmanager
def as_somebody():
    """Give up root's rights for a while; to root nothing is read-only."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("folder_rights", [0o777, 0o555])
def test_read_only_file(path, folder_rights):
    """It can be asked, not written; that is told, and the file stays as it is."""
    folder = Path(tempfile.mkdtemp())
    copy = folder / "record.db"
    shutil.copy(path, copy)
    copy.chmod(0o444)
    folder.chmod(folder_rights)
    try:
        with unchanged(copy), as_somebody(), Store.open(copy) as store:
            assert len(list(store.events(Query(text="grain")))) == 1
            with pytest.raises(StoreError, match="can be read but not written"):
                store.ingest(MANY, PlainCoder())
            assert len(list(store.events())) == 8
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)


def test_damaged_page(path):
    """Reading what is damaged says so and what to do; checking finds it; the file is not touched."""
    with closing(sqlite3.connect(path)) as connection:
        [page] = connection.execute("select rootpage from sqlite_master where name = 'events'").fetchone()
        size = connection.execute("pragma page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\x55" * size)
    with unchanged(path), Store.open(path) as store:
        with pytest.raises(StoreError, match=r"record\.db: the file is damaged .* go back to a copy"):
            list(store.events())
        assert store.check() != []
    with Store.open(path) as store, pytest.raises(StoreError, match="damaged"):
        store.ingest([report("new", "KEN AID UGA.")], PlainCoder())
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select count(*) from documents").fetchone() == (6,)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"just some text, and more of it " * 50, "no store: the file is not an SQLite database"),
        (b"", "no Whimbrel store: it is empty"),
        (b"SQLite format 3\0 and then rubbish" * 200, "no store|damaged|refused"),
    ],
)
def test_no_database(tmp_path, content, message):
    """A file that is something else is left as it is."""
    other = tmp_path / "other.db"
    other.write_bytes(content)
    with unchanged(other), pytest.raises(StoreError, match=message):
        Store.open(other)


def test_database_of_another_program(tmp_path):
    """It is told whose tables those are, and nothing is added to them."""
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("create table bookmarks (address text)")
    with unchanged(other), pytest.raises(StoreError, match=r"tables of another program .bookmarks."):
        Store.open(other)
    with unchanged(other), pytest.raises(StoreError, match="is there already"):
        Store.create(other)


def test_no_store_there(path):
    """A near name is offered; nothing is made."""
    wrong = path.with_name("recrod.db")
    with pytest.raises(StoreError, match=r"did you mean .*record\.db"):
        Store.open(wrong)
    assert not wrong.exists()
    with pytest.raises(StoreError, match="is a folder"):
        Store.open(path.parent)
    with pytest.raises(OptionError, match="mysql:// is no store"):
        Store.open("mysql://server/db")
    with pytest.raises(StoreError, match="cannot be made"):
        Store.create(path.parent / "nowhere" / "record.db")


def set_version(path, version):
    """Pretend that another release made the store."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("update store set value = ? where key = 'schema'", (version,))
        connection.commit()


@pytest.mark.parametrize(
    ("version", "message"),
    [("99", "newer Whimbrel .store version 99"), ("0", "`whimbrel upgrade"), ("x", "does not say of which version")],
)
def test_store_of_another_release(path, version, message):
    """It is told, with the way out, and the store is left as it is."""
    set_version(path, version)
    with unchanged(path), pytest.raises(StoreError, match=message):
        Store.open(path)


def add_note(connection):
    """Take a step that a later release might take."""
    connection.execute(text("alter table documents add column note text"))


def fail(_connection):
    """Fail half-way."""
    raise RuntimeError("half-way")


def test_upgrade(path):
    """The steps run themselves, in one go, after a copy was made beside."""
    before = path.read_bytes()
    found, copy = Store.upgrade(path, steps={1: add_note, 2: add_note_again}, wanted=3)
    assert (found, copy.name) == (1, "record.db.version1")
    with Store.open(copy) as old:
        assert len(list(old.events())) == 8
    assert len(before) == copy.stat().st_size
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select value from store where key = 'schema'").fetchone() == ("3",)
        assert connection.execute("select count(note), count(note2) from documents").fetchone() == (0, 0)


def add_note_again(connection):
    """Take a second step."""
    connection.execute(text("alter table documents add column note2 text"))


def test_upgrade_that_fails(path):
    """No step is left half-done, and an existing copy is not overwritten."""
    with pytest.raises(RuntimeError, match="half-way"):
        Store.upgrade(path, steps={1: add_note, 2: fail}, wanted=3)
    with Store.open(path) as store:
        assert store.check() == []
        assert len(list(store.events())) == 8
    with unchanged(path), pytest.raises(StoreError, match="there already; move it away"):
        Store.upgrade(path, steps={1: add_note}, wanted=2)


def test_upgrade_of_an_up_to_date_store(path):
    """Nothing is done, and no copy is made."""
    with unchanged(path):
        assert Store.upgrade(path) == (1, None)
    assert [each.name for each in path.parent.iterdir()] == ["record.db"]
