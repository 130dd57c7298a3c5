"""Tells a callback of jobs whose status changed: `JobCallback`."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

from qsession.errors import InvalidInputError, shown
from qsession.model.states import JobStatus

if TYPE_CHECKING:
    from qsession.model.job import JobRecord
    from qsession.session.core import SessionCore

_log = logging.getLogger("qsession")


class JobCallback:
    """A listener of the publisher that looks for changes of status.

    It holds the core of the session weakly: the core holds it.
    """

    def __init__(
        self, core: SessionCore, callback: Callable[[JobRecord], object], statuses: object
    ) -> None:
        """Begin with what is known now: of that nothing is told.

        Args:
            core: The session.
            callback: Called with the record of a job.
            statuses: The statuses to tell of, one or several by name; None is all of them.

        Raises:
            InvalidInputError: If there is no such status.
        """
        self._core = weakref.ref(core)
        self._callback = callback
        self._statuses = _read_statuses(statuses)
        self._last = {record.job_id: record.status for record in core.records.all()}

    def __call__(self, job_ids: list[str]) -> None:
        """Tell of those jobs whose status is another than when it was last looked at."""
        core = self._core()
        if core is None:
            return
        for record in core.records.of(job_ids):
            if record.status is self._last.get(record.job_id):
                continue
            self._last[record.job_id] = record.status
            if record.status in self._statuses:
                core.publisher.note_outcome(self, "on_job callback", self._call(record))

    def _call(self, record: JobRecord) -> BaseException | None:
        try:
            self._callback(record)
        except BaseException as error:  # noqa: BLE001 - it must hear of the other jobs all the same
            _log.exception("A callback of on_job failed.")
            return error
        return None


def _read_statuses(statuses: object) -> frozenset[JobStatus]:
    if statuses is None:
        return frozenset(JobStatus)
    named = [statuses] if isinstance(statuses, str) else statuses
    try:
        return frozenset(JobStatus(str(name).upper()) for name in named)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        known = ", ".join(JobStatus)
        raise InvalidInputError(
            f"statuses={shown(statuses)} names no statuses of jobs. There are {known}."
        ) from None
