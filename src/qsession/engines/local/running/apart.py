"""Carries out what may end a process, in a process of its own: `carry_out_apart`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsession.engines.local.running.parcels import Parcel
from qsession.engines.local.running.pool import workers
from qsession.engines.local.running.worker import WorkerStartError
from qsession.errors import JobFailedError

if TYPE_CHECKING:
    from qsession.engines.local.running.carrying_out import Reply, Task

REFUSAL = (
    "The job has classical variables, expressions of bits that are never measured, or gates of its "
    "own, with which Aer can end the process that simulates it, and no process of its own can be "
    "had for it"
)


def carry_out_apart(task: Task) -> Reply:
    """Run a task that brings all of its parts in a worker of the process to which it has come.

    Raises:
        WorkerLostError: If the worker ended under it.
        JobFailedError: If no worker can be started there.
    """
    try:
        worker = workers.borrow()
    except WorkerStartError as error:
        raise JobFailedError(f"{REFUSAL}: {error}.") from error
    is_usable = False
    try:
        reply = worker.run(task.job_id, Parcel(task.work, task.parts), task.memory_limit)
        is_usable = True
    except WorkerStartError as error:
        raise JobFailedError(f"{REFUSAL}: {error}.") from error
    finally:
        workers.give_back(worker, is_usable=is_usable)
    return reply
