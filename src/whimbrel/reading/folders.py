"""The files of a folder and of the folders in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from whimbrel.reading.values import Reject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def walk(folder: Path, skip: frozenset[Path] = frozenset()) -> Iterator[Path | Reject]:
    """Give the files by name, folder by folder; hidden ones, and folders reached by links, are passed over.

    A folder that may not be opened gives a Reject.
    """
    try:
        with os.scandir(folder) as entries:
            names = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
    except OSError as error:
        yield Reject(folder.as_posix(), f"the folder cannot be opened ({error.strerror}); change its rights")
        return
    for name, is_folder in names:
        path = folder / name
        if name.startswith(".") or (skip and path.resolve() in skip):
            continue
        if is_folder:
            yield from walk(path, skip)
        elif path.is_file():
            yield path
