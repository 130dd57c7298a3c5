"""The memory that a job may take, and its shortage in words."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from qsession.errors import JobMemoryError

_SHORTAGE = re.compile(
    r"posix_memalign|bad_alloc|[Ii]nsufficient memory|[Uu]nable to allocate|annot allocate memory"
)
"""The words in which Aer, numpy and the C++ library say that memory ran out."""

can_limit_memory = sys.platform == "linux"
"""Other systems do not hold a process to a limit of its data."""


@contextmanager
def limited_memory(limit: int | None) -> Iterator[None]:
    """Let a block take this many bytes beyond what its process holds; None is any number."""
    if sys.platform == "linux" and limit is not None:
        import resource  # noqa: PLC0415 - not on every system

        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (_data_bytes() + limit, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    else:
        yield


def shortage_in_words(error: Exception, logs: Sequence[str], limit: int | None) -> Exception:
    """An error that says so if memory was short, else the one that was raised.

    Qiskit's backend primitives do not look whether Aer succeeded, and fail later with something
    else; Aer's own words are in its log.
    """
    said = [text for text in (str(error), *logs) if _SHORTAGE.search(text)]
    if not said and not isinstance(error, MemoryError):
        return error
    most = "there is" if limit is None else f"its limit of {limit} bytes"
    told = JobMemoryError(
        f"The job needed more memory than {most}: {' '.join((said or [str(error)])[0].split())}"
    )
    told.__cause__ = error
    return told


def require_success(result: object) -> None:
    """Refuse a result that only says that memory was short; Aer raises nothing.

    Raises:
        MemoryError: If it is one. Results of other failures are the user's to look at.
    """
    if getattr(result, "success", True):
        return
    parts = getattr(result, "results", ())
    said = " ".join(str(getattr(part, "status", "")) for part in (result, *parts))
    if _SHORTAGE.search(said):
        raise MemoryError(said)


def _data_bytes() -> int:
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - not a real file
        line = next(line for line in status if line.startswith("VmData:"))
    return int(line.split()[1]) * 1024
