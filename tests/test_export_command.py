"""`whimbrel code` as a person meets it: what it writes, what it says, and how it ends. The coder is a stand-in."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import arro3.io
import pytest
import typer
from test_export import EVENT
from typer.testing import CliRunner

from whimbrel.cli.code import register
from whimbrel.cli.progress import ProgressLine, duration
from whimbrel.errors import OptionError
from whimbrel.reading import Progress
from whimbrel.records import Extraction, FoundEvent, Segmented, Span


@dataclass(frozen=True)
class Found:
    """What the stand-in hands over for one document."""

    extraction: Extraction
    events: tuple


class WordCoder:
    """Codes one event for each "attacked" in a document, and leaves one out for each "perhaps"."""

    def __init__(self, _model=None, **options):
        self.options = options

    def examine_stream(self, documents):
        """Yield what was found in each document; the word "interrupt" stands for Ctrl-C."""
        for document in documents:
            if "interrupt" in document.text:
                raise KeyboardInterrupt
            events = tuple(
                replace(EVENT, id=f"{document.id}-{number}", document=document)
                for number in range(document.text.count("attacked"))
            )
            unsure = FoundEvent(0, "ASSAULT", Span("perhaps", 0, 7), 0.31)
            left_out = (unsure,) * document.text.count("perhaps")
            yield Found(Extraction(document, Segmented(()), left_out=left_out), events)


@pytest.fixture
def code(tmp_path, monkeypatch):
    """Run the command in an empty folder; gives status, output and messages."""
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app, WordCoder)

    def run(*arguments, piped=None):
        return CliRunner().invoke(app, ["code", *map(str, arguments)], input=piped)

    return run


def lines_of(text):
    """Return the values of JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def news(*texts, name="news.jsonl"):
    """Write a file of texts and return its name."""
    Path(name).write_text("".join(json.dumps({"id": f"d{i}", "text": text}) + "\n" for i, text in enumerate(texts)))
    return name


def test_text_to_json_lines_when_piped(code):
    """Standard output holds records only; what is told goes to standard error."""
    result = code("Rebels attacked a convoy.")
    assert result.exit_code == 0
    [record] = lines_of(result.stdout)
    assert record["event"] == "COERCE"
    assert result.stderr.startswith("1 document, 1 event, 0 set aside, ")


def test_pipe_is_read_when_nothing_is_named(code):
    """A filter needs no argument."""
    result = code(piped='{"id": "p", "text": "They attacked."}\n')
    assert [record["document"]["id"] for record in lines_of(result.stdout)] == ["p"]


def test_table(code):
    """A table names the parties."""
    result = code("--format", "table", "Rebels attacked a convoy.")
    assert "who" in result.stdout
    assert "Police of" in result.stdout


def test_long_table_says_what_it_does_not_show(code):
    """Nothing is left out silently."""
    result = code("--format", "table", news("attacked " * 203))
    assert "and 3 more events; write them all with -o" in result.stderr


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.parquet"])
def test_output_file(code, name):
    """The ending tells the format; standard output stays empty."""
    result = code(news("They attacked.", "They attacked and attacked."), "-o", name)
    assert (result.exit_code, result.stdout) == (0, "")
    if name.endswith("parquet"):
        assert sum(batch.num_rows for batch in arro3.io.read_parquet(name)) == 3
    else:
        assert len(Path(name).read_text().splitlines()) == (4 if name.endswith("csv") else 3)


def test_some_set_aside(code):
    """Status 1; the items are in the file beside the output, and named on standard error."""
    Path("out").mkdir()
    Path("news.jsonl").write_text('{"id": "a", "text": "They attacked."}\n{"id": "b"}\n{"id": "a", "text": "again"}\n')
    result = code("news.jsonl", "-o", "out/events.jsonl")
    assert result.exit_code == 1
    assert "set aside: news.jsonl, line 2: no text" in result.stderr
    assert "1 document, 1 event, 2 set aside (out/rejects.jsonl)" in result.stderr
    assert [item["where"] for item in lines_of(Path("out/rejects.jsonl").read_text())] == [
        "news.jsonl, line 2",
        "news.jsonl, line 3",
    ]


def test_many_set_aside_are_named_in_the_file_only(code):
    """Standard error is not flooded."""
    Path("news.jsonl").write_text('{"id": "a", "text": "They attacked."}\n' + "{}\n" * 50)
    result = code("news.jsonl", "--rejects", "aside.jsonl")
    assert result.stderr.count("set aside: ") == 5
    assert "aside.jsonl names them all" in result.stderr
    assert len(Path("aside.jsonl").read_text().splitlines()) == 50


def test_rejects_that_cannot_be_written_are_named(code):
    """A file of rejects that fails does not end the run, and nothing is lost silently."""
    Path("news.jsonl").write_text('{"id": "a", "text": "They attacked."}\n' + "{}\n" * 9)
    result = code("news.jsonl", "--rejects", "nowhere/aside.jsonl")
    assert result.exit_code == 1
    assert "nowhere/aside.jsonl: there is no such folder" in result.stderr
    assert result.stderr.count("set aside: ") == 9


def test_missing_source_among_others(code):
    """The others are read; the status and the file of rejects tell."""
    result = code(news("They attacked."), "new.jsonl", "-o", "out.jsonl")
    assert result.exit_code == 1
    assert "new.jsonl: no such file; did you mean news.jsonl?" in result.stderr
    assert len(lines_of(Path("out.jsonl").read_text())) == 1
    assert "no such file" in Path("rejects.jsonl").read_text()


def test_nothing_could_be_read(code):
    """Status 2, and why."""
    result = code("new.jsonl")
    assert result.exit_code == 2
    assert "no text could be read" in result.stderr
    assert not Path("rejects.jsonl").exists()


def test_no_event_found(code):
    """An empty output is explained."""
    result = code(news("Nothing.", "Nothing again."))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no event was found in 2 documents" in result.stderr


def test_all_events_below_the_threshold(code):
    """The message says how many, how far below, and what to type."""
    result = code(news("perhaps perhaps"))
    assert "2 below it, the best at 0.31; try --min-confidence 0.31" in result.stderr


def test_interruption_keeps_the_events(code):
    """Status 130; the old file is as it was, the events so far beside it."""
    Path("out.jsonl").write_text("old")
    result = code(news("They attacked.", "They attacked.", "interrupt"), "-o", "out.jsonl")
    assert result.exit_code == 130
    assert "interrupted after 2 documents; the 2 events so far are kept in out.jsonl.partial" in result.stderr
    assert len(lines_of(Path("out.jsonl.partial").read_text())) == 2
    assert Path("out.jsonl").read_text() == "old"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_full_disk(code):
    """Status 2, with the reason and what to do."""
    Path("out.jsonl").symlink_to("/dev/full")
    result = code(news("They attacked."), "-o", "out.jsonl")
    assert result.exit_code == 2
    assert "out.jsonl: the disk is full; free some space" in result.stderr


def test_quiet_says_only_what_went_wrong(code):
    """An empty output is still explained."""
    assert code("-q", "They attacked.").stderr == ""
    assert "no event was found" in code("-q", "Nothing here.").stderr


def test_columns_and_day_by_option(code):
    """Options reach the reader."""
    Path("a.csv").write_text("nr,artikel\n7,They attacked.\n")
    result = code("a.csv", "--id-column", "nr", "--text-column", "artikel", "--published", "17 October 2023")
    [record] = lines_of(result.stdout)
    assert (record["document"]["id"], record["document"]["published"]) == ("7", "2023-10-17")


def test_lenient_dates(code):
    """The item is coded, and how many were is told."""
    Path("a.jsonl").write_text('{"text": "They attacked.", "date": "0000-00-00"}\n{"text": "x", "date": "n"}\n')
    assert code("a.jsonl").exit_code == 2
    result = code("a.jsonl", "--lenient-dates")
    assert result.exit_code == 0
    assert "warning: 2 items had a wrong date and were coded without it" in result.stderr


def test_output_in_the_folder_that_is_read(code):
    """The run's own files are not read again."""
    Path("a.txt").write_text("They attacked.")
    assert code(".", "-o", "events.jsonl").exit_code == 0
    assert code(".", "-o", "events.jsonl").exit_code == 0
    assert len(lines_of(Path("events.jsonl").read_text())) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x.txt", "--format", "xml"], "no format 'xml'; choose one of table"),
        (["x.txt", "--format", "parquet"], "name a file: -o FILE.parquet"),
        (["x.txt", "--format", "table", "-o", "a.csv"], "a table is for the terminal"),
        (["x.txt", "-o", "a.xlsx"], "tells no format"),
        (["x.txt", "--published", "soon"], "--published: .soon. is not a date.*2023-10-17"),
        (["x.txt", "-o", "x.txt", "--format", "csv"], "both read and written"),
        (["x.txt", "--encoding", "klingon"], "no encoding 'klingon'"),
    ],
)
def test_options_that_make_no_sense(code, arguments, said):
    """Each is refused with what would make sense."""
    Path("x.txt").write_text("They attacked.")
    result = code(*arguments)
    assert isinstance(result.exception, OptionError)
    with pytest.raises(OptionError, match=said):
        raise result.exception


SCRIPT = """
import sys, time, typer
sys.path.insert(0, {tests!r})
from test_export_command import WordCoder
from whimbrel.cli.code import register

class Slow(WordCoder):
    def examine_stream(self, documents):
        for found in super().examine_stream(documents):
            yield found
            time.sleep({pause})

app = typer.Typer()
app.callback()(lambda: None)
register(app, Slow)
app()
"""


def started(pause, *arguments):
    """Start the command as a process of its own, with a pause after each document."""
    script = SCRIPT.format(tests=str(Path(__file__).parent), pause=pause)
    command = [sys.executable, "-c", script, "code", *arguments]
    # A run in the background is deaf to Ctrl-C, and hands that on.
    hears = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hears)  # noqa: PLW1509


def test_ctrl_c_on_the_real_process(tmp_path, monkeypatch):
    """The signal, not only the exception."""
    monkeypatch.chdir(tmp_path)
    news(*["They attacked."] * 1_000)
    with started(0.01, "news.jsonl", "-o", "out.jsonl") as process:
        deadline = time.monotonic() + 20
        while not Path("out.jsonl.partial").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=20)
    assert process.returncode == 130, messages
    assert b"events so far are kept in out.jsonl.partial" in messages
    assert b"Traceback" not in messages
    assert lines_of(Path("out.jsonl.partial").read_text())


def test_closed_pipe_on_the_real_process(tmp_path, monkeypatch):
    """`| head` ends the run without a word; status 141, as a program ended by the signal has in a shell."""
    monkeypatch.chdir(tmp_path)
    news(*["They attacked."] * 5_000)
    with started(0, "news.jsonl") as process:
        json.loads(process.stdout.readline())
        process.stdout.close()
        messages = process.stderr.read()
        assert process.wait(20) == 141
    assert messages == b""


class _Terminal:
    def __init__(self, terminal):
        self.written = ""
        self.terminal = terminal

    def isatty(self):
        return self.terminal

    def write(self, text):
        self.written += text

    def flush(self):
        pass


@pytest.mark.parametrize(("terminal", "lines"), [(True, 33), (False, 3)])
def test_progress_line(terminal, lines):
    """Shown from the second second on: five times a second on a terminal, once a minute in a log."""
    now = [0.0]
    stream = _Terminal(terminal)
    progress = Progress(bytes_total=1_000)
    line = ProgressLine(progress, stream, clock=lambda: now[0])
    for step in range(41 if terminal else 520):
        now[0] = step / 4
        progress.bytes_read = min(step, 1_000)
        line.update(step, 2 * step)
    assert stream.written.count("documents/s") == lines
    assert "left" in stream.written
    line.clear()
    assert stream.written.endswith("\r") == terminal


def test_progress_line_tells_rate_and_remaining_time():
    """A quarter read in ten seconds leaves thirty."""
    line = ProgressLine(Progress(bytes_read=250, bytes_total=1_000, rejects=3), _Terminal(terminal=True))
    assert line.line(1_200, 3_000, 10.0) == (
        "1,200 documents, 3,000 events | 3 set aside | 120.0 documents/s | 25%, 30 s left"
    )
    unknown = ProgressLine(Progress(bytes_read=250), _Terminal(terminal=True))
    assert unknown.line(10, 0, 10.0) == "10 documents, 0 events | 1.0 documents/s"


@pytest.mark.parametrize(("seconds", "shown"), [(0.4, "0 s"), (41, "41 s"), (720, "12 min"), (3_900, "1 h 05 min")])
def test_durations(seconds, shown):
    """As a person would say it."""
    assert duration(seconds) == shown


def test_command_starts_quickly():
    """Help imports neither the model nor the reader."""
    heavy = ("numpy", "httpx", "trafilatura", "arro3", "onnxruntime")
    probe = f"import sys, whimbrel.cli.code; print([name for name in {heavy} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, env=os.environ)
    assert shown.stdout.strip() == "[]"
