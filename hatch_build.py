"""Builds the front end into ``src`` when it is missing or out of date.

Hatchling calls it for every sdist, wheel and editable install; ``python hatch_build.py`` does the
same by hand. An sdist holds the finished bundle, so installing from one needs no npm.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from collections.abc import Iterator

BUNDLE = (
    "src/qsession/static/widget.js",
    "src/qsession/static/widget.css",
    "src/labextension/package.json",
)
NOT_BUNDLED = ("js/test", "js/node_modules")
SKIP = "QSESSION_SKIP_JS"
"""Environment variable: set it where only the Python is wanted and nothing is shown."""


def sources(root: Path) -> Iterator[Path]:
    """Yield every file that the bundle is made from."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        if (root / name).is_file():
            yield root / name
    ignored = [root / name for name in NOT_BUNDLED]
    for path in (root / "js").rglob("*"):
        if path.is_file() and not any(path.is_relative_to(folder) for folder in ignored):
            yield path


def is_missing(root: Path) -> bool:
    """Tell whether there is no complete bundle."""
    return not all((root / name).is_file() for name in BUNDLE)


def is_stale(root: Path) -> bool:
    """Tell whether a source is newer than the bundle; never so where the sources are absent."""
    if not (root / "js").is_dir():
        return False
    built = min((root / name).stat().st_mtime for name in BUNDLE)
    return any(path.stat().st_mtime > built for path in sources(root))


def build(root: Path) -> None:
    """Bring the bundle up to date, with npm if anything is to be done.

    Raises:
        RuntimeError: There is no bundle and no way to make one, or npm failed.
    """
    missing = is_missing(root)
    if not missing and not is_stale(root):
        return
    npm = shutil.which("npm")
    if npm is None:
        if missing:
            raise RuntimeError(
                "qsession's front end is not built, and npm, which builds it, was not found. "
                "Install Node.js 20 or newer (it brings npm) and try again, or install a released "
                "wheel or sdist: they hold the built front end."
            )
        warnings.warn(
            "qsession's front end is older than its sources, and npm, which builds it, was not "
            "found: the old one is used. Install Node.js 20 or newer to bring it up to date.",
            stacklevel=2,
        )
        return
    if not _modules_installed(root):
        _run([npm, "ci", "--no-audit", "--no-fund"], root)
    _run([npm, "run", "build"], root)
    if is_missing(root):
        raise RuntimeError(f"'npm run build' did not make all of {', '.join(BUNDLE)}.")


def _modules_installed(root: Path) -> bool:
    installed, lock = root / "node_modules/.package-lock.json", root / "package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime


def _run(command: list[str], root: Path) -> None:
    shown = " ".join(["npm", *command[1:]])
    try:
        subprocess.run(command, cwd=root, check=True)  # noqa: S603 - our own npm scripts
    except subprocess.CalledProcessError as error:
        raise RuntimeError(
            f"'{shown}' failed with exit code {error.returncode}; its output is above. "
            "The front end needs Node.js 20 or newer."
        ) from error


class FrontEndHook(BuildHookInterface[Any]):
    """Runs before hatchling collects the files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the front end."""
        if not os.environ.get(SKIP):
            build(Path(self.root))


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
