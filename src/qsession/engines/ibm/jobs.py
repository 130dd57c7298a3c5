"""Jobs of IBM Quantum as this package hands them out: `CountsJob`, `AwaitableJob`."""

from __future__ import annotations

import asyncio
import weakref
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

from qiskit.result import Result
from qiskit_ibm_runtime import RuntimeJobV2

from qsession.engines.jobs import ended, note_result
from qsession.redaction.errors import ErrorsWithoutSecrets
from qsession.redaction.secrets import redacted

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from qsession.engines.base import Job
    from qsession.engines.journal import Journal


class CountsJob:
    """A job of the service whose result is a `qiskit.result.Result` with counts.

    Everything else is the job's own.
    """

    def __init__(self, job: Job, circuits: Sequence[QuantumCircuit]) -> None:
        self._job = job
        self._circuits = tuple(circuits)

    def result(self, timeout: float | None = None) -> Result:
        """Wait for the result; errors are those of the job."""
        return self._counted(self._job.result(timeout=timeout))

    def __await__(self) -> Generator[Any, None, Result]:
        """Wait for the result without blocking the event loop."""
        return self._result_in_loop().__await__()

    async def _result_in_loop(self) -> Result:
        return self._counted(await self._job)

    def _counted(self, sampled: Any) -> Result:
        return Result.from_dict(
            {
                "backend_name": self._job.backend().name,
                "backend_version": "",
                "job_id": self._job.job_id(),
                "success": True,
                "results": [
                    _experiment(circuit, pub.data)
                    for circuit, pub in zip(self._circuits, sampled, strict=True)
                ],
            }
        )

    def __getattr__(self, name: str) -> Any:
        """Everything else is the job's."""
        if name == "_job":
            raise AttributeError(name)
        return getattr(self._job, name)

    def __repr__(self) -> str:
        """That of the job."""
        return repr(self._job)


def _experiment(circuit: QuantumCircuit, data: Any) -> dict[str, Any]:
    # The first register is the least significant, as in Qiskit's own results.
    registers = [(register, data[register.name]) for register in circuit.cregs]
    shots = registers[0][1].num_shots
    columns = [_shots(bits) for _, bits in registers[::-1]]
    strings = ["".join(bits) for bits in zip(*columns, strict=True)]
    counts = Counter(hex(int(bits, 2)) for bits in strings)
    return {
        "shots": shots,
        "success": True,
        "data": {"counts": dict(counts), "memory": [hex(int(bits, 2)) for bits in strings]},
        "header": {
            "name": circuit.name,
            "creg_sizes": [[register.name, register.size] for register, _ in registers],
            "memory_slots": sum(register.size for register, _ in registers),
            "metadata": circuit.metadata or {},
        },
    }


def _shots(bits: Any) -> list[str]:
    strings: list[str] = bits.get_bitstrings()
    return strings


class AwaitableJob(RuntimeJobV2):
    """IBM's job; ``await job`` gives its result.

    The session's monitor tells when it has ended, so that awaiting many jobs asks the service for
    nothing more.
    """

    _journal: Journal
    _look: weakref.WeakMethod[Callable[[], None]]
    """Has the session look at the service soon."""

    def result(self, *args: Any, **kwargs: Any) -> Any:
        """Wait for the result as IBM's job does; the session keeps its expectation values."""
        with ErrorsWithoutSecrets():
            result = super().result(*args, **kwargs)
        note_result(self._journal, self.job_id(), result)
        return result

    def wait_for_final_state(self, *args: Any, **kwargs: Any) -> None:
        """Wait until it has ended, as IBM's job does; the session knows of it soon, too."""
        with ErrorsWithoutSecrets():
            super().wait_for_final_state(*args, **kwargs)
        record, look = self._journal.state.jobs.get(self.job_id()), self._look()
        if record is not None and not record.status.is_final and look is not None:
            look()

    def error_message(self) -> str | None:
        """Why it failed, in the service's words, without secrets."""
        with ErrorsWithoutSecrets():
            words = super().error_message()
        return None if words is None else redacted(words)

    def logs(self) -> str:
        """Return the logs of the job's program, with secrets removed."""
        with ErrorsWithoutSecrets():
            return redacted(super().logs())

    def status(self) -> Any:
        """Ask where it stands."""
        with ErrorsWithoutSecrets():
            return super().status()

    def metrics(self) -> dict[str, Any]:
        """Ask for its times and usage."""
        with ErrorsWithoutSecrets():
            metrics: dict[str, Any] = super().metrics()
            return metrics

    def cancel(self) -> None:
        """Cancel it, as IBM's job does."""
        with ErrorsWithoutSecrets():
            super().cancel()

    def __await__(self) -> Generator[Any, None, Any]:
        """Wait for the result without blocking the event loop."""
        return self._result_in_loop().__await__()

    async def _result_in_loop(self) -> Any:
        await ended(self._journal, self.job_id())
        return await asyncio.to_thread(self.result)


def awaitable(job: Job, journal: Journal, look: Callable[[], None]) -> Job:
    """Make a job that the client made awaitable; it stays the same object.

    The client decides the class of its jobs, so the class is changed afterwards. One of another
    class than expected stays as it is.

    Args:
        job: The job.
        journal: That of its session.
        look: A bound method that has the session look at the service soon; it is held weakly.
    """
    if type(job) is RuntimeJobV2:
        job.__class__ = AwaitableJob
        job._journal = journal  # noqa: SLF001 - of the class above
        job._look = weakref.WeakMethod(look)  # noqa: SLF001 - likewise
    return job
