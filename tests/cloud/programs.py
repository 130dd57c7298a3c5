"""Works out the results of what was submitted, and writes them as the service does.

Qiskit and IBM's client are loaded when the first results are asked for, so that a server starts
quickly.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qiskit.primitives import PrimitiveResult

SEED = 7
"""Results are the same each time."""

MOMENT = datetime(2026, 1, 31, 12, tzinfo=UTC)

Ran = tuple[datetime, datetime]
"""When a job ran; its results say that each PUB took the same part of it."""


def run(
    program_id: str,
    params: dict[str, Any],
    *,
    simulate: bool = True,
    ran: Ran = (MOMENT, MOMENT),
) -> str:
    """The text of the results of a job: simulated without noise, or of the right shape only."""
    decoded = _decoded(program_id, params)
    if program_id == "executor":
        return _run_executor(decoded["quantum_program"], simulate=simulate, ran=ran)
    run_pubs = {"sampler": _run_sampler, "estimator": _run_estimator}.get(program_id)
    if run_pubs is None:
        raise NotImplementedError(f"The loopback server does not run {program_id!r}.")
    pubs = [tuple(pub) for pub in decoded["pubs"]]
    result = run_pubs(pubs, decoded.get("options") or {}, simulate)
    if program_id == "sampler":
        result.metadata["execution"] = {"execution_spans": _spans(pubs, result, ran)}
    return encoded(result)


def _spans(pubs: list[Any], result: PrimitiveResult[Any], ran: Ran) -> Any:
    from qiskit_ibm_runtime.execution_span import ExecutionSpans, SliceSpan

    shapes = [
        (*each.data.shape, next(iter(each.data.values())).num_shots if each.data else 0)
        for each in result
    ]
    return ExecutionSpans(
        SliceSpan(*part, {index: (shapes[index], slice(math.prod(shapes[index])))})
        for index, part in enumerate(_parts(ran, len(pubs)))
    )


def _parts(ran: Ran, count: int) -> list[Ran]:
    start, stop = ran
    part = (stop - start) / max(count, 1)
    return [(start + index * part, start + (index + 1) * part) for index in range(count)]


def encoded(result: PrimitiveResult[Any]) -> str:
    """A result as the service sends it."""
    from qiskit_ibm_runtime.json import RuntimeEncoder

    return json.dumps(result, cls=RuntimeEncoder)


def _decoded(program_id: str, params: dict[str, Any]) -> dict[str, Any]:
    from qiskit_ibm_runtime.json import RuntimeDecoder

    # The decoder knows what to do with the params of an executor by the program that is beside.
    job = json.dumps({"program": {"id": program_id}, "params": params})
    decoded: dict[str, Any] = json.loads(job, cls=RuntimeDecoder)["params"]
    return decoded


def _run_sampler(pubs: list[Any], options: dict[str, Any], simulate: bool) -> PrimitiveResult[Any]:
    from qiskit_aer.primitives import SamplerV2

    from tests.cloud import canned

    shots = options.get("default_shots", 4096)
    if not simulate:
        return canned.of_sampler(pubs, shots)
    return SamplerV2(default_shots=shots, seed=SEED).run(pubs).result()


def _run_estimator(
    pubs: list[Any], options: dict[str, Any], simulate: bool
) -> PrimitiveResult[Any]:
    from qiskit_aer.primitives import EstimatorV2

    from tests.cloud import canned

    precision = options.get("default_precision", 0.015625)
    if not simulate:
        return canned.of_estimator(pubs, precision)
    run_options = {"seed_simulator": SEED}
    estimator = EstimatorV2(options={"default_precision": precision, "run_options": run_options})
    return estimator.run(pubs).result()


def _simulated(program: Any) -> list[dict[str, Any]]:
    from qiskit_aer import AerSimulator
    from qiskit_ibm_runtime.fake_provider.executor.run_quantum_program import run_quantum_program
    from qiskit_ibm_runtime.options_models.simulator import SimulatorOptions

    options = SimulatorOptions(seed_simulator=SEED)
    return [dict(item) for item in run_quantum_program(AerSimulator(), program, options)]


def _run_executor(program: Any, *, simulate: bool, ran: Ran) -> str:
    from ibm_quantum_schemas.common import (  # type: ignore[import-untyped]
        CompressedTensorModel,
    )
    from ibm_quantum_schemas.executor.version_2_0 import (  # type: ignore[import-untyped]
        QuantumProgramResultModel,
    )
    from qiskit_ibm_runtime.quantum_program.converters.converters_2_0 import (
        passthrough_data_to_2_0,
    )

    from tests.cloud import canned

    for item in program.items:
        if hasattr(item, "samplex"):
            item.samplex.finalize()  # decoding leaves that out
    data = [
        {
            "results": {name: CompressedTensorModel.from_numpy(item[name]) for name in item},
            "metadata": {},
        }
        for item in (_simulated(program) if simulate else canned.of_executor(program))
    ]
    parts = [
        {
            "idx_item": index,
            "size": math.prod(item.shape),
            "permutation": list(range(len(item.shape))),
            "element_range": (0, math.prod(item.shape), 1),
        }
        for index, item in enumerate(program.items)
    ]
    model = QuantumProgramResultModel(
        data=data,
        metadata={
            "chunk_timing": [
                {"start": start, "stop": stop, "parts": [part]}
                for (start, stop), part in zip(_parts(ran, len(parts)), parts, strict=True)
            ]
        },
        passthrough_data=passthrough_data_to_2_0(program.passthrough_data),
        semantic_role=program._semantic_role,
    )
    text: str = model.model_dump_json()
    return text
