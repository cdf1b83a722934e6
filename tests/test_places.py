"""Where an event took place: names, namesakes told apart by context, precision, and a user's own table."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whimbrel.errors import TableError
from whimbrel.records import Document, Place, Span
from whimbrel.resolution.gazetteer import Gazetteer, PlaceKind, fold, sketch
from whimbrel.resolution.places import Places
from whimbrel.resolution.places_phrase import PlaceWords

TABLES = Path(__file__).parents[1] / "src/whimbrel/resolution/data"
HEADER = "name,aliases,latitude,longitude,country,admin1,precision,geonames\n"


@pytest.fixture(scope="module")
def places() -> Places:
    """The built-in tables."""
    return Places.load()


def span(text: str, phrase: str) -> Span:
    """The first occurrence of a phrase."""
    return Span(phrase, text.index(phrase), text.index(phrase) + len(phrase))


def resolved(places: Places, text: str, phrases: str, others: str = "", countries: str = "") -> Place:
    """The place of an event; phrases and others are separated by "|", countries by spaces."""
    spans = [span(text, phrase) for phrase in phrases.split("|")]
    context = [span(text, other) for other in others.split("|") if other]
    found = places.resolve(Document("r", text), spans, context, countries.split()).value
    assert found is not None
    assert text[found.start : found.end] == found.text
    return found


# Phrase, country, precision, latitude and longitude in whole degrees.
NAMES = [
    ("Kunduz", "AFG", "city", 37, 69),
    ("Kunduz Province", "AFG", "region", 37, 69),
    ("Homs", "SYR", "city", 35, 37),
    ("Basra", "IRQ", "city", 30, 48),
    ("Kyiv", "UKR", "city", 50, 31),
    ("Kiev", "UKR", "city", 50, 31),
    ("Sana'a", "YEM", "city", 15, 44),
    ("Hodeidah", "YEM", "city", 15, 43),
    ("Fallujah", "IRQ", "city", 33, 44),
    ("Tal Afar", "IRQ", "city", 36, 42),
    ("Khan Younis", "PSE", "city", 31, 34),
    ("Gaza", "PSE", "region", 31, 34),
    ("Gaza City", "PSE", "city", 32, 34),
    ("the Gaza Strip", "PSE", "region", 31, 34),
    ("the occupied West Bank", "PSE", "region", 32, 35),
    ("Crimea", "UKR", "region", 45, 34),
    ("Donbas", "UKR", "named region", 48, 38),
    ("Kosovo", "KOS", "country", 43, 21),
    ("Pristina", "KOS", "city", 43, 21),
    ("Nagorno-Karabakh", "AZE", "named region", 40, 47),
    ("Transnistria", "MDA", "region", 47, 29),
    ("Darfur", "SDN", "named region", 14, 24),
    ("Borno State", "NGA", "region", 12, 13),
    ("Tigray", "ETH", "region", 14, 38),
    ("Mindanao", "PHL", "named region", 8, 125),
    ("Mexico", "MEX", "country", 23, -102),
    ("Mexico City", "MEX", "city", 19, -99),
    ("Luxembourg", "LUX", "country", 50, 6),
    ("New York", "USA", "city", 41, -74),
    ("Washington", "USA", "city", 39, -77),
    ("the White House", "USA", "city", 39, -77),
    ("U.S.", "USA", "country", 40, -98),
    ("DR Congo", "COD", "country", 0, 25),
    ("Côte d’Ivoire", "CIV", "country", 8, -5),
    ("N’Djamena", "TCD", "city", 12, 15),
    ("Cité Soleil", "HTI", "city", 19, -72),
    ("Culiacán", "MEX", "city", 25, -107),
    ("the outskirts of Kunduz city", "AFG", "city", 37, 69),
    ("northern Mali", "MLI", "named region", 18, -2),
    ("eastern Ukraine", "UKR", "country", 49, 32),
    ("Baghdad International Airport", "IRQ", "city", 33, 44),
    ("the port of Ashdod", "ISR", "city", 32, 35),
    ("Garissa County", "KEN", "region", 0, 40),
]


@pytest.mark.parametrize(("phrase", "country", "precision", "latitude", "longitude"), NAMES)
def test_name(places: Places, phrase: str, country: str, precision: str, latitude: int, longitude: int) -> None:
    """A bare name means the place that most reports mean, at the precision of the words."""
    found = resolved(places, f"It happened in {phrase} again, Iraqi and Somali officials said.", phrase)
    assert found.country == country
    assert found.precision == precision
    assert found.latitude == pytest.approx(latitude, abs=0.8)
    assert found.longitude == pytest.approx(longitude, abs=0.8)


@pytest.mark.parametrize(
    ("text", "phrases", "others", "countries", "name", "country", "admin1"),
    [
        ("A fire in Springfield, Ill. on Monday", "Springfield", "", "", "Springfield", "USA", "Illinois"),
        ("Police in Paris, Texas made arrests", "Paris", "", "", "Paris", "USA", "Texas"),
        ("Farmers rallied in Valencia and Caracas", "Valencia", "Caracas", "", "Valencia", "VEN", "Carabobo"),
        ("Farmers rallied in Valencia and Madrid", "Valencia", "Madrid", "", "Valencia", "ESP", "Valencia"),
        ("Protesters in Georgia, from Atlanta to Macon", "Georgia", "Atlanta|Macon", "", "Georgia", "USA", "Georgia"),
        ("In Tbilisi, protesters spoke of Georgia", "Georgia", "Tbilisi", "", "Georgia", "GEO", None),
        ("Teachers marched in Hyderabad", "Hyderabad", "", "PAK", "Hyderabad", "PAK", "Sindh"),
        ("Teachers marched in Hyderabad", "Hyderabad", "", "IND", "Hyderabad", "IND", "Telangana"),
        ("Lebanese troops entered Tripoli", "Tripoli", "", "LBN", "Tripoli", "LBN", "Liban-Nord"),
        ("Troops entered Tripoli", "Tripoli", "", "", "Tripoli", "LBY", "Tripoli"),
        ("Miners struck in Cordoba, Argentina", "Cordoba", "", "", "Córdoba", "ARG", "Cordoba"),
        ("Shots in Santiago in Cuba", "Santiago", "Cuba", "", "Santiago de Cuba", "CUB", "Santiago de Cuba"),
        ("Men attacked Arbinda, Soum Province, Burkina Faso", "Burkina Faso|Soum Province|Arbinda", "", "", "Aribinda",
         "BFA", "Sahel"),
        ("A bomb at a market in Baghdad", "market|Baghdad", "", "", "Baghdad", "IRQ", "Baghdad"),
        ("Fighting near Goma in North Kivu", "North Kivu|Goma", "", "", "Goma", "COD", "North Kivu"),
    ],
)  # fmt: skip
def test_context_tells_namesakes_apart(
    places: Places, text: str, phrases: str, others: str, countries: str, name: str, country: str, admin1: str | None
) -> None:
    """Neighbouring names, what a place lies in, and the parties' countries decide between namesakes."""
    found = resolved(places, text, phrases, others, countries)
    assert (found.name, found.country, found.admin1) == (name, country, admin1)


def test_most_precise_phrase_is_the_place(places: Places) -> None:
    """The record keeps the words of the most precise phrase, in whatever order they come."""
    text = "Shells fell on a school in Chuhuiv, Kharkiv Oblast, Ukraine."
    for phrases in ("Chuhuiv|Kharkiv Oblast|Ukraine", "Ukraine|Kharkiv Oblast|Chuhuiv"):
        found = resolved(places, text, phrases)
        assert (found.text, found.country, found.precision) == ("Chuhuiv", "UKR", "city")


def test_no_phrase_is_no_place(places: Places) -> None:
    """Neither the other places of a report nor the parties' countries stand in for an event's own place."""
    found = places.resolve(Document("r", "Oslo and Lima agreed."), [], [Span("Oslo", 0, 4)], ["NOR"])
    assert found.value is None
    assert "no place" in found.reason


@pytest.mark.parametrize("phrase", ["market", "the border", "his home", "other cities", "Qxzyvbn Hgtrw"])
def test_unknown_words_are_kept(places: Places, phrase: str) -> None:
    """Words that name no place of the gazetteer are kept as they are, without coordinates."""
    found = resolved(places, f"It happened at {phrase}.", phrase)
    assert (found.text, found.name, found.latitude, found.precision) == (phrase, None, None, None)


def test_the_country_and_its_capital(places: Places) -> None:
    """The country and the capital are those of the event's parties, where these are of one country."""
    country = resolved(places, "Unions struck across the country.", "the country", countries="KEN")
    assert (country.name, country.precision) == ("Kenya", "country")
    capital = resolved(places, "Unions marched in the capital.", "the capital", countries="KEN")
    assert (capital.name, capital.precision) == ("Nairobi", "city")
    assert resolved(places, "Unions struck across the country.", "the country", countries="KEN UGA").name is None
    assert resolved(places, "Unions struck in the East African country.", "the East African country").name is None


@pytest.mark.parametrize(
    ("text", "phrase", "name"),
    [
        ("Iraqi police searched the Baghdad Trade Center.", "the Baghdad Trade Center", "Baghdad"),
        ("Crowds stood outside the Thai Government House.", "the Thai Government House", "Thailand"),
        ("Crowds stood outside the Freedom Plaza.", "the Freedom Plaza", None),
        ("Crowds stood at Fisher Hall.", "Fisher Hall", None),
        ("Chilean miners marched in Kadugly.", "Kadugly", None),
        ("Sudanese miners marched in Kadugly.", "Kadugly", "Kadugli"),
    ],
)
def test_parts_and_similar_names(places: Places, text: str, phrase: str, name: str | None) -> None:
    """A part of a longer name, or a similar spelling, counts only where the report speaks of the place's country."""
    assert resolved(places, text, phrase).name == name


def test_reason_and_candidates(places: Places) -> None:
    """A decision names what was chosen, by how much, and over what."""
    text = "Teachers marched in Birmingham, Alabama."
    found = places.resolve(Document("r", text), [span(text, "Birmingham")], [span(text, "Alabama")])
    assert "Birmingham, Alabama, USA" in found.reason
    assert [candidate.score for candidate in found.candidates] == sorted(
        (candidate.score for candidate in found.candidates), reverse=True
    )
    assert any("England" in candidate.name for candidate in found.candidates)


def test_search(places: Places) -> None:
    """A search ranks namesakes, is narrowed by what follows a comma, and takes small letters."""
    assert places.search("Paris")[0].name.endswith("FRA")
    assert places.search("Paris, Texas")[0].name == "Paris, Texas, USA"
    assert len(places.search("springfield")) == 10
    assert places.search("") == places.search(" ,, ") == ()


def test_a_named_region_is_not_said_to_have_people(places: Places) -> None:
    """The figure by which a named region is ranked is no population."""
    found = places.resolve(Document("1", "A ship was hit in the Red Sea."), [Span("Red Sea", 22, 29)])
    assert found.candidates[0].why == "named region"


def test_a_namesake_in_the_same_unit_is_told_by_its_kind(places: Places) -> None:
    """A city and the region of its name are not "Lima, PER" twice over in the reason."""
    found = places.resolve(Document("1", "A march in Lima."), [Span("Lima", 11, 15)], (), ["PER"])
    assert "before Lima, PER (region" in found.reason


def test_extra_place_without_a_precision_is_a_city(tmp_path: Path) -> None:
    """A camp or a quarter needs a name and a point only."""
    table = tmp_path / "own.csv"
    table.write_text(f"{HEADER}Camp Tamarisk,,15.2,30.1,,,,\n", encoding="utf-8")
    found = resolved(Places.load(extra=table), "Shots at Camp Tamarisk.", "Camp Tamarisk")
    assert (found.name, found.country, found.precision) == ("Camp Tamarisk", None, "city")


def test_extra_table_comes_first(tmp_path: Path) -> None:
    """A user's row is found before the gazetteer's places, by its name and its aliases."""
    table = tmp_path / "own.csv"
    table.write_text(f"{HEADER}Camp Iris,Iris Camp|Paris,12.5,-3.25,MLI,Mopti,city,\n", encoding="utf-8")
    own = Places.load(extra=table)
    for phrase in ("Camp Iris", "Iris Camp", "Paris"):
        found = resolved(own, f"Shots at {phrase}.", phrase)
        assert (found.name, found.country, found.admin1, found.latitude) == ("Camp Iris", "MLI", "Mopti", 12.5)
        assert found.geonames is None


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("name,aliases\nX,\n", "line 1, column latitude"),
        (f"{HEADER}Camp,,91,3,MLI,,city,\n", "line 2, column latitude"),
        (f"{HEADER}Camp,,1,3,MLI,,city,\nCamp,,1,x,MLI,,city,\n", "line 3, column longitude"),
        (f"{HEADER}Camp,,1,3,ML,,city,\n", "line 2, column country"),
        (f"{HEADER}Camp,,1,3,MLI,,town,\n", "line 2, column precision"),
        (f"{HEADER}Camp,,1,3,MLI,,city,Q7\n", "line 2, column geonames"),
        (f"{HEADER},,1,3,MLI,,city,\n", "line 2, column name"),
        (f"{HEADER}Camp,,nan,3,MLI,,city,\n", "line 2, column latitude"),
        (f"{HEADER}Camp,,1,3,MLI,,city,1,2\n", "line 2, column 9"),
    ],
)
def test_faulty_extra_table(tmp_path: Path, content: str, where: str) -> None:
    """A fault in a user's table is reported on load with file, line and column."""
    table = tmp_path / "own.csv"
    table.write_text(content, encoding="utf-8")
    with pytest.raises(TableError) as raised:
        Places.load(extra=table)
    assert "own.csv" in str(raised.value)
    assert where in str(raised.value)


def test_missing_and_damaged_tables(tmp_path: Path) -> None:
    """A missing or damaged gazetteer, or a table in another encoding, is a TableError that names the file."""
    with pytest.raises(TableError, match=r"places\.bin"):
        Places.load(tmp_path)
    for content in (b"", b"something else entirely", (TABLES / "places.bin").read_bytes()[:6000]):
        (tmp_path / "places.bin").write_bytes(content)
        with pytest.raises(TableError, match=r"places\.bin"):
            Places.load(tmp_path)
    latin = tmp_path / "latin.csv"
    latin.write_bytes(HEADER.encode() + "Mañana,,1,2,MLI,,city,\n".encode("latin-1"))
    with pytest.raises(TableError, match=r"latin\.csv"):
        Places.load(extra=latin)


def test_place_words_are_checked(tmp_path: Path) -> None:
    """A fault in the table of place words is reported with its line."""
    table = tmp_path / "place_words.csv"
    table.write_text("words,position,meaning\nthe,before,\nprovince,behind,region\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"place_words\.csv, line 3, column position"):
        PlaceWords.load(table)


def test_loading_is_quick_and_small() -> None:
    """Loading takes less than a tenth of a second, and the tables less than 14 MB."""
    started = time.perf_counter()
    Places.load()
    assert time.perf_counter() - started < 0.1
    sizes = [(TABLES / name).stat().st_size for name in ("places.bin", "place_words.csv", "holidays.csv")]
    assert sum(sizes) < 14_000_000


def test_gazetteer_is_sound() -> None:
    """Rows lie on the globe, the more important first, with countries and regions that exist."""
    gazetteer = Gazetteer(TABLES / "places.bin")
    assert len(gazetteer) > 250_000
    for number in [*range(3000), *range(3000, len(gazetteer), 997)]:
        row = gazetteer.row(number)
        assert row.name
        assert -90 <= row.latitude <= 90
        assert -180 <= row.longitude <= 180
        assert row.country is None or len(row.country) == 3
        region = gazetteer.region_row(row.region)
        assert region is None or (region.kind is PlaceKind.REGION and region.country == row.country)


def test_every_usual_name_is_found() -> None:
    """A place is among those that bear its folded name."""
    gazetteer = Gazetteer(TABLES / "places.bin")
    for number in range(0, len(gazetteer), 1009):
        row = gazetteer.row(number)
        found = [place for place, _ in gazetteer.find(fold(row.name), 5000)]
        assert number in found


def test_named_regions() -> None:
    """Places of the named-region table are where they should be, none at 0, 0."""
    gazetteer = Gazetteer(TABLES / "places.bin")
    rows = [gazetteer.row(number) for number in range(20_000)]
    named = [row for row in rows if row.kind is PlaceKind.NAMED]
    assert len(named) >= 120
    assert not any(math.hypot(row.latitude, row.longitude) < 0.01 for row in named)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=50))
def test_any_text_is_survived(text: str) -> None:
    """No text raises; the phrase is kept as it stands."""
    found = SHARED.resolve(Document("r", text), [Span(text, 0, len(text))]).value
    assert found is not None
    assert (found.text, found.start, found.end) == (text, 0, len(text))
    SHARED.search(text)


WORDS = st.sampled_from(
    "the of in Paris Texas northern Syria's Province province , ( ) al-Hasakah Orange County Korea near and St. U.S. "
    "Gaza market border with Congo Ain El".split()
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=6), min_size=1, max_size=5))
def test_any_phrases_are_survived(phrases: list[list[str]]) -> None:
    """Phrases of place words in any order give one of them as the place."""
    text, spans = "", []
    for words in phrases:
        phrase = " ".join(words)
        spans.append(Span(phrase, len(text), len(text) + len(phrase)))
        text += f"{phrase}, "
    found = SHARED.resolve(Document("r", text), spans[:2], spans[2:], ["USA"]).value
    assert found is not None
    assert Span(found.text, found.start, found.end) in spans[:2]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_folding_is_stable(text: str) -> None:
    """Folding twice is folding once, and a sketch is never a folded name."""
    assert fold(fold(text)) == fold(text)
    assert not sketch(fold(text)) or sketch(fold(text)).startswith("~")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tal Afar", "Tall ‘Afar"),
        ("Bint Jbeil", "Bent Jbaïl"),
        ("Al-Qunaytirah", "Quneitira"),
        ("Şanlıurfa", "Sanliurfa"),
    ],
)
def test_spellings_of_one_sound(one: str, other: str) -> None:
    """Two ways to write a name in Latin letters have one sketch."""
    assert sketch(fold(one)) == sketch(fold(other)) != ""


SHARED = Places.load()
