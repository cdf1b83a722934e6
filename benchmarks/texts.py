"""The reports that are read when speed is measured."""

from __future__ import annotations

import json
import lzma
import random
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whimbrel.errors import SourceError
from whimbrel.extraction.segmenting import segment
from whimbrel.records import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SAMPLE = Path(__file__).parents[1] / "examples" / "sample.txt"
SENTENCES = (3, 12)  # a made-up report has at least and at most so many, as agency reports have
SEED = 1


def read(path: Path, count: int) -> list[Document]:
    """Return the first `count` reports of a file of JSON lines with `id`, `text` and, if known, `date` (`.xz` too).

    Raises SourceError where the file cannot be read or holds no text.
    """
    try:
        opened = lzma.open if path.suffix == ".xz" else open
        with opened(path, "rt", encoding="utf-8") as lines:
            documents = [document for document, _ in zip(_documents(path, lines), range(count), strict=False)]
    except (OSError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read: {error}; give a file of JSON lines in UTF-8") from error
    if not documents:
        raise SourceError(f"{path} holds no reports: each line needs an id and a text")
    return documents


def _documents(path: Path, lines: Any) -> Iterator[Document]:
    for number, line in enumerate(lines, 1):
        try:
            item = json.loads(line) if line.strip() else {"text": ""}
            if item["text"].strip():
                published = date.fromisoformat(item["date"]) if item.get("date") else None
                yield Document(id=str(item["id"]), text=item["text"], published=published)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SourceError(f"{path}, line {number} is no report with id and text: {error!r}") from error


def write(path: Path, documents: Sequence[Document]) -> None:
    """Write reports so that `read` returns them."""
    path.write_text("".join(json.dumps({
        "id": each.id, "text": each.text, "date": each.published.isoformat() if each.published else None,
    }) + "\n" for each in documents), encoding="utf-8")


def generate(count: int, sample: Path = SAMPLE) -> list[Document]:
    """Return made-up reports: sentences of the sample in ever other order, the same ones on every call.

    The reports differ in length and order, so that nothing kept from one report makes the next one faster than real
    ones would be; yet they share few words, so a run over real texts is the one to quote.
    """
    try:
        sentences = [sentence.text for sentence in segment(sample.read_text(encoding="utf-8")).sentences]
    except OSError as error:
        raise SourceError(f"{sample} cannot be read: {error}; give a file of texts instead") from error
    random_ = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    return [Document(id=f"made-up-{number}", published=date(2024, 1, 15),
                     text=" ".join(random_.choices(sentences, k=random_.randint(*SENTENCES))))
            for number in range(count)]
