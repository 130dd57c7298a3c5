"""The service that IBM's primitives find in a local session: `SessionLocalService`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from qsession.compat.ibm import QiskitRuntimeLocalService

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.engines.local.engine import LocalEngine
    from qsession.engines.local.job import LocalJob


class SessionLocalService(QiskitRuntimeLocalService):
    """IBM's local service, whose jobs run in the session that owns it.

    The client-side primitives of a local session bypass ``Session._run`` and come here.
    """

    def __init__(self, engine: LocalEngine) -> None:
        self._engine = engine

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A copy of a primitive hands its jobs to the same session."""
        return self

    def continue_with(self, engine: LocalEngine) -> None:
        """Hand jobs to another engine from now on."""
        self._engine = engine

    def _run(
        self, program_id: str, inputs: dict[str, Any], options: dict[str, Any], **extra: Any
    ) -> LocalJob:
        return self._engine.run_program(program_id, inputs, options, **extra)

    def _run_executor(
        self,
        backend: BackendV2,  # noqa: ARG002 - the engine's own, as the primitive took it from there
        options: Any,
        inputs: Any,
        dry_run: bool = False,
    ) -> LocalJob:
        return self._engine.run_quantum_program(inputs, options, dry_run=dry_run)
