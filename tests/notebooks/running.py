"""Runs the notebooks in what they need; `make notebooks` also keeps their outputs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient

from tests.cloud.account import default_account, environment
from tests.cloud.process import ServerProcess

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
NEEDS_AN_ACCOUNT = ("ibm-quantum", "device-and-cost")
JOB_SECONDS = "0.5"


@contextmanager
def surroundings(notebook: Path) -> Iterator[dict[str, str]]:
    """Environment variables for a notebook's kernel, with a pretended account if it needs one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QISKIT_")}
    if notebook.stem not in NEEDS_AN_ACCOUNT:
        yield kept
        return
    with ServerProcess("--job-seconds", JOB_SECONDS) as server:
        yield {**kept, **environment(server), **default_account(server)}


def run(path: Path) -> nbformat.NotebookNode:
    """The notebook with the outputs of a fresh run, and without what a run leaves besides."""
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    with surroundings(path) as variables:
        client = NotebookClient(
            notebook,
            timeout=120,
            kernel_name="python3",
            record_timing=False,
            store_widget_state=False,
        )
        client.execute(env=variables)
    # The run notes the Python that it was made with.
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def main() -> None:
    """Run the notebooks that are named, all if none is, and keep their outputs."""
    named = sys.argv[1:]
    for path in NOTEBOOKS:
        if not named or path.stem in named:
            # A ledger of its own: readers have nothing to do with the sessions of who runs this.
            with TemporaryDirectory() as home:
                os.environ["QSESSION_HOME"] = home
                nbformat.write(run(path), path)


if __name__ == "__main__":
    main()
