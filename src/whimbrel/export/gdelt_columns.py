"""The columns of GDELT 2.0's Events and Mentions tables, in order, and what Whimbrel puts there."""

from __future__ import annotations

from whimbrel.export.layouts import Column


def _actor(name: str, who: str) -> tuple[Column, ...]:
    return (
        Column(f"{name}Code", f"CAMEO code of {who}: country, known group and roles; empty where nobody is named"),
        Column(f"{name}Name", "usual name in capitals; in the report's words where nobody is known"),
        Column(f"{name}CountryCode", "CAMEO country code (ISO 3166-1 alpha-3 but for ROM, TMP, MTN, IMY)"),
        Column(f"{name}KnownGroupCode", "CAMEO code of a known body or group (UNO, NAT, HMS)"),
        Column(f"{name}EthnicCode", "always empty: records know no ethnicity"),
        Column(f"{name}Religion1Code", "always empty: records know no religion"),
        Column(f"{name}Religion2Code", "always empty"),
        Column(f"{name}Type1Code", "first CAMEO role code (GOV, MIL, IGO)"),
        Column(f"{name}Type2Code", "second role code"),
        Column(f"{name}Type3Code", "third role code"),
    )


def _geo(name: str, *, known: bool) -> tuple[Column, ...]:
    def column(part: str, description: str, kind: str = "text") -> Column:
        text = description if known else "always empty: records place the event, not its parties"
        return Column(f"{name}Geo_{part}", text, kind)  # type: ignore[arg-type]

    kinds = "0 none, 1 country, 2 US state, 3 US city, 4 city elsewhere, 5 first-level or other region elsewhere"
    return (
        Column(f"{name}Geo_Type", kinds if known else "always 0: records place the event, not its parties", "whole"),
        column("Fullname", "names from the smallest to the largest, parted by commas"),
        column("CountryCode", "FIPS 10-4 country code"),
        column("ADM1Code", "FIPS 10-4 country and first-level region; the country alone where the table has no region"),
        column("ADM2Code", "always empty: there is no free table of these codes"),
        column("Lat", "degrees north", "number"),
        column("Long", "degrees east", "number"),
        column("FeatureID", "the FIPS code for a country or region; empty for a city, as GNS ids are not known"),
    )


EVENTS = (
    Column("GlobalEventID", "whole number below 2^63, made from the record's id and the number of the pair", "whole"),
    Column("Day", "first day of the event (YYYYMMDD)", "whole"),
    Column("MonthYear", "YYYYMM", "whole"),
    Column("Year", "YYYY", "whole"),
    Column("FractionDate", "year and day of the year / 365, at most .9999", "number"),
    *_actor("Actor1", "who did it"),
    *_actor("Actor2", "to whom it was done"),
    Column("IsRootEvent", "1 if in the first sentence of the report, else 0", "whole"),
    Column("EventCode", "CAMEO code; text, as zeros lead"),
    Column("EventBaseCode", "its first three digits"),
    Column("EventRootCode", "its first two digits"),
    Column("QuadClass", "GDELT's class of the root code: 1 and 2 cooperation, 3 and 4 conflict; protest is 3", "whole"),
    Column("GoldsteinScale", "Goldstein value of the code, -10 to 10", "number"),
    Column("NumMentions", "always 1: a record is one mention in one report", "whole"),
    Column("NumSources", "always 1", "whole"),
    Column("NumArticles", "always 1", "whole"),
    Column("AvgTone", "always empty: Whimbrel measures no tone", "number"),
    *_geo("Actor1", known=False),
    *_geo("Actor2", known=False),
    *_geo("Action", known=True),
    Column("DATEADDED", "midnight of the day of publication (YYYYMMDDHHMMSS); of the event, where not known", "whole"),
    Column("SOURCEURL", "the document's address, or its id where it has none"),
)

MENTIONS = (
    Column("GlobalEventID", "the same as in the Events table", "whole"),
    Column("EventTimeDate", "DATEADDED of the event (YYYYMMDDHHMMSS)", "whole"),
    Column("MentionTimeDate", "the same: a record is its own mention", "whole"),
    Column("MentionType", "1 where the document has an address on the web, else 2 (citation only)", "whole"),
    Column("MentionSourceName", "host of the address, or the publisher"),
    Column("MentionIdentifier", "the address, or publisher, title, day and id"),
    Column("SentenceID", "which sentence of the document, from 1", "whole"),
    Column("Actor1CharOffset", "first character of the source's phrase in the document, -1 without one", "whole"),
    Column("Actor2CharOffset", "first character of the target's phrase, -1 without one", "whole"),
    Column("ActionCharOffset", "first character of the words that name the event", "whole"),
    Column("InRawText", "always 1: records are read from the text as it stands", "whole"),
    Column("Confidence", "calibrated confidence in percent", "whole"),
    Column("MentionDocLen", "empty: records do not carry the whole text", "whole"),
    Column("MentionDocTone", "always empty: Whimbrel measures no tone", "number"),
    Column("MentionDocTranslationInfo", "always empty: nothing is translated"),
    Column("Extras", "always empty, as in GDELT"),
)
