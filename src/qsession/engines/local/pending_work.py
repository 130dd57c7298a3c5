"""The recovery of work that its process did not live to finish: `find_lost_work`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsession.errors import InvalidInputError, UnknownJobError
from qsession.ledger import ledger_of_process
from qsession.ledger.pending_work import decode_work
from qsession.ledger.reading import read_work

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.engines.local.work import Work
    from qsession.model.job import JobRecord


def find_lost_work(job_id: str, backend: BackendV2) -> tuple[JobRecord, Work]:
    """The record of a job and its work, for another session on the same backend.

    Raises:
        UnknownJobError: If the ledger has no work of such a job.
        InvalidInputError: If it was for another backend, other releases wrote it, or it cannot be
            read. Nothing that is read runs anything.
    """
    ledger = ledger_of_process()
    found = None if ledger is None else ledger.read(lambda file: read_work(file, job_id))
    if found is None:
        raise UnknownJobError(
            f"No job {job_id!r} was submitted in this session, and what it ran is not in the "
            "ledger, which keeps it of jobs that a process left unfinished, where it can be "
            "written exactly. Run the circuit again."
        )
    record, stored = found
    if stored.backend != backend.name:
        raise InvalidInputError(
            f"Job {job_id} was prepared for the backend {stored.backend}, and this session is on "
            f"{backend.name}. Run it in a session on {stored.backend}."
        )
    work: Work = decode_work(job_id, stored.made_by, stored.content, backend)
    return record, work
