"""The live batch: `Batch`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import qiskit_ibm_runtime

from qsession.session.session import Session

if TYPE_CHECKING:
    from qsession.model.session_state import Mode


class Batch(Session, qiskit_ibm_runtime.Batch):
    """A session for jobs that do not depend on each other; see `Session`.

    It takes the place of `qiskit_ibm_runtime.Batch`. Its usage is the QPU time of its jobs, not the
    time it is open.
    """

    _mode: ClassVar[Mode] = "batch"
