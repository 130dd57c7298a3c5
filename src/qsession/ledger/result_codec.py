"""Results as bytes and back, exactly or not at all: `encode_result`, `decode_result`."""

from __future__ import annotations

import logging
from typing import Any, Final

from qsession.ledger.exact_codec import Form, Format, dataclass_form, enum_form

_log = logging.getLogger("qsession")

MOST_RESULT_BYTES: Final = 16 * 2**20
"""Larger results are not kept."""


def _pub_form() -> Form:
    return Form(
        lambda result: [result.data, result.metadata],
        lambda cls, parts: cls(data=parts[0], metadata=parts[1]),
    )


def _program_apart(result: Any) -> Any:
    role = result._semantic_role  # noqa: SLF001 - IBM's decoders look for it
    return [list(result), result.metadata, result.passthrough_data, role]


def _program_together(cls: type, parts: Any) -> Any:
    items, metadata, passthrough_data, role = parts
    result = cls(items, metadata, passthrough_data)
    result._semantic_role = role
    return result


_CONTAINERS = "qiskit.primitives.containers"
_PROGRAMS = "qiskit_ibm_runtime.results.quantum_program"
_CHUNKS = "samplomatic.quantum_program.quantum_program_result"

FORMS: Final[dict[str, Form]] = {
    f"{_CONTAINERS}.primitive_result.PrimitiveResult": Form(
        lambda result: [list(result), result.metadata],
        lambda cls, parts: cls(*parts),
    ),
    f"{_CONTAINERS}.pub_result.PubResult": _pub_form(),
    f"{_CONTAINERS}.sampler_pub_result.SamplerPubResult": _pub_form(),
    "qiskit_ibm_runtime.results.estimator_pub.EstimatorPubResult": _pub_form(),
    f"{_CONTAINERS}.data_bin.DataBin": Form(
        lambda data: [data.shape, dict(data.items())],
        lambda cls, parts: cls(shape=parts[0], **parts[1]),
    ),
    f"{_CONTAINERS}.bit_array.BitArray": Form(
        lambda bits: [bits.array, bits.num_bits],
        lambda cls, parts: cls(*parts),
    ),
    "qiskit.result.result.Result": Form(
        lambda result: result.to_dict(),
        lambda cls, parts: cls.from_dict(parts),  # type: ignore[attr-defined]
    ),
    "qiskit.result.models.MeasLevel": enum_form(),
    "qiskit.result.models.MeasReturnType": enum_form(),
    f"{_PROGRAMS}.QuantumProgramResult": Form(_program_apart, _program_together),
    f"{_PROGRAMS}.QuantumProgramItemResult": Form(
        lambda item: [dict(item.items()), item.metadata],
        lambda cls, parts: cls(*parts),
    ),
    f"{_PROGRAMS}.Metadata": dataclass_form(),
    f"{_PROGRAMS}.ItemMetadata": dataclass_form(),
    f"{_PROGRAMS}.SchedulerTiming": dataclass_form(),
    f"{_PROGRAMS}.StretchValues": dataclass_form(),
    f"{_CHUNKS}.ChunkSpan": dataclass_form(),
    f"{_CHUNKS}.ChunkPart": dataclass_form(),
}
"""Every class that may stand in a result, by its full name."""

_SUBCLASSES = {
    "qsession.simulator.shots.CountedBitArray": f"{_CONTAINERS}.bit_array.BitArray",
    "qsession.simulator.shots.CountedResult": "qiskit.result.result.Result",
}
for _own, _qiskits in _SUBCLASSES.items():
    FORMS[_own] = Form(FORMS[_qiskits].apart, FORMS[_qiskits].together, written_as=_qiskits)


_FORMAT: Final = Format(b"qsession-result-1", FORMS)


def encode_result(result: object) -> bytes | None:
    """The result of a local job as bytes; None if it is too large or cannot be written exactly."""
    try:
        content = _FORMAT.encode(result)
    except Exception as error:  # noqa: BLE001 - whatever the user's backend gave as a result
        _log.debug("A result is not kept in the ledger: %s", error)
        return None
    return content if len(content) <= MOST_RESULT_BYTES else None


def decode_result(content: bytes) -> Any:
    """The result that `encode_result` turned into these bytes.

    Raises:
        ValueError: If they are something else.
    """
    try:
        return _FORMAT.decode(content)
    except ValueError as error:
        raise ValueError(f"these bytes are no result ({error})") from error
