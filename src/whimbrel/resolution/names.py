"""Names as strings: the form they are compared in, their words, articles, plurals, capitals."""


from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
DETERMINER = re.compile(
    r"^(?:the|an?|some|several|many|most|all|both|other|another|more|few|various|certain|any|these|those|this|that|"
    r"its|their|his|her|our|your|my|at least|at most|up to|more than|over|about|around|nearly|almost|approximately|"
    r"dozens of|hundreds of|thousands of|tens of thousands of|scores of|a number of|a group of|groups of|members of|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[\d,.]+)(?=\s)\s+",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W_](?:[\w'’.&-]*[\w])?\.?", re.UNICODE)
POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])(?=\s|$)")
PARTICLES = frozenset(
    [
        "wal",
        "ag",
        "ould",
        "und",
        "i",
        "zu",
        "al",
        "el",
        "bin",
        "ibn",
        "bint",
        "abu",
        "de",
        "da",
        "do",
        "dos",
        "del",
        "della",
        "di",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "ten",
        "of",
        "y",
        "e",
        "zu",
        "af",
        "ben",
        "ould",
        "ul",
        "ur",
    ]
)
_PUNCTUATION = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "-": " ", "–": " ", "—": " ", ".": "", ",": " "})


@lru_cache(maxsize=16384)
def key(text: str) -> str:
    """Return the form in which names are compared: no case, accents, full stops, commas, hyphens or article.

    >>> key("The U.N. Security Council"), key("Recep Tayyip Erdoğan")
    ('un security council', 'recep tayyip erdogan')
    """
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        text = text.replace("ı", "i").replace("ø", "o").replace("Ø", "O").replace("ł", "l").replace("Ł", "L")
    words = text.translate(_PUNCTUATION).casefold().split()
    if len(words) > 1 and words[0] in ("the", "a", "an"):
        words = words[1:]
    return " ".join(words)


def plain(text: str) -> str:
    """Return only the letters and digits of a name, without case and accents."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in folded if c.isalnum())


def without_article(text: str) -> str:
    """Take a leading article off."""
    return ARTICLE.sub("", text.strip(), count=1)


def without_determiners(text: str) -> str:
    """Take articles, numbers and other determiners off the front, however many there are."""
    before = ""
    while before != text:
        before, text = text, DETERMINER.sub("", text.strip(), count=1)
    return text


def without_possessive(text: str) -> str:
    """Take a possessive ending off the end of a phrase."""
    return re.sub(r"(?:['’]s?)$", "", text) if text.endswith(("'s", "’s", "s'", "s’")) else text


def is_capitalised(word: str) -> bool:
    """Say whether a word begins with a capital, after a particle joined to it ("al-Assad", "d'Ivoire")."""
    if word[:1].isupper():
        return True
    if "-" not in word and "'" not in word and "’" not in word:
        return False
    part = re.split(r"[-'’]", word)[-1] or word
    return part[:1].isupper()


_IRREGULAR = {
    "men": "man", "women": "woman", "people": "people", "children": "child", "policemen": "policeman",
    "gunmen": "gunman", "servicemen": "serviceman", "police": "police", "wives": "wife", "thieves": "thief",
    "forces": "forces", "authorities": "authorities", "media": "media", "families": "family",
}  # fmt: skip


def singular(word: str) -> str:
    """Return the singular of an English noun, by its ending; unknown forms come back as they are."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("men"):
        return word[:-3] + "man"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def is_plural(word: str) -> bool:
    """Say whether an English noun is a plural, by its form."""
    return word == "people" or singular(word) != word or word in ("police", "forces", "authorities")
