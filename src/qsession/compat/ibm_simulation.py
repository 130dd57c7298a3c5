"""The names of IBM's client that simulations use; it is loaded by those alone that need it.

A worker process that simulates circuits on Aer starts in less than half the time without it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qiskit_aer import AerSimulator

if TYPE_CHECKING:
    from qiskit.providers import BackendV2
    from qiskit_ibm_runtime.fake_provider.fake_backend import FakeBackendV2
    from qiskit_ibm_runtime.results import QuantumProgramItemResult

_FAKE_BACKENDS = "qiskit_ibm_runtime.fake_provider.fake_backend"


def is_plain_fake_backend(backend: BackendV2) -> bool:
    """Return True for a fake backend of IBM's whose circuits Aer runs, unmodified."""
    module: Any = sys.modules.get(_FAKE_BACKENDS)
    if module is None:  # whoever made one has loaded it
        return False
    kind = module.FakeBackendV2
    if not isinstance(backend, kind):
        return False
    simulator = backend.sim
    return (simulator is None or type(simulator) is AerSimulator) and all(
        getattr(type(backend), name, None) is getattr(kind, name, backend)
        and name not in vars(backend)
        for name in ("run", "_setup_sim", "_get_noise_model_from_backend_v2", "properties")
    )


def fake_backend_properties(backend: FakeBackendV2) -> object:
    """Return the source of ``backend.properties()``; the same object while unchanged."""
    _ = backend.target  # reads them
    return backend._props_dict  # noqa: SLF001 - see `compat.ibm`


def run_quantum_program(backend: BackendV2, program: Any, options: Any) -> Any:
    """Run a quantum program as IBM's local executor does."""
    from qiskit_ibm_runtime.fake_provider.executor.run_quantum_program import (  # noqa: PLC0415
        run_quantum_program as run,
    )

    return run(backend=backend, program=program, options=options)


def broadcast_sample(item: Any, random: Any) -> dict[str, Any]:
    """Draw the randomizations of an item of a quantum program, as IBM's local executor does."""
    from qiskit_ibm_runtime.fake_provider.executor.broadcast_sample import (  # noqa: PLC0415
        broadcast_sample as sample,
    )

    return dict(sample(item.samplex, item.samplex_arguments, item.shape, random))


def item_result(result: Mapping[str, Any], metadata: Mapping[str, Any]) -> QuantumProgramItemResult:
    """The result of an item of a quantum program."""
    from qiskit_ibm_runtime.results import QuantumProgramItemResult  # noqa: PLC0415 - see above

    return QuantumProgramItemResult(result=result, metadata=metadata)


def quantum_program_result(program: Any, items: list[QuantumProgramItemResult]) -> Any:
    """The result of a quantum program, as IBM's local executor gives it."""
    from qiskit_ibm_runtime.results import QuantumProgramResult  # noqa: PLC0415 - see above

    result = QuantumProgramResult(
        data=items, metadata=None, passthrough_data=program.passthrough_data
    )
    result._semantic_role = program._semantic_role  # noqa: SLF001 - see `compat.ibm`
    return result
