"""Compare an exported model in 8 bits with the same in 32, and both with the model that ships.

    python training/evaluate.py MODEL_FOLDER DOCS GOLD

Prints the figures that matter side by side; exits with 1 where 8 bits lose more than half a point of event F1.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "evaluation"))
import coding
import score
import sets

from whimbrel import Coder
from whimbrel.extraction.extractor import MODEL

ROWS = (
    "event",
    "event macro",
    "trigger",
    "sentence has event",
    "actor",
    "recipient",
    "mode",
    "flags",
    "counts",
    "context",
    "dyad country",
    "dyad country+sector",
)
MOST_LOST = 0.5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("docs", type=Path)
    parser.add_argument("gold", type=Path)
    arguments = parser.parse_args()
    shutil.copy(arguments.folder / "settings.json", arguments.folder / "exact" / "settings.json")
    docs, gold = sets.read_lines(arguments.docs), sets.read_lines(arguments.gold)
    folders = {"8 bits": arguments.folder, "32 bits": arguments.folder / "exact"}
    if (MODEL / "model.onnx").is_file():
        folders["shipped"] = MODEL
    figures = {
        name: score.score(docs, gold, coding.records(Coder(folder, threads=2), docs))
        for name, folder in folders.items()
    }
    print(" " * 22 + "".join(f"{name:>10}" for name in figures))
    for row in ROWS:
        print(f"{row:22}" + "".join(f"{found[row]['f1']:10}" for found in figures.values()))
    for part in ("country", "sector", "name"):
        print(f"{'resolved ' + part:22}" + "".join(f"{found['resolved'][part]:10}" for found in figures.values()))
    return int(figures["32 bits"]["event"]["f1"] - figures["8 bits"]["event"]["f1"] > MOST_LOST)


if __name__ == "__main__":
    sys.exit(main())
