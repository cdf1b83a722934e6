"""Choose the weights and thresholds of decoding on a development set.

    python training/tune.py MODEL_FOLDER DOCS GOLD

Writes `settings.json` into the folder. Event confidence is a logistic regression over what the model says of each
place weighed, right or wrong on the set; the thresholds are those of the best F1, in steps of 0.02.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

import numpy as np
from prepare import example, read

from whimbrel.extraction.decoding import log_odds, sigmoid
from whimbrel.extraction.doubles import without_doubles
from whimbrel.extraction.extractor import OnnxExtractor
from whimbrel.extraction.labels import ROLE_KINDS
from whimbrel.extraction.settings import Settings
from whimbrel.records import Document, Segmented, Sentence


def load(docs_path: str, gold_path: str):
    notes = {note["id"]: note for note in read(gold_path)}
    reports = [example(doc, notes[doc["id"]]) for doc in read(docs_path) if doc["id"] in notes]
    documents = [Document(r["id"], r["text"]) for r in reports]
    segmented = [
        Segmented(tuple(Sentence(i, r["text"][s:e], s, e) for i, (s, e) in enumerate(r["sentences"]))) for r in reports
    ]
    return reports, documents, segmented


def candidates(extractor: OnnxExtractor, documents, segmented) -> list[list]:
    """Return for each document its candidate triggers' features, those that only repeat a surer one left out."""
    rows = extractor.rows(segmented)
    found: list[list] = [[] for _ in segmented]
    decoder = extractor.decoder
    single = [extractor.with_settings(dataclasses.replace(decoder.settings, weights=w)).decoder for w in np.eye(4)[1:]]
    for chunk, scores in zip(rows, extractor.scores(rows), strict=True):
        _, events = decoder.decode(chunk, scores, documents[chunk.document].text)
        columns = [[log_odds(t.types) for t in one.triggers(chunk, scores)] for one in single]
        for event, *features in zip(without_doubles(events), *columns, strict=True):
            if event.double_of is None:
                span = event.trigger
                found[chunk.document].append((event.sentence, span.start, span.end, np.stack(features, 1)))
    return found


def matched(report: dict, chosen: list[tuple[int, int, int, str]]) -> list[bool]:
    """Say of each (sentence, start, end, type) whether it matches a gold event, one to one, overlapping first."""
    free = list(report["events"])
    right = [False] * len(chosen)
    for overlapping in (True, False):
        for i, (sentence, start, end, kind) in enumerate(chosen):
            if right[i]:
                continue
            for event in free:
                touches = event["trigger"][0] < end and event["trigger"][1] > start
                if event["type"] == kind and event["sentence"] == sentence and (touches or not overlapping):
                    free.remove(event)
                    right[i] = True
                    break
    return right


def regression(x: np.ndarray, y: np.ndarray, ridge: float = 2.0) -> np.ndarray:
    """Logistic regression by damped Newton steps, with a pull towards (0, 1, 1, 0)."""
    x = np.hstack([np.ones((len(x), 1)), x]).astype(float)
    prior = np.array([0.0, 1.0, 1.0, 0.0])

    def loss(w: np.ndarray) -> float:
        return float(np.logaddexp(0, -(2 * y - 1) * (x @ w)).sum() + ridge / 2 * ((w - prior) ** 2).sum())

    w = prior
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (p - y) + ridge * (w - prior)
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge * np.eye(4), gradient)
        size = 1.0
        while loss(w - size * step) > loss(w) and size > 1e-6:
            size /= 2
        w = w - size * step
        if np.abs(size * step).max() < 1e-6:
            break
    return w


def choose_weights(extractor, reports, documents, segmented, types) -> tuple[tuple, float, float]:
    found = candidates(extractor, documents, segmented)
    weights = np.array([0.0, 1.0, 1.0, 0.0])
    for _ in range(3):
        features, right = [], []
        for report, entries in zip(reports, found, strict=True):
            best = [int((np.hstack([np.ones((len(types), 1)), f]) @ weights).argmax()) for *_, f in entries]
            chosen = [(s, a, b, types[k]) for (s, a, b, _), k in zip(entries, best, strict=True)]
            order = sorted(range(len(chosen)), key=lambda i: -(entries[i][3][best[i]] @ weights[1:]))
            flags = matched(report, [chosen[i] for i in order])
            features += [entries[i][3][best[i]] for i in order]
            right += flags
        x, y = np.array(features), np.array(right, float)
        weights = regression(x, y)
    confidence = sigmoid(np.hstack([np.ones((len(x), 1)), x]) @ weights)
    gold = sum(len(r["events"]) for r in reports)
    figures = [(2 * y[confidence >= t].sum() / (gold + (confidence >= t).sum()), t) for t in np.arange(0.2, 0.6, 0.02)]
    f1, threshold = max(figures)
    return tuple(round(float(w), 4) for w in weights), round(float(threshold), 2), float(f1)


def best_threshold(scored: list[tuple[float, bool]], gold: int, low: float = 0.1) -> tuple[float, float]:
    """Return the threshold of the best F1 and that F1, given (probability, right) pairs."""
    p = np.array([s for s, _ in scored])
    y = np.array([r for _, r in scored], float)
    return max(
        ((2 * y[p >= t].sum() / max(1, gold + (p >= t).sum()), round(float(t), 2)) for t in np.arange(low, 0.8, 0.04)),
        key=lambda pair: pair[0],
    )[::-1]


def choose_roles(extractor, reports, documents, segmented, base: Settings) -> dict[str, float]:
    """Choose each role's threshold on the events found, by the F1 of the role."""
    chosen: dict[str, float] = {}
    grid = np.arange(0.14, 0.66, 0.04)
    tallies = {role: np.zeros((len(grid), 2)) for role in ROLE_KINDS}
    gold = dict.fromkeys(ROLE_KINDS, 0)
    for report in reports:
        for event in report["events"]:
            for role, *_ in event["roles"]:
                gold[role] += 1
    for position, threshold in enumerate(grid):
        settings = dataclasses.replace(
            base, role=float(threshold), roles={}, mention=min(base.mention, float(threshold))
        )
        for report, extraction in zip(
            reports, extractor.with_settings(settings).extract_segmented(documents, segmented), strict=True
        ):
            free = list(report["events"])
            for event in extraction.events:
                partner = next((g for g in free if g["type"] == event.event and g["sentence"] == event.sentence), None)
                if partner:
                    free.remove(partner)
                for role in ROLE_KINDS:
                    value = getattr(event, role)
                    spans = value if isinstance(value, tuple) else (value,) if value else ()
                    tallies[role][position, 0] += len(spans)
                    if partner:
                        wanted = [r[1:] for r in partner["roles"] if r[0] == role]
                        for span in spans:
                            hit = next((w for w in wanted if w[0] < span.end and w[1] > span.start), None)
                            if hit:
                                wanted.remove(hit)
                                tallies[role][position, 1] += 1
    for role, tally in tallies.items():
        f1 = 2 * tally[:, 1] / np.maximum(1, gold[role] + tally[:, 0])
        smooth = np.convolve(np.pad(f1, 1, "edge"), np.ones(3) / 3, "valid")
        chosen[role] = round(float(grid[smooth.argmax()]), 2)
        print(f"role {role}: {chosen[role]}  F1 {100 * f1[smooth.argmax()]:.1f}  gold {gold[role]}")
    return chosen


def choose_labels(extractor, reports, documents, segmented, base: Settings) -> dict[str, float]:
    """Choose the thresholds of modes, flags and contexts."""
    found = {}
    for name in ("mode", "flag", "context"):
        figures = []
        for threshold in np.arange(0.2, 0.62, 0.04):
            settings = dataclasses.replace(base, **{name: float(threshold)})
            hit = coded = gold = 0
            for report, extraction in zip(
                reports, extractor.with_settings(settings).extract_segmented(documents, segmented), strict=True
            ):
                if name == "context":
                    labels = {c for c, _ in extraction.context} if extraction.events else set()
                    hit += len(labels & set(report["contexts"]))
                    coded, gold = coded + len(labels), gold + len(report["contexts"])
                    continue
                free = list(report["events"])
                for event in extraction.events:
                    labels = set(event.mode if name == "mode" else event.flags)
                    coded += len(labels)
                    partner = next(
                        (g for g in free if g["type"] == event.event and g["sentence"] == event.sentence), None
                    )
                    if partner:
                        free.remove(partner)
                        hit += len(labels & set(partner["modes" if name == "mode" else "flags"]))
                gold += sum(len(e["modes" if name == "mode" else "flags"]) for e in report["events"])
            figures.append((2 * hit / max(1, coded + gold), round(float(threshold), 2)))
        f1, found[name] = max(figures)
        print(f"{name}: {found[name]}  F1 {100 * f1:.1f}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("docs")
    parser.add_argument("gold")
    arguments = parser.parse_args()
    Settings().save(arguments.folder / "settings.json")
    extractor = OnnxExtractor.load(arguments.folder, threads=2)
    reports, documents, segmented = load(arguments.docs, arguments.gold)
    weights, threshold, f1 = choose_weights(extractor, reports, documents, segmented, extractor.decoder.labels.types)
    print(f"events: weights {weights}, threshold {threshold}, F1 {100 * f1:.1f}")
    settings = dataclasses.replace(extractor.decoder.settings, weights=weights, event=threshold)
    roles = choose_roles(extractor, reports, documents, segmented, settings)
    settings = dataclasses.replace(settings, roles=roles, mention=min(0.2, *roles.values()))
    settings = dataclasses.replace(settings, **choose_labels(extractor, reports, documents, segmented, settings))
    settings.save(arguments.folder / "settings.json")
    print(f"kept in {arguments.folder / 'settings.json'}", file=sys.stderr)


if __name__ == "__main__":
    main()
