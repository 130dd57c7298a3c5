"""A session as IBM's primitives take it: `ModeOfPrimitives`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import qiskit_ibm_runtime

from qsession.compat.ibm import get_cm_session, set_cm_session
from qsession.engines.local.engine import SessionLocalService

if TYPE_CHECKING:
    from types import TracebackType

    from qsession.session.core import SessionCore


class ModeOfPrimitives(qiskit_ibm_runtime.Session):
    """The base that IBM's primitives accept as ``mode``, without opening IBM's session.

    What IBM's class does itself, such as `backend` and `status`, it does from what is given here.
    """

    _core: SessionCore

    def __init__(self) -> None:
        # IBM's would open a session.
        self._outer: list[qiskit_ibm_runtime.Session | None] = []
        self._backend = self._core.backend
        self._service = self._core.engine.service
        if isinstance(self._service, SessionLocalService):
            self._service.hand_over_by(self._core.submissions.hand_in)
        self._instance = None
        self._max_time = self._core.max_time_s

    @property
    def _active(self) -> bool:
        """The attribute of IBM's class that says ``active``; others read it."""
        return self._core.active

    @property
    def _session_id(self) -> str | None:
        """The attribute of IBM's class that holds ``session_id``; others read it."""
        return self._core.session_id

    def _run(  # noqa: PLR0913, PLR0917 - IBM's signature
        self,
        program_id: str,
        inputs: dict[str, Any],
        options: dict[str, Any] | None = None,
        result_decoder: Any = None,
        calibration_id: str | None = None,
        dry_run: bool = False,
        **extra: Any,
    ) -> Any:
        """Take what IBM's primitives hand over."""
        return self._core.submissions.run_primitive(
            program_id,
            inputs,
            options or {},
            result_decoder=result_decoder,
            calibration_id=calibration_id,
            dry_run=dry_run,
            **extra,
        )

    # --- the default mode -------------------------------------------------------------------------

    @contextmanager
    def as_default(self) -> Iterator[Self]:
        """Make it the default mode of IBM's primitives for a block, without closing it after."""
        outer = get_cm_session()
        set_cm_session(self)
        try:
            yield self
        finally:
            set_cm_session(outer)

    def __enter__(self) -> Self:
        """Make it the default mode of IBM's primitives until the block ends."""
        self._outer.append(get_cm_session())
        set_cm_session(self)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        """Close it and give the default mode back to an enclosing session's block."""
        set_cm_session(self._outer.pop())
        self._core.close(reason="its with block ended")

    # --- what IBM's session tells -----------------------------------------------------------------

    def details(self) -> dict[str, Any] | None:
        """The session in the shape of IBM's ``details()``.

        Returns:
            A dict with IBM's keys: ``id``, ``backend_name``, ``mode``, ``state``,
            ``accepting_jobs``, times as ISO 8601 texts in UTC, and in seconds ``max_time``,
            ``interactive_timeout``, ``active_timeout`` and ``usage_time``. None before the session
            is opened.

        Raises:
            ServiceError: If IBM Quantum could not be asked.
        """
        return self._core.engine.details()

    def usage(self) -> float | None:
        """The time that is charged, in seconds, as IBM counts it; None before it is opened.

        Of a session it is the time from the start of its first job until it has ended or is
        inactive, of a batch the time that its jobs spend on the QPU.

        Raises:
            ServiceError: If IBM Quantum could not be asked.
        """
        details = self.details()
        return None if details is None else details["usage_time"]
