"""Asks what an instance may use, because somebody wants to know: `QuotaLookup`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from qsession.compat.ibm_service import client_of, instance_name_and_plan
from qsession.engines.ibm.pacing import SUPPLEMENT_S
from qsession.engines.ibm.supplement_reading import read_quota
from qsession.model.events import QuotaObserved

if TYPE_CHECKING:
    from qiskit_ibm_runtime import QiskitRuntimeService

    from qsession.engines.journal import Journal

_GAP = timedelta(seconds=SUPPLEMENT_S)


class QuotaLookup:
    """Asks with the user's own service, at most once a minute; a session need not be open for it.

    While one is watched, its `Supplements` ask by themselves.
    """

    def __init__(
        self, service: QiskitRuntimeService, instance: str | None, journal: Journal
    ) -> None:
        self._service = service
        self._instance = instance
        self._journal = journal
        self._asked: datetime | None = None

    def refresh(self) -> None:
        """Have the journal tell the quota, unless it was asked for within the last minute.

        Raises:
            Exception: If the service could not be asked.
        """
        now, known = self._journal.clock.now(), self._journal.state.quota
        for asked in (self._asked, None if known is None else known.asked):
            if asked is not None and now - _GAP < asked <= now:
                return
        self._asked = now
        raw = client_of(self._service, self._instance).cloud_usage()
        name, plan = self.instance_name_and_plan()
        quota = read_quota(raw, self._journal.clock.now(), instance=name, plan=plan)
        if quota is not None:
            self._journal.record(QuotaObserved(quota.asked, quota))

    def instance_name_and_plan(self) -> tuple[str | None, str | None]:
        """The name of the instance and its plan, as far as the client knows them."""
        return instance_name_and_plan(self._service, self._instance)
