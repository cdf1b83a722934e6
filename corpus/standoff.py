"""Keep annotations of public texts as offsets, and join them to the texts again.

    python corpus/standoff.py cut OUT.jsonl CORPORA DOCS.jsonl:GOLD.jsonl [...]
    python corpus/standoff.py join CORPORA OUT_DOCS.jsonl OUT_GOLD.jsonl corpus/standoff/*.jsonl

CORPORA is a folder of `*.jsonl` or `*.jsonl.xz` files with `id` and `text` a line: English Wikipedia's
Portal:Current events, English Wikinews, press releases of the US Department of State and the White House,
the Kremlin and the Australian Prime Minister, as docs/corpus.md says where to get them. No text is kept here:
a line holds a report's id, a check sum of its text, and characters counted in the text with every run of
white space as one space. The joined files are in the format of DOCS and GOLD, one report a line.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import sys
from pathlib import Path

SPANS = ("place", "date")
COUNTS = ("killed", "injured", "arrested")


def rows(path: Path) -> list[dict]:
    """Read one JSON value a line, from a plain or an xz file."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def texts(corpora: Path, wanted: set[str]) -> dict[str, dict]:
    """Return the wanted reports of a folder of corpora, by id, white space made single."""
    found = {}
    for path in sorted([*corpora.glob("*.jsonl"), *corpora.glob("*.jsonl.xz")]):
        for row in rows(path):
            if row.get("id") in wanted and row["id"] not in found:
                found[row["id"]] = {**row, "text": " ".join(row["text"].split())}
    return found


def checksum(text: str) -> str:
    """Return a short check sum, to tell that a text is the one that was annotated."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def locate(phrase: str, sentence: str) -> tuple[int, int]:
    """Return where a phrase stands; a trailing #N means its Nth occurrence."""
    wanted, nth = phrase, 1
    if "#" in phrase and phrase.rsplit("#", 1)[1].isdigit():
        wanted, number = phrase.rsplit("#", 1)
        nth = int(number)
    at = -1
    for _ in range(nth):
        at = sentence.index(wanted, at + 1)
    return at, at + len(wanted)


def phrase_at(start: int, end: int, sentence: str) -> str:
    """Return the phrase at some characters, with #N where it stands there for the Nth time."""
    phrase = sentence[start:end]
    nth, at = 1, sentence.find(phrase)
    while at < start:
        nth, at = nth + 1, sentence.find(phrase, at + 1)
    return phrase if nth == 1 else f"{phrase}#{nth}"


def cut(doc: dict, note: dict, text: str) -> dict:
    """Return one report's annotation as offsets; ValueError where a sentence is not in the text."""
    bounds, at = [], 0
    for sentence in doc["sentences"]:
        start = text.index(sentence, at)
        at = start + len(sentence)
        bounds.append([start, at])
    events = []
    for event in note["events"]:
        sentence, base = doc["sentences"][event["s"]], bounds[event["s"]][0]

        def span(phrase: str, sentence: str = sentence, base: int = base) -> list[int]:
            start, end = locate(phrase, sentence)
            return [base + start, base + end]

        events.append(
            {
                "s": event["s"],
                "trigger": span(event["trigger"]),
                "type": event["type"],
                "modes": event["modes"],
                "flags": event["flags"],
                "actors": [[*span(m["text"]), *m["is"]] for m in event["actors"]],
                "recipients": [[*span(m["text"]), *m["is"]] for m in event["recipients"]],
                **{role: [span(phrase) for phrase in event[role]] for role in SPANS},
                "according_to": span(event["according_to"]) if event["according_to"] else None,
                **{
                    role: [*span(event[role]["text"]), event[role]["value"]] if event[role] else None for role in COUNTS
                },
            }
        )
    return {
        "id": doc["id"],
        "checksum": checksum(text),
        "sentences": bounds,
        "contexts": note["contexts"],
        "entities": note["entities"],
        "events": events,
    }


def join(line: dict, record: dict) -> tuple[dict, dict]:
    """Return one report and its annotation, given the public text; ValueError where the text is another one."""
    text = record["text"]
    if checksum(text) != line["checksum"]:
        raise ValueError(f"{line['id']}: the text is not the one that was annotated")
    sentences = [text[start:end] for start, end in line["sentences"]]
    events = []
    for event in line["events"]:
        sentence, base = sentences[event["s"]], line["sentences"][event["s"]][0]

        def phrase(span: list, sentence: str = sentence, base: int = base) -> str:
            return phrase_at(span[0] - base, span[1] - base, sentence)

        events.append(
            {
                **event,
                "trigger": phrase(event["trigger"]),
                **{role: [{"text": phrase(m), "is": m[2:]} for m in event[role]] for role in ("actors", "recipients")},
                **{role: [phrase(span) for span in event[role]] for role in SPANS},
                "according_to": phrase(event["according_to"]) if event["according_to"] else None,
                **{
                    role: {"text": phrase(event[role]), "value": event[role][2]} if event[role] else None
                    for role in COUNTS
                },
            }
        )
    doc = {
        "id": line["id"],
        "source": record.get("source"),
        "url": record.get("url_or_path"),
        "licence": record.get("licence"),
        "date": record.get("date"),
        "title": record.get("title"),
        "sentences": sentences,
    }
    return doc, {"id": line["id"], "contexts": line["contexts"], "entities": line["entities"], "events": events}


def write(path: Path, lines: list[dict]) -> None:
    """Write one JSON value a line."""
    path.write_text(
        "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines), encoding="utf-8"
    )


def run_cut(out: Path, corpora: Path, sets: list[str]) -> None:
    """Turn annotated sets into offsets."""
    pairs = []
    for pair in sets:
        docs, gold = (rows(Path(part)) for part in pair.split(":"))
        notes = {note["id"]: note for note in gold}
        pairs += [(doc, notes[doc["id"]]) for doc in docs if doc["id"] in notes]
    found = texts(corpora, {doc["id"] for doc, _ in pairs})
    lines = []
    for doc, note in pairs:
        try:
            lines.append(cut(doc, note, found[doc["id"]]["text"]))
        except (KeyError, ValueError) as error:
            print(f"{doc['id']}: left out: {error}", file=sys.stderr)
    write(out, lines)
    print(
        f"{len(lines)} reports, {sum(len(line['sentences']) for line in lines)} sentences, "
        f"{sum(len(line['events']) for line in lines)} events"
    )


def run_join(corpora: Path, out_docs: Path, out_gold: Path, files: list[Path]) -> None:
    """Join offsets to their texts."""
    lines = [line for path in files for line in rows(path)]
    found = texts(corpora, {line["id"] for line in lines})
    joined = []
    for line in lines:
        try:
            joined.append(join(line, found[line["id"]]))
        except (KeyError, ValueError) as error:
            print(f"left out: {error} (is its corpus in {corpora}?)", file=sys.stderr)
    write(out_docs, [doc for doc, _ in joined])
    write(out_gold, [note for _, note in joined])
    print(f"{len(joined)} of {len(lines)} reports joined")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("cut", "join"))
    parser.add_argument("paths", nargs="+")
    arguments = parser.parse_args()
    if arguments.what == "cut":
        out, corpora, *sets = arguments.paths
        run_cut(Path(out), Path(corpora), sets)
    else:
        corpora, docs, gold, *files = arguments.paths
        run_join(Path(corpora), Path(docs), Path(gold), [Path(f) for f in files])


if __name__ == "__main__":
    main()
