"""Reading of generated files: what was written comes back, and no bytes whatever end in anything but a known error."""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import tempfile
from pathlib import Path

import pytest
from arro3.core import Array, DataType, RecordBatch
from arro3.io import write_parquet
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from whimbrel.errors import SourceError
from whimbrel.reading import Progress, Reject, read
from whimbrel.reading.opening import zstd
from whimbrel.records import Document

PACKERS = {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress, ".zst": zstd.compress}
letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff") | st.sampled_from("\t\n\r")
texts = st.text(letters, min_size=1, max_size=60).filter(lambda text: text.strip("\ufffd \t\r\n\f\v\xa0"))


def items_of(content, name):
    """Read these bytes as a file of this name, silently."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return list(read(str(path), progress=Progress(tell=lambda _: None)))


@given(st.lists(texts, min_size=1, max_size=8), st.sampled_from(sorted(PACKERS)), st.booleans())
@settings(max_examples=60, deadline=None)
def test_json_lines_come_back(written, ending, ascii_only):
    """Every text, through every packing, escaped or not."""
    rows = [json.dumps({"id": i, "text": text}, ensure_ascii=ascii_only) for i, text in enumerate(written)]
    found = items_of(PACKERS[ending]("\n".join(rows).encode()), f"a.jsonl{ending}")
    assert found == [Document(str(i), text) for i, text in enumerate(written)]


@given(st.lists(texts, min_size=1, max_size=8), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_json_array_comes_back(written, indent):
    """However it is laid out."""
    content = json.dumps([{"id": i, "text": text} for i, text in enumerate(written)], indent=indent or None)
    assert [item.text for item in items_of(content.encode(), "a.json")] == written


@given(st.lists(texts, min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=60, deadline=None)
def test_table_comes_back(written, sign, line_end):
    """Cells with line ends, quotes and delimiters in them."""
    table = io.StringIO()
    writer = csv.writer(table, delimiter=sign, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([["id", "text"], *([i, text] for i, text in enumerate(written))])
    found = items_of(table.getvalue().encode(), "a.csv")
    assert found == [Document(str(i), text) for i, text in enumerate(written)]


@given(texts, st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]))
@settings(max_examples=60, deadline=None)
def test_text_with_a_mark_comes_back(text, encoding):
    """In any encoding of Unicode that says what it is."""
    [item] = items_of(text.encode(encoding), "a.txt")
    assert item.text == text


def outcome(content, name):
    """Return the items, or the message of the SourceError."""
    try:
        return items_of(content, name)
    except SourceError as error:
        return str(error)


def example(name):
    """Return a good file of this kind, to be damaged."""
    rows = [{"id": f"d{i}", "date": "2023-10-17", "text": f"Report {i} says “little”, é."} for i in range(40)]
    if name.endswith("parquet"):
        file = io.BytesIO()
        columns = {key: Array([row[key] for row in rows], DataType.string()) for key in rows[0]}
        write_parquet(RecordBatch.from_pydict(columns), file)
        return file.getvalue()
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    content = {
        "a.jsonl": lines,
        "a.json": json.dumps(rows),
        "a.csv": "id,date,text\n" + "".join('{id},{date},"{text}"\n'.format(**row) for row in rows),
        "a.html": "<html><body><article>" + "".join(f"<p>{row['text']}</p>" for row in rows) + "</article></html>",
    }
    base, _, ending = name.partition("l.")
    return PACKERS[f".{ending}"](lines.encode()) if ending else content[base].encode()


KINDS = ["a.jsonl", "a.json", "a.csv", "a.html", "a.jsonl.gz", "a.jsonl.xz", "a.jsonl.zst", "a.parquet"]


@pytest.mark.parametrize("name", KINDS)
@given(st.data())
@settings(max_examples=25, deadline=None)
def test_damaged_file_gives_items_or_a_known_error(name, data):
    """Bytes are changed, cut out or cut off; nothing but documents, rejects and SourceError comes of it."""
    content = bytearray(example(name))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=5))
        assume(content)
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(1, len(content))) :]
    found = outcome(bytes(content), name)
    assert name in found if isinstance(found, str) else all(isinstance(item, Document | Reject) for item in found)


@given(st.binary(max_size=300), st.sampled_from(["a.jsonl", "a.json", "a.csv", "a.txt", "a.unknown"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_items_or_a_known_error(content, name):
    """Whatever the bytes and the name."""
    found = outcome(content, name)
    assert name in found if isinstance(found, str) else all(isinstance(i, Reject) or i.text.encode() for i in found)
