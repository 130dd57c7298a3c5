"""Runs a cell as cells run: `run_in_foreground`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsession.magics.cells import Cell, Outcome
from qsession.magics.ipython import Shell, display

if TYPE_CHECKING:
    from argparse import Namespace

    from qsession.engines.base import Job
    from qsession.session import Session


def run_in_foreground(shell: Shell, text: str, session: Session, options: Namespace) -> None:
    """Show the session, run the cell in it, show what came of it."""
    if not options.no_widget:
        display(session)
    try:
        with session.as_default():
            cell = Cell(shell, text)
            outcome = cell.run(session, shots=options.shots)
            if options.output:
                shell.user_ns[options.output] = outcome.kept
            if not cell.is_silenced:
                _show(shell, outcome)
    except KeyboardInterrupt as interrupt:
        if not end_if_wanted(session, options.on_interrupt, "its cell was interrupted"):
            session.say_how_to_come_back(interrupt)
        raise
    finally:
        if options.close:
            session.close(reason="its cell ended")


def end_if_wanted(session: Session, wanted: str, reason: str) -> bool:
    """Do to the session what its cell asked for with ``--on-interrupt``; False if it goes on."""
    if wanted == "cancel":
        session.cancel(reason=reason)
    elif wanted == "close":
        session.close(reason=reason)
    return wanted != "keep"


def _show(shell: Shell, outcome: Outcome) -> None:
    if outcome.job is not None:
        show_result(outcome.job)
    elif outcome.value is not None:
        shell.displayhook(outcome.value)


def show_result(job: Job) -> None:
    """Wait for a job and show its result, briefly."""
    from qsession.results import ResultSummary  # noqa: PLC0415 - loads Qiskit

    display(ResultSummary.of(job.result()))
