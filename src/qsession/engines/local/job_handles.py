"""The handles of a session's jobs: `Handles`."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from qsession.client_errors import JobLostError
from qsession.engines.local.job_store import Kept, Shelf
from qsession.forks import ForkSafeLock, parent_in_words

if TYPE_CHECKING:
    from qsession.engines.local.job import LocalJob


class Handles:
    """Holds the handles of jobs that are pending, and knows the others as long as people do.

    What is needed to make a handle anew is on the shelf, once a job has ended.
    """

    def __init__(self, shelf: Shelf | None = None) -> None:
        self.shelf = Shelf() if shelf is None else shelf
        self._lock = ForkSafeLock()
        self._pending: dict[str, LocalJob] = {}
        self._known: weakref.WeakValueDictionary[str, LocalJob] = weakref.WeakValueDictionary()

    def __len__(self) -> int:
        """Return the number of known jobs."""
        return len(self._known)

    def add(self, job: LocalJob) -> None:
        """Hold the handle of a job that has come."""
        with self._lock:
            self._pending[job.job_id()] = self._known[job.job_id()] = job

    def pending(self, job_id: str) -> LocalJob | None:
        """The job with this id, if what it ended with has not been handed over."""
        return self._pending.get(job_id)

    def known(self, job_id: str) -> LocalJob | None:
        """The handle that somebody holds."""
        return self._known.get(job_id)

    def remember(self, job: LocalJob) -> LocalJob:
        """Know a handle that was made anew; the one that another thread made, if it was quicker."""
        with self._lock:
            return self._known.setdefault(job.job_id(), job)

    def settle(self, job: LocalJob, kept: Kept) -> None:
        """Hand over what a job ended with, and keep it."""
        try:
            job.hand_over(kept)
        finally:
            self.shelf.put(job.job_id(), kept)
            self._pending.pop(job.job_id(), None)

    def begin_anew_in_child(self) -> None:
        """In a forked child: hand over what is known here of each job. The parent has the rest."""
        self._pending.clear()
        self.shelf.begin_anew_in_child()
        for job in list(self._known.values()):
            # It may have been handed over, and not be on the shelf yet.
            kept = job.kept or self.shelf.get(job.job_id())
            if kept is None:
                words = f"Job {job.job_id()} has its result in {parent_in_words()}."
                kept = Kept(job.work, None, JobLostError(words))
            job.begin_anew_in_child(kept)
