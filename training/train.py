"""Train the joint model on annotated reports, and on rows that give only source, target and type.

    python training/train.py TRAIN.jsonl OUT --encoder ENCODER_DIR/encoder.pt [--plv PLV_train.tsv] [--epochs 12]

TRAIN.jsonl comes from prepare.py. OUT gets `model.pt` (the running average of the weights), `labels.json`
and `settings.json`; export.py makes of them what the package ships. Runs on a GPU where there is one.
"""

from __future__ import annotations

import argparse
import copy
import csv
import json
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from model import JointModel, span_means
from pretrain import base_encoder
from torch import nn

from whimbrel.extraction.chunks import Chunk, chunks, inputs
from whimbrel.extraction.labels import ROLE_KINDS, Labels, distance_bucket
from whimbrel.records import Sentence

WEIGHTS = {
    "trigger": 1.0,
    "mention": 0.5,
    "role": 0.5,
    "mode": 0.4,
    "flag": 0.4,
    "context": 0.3,
    "presence": 0.3,
    "latent": 1.0,
}
IGNORED = -100
EVERY = 4  # steps between two looks of the running average: each costs a pass over all weights


@dataclass(slots=True)
class Row:
    """One chunk with its targets; positions are pieces of the chunk."""

    chunk: Chunk
    trigger: np.ndarray
    mention: np.ndarray
    events: list = field(default_factory=list)  # (start, end, type, modes, flags)
    pairs: list = field(default_factory=list)  # (trigger start, end, phrase start, end, distance, kind, type, role)
    presence: list = field(default_factory=list)  # (sentence start, end, types)
    contexts: list = field(default_factory=list)
    latent: tuple | None = None  # (source start, end, target start, end or 0 0, root)


def piece_range(chunk: Chunk, start: int, end: int) -> tuple[int, int] | None:
    """Return the pieces that touch characters start..end."""
    touched = np.flatnonzero((chunk.spans[:, 0] < end) & (chunk.spans[:, 1] > start))
    return (int(touched[0]), int(touched[-1]) + 1) if len(touched) else None


def mark(tags: np.ndarray, start: int, end: int, begin: int, inside: int) -> None:
    if (tags[start:end] == 0).all():
        tags[start:end] = inside
        tags[start] = begin


def add_event(row: Row, event: dict, phrases: dict, labels: Labels) -> None:
    """Mark one event's trigger and its pairs with every phrase of its sentence."""
    place = piece_range(row.chunk, *event["trigger"])
    if place is None:
        return
    kind = labels.types.index(event["type"])
    mark(row.trigger, *place, 1 + 2 * kind, 2 + 2 * kind)
    modes = [labels.modes.index((event["type"], mode)) for mode in event["modes"]]
    flags = [labels.flags.index(flag) for flag in event["flags"]]
    row.events.append((*place, kind, modes, flags))
    roles = {(start, end, ROLE_KINDS[role]): role for role, start, end in event["roles"]}
    for (start, end, phrase_kind), pieces in phrases.items():
        role = roles.get((start, end, phrase_kind))
        row.pairs.append(
            (
                *place,
                *pieces,
                distance_bucket(pieces[0] - place[0]),
                labels.kinds.index(phrase_kind),
                kind,
                0 if role is None else 1 + labels.roles.index(role),
            )
        )


def label_row(chunk: Chunk, report: dict, labels: Labels) -> Row:
    row = Row(chunk, np.zeros(len(chunk), np.int64), np.zeros((len(chunk), len(labels.kinds)), np.int64))
    row.contexts = [labels.contexts.index(name) for name in report["contexts"]]
    for index in sorted(set(chunk.sentence.tolist())):
        at = np.flatnonzero(chunk.sentence == index)
        events = [e for e in report["events"] if e["sentence"] == index]
        row.presence.append((int(at[0]), int(at[-1]) + 1, [labels.types.index(e["type"]) for e in events]))
        spans = {(start, end, ROLE_KINDS[role]) for e in events for role, start, end in e["roles"]}
        phrases = {
            key: found
            for key in sorted(spans, key=lambda k: (k[0], -k[1]))
            if (found := piece_range(chunk, key[0], key[1]))
        }
        for (_, _, kind), place in phrases.items():
            mark(row.mention[:, labels.kinds.index(kind)], *place, 1, 2)
        for event in events:
            add_event(row, event, phrases, labels)
    return row


def annotated(path: Path, labels: Labels, cutter) -> list[Row]:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        report = json.loads(line)
        sentences = [Sentence(i, report["text"][s:e], s, e) for i, (s, e) in enumerate(report["sentences"])]
        laid = chunks(number, sentences, cutter.cut([s.text for s in sentences]))
        rows += [label_row(chunk, report, labels) for chunk in laid]
    return rows


def latent_rows(path: Path, labels: Labels, cutter, roots: list[str]) -> list[Row]:
    """Read rows of sentence, source, target and root type."""
    rows = []
    with path.open(encoding="utf-8") as lines:
        for entry in csv.DictReader(lines, delimiter="\t"):
            text, source, target = entry["sentence"], entry["source"], entry["target"]
            at, to = text.find(source), text.find(target)
            if not source or at < 0:
                continue
            sentence = Sentence(0, text, 0, len(text))
            chunk = chunks(0, [sentence], cutter.cut([text]))[0]
            first = piece_range(chunk, at, at + len(source))
            second = piece_range(chunk, to, to + len(target)) if target and to >= 0 else None
            if first:
                row = Row(chunk, np.full(len(chunk), IGNORED), np.full((len(chunk), len(labels.kinds)), IGNORED))
                row.latent = (*first, *(second or (0, 0)), roots.index(entry["gold_root"]))
                rows.append(row)
    return rows


def batches(rows: list[Row], most: int, rng: random.Random):
    """Yield batches of rows of like length, at most `most` pieces with padding."""
    order = sorted(rows, key=lambda r: (r.latent is not None, len(r.chunk) * rng.uniform(0.85, 1.15)))
    made, batch, widest = [], [], 0
    for row in order:
        width = max(widest, len(row.chunk) + 2)
        if batch and (width * (len(batch) + 1) > most or (row.latent is None) != (batch[0].latent is None)):
            made.append(batch)
            batch, width = [], len(row.chunk) + 2
        batch.append(row)
        widest = width
    made.append(batch)
    rng.shuffle(made)
    return made


def padded(batch: list[Row], part: str, width: int, device: str) -> torch.Tensor:
    values = [getattr(row, part) for row in batch]
    out = np.full((len(batch), width, *values[0].shape[1:]), IGNORED, np.int64)
    for i, value in enumerate(values):
        out[i, 1 : 1 + len(value)] = value
    return torch.from_numpy(out).to(device)


def multi_hot(items: list[list[int]], width: int, device: str) -> torch.Tensor:
    out = torch.zeros(len(items), width)
    for i, chosen in enumerate(items):
        out[i, chosen] = 1
    return out.to(device)


def annotated_losses(model: JointModel, scores, batch: list[Row], device: str) -> dict[str, torch.Tensor]:
    """Return the summed losses of annotated rows, each by the number of sentences."""
    labels, columns = model.labels, model.labels.columns
    width = scores.shape[1]
    sentences = sum(len(row.presence) for row in batch)
    bce, ce = nn.functional.binary_cross_entropy_with_logits, nn.functional.cross_entropy
    losses = {
        "trigger": ce(
            scores[..., columns["trigger"]].flatten(0, 1),
            padded(batch, "trigger", width, device).flatten(),
            ignore_index=IGNORED,
            reduction="sum",
        )
    }
    mention = scores[..., columns["mention"]].unflatten(-1, (len(labels.kinds), 3))
    losses["mention"] = ce(
        mention.flatten(0, 2), padded(batch, "mention", width, device).flatten(), ignore_index=IGNORED, reduction="sum"
    )

    def indices(items):
        return [torch.tensor(column, device=device) for column in zip(*items, strict=True)]

    spans = [(i, 1 + s, 1 + e) for i, row in enumerate(batch) for s, e, _ in row.presence]
    presence = span_means(scores[..., columns["presence"]], *indices(spans))
    losses["presence"] = bce(
        presence, multi_hot([t for row in batch for *_, t in row.presence], len(labels.types), device), reduction="sum"
    )
    whole = span_means(
        scores[..., columns["context"]], *indices([(i, 1, 1 + len(row.chunk)) for i, row in enumerate(batch)])
    )
    losses["context"] = bce(
        whole, multi_hot([row.contexts for row in batch], len(labels.contexts), device), reduction="sum"
    )
    events = [(i, 1 + s, 1 + e) for i, row in enumerate(batch) for s, e, *_ in row.events]
    if events:
        at = indices(events)
        flags = span_means(scores[..., columns["flag"]], *at)
        losses["flag"] = bce(
            flags, multi_hot([e[4] for row in batch for e in row.events], len(labels.flags), device), reduction="sum"
        )
        kinds = torch.tensor([e[2] for row in batch for e in row.events], device=device)
        own = torch.tensor([labels.types.index(kind) for kind, _ in labels.modes], device=device)
        mode = bce(
            span_means(scores[..., columns["mode"]], *at),
            multi_hot([e[3] for row in batch for e in row.events], len(labels.modes), device),
            reduction="none",
        )
        losses["mode"] = (mode * (kinds[:, None] == own)).sum()
    pairs = [(i, *p) for i, row in enumerate(batch) for p in row.pairs]
    if pairs:
        row, ts, te, ps, pe, distance, kind, typ, role = indices(pairs)

        def mean(name, start, end):
            return span_means(scores[..., columns[name]], row, start + 1, end + 1)

        logits = model.roles(
            mean("trigger_sum", ts, te) + mean("phrase_sum", ps, pe),
            mean("trigger_product", ts, te) * mean("phrase_product", ps, pe),
            distance,
            kind,
            typ,
        )
        losses["role"] = ce(logits, role, reduction="sum")
    return {name: value / sentences for name, value in losses.items()}


def latent_loss(model: JointModel, scores, batch: list[Row], roots: list[str], device: str) -> torch.Tensor:
    """Return the loss of rows whose trigger is not known: the type's score sums over every place for it."""
    labels, columns = model.labels, model.labels.columns
    total = scores.new_zeros(())
    begin = nn.functional.log_softmax(scores[..., columns["trigger"]].float(), -1)[..., 1::2]
    for i, row in enumerate(batch):
        *spans, root = row.latent
        length = len(row.chunk)
        by_type = begin[i, 1 : 1 + length]
        for slot, roles in ((0, ("actor",)), (1, ("recipient", "actor"))):
            start, end = spans[2 * slot : 2 * slot + 2]
            if end == 0:
                continue
            distance = torch.tensor([distance_bucket(start - j) for j in range(length)], device=device)
            phrase = scores[i, 1 + start : 1 + end].float().mean(0)
            logits = model.roles(
                scores[i, 1 : 1 + length, columns["trigger_sum"]].float() + phrase[columns["phrase_sum"]],
                scores[i, 1 : 1 + length, columns["trigger_product"]].float() * phrase[columns["phrase_product"]],
                distance,
                torch.zeros_like(distance),
                None,
            )
            role = nn.functional.log_softmax(logits, -1)
            by_type = by_type + torch.logsumexp(role[..., [1 + labels.roles.index(r) for r in roles]], -1)
        typed = torch.logsumexp(by_type, 0)
        total = total + nn.functional.cross_entropy(
            root_scores(typed, labels, roots)[None], torch.tensor([root], device=device)
        )
    return total / len(batch)


def root_scores(typed: torch.Tensor, labels: Labels, roots: list[str]) -> torch.Tensor:
    """Fold CONCEDE and RETREAT into YIELD and drop STATEMENT."""
    where = {name: typed[labels.types.index(name)] for name in labels.types}
    return torch.stack(
        [torch.logaddexp(where["CONCEDE"], where["RETREAT"]) if root == "YIELD" else where[root] for root in roots]
    )


def groups(model: JointModel, rate: float, head_rate: float) -> list[dict]:
    """Return parameter groups: lower layers learn more slowly, the heads fastest."""
    found: dict[tuple, list] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        if name.startswith("encoder"):
            depth = int(name.split("layer.")[1].split(".")[0]) if "layer." in name else -1
            lr = rate * 0.9 ** (5 - depth)
        else:
            lr = head_rate
        decay = 0.0 if parameter.ndim < 2 else 0.01
        found.setdefault((lr, decay), []).append(parameter)
    return [{"params": p, "lr": lr, "base": lr, "weight_decay": decay} for (lr, decay), p in found.items()]


def label_names(taxonomy: Path) -> Labels:
    raw = json.loads(taxonomy.read_text(encoding="utf-8"))
    return Labels(
        types=tuple(raw["types"]),
        flags=tuple(raw["flags"]),
        contexts=tuple(raw["contexts"]),
        modes=tuple((kind, mode) for kind, entry in raw["types"].items() for mode in entry["modes"]),
    )


def hide(fed: dict[str, torch.Tensor], cutter, share: float) -> None:
    """Hide some pieces from the model, so that it learns from what stands around and not single rows by heart."""
    chosen = (torch.rand(fed["ids"].shape, device=fed["ids"].device) < share) & (fed["ids"] > cutter.mask)
    fed["ids"] = torch.where(chosen, torch.full_like(fed["ids"], cutter.mask), fed["ids"])


def follow(average: JointModel, model: JointModel, keep: float) -> None:
    """Move the running average towards the model's weights."""
    with torch.no_grad():
        for mine, theirs in zip(average.parameters(), model.parameters(), strict=True):
            if theirs.requires_grad:
                mine.lerp_(theirs, 1 - keep)


def train(model: JointModel, rows: list[Row], latent: list[Row], cutter, roots, arguments) -> JointModel:
    device = next(model.parameters()).device.type
    rng = random.Random(arguments.seed)
    per_epoch = len(batches(rows + latent, arguments.pieces, rng))
    total = per_epoch * arguments.epochs
    optimiser = torch.optim.AdamW(groups(model, arguments.rate, arguments.head_rate), betas=(0.9, 0.98), fused=True)
    average = copy.deepcopy(model)
    step, begun = 0, time.time()
    for epoch in range(arguments.epochs):
        sums: dict[str, list[float]] = {}
        for batch in batches(rows + latent, arguments.pieces, rng):
            scale = (
                min(1.0, step / (0.1 * total)) * max(0.0, (total - step) / (0.9 * total))
                if step > 0.1 * total
                else step / (0.1 * total)
            )
            for group in optimiser.param_groups:
                group["lr"] = group["base"] * scale
            fed = {k: torch.from_numpy(v).to(device) for k, v in inputs([r.chunk for r in batch], cutter).items()}
            hide(fed, cutter, arguments.hidden)
            with torch.autocast(device, torch.bfloat16, enabled=not arguments.exact):
                scores = model(**fed)
            scores = scores.float()
            if batch[0].latent is None:
                losses = annotated_losses(model, scores, batch, device)
            else:
                losses = {"latent": latent_loss(model, scores, batch, roots, device)}
            loss = sum(WEIGHTS[name] * value for name, value in losses.items())
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step += 1
            if step % EVERY == 0:
                follow(average, model, min(arguments.average, (1 + step) / (10 + step)) ** EVERY)
            for name, value in losses.items():
                sums.setdefault(name, []).append(value.item())
        shown = "  ".join(f"{name} {np.mean(values):.3f}" for name, values in sums.items())
        print(f"epoch {epoch + 1}/{arguments.epochs}  {(time.time() - begun) / 60:.1f} min  {shown}", flush=True)
        torch.save(average.state_dict(), arguments.out / "model.pt")
    return average


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--taxonomy", type=Path, required=True)
    parser.add_argument("--encoder", type=Path)
    parser.add_argument("--start", type=Path, help="go on from the model.pt of an earlier run")
    parser.add_argument("--label-weight", type=float, default=1.0, help="how much more modes, flags and contexts count")
    parser.add_argument("--plv", type=Path)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--pieces", type=int, default=1600)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--head-rate", type=float, default=1e-3)
    parser.add_argument("--average", type=float, default=0.997)
    parser.add_argument("--hidden", type=float, default=0.1, help="share of pieces hidden from the model")
    parser.add_argument("--dropout", type=float, default=0.2)
    parser.add_argument("--limit", type=int, help="use only the first rows, to try the way through")
    parser.add_argument("--all-weights", action="store_true", help="train the word embeddings too: half the weights")
    parser.add_argument("--exact", action="store_true", help="32-bit arithmetic throughout")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    encoder, cutter = base_encoder()
    if arguments.encoder:
        encoder.load_state_dict(torch.load(arguments.encoder, map_location="cpu"))
    labels = label_names(arguments.taxonomy)
    roots = [t for t in labels.types if t not in {"CONCEDE", "RETREAT", "STATEMENT"}] + ["YIELD"]
    rows = annotated(arguments.train, labels, cutter)[: arguments.limit]
    latent = latent_rows(arguments.plv, labels, cutter, roots)[: arguments.limit] if arguments.plv else []
    print(
        f"{len(rows)} rows, {sum(len(r.events) for r in rows)} events, {len(latent)} latent rows, {device}", flush=True
    )
    model = JointModel(encoder, labels, arguments.dropout).to(device)
    for name in ("mode", "flag", "context"):
        WEIGHTS[name] *= arguments.label_weight
    if not arguments.all_weights:
        model.encoder.embeddings.word_embeddings.weight.requires_grad_(requires_grad=False)
    with torch.no_grad():  # most pieces begin nothing: start there instead of learning it
        model.head.bias[labels.columns["trigger"].start] = 4.0
        for name in ("mode", "flag", "context", "presence"):
            model.head.bias[labels.columns[name]] = -3.0
    if arguments.start:
        model.load_state_dict(torch.load(arguments.start, map_location=device))
    labels.save(arguments.out / "labels.json")
    settings = {k: str(v) if isinstance(v, Path) else v for k, v in vars(arguments).items()}
    (arguments.out / "settings.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    train(model, rows, latent, cutter, roots, arguments)


if __name__ == "__main__":
    main()
