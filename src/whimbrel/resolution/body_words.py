"""The sector that the words of an unknown body's name give it ("Lahore High Court", "Radio Free Sarawak")."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from whimbrel.resolution.names import key

if TYPE_CHECKING:
    from collections.abc import Mapping

# Words of the first orders of the table decide wherever they stand in a name; of the others the last speaks first.
_STRONG = 3
_WORLDWIDE = re.compile(r"(?:International|World|Global|Inter-\w+|Multilateral|Pan-\w+)\s+(?:[A-Z][\w-]+\s+)*"
                        r"(?:Commission|Agency|Organi[sz]ation|Court|Tribunal|Initiative|Coalition|Fund|Monitors|"
                        r"Observers|Community|Secretariat|Council)\b")  # fmt: skip
_CHARITIES = re.compile(r"\b(?:NGOs?|Flotilla|flotillas?|Without Borders|sans Fronti\w+)\b|"
                        r"^(?:International|World|Global)\s(?:.*\s)?(?:Federation|Association|Foundation|Society|Athletics|"
                        r"Union|Network|Alliance|Watch)\b")  # fmt: skip


def body_sector(name: str, words_of: Mapping[str, tuple[int, str]]) -> str | None:
    """Return the sector that the words of an unknown body's name give it, or None where none does.

    `words_of` gives the order and sector of a word. The last word speaks first ("Police Federation" is a federation),
    then the others.
    """
    words = key(name).split()
    main = key(re.split(r"\s+(?:of|for)\s+", name)[0]).split()
    strong = [words_of[word] for word in main if words_of.get(word, (_STRONG + 1,))[0] <= _STRONG]
    if strong:
        return min(strong)[1]
    for some in (main[-1:], main, words):
        found = [words_of[word] for word in some if word in words_of]
        if found:
            return min(found)[1]
    return None


@lru_cache(maxsize=4096)
def international(name: str) -> str | None:
    """Return IGO or NGO for a body whose name says that it is of no one country, or None.

    >>> international("International Whaling Commission")
    'IGO'
    """
    if _CHARITIES.search(name):
        return "NGO"
    return "IGO" if _WORLDWIDE.search(name) else None
