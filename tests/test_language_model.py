"""The extractor that asks a language model, against a server on this machine that speaks the protocol."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from whimbrel.coder import Coder
from whimbrel.errors import ModelError, OptionError
from whimbrel.extraction.language_model import LanguageModelWarning, Prices, language_model_extractor
from whimbrel.extraction.segmenting import segment
from whimbrel.ontology import Ontology
from whimbrel.records import Document

ONTOLOGY = Ontology.load()
TEXT = "Police in Dakar detained eleven strikers on Friday. Fiji’s minister said Tonga “will join” the talks."
DOCUMENT = Document("d1", TEXT, "Strike in Dakar")
ARREST = {
    "sentence": 1, "trigger": "detained", "type": "COERCE", "mode": ["arrest"], "flags": [], "actors": ["Police"],
    "recipients": ["strikers"], "places": ["Dakar"], "dates": ["on Friday"], "according_to": None, "killed": None,
    "injured": None, "arrested": "eleven", "confidence": 0.9,
}  # fmt: skip
JOIN = {
    **ARREST, "sentence": 2, "trigger": '"will join"', "type": "AGREE", "mode": [], "flags": ["future"],
    "actors": ["Tonga"], "recipients": [], "places": [], "dates": [], "according_to": "Fiji's minister",
    "arrested": None, "confidence": 0.6,
}  # fmt: skip
GOOD = {"contexts": ["legal"], "events": [ARREST, JOIN]}
EMPTY = {"contexts": [], "events": []}


def said(content, finish="stop", **more):
    """Return a completion with some content."""
    text = content if isinstance(content, str) else json.dumps(content)
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    return {"choices": [choice], "usage": {"prompt_tokens": 1_000, "completion_tokens": 100}, **more}


class Stub:
    """A server that gives the replies it was told, one after the other, the last for all that follow.

    A reply is a completion, (status, body, headers), or a function of the request's body that returns one.
    """

    def __init__(self):
        self.replies = [said(GOOD)]
        self.requests = []
        self.headers = []
        self.lock = threading.Lock()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with stub.lock:
                    number = len(stub.requests)
                    stub.requests.append((self.path, body))
                    stub.headers.append(dict(self.headers))
                reply = stub.replies[min(number, len(stub.replies) - 1)]
                reply = reply(body) if callable(reply) else reply
                status, content, headers = reply if isinstance(reply, tuple) else (200, reply, {})
                raw = content.encode() if isinstance(content, str) else json.dumps(content).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(raw)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def stop(self):
        """End the server."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def stub():
    """Run a server."""
    running = Stub()
    yield running
    running.stop()


@pytest.fixture
def waits():
    """Hold the seconds that extractors would have waited."""
    return []


@pytest.fixture
def make(stub, tmp_path, waits):
    """Return a maker of extractors that ask the server and do not really wait."""
    made = []

    def make(**options):
        options = {"cache": tmp_path / "cache", "progress": False, **options}
        extractor = language_model_extractor(stub.url, "small-1", **options)
        extractor.client.wait = waits.append
        extractor.client.chance = lambda: 0.0
        made.append(extractor)
        return extractor

    yield make
    for extractor in made:
        extractor.close()


def test_answer_becomes_events_with_exact_characters(make):
    """Each phrase is a span of the document's own characters, also where the model put other quotation marks."""
    [extraction] = make().extract([DOCUMENT])
    arrest, join = extraction.events
    assert (arrest.event, arrest.mode, arrest.confidence, arrest.sentence) == ("COERCE", ("arrest",), 0.9, 0)
    assert arrest.types == (("COERCE", 0.9),)
    assert (join.flags, join.trigger.text, join.according_to.text) == (("future",), "“will join”", "Fiji’s minister")
    spans = [event.trigger for event in extraction.events] + [mention.span for mention in extraction.mentions]
    assert all(TEXT[span.start : span.end] == span.text for span in spans)
    assert [(m.kind, m.span.text) for m in extraction.mentions] == [
        ("party", "Police"), ("place", "Dakar"), ("count", "eleven"), ("party", "strikers"), ("date", "on Friday"),
        ("party", "Fiji’s minister"), ("party", "Tonga"),
    ]  # fmt: skip
    assert extraction.context == (("legal", 1.0),)
    assert extraction.segmented == segment(TEXT)


def test_request_speaks_the_protocol(make, stub):
    """Path, model, messages, schema and key are where an endpoint looks for them."""
    extractor = make(key="secret-1")
    extractor.extract([DOCUMENT])
    [(path, body)] = stub.requests
    assert path == "/v1/chat/completions"
    assert (body["model"], body["temperature"], body["max_tokens"]) == ("small-1", 0, 4096)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert body["messages"][1]["content"].startswith("Headline: Strike in Dakar\n\n[1] Police in Dakar")
    assert body["response_format"]["json_schema"]["strict"] is True
    assert stub.headers[0]["Authorization"] == "Bearer secret-1"
    assert "secret-1" not in repr(extractor) + extractor.name
    assert extractor.name.startswith("small-1 (prompt ")


def test_settings_come_from_the_environment(monkeypatch, stub):
    """Who sets the variables gives no arguments; without any, the message names both."""
    for variable in ("WHIMBREL_LLM_URL", "WHIMBREL_LLM_MODEL", "WHIMBREL_LLM_KEY"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(OptionError, match="give base_url, or set WHIMBREL_LLM_URL"):
        language_model_extractor(model="m")
    with pytest.raises(OptionError, match="give model, or set WHIMBREL_LLM_MODEL"):
        language_model_extractor("http://localhost/v1")
    monkeypatch.setenv("WHIMBREL_LLM_URL", stub.url)
    monkeypatch.setenv("WHIMBREL_LLM_MODEL", "other-2")
    monkeypatch.setenv("WHIMBREL_LLM_KEY", "k2")
    with language_model_extractor(use_cache=False, progress=False) as extractor:
        extractor.extract([DOCUMENT])
    assert (stub.requests[0][1]["model"], stub.headers[0]["Authorization"]) == ("other-2", "Bearer k2")


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"base_url": "localhost:8000"}, "no web address"),
        ({"parallel": 0}, "parallel is 0"),
        ({"threshold": 2}, "threshold is 2"),
        ({"timeout": 0}, "timeout is 0"),
        ({"limit": 1.0}, "needs prices"),
        ({"limit": -1.0, "prices": Prices(1, 1)}, "limit is -1"),
    ],
)
def test_options_that_make_no_sense(options, what):
    """They are refused before anything is asked."""
    with pytest.raises(OptionError, match=what):
        language_model_extractor(**{"base_url": "http://localhost/v1", "model": "m", **options})
    with pytest.raises(OptionError, match="below 0"):
        Prices(-1, 0)


@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_passing_faults_are_tried_again(make, stub, waits, status):
    """Waits grow by two each time."""
    stub.replies = [(status, {"error": {"message": "busy"}}, {})] * 3 + [said(GOOD)]
    extractor = make()
    assert len(extractor.extract([DOCUMENT])[0].events) == 2
    assert waits == [1, 2, 4]
    assert (extractor.usage.requests, extractor.usage.retries) == (1, 3)


def test_retry_after_is_honoured(make, stub, waits):
    """As a number of seconds, and as a date."""
    soon = format_datetime(datetime.now(tz=UTC) + timedelta(seconds=90), usegmt=True)
    stub.replies = [(429, "", {"Retry-After": "7.5"}), (429, "", {"Retry-After": soon}), said(GOOD)]
    extractor = make()
    extractor.extract([DOCUMENT])
    assert waits[0] == 7.5
    assert 80 < waits[1] <= 90


def test_retry_after_of_an_hour_ends_the_run(make, stub):
    """Nobody wants a program that sleeps for an hour without a word."""
    stub.replies = [(429, {"error": {"message": "daily quota"}}, {"Retry-After": "3600"})]
    with pytest.raises(ModelError, match=r"asks to wait 60 minutes \(daily quota\)"):
        make().extract([DOCUMENT])


def test_endpoint_that_stays_out_of_reach(make, stub):
    """After the last try the message says what was wrong each time."""
    stub.replies = [(503, {"error": "overloaded"}, {})]
    with pytest.raises(ModelError, match=r"no answer in 3 tries: status 503 \(overloaded\)"):
        make(tries=3).extract([DOCUMENT])
    assert len(stub.requests) == 3


def test_nobody_listens(make, stub):
    """A wrong port is told as such."""
    extractor = make(tries=2)
    stub.stop()
    with pytest.raises(ModelError, match="no answer in 2 tries: no connection"):
        extractor.extract([DOCUMENT])


def test_slow_answer_is_a_time_out_and_tried_again(make, stub):
    """One answer in time is enough."""

    def slow(_body):
        time.sleep(0.6)
        return said(EMPTY)

    stub.replies = [slow, said(GOOD)]
    extractor = make(timeout=0.2)
    assert len(extractor.extract([DOCUMENT])[0].events) == 2
    assert extractor.usage.retries == 1


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, r"the key is refused \(bad key\); give a valid one in WHIMBREL_LLM_KEY"),
        (404, "no model 'small-1'"),
        (402, "no credit"),
        (413, r"refused with status 413 \(bad key\)"),
    ],
)
def test_refusals_end_the_run_at_once(make, stub, status, message):
    """What a later try cannot mend is not tried again, and the key is in no message."""
    stub.replies = [(status, {"error": {"message": "bad key"}}, {})]
    with pytest.raises(ModelError, match=message) as caught:
        make(key="secret-1").extract([DOCUMENT])
    assert len(stub.requests) == 1
    assert "secret-1" not in str(caught.value)


@pytest.mark.parametrize("reply", [(200, "<html>", {}), (200, [1], {}), (200, {"choices": []}, {})])
def test_something_else_answers(make, stub, reply):
    """A web page is no endpoint."""
    stub.replies = [reply]
    with pytest.raises(ModelError, match="OpenAI-compatible"):
        make().extract([DOCUMENT])


def test_structured_output_falls_back(make, stub):
    """An endpoint without JSON Schema gets simpler requests, and later ones begin with what it takes."""

    def old(body):
        form = body.get("response_format", {}).get("type")
        return (400, {"error": {"message": f"{form} is not supported"}}, {}) if form else said(GOOD)

    stub.replies = [old]
    extractor = make()
    assert len(extractor.extract([DOCUMENT])[0].events) == 2
    assert [b.get("response_format", {}).get("type") for _, b in stub.requests] == ["json_schema", "json_object", None]
    assert "JSON Schema" in stub.requests[-1][1]["messages"][-1]["content"]
    extractor.extract([Document("d2", "Police in Lyon detained nobody.")])
    assert len(stub.requests) == 4


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(GOOD),
        f"```json\n{json.dumps(GOOD, indent=1)}\n```",
        f"Here is {{the}} answer:\n{json.dumps(GOOD)}\nI hope this helps {{}}.",
    ],
)
def test_answers_with_words_around_them(make, stub, text):
    """Endpoints without structured output talk."""
    stub.replies = [said(text)]
    assert len(make().extract([DOCUMENT])[0].events) == 2


def test_malformed_answer_is_asked_for_again(make, stub):
    """The second question says what was wrong with the first answer; only the good one is kept."""
    stub.replies = [said("I cannot say."), said(GOOD)]
    assert len(make().extract([DOCUMENT])[0].events) == 2
    messages = stub.requests[1][1]["messages"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]
    assert messages[2]["content"] == "I cannot say."
    make().extract([DOCUMENT])
    assert len(stub.requests) == 3  # the unusable answer was not kept, the good one was


def test_sentences_without_a_usable_answer_are_told(make, stub):
    """The rest of the run goes on, and nothing is lost in silence."""
    stub.replies = [lambda body: said("{" if "Dakar" in body["messages"][1]["content"] else EMPTY)]
    extractor = make()
    with pytest.warns(LanguageModelWarning, match="document d1, sentences 1 to 2: not coded"):
        first, second = extractor.extract([DOCUMENT, Document("d2", "All is quiet.")])
    assert (first.events, second.events, extractor.unread) == ((), (), 2)
    assert "sentences without a usable answer: 2" in extractor.report()


def test_answer_that_was_cut_off_is_asked_for_in_halves(make, stub):
    """Too many events for one answer are found in two."""

    def short(body):
        if "[2]" in body["messages"][1]["content"]:
            return said('{"events": [', "length")
        one = ARREST if "Dakar detained" in body["messages"][1]["content"] else JOIN
        return said({"contexts": [], "events": [{**one, "sentence": 1}]})

    stub.replies = [short]
    [extraction] = make().extract([DOCUMENT])
    assert [(event.event, event.sentence) for event in extraction.events] == [("COERCE", 0), ("AGREE", 1)]


def wrong(**changes):
    """Return an answer with one event that is changed."""
    return {"contexts": [], "events": [{**ARREST, **changes}]}


@pytest.mark.parametrize(
    ("answer", "events", "dropped"),
    [
        (wrong(trigger="arrested"), 0, "events whose words are not in the sentence"),
        (wrong(trigger=None), 0, "events whose words are not in the sentence"),
        (wrong(trigger="talks"), 0, "events whose words are not in the sentence"),  # of the next sentence
        (wrong(sentence=3), 0, "events of no such sentence"),
        (wrong(sentence="1"), 0, "events of no such sentence"),
        (wrong(type="DANCE"), 0, "events of unknown types"),
        ({"events": ["x"]}, 0, "events of the wrong shape"),
        (wrong(actors=["Police officers"]), 1, "phrases that are not in the sentence"),
        (wrong(recipients=[5]), 1, "phrases that are not in the sentence"),
        (wrong(arrested="11"), 1, "phrases that are not in the sentence"),
        (wrong(mode=["phone"]), 1, "modes of another type"),
        (wrong(flags=["maybe"]), 1, "unknown flags"),
        ({**wrong(), "contexts": ["sport"]}, 1, "unknown contexts"),
    ],
)
def test_what_does_not_fit_is_dropped_and_counted(make, stub, answer, events, dropped):
    """A phrase that the report does not have never reaches a record."""
    stub.replies = [said(answer)]
    extractor = make()
    [extraction] = extractor.extract([DOCUMENT])
    assert len(extraction.events) == events
    assert extractor.dropped == {dropped: 1}
    assert f"dropped: {dropped} (1)" in extractor.report()


@pytest.mark.parametrize(("given_", "kept"), [("high", 0.5), (None, 0.5), (7, 1.0), (-1, 0.0), (0.25, 0.25)])
def test_confidence_is_a_number_from_0_to_1(make, stub, given_, kept):
    """Whatever a model says of it."""
    stub.replies = [said(wrong(confidence=given_))]
    assert make().extract([DOCUMENT])[0].events[0].confidence == kept


def test_threshold_leaves_out_and_keeps_for_explaining(make):
    """As with the model that ships."""
    [extraction] = make(threshold=0.7).extract([DOCUMENT])
    assert [event.event for event in extraction.events] == ["COERCE"]
    assert [event.event for event in extraction.left_out] == ["AGREE"]


def test_cache_answers_a_second_run(make, stub):
    """The same request is paid for once; another document, model or prompt is another request."""
    make().extract([DOCUMENT])
    second = make(prices=Prices(1, 1), limit=0.0)
    assert len(second.extract([DOCUMENT])[0].events) == 2
    assert (len(stub.requests), second.usage.cached, second.usage.spent) == (1, 1, 0.0)
    make().extract([Document("d2", "Police in Oslo detained eleven strikers.")])
    make(longest_answer=100).extract([DOCUMENT])
    assert len(stub.requests) == 3


def test_cache_file_that_is_damaged_is_asked_for_again(make, stub, tmp_path):
    """A power cut must not spoil later runs; no partial file is left, and no key is stored."""
    make(key="secret-1").extract([DOCUMENT])
    [path] = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert "secret-1" not in path.read_text()
    path.write_text('{"text": "{\\"ev')
    make().extract([DOCUMENT])
    assert len(stub.requests) == 2


def test_cache_that_cannot_be_written(make, tmp_path):
    """The folder and the next step are named."""
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ModelError, match="cache of answers cannot be written"):
        make().extract([DOCUMENT])


def test_cost_is_counted(make):
    """Prices are for a million tokens: 1,000 in and 100 out at 2 and 10."""
    extractor = make(prices=Prices(2, 10, "EUR"), limit=5)
    extractor.extract([DOCUMENT])
    assert extractor.usage.spent == pytest.approx(0.003)
    assert extractor.report()[0] == "requests: 1, from the cache: 0, tokens: 1,000 in, 100 out, 0.0030 EUR of 5.00"


def test_spending_limit_is_never_passed(make, stub):
    """A request goes only if the dearest answer to it would still be allowed."""
    documents = [Document(f"d{n}", f"Police in Dakar detained {n + 2} strikers.") for n in range(40)]
    prices = Prices(1, 100)  # an answer of 4,096 tokens would cost 0.41, those that come 0.011
    extractor = make(prices=prices, limit=1.0, parallel=3)
    with pytest.raises(ModelError, match=r"spending limit of 1\.00 USD would be passed: .* taken from the cache"):
        extractor.extract(documents)
    assert 0 < len(stub.requests) < 60
    assert extractor.usage.spent == pytest.approx(len(stub.requests) * 0.011)
    assert extractor.usage.spent < 1.0
    make(prices=prices, limit=3.0).extract(documents)
    assert len(stub.requests) == 40  # the first ones came from the cache


def test_answers_that_do_not_tell_their_tokens_are_estimated(make, stub):
    """Spending is then told as about so much, and not too low."""
    stub.replies = [said(GOOD, usage=None)]
    extractor = make(prices=Prices(2, 10))
    extractor.extract([DOCUMENT])
    characters = len(json.dumps(stub.requests[0][1]["messages"]))
    assert extractor.usage.tokens_in >= characters / 4
    assert "about 0." in extractor.report()[0]


def test_long_documents_are_asked_about_in_parts(make, stub):
    """Each part has its own sentences, and events point into the whole document."""
    text = " ".join(f"Police in Dakar detained {number} strikers on Friday." for number in range(2, 47))
    stub.replies = [said({"contexts": ["crime"], "events": [{**ARREST, "arrested": None}]})]
    [extraction] = make().extract([Document("d1", text)])
    assert len(stub.requests) == 3
    assert [event.sentence for event in extraction.events] == [0, 20, 40]
    assert all(text[event.trigger.start : event.trigger.end] == "detained" for event in extraction.events)
    assert extraction.context == (("crime", 1.0),)


def test_documents_keep_their_order(make, stub):
    """Requests under way at once come back in any order."""

    def reply(body):
        late = "Lima" in body["messages"][1]["content"]
        time.sleep(0.1 if late else 0)
        return said(wrong(places=["Lima" if late else "Cali"], arrested=None))

    stub.replies = [reply]
    texts = ["Police in Lima detained strikers on Friday.", "Police in Cali detained strikers on Friday."]
    found = make().extract([Document(str(number), text) for number, text in enumerate(texts)])
    assert [extraction.events[0].place[0].text for extraction in found] == ["Lima", "Cali"]
    assert make().extract([Document("empty", "")])[0].events == ()


def test_extra_settings_reach_the_request(make, stub):
    """Models that want other names of settings get them."""
    make(extra={"max_tokens": None, "max_completion_tokens": 99, "seed": 7}).extract([DOCUMENT])
    body = stub.requests[0][1]
    assert (body["max_completion_tokens"], body["seed"], "max_tokens" in body) == (99, 7, False)


def test_progress_bar_shows_the_cost(make, capsys):
    """On a terminal, or where asked for, it is on standard error."""
    make(progress=True, prices=Prices(2, 10)).extract([DOCUMENT])
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "1/1" in captured.err
    assert "0.0030 USD" in " ".join(captured.err.split())


def test_coder_takes_it(make):
    """Its events are resolved as the built-in model's are, and the record says who coded it."""
    extractor = make()
    [arrest, join] = Coder(extractor=extractor).code(TEXT, published="2024-03-08")
    assert (arrest.cameo, arrest.arrested.value, arrest.place.country) == ("173", 11, "SEN")
    assert (join.actor[0].members[0].country, join.flags) == ("TON", ("future",))
    assert arrest.coder.endswith(f"model {extractor.name}")
