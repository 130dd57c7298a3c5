"""A sampler job in the older provider's shape: `CountsJob`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from qiskit.result import Result

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from qsession.engines.base import Job


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
