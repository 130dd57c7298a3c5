"""Tells the ledger of one session: `Recorder`."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from qsession.compat.jupyter import running_shell
from qsession.ledger.entries import SessionEntry, SessionFacts
from qsession.ledger.pending_work import encode_work
from qsession.ledger.processes import this_process
from qsession.ledger.result_codec import encode_result
from qsession.ledger.writing import (
    Row,
    StoredResult,
    StoredWork,
    forget_works,
    job_row,
    session_row,
    write_jobs,
    write_results,
    write_session,
    write_works,
)
from qsession.model.states import JobStatus

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.engines.journal import Journal
    from qsession.model.job import JobRecord
    from qsession.model.session_state import SessionState


@dataclass(frozen=True)
class Contents:
    """Results and works as bytes."""

    results: list[StoredResult] = field(default_factory=list)
    works: list[StoredWork] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    """The jobs that have given their result, whether it can be kept or not."""


NO_CONTENTS = Contents()


@dataclass(frozen=True)
class Changes:
    """The changes of a session since it last reported any."""

    session_id: str
    session_row: Row | None
    job_rows: dict[str, Row]
    results: list[StoredResult]
    works: list[StoredWork]
    works_done: set[str]

    @property
    def size(self) -> int:
        """Bytes of results and works."""
        results = sum(len(result.content) for result in self.results)
        return results + sum(len(work.content) for work in self.works)

    def write(self, connection: sqlite3.Connection) -> None:
        """Write it all: a part of a transaction."""
        if self.session_row is not None:
            write_session(connection, self.session_row)
        if self.job_rows:
            write_jobs(connection, self.job_rows.values())
        if self.results:
            write_results(connection, self.session_id, self.results)
        if self.works:
            write_works(connection, self.session_id, self.works)
        if self.works_done:
            forget_works(connection, self.session_id, self.works_done)


_NOT_KEPT = object()


class Writer(Protocol):
    """A ledger, as recorders see it: it writes the changes that they report."""

    @property
    def is_in_trouble(self) -> bool:
        """True if nothing can be written now."""

    def now(self) -> datetime:
        """The time by which it forgets what was not heard of for long."""

    def note(self, recorder: Recorder, /) -> None:
        """Have what a recorder has to say be written soon. Never blocks."""

    def keep(self, recorder: Recorder, /) -> None:
        """Write what a recorder has to say now."""


class Recorder:
    """Reads what changed from a journal, for the ledger.

    It belongs to the journal of its session (`Journal.keeper`), and holds no session or engine.
    """

    def __init__(self, ledger: Writer, journal: Journal, facts: SessionFacts) -> None:
        self._ledger = ledger
        self._journal = journal
        self._facts = facts
        with journal.lock:
            self._touched = journal.state.follow()
            earlier = journal.state.earlier
        self._told_elsewhere = frozenset() if earlier is None else frozenset(earlier.jobs)
        """Jobs of the session that this one continues: they are in the ledger as that one's."""
        self._is_noted = False
        self._generation = 0
        self._written: tuple[object, ...] | None = None
        self._works_written: set[str] = set()
        self._told: set[str] = set()
        """Local jobs that gave their result: they are written as done with it, not before."""
        self._in_file: set[str] = set()
        self._held_back: set[str] = set()
        """Those that are done and have not: written as running."""
        # Filled by whoever submits or finishes a job, emptied by the ledger's thread.
        self._untold_results: deque[tuple[str, Any]] = deque()
        self._untold_works: deque[tuple[str, Any]] = deque()
        journal.subscribe(self)

    # --- called by the session and its engine ---------------------------------------------------

    def keep(self) -> None:
        """Write down what the journal has recorded, before an id is handed out.

        Takes the lock of the journal: its caller does not hold it.
        """
        self._ledger.keep(self)

    def put(self, item: None) -> None:  # noqa: ARG002 - as a `WakeUps` takes it
        """Have what the journal has recorded be written soon. Never blocks."""
        if not self._is_noted:
            self._is_noted = True
            self._ledger.note(self)

    def note_work(self, job_id: str, work: Any) -> None:
        """Have the work of a local job be kept as long as it waits or runs. Never blocks."""
        self._untold_works.append((job_id, work))
        self.put(None)

    def note_result(self, job_id: str, result: object) -> None:
        """Have the result of a local job be kept. Never blocks."""
        # Results are large: none is held until the file can be used again.
        kept = _NOT_KEPT if self._ledger.is_in_trouble else result
        self._untold_results.append((job_id, kept))
        self.put(None)

    def note_name(self, name: str | None) -> None:
        """Have another name of the session be written soon. Never blocks."""
        self._facts = replace(self._facts, name=name)
        self.put(None)

    def succeed(self, journal: Journal) -> Recorder:
        """The recorder of the session that continues this one."""
        return Recorder(self._ledger, journal, self._facts)

    # --- called by the ledger -------------------------------------------------------------------

    def begin(self) -> None:
        """Say that from now on a change has to be noted anew."""
        self._is_noted = False

    def contents(self) -> Contents:
        """Results and works that were noted, as bytes; only the ledger's thread calls this."""
        contents = Contents()
        for job_id, result in _emptied(self._untold_results):
            contents.told.add(job_id)
            content = None if result is _NOT_KEPT else encode_result(result)
            if content is not None:
                contents.results.append(StoredResult(job_id, content))
        for job_id, work in _emptied(self._untold_works):
            # Short jobs are over by now, and need not be turned into bytes.
            pickled = None if self._has_ended(job_id) else encode_work(work)
            if pickled is not None:
                contents.works.append(StoredWork(job_id, self._facts.backend, *pickled))
        return contents

    def take(self, generation: int, contents: Contents | None) -> Changes | None:
        """Return the changes to write, and count them as written; None if there are none.

        Args:
            generation: Which file is written: a new one must be told everything.
            contents: Results and works to write with it; None takes what cannot wait alone: the
                session, and jobs that are not in the file yet.
        """
        only_new, contents = contents is None, contents or NO_CONTENTS
        with self._journal.lock:
            state, now = self._journal.state, self._journal.clock.now()
            if state.session_id is None:
                return None
            if generation != self._generation:
                self._generation, self._written = generation, None
                self._touched.clear()
                self._touched.update(dict.fromkeys(state.jobs))
                self._held_back.clear()
                self._in_file.clear()
            jobs = self._take_jobs(state, contents.told, only_new=only_new)
            works = [work for work in contents.works if not self._has_ended(work.job_id)]
            entry = self._entry(state.session_id, state, now)
        ended = {job.job_id for job in jobs if job.status.is_final}
        done = self._works_written & ended
        self._works_written |= {work.job_id for work in works}
        self._works_written -= done
        if entry is None and not (jobs or works or contents.results):
            return None
        row = None if entry is None else session_row(entry)
        rows = {job.job_id: job_row(state.session_id, job) for job in jobs}
        return Changes(state.session_id, row, rows, contents.results, works, done)

    def _take_jobs(self, state: SessionState, told: set[str], *, only_new: bool) -> list[JobRecord]:
        """The jobs to write. A local one that is done without its result is written as running."""
        self._told |= told
        self._touched.update(dict.fromkeys(self._held_back & told))
        self._held_back -= told
        waiting = self._in_file if only_new else self._held_back
        own = (job_id for job_id in self._touched if job_id not in self._told_elsewhere)
        jobs = [state.jobs[job_id] for job_id in own if job_id not in waiting]
        self._in_file.update(job.job_id for job in jobs)
        if only_new:
            for job in jobs:
                del self._touched[job.job_id]
        else:
            self._touched.clear()
        for index, job in enumerate(jobs):
            if self._is_done_untold(job):
                jobs[index] = replace(job, status=JobStatus.RUNNING, finished=None)
                self._held_back.add(job.job_id)
        return jobs

    def _entry(self, session_id: str, state: SessionState, now: datetime) -> SessionEntry | None:
        """The session as it is to be written; None if that was written before."""
        limit_s = state.limits.max_time_s
        head = (self._facts.name, state.state, limit_s, state.ended, state.ended_reason)
        if head == self._written:
            return None
        self._written = head
        return SessionEntry(
            session_id=session_id,
            facts=self._facts,
            state=state.state,
            opened=state.opened or now,
            ended=state.ended,
            ended_reason=state.ended_reason,
            usage_s=state.usage_seconds(now),
            process=this_process(),
            notebook=_notebook(),
            seen=self._ledger.now(),  # a session may have a clock of its own
            jobs=len(state.jobs),
        )

    def _is_done_untold(self, job: JobRecord) -> bool:
        is_done_here = self._facts.kind == "local" and job.status is JobStatus.DONE
        return is_done_here and job.job_id not in self._told

    def _has_ended(self, job_id: str) -> bool:
        return self._journal.state.jobs[job_id].status.is_final

    def give_back(self, changes: Changes) -> None:
        """Take back what could not be written. Results and works are dropped: they are large."""
        with self._journal.lock:
            self._touched.update(dict.fromkeys(changes.job_rows))
            self._held_back -= changes.job_rows.keys()
            self._in_file -= changes.job_rows.keys()
            self._works_written.update(changes.works_done)
            if changes.session_row is not None:
                self._written = None


def _emptied(items: deque[tuple[str, Any]]) -> list[tuple[str, Any]]:
    found = []
    with contextlib.suppress(IndexError):
        while True:
            found.append(items.popleft())
    return found


def _notebook() -> str | None:
    """The path of this process's notebook, where the front end tells it."""
    told = os.environ.get("JPY_SESSION_NAME")
    if told:
        return told
    shell = running_shell()
    told = None if shell is None else shell.user_ns.get("__vsc_ipynb_file__")
    return told if isinstance(told, str) else None
