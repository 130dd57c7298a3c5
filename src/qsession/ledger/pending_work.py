"""Work of local jobs as bytes and back, for jobs that their process did not live to run.

Reading them runs nothing: circuits are written as QPY, all else as `qsession.ledger.exact_codec`
writes it. What cannot be written exactly so, a circuit with somebody's own instructions or an
option that is no plain value, is not kept.
"""

from __future__ import annotations

import dataclasses
import io
import logging
import sys
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from qsession.errors import InvalidInputError
from qsession.ledger.exact_codec import Form, Format, NotExactError, dataclass_form

_log = logging.getLogger("qsession")

MOST_WORK_BYTES: Final = 4 * 2**20
"""Larger works are not kept."""

_OLDEST_QPY: Final = 13
"""Older forms of QPY hold expressions as text, which some releases of Qiskit evaluate."""


def encode_work(work: Any) -> tuple[str, bytes] | None:
    """A unit of work without its backend, and by what it was made; None if it cannot be kept."""
    try:
        content = _FORMAT.encode(work)
    except Exception as error:  # noqa: BLE001 - whatever the user's objects do when written
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
    if not _FORMAT.is_of(content):
        raise InvalidInputError(
            f"What job {job_id} was to run was kept by an earlier release, in a form whose reading "
            "could run anything: it is not read any more. Run its circuit again instead."
        )
    try:
        work = _FORMAT.decode(content)
    except ValueError as error:
        raise InvalidInputError(
            f"What job {job_id} was to run cannot be read ({error}). Run its circuit again instead."
        ) from error
    return dataclasses.replace(work, backend=backend)


@cache
def _makers() -> str:
    """Return the releases that must be the same for pickled work to be read again."""
    releases = [f"Python {sys.version_info.major}.{sys.version_info.minor}"]
    for name in ("qiskit", "qiskit-ibm-runtime", "qsession"):
        major, minor, *_ = version(name).split(".")
        releases.append(f"{name} {major}.{minor}")
    return ", ".join(releases)


# --- forms ----------------------------------------------------------------------------------------


def circuit_as_qpy(circuit: Any) -> bytes:
    """A circuit as QPY.

    Raises:
        NotExactError: If reading it would not give the same circuit again.
        Exception: Whatever QPY raises for what it cannot write.
    """
    from qiskit import qpy  # noqa: PLC0415 - the ledger is read without Qiskit

    buffer = io.BytesIO()
    qpy.dump(circuit, buffer)
    content = buffer.getvalue()
    if circuit_from_qpy(content) != circuit:
        # Instructions of other people come back as other classes, which are not equal.
        raise NotExactError("QPY does not give the same circuit again")
    return content


def circuit_from_qpy(content: bytes) -> Any:
    """The circuit that `circuit_as_qpy` wrote.

    Raises:
        ValueError: If it is in a version of QPY that is not read here.
        Exception: Whatever else is wrong with the bytes.
    """
    from qiskit import qpy  # noqa: PLC0415 - as above

    own, written = qpy.common.QPY_VERSION, qpy.get_qpy_version(io.BytesIO(content))
    if not _OLDEST_QPY <= written <= own:
        raise ValueError(f"its circuit is in version {written} of QPY, not in {own}")
    (circuit,) = qpy.load(io.BytesIO(content))
    return circuit


def _observables_apart(observables: Any) -> Any:
    array = observables.sparse_observables_array()
    return [array.shape, observables.num_qubits, list(array.reshape(-1))]


def _observables_together(cls: Any, parts: Any) -> Any:
    shape, num_qubits, observables = parts
    array = np.empty(len(observables), dtype=object)
    array[:] = observables
    return cls(array.reshape(shape), num_qubits, copy=False, validate=False)


def _observable_apart(value: Any) -> Any:
    parts = (value.coeffs, value.bit_terms, value.indices, value.boundaries)
    return [value.num_qubits, *map(np.array, parts)]


def _program_apart(program: Any) -> Any:
    role = program._semantic_role  # noqa: SLF001 - IBM's decoders look for it
    facts = (program.shots, program.items, program.noise_maps, program.meas_level)
    return [*facts, program.passthrough_data, role]


def _program_together(cls: Any, parts: Any) -> Any:
    *facts, role = parts
    program = cls(*facts)
    program._semantic_role = role
    return program


def _samplex_item_apart(item: Any) -> Any:
    arguments = item.samplex_arguments
    bound = {spec.name: arguments[spec.name] for spec in arguments.specs if spec.name in arguments}
    return [item.circuit, item.samplex, bound, item.shape, item.chunk_size]


def _samplex_item_together(cls: Any, parts: Any) -> Any:
    circuit, samplex, arguments, shape, chunk_size = parts
    return cls(circuit, samplex, samplex_arguments=arguments, shape=shape, chunk_size=chunk_size)


def _samplex_apart(samplex: Any) -> str:
    return str(_serialization().samplex_to_json(samplex))


def _samplex_together(_: type, text: str) -> Any:
    return _serialization().samplex_from_json(text).finalize()


def _serialization() -> Any:
    return import_module("samplomatic.serialization")  # it comes with IBM's client


_PUBS: Final = "qiskit.primitives.containers"
_INFO: Final = "qiskit.quantum_info"
_PROGRAMS: Final = "samplomatic.quantum_program.quantum_program"
_WORK: Final = "qsession.engines.local.work"

FORMS: Final[dict[str, Form]] = {
    **{
        f"{_WORK}.{name}": dataclass_form("backend")
        for name in ("SamplerWork", "EstimatorWork", "ExecutorWork", "CircuitWork")
    },
    "qiskit.circuit.quantumcircuit.QuantumCircuit": Form(
        circuit_as_qpy, lambda _, content: circuit_from_qpy(content)
    ),
    f"{_PUBS}.sampler_pub.SamplerPub": Form(
        lambda pub: [pub.circuit, pub.parameter_values, pub.shots],
        lambda cls, parts: cls(*parts, validate=False),
    ),
    f"{_PUBS}.estimator_pub.EstimatorPub": Form(
        lambda pub: [pub.circuit, pub.observables, pub.parameter_values, pub.precision],
        lambda cls, parts: cls(*parts, validate=False),
    ),
    f"{_PUBS}.bindings_array.BindingsArray": Form(
        lambda values: [values.data, values.shape], lambda cls, parts: cls(*parts)
    ),
    f"{_PUBS}.observables_array.ObservablesArray": Form(_observables_apart, _observables_together),
    f"{_INFO}.SparseObservable": Form(
        _observable_apart,
        lambda cls, parts: cls.from_raw_parts(*parts),  # type: ignore[attr-defined]
    ),
    f"{_INFO}.PauliLindbladMap": Form(
        lambda value: [value.to_sparse_list(), value.num_qubits],
        lambda cls, parts: cls.from_sparse_list(*parts),  # type: ignore[attr-defined]
    ),
    "qiskit_ibm_runtime.quantum_program.quantum_program.QuantumProgram": Form(
        _program_apart, _program_together
    ),
    f"{_PROGRAMS}.CircuitItem": Form(
        lambda item: [item.circuit, item.circuit_arguments, item.chunk_size],
        lambda cls, parts: cls(parts[0], circuit_arguments=parts[1], chunk_size=parts[2]),
    ),
    f"{_PROGRAMS}.SamplexItem": Form(_samplex_item_apart, _samplex_item_together),
    "samplomatic.samplex.samplex.Samplex": Form(_samplex_apart, _samplex_together),
    "qiskit_ibm_runtime.options_models.simulator.SimulatorOptions": Form(
        lambda options: {name: getattr(options, name) for name in type(options).model_fields},
        lambda cls, parts: cls(**parts),
    ),
}  # fmt: skip
"""Every class that may stand in a work, by its full name."""

_FORMAT: Final = Format(b"qsession-work-1", FORMS)
