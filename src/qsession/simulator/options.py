"""The settings that a run takes from its backend and from its own options: `Setting`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiskit.providers import Options

from qsession.simulator import aer_private as aer
from qsession.simulator.errors import FastPathError

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.simulator.noise import Noise

# All options that are known are named here: one that a later release adds may do anything.

_OF_THE_RUN = frozenset(
    {
        *("accept_distributed_results", "executor", "max_job_size", "max_shot_size"),
        *("max_parallel_experiments", "max_parallel_shots", "max_parallel_threads"),
        *("memory", "noise_model", "seed_simulator", "shots"),
        *("fusion_enable", "fusion_max_qubit", "fusion_threshold", "fusion_verbose"),
    }
)
"""Options for how much is wanted and how it is shared out: no shot is another one for them."""

_OF_OTHER_METHODS = frozenset(
    {
        *("batched_shots_gpu", "batched_shots_gpu_max_qubits", "cuStateVec_enable"),
        *("num_threads_per_device", "use_cuTensorNet_autotuning"),
        *("extended_stabilizer_approximation_error", "extended_stabilizer_parallel_threshold"),
        *("extended_stabilizer_metropolis_mixing_time", "extended_stabilizer_sampling_method"),
        "extended_stabilizer_norm_estimation_repetitions",
        "extended_stabilizer_norm_estimation_samples",
        "extended_stabilizer_probabilities_snapshot_samples",
        *("matrix_product_state_max_bond_dimension", "matrix_product_state_truncation_threshold"),
        *("mps_lapack", "mps_log_data", "mps_omp_threads", "mps_parallel_threshold"),
        *("mps_sample_measure_algorithm", "mps_swap_direction"),
        *("stabilizer_max_snapshot_probabilities", "tensor_network_num_sampling_qubits"),
    }
)
"""They say nothing of density matrices and state vectors on the processor."""

_USUAL: Mapping[str, object] = {
    "blocking_enable": False,
    "blocking_qubits": None,
    "chop_threshold": 1e-8,
    "chunk_swap_buffer_qubits": None,
    "max_memory_mb": None,
    "precision": "double",
    "shot_branching_enable": False,
    "shot_branching_sampling_enable": False,
    "statevector_parallel_threshold": 14,
    "statevector_sample_measure_opt": 10,
    "validation_threshold": None,
    "zero_threshold": 1e-10,
}
"""With other values Aer gets its own form of a circuit: what they do to another is not known."""

_DECIDED_HERE = frozenset(
    {"device", "enable_truncation", "method", "runtime_parameter_bind_enable"}
)

_KNOWN = _OF_THE_RUN | _OF_OTHER_METHODS | _USUAL.keys() | _DECIDED_HERE

_WITHOUT_EFFECT = frozenset(
    {
        *("acquisition_type", "dynamic", "header", "init_circuit", "init_num_resets"),
        *("init_qubits", "job_tags", "meas_level", "meas_return", "rep_delay", "rep_times"),
        *("use_measure_esp",),
    }
)
"""Those of real devices, which programs pass to whatever backend they have: Aer ignores them."""

_DEVICES = (None, "CPU")


@dataclass(frozen=True)
class Setting:
    """The simulator's options, noise and basis gates with which circuits run.

    Attributes:
        options: The simulator's, by name.
        noise: What goes wrong; None for nothing.
        basis: The gates that may be used; None for all of Aer's.
    """

    options: Mapping[str, Any]
    noise: Noise | None
    basis: frozenset[str] | None


def options_of(backend: BackendV2) -> dict[str, Any]:
    """A copy of the options of a backend. Each job reads some fifty: one by one that takes long."""
    options = backend.options
    return dict(vars(options)) if type(options) is Options else {**options}


def known_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Those that have an effect.

    Raises:
        FastPathError: If there is one that is not known, or that Aer has to do.
    """
    known = dict(options)
    for name in known.keys() - _KNOWN:
        if name not in _WITHOUT_EFFECT or aer.has_option(name):
            raise FastPathError("an option is not one whose effect is known")
        del known[name]
    if known.get("enable_truncation") not in (None, True):
        raise FastPathError("circuits must not be cut down")
    if known.get("device") not in _DEVICES:
        raise FastPathError("the simulation runs on another device")
    if known.get("runtime_parameter_bind_enable"):
        raise FastPathError("parameters are bound while the simulation runs")
    return known


def are_usual(options: Mapping[str, Any]) -> bool:
    """Return True if no option but the method is set: no precision, no threshold."""
    return all(options.get(name) in (None, usual) for name, usual in _USUAL.items())
