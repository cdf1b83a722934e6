"""Cut a report into its dateline and its sentences, each with its exact characters.

Works in one pass over the text: blank lines, headings and list items end a unit; inside a unit every mark that could
end a sentence is looked at with the word before and the word after it. The words that decide (abbreviations, titles,
sentence starters, agencies) stand in `segmenting.toml`, for correction by anyone.
"""



from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from whimbrel.errors import TableError
from whimbrel.records import Dateline, Segmented, Sentence, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1200  # characters; a longer sentence is more than the encoder can read, so it is cut at a clause
SHORTEST_CUT = 500  # a cut of an overlong sentence leaves at least so much, where there is a choice
LOOK_BACK = 32  # characters read before a mark; no abbreviation is longer
NARROWEST_WRAP, WIDEST_WRAP = 40, 140  # characters; lines of other widths were not broken to fit a page
HEADING_LINES = 4  # a dateline stands in one of so many first lines (title, subtitle, byline before it)
LONGEST_HEADING = 200  # characters
LONGEST_DATELINE = 160  # characters
LONGEST_QUOTATION = 500  # characters; a longer quotation is cut into its sentences

_LINE_BREAK = re.compile(r"(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])\s*+")
_HARD = re.compile(r"[\f\x1d\u2029]|(?:\r\n|[\n\r\v\x85\u2028])[^\S\r\n]*+[\n\r\v\x85\u2028]")
_WIDE_MARKS = "。！？｡؟۔।॥።፧።။։"  # end a sentence whatever follows
_CLOSERS = "\"'”’»›)\\]}」』】》〉）"
_MARK = re.compile(
    rf"[.!?…‼⁇⁈⁉]++(?:[{_CLOSERS}]|\[\d{{1,3}}\])*+|[{_WIDE_MARKS}]++[{_CLOSERS}]*+|(?<=\s)[•●▪◦‣█]++(?=\s)",
)
_FOLLOWING = re.compile(r"\s++([\"'“‘„«‹(\[¿¡*_「『]*+)(\S{0,24})")
_ITEM = re.compile(
    r"(?:[•●▪◦‣█■□▶►✓✔*·]++\s|[–—-]\s+(?=[^\Wa-z])|(?P<counted>\(?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,4})[.)]\s))\s*+\S"
)
_QUOTE = re.compile('["“”«»]')
_COUNTER = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]$")
_CONSONANTS = re.compile(r"[B-DF-HJ-NP-TV-XZ][b-df-hj-np-tv-xz]{1,4}$")  # "Ltn", "Brg": hardly a word
_NOT_IN_WORD = "\"'“”‘’«»‹›([{*_"
_CONTINUES = frozenset(",;:.!?…-–—)]}/%&’'\"”»")
_ATTRIBUTED = re.compile(r"\s++(?:[^\W\d_][\w.'’-]*+\s++){1,4}(?P<verb>[a-z]++)")
_CLAUSES = tuple(
    re.compile(pattern)
    for pattern in (r"\s[•●▪]|[\n\r]", r";\s", r"\s[—–-]{1,2}\s|:\s", r",\s(?:and|but|while|which|or)\s", r",\s", r"\s")
)
_JOINERS = "\u200d\ufe0e\ufe0f"  # never begin a sentence: they belong to the character before


@dataclass(frozen=True, slots=True)
class _Words:
    """The tables of segmenting.toml."""

    never: frozenset[str]
    doubtful: frozenset[str]
    before_number: frozenset[str]
    clock: frozenset[str]
    after_clock: frozenset[str]
    starters: frozenset[str]
    attributing: frozenset[str]
    particles: frozenset[str]
    agencies: frozenset[str]
    not_places: frozenset[str]
    colon_cities: frozenset[str]


def segment(text: str) -> Segmented:
    """Return the dateline, if the report opens with one, and the sentences, in order and without overlap.

    Every sentence is `text[start:end]` without blanks at its ends. No character is lost but blanks and the dateline.
    The text may use any line endings and any script; time grows with its length only.
    Raise TableError where the word tables of the installation are missing or faulty.

    >>> [sentence.text for sentence in segment("Gen. Ali left at 5 p.m. Talks go on.").sentences]
    ['Gen. Ali left at 5 p.m.', 'Talks go on.']
    """
    words = _words()
    units = list(_units(text))
    dateline, first = _dateline(text, units[:HEADING_LINES], words)
    sentences: list[Sentence] = []
    for number, (start, end) in enumerate(units):
        if dateline is not None and number == first:
            _add(sentences, text, start, dateline.span.start)
            start = dateline.span.end  # noqa: PLW2901 - the rest of this unit
        cut = start
        for stop in _stops(text, start, end, words):
            _add(sentences, text, cut, stop)
            cut = stop
        _add(sentences, text, cut, end)
    return Segmented(tuple(sentences), dateline)


@cache
def _words() -> _Words:
    """Return the word tables, read once."""
    path = Path(__file__).with_name("segmenting.toml")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as fault:
        raise TableError(f"{path}: cannot be read ({fault}); reinstall whimbrel or restore the file") from fault
    missing = sorted(set(_Words.__slots__) - set(tables))
    if missing:
        raise TableError(f"{path}: the list {missing[0]!r} is missing; restore it")
    return _Words(*(frozenset(tables[name]) for name in _Words.__slots__))


def _add(sentences: list[Sentence], text: str, start: int, end: int) -> None:
    """Append `text[start:end]` without its outer blanks, in several parts where it is too long."""
    piece = text[start:end]
    bare = piece.strip()
    if not bare:
        return
    start += len(piece) - len(piece.lstrip())
    if len(bare) > LONGEST:
        cut = start + _clause_end(bare)
        _add_long(sentences, text, start, cut, start + len(bare))
        return
    sentences.append(Sentence(len(sentences), bare, start, start + len(bare)))


def _add_long(sentences: list[Sentence], text: str, start: int, cut: int, end: int) -> None:
    """Append `text[start:cut]`, and what follows it up to `end`, in parts of at most LONGEST."""
    while True:
        piece = text[start:cut]
        bare = piece.strip()
        if bare:
            first = start + len(piece) - len(piece.lstrip())
            sentences.append(Sentence(len(sentences), bare, first, first + len(bare)))
        if cut >= end:
            return
        start = cut
        cut = end if end - start <= LONGEST else start + _clause_end(text[start : start + LONGEST + 1])


def _clause_end(long: str) -> int:
    """Return where to cut: after the last of the best marks found between SHORTEST_CUT and LONGEST."""
    window = long[:LONGEST]
    for clause in _CLAUSES:
        found = [mark.start() for mark in clause.finditer(window, SHORTEST_CUT)]
        if found:
            return found[-1] + 1
    cut = LONGEST
    while cut > SHORTEST_CUT and (long[cut] in _JOINERS or long[cut - 1] == "\u200d" or _combines(long[cut])):
        cut -= 1
    return cut


def _combines(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


# Units: what a blank line, a heading or a list item sets apart


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the stretches that no sentence crosses."""
    start, paragraph = 0, []
    for line_break in _LINE_BREAK.finditer(text):
        paragraph.append((start, line_break.start()))
        start = line_break.end()
        if _HARD.match(line_break.group()):
            yield from _joined(text, paragraph)
            paragraph = []
    paragraph.append((start, len(text)))
    yield from _joined(text, paragraph)


def _joined(text: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the lines of one paragraph, joined where they were only broken to fit a page."""
    if len(lines) == 1:
        yield lines[0]
        return
    stripped = [text[start:end].strip() for start, end in lines]
    width = max(map(len, stripped))
    unit = lines[0][0]
    for number in range(1, len(lines)):
        if not _wrapped(stripped[number - 1], stripped[number], width):
            yield unit, lines[number - 1][1]
            unit = lines[number][0]
    yield unit, lines[-1][1]


def _wrapped(before: str, after: str, width: int) -> bool:
    """Tell whether the line `after` goes on with the sentence of the line `before`; `width` is the longest line's."""
    if not before or not after or before[-1] in ":;":
        return False
    full = len(before) + 1 + len(after[:LOOK_BACK].split(maxsplit=1)[0]) > width - 3
    item = _ITEM.match(after)
    if item is not None and not (item.group("counted") and full and before[-1] not in ".!?"):
        return False
    if after[0].islower():
        return True
    if not NARROWEST_WRAP <= width <= WIDEST_WRAP:
        return False
    return full and not (before.isupper() and not after.isupper())


# Marks: where a sentence of a unit stops


def _stops(text: str, start: int, end: int, words: _Words) -> Iterator[int]:
    """Yield where the sentences of the unit stop, the last one left out."""
    quotations = _quotations(text, start, end)
    quotation = next(quotations, None)
    last = start
    for mark in _MARK.finditer(text, start, end):
        stop = mark.end()
        if stop >= end:
            return
        while quotation is not None and quotation[1] < stop:
            quotation = next(quotations, None)
        if quotation is not None and quotation[0] < mark.start():
            continue
        if text[mark.start()] in "•●▪◦‣█":
            stop = mark.start()
        elif not _stops_at(text, mark, last, end, words):
            continue
        yield stop
        last = stop


def _quotations(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where each quotation that is not overlong opens and closes; a quote that never closes opens nothing."""
    opened = None
    for quote in _QUOTE.finditer(text, start, end):
        place, character = quote.start(), quote.group()
        opens = character in "“«" or (
            character == '"'
            and (place == start or text[place - 1] in " \t\n\r\xa0([—–-")
            and not text[place + 1 : place + 2].isspace()
        )
        if opens:
            opened = place
        elif opened is not None:
            if place - opened <= LONGEST_QUOTATION:
                yield opened, place
            opened = None


def _stops_at(text: str, mark: re.Match[str], start: int, end: int, words: _Words) -> bool:
    """Tell whether the sentence that begins at `start` stops at the mark."""
    if text[mark.start()] in _WIDE_MARKS:
        return True
    return (_ends if text[mark.end()].isspace() else _runs_on)(text, mark, start, end, words)


def _ends(text: str, mark: re.Match[str], start: int, end: int, words: _Words) -> bool:
    """Tell whether the mark, with a blank after it, ends a sentence."""
    following = _FOLLOWING.match(text, mark.end(), end)
    opener, after = following.groups() if following else ("", "")
    if not opener and (not after or after[0] in _CONTINUES):
        return False
    marks = mark.group()
    if marks[0] in "!?‼⁇⁈⁉":
        return not after[:1].islower() and not (marks[-1] in "\"”’»'" and _attributed(text, mark.end(), end, words))
    before = _word_before(text, mark.start(), start)
    if marks[0] == "…" or marks[1:2] == ".":
        return not before.endswith("[") and after[:1].isupper() and after.rstrip(",.") != "I"
    if mark.start() - start < LOOK_BACK and _COUNTER.match(before) and text[start : mark.start()].strip() == before:
        return False
    return _full_stop(before.lstrip(_NOT_IN_WORD), opener, after, words)


def _full_stop(before: str, opener: str, after: str, words: _Words) -> bool:
    """Tell whether a single full stop between these two words ends a sentence."""
    next_word = after.rstrip(",.;:!?'’\"”)").removesuffix("'s").removesuffix("’s")
    if before in words.never or before.rpartition("-")[2] in words.never:
        return False
    if before in words.clock:
        return next_word not in words.after_clock and (bool(opener) or not after[:1].islower())
    if before in words.before_number and after[:1].isdigit():
        return False
    if _is_doubtful(before, words):
        return next_word in words.starters
    return bool(opener) or not after[:1].islower() or _lower_name(after, words)


def _is_doubtful(before: str, words: _Words) -> bool:
    """Tell whether the word before a full stop may well be an abbreviation or an initial."""
    if before in words.doubtful or (before in words.before_number and before[0].isupper() and len(before) > 2):
        return True
    if len(before) == 1:
        return before.isupper()
    return _INITIALS.match(before) is not None or _CONSONANTS.match(before) is not None


def _lower_name(after: str, words: _Words) -> bool:
    """Tell whether a word in lower case can still begin a sentence: al-Shabaab, iPhone, d'Arcy, von."""
    head, dash, tail = after.replace("’", "-").replace("'", "-").partition("-")
    if dash and tail[:1].isupper():
        return len(head) <= 4
    return after[1:2].isupper() or (after in words.particles and after not in {"an", "as", "la", "le", "ten"})


def _attributed(text: str, stop: int, end: int, words: _Words) -> bool:
    """Tell whether the words after a quoted question say who asked it."""
    found = _ATTRIBUTED.match(text, stop, min(end, stop + 80))
    return found is not None and found.group("verb") in words.attributing


def _runs_on(text: str, mark: re.Match[str], start: int, _end: int, words: _Words) -> bool:
    """Tell whether a blank was forgotten after the mark ("ended.The talks")."""
    stop = mark.end()
    if stop - mark.start() != 1 or not text[stop].isupper() or not text[stop + 1 : stop + 2].islower():
        return False
    before = _word_before(text, mark.start(), start)
    return len(before) >= 3 and before.isalpha() and before.islower() and before not in words.never


def _word_before(text: str, stop: int, start: int) -> str:
    """Return the word that ends at `stop`, or its last LOOK_BACK characters; empty after a blank."""
    window = text[max(start, stop - LOOK_BACK) : stop]
    return "" if not window or window[-1].isspace() else window.split()[-1]


# The dateline

_BLANK = r"[^\S\r\n]"
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_DATE = (
    rf"(?i:(?:{_WEEKDAY},?{_BLANK})?(?:{_DAY}{_BLANK}{_MONTH}(?:,?{_BLANK}\d{{4}})?|{_MONTH}{_BLANK}{_DAY}(?:,?{_BLANK}\d{{4}})?"
    rf"|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}})|{_WEEKDAY})"
)
_NAME = rf"[^\W\d_][\w.'’-]*+(?:{_BLANK}[^\W\d_][\w.'’-]*+){{0,4}}"
_WHEN = re.compile(rf"(?:{_DATE}|(?i:{_MONTH}))")
_NUMBERED = re.compile(r"\d")


@cache
def _dateline_pattern() -> re.Pattern[str]:
    """Return what every dateline looks like, and much that is none; `_is_dateline` decides."""
    signed = "|".join(re.escape(agency) for agency in sorted(_words().agencies, key=len, reverse=True))
    place = (
        rf"(?P<place>(?P<city>{_NAME})(?:{_BLANK}?/{_BLANK}?{_NAME}){{0,3}}(?P<region>,{_BLANK}?{_NAME}){{0,2}}?)"
        rf"(?:(?P<comma>,|{_BLANK}*[(—–-])?{_BLANK}*(?P<date>{_DATE})\)?)?"
    )
    agency = r"\((?P<agency>[^()\r\n]{2,40})\)|/(?P<slashed>[A-Z][\w -]{1,20})/\.?"
    bare = rf",{_BLANK}*(?P<bare>(?:{signed})(?!\w))\.?"
    return re.compile(
        rf"(?:{place})?(?:[.,]?{_BLANK}*(?:{agency})|{bare})?(?:(?P<late_comma>,)?{_BLANK}*(?P<late>{_DATE}))?"
        rf"(?:(?:(?<=\))\.)?(?P<separator>{_BLANK}*(?:—|–|-{{1,3}}|:|\|)(?:\s+|$|(?<=[—–-])))|\s*$|(?<=[)/.])(?=\s))",
    )


def _dateline(text: str, units: list[tuple[int, int]], words: _Words) -> tuple[Dateline | None, int]:
    """Return the dateline found at the head of one of the first units, and which unit that is."""
    for number, (start, end) in enumerate(units):
        found = _dateline_pattern().match(text[start : min(end, start + LONGEST_DATELINE)].rstrip("\r\n"))
        if found is not None and found.end() and _is_dateline(found, text[start + found.end() : end], words):
            return _as_dateline(found, start), number
        if end - start > LONGEST_HEADING or text[start:end].rstrip()[-1:] in set(".!?"):
            break
    return None, -1


def _as_dateline(found: re.Match[str], start: int) -> Dateline:
    """Return the match as a record; of several cities the first is the place."""

    def span(first: int, last: int) -> Span:
        return Span(found.string[first:last], start + first, start + last)

    def part(*names: str) -> Span | None:
        name = next((name for name in names if found.group(name)), None)
        return None if name is None else span(*found.span(name))

    several = found.group("place") is not None and "/" in found.group("place")
    return Dateline(
        span(0, len(found.group().rstrip())),
        place=part("city" if several else "place"),
        date=part("date", "late"),
        agency=part("agency", "slashed", "bare"),
    )


def _is_dateline(found: re.Match[str], rest: str, words: _Words) -> bool:
    """Tell whether what looks like a dateline is one; `rest` is what follows it in its unit."""
    city, separator = found.group("city"), found.group("separator") or ""
    agency = found.group("agency") or found.group("slashed") or found.group("bare")
    date = found.group("date") or found.group("late")
    known = agency is not None and agency.strip() in words.agencies
    if city is None:
        return known and not date and separator.strip()[:1] in set("—–-") and _begins_sentence(rest)
    if not _is_place(city, words):
        return False
    if not _begins_sentence(rest):
        return not rest.strip() and _NUMBERED.search(date or "") is not None
    capitals = city.isupper() and len(city) > 2
    if agency:
        trusted = known or bool(date) or (capitals and not _initials_of(agency, found.group("place")))
        return trusted if separator else known and (capitals or bool(date))
    return _is_unsigned(found, date, words, capitals=capitals)


def _is_unsigned(found: re.Match[str], date: str | None, words: _Words, *, capitals: bool) -> bool:
    """Tell whether a dateline that names no agency is one: by its capitals, or by a comma and a full date."""
    city, separator = found.group("city"), found.group("separator") or ""
    if date and separator:
        comma = found.group("comma") or found.group("late_comma")
        return capitals or (comma is not None and _NUMBERED.search(date) is not None)
    dash = separator.strip()[:1] in set("—–-") and separator[:1].isspace() and separator[-1:].isspace()
    return bool(separator) and capitals and (dash or (city in words.colon_cities and separator.strip() == ":"))


def _is_place(city: str, words: _Words) -> bool:
    """Tell whether a phrase is written as the name of a place: in capitals, or each word with one."""
    parts = city.split()
    if city.upper() in words.not_places or city in words.agencies or _WHEN.fullmatch(city) or not parts[0][0].isupper():
        return False
    if any(part.capitalize() in words.starters for part in parts[:1]):
        return False
    return all(part[0].isupper() or len(part) <= 3 for part in parts) and parts[-1][0].isupper()


def _initials_of(agency: str, place: str) -> bool:
    """Tell whether the bracketed letters abbreviate the words before them: an organisation, not a dateline."""
    return agency.upper() == "".join(part[0] for part in place.replace("-", " ").split()).upper()


def _begins_sentence(rest: str) -> bool:
    """Tell whether a sentence can begin so: with a capital, a figure or a quotation, and not all in capitals."""
    head = rest.lstrip().lstrip(_NOT_IN_WORD + "¿¡")[:60]
    return head[:1].isalnum() and not head[0].islower() and not head.isupper()
