"""A real IPython shell with the magics loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from qsession.session import registry
from tests.magics.notebook import Notebook


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell that keeps its files in a folder of its own."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    yield shell
    for session in registry.sessions():
        session.cancel(reason="the test is over")
    InteractiveShell.clear_instance()


@pytest.fixture
def notebook(shell: InteractiveShell) -> Notebook:
    """The shell as a notebook whose first cells have loaded what the others need."""
    notebook = Notebook(shell)
    notebook.run("%load_ext qsession")
    notebook.run("from tests.support.circuits import bell, flipped, rotation")
    return notebook
