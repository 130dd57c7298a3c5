"""A device in the words of the wire, for its view in a page (``js/src/wire/device.ts``)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qsession.devices.facts import Coupling, DeviceFacts, Qubit
from qsession.devices.scales import MEASURES, Scale, scale_of_couplings, scale_of_qubits
from qsession.devices.use import Use
from qsession.devices.words import couplings_words, gate_names, no_properties_words

MOST_QUBITS = 2000
"""Of a larger device the page shows the facts alone."""


def encode_device(facts: DeviceFacts) -> dict[str, Any]:
    """All that the page draws."""
    is_drawn = not facts.is_all_to_all and facts.num_qubits <= MOST_QUBITS
    status = facts.status
    return {
        "name": facts.name,
        "is_remote": facts.is_remote,
        "qubit_count": facts.num_qubits,
        "couplings_text": couplings_words(facts),
        "processor": facts.processor,
        "version": facts.version,
        "basis_gates": gate_names(facts),
        "dt_s": facts.dt_s,
        "rep_delay_range_s": facts.rep_delay_range_s,
        "default_rep_delay_s": facts.default_rep_delay_s,
        "max_shots": facts.max_shots,
        "calibrated_ms": _ms(facts.calibrated),
        "status": None
        if status is None
        else {
            "is_operational": status.is_operational,
            "message": status.message,
            "pending_jobs": status.pending_jobs,
            "asked_ms": _ms(status.asked),
        },
        "problem": facts.problem,
        "no_properties": None if facts.has_properties else no_properties_words(facts),
        "medians": {
            "two_qubit_error": facts.median_two_qubit_error,
            "readout_error": facts.median_readout_error,
            "gate_error": facts.median_gate_error,
            "t1_s": facts.median_t1_s,
            "t2_s": facts.median_t2_s,
        },
        "qubits": [_qubit(facts, each) for each in facts.qubits] if is_drawn else [],
        "couplings": [_coupling(each) for each in facts.couplings] if is_drawn else [],
        "scales": {name: _scale(scale_of_qubits(facts, name)) for name in MEASURES},
        "coupling_scale": _scale(scale_of_couplings(facts)),
    }


def encode_use(job_id: str, use: Use) -> dict[str, Any]:
    """The qubits and couplings that a job uses."""
    return {
        "job_id": job_id,
        "qubits": sorted(use.qubits),
        "couplings": [list(pair) for pair in sorted(use.couplings)],
    }


def _qubit(facts: DeviceFacts, qubit: Qubit) -> dict[str, Any]:
    x, y = facts.positions[qubit.index]
    return {
        "x": x,
        "y": y,
        "is_usable": qubit.is_usable,
        "t1_s": qubit.t1_s,
        "t2_s": qubit.t2_s,
        "readout_error": qubit.readout_error,
        "gate_error": qubit.gate_error,
        "frequency_hz": qubit.frequency_hz,
    }


def _coupling(coupling: Coupling) -> dict[str, Any]:
    return {
        "qubits": list(coupling.qubits),
        "is_usable": coupling.is_usable,
        "error": coupling.error,
        "gates": [
            [gate.name, list(gate.qubits), gate.error, gate.duration_s] for gate in coupling.gates
        ],
    }


def _scale(scale: Scale | None) -> dict[str, Any] | None:
    if scale is None:
        return None
    return {"best": scale.best, "worst": scale.worst, "steps": list(scale.steps)}


def _ms(time: datetime | None) -> int | None:
    return None if time is None else round(time.timestamp() * 1000)
