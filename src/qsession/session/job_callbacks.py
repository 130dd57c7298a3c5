"""Tells a callback of jobs whose status changed: `JobCallback`."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsession.model.job import JobRecord
    from qsession.model.states import JobStatus
    from qsession.session.records import ObservedSession

_log = logging.getLogger("qsession")


class JobCallback:
    """A listener of the publisher that looks for changes of status.

    It holds the session weakly: the session holds it.
    """

    def __init__(
        self,
        session: ObservedSession,
        callback: Callable[[JobRecord], object],
        statuses: frozenset[JobStatus],
    ) -> None:
        self._session = weakref.ref(session)
        self._callback = callback
        self._statuses = statuses
        self._last = {record.job_id: record.status for record in session.records()}

    def __call__(self, job_ids: list[str]) -> None:
        """Tell of those jobs whose status is another than when it was last looked at."""
        session = self._session()
        if session is None:
            return
        for record in session.records(job_ids):
            if record.status is self._last.get(record.job_id):
                continue
            self._last[record.job_id] = record.status
            if record.status in self._statuses:
                session.note_outcome(self, "on_job callback", self._call(record))

    def _call(self, record: JobRecord) -> BaseException | None:
        try:
            self._callback(record)
        except BaseException as error:  # noqa: BLE001 - it must hear of the other jobs all the same
            _log.exception("A callback of on_job failed.")
            return error
        return None
