"""Cells, and what stands under them: `Notebook`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from qsession import Session
from qsession.session import registry


@dataclass(frozen=True)
class Output:
    """What a cell put out."""

    error: BaseException | None
    printed: str
    displayed: list[dict[str, Any]]
    """One MIME bundle for each thing displayed."""

    @property
    def texts(self) -> list[str]:
        """What was displayed, in plain text."""
        return [bundle["text/plain"] for bundle in self.displayed]


class Notebook:
    """Runs cells in a shell."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self._known = set(registry.sessions())

    @property
    def names(self) -> dict[str, Any]:
        """The variables of the notebook."""
        names: dict[str, Any] = self.shell.user_ns
        return names

    @property
    def sessions(self) -> list[Session]:
        """The sessions opened here that are live."""
        return [each for each in registry.sessions() if each not in self._known and each.active]

    @property
    def session(self) -> Session:
        """The one live session."""
        (session,) = self.sessions
        return session

    def try_to_run(self, cell: str) -> Output:
        """Run a cell that may fail."""
        with capture_output() as captured:
            result = self.shell.run_cell(cell, store_history=True)
        displayed = [output.data for output in captured.outputs]
        error = result.error_before_exec or result.error_in_exec
        return Output(error, captured.stdout + captured.stderr, displayed)

    def run(self, cell: str) -> Output:
        """Run a cell that must not fail."""
        output = self.try_to_run(cell)
        assert output.error is None, output.printed
        return output
