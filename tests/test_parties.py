"""Who a party's phrase means: each rule by a table of sentences and what they should give."""

# ruff: noqa: E501 - tables of cases, one a line
from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whimbrel.records import Document, Party, Segmented, Sentence, Span
from whimbrel.resolution.parties import Parties

if TYPE_CHECKING:
    from whimbrel.resolution.reasons import Resolved


@pytest.fixture(scope="module")
def parties() -> Parties:
    """Return the built-in parties, loaded once."""
    return Parties.load()


def run(
    parties: Parties,
    sentences: list[str],
    phrases: list[str],
    published: date | None,
    places: list[str] | None = None,
    **about: str,
) -> list[tuple[Party, ...]]:
    """Resolve phrases, each found from where the one before begins, in sentences joined by one space."""
    results = resolve(parties, sentences, phrases, published, places, **about)
    return [r.value.members for r in results]


def resolve(
    parties: Parties,
    sentences: list[str],
    phrases: list[str],
    published: date | None,
    places: list[str] | None = None,
    **about: str,
) -> tuple[Resolved, ...]:
    """Resolve phrases and return the results with their reasons."""
    text = " ".join(sentences)
    cut, at = [], 0
    for i, sentence in enumerate(sentences):
        cut.append(Sentence(i, sentence, at, at + len(sentence)))
        at += len(sentence) + 1
    document = Document("d", text, published=published, **about)

    def spans(wanted: list[str]) -> list[Span]:
        found, last = [], 0
        for phrase in wanted:
            start = text.index(phrase, last)
            found.append(Span(phrase, start, start + len(phrase)))
            last = start + 1
        return found

    return parties.resolve(document, Segmented(tuple(cut)), spans(phrases), spans(places or []))


NAMES = [
    # sentence, phrase, day, (name, country, first sector), why
    ("Portugal signed the treaty.", "Portugal", "2020-01-01", ("Portugal", "PRT", "GOV"), "name of a country"),
    ("The U.S. signed the treaty.", "The U.S.", "2020-01-01", ("United States", "USA", "GOV"), "abbreviation"),
    ("Kyiv rejected the offer.", "Kyiv", "2022-05-01", ("Ukraine", "UKR", "GOV"), "capital for the government"),
    ("The Kremlin denied it.", "The Kremlin", "2022-05-01", ("Russia", "RUS", "GOV"), "metonym"),
    ("Foggy Bottom was silent.", "Foggy Bottom", "2012-05-01",
     ("United States Department of State", "USA", "GOV"), "metonym of a ministry"),
    ("Japanese proposals were praised.", "Japanese", "2012-05-01", ("Japan", "JPN", "GOV"), "adjective alone"),
    ("Kosovo opened an embassy.", "Kosovo", "2012-05-01", ("Kosovo", "KOS", "GOV"), "PLOVER's code"),
    ("Greenland held talks.", "Greenland", "2012-05-01", ("Greenland", "DNK", "GOV"), "dependency, controlling state"),
    ("The Security Council met.", "The Security Council", "2015-05-01",
     ("United Nations Security Council", "UNO", ""), "organ of the UN"),
    ("ECOWAS met on Friday.", "ECOWAS", "2015-05-01", ("Economic Community of West African States", "IGO", ""), "acronym"),
    ("The Knesset voted.", "The Knesset", "2015-05-01", ("Knesset", "ISR", "LEG"), "parliament by name"),
    ("Hezbollah fired rockets.", "Hezbollah", "2015-05-01", ("Hezbollah", "LBN", "REB"), "armed group"),
    ("M23 rebels took the town.", "M23 rebels", "2015-05-01", ("March 23 Movement", "COD", "REB"), "fighters of a group"),
    ("Emmanuel Macron flew home.", "Emmanuel Macron", "2020-05-01", ("Emmanuel Macron", "FRA", "GOV"), "full name"),
    ("President Joseph R. Biden, Jr. spoke.", "President Joseph R. Biden, Jr.", "2022-05-01",
     ("Joe Biden", "USA", "GOV"), "long form of a known name"),
    ("Chancellor Merkel spoke.", "Chancellor Merkel", "2015-05-01", ("Angela Merkel", "DEU", "GOV"), "title and surname"),
    ("President of Russia, Vladimir Putin spoke.", "President of Russia, Vladimir Putin", "2022-05-01",
     ("Vladimir Putin", "RUS", "GOV"), "office and name are one person"),
    ("Libyan Field Marshal Khalifa Haftar spoke.", "Libyan Field Marshal Khalifa Haftar", "2019-05-01",
     ("Khalifa Haftar", "LBY", "MIL"), "country and sector of the title"),
    ("Peruvian journalist Rosa Quispe Lima was freed.", "Peruvian journalist Rosa Quispe Lima", "2019-05-01",
     ("Rosa Quispe Lima", "PER", "JRN"), "an unknown person keeps the name"),
    ("Kenyan marine biologist Otieno Wafula was freed.", "Kenyan marine biologist Otieno Wafula", "2019-05-01",
     ("Otieno Wafula", "KEN", "EDU"), "description before a name"),
    ("Former president Hosni Mubarak was tried.", "Former president Hosni Mubarak", "2012-05-01",
     ("Hosni Mubarak", "EGY", "ELI"), "former officials are ELI"),
    ("The Egyptian president spoke.", "The Egyptian president", "2018-05-01",
     ("Abdel Fattah el-Sisi", "EGY", "GOV"), "demonym and office"),
    ("Israeli forces withdrew.", "Israeli forces", "2018-05-01", ("Israeli forces", "ISR", "MIL"), "demonym and noun"),
    ("Syrian refugees arrived.", "Syrian refugees", "2018-05-01", ("Syrian refugees", "SYR", "REF"), "demonym and noun"),
    ("The Turkish parliament voted.", "The Turkish parliament", "2018-05-01",
     ("Grand National Assembly of Turkey", "TUR", "LEG"), "an organ's own name"),
    ("The Peruvian parliament voted.", "The Peruvian parliament", "2018-05-01",
     ("Parliament of Peru", "PER", "LEG"), "an organ named by its kind"),
    ("The Chilean government agreed.", "The Chilean government", "2018-05-01",
     ("Government of Chile", "CHL", "GOV"), "government of a country"),
    ("The Duterte administration agreed.", "The Duterte administration", "2018-05-01",
     ("Duterte administration", "PHL", "GOV"), "government named by its leader"),
    ("Protesters marched in Lima, Peru.", "Protesters", "2018-05-01", ("protesters (Peru)", "PER", "CVL"),
     "country from the place"),
    ("Police in Ghana arrested two men.", "Police", "2018-05-01", ("Ghanaian police", "GHA", "COP"), "place after it"),
    ("Gunmen killed a judge in Nigeria.", "Gunmen", "2018-05-01", ("gunmen (Nigeria)", "NGA", "UAF"), "unknown armed"),
    ("A court in Kenya freed him.", "A court", "2018-05-01", ("court (Kenya)", "KEN", "JUD"), "court"),
    ("Poland urged its allies to act.", "its allies", "2018-05-01", ("allies", "", "GOV"), "states of no one country"),
    ("Seven migrants drowned off Malta.", "migrants", "2018-05-01", ("migrants", "", "REF"), "migrants have no country"),
    ("A Panamanian-flagged tanker sank.", "A Panamanian-flagged tanker", "2018-05-01",
     ("Panamanian-flagged tanker", "PAN", "BUS"), "flag names the country"),
    ("The Lahore High Court ruled.", "The Lahore High Court", "2018-05-01", ("Lahore High Court", "PAK", "JUD"),
     "sector by words, country by the city"),
    ("The UN Department of Peace Operations agreed.", "The UN Department of Peace Operations", "2018-05-01",
     ("United Nations Department of Peace Operations", "UNO", ""), "part of a known body"),
    ("The court in Bonn heard Omar Issa Nuri, a commander of Boko Haram.", "Omar Issa Nuri", "2018-05-01",
     ("Omar Issa Nuri", "NGA", "REB"), "a body in the description"),
    ("Chile hosted the International Glacier Commission.", "the International Glacier Commission", "2018-05-01",
     ("International Glacier Commission", "IGO", ""), "a name of no one country"),
    ("Soldiers crossed the river in Ghana.", "Soldiers", "2018-05-01", ("Ghanaian soldiers", "GHA", "MIL"),
     "troops are named by their country's adjective"),
    ("Bombs fell in Israeli airstrikes.", "Israeli", "2018-05-01", ("Israeli military", "ISR", "MIL"), "adjective of war"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "phrase", "day", "expected", "why"), NAMES, ids=[row[4] + ": " + row[1] for row in NAMES]
)
def test_one_phrase(
    parties: Parties, sentence: str, phrase: str, day: str, expected: tuple[str, ...], why: str
) -> None:
    """A phrase gives one party with the expected name, country and first sector."""
    (members,) = run(parties, [sentence], [phrase], date.fromisoformat(day))
    assert len(members) == 1, why
    party = members[0]
    assert (party.name, party.country or "", (party.sector or ("",))[0]) == expected, why


SEVERAL = [
    ("France and Germany agreed.", "France and Germany", ["FRA", "DEU"], "coordination"),
    ("Russian-Finnish talks began.", "Russian-Finnish", ["RUS", "FIN"], "joined adjectives"),
]


@pytest.mark.parametrize(("sentence", "phrase", "codes", "why"), SEVERAL, ids=[row[3] for row in SEVERAL])
def test_several_members(parties: Parties, sentence: str, phrase: str, codes: list[str], why: str) -> None:
    """A phrase that joins parties gives each of them."""
    (members,) = run(parties, [sentence], [phrase], date(2020, 1, 1))
    assert [m.country for m in members] == codes, why


def test_host_and_guest(parties: Parties) -> None:
    """In a government's release, "our trade" is the trade of host and guest."""
    text = "Prime Minister Anthony Albanese welcomed President Joko Widodo of Indonesia. Our trade has grown."
    first = text.index(" Our")
    phrases = ["Prime Minister Anthony Albanese", "President Joko Widodo", "Our"]
    (*_, members) = run(parties, [text[:first], text[first + 1 :]], phrases, date(2023, 7, 4),
                        publisher="Prime Minister of Australia")  # fmt: skip
    assert {m.country for m in members} == {"AUS", "IDN"}


BACK = [
    (["Angela Merkel met Mark Rutte in Berlin.", "The two leaders discussed trade."], ["Angela Merkel", "Mark Rutte", "The two leaders"],
     ["Angela Merkel", "Mark Rutte"], "definite plural"),
    (["Angela Merkel met Mark Rutte in Berlin.", "They discussed trade."], ["Angela Merkel", "Mark Rutte", "They"],
     ["Angela Merkel", "Mark Rutte"], "plural pronoun"),
    (["Chile and Peru signed a pact.", "Both countries praised it."], ["Chile", "Peru", "Both countries"],
     ["Chile", "Peru"], "both countries"),
    (["Jacinda Ardern visited Fiji.", "She praised the island."], ["Jacinda Ardern", "She"], ["Jacinda Ardern"], "pronoun of a person"),
    (["Norway closed the border.", "It blamed the virus."], ["Norway", "It"], ["Norway"], "pronoun of a state"),
    (["Boko Haram attacked a village in Nigeria.", "The group burned houses."], ["Boko Haram", "The group"], ["Boko Haram"], "the group"),
    (["Prime Minister Narendra Modi spoke in Delhi.", "Modi praised farmers."], ["Prime Minister Narendra Modi", "Modi"],
     ["Narendra Modi"], "surname after a full name"),
    (["Ugandan activist Grace Namutebi was held.", "Namutebi denied it."], ["Ugandan activist Grace Namutebi", "Namutebi"],
     ["Grace Namutebi"], "surname of someone unknown"),
    (["The Front for Coastal Renewal (FCR) signed.", "The FCR will disarm."], ["The Front for Coastal Renewal", "The FCR"],
     ["Front for Coastal Renewal"], "acronym in brackets"),
    (["Ghana closed its border.", "The country reopened it later."], ["Ghana", "The country"], ["Ghana"], "the country"),
]  # fmt: skip


@pytest.mark.parametrize(("sentences", "phrases", "expected", "why"), BACK, ids=[row[3] for row in BACK])
def test_coreference(parties: Parties, sentences: list[str], phrases: list[str], expected: list[str], why: str) -> None:
    """The last phrase takes up parties named before it."""
    members = run(parties, sentences, phrases, date(2020, 6, 1))[-1]
    assert [m.name for m in members] == expected, why


def test_we_is_the_publisher(parties: Parties) -> None:
    """The pronoun of a government's own release is that government's country."""
    (members,) = run(parties, ["We welcome the accord."], ["We"], date(2022, 1, 1), publisher="US Department of State")
    assert [m.country for m in members] == ["USA"]


def test_the_secretary_in_a_release(parties: Parties) -> None:
    """The title without a name in the State Department's releases is its head on that day."""
    (members,) = run(
        parties, ["The Secretary called."], ["The Secretary"], date(2019, 1, 8), publisher="US Department of State"
    )
    assert [m.name for m in members] == ["Mike Pompeo"]


def test_order_of_trust(parties: Parties) -> None:
    """The mention's own country goes before its sentence's, and the sentence's before the document's."""
    sentences = ["Protesters filled squares in Bolivia.", "Colombian police watched.", "Police made no arrests."]
    found = run(parties, sentences, ["Protesters", "Colombian police", "Police"], date(2020, 1, 1))
    assert [members[0].country for members in found] == ["BOL", "COL", "BOL"]


def test_results_stand_in_the_order_asked(parties: Parties) -> None:
    """One result a phrase, in the order given, also where phrases repeat or stand out of order."""
    text = "Kenya thanked Qatar."
    document = Document("d", text, published=date(2020, 1, 1))
    segmented = Segmented((Sentence(0, text, 0, len(text)),))
    kenya, qatar = Span("Kenya", 0, 5), Span("Qatar", 14, 19)
    results = parties.resolve(document, segmented, [qatar, kenya, qatar])
    assert [r.value.members[0].country for r in results] == ["QAT", "KEN", "QAT"]
    assert [(r.value.start, r.value.end) for r in results] == [(14, 19), (0, 5), (14, 19)]


def test_every_result_has_a_reason(parties: Parties) -> None:
    """A decision says what decided it, and an ambiguous surname keeps its candidates."""
    (result,) = resolve(parties, ["Prime Minister Singh spoke in India."], ["Prime Minister Singh"], date(2010, 1, 1))
    assert result.value.members[0].name == "Manmohan Singh"
    assert "Manmohan Singh" in result.reason
    assert result.candidates[0].name == "Manmohan Singh"


@pytest.mark.parametrize(("text", "code"), [("Egyptian", "EGY"), ("the United Kingdom", "GBR"), ("Dutch", "NLD"), ("Kinshasa", "COD"),
                                            ("us", None), ("US", "USA"), ("table", None), ("Côte d’Ivoire", "CIV")])  # fmt: skip
def test_country_of(parties: Parties, text: str, code: str | None) -> None:
    """Names, demonyms, adjectives and capitals give a code; a pronoun does not."""
    assert parties.country_of(text) == code


def test_search_finds_people_bodies_and_offices(parties: Parties) -> None:
    """Search lists what a text may mean, the best first."""
    assert parties.search("Knesset")[0].name == "Knesset"
    assert parties.search("Merkel", date(2015, 1, 1))[0].name == "Angela Merkel"
    assert parties.search("president of Kenya", date(2015, 1, 1))[0].name == "Uhuru Kenyatta"


@pytest.mark.parametrize("phrase", ["He", "They", "."])
def test_nobody_is_made_up(parties: Parties, phrase: str) -> None:
    """A pronoun with nobody named before, or no word at all, has no members and says why."""
    (result,) = resolve(parties, [f"{phrase} spoke."], [phrase], None)
    assert result.value.members == ()
    assert result.reason


def test_unknown_day_of_publication(parties: Parties) -> None:
    """Without a date nobody is taken for the holder of an office; its country stands."""
    (result,) = resolve(parties, ["The French president spoke."], ["The French president"], None)
    assert [(m.name, m.country, m.wikidata) for m in result.value.members] == [("French president", "FRA", None)]
    assert "no date" in result.reason


WORDS = st.lists(
    st.sampled_from(["the", "President", "of", "Kenya", "police", "and", "its", "former", "UN", "'s", "al-Shabaab", ",", "(KDF)", "Dr.",
                     "Ruto", "militants", "two", "both", "Nairobi", "-", "a", "government", "they", "Mary", "Otieno"]),
    min_size=1, max_size=12,
)  # fmt: skip


@given(WORDS, st.data())
@settings(max_examples=150, deadline=None)
def test_any_phrase_of_any_text_is_resolved(parties: Parties, words: list[str], data: st.DataObject) -> None:
    """Whatever the text and phrases, there is one result a phrase, with its text and characters."""
    text = " ".join(words)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    span = Span(text[start:end], start, end)
    document = Document("d", text, published=date(2023, 5, 5))
    segmented = Segmented((Sentence(0, text, 0, len(text)),))
    results = parties.resolve(document, segmented, [span, span], [span])
    assert [(r.value.text, r.value.start, r.value.end) for r in results] == [(span.text, start, end)] * 2
    assert all(member.name for r in results for member in r.value.members)


@pytest.mark.parametrize("phrase", ["the", "a", "\u2014"])
def test_a_phrase_without_a_noun_names_nobody(parties: Parties, phrase: str) -> None:
    """An article or a dash by itself is kept as text, without a party of the country around it."""
    [found] = resolve(parties, [f"Guards near Goma saw {phrase} fire."], [f" {phrase} "], None, ["Goma"])
    assert found.value.members == ()
    assert "names nobody" in found.reason
