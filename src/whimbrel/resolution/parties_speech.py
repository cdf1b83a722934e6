"""Host and guest in a government's own release: who "we discussed", "our trade" and "They also agreed" are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whimbrel.records import Party
from whimbrel.resolution.coreference import WE, Memory

if TYPE_CHECKING:
    from whimbrel.resolution.parties_context import Surroundings

_MUTUAL = re.compile(
    r"\b(?:bilateral|together|joint|jointly|relations\w*|cooperation|trade|partnership|meeting|meet|met|discuss(?:ed)?|"
    r"talks|each other|negotiat\w+|collaborat\w+|ties|countries|agreed|dialogue)\b"
)
_MET = re.compile(r"\b(?:met|meet|meeting|discuss(?:ed)?|talks|each other|spoke|conversation)\b")
_TOLD = re.compile(
    r"\s+(?:also |then |further |both )?(?:discuss|exchange|agree|note|reaffirm|under(?:scored|lined)|touch|pledge|"
    r"review|spoke|condemn|stress|share|reiterate|emphasi|consult|welcome|continue|commit|look)"
)


def host_and_guest(pronoun: str, end: int, around: Surroundings, memory: Memory) -> tuple[tuple[Party, ...], str]:
    """Return the two sides that a pronoun ending at `end` means by the words after it, and why; nobody otherwise."""
    code, after = around.publisher_country, around.document.text[end : end + 70]
    if not code:
        return (), ""
    if pronoun.casefold() in WE and _MUTUAL.search(after.split(".")[0]):
        return _ours(code, after, around, memory)
    if pronoun == "They" and _TOLD.match(after):
        return memory.pair(end, code), "the two named first"
    return (), ""


def _ours(code: str, after: str, around: Surroundings, memory: Memory) -> tuple[tuple[Party, ...], str]:
    guest, names = memory.addressee, around.tables.country_names
    foreign = guest is not None and guest.country not in (None, code)
    if guest and foreign and memory.speaker and _MET.search(after):
        return (memory.speaker, guest), "the speaker and the one spoken to"
    other = guest.country if guest and foreign else around.counterpart(code)
    if other is None or other not in names or code not in names:
        return (), ""
    return tuple(Party(names[c], "country", c, ("GOV",)) for c in (code, other)), "the speaker's side and the other"
