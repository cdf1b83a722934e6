"""Measure party resolution alone, on mentions given by annotators.

    python evaluation/parties.py DOCS.jsonl GOLD.jsonl [--errors N] [--gsr GSR.jsonl] [--linked LINKED.jsonl.xz]

DOCS and GOLD: annotated reports; country, sector and name of every actor and recipient are compared as sets, per
mention. GSR: records with given actor and recipient texts; countries are compared. LINKED: items with links to
encyclopedia pages; the share of links to parties of the tables whose surface leads to that party.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import sys
import time
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from whimbrel.records import Document, Mention, Segmented, Sentence, Span
from whimbrel.resolution.parties import Parties


def read(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines, compressed or not."""
    content = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
    return [json.loads(line) for line in content.decode("utf-8").split("\n") if line.strip()]


def locate(text: str, sentence: str) -> tuple[int, int] | None:
    """Return where a text stands in a sentence; #2 at its end asks for the second occurrence."""
    wanted, nth = text, 1
    if "#" in text and text.rsplit("#", 1)[1].isdigit():
        wanted, number = text.rsplit("#", 1)
        nth = int(number)
    start = -1
    for _ in range(nth):
        start = sentence.find(wanted, start + 1)
        if start < 0:
            return None
    return (start, start + len(wanted)) if wanted else None


def plain(name: str) -> str:
    """Return a name's letters and digits without case."""
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum())


def build(doc: dict[str, Any]) -> tuple[Document, Segmented]:
    """Make a document of a report's sentences, joined by one space."""
    sentences, at = [], 0
    for i, text in enumerate(doc["sentences"]):
        sentences.append(Sentence(i, text, at, at + len(text)))
        at += len(text) + 1
    published = date.fromisoformat(doc["date"][:10]) if doc.get("date") else None
    document = Document(doc["id"], " ".join(doc["sentences"]), doc.get("title") or None, doc.get("url"),
                        doc.get("source"), published)  # fmt: skip
    return document, Segmented(tuple(sentences))


def spans(segmented: Segmented, event: dict[str, Any], texts: list[str]) -> list[Span]:
    """Locate texts of an event's sentence in the document."""
    sentence = segmented.sentences[event["s"]]
    found = []
    for text in texts:
        place = locate(text, sentence.text)
        if place:
            found.append(Span(sentence.text[place[0] : place[1]], sentence.start + place[0], sentence.start + place[1]))
    return found


def compare(gold: list[dict[str, Any]], mention: Mention) -> tuple[bool, bool, bool]:
    """Say whether countries, countries with first sector, and names agree as sets."""
    ours = mention.members
    return (
        ({g["country"] or "" for g in gold} or {""}) == ({m.country or "" for m in ours} or {""}),
        ({(g["country"] or "", (g["sectors"] or [""])[0]) for g in gold} or {("", "")})
        == ({(m.country or "", (m.sector or ("",))[0]) for m in ours} or {("", "")}),
        {plain(g["name"]) for g in gold} == {plain(m.name) for m in ours},
    )


def show(entities: list[dict[str, Any]]) -> str:
    """Write gold parties in one line."""
    return "; ".join(f"{e['name']}|{e['country']}|{','.join(e['sectors'])}" for e in entities)


def measure(parties: Parties, docs: list[dict[str, Any]], notes: list[dict[str, Any]], errors: int, kind: str) -> None:
    """Print the shares of mentions with the right country, sector and name, and a sample of errors."""
    by_id = {doc["id"]: doc for doc in docs}
    hits, total, wrong, took, sentences = Counter[str](), 0, [], 0.0, 0
    for note in notes:
        document, segmented = build(by_id[note["id"]])
        sentences += len(segmented.sentences)
        rows, places = [], []
        for event in note["events"]:
            places += spans(segmented, event, event["place"])
            for mention in event["actors"] + event["recipients"]:
                rows += [(span, mention) for span in spans(segmented, event, [mention["text"]])]
        started = time.perf_counter()
        results = parties.resolve(document, segmented, [span for span, _ in rows], places)
        took += time.perf_counter() - started
        for (span, mention), result in zip(rows, results, strict=True):
            gold = [note["entities"][k] for k in mention["is"]]
            right = dict(zip(("country", "sector", "name"), compare(gold, result.value), strict=True))
            total += 1
            hits.update(figure for figure, ok in right.items() if ok)
            if not (right[kind] if kind != "all" else all(right.values())):
                members = "; ".join(f"{m.name}|{m.country}|{','.join(m.sector)}" for m in result.value.members)
                marks = "".join("." if ok else f[0] for f, ok in right.items())
                sentence = next(s.text for s in segmented.sentences if s.end > span.start)
                wrong.append(
                    f"{marks} {span.text} -> {members}   GOLD {show(gold)}   [{result.reason}] {note['id']}"
                    f"\n      {sentence[:260]}"
                )
    for figure in ("country", "sector", "name"):
        print(f"{figure:8} {100 * hits[figure] / max(total, 1):5.1f} %  of {total} mentions")
    print(f"time     {1000 * took / max(sentences, 1):.2f} ms a sentence")
    random.Random(errors).shuffle(wrong)  # noqa: S311 - a sample to read
    print("\n".join(wrong[:errors]))


def measure_records(parties: Parties, records: list[dict[str, Any]], errors: int) -> None:
    """Print the share of given actors and recipients whose country is right."""
    right, alike, total = 0, 0, 0
    wrong = []
    for record in records:
        text = record["text"]
        document = Document(record["id"], text)
        segmented = Segmented((Sentence(0, text, 0, len(text)),))
        given = [m for m in record["actors"] + record["recipients"] if m.get("text") and text.find(m["text"]) >= 0]
        found = [Span(m["text"], text.find(m["text"]), text.find(m["text"]) + len(m["text"])) for m in given]
        for mention, result in zip(given, parties.resolve(document, segmented, found), strict=True):
            total += 1
            ours = {m.country or "" for m in result.value.members}
            alike += ours == {"UNO"} and mention["code"] == "IGO"
            if ours == {mention["code"]}:
                right += 1
            else:
                wrong.append(f"{mention['text']} -> {ours} GOLD {mention['code']} [{result.reason}]")
    print(f"records  {100 * right / max(total, 1):5.1f} %  country of {total} given parties")
    print(f"         {100 * (right + alike) / max(total, 1):5.1f} %  where UNO may stand for IGO, as in older codings")
    print("\n".join(wrong[:errors]))


def measure_links(parties: Parties, items: list[dict[str, Any]], errors: int) -> None:
    """Print the share of links to parties of the tables that their surface leads to."""
    right, total = 0, 0
    wrong = []
    for item in items:
        text = item["text"]
        links = [k for k in item["links"] if known(parties, k["wiki"])]
        found = [Span(text[k["start"] : k["end"]], k["start"], k["end"]) for k in links]
        document = Document(item["id"], text, published=date.fromisoformat(item["date"][:10]))
        segmented = Segmented((Sentence(0, text, 0, len(text)),))
        for link, result in zip(links, parties.resolve(document, segmented, found), strict=True):
            total += 1
            wanted = {plain(name) for name in known(parties, link["wiki"])}
            if {plain(m.name) for m in result.value.members} & wanted:
                right += 1
            else:
                names = [m.name for m in result.value.members]
                wrong.append(f"{result.value.text} -> {names} LINK {link['wiki']} [{result.reason}]")
    print(f"links    {100 * right / max(total, 1):5.1f} %  right party of {total} links")
    random.Random(1).shuffle(wrong)  # noqa: S311 - a sample to read
    print("\n".join(wrong[:errors]))


def known(parties: Parties, page: str) -> list[str]:
    """Return the names of the parties of the tables that a page is about, its own title first."""
    title = page.replace("_", " ").split("#")[0]
    bare = title.split(" (")[0]
    found = [c.name for c in parties.search(bare)]
    exact = [name for name in found if plain(name) == plain(bare)]
    return [*exact, bare] if exact else []


def main() -> None:
    """Read the arguments and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("docs", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--kind", choices=("country", "sector", "name", "all"), default="all")
    parser.add_argument("--gsr", type=Path)
    parser.add_argument("--linked", type=Path)
    arguments = parser.parse_args()
    parties = Parties.load()
    measure(parties, read(arguments.docs), read(arguments.gold), arguments.errors, arguments.kind)
    if arguments.gsr:
        measure_records(parties, read(arguments.gsr), 0)
    if arguments.linked:
        measure_links(parties, read(arguments.linked), arguments.errors)


if __name__ == "__main__":
    sys.exit(main())
