"""``%qsession dashboard`` is `dashboard` in a cell."""

from __future__ import annotations

import pytest
from IPython.core.error import UsageError

from qsession import Dashboard
from tests.magics.conftest import notebook, shell
from tests.magics.notebook import Notebook

__all__ = ["notebook", "shell"]


def test_it_is_shown_and_can_be_kept(notebook: Notebook):
    notebook.run("%%qsession aer_simulator --name mine --no-widget\nflipped();")
    (line,) = (
        row for row in notebook.run("%qsession dashboard").printed.splitlines() if "mine" in row
    )
    assert line.endswith("this process")
    notebook.run("board = %qsession dashboard")
    board = notebook.names["board"]
    assert isinstance(board, Dashboard)
    assert [info.name for info in board.sessions] == ["mine"]
    assert board.close_all() == "1 session closed."


@pytest.mark.parametrize("rest", ["mine", "--all"])
def test_nothing_can_follow_it(notebook: Notebook, rest: str):
    failed = notebook.try_to_run(f"%qsession dashboard {rest}")
    assert isinstance(failed.error, UsageError)
