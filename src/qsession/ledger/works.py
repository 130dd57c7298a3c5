"""Work of local jobs as bytes and back, for jobs that their process did not live to run.

Work holds whatever people hand in: circuits with gates of their own, noise models, programs of
IBM's client. Only pickle takes all of that, and unpickling runs what the bytes say. They come from
the user's own file, which nobody else may write (`opening`), and are read only when the user asks
for a job to be run again.
"""

from __future__ import annotations

import dataclasses
import logging
import pickle
import sys
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from qsession.errors import InvalidInputError
from qsession.pickling import dumps

_log = logging.getLogger("qsession")

MOST_WORK_BYTES: Final = 4 * 2**20
"""Larger works are not kept."""


def encode_work(work: Any) -> tuple[str, bytes] | None:
    """A unit of work without its backend, and by what it was made; None if it cannot be kept."""
    try:
        content = dumps(dataclasses.replace(work, backend=None))
    except Exception as error:  # noqa: BLE001 - whatever the user's objects do when pickled
        _log.debug("A work is not kept in the ledger: %s", error)
        return None
    return (_makers(), content) if len(content) <= MOST_WORK_BYTES else None


def decode_work(job_id: str, made_by: str, content: bytes, backend: Any) -> Any:
    """The work of a job, for a backend.

    Raises:
        InvalidInputError: If other releases of Python, Qiskit or its client wrote it.
    """
    if made_by != _makers():
        raise InvalidInputError(
            f"Job {job_id} was submitted with {made_by}, and this is {_makers()}: what it was to "
            "run cannot be read. Run its circuit again instead."
        )
    try:
        work = pickle.loads(content)  # noqa: S301 - see above
    except Exception as error:
        raise InvalidInputError(
            f"What job {job_id} was to run cannot be read ({type(error).__name__}: {error}). Run "
            "its circuit again instead."
        ) from error
    return dataclasses.replace(work, backend=backend)


@cache
def _makers() -> str:
    """What has to be the same for a pickle to be read."""
    releases = [f"Python {sys.version_info.major}.{sys.version_info.minor}"]
    for name in ("qiskit", "qiskit-ibm-runtime", "qsession"):
        major, minor, *_ = version(name).split(".")
        releases.append(f"{name} {major}.{minor}")
    return ", ".join(releases)
