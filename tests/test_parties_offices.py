"""Who held an office on a day, on either side of a change, in many countries."""

# ruff: noqa: E501 - tables of cases, one a line
from __future__ import annotations

from datetime import date

import pytest

from whimbrel.records import Document, Segmented, Sentence, Span
from whimbrel.resolution.parties import Parties

OFFICES = [
    ("the US president", "2017-01-19", "Barack Obama"), ("the US president", "2017-01-21", "Donald Trump"),
    ("the US president", "2021-01-19", "Donald Trump"), ("the US president", "2021-01-21", "Joe Biden"),
    ("the US president", "2025-01-19", "Joe Biden"), ("the US president", "2025-01-21", "Donald Trump"),
    ("the US Secretary of State", "2013-03-01", "John Kerry"), ("the US Secretary of State", "2021-02-01", "Antony Blinken"),
    ("the US Secretary of State", "2025-03-01", "Marco Rubio"),
    ("the British prime minister", "2010-05-10", "Gordon Brown"), ("the British prime minister", "2010-05-13", "David Cameron"),
    ("the British prime minister", "2016-07-12", "David Cameron"), ("the British prime minister", "2016-07-15", "Theresa May"),
    ("the British prime minister", "2022-09-05", "Boris Johnson"), ("the British prime minister", "2022-09-10", "Liz Truss"),
    ("the British prime minister", "2022-10-27", "Rishi Sunak"), ("the British prime minister", "2024-07-08", "Keir Starmer"),
    ("the French president", "2012-05-10", "Nicolas Sarkozy"), ("the French president", "2012-05-20", "François Hollande"),
    ("the French president", "2017-05-10", "François Hollande"), ("the French president", "2017-05-20", "Emmanuel Macron"),
    ("the German chancellor", "2021-12-01", "Angela Merkel"), ("the German chancellor", "2021-12-10", "Olaf Scholz"),
    ("the German chancellor", "2025-05-01", "Olaf Scholz"), ("the German chancellor", "2025-05-10", "Friedrich Merz"),
    ("the Russian president", "2012-05-01", "Dmitry Medvedev"), ("the Russian president", "2012-05-10", "Vladimir Putin"),
    ("the Ukrainian president", "2019-05-10", "Petro Poroshenko"), ("the Ukrainian president", "2019-05-25", "Volodymyr Zelensky"),
    ("the Brazilian president", "2018-12-30", "Michel Temer"), ("the Brazilian president", "2019-01-05", "Jair Bolsonaro"),
    ("the Brazilian president", "2022-12-30", "Jair Bolsonaro"), ("the Brazilian president", "2023-01-05", "Luiz Inácio Lula da Silva"),
    ("the Indian prime minister", "2014-05-20", "Manmohan Singh"), ("the Indian prime minister", "2014-05-30", "Narendra Modi"),
    ("the Japanese prime minister", "2020-09-10", "Shinzo Abe"), ("the Japanese prime minister", "2020-09-20", "Yoshihide Suga"),
    ("the Japanese prime minister", "2021-10-10", "Fumio Kishida"), ("the Japanese prime minister", "2024-10-10", "Shigeru Ishiba"),
    ("the Australian prime minister", "2013-09-10", "Kevin Rudd"), ("the Australian prime minister", "2013-09-25", "Tony Abbott"),
    ("the Australian prime minister", "2022-05-20", "Scott Morrison"), ("the Australian prime minister", "2022-05-25", "Anthony Albanese"),
    ("the Canadian prime minister", "2015-11-01", "Stephen Harper"), ("the Canadian prime minister", "2015-11-06", "Justin Trudeau"),
    ("the Canadian prime minister", "2025-03-20", "Mark Carney"),
    ("the Italian prime minister", "2022-10-20", "Mario Draghi"), ("the Italian prime minister", "2022-10-25", "Giorgia Meloni"),
    ("the Polish president", "2015-08-01", "Bronisław Komorowski"), ("the Polish president", "2015-08-10", "Andrzej Duda"),
    ("the South African president", "2018-02-10", "Jacob Zuma"), ("the South African president", "2018-02-20", "Cyril Ramaphosa"),
    ("the Nigerian president", "2015-05-25", "Goodluck Jonathan"), ("the Nigerian president", "2015-06-01", "Muhammadu Buhari"),
    ("the Nigerian president", "2023-06-05", "Bola Tinubu"),
    ("the Kenyan president", "2022-09-10", "Uhuru Kenyatta"), ("the Kenyan president", "2022-09-20", "William Ruto"),
    ("the Israeli prime minister", "2021-06-10", "Benjamin Netanyahu"), ("the Israeli prime minister", "2021-06-20", "Naftali Bennett"),
    ("the Israeli prime minister", "2022-08-01", "Yair Lapid"), ("the Israeli prime minister", "2023-01-10", "Benjamin Netanyahu"),
    ("the Iranian president", "2021-08-01", "Hassan Rouhani"), ("the Iranian president", "2021-08-10", "Ebrahim Raisi"),
    ("the Iranian president", "2024-08-10", "Masoud Pezeshkian"),
    ("the Syrian president", "2024-12-01", "Bashar al-Assad"), ("the Syrian president", "2025-02-10", "Ahmed al-Sharaa"),
    ("the Mexican president", "2018-11-25", "Enrique Peña Nieto"), ("the Mexican president", "2024-10-10", "Claudia Sheinbaum"),
    ("the South Korean president", "2022-05-01", "Moon Jae-in"), ("the South Korean president", "2022-05-15", "Yoon Suk Yeol"),
    ("the South Korean president", "2025-06-10", "Lee Jae-myung"),
    ("the Chinese leader", "2012-06-01", "Hu Jintao"), ("the Chinese leader", "2013-06-01", "Xi Jinping"),
    ("the Turkish foreign minister", "2023-05-20", "Mevlüt Çavuşoğlu"), ("the Turkish foreign minister", "2023-06-10", "Hakan Fidan"),
    ("the Russian foreign minister", "2015-06-01", "Sergey Lavrov"), ("the German leader", "2015-06-01", "Angela Merkel"),
]  # fmt: skip


@pytest.fixture(scope="module")
def parties() -> Parties:
    """Return the built-in parties, loaded once."""
    return Parties.load()


@pytest.mark.parametrize(("phrase", "day", "name"), OFFICES, ids=[f"{p} {d}" for p, d, _ in OFFICES])
def test_holder_on_the_day(parties: Parties, phrase: str, day: str, name: str) -> None:
    """An office without a name means its holder on the day of publication."""
    text = f"Officials said that {phrase} would attend."
    start = text.index(phrase)
    document = Document("d", text, published=date.fromisoformat(day))
    segmented = Segmented((Sentence(0, text, 0, len(text)),))
    (result,) = parties.resolve(document, segmented, [Span(phrase, start, start + len(phrase))])
    (member,) = result.value.members
    assert member.name == name, result
    assert member.office
    assert member.sector[0] == "GOV"


def test_an_office_left_is_not_held(parties: Parties) -> None:
    """Someone out of office is a former official and holds none."""
    text = "Barack Obama gave a speech."
    document = Document("d", text, published=date(2022, 3, 1))
    segmented = Segmented((Sentence(0, text, 0, len(text)),))
    (result,) = parties.resolve(document, segmented, [Span("Barack Obama", 0, 12)])
    (member,) = result.value.members
    assert (member.sector, member.office) == (("ELI",), None)
