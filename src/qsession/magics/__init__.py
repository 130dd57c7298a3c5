"""The magics of ``%load_ext qsession``: ``%%qsession`` for a cell, ``%qsession`` for a line.

Thin: everything they do is a line of Python with the public API. Importing this package loads
neither IBM's client nor Aer.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from qsession.errors import QSessionError
from qsession.magics.background import BackgroundCells
from qsession.magics.cell_sessions import SessionsOfCells
from qsession.magics.cells import run_in_foreground
from qsession.magics.commands import COMMANDS, Commands
from qsession.magics.completion import Completer
from qsession.magics.shown_results import show_results, show_results_no_more

if TYPE_CHECKING:
    from argparse import Namespace

    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["load", "unload"]


def _shots(text: str) -> int:
    """Shots as they are written behind ``--shots``.

    Raises:
        ArgumentTypeError: If there cannot be so many.
    """
    from qsession.circuits.checks import read_shots  # noqa: PLC0415 - loads Qiskit
    from qsession.errors import InvalidInputError  # noqa: PLC0415 - as the next

    try:
        return read_shots(int(text) if text.lstrip("+-").isdigit() else text)
    except InvalidInputError as error:
        raise ArgumentTypeError(str(error)) from error


@magics_class
class QSessionMagics(Magics):
    """``%%qsession`` and ``%qsession``."""

    shell: InteractiveShell

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._sessions = SessionsOfCells(shell)
        self._background = BackgroundCells()
        self._commands = Commands(self._sessions)

    @magic_arguments()
    @argument(
        "backend",
        nargs="?",
        help="A backend's name, or the name of a variable that holds a backend. Default: the Aer "
        "simulator.",
    )
    @argument(
        "--max-time",
        help='How long the session may last, for example 30m, "2h 30m" or 1800 (seconds). '
        "Default: the maximum.",
    )
    @argument("--name", help="A name for the session; cells with the same name share one.")
    @argument("--mode", choices=("session", "batch"), default="session", help="Default: session.")
    @argument("--shots", type=_shots, help="Shots for the circuits of the last expression.")
    @argument(
        "--optimization-level",
        type=int,
        choices=range(4),
        help="How much Qiskit optimizes the circuits of the last expression, 0 to 3, if they do "
        "not fit the backend. Default: 2.",
    )
    @argument(
        "-o",
        "--output",
        metavar="VAR",
        help="Keep the job of the last expression in this variable; if it is no work, its value; "
        "with --background, the handle of the cell.",
    )
    @argument("--new", action="store_true", help="Close the live session and open another.")
    @argument("--close", action="store_true", help="Close the session when the cell has run.")
    @argument(
        "--background",
        action="store_true",
        help="Run the cell on a thread of its own and leave the kernel free. Output stays under "
        "the cell; a second one waits for the first.",
    )
    @argument("--no-widget", action="store_true", help="Do not show the session.")
    @argument(
        "--on-interrupt",
        choices=("keep", "cancel", "close"),
        default="keep",
        help="What the interrupt button (or cancelling a background cell) does to the session: "
        "keep it, and its jobs go on; cancel it, and its queued jobs with it; close it, and its "
        "jobs finish. Default: keep.",
    )
    @cell_magic
    def qsession(self, line: str, cell: str) -> None:
        """Run a cell in a session, with the session as the mode of IBM's primitives.

        The session is opened, or the live one with the same name, else with the same backend and
        mode, is used again, so that running the cell again leaves nothing behind. If the last
        expression is a circuit, several, or PUBs, it is submitted and its result shown; a semicolon
        after it hides the result.
        """
        options = _options(QSessionMagics.qsession, line)
        try:
            session = self._sessions.session(options)
        except QSessionError as error:
            raise UsageError(f"%%qsession: {error}") from error
        if options.background:
            self._background.run(self.shell, cell, session, options)
        else:
            run_in_foreground(self.shell, cell, session, options)

    @magic_arguments("%qsession")
    @argument(
        "command",
        nargs="?",
        choices=COMMANDS,
        default="list",
        help="list: the sessions of this process, of the ledger and of the account. status: one "
        "session. jobs: its jobs. attach: take up a session by id or name. close, cancel: end a "
        "session; cancel takes the id of a job, too. dashboard: all of them, live. Default: list.",
    )
    @argument(
        "which",
        nargs="?",
        help="The name or id of a session; the id of a job for cancel. Default: the session of the "
        "last cell.",
    )
    @argument("--all", action="store_true", help="With close and cancel: all of this process.")
    @line_magic("qsession")  # type: ignore[arg-type]  # its annotation is of another use
    def qsession_line(self, line: str) -> Any:
        """Ask about sessions, take them up again, and end them."""
        options = _options(QSessionMagics.qsession_line, line)
        try:
            return self._commands.run(options)
        except QSessionError as error:
            raise UsageError(f"%qsession {options.command}: {error}") from error


def _options(magic: Any, line: str) -> Namespace:
    try:
        options: Namespace = parse_argstring(magic, line)
    except UsageError:
        raise
    except ValueError as error:  # an open quotation mark
        raise UsageError(f"qsession: {error} in {line!r}") from error
    return options


def load(shell: InteractiveShell) -> None:
    """Register the magics, what completes them, and how results are shown."""
    magics = QSessionMagics(shell)
    shell.register_magics(magics)
    Completer(shell, QSessionMagics.qsession.parser, COMMANDS).install()
    show_results(shell)


def unload(shell: InteractiveShell) -> None:
    """Take back all that `load` did; sessions and background cells go on."""
    manager = shell.magics_manager
    for kind in ("line", "cell"):
        manager.magics[kind].pop("qsession", None)
    manager.registry.pop(QSessionMagics.__name__, None)
    Completer.remove(shell)
    show_results_no_more(shell)
