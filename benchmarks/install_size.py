"""What an installation takes: `python benchmarks/install_size.py [PROJECT] [--limit MB] [--json]`.

Installs the project, a folder or a wheel, without extras into a fresh environment in a temporary folder and adds up
the files of its site-packages, without the installer's own packages. Megabytes are 10^6 bytes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING

from whimbrel.errors import SourceError, WhimbrelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

INSTALLER = ("pip", "setuptools", "wheel", "pkg_resources", "_distutils_hack", "distutils-precedence.pth")
LISTED = 15


def sizes(site_packages: Path) -> dict[str, int]:
    """Return the bytes of each entry of a site-packages folder, largest first, the installer's own left out."""
    found = {entry.name: _size(entry) for entry in site_packages.iterdir() if not _is_installer(entry.name)}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _is_installer(name: str) -> bool:
    return name in INSTALLER or any(
        name.startswith(f"{each}-") and name.endswith(".dist-info") for each in INSTALLER)


def _size(path: Path) -> int:
    return sum(each.stat().st_size for each in ([path] if path.is_file() else path.rglob("*"))
               if each.is_file() and not each.is_symlink())


def install(project: Path, folder: Path) -> Path:
    """Install a project into a fresh environment and return its site-packages; raises SourceError where pip fails."""
    venv.create(folder, with_pip=True)
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)}, scheme="venv")
    python = Path(paths["scripts"]) / ("python.exe" if sys.platform == "win32" else "python")
    ran = subprocess.run([str(python), "-m", "pip", "install", "--quiet", str(project)],
                         capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SourceError(f"{project} could not be installed: {ran.stderr.strip()[-1000:]}")
    return Path(paths["purelib"])


def lines(found: Mapping[str, int]) -> list[str]:
    """Return the sizes as lines of text: the largest entries, the rest, and the sum."""
    shown = list(found.items())[:LISTED]
    rest = sum(found.values()) - sum(size for _, size in shown)
    rows = [*shown, ("all else", rest), ("in all", sum(found.values()))]
    return [f"{name:40}{size / 1e6:>8.1f} MB" for name, size in rows]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit status, 1 where the limit is passed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("project", type=Path, nargs="?", default=Path(__file__).parents[1], help="folder or wheel")
    parser.add_argument("--limit", type=float, help="megabytes that must not be passed")
    parser.add_argument("--json", action="store_true", help="print one JSON object: bytes by entry")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = sizes(install(options.project, Path(folder)))
    except WhimbrelError as error:
        print(f"install_size: {error}", file=sys.stderr)
        return 2
    print(json.dumps(found) if options.json else "\n".join(lines(found)))
    total = sum(found.values()) / 1e6
    if options.limit is not None and total > options.limit:
        print(f"install_size: {total:.1f} MB is over the limit of {options.limit:.1f} MB", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
