"""Reading: every kind of source gives its documents, and every faulty item is set aside with its reason."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import os
import re
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from arro3.core import Array, DataType, RecordBatch
from arro3.io import write_parquet

from whimbrel.errors import OptionError, SourceError
from whimbrel.reading import Columns, Progress, ReadingWarning, Reject, Seen, read
from whimbrel.reading.days import either_way, published_day
from whimbrel.reading.encoding import clean
from whimbrel.reading.opening import zstd
from whimbrel.records import Document

TEXT = "The army of Chad withdrew from two villages near the border on Monday."
PAGE = (
    "<!DOCTYPE html><html><head><title>Talks in Oslo</title>"
    '<meta property="article:published_time" content="2022-03-04T10:00:00Z">'
    '<meta property="og:site_name" content="Fjord News"></head>'
    "<body><nav><a href='/'>Home</a></nav><article><h1>Talks in Oslo</h1>"
    + "<p>Delegations of the two sides met in Oslo on Friday and agreed to meet again in May.</p>" * 5
    + "</article></body></html>"
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Each test works in a folder of its own, so that names in messages are short."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def documents(source, **options):
    """Return the documents of a source."""
    return [item for item in read(source, **options) if isinstance(item, Document)]


def rejects(source, **options):
    """Return what was set aside of a source."""
    return [item for item in read(source, **options) if isinstance(item, Reject)]


def json_lines(path, rows):
    """Write rows, given as values or as raw lines, and return the file's name."""
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path.name


class TestSources:
    """Each kind of source gives documents with the text as it was."""

    def test_text_given_directly(self):
        """A sentence is a document of its own, the same sentence always under the same id."""
        [first], [again] = documents(TEXT), documents(TEXT)
        assert first.text == TEXT
        assert first.id == again.id != documents("Peru recalled its ambassador.")[0].id

    def test_text_file_keeps_line_ends_and_space(self, folder):
        """Positions count the stored text, so nothing in it is normalised."""
        (folder / "a.txt").write_bytes(b"Line one.\r\n\r\n  Line  two.\n")
        assert documents("a.txt") == [Document("a.txt", "Line one.\r\n\r\n  Line  two.\n")]

    def test_html_gives_article_title_date_and_site(self, folder):
        """The frame of the page is left out."""
        (folder / "page.html").write_text(PAGE, encoding="utf-8")
        [page] = documents("page.html")
        assert "Delegations of the two sides" in page.text
        assert "Home" not in page.text
        assert (page.title, page.published, page.publisher) == ("Talks in Oslo", date(2022, 3, 4), "Fjord News")

    @pytest.mark.parametrize(
        ("name", "pack"),
        [
            ("a.jsonl", bytes),
            ("a.jsonl.gz", gzip.compress),
            ("a.ndjson.xz", lzma.compress),
            ("a.jsonl.zst", zstd.compress),
        ],
    )
    def test_json_lines_packed_or_not(self, folder, name, pack):
        """All fields are found by their usual names."""
        row = {
            "id": 7,
            "headline": "Withdrawal",
            "body": TEXT,
            "pub_date": "2023-10-17T08:00:00Z",
            "link": "https://news.example/7",
            "source": {"name": "Example"},
        }
        (folder / name).write_bytes(pack(json.dumps(row).encode() + b"\n"))
        expected = Document("7", TEXT, "Withdrawal", "https://news.example/7", "Example", date(2023, 10, 17))
        assert documents(name) == [expected]

    @pytest.mark.parametrize(("name", "sign"), [("a.csv", ","), ("a.tsv", "\t"), ("b.csv", ";")])
    def test_tables_with_quoted_cells(self, folder, name, sign):
        """A cell may hold line ends, doubled quotes and the delimiter."""
        text = f'The minister said{sign} "we agree".\r\nThen he left.'
        quoted = text.replace('"', '""')
        rows = ["ID{0}Title{0}Text", f'1{{0}}T{{0}}"{quoted}"', "", "2{0}U{0}Short.", ""]
        (folder / name).write_bytes("\n".join(rows).format(sign).encode())
        assert [(d.id, d.text) for d in documents(name)] == [("1", text), ("2", "Short.")]

    def test_packed_table(self, folder):
        """A CSV file may be packed."""
        (folder / "a.csv.gz").write_bytes(gzip.compress(b"id,text\n1,Short.\n"))
        assert documents("a.csv.gz") == [Document("1", "Short.")]

    def test_tab_separated_without_quoting(self, folder):
        """A quote at the start of a cell of a table that quotes nothing is part of the text."""
        (folder / "a.tsv").write_text('id\ttext\n1\t"We agree" said the envoy.\n2\tShort.\n', encoding="utf-8")
        assert [d.text for d in documents("a.tsv")] == ['"We agree" said the envoy.', "Short."]

    def test_parquet(self, folder):
        """Rows come with all their columns; a missing cell is None."""
        columns = {"id": ["a", "b"], "content": [TEXT, "Short."], "title": [None, "T"], "date": ["2023-01-02", None]}
        arrays = {name: Array(cells, DataType.string()) for name, cells in columns.items()}
        write_parquet(RecordBatch.from_pydict(arrays), folder / "a.parquet")
        expected = [Document("a", TEXT, published=date(2023, 1, 2)), Document("b", "Short.", "T")]
        assert documents("a.parquet") == expected

    @pytest.mark.parametrize(
        "content",
        [
            json.dumps([{"text": "One."}, {"text": "Two."}]),
            json.dumps([{"text": "One."}, {"text": "Two."}], indent=2),
            json.dumps({"status": "ok", "articles": [{"text": "One."}, {"text": "Two."}]}, indent=1),
            '{"text": "One."}\n{"text": "Two."}\n',
        ],
    )
    def test_json_file(self, folder, content):
        """An array, a list wrapped in an object, and one object after another."""
        (folder / "a.json").write_text(content, encoding="utf-8")
        assert [d.text for d in documents("a.json")] == ["One.", "Two."]

    def test_json_array_larger_than_a_chunk(self, folder):
        """Items that straddle the pieces in which a file is read come out whole."""
        rows = [{"id": i, "text": f"Item {i}. " * 50} for i in range(2_000)]
        (folder / "a.json").write_text(json.dumps(rows), encoding="utf-8")
        assert [(d.id, d.text) for d in documents("a.json")] == [(str(row["id"]), row["text"]) for row in rows]

    def test_folder_is_read_recursively_by_relative_path(self, folder):
        """Hidden files are passed over; the id of a text is its path in the folder."""
        for name in ("news/b.txt", "news/2023/a.txt", "news/.hidden.txt", "news/2023/c.jsonl"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text('{"id": "x", "text": "T."}' if name.endswith("l") else TEXT, encoding="utf-8")
        assert [d.id for d in documents("news")] == ["2023/a.txt", "x", "b.txt"]

    def test_folder_passes_over_what_is_to_be_skipped(self, folder):
        """The run's own output is not its input."""
        (folder / "a.txt").write_text(TEXT)
        (folder / "events.jsonl").write_text("{}\n")
        assert [d.id for d in read(".", skip=[folder / "events.jsonl"])] == ["a.txt"]

    def test_glob(self, folder):
        """A pattern that the shell left alone is matched."""
        for name in ("a.txt", "b.txt", "c.md"):
            (folder / name).write_text(TEXT)
        assert [d.id for d in documents("*.txt")] == ["a.txt", "b.txt"]

    @pytest.mark.parametrize(
        ("content", "texts"),
        [
            (TEXT.encode(), [TEXT]),
            (b'{"text": "One."}\n{"text": "Two."}\n', ["One.", "Two."]),
            (b'[\n{"text": "One."}\n]', ["One."]),
            (b"id,text\n1,One.\n", ["One."]),
            (b"[Nairobi] The president spoke.", ["[Nairobi] The president spoke."]),
            (gzip.compress(b'{"text": "One."}\n'), ["One."]),
        ],
    )
    def test_pipe_is_sniffed(self, monkeypatch, content, texts):
        """What is piped in is told by its first bytes."""
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert [d.text for d in documents("-")] == texts

    def test_unknown_ending_is_sniffed(self, folder):
        """A file named directly is read even if its ending tells nothing."""
        (folder / "dump.out").write_text('{"text": "One."}\n{"text": "Two."}\n')
        assert [d.text for d in documents("dump.out")] == ["One.", "Two."]

    def test_columns_by_option(self, folder):
        """Options name what does not have a usual name, and win over what does."""
        name = json_lines(folder / "a.jsonl", [{"nr": "n1", "artikel": TEXT, "text": "no", "tag": "2020-02-29"}])
        columns = Columns(id="nr", text="artikel", date="tag")
        assert documents(name, columns=columns) == [Document("n1", TEXT, published=date(2020, 2, 29))]

    def test_published_stands_in_where_the_source_tells_no_date(self, folder):
        """The source's own date wins."""
        name = json_lines(folder / "a.jsonl", [{"text": "One."}, {"text": "Two.", "date": "2020-01-01"}])
        days = [d.published for d in documents(name, published=date(2021, 1, 1))]
        assert days == [date(2021, 1, 1), date(2020, 1, 1)]

    def test_progress_counts_stored_bytes(self, folder):
        """Read and total agree at the end, also for a packed file."""
        (folder / "a.jsonl.gz").write_bytes(gzip.compress(b'{"text": "One."}\n' * 1_000))
        progress = Progress()
        found = list(read("a.jsonl.gz", progress=progress))
        assert progress.bytes_total == progress.bytes_read == (folder / "a.jsonl.gz").stat().st_size
        assert (progress.documents, progress.rejects) == (len(found), 0) == (1_000, 0)


class TestEncodings:
    """Unicode in any form is read silently; what is not Unicode is read with a warning."""

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    @pytest.mark.parametrize("text", [TEXT, "Войска отошли от двух деревень. " * 3, "A–b “c” é naïve. " * 3])
    def test_unicode_with_and_without_mark(self, folder, encoding, text):
        """The mark is no part of the text."""
        (folder / "a.txt").write_bytes(text.encode(encoding))
        assert [d.text for d in documents("a.txt")] == [text]

    def test_utf16_json_lines(self, folder):
        """Lines are found in the decoded text."""
        (folder / "a.jsonl").write_bytes('{"text": "Één."}\n{"text": "Ċvo."}\n'.encode("utf-16"))
        assert [d.text for d in documents("a.jsonl")] == ["Één.", "Ċvo."]

    def test_windows_1252_is_read_with_a_warning(self, folder):
        """Curly quotes and accents come out right, and a person is told."""
        (folder / "a.txt").write_bytes("“Café” – naïve.".encode("cp1252"))
        with pytest.warns(ReadingWarning, match=r"a\.txt: not UTF-8 \(byte 0x93\), read as Windows-1252"):
            assert [d.text for d in documents("a.txt")] == ["“Café” – naïve."]

    def test_one_bad_line_does_not_change_the_others(self, folder):
        """Only the line that is not UTF-8 is read otherwise."""
        (folder / "a.jsonl").write_bytes('{"text": "é one"}\n'.encode() + '{"text": "é two"}\n'.encode("latin-1"))
        progress = Progress(tell=lambda _: None)
        assert [d.text for d in documents("a.jsonl", progress=progress)] == ["é one", "é two"]
        assert progress.notices == {"encoding": 1}

    def test_encoding_by_option(self, folder):
        """An encoding that cannot be told from the bytes is named."""
        (folder / "a.txt").write_bytes("Войска отошли.".encode("koi8-r"))
        assert [d.text for d in documents("a.txt", encoding="koi8-r")] == ["Войска отошли."]
        with pytest.raises(OptionError, match="no encoding 'klingon'"):
            documents("a.txt", encoding="klingon")

    def test_mojibake_is_told_and_left(self, folder):
        """A text decoded wrongly elsewhere is kept as it is."""
        text = "The president’s visit to Medellín".encode().decode("cp1252")
        (folder / "a.txt").write_text(text, encoding="utf-8")
        with pytest.warns(ReadingWarning, match="decoded wrongly before it came here"):
            assert [d.text for d in documents("a.txt")] == [text]

    @pytest.mark.parametrize("text", ["São Paulo, Côte d’Ivoire, Âu Cơ", "Ñuñoa — “señor”", "ÃÂ are signs", "Ðorđe"])
    def test_good_text_is_not_called_mojibake(self, text):
        """Letters that mojibake uses also stand in names."""
        progress = Progress(tell=lambda _: None)
        assert clean(text, "s", "s", progress) == text
        assert not progress.notices

    def test_nul_and_half_characters_are_replaced_one_for_one(self, folder):
        """Positions stay, and a person is told."""
        name = json_lines(folder / "a.jsonl", ['{"text": "a\\u0000b\\ud800c"}'])
        told = []
        assert [d.text for d in documents(name, progress=Progress(tell=told.append))] == ["a\ufffdb\ufffdc"]
        assert ["NUL" in told[0], "lone surrogates" in told[1]] == [True, True]


class TestWholeSourceFails:
    """Where nothing of a source can be read, one sentence names it and the next step."""

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("empty.txt", b"", "the file is empty"),
            ("empty.jsonl.gz", gzip.compress(b""), "the file is empty"),
            ("noise.dat", bytes(range(256)) * 20, "binary data"),
            ("paper.pdf", b"%PDF-1.7\n\x00\x01", "PDF.*pdftotext"),
            ("paper.docx", b"PK\x03\x04\x00\x00", "ZIP archive or an office document"),
            ("a.csv", b"id,headline,artikel\n1,T,x\n", "columns: id, headline, artikel.*--text-column"),
            ("short.parquet", b"PAR1", "cut off"),
            ("false.parquet", b"id,text\n1,x\n", "not a Parquet file"),
            ("junk.parquet", b"PAR1junkjunkjunkPAR1", "cut off"),
            ("false.jsonl.gz", b"\x1f\x8b\x08\x00 not gzip at all, only its mark", "gzip"),
        ],
    )
    def test_file(self, folder, name, content, said):
        """The message begins with the file's name."""
        (folder / name).write_bytes(content)
        with pytest.raises(SourceError, match=rf"(?s)^{name}: .*{said}"):
            list(read(name))

    def test_missing_file_suggests_a_near_one(self, folder):
        """Most missing files are typing errors."""
        (folder / "news.jsonl").write_text("{}")
        with pytest.raises(SourceError, match=r"news\.json: no such file; did you mean news\.jsonl\?"):
            list(read("news.json"))

    def test_missing_folder(self):
        """Say that the folder is missing, not only the file."""
        with pytest.raises(SourceError, match="no such folder corpus"):
            list(read("corpus/a.txt"))

    def test_unquoted_text(self):
        """A single word is taken for a file, with a hint."""
        with pytest.raises(SourceError, match="a text to code stands in quotes"):
            list(read("Kenya"))

    @pytest.mark.parametrize("source", ["", "  \n"])
    def test_empty_text(self, source):
        """An empty argument is often a shell variable that is not set."""
        with pytest.raises(SourceError, match="the text given is empty"):
            list(read(source))

    def test_address_without_scheme(self):
        """A web address is told by its beginning."""
        with pytest.raises(SourceError, match="begin with https://"):
            list(read("www.news.example/1.html"))

    def test_glob_without_match(self):
        """An empty pattern is an error, not an empty result."""
        with pytest.raises(SourceError, match=r"\*\.jsonl: no file matches"):
            list(read("*.jsonl"))

    def test_empty_folder(self, folder):
        """Say that it is empty."""
        (folder / "news").mkdir()
        with pytest.raises(SourceError, match="the folder is empty"):
            list(read("news"))

    def test_folder_with_nothing_readable_says_what_is_there(self, folder):
        """Say what there is and what could be read."""
        (folder / "news").mkdir()
        (folder / "news/a.pdf").write_bytes(b"%PDF")
        with pytest.raises(SourceError, match=r"1 \.pdf.*\.jsonl"):
            list(read("news"))

    def test_wrong_column_option_suggests_a_near_one(self, folder):
        """An option that names no column is an error even where a usual name is there."""
        (folder / "a.csv").write_text("id,text,article\n1,a,b\n")
        with pytest.raises(SourceError, match=r"no column 'artcle'; did you mean 'article'\?"):
            list(read("a.csv", columns=Columns(text="artcle")))

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_no_permission(self, folder):
        """Say what to change."""
        (folder / "a.txt").write_text(TEXT)
        (folder / "a.txt").chmod(0)
        with pytest.raises(SourceError, match="no permission"):
            list(read("a.txt"))

    def test_pipe_with_nothing(self, monkeypatch):
        """An empty pipe is an error, as an empty file is."""
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
        with pytest.raises(SourceError, match="standard input: the file is empty"):
            list(read("-"))


FAULTY_LINES = [
    ('{"text": null}', "'text' is null"),
    ('{"text": 5}', "'text' is a number"),
    ('{"text": NaN}', "'text' is a number"),
    ('{"text": ["a", "b"]}', "'text' is a list"),
    ('{"text": {"a": 1}}', "'text' is an object"),
    ('{"text": "  \\n "}', "the text is empty"),
    ('{"headline": "T", "artikel": "x"}', r"none of its keys holds it \(headline, artikel\).*--text-column"),
    ('{"text": "abc', "broken JSON: Unterminated string"),
    ('["a"]', "an array, not an object"),
    ('"a"', "a string, not an object"),
    ("null", "null, not an object"),
    ("[" * 200_000, "nested too deeply"),
    ('{"id": ' + "9" * 5_000 + ', "text": "x"}', "broken JSON"),
    ('{"text": "x", "date": "0000-00-00"}', "wrong date: '0000-00-00' is no day"),
    ('{"text": "x", "date": "2023-02-30"}', "wrong date"),
    ('{"text": "x", "date": "3023-01-01"}', "lies in the future"),
    ('{"text": "x", "date": "0203-01-01"}', "before 1600"),
    ('{"text": "x", "date": "soon"}', '"soon" is not a date'),
    ('{"text": "x", "date": [2023]}', "is no date"),
    ('{"id": "good-1", "text": "x"}', "the id 'good-1' was met before"),
]


class TestItemsSetAside:
    """A faulty item is set aside with its line and reason, and the rest is read."""

    @pytest.mark.parametrize(("line", "reason"), FAULTY_LINES)
    def test_line(self, folder, line, reason):
        """The lines before and after it are read."""
        rows = [{"id": "good-1", "text": "One."}, line, {"id": "good-2", "text": "Two."}]
        found = list(read(json_lines(folder / "a.jsonl", rows)))
        assert [type(item) for item in found] == [Document, Reject, Document]
        assert found[1].where == "a.jsonl, line 2"
        assert re.search(reason, found[1].reason), found[1].reason
        assert found[1].item
        assert len(found[1].item) <= 2_000

    def test_broken_line_far_into_a_large_file(self, folder):
        """The line is named, and all others are read."""
        rows = [json.dumps({"id": i, "text": "Short."}) for i in range(1, 90_001)]
        rows[70_000] = rows[70_000][:-3]
        found = list(read(json_lines(folder / "a.jsonl", rows)))
        assert [(i, item.where) for i, item in enumerate(found) if isinstance(item, Reject)] == [
            (70_000, "a.jsonl, line 70001")
        ]
        assert len(found) == 90_000

    def test_lenient_dates_code_the_item_and_tell(self, folder):
        """The date is left out, which is told."""
        rows = [{"text": "One.", "date": "0000-00-00"}, {"text": "Two.", "date": "2999-01-01"}]
        told = []
        progress = Progress(tell=told.append)
        name = json_lines(folder / "a.jsonl", rows)
        assert [d.published for d in documents(name, lenient_dates=True, progress=progress)] == [None, None]
        assert len(told) == 1
        assert told[0].startswith("a.jsonl, line 1: '0000-00-00' is no day of the calendar")
        assert told[0].endswith("; read without a date")
        assert progress.notices == {"date": 2}

    @pytest.mark.parametrize(("ending", "pack"), [("gz", gzip.compress), ("xz", lzma.compress), ("zst", zstd.compress)])
    def test_packed_file_that_is_cut_off(self, folder, ending, pack):
        """What came before the cut is kept, then the cut is told."""
        rows = b"".join(json.dumps({"id": i, "text": os.urandom(200).hex()}).encode() + b"\n" for i in range(3_000))
        packed = pack(rows)
        (folder / f"x.jsonl.{ending}").write_bytes(packed[: len(packed) // 2])
        *kept, last = read(f"x.jsonl.{ending}")
        assert len(kept) > 1_000
        assert [d.id for d in kept] == [str(i) for i in range(len(kept))]
        assert "cut off" in last.reason
        assert last.where.endswith(f"line {len(kept) + 1}")

    def test_packed_file_that_is_damaged_in_the_middle(self, folder):
        """Damage ends the file, with what came before kept."""
        rows = (json.dumps({"text": os.urandom(99).hex()}) for _ in range(3_000))
        packed = bytearray(gzip.compress("\n".join(rows).encode()))
        packed[len(packed) // 2 : len(packed) // 2 + 50] = bytes(50)
        (folder / "a.jsonl.gz").write_bytes(packed)
        *kept, last = read("a.jsonl.gz")
        assert len(kept) > 500
        assert isinstance(last, Reject)

    def test_packed_text_that_is_cut_off(self, folder):
        """The part that is there is a document, and the cut is told."""
        text = " ".join(os.urandom(8).hex() for _ in range(20_000))
        packed = gzip.compress(text.encode())
        (folder / "a.txt.gz").write_bytes(packed[: len(packed) // 2])
        document, cut = read("a.txt.gz")
        assert text.startswith(document.text)
        assert "cut off" in cut.reason

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("2,T", "2 cells where the first line names 3 columns"),
            ("2,T,a,b", "4 cells where"),
            ('2,T,"never closed', "broken row|never closed"),
            ('2,T,"closed" too early', "broken row"),
            ("2,T,", "the text is empty"),
        ],
    )
    def test_row_of_a_table(self, folder, row, reason):
        """One faulty row does not swallow those after it."""
        others = "".join(f'{i},T,"Quoted, {i}."\n' for i in range(3, 30))
        (folder / "a.csv").write_text(f'id,title,text\n1,T,"One\nline."\n{row}\n{others}', encoding="utf-8")
        found = list(read("a.csv"))
        assert [item.where for item in found if isinstance(item, Reject)] == ["a.csv, line 4"]
        assert re.search(reason, found[1].reason), found[1].reason
        assert [d.id for d in found if isinstance(d, Document)] == ["1", *map(str, range(3, 30))]

    def test_quote_never_closed_in_a_file_without_other_quotes(self, folder):
        """The quote would take the rest of the file as one cell."""
        (folder / "a.csv").write_text('id,text\n1,One.\n2,"Two.\n' + "".join(f"{i},Row.\n" for i in range(3, 9_000)))
        found = list(read("a.csv"))
        assert [(item.where, "never closed" in item.reason) for item in found if isinstance(item, Reject)] == [
            ("a.csv, line 3", True)
        ]
        assert len(found) == 8_999

    def test_nul_in_a_table(self, folder):
        """A NUL is replaced, not the end of the row."""
        (folder / "a.csv").write_bytes(b"id,text\n1,a\x00b and more text that is long enough to be text\n")
        progress = Progress(tell=lambda _: None)
        assert documents("a.csv", progress=progress)[0].text.startswith("a\ufffdb")

    def test_page_without_an_article(self, folder):
        """A page of nothing is no document."""
        (folder / "a.html").write_text("<html><body></body></html>")
        [item] = rejects("a.html")
        assert "no article" in item.reason

    def test_text_over_the_limit(self, folder):
        """The limit can be raised."""
        name = json_lines(folder / "a.jsonl", [{"text": "word " * 30}, {"text": "Two."}])
        assert "150 characters, more than the 100" in rejects(name, limit=100)[0].reason
        assert len(documents(name, limit=200)) == 2

    def test_json_array_that_ends_in_the_middle(self, folder):
        """What came before is kept."""
        (folder / "a.json").write_text('[{"text": "One."}, {"text": "Two."}, {"text": "Th')
        found = list(read("a.json"))
        assert [type(item) for item in found] == [Document, Document, Reject]
        (folder / "b.json").write_text('[{"text": "One."}')
        assert [type(item) for item in read("b.json")] == [Document, Reject]

    def test_bad_file_among_good_ones(self, folder):
        """In a folder a file that cannot be read is one item set aside."""
        (folder / "news").mkdir()
        (folder / "news/a.txt").write_text(TEXT)
        (folder / "news/b.csv").write_text("x,y\n1,2\n")
        (folder / "news/c.pdf").write_bytes(b"%PDF")
        (folder / "news/d.txt").write_bytes(b"")
        found = list(read("news"))
        assert [(item.where, item.reason[:20]) for item in found if isinstance(item, Reject)] == [
            ("news/b.csv", "no column of text wa"),
            ("news/c.pdf", "a kind of file that "),
            ("news/d.txt", "the file is empty; n"),
        ]
        assert len(found) == 4

    def test_same_id_in_two_sources_of_a_run(self, folder):
        """Ids are one run's, not one file's."""
        first = json_lines(folder / "a.jsonl", [{"id": "x", "text": "One."}])
        second = json_lines(folder / "b.jsonl", [{"id": "x", "text": "Two."}])
        seen = Seen()
        assert len(documents(first, seen=seen)) == 1
        assert "met before" in rejects(second, seen=seen)[0].reason


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2023-10-17", date(2023, 10, 17)),
        ("2023-10-17T23:59:59+09:00", date(2023, 10, 17)),
        ("2023-10-17 08:00", date(2023, 10, 17)),
        ("20231017", date(2023, 10, 17)),
        (20231017, date(2023, 10, 17)),
        ("20231017083000", date(2023, 10, 17)),
        ("Tue, 17 Oct 2023 08:00:00 GMT", date(2023, 10, 17)),
        ("17 October 2023", date(2023, 10, 17)),
        ("October 17, 2023", date(2023, 10, 17)),
        (1697500800, date(2023, 10, 17)),
        (1697500800.0, date(2023, 10, 17)),
        ("1697500800000", date(2023, 10, 17)),
        (datetime(2023, 10, 17, 8, tzinfo=UTC), date(2023, 10, 17)),
        (date(2023, 10, 17), date(2023, 10, 17)),
        ("", None),
        (None, None),
        (float("nan"), None),
        ("NaT", None),
    ],
)
def test_days_as_sources_write_them(value, day):
    """The day is the one written, whatever the zone."""
    assert published_day(value) == day


@pytest.mark.parametrize(("value", "two_orders"), [
    ("06/03/2024", True), ("6-3-2024 10:00", True), ("06/06/2024", False), ("25/03/2024", False), ("03/25/2024", False),
    ("06.03.2024", False), ("2024-03-06", False), ("6 March 2024", False), (20240306, False), (None, False),
])  # fmt: skip
def test_a_day_in_two_orders(value, two_orders):
    """Only two numbers that can both be months, parted by slashes or hyphens, leave the order open."""
    assert either_way(value) == two_orders


def test_a_day_in_two_orders_is_told(tmp_path):
    """It is read day first, and the reader says so with the line, once for each source."""
    table = tmp_path / "news.csv"
    table.write_text("id,text,date\n1,Rain in Quito.,06/03/2024\n2,Rain in Oslo.,07/03/2024\n", encoding="utf-8")
    told: list[str] = []
    progress = Progress(tell=told.append)
    assert [d.published for d in documents(str(table), progress=progress)] == [date(2024, 3, 6), date(2024, 3, 7)]
    assert len(told) == 1
    assert "line 2: the date 06/03/2024 was read day first, as 2024-03-06" in told[0]
    assert progress.notices["order"] == 2


def test_tomorrow_is_a_day_of_publication_somewhere():
    """East of Greenwich it is tomorrow already; the day after is nowhere."""
    today = date(2023, 10, 17)
    assert published_day("2023-10-18", today) == today + timedelta(days=1)
    with pytest.raises(ValueError, match="future"):
        published_day("2023-10-19", today)


def test_seen_agrees_with_a_set():
    """The compact table knows exactly what was added, through several growths."""
    seen, ids = Seen(), [f"document {i % 7_000}" for i in range(10_000)]
    known: set[str] = set()
    for identifier in ids:
        assert seen.add(identifier) == (identifier not in known)
        known.add(identifier)
    assert len(seen) == len(known)


def test_a_page_of_navigation_alone_is_set_aside(tmp_path):
    """A word of a menu is no article."""
    page = tmp_path / "page.html"
    page.write_text("<html><head><title>x</title></head><body><nav><a href=a>Home</a></nav></body></html>")
    (found,) = read(str(page))
    assert isinstance(found, Reject)
    assert "no article" in found.reason
