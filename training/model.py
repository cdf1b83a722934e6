"""The joint model: one encoder, one linear layer over its pieces, and a small scorer of roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np  # noqa: TC002
import torch
from torch import nn

from whimbrel.extraction.labels import DISTANCES, Labels

if TYPE_CHECKING:
    from transformers import BertModel


class RoleScorer(nn.Module):
    """Scores each role between a trigger and a phrase from their projections, distance, event type and kind."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        size, outputs = labels.projection, 1 + len(labels.roles)
        self.distance = nn.Embedding(DISTANCES, size)
        self.event = nn.Embedding(len(labels.types), size)
        self.kind = nn.Embedding(len(labels.kinds), size)
        for table in (self.distance, self.event, self.kind):
            nn.init.normal_(table.weight, std=0.1)
        self.sum = nn.Linear(size, outputs)
        self.product = nn.Linear(size, outputs, bias=False)

    def forward(self, sums, products, distance, kinds, types):
        """Return logits (..., 1 + roles), the first for no role; `types` are indices or None for all types."""
        base = sums + self.distance(distance) + self.kind(kinds)
        flat = self.product(products)
        if types is None:
            base = base.unsqueeze(-2) + self.event.weight
            flat = flat.unsqueeze(-2)
        else:
            base = base + self.event(types)
        return self.sum(nn.functional.gelu(base)) + flat

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the weights as the decoder reads them."""
        state = {
            "distance": self.distance.weight,
            "event": self.event.weight,
            "kind": self.kind.weight,
            "sum": self.sum.weight,
            "bias": self.sum.bias,
            "product": self.product.weight,
        }
        return {name: value.detach().float().cpu().numpy() for name, value in state.items()}


class JointModel(nn.Module):
    def __init__(self, encoder: BertModel, labels: Labels, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.labels = labels
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, labels.width)
        self.roles = RoleScorer(labels)

    def forward(self, ids, cases, mask):
        """Return one row of `labels.width` numbers for each piece."""
        states = self.encoder(input_ids=ids, token_type_ids=cases, attention_mask=mask).last_hidden_state
        return self.head(self.drop(states))


def span_means(values: torch.Tensor, rows: torch.Tensor, starts: torch.Tensor, ends: torch.Tensor) -> torch.Tensor:
    """Return the mean of `values` (rows, pieces, width) over pieces start..end of each span."""
    sums = nn.functional.pad(values.float().cumsum(1), (0, 0, 1, 0))
    return (sums[rows, ends] - sums[rows, starts]) / (ends - starts).unsqueeze(-1)
