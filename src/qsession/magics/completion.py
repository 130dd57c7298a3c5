"""Completes options, names and ids behind ``%%qsession`` and ``%qsession``: `Completer`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from qsession.magics.output import Shell

if TYPE_CHECKING:
    from collections.abc import Iterable


CELL, LINE = "%%qsession", "%qsession"


class Completer:
    """A completer that IPython calls for lines that begin with one of the magics."""

    def __init__(self, shell: Shell, parser: ArgumentParser, commands: Iterable[str]) -> None:
        self._shell = shell
        self._commands = tuple(commands)
        # What argparse itself reads: so no option is forgotten here.
        actions = parser._actions  # noqa: SLF001 - argparse offers no other way to ask
        self._options = [
            option for action in actions for option in action.option_strings if option != "-h"
        ]
        self._choices = {
            option: tuple(map(str, action.choices))
            for action in actions
            if action.choices
            for option in action.option_strings
        }
        self._takes_value = {
            option for action in actions if action.nargs is None for option in action.option_strings
        }

    def install(self) -> None:
        """Have IPython ask."""
        self._shell.set_hook("complete_command", self._complete_cell, str_key=CELL)
        self._shell.set_hook("complete_command", self._complete_line, str_key=LINE)

    @staticmethod
    def remove(shell: Shell) -> None:
        """Have it ask no more."""
        strings = shell.strdispatchers["complete_command"].strs
        for key in (CELL, LINE):
            strings.pop(key, None)

    def _complete_cell(self, _shell: object, event: Any) -> list[str]:
        before = _words_before(event)
        last = before[-1] if before else ""
        if last in self._choices:
            return list(self._choices[last])
        if last == "--name":
            return sorted(_names())
        if last in self._takes_value:
            return []
        used = {word for word in before if word.startswith("-")}
        options = [option for option in self._options if option not in used]
        has_backend = any(not word.startswith("-") for word in before[:1])
        return options if has_backend else [*options, *self._backends()]

    def _complete_line(self, _shell: object, event: Any) -> list[str]:
        before = _words_before(event)
        if not before:
            return list(self._commands)
        command, *more = before
        if more or command not in ("status", "jobs", "attach", "close", "cancel"):
            return []
        found = [*sorted(_names()), *sorted(_session_ids())]
        if command == "cancel":
            found += sorted(_pending_job_ids())
        if command in ("close", "cancel"):
            found.append("--all")
        return found

    def _backends(self) -> list[str]:
        """Variables that hold a backend, and the simulator by its name."""
        qiskit_providers = sys.modules.get("qiskit.providers")
        if qiskit_providers is None:
            return ["aer_simulator"]
        held = [
            name
            for name, value in self._shell.user_ns.items()
            if isinstance(value, qiskit_providers.BackendV2) and not name.startswith("_")
        ]
        return [*sorted(held), "aer_simulator"]


def _words_before(event: Any) -> list[str]:
    """The words between the magic and the one that is being written."""
    line = event.line[: len(event.line) - len(event.symbol)]
    return [str(word) for word in line.split()[1:]]


def _live() -> list[Any]:
    """The sessions of this process; none before the client was loaded."""
    live = sys.modules.get("qsession.session.registry")
    return [] if live is None else live.sessions()


def _names() -> set[str]:
    return {session.name for session in _live() if session.name and session.active}


def _session_ids() -> set[str]:
    return {session.session_id for session in _live() if session.session_id}


def _pending_job_ids() -> set[str]:
    return {
        record.job_id
        for session in _live()
        for record in session.jobs
        if not record.status.is_final and record.job_id != session.session_id
    }
