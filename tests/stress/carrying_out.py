"""The part of a run that all places of a program share: `ProgramRun`."""

from __future__ import annotations

import contextlib
import threading
import warnings
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, ClassVar

from qsession import Batch, Session
from qsession.ledger import ledger_of_process
from qsession.ledger.reading import read_jobs
from qsession.model.states import JobStatus
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.stress.noticing import Notices
from tests.stress.programs import MAX_TIME_S, Program, Step
from tests.support.patience import PATIENCE_S


class ProgramRun(ABC):
    """One run of a program.

    Each action of a step has a method of its name, which takes a number to choose by.
    """

    EXPECTED: ClassVar[tuple[type[Exception], ...]]
    """What a step may be answered with; whatever else is raised is a fault."""

    MOST_S: ClassVar[int]
    """Less than this passes in a step that lets time pass."""

    def __init__(self, program: Program, clock: ManualClock) -> None:
        self.program = program
        self.clock = clock
        self.notices = Notices()
        self.handles: list[Any] = []
        self.session: Session = self._new_session()

    @abstractmethod
    def _new_session(self) -> Session:
        """Make the session; whatever it needs has to be there first."""

    def _session_on(self, backend: Any, **options: Any) -> Session:
        program, kind = self.program, Batch if self.program.is_batch else Session
        return kind(
            backend,
            MAX_TIME_S,
            auto_renew=program.auto_renew,
            idle_timeout=program.idle_timeout_s,
            max_usage=program.max_usage_s,
            clock=self.clock,
            **options,
        )

    def carry_out(self) -> Notices:
        """Run it, and tell what happened."""
        with self.notices, warnings.catch_warnings(), self._surroundings():
            warnings.simplefilter("ignore")
            self._take_all_steps()
            self._end()
            if not self.notices.words:
                self._check()
            self._release()
            self.notices.look_for_leftovers()
        self._note()
        return self.notices

    def _surroundings(self) -> AbstractContextManager[object]:
        """What goes on while it runs."""
        return contextlib.nullcontext()

    @abstractmethod
    def _end(self) -> None:
        """Close the session, and wait for the end of it and of its jobs."""

    @abstractmethod
    def _check(self) -> None:
        """Say what is not as it must be."""

    def _release(self) -> None:  # noqa: B027 - not all make more
        """End what was made for the session."""

    def _note(self) -> None:
        """Note what happened."""
        happened, session = self.notices.happened, self.session
        self.notices.note_jobs(session.jobs)
        happened["renewal"] += max(len(session.session_ids) - 1, 0)
        happened[f"session {session.state}"] += 1

    def _say(self, words: str) -> None:
        self.notices.words.append(words)

    # --- steps ------------------------------------------------------------------------------------

    def _take_all_steps(self) -> None:
        threads = [
            threading.Thread(target=self._take_steps, args=(steps,), name=f"program-{number}")
            for number, steps in enumerate(self.program.threads)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        stuck = [thread.name for thread in threads if thread.is_alive()]
        if stuck:
            self._say(f"threads of the program are stuck: {stuck}")

    def _take_steps(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            try:
                getattr(self, f"_{step.action.replace(' ', '_')}")(step.number)
            except self.EXPECTED:
                pass
            except Exception as error:  # noqa: BLE001 - it is what is looked for
                self._say(f"{step.action} raised {error!r}")
            finally:
                self._stepped()

    def _stepped(self) -> None:  # noqa: B027 - not all go by steps
        """A step was taken."""

    @abstractmethod
    def _run(self, number: int) -> None:
        """Submit a job."""

    def _with(self, number: int) -> None:
        with self.session:
            self._run(number)

    def _let_time_pass(self, number: int) -> None:
        self.clock.advance(number % self.MOST_S)

    def _expire(self, number: int) -> None:
        del number
        self.clock.advance(MAX_TIME_S)

    def _renew(self, number: int) -> None:
        del number
        core_of(self.session).renewal.renew_if_expired()

    def _close(self, number: int) -> None:
        del number
        self.session.close()

    def _cancel(self, number: int) -> None:
        del number
        self.session.cancel()

    def _cancel_all(self, number: int) -> None:
        del number
        self.session.cancel(running=True)

    def _chosen(self, number: int) -> Any:
        handles = list(self.handles)
        return handles[number % len(handles)]

    # --- what is known of its jobs ----------------------------------------------------------------

    def _in_ledger(self) -> dict[str, JobStatus]:
        found: dict[str, JobStatus] = {}
        ledger = ledger_of_process()
        if ledger is None:
            return found
        for session_id in self.session.session_ids:
            jobs = ledger.read_up_to_date(partial(read_jobs, session_id=session_id))
            found |= {job.job_id: job.status for job in jobs or ()}
        return found

    def _statuses(self) -> dict[str, JobStatus]:
        return {record.job_id: record.status for record in self.session.jobs}
