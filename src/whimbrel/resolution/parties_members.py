"""People told of by their body: "UNHCR's spokeswoman", "the leader of Hamas"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whimbrel.resolution.names import is_capitalised, key, without_possessive
from whimbrel.resolution.parties_context import INTERNATIONAL, capital_runs

if TYPE_CHECKING:
    from whimbrel.resolution.parties_phrase import Phrase
    from whimbrel.resolution.parties_tables import Body, Tables

_BELONGS = re.compile(r"\b(?:leader|leaders|commander|member|members|head|chief|founder|co-founder|spokes\w+|emir|"
                      r"operative|militant|fighter|deputy)\b")  # fmt: skip


def body_before(phrase: Phrase, name: str, tables: Tables) -> Body | None:
    """Return the known body that stands before a name in its phrase ("UNHCR's Melissa Fleming")."""
    at = phrase.head.find(name.split(maxsplit=1)[0])
    words = phrase.head[:at].split() if at > 0 else []
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            piece = words[start : start + length]
            if not is_capitalised(piece[0]) or (length == 1 and len(piece[0]) < 2):
                continue
            body = tables.body(key(without_possessive(" ".join(piece))))
            if body and body.rank < 2 and (length > 1 or piece[0].isupper() or body.kind == "group"):
                return body
    return None


def sectors_of(body: Body, sectors: tuple[str, ...], phrase: Phrase) -> tuple[str, ...]:
    """Return the sectors of a body for those who lead or speak for it; a title of its own decides else."""
    if phrase.former or (sectors and sectors[0] not in ("GOV", "CVL", "MIL")):
        return sectors
    if body.country in INTERNATIONAL and not body.sector:
        return () if sectors in (("CVL",), ("GOV",)) else sectors
    return body.sector if body.sector and body.sector[0] not in ("GOV", "CVL") else sectors


def body_led(piece: str, tables: Tables) -> Body | None:
    """Return the body, no government's, that a description makes someone a member of ("the leader of Hamas")."""
    if not _BELONGS.search(piece):
        return None
    for _, run in capital_runs(piece):
        for length in range(len(run), 0, -1):
            body = tables.body(key(without_possessive(" ".join(run[:length]))))
            if body and body.rank < 2 and body.sector[:1] not in (("GOV",), ("MIL",), ("LEG",), ("COP",)):
                return body
    return None
