"""The sector that the words of an unknown body's name give it ("Lahore High Court", "Radio Free Sarawak")."""

from __future__ import annotations

import re

from whimbrel.resolution.names import key

_KEYWORDS = (
    (("police", "gendarmerie", "sheriff", "carabinieri"), "COP"),
    (("court", "tribunal", "prosecutor", "prosecutors", "judiciary"), "JUD"),
    (("parliament", "assembly", "senate", "congress", "legislature", "duma", "knesset"), "LEG"),
    (("ministry", "department", "government", "embassy", "administration", "cabinet", "treasury", "municipality",
      "secretariat", "authority", "commission", "agency", "bureau", "council", "directorate", "office"), "GOV"),
    (("army", "navy", "military", "brigade", "battalion", "forces", "guard", "squadron", "regiment", "command",
      "corps", "force", "fleet", "division"), "MIL"),
    (("party", "democrats", "liberals", "conservatives"), "PTY"),
    (("front", "militia", "mujahideen", "jihad", "liberation", "resistance", "rebels", "insurgents"), "REB"),
    (("cartel", "mafia", "gang"), "CRM"),
    (("university", "college", "school", "academy", "institute"), "EDU"),
    (("hospital", "clinic", "medical", "health"), "MED"),
    (("times", "news", "post", "tv", "television", "radio", "newspaper", "journal", "herald", "broadcasting", "press",
      "magazine", "tribune", "gazette", "daily", "media"), "JRN"),
    (("union", "workers", "federation", "teamsters"), "LAB"),
    (("church", "mosque", "diocese", "temple", "synagogue"), "REL"),
    (("bank", "corporation", "company", "airlines", "airways", "inc", "ltd", "plc", "holdings", "energy", "motors",
      "oil", "airline", "group", "industries", "corp", "petroleum", "systems"), "BUS"),
    (("association", "foundation", "society", "network", "coalition", "committee", "organization", "organisation",
      "alliance", "movement", "watch", "campaign", "center", "centre", "trust"), "CVL"),
)  # fmt: skip
# The first of these decide wherever they stand in a name; of the others the last word speaks first.
_STRONG = 3


def body_sector(name: str) -> str | None:
    """Return the sector that the words of an unknown body's name give it, or None where none does.

    The last word speaks first ("Police Federation" is a federation), then the others.
    """
    words = key(name).split()
    main = key(re.split(r"\s+(?:of|for)\s+", name)[0]).split()
    for known, sector in _KEYWORDS[:_STRONG]:
        if any(word in known for word in main):
            return sector
    for word in [*reversed(main[-1:]), *main, *words]:
        for known, sector in _KEYWORDS:
            if word in known:
                return sector
    return None
