"""Turn annotated reports into examples with character offsets, one JSON line a report.

    python training/prepare.py OUT.jsonl DOCS.jsonl:GOLD.jsonl [DOCS:GOLD ...]

A report's text is its sentences joined by one space. Reports whose texts are in a set given with
`--without DOCS.jsonl` are left out, so that nothing of a test set can slip in.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def read(path: str) -> list[dict]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]


def locate(text: str, sentence: str) -> tuple[int, int]:
    """Return where `text` stands; a trailing #N means its Nth occurrence."""
    wanted, nth = text, 1
    if "#" in text and text.rsplit("#", 1)[1].isdigit():
        wanted, number = text.rsplit("#", 1)
        nth = int(number)
    at = -1
    for _ in range(nth):
        at = sentence.index(wanted, at + 1)
    return at, at + len(wanted)


def example(doc: dict, note: dict) -> dict:
    """Return one report with its sentences' and events' characters."""
    bounds, at = [], 0
    for sentence in doc["sentences"]:
        bounds.append((at, at + len(sentence)))
        at += len(sentence) + 1
    events = []
    for event in note["events"]:
        base, sentence = bounds[event["s"]][0], doc["sentences"][event["s"]]

        def span(text: str, base: int = base, sentence: str = sentence) -> tuple[int, int]:
            start, end = locate(text, sentence)
            return base + start, base + end

        roles = [("actor", *span(m["text"])) for m in event["actors"]]
        roles += [("recipient", *span(m["text"])) for m in event["recipients"]]
        roles += [(role, *span(text)) for role in ("place", "date") for text in event[role]]
        if event["according_to"]:
            roles.append(("according_to", *span(event["according_to"])))
        roles += [(role, *span(event[role]["text"])) for role in ("killed", "injured", "arrested") if event[role]]
        events.append(
            {
                "sentence": event["s"],
                "trigger": span(event["trigger"]),
                "type": event["type"],
                "modes": event["modes"],
                "flags": event["flags"],
                "roles": roles,
            }
        )
    return {
        "id": doc["id"],
        "text": " ".join(doc["sentences"]),
        "sentences": bounds,
        "contexts": note["contexts"],
        "events": events,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--without", action="append", default=[])
    arguments = parser.parse_args()
    barred = {
        sentence
        for path in arguments.without
        for doc in read(path)
        for sentence in doc["sentences"]
        if len(sentence) > 60
    }
    examples, left, seen = [], 0, set()
    for pair in arguments.sets:
        docs_path, gold_path = pair.split(":")
        notes = {note["id"]: note for note in read(gold_path)}
        for doc in read(docs_path):
            if doc["id"] in seen or doc["id"] not in notes:
                continue
            seen.add(doc["id"])
            if barred & set(doc["sentences"]):
                left += 1
                continue
            examples.append(example(doc, notes[doc["id"]]))
    with arguments.out.open("w", encoding="utf-8") as out:
        for row in examples:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(
        f"{len(examples)} reports, {sum(len(e['sentences']) for e in examples)} sentences, "
        f"{sum(len(e['events']) for e in examples)} events; {left} left out as test text"
    )


if __name__ == "__main__":
    main()
