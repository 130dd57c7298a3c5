"""The code of a cell, run as cells run, and what its last expression came to."""

from __future__ import annotations

import ast
import inspect
import io
import tokenize
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from qsession.magics.output import Shell, display
from qsession.magics.top_level_await import awaited
from qsession.session.registry import core_of

if TYPE_CHECKING:
    from argparse import Namespace
    from types import CodeType

    from qsession.engines.base import Job
    from qsession.session import Session


@dataclass(frozen=True)
class Outcome:
    """The value of the last expression of a cell."""

    value: Any
    job: Job | None
    """The job of its value, if that was work."""

    @property
    def kept(self) -> Any:
        """The object that ``-o`` keeps: the job, or the value if that was no work."""
        return self.value if self.job is None else self.job


class Cell:
    """The code of one cell.

    Raises:
        SyntaxError: If it is none.
    """

    def __init__(self, shell: Shell, text: str) -> None:
        self._shell = shell
        source = shell.transform_cell(text)
        self.is_silenced = _is_silenced(source)
        # The name makes tracebacks show the cell's lines.
        self._filename = shell.compile.cache(source, shell.execution_count)
        self._statements, self._last = self._compiled(source)

    def run(self, session: Session, options: Namespace) -> Outcome:
        """Run the code, and submit the value of the last expression if it is work."""
        namespace = self._shell.user_ns
        if self._statements is not None:
            _run(self._statements, namespace)
        value = None if self._last is None else _run(self._last, namespace)
        if not is_work(value):
            return Outcome(value, None)
        level = options.optimization_level
        return Outcome(value, session.run(value, shots=options.shots, optimization_level=level))

    def own_traceback(self, traceback: TracebackType | None) -> TracebackType | None:
        """A traceback from the cell's own code on; as it is if the cell's is not in it."""
        frame = traceback
        while frame is not None and frame.tb_frame.f_code.co_filename != self._filename:
            frame = frame.tb_next
        return frame or traceback

    def own_line(self, traceback: TracebackType | None) -> TracebackType | None:
        """Of a traceback, the line of the cell alone; None if there is none."""
        own = self.own_traceback(traceback)
        if own is None or own.tb_frame.f_code.co_filename != self._filename:
            return None
        return TracebackType(None, own.tb_frame, own.tb_lasti, own.tb_lineno)

    def _compiled(self, source: str) -> tuple[CodeType | None, CodeType | None]:
        """Its statements, and its last expression if it ends with one."""
        shell = self._shell
        tree = shell.transform_ast(shell.compile.ast_parse(source, filename=self._filename))
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        await_too = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if shell.autoawait else 0
        with shell.compile.extra_flags(await_too):
            statements = shell.compile(tree, self._filename, "exec") if tree.body else None
            if last is None:
                return statements, None
            return statements, shell.compile(ast.Expression(last.value), self._filename, "eval")


def _run(code: CodeType, namespace: dict[str, Any]) -> Any:
    value = eval(code, namespace)  # noqa: S307 - it is the user's own cell
    return awaited(value) if code.co_flags & inspect.CO_COROUTINE else value


def is_work(value: object) -> bool:
    """Return True if a value is a circuit, several circuits, or PUBs."""
    from qiskit import QuantumCircuit  # noqa: PLC0415 - the cell has loaded it if it matters
    from qiskit.primitives.containers.estimator_pub import EstimatorPub  # noqa: PLC0415
    from qiskit.primitives.containers.sampler_pub import SamplerPub  # noqa: PLC0415

    def is_pub(item: object) -> bool:
        if isinstance(item, QuantumCircuit | SamplerPub | EstimatorPub):
            return True
        return isinstance(item, tuple) and bool(item) and isinstance(item[0], QuantumCircuit)

    return is_pub(value) or (
        isinstance(value, list | tuple) and bool(value) and all(map(is_pub, value))
    )


_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NEWLINE,
    tokenize.NL,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def _is_silenced(source: str) -> bool:
    """Return True if a semicolon ends the code, as in IPython; comments aside."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    try:
        code = [token.string for token in tokens if token.type not in _NO_CODE]
    except (tokenize.TokenError, SyntaxError):
        return False  # the compiler says it better
    return code[-1:] == [";"]


def run_in_foreground(shell: Shell, text: str, session: Session, options: Namespace) -> None:
    """Show the session, run the cell in it, show what came of it."""
    if not options.no_widget:
        display(session)
    try:
        with session.as_default():
            cell = Cell(shell, text)
            outcome = cell.run(session, options)
            if options.output:
                shell.user_ns[options.output] = outcome.kept
            if not cell.is_silenced:
                _show(shell, outcome)
    except KeyboardInterrupt as interrupt:
        if not end_if_wanted(session, options.on_interrupt, "its cell was interrupted"):
            from qsession.session.waiting import say_how_to_come_back  # noqa: PLC0415 - the client

            say_how_to_come_back(core_of(session), interrupt)
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
    from qsession.render.results import ResultSummary  # noqa: PLC0415 - loads Qiskit

    display(ResultSummary.of(job.result()))
