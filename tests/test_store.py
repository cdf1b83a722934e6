"""The store: what goes in comes out as it was; queries, pages, counts; versions of documents and of codings."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_export import BARE, EVENT, events

from whimbrel import Coder
from whimbrel.coder import digest
from whimbrel.errors import OptionError
from whimbrel.ontology import Ontology
from whimbrel.reading import Reject
from whimbrel.records import Document, Event, Mention, Party, Place, Sentence, Span, When
from whimbrel.store import DIMENSIONS, Query, Store, StoreError
from whimbrel.store.dialects import distance_km, fts5
from whimbrel.store.names import countries
from whimbrel.store.query import options_of

PLACES = {
    "Cairo": ("EGY", 30.04, 31.24), "Gaza": ("PSE", 31.50, 34.47), "Nairobi": ("KEN", -1.28, 36.82),
    "Suva": ("FJI", -18.14, 178.44), "Apia": ("WSM", -13.83, -171.77),
}  # fmt: skip
PEOPLE = {"Ruto": Party("William Ruto", "person", "KEN", ("GOV",), "President of Kenya", "Q1243571")}
_SAID = re.compile(r"(?P<flag>not )?(?P<actor>[\w:+]+) (?P<event>[A-Z]+)(?:/(?P<mode>[\w-]+))? (?P<to>[\w:+]+)"
                   r"(?: in (?P<place>\w+))?(?: on (?P<day>[\d-]+))?\.")  # fmt: skip


class PlainCoder:
    """Reads sentences such as "not KEN:MIL+UGA CONSULT/visit TZA in Nairobi on 2023-10-17."; "_" is nobody."""

    def __init__(self, name="plain 1"):
        self.name = name
        self.documents = 0
        self._ontology = Ontology.load()

    def stream(self, documents):
        """Yield each document with its events; a document that says "crash" is too much."""
        for document in documents:
            if "crash" in document.text:
                raise ZeroDivisionError("crash")
            self.documents += 1
            yield document, tuple(self._event(document, found) for found in _SAID.finditer(document.text))

    def _event(self, document, found):
        kind, mode = found["event"], (found["mode"],) if found["mode"] else ()
        cameo = self._ontology.cameo(kind, mode)
        day = date.fromisoformat(found["day"]) if found["day"] else document.published
        return Event(
            id=digest(f"{document.id} {found.start('event')} {kind}"), document=document,
            sentence=Sentence(0, found[0], *found.span()), event=kind, mode=mode,
            quad=self._ontology.types[kind].quad, score=self._ontology.score(kind, mode), cameo=cameo,
            goldstein=self._ontology.goldstein(cameo), trigger=Span(kind, *found.span("event")),
            flags=("negated",) if found["flag"] else (), context=("diplomatic",),
            actor=_mentions(found, "actor"), recipient=_mentions(found, "to"), according_to=None,
            date=When(day, day, "day", "text") if day else None, place=_place(found), killed=None, injured=None,
            arrested=None, confidence=0.9 if mode else 0.4, coder=self.name,
        )  # fmt: skip


def _mentions(found, role):
    if found[role] == "_":
        return ()
    members = []
    for word in found[role].split("+"):
        country, _, sector = word.partition(":")
        members.append(PEOPLE.get(word) or Party(word, "organisation", country, (sector,) if sector else ()))
    return (Mention(found[role], *found.span(role), tuple(members)),)


def _place(found):
    if not found["place"]:
        return None
    country, latitude, longitude = PLACES[found["place"]]
    name = found["place"]
    return Place(name, *found.span("place"), name, country, None, latitude, longitude, None, "city")


def report(identifier, text, day=date(2023, 10, 17), publisher="Example"):
    """Return a document."""
    return Document(identifier, text, f"About {identifier}", None, publisher, day)


REPORTS = [
    report("a", "RUS CONSULT/phone EGY in Cairo on 2023-10-02. Grain was spoken of."),
    report("b", "EGY CONSULT RUS on 2023-11-05. KEN:COP COERCE/arrest KEN:OPP in Nairobi."),
    report("c", "RUS+EGY AGREE _ on 2023-09-30. not KEN:MIL ASSAULT SOM:REB on 2023-10-20.", publisher="Agency"),
    report("d", "Ruto CONSULT/visit UGA in Suva on 2024-01-01. FJI AID WSM in Apia on 2024-01-02."),
    report("e", "A café in Gaza, and no event. Protests over the price of grain.", None),
    report("f", "_ PROTEST/demo KEN:GOV.", None),
]


@pytest.fixture
def store(tmp_path):
    """Give a new store with six documents and nine events."""
    with Store.create(tmp_path / "record.db") as made:
        made.ingest(REPORTS, PlainCoder(), source="reports.jsonl")
        yield made


def said(store, **asked):
    """Return the events found, each as its document and type."""
    return [f"{event.document.id} {event.event}" for event in store.events(Query(**asked))]


def as_coded(coder, documents):
    """Return what the coder finds in documents, by id."""
    return {event.id: event for _, found in coder.stream(documents) for event in found}


def by_id(store, **asked):
    """Return all events of a store with their texts, by id."""
    return {event.id: event for event in store.events(Query(**asked), texts=True)}


def test_events_come_back_as_they_were(store):
    """Every field, with the document's text where it is asked for."""
    assert by_id(store) == as_coded(PlainCoder(), REPORTS)
    assert {event.document.text for event in store.events()} == {""}


@given(st.lists(events, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_event_round_trip(tmp_path_factory, made):
    """Whatever a coder may say of a document is kept: odd names, several members, halves of dates, no values."""
    document = Document("d", "A text.")
    wanted = {
        event.id: replace(event, document=document, coder="c", sentence=replace(event.sentence, index=number))
        for number, event in enumerate(made)
    }
    assert len(wanted) <= len(made)

    class Fixed:
        name = "c"

        def stream(self, documents):
            for each in documents:
                yield each, tuple(wanted.values())

    with Store.create(tmp_path_factory.mktemp("s") / "s.db") as store:
        store.ingest([document], Fixed())
        assert by_id(store) == wanted
        assert store.check() == []


def test_bare_and_full_event(tmp_path):
    """A record with everything, and one with next to nothing."""

    class Fixed:
        name = EVENT.coder

        def stream(self, documents):
            for each in documents:
                yield each, (replace(EVENT, document=each), replace(BARE, document=each))

    with Store.create(tmp_path / "s.db") as store:
        store.ingest([EVENT.document], Fixed())
        assert list(store.events(texts=True)) == [replace(BARE, document=EVENT.document), EVENT]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["f PROTEST", "c AGREE", "a CONSULT", "b COERCE", "c ASSAULT", "b CONSULT", "d CONSULT", "d AID"]),
        ({"actor": "RUS"}, ["c AGREE", "a CONSULT"]),
        ({"actor": "Russia", "recipient": "Egypt"}, ["a CONSULT"]),
        ({"actor": "RUS", "with_": "EGY"}, ["c AGREE", "a CONSULT", "b CONSULT"]),
        ({"recipient": "RUS", "with_": "EGY", "event": "consult"}, ["a CONSULT", "b CONSULT"]),
        ({"with_": "UGA"}, ["d CONSULT"]),
        ({"actor": "KEN:COP", "with_": "KEN:OPP"}, ["b COERCE"]),
        ({"actor": "KEN:COP"}, ["b COERCE"]),
        ({"actor": ("MIL", "FJI")}, ["c ASSAULT", "d AID"]),
        ({"recipient": "SOM:REB"}, ["c ASSAULT"]),
        ({"actor": "William Ruto"}, ["d CONSULT"]),
        ({"actor": "Q1243571"}, ["d CONSULT"]),
        ({"country": "Kenya"}, ["f PROTEST", "b COERCE", "c ASSAULT", "d CONSULT"]),
        ({"sector": "gov"}, ["f PROTEST", "d CONSULT"]),
        ({"event": ("AID", "ASSAULT")}, ["c ASSAULT", "d AID"]),
        ({"mode": ("visit", "phone")}, ["a CONSULT", "d CONSULT"]),
        ({"quad": "material conflict"}, ["f PROTEST", "b COERCE", "c ASSAULT"]),
        ({"context": "diplomatic", "event": "AID"}, ["d AID"]),
        ({"flag": "negated"}, ["c ASSAULT"]),
        ({"without_flag": "negated", "event": ("ASSAULT", "AID")}, ["d AID"]),
        ({"since": "2023-10", "until": "2023-10"}, ["a CONSULT", "b COERCE", "c ASSAULT"]),
        ({"since": "2023-10-20", "until": "2023"}, ["c ASSAULT", "b CONSULT"]),
        ({"since": date(2024, 1, 2)}, ["d AID"]),
        ({"near": (30.0, 31.2), "within": 10}, ["a CONSULT"]),
        ({"near": (-18.1, 178.4), "within": 1300}, ["d CONSULT", "d AID"]),
        ({"box": (-20, 175, -10, -170)}, ["d CONSULT", "d AID"]),
        ({"box": (-5, 30, 5, 40)}, ["b COERCE"]),
        ({"place_country": "EGY"}, ["a CONSULT"]),
        ({"text": "grain"}, ["a CONSULT"]),
        ({"text": "GRAINS spoken"}, ["a CONSULT"]),
        ({"text": '"spoken of" OR nairobi', "order": "-date"}, ["b CONSULT", "b COERCE", "a CONSULT"]),
        ({"text": "2023 -grain", "event": "CONSULT"}, ["b CONSULT"]),
        ({"confidence": 0.5, "publisher": "example"}, ["f PROTEST", "a CONSULT", "b COERCE", "d CONSULT"]),
        ({"publisher": "Agency"}, ["c AGREE", "c ASSAULT"]),
        ({"document": ("a", "d")}, ["a CONSULT", "d CONSULT", "d AID"]),
        ({"source": "reports"}, ["f PROTEST", "c AGREE", "a CONSULT", "b COERCE", "c ASSAULT", "b CONSULT",
                                 "d CONSULT", "d AID"]),
        ({"run": 1, "event": "AID"}, ["d AID"]),
        ({"order": "-confidence", "limit": 1}, ["f PROTEST"]),
        ({"order": "added", "limit": 2}, ["a CONSULT", "b CONSULT"]),
    ],
)  # fmt: skip
def test_query(store, asked, found):
    """Each filter alone and some together; undated events come first."""
    assert said(store, **asked) == found


@pytest.mark.parametrize("order", ["date", "-date", "confidence", "-confidence", "added", "-added"])
def test_pages_are_stable(store, order):
    """Pages joined are the whole, each event once, also when documents come in between two pages."""
    whole = [event.id for event in store.events(Query(order=order))]
    page = store.page(Query(order=order), size=3)
    ids = [event.id for event in page.events]
    store.ingest([report("z", "TZA CONSULT KEN on 2023-10-03.")], PlainCoder())
    while page.next:
        page = store.page(Query(order=order, cursor=page.next), size=3)
        ids += [event.id for event in page.events]
    assert [each for each in ids if each in whole] == whole
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"event": "CONSLT"}, "'CONSULT'"),
        ({"event": "CONSULT", "mode": "vist"}, "did you mean 'visit'"),
        ({"mode": "arest"}, "did you mean 'arrest'"),
        ({"flag": "negate"}, "did you mean 'negated'"),
        ({"sector": "GOVT"}, "did you mean 'GOV'"),
        ({"since": "2023-13"}, "write 2023-10-17, 2023-10 or 2023"),
        ({"until": "October"}, "--until 'October' is no date"),
        ({"since": "2024", "until": "2023"}, "exchange them"),
        ({"near": (1.0, 2.0)}, "needs both"),
        ({"near": (100.0, 2.0), "within": 5}, "latitude is -90 to 90"),
        ({"box": (5, 0, 1, 1)}, "SOUTH,WEST,NORTH,EAST"),
        ({"confidence": 80}, "from 0 to 1"),
        ({"limit": 0}, "1 or more"),
        ({"order": "dates"}, "did you mean 'date'"),
        ({"actor": "RUS", "recipient": "EGY", "with_": "KEN"}, "not with both"),
        ({"actor": "William Rutto"}, "did you mean 'William Ruto'"),
        ({"actor": "Ruto"}, "did you mean 'William Ruto'"),
        ({"actor": "Kenyya"}, "Kenya (KEN)"),
        ({"actor": "ken"}, "did you mean 'KEN'"),
        ({"actor": "KEN:GVO"}, "'GOV'"),
        ({"country": "Rusia"}, "Russia (RUS)"),
        ({"text": "--"}, "no word to look for"),
        ({"run": 7}, "its runs: 1"),
        ({"cursor": "nonsense"}, "no cursor"),
    ],
)
def test_what_makes_no_sense_is_said(store, asked, message):
    """With the nearest word that would."""
    if "country" in asked:
        message = message.split()[-1]
    with pytest.raises(OptionError, match=re.escape(message)):
        list(store.page(Query(**asked)).events)


def test_cursor_of_another_order(store):
    """It is refused, not misread."""
    cursor = store.page(size=2).next
    with pytest.raises(OptionError, match="keep the order"):
        store.page(Query(order="-date", cursor=cursor))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"event": "THREATEN"}, "no event: of 8 events none has --event THREATEN"),
        ({"since": "2025"}, "they begin between 2023-09-30 and 2024-01-02"),
        ({"actor": "RUS", "event": "AID"}, "without --event AID there are 2; without --actor RUS there is 1"),
        ({"actor": "RUS", "mode": "visit", "place_country": "KEN"},
         "2 events with --actor RUS, and none of them has --mode visit"),
    ],
)  # fmt: skip
def test_why_nothing(store, asked, why):
    """The filter that empties the query is named."""
    assert said(store, **asked) == []
    assert why in store.why_nothing(Query(**asked))


def test_why_nothing_in_an_empty_store(tmp_path):
    """It says that there is nothing at all."""
    with Store.create(tmp_path / "s.db") as store:
        assert "holds no such events at all" in store.why_nothing(Query(event="AID"))


def test_dyad_months(store):
    """Both sides known, a row for each pair and month, with the scores' sum and mean."""
    table = store.count(Query(country="RUS"), by=["dyad", "month"])
    assert table.columns == ("actor.country", "recipient.country", "month", "events", "score_sum", "score_mean")
    assert table.rows == (
        ("EGY", "RUS", "2023-09", 1, 2.5, 2.5),  # the two agreed: both ways
        ("EGY", "RUS", "2023-11", 1, 2.5, 2.5),
        ("RUS", "EGY", "2023-09", 1, 2.5, 2.5),
        ("RUS", "EGY", "2023-10", 1, 1.5, 1.5),
    )


def test_mutual_dyads_are_no_recipients(store):
    """That the two agreed makes neither a recipient, in queries and in counts of one side."""
    assert said(store, recipient="EGY") == ["a CONSULT"]
    table = store.count(Query(event="AGREE"), by=["actor.country", "recipient.country"])
    assert [row[:3] for row in table.rows] == [("EGY", None, 1), ("RUS", None, 1)]
    assert [row[:2] for row in store.count(Query(event="AGREE"), by=["recipient.country"]).rows] == [(None, 1)]


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ([], [(8,)]),
        (["actor.country"], [("EGY", 2), ("FJI", 1), ("KEN", 3), ("RUS", 2), (None, 1)]),
        (["mode"], [("arrest", 1), ("demo", 1), ("phone", 1), ("visit", 1), (None, 4)]),
        (["flag"], [("negated", 1), (None, 7)]),
        (["year", "event"], [("2023", "AGREE", 1), ("2023", "ASSAULT", 1), ("2023", "COERCE", 1),
                             ("2023", "CONSULT", 2), ("2024", "AID", 1), ("2024", "CONSULT", 1),
                             (None, "PROTEST", 1)]),
        (["actor.sector", "actor.name"], [("COP", "KEN:COP", 1), ("GOV", "William Ruto", 1), ("MIL", "KEN:MIL", 1),
                                          (None, "EGY", 2), (None, "FJI", 1), (None, "RUS", 2), (None, None, 1)]),
        (["publisher", "place.country"], [("Agency", None, 2), ("Example", "EGY", 1), ("Example", "FJI", 1),
                                          ("Example", "KEN", 1), ("Example", "WSM", 1), ("Example", None, 2)]),
        (["source", "run", "coder"], [("reports.jsonl", 1, "plain 1", 8)]),
    ],
)  # fmt: skip
def test_counts(store, by, rows):
    """An event stands once in each group it belongs to; None is the unknown."""
    table = store.count(by=by)
    assert [row[:-2] for row in table.rows] == rows


def test_counts_agree_with_events(store):
    """Whatever they are counted by, the groups that part them add up to all, and so do their scores."""
    everything = list(store.events())
    for by in ("event", "quad", "cameo", "month", "day", "year", "run", "document", "publisher", "place.name"):
        table = store.count(by=[by])
        assert sum(row["events"] for row in table) == len(everything)
        assert sum(row["score_sum"] for row in table) == pytest.approx(sum(event.score for event in everything))


@pytest.mark.parametrize("by", DIMENSIONS)
def test_every_dimension(store, by):
    """Everything that is promised can be counted by, also where nothing is found."""
    assert store.count(by=[by]).rows
    assert store.count(Query(event="THREATEN"), by=[by]).rows == ()


def test_unknown_dimension(store):
    """The nearest is named."""
    with pytest.raises(OptionError, match=r"did you mean 'actor\.country'"):
        store.count(by=["actor.contry"])


def test_ingest_again_changes_nothing(store):
    """The same documents are known, and not coded again; from another source, that is remembered."""
    coder = PlainCoder()
    tally = store.ingest(REPORTS, coder, source="copy.jsonl")
    assert (tally.documents, tally.events, tally.known, coder.documents) == (0, 0, 6, 0)
    assert by_id(store) == as_coded(PlainCoder(), REPORTS)
    assert store.sources_of("a") == ["copy.jsonl", "reports.jsonl"]
    assert said(store, source="copy.jsonl") == said(store)
    assert said(store, source="nowhere") == []


def test_changed_text_is_set_aside(store):
    """Nothing takes the place of what is stored unless that is asked for; the reason is kept, once."""
    changed = report("a", "RUS AID EGY.")
    for _ in range(2):
        assert store.ingest([changed], PlainCoder(), source="new.jsonl").rejects == 1
    [reject] = store.rejects()
    assert reject.where == "new.jsonl, document a"
    assert "stored already with another text" in reject.reason
    assert said(store, document="a") == ["a CONSULT"]


def test_changed_text_as_newer_version(store):
    """The newer version counts, the older one is kept; either text met again changes nothing."""
    changed = report("a", "RUS AID EGY.")
    for documents in ([changed], [REPORTS[0], changed], [changed]):
        store.ingest(documents, PlainCoder(), update=True)
    assert said(store, document="a") == ["a AID"]
    assert said(store, document="a", superseded=True) == ["a CONSULT", "a AID"]
    assert (store.info().documents, store.info().versions) == (6, 7)
    assert store.check() == []


def test_two_texts_under_one_id_in_one_batch(tmp_path):
    """The first is stored, the second is set aside or becomes the newer version."""
    pair = [report("x", "KEN AID UGA."), report("x", "UGA AID KEN.")]
    for update, kept in ((False, ["KEN"]), (True, ["UGA"])):
        with Store.create(tmp_path / f"{update}.db") as store:
            assert store.ingest(pair, PlainCoder(), update=update).rejects == (not update)
            assert [event.actor[0].text for event in store.events()] == kept


def test_recode_makes_a_new_run(store):
    """Both codings are kept, the new one is current; going back makes the old one current without coding."""
    newer = PlainCoder("plain 2")
    assert store.ingest(REPORTS, newer).older == 6
    assert newer.documents == 0
    assert (store.recode(newer).documents, newer.documents) == (6, 6)
    assert {event.coder for event in store.events()} == {"plain 2"}
    assert {event.coder for event in store.events(Query(run=1))} == {"plain 1"}
    assert (store.info().events, store.info().codings) == (8, 16)
    assert store.recode(newer).known == 6
    again = PlainCoder("plain 1")
    store.recode(again)
    assert (again.documents, {event.coder for event in store.events()}) == (0, {"plain 1"})
    assert store.check() == []


def test_settings_make_a_run(store):
    """The same coder with another setting is another run."""
    store.ingest(REPORTS, PlainCoder(), settings={"min_confidence": 0.5}, recode=True)
    assert [(run.settings, run.current) for run in store.info().runs] == [({}, 0), ({"min_confidence": 0.5}, 8)]


def test_one_bad_document_does_not_end_a_run(tmp_path):
    """The document at fault is set aside with its reason, the others are stored."""
    with Store.create(tmp_path / "s.db") as store:
        tally = store.ingest([*REPORTS[:2], report("bad", "crash"), *REPORTS[2:]], PlainCoder())
        assert (tally.documents, tally.rejects) == (6, 1)
        assert [each.where for each in store.rejects()] == ["document bad"]
        assert by_id(store) == as_coded(PlainCoder(), REPORTS)


def test_rejects_are_stored_once(tmp_path):
    """What reading set aside is kept with its reason; met again, it is not kept twice."""
    with Store.create(tmp_path / "s.db") as store:
        items = [Reject("f.jsonl, line 1", "broken JSON", "{"), REPORTS[0], Document("n", "nul \0 in it")]
        for _ in range(2):
            assert store.ingest(items, PlainCoder()).rejects == 2
        assert [each.where for each in store.rejects()] == ["f.jsonl, line 1", "document n"]


def test_event_by_id(store):
    """Whole or by its beginning, with its document's text and where that was read."""
    [wanted] = store.events(Query(event="AID"), texts=True)
    assert store.event(wanted.id) == store.event(wanted.id[:8]) == wanted
    assert store.runs_of(wanted.id) == [1]
    with pytest.raises(OptionError, match="no event 'ffff'"):
        store.event("ffff")


def test_info(store):
    """What is in it, and since when."""
    info = store.info()
    assert (info.documents, info.events, info.rejects, info.first, info.last) == (
        6, 8, 0, date(2023, 9, 30), date(2024, 1, 2),
    )  # fmt: skip
    assert info.types == {"CONSULT": 3, "AGREE": 1, "AID": 1, "ASSAULT": 1, "COERCE": 1, "PROTEST": 1}
    [ingest] = info.ingests
    assert (ingest.sources, ingest.documents, ingest.events) == (("reports.jsonl",), 6, 8)
    assert ingest.finished is not None


def test_create_over_something(store):
    """What is there stays as it is."""
    with pytest.raises(StoreError, match="left as it is"):
        Store.create(store.dialect.path)
    assert len(list(store.events())) == 8


def test_no_sector_is_a_country():
    """A word of a query is one thing."""
    assert set(Ontology.load().sectors) & set(countries()) == set()


def test_options_are_written_back():
    """A query can be told as the command line writes it."""
    written = options_of(Query(actor=("RUS", "Vladimir Putin"), since="2023-10", near=(1, 2), within=5))
    assert written["actor"] == '--actor RUS --actor "Vladimir Putin"'
    assert (written["since"], written["near"]) == ("--since 2023-10-01", "--near 1,2")


@given(st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_words_can_be_searched(words):
    """Whatever is typed is a search that SQLite takes, or is refused with a reason."""
    import sqlite3

    try:
        wanted = fts5(words)
    except OptionError:
        return
    connection = sqlite3.connect(":memory:")
    connection.execute("create virtual table t using fts5(a)")
    if "\0" not in wanted:
        assert connection.execute("select * from t where t match ?", (wanted,)).fetchall() == []
    connection.close()


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [((30.04, 31.24), (31.50, 34.47), 349), ((0, 179), (0, -179), 222), ((90, 0), (-90, 0), 20015)],
)
def test_distance(one, other, kilometres):
    """On the great circle, over the date line, from pole to pole."""
    assert distance_km(*one, *other) == pytest.approx(kilometres, abs=1)


def test_the_real_coder(tmp_path):
    """Whimbrel's own coder fills a store with just what it finds; its settings make the run."""
    coder = Coder(min_confidence=0.05)
    document = Document("r", "Kenya's president met Uganda's in Kampala on Monday. Police in Lima arrested two people.")
    with Store.create(tmp_path / "s.db") as store:
        store.ingest([document], coder)
        assert by_id(store) == {event.id: event for event in coder.examine(document).events}
        assert json.loads(json.dumps(store.info().runs[0].settings)) == {"min_confidence": 0.05}
