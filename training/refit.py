"""Fit the layer for flags, modes and contexts anew on a trained encoder's states, to the end.

    python training/refit.py TRAINED TRAIN.jsonl OUT [--decay 1e-3]

Within the joint training these small losses get little of the gradient. Here the encoder stays as it is, its states
of every trigger and report are taken once, and each label's logistic regression is fitted with L2 decay by L-BFGS,
starting from what training left. OUT is a folder as train.py writes it.
"""

from __future__ import annotations

import argparse
import random
import shutil
from pathlib import Path

import torch
from model import JointModel, span_means
from pretrain import base_encoder
from torch import nn
from train import annotated, batches, multi_hot

from whimbrel.extraction.chunks import inputs
from whimbrel.extraction.labels import Labels


def states(model: JointModel, rows, cutter):
    """Return the mean states of events and rows, with their labels."""
    events, reports = [], []
    flags, modes, kinds, contexts = [], [], [], []
    for done, batch in enumerate(batches(rows, 3000, random.Random(1))):
        fed = {k: torch.from_numpy(v) for k, v in inputs([r.chunk for r in batch], cutter).items()}
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            hidden = model.encoder(
                input_ids=fed["ids"], token_type_ids=fed["cases"], attention_mask=fed["mask"]
            ).last_hidden_state
        where = [(i, 1 + e[0], 1 + e[1]) for i, row in enumerate(batch) for e in row.events]
        if where:
            events.append(span_means(hidden.float(), *(torch.tensor(c) for c in zip(*where, strict=True))))
        spans = [(i, 1, 1 + len(row.chunk)) for i, row in enumerate(batch)]
        reports.append(span_means(hidden.float(), *(torch.tensor(c) for c in zip(*spans, strict=True))))
        for row in batch:
            kinds += [e[2] for e in row.events]
            modes += [e[3] for e in row.events]
            flags += [e[4] for e in row.events]
            contexts.append(row.contexts)
        if done % 20 == 0:
            print(f"states of {len(contexts)} of {len(rows)} rows", flush=True)
    return torch.cat(events), torch.cat(reports), kinds, modes, flags, contexts


def fit(x: torch.Tensor, y: torch.Tensor, layer_weight, layer_bias, decay: float, mask=None) -> None:
    """Fit one layer's rows in place."""
    weight, bias = layer_weight.clone().requires_grad_(), layer_bias.clone().requires_grad_()
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=120, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(x @ weight.T + bias, y, reduction="none")
        loss = (loss * mask if mask is not None else loss).sum() / len(x) + decay * (weight**2).sum()
        loss.backward()
        return loss

    before = closure().item()
    optimiser.step(closure)
    print(f"  {y.shape[1]} labels: loss {before:.4f} -> {closure().item():.4f}", flush=True)
    layer_weight.copy_(weight.detach())
    layer_bias.copy_(bias.detach())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trained", type=Path)
    parser.add_argument("train", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--decay", type=float, default=1e-3)
    parser.add_argument("--only", nargs="*", default=["flag", "mode", "context"])
    arguments = parser.parse_args()
    encoder, cutter = base_encoder()
    labels = Labels.load(arguments.trained / "labels.json")
    model = JointModel(encoder, labels)
    model.load_state_dict(torch.load(arguments.trained / "model.pt", map_location="cpu"))
    model.eval()
    rows = annotated(arguments.train, labels, cutter)
    events, reports, kinds, modes, flags, contexts = states(model, rows, cutter)
    own = torch.tensor([labels.types.index(kind) for kind, _ in labels.modes])
    wanted = {
        "flag": (events, multi_hot(flags, len(labels.flags), "cpu"), None),
        "mode": (events, multi_hot(modes, len(labels.modes), "cpu"), (torch.tensor(kinds)[:, None] == own).float()),
        "context": (reports, multi_hot(contexts, len(labels.contexts), "cpu"), None),
    }
    with torch.no_grad():
        for name in arguments.only:
            part = labels.columns[name]
            x, y, mask = wanted[name]
            with torch.enable_grad():
                fit(x, y, model.head.weight.data[part], model.head.bias.data[part], arguments.decay, mask)
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), arguments.out / "model.pt")
    for name in ("labels.json", "settings.json"):
        shutil.copy(arguments.trained / name, arguments.out / name)


if __name__ == "__main__":
    main()
