"""The benchmarks' own arithmetic, on a made-up coder."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import install_size
import speed
import stages
import texts

from whimbrel.errors import OptionError, SourceError
from whimbrel.records import Document


class Time:
    """A clock that goes on only when something sleeps, so that figures are exact."""

    now = 0.0

    def sleep(self, seconds):
        """Let time pass."""
        self.now += seconds

    def perf_counter(self):
        """Return the seconds passed."""
        return self.now


time = Time()


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    """Measure by the made-up clock."""
    monkeypatch.setattr(speed, "perf_counter", time.perf_counter)
    monkeypatch.setattr(stages, "perf_counter", time.perf_counter)


class FakeSession:
    """An encoder that takes its time and keeps what it is fed."""

    def __init__(self):
        self.fed = []

    def run(self, outputs, feed):
        """Keep the batch."""
        time.sleep(0.002)
        self.fed.append(feed)
        return [outputs]


class FakeExtractor:
    """Feeds its session the documents' ids, two at a time."""

    def __init__(self):
        self.session = FakeSession()

    def extract(self, documents):
        """Run the encoder."""
        for first in range(0, len(documents), 2):
            self.session.run(["scores"], {"ids": [each.id for each in documents[first:first + 2]]})


class FakeCoder:
    """Finds one event in each document."""

    def __init__(self):
        self.extractor = FakeExtractor()

    def stream(self, documents):
        """Yield each document with one event."""
        documents = list(documents)
        self.extractor.extract(documents)
        for document in documents:
            time.sleep(0.001)
            yield document, ("event",)


REPORTS = [Document(f"d{number}", "Ministers met. They agreed.") for number in range(6)]


def test_the_bare_encoder_runs_on_the_coders_own_batches():
    """What it is fed is what the coder fed it; the coder's session is put back."""
    coder = FakeCoder()
    session = coder.extractor.session
    calls = speed.batches(coder, REPORTS)
    assert [feed["ids"] for _, feed in calls] == [["d0", "d1"], ["d2", "d3"], ["d4", "d5"]]
    assert coder.extractor.session is session
    session.fed.clear()
    speed.encode(coder, calls)
    assert session.fed == [feed for _, feed in calls]


def test_end_to_end_is_slower_than_the_encoder_alone():
    """Three batches of 2 ms against those and six documents of 1 ms each."""
    found = speed.speed(FakeCoder(), REPORTS, sentences=12, threads=1)
    assert found == speed.Speed(threads=1, end_to_end=1000.0, encoder=2000.0, ratio=0.5)


def test_a_coder_without_an_encoder_cannot_be_compared():
    """The error says so, and the session is put back."""
    coder = FakeCoder()
    with pytest.raises(SourceError, match="never ran its extractor's session"):
        speed.batches(coder, [])
    assert isinstance(coder.extractor.session, FakeSession)


@pytest.fixture
def package():
    """Return one of two modules of a package, of which the other has taken a function by name."""
    tools, user = ModuleType("fakebird.tools"), ModuleType("fakebird.user")

    def inner():
        time.sleep(0.02)

    def outer():
        time.sleep(0.01)
        user.taken()

    def steps():
        for number in range(3):
            time.sleep(0.005)
            yield number

    class Box:
        def method(self):
            return "result"

        @staticmethod
        def fixed():
            return "fixed"

    tools.inner, tools.outer, tools.steps, tools.Box, user.taken = inner, outer, steps, Box, inner
    modules = {"fakebird": ModuleType("fakebird"), "fakebird.tools": tools, "fakebird.user": user}
    sys.modules.update(modules)
    yield tools
    for name in modules:
        del sys.modules[name]


def test_a_stage_inside_another_is_counted_once(package):
    """The outer stage keeps its own time alone, though the inner function was taken over by name."""
    with stages.timed({"out": ["fakebird.tools:outer"], "in": ["fakebird.tools:inner"]}) as clock:
        package.outer()
    assert clock.calls == {"out": 1, "in": 1}
    assert clock.seconds == pytest.approx({"out": 0.01, "in": 0.02})


def test_an_iterator_is_timed_at_each_step(package):
    """And not while others work between the steps."""
    with stages.timed({"steps": ["fakebird.tools:steps"]}) as clock:
        for _ in package.steps():
            time.sleep(0.03)
    assert clock.seconds == pytest.approx({"steps": 0.015})


def test_methods_are_timed_and_all_is_put_back(package):
    """Also static ones."""
    before = dict(vars(package.Box))
    with stages.timed({"box": ["fakebird.tools:Box.method", "fakebird.tools:Box.fixed"]}) as clock:
        assert (package.Box().method(), package.Box.fixed()) == ("result", "fixed")
        assert dict(vars(package.Box)) != before
    assert clock.calls == {"box": 2}
    assert dict(vars(package.Box)) == before


def test_all_is_put_back_when_the_block_fails(package):
    """A benchmark that breaks leaves no clock behind."""
    before = package.outer

    def failing():
        with stages.timed({"out": ["fakebird.tools:outer"]}):
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert package.outer is before


@pytest.mark.parametrize("target", ["fakebird.none:f", "fakebird.tools:none", "fakebird.tools:Box.none"])
def test_a_stage_whose_function_is_gone_is_an_error(package, target):
    """The error names the target and where the table stands; nothing stays wrapped."""
    outer = package.outer
    with pytest.raises(OptionError, match=f"there is no {target}"), \
            stages.timed({"out": ["fakebird.tools:outer"], "gone": [target]}):
        pass
    assert package.outer is outer


def test_every_stage_of_the_table_is_there():
    """The table follows the code: each function is found, and none stays wrapped."""
    with stages.timed() as clock:
        pass
    assert clock.calls == {}


def test_shares_add_up_to_the_whole():
    """Seven of ten seconds in stages: the rest is other work."""
    clock = stages.Clock()
    clock.seconds, clock.calls = {"a": 5.0, "b": 2.0}, {"a": 1, "b": 1}
    assert stages.shares(clock, ["a", "b"], 10.0) == {"a": 50.0, "b": 20.0, "other": 30.0}
    assert stages.shares(clock, ["a", "b"], 3.5) == {"a": 71.4, "b": 28.6, "other": 0.0}, "two threads"


def test_a_report_of_all_figures():
    """Without processes of its own; the stages are those of one thread."""
    table = {"encoding": [f"{__name__}:FakeSession.run"]}
    report = speed.measure(REPORTS, [1, 2], lambda _: FakeCoder(), table)
    assert (report.documents, report.sentences, report.events) == (6, 12, 6)
    assert [each.threads for each in report.speeds] == [1, 2]
    assert report.stages == {"encoding": 50.0, "other": 50.0}
    lines = "\n".join(speed.table_of(report))
    assert "6 documents, 12 sentences, 6 events" in lines
    assert "  2 threads" in lines
    assert "peak memory" not in lines


def test_a_stage_that_is_never_called_has_no_share():
    """A share of 0 % would be a lie where the coder calls something else."""
    assert speed.time_of_stages(FakeCoder(), REPORTS, {"idle": [f"{__name__}:idle"]}) == {"idle": None, "other": 100.0}


def idle():
    """Stand for a function that nobody calls."""


def test_texts_are_read_and_written(tmp_path):
    """What is written is read again, no more than asked for; blank texts are passed over."""
    path = tmp_path / "texts.jsonl"
    texts.write(path, [*REPORTS, Document("blank", " ")])
    assert texts.read(path, 4) == REPORTS[:4]
    assert texts.read(path, 100) == REPORTS


@pytest.mark.parametrize(("content", "message"), [
    ("", "holds no reports"), ('{"id": "a"}\n', "line 1 is no report"), ("{\n", "line 1 is no report"),
    ('{"id": "a", "text": "b", "date": "May"}\n', "line 1 is no report"),
])
def test_faulty_texts_are_named(tmp_path, content, message):
    """File and line."""
    path = tmp_path / "texts.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        texts.read(path, 5)


def test_made_up_texts_differ_and_are_the_same_each_time(tmp_path):
    """Sentences of the sample in another order in each report."""
    sample = tmp_path / "sample.txt"
    sample.write_text("Ministers met. Police arrested two men. Farmers blocked roads. Troops left.", encoding="utf-8")
    made = texts.generate(20, sample)
    assert made == texts.generate(20, sample)
    assert len({each.text for each in made}) > 15
    with pytest.raises(SourceError, match="give a file of texts instead"):
        texts.generate(1, tmp_path / "none.txt")


def test_the_installers_own_packages_are_not_counted(tmp_path):
    """Folders and single files are, the largest first; links are not."""
    for name, size in (("pip/a.py", 500), ("pip-24.0.dist-info/RECORD", 50), ("numpy/core/b.so", 300),
                       ("six.py", 20), ("pipdeptree-2.dist-info/RECORD", 7)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    (tmp_path / "numpy" / "link.so").symlink_to(tmp_path / "numpy" / "core" / "b.so")
    found = install_size.sizes(tmp_path)
    assert list(found.items()) == [("numpy", 300), ("six.py", 20), ("pipdeptree-2.dist-info", 7)]
    assert install_size.lines({"numpy": 3_000_000, "six.py": 500_000})[-1].split() == ["in", "all", "3.5", "MB"]


def test_a_limit_that_is_passed_fails(tmp_path, monkeypatch, capsys):
    """Exit status 1, and both figures; within the limit 0."""
    (tmp_path / "big.py").write_bytes(b"x" * 2_000_000)
    monkeypatch.setattr(install_size, "install", lambda _project, _folder: tmp_path)
    assert install_size.main([str(tmp_path), "--limit", "1.5"]) == 1
    assert "2.0 MB is over the limit of 1.5 MB" in capsys.readouterr().err
    assert install_size.main([str(tmp_path), "--limit", "2.5", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"big.py": 2_000_000}
