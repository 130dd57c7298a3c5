"""The commands of ``qsession``: `main`.

Qiskit is loaded by the commands that need it, so that help and completion answer at once.
"""

from __future__ import annotations

import json
import os
import re
import sys
import warnings
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from qsession.cli.completion import complete_session
from qsession.errors import QSessionError
from qsession.model.ids import read_id
from qsession.printing import encodable, standard_streams_taking_all
from qsession.redaction.secrets import redacted

if TYPE_CHECKING:
    from qsession.session import Session
    from qsession.session_info import SessionInfo

NOT_DONE = 1
NOT_FOUND = 3
OUT_OF_REACH = 4
"""Exit codes; 2 is click's own for a command line that cannot be understood."""


_WHERE_TO_LOOK = (
    "`qsession list --all` has the ids and names; an account is asked once IBM's client has saved "
    "it, or QISKIT_IBM_TOKEN is set."
)


class CommandError(click.ClickException):
    """A command that failed: one line on the terminal, and an exit code."""

    def __init__(self, message: str, exit_code: int = NOT_DONE) -> None:
        super().__init__(encodable(message, sys.stderr))
        self.exit_code = exit_code  # type: ignore[misc] # click reads it from the instance, too


def _in_words(command: Callable[..., None]) -> Callable[..., None]:
    """Make an error one line and an exit code, and a warning one line."""

    @wraps(command)
    def run(**arguments: Any) -> None:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                command(**arguments)
            except QSessionError as error:
                raise _failure(error) from error

    return run


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    _say(redacted(f"qsession: {message}"), err=True)


def _say(text: str, *, err: bool = False) -> None:
    # In the C locale click writes UTF-8, whatever the stream says.
    click.echo(encodable(text, sys.stderr if err else sys.stdout), err=err)


def _say_json(value: object) -> None:
    """Print JSON in ASCII, which every stream can write, for whatever program reads it."""
    click.echo(json.dumps(value, indent=2))


def _as_typed(_: click.Context, __: click.Parameter, word: str | None) -> str | None:
    """Read as UTF-8 what the locale could not read."""
    try:
        return word if word is None or not _HAS_BYTES.search(word) else os.fsencode(word).decode()
    except UnicodeError:
        return word


_HAS_BYTES = re.compile("[\udc80-\udcff]")
"""Stand for bytes that the encoding of the locale does not have."""


def _failure(error: QSessionError) -> CommandError:
    from qsession.client_errors import ServiceError, SessionNotFoundError  # noqa: PLC0415

    if isinstance(error, SessionNotFoundError):
        words = f"{error.words} {_WHERE_TO_LOOK}" if error.advice else error.words
        return CommandError(words, NOT_FOUND)
    return CommandError(str(error), OUT_OF_REACH if isinstance(error, ServiceError) else NOT_DONE)


_as_json = click.option("--json", "as_json", is_flag=True, help="For programs: JSON.")
_session = click.argument("session", shell_complete=complete_session, callback=_as_typed)
_session_or_none = click.argument(
    "session", required=False, shell_complete=complete_session, callback=_as_typed
)
_yes = click.option("--yes", "-y", is_flag=True, help="Do not ask.")


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="SESSION is an id or a name; `qsession list` has them. Exit codes: 0 done, 1 failed or "
    "refused, 2 not understood, 3 no such session, 4 the service could not be asked.",
)
@click.version_option(package_name="qsession")
def main() -> None:
    """See and end your Qiskit sessions: those of this computer and of your IBM Quantum account."""
    click.get_current_context().with_resource(standard_streams_taking_all())


@main.command("list")
@click.option("--all", "-a", "with_ended", is_flag=True, help="Those that have ended, too.")
@_as_json
@_in_words
def list_(*, with_ended: bool, as_json: bool) -> None:
    """List the sessions that are open, newest first."""
    from qsession.cli.output import print_table, session_facts, sessions_table  # noqa: PLC0415 - loads rich
    from qsession.listing import sessions  # noqa: PLC0415 - loads the client

    found = sessions(ended=with_ended)
    if as_json:
        _say_json([session_facts(info) for info in found])
    elif found:
        print_table(sessions_table(found))
    else:
        click.echo("No session is open.")


@main.command()
@_session
@_as_json
@_in_words
def show(*, session: str, as_json: bool) -> None:
    """Show one session: its state, what is left of it, what it used, its jobs."""
    from qsession.cli.output import session_facts  # noqa: PLC0415 - loads rich
    from qsession.session_info import info_of  # noqa: PLC0415 - loads the client

    found = _attach(session)
    if as_json:
        _say_json(session_facts(info_of(found)) | {"jobs": found.to_dicts()})
    else:
        _say(str(found))
        if found.active and sys.stdout.isatty():
            named = found.session_id
            _say(f"\n`qsession watch {named}` follows it, `qsession close {named}` ends it.")


@main.command()
@_session
@_as_json
@_in_words
def jobs(*, session: str, as_json: bool) -> None:
    """List the jobs of a session, oldest first."""
    from qsession.cli.output import jobs_table, print_table  # noqa: PLC0415 - loads rich

    found = _attach(session)
    if as_json:
        _say_json(found.to_dicts())
    elif found.jobs:
        print_table(jobs_table(found.jobs))
    else:
        click.echo("No job was submitted yet.")


@main.command()
@_session_or_none
@_in_words
def watch(*, session: str | None) -> None:
    """Follow a session live, or all of them; c closes, x cancels, q leaves.

    Whatever is left goes on: looking ends nothing.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError("watch needs a terminal; `qsession list --json` needs none.")
    from qsession.cli.watching import watch_all, watch_session  # noqa: PLC0415 - loads the client

    if session is None:
        watch_all()
    else:
        watch_session(_attach(session))


@main.command()
@_session_or_none
@click.option("--all", "-a", "is_all", is_flag=True, help="Every open session of the account.")
@_yes
@_in_words
def close(*, session: str | None, is_all: bool, yes: bool) -> None:
    """Close a session: its jobs finish, no new ones are taken."""
    _end("close", session, is_all=is_all, is_sure=yes)


@main.command()
@_session_or_none
@click.option("--all", "-a", "is_all", is_flag=True, help="Every open session of the account.")
@_yes
@_in_words
def cancel(*, session: str | None, is_all: bool, yes: bool) -> None:
    """Cancel a session: its queued jobs are cancelled, the running one finishes."""
    _end("cancel", session, is_all=is_all, is_sure=yes)


@main.command()
@_session
@_yes
@_in_words
def forget(*, session: str, yes: bool) -> None:
    """Remove a session that has ended, with its jobs and results, from the ledger."""
    from qsession.clock import SystemClock  # noqa: PLC0415 - as the next
    from qsession.ledger import ledger_of_process  # noqa: PLC0415 - loads NumPy
    from qsession.ledger.reading import find_sessions  # noqa: PLC0415 - as above

    session = read_id("session", session)
    ledger = ledger_of_process()
    entries = ledger and ledger.read(lambda file: find_sessions(file, session))
    if not ledger or not entries:
        raise CommandError(f"The ledger has no session {session!r}.", NOT_FOUND)
    if len(entries) > 1 and all(entry.session_id != session for entry in entries):
        ids = ", ".join(entry.session_id for entry in entries)
        raise CommandError(f"Several sessions have the name {session!r}. Name one: {ids}.")
    entry = entries[0]
    if entry.ended is None and entry.facts.kind == "ibm":
        raise CommandError(
            f"Session {entry.session_id} may still be open, and paid: close it first, with "
            f"`qsession close {entry.session_id}`."
        )
    if entry.ended is None and not entry.is_lost(SystemClock().now()):
        raise CommandError(
            f"Session {entry.session_id} is open in process {entry.process.pid}, which goes on "
            "writing it down. It ends there."
        )
    if not yes:
        what = f"session {entry.session_id} with {entry.jobs} jobs and their results"
        question = f"Remove {what} from the ledger? It cannot be undone."
        click.confirm(encodable(question), abort=True)

    if not ledger.forget(entry.session_id):
        raise CommandError(f"The ledger {ledger.path} cannot be written now.")
    _say(f"Forgot session {entry.session_id}.")


def _attach(session: str) -> Session:
    from qsession.listing import attach  # noqa: PLC0415 - loads the client

    return attach(session)


def _end(verb: str, which: str | None, *, is_all: bool, is_sure: bool) -> None:
    if (which is None) is not is_all:
        raise click.UsageError(f"Give the id or the name of one session, or --all to {verb} all.")
    chosen = _open_sessions() if is_all else [which or ""]
    if not chosen:
        click.echo("No session of the account is open.")
        return
    if not is_sure:
        named = chosen[0] if len(chosen) == 1 else f"{len(chosen)} sessions: {', '.join(chosen)}"
        click.confirm(encodable(f"{verb.capitalize()} {named}?"), abort=True)
    failures = 0
    for name in chosen:
        try:
            session = _attach(name)
            if not session.active:
                _say(f"{name} has ended already: {session.state}.")
                continue
            getattr(session, verb)(reason=f"qsession {verb}")
            _say(f"{session.session_id}: {session.state}")
        except QSessionError as error:
            if not is_all:
                raise
            failures += 1
            _say(f"{name}: {error}", err=True)
    if failures:
        raise CommandError(f"{failures} of {len(chosen)} could not be ended.")


def _open_sessions() -> list[str]:
    """Ids of what can be ended from here: a local session lives in its own process."""
    from qsession.listing import sessions  # noqa: PLC0415 - loads the client

    return [info.session_id for info in sessions() if info.session_id and _can_be_ended(info)]


def _can_be_ended(info: SessionInfo) -> bool:
    return info.pid is None and info.ended is None and info.state != "lost"
