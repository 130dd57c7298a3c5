"""Where a session's jobs are to run, as its constructor is told: `read_running`."""

from __future__ import annotations

import re
import sys
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from qsession.engines.base import RunningOptions
from qsession.errors import InvalidInputError, shown

if TYPE_CHECKING:
    from qsession.model.session_state import Mode

LEAST_MEMORY_BYTES = 2**20
"""Less is surely a slip in the unit."""

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKMGT]?i?B)")
_UNITS = {
    "B": 1,
    **{f"{prefix}B": 1000**power for power, prefix in enumerate("kMGT", 1)},
    "KB": 1000,
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGT", 1)},
}


def read_running(
    mode: Mode, *, executor: object, parallel: object, memory_limit: object
) -> RunningOptions:
    """Check what a constructor was told.

    Raises:
        InvalidInputError: If the executor is none, a session is to run jobs in parallel, or the
            memory limit is no size or cannot be kept.
    """
    if executor is not None and not isinstance(executor, Executor):
        raise InvalidInputError(
            f"executor={shown(executor)} is not a concurrent.futures.Executor. Of a Dask client, "
            "give client.get_executor(pure=False)."
        )
    limit = read_memory_limit(memory_limit)
    if limit is not None and executor is not None:
        raise InvalidInputError(
            "memory_limit holds for the worker process of this session. Limit the processes of "
            "your executor where you make it."
        )
    return RunningOptions(executor, _read_parallel(mode, parallel), limit)


def read_memory_limit(limit: object) -> int | None:
    """A size in bytes from a number of bytes or a text such as ``"4GB"`` or ``"512 MiB"``.

    Raises:
        InvalidInputError: If it is not a size, under a megabyte, or the system has no such limits.
    """
    if limit is None:
        return None
    size = limit
    if isinstance(limit, str) and (parts := _SIZE.fullmatch(limit.strip())):
        size = int(float(parts[1]) * _UNITS.get(parts[2], 0))
    if isinstance(size, bool) or not isinstance(size, int) or size < LEAST_MEMORY_BYTES:
        raise InvalidInputError(
            f"memory_limit={shown(limit)} is not a size from 1 MiB up. Give bytes or a text such "
            'as "4GB".'
        )
    if sys.platform != "linux":
        raise InvalidInputError("memory_limit needs Linux: this system holds no process to one.")
    return size


def _read_parallel(mode: Mode, parallel: object) -> int:
    if isinstance(parallel, bool) or not isinstance(parallel, int) or parallel < 1:
        raise InvalidInputError(
            f"parallel={shown(parallel)} is not a number of jobs, such as parallel=2."
        )
    if parallel > 1 and mode != "batch":
        raise InvalidInputError(
            f"parallel={parallel}: a session runs its jobs one after the other, since each may "
            "depend on the one before. Use Batch(..., parallel=…) for jobs that do not."
        )
    return parallel
