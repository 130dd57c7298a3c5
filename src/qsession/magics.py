"""``%%qsession``: run a cell in a session.

Thin: everything it does is a line of Python with the public API. Importing this module loads
neither IBM's client nor Aer.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import (
    argument,
    magic_arguments,
    parse_argstring,
)
from IPython.display import display

from qsession.errors import QSessionError

if TYPE_CHECKING:
    from argparse import Namespace
    from types import CodeType

    from IPython.core.interactiveshell import InteractiveShell

    from qsession.engines.base import Job
    from qsession.session import Session

Key = tuple[str, ...]
"""What a live session is found again by: its name, or else its mode and backend."""


@magics_class
class QSessionMagics(Magics):
    """The magics of ``%load_ext qsession``."""

    shell: InteractiveShell

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._sessions: dict[Key, Session] = {}

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
    @argument("--shots", type=int, help="Shots for the circuits of the last expression.")
    @argument(
        "-o",
        "--output",
        metavar="VAR",
        help="Keep the job of the last expression in this variable; if it is no work, its value.",
    )
    @argument("--new", action="store_true", help="Close the live session and open another.")
    @argument("--close", action="store_true", help="Close the session when the cell has run.")
    @argument("--no-widget", action="store_true", help="Do not show the session.")
    @cell_magic
    def qsession(self, line: str, cell: str) -> None:
        """Run a cell in a session, with the session as the mode of IBM's primitives.

        The session is opened, or the live one with the same name, else with the same backend and
        mode, is used again, so that running the cell again leaves nothing behind. If the last
        expression is a circuit, several, or PUBs, it is submitted and its result shown; a semicolon
        after it hides the result.
        """
        options = self._options(line)
        try:
            session = self._session(options)
        except QSessionError as error:
            raise UsageError(f"%%qsession: {error}") from error
        if not options.no_widget:
            display(session)
        try:
            with session.as_default():
                self._run(cell, session, options)
        finally:
            if options.close:
                session.close(reason="its cell ended")

    @staticmethod
    def _options(line: str) -> Namespace:
        try:
            options: Namespace = parse_argstring(QSessionMagics.qsession, line)
        except UsageError:
            raise
        except ValueError as error:  # an open quotation mark
            raise UsageError(f"%%qsession: {error} in {line!r}") from error
        return options

    # --- the session of a cell ------------------------------------------------------------------

    def _session(self, options: Namespace) -> Session:
        """The live session that the options mean, or a new one."""
        from qsession.backends import find_backend  # noqa: PLC0415 - loads the client
        from qsession.session import Batch, Session, live  # noqa: PLC0415 - loads the client

        written = _unquoted(options.backend)
        variable = self.shell.user_ns.get(written)
        if isinstance(variable, str):
            written, variable = variable, None
        backend = find_backend(written if variable is None else variable)
        max_time = _seconds_or_duration(_unquoted(options.max_time))
        name = _unquoted(options.name)
        kind = "name" if variable is None else "variable"
        key = (name,) if name else (options.mode, kind, written or "")
        # A named session is shared with whoever opened it; others are known to these magics alone.
        held = live.named(name) if name else self._sessions.get(key)
        # A variable may come to hold another backend, of the same name but with other noise.
        is_same = variable is None or name or (held and held._backend is backend)  # noqa: SLF001
        if held is not None and held.active and is_same and not options.new:
            if written and held.backend() != backend.name:
                raise UsageError(
                    f"%%qsession: the live session {name!r} runs on {held.backend()}. Leave the "
                    "backend out, choose another name, or close it with --new."
                )
            if options.mode == "batch" and not isinstance(held, Batch):
                raise UsageError(
                    f"%%qsession: the live session {name!r} is no batch. Leave --mode out, choose "
                    "another name, or close it with --new."
                )
            _say_if_other_max_time(held, max_time)
            return held
        cls = Batch if options.mode == "batch" else Session
        session = cls(backend, max_time, name=name)
        if held is not None:
            held.close(reason="replaced by a new session of its cell")
        self._sessions[key] = session
        return session

    # --- running the cell -----------------------------------------------------------------------

    def _run(self, cell: str, session: Session, options: Namespace) -> None:
        source = self.shell.transform_cell(cell)
        statements, last = self._compiled(source)
        namespace = self.shell.user_ns
        if statements is not None:
            exec(statements, namespace)  # noqa: S102 - it is the user's own cell
        value = None if last is None else eval(last, namespace)  # noqa: S307 - likewise
        is_work = _is_work(value)
        job = session.run(value, shots=options.shots) if is_work else None
        if options.output:
            self.shell.user_ns[options.output] = job if is_work else value
        if _is_silenced(source):
            return
        if job is not None:
            _show_result(job)
        elif value is not None:
            self.shell.displayhook(value)

    def _compiled(self, source: str) -> tuple[CodeType | None, CodeType | None]:
        """The cell as code: its statements, and its last expression if it ends with one."""
        # The name makes tracebacks show the cell's lines.
        filename = self.shell.compile.cache(source, self.shell.execution_count)
        tree = self.shell.transform_ast(self.shell.compile.ast_parse(source, filename=filename))
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = compile(ast.Expression(tree.body.pop().value), filename, "eval")
        statements = compile(tree, filename, "exec") if tree.body else None
        return statements, last


def _unquoted(text: str | None) -> str | None:
    """An option without its quotation marks, which IPython leaves on."""
    quotes = "\"'"
    if text and text[0] in quotes and text[-1] == text[0]:
        return text[1:-1]
    return text


def _seconds_or_duration(text: str | None) -> int | str | None:
    return int(text) if text and re.fullmatch("[0-9]{1,9}", text) else text


def _say_if_other_max_time(session: Session, max_time: int | str | None) -> None:
    from qsession.model.durations import format_duration, read_max_time  # noqa: PLC0415 - as above

    asked = read_max_time(max_time)
    if asked is None or asked == session.max_time:
        return
    limit = "the system maximum" if session.max_time is None else format_duration(session.max_time)
    print(  # noqa: T201 - a message to the user of a notebook
        f"The live session goes on with its max_time of {limit}; --new opens another one."
    )


def _is_work(value: object) -> bool:
    """Whether a value is a circuit, several, or PUBs."""
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
    """Whether a semicolon ends the code, comments aside, as IPython reads its own cells."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = [token.string for token in tokens if token.type not in _NO_CODE]
    return code[-1:] == [";"]


def _show_result(job: Job) -> None:
    from qsession.results import ResultSummary  # noqa: PLC0415 - loads Qiskit

    display(ResultSummary.of(job.result()))
