"""How many people a phrase of a report counts: "at least 30" is 30, "dozens" 24, "a man" 1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

UNITS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
TENS = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
# The annotation's reading of vague words: the least that a reader would still call so.
VAGUE = {
    "dozens": 24,
    "scores": 40,
    "tens": 20,
    "hundreds": 200,
    "thousands": 2000,
    "millions": 2_000_000,
    "several": 3,
    "some": 3,
    "few": 3,
    "handful": 3,
    "many": 3,
    "numerous": 3,
    "various": 3,
    "multiple": 3,
    "couple": 2,
    "pair": 2,
    "both": 2,
    "trio": 3,
    "none": 0,
    "nobody": 0,
    "no": 0,
    "zero": 0,
}
MULTIPLES = {"dozen": 12, "score": 20, **SCALES}
PLURAL_MULTIPLES = {"hundreds": 100, "thousands": 1000, "millions": 1_000_000, "tens": 10, "dozens": 12}
ARTICLES = frozenset({"a", "an", "another"})
SINGLE = frozenset(
    {"the", "his", "her", "their", "its", "this", "that", "him", "she", "he", "himself", "herself", "someone", "me"}
)
# After these a number is an age, a rank or a time, not people.
AGE = re.compile(r"\b[\w-]+[- ]year[- ]old\b|\baged? \d+\b|\b\d+(?:st|nd|rd|th)\b|\b\d+ (?:years?|days?|months?) old\b")
TOKEN = re.compile(r"\d+(?:[.,   ]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|[,;&/–—-]|%")
THOUSANDS = re.compile(r"\d{1,3}(?:[,   ]\d{3})+")
# Words that start a group of their own after "and" or a comma: "three soldiers and two civilians".
JOINS = frozenset({"and", ",", ";", "&", "with"})
RANGE = re.compile(
    r"(?:between\s+)?(\d[\d,.]*|[a-z]+(?:-[a-z]+)?)\s*(?:-|–|to|or|and)\s*(\d[\d,.]*|[a-z]+(?:-[a-z]+)?)\b",
)
# "a family of four": the number inside counts.
BODY = re.compile(
    r"\b(?:an?|the|one|another) (?:[\w-]+ )?(?:famil(?:y|ies)|groups?|crowds?|teams?|total|convoy|part(?:y|ies)|gangs?|"
    r"crew|batch|bus|delegation|estimated|unit|squad|band|contingent|force|staff|class) of (?=\w)"
)
ABBREVIATED = re.compile(r"(?<=\d)\s?(k|m|mn|bn)\b")
SCALE_NAMES = {"k": " thousand", "m": " million", "mn": " million", "bn": " billion"}
INCLUDED = re.compile(r",? (?:including|among them|among whom|of whom|of them|most of them) .*$", re.DOTALL)
NAMED_TOO = re.compile(r"\b(?:and|,) (?:[A-Z][\w'’-]+)(?: [A-Z][\w'’-]+)+$")
# A group that is a single person although the phrase starts with a plain noun or name.
NOBODY = re.compile(r"^(?:no ?one|no-one|nobody|none|no|not a single)\b")
LEADS = re.compile(
    r"^(?:at least|at most|up to|as many as|more than|fewer than|less than|no (?:more|fewer|less) than)\s+"
)


@dataclass(slots=True)
class _Reading:
    """A number word by word: `total` is finished, `current` still grows ("two hundred thousand and five")."""

    total: float = 0.0
    current: float | None = None

    def value(self) -> float | None:
        return None if self.current is None and not self.total else self.total + (self.current or 0.0)


@lru_cache(maxsize=8192)
def value(text: str) -> int | None:
    """Return the number of people that a phrase gives, None where it gives none that is understood.

    Several groups are added up, a lone noun with "a" or "the" is one person, and vague words have fixed values
    (dozens 24, hundreds 200, several 3). Never raises.

    >>> value("at least 30"), value("three soldiers and two civilians"), value("dozens"), value("1.5 million")
    (30, 5, 24, 1500000)
    """
    plain = AGE.sub(" ", text.casefold().replace("\u00ad", "").replace("’", "'")).strip()
    plain = INCLUDED.sub("", ABBREVIATED.sub(_scale_name, BODY.sub("", LEADS.sub("", plain))))
    if NOBODY.match(plain):
        return 0
    if (lowest := _lowest_of_range(plain)) is not None:
        return lowest
    groups = [number for number in map(_group, _groups(_tokens(plain))) if number is not None]
    if groups:
        return round(sum(groups)) + _named_too(text)
    return _without_number(text)


def _scale_name(found: re.Match[str]) -> str:
    return SCALE_NAMES[found.group(1)]


def _named_too(text: str) -> int:
    """One more where a counted group is followed by a person's name ("two guards and Maria Silva")."""
    found = NAMED_TOO.search(text)
    counted = found is not None and not re.search(r"\b(?:in|at|near|from)\b", text[: found.start()])
    return 1 if counted else 0


def _tokens(plain: str) -> list[str]:
    return [word for found in TOKEN.finditer(plain) for word in _split(found.group())]


def _split(word: str) -> Iterator[str]:
    if word not in {"-", "–", "—", "/"}:
        yield word


def _lowest_of_range(plain: str) -> int | None:
    """The lower end of "20 to 30", "two or three": what is sure."""
    found = RANGE.match(plain)
    if not found or ("and" in found.group() and not plain.startswith("between")):
        return None
    low, high = (_group(_tokens(side)) for side in found.groups())
    if low is None or high is None or not low < high or found.group(1) in ARTICLES:
        return None
    scale = next((SCALES[word] for word in plain[found.end() :].split()[:1] if word in SCALES), 1)
    return round(low * scale if low < 1000 else low)


def _groups(tokens: list[str]) -> Iterator[list[str]]:
    """Cut the words where a new counted group begins: at a joint that is not inside a number."""
    group: list[str] = []
    for place, word in enumerate(tokens):
        inside = word == "and" and place and tokens[place - 1] in SCALES and _is_number(tokens[place + 1 : place + 2])
        if word in JOINS and not inside:
            yield group
            group = []
        else:
            group.append(word)
    yield group


def _is_number(tokens: list[str]) -> bool:
    return bool(tokens) and (tokens[0] in UNITS or tokens[0] in TENS or tokens[0][0].isdecimal())


def _group(tokens: list[str]) -> float | None:
    """The number of one group: its first number; else a vague word; else one person for an article."""
    for place, word in enumerate(tokens):
        if word in {"of", "in", "from", "who", "which", "that", "by"} and place:
            break
        number = _number(tokens[place:])
        if number is not None and not _is_pronoun(tokens, place):
            return number
    return _single(tokens)


def _is_pronoun(tokens: list[str], place: int) -> bool:
    """Whether "some" or "a" only rounds a number that follows ("some 200", "a hundred")."""
    following = tokens[place + 1 : place + 3]
    return tokens[place] in {"some", "a", "an", "many"} and any(_starts_number(word) for word in following)


def _starts_number(word: str) -> bool:
    return word in MULTIPLES or word in PLURAL_MULTIPLES or _is_number([word])


def _single(tokens: list[str]) -> float | None:
    return 1.0 if tokens and (tokens[0] in ARTICLES or tokens[0] in SINGLE) else None


def _number(tokens: list[str]) -> float | None:
    """The number that the words begin with, None where they begin with none."""
    first = tokens[0]
    if first in PLURAL_MULTIPLES and tokens[1:2] == ["of"] and tokens[2:3] and tokens[2] in PLURAL_MULTIPLES:
        return VAGUE[first] * float(PLURAL_MULTIPLES[tokens[2]])
    if first in VAGUE:
        return _vague(tokens)
    reading = _Reading()
    for word in tokens:
        if not _read(reading, word):
            break
    return reading.value()


def _vague(tokens: list[str]) -> float:
    """Read "several hundred" as three hundred, "dozens" alone as 24."""
    amount = float(VAGUE[tokens[0]])
    rest = tokens[2:] if tokens[1:2] == ["of"] else tokens[1:]
    if tokens[0] not in PLURAL_MULTIPLES and rest and rest[0] in MULTIPLES:
        return amount * MULTIPLES[rest[0]]
    return amount


def _read(reading: _Reading, word: str) -> bool:
    """Take one more word into the number; False where the number has ended."""
    if word[0].isdecimal():
        if reading.current is not None:
            return False
        reading.current = _digits(word)
        return reading.current is not None
    if word in UNITS or word in TENS:
        return _add(reading, UNITS.get(word, TENS.get(word, 0)))
    if word in MULTIPLES:
        return _multiply(reading, MULTIPLES[word])
    return (word == "and" and reading.current is not None and reading.current >= 100) or _half(reading, word)


def _half(reading: _Reading, word: str) -> bool:
    if word in ARTICLES and reading.current == 0.5:
        return True
    if word != "half" or reading.current is not None:
        return False
    reading.current = 0.5
    return True


def _add(reading: _Reading, number: int) -> bool:
    current = reading.current or 0.0
    fits = reading.current is None or (current % 100 >= 20 and number < 10 and current % 10 == 0) or current % 100 == 0
    if fits:
        reading.current = current + number
    return fits


def _multiply(reading: _Reading, scale: int) -> bool:
    amount = (1.0 if reading.current is None else reading.current) * scale
    if scale >= 1000:
        reading.total, reading.current = reading.total + amount, 0.0
    else:
        reading.current = amount
    return True


def _digits(word: str) -> float | None:
    """Read "1,200" and "1.200" as thousands, "1.5" as a fraction (of a million, say)."""
    if THOUSANDS.fullmatch(word):
        return float(re.sub(r"\D", "", word))
    try:
        return float(word.replace(",", "")) if len(word) < 16 else None
    except ValueError:
        return None


def _without_number(text: str) -> int | None:
    """One person where the phrase is a pronoun, an article with a noun, or an age alone ("22-year-old student")."""
    lowered = text.casefold()
    words = re.findall(r"[^\W\d_]+", lowered)
    if AGE.search(lowered) or (words and (words[0] in ARTICLES or words[0] in SINGLE)):
        return 1
    return None
