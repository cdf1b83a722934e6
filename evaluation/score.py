"""Score coded events against an annotated set: `python evaluation/score.py DOCS GOLD CODED [--json]`.

DOCS and GOLD are a set as `sets.py` describes it. CODED holds one event record a line, as Whimbrel writes them; of
each, `document.id`, `event`, `mode`, `flags`, `context`, `trigger`, `actor`, `recipient`, `killed`, `injured` and
`arrested` are read. A party without `members` may carry `name`, `country` and `sector` itself.

A coded event matches a gold one of the same type in the same sentence, one to one: first those whose triggers
overlap, then those that begin nearest to each other. Figures are precision, recall and F1 in per cent, each report's
counts summed over the set (micro average). What an unmatched event carries (parties, modes, flags, counts) counts
against the figure of that attribute. `event macro` is the mean F1 of the types with at least ten gold events.
`resolved` is the share of the matched mentions that refer to the same country, country and sector, or name.
"""

from __future__ import annotations

import argparse
import json
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sets import Line, field, locate, read_lines, sentence_starts

from whimbrel.errors import SourceError, WhimbrelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

NO_DYAD = frozenset({"negated", "hypothetical"})  # a data set of dyads holds no event that did not take place
RARE = 10  # types with fewer gold events stay out of the macro figure: one event would move it by points
COUNTS = ("killed", "injured", "arrested")
RESOLVED = ("country", "sector", "name")


class Extent(NamedTuple):
    """Characters of a report's text, the end excluded."""

    start: int
    end: int

    def shared(self, other: Extent) -> int:
        """Return how many characters two extents share; 0 or less where they are apart."""
        return min(self.end, other.end) - max(self.start, other.start)

    def meets(self, other: Extent) -> bool:
        """Tell whether two extents share a character."""
        return self.shared(other) > 0


@dataclass(frozen=True, slots=True)
class Member:
    """One of those whom a mention refers to: country and primary sector as codes, "" where none."""

    name: str
    country: str
    sector: str


@dataclass(frozen=True, slots=True)
class Party:
    """A mention of a party and whom it refers to."""

    extent: Extent
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Coding:
    """One event, gold or coded, as far as it is scored; `counts` holds the counts that were given."""

    sentence: int
    event: str
    trigger: Extent
    mode: tuple[str, ...]
    flags: tuple[str, ...]
    actor: tuple[Party, ...]
    recipient: tuple[Party, ...]
    counts: dict[str, int | None]


class Tally(NamedTuple):
    """How many were right, coded and in the gold annotation."""

    hit: int
    coded: int
    gold: int


Pair = tuple[Coding, Coding]


def gold_events(doc: Line, note: Line) -> list[Coding]:
    """Return the events of one report's annotation."""
    return [_gold_event(doc, note, event) for event in note["events"]]


def _gold_event(doc: Line, note: Line, event: Line) -> Coding:
    sentence, base = doc["sentences"][event["s"]], sentence_starts(doc["sentences"])[event["s"]]

    def extent(phrase: str) -> Extent:
        found = locate(phrase, sentence)
        if found is None:
            raise SourceError(f"annotation of {doc['id']}: {phrase!r} does not stand in sentence {event['s']}")
        return Extent(base + found[0], base + found[1])

    def parties(mentions: Sequence[Line]) -> tuple[Party, ...]:
        return tuple(Party(extent(mention["text"]), tuple(_gold_member(note["entities"][key]) for key in mention["is"]))
                     for mention in mentions)

    return Coding(event["s"], event["type"], extent(event["trigger"]), tuple(event["modes"]), tuple(event["flags"]),
                  parties(event["actors"]), parties(event["recipients"]),
                  {count: event[count]["value"] for count in COUNTS if event[count] is not None})


def _gold_member(entity: Line) -> Member:
    return Member(entity["name"], entity["country"] or "", (entity["sectors"] or [""])[0])


def coded_events(doc: Line, records: Iterable[Line]) -> list[Coding]:
    """Return one report's event records; each stands in the sentence of the set where its trigger begins."""
    ends = sentence_starts(doc["sentences"])[1:]
    return [_coded_event(record, ends) for record in records]


def _coded_event(record: Line, ends: Sequence[int]) -> Coding:
    trigger = Extent(record["trigger"]["start"], record["trigger"]["end"])
    sentence = next((index for index, end in enumerate(ends) if trigger.start < end), len(ends) - 1)
    return Coding(sentence, record["event"], trigger, tuple(record.get("mode") or ()),
                  tuple(record.get("flags") or ()), tuple(map(_coded_party, record["actor"])),
                  tuple(map(_coded_party, record["recipient"])),
                  {count: record[count].get("value") for count in COUNTS if record.get(count) is not None})


def _coded_party(mention: Line) -> Party:
    members = mention.get("members") or [mention]
    return Party(Extent(mention["start"], mention["end"]), tuple(map(_coded_member, members)))


def _coded_member(member: Line) -> Member:
    sector = member.get("sector") or ""
    primary = sector if isinstance(sector, str) else sector[0]
    return Member(member.get("name") or "", member.get("country") or "", primary)


def pair_events(gold: Sequence[Coding], coded: Sequence[Coding]) -> list[tuple[int, int]]:
    """Return the matches of one report's events as (index in gold, index in coded), the surest first."""
    candidates = sorted(
        ((g.trigger.meets(c.trigger), -abs(g.trigger.start - c.trigger.start), i, j)
         for i, g in enumerate(gold) for j, c in enumerate(coded)
         if (g.event, g.sentence) == (c.event, c.sentence)), reverse=True)
    free_gold, free_coded = set(range(len(gold))), set(range(len(coded)))
    pairs = []
    for _, _, i, j in candidates:
        if i in free_gold and j in free_coded:
            free_gold.remove(i)
            free_coded.remove(j)
            pairs.append((i, j))
    return pairs


def pair_parties(gold: Sequence[Party], coded: Sequence[Party]) -> list[tuple[Party, Party]]:
    """Match each gold mention in turn with the free coded one that shares most characters with it."""
    free, pairs = list(coded), []
    for mention in gold:
        best = max(free, key=lambda other: mention.extent.shared(other.extent), default=None)
        if best is not None and mention.extent.meets(best.extent):
            free.remove(best)
            pairs.append((mention, best))
    return pairs


def countries(parties: Iterable[Party]) -> set[tuple[str, ...]]:
    """Return the countries of all members, "" where there are no members."""
    return {(member.country,) for party in parties for member in party.members} or {("",)}


def countries_and_sectors(parties: Iterable[Party]) -> set[tuple[str, ...]]:
    """Return the countries of all members, each with the primary sector."""
    return {(member.country, member.sector) for party in parties for member in party.members} or {("", "")}


def names(parties: Iterable[Party]) -> set[str]:
    """Return the names of all members, their letters and digits alone, without case."""
    return {_plain(member.name) for party in parties for member in party.members}


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", name).casefold()))


def dyads(events: Iterable[Coding], of: Callable[[Iterable[Party]], set[tuple[str, ...]]]) -> set[tuple[Any, ...]]:
    """Return the (sentence, type, one side, other side) that a dyadic data set would hold of one report.

    An event without recipients whose actors are several is mutual: each two of the actors' codes are one unordered
    dyad, and a single code is a dyad with itself.
    """
    found: set[tuple[Any, ...]] = set()
    for event in events:
        if NO_DYAD.intersection(event.flags):
            continue
        actors, recipients = sorted(of(event.actor)), sorted(of(event.recipient))
        if _mutual(event):
            sides = {(a, b) for a in actors for b in actors if a < b} or {(actors[0], actors[0])}
        else:
            sides = {(a, b) for a in actors for b in recipients}
        found |= {(event.sentence, event.event, a, b) for a, b in sides}
    return found


def _mutual(event: Coding) -> bool:
    several = len(event.actor) > 1 or (len(event.actor) == 1 and len(event.actor[0].members) > 1)
    return not event.recipient and several


def tally_report(gold: Sequence[Coding], coded: Sequence[Coding], wanted: Iterable[str],
                 context: set[str]) -> dict[str, Tally]:
    """Return one report's counts for every figure; `wanted` are its gold contexts, `context` the coded ones."""
    pairs = [(gold[i], coded[j]) for i, j in pair_events(gold, coded)]
    about = set(wanted)
    return {
        **_tally_events(gold, coded, pairs),
        **_tally_roles(gold, coded, pairs),
        **_tally_attributes(gold, coded, pairs),
        "context": Tally(len(about & context), len(context), len(about)),
    }


def _tally_events(gold: Sequence[Coding], coded: Sequence[Coding], pairs: Sequence[Pair]) -> dict[str, Tally]:
    tallies = {
        "event": Tally(len(pairs), len(coded), len(gold)),
        "trigger": Tally(sum(g.trigger.meets(c.trigger) for g, c in pairs), len(coded), len(gold)),
        "sentence has event": _tally_sets({e.sentence for e in gold}, {e.sentence for e in coded}),
        "dyad country": _tally_sets(dyads(gold, countries), dyads(coded, countries)),
        "dyad country+sector": _tally_sets(dyads(gold, countries_and_sectors), dyads(coded, countries_and_sectors)),
    }
    of_gold, of_coded = Counter(e.event for e in gold), Counter(e.event for e in coded)
    right = Counter(g.event for g, _ in pairs)
    for kind in sorted(of_gold | of_coded):
        tallies[f"type {kind}"] = Tally(right[kind], of_coded[kind], of_gold[kind])
    return tallies


def _tally_sets(gold: set[Any], coded: set[Any]) -> Tally:
    return Tally(len(gold & coded), len(coded), len(gold))


def _tally_roles(gold: Sequence[Coding], coded: Sequence[Coding], pairs: Sequence[Pair]) -> dict[str, Tally]:
    tallies, matched = {}, []
    for role in ("actor", "recipient"):
        mentions = [pair for g, c in pairs for pair in pair_parties(getattr(g, role), getattr(c, role))]
        tallies[role] = Tally(len(mentions), *(sum(len(getattr(e, role)) for e in side) for side in (coded, gold)))
        matched += mentions
    for what, of in zip(RESOLVED, (countries, countries_and_sectors, names), strict=True):
        same = sum(of([g]) == of([c]) for g, c in matched)
        tallies[f"resolved {what}"] = Tally(same, len(matched), len(matched))
    return tallies


def _tally_attributes(gold: Sequence[Coding], coded: Sequence[Coding], pairs: Sequence[Pair]) -> dict[str, Tally]:
    def labels(label: str) -> Tally:
        shared = sum(len(set(getattr(g, label)) & set(getattr(c, label))) for g, c in pairs)
        return Tally(shared, sum(len(getattr(e, label)) for e in coded), sum(len(getattr(e, label)) for e in gold))

    same = sum(count in c.counts and c.counts[count] == value for g, c in pairs for count, value in g.counts.items())
    return {"mode": labels("mode"), "flags": labels("flags"),
            "counts": Tally(same, sum(len(e.counts) for e in coded), sum(len(e.counts) for e in gold))}


def tally_set(docs: Iterable[Line], notes: Iterable[Line], records: Iterable[Line]) -> list[dict[str, Tally]]:
    """Return the counts of each annotated report of a set, in the order of DOCS.

    Raises SourceError where a line lacks what it must have, or an annotation does not fit its report.
    """
    annotations = {field(note, "id", "a line of GOLD"): note for note in notes}
    grouped = by_document(records)
    return [_tally_one(doc, annotations[doc["id"]], grouped.get(doc["id"], []))
            for doc in docs if field(doc, "id", "a line of DOCS") in annotations]


def _tally_one(doc: Line, note: Line, records: Sequence[Line]) -> dict[str, Tally]:
    try:
        context = {label for record in records for label in record.get("context") or ()}
        return tally_report(gold_events(doc, note), coded_events(doc, records), note["contexts"], context)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise SourceError(f"document {doc['id']} cannot be scored: {type(error).__name__} {error}; "
                          "check its lines in DOCS, GOLD and CODED") from error


def by_document(records: Iterable[Line]) -> dict[str, list[Line]]:
    """Return event records by the id of their document, in their order."""
    grouped: dict[str, list[Line]] = {}
    for record in records:
        document = field(record, "document", "a line of CODED")
        grouped.setdefault(field(document, "id", "`document` in a line of CODED"), []).append(record)
    return grouped


class Judged(NamedTuple):
    """One event record with the report that it was read from, what is scored of it, and whether a gold one matches."""

    doc: Line
    record: Line
    coding: Coding
    right: bool


def judge(docs: Iterable[Line], notes: Iterable[Line], records: Iterable[Line]) -> list[Judged]:
    """Return each record of the annotated reports with whether a gold event matches it, as figure `event` counts."""
    annotations = {note["id"]: note for note in notes}
    grouped = by_document(records)
    return [judged for doc in docs if doc["id"] in annotations
            for judged in _judge_one(doc, annotations[doc["id"]], grouped.get(doc["id"], []))]


def _judge_one(doc: Line, note: Line, records: Sequence[Line]) -> list[Judged]:
    coded = coded_events(doc, records)
    right = {j for _, j in pair_events(gold_events(doc, note), coded)}
    return [Judged(doc, record, coding, number in right)
            for number, (record, coding) in enumerate(zip(records, coded, strict=True))]


def add(tallies: Iterable[Mapping[str, Tally]]) -> dict[str, Tally]:
    """Return the sums of several reports' counts."""
    sums: dict[str, list[int]] = {}
    for tally in tallies:
        for figure, counts in tally.items():
            total = sums.setdefault(figure, [0, 0, 0])
            for position, count in enumerate(counts):
                total[position] += count
    return {figure: Tally(*total) for figure, total in sums.items()}


def figures(total: Mapping[str, Tally]) -> dict[str, dict[str, float]]:
    """Return all figures of a set from its summed counts, in per cent with one decimal place."""
    rows = {figure: _row(tally) for figure, tally in total.items()
            if not figure.startswith("resolved ") and (tally.coded or tally.gold)}
    types = [row["f1"] for figure, row in rows.items() if figure.startswith("type ") and row["gold"] >= RARE]
    rows["event macro"] = {"f1": round(sum(types) / len(types), 1) if types else 0.0}
    rows["resolved"] = {what: _share(total.get(f"resolved {what}", Tally(0, 0, 0))) for what in RESOLVED}
    return rows


def _row(tally: Tally) -> dict[str, float]:
    precision = tally.hit / tally.coded if tally.coded else 0.0
    recall = tally.hit / tally.gold if tally.gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if tally.hit else 0.0
    return {"precision": round(100 * precision, 1), "recall": round(100 * recall, 1), "f1": round(100 * f1, 1),
            "gold": tally.gold, "coded": tally.coded}


def _share(tally: Tally) -> float:
    return round(100 * tally.hit / (tally.gold or 1), 1)


def score(docs: Iterable[Line], notes: Iterable[Line], records: Iterable[Line]) -> dict[str, dict[str, float]]:
    """Return all figures of coded records against an annotated set."""
    return figures(add(tally_set(docs, notes, records)))


def table(rows: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Yield the figures as lines of text, the types last."""
    yield f"{'':24}{'precision':>10}{'recall':>10}{'F1':>8}{'gold':>8}{'coded':>8}"
    for figure in sorted(rows, key=lambda name: (name.startswith("type "), name)):
        row = rows[figure]
        if "precision" in row:
            yield (f"{figure:24}{row['precision']:>10}{row['recall']:>10}{row['f1']:>8}"
                   f"{row['gold']:>8}{row['coded']:>8}")
        else:
            yield f"{figure:24}" + "  ".join(f"{key} {value}" for key, value in row.items())


def unknown_documents(docs: Iterable[Line], records: Iterable[Line]) -> list[str]:
    """Return the ids of documents that are coded but not in the set: their records are not scored."""
    return sorted(set(by_document(records)) - {doc["id"] for doc in docs})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    for name in ("docs", "gold", "coded"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    options = parser.parse_args(arguments)
    try:
        docs, records = read_lines(options.docs), read_lines(options.coded)
        rows = score(docs, read_lines(options.gold), records)
        strangers = unknown_documents(docs, records)
    except WhimbrelError as error:
        print(f"score: {error}", file=sys.stderr)
        return 2
    if strangers:
        print(f"score: left out the records of {len(strangers)} documents that are not in {options.docs}, "
              f"first {strangers[0]}", file=sys.stderr)
    print(json.dumps(rows) if options.json else "\n".join(table(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
